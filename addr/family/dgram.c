/*
 * addr/family/dgram.c: ends of datagrams that have no connection.
 *
 * One that sends has an unconnected socket and an address; one that receives
 * looks at the sender of each packet.  Where each packet is an end of its
 * own (RECVFROM) the listener takes it in, and the child has it in hand;
 * it reads nothing else, and answers through the listener's socket.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "dgram.h"
#include "packet.h"

/* An address of datagrams while it is open: a->state, and its end's. */
struct dgram {
	struct addr *a;
	struct sock_addr to;	/* whom it sends to; len 0: nobody */
	bool own;		/* only of whom it sends to it reads */
	/* Of one packet: */
	bool taken;		/* it was read */
	bool over;		/* ... and so was the end behind it */
	char notes[PACKET_NOTES];
	size_t head;		/* of data: how much is IP's header */
	size_t len, room;	/* ... in use, and of all */
	unsigned char data[];
};

/* So long a unix socket waits whose peer has no room: poll(2) cannot tell. */
#define FULL_NAP_MS	2

static struct dgram *
dgram_new(struct addr *a)
{
	struct dgram *d = calloc(1, sizeof *d);

	if (d == NULL) {
		error_set("out of memory");
		return NULL;
	}
	d->a = a;
	free(a->state);
	a->state = d;
	return d;
}

/* How much of its name counts; a path may or may not have its NUL. */
static size_t
unix_length(const struct sock_addr *x)
{
	const struct sockaddr_un *un = (const void *)&x->sa;
	size_t len = x->len - offsetof(struct sockaddr_un, sun_path);

	return un->sun_path[0] == '\0' ? len : strnlen(un->sun_path, len);
}

/* A path as it was bound to need not be the one by which we know it. */
static bool
path_same(const struct sockaddr_un *a, size_t alen,
    const struct sockaddr_un *b, size_t blen)
{
	char x[sizeof a->sun_path + 3], y[sizeof x];
	struct stat sx, sy;

	snprintf(x, sizeof x, "%.*s", (int)alen, a->sun_path);
	snprintf(y, sizeof y, "%.*s", (int)blen, b->sun_path);
	return stat(x, &sx) == 0 && stat(y, &sy) == 0 &&
	    sx.st_dev == sy.st_dev && sx.st_ino == sy.st_ino;
}

static bool
unix_same(const struct sock_addr *x, const struct sock_addr *y)
{
	const struct sockaddr_un *a = (const void *)&x->sa;
	const struct sockaddr_un *b = (const void *)&y->sa;
	size_t alen = unix_length(x), blen = unix_length(y);

	if (alen == blen && memcmp(a->sun_path, b->sun_path, alen) == 0)
		return true;
	return a->sun_path[0] != '\0' && b->sun_path[0] != '\0' &&
	    path_same(a, alen, b, blen);
}

/*
 * Whether it is the address that is sent to.  As with socat so may be who
 * sends from a unix socket without a name.
 */
static bool
is_peer(const struct dgram *d, const struct sock_addr *from)
{
	const struct sock_addr *to = &d->to;

	if (to->sa.any.sa_family == AF_UNIX)
		return from->len <= sizeof from->sa.any.sa_family ||
		    unix_same(from, to);
	if (from->len == 0 || from->sa.any.sa_family != to->sa.any.sa_family)
		return false;
	if (to->sa.any.sa_family == AF_INET || to->sa.any.sa_family == AF_INET6)
		return sock_same(&from->sa.any, &to->sa.any);
	/* Of a generic socket, which has any domain. */
	return from->len == to->len &&
	    memcmp(&from->sa, &to->sa, to->len) == 0;
}

/* A unix socket without a name is of no family then, as with socat. */
static void
received_note(size_t n, const struct sock_addr *from)
{
	char name[SOCK_NAME_MAX];

	if (log_on(LOG_N))
		log_notice("received packet with %zu bytes from %s", n,
		    from->len == 0 ? "AF=0 \"<anon>\"" : sock_name(
		    &from->sa.any, from->len, name, sizeof name));
}

/*
 * What the network reported (ip-recverr) is about a packet that was sent,
 * not about those to come.  errno is EAGAIN then.
 */
static void
report(const struct dgram *d, int fd)
{
	char name[SOCK_NAME_MAX];

	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ||
	    errno == ENOTCONN || sock_lacks(errno) || sock_broken(errno))
		return;
	log_notice("packet to %s: %s", sock_name(&d->to.sa.any, d->to.len,
	    name, sizeof name), strerror(errno));
	os_take_errors(fd);
	errno = EAGAIN;
}

/* A raw socket of IPv4 has the packet with its header, raw(7). */
static size_t
header_size(const struct addr *a, const struct sock_addr *from,
    const unsigned char *packet, size_t len)
{
	size_t size;

	if (a->family->type != SOCK_RAW || len == 0 ||
	    from->sa.any.sa_family != AF_INET)
		return 0;
	/* RFC 791 section 3.1: in words of 32 bits. */
	size = (packet[0] & 15) * 4U;
	return size < len ? size : len;
}

/* An end's read(): what comes of those that are listened to. */
static ssize_t
packets_read(struct end *e, void *buf, size_t size)
{
	struct dgram *d = e->state;
	struct sock_addr from = { .len = sizeof from.sa };
	struct os_packet p;
	ssize_t n;
	size_t head;

	memset(&from.sa, 0, sizeof from.sa.any);
	n = os_recv_packet(e->rfd, buf, size, &from.sa.any, &from.len, &p);
	if (n == -1) {
		report(d, e->rfd);
		return -1;
	}
	packet_log(&p);
	if (!sock_allowed(d->a, &from, e->rfd)) {
		errno = EAGAIN;
		return -1;
	}
	received_note((size_t)n, &from);
	if (d->own && !is_peer(d, &from)) {
		errno = EAGAIN;
		return -1;
	}
	head = header_size(d->a, &from, buf, (size_t)n);
	if (head > 0)
		memmove(buf, (char *)buf + head, (size_t)n - head);
	return n - (ssize_t)head;
}

static ssize_t
send_once(const struct dgram *d, int fd, const void *buf, size_t size)
{
	return sendto(fd, buf, size, MSG_DONTWAIT | MSG_NOSIGNAL,
	    &d->to.sa.any, d->to.len);
}

static ssize_t
packet_write(struct end *e, const void *buf, size_t size)
{
	const struct dgram *d = e->state;
	ssize_t n = send_once(d, e->wfd, buf, size);

	/* What is reported of an earlier packet keeps this one back, once. */
	if (n == -1 && errno == ECONNREFUSED)
		n = send_once(d, e->wfd, buf, size);
	if (n != -1)
		sock_local_log(e->wfd, "local address:");	/* as socat */
	else if (errno == EAGAIN && d->to.sa.any.sa_family == AF_UNIX) {
		poll(NULL, 0, FULL_NAP_MS);
		errno = EAGAIN;
	}
	return n;
}

static void
packet_write_call(struct end *e, const void *data, size_t len, char *buf,
    size_t size)
{
	const struct dgram *d = e->state;
	char name[SOCK_NAME_MAX];

	snprintf(buf, size, "sendto(%d, %p, %zu, 0, %.160s, %d)", e->wfd,
	    data, len, sock_name(&d->to.sa.any, d->to.len, name,
	    sizeof name), (int)d->to.len);
}

/* The socket may be the listener's: it is not shut down. */
static void
packet_half_close(struct end *e)
{
	if (e->out.half == HALF_NULL)
		packet_write(e, "", 0);
	else if (e->out.half == HALF_CLOSE)
		end_half_close(e);
}

static const struct end_ops packets_ops = {
	.read = packets_read, .write = packet_write,
	.half_close = packet_half_close, .next_size = end_next_size,
	.write_call = packet_write_call
};

/* An end's read(): the one packet, and then the end. */
static ssize_t
one_read(struct end *e, void *buf, size_t size)
{
	struct dgram *d = e->state;

	if (d->taken) {
		d->over = true;
		return 0;
	}
	if (size > d->len - d->head)
		size = d->len - d->head;
	memcpy(buf, d->data + d->head, size);
	d->taken = true;
	received_note(d->head + size, &d->to);
	return (ssize_t)size;
}

static bool
one_in_hand(const struct end *e)
{
	const struct dgram *d = e->state;

	return !d->over;
}

static size_t
one_size(struct end *e)
{
	const struct dgram *d = e->state;

	return d->taken ? 0 : d->len - d->head;
}

static const struct end_ops one_ops = {
	.read = one_read, .write = packet_write,
	.half_close = packet_half_close, .next_size = one_size,
	.in_hand = one_in_hand, .write_call = packet_write_call
};

int
dgram_send_to(struct addr *a, struct end *e, int fd,
    const struct sockaddr *to, socklen_t len)
{
	struct dgram *d = dgram_new(a);

	if (d == NULL || opt_apply(a, PH_CONNECTED, fd) == -1) {
		close(fd);
		return -1;
	}
	a->connected = true;
	memcpy(&d->to.sa, to, len);
	d->to.len = len;
	d->own = !(a->family->role & ROLE_RECEIVE);
	end_socket(e, fd, SOCK_DGRAM);
	e->ops = &packets_ops;
	e->state = d;
	e->peer.remote = d->to;
	sock_local_log(fd, "successfully prepared local socket");
	return 0;
}

void
dgram_only_reads(const struct addr *a)
{
	if (a->writes)
		end_only(a, "read-only");
}

int
dgram_receive(struct addr *a, struct end *e, int fd)
{
	struct dgram *d = dgram_new(a);

	if (d == NULL) {
		close(fd);
		return -1;
	}
	end_socket(e, fd, SOCK_DGRAM);
	e->ops = &packets_ops;
	e->state = d;
	return 0;
}

int
dgram_listen(struct addr *a, int fd)
{
	a->lfd = fd;
	return dgram_new(a) == NULL ? -1 : sock_listen(a, fd);
}

int
dgram_attach(struct addr *a)
{
	return dgram_new(a) == NULL ? -1 : 0;
}

/* The state, with room for the packet that waits, however large it is. */
static struct dgram *
room_make(struct addr *a)
{
	struct dgram *d = a->state;
	int next = os_next_size(a->lfd);
	size_t want = next > PACKET_MAX ? (size_t)next : PACKET_MAX;

	if (want <= d->room)
		return d;
	d = realloc(d, sizeof *d + want);
	if (d == NULL) {
		error_set("out of memory");
		errno = ENOMEM;
		return NULL;
	}
	a->state = d;
	d->room = want;
	return d;
}

/* The next packet, as struct family's accept(). */
static int
packet_take(struct addr *a, struct os_packet *p)
{
	struct dgram *d = room_make(a);
	ssize_t n;

	if (d == NULL)
		return -1;
	memset(&d->to, 0, sizeof d->to);
	d->to.len = sizeof d->to.sa;
	n = os_recv_packet(a->lfd, d->data, d->room, &d->to.sa.any,
	    &d->to.len, p);
	if (n != -1) {
		d->len = (size_t)n;
		d->head = header_size(a, &d->to, d->data, d->len);
		d->taken = d->over = false;
		return 0;
	}
	return errno == EINTR ? 1 : sock_recv_failed(a->lfd, errno);
}

/* Whether the sender may be answered; says so either way. */
static bool
admitted(struct addr *a, struct dgram *d, const struct os_packet *p)
{
	char name[SOCK_NAME_MAX] = "";
	const struct sock_addr *from = &d->to;

	if (log_on(LOG_N))
		log_notice("receiving packet from %s", sock_name(&from->sa.any,
		    from->len, name,
		    sizeof name));
	packet_log(p);
	if (!sock_allowed(a, from, a->lfd))
		return false;
	log_info("permitting packet from %s", name);
	return true;
}

int
dgram_accept(struct addr *a, struct end *e)
{
	bool forks = addr_forks(a);
	struct dgram *d;
	struct os_packet p;
	int fd = a->lfd, rc;

	rc = packet_take(a, &p);
	if (rc != 0)
		return rc;
	d = a->state;
	if (!admitted(a, d, &p)) {
		listening_again(a);
		return 2;
	}
	/* Children answer through the listener's socket. */
	if (forks && (fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) == -1)
		return error_set("dup(%d):", a->lfd);
	end_socket(e, forks ? fd : listener_take(a), SOCK_DGRAM);
	e->ops = &one_ops;
	e->state = d;
	e->in.can &= ~(unsigned)END_EMPTY;
	e->in.can &= ~(unsigned)END_EXCLUSIVE;
	e->out.can &= ~(unsigned)END_EXCLUSIVE;
	e->peer.remote = d->to;
	e->peer.of_packet = true;
	packet_notes(&p, d->notes);
	e->peer.notes = d->notes;
	return 0;
}
