/* addr/end.h: one side of the transfer, open. */
#ifndef ADDR_END_H
#define ADDR_END_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct addr;
struct family;
struct made;

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

void end_init(struct end *);
/* Takes over what the options of address a say of its end. */
void end_setup(struct end *, struct addr *);
/* Makes it a socket of a type, both ways. */
void end_socket(struct end *, int fd, int type);
/* Nobody else has these descriptors: they need not block. */
void end_own(struct end *);
void end_close(struct end *);
bool end_is_stream(int fd);
/* The type of a socket; 0 if it is none. */
int fd_socktype(int fd);

/* How a descriptor that was handed down can be half-closed. */
enum half fd_half(int fd);
int fd_cloexec(int fd, bool on);
void fd_nonblock(int fd);

#endif
