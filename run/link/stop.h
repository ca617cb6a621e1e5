/* run/link/stop.h: the end of links, told or by themselves. */
#ifndef RUN_STOP_H
#define RUN_STOP_H

#include "../../lib/os/os.h"
#include "set.h"

enum state {
	CLOSED,			/* no socket: nobody can connect */
	HELD,			/* socket, no process: clients wait */
	RUNNING,		/* a process serves */
	STATES
};

struct link {
	struct link *next;
	struct link_spec want;	/* owns its strings */
	struct addr *a, *b;
	enum state state;
	pid_t pid;		/* of the process that serves, or 0 */
	msec held;		/* since when it is held */
	bool up;		/* its target was there when last heard of */
	msec started;		/* when its process last was */
	msec pause, retry;	/* after a failure: how long, until when; or 0 */
	struct tally *tally;	/* or NULL; its own processes write to it */
	struct os_board news;	/* a struct board: where the target is */
	bool seen;		/* in the newest wanted set */
};

/* The words for it in the log; good until the next call. */
const char *link_name(const struct link *);

/* Tells a process to end that its link does not need any more. */
void stop_leave(pid_t, int signo);
/*
 * Waits for what has ended.  Of each link that ends by itself died is told,
 * if it is not NULL, with words for how that went; the status of the first
 * of them, never 0, is returned, else 0.
 */
int stop_reap(struct link *links, void (*died)(struct link *,
    const char *how));
/*
 * Stops all links: in order, within the drain time, or at once if that is
 * -1.  Own processes only, by their ids.
 */
void stop_all(struct link *links, msec drain_ms);

#endif
