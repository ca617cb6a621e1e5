/* run/session.h: one connection, from two addresses to its end. */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

#include "service.h"

/*
 * Opens what is not open yet and transfers; a and b are the addresses left
 * and right, and the end that is open already is ea or eb, else NULL.
 * Returns the exit status; both ends are closed.
 */
int session(const struct service *, struct addr *a, struct addr *b,
    struct end *ea, struct end *eb);
/*
 * Opens an address into an end of the caller's; of one that listens that is
 * the first client, with whom the files of dumps are opened if that is
 * asked for.  -1 with words in last_error.
 */
int session_open(const struct service *, struct addr *, struct end *,
    struct end *partner, bool dumps);

/*
 * Whether it was a server on the way that refused: socat warns, and ends with
 * -1, which is said then.
 */
bool session_refused(const struct config *);

/* -D: the descriptors of both ends, reading and writing. */
void fds_show(const int fd[4]);

#endif
