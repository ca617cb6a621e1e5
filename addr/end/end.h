/* addr/end/end.h: one side of the transfer, open, and what can be done to it */
#ifndef ADDR_END_H
#define ADDR_END_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

struct addr;
struct end;
struct made;

/* How the other side of a connection learns that no more will be sent. */
enum half {
	HALF_SHUTDOWN,		/* shutdown(2) for writing */
	HALF_CLOSE,		/* close the descriptor that is written to */
	HALF_NONE,		/* nothing */
	HALF_NULL,		/* send an empty packet */
	HALF_NOTIFY,		/* what its own protocol has for that */
	HALF_EOT		/* a terminal: nothing can be shut */
};

/* Line ends outside relay; inside they are always "\n". */
enum eol { EOL_RAW, EOL_CRNL, EOL_CR };

/* How a connection ended, for ends that make use of it. */
enum ending {
	ENDING_OTHER,
	ENDING_IDLE,		/* for want of bytes */
	ENDING_ORDERLY		/* both sides came to their end */
};

/* The halves of A!!B. */
enum { FROM, TO };

/* What the transfer may rely on when it reads from an end, or writes. */
enum {
	END_SPLICE = 1 << 0,	/* its descriptor may be given to splice(2) */
	END_URGENT = 1 << 1,	/* ... which urgent data stops: read then */
	END_RECORDS = 1 << 2,	/* keeps the boundaries of records */
	END_EMPTY = 1 << 3,	/* an empty record is one, and no end */
	END_LOOSE = 1 << 4,	/* nobody need be there on the other side */
	END_NOWAIT = 1 << 5,	/* the operation never blocks */
	END_WATCHED = 1 << 6,	/* poll(2) tells when the peer is gone */
	END_HEARD = 1 << 7,	/* ... of one who only listens, and alone */
	END_RESET = 1 << 8,	/* a reset reaches the peer as one */
	END_EXCLUSIVE = 1 << 9,	/* no other process has the descriptor */
	END_DEAF = 1 << 10	/* nothing is ever taken: nothing is read for it */
};

/* What is the same for all that is read from an end. */
struct end_input {
	unsigned can;		/* END_... */
	enum eol eol;
	int escape;		/* -1, or the byte that ends the stream */
	bool ignoreeof;
	long long readbytes;	/* 0, or how many bytes are read at the most */
	short waits;		/* what poll(2) is to wait for; 0: POLLIN */
};

/* ... and for all that is written to it. */
struct end_output {
	unsigned can;		/* END_... */
	enum eol eol;
	enum half half;
	bool cool_write;
	bool shut;		/* shutdown(2) was called */
	bool untold;		/* half_close() is to be called again */
	short waits;		/* what poll(2) is to wait for; 0: POLLOUT */
};

/*
 * What is done to an end, by kind.  The transfer knows no kinds: it waits
 * for rfd to be readable, for wfd to be writable, and calls these.
 *
 * read and write are as read(2) and write(2): the number of bytes, or -1
 * with errno, which is EAGAIN or EINTR when it is to be tried again once
 * the descriptor is ready.  Neither waits if the end has END_NOWAIT.  0 from
 * read is the end of what comes, unless the end has END_EMPTY.  write may
 * take less than all, but of a record.
 *
 * An end that has a protocol of its own between it and the descriptor, TLS
 * say, reads in order to write, and has bytes in hand that no descriptor
 * tells of.  The latter are for end_in_hand() to know, which the transfer
 * asks before it waits; what it waits for, else rfd for POLLIN and wfd for
 * POLLOUT, in.waits and out.waits say, which read and write set when they
 * return EAGAIN.
 */
struct end_ops {
	ssize_t (*read)(struct end *, void *buf, size_t size);
	ssize_t (*write)(struct end *, const void *buf, size_t size);
	/* Tells the peer that no more comes, once.  What it closes it sets
	 * to -1, rfd as well if that is the same.  Where that cannot be said
	 * yet out.untold is set, and it is called again when out.waits has
	 * come. */
	void (*half_close)(struct end *);
	/* The connection is over.  What it keeps or closes it sets to -1;
	 * the rest end_close() closes.  NULL: nothing to do. */
	void (*finish)(struct end *, enum ending);
	/* Whether it has something in hand that no descriptor tells of.
	 * NULL: never. */
	bool (*in_hand)(const struct end *);
	/* The call that write() makes of these bytes, for messages, into
	 * buf.  NULL: write(2). */
	void (*write_call)(struct end *, const void *data, size_t len,
	    char *buf, size_t size);
	/* The size of the record that comes next if that is larger than
	 * any buffer may be thought to be; else 0.  NULL: always 0. */
	size_t (*next_size)(struct end *);
	/* What failed when errno was EPROTO, or "".  NULL: errno says. */
	const char *(*failure)(const struct end *);
	/* Frees its state, when the end is closed.  NULL: there is none. */
	void (*release)(struct end *);
};

/* A record that was read before its end was there; malloc'd. */
struct pushback {
	struct pushback *next;
	size_t len;
	unsigned char data[];
};

/* An address of a socket, of whatever family; len 0: not known. */
struct sock_addr {
	union {
		struct sockaddr any;
		struct sockaddr_storage room;
	} sa;
	socklen_t len;
};

/* Who is at the other side of an end, and as whom relay speaks to it. */
struct peer {
	struct sock_addr remote, local;
	bool accepted;		/* it came to us */
	bool of_packet;		/* ... as a packet: local is not its target */
	/* What else its packet told, for programs: NAME=value, each ended
	 * by a NUL, one more behind the last; or NULL. */
	const char *notes;
};

/*
 * One side of the transfer, open.  Whoever opened it fills it in;
 * end_close() alone releases it.
 */
struct end {
	int rfd, wfd;		/* may be equal; -1 when unset */
	const struct end_ops *ops;
	struct end_input in;
	struct end_output out;
	struct pushback *pushback;	/* is read before anything else */
	struct end *halves;	/* of A!!B, FROM and TO, malloc'd; else NULL */
	pid_t pid;		/* of the program that it is, or 0 */
	void *state;		/* the family's own */
	struct peer peer;	/* ask end_peer() for it */
	/* While it is opened: the other side, if that is open; else NULL. */
	struct end *partner;
	struct made *made;	/* to be removed at the end */
	int kept;		/* closed with it, and not before; -1: none */
	bool restore;		/* terminal settings */
	const char *text;	/* the address as typed, for messages */
};

/* Plain descriptors of our own; those that others may have as well. */
extern const struct end_ops end_plain_ops, end_given_ops;
/* Sockets: connections, and what keeps records. */
extern const struct end_ops end_stream_ops, end_record_ops;
/* What such ops are made of. */
ssize_t end_recv(struct end *, void *buf, size_t size);
ssize_t end_send(struct end *, const void *buf, size_t size);
size_t end_next_size(struct end *);
void end_half_close(struct end *);

/* Nothing is open in it. */
void end_init(struct end *);
/* Makes it a socket of a type, both ways. */
void end_socket(struct end *, int fd, int type);
/* A reset of its connection reaches the peer as one, and the other way. */
void end_resets(struct end *);
/*
 * Makes it of descriptors that were made for it alone, -1 for none: they
 * need not block.  can: END_... beyond what follows from that.
 */
void end_plain(struct end *, int rfd, int wfd, enum half, unsigned can);
/* The same of descriptors of any kind that others may have as well. */
void end_given(struct end *, int rfd, int wfd);
/* What one of two ends closes, so as to tell that no more comes, is not to be
 * what the other one reads or writes: "- -". */
void end_share(struct end *, struct end *);
/* Takes over what the options of address a say of its end. */
void end_setup(struct end *, struct addr *);
/* An address that goes one way alone, and is used in another, says so. */
void end_only(const struct addr *, const char *way);
/* Puts two ends into one that is read from the first and written to the
 * second; they are its own from now on.  -1 with words in last_error. */
int end_join(struct end *, struct end *from, struct end *to);
/*
 * Its peer; what nobody has noted the system is asked, while it still knows.
 * Of a dual end the first half that has one counts.
 */
const struct peer *end_peer(struct end *);
/* As ops->read, errno too, but what was pushed back comes first. */
ssize_t end_read(struct end *, void *buf, size_t size);
/* Whether reading gives something without a look at the descriptor. */
bool end_in_hand(const struct end *);
/* The call that writes these bytes, for messages, into buf. */
void end_write_call(struct end *, const void *data, size_t len, char *buf,
    size_t size);
/* Why reading or writing failed with err, in words. */
const char *end_failure(const struct end *, int err);
/* What failed in its own protocol, or "". */
const char *end_own_failure(const struct end *);
/* Closing will be a reset for its peer, if that can be (END_RESET). */
void end_abort(struct end *);
/* Whether closing tells the peer what half_close() would. */
bool end_close_tells(const struct end *);
/* Where the pid of its i-th program stands, from 0; NULL: it has no more. */
pid_t *end_program(struct end *, int i);
/* Whether one of these has not been waited for yet. */
bool end_has_program(struct end *);
/* Calls ops->finish, of both halves. */
void end_finish(struct end *, enum ending);
/*
 * Closes what the end holds open, restores its terminal, removes its
 * paths.  Standard descriptors stay open; what is unset is passed over.
 */
void end_close(struct end *);
/* The same in a process that ends: what is its alone closes with it. */
void end_leave(struct end *);

/* Whether splice(2) may be tried: a stream socket or a pipe. */
bool end_is_stream(int fd);

#endif
