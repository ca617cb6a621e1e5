/*
 * addr/family/udp.c: UDP-CONNECT and UDP-LISTEN, for IPv4, IPv6 and either,
 * and the same of UDP-Lite.
 *
 * A listener with fork gives each peer a socket of its own, bound to the
 * same port and connected to the peer: the kernel then sends the peer's
 * later packets there.  Between bind and connect packets of other peers
 * can get into that socket, and until connect those of this peer get into
 * the listener's; what can be read of both goes through one queue, out of
 * which each peer gets its own.  The queue is bounded: what it has no room
 * for stays in the sockets.
 *
 * One thing the listener cannot see: the kernel may have chosen the socket
 * for a packet just before connect, and put it there after the drain.  So
 * a child looks at the sender of each packet, and gives a stray back to the
 * listener, through a pair of sockets.  What comes to a child that ends for
 * want of packets takes the same way.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "socket.h"
#include "udp-queue.h"

#define G_UDPCONNECT	(G_FD | G_SOCKET | G_UDP)
#define G_UDPLISTEN	(G_UDPCONNECT | G_LISTEN | G_CHILD | G_RANGE)

struct udp_state {
	struct udp_queue queue;	/* the listener's; a child does not have it */
	unsigned drops;		/* of queue.drops, what has been noted */
	struct route peer;	/* whose child this is */
	int stray;		/* to a->back of the listener, or -1 */
	bool lost;		/* a stray was, and it was said */
};

/*
 * A connected socket.  To socat an empty packet is the end, and is sent at
 * the end; to relay it is a packet like others, for whom relay stands between.
 */
static void
udp_end(const struct addr *a, struct end *e, int fd)
{
	end_socket(e, fd, SOCK_DGRAM);
	if (!a->config->as_socat)
		return;
	e->in.can &= ~(unsigned)END_EMPTY;
	e->out.half = HALF_NULL;
}

int
udp_connect_one(struct addr *a, struct end *e, const struct resolved *r)
{
	const struct sockaddr *sa = &r->sa.any;
	int fd;

	sock_opening_log(sa, r->len);
	fd = sock_open(a, sa->sa_family, SOCK_DGRAM, a->family->protocol);
	if (fd == -1)
		return -1;
	if (sock_connect(a, fd, sa, r->len) == -1)
		return fd_give_up(fd);
	udp_end(a, e, fd);
	return 0;
}

static int
udp_connect(struct addr *a, struct end *e)
{
	return sock_connect_host(a, e, SOCK_DGRAM, udp_connect_one);
}

/* What the listening socket a->lfd needs besides being there. */
static int
udp_attach(struct addr *a)
{
	struct udp_state *state = calloc(1, sizeof *state);

	if (state == NULL)
		return error_set("out of memory");
	state->stray = -1;
	free(a->state);
	a->state = state;
	os_want_dst(a->lfd, a->local.ss_family);
	return 0;
}

static int
udp_listen(struct addr *a, struct end *e)
{
	struct resolved r[RESOLVE_MAX];
	const struct sockaddr *sa = &r[0].sa.any;
	int fd;

	(void)e;
	if (sock_resolve_own(a, SOCK_DGRAM, r) == -1)
		return -1;
	fd = sock_open(a, sa->sa_family, SOCK_DGRAM, a->family->protocol);
	if (fd == -1)
		return -1;
	if (sock_bind(a, fd, sa, r[0].len) == -1 ||
	    sock_listen(a, fd) == -1) {
		close(fd);
		return -1;
	}
	a->lfd = fd;
	return udp_attach(a);
}

/* A child's: the packet is lost if the listener is gone or has too many. */
static void
stray_send(struct udp_state *s, const struct sockaddr_storage *from,
    socklen_t fromlen, void *data, size_t n)
{
	struct route r = s->peer;	/* it was sent to the same address */
	struct iovec io[2] = { { &r, sizeof r }, { data, n } };
	struct msghdr m = { .msg_iov = io, .msg_iovlen = 2 };
	ssize_t rc;

	if (s->stray == -1)
		return;
	r.from = *from;
	r.fromlen = fromlen;
	while ((rc = sendmsg(s->stray, &m, MSG_DONTWAIT | MSG_NOSIGNAL)) ==
	    -1 && errno == EINTR)
		;
	if (rc == -1 && !s->lost)
		log_warn("packets of other peers are lost: %s",
		    strerror(errno));
	if (rc == -1)
		s->lost = true;
}

/* An end's read(): only what is the peer's. */
static ssize_t
peer_read(struct end *e, void *buf, size_t size)
{
	struct udp_state *s = e->state;
	struct sockaddr_storage from;
	socklen_t len = sizeof from;
	ssize_t n;

	n = recvfrom(e->rfd, buf, size, MSG_DONTWAIT, (struct sockaddr *)&from,
	    &len);
	if (n == -1 || sock_same((struct sockaddr *)&from,
	    (struct sockaddr *)&s->peer.from))
		return n;
	stray_send(s, &from, len, buf, (size_t)n);
	errno = EAGAIN;
	return -1;
}

/* So many packets are given back at the end, should there be no end of them. */
#define LAST_PACKETS	1024

/*
 * An end's finish(): what comes to a child that is idle until its socket is
 * closed would be lost with it, and is the listener's, who makes another.
 */
static void
peer_finish(struct end *e, enum ending how)
{
	struct udp_state *s = e->state;
	struct sockaddr_storage from;
	socklen_t len = sizeof from;
	unsigned char *buf;
	ssize_t n;
	int i;

	if (how != ENDING_IDLE || s->stray == -1)
		return;
	buf = malloc(DATAGRAM_MAX);
	for (i = 0; buf != NULL && i < LAST_PACKETS; i++) {
		n = recvfrom(e->rfd, buf, DATAGRAM_MAX, MSG_DONTWAIT,
		    (struct sockaddr *)&from, &len);
		if (n == -1)
			break;
		stray_send(s, &from, len, buf, (size_t)n);
		len = sizeof from;
	}
	free(buf);
	close(e->rfd);
	e->rfd = e->wfd = -1;
}

static const struct end_ops peer_ops = {
	.read = peer_read, .write = end_send, .half_close = end_half_close,
	.finish = peer_finish
};

/* What is in fd joins the queue, while reserve bytes of it stay free. */
static void
drain(struct addr *a, int fd, size_t reserve)
{
	struct udp_state *s = a->state;

	while (udp_queue_read(&s->queue, fd, reserve) == 1)
		;
}

static unsigned
port_of(const struct sockaddr_storage *sa)
{
	/* sin_port and sin6_port stand at the same place. */
	return ((const struct sockaddr_in *)sa)->sin_port;
}

/* 127.0.0.0/8, RFC 1122 section 3.2.1.3, also in IPv6's writing; ::1. */
static bool
is_loopback(const struct sockaddr_storage *sa)
{
	const struct sockaddr_in *in = (const void *)sa;
	const struct in6_addr *in6 =
	    &((const struct sockaddr_in6 *)sa)->sin6_addr;

	if (sa->ss_family == AF_INET)
		return ntohl(in->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(in6) || (IN6_IS_ADDR_V4MAPPED(in6) &&
	    in6->s6_addr[12] == IN_LOOPBACKNET);
}

/* To an address of its own this machine sends from that address. */
static bool
is_local(const struct route *r)
{
	struct sockaddr_storage here;
	socklen_t len = sizeof here;
	bool local;
	int fd;

	if (is_loopback(&r->from))
		return true;
	fd = os_socket(r->from.ss_family, SOCK_DGRAM, IPPROTO_UDP);
	if (fd == -1)
		return false;
	local = connect(fd, (const struct sockaddr *)&r->from, r->fromlen) ==
	    0 && getsockname(fd, (struct sockaddr *)&here, &len) == 0;
	close(fd);
	if (!local)
		return false;
	((struct sockaddr_in *)&here)->sin_port = (in_port_t)port_of(&r->from);
	return sock_same((struct sockaddr *)&here,
	    (const struct sockaddr *)&r->from);
}

static bool
is_wildcard(const struct sockaddr_storage *sa)
{
	const struct sockaddr_in *in = (const void *)sa;

	return sa->ss_family == AF_INET ? in->sin_addr.s_addr == INADDR_ANY :
	    IN6_IS_ADDR_UNSPECIFIED(
	    &((const struct sockaddr_in6 *)sa)->sin6_addr);
}

/*
 * Whether the peer calls itself what the listener is called: an answer
 * would come back, and be answered, for ever.
 */
static bool
is_ourselves(struct addr *a, const struct route *r)
{
	if (port_of(&r->from) != port_of(&a->local))
		return false;
	if (is_wildcard(&a->local) ? !is_local(r) :
	    !sock_same((const struct sockaddr *)&r->from,
	    (struct sockaddr *)&a->local))
		return false;
	error_set("that is the listener's own address");
	errno = ECONNREFUSED;
	return true;
}

static int
peer_connect(int fd, const struct route *r)
{
	char name[SOCK_NAME_MAX];
	const struct sockaddr *to = (const struct sockaddr *)&r->from;

	if (connect(fd, to, r->fromlen) == -1)
		return error_set("connect(%d, %s, %d):", fd,
		    sock_name(to, r->fromlen, name, sizeof name),
		    (int)r->fromlen);
	return 0;
}

/* Bound like the listener, to the address that the peer sent to. */
static int
peer_bind(struct addr *a, int fd, const struct route *r)
{
	struct sockaddr_storage here = a->local;
	int on = 1;

	if (r->tolen > 0 && r->to.ss_family == here.ss_family) {
		here = r->to;
		((struct sockaddr_in *)&here)->sin_port =
		    ((struct sockaddr_in *)&a->local)->sin_port;
	}
	/* Both sockets must allow it while the second one is bound. */
	setsockopt(a->lfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	return sock_bind(a, fd, (struct sockaddr *)&here, a->locallen);
}

/*
 * A socket that is to be closed takes in what only it could send, so that
 * nothing of others comes after it was emptied.
 */
static void
deafen(int fd)
{
	struct sockaddr_storage own;
	socklen_t len = sizeof own;

	if (getsockname(fd, (struct sockaddr *)&own, &len) != -1)
		(void)!connect(fd, (struct sockaddr *)&own, len);
}

/*
 * A socket for one peer, so that answers come from where it sent to.  Half
 * of the queue is kept for what comes in until the socket is connected.
 */
static int
peer_socket(struct addr *a, const struct route *r)
{
	int fd, saved;

	fd = sock_open(a, a->local.ss_family, SOCK_DGRAM, a->family->protocol);
	if (fd == -1)
		return -1;
	/* RFC 768: port 0 wants no answer.  Bound to the listener's port the
	 * socket would get the packets of all ports of that host. */
	if (port_of(&r->from) != 0 && peer_bind(a, fd, r) == -1)
		goto fail;
	/* Until it is connected it gets anybody's, so that what the listener
	 * has now is older, and goes first. */
	drain(a, a->lfd, QUEUE_BYTES / 2);
	if (peer_connect(fd, r) == -1)
		goto fail;
	if (sock_meets_itself(fd, (const struct sockaddr *)&r->from)) {
		error_set("that is the listener's own address");
		errno = ECONNREFUSED;
		goto fail;
	}
	drain(a, fd, 0);
	drain(a, a->lfd, 0);
	return fd;
fail:
	saved = errno;
	deafen(fd);
	drain(a, fd, 0);
	close(fd);
	errno = saved;
	return -1;
}

/* Without fork the listening socket becomes the peer's. */
static int
only_socket(struct addr *a, const struct route *r)
{
	if (peer_connect(a->lfd, r) == -1)
		return -1;
	drain(a, a->lfd, 0);
	return a->lfd;
}

static int
peer_fd(struct addr *a, const struct route *r)
{
	if (is_ourselves(a, r))
		return -1;
	return addr_forks(a) ? peer_socket(a, r) : only_socket(a, r);
}

/* A socket is of the namespace that it is made in: here the listener's. */
static int
peer_fd_there(struct addr *a, const struct route *r)
{
	int back, fd;

	if (a->c.netns == NULL)
		return peer_fd(a, r);
	back = netns_enter(a->c.netns);
	if (back == -1)
		return -1;
	fd = peer_fd(a, r);
	netns_leave(back);
	return fd;
}

/* Whether the peer may be served; says so either way. */
static bool
admitted(struct addr *a, const struct sock_addr *client)
{
	char name[SOCK_NAME_MAX] = "";
	bool allowed;

	if (log_on(LOG_N)) {
		sock_name(&client->sa.any, client->len, name, sizeof name);
		log_notice("accepting UDP connection from %s", name);
	}
	allowed = sock_allowed(a, client, a->lfd);
	if (allowed)
		log_info("permitting UDP connection from %s", name);
	else
		log_notice("forbidding UDP connection from %s", name);
	return allowed;
}

/* Where children put what is not theirs; without it that is lost. */
static void
stray_open(struct addr *a)
{
	struct udp_state *s = a->state;
	int fd[2];

	/* Of SOCK_DGRAM only a few fit, unix(7), max_dgram_qlen. */
	if (a->back != -1 ||
	    (os_socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == -1 &&
	    os_socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) == -1))
		return;
	a->back = fd[0];
	s->stray = fd[1];
}

/* A child shut it down: another will be made. */
static void
stray_close(struct addr *a)
{
	struct udp_state *s = a->state;

	close(a->back);
	close(s->stray);
	a->back = s->stray = -1;
}

/* One packet from each that has some; as struct family's accept(). */
static int
fill(struct addr *a)
{
	struct udp_state *s = a->state;

	if (a->back != -1 && udp_queue_read_back(&s->queue, a->back,
	    a->local.ss_family) == -1 && errno == EPIPE)
		stray_close(a);
	if (udp_queue_read(&s->queue, a->lfd, 0) != -1 ||
	    !udp_queue_empty(&s->queue))
		return 0;
	return sock_recv_failed(a->lfd, errno);
}

/* What the kernel had no room for; it tells with the next packet. */
static void
note_overflow(struct addr *a)
{
	struct udp_state *s = a->state;
	unsigned n = s->queue.drops - s->drops;

	if (n == 0)
		return;
	s->drops = s->queue.drops;
	drop_note(a, n, "packets lost: the receive buffer was full");
}

/* The peer cannot be served, or not now; as struct family's accept(). */
static int
peer_failed(struct addr *a)
{
	struct udp_state *s = a->state;
	char name[SOCK_NAME_MAX];

	if (sock_lacks(errno))
		return -1;
	drop_note(a, udp_queue_drop(&s->queue, &s->peer.from),
	    "packet from %s dropped: %s",
	    sock_name((struct sockaddr *)&s->peer.from, s->peer.fromlen, name,
	    sizeof name), last_error.words);
	listening_again(a);
	return 2;
}

static int
udp_accept(struct addr *a, struct end *e)
{
	struct udp_state *s = a->state;
	bool forks = addr_forks(a);
	int fd, rc;

	/* Who serves may be a child of who listened. */
	if (s->queue.mem == NULL && udp_queue_init(&s->queue) == -1)
		return error_set("memory:");
	if (udp_queue_empty(&s->queue) && (rc = fill(a)) != 0)
		return rc;
	if (!udp_queue_first(&s->queue, &s->peer))
		return 1;
	e->peer.remote.sa.room = s->peer.from;
	e->peer.remote.len = s->peer.fromlen;
	if (!admitted(a, &e->peer.remote)) {
		note_overflow(a);
		udp_queue_shift(&s->queue);
		listening_again(a);
		return 2;
	}
	if (forks)
		stray_open(a);
	fd = peer_fd_there(a, &s->peer);
	note_overflow(a);
	if (fd == -1)
		return peer_failed(a);
	if (udp_queue_take(&s->queue, &s->peer.from, &e->pushback) == -1) {
		if (forks)
			close(fd);
		return error_set("memory:");
	}
	udp_end(a, e, forks ? fd : listener_take(a));
	e->ops = &peer_ops;
	e->state = s;
	return 0;
}

/* The child's: what is given back is the listener's to read. */
static int
udp_child_init(struct addr *a, struct end *e)
{
	(void)e;
	if (a->back != -1)
		close(a->back);
	a->back = -1;
	return 0;
}

#define UDP(af)								\
	.domain = af, .protocol = IPPROTO_UDP, .with = "UDP"
#define LITE(af)							\
	.domain = af, .protocol = PROTO_UDPLITE, .with = "UDPLITE"

#define CONNECT(kind, proto, af, more)					\
	{ .name = kind "-CONNECT", .alias = { kind },			\
	  .syntax = kind "-CONNECT:<host>:<port>",			\
	  .min = 2, .max = 2, .role = ROLE_CONNECT,			\
	  .type = SOCK_DGRAM, proto(af), .groups = G_UDPCONNECT | (more),	\
	  .ops = &connect_ops }

#define LISTEN(kind, proto, af, more)					\
	{ .name = kind "-LISTEN", .alias = { kind "-L" },		\
	  .syntax = kind "-LISTEN:<port>",				\
	  .min = 1, .max = 1, .role = ROLE_LISTEN,			\
	  .type = SOCK_DGRAM, proto(af), .groups = G_UDPLISTEN | (more),	\
	  .useless = useless_listener, .ops = &udp_listen_ops }

#define PAIR(kind, proto, af, more)					\
	CONNECT(kind, proto, af, more), LISTEN(kind, proto, af, more)

static const struct family_ops connect_ops = {
	.check = port_param_check, .open = udp_connect
};
const struct family_ops udp_listen_ops = {
	.check = port_param_check, .open = udp_listen, .accept = udp_accept,
	.child_init = udp_child_init, .attach = udp_attach
};
static const char *const useless_listener[] = {
	"connect-timeout", "pool", NULL
};

static const struct family rows[] = {
	PAIR("UDP", UDP, AF_UNSPEC, G_IP4 | G_IP6),
	PAIR("UDP4", UDP, AF_INET, G_IP4),
	PAIR("UDP6", UDP, AF_INET6, G_IP6),
	PAIR("UDPLITE", LITE, AF_UNSPEC, G_IP4 | G_IP6 | G_UDPLITE),
	PAIR("UDPLITE4", LITE, AF_INET, G_IP4 | G_UDPLITE),
	PAIR("UDPLITE6", LITE, AF_INET6, G_IP6 | G_UDPLITE),
};

FAMILIES(udp, rows);
