/* run/link/probe.h: --probe: whether listeners answer and targets accept. */
#ifndef RUN_PROBE_H
#define RUN_PROBE_H

#include "set.h"

/* So many links are asked at a time: one that is silent takes seconds. */
#define PROBES	32

/* All zero at first. */
struct probes {
	struct probe {
		pid_t pid;
		int fd;			/* what it has found comes here */
	} at[PROBES];
	size_t first, next;	/* of all so far; those between are asked */
	bool failed;
};

/* Asks a link, and says in its turn whether it works. */
void probe_begin(struct probes *, const struct link_spec *, struct addr *a,
    struct addr *b);
/* When all have been begun: 1 if one does not. */
int probe_end(struct probes *);

#endif
