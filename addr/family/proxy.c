/* addr/family/proxy.c: PROXY-CONNECT: a proxy of HTTP connects to the target. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "through.h"

#define PROXY_PORT	"8080"

/* What would end a line of the request, or a word of it. */
static int
clean_check(const char *what, const char *word)
{
	if (word == NULL || word[strcspn(word, " \t\r\n")] == '\0')
		return through_word_check(what, word);
	return error_set("%s \"%.80s\" has a blank in it", what, word);
}

static int
proxy_check(struct addr *a)
{
	const char *auth = a->c.proxyauth;

	if (clean_check("host", a->param[1]) == -1 ||
	    clean_check("http-version", a->c.http_version) == -1 ||
	    through_port_check(a, "proxyport", a->c.proxyport) == -1)
		return -1;
	if (auth != NULL && strlen(auth) > DIALOGUE_AUTH)
		return error_set("option \"proxy-authorization\" is longer "
		    "than %d bytes", DIALOGUE_AUTH);
	return through_check(a);
}

/*
 * The credentials in a file, into buf.  A newline at their end is none of
 * them, but socat sends it.
 */
static int
auth_read(const struct addr *a, char buf[DIALOGUE_AUTH + 1], size_t *len)
{
	const char *path = a->c.proxyauthfile;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	*len = 0;
	if (fd == -1)
		return error_set("open(\"%s\", O_RDONLY):", path);
	while ((n = read(fd, buf + *len, DIALOGUE_AUTH + 1 - *len)) > 0)
		*len += (size_t)n;
	if (n == -1)
		error_set("read(\"%s\"):", path);
	close(fd);
	if (*len > DIALOGUE_AUTH)
		return error_set("%s: longer than %d bytes", path,
		    DIALOGUE_AUTH);
	while (!a->config->as_socat && *len > 0 && (buf[*len - 1] == '\n' ||
	    buf[*len - 1] == '\r'))
		--*len;
	return n == -1 ? -1 : 0;
}

/* The target as a number, for resolve=. */
static int
target_resolve(const struct addr *a, char *buf, size_t size)
{
	struct resolved r[RESOLVE_MAX];
	char number[INET6_ADDRSTRLEN];
	bool six;

	if (sock_resolve(a, a->param[1], NULL, AF_UNSPEC, SOCK_STREAM, false,
	    r) == -1)
		return -1;
	six = r[0].sa.any.sa_family == AF_INET6;
	inet_ntop(r[0].sa.any.sa_family, six ?
	    (const void *)&r[0].sa.in6.sin6_addr : &r[0].sa.in.sin_addr,
	    number, sizeof number);
	snprintf(buf, size, six ? "[%s]" : "%s", number);
	return 0;
}

/* Room for an address of IPv6 in brackets. */
#define NUMBER_MAX	(INET6_ADDRSTRLEN + 2)

/* The request, which may name the target by number; NULL with words in
 * last_error. */
static struct dialogue *
proxy_ask(const struct addr *a, char number[NUMBER_MAX])
{
	char auth[DIALOGUE_AUTH + 1];
	struct wish w = { .host = a->param[1], .auth = a->c.proxyauth,
	    .port = through_port(a->param[2]), .version = a->c.http_version,
	    .ignore_cr = a->c.ignorecr > 0, .strict = !a->config->as_socat };

	if (w.auth != NULL)
		w.authlen = strlen(w.auth);
	if (a->c.proxyauthfile != NULL) {
		if (auth_read(a, auth, &w.authlen) == -1)
			return NULL;
		w.auth = auth;
	}
	if (a->c.proxy_resolve > 0) {
		if (target_resolve(a, number, NUMBER_MAX) == -1)
			return NULL;
		w.host = number;
	}
	return proxy_dialogue(&w);
}

static int
proxy_open(struct addr *a, struct end *e)
{
	struct through t = { .server = a->param[0], .what = "proxy",
	    .port = a->c.proxyport, .host = a->param[1],
	    .hostport = a->param[2] };
	char number[NUMBER_MAX];
	struct dialogue *d = proxy_ask(a, number);
	int rc;

	if (d == NULL)
		return -1;
	if (t.port == NULL)
		t.port = PROXY_PORT;
	if (!a->retrying)
		log_notice("opening connection to %s:%s via proxy %s:%s",
		    t.host, t.hostport, t.server, t.port);
	rc = through_open(a, e, &t, d);
	free(d);
	return rc != 1 ? rc : error_set("%.100s:%.400s:...,proxyport=%.100s:",
	    a->spec->type.text, t.server, t.port);
}

static const struct family rows[] = {
	{ .name = "PROXY", .alias = { "PROXY-CONNECT" },
	  .syntax = "PROXY:<proxy-server>:<host>:<port>",
	  .min = 3, .max = 3, .role = ROLE_CONNECT,
	  .domain = AF_UNSPEC, .type = SOCK_STREAM, .protocol = IPPROTO_TCP,
	  .groups = G_TCPCONNECT | G_IP4 | G_IP6 | G_HTTP, .with = "PROXY",
	  .ops = OPS(.check = proxy_check, .open = proxy_open) },
};

FAMILIES(proxy, rows);
