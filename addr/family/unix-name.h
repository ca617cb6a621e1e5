/* addr/family/unix-name.h: names of unix sockets. */
#ifndef ADDR_UNIX_NAME_H
#define ADDR_UNIX_NAME_H

#include "socket.h"

/* What all families of unix sockets take, but for those that listen. */
#define G_UNIXCLIENT	(G_FD | G_SOCKET | G_RETRY | G_UNIX)
#define UNIX_ABSTRACT	.path = PATH_NONE, .with = "ABSTRACT_UNIXSOCKET"
#define UNIX_PATH(which) .path = PATH_##which, .with = "UNIX"

/* Whether its name is one of the kernel's, and not a path. */
bool unix_is_abstract(const struct addr *);
/* The address of a name; its length, or -1 with words in last_error. */
socklen_t unix_address(struct addr *, const char *name, bool abstract,
    struct sockaddr_un *);
/* As struct family's check(). */
int unix_check(struct addr *);
/*
 * A client's socket, bound for bind= and unix-bind-tempname if they are
 * there; -1 with words in last_error.  Its name goes with e, which is for
 * unix_name_keep() to change once nothing more can fail.
 */
int unix_client(struct addr *, struct end *e, int type);
/* What unlink-close=0 asks for. */
void unix_name_keep(const struct addr *, struct end *);
/*
 * Binds fd to the name that is the parameter, and then does what makes others
 * find somebody there; NULL: nothing.  The name is the address's, or e's if
 * that does not listen.  -1 with words in last_error; fd is closed then.
 */
int unix_bind_own(struct addr *, struct end *e, int fd,
    int (*then)(struct addr *, int fd));
/* Makes e an end that sends datagrams there. */
int unix_send_to(struct addr *, struct end *e, const struct sockaddr_un *,
    socklen_t);
/* Closes fd and removes the name that was made for it; errno stays. */
void unix_give_up(int fd, struct made **);

#endif
