/* addr/option/option.h: options: their rows, values and groups. */
#ifndef ADDR_OPTION_H
#define ADDR_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addr;
struct opt;
struct spec_opt;

/*
 * Option groups, as in socat: an option is of one or more, and a family takes
 * the options of a set of them.  group_names[] has their names, in the same
 * order.
 */
typedef uint64_t opt_groups;

#define G_FD		((opt_groups)1 << 0)
#define G_FIFO		((opt_groups)1 << 1)
#define G_CHR		((opt_groups)1 << 2)
#define G_BLK		((opt_groups)1 << 3)
#define G_REG		((opt_groups)1 << 4)
#define G_SOCKET	((opt_groups)1 << 5)
#define G_NAMED		((opt_groups)1 << 6)
#define G_OPEN		((opt_groups)1 << 7)
#define G_EXEC		((opt_groups)1 << 8)
#define G_FORK		((opt_groups)1 << 9)
#define G_SHELL		((opt_groups)1 << 10)
#define G_LISTEN	((opt_groups)1 << 11)
#define G_CHILD		((opt_groups)1 << 12)
#define G_RETRY		((opt_groups)1 << 13)
#define G_RANGE		((opt_groups)1 << 14)
#define G_READLINE	((opt_groups)1 << 15)
#define G_TERMIOS	((opt_groups)1 << 16)
#define G_PTY		((opt_groups)1 << 17)
#define G_PARENT	((opt_groups)1 << 18)
#define G_UNIX		((opt_groups)1 << 19)
#define G_IP4		((opt_groups)1 << 20)
#define G_IP6		((opt_groups)1 << 21)
#define G_UDP		((opt_groups)1 << 22)
#define G_TCP		((opt_groups)1 << 23)
#define G_SCTP		((opt_groups)1 << 24)
#define G_DCCP		((opt_groups)1 << 25)
#define G_UDPLITE	((opt_groups)1 << 26)
#define G_HTTP		((opt_groups)1 << 27)
#define G_SOCKS		((opt_groups)1 << 28)
#define G_OPENSSL	((opt_groups)1 << 29)
#define G_INTERFACE	((opt_groups)1 << 30)
#define G_POSIXMQ	((opt_groups)1 << 31)
#define G_PROCESS	((opt_groups)1 << 32)
#define G_APPL		((opt_groups)1 << 33)
#define G_ALL		((opt_groups)0)
/* What any address takes, besides what is of no group. */
#define G_ANY		(G_PROCESS | G_APPL)

/*
 * When an option is applied, in socat's words; the order of the enum is the
 * order in time.  opt_apply() is called for PH_EARLY, PH_FD, PH_BIND,
 * PH_LISTEN, PH_CONNECTED, PH_LATE and PH_PREEXEC: see phase_stage().
 */
enum phase {
	PH_INIT,		/* before anything is opened */
	PH_OFFSET, PH_EARLY, PH_PREOPEN,
	PH_OPEN,		/* with the call that opens */
	PH_PASTOPEN, PH_PRESOCKET, PH_SOCKET, PH_BIGEN, PH_PASTBIGEN,
	PH_PASTSOCKET,		/* on the new descriptor */
	PH_FD,
	PH_PREBIND,		/* before bind(2) */
	PH_BIND,
	PH_SPECIFIC,		/* when a library is set up */
	PH_LISTEN,		/* before and after listen(2) */
	PH_ACCEPT,
	PH_CONNECTED,		/* once connected or accepted */
	PH_PASTACCEPT, PH_PASTFORK,
	PH_PREEXEC,		/* in the child, before it execs */
	PH_LATE,		/* before data flows */
	PH_LATE2,
	PHASES
};

/* How a value is spelled. */
enum type {
	T_CONST,		/* no value allowed */
	T_BOOL,			/* 0 or 1; 1 without a value */
	T_INT0,			/* as T_INT; "name=" leaves it alone */
	T_BYTE, T_INT, T_UINT, T_USHORT, T_PORT, T_SIZE,
	T_LONG, T_OFF,
	T_OFF64,		/* ... each 1 without a value */
	T_MODE, T_UID, T_GID,
	T_STRING, T_STRING0,	/* T_STRING0: may be without a value */
	T_TIME, T_TIMESPEC,	/* seconds with a fraction */
	T_LINGER,
	T_BIN,			/* bytes: see lib/data.c */
	T_INT2, T_INTINTP, T_INTULONG, T_INT3, T_INT_3, T_INTBIN, T_INT2BIN,
	T_INTSTR, T_INT2STR,
	T_IP4NAME, T_IP4SOCK, T_MREQ, T_MREQ_SOURCE, T_GENERIC,
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
	K_IFF,			/* a flag of a network interface, a */
	K_STATUS,		/* a status flag of fcntl(2), a */
	K_ABSENT		/* known, but not on this system */
};

/* An option.  Its texts stand in the row: no pointer is to be relocated. */
struct opt {
	char name[33];
	opt_groups groups;
	unsigned char phase, type, kind;
	bool is_switch;		/* 0 switches it off, though it is a number */
	bool own;		/* relay's: in socat's place it is unknown */
	bool unlisted;		/* ... it is known there, but not listed */
	char text[48];		/* one line of help */
	int a, b;		/* what they are says the kind */
	/* K_FUNC: does it to fd, or -1 with words in last_error. */
	int (*apply)(struct addr *, const struct opt *, const struct val *,
	    int fd);
	const char *const *alias;	/* other names, up to a NULL; or NULL */
};

/* A constant that this system lacks; see consts.h. */
#define ABSENT (-99999)

struct opt_table {
	const struct opt *row;
	size_t n;
};

extern const struct opt_table opt_fd, opt_file, opt_sock, opt_ip, opt_proc,
    opt_tty, opt_exec, opt_interface, opt_through, opt_tls,
    opt_misc;

struct opt_set {
	const struct opt *opt;
	enum phase phase;	/* the stage, or PHASES: nothing to apply */
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
	const char *tcpwrap, *tcpwrap_etc, *hosts_allow, *hosts_deny;
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
	/* servers on the way to another host */
	const char *socksport, *socksuser, *sockspass;
	const char *proxyport, *proxyauth, *proxyauthfile, *http_version;
	long long ignorecr, proxy_resolve;
	/* TLS */
	const char *tls_cert, *tls_key, *tls_cafile, *tls_capath;
	const char *tls_name, *tls_sni, *tls_ciphers, *tls_min, *tls_max;
	const char *tls_method, *tls_dhparam, *tls_compress;
	long long tls_verify, tls_no_sni, tls_fips;
	long long tls_maxfraglen, tls_maxsendfrag;
	/* ... without effect in any library of today */
	const char *tls_egd;
	long long tls_pseudo;
	/* end */
	long long half, end_close, null_eof, ignoreeof, eol, escape;
	long long readbytes, cool_write;
	const char *lockfile, *waitlock;
	long long oflags, oflags_clear, access;
	/* line editing */
	const char *history, *noecho, *prompt;
	long long noprompt;
	/* message queues */
	long long mq_flush, mq_maxmsg, mq_msgsize, mq_prio;
	/* interface */
	long long iff, iff_clear, no_pi, mtu;
	const char *tun_device, *tun_name, *tun_type;
};

const struct opt *opt_find(const char *name);
const struct opt *opt_nth(size_t);
/* The i-th name of an option, its first is the 0th; or NULL. */
const char *opt_name(const struct opt *, size_t i);
const char *phase_name(int phase);
/* The phase whose opt_apply() does what is of the given one. */
enum phase phase_stage(enum phase);
/* Whether an address with such groups takes the option. */
bool opt_fits(const struct opt *, opt_groups);
const char *type_name(int type);
size_t groups_name(opt_groups groups, char *buf, size_t size);
/* The name nearest to what was typed, or NULL when none is near. */
const char *opt_near(const char *typed, opt_groups groups);

/* Reads a value; see value.c. */
int opt_value(const struct config *, const struct opt *,
    const struct spec_opt *, struct val *);
/* Places an error at the last value that an option was given; -1. */
int opt_wrong(const struct addr *, const char *name);
/* Adds why bytes could not be read, to an error that was set; see data.h. */
void data_wrong(const struct config *, const char *why);
int opt_apply(struct addr *, enum phase, int fd);
/* Owner, mode, and the options of phases FD and BIND, of what is open. */
int opt_apply_fd(struct addr *, int fd);
/*
 * The same of what may be a terminal: its settings are kept for when the end
 * is done with it, and ctty= makes it the controlling one.
 */
int opt_take_fd(struct addr *, struct end *, int fd);
/* user=, group= and perm= of something open. */
int fd_owner(struct addr *, int fd);
/* Mode and owner of a path; what is -1 stays. */
int path_owner(const char *path, long long perm, long long user,
    long long group);
/* rdonly, wronly and rdwr, else what the address is used for: for open(2). */
int opt_access(const struct addr *);
/* Flags of open(2) with those that options set or clear. */
int opt_oflags(const struct addr *, int flags);
bool opt_binds(const struct opt *);
/*
 * process.c: this process takes the groups of a user.  *gid is what setgid=
 * asks for or -1, and which group it is to have; -1 with words in last_error.
 */
int proc_groups(long long uid, long long *gid);
/* ... and another user or group id forgets its parent's death, prctl(2). */
void proc_changed(const struct addr *);
/* late.c: chroot, groups and user, when the address is open. */
int proc_late(struct addr *, int fd);
/* Whether that gives up rights of this process, or opening it early does. */
bool proc_gives_up(const struct addr *, bool early);

/* A list of names, as a constant. */
#define NAMES(...)	((const char *const[]){ __VA_ARGS__, NULL })

/*
 * useless.c: refuses options that would do nothing, by their canonical names
 * and where that is.  0, or -1 with words and place in last_error.
 */
int opt_useless(struct addr *, const char *const *names, const char *where);
/* The same of flags of open(2). */
int opt_useless_open(struct addr *, const char *where);
int useless_check(struct addr *);
int useless_dual(struct addr *);
/* What is known only with a connection. */
int useless_connected(struct addr *);

#endif
