/* addr/family/family.h: families: what each kind of address is and can. */
#ifndef ADDR_FAMILY_H
#define ADDR_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

#include "../option/option.h"

struct addr;
struct end;

/* Names that a family may have besides its first. */
#define FAMILY_ALIASES	5

/* The most parameters, where a ":" is no end of one: a command is text. */
#define PARAM_TEXT	127

/* The words of the address say of what domain its socket is. */
#define DOMAIN_WORDS	(-1)

/* What an address of a family does; one or more. */
enum role {
	ROLE_CONNECT = 1 << 0,	/* connects to a peer, which its words name */
	ROLE_LISTEN = 1 << 1,	/* accept() gives ends, again and again */
	ROLE_OPEN = 1 << 2,	/* opens or makes a file, a pipe, a pair */
	ROLE_GIVEN = 1 << 3,	/* takes a descriptor that is there */
	ROLE_RUN = 1 << 4,	/* runs a program; late options are for it */
	ROLE_ANYTHING = 1 << 5,	/* what comes of it may be of any kind */
	ROLE_SEND = 1 << 6,	/* sends datagrams to where its words say */
	/* Takes datagrams of anybody; with ROLE_LISTEN each is an end. */
	ROLE_RECEIVE = 1 << 7
};

/* Which of its words is a name in the file system. */
enum path { PATH_NONE, PATH_PARAM, PATH_BIND };

/*
 * Why a family is not here, NULL where ops->here() says it, and what does its
 * job instead, or NULL.
 */
struct lack {
	const char *reason, *advice;
};

/* What can be done with an address; what may be NULL says so. */
struct family_ops {
	/* Whether this machine has what it needs: 0, or -1 with words in
	 * last_error; NULL: nothing is needed. */
	int (*here)(void);
	int (*check)(struct addr *);	/* parameters; NULL: none */
	/* What can be known at the start of what it will need; or NULL. */
	int (*there)(const struct addr *, const struct addr *partner);
	/*
	 * Opens.  Of a family that listens: makes a->lfd, and e stays as
	 * it is.  -1 with words in last_error.
	 */
	int (*open)(struct addr *, struct end *e);
	/*
	 * Of a family that listens, else NULL.
	 * Takes one connection that waits on a->lfd into e; 1 when there
	 * was none after all, 2 when one was turned away and there may be
	 * more.  -1 with words in last_error and errno: if sock_lacks() says so
	 * the system is short of something, else the listener is broken.
	 * What is wrong with one peer is never -1, whatever errno it makes.
	 */
	int (*accept)(struct addr *, struct end *e);
	/* Child only: the address's own work after fork; may be NULL. */
	int (*child_init)(struct addr *, struct end *e);
	/* Makes the state that accept() needs, for a socket from outside;
	 * or NULL. */
	int (*attach)(struct addr *);
	/* Releases a->layer; NULL: nothing is there. */
	void (*release)(struct addr *);
	/* open() does what the late options ask for, by proc_late(). */
	bool late;
	/*
	 * open() gives a new file its mode.  socat's perm= does no more: it is
	 * less the umask, and a file that is there keeps its own.
	 */
	bool creates;
};

/* Operations that stand in the row itself. */
#define OPS(...)	(&(const struct family_ops){ __VA_ARGS__ })

/*
 * A family's row: one kind of address.  All that is to be known of it stands
 * here.  One that is known and not here has a lack in place of operations.
 */
struct family {
	char name[24];		/* in upper case, as the others */
	const char *alias[FAMILY_ALIASES];	/* other names, or NULL */
	const char *syntax;
	opt_groups groups;	/* the options that it takes */
	char with[20];		/* of -V: WITH_... */
	signed char min, max;	/* parameters */
	unsigned char role;	/* see enum role */
	unsigned char path;	/* see enum path */
	/*
	 * Its socket, if there is one.  AF_UNSPEC stands for IPv4 or IPv6,
	 * DOMAIN_WORDS for any, type 0 for what the other side has.
	 */
	short domain, type, protocol;
	short arg;		/* the family's own */
	const struct family_ops *ops;
	const struct lack *lack;
	/* Options that its groups allow and that do nothing, or NULL. */
	const char *const *useless;
};

/* The families of one file. */
struct family_table {
	const struct family *row;
	size_t n;
};

#define FAMILIES(name, rows)						\
	extern const struct family_table name##_families;		\
	const struct family_table name##_families = {			\
		rows, sizeof(rows) / sizeof *(rows)			\
	}

/* The i-th name of a family, its first is the 0th; or NULL. */
const char *family_name(const struct family *, size_t i);
/* By any of its names, in any case; or NULL. */
const struct family *family_find(const char *name);
const struct family *family_nth(size_t);
/* Whether it can be used, or is only known. */
bool family_here(const struct family *);
/* Whether its peers have an address of IPv4 or IPv6, and a port. */
bool family_is_inet(const struct family *);
/* The name nearest to what was typed, or NULL when none is near. */
const char *family_near(const char *typed);

#endif
