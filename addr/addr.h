/* addr/addr.h: what an end is: families, options, checked addresses. */
#ifndef ADDR_H
#define ADDR_H

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <netinet/in.h>

#include "../relay.h"
#include "end.h"

/* Option groups, as in socat: a family accepts a set of them. */
enum {
	G_FD = 1 << 0, G_FIFO = 1 << 1, G_CHR = 1 << 2, G_BLK = 1 << 3,
	G_REG = 1 << 4, G_SOCKET = 1 << 5, G_NAMED = 1 << 6, G_OPEN = 1 << 7,
	G_EXEC = 1 << 8, G_FORK = 1 << 9, G_LISTEN = 1 << 10,
	G_CHILD = 1 << 11, G_RETRY = 1 << 12, G_RANGE = 1 << 13,
	G_TERMIOS = 1 << 14, G_PTY = 1 << 15, G_PARENT = 1 << 16,
	G_SHELL = 1 << 17, G_UNIX = 1 << 18, G_IP4 = 1 << 19,
	G_IP6 = 1 << 20, G_TCP = 1 << 21, G_UDP = 1 << 22, G_SCTP = 1 << 23,
	G_DCCP = 1 << 24, G_UDPLITE = 1 << 25, G_HTTP = 1 << 26,
	G_SOCKS = 1 << 27, G_OPENSSL = 1 << 28, G_INTERFACE = 1 << 29,
	G_MORE = 1 << 30,	/* READLINE, POSIXMQ: see absent.c */
	G_ALL = 0		/* any address takes it */
};

/* When an option is applied; the order of the enum is the order in time. */
enum phase {
	PH_EARLY,		/* before anything is opened */
	PH_OPEN,		/* with the call that opens */
	PH_FD,			/* on the new descriptor */
	PH_BIND,		/* before bind(2) */
	PH_LISTEN,		/* before and after listen(2) */
	PH_CONNECTED,		/* once connected or accepted */
	PH_LATE,		/* before data flows */
	PH_EXEC,		/* in the child, before it execs */
	PHASES
};

/* How a value is spelled. */
enum type {
	T_CONST,		/* no value allowed */
	T_BOOL,			/* 0 or 1; 1 without a value */
	T_INT0,			/* as T_INT; "name=" leaves it alone */
	T_BYTE, T_INT, T_UINT, T_USHORT, T_PORT, T_SIZE, T_OFF,	/* 1 without one */
	T_MODE, T_UID, T_GID,
	T_STRING, T_STRING0,	/* T_STRING0: may be without a value */
	T_TIME,			/* seconds with a fraction */
	T_LINGER,
	T_BIN,			/* bytes: see dalan in opt.c */
	T_INT2, T_INT3, T_INTBIN, T_INT2BIN, T_INTSTR, T_INT2STR,
	T_IP4NAME, T_MREQ,
	TYPES
};

/* What a checked option holds; which member follows from its type. */
struct val {
	long long n;		/* numbers; T_TIME in nanoseconds */
	long long m, k;		/* second and third number of T_INT2... */
	const char *s;		/* text: the spec's */
	unsigned char *bin;	/* T_BIN...; the address's */
	size_t len;
};

struct addr;
struct opt;

/* How an option takes effect. */
enum kind {
	K_FUNC,			/* a function of opt.h does it */
	K_FIELD,		/* a member of struct conf, at offset a */
	K_SOCKOPT,		/* setsockopt(a, b), at the row's phase */
	K_OFLAG,		/* a flag of open(2), a; 0 clears it */
	K_STATUS,		/* a status flag of fcntl(2), a */
	K_NOTHING,		/* taken, and without effect */
	K_ABSENT		/* known, but not on this system */
};

struct opt {
	const char *names;	/* separated by blanks; the first is the option's */
	unsigned groups;
	unsigned char phase, type, kind, func;	/* func: see opt.h */
	int a, b;
	const char *text;	/* one line of help */
};

/* A constant that this system lacks; see consts.h. */
#define ABSENT (-99999)

struct opt_table {
	const struct opt *row;
	size_t n;
};

extern const struct opt_table opt_fd, opt_file, opt_sock, opt_ip, opt_proc,
    opt_tty, opt_exec, opt_misc;

/* What K_FIELD options set: integers are long long, so that a row is one
 * shape; -1 stands for "not given" wherever 0 has a meaning. */
struct conf {
	/* serving */
	long long fork, max_children, children_shutup, backlog, pool;
	long long accept_timeout, connect_timeout;	/* ns; 0: none */
	long long retry, forever, interval;		/* interval in ns */
	const char *range, *bind, *pf;
	long long lowport, sourceport, socktype, protocol;
	long long ai_flags;
	/* named */
	long long unlink, unlink_early, unlink_late, unlink_close;
	long long perm_early, user_early, group_early;
	long long perm, user, group;
	const char *bind_tempname;
	long long tightsocklen, bind_temp;
	/* EXEC */
	long long pipes, pty, openpty, ptmx, nofork, fdin, fdout, err;
	long long dash, sighup, sigint, sigquit, setsid, setpgid, ctty;
	const char *path, *shell;
	/* process */
	const char *chdir, *chroot, *chroot_early, *netns;
	long long umask, setuid, setgid, su, su_d;
	/* pty */
	const char *link;
	long long wait_slave, pty_interval, sitout_eio;
	/* end */
	long long half, end_close, null_eof, ignoreeof, eol, escape;
	long long readbytes, cool_write;
	const char *lockfile, *waitlock;
	long long oflags, oflags_clear, access;
};

/* A family's row: one kind of address. */
struct family {
	const char *names;	/* upper case, canonical first; blanks between */
	const char *syntax;
	unsigned groups;
	signed char min, max;	/* parameters; max 127: ":" is text */
	unsigned char listens;	/* accept() gives ends, again and again */
	unsigned char own_late;	/* late options are for its program */
	int arg, arg2;		/* the family's own */
	/* Options that its groups allow and that do nothing, or NULL. */
	const char *useless;
	int (*check)(struct addr *);	/* parameters; NULL: none */
	/* What can be known at the start of what it will need; or NULL. */
	int (*there)(const struct addr *, const struct addr *partner);
	/*
	 * Opens.  Of a family that listens: makes a->lfd, and e stays as
	 * it is.  -1 with words in last_error.
	 */
	int (*open)(struct addr *, struct end *e);
	/*
	 * Takes one connection that waits on a->lfd into e; 1 when there
	 * was none after all, 2 when one was turned away and there may be
	 * more.  -1 with words in last_error and errno: if sock_lacks() says so
	 * the system is short of something, else the listener is broken.
	 * What is wrong with one peer is never -1, whatever errno it makes.
	 */
	int (*accept)(struct addr *, struct end *e);
	/* Child only: the address's own work after fork; may be NULL. */
	int (*child_init)(struct addr *, struct end *e);
	/* Makes the state that accept() needs, for a socket from outside. */
	int (*attach)(struct addr *);
};

/* A family that is known and not here. */
struct absent {
	const char *names;
	const char *lack;	/* why, and what does it instead */
};

/*
 * Who was accepted last.  It stands with the other small variables, since
 * a page that is written to between two forks costs a copy.
 */
struct client {
	struct sockaddr_storage sa;
	socklen_t len;
};
extern struct client last_client;

/* An internet address. */
struct resolved {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} sa;
	socklen_t len;
};

struct opt_set {
	const struct opt *opt;
	enum phase phase;	/* the row's, or PHASES: nothing to apply */
	struct val val;
	const struct spec_opt *at;
};

/*
 * Clients and packets that accept() turned away through no fault of the
 * listener; who serves says so, once in a while.
 */
struct drops {
	unsigned long n;	/* since it was last said */
	char words[320];	/* the first of these, and why */
};

/* An address, parsed and checked, ready to be opened. */
struct addr {
	const struct family *family;	/* NULL or row */
	struct family row;	/* a copy: a child need not map the tables */
	struct spec *spec;
	struct addr *other;	/* the writing half of A!!B, or NULL */
	char **param;
	size_t nparam;
	struct opt_set *opt;
	size_t nopt;
	struct conf c;
	bool reads, writes;	/* what relay will do with it */
	bool retrying;		/* this is not the first try */
	bool more;		/* ... nor the last, if it fails */
	bool late;		/* late options have been applied once */
	bool probing;		/* connects to see whether it can, no more */
	int given;		/* descriptor that it names, or -1 */
	int lfd;		/* listening socket, or -1 */
	int back;		/* what children give back to accept(), or -1 */
	pid_t owner;		/* who opened lfd */
	bool rooted;		/* chroot-early= was done */
	struct made *made;	/* the path of lfd, or NULL */
	struct made *lock;	/* the lock file, or NULL */
	struct client *client;	/* of the last accept(); all addresses share it */
	struct sockaddr_storage local;	/* of lfd */
	socklen_t locallen;
	struct resolved target;	/* if it is a number; else len is 0 */
	struct range *range;	/* parsed, or NULL */
	struct drops drops;	/* written by accept() */
	void *state;		/* the family's own */
	struct end *first;	/* nofork: the other end of the program */
};

/*
 * Looks up type and options of a word and checks all that can be checked
 * without opening anything.  reads and writes say what the address is for.
 * On success *out is the caller's, to be given to addr_free(); on error -1
 * with words and place in last_error.
 */
int addr_parse(const char *text, bool reads, bool writes, struct addr **out);
void addr_free(struct addr *);
/* How much of spec->text stands before the options. */
int addr_head(const struct addr *);
bool addr_listens(const struct addr *);
/* Whether each connection gets a child. */
bool addr_forks(const struct addr *);
/* Whether it listens for many. */
bool addr_serves(const struct addr *);
/* Opens either half; see struct family. */
int addr_open(struct addr *, struct end *);
/* Listens on a socket that was handed down. */
int addr_attach(struct addr *, int fd);
int addr_accept(struct addr *, struct end *);
/* The listening socket reports an error: 0 if it still serves, or -1. */
int addr_recover(struct addr *);
int addr_first(struct addr *, struct end *);
int addr_child_init(struct addr *, struct end *);
void addr_unlock(struct addr *);
/* Removes what the listening address left in the file system. */
void addr_unlisten(struct addr *);

const struct family *family_find(const char *name);
const struct family *family_nth(size_t);
/* The same of those that are known and not here. */
const struct absent *absent_find(const char *name);
const struct absent *absent_nth(size_t);
const struct opt *opt_find(const char *name);
const struct opt *opt_nth(size_t);
/* Walks the names of a row, separated by blanks; copies one into buf. */
bool names_have(const char *names, const char *name);
bool name_nth(const char *names, size_t i, char *buf, size_t size);
/* The first of them, good until the next call. */
const char *name_of(const char *names);
const char *phase_name(int phase);
const char *type_name(int type);
size_t groups_name(unsigned groups, char *buf, size_t size);
/* The name nearest to what was typed, or NULL when none is near. */
const char *family_near(const char *typed);
const char *opt_near(const char *typed, unsigned groups);
int name_slip(const char *typed, const char *name);

/* opt.c */
int opt_value(const struct opt *, const struct spec_opt *, struct val *);
int opt_apply(struct addr *, enum phase, int fd);
/* Owner, mode, and the options of phases FD and BIND, of what is open. */
int opt_apply_fd(struct addr *, int fd);
bool opt_binds(const struct opt *);

/*
 * useless.c: refuses options that would do nothing, by their canonical names
 * and where that is.  0, or -1 with words and place in last_error.
 */
int opt_useless(struct addr *, const char *names, const char *where);
/* The same of flags of open(2). */
int opt_useless_open(struct addr *, const char *where);
int useless_check(struct addr *);
int useless_dual(struct addr *);
/* What is known only with a connection. */
int useless_connected(struct addr *);

/* opt-proc.c: chroot, groups and user, when the address is open. */
int proc_late(struct addr *, int fd);

/* user=, group= and perm= of something open. */
int fd_owner(struct addr *, int fd);

/* sock.c and resolve.c: what the socket families share. */
#define SOCK_NAME_MAX 256
/* "AF=2 127.0.0.1:80" and so on into buf, which is returned. */
const char *sock_name(const struct sockaddr *, socklen_t, char *buf,
    size_t size);
/*
 * The same as people write it: 127.0.0.1:80, also if IPv6 has it, [::1]:80,
 * /path; "" if it has no name.
 */
const char *sock_plain(const struct sockaddr *, socklen_t, char *buf,
    size_t size);
/* A socket with its early options; -1 with words in last_error. */
/* What socktype= says, or the usual type. */
int sock_type(const struct addr *, int usual);
int sock_open(struct addr *, int af, int type, int proto);
int sock_bind(struct addr *, int fd, const struct sockaddr *, socklen_t);
int sock_listen(struct addr *, int fd, const char *proto);
/* As struct family's accept(), for connections. */
int sock_accept(struct addr *, struct end *);
/* Whether the client may connect: range, sourceport, lowport. */
void listening_again(struct addr *);
bool sock_allowed(struct addr *, const struct sockaddr *);
/* Whether it is one address and port, of IPv4 or IPv6. */
bool sock_same(const struct sockaddr *, const struct sockaddr *);
/* Whether a connected socket is its own peer. */
bool sock_meets_itself(int fd);
/* Whether errno says that the system is short of something. */
bool sock_lacks(int err);
/* A call on the listening socket itself said so: it serves no more. */
bool sock_broken(int err);
/* Counts what accept() turns away, and keeps the words if they are first. */
void drop_note(struct addr *, unsigned long n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Binds for bind=, sourceport= and lowport=, then connects. */
int sock_connect(struct addr *, int fd, const struct sockaddr *, socklen_t);
/*
 * Has one() connect to the host and port that are the parameters: to all
 * addresses that they have, one after the other, until one is right.  -1
 * with the address and the last reason in last_error.
 */
int sock_connect_host(struct addr *, struct end *, int socktype,
    int (*one)(struct addr *, struct end *, const struct resolved *));
/* What a program gets to know of the last client: SOCAT_PEERADDR... */
void sock_env(void);
void sock_env_source(struct addr *, int fd);

#define RESOLVE_MAX 16
/* Up to RESOLVE_MAX addresses of a host; their number or -1. */
int resolve(struct addr *, const char *host, const char *port, int af,
    int socktype, bool passive, struct resolved *);
int port_check(const char *text, const char *proto, unsigned *port);
int port_param_check(struct addr *, const char *proto);
/* The address family that pf=, -4 and -6 ask for, or af. */
int sock_pf(struct addr *, int af);
int listen_af(int af, const char *host);
/* Splits "host:port", "[host]:port", "host"; parts point into buf. */
int hostport_split(const char *text, char *buf, size_t size, char **host,
    char **port);
int range_parse(struct addr *);
bool range_allows(const struct range *, const struct sockaddr *);

/* unix.c: bare paths that are sockets come here. */
int unix_connect_path(struct addr *, struct end *, const char *path);
/* Whether somebody has the socket of a listening address: 0, or -1. */
int unix_answers(struct addr *);

#endif
