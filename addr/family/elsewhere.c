/*
 * addr/family/elsewhere.c: what only Linux has, in place of the files of these
 * families where the system is another one.
 */

#include "../addr.h"

static const struct lack vsock_lack = {
	"only Linux has this kind of socket", "use TCP between the machines"
};

static const struct lack interface_lack = {
	"only Linux gives interfaces to programs in this way", NULL
};

static const struct family interface[] = {
	{ .name = "INTERFACE", .alias = { "IF" }, .with = "INTERFACE",
	  .lack = &interface_lack },
	{ .name = "TUN", .with = "TUN", .lack = &interface_lack },
};

static const struct lack posixmq_lack = {
	"only Linux lets a queue be waited for as other ends are", NULL
};

static const struct family posixmq[] = {
	{ .name = "POSIXMQ-BIDIRECTIONAL", .alias = { "POSIXMQ" },
	  .with = "POSIXMQ", .lack = &posixmq_lack },
	{ .name = "POSIXMQ-READ", .with = "POSIXMQ", .lack = &posixmq_lack },
	{ .name = "POSIXMQ-RECEIVE", .alias = { "POSIXMQ-RECV" },
	  .with = "POSIXMQ", .lack = &posixmq_lack },
	{ .name = "POSIXMQ-SEND", .with = "POSIXMQ", .lack = &posixmq_lack },
	{ .name = "POSIXMQ-WRITE", .with = "POSIXMQ", .lack = &posixmq_lack },
};

static const struct family vsock[] = {
	{ .name = "VSOCK-CONNECT", .alias = { "VSOCK" }, .with = "VSOCK",
	  .lack = &vsock_lack },
	{ .name = "VSOCK-LISTEN", .alias = { "VSOCK-L" }, .with = "VSOCK",
	  .lack = &vsock_lack },
};

FAMILIES(interface, interface);
FAMILIES(posixmq, posixmq);
FAMILIES(vsock, vsock);
