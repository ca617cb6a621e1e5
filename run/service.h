/* run/service.h: what is done for one pair of addresses. */
#ifndef RUN_SERVICE_H
#define RUN_SERVICE_H

#include <stdatomic.h>

#include "../addr/addr.h"

/*
 * Sums over children, in memory that all of them share and any of them may
 * have written nonsense to: numbers for people and for --exit-idle, by which
 * nothing is looked up, allocated or run.
 */
struct tally {
	atomic_ullong bytes[2], blocks[2];
	atomic_ullong now, all, refused;
	atomic_ullong said;	/* when a refusal was last logged, ms */
};

/*
 * Whoever has the pair served fills it in: what differs from link to link.
 * The processes that serve get copies by fork, and write to process alone.
 */
struct service {
	const struct config *config;
	const char *link;	/* ambassador: whose target is refused */
	const char *pair;	/* which of several plain ones, or NULL */
	const struct target *target;	/* one that moves, or NULL */
	struct tally *tally;	/* what is counted, or NULL */
	msec idle;		/* -T; 0: none */
	msec half_close;	/* -t; -1: until the other side ends */
	bool supervised;	/* HUP ends it at once; others count for it */
	bool drains;		/* TERM and INT: finish what runs first */
	msec drain;		/* ... within this time */
	msec exit_idle;		/* end without connections for so long; 0 */
	struct process *process;	/* of both addresses, too */
};

#endif
