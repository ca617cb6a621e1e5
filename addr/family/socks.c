/*
 * addr/family/socks.c: SOCKS4, SOCKS4A, SOCKS5-CONNECT and SOCKS5-LISTEN: a
 * server of SOCKS connects to the target, or listens for a peer.
 */

#include <stdio.h>
#include <stdlib.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "through.h"

#define SOCKS_PORT	"1080"

/* What a row's arg says. */
enum { BY_NUMBER, BY_NAME };		/* version 4, and 4A */
enum { CONNECTS, LISTENS };		/* version 5 */

static int
socks_check(struct addr *a)
{
	if (through_word_check("socksuser", a->c.socksuser) == -1 ||
	    through_word_check("sockspass", a->c.sockspass) == -1 ||
	    through_port_check(a, "socksport", a->c.socksport) == -1)
		return -1;
	return through_check(a);
}

/* --- version 4 ----------------------------------------------------------- */

static const char *
socks4_user(const struct addr *a)
{
	const char *user = a->c.socksuser;

	if (user == NULL)
		user = getenv("LOGNAME");
	if (user == NULL)
		user = getenv("USER");
	return user == NULL ? "anonymous" : user;
}

/* Version 4 knows no names: who asks looks them up. */
static struct dialogue *
socks4_ask(const struct addr *a, const struct wish *w)
{
	struct resolved r[RESOLVE_MAX];

	if (a->family->arg == BY_NAME)
		return socks4a_dialogue(w);
	if (sock_resolve(a, w->host, NULL, AF_INET, SOCK_STREAM, false,
	    r) == -1)
		return NULL;
	return socks4_dialogue(w, &r[0].sa.in.sin_addr);
}

static int
socks4_open(struct addr *a, struct end *e)
{
	struct wish w = { .host = a->param[1], .user = socks4_user(a),
	    .port = through_port(a->param[2]),
	    .strict = !a->config->as_socat };
	struct through t = { .server = a->param[0], .what = "sockd",
	    .port = a->c.socksport, .host = w.host };
	struct dialogue *d;
	char port[12];
	int rc;

	if (through_word_check("user", w.user) == -1)
		return -1;
	if (t.port == NULL)
		t.port = SOCKS_PORT;
	snprintf(port, sizeof port, "%u", w.port);
	t.hostport = port;
	if (!a->retrying)
		log_notice("opening connection to %s:%s via socks4 server "
		    "%s:%s as user \"%s\"", t.host, t.hostport, t.server,
		    t.port, w.user);
	d = socks4_ask(a, &w);
	if (d == NULL)
		return -1;
	rc = through_open(a, e, &t, d);
	free(d);
	return rc != 1 ? rc : error_set("%.100s:%.400s:...,socksport=%.100s:",
	    a->spec->type.text, t.server, t.port);
}

/* --- version 5 ----------------------------------------------------------- */

static int
socks5_check(struct addr *a)
{
	if (socks_check(a) == -1 || (a->nparam == 4 &&
	    through_port_check(a, "socksport", a->param[1]) == -1))
		return -1;
	if (a->family->arg == CONNECTS &&
	    through_port(a->param[a->nparam - 1]) == 0)
		return error_set("port 0 cannot be connected to");
	return 0;
}

/*
 * Only what the server answers to the request is a refusal for socat, which
 * ends with -1 then.
 */
static int
socks5_failed(const struct addr *a, const struct through *t,
    enum stage stage)
{
	if (!a->config->as_socat || stage == STAGE_REQUEST ||
	    last_error.code != ERROR_SERVER)
		return -1;
	if (stage == STAGE_AUTH) {
		log_info("%s", last_error.words);
		return error_set("authentication with SOCKS5 server failed");
	}
	log_warn("%s", last_error.words);
	return error_set("%.100s:%.400s:%.100s: handshake failed",
	    a->spec->type.text, t->server, t->port);
}

static int
socks5_open(struct addr *a, struct end *e)
{
	char *const *target = a->param + a->nparam - 2;
	bool socat = a->config->as_socat;
	struct wish w = { .host = target[0], .port = through_port(target[1]),
	    .user = a->c.socksuser, .pass = a->c.sockspass,
	    .listen = a->family->arg == LISTENS, .strict = !socat };
	struct through t = { .server = a->param[0], .what = "socks5 server",
	    .port = a->c.socksport, .host = target[0], .hostport = target[1] };
	struct dialogue *d = socks5_dialogue(&w);
	enum stage stage;
	int rc;

	if (d == NULL)
		return -1;
	if (t.port == NULL)
		t.port = a->nparam == 4 ? a->param[1] : SOCKS_PORT;
	if (w.user != NULL && w.pass == NULL && !a->retrying)
		log_warn("SOCKS5 username without password");
	if (!a->retrying)
		log_notice("opening connection to %s:%s %s socks5 server "
		    "%s:%s", t.host, t.hostport, socat ? "vis" : "via",
		    t.server, t.port);
	rc = through_open(a, e, &t, d);
	stage = d->stage;
	free(d);
	if (rc == 1)
		return error_set("%.100s:%.400s:%.100s:...:",
		    a->spec->type.text, t.server, t.port);
	return rc == -1 ? socks5_failed(a, &t, stage) : 0;
}

#define SOCKS(with_name)						\
	.role = ROLE_CONNECT, .domain = AF_UNSPEC, .type = SOCK_STREAM,	\
	.protocol = IPPROTO_TCP, .with = with_name,			\
	.groups = G_TCPCONNECT | G_IP4 | G_IP6 | G_SOCKS

static const struct family_ops socks4_ops = {
	.check = socks_check, .open = socks4_open
};
static const struct family_ops socks5_ops = {
	.check = socks5_check, .open = socks5_open
};

static const struct family rows[] = {
	{ .name = "SOCKS4", .alias = { "SOCKS" }, .arg = BY_NUMBER,
	  .syntax = "SOCKS4:<socks-server>:<host>:<port>",
	  .min = 3, .max = 3, SOCKS("SOCKS4"), .ops = &socks4_ops },
	{ .name = "SOCKS4A", .arg = BY_NAME,
	  .syntax = "SOCKS4A:<socks-server>:<host>:<port>",
	  .min = 3, .max = 3, SOCKS("SOCKS4A"), .ops = &socks4_ops },
	{ .name = "SOCKS5-CONNECT", .alias = { "SOCKS5" }, .arg = CONNECTS,
	  .syntax = "SOCKS5-CONNECT:<socks-server>[:<socks-port>]:"
	      "<target-host>:<target-port>",
	  .min = 3, .max = 4, SOCKS("SOCKS5"), .ops = &socks5_ops },
	{ .name = "SOCKS5-LISTEN", .alias = { "SOCKS5-BIND" }, .arg = LISTENS,
	  .syntax = "SOCKS5-LISTEN:<socks-server>[:<socks-port>]:"
	      "<listen-host>:<listen-port>",
	  .min = 3, .max = 4, SOCKS("SOCKS5"), .ops = &socks5_ops },
};

FAMILIES(socks, rows);
