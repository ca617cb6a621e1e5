/*
 * lib/os/nameserver.c: names that one server is asked for, by what of the C
 * library lets itself be told: glibc's resolver does, musl's reads
 * resolv.conf(5) and nothing else, but makes queries and takes answers apart.
 */

#include <netinet/in.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>

#include <netdb.h>
#include <poll.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os.h"

#ifdef __GLIBC__

/* What was told before stays. */
static int
resolver_start(void)
{
	return _res.options & RES_INIT ? 0 : res_init();
}

int
os_resolver_flag(enum os_resolver which, bool on)
{
	static const unsigned long flags[] = {
		[RESOLVER_DEBUG] = RES_DEBUG,
		[RESOLVER_DEFNAMES] = RES_DEFNAMES,
		[RESOLVER_DNSRCH] = RES_DNSRCH,
		[RESOLVER_IGNTC] = RES_IGNTC,
		[RESOLVER_RECURSE] = RES_RECURSE,
		[RESOLVER_STAYOPEN] = RES_STAYOPEN,
		[RESOLVER_USEVC] = RES_USEVC,
	};

	if (resolver_start() == -1)
		return -1;
	if (on)
		_res.options |= flags[which];
	else
		_res.options &= ~flags[which];
	return 0;
}

int
os_resolver_times(int seconds, int tries)
{
	if (resolver_start() == -1)
		return -1;
	if (seconds > 0)
		_res.retrans = seconds;
	if (tries > 0)
		_res.retry = tries;
	return 0;
}

int
os_lookup_at(const struct sockaddr_in *server, const char *host,
    const struct addrinfo *hints, struct addrinfo **list)
{
	if (resolver_start() == -1)
		return EAI_FAIL;
	_res.nsaddr_list[0] = *server;
	_res.nscount = 1;
	return getaddrinfo(host, NULL, hints, list);
}

#else

/* So often it is asked, and so long each answer is waited for. */
#define TRIES		3
#define WAIT_MS		2000

int
os_resolver_flag(enum os_resolver which, bool on)
{
	(void)which, (void)on;
	return -1;
}

int
os_resolver_times(int seconds, int tries)
{
	(void)seconds, (void)tries;
	return -1;
}

/* The answer to query, which may get lost; its length, or -1. */
static int
answer_get(const struct sockaddr_in *server, const unsigned char *query,
    int len, unsigned char *buf, size_t size)
{
	int try, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n = -1;

	if (fd == -1)
		return -1;
	if (connect(fd, (const void *)server, sizeof *server) != -1)
		for (try = 0; try < TRIES && n < 12; try++) {
			if (send(fd, query, (size_t)len, 0) == -1 ||
			    poll(&p, 1, WAIT_MS) < 1)
				continue;
			n = recv(fd, buf, size, 0);
			if (n >= 2 && memcmp(buf, query, 2) != 0)
				n = -1;
		}
	close(fd);
	return n < 12 ? -1 : (int)n;
}

/* The first address in an answer, as text; 0, or EAI_... */
static int
address_take(const unsigned char *buf, int len, int type, int af, char *text)
{
	ns_msg msg;
	ns_rr rr;
	int i;

	if (ns_initparse(buf, len, &msg) == -1)
		return EAI_FAIL;
	if (ns_msg_getflag(msg, ns_f_rcode) == ns_r_servfail)
		return EAI_AGAIN;
	for (i = 0; i < ns_msg_count(msg, ns_s_an); i++)
		if (ns_parserr(&msg, ns_s_an, i, &rr) != -1 &&
		    (int)ns_rr_type(rr) == type && ns_rr_rdlen(rr) ==
		    (af == AF_INET ? 4 : 16) && inet_ntop(af,
		    ns_rr_rdata(rr), text, INET6_ADDRSTRLEN) != NULL)
			return 0;
	return EAI_NONAME;
}

static int
ask(const struct sockaddr_in *server, const char *host, int af, char *text)
{
	unsigned char query[512], answer[1500];
	int type = af == AF_INET ? ns_t_a : ns_t_aaaa;
	int n = res_mkquery(ns_o_query, host, ns_c_in, type, NULL, 0, NULL,
	    query, sizeof query);

	if (n == -1)
		return EAI_NONAME;
	n = answer_get(server, query, n, answer, sizeof answer);
	return n == -1 ? EAI_AGAIN : address_take(answer, n, type, af, text);
}

int
os_lookup_at(const struct sockaddr_in *server, const char *host,
    const struct addrinfo *hints, struct addrinfo **list)
{
	char text[INET6_ADDRSTRLEN];
	int rc = EAI_NONAME;

	if (hints->ai_family != AF_INET6)
		rc = ask(server, host, AF_INET, text);
	if (rc != 0 && hints->ai_family != AF_INET)
		rc = ask(server, host, AF_INET6, text);
	return rc != 0 ? rc : getaddrinfo(text, NULL, hints, list);
}

#endif
