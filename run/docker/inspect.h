/* inspect.h: what a Docker Engine's documents say about a container */

#ifndef INSPECT_H
#define INSPECT_H

#include <stddef.h>

#define ID_SIZE 65		/* 64 hexadecimal digits and NUL */
#define NAME_SIZE 128
#define HOST_SIZE 64		/* a numeric address, IPv4 or IPv6 */

struct exposed {
	char proto;		/* 't' or 'u'; 's' for SCTP */
	unsigned port;
	int told;		/* a complaint about it has been made */
};

struct network {
	char id[ID_SIZE], name[NAME_SIZE];
	char host[HOST_SIZE];	/* the container's address in it, or "" */
};

struct container {
	char id[ID_SIZE];
	int running;		/* and neither paused nor about to restart */
	char host[HOST_SIZE];	/* on the default bridge, or "" */
	struct network *networks;
	size_t nnetworks;
	struct exposed *ports;	/* sorted, each once */
	size_t nports;
};

/* What happened to a container. */
struct event {
	char action[32];	/* "" where it does not matter here */
	int network;		/* it concerns a network of the container */
	int signal;		/* of a kill */
	char id[ID_SIZE];	/* the container's */
	char name[NAME_SIZE], oldname[NAME_SIZE];
};

int container_read(struct container *, const char *, size_t,
    const char **err);
void container_free(struct container *);
const char *container_host(const struct container *, const char *network,
    const struct container *self);
int event_read(struct event *, const char *, size_t, const char **err);
int message_read(const char *, size_t, char *, size_t);

#endif
