/* run/link/supervisor.h: one process that watches over many links. */
#ifndef RUN_SUPER_H
#define RUN_SUPER_H

#include "source.h"

/*
 * Runs the links, and those of the source if it is not NULL, until told to
 * stop or one fails; the exit status.
 */
int supervisor_run(struct link_set *, const struct config *,
    const struct link_source *);

#endif
