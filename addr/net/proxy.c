/*
 * addr/net/proxy.c: the dialogue with a proxy of HTTP: CONNECT, RFC 9110
 * section 9.3.6, with the Basic credentials of RFC 7617.
 */

#include <stdio.h>
#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "dialogue.h"

/* The proxy connects before it answers, and TCP gives up after two minutes. */
#define ANSWER_MS	150000

static int
proxy_closed(const struct dialogue *d)
{
	(void)d;
	return error_set_code(ERROR_SERVER,
	    "proxy_connect: connection closed by proxy");
}

/* The status line: version, three digits, reason.  RFC 9112 section 4. */
static int
status_check(struct dialogue *d)
{
	char *line = (char *)d->in;
	const char *code, *reason;
	size_t i;

	/* It is for messages: what cannot be shown is a question mark. */
	for (i = 0; line[i] != '\0'; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '?';
	log_info("proxy_connect: received answer \"%.500s\"", line);
	if (strncmp(line, "HTTP/1.0 ", 9) != 0 &&
	    strncmp(line, "HTTP/1.1 ", 9) != 0)
		return error_set_code(ERROR_SERVER,
		    "proxy: invalid answer \"%.500s\"", line);
	code = line + 9;
	code += strspn(code, " ");
	if (strncmp(code, "200", 3) == 0)
		return 0;
	reason = code + strnlen(code, 3);
	reason += strspn(reason, " ");
	error_set_code(ERROR_SERVER, "CONNECT %s:%u: %.500s", d->wish.host,
	    d->wish.port, *reason == '\0' ? code : reason);
	if (strncmp(code, "407", 3) == 0)
		error_hint("the proxy wants to know who asks: "
		    "proxyauth=USER:PASSWORD");
	return -1;
}

/* A line is there, without its end.  The first is the status, and none the
 * end of all. */
static int
line_take(struct dialogue *d)
{
	size_t len = d->n;

	d->in[len] = '\0';
	d->n = 0;
	if (d->stage == STAGE_HELLO) {
		d->stage = STAGE_REQUEST;
		return status_check(d) == -1 ? -1 : ANSWER_MORE;
	}
	return len == 0 ? ANSWER_DONE : ANSWER_MORE;
}

static int
too_long(size_t most)
{
	return error_set_code(ERROR_SERVER,
	    "proxy answer exceeds %zu bytes, aborting", most);
}

/* Two newlines in a row are the end of an answer without any CR. */
static int
newlines_only(void)
{
	error_set_code(ERROR_SERVER, "proxy: lines of the answer end with "
	    "newline alone");
	error_hint("ignorecr takes such an answer");
	return -1;
}

static int
proxy_take(struct dialogue *d, unsigned char byte)
{
	unsigned char last = d->n > 0 ? d->in[d->n - 1] : '\0';

	if (++d->all > DIALOGUE_ALL)
		return too_long(DIALOGUE_ALL);
	if (byte == '\r' && d->wish.ignore_cr)
		return ANSWER_MORE;
	if (byte == '\n' && d->wish.ignore_cr)
		return line_take(d);
	if (byte == '\n' && last == '\r') {
		d->n--;
		return line_take(d);
	}
	if (byte == '\n' && last == '\n')
		return newlines_only();
	if (d->n == DIALOGUE_LINE - 1)
		return too_long(DIALOGUE_LINE);
	d->in[d->n++] = byte;
	return ANSWER_MORE;
}

/* RFC 4648 section 4. */
static void
say_base64(struct dialogue *d, const char *text, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned long bits;
	char four[4];
	size_t i, k;

	for (i = 0; i < len; i += 3) {
		for (bits = 0, k = 0; k < 3; k++)
			bits = bits << 8 | (i + k < len ?
			    (unsigned char)text[i + k] : 0);
		for (k = 0; k < 4; k++)
			four[k] = i + k <= len ?
			    digits[bits >> (18 - 6 * k) & 63] : '=';
		dialogue_say(d, four, 4);
	}
}

static void
say_text(struct dialogue *d, const char *text)
{
	dialogue_say(d, text, strlen(text));
}

struct dialogue *
proxy_dialogue(const struct wish *w)
{
	struct dialogue *d = dialogue_new(w, 1);
	char port[24];

	if (d == NULL)
		return NULL;
	d->take = proxy_take;
	d->closed = proxy_closed;
	d->answer_wait = ANSWER_MS;
	snprintf(port, sizeof port, ":%u HTTP/", w->port);
	say_text(d, "CONNECT ");
	say_text(d, w->host);
	say_text(d, port);
	say_text(d, w->version == NULL ? "1.0" : w->version);
	say_text(d, "\r\n");
	if (w->auth != NULL) {
		say_text(d, "Proxy-authorization: Basic ");
		say_base64(d, w->auth, w->authlen);
		say_text(d, "\r\n");
	}
	say_text(d, "\r\n");
	return d;
}
