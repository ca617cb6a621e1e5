/* addr/net/wrap.h: who may connect by hosts.allow and hosts.deny, by libwrap. */
#ifndef ADDR_NET_WRAP_H
#define ADDR_NET_WRAP_H

#include <stdbool.h>

struct sock_addr;

/* What is asked for; names that stay, NULL: the library's own. */
struct wrap {
	const char *daemon;		/* as whom */
	const char *allow, *deny;	/* tables */
};

/* Finds the library; -1 with words in last_error. */
int wrap_open(void);
/* Whether a client may; fd: its socket, or the one that it came by. */
bool wrap_allows(const struct wrap *, const struct sock_addr *client, int fd);

#endif
