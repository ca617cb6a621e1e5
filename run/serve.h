/* run/serve.h: accept, fork, reap: one child per connection. */
#ifndef RUN_SERVE_H
#define RUN_SERVE_H

#include "../addr/addr.h"

/* What a listener does beyond socat; zero for a plain one. */
struct serve_options {
	bool drain;		/* TERM and INT: finish what runs first */
	bool supervised;	/* by super.c: HUP ends it at once */
	msec drain_ms;
	msec exit_idle_ms;	/* end without connections for so long; 0 */
	int ready_fd;		/* gets a newline once listening; or -1 */
};

/*
 * Runs the pair of addresses until it ends or, listening with fork, for
 * ever.  Returns the exit status.
 */
int serve(struct addr *a, struct addr *b, const struct serve_options *);

#endif
