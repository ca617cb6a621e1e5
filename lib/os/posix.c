/* lib/os/posix.c: os.h with POSIX 2008, and ioctl(2) for what is unsent. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "os.h"

static int
cloexec(int fd)
{
	if (fd != -1)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

const size_t os_pipe_room = _POSIX_PIPE_BUF;

int
os_accept(int fd, struct sockaddr *sa, socklen_t *len)
{
	return cloexec(accept(fd, sa, len));
}

int
os_socket(int af, int type, int proto)
{
	return cloexec(socket(af, type, proto));
}

int
os_renew(int fd)
{
	(void)fd;
	return -1;
}

/* It is accepted here, and a reset would be an error to who did. */
void
os_unnoticed(int fd)
{
	(void)fd;
}

/* A request for terminals; some systems answer it of sockets, too. */
int
os_unsent(int fd)
{
	int left;

	return ioctl(fd, TIOCOUTQ, &left) == -1 ? -1 : left;
}

/* Of any that there may be: it has to fit into the receive buffer. */
int
os_next_size(int fd)
{
	int n;
	socklen_t len = sizeof n;

	return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &n, &len) == -1 ? -1 : n;
}

void
os_close_range(int first, int last)
{
	for (; first <= last; first++)
		close(first);
}

socklen_t
os_vsock_name(struct sockaddr_storage *sa, unsigned cid, unsigned port)
{
	(void)sa;
	(void)cid;
	(void)port;
	return 0;
}

bool
os_vsock_parts(const struct sockaddr *sa, unsigned *cid, unsigned *port)
{
	(void)sa;
	(void)cid;
	(void)port;
	return false;
}

int
os_socketpair(int af, int type, int proto, int fd[2])
{
	if (socketpair(af, type, proto, fd) == -1)
		return -1;
	cloexec(fd[0]);
	cloexec(fd[1]);
	return 0;
}

int
os_pipe(int fd[2])
{
	if (pipe(fd) == -1)
		return -1;
	cloexec(fd[0]);
	cloexec(fd[1]);
	return 0;
}

/* POSIX can't set supplementary groups; the primary one it can. */
int
os_groups(long long uid, long long *gid)
{
	struct passwd *pw = getpwuid((uid_t)uid);

	gid_t group;

	if (pw != NULL)
		*gid = pw->pw_gid;
	if (*gid == -1) {
		errno = ESRCH;
		return -1;
	}
	/* POSIX can't change them: one that is another's is too much. */
	if (getgroups(0, NULL) == 0 || (getgroups(0, NULL) == 1 &&
	    getgroups(1, &group) == 1 && (long long)group == *gid))
		return 0;
	errno = ENOSYS;
	return -1;
}

static int
lacking(void)
{
	errno = ENOSYS;
	return -1;
}

unsigned long long
os_random(void)
{
	return os_random_guess();
}

int
os_netns(int fd)
{
	(void)fd;
	return lacking();
}

int
os_pty(char *path, size_t size)
{
	int fd;
	const char *name;

	fd = cloexec(posix_openpt(O_RDWR | O_NOCTTY));
	if (fd == -1)
		return -1;
	if (grantpt(fd) == -1 || unlockpt(fd) == -1 ||
	    (name = ptsname(fd)) == NULL || strlen(name) >= size) {
		close(fd);
		return -1;
	}
	strcpy(path, name);
	return fd;
}

int
os_mcast_join(int fd, struct in_addr group, struct in_addr iface,
    unsigned index)
{
	(void)fd;
	(void)group;
	(void)iface;
	(void)index;
	return lacking();
}

int
os_mcast_join_source(int fd, struct in_addr group, struct in_addr iface,
    struct in_addr source)
{
	(void)fd;
	(void)group;
	(void)iface;
	(void)source;
	return lacking();
}

int
os_mcast6_join_source(int fd, const struct in6_addr *group, unsigned index,
    const struct in6_addr *source)
{
	(void)fd;
	(void)group;
	(void)index;
	(void)source;
	return lacking();
}

void
os_heap_near(void)
{
}

void *
os_own(size_t size)
{
	return calloc(1, size);
}

void
os_disown(void *p, size_t size)
{
	(void)size;
	free(p);
}

/*
 * An unlinked file of this size; also opened for reading only, where readable
 * is not NULL.
 */
static int
file_anonymous(size_t size, int *readable)
{
	char path[] = "/tmp/relay.XXXXXX";
	int fd = cloexec(mkstemp(path));

	if (fd == -1)
		return -1;
	if (readable != NULL)
		*readable = cloexec(open(path, O_RDONLY));
	unlink(path);
	if (ftruncate(fd, (off_t)size) == 0)
		return fd;
	close(fd);
	if (readable != NULL && *readable != -1)
		close(*readable);
	return -1;
}

/* Memory of the file, which is closed; NULL if there is none. */
static void *
file_map(int fd, size_t size, int prot)
{
	void *p = fd == -1 ? MAP_FAILED :
	    mmap(NULL, size, prot, MAP_SHARED, fd, 0);

	if (fd != -1)
		close(fd);
	return p == MAP_FAILED ? NULL : p;
}

void *
os_shared(size_t size)
{
	return file_map(file_anonymous(size, NULL), size,
	    PROT_READ | PROT_WRITE);
}

void
os_inherit(const void *p, size_t size, bool yes)
{
	(void)p;
	(void)size;
	(void)yes;
}

int
os_board_open(struct os_board *b, size_t size)
{
	int readable, fd = file_anonymous(size, &readable);
	void *w, *r;

	if (fd == -1)
		return -1;
	w = file_map(fd, size, PROT_READ | PROT_WRITE);
	r = file_map(readable, size, PROT_READ);
	*b = (struct os_board){ .write = w, .read = r, .size = size };
	if (w != NULL && r != NULL)
		return 0;
	os_board_close(b);
	return -1;
}

const bool os_board_inherited = true;

void
os_board_child(struct os_board *b)
{
	if (b->write != NULL)
		munmap(b->write, b->size);
	b->write = NULL;
}

ssize_t
os_recv_dst(int fd, void *buf, size_t size, struct sockaddr *from,
    socklen_t *fromlen, struct sockaddr *to, socklen_t *tolen,
    unsigned *drops)
{
	int flags = fcntl(fd, F_GETFL), saved;
	ssize_t n;

	(void)to;
	(void)drops;
	*tolen = 0;
	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	n = recvfrom(fd, buf, size, 0, from, fromlen);
	saved = errno;
	fcntl(fd, F_SETFL, flags);
	errno = saved;
	return n;
}

ssize_t
os_recv_packet(int fd, void *buf, size_t size, struct sockaddr *from,
    socklen_t *fromlen, struct os_packet *p)
{
	socklen_t none;

	memset(p, 0, sizeof *p);
	p->tos = p->ttl = p->tclass = p->hoplimit = -1;
	return os_recv_dst(fd, buf, size, from, fromlen, NULL, &none, NULL);
}

void
os_want_dst(int fd, int af)
{
	(void)fd;
	(void)af;
}

int
os_splice_open(struct os_splice *s)
{
	(void)s;
	return lacking();
}

void
os_splice_close(struct os_splice *s)
{
	(void)s;
}

ssize_t
os_splice_in(struct os_splice *s, int fd)
{
	(void)s;
	(void)fd;
	return lacking();
}

ssize_t
os_splice_out(struct os_splice *s, int fd)
{
	(void)s;
	(void)fd;
	return lacking();
}

ssize_t
os_write_pipe(int fd, const void *buf, size_t len)
{
	(void)fd;
	(void)buf;
	(void)len;
	return lacking();
}

/*
 * pselect(2) alone can wait with another mask.  It knows only the first
 * descriptors, those waited for are; and of what is in error or hung up it says
 * that it is ready: poll(2) tells them apart.
 */
int
os_ppoll(struct pollfd *p, nfds_t n, int timeout_ms, const sigset_t *mask)
{
	struct timespec ts = { timeout_ms / 1000,
	    timeout_ms % 1000 * 1000000L };
	fd_set r, w;
	nfds_t i;
	int top = -1, rc;

	FD_ZERO(&r);
	FD_ZERO(&w);
	for (i = 0; i < n; i++) {
		p[i].revents = 0;
		if (p[i].fd < 0)
			continue;
		if (p[i].fd >= FD_SETSIZE) {
			errno = EINVAL;
			return -1;
		}
		if (p[i].events & POLLIN)
			FD_SET(p[i].fd, &r);
		if (p[i].events & POLLOUT)
			FD_SET(p[i].fd, &w);
		if (p[i].fd > top)
			top = p[i].fd;
	}
	rc = pselect(top + 1, &r, &w, NULL, timeout_ms < 0 ? NULL : &ts,
	    mask);
	if (rc <= 0)
		return rc;
	rc = poll(p, n, 0);
	if (rc != 0)
		return rc;
	/* Another process took it; that is not what the end of time is. */
	errno = EINTR;
	return -1;
}

int
os_accept_waits(int fd)
{
	(void)fd;
	return -1;
}

void
os_batch(void)
{
}

const bool os_tells_of_death = false;

/* pselect(2) knows neither POLLHUP nor many descriptors. */
bool
os_ppoll_whole(void)
{
	return false;
}

int
os_parent_death(pid_t parent, int signo)
{
	if (getppid() != parent)
		raise(signo);
	return lacking();
}

long long
os_nproc(void)
{
	return -1;
}

const char *
os_name(void)
{
	return "posix";
}
