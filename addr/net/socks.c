/*
 * addr/net/socks.c: dialogues of SOCKS: version 4, its extension 4A, and
 * version 5 as in RFC 1928 and RFC 1929.
 */

#include <arpa/inet.h>

#include <stdio.h>
#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "dialogue.h"
#include "net.h"

/*
 * A server has no reason to think before it says how it is to be greeted.  For
 * the rest it connects itself, and TCP gives up after two minutes.
 */
#define HELLO_MS	30000
#define REQUEST_MS	150000

enum { CMD_CONNECT = 1, CMD_BIND };

/* Version 5: how to authenticate, RFC 1928 section 3. */
enum { METHOD_NONE = 0, METHOD_PASSWORD = 2, METHOD_NOT = 0xff };

/* ... and what an address is, section 4. */
enum { ATYP_IP4 = 1, ATYP_NAME = 3, ATYP_IP6 = 4 };

static int
refused(const char *words)
{
	return error_set_code(ERROR_SERVER, "%s", words);
}

static void
say_port(struct dialogue *d)
{
	unsigned char port[2] = { (unsigned char)(d->wish.port >> 8),
	    (unsigned char)d->wish.port };

	dialogue_say(d, port, sizeof port);
}

/* --- version 4 ----------------------------------------------------------- */

static int
socks4_closed(const struct dialogue *d)
{
	(void)d;
	return refused("read(): EOF during read of socks reply, "
	    "peer might not be a socks4 server");
}

/* A status that there is not: socat goes on. */
static int
socks4_undefined(const struct dialogue *d)
{
	error_set_code(ERROR_SERVER, "socks: undefined status %d", d->in[1]);
	if (d->wish.strict)
		return -1;
	log_warn("%s", last_error.words);
	return ANSWER_DONE;
}

static int
socks4_take(struct dialogue *d, unsigned char byte)
{
	d->in[d->n++] = byte;
	if (d->n < d->need)
		return ANSWER_MORE;
	log_info("received socks reply VN=%d CD=%d", d->in[0], d->in[1]);
	if (d->in[0] != 0)
		log_warn("socks: reply code version is not 0 (%d)", d->in[0]);
	switch (d->in[1]) {
	case 90:
		log_notice("successfully connected via socks4");
		return ANSWER_DONE;
	case 91:
		return refused("socks: connect request rejected or failed");
	case 92:
		return refused("socks: ident refused by client");
	case 93:
		return refused("socks: ident failed");
	default:
		return socks4_undefined(d);
	}
}

struct dialogue *
socks4_dialogue(const struct wish *w, const void *ip4)
{
	struct dialogue *d = dialogue_new(w, 8);

	if (d == NULL)
		return NULL;
	d->take = socks4_take;
	d->closed = socks4_closed;
	d->stage = STAGE_REQUEST;
	d->answer_wait = REQUEST_MS;
	dialogue_say(d, "\004\001", 2);
	say_port(d);
	dialogue_say(d, ip4, 4);
	dialogue_say(d, w->user, strlen(w->user) + 1);
	return d;
}

/* An address that cannot be, 0.0.0.1, says that a name follows. */
struct dialogue *
socks4a_dialogue(const struct wish *w)
{
	struct dialogue *d = socks4_dialogue(w, "\0\0\0\001");

	if (d != NULL)
		dialogue_say(d, w->host, strlen(w->host) + 1);
	return d;
}

/* --- version 5 ----------------------------------------------------------- */

static int
socks5_closed(const struct dialogue *d)
{
	static const char *const what[] = {
		[STAGE_HELLO] = "server hello",
		[STAGE_AUTH] = "authentication reply",
		[STAGE_REQUEST] = "reply",
	};

	return error_set_code(ERROR_SERVER, "read(): EOF during read of "
	    "SOCKS5 %s, peer might not be a SOCKS5 server", what[d->stage]);
}

static int
wrong_version(const char *what, int got, int expected)
{
	return error_set_code(ERROR_SERVER, "SOCKS5 %s version was %d, not "
	    "the expected %d, peer might not be a SOCKS5 server", what, got,
	    expected);
}

/* RFC 1928 section 4; where the host is a number it is sent as one. */
static void
say_host(struct dialogue *d)
{
	const char *host = d->wish.host;
	unsigned char len = (unsigned char)strlen(host);
	struct resolved r;

	if (resolve_number(host, 0, AF_UNSPEC, &r) == 0) {
		dialogue_say(d, "\003", 1);
		dialogue_say(d, &len, 1);
		dialogue_say(d, host, len);
	} else if (r.sa.any.sa_family == AF_INET) {
		dialogue_say(d, "\001", 1);
		dialogue_say(d, &r.sa.in.sin_addr, 4);
	} else {
		dialogue_say(d, "\004", 1);
		dialogue_say(d, &r.sa.in6.sin6_addr, 16);
	}
}

static const char *
reply_text(int code)
{
	static const char *const texts[] = {
		"unknown error", "general SOCKS server failure",
		"connection not allowed by ruleset", "network unreachable",
		"host unreachable", "connection refused", "TTL expired",
		"command not supported", "address type not supported",
	};

	return texts[code < (int)(sizeof texts / sizeof *texts) ? code : 0];
}

/* Where a server listens that was asked to, for who wants to be told. */
static void
bound_note(const struct dialogue *d)
{
	void (*say)(const char *, ...) = d->wish.strict ? log_notice :
	    log_info;
	const unsigned char *port = d->in + d->need - 2;
	char host[INET6_ADDRSTRLEN];

	if (d->in[3] == ATYP_NAME)
		snprintf(host, sizeof host, "%.*s", (int)d->in[4], d->in + 5);
	else
		inet_ntop(d->in[3] == ATYP_IP4 ? AF_INET : AF_INET6,
		    d->in + 4, host, sizeof host);
	say("remote host listens on %s port %d", host,
	    port[0] << 8 | port[1]);
}

/* A reply is there as a whole.  Who asked to listen gets two. */
static int
replied(struct dialogue *d)
{
	if (!d->wish.listen)
		return ANSWER_DONE;
	if (d->bound) {
		log_notice("received connection on remote host");
		return ANSWER_DONE;
	}
	log_notice("listening on remote host, waiting for connection");
	bound_note(d);
	d->bound = true;
	d->answer_wait = -1;
	d->n = 0;
	d->need = 5;
	return ANSWER_MORE;
}

/* RFC 1928 section 6; what it says is looked at as soon as it is there. */
static int
reply_take(struct dialogue *d, unsigned char byte)
{
	d->in[d->n++] = byte;
	switch (d->n) {
	case 1:
		if (byte != 5)
			return wrong_version("reply", byte, 5);
		break;
	case 2:
		if (byte != 0)
			return error_set_code(ERROR_SERVER, "SOCKS5 server "
			    "error %d: %s", byte, reply_text(byte));
		break;
	case 4:
		if (byte != ATYP_IP4 && byte != ATYP_NAME && byte != ATYP_IP6)
			return error_set_code(ERROR_SERVER, "SOCKS5 reply "
			    "has an unknown type of address, %d", byte);
		break;
	case 5:
		d->need = d->in[3] == ATYP_IP4 ? 10 : d->in[3] == ATYP_IP6 ?
		    22 : 7 + (size_t)byte;
		break;
	}
	return d->n < d->need ? ANSWER_MORE : replied(d);
}

static int
request_begin(struct dialogue *d)
{
	unsigned char head[3] = { 5, d->wish.listen ? CMD_BIND : CMD_CONNECT,
	    0 };

	d->stage = STAGE_REQUEST;
	d->answer_wait = REQUEST_MS;
	d->take = reply_take;
	d->n = 0;
	d->need = 5;
	dialogue_say(d, head, sizeof head);
	say_host(d);
	say_port(d);
	return ANSWER_MORE;
}

static int
auth_take(struct dialogue *d, unsigned char byte)
{
	if (d->n++ == 0)
		return byte == 1 ? ANSWER_MORE :
		    wrong_version("authentication reply", byte, 1);
	if (byte != 0)
		return refused("SOCKS5 server refused user and password");
	log_notice("SOCKS5 authentication succeeded");
	return request_begin(d);
}

static void
say_word(struct dialogue *d, const char *word)
{
	unsigned char len = (unsigned char)strlen(word);

	dialogue_say(d, &len, 1);
	dialogue_say(d, word, len);
}

/* RFC 1929 section 2. */
static int
auth_begin(struct dialogue *d)
{
	d->stage = STAGE_AUTH;
	d->take = auth_take;
	d->n = 0;
	d->need = 2;
	dialogue_say(d, "\001", 1);
	say_word(d, d->wish.user);
	say_word(d, d->wish.pass == NULL ? "" : d->wish.pass);
	return ANSWER_MORE;
}

static int
hello_take(struct dialogue *d, unsigned char byte)
{
	if (d->n++ == 0)
		return byte == 5 ? ANSWER_MORE :
		    wrong_version("server hello", byte, 5);
	if (byte == METHOD_NOT)
		return refused("SOCKS5 authentication negotiation failed - "
		    "client & server have no common supported methods");
	if (byte == METHOD_NONE) {
		log_notice("SOCKS5 session is authenticated");
		return request_begin(d);
	}
	if (byte == METHOD_PASSWORD && d->wish.user != NULL)
		return auth_begin(d);
	d->stage = STAGE_AUTH;
	return error_set_code(ERROR_SERVER, "SOCKS5 server chose method %d, "
	    "which it was not offered", byte);
}

struct dialogue *
socks5_dialogue(const struct wish *w)
{
	struct dialogue *d = dialogue_new(w, 2);

	if (d == NULL)
		return NULL;
	d->take = hello_take;
	d->closed = socks5_closed;
	d->answer_wait = HELLO_MS;
	if (w->user == NULL)
		dialogue_say(d, "\005\001\000", 3);
	else
		dialogue_say(d, "\005\002\000\002", 4);
	return d;
}
