/* addr/family/reuse.h: a socket that one connection after the other has. */
#ifndef ADDR_FAMILY_REUSE_H
#define ADDR_FAMILY_REUSE_H

struct addr;
struct end;

/*
 * A process that serves one client after another keeps the socket of a
 * connection that is over, as new, for the next: see os_renew().
 */
struct spare {
	int fd;			/* -1: none */
	int af;
};

/*
 * As sock_open() of TCP, or the spare socket of the address's process.  Options
 * could leave traces: an address that has any gets a new one.
 */
int reuse_socket(struct addr *, int af);
/*
 * The end is connected by such a socket, and its peer noted: if it comes to an
 * orderly end the socket is kept.
 */
void reuse_after(const struct addr *, struct end *);

#endif
