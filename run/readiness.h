/* run/readiness.h: readiness and sockets that were handed down. */
#ifndef RUN_READINESS_H
#define RUN_READINESS_H

#include "../addr/addr.h"

/* Tells whoever waits that all listeners are up. */
void ready_tell(int ready_fd);

/*
 * Gives the sockets of LISTEN_FDS to those of the addresses that fit, and
 * closes those that none of them serves or names.
 */
void activation_take(struct addr *const *, size_t n);

#endif
