/* run/link/source.h: where links are from that come and go. */
#ifndef RUN_SOURCE_H
#define RUN_SOURCE_H

#include <poll.h>

#include "set.h"

/* The most descriptors that a source waits for. */
#define SOURCE_FDS	8

/* None of these waits.  state is the source's own, and goes to each. */
struct link_source {
	void *state;
	/* Fills in what to poll for; how many that is. */
	int (*fds)(void *state, struct pollfd *, int max);
	/* Milliseconds until work is due without any descriptor; -1: never. */
	msec (*timeout)(void *state, msec now);
	/* Goes on; 1 if another set is wanted than after the last call. */
	int (*work)(void *state, const struct pollfd *, int n, msec now);
	/* Adds what is wanted now; -1 with words in last_error. */
	int (*wanted)(void *state, struct link_set *);
	/* Whether it knows by now what is there. */
	bool (*synced)(void *state);
	/* In the process of a link: closes what the source has open. */
	void (*leave)(void *state);
};

#endif
