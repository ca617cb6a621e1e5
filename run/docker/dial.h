/* dial.h: where the engine is, and a connection to it that does not wait */

#ifndef DIAL_H
#define DIAL_H

#include <sys/socket.h>

#include <stddef.h>

struct dial {
	char text[256];		/* as configured, for messages */
	char split[256];		/* text, cut into node and service */
	const char *node, *service;	/* of tcp://, else NULL */
	struct sockaddr_storage addr;
	socklen_t addrlen;
	unsigned turn;		/* which address of the name is next */
};

int dial_parse(struct dial *, const char *host, char *err, size_t errsize);
int dial_resolve(struct dial *, const char **why);
int dial_open(const struct dial *, int *connected);

#endif
