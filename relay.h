/* relay.h: the vocabulary that all rooms share: spec, end, settings. */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/clock.h"

/* The version whose behaviour is the reference, and our own. */
#define SOCAT_VERSION	"1.8.1.1"
#define RELAY_VERSION	"0.1"


/*
 * One word of the command line, split.  Pure syntax: which types and
 * options exist is not known here.  Every part has the column (offset in
 * text, from 0) at which it began, so that an error can point at it.
 */
struct spec_part {
	char *text;		/* unquoted, NUL-terminated; NULL if absent */
	size_t col;
};

struct spec_opt {
	struct spec_part name;
	struct spec_part value;	/* value.text is NULL without "=" */
};

struct spec {
	const char *text;	/* as typed; belongs to the caller */
	struct spec_part type;
	struct spec_part *param;
	size_t nparam;
	struct spec_opt *opt;
	size_t nopt;
	struct spec *other;	/* writing half of A!!B, or NULL */
	char *heap;		/* the parts' characters */
	bool bare;		/* the type was not typed: a path or a number */
	bool unclosed;		/* a quote was still open at the end */
};

/* Splits text; see spec.c for the grammar. */
int spec_parse(const char *text, struct spec **out);
void spec_free(struct spec *);
/*
 * Splits a command line into argv as EXEC does; argv and its strings are
 * one allocation, to be freed by the caller.
 */
char **spec_split(const char *command);

/* How the other side of a connection learns that no more will be sent. */
enum half {
	HALF_SHUTDOWN,		/* shutdown(2) for writing */
	HALF_CLOSE,		/* close the descriptor that is written to */
	HALF_NONE,		/* nothing */
	HALF_NULL,		/* send an empty packet */
	HALF_EOT		/* a terminal: nothing can be shut */
};

/* Line ends outside relay; inside they are always "\n". */
enum eol { EOL_RAW, EOL_CRNL, EOL_CR };

/* A datagram that was read before its end was there; malloc'd. */
struct packet {
	struct packet *next;
	size_t len;
	unsigned char data[];
};

/* How a connection ended, for ends that make use of it. */
enum ending {
	ENDING_OTHER,
	ENDING_IDLE,		/* for want of bytes */
	ENDING_ORDERLY		/* both sides came to their end */
};

/*
 * One side of the transfer, open.  Whoever opened it fills it in;
 * end_close() alone releases it.
 */
struct end {
	int rfd, wfd;		/* may be equal; -1 when unset */
	enum half half;
	enum eol eol, eol_out;	/* of what is read, of what is written */
	pid_t pid, other_pid;	/* of EXEC children, else 0 */
	bool packet, packet_out;	/* keep record boundaries */
	bool datagram, datagram_out;	/* ... without a connection: an empty
				 * one is no end, a peer need not be there */
	bool stream;		/* a stream socket or a pipe: may be spliced */
	bool rsock, wsock;	/* sockets: never block with MSG_DONTWAIT */
	bool tcp;		/* a reset is one, not an early end */
	bool own;		/* no other process reads or writes by it */
	bool shut;		/* shutdown(2) was called */
	bool ignoreeof, null_eof, cool_write;
	bool is_pty;		/* EIO from read means end of file */
	int escape;		/* -1, or the byte that ends the stream */
	long long readbytes;	/* 0, or how many bytes are read at the most */
	struct packet *queued;	/* came before the end was opened */
	/* The family's, or NULL; state is theirs.  receive: as recv(2)
	 * without waiting.  ended: the connection is over; what it makes
	 * use of or closes it sets to -1. */
	ssize_t (*receive)(struct end *, void *buf, size_t size);
	void (*ended)(struct end *, enum ending);
	void *state;
	struct made *made, *other_made;	/* to be removed at the end */
	bool restore;		/* terminal settings */
	const char *what;	/* the address as typed, for messages */
	const struct family *family;
};

/* What the command line said; times in milliseconds. */
struct settings {
	const char *name;	/* in log lines: socat, relay or -lp */
	const char *env_prefix;	/* of SOCAT_PEERADDR and so on */
	bool as_socat;		/* called as socat: nothing beyond it */
	int ipv, listen_ipv;	/* preferred IP version: 4, 6 or 0 */
	bool explaining;	/* nothing is opened or looked up */
	bool no_groups;		/* -g */
	bool sloppy;		/* -s */
	bool show_fds;		/* -D */
	bool text_dump, hex_dump;	/* -v, -x */
	const char *raw_left, *raw_right;	/* -r, -R */
	size_t block;		/* -b; 0 when not given */
	msec half_close;	/* -t; -1: until the other side ends */
	msec idle;		/* -T; 0: none */
	int direction;		/* 'b' both, 'u' left to right, 'U' reverse */
	bool statistics;
	const char *link;	/* ambassador: whose target is refused */
	const struct target *target;	/* one that moves; run/link/target.h */
};

extern struct settings settings;

/* What this process is; all zero but in a child. */
struct self {
	pid_t listener;		/* whose child this is, or 0 */
	bool leaving;		/* exits next: descriptors need no close */
	bool programs;		/* children of ours were run */
	bool pooled;		/* serves one client after another */
};

extern struct self self;

#endif
