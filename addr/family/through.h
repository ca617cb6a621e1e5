/* addr/family/through.h: connections by way of a server that makes them. */
#ifndef ADDR_FAMILY_THROUGH_H
#define ADDR_FAMILY_THROUGH_H

#include "../net/dialogue.h"
#include "socket.h"

/* The server on the way, and the host behind it. */
struct through {
	const char *server, *port;
	const char *what;	/* the server, in socat's words */
	const char *host, *hostport;
};

/* As struct family's check(): the last two parameters are host and port. */
int through_check(struct addr *);
/* Of a port that an option names, which socat looks up late; NULL is none. */
int through_port_check(const struct addr *, const char *option,
    const char *port);
/* Of a word that the dialogue has no room for. */
int through_word_check(const char *what, const char *word);
/* The number of a port that was checked. */
unsigned through_port(const char *text);
/*
 * Connects to the server and leads the dialogue.  0 and the end is the
 * target's; 1 with errno when the server could not be connected
 * to; -1 with words in last_error.
 */
int through_open(struct addr *, struct end *, const struct through *,
    struct dialogue *);

#endif
