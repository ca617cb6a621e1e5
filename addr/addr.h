/* addr/addr.h: what an end is: families, options, checked addresses. */
#ifndef ADDR_H
#define ADDR_H

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <netinet/in.h>

#include "../lib/cold.h"
#include "../relay.h"
#include "end/end.h"
#include "family/family.h"
#include "net/net.h"
#include "option/option.h"

/*
 * Clients and packets that accept() turned away through no fault of the
 * listener; who serves says so, once in a while.
 */
struct drops {
	unsigned long n;	/* since it was last said */
	char words[320];	/* the first of these, and why */
};

/* What this process is: written by the server that it serves for. */
struct process {
	pid_t listener;		/* whose child this is, or 0 */
	bool pooled;		/* it serves one client after another */
	struct spare *spare;	/* ... and a socket for these; or NULL */
	bool leaves;		/* it exits after this connection */
	/* Who must not outlive its parent: see process_with_parent(). */
	pid_t self, parent;	/* this one, and its parent; or 0 */
	int parent_signal;	/* what it then gets */
};

/* An address, parsed and checked, ready to be opened. */
struct addr {
	const struct config *config;
	const struct process *process;	/* that opens it */
	const struct family *family;	/* NULL: not known yet */
	struct spec *spec;
	struct addr *other;	/* the writing half of A!!B, or NULL */
	char **param;
	size_t nparam;
	struct opt_set *opt;
	size_t nopt;
	struct conf c;
	bool reads, writes;	/* what relay will do with it */
	bool retrying;		/* this is not the first try */
	bool more;		/* ... nor the last, if it fails */
	bool of_link;		/* one target of all clients: who serves them
				 * says for all what fails */
	bool connected;		/* options of phase CONNECTED are applied */
	bool late;		/* late options have been applied once */
	bool probing;		/* connects to see whether it can, no more */
	int given;		/* descriptor that it names, or -1 */
	int lfd;		/* listening socket, or -1 */
	int back;		/* what children give back to accept(), or -1 */
	pid_t owner;		/* who opened lfd */
	bool rooted;		/* chroot-early= was done */
	struct made *made;	/* the path of lfd, or NULL */
	struct made *lock;	/* the lock file, or NULL */
	struct sockaddr_storage local;	/* of lfd */
	socklen_t locallen;
	struct resolved target;	/* if it is a number; else len is 0 */
	struct range *range;	/* parsed, or NULL */
	struct access *access;	/* by libwrap, or NULL */
	struct sockaddr_in nameserver;	/* res-nsaddr=, once it is open */
	struct drops drops;	/* written by accept() */
	void *state;		/* the family's own */
	void *layer;		/* ... of what lies over its socket */
};

/* Which of the two it is: what left reads goes to the right. */
enum side { SIDE_LEFT, SIDE_RIGHT };

/*
 * Looks up type and options of a word and checks all that can be checked
 * without opening anything.  What the address is for, reading or writing or
 * both, follows from its side, -u and -U.  On success *out is the caller's,
 * to be given to addr_free(); on error -1 with words and place in last_error.
 */
int addr_parse(const struct config *, const char *text, enum side,
    struct addr **out);
void addr_free(struct addr *);
/* What it is opened by from here on; at first a process of its own. */
void addr_process(struct addr *, const struct process *);
/*
 * option/process.c: this process gets the signal when its parent dies, or has
 * died, whatever user and group its addresses' options make it.
 */
void process_with_parent(struct process *, pid_t parent, int signo);
/* How much of spec->text stands before the options. */
int addr_head(const struct addr *);
bool addr_listens(const struct addr *);
/* Whether each connection gets a child. */
static inline HOT bool
addr_forks(const struct addr *a)
{
	return a->other == NULL && (a->c.fork || a->c.pool > 0);
}

/* Whether it listens for many. */
bool addr_serves(const struct addr *);
/* Opens either half; see struct family. */
int addr_open(struct addr *, struct end *);
/* Listens on a socket that was handed down. */
int addr_attach(struct addr *, int fd);
int addr_accept(struct addr *, struct end *);
int addr_first(struct addr *, struct end *);
int addr_child_init(struct addr *, struct end *);
void addr_unlock(struct addr *);
/*
 * The end of listening: the socket is closed and what it left in the file
 * system removed, if this process is the one that opened it.
 */
void addr_unlisten(struct addr *);
/*
 * What a process does with the listening socket a->lfd, if there is one.  A
 * child leaves it: closes its own copy and writes nothing, since that would
 * copy pages; safe in a signal handler.  Who needs no second client closes it.
 * Where it becomes the only client's end it is taken: the caller's.
 */
void listener_leave(const struct addr *);
void listener_close(struct addr *);
int listener_take(struct addr *);

int name_slip(const char *typed, const char *name);

/*
 * family/env.c: what a program gets to know: SOCAT_PEERADDR... of the end it
 * is there for, if that was accepted (it may be NULL), and of the process and
 * its listener.
 */
void environment_set(const struct config *, const struct process *,
    struct end *);

/*
 * access.c: what tcpwrap asks for is there: a->access, if it does.  -1 with
 * words in last_error, and the option that is wrong.
 */
int access_check(struct addr *, const char **wrong);
void access_free(struct access *);
/* Child only: whether the client may connect; -1, ERROR_CLIENT. */
int access_child(const struct addr *, const struct end *);

/* unix.c: bare paths that are sockets come here. */
int unix_connect_path(struct addr *, struct end *, const char *path);
/* Whether somebody has the socket of a listening address: 0, or -1. */
int unix_answers(struct addr *);

#endif
