/*
 * addr/family/udp-queue.c: datagrams whose peers have no child yet.
 *
 * They are bounded in bytes, whoever sends how much: where there is no room
 * nothing is read, and the rest stays with the kernel, who drops what its
 * own buffer does not hold.  Removing from the middle leaves a gap; gaps
 * are closed when the room behind the last packet is used up.
 */

#include <netinet/in.h>
#include <sys/uio.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/os/os.h"
#include "../addr.h"
#include "udp-queue.h"

struct record {
	size_t size;		/* of all of it, up to the next */
	size_t len;		/* of data */
	bool removed;
	struct route route;
	unsigned char data[];
};

#define LARGEST	(sizeof(struct record) + DATAGRAM_MAX)
#define ALIGN	sizeof(size_t)

int
udp_queue_init(struct udp_queue *q)
{
	memset(q, 0, sizeof *q);
	q->mem = os_own(QUEUE_BYTES);
	return q->mem == NULL ? -1 : 0;
}

bool
udp_queue_empty(const struct udp_queue *q)
{
	return q->used == 0;
}

static struct record *
record_at(const struct udp_queue *q, size_t offset)
{
	return (struct record *)(void *)(q->mem + offset);
}

/* Moves all packets to the front, without the gaps. */
static void
close_gaps(struct udp_queue *q)
{
	size_t at, size, to = 0;

	for (at = q->begin; at < q->end; at += size) {
		size = record_at(q, at)->size;
		if (record_at(q, at)->removed)
			continue;
		memmove(q->mem + to, q->mem + at, size);
		to += size;
	}
	q->begin = 0;
	q->end = to;
}

/* A place for the largest packet that keeps reserve bytes free, or NULL. */
static struct record *
place(struct udp_queue *q, size_t reserve)
{
	if (QUEUE_BYTES - q->used < LARGEST + reserve)
		return NULL;
	if (QUEUE_BYTES - q->end < LARGEST)
		close_gaps(q);
	return record_at(q, q->end);
}

/* The packet stands in its place. */
static void
append(struct udp_queue *q, struct record *r, size_t len)
{
	r->len = len;
	r->removed = false;
	r->size = (sizeof *r + len + ALIGN - 1) / ALIGN * ALIGN;
	q->end += r->size;
	q->used += r->size;
}

int
udp_queue_read(struct udp_queue *q, int fd, size_t reserve)
{
	struct record *r = place(q, reserve);
	struct route *w;
	ssize_t n;

	if (r == NULL)
		return 0;
	w = &r->route;
	w->fromlen = sizeof w->from;
	w->tolen = 0;
	do
		n = os_recv_dst(fd, r->data, DATAGRAM_MAX,
		    (struct sockaddr *)&w->from, &w->fromlen,
		    (struct sockaddr *)&w->to, &w->tolen, &q->drops);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	append(q, r, (size_t)n);
	return 1;
}

/* A child may have become anybody's: its word is not taken for a length. */
static bool
route_sane(const struct route *w, int af)
{
	socklen_t len = af == AF_INET ? sizeof(struct sockaddr_in) :
	    sizeof(struct sockaddr_in6);

	return w->from.ss_family == af && w->fromlen == len &&
	    (w->tolen == 0 || (w->to.ss_family == af && w->tolen == len));
}

int
udp_queue_read_back(struct udp_queue *q, int fd, int af)
{
	struct record *r = place(q, 0);
	struct iovec io[2];
	struct msghdr m = { .msg_iov = io, .msg_iovlen = 2 };
	ssize_t n;

	if (r == NULL)
		return 0;
	io[0] = (struct iovec){ &r->route, sizeof r->route };
	io[1] = (struct iovec){ r->data, DATAGRAM_MAX };
	while ((n = recvmsg(fd, &m, MSG_DONTWAIT)) == -1 && errno == EINTR)
		;
	if (n == -1)
		return -1;
	if ((size_t)n < sizeof r->route || !route_sane(&r->route, af)) {
		errno = n == 0 ? EPIPE : EBADMSG;
		return -1;
	}
	append(q, r, (size_t)n - sizeof r->route);
	return 1;
}

static void
mark_removed(struct udp_queue *q, struct record *r)
{
	r->removed = true;
	q->used -= r->size;
	if (q->used == 0)
		q->begin = q->end = 0;	/* the first pages are enough */
}

bool
udp_queue_first(struct udp_queue *q, struct route *route)
{
	if (q->used == 0)
		return false;
	while (record_at(q, q->begin)->removed)
		q->begin += record_at(q, q->begin)->size;
	*route = record_at(q, q->begin)->route;
	return true;
}

void
udp_queue_shift(struct udp_queue *q)
{
	struct route unused;

	if (udp_queue_first(q, &unused))
		mark_removed(q, record_at(q, q->begin));
}

/* The peer's next packet from that offset on, which moves on; or NULL. */
static struct record *
next_of(const struct udp_queue *q, size_t *at,
    const struct sockaddr_storage *peer)
{
	struct record *r;

	while (*at < q->end) {
		r = record_at(q, *at);
		*at += r->size;
		if (!r->removed && sock_same((struct sockaddr *)&r->route.from,
		    (const struct sockaddr *)peer))
			return r;
	}
	return NULL;
}

size_t
udp_queue_drop(struct udp_queue *q, const struct sockaddr_storage *peer)
{
	struct record *r;
	size_t at = q->begin, n = 0;

	for (; (r = next_of(q, &at, peer)) != NULL; n++)
		mark_removed(q, r);
	return n;
}

int
udp_queue_take(struct udp_queue *q, const struct sockaddr_storage *peer,
    struct pushback **list)
{
	struct pushback **first, **tail, *p;
	struct record *r;
	size_t at = q->begin;

	while (*list != NULL)
		list = &(*list)->next;
	for (first = tail = list; (r = next_of(q, &at, peer)) != NULL;
	    tail = &p->next) {
		*tail = p = malloc(sizeof *p + r->len);
		if (p == NULL)
			goto fail;
		p->next = NULL;
		p->len = r->len;
		memcpy(p->data, r->data, r->len);
	}
	udp_queue_drop(q, peer);
	return 0;
fail:
	while ((p = *first) != NULL) {
		*first = p->next;
		free(p);
	}
	errno = ENOMEM;
	return -1;
}
