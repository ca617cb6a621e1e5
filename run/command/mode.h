/* run/command/mode.h: what the command line amounts to. */
#ifndef RUN_MODE_H
#define RUN_MODE_H

#include "../../relay.h"

/* Does it; the exit status. */
int mode_run(const struct config *);

#endif
