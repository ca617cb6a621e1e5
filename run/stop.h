/* run/stop.h: the end of links, told or by themselves. */
#ifndef RUN_STOP_H
#define RUN_STOP_H

#include "../lib/os.h"
#include "links.h"

enum state {
	CLOSED,			/* no socket: nobody can connect */
	HELD,			/* socket, no process: clients wait */
	RUNNING,		/* a process serves */
	STATES
};

struct link {
	struct link *next;
	struct wanted_link want;	/* owns its strings */
	struct addr *a, *b;
	enum state state;
	pid_t pid;		/* of the process that serves, or 0 */
	msec held;		/* since when it is held */
	struct tally *tally;	/* or NULL; its own processes write to it */
	struct os_board news;	/* a struct board: where the target is */
	bool seen;		/* in the newest wanted set */
};

/* The words for it in the log; good until the next call. */
const char *link_name(const struct link *);

/* Tells a process to end that its link does not need any more. */
void stop_leave(pid_t, int signo);
/*
 * Waits for what has ended.  A link that ends by itself is the end of
 * all: its status, never 0, is returned; else 0.
 */
int stop_reap(struct link *links, bool stopping);
/*
 * Stops all links: in order, within the drain time, or at once if that is
 * -1.  Own processes only, by their ids.
 */
void stop_all(struct link *links, msec drain_ms);

#endif
