/*
 * addr/net/dialogue.c: leads a dialogue on a socket, up to its end or its
 * deadline.
 *
 * Bytes are looked at before they are taken, so that those behind the last
 * answer stay where they are: they belong to the transfer.
 */

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/error.h"
#include "../../lib/os/sig.h"
#include "dialogue.h"
#include "net.h"

/* Much of an answer in one look. */
#define LOOK	512

struct dialogue *
dialogue_new(const struct wish *w, size_t need)
{
	struct dialogue *d = malloc(sizeof *d);

	if (d == NULL) {
		error_set("out of memory");
		return NULL;
	}
	memset(d, 0, offsetof(struct dialogue, out));
	d->wish = *w;
	d->need = need;
	return d;
}

void
dialogue_say(struct dialogue *d, const void *text, size_t len)
{
	memcpy(d->out + d->outlen, text, len);
	d->outlen += len;
}

static bool
not_yet(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK ||
	    (errno == EINTR && !sig_ends());
}

static int
say_all(struct dialogue *d, int fd, msec until)
{
	size_t sent = 0;
	ssize_t n;

	while (sent < d->outlen) {
		n = send(fd, d->out + sent, d->outlen - sent,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			sent += (size_t)n;
		else if (!not_yet())
			return error_set_code(ERROR_SERVER,
			    "write(%d, %p, %zu):", fd,
			    (void *)(d->out + sent), d->outlen - sent);
		else if (fd_wait(fd, 'w', until) == -1)
			return error_set_code(ERROR_SERVER,
			    "no room for the request:");
	}
	d->outlen = 0;
	return 0;
}

/* Takes the bytes off the socket that were looked at. */
static int
take_off(int fd, size_t n)
{
	unsigned char buf[LOOK];
	ssize_t got;

	while (n > 0) {
		got = recv(fd, buf, n, MSG_DONTWAIT);
		if (got > 0)
			n -= (size_t)got;
		else if (got == 0 || errno != EINTR)
			return error_set("recv(%d, %zu):", fd, n);
	}
	return 0;
}

/* What has come, as far as it belongs to this answer. */
static int
answer_take(struct dialogue *d, int fd, const unsigned char *buf, size_t n)
{
	int rc = ANSWER_MORE;
	size_t i;

	for (i = 0; i < n && rc == ANSWER_MORE && d->outlen == 0; i++)
		rc = d->take(d, buf[i]);
	if (rc == -1)
		return -1;
	return take_off(fd, i) == -1 ? -1 : rc;
}

static int
answer_read(struct dialogue *d, int fd, msec until)
{
	unsigned char buf[LOOK];
	ssize_t n;

	if (fd_wait(fd, 'r', until) == -1)
		return error_set_code(ERROR_SERVER, "no answer:");
	n = recv(fd, buf, sizeof buf, MSG_PEEK | MSG_DONTWAIT);
	if (n > 0)
		return answer_take(d, fd, buf, (size_t)n);
	if (n == 0)
		return d->closed(d);
	return not_yet() ? ANSWER_MORE : error_set_code(ERROR_SERVER,
	    "read(%d, %p, %zu):", fd, (void *)d->in, d->need);
}

int
dialogue_run(struct dialogue *d, int fd, nsec timeout)
{
	msec begun = clock_ms(), until = -1, answer_wait = 0;
	int rc = ANSWER_MORE;

	while (rc == ANSWER_MORE) {
		/* A new one is waited for. */
		if (d->outlen > 0 || d->answer_wait != answer_wait) {
			answer_wait = d->answer_wait;
			until = answer_wait == -1 ? -1 : timeout > 0 ?
			    begun + clock_msec(timeout) :
			    clock_ms() + answer_wait;
		}
		if (say_all(d, fd, until) == -1)
			return -1;
		rc = answer_read(d, fd, until);
	}
	return rc == ANSWER_DONE ? 0 : -1;
}
