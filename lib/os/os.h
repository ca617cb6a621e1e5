/* lib/os/os.h: the system; os-common.c, and os-linux.c or os-posix.c. */
#ifndef LIB_OS_H
#define LIB_OS_H

#include <fcntl.h>
#include <poll.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What of descriptors 0 to 2 is closed is /dev/null from now on, so that
 * nothing opened later takes the place of stderr.  To read from 0 and to
 * write to 1 still fails: data must not seem to have arrived.  Comes before
 * all else in main(); -1 with errno.
 */
int os_std_fds(void);

/* As the POSIX calls, with close-on-exec from birth. */
int os_accept(int fd, struct sockaddr *, socklen_t *);
int os_socket(int af, int type, int proto);
/*
 * Makes a TCP socket as new, to connect it once more: 0, or -1 if it is not
 * closed on both sides yet, or the system can't.
 */
int os_renew(int fd);
/*
 * Of a TCP socket, before it connects: it is only to be seen whether it can.
 * Where the system can do that nobody will have accepted it, and closing resets
 * the connection; elsewhere it is a client that sends nothing.
 */
void os_unnoticed(int fd);
/* Bytes that the peer of a TCP socket has not acknowledged; -1: unknown. */
int os_unsent(int fd);
/* At least the bytes of the message that is read next; -1: unknown. */
int os_next_size(int fd);
/* Closes all descriptors from first to last. */
void os_close_range(int first, int last);
/*
 * The address of vsock(7) for a cid and a port; its length, or 0: the system
 * has none.  And what they are in one; false: it is none.
 */
socklen_t os_vsock_name(struct sockaddr_storage *, unsigned cid,
    unsigned port);
bool os_vsock_parts(const struct sockaddr *, unsigned *cid, unsigned *port);
int os_socketpair(int af, int type, int proto, int fd[2]);
int os_pipe(int fd[2]);
/* So many bytes a pipe takes at once when poll(2) says that it has room. */
extern const size_t os_pipe_room;

/* Whether getaddrinfo(3) fails when a search domain of resolver(5) does. */
extern const bool os_search_gives_up;

struct addrinfo;
struct sockaddr_in;
/* Flags of <resolv.h>, whose names are those of others as well. */
enum os_resolver {
	RESOLVER_DEBUG, RESOLVER_DEFNAMES, RESOLVER_DNSRCH, RESOLVER_IGNTC,
	RESOLVER_RECURSE, RESOLVER_STAYOPEN, RESOLVER_USEVC
};
/*
 * nameserver.c: what the resolver is told for the rest of this process: a flag
 * or, unless 0, seconds and tries.  -1: it does not listen.
 */
int os_resolver_flag(enum os_resolver, bool on);
int os_resolver_times(int seconds, int tries);
/* As getaddrinfo(3) without a service, by that name server. */
int os_lookup_at(const struct sockaddr_in *server, const char *host,
    const struct addrinfo *hints, struct addrinfo **list);

/* User or group id of a name; -1 if there is none. */
int os_user(const char *name, long long *uid);
int os_group(const char *name, long long *gid);
/*
 * Supplementary groups of uid become the process's, and its primary group
 * is in *gid.  Of a user whom nobody knows (an empty root has no
 * /etc/passwd) *gid must say a group, and there are no others; else -1 with
 * ESRCH: root's groups are never kept.
 */
int os_groups(long long uid, long long *gid);
/* USER, LOGNAME, HOME and SHELL of a user, as su(1) has them, if it is known. */
void os_user_environment(long long uid);
int os_chroot(const char *path);
int os_netns(int fd);

/* A pseudo terminal: master and the slave's path. */
int os_pty(char *path, size_t size);
int os_winsize(int fd, int rows, int cols);
int os_ctty(int fd);
int os_flock(int fd, int how);
/* What os_flock() takes. */
enum { OS_SHARED, OS_EXCLUSIVE, OS_NOWAIT = 2 };

/*
 * Joins an IPv4 group on the interface with that address or, unless it is
 * 0, that index; the second only for packets of one source.
 */
int os_mcast_join(int fd, struct in_addr group, struct in_addr iface,
    unsigned index);
int os_mcast_join_source(int fd, struct in_addr group, struct in_addr iface,
    struct in_addr source);
/* The same of IPv6. */
int os_mcast6_join_source(int fd, const struct in6_addr *group,
    unsigned index, const struct in6_addr *source);

/*
 * Has malloc(3) take its memory where everything else is, if the system can:
 * that makes fork(2) cheaper.  To be called before the first malloc(3).
 */
void os_heap_near(void);

/* Memory that children share with this process; NULL if there is none. */
void *os_shared(size_t size);
/*
 * Whether children that are forked from now on get it: where the system can
 * keep it from them, each mapping less makes fork(2) cheaper.
 */
void os_inherit(const void *, size_t size, bool yes);

/*
 * Memory that this process writes and its children can only read: no call
 * gives them more.  Each child drops the writer's view first of all.  -1 if
 * there is none.
 */
struct os_board {
	void *write;		/* NULL: not open */
	const void *read;
	size_t size;
};
int os_board_open(struct os_board *, size_t size);
void os_board_close(struct os_board *);
void os_board_child(struct os_board *);
/* Whether that does anything here. */
extern const bool os_board_inherited;

/*
 * Zeroed memory that children do not get, where the system can.  Forked
 * processes must not touch it.  NULL if there is none.
 */
void *os_own(size_t size);
void os_disown(void *, size_t size);

/*
 * As recvfrom(2) without waiting, and tells in to which of this host's
 * addresses the datagram was sent, if the system knows (tolen 0 if not).
 * drops becomes how many the socket's buffer had no room for until then; it
 * stays as it is where the system does not tell.
 */
ssize_t os_recv_dst(int fd, void *buf, size_t size, struct sockaddr *from,
    socklen_t *fromlen, struct sockaddr *to, socklen_t *tolen,
    unsigned *drops);
/*
 * What comes with a datagram besides its bytes, as far as the socket was
 * told to ask for it.
 */
struct os_packet {
	struct timeval stamp;	/* when it came; tv_sec 0: not known */
	char iface[IF_NAMESIZE];	/* where; "": not known */
	int af;			/* of to and local, or 0 */
	struct in_addr to, local;
	struct in6_addr to6;
	int tos, ttl, tclass, hoplimit;	/* -1: not known */
};
/* As recvfrom(2) without waiting, and with that. */
ssize_t os_recv_packet(int fd, void *buf, size_t size, struct sockaddr *from,
    socklen_t *fromlen, struct os_packet *);
/* Asks for what os_recv_dst() tells. */
void os_want_dst(int fd, int af);
/* Takes what errors of single packets the socket has queued. */
void os_take_errors(int fd);

/*
 * Moves bytes from one descriptor to another without copying them through
 * the process; see run/transfer.c.  "Not here" is -1 with ENOSYS.
 */
struct os_splice {
	int pipe[2];		/* -1, -1 at first */
	size_t room, held;	/* size of the pipe, bytes in it */
};
int os_splice_open(struct os_splice *);
void os_splice_close(struct os_splice *);
ssize_t os_splice_in(struct os_splice *, int fd);
ssize_t os_splice_out(struct os_splice *, int fd);

/* As write(2), but it never waits: -1 with EAGAIN instead. */
ssize_t os_write_now(int fd, const void *buf, size_t len);

/* The same for a pipe alone; ENOSYS: not here. */
ssize_t os_write_pipe(int fd, const void *buf, size_t len);

/*
 * A terminal has room for a line or for part of it, and who writes waits: so
 * here it is as a descriptor of our own that does not.  -1: it is none.
 */
int os_tty_again(int fd);

/* As ppoll(2), with a timeout in milliseconds. */
int os_ppoll(struct pollfd *, nfds_t, int timeout_ms, const sigset_t *);
/*
 * Whether it tells of all that poll(2) does, of any descriptor.  A function: a
 * constant was alone on its page of those that a connection touches.
 */
bool os_ppoll_whole(void);

/*
 * From now on accept(2) waits for a client of fd, in all processes that have
 * it, and each wakes one of them only.  -1: not here.
 */
int os_accept_waits(int fd);

/*
 * This process is one of many that do a little and wait: when woken it lets
 * others finish first.  Its children are as others.
 */
void os_batch(void);

/*
 * From now on this signal comes when the parent dies, and at once when it is
 * dead already; -1: it cannot.
 */
int os_parent_death(pid_t parent, int signo);
/* Whether it can; else who wants to know looks at getppid(2). */
extern const bool os_tells_of_death;
/* A state to $NOTIFY_SOCKET, sd_notify(3), if it is set. */
void os_notify(const char *state);

/* The limit of processes of this user; -1 if there is none. */
long long os_nproc(void);

/* Eight bytes that nobody can guess. */
unsigned long long os_random(void);
/* The same where the system has none: of clock, process and its addresses. */
unsigned long long os_random_guess(void);

/* For open(2) of a directory that need not be read, only searched. */
#if defined O_PATH
#define OS_SEARCH	O_PATH
#elif defined O_SEARCH
#define OS_SEARCH	O_SEARCH
#else
#define OS_SEARCH	O_RDONLY
#endif

/*
 * The directory that path is in, open as flags say; the name in it is a part
 * of path.  -1 with errno.
 */
int os_dir_open(const char *path, int flags, const char **name);

/* Which of the two this is. */
const char *os_name(void);

#endif
