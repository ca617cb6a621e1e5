/* lib/os/linux.c: os.h with what Linux has. */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "../cold.h"
#include "os.h"

/* A pipe that is worth the trouble, and what is asked for first. */
#define PIPE_WANTED	(1024 * 1024)

/* linux/fs.h; musl does not have it. */
#ifndef RWF_NOWAIT
#define RWF_NOWAIT	8
#endif

const size_t os_pipe_room = PIPE_BUF;

int
os_accept(int fd, struct sockaddr *sa, socklen_t *len)
{
	return accept4(fd, sa, len, SOCK_CLOEXEC);
}

HOT int
os_socket(int af, int type, int proto)
{
	return socket(af, type | SOCK_CLOEXEC, proto);
}

/* tcp(7), SIOCOUTQ; the FIN is counted, too. */
int
os_unsent(int fd)
{
	int left;

	return ioctl(fd, TIOCOUTQ, &left) == -1 ? -1 : left;
}

/* udp(7) and unix(7), SIOCINQ. */
int
os_next_size(int fd)
{
	int n;

	return ioctl(fd, FIONREAD, &n) == -1 ? -1 : n;
}

/*
 * connect(2): AF_UNSPEC dissolves the association.  Saves making a socket and
 * closing it, a tenth of what a short connection costs.
 */
int
os_renew(int fd)
{
	static const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	return os_unsent(fd) == 0 ? connect(fd, &nobody, sizeof nobody) : -1;
}

/*
 * connect(2) returns with the answer of the other side, and its acknowledgement
 * may wait for data: see tcp(7), TCP_QUICKACK.  A reset in its place takes the
 * connection away before accept(2) could return it.
 */
void
os_unnoticed(int fd)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };
	int off = 0;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void
os_close_range(int first, int last)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, last, 0) == 0)
		return;
#endif
	for (; first <= last; first++)
		close(first);
}

/* vsock(7): a C library need not have it. */
struct vsock {
	sa_family_t family;
	unsigned short reserved;
	unsigned port, cid;
	unsigned char zero[4];
};

socklen_t
os_vsock_name(struct sockaddr_storage *sa, unsigned cid, unsigned port)
{
	const struct vsock v = { .family = AF_VSOCK, .port = port,
	    .cid = cid };

	memcpy(sa, &v, sizeof v);
	return sizeof v;
}

bool
os_vsock_parts(const struct sockaddr *sa, unsigned *cid, unsigned *port)
{
	const struct vsock *v = (const void *)sa;

	if (sa->sa_family != AF_VSOCK)
		return false;
	*cid = v->cid;
	*port = v->port;
	return true;
}

int
os_socketpair(int af, int type, int proto, int fd[2])
{
	return socketpair(af, type | SOCK_CLOEXEC, proto, fd);
}

int
os_pipe(int fd[2])
{
	return pipe2(fd, O_CLOEXEC);
}

int
os_groups(long long uid, long long *gid)
{
	struct passwd *pw = getpwuid((uid_t)uid);

	if (pw == NULL && *gid == -1) {
		errno = ESRCH;
		return -1;
	}
	if (pw == NULL)
		return setgroups(0, NULL);
	*gid = pw->pw_gid;
	return initgroups(pw->pw_name, pw->pw_gid);
}

unsigned long long
os_random(void)
{
	unsigned long long n;

	if (getrandom(&n, sizeof n, GRND_NONBLOCK) != sizeof n)
		n = os_random_guess();
	return n;
}

int
os_netns(int fd)
{
	return setns(fd, CLONE_NEWNET);
}

int
os_pty(char *path, size_t size)
{
	int fd;

	fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (grantpt(fd) == -1 || unlockpt(fd) == -1 ||
	    ptsname_r(fd, path, size) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * A page after the break makes brk(2) fail, and malloc(3) use mmap(2).  The
 * break lies far away from all else, and each child would need three pages
 * of page tables more, to be made, filled and freed, for that place alone.
 */
void
os_heap_near(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t end = ((uintptr_t)sbrk(0) + page - 1) & ~(page - 1);

	mmap((void *)end, page, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

void *
os_shared(size_t size)
{
	void *p;

	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

void
os_inherit(const void *p, size_t size, bool yes)
{
	madvise((void *)p, size, yes ? MADV_DOFORK : MADV_DONTFORK);
}

/*
 * memfd_create(2), "File sealing": after F_SEAL_FUTURE_WRITE only mappings
 * that are there can write, and one that is made for reading stays so.
 */
int
os_board_open(struct os_board *b, size_t size)
{
	int fd = memfd_create("board", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	void *w = MAP_FAILED, *r = MAP_FAILED;

	if (fd == -1)
		return -1;
	if (ftruncate(fd, (off_t)size) == 0)
		w = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (w != MAP_FAILED && madvise(w, size, MADV_DONTFORK) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK |
	    F_SEAL_SEAL) == 0)
		r = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (r == MAP_FAILED) {
		if (w != MAP_FAILED)
			munmap(w, size);
		return -1;
	}
	*b = (struct os_board){ .write = w, .read = r, .size = size };
	return 0;
}

/* It was never there, MADV_DONTFORK; and to say so would copy a page. */
const bool os_board_inherited = false;

void
os_board_child(struct os_board *b)
{
	(void)b;
}

void *
os_own(size_t size)
{
	void *p;

	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	madvise(p, size, MADV_DONTFORK);
	return p;
}

void
os_disown(void *p, size_t size)
{
	munmap(p, size);
}

/*
 * A pipe for splice(2), as large as the user may have: an unprivileged
 * one over pipe-user-pages-soft keeps the default, pipe(7).
 */
int
os_splice_open(struct os_splice *s)
{
	int n;

	if (pipe2(s->pipe, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	n = fcntl(s->pipe[1], F_SETPIPE_SZ, PIPE_WANTED);
	if (n == -1)
		n = fcntl(s->pipe[1], F_GETPIPE_SZ);
	s->room = n == -1 ? 65536 : (size_t)n;
	s->held = 0;
	return 0;
}

HOT void
os_splice_close(struct os_splice *s)
{
	if (s->pipe[0] == -1)
		return;
	close(s->pipe[0]);
	close(s->pipe[1]);
	s->pipe[0] = s->pipe[1] = -1;
}

/* As read(2) into the pipe; EINVAL and ENOSYS mean "not here". */
ssize_t
os_splice_in(struct os_splice *s, int fd)
{
	ssize_t n;

	n = splice(fd, NULL, s->pipe[1], NULL, s->room,
	    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (n > 0)
		s->held += (size_t)n;
	return n;
}

ssize_t
os_splice_out(struct os_splice *s, int fd)
{
	ssize_t n;

	n = splice(s->pipe[0], NULL, fd, NULL, s->held,
	    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (n > 0)
		s->held -= (size_t)n;
	return n;
}

/* pwritev2(2), RWF_NOWAIT, which pipes know since Linux 6.4. */
ssize_t
os_write_pipe(int fd, const void *buf, size_t len)
{
#ifdef SYS_pwritev2
	struct iovec io = { .iov_base = (void *)buf, .iov_len = len };
	ssize_t n = syscall(SYS_pwritev2, fd, &io, 1L, -1L, -1L, RWF_NOWAIT);

	if (n != -1 || (errno != EOPNOTSUPP && errno != ENOSYS &&
	    errno != EINVAL))
		return n;
#endif
	(void)fd, (void)buf, (void)len;
	errno = ENOSYS;
	return -1;
}

HOT int
os_ppoll(struct pollfd *p, nfds_t n, int timeout_ms, const sigset_t *mask)
{
	struct timespec ts = { timeout_ms / 1000,
	    timeout_ms % 1000 * 1000000L };

	return ppoll(p, n, timeout_ms < 0 ? NULL : &ts, mask);
}

/*
 * accept(2): those who wait stand in a queue, and one is woken for each
 * client.  With epoll(7) the busy ones would stand there, too, and the kernel
 * would walk past them.
 */
int
os_accept_waits(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags == -1 ? -1 : fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

/* sched(7), SCHED_BATCH; musl has the function, but it does nothing. */
void
os_batch(void)
{
	struct sched_param p = { 0 };

	syscall(SYS_sched_setscheduler, 0, SCHED_BATCH |
	    SCHED_RESET_ON_FORK, &p);
}

const bool os_tells_of_death = true;

HOT bool
os_ppoll_whole(void)
{
	return true;
}

int
os_parent_death(pid_t parent, int signo)
{
	int rc = prctl(PR_SET_PDEATHSIG, signo);

	if (getppid() != parent)
		raise(signo);
	return rc;
}

long long
os_nproc(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NPROC, &r) == -1 || r.rlim_cur == RLIM_INFINITY)
		return -1;
	return (long long)r.rlim_cur;
}

const char *
os_name(void)
{
	return "linux";
}
