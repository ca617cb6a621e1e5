/*
 * addr/udp.c: UDP-CONNECT and UDP-LISTEN, for IPv4, IPv6 and either.
 *
 * A listener with fork gives each peer a socket of its own, bound to the
 * same port and connected to the peer: the kernel then sends the peer's
 * later packets there.  Between bind and connect packets of other peers
 * can get into that socket, and until connect those of this peer get into
 * the listener's; peer_socket() and drain() put every one where it belongs.
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

#include "../lib/log.h"
#include "../lib/os.h"
#include "families.h"

#define G_UDPCONNECT	(G_FD | G_SOCKET | G_UDP)
#define G_UDPLISTEN	(G_UDPCONNECT | G_LISTEN | G_CHILD | G_RANGE)

#define DATAGRAM_MAX	65536
/* What may wait for a child of its own; the kernel's queue is behind it. */
#define WAITING_MAX	4096

/* Who sent a packet, and to which of our addresses; tolen 0: unknown. */
struct route {
	struct sockaddr_storage from, to;
	socklen_t fromlen, tolen;
};

/* A packet whose peer has no child yet. */
struct waiting {
	struct waiting *next;
	struct route route;
	struct packet *packet;
};

struct udp_state {
	struct waiting *head, **tail;
	size_t n;
	struct route peer;	/* whose child this is */
	int stray;		/* to a->back of the listener, or -1 */
};

static unsigned char *datagram;	/* DATAGRAM_MAX, for listeners */

static int
check(struct addr *a)
{
	return port_param_check(a, "udp");
}

static int
connect_one(struct addr *a, struct end *e, const struct resolved *r)
{
	const struct sockaddr *sa = &r->sa.any;
	char name[SOCK_NAME_MAX];
	int fd;

	if (log_on(LOG_N))
		log_notice("opening connection to %s",
		    sock_name(sa, r->len, name, sizeof name));
	fd = sock_open(a, sa->sa_family, SOCK_DGRAM, IPPROTO_UDP);
	if (fd == -1)
		return -1;
	if (sock_connect(a, fd, sa, r->len) == -1) {
		close(fd);
		return -1;
	}
	end_socket(e, fd, SOCK_DGRAM);
	return 0;
}

static int
udp_connect(struct addr *a, struct end *e)
{
	return sock_connect_host(a, e, SOCK_DGRAM, connect_one);
}

/* What the listening socket a->lfd needs besides being there. */
static int
udp_adopt(struct addr *a)
{
	struct udp_state *state = calloc(1, sizeof *state);

	if (datagram == NULL)
		datagram = malloc(DATAGRAM_MAX);
	if (state == NULL || datagram == NULL)
		return fault_set("out of memory");
	state->tail = &state->head;
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
	char buf[256], *host = NULL, *port;
	int af, fd;

	(void)e;
	if (a->c.bind != NULL &&
	    hostport_split(a->c.bind, buf, sizeof buf, &host, &port) == -1)
		return -1;
	af = sock_pf(a, listen_af(a->family->arg, host));
	if (resolve(a, host, a->param[0], af, SOCK_DGRAM, true, r) == -1)
		return -1;
	fd = sock_open(a, sa->sa_family, SOCK_DGRAM, IPPROTO_UDP);
	if (fd == -1)
		return -1;
	if (sock_bind(a, fd, sa, r[0].len) == -1 ||
	    sock_listen(a, fd, "UDP ") == -1) {
		close(fd);
		return -1;
	}
	a->lfd = fd;
	return udp_adopt(a);
}

static bool
same_peer(const struct sockaddr *a, const struct sockaddr *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a,
	    *b6 = (const void *)b;

	if (a->sa_family != b->sa_family || a4->sin_port != b4->sin_port)
		return false;
	if (a->sa_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return memcmp(&a6->sin6_addr, &b6->sin6_addr,
	    sizeof a6->sin6_addr) == 0 &&
	    a6->sin6_scope_id == b6->sin6_scope_id;
}

static struct waiting *
waiting_new(const struct route *r, const void *data, size_t n)
{
	struct waiting *p = malloc(sizeof *p);

	if (p == NULL)
		return NULL;
	p->route = *r;
	p->next = NULL;
	p->packet = malloc(sizeof *p->packet + n);
	if (p->packet == NULL) {
		free(p);
		errno = ENOMEM;
		return NULL;
	}
	p->packet->next = NULL;
	p->packet->len = n;
	memcpy(p->packet->data, data, n);
	return p;
}

static void
waiting_free(struct waiting *w)
{
	free(w->packet);
	free(w);
}

/* Reads one datagram of fd; NULL when there is none. */
static struct waiting *
waiting_read(int fd)
{
	struct route r;
	ssize_t n;

	do {
		r.fromlen = sizeof r.from;
		r.tolen = 0;
		n = os_recv_dst(fd, datagram, DATAGRAM_MAX,
		    (struct sockaddr *)&r.from, &r.fromlen,
		    (struct sockaddr *)&r.to, &r.tolen);
	} while (n == -1 && (errno == EINTR || errno == ECONNREFUSED));
	return n == -1 ? NULL : waiting_new(&r, datagram, (size_t)n);
}

/* The same of what a child gave back; see stray_send(). */
static struct waiting *
stray_read(int fd)
{
	struct route r;
	struct iovec io[2] = { { &r, sizeof r }, { datagram, DATAGRAM_MAX } };
	struct msghdr m = { .msg_iov = io, .msg_iovlen = 2 };
	ssize_t n;

	if (fd == -1) {
		errno = EAGAIN;
		return NULL;
	}
	while ((n = recvmsg(fd, &m, MSG_DONTWAIT)) == -1 && errno == EINTR)
		;
	if (n == -1 || (size_t)n < sizeof r)
		return NULL;
	return waiting_new(&r, datagram, (size_t)n - sizeof r);
}

/* A child's: the packet is lost if the listener is gone or has too many. */
static void
stray_send(struct udp_state *s, const struct sockaddr_storage *from,
    socklen_t fromlen, void *data, size_t n)
{
	struct route r = s->peer;	/* it was sent to the same address */
	struct iovec io[2] = { { &r, sizeof r }, { data, n } };
	struct msghdr m = { .msg_iov = io, .msg_iovlen = 2 };

	if (s->stray == -1)
		return;
	r.from = *from;
	r.fromlen = fromlen;
	while (sendmsg(s->stray, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == -1 &&
	    errno == EINTR)
		;
}

/*
 * An end's ended(): what comes to a child that is idle until its socket is
 * closed would be lost with it, and is the listener's, who makes another.
 */
static void
peer_ended(struct end *e, enum ending how)
{
	struct udp_state *s = e->state;
	struct waiting *w;

	if (how != ENDING_IDLE || s->stray == -1)
		return;
	while ((w = waiting_read(e->rfd)) != NULL) {
		stray_send(s, &w->route.from, w->route.fromlen,
		    w->packet->data, w->packet->len);
		waiting_free(w);
	}
	close(e->rfd);
	e->rfd = e->wfd = -1;
}

/* An end's receive(): only what is the peer's. */
static ssize_t
peer_receive(struct end *e, void *buf, size_t size)
{
	struct udp_state *s = e->state;
	struct sockaddr_storage from;
	socklen_t len = sizeof from;
	ssize_t n;

	n = recvfrom(e->rfd, buf, size, MSG_DONTWAIT, (struct sockaddr *)&from,
	    &len);
	if (n == -1 || same_peer((struct sockaddr *)&from,
	    (struct sockaddr *)&s->peer.from))
		return n;
	stray_send(s, &from, len, buf, (size_t)n);
	errno = EAGAIN;
	return -1;
}

static void
waiting_add(struct udp_state *s, struct waiting *w)
{
	if (s->n >= WAITING_MAX) {
		waiting_free(w);	/* as a full socket buffer would */
		return;
	}
	*s->tail = w;
	s->tail = &w->next;
	s->n++;
}

/* Puts the packet at the end of the peer's queue. */
static void
packet_add(struct end *e, struct waiting *w)
{
	struct packet **p = &e->queued;

	while (*p != NULL)
		p = &(*p)->next;
	*p = w->packet;
	w->packet = NULL;
	waiting_free(w);
}

/* What is in fd goes to the peer's queue, or waits if it is another's. */
static void
drain(struct addr *a, struct end *e, int fd)
{
	struct waiting *w;
	int i;

	for (i = 0; i < WAITING_MAX && (w = waiting_read(fd)) != NULL; i++)
		if (same_peer((struct sockaddr *)&w->route.from,
		    (struct sockaddr *)&a->client->sa))
			packet_add(e, w);
		else
			waiting_add(a->state, w);
}

/* Packets of the peer that were waiting already. */
static void
collect(struct addr *a, struct end *e)
{
	struct udp_state *s = a->state;
	struct waiting **p = &s->head, *w;

	while ((w = *p) != NULL) {
		if (!same_peer((struct sockaddr *)&w->route.from,
		    (struct sockaddr *)&a->client->sa)) {
			p = &w->next;
			continue;
		}
		*p = w->next;
		w->next = NULL;
		s->n--;
		packet_add(e, w);
	}
	s->tail = p;
}

/*
 * A socket for one peer: bound like the listener, but to the address that
 * the peer sent to, so that answers come from there.
 */
static int
peer_socket(struct addr *a, struct end *e, const struct route *r)
{
	struct sockaddr_storage here = a->local;
	int fd, saved, on = 1;

	fd = sock_open(a, here.ss_family, SOCK_DGRAM, IPPROTO_UDP);
	if (fd == -1)
		return -1;
	if (r->tolen > 0 && r->to.ss_family == here.ss_family) {
		here = r->to;
		((struct sockaddr_in *)&here)->sin_port =
		    ((struct sockaddr_in *)&a->local)->sin_port;
	}
	/* Both sockets must allow it while the second one is bound. */
	setsockopt(a->lfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (sock_bind(a, fd, (struct sockaddr *)&here, a->locallen) == 0) {
		/* Until it is connected it gets anybody's, so that what the
		 * listener has now is older, and goes first. */
		drain(a, e, a->lfd);
		if (connect(fd, (struct sockaddr *)&a->client->sa, a->client->len) == 0)
			return fd;
		fault_set("connect(%d):", fd);
		saved = errno;
		drain(a, e, fd);
		errno = saved;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static struct waiting *
first_packet(struct addr *a)
{
	struct udp_state *s = a->state;
	struct waiting *w = s->head;

	if (w == NULL && (w = waiting_read(a->lfd)) != NULL)
		return w;
	if (w == NULL)
		return errno == EAGAIN || errno == EWOULDBLOCK ?
		    stray_read(a->back) : NULL;
	s->head = w->next;
	if (s->head == NULL)
		s->tail = &s->head;
	w->next = NULL;
	s->n--;
	return w;
}

/* Whether the peer may be served; says so either way. */
static bool
admitted(struct addr *a)
{
	char name[SOCK_NAME_MAX] = "";
	bool allowed;

	if (log_on(LOG_N)) {
		sock_name((struct sockaddr *)&a->client->sa, a->client->len, name,
		    sizeof name);
		log_notice("accepting UDP connection from %s", name);
	}
	allowed = sock_allowed(a, (struct sockaddr *)&a->client->sa);
	if (allowed)
		log_info("permitting UDP connection from %s", name);
	else
		log_notice("forbidding UDP connection from %s", name);
	return allowed;
}

/* The first packet of a peer that may be served; NULL when there is none. */
static struct waiting *
admitted_packet(struct addr *a)
{
	struct waiting *w;

	while ((w = first_packet(a)) != NULL) {
		a->client->sa = w->route.from;
		a->client->len = w->route.fromlen;
		if (admitted(a))
			return w;
		waiting_free(w);
		listening_again(a);
	}
	return NULL;
}

/* No child after all: the packets wait for a better time, in their order. */
static void
put_back(struct addr *a, struct end *e, const struct route *r)
{
	struct udp_state *s = a->state;
	struct waiting **at = &s->head, *w;
	struct packet *p;

	for (p = e->queued; p != NULL; p = p->next) {
		w = waiting_new(r, p->data, p->len);
		if (w == NULL)
			break;
		w->next = *at;
		*at = w;
		if (w->next == NULL)
			s->tail = &w->next;
		at = &w->next;
		s->n++;
	}
}

/* Where children put what is not theirs; without it that is lost. */
static void
stray_open(struct addr *a)
{
	struct udp_state *s = a->state;
	int fd[2];

	if (a->back != -1 || os_socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) == -1)
		return;
	a->back = fd[0];
	s->stray = fd[1];
}

static int
udp_next(struct addr *a, struct end *e)
{
	struct udp_state *s = a->state;
	struct waiting *w = admitted_packet(a);
	int fd, saved;

	if (w == NULL)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 1 :
		    fault_set("recvfrom(%d):", a->lfd);
	end_init(e);
	s->peer = w->route;
	packet_add(e, w);
	collect(a, e);
	if (addr_forks(a)) {
		stray_open(a);
		fd = peer_socket(a, e, &s->peer);
	} else {
		fd = a->lfd;
		a->lfd = -1;
		if (connect(fd, (struct sockaddr *)&a->client->sa,
		    a->client->len) == -1) {
			fault_set("connect(%d):", fd);
			close(fd);
			fd = -1;
		}
	}
	if (fd == -1) {
		saved = errno;
		put_back(a, e, &s->peer);
		end_close(e);
		errno = saved;
		return -1;
	}
	drain(a, e, fd);
	if (a->lfd != -1)
		drain(a, e, a->lfd);
	end_socket(e, fd, SOCK_DGRAM);
	e->receive = peer_receive;
	e->ended = peer_ended;
	e->state = s;
	return 0;
}

/* The child's: what is given back is the listener's to read. */
static int
udp_born(struct addr *a, struct end *e)
{
	(void)e;
	if (a->back != -1)
		close(a->back);
	a->back = -1;
	return 0;
}

const struct family udp_families[] = {
	{ .names = "UDP-CONNECT UDP",
	  .syntax = "UDP-CONNECT:<host>:<port>",
	  .groups = G_UDPCONNECT | G_IP4 | G_IP6, .min = 2, .max = 2,
	  .arg = AF_UNSPEC, .check = check, .open = udp_connect },
	{ .names = "UDP-LISTEN UDP-L",
	  .syntax = "UDP-LISTEN:<port>", .listens = 1,
	  .groups = G_UDPLISTEN | G_IP4 | G_IP6, .min = 1, .max = 1,
	  .arg = AF_UNSPEC, .check = check, .open = udp_listen,
	  .next = udp_next, .born = udp_born, .adopt = udp_adopt },
	{ .names = "UDP4-CONNECT UDP4",
	  .syntax = "UDP4-CONNECT:<host>:<port>",
	  .groups = G_UDPCONNECT | G_IP4, .min = 2, .max = 2,
	  .arg = AF_INET, .check = check, .open = udp_connect },
	{ .names = "UDP4-LISTEN UDP4-L",
	  .syntax = "UDP4-LISTEN:<port>", .listens = 1,
	  .groups = G_UDPLISTEN | G_IP4, .min = 1, .max = 1,
	  .arg = AF_INET, .check = check, .open = udp_listen,
	  .next = udp_next, .born = udp_born, .adopt = udp_adopt },
	{ .names = "UDP6-CONNECT UDP6",
	  .syntax = "UDP6-CONNECT:<host>:<port>",
	  .groups = G_UDPCONNECT | G_IP6, .min = 2, .max = 2,
	  .arg = AF_INET6, .check = check, .open = udp_connect },
	{ .names = "UDP6-LISTEN UDP6-L",
	  .syntax = "UDP6-LISTEN:<port>", .listens = 1,
	  .groups = G_UDPLISTEN | G_IP6, .min = 1, .max = 1,
	  .arg = AF_INET6, .check = check, .open = udp_listen,
	  .next = udp_next, .born = udp_born, .adopt = udp_adopt },
};
FAMILIES(udp_families);
