/* run/direction.h: one direction of the transfer. */
#ifndef RUN_DIRECTION_H
#define RUN_DIRECTION_H

#include "../lib/os/os.h"
#include "../addr/end/end.h"
#include "outcome.h"
#include "service.h"

enum direction_state {
	DIRECTION_OPEN,		/* reading and writing */
	DIRECTION_DRAIN,	/* nothing more to read, bytes to write */
	DIRECTION_DONE		/* nothing more to write either */
};

/*
 * The first buffer, one for both directions: most connections never need more.
 * Who finds it taken by the other one gets a larger one for good.
 */
#define DIRECTION_FIRST	1024

/* Bytes are read only into an empty buffer: memory stays bounded. */
struct direction {
	const struct service *service;
	struct end *from, *to;
	int index;		/* 0 to the right, 1 to the left */
	struct outcome *out;	/* where a failure is noted */
	enum direction_state state;
	unsigned char *buf, *first;
	size_t room, off, len;
	const struct direction *other;	/* that may be using first */
	unsigned busy;		/* full buffers one after the other */
	bool full;		/* the first, small buffer was too small */
	bool plain;		/* nothing looks at or changes the bytes */
	bool spliced;		/* the bytes do not come through buf */
	struct os_splice splice;
	unsigned long long taken;	/* bytes, as they are to be written */
	unsigned long long bytes, blocks;	/* ... and have been */
	long long left;		/* of readbytes; -1: no limit */
	msec again;		/* ignoreeof: when to look again, or 0 */
	bool escaped, limited;
	int read_err, write_err;	/* errno of what failed for good */
	int dump;		/* -r or -R, or -1 */
};

/*
 * Sets up one direction of an array of both; first has DIRECTION_FIRST bytes.
 * -1 when there is no memory for a block of the size that -b says.
 */
int direction_init(struct direction [2], unsigned char *first, int index,
    const struct service *, struct end *from, struct end *to,
    struct outcome *);
void direction_free(struct direction *);
bool direction_wants_input(const struct direction *);
bool direction_wants_output(const struct direction *);
/* Nothing more is read; what was read is still written. */
void direction_stop(struct direction *);
/*
 * Reading failed, with that errno: what was read is still written.  Writing
 * failed: what was read to be written is lost.  Both are noted as the outcome
 * and said, but for what cool-write makes light of.
 */
void direction_fail(struct direction *, int err);
void direction_cut(struct direction *, int err);
/*
 * One block in, into an empty buffer; as much out as is taken at once.  false
 * if the end would have to be waited for, and nothing has changed.  true if
 * something has: bytes moved, or the end of file or a failure was met, which
 * the state, read_err and write_err tell.  errno means nothing after them.
 */
bool direction_read(struct direction *);
bool direction_write(struct direction *);

#endif
