/* run/dump.h: -v, -x, -r and -R: what goes through, shown. */
#ifndef RUN_DUMP_H
#define RUN_DUMP_H

#include "service.h"

/*
 * Opens the files of -r and -R; -1 with words in last_error.  Those with a
 * fixed name are opened first of all, by dump_prepare(); the others for each
 * connection, by dump_open(), once its client is known, if it has one, and
 * before the process gives up its rights.
 */
int dump_prepare(const struct config *);
int dump_open(const struct service *, struct end *client);
/* Whether each connection makes files of its own. */
bool dump_each(const struct config *);
/* The connection is over. */
void dump_close(const struct config *);
/* The file of a direction, or -1. */
int dump_raw_fd(int index);
void dump_raw(int fd, const unsigned char *, size_t);
/* Shows a block on stderr, if -v or -x want it: the bytes of the direction
 * from that one on, which is 0 for the first. */
void dump_block(const struct config *, int index, unsigned long long from,
    const unsigned char *, size_t);

#endif
