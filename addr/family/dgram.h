/* addr/family/dgram.h: ends of datagrams that have no connection. */
#ifndef ADDR_DGRAM_H
#define ADDR_DGRAM_H

#include "socket.h"

/*
 * Makes e an end that sends to that address.  It reads what that sends, and
 * with ROLE_RECEIVE what anybody sends whom the options allow.  fd is e's
 * from then on; -1 with words in last_error.
 */
int dgram_send_to(struct addr *, struct end *e, int fd,
    const struct sockaddr *, socklen_t);
/* What only reads, and was to be written to as well, says so. */
void dgram_only_reads(const struct addr *);
/* Makes e an end that only reads, what anybody sends; likewise. */
int dgram_receive(struct addr *, struct end *e, int fd);
/* Makes fd the socket of which each packet is an end; likewise. */
int dgram_listen(struct addr *, int fd);
/* The accept() and attach() of such a family. */
int dgram_accept(struct addr *, struct end *);
int dgram_attach(struct addr *);

#endif
