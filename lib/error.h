/* lib/error.h: the error record. */
#ifndef LIB_ERROR_H
#define LIB_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The error record: a leaf that fails leaves its words here and returns
 * -1; who knows what the user asked for prints it, once.
 */
enum error_code {
	ERROR_OTHER,		/* it could not be done: err, if it is not 0 */
	ERROR_NO_CLIENT,	/* nobody came within accept-timeout= */
	ERROR_HOST,		/* the name of a host that is not known */
	ERROR_PORT,		/* what is no port */
	ERROR_CLIENT,		/* a client that is turned away */
	/* a server on the way to another host refused, or made no sense */
	ERROR_SERVER
};

struct error {
	enum error_code code;	/* what programs decide by */
	char words[1024];	/* what people read */
	int err;		/* errno at the time */
	const char *text;	/* the address concerned, or NULL */
	size_t col, len;	/* the place in it */
	char hint[320];		/* what to do instead, or "" */
};

extern struct error last_error;

/* Leaves words; a trailing colon means "and errno".  Returns -1. */
int error_set(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* The same for another reason than ERROR_OTHER. */
int error_set_code(enum error_code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds the place; keeps a place that is already there. */
void error_place(const char *text, size_t col, size_t len);
void error_hint(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* Prints the record at level E, with place and hint unless brief. */
void error_print(int brief);
/* The hint alone, if there is one, after a line of the caller's. */
void error_hint_print(void);

#endif
