/* addr/family/packet.h: what comes with a datagram, in words. */
#ifndef ADDR_PACKET_H
#define ADDR_PACKET_H

struct os_packet;

/* Room for what packet_notes() has to say, whatever it is. */
#define PACKET_NOTES	512

/* What a datagram may have, UDP's most and a little more. */
#define PACKET_MAX	65536

/* As notices; what socat tells as information is left to the environment. */
void packet_log(const struct os_packet *);
/* As struct peer's notes. */
void packet_notes(const struct os_packet *, char buf[PACKET_NOTES]);

#endif
