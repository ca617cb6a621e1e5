/* run/serve.h: accept, fork, reap: one child per connection. */
#ifndef RUN_SERVE_H
#define RUN_SERVE_H

#include "service.h"

/*
 * Runs the pair of addresses until it ends or, listening with fork, for
 * ever.  Returns the exit status.  Of the
 * service the tally is made if there is to be one, and process written.
 */
int serve(struct addr *a, struct addr *b, struct service *);

#endif
