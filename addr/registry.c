/* addr/registry.c: the table of contents: all families and all options. */

#include <stdio.h>
#include <strings.h>

#include "addr.h"

/* The files of families, in the order in which names are looked up. */
#define FAMILY_FILES(X)							\
	X(tcp)								\
	X(udp)								\
	X(udp_datagram)							\
	X(unix)								\
	X(unix_datagram)						\
	X(stdio)							\
	X(file)								\
	X(pipe)								\
	X(exec)								\
	X(pty)								\
	X(posixmq)							\
	X(sctp)								\
	X(text)								\
	X(interface)							\
	X(generic)							\
	X(rawip)							\
	X(vsock)							\
	X(socks)							\
	X(proxy)								\
	X(readline)							\
	X(tls)

#define DECLARE(name)	extern const struct family_table name##_families;
FAMILY_FILES(DECLARE)

#define ENTRY(name)	&name##_families,
static const struct family_table *const families[] = { FAMILY_FILES(ENTRY) };

static const struct opt_table *const tables[] = {
	&opt_sock, &opt_ip, &opt_fd, &opt_file, &opt_exec, &opt_proc,
	&opt_tty, &opt_interface, &opt_through, &opt_tls, &opt_misc,
};

#define NELEM(a)	(sizeof(a) / sizeof *(a))

/* The i-th family of all, or NULL. */
const struct family *
family_nth(size_t i)
{
	size_t f;

	for (f = 0; f < NELEM(families); f++) {
		if (i < families[f]->n)
			return &families[f]->row[i];
		i -= families[f]->n;
	}
	return NULL;
}

const char *
family_name(const struct family *f, size_t i)
{
	return i == 0 ? f->name : i <= FAMILY_ALIASES ? f->alias[i - 1] : NULL;
}

const struct family *
family_find(const char *name)
{
	const struct family *f;
	const char *own;
	size_t i, k;

	for (i = 0; (f = family_nth(i)) != NULL; i++)
		for (k = 0; (own = family_name(f, k)) != NULL; k++)
			if (strcasecmp(own, name) == 0)
				return f;
	return NULL;
}

bool
family_here(const struct family *f)
{
	return f->ops != NULL &&
	    (f->ops->here == NULL || f->ops->here() == 0);
}

bool
family_is_inet(const struct family *f)
{
	return f->type != 0 && (f->domain == AF_UNSPEC ||
	    f->domain == AF_INET || f->domain == AF_INET6);
}

/* The i-th option of all, or NULL. */
const struct opt *
opt_nth(size_t i)
{
	size_t t;

	for (t = 0; t < NELEM(tables); t++) {
		if (i < tables[t]->n)
			return &tables[t]->row[i];
		i -= tables[t]->n;
	}
	return NULL;
}

const char *
opt_name(const struct opt *o, size_t i)
{
	const char *const *p = o->alias;

	if (i == 0)
		return o->name;
	while (p != NULL && *p != NULL && --i > 0)
		p++;
	return p == NULL ? NULL : *p;
}

const struct opt *
opt_find(const char *name)
{
	const struct opt *o;
	const char *own;
	size_t i, k;

	for (i = 0; (o = opt_nth(i)) != NULL; i++)
		for (k = 0; (own = opt_name(o, k)) != NULL; k++)
			if (strcasecmp(own, name) == 0)
				return o;
	return NULL;
}

bool
opt_fits(const struct opt *o, opt_groups groups)
{
	return o->groups == G_ALL || o->groups & (groups | G_ANY);
}

/* In the order of their bits; see option.h. */
static const char group_names[][12] = {
	"FD", "FIFO", "CHR", "BLK", "REG", "SOCKET", "NAMED", "OPEN", "EXEC",
	"FORK", "SHELL", "LISTEN", "CHILD", "RETRY", "RANGE", "READLINE",
	"TERMIOS", "PTY", "PARENT", "UNIX", "IP4", "IP6", "UDP", "TCP", "SCTP", "DCCP",
	"UDPLITE", "HTTP", "SOCKS", "OPENSSL", "INTERFACE",
	"POSIXMQ", "PROCESS", "APPL"
};

/* In words, "FD,SOCKET"; returns the length as snprintf(3) would. */
size_t
groups_name(opt_groups groups, char *buf, size_t size)
{
	size_t i, n = 0;

	buf[0] = '\0';
	for (i = 0; i < NELEM(group_names); i++)
		if (groups & (opt_groups)1 << i && n < size)
			n += (size_t)snprintf(buf + n, size - n, "%s%s",
			    n > 0 ? "," : "", group_names[i]);
	return n;
}

