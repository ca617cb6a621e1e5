/* run/server.h: a process that forks a child for each connection. */
#ifndef RUN_SERVER_H
#define RUN_SERVER_H

#include "burst.h"
#include "pause.h"
#include "pool.h"
#include "service.h"

struct server {
	struct addr *listener, *other;
	struct addr *a, *b;	/* the same two, left and right */
	struct end *fixed;	/* the other side, if it is open already */
	struct service *service;
	/* What a child does with its connection; its exit status. */
	int (*child)(struct server *, struct end *);
	struct pause pause;	/* nothing is accepted for now */
	msec quiet;		/* since when there is no connection */
	msec waiting;		/* since when a client could come; or 0 */
	bool full;		/* max-children are there, and it was said */
	bool pooled;		/* a pool serves; see pool.c */
	enum pool_load load;	/* ... and how it was when last looked at */
	unsigned turns;		/* ... and pool_turns() */
	unsigned since_look;
	unsigned fruitless;	/* turned away, one after the other */
	struct burst burst;	/* of these */
	int stop;		/* 1: in order; 2: at once */
	pid_t pid;		/* its own */
	pid_t parent;		/* which watches over it, if supervised */
	bool nested;		/* it is itself the child of one */
	bool mortal;		/* its children end with it */
	const char *name;	/* for who asks for statistics */
};

/* accept.c: until it is time to end: 1; 2 in order, 3 at once, when it was
 * told to.  -1 with words in last_error: the listener is broken. */
int server_loop(struct server *);

/* connect.c: a client with fork; -1 with words in last_error. */
int serve_client(struct server *);

/*
 * fork.c.  Forks, if need be again and again: the connection is there
 * already.  -1 when the server is to end meanwhile.
 */
pid_t server_fork(struct server *);
/* The child: everything after accept or connect is its own business. */
_Noreturn void server_child(struct server *, struct end *);
/* In the parent: the connection is the child's from here on. */
void server_forked(struct server *, pid_t, struct end *);
/* All of that: a child for an end that was accepted. */
void server_spawn(struct server *, struct end *);
/* Waits for children that have ended. */
void server_reap(struct server *);
/*
 * Whether that has a little time after a fork: nobody waits for a child's
 * end, nor is told of it.  A signal for each child that does not live long
 * costs its listener as much as two system calls and a page.
 */
bool server_reaps_later(const struct server *);

/* drain.c: whether it is to end: 0 no, 1 in order, 2 at once. */
int server_stop_wanted(struct server *);
/* Whether only looking can tell that its supervisor is gone. */
bool server_looks_for_parent(const struct server *);
/*
 * Stops listening at once; running connections get the drain time if it is
 * done gently, then are ended, then killed.  A second signal cuts it short.
 */
void server_drain(struct server *, bool gently);

#endif
