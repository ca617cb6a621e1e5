/* lib/os/linux-datagram.c: os.h, packets and what comes beside them. */

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/uio.h>

#include "os.h"

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

/* A packet, and room for what comes beside it. */
struct packet {
	struct msghdr m;
	struct iovec io;
	union {
		struct cmsghdr align;
		char space[1024];
	} control;
};

/* As recvfrom(2); what comes beside the packet is in p then. */
static ssize_t
packet_recv(int fd, struct packet *p, void *buf, size_t size,
    struct sockaddr *from, socklen_t *fromlen, int flags)
{
	ssize_t n;

	p->io = (struct iovec){ .iov_base = buf, .iov_len = size };
	p->m = (struct msghdr){ .msg_name = from, .msg_namelen = *fromlen,
	    .msg_iov = &p->io, .msg_iovlen = 1, .msg_control = &p->control,
	    .msg_controllen = sizeof p->control };
	n = recvmsg(fd, &p->m, flags);
	if (n != -1)
		*fromlen = p->m.msg_namelen;
	return n;
}

ssize_t
os_recv_dst(int fd, void *buf, size_t size, struct sockaddr *from,
    socklen_t *fromlen, struct sockaddr *to, socklen_t *tolen,
    unsigned *drops)
{
	struct packet got;
	struct cmsghdr *c;
	ssize_t n;

	n = packet_recv(fd, &got, buf, size, from, fromlen, MSG_DONTWAIT);
	if (n == -1)
		return -1;
	*tolen = 0;
	for (c = CMSG_FIRSTHDR(&got.m); c != NULL;
	    c = CMSG_NXTHDR(&got.m, c)) {
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
	struct packet got;
	struct cmsghdr *c;
	ssize_t n;

	memset(p, 0, sizeof *p);
	p->tos = p->ttl = p->tclass = p->hoplimit = -1;
	n = packet_recv(fd, &got, buf, size, from, fromlen,
	    MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	/* packet(7) takes no flag that it has no use for. */
	if (n == -1 && errno == EINVAL)
		n = packet_recv(fd, &got, buf, size, from, fromlen,
		    MSG_DONTWAIT);
	if (n == -1)
		return -1;
	for (c = CMSG_FIRSTHDR(&got.m); c != NULL;
	    c = CMSG_NXTHDR(&got.m, c)) {
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
