/*
 * addr/family/through.c: connections by way of a server that makes them: a
 * connection of TCP, then a dialogue; what follows is the target's.
 */

#include <errno.h>
#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "through.h"

int
through_word_check(const char *what, const char *word)
{
	if (word == NULL || strlen(word) <= DIALOGUE_WORD)
		return 0;
	return error_set("%s \"%.40s...\" is longer than %d bytes", what,
	    word, DIALOGUE_WORD);
}

int
through_port_check(const struct addr *a, const char *option,
    const char *port)
{
	char why[sizeof last_error.words];
	unsigned n;

	if (port == NULL || a->config->as_socat ||
	    port_check(port, "tcp", &n) == 0)
		return 0;
	memcpy(why, last_error.words, sizeof why);
	return error_set("option \"%s\": %.300s", option, why);
}

static void
place_param(const struct addr *a, size_t i)
{
	const struct spec_part *p = &a->spec->param[i];

	error_place(a->spec->text, p->col, strlen(p->text));
}

int
through_check(struct addr *a)
{
	size_t host = a->nparam - 2;
	unsigned port;

	if (through_word_check("host", a->param[host]) == -1) {
		place_param(a, host);
		return -1;
	}
	if (port_check(a->param[host + 1], "tcp", &port) == 0)
		return 0;
	place_param(a, host + 1);
	return -1;
}

unsigned
through_port(const char *text)
{
	unsigned port = 0;

	port_check(text, "tcp", &port);
	return port;
}

/* socat finds out here, and says what the resolver would. */
static int
server_port_check(const struct through *t)
{
	const struct query q = { .socktype = SOCK_STREAM };
	unsigned port;

	return port_check(t->port, "tcp", &port) == 0 ? 0 :
	    service_unknown(&q, t->server, t->port);
}

/* Of a failure people are to know whose it is. */
static void
name_server(const struct addr *a, const struct through *t)
{
	char words[sizeof last_error.words], hint[sizeof last_error.hint];
	int err = last_error.err;

	if (a->config->as_socat || last_error.code != ERROR_SERVER)
		return;
	memcpy(words, last_error.words, sizeof words);
	memcpy(hint, last_error.hint, sizeof hint);
	error_set_code(ERROR_SERVER, "%.100s:%.80s via %s %.100s:%.80s: %.600s",
	    t->host, t->hostport, t->what, t->server, t->port, words);
	error_hint("%s", hint);
	last_error.err = err;
}

int
through_open(struct addr *a, struct end *e, const struct through *t,
    struct dialogue *d)
{
	int rc;

	if (server_port_check(t) == -1)
		return -1;
	log_notice("opening connection to %s %s:%s", t->what, t->server,
	    t->port);
	rc = sock_connect_any(a, e, SOCK_STREAM, t->server, t->port,
	    tcp_connect_one);
	if (rc != 0 || a->probing)
		return rc;
	if (dialogue_run(d, e->rfd, a->c.connect_timeout) == -1) {
		name_server(a, t);
		end_close(e);
		return -1;
	}
	log_notice("successfully connected to %s:%s via %s %s:%s", t->host,
	    t->hostport, t->what, t->server, t->port);
	return 0;
}
