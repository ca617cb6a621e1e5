/* run/command/flags.h: the flags of the command line. */
#ifndef RUN_FLAGS_H
#define RUN_FLAGS_H

#include <stdio.h>

#include "../../relay.h"

/*
 * Takes in the flags, and the words that are none; c->words and c->given
 * have room for all of argv.  0, or -1 with words in last_error.
 */
int flags_read(struct config *, int argc, char *argv[]);
/* How relay is called, and the flags: -h in front of the addresses. */
void usage_print(FILE *, const struct config *);

/*
 * Whether each flag that was given has an effect: what is relay's own is
 * refused if it has none, of socat's a warning is given.  0, or -1 with
 * words in last_error.
 */
int flags_fit(const struct config *);
/* The same once it is known whether some pair is a listener with fork. */
int flags_fit_listeners(const struct config *, size_t pairs, bool listens);

#endif
