/*
 * addr/family/interface.c: network interfaces: TUN makes one, and is its wire;
 * INTERFACE sends and receives the frames of one that is there.
 */

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "dgram.h"

/* From the kernel's headers, which a C library need not have. */
#ifndef TUNSETIFF
#define TUNSETIFF	_IOW('T', 202, int)
#define IFF_TUN		0x0001
#define IFF_TAP		0x0002
#define IFF_NO_PI	0x1000
#endif
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING	23
#endif
#define ETH_ALL		3

#define TUN_DEVICE	"/dev/net/tun"
#define MTU_MAX		65535

/* Of a packet besides what the interface's MTU counts: packet information,
 * or the header of a frame and a VLAN's tag. */
#define HEADERS		18

/* Of an interface, and an ioctl on any socket; -1 with words in last_error. */
static int
request(int s, unsigned long call, const char *name, struct ifreq *r)
{
	if (ioctl(s, call, r) != -1)
		return 0;
	return error_set("ioctl(%d, %s, {\"%s\"}:", s, name, r->ifr_name);
}

/* iff-...: the flags that are there, and what the options say. */
static int
flags_set(const struct addr *a, int s, struct ifreq *r)
{
	if (request(s, SIOCGIFFLAGS, "SIOCGIFFLAGS", r) == -1)
		return -1;
	r->ifr_flags = (short)((r->ifr_flags | a->c.iff) & ~a->c.iff_clear);
	return request(s, SIOCSIFFLAGS, "SIOCSIFFLAGS", r);
}

static int
mtu_set(const struct addr *a, int s, struct ifreq *r)
{
	r->ifr_mtu = (int)a->c.mtu;
	return request(s, SIOCSIFMTU, "SIOCSIFMTU", r);
}

static void
put_address(struct ifreq *r, struct in_addr in)
{
	const struct sockaddr_in sa = { .sin_family = AF_INET,
	    .sin_addr = in };

	memcpy(&r->ifr_addr, &sa, sizeof sa);
}

/* The parameter of TUN: an address and how many bits are its network's. */
static int
tun_range(const struct addr *a, struct range **r)
{
	struct query q = sock_query(a, AF_INET, 0);

	*r = NULL;
	q.datagrams = true;
	if (*a->param[0] == '[')
		return error_set("IPv4 netmask \"%.100s\" is too large",
		    a->param[0]);
	if (range_parse(&q, a->param[0], r) == 0)
		return 0;
	/* A name that is not found is no error to socat here, but an end. */
	if (a->config->as_socat && last_error.code == ERROR_HOST)
		last_error.code = ERROR_SERVER;
	return -1;
}

static int
address_set(const struct addr *a, int s, struct ifreq *r)
{
	struct in_addr net, mask;
	struct range *range;
	int rc = -1;

	if (tun_range(a, &range) == -1)
		goto out;
	range_ip4(range, &net, &mask);
	put_address(r, net);
	if (request(s, SIOCSIFADDR, "SIOCSIFADDR", r) == -1)
		goto out;
	put_address(r, mask);
	rc = request(s, SIOCSIFNETMASK, "SIOCSIFNETMASK", r);
out:
	free(range);
	return rc;
}

/* Address, flags and size of the interface. */
static int
interface_set(const struct addr *a, struct ifreq *r, bool flags)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;

	if (s == -1)
		return error_set("socket(%d, %d, 0):", AF_INET, SOCK_DGRAM);
	if (a->nparam > 0 && a->family->domain != AF_PACKET)
		rc = address_set(a, s, r);
	if (rc == 0 && flags)
		rc = flags_set(a, s, r);
	if (rc == 0 && a->c.mtu != -1)
		rc = mtu_set(a, s, r);
	close(s);
	return rc;
}

static int
tun_type(const struct addr *a, short *type)
{
	const char *name = a->c.tun_type;

	if (name == NULL || strcmp(name, "tun") == 0)
		*type = IFF_TUN;
	else if (strcmp(name, "tap") == 0)
		*type = IFF_TAP;
	else
		return error_set("unknown tun-type \"%.100s\"", name);
	if (a->c.no_pi > 0)
		*type |= IFF_NO_PI;
	return 0;
}

/* What a container or the kernel lacks. */
static void
tun_hint(const struct addr *a)
{
	if (a->config->as_socat)
		return;
	if (errno == ENOENT && a->c.tun_device == NULL)
		error_hint("this kernel has no tun, whose module is tun; or a "
		    "container lacks --device " TUN_DEVICE);
	else if (errno == EPERM || errno == EACCES)
		error_hint("to make an interface takes CAP_NET_ADMIN");
}

static int
device_open(const struct addr *a)
{
	const char *path = a->c.tun_device == NULL ? TUN_DEVICE :
	    a->c.tun_device;
	int flags = opt_oflags(a, opt_access(a));
	mode_t mode = a->c.perm == -1 ? 0666 : (mode_t)a->c.perm;
	int fd;

	do
		fd = open(path, flags | O_CLOEXEC, mode);
	while (fd == -1 && errno == EINTR);
	if (fd == -1) {
		error_set("open(\"%s\", 0%o, 0%03o):", path, (unsigned)flags,
		    (unsigned)mode);
		tun_hint(a);
	}
	return fd;
}

/* The interface that fd is the wire of; its name is in *r then. */
static int
tun_make(const struct addr *a, int fd, struct ifreq *r)
{
	memset(r, 0, sizeof *r);
	if (tun_type(a, &r->ifr_flags) == -1)
		return -1;
	if (a->c.tun_name != NULL)
		snprintf(r->ifr_name, sizeof r->ifr_name, "%s",
		    a->c.tun_name);
	if (request(fd, TUNSETIFF, "TUNSETIFF", r) == -1) {
		tun_hint(a);
		return -1;
	}
	log_notice("TUN: new device \"%s\"", r->ifr_name);
	return interface_set(a, r, true);
}

static ssize_t
tun_read(struct end *e, void *buf, size_t size)
{
	return read(e->rfd, buf, size);
}

static ssize_t
tun_write(struct end *e, const void *buf, size_t size)
{
	return write(e->wfd, buf, size);
}

/* The MTU may change meanwhile: what the largest takes. */
static size_t
tun_next_size(struct end *e)
{
	(void)e;
	return MTU_MAX + HEADERS;
}

static const struct end_ops tun_ops = {
	.read = tun_read, .write = tun_write, .half_close = end_half_close,
	.next_size = tun_next_size
};

static int
tun_open(struct addr *a, struct end *e)
{
	struct ifreq r;
	int fd;

	log_notice("creating tunnel network interface");
	fd = device_open(a);
	if (fd == -1)
		return -1;
	if (tun_make(a, fd, &r) == -1 || opt_apply_fd(a, fd) == -1)
		return fd_give_up(fd);
	end_plain(e, a->reads ? fd : -1, a->writes ? fd : -1, HALF_NONE,
	    END_RECORDS);
	e->ops = &tun_ops;
	return 0;
}

/* socat reads the words when it opens the address, and not before. */
static int
tun_check(struct addr *a)
{
	struct range *range = NULL;
	short type;
	int rc;

	if (a->config->as_socat)
		return 0;
	if (tun_type(a, &type) == -1)
		return -1;
	if (a->nparam == 0 || a->config->explain)
		return 0;
	rc = tun_range(a, &range);
	free(range);
	return rc;
}

/* All frames that come through it, but what this host sends itself. */
static int
frames_bind(struct addr *a, int fd, const struct sockaddr_ll *ll)
{
	int on = 1;

	if (sock_bind(a, fd, (const struct sockaddr *)ll, sizeof *ll) == -1)
		return -1;
	if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on,
	    sizeof on) == -1)
		log_info("setsockopt(%d, %d, %d): %s", fd, SOL_PACKET,
		    PACKET_IGNORE_OUTGOING, strerror(errno));
	return 0;
}

static int
interface_open(struct addr *a, struct end *e)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
	    .sll_protocol = htons(ETH_ALL) };
	struct ifreq r = { .ifr_flags = 0 };
	int fd;

	ll.sll_ifindex = (int)if_nametoindex(a->param[0]);
	if (ll.sll_ifindex == 0)
		return error_set("unknown interface \"%.100s\"",
		    a->param[0]);
	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", a->param[0]);
	fd = sock_open(a, sock_pf(a, AF_PACKET), SOCK_RAW, 0);
	if (fd == -1)
		return -1;
	if (frames_bind(a, fd, &ll) == 0 && interface_set(a, &r,
	    a->c.iff != 0 || a->c.iff_clear != 0) == 0)
		return dgram_send_to(a, e, fd, (struct sockaddr *)&ll,
		    sizeof ll);
	return fd_give_up(fd);
}

static int
interface_check(struct addr *a)
{
	if (opt_useless(a, NAMES("iff-no-pi", "tun-device", "tun-name",
	    "tun-type"), "with INTERFACE") == -1)
		return -1;
	return a->config->as_socat ? 0 :
	    opt_useless(a, NAMES("bind", "connect-timeout"),
	    "with INTERFACE");
}

static const char *const useless_tun[] = { "retrieve-vlan", NULL };

static const struct family rows[] = {
	{ .name = "INTERFACE", .alias = { "IF" },
	  .syntax = "INTERFACE:<interface>", .min = 1, .max = 1,
	  .role = ROLE_SEND | ROLE_RECEIVE, .domain = AF_PACKET,
	  .type = SOCK_RAW, .groups = G_FD | G_SOCKET | G_INTERFACE,
	  .with = "INTERFACE",
	  .ops = OPS(.check = interface_check, .open = interface_open) },
	{ .name = "TUN", .syntax = "TUN[:<ip-addr>/<bits>]", .max = 1,
	  .role = ROLE_OPEN, .groups = G_FD | G_CHR | G_OPEN | G_INTERFACE,
	  .with = "TUN", .useless = useless_tun,
	  .ops = OPS(.check = tun_check, .open = tun_open) },
};

FAMILIES(interface, rows);
