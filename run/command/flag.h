/* run/command/flag.h: what a flag of the command line is: a row. */
#ifndef RUN_FLAG_H
#define RUN_FLAG_H

#include "../../relay.h"

enum flag_takes {
	TAKES_NOTHING,
	TAKES_VALUE,		/* behind it or in the next word */
	TAKES_MAYBE		/* behind it, or none */
};

enum flag_kind {
	FLAG_IGNORED,
	FLAG_TRUE,		/* a bool of struct config becomes true */
	FLAG_INT,		/* an int or enum becomes the row's n */
	FLAG_TEXT,		/* a string becomes the value */
	FLAG_SECONDS,		/* an msec */
	FLAG_FUNCTION		/* the row's function does it */
};

/* Whose flag it is. */
enum flag_of {
	FLAG_SOCAT,		/* socat's, and so relay's */
	FLAG_RELAY,		/* not under the name socat */
	FLAG_GO			/* grand-ambassador's, in Go's spellings */
};

/* What must be there for it to have an effect. */
enum flag_needs {
	NEEDS_NOTHING,
	NEEDS_LISTENER,		/* a listener with fork */
	NEEDS_MANY		/* that, or more than one pair */
};

/*
 * -1 with words in last_error; 1 when the value is none of this flag's, so
 * that the word is another flag.
 */
typedef int flag_function(struct config *, const struct flag *,
    const char *value);

struct flag {
	const char *name;	/* with its dashes */
	enum flag_of of;
	enum flag_takes takes;
	enum flag_kind kind;
	size_t at;		/* offset in struct config */
	int n;
	flag_function *function;
	const char *shown;	/* behind the name in -h, or NULL */
	int column;		/* ... where help begins */
	const char *help;	/* NULL: -h leaves it out */
	/* Where it has no effect; with: a sum of enum source, 0 is all. */
	int with;
	enum flag_needs needs;
	const char *instead;	/* what has the effect where it has none */
	bool again;		/* may be given twice */
	bool prefix;		/* names that begin with it are its, too */
	const char *idle_with;	/* a flag that leaves it without one */
	const char *why;	/* ... and why, or NULL */
};

extern const struct flag flags[];
extern const size_t flags_n;

/* Does what it says, as a flag_function; value is "" when it takes none. */
int flag_set(struct config *, const struct flag *, const char *value);

#endif
