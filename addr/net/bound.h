/* addr/net/bound.h: why a bind(2) failed. */
#ifndef ADDR_BOUND_H
#define ADDR_BOUND_H

#include <sys/socket.h>

#include <stdbool.h>

/* Adds a hint to the error of a bind(2) that failed with err. */
void bound_hint(const struct sockaddr *, bool stream, int err);

#endif
