/* lib/os/linux.c: os.h with what Linux has. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <net/if.h>
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
#include <sys/file.h>
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
os_chroot(const char *path)
{
	return chroot(path) == -1 || chdir("/") == -1 ? -1 : 0;
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

int
os_winsize(int fd, int rows, int cols)
{
	struct winsize w = { .ws_row = (unsigned short)rows,
	    .ws_col = (unsigned short)cols };

	return ioctl(fd, TIOCSWINSZ, &w);
}

int
os_ctty(int fd)
{
	return ioctl(fd, TIOCSCTTY, 0);
}

int
os_flock(int fd, int how)
{
	return flock(fd, (how & OS_EXCLUSIVE ? LOCK_EX : LOCK_SH) |
	    (how & OS_NOWAIT ? LOCK_NB : 0));
}

int
os_mcast_join(int fd, struct in_addr group, struct in_addr iface,
    unsigned index)
{
	struct ip_mreqn m = { .imr_multiaddr = group, .imr_address = iface,
	    .imr_ifindex = (int)index };

	return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof m);
}

int
os_mcast_join_source(int fd, struct in_addr group, struct in_addr iface,
    struct in_addr source)
{
	struct ip_mreq_source m = { .imr_multiaddr = group,
	    .imr_interface = iface, .imr_sourceaddr = source };

	return setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &m,
	    sizeof m);
}

/* RFC 3678 section 5.1.2. */
int
os_mcast6_join_source(int fd, const struct in6_addr *group, unsigned index,
    const struct in6_addr *source)
{
	struct group_source_req m = { .gsr_interface = index };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	in6.sin6_addr = *group;
	memcpy(&m.gsr_group, &in6, sizeof in6);
	in6.sin6_addr = *source;
	memcpy(&m.gsr_source, &in6, sizeof in6);
	return setsockopt(fd, IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP, &m,
	    sizeof m);
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

/* The destination of one control message, ip(7), ipv6(7); 0: not in it. */
static socklen_t
destination(const struct cmsghdr *c, struct sockaddr *to)
{
	struct sockaddr_in *in = (struct sockaddr_in *)to;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;
	struct in_pktinfo p4;
	struct in6_pktinfo p6;

	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		memcpy(&p4, CMSG_DATA(c), sizeof p4);
		memset(in, 0, sizeof *in);
		in->sin_family = AF_INET;
		/* Not the broadcast address, but our own. */
		in->sin_addr = p4.ipi_spec_dst;
		return sizeof *in;
	}
	if (c->cmsg_level != IPPROTO_IPV6 || c->cmsg_type != IPV6_PKTINFO)
		return 0;
	memcpy(&p6, CMSG_DATA(c), sizeof p6);
	if (IN6_IS_ADDR_MULTICAST(&p6.ipi6_addr))
		return 0;
	memset(in6, 0, sizeof *in6);
	in6->sin6_family = AF_INET6;
	in6->sin6_addr = p6.ipi6_addr;
	if (IN6_IS_ADDR_LINKLOCAL(&p6.ipi6_addr))
		in6->sin6_scope_id = p6.ipi6_ifindex;
	return sizeof *in6;
}

ssize_t
os_recv_dst(int fd, void *buf, size_t size, struct sockaddr *from,
    socklen_t *fromlen, struct sockaddr *to, socklen_t *tolen,
    unsigned *drops)
{
	union {
		struct cmsghdr align;
		char space[512];
	} control;
	struct cmsghdr *c;
	struct iovec io = { .iov_base = buf, .iov_len = size };
	struct msghdr m = { .msg_name = from, .msg_namelen = *fromlen,
	    .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control,
	    .msg_controllen = sizeof control };
	ssize_t n;

	n = recvmsg(fd, &m, MSG_DONTWAIT);
	if (n == -1)
		return -1;
	*fromlen = m.msg_namelen;
	*tolen = 0;
	for (c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		if (*tolen == 0)
			*tolen = destination(c, to);
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SO_RXQ_OVFL)
			memcpy(drops, CMSG_DATA(c), sizeof *drops);
	}
	return n;
}

static int
control_int(const struct cmsghdr *c)
{
	unsigned char byte;
	int n;

	/* IP_TOS comes as one byte, ip(7). */
	if (c->cmsg_len < CMSG_LEN(sizeof n)) {
		memcpy(&byte, CMSG_DATA(c), sizeof byte);
		return byte;
	}
	memcpy(&n, CMSG_DATA(c), sizeof n);
	return n;
}

static void
packet_ip(const struct cmsghdr *c, struct os_packet *p)
{
	struct in_pktinfo info;

	if (c->cmsg_type == IP_TOS)
		p->tos = control_int(c);
	if (c->cmsg_type == IP_TTL)
		p->ttl = control_int(c);
	if (c->cmsg_type != IP_PKTINFO)
		return;
	memcpy(&info, CMSG_DATA(c), sizeof info);
	p->af = AF_INET;
	p->to = info.ipi_addr;
	p->local = info.ipi_spec_dst;
	if_indextoname((unsigned)info.ipi_ifindex, p->iface);
}

static void
packet_ip6(const struct cmsghdr *c, struct os_packet *p)
{
	struct in6_pktinfo info;

	if (c->cmsg_type == IPV6_TCLASS)
		p->tclass = control_int(c);
	if (c->cmsg_type == IPV6_HOPLIMIT)
		p->hoplimit = control_int(c);
	if (c->cmsg_type != IPV6_PKTINFO)
		return;
	memcpy(&info, CMSG_DATA(c), sizeof info);
	p->af = AF_INET6;
	p->to6 = info.ipi6_addr;
	if_indextoname(info.ipi6_ifindex, p->iface);
}

/* packet(7), PACKET_AUXDATA: what stands beside a frame. */
struct auxdata {
	unsigned status, len, snaplen;
	unsigned short mac, net, tci, tpid;
};
#ifndef PACKET_AUXDATA
#define PACKET_AUXDATA	8
#endif
#define VLAN_VALID	0x10
#define VLAN_TPID_VALID	0x40
#define VLAN_AT		12	/* behind the two addresses */
#define VLAN_TPID	0x8100	/* IEEE 802.1Q */

/* The tag that was taken out of a frame of n bytes is put back. */
static ssize_t
vlan_back(const struct cmsghdr *c, unsigned char *frame, ssize_t n,
    size_t size)
{
	struct auxdata x;
	unsigned short tag[2];

	memcpy(&x, CMSG_DATA(c), sizeof x);
	if (!(x.status & VLAN_VALID) || n < VLAN_AT ||
	    (size_t)n + sizeof tag > size)
		return n;
	tag[0] = htons(x.status & VLAN_TPID_VALID ? x.tpid : VLAN_TPID);
	tag[1] = htons(x.tci);
	memmove(frame + VLAN_AT + sizeof tag, frame + VLAN_AT,
	    (size_t)n - VLAN_AT);
	memcpy(frame + VLAN_AT, tag, sizeof tag);
	return n + (ssize_t)sizeof tag;
}

ssize_t
os_recv_packet(int fd, void *buf, size_t size, struct sockaddr *from,
    socklen_t *fromlen, struct os_packet *p)
{
	union {
		struct cmsghdr align;
		char space[1024];
	} control;
	struct cmsghdr *c;
	struct iovec io = { .iov_base = buf, .iov_len = size };
	struct msghdr m = { .msg_name = from, .msg_namelen = *fromlen,
	    .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control,
	    .msg_controllen = sizeof control };
	ssize_t n;

	memset(p, 0, sizeof *p);
	p->tos = p->ttl = p->tclass = p->hoplimit = -1;
	n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	/* packet(7) takes no flag that it has no use for. */
	if (n == -1 && errno == EINVAL)
		n = recvmsg(fd, &m, MSG_DONTWAIT);
	if (n == -1)
		return -1;
	*fromlen = m.msg_namelen;
	for (c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMP)
			memcpy(&p->stamp, CMSG_DATA(c), sizeof p->stamp);
		if (c->cmsg_level == IPPROTO_IP)
			packet_ip(c, p);
		if (c->cmsg_level == IPPROTO_IPV6)
			packet_ip6(c, p);
		if (c->cmsg_level == SOL_PACKET &&
		    c->cmsg_type == PACKET_AUXDATA)
			n = vlan_back(c, buf, n, size);
	}
	return n;
}

void
os_want_dst(int fd, int af)
{
	int on = 1;

	if (af == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
	else
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
}

/* recvmsg(2), MSG_ERRQUEUE: as long as one is there, poll(2) says so. */
void
os_take_errors(int fd)
{
	struct msghdr m = { .msg_flags = 0 };

	while (recvmsg(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) != -1)
		;
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
