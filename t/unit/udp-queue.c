/*
 * udp-queue.c: packets of many peers come, are taken, dropped and shifted at
 * random, beside a plain list of the same: order, bytes and bounds agree.
 */

#include <netinet/in.h>

#include <errno.h>
#include <stdlib.h>

#include "unit.h"
#include "../../addr/family/udp-queue.c"

#define PEERS	7
#define MOST	200000

/* The model: all that came, who sent it, and whether it is still there. */
static struct {
	int peer;
	size_t len;
	bool there;
} came[MOST];
static size_t ncame, first;
static int next_peer;
static size_t next_len;

void *
os_own(size_t size)
{
	return malloc(size);	/* so that sanitizers see its bounds */
}

bool
sock_same(const struct sockaddr *a, const struct sockaddr *b)
{
	return ((const struct sockaddr_in *)a)->sin_port ==
	    ((const struct sockaddr_in *)b)->sin_port;
}

static struct sockaddr_storage
peer_address(int peer)
{
	struct sockaddr_storage sa = { .ss_family = AF_INET };

	((struct sockaddr_in *)&sa)->sin_port = (in_port_t)peer;
	return sa;
}

/* Each packet is filled with its number's last byte. */
ssize_t
os_recv_dst(int fd, void *buf, size_t size, struct sockaddr *from,
    socklen_t *fromlen, struct sockaddr *to, socklen_t *tolen,
    unsigned *drops)
{
	struct sockaddr_storage sa = peer_address(next_peer);

	(void)fd, (void)to, (void)tolen, (void)drops;
	if (next_len > size) {
		errno = EMSGSIZE;
		return -1;
	}
	memcpy(from, &sa, sizeof sa);
	*fromlen = sizeof(struct sockaddr_in);
	memset(buf, (int)(ncame & 255), next_len);
	return (ssize_t)next_len;
}

static bool
come(struct udp_queue *q, size_t reserve)
{
	static const size_t lens[] = { 0, 1, 100, 1400, 8192, 60000,
	    DATAGRAM_MAX };
	int rc;

	next_peer = rand() % PEERS;
	next_len = lens[rand() % (sizeof lens / sizeof *lens)];
	rc = udp_queue_read(q, 0, reserve);
	if (rc == 0)	/* only for want of room */
		return QUEUE_BYTES - q->used < LARGEST + reserve;
	came[ncame].peer = next_peer;
	came[ncame].len = next_len;
	came[ncame++].there = true;
	return rc == 1 && q->used <= QUEUE_BYTES && q->end <= QUEUE_BYTES;
}

static bool
first_agrees(struct udp_queue *q, bool shift)
{
	struct sockaddr_storage sa;
	struct route r;

	while (first < ncame && !came[first].there)
		first++;
	if (!udp_queue_first(q, &r))
		return first == ncame && udp_queue_empty(q);
	if (first == ncame)
		return false;
	sa = peer_address(came[first].peer);
	if (shift) {
		udp_queue_shift(q);
		came[first].there = false;
	}
	return sock_same((struct sockaddr *)&r.from, (struct sockaddr *)&sa);
}

static bool
packet_agrees(struct pushback *p, size_t i)
{
	size_t k;

	for (k = 0; k < p->len; k++)
		if (p->data[k] != (i & 255))
			return false;
	return p->len == came[i].len;
}

static bool
take(struct udp_queue *q, int peer)
{
	struct sockaddr_storage sa = peer_address(peer);
	struct pushback *list = NULL, *p;
	bool good = udp_queue_take(q, &sa, &list) == 0;
	size_t i;

	for (i = first; i < ncame; i++) {
		if (!came[i].there || came[i].peer != peer)
			continue;
		came[i].there = false;
		if ((p = list) == NULL)
			return false;
		good = good && packet_agrees(p, i);
		list = p->next;
		free(p);
	}
	return good && list == NULL;
}

static bool
drop(struct udp_queue *q, int peer)
{
	struct sockaddr_storage sa = peer_address(peer);
	size_t i, n = 0;

	for (i = first; i < ncame; i++)
		if (came[i].there && came[i].peer == peer) {
			came[i].there = false;
			n++;
		}
	return udp_queue_drop(q, &sa) == n;
}

int
main(void)
{
	struct udp_queue q;
	bool came_right = true, first_right = true, took_right = true,
	    dropped_right = true;
	char places[80];
	int i;

	srand(7);
	ok(udp_queue_init(&q) == 0, "a queue");
	ok(udp_queue_empty(&q), "which is empty");
	for (i = 0; i < 100000; i++) {
		int what = rand() % 40;

		if (what < 30)
			came_right &= come(&q, rand() % 2 ? QUEUE_BYTES / 2 : 0);
		else if (what < 36)
			first_right &= first_agrees(&q, what < 33);
		else if (what < 39)
			took_right &= take(&q, rand() % PEERS);
		else
			dropped_right &= drop(&q, rand() % PEERS);
	}
	ok(came_right, "packets come as long as there is room");
	ok(first_right, "the first one is the first one");
	ok(took_right, "a peer gets what it sent, in order, and no more");
	ok(dropped_right, "what is dropped is counted");
	for (i = 0; i < PEERS; i++)
		took_right &= take(&q, i);
	ok(took_right && udp_queue_empty(&q), "empty at the end");
	snprintf(places, sizeof places, "%zu to %zu", q.begin, q.end);
	is(places, "0 to 0", "and the memory is free");
	free(q.mem);
	return done();
}
