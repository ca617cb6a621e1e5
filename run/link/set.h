/* run/link/set.h: pairs of addresses that are wanted, and those that run. */
#ifndef RUN_LINKS_H
#define RUN_LINKS_H

#include <stddef.h>

#include "../../addr/addr.h"
#include "../transfer.h"

/* What a source asks for: arguments, environment, Docker. */
struct wanted_link {
	char key[24];		/* "6379/tcp" or "link 1": who it is */
	char *a, *b;		/* the addresses; malloc'd */
	char *fallback;		/* for a if the system lacks IPv6, or NULL */
	char *say;		/* printed at the start, or NULL */
	char *from;		/* where it is from, for messages, or NULL */
	char target[280];	/* "host:port" for messages, or "" */
	bool up;		/* not up: the listener stays, no connection */
	bool udp;
};

struct wanted_set {
	struct wanted_link *link;
	size_t n;
};

/* Room for one more, zeroed; NULL when memory is out. */
struct wanted_link *wanted_add(struct wanted_set *);
void wanted_clear(struct wanted_set *);

/*
 * Makes the addresses of a port that goes to host:port there.  opts holds
 * what --listen-opts and --connect-opts gave, or NULL.
 */
struct link_opts {
	const char *listen, *connect;
	int ipv;		/* -4, -6: listen there only; else 0 */
};
int wanted_port(struct wanted_set *, char proto, unsigned port,
    const char *host, unsigned target, const struct link_opts *);

/* environ.c: links of the variables NAME_PORT_<n>_TCP; -1 with a fault. */
int wanted_environment(struct wanted_set *, const char *patterns,
    const struct link_opts *);

/* probe.c: whether listener and target answer; 1 if not, which is said. */
int link_probe(const struct wanted_link *, struct addr *a, struct addr *b);

#endif
