/* run/direction.h: one direction of the shuttle. */
#ifndef RUN_FLOW_H
#define RUN_FLOW_H

#include "../lib/os/os.h"
#include "../relay.h"
#include "outcome.h"

enum flow_state {
	FLOW_OPEN,		/* reading and writing */
	FLOW_DRAIN,		/* nothing more to read, bytes to write */
	FLOW_DONE		/* nothing more to write either */
};

/* The first buffer: most connections never need more. */
#define FLOW_FIRST	1024

/* Bytes are read only into an empty buffer: memory stays bounded. */
struct flow {
	struct end *from, *to;
	int index;		/* 0 to the right, 1 to the left */
	struct outcome *out;	/* where a failure is noted */
	enum flow_state state;
	unsigned char *buf;
	size_t room, off, len;
	unsigned busy;		/* full buffers one after the other */
	bool full;		/* the first, small buffer was too small */
	bool plain;		/* nothing looks at or changes the bytes */
	bool spliced;		/* the bytes do not come through buf */
	struct os_splice splice;
	unsigned long long bytes, blocks;
	long long left;		/* of readbytes; -1: no limit */
	msec again;		/* ignoreeof: when to look again, or 0 */
	bool escaped, limited;
	int read_err, write_err;	/* errno of what failed for good */
	int dump;		/* -r or -R, or -1 */
	unsigned char first[FLOW_FIRST];	/* buf, until it is too small */
};

void flow_init(struct flow *, struct end *from, struct end *to, int index,
    struct outcome *);
void flow_free(struct flow *);
bool flow_wants_input(const struct flow *);
bool flow_wants_output(const struct flow *);
/* Nothing more is read; what was read is still written. */
void flow_stop(struct flow *);
/* Reading, or writing, failed; what was read to be written is lost. */
void flow_fail(struct flow *, int err);
void flow_cut(struct flow *, int err);
/* Each makes what progress it can without waiting; true if any. */
bool flow_read(struct flow *);
bool flow_write(struct flow *);

#endif
