/* addr/net/bound.c: why a bind(2) failed, in words: who has that port. */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "bound.h"
#include "net.h"

#define LISTENING	0x0a	/* proc(5), /proc/net/tcp, "st" */

/* An address as the kernel's tables write it: its words in hexadecimal. */
static void
table_text(const struct sockaddr *sa, bool six, char *buf, size_t size)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;
	uint32_t w[4] = { 0, 0, htonl(0xffff), 0 };

	if (sa->sa_family == AF_INET6)
		memcpy(w, &in6->sin6_addr, sizeof w);
	else
		w[3] = ((const struct sockaddr_in *)sa)->sin_addr.s_addr;
	if (six)
		snprintf(buf, size, "%08X%08X%08X%08X", w[0], w[1], w[2],
		    w[3]);
	else
		snprintf(buf, size, "%08X", w[3]);
}

static bool
is_any(const struct sockaddr *sa)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;

	if (sa->sa_family == AF_INET6)
		return IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
	return ((const struct sockaddr_in *)sa)->sin_addr.s_addr == 0;
}

/* proc(5), /proc/net/tcp: the columns of a line. */
enum { NUMBER, LOCAL, REMOTE, STATE, QUEUES, TIMER, RETRIES, USER, TIMEOUT,
    INODE, COLUMNS };

/* Splits a line of such a table, which is changed; false: it is none. */
static bool
columns_split(char *line, char *column[COLUMNS])
{
	char *rest = NULL;
	int i;

	for (i = 0; i < COLUMNS; i++) {
		column[i] = strtok_r(i == 0 ? line : NULL, " \n", &rest);
		if (column[i] == NULL)
			return false;
	}
	return true;
}

/* Whether a socket of that line keeps another one from sa. */
static bool
keeps_from(char *const column[COLUMNS], const struct sockaddr *sa, bool six,
    bool stream)
{
	char wanted[40], *colon = strchr(column[LOCAL], ':');

	if (colon == NULL || strtoul(colon + 1, NULL, 16) != sock_port(sa))
		return false;
	*colon = '\0';
	table_text(sa, six, wanted, sizeof wanted);
	if (stream && strtoul(column[STATE], NULL, 16) != LISTENING)
		return false;
	return is_any(sa) || strcmp(column[LOCAL], wanted) == 0 ||
	    column[LOCAL][strspn(column[LOCAL], "0")] == '\0';
}

/*
 * The inode of the socket that keeps another one from sa in one of the
 * kernel's tables; 0 when there is none to be seen.
 */
static unsigned long
inode_of(const char *table, const struct sockaddr *sa, bool stream)
{
	bool six = table[strlen(table) - 1] == '6';
	char line[400], *column[COLUMNS];
	unsigned long inode = 0;
	FILE *f = fopen(table, "re");

	if (f == NULL)
		return 0;
	while (inode == 0 && fgets(line, sizeof line, f) != NULL)
		if (columns_split(line, column) &&
		    keeps_from(column, sa, six, stream))
			inode = strtoul(column[INODE], NULL, 10);
	fclose(f);
	return inode;
}

static bool
has_socket(const char *pid, const char *link)
{
	char path[300], to[64];
	struct dirent *d;
	ssize_t n;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
	dir = opendir(path);
	if (dir == NULL)
		return false;
	while (!found && (d = readdir(dir)) != NULL) {
		n = readlinkat(dirfd(dir), d->d_name, to, sizeof to - 1);
		to[n > 0 ? n : 0] = '\0';
		found = strcmp(to, link) == 0;
	}
	closedir(dir);
	return found;
}

static void
process_name(const char *pid, char *buf, size_t size)
{
	char path[40], name[32] = "";
	FILE *f;

	snprintf(path, sizeof path, "/proc/%.20s/comm", pid);
	f = fopen(path, "re");
	if (f != NULL) {
		if (fgets(name, sizeof name, f) != NULL)
			name[strcspn(name, "\n")] = '\0';
		fclose(f);
	}
	snprintf(buf, size, "%s (pid %.20s)", *name == '\0' ? "a process" :
	    name, pid);
}

/* Who has the socket, as "redis-server (pid 12)"; false: not to be seen. */
static bool
holder(unsigned long inode, char *buf, size_t size)
{
	char link[40];
	struct dirent *d;
	bool found = false;
	DIR *proc = opendir("/proc");

	if (proc == NULL)
		return false;
	snprintf(link, sizeof link, "socket:[%lu]", inode);
	while (!found && (d = readdir(proc)) != NULL)
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9' &&
		    has_socket(d->d_name, link)) {
			process_name(d->d_name, buf, size);
			found = true;
		}
	closedir(proc);
	return found;
}

static void
hint_in_use(const struct sockaddr *sa, unsigned port, bool stream)
{
	const char *const tcp[] = { "/proc/net/tcp", "/proc/net/tcp6" };
	const char *const udp[] = { "/proc/net/udp", "/proc/net/udp6" };
	unsigned long inode = 0;
	char who[80];
	int i;

	for (i = 0; i < 2 && inode == 0; i++)
		inode = inode_of(stream ? tcp[i] : udp[i], sa, stream);
	if (inode == 0 || !holder(inode, who, sizeof who))
		snprintf(who, sizeof who, "another program");
	error_hint("port %u is in use by %s; to see who has it: ss -l%cnp "
	    "'sport = :%u'", port, who, stream ? 't' : 'u', port);
}

void
bound_hint(const struct sockaddr *sa, bool stream, int err)
{
	unsigned port;

	if (sa->sa_family != AF_INET && sa->sa_family != AF_INET6)
		return;
	port = sock_port(sa);
	if (err == EADDRINUSE && port != 0)
		hint_in_use(sa, port, stream);
	else if (err == EACCES && port < IPPORT_RESERVED)
		error_hint("ports below 1024 are for root; take a higher one, "
		    "or allow it: setcap cap_net_bind_service=+ep on the "
		    "program, or sysctl net.ipv4.ip_unprivileged_port_start="
		    "%u", port);
	else if (err == EADDRNOTAVAIL)
		error_hint("no interface of this machine has that address: "
		    "see ip addr");
}
