/* run/link/link.h: one link of a supervisor: what it is and does. */
#ifndef RUN_LINK_H
#define RUN_LINK_H

#include "../../lib/os/os.h"
#include "set.h"
#include "supervisor.h"

enum state {
	CLOSED,			/* no socket: nobody can connect */
	HELD,			/* socket, no process (yet): clients wait */
	RUNNING,		/* a process serves */
	STATES
};

enum event {
	EV_UP,			/* wanted, and its target is there */
	EV_DOWN,		/* wanted, its target is away */
	EV_CHANGED,		/* wanted, with another target */
	EV_TURN,		/* it may have a process now */
	EV_GONE,		/* not wanted any more */
	EV_EXPIRED,		/* held long enough */
	EVENTS
};

/* The supervisor's own: its process gets a copy. */
struct link {
	struct link *next;
	struct link_spec want;	/* owns its strings */
	struct addr *a, *b;
	enum state state;
	pid_t pid;		/* of the process that serves, or 0 */
	msec held;		/* since when it is held */
	bool up;		/* its target was there when last heard of */
	msec started;		/* when its process last was */
	msec pause, retry;	/* after a failure: how long, until; or 0 */
	struct tally *tally;	/* or NULL; its own processes write to it */
	struct os_board news;	/* a struct board: where the target is */
	bool seen;		/* in the newest wanted set */
};

struct link_chunk;

/* All of them. */
struct links {
	struct link *first, **end;
	const struct config *config;
	const struct link_source *source;	/* of further ones, or NULL */
	struct process process;	/* what opens their addresses */
	bool ready;		/* and whoever waits for that was told ... */
	int ready_fd;		/* ... here; -1: none, or told */
	struct link_chunk *chunks;	/* where they and their tallies lie */
	/* The listening sockets of all, for their processes: to look at each
	 * link would cost a process a page or two of each. */
	int *socket;
	size_t nsocket;
	bool sockets_known;	/* nothing was opened or closed since */
};

/* The words for a link in the log. */
#define LINK_NAME_MAX	400
const char *link_name(const struct link *, char buf[LINK_NAME_MAX]);

/*
 * A link at the end of the list, which takes over the strings of the
 * specification; NULL with words in last_error.
 */
struct link *link_new(struct links *, struct link_spec *);
/* One that is in the list no more. */
void link_free(struct links *, struct link *);
/*
 * Another target: the listener stays what it is.  The caller has EV_CHANGED
 * happen; -1 with words in last_error.
 */
int link_retarget(struct links *, struct link *, struct link_spec *);
/* Opens the listening socket; the next best kind if this one is lacking. */
int link_open(struct links *, struct link *);

/*
 * Does what the event means in the state of the link.  -1 with words in
 * last_error when all links have to end for it.
 */
int link_happen(struct links *, struct link *, enum event);
/*
 * A link of a source has failed, for the reason in words: the others go on,
 * and so may it, later each time.  One that ran for long enough begins anew.
 */
void link_retry(struct link *, const char *words);

/* Starts its process. */
int link_start(struct links *, struct link *);

/*
 * chunk.c: memory for a link, with a tally and, if that is asked for and can
 * be had, a board; zeroed.  NULL when there is none.
 */
struct link *link_alloc(struct links *, bool board);
void link_release(struct links *, struct link *);
/* Whether the processes that are forked from now on share it. */
void link_share(struct link *, bool yes);
/* In the process of a link: it writes to no board. */
void link_boards_drop(struct links *);

#endif
