/* addr/family/udp-queue.h: datagrams whose peers have no child yet. */
#ifndef ADDR_UDP_QUEUE_H
#define ADDR_UDP_QUEUE_H

#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>

struct pushback;

/* Who sent a packet, and to which of our addresses; tolen 0: unknown. */
struct route {
	struct sockaddr_storage from, to;
	socklen_t fromlen, tolen;
};

/* What one datagram may have, UDP's most and a little more. */
#define DATAGRAM_MAX	65536

/* The bytes of the queue, what is kept of each packet's way included. */
#define QUEUE_BYTES	((size_t)1 << 20)

/*
 * First in, first out, in memory of QUEUE_BYTES that children do not get.
 * The listener's alone.
 */
struct udp_queue {
	unsigned char *mem;
	size_t begin, end;	/* of what is in use, with gaps */
	size_t used;		/* without the gaps */
	unsigned drops;		/* the socket's counter; see os_recv_dst() */
};

int udp_queue_init(struct udp_queue *);
bool udp_queue_empty(const struct udp_queue *);
/*
 * Reads one datagram of fd, if reserve bytes are left free behind it.  1,
 * or 0 when there is no room, or -1 with errno: EAGAIN, there is none.
 */
int udp_queue_read(struct udp_queue *, int fd, size_t reserve);
/*
 * The same of what a child gave back, whose addresses are of family af.
 * EPIPE: no more will come; EBADMSG: that was not one.
 */
int udp_queue_read_back(struct udp_queue *, int fd, int af);
/* The way of the first packet; false when there is none. */
bool udp_queue_first(struct udp_queue *, struct route *);
/* Removes the first packet. */
void udp_queue_shift(struct udp_queue *);
/* Removes all packets of that peer; how many they were. */
size_t udp_queue_drop(struct udp_queue *, const struct sockaddr_storage *);
/*
 * Appends all packets of that peer to the list, the caller's, and removes
 * them.  -1 without memory: then all stay.
 */
int udp_queue_take(struct udp_queue *, const struct sockaddr_storage *,
    struct pushback **list);

#endif
