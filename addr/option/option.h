/* addr/option/option.h: options: their rows, values and groups. */
#ifndef ADDR_OPTION_H
#define ADDR_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addr;
struct opt;
struct spec_opt;

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

struct opt_set {
	const struct opt *opt;
	enum phase phase;	/* the row's, or PHASES: nothing to apply */
	struct val val;
	const struct spec_opt *at;
};

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

const struct opt *opt_find(const char *name);
const struct opt *opt_nth(size_t);
const char *phase_name(int phase);
const char *type_name(int type);
size_t groups_name(unsigned groups, char *buf, size_t size);
/* The name nearest to what was typed, or NULL when none is near. */
const char *opt_near(const char *typed, unsigned groups);

/* Reads a value; see opt.c. */
int opt_value(const struct opt *, const struct spec_opt *, struct val *);
int opt_apply(struct addr *, enum phase, int fd);
/* Owner, mode, and the options of phases FD and BIND, of what is open. */
int opt_apply_fd(struct addr *, int fd);
/* user=, group= and perm= of something open. */
int fd_owner(struct addr *, int fd);
bool opt_binds(const struct opt *);
/* process.c: chroot, groups and user, when the address is open. */
int proc_late(struct addr *, int fd);

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

#endif
