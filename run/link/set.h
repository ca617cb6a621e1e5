/* run/link/set.h: pairs of addresses that are wanted, and those that run. */
#ifndef RUN_LINKS_H
#define RUN_LINKS_H

#include <stddef.h>

#include "../../addr/addr.h"
#include "../transfer.h"

/* What a source asks for: arguments, environment, Docker. */
struct link_spec {
	char key[24];		/* "6379/tcp" or "link 1": who it is */
	char *a, *b;		/* the addresses; malloc'd */
	char *fallback;		/* for a if the system lacks IPv6, or NULL */
	char *say;		/* printed at the start, or NULL */
	char *from;		/* where it is from, for messages, or NULL */
	char target[280];	/* "host:port" for messages, or "" */
	bool up;		/* not up: the listener stays, no connection */
	bool udp;
};

struct link_set {
	struct link_spec *link;
	size_t n;
};

/* Room for one more, zeroed; NULL when memory is out. */
struct link_spec *link_set_add(struct link_set *);
void link_set_clear(struct link_set *);

/* Makes the addresses of a port that goes to host:port there. */
int link_set_add_port(struct link_set *, char proto, unsigned port,
    const char *host, unsigned target, const struct config *);

/* environ.c: links of the variables NAME_PORT_<n>_TCP; -1 with an error. */
int link_set_environment(struct link_set *, const char *patterns,
    const struct config *);

#endif
