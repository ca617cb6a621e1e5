/*
 * dialogue.c: any bytes as what servers of SOCKS and proxies say: an end or
 * more, within bounds; and on a socket the same, with nothing taken of what
 * follows.  The first byte says which dialogue it is.
 */

#include <sys/socket.h>

#include <stdbool.h>
#include <unistd.h>

#include "fuzz.h"
#include "error.h"
#include "log.h"
#include "../../addr/net/dialogue.c"
#include "../../addr/net/proxy.c"
#include "../../addr/net/socks.c"

#define KINDS	8

/* The longest answers of version 5: two, with names of 255 bytes. */
#define SOCKS5_ALL	(2 + 2 + 2 * (7 + 255))

static struct dialogue *
begin(unsigned kind)
{
	struct wish w = { .host = "host.example", .port = 443, .user = "joe",
	    .strict = kind & 1 };

	switch (kind % KINDS / 2) {
	case 0:
		return socks4a_dialogue(&w);
	case 1:
		w.user = NULL;
		w.listen = kind & 1;
		return socks5_dialogue(&w);
	case 2:
		w.pass = "secret";
		w.listen = kind & 1;
		return socks5_dialogue(&w);
	default:
		w.ignore_cr = kind & 1;
		return proxy_dialogue(&w);
	}
}

struct seen {
	int rc;
	size_t used;
	enum stage stage;
	char words[sizeof last_error.words];
};

static void
words_keep(struct seen *s, int rc)
{
	s->rc = rc;
	s->words[0] = '\0';
	if (rc == -1) {
		must(last_error.words[0] != '\0');
		must(last_error.code == ERROR_SERVER);
		memcpy(s->words, last_error.words, sizeof s->words);
	}
}

/* The dialogue alone; with no more to come the server has closed. */
static struct seen
pure(unsigned kind, const uint8_t *data, size_t n)
{
	struct dialogue *d = begin(kind);
	struct seen s = { .rc = ANSWER_MORE };
	int rc = ANSWER_MORE;

	must(d != NULL && d->outlen > 0 && d->outlen < sizeof d->out);
	d->outlen = 0;
	while (rc == ANSWER_MORE && s.used < n) {
		rc = d->take(d, data[s.used++]);
		must(rc == -1 || rc == ANSWER_MORE || rc == ANSWER_DONE);
		must(d->n < sizeof d->in && d->outlen < sizeof d->out);
		must(rc == ANSWER_MORE || d->outlen == 0);
		d->outlen = 0;
	}
	must(s.used <= (kind % KINDS < 2 ? 8 : kind % KINDS < 6 ?
	    SOCKS5_ALL : DIALOGUE_ALL + 1));
	if (rc == ANSWER_MORE)
		rc = d->closed(d);
	s.stage = d->stage;
	words_keep(&s, rc);
	free(d);
	return s;
}

static struct seen
on_socket(unsigned kind, const uint8_t *data, size_t n, char *rest,
    size_t *restlen)
{
	struct dialogue *d = begin(kind);
	struct seen s = { .used = 0 };
	int fd[2];
	ssize_t k;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	must(n == 0 || write(fd[1], data, n) == (ssize_t)n);
	must(shutdown(fd[1], SHUT_WR) == 0);
	words_keep(&s, dialogue_run(d, fd[0], 1000000000LL) == -1 ? -1 :
	    ANSWER_DONE);
	s.stage = d->stage;
	for (*restlen = 0; (k = read(fd[0], rest + *restlen, n + 1)) > 0; )
		*restlen += (size_t)k;
	close(fd[0]);
	close(fd[1]);
	free(d);
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct seen alone, socket;
	size_t restlen;
	char *rest;
	unsigned kind;

	if (n == 0 || n > 65536)
		return 0;
	log_threshold(LOG_F);
	kind = *data++;
	n--;
	alone = pure(kind, data, n);
	rest = malloc(2 * n + 2);
	socket = on_socket(kind, data, n, rest, &restlen);
	must(alone.rc == socket.rc && alone.stage == socket.stage);
	must(strcmp(alone.words, socket.words) == 0);
	if (alone.rc == ANSWER_DONE) {
		must(restlen == n - alone.used);
		must(memcmp(rest, data + alone.used, restlen) == 0);
	}
	free(rest);
	return 0;
}
