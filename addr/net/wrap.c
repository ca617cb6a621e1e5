/*
 * addr/net/wrap.c: libwrap, found at run time.
 *
 * It looks up the names of clients where its tables ask for names, and that
 * may take long.
 */

#include <sys/socket.h>

#include <stdint.h>

#include "../../lib/cold.h"
#include "../../lib/error.h"
#include "../../lib/os/library.h"
#include "../end/end.h"
#include "wrap.h"

/* As hosts_access(3) has them: 7.6 with IPv6, which is all there is. */
#define STRING_LENGTH	128
enum { RQ_DAEMON = 2, RQ_CLIENT_SIN = 6, RQ_SERVER_SIN = 9 };

struct host_info {
	char name[STRING_LENGTH], addr[STRING_LENGTH];
	struct sockaddr *sin;
	void *unit;
	struct request_info *request;
};

struct request_info {
	int fd;
	char user[STRING_LENGTH], daemon[STRING_LENGTH], pid[10];
	struct host_info client[1], server[1];
	void (*sink)(int);
	void (*hostname)(struct host_info *), (*hostaddr)(struct host_info *);
	void (*cleanup)(struct request_info *);
	void *config;
};

/* Of the library; found once in a process. */
static struct {
	struct request_info *(*init)(struct request_info *, ...);
	int (*access)(struct request_info *);
	void (*hostname)(struct host_info *), (*hostaddr)(struct host_info *);
	char **allow, **deny;
	int *resident;
} lib;

int
wrap_open(void)
{
	static const char *const names[] = { "libwrap.so.0", NULL };
	static const struct library_symbol symbols[] = {
		{ .name = "request_init", .where = &lib.init },
		{ .name = "hosts_access", .where = &lib.access },
		{ .name = "sock_hostname", .where = &lib.hostname },
		{ .name = "sock_hostaddr", .where = &lib.hostaddr },
		{ .name = "hosts_allow_table", .where = &lib.allow },
		{ .name = "hosts_deny_table", .where = &lib.deny },
		{ .name = "resident", .where = &lib.resident },
	};

	return lib.access != NULL ? 0 : library_open(NULL, names,
	    symbols, sizeof symbols / sizeof *symbols);
}

COLD bool
wrap_allows(const struct wrap *w, const struct sock_addr *client, int fd)
{
	struct sock_addr from = *client, to = { .len = sizeof to.sa };
	struct request_info r;

	if (wrap_open() == -1 ||
	    getsockname(fd, &to.sa.any, &to.len) == -1)
		return false;
	lib.init(&r, RQ_DAEMON, w->daemon, RQ_CLIENT_SIN, &from.sa.any,
	    RQ_SERVER_SIN, &to.sa.any, 0);
	r.hostname = lib.hostname;
	r.hostaddr = lib.hostaddr;
	if (w->allow != NULL)
		*lib.allow = (char *)(uintptr_t)w->allow;
	if (w->deny != NULL)
		*lib.deny = (char *)(uintptr_t)w->deny;
	/* A table's "twist" is not to take this process. */
	*lib.resident = 1;
	return lib.access(&r) != 0;
}
