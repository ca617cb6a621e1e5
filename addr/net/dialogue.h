/* addr/net/dialogue.h: what is said to a server that connects on for us. */
#ifndef ADDR_DIALOGUE_H
#define ADDR_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "../../lib/clock.h"

/* The longest host, name or password, as in RFC 1928 and RFC 1929. */
#define DIALOGUE_WORD	255
/* The longest line of an answer, and all of its lines. */
#define DIALOGUE_LINE	2048
#define DIALOGUE_ALL	65536
/* The longest user:password for a proxy. */
#define DIALOGUE_AUTH	1024

/* What is asked for. */
struct wish {
	const char *host;	/* no longer than DIALOGUE_WORD, as all here */
	unsigned port;
	const char *user, *pass;	/* NULL: none */
	bool listen;		/* the server is to listen there */
	/* of a proxy: */
	const char *version;	/* of HTTP; NULL: 1.0 */
	const char *auth;	/* of DIALOGUE_AUTH bytes at the most, or NULL */
	size_t authlen;
	bool ignore_cr;
	/* What socat lets pass, though nothing good can come of it, is not. */
	bool strict;
};

/* How far a dialogue has come; what fails it is the next of these. */
enum stage { STAGE_HELLO, STAGE_AUTH, STAGE_REQUEST };

/* What a byte of an answer makes of the dialogue; -1 is a failure. */
enum { ANSWER_MORE, ANSWER_DONE };

/*
 * A dialogue: it takes answers byte by byte, so no cut of them matters, and
 * knows no descriptors.  It takes none of the bytes behind its last answer.
 */
struct dialogue {
	struct wish wish;
	/* The next byte; -1 with words in last_error.  Not to be called while
	 * there is something to be sent, or after anything but ANSWER_MORE. */
	int (*take)(struct dialogue *, unsigned char);
	/* What it is when the server closes instead; -1. */
	int (*closed)(const struct dialogue *);
	enum stage stage;
	bool bound;		/* the server listens, and has said where */
	msec answer_wait;	/* for the answer; -1: for ever */
	size_t outlen;		/* to be sent; who has sent it sets it to 0 */
	size_t n, need;		/* of the answer: its bytes so far, and all */
	size_t all;		/* of answers in lines */
	unsigned char out[DIALOGUE_LINE], in[DIALOGUE_LINE];
};

/* Malloc'd, with the first words to be sent; NULL: out of memory. */
struct dialogue *socks4_dialogue(const struct wish *, const void *ip4);
struct dialogue *socks4a_dialogue(const struct wish *);
struct dialogue *socks5_dialogue(const struct wish *);
struct dialogue *proxy_dialogue(const struct wish *);

/* What they are made with: its answers are of need bytes. */
struct dialogue *dialogue_new(const struct wish *, size_t need);
/* Text behind what is to be sent; it must fit. */
void dialogue_say(struct dialogue *, const void *, size_t);

/*
 * Leads it on a connected socket, in timeout or, if that is 0, as long as
 * its answer_wait lasts.  0, and what follows the last answer can still be
 * read; or -1 with words in last_error: ERROR_SERVER, if it is not the
 * system's.
 */
int dialogue_run(struct dialogue *, int fd, nsec timeout);

#endif
