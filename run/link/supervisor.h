/* run/link/supervisor.h: one process that watches over many links. */
#ifndef RUN_SUPER_H
#define RUN_SUPER_H

#include "source.h"

struct super_options {
	msec drain_ms, hold_ms, exit_idle_ms;	/* exit_idle 0: never */
	msec half_close_ms;	/* of an ambassador's links; -1: no limit */
	int ready_fd;		/* -1: none */
	bool ambassador;	/* links of ports: replies are never cut */
	const struct link_source *source;	/* of further links, or NULL */
};

/* Runs the links until told to stop or one fails; the exit status. */
int supervisor_run(struct link_set *, const struct super_options *);

#endif
