/* addr/family/family.h: families: what each kind of address is and can. */
#ifndef ADDR_FAMILY_H
#define ADDR_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

#include "../option/option.h"

struct addr;
struct end;

/* Names that a family may have, and a NULL behind the last. */
#define FAMILY_NAMES	7

/* A family's row: one kind of address. */
struct family {
	const char *names[FAMILY_NAMES];	/* upper case, canonical first */
	const char *syntax;
	opt_groups groups;
	signed char min, max;	/* parameters; max 127: ":" is text */
	unsigned char listens;	/* accept() gives ends, again and again */
	unsigned char own_late;	/* late options are for its program */
	int arg, arg2;		/* the family's own */
	/* Options that its groups allow and that do nothing, or NULL. */
	const char *const *useless;
	int (*check)(struct addr *);	/* parameters; NULL: none */
	/* What can be known at the start of what it will need; or NULL. */
	int (*there)(const struct addr *, const struct addr *partner);
	/*
	 * Opens.  Of a family that listens: makes a->lfd, and e stays as
	 * it is.  -1 with words in last_error.
	 */
	int (*open)(struct addr *, struct end *e);
	/*
	 * Takes one connection that waits on a->lfd into e; 1 when there
	 * was none after all, 2 when one was turned away and there may be
	 * more.  -1 with words in last_error and errno: if sock_lacks() says so
	 * the system is short of something, else the listener is broken.
	 * What is wrong with one peer is never -1, whatever errno it makes.
	 */
	int (*accept)(struct addr *, struct end *e);
	/* Child only: the address's own work after fork; may be NULL. */
	int (*child_init)(struct addr *, struct end *e);
	/* Makes the state that accept() needs, for a socket from outside. */
	int (*attach)(struct addr *);
};

/* A family that is known and not here. */
struct absent {
	const char *names[FAMILY_NAMES];
	const char *lack;	/* why, and what does it instead */
};

const struct family *family_find(const char *name);
const struct family *family_nth(size_t);
/* The same of those that are known and not here. */
const struct absent *absent_find(const char *name);
const struct absent *absent_nth(size_t);
/* The name nearest to what was typed, or NULL when none is near. */
const char *family_near(const char *typed);

#endif
