/*
 * addr/family/tls-end.c: an end under TLS: read, written and closed by way of
 * libssl, which never waits.
 *
 * What libssl reads from the socket may be more than it is asked for: what it
 * has in hand no descriptor tells of.  And it may have to write in order to
 * read, or the other way: in.waits and out.waits then say so.
 */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/log.h"
#include "tls.h"

/* RFC 8446 section 5.1: a record has no more; DTLS cannot split one. */
#define RECORD_MAX	16384

/* So long a peer may take to make room for the last word. */
#define TELL_MS		10000

/* Of struct tls, late: what the next read gives without a look. */
enum { LATE_NOTHING, LATE_EOF, LATE_FAILURE };

/* The other side has ended, and did not say that it had sent all. */
static ssize_t
truncated(struct tls *t, const struct end *e)
{
	(t->truncation_warns ? log_warn : log_notice)("%s: the connection "
	    "ended without close_notify: what came may not be all",
	    e->text == NULL ? "TLS" : e->text);
	return 0;
}

/* libssl 3 tells both ends alike, and goes on writing after either. */
static bool
socket_ended(const struct tls *t)
{
	return !t->packets && t->lib->BIO_ctrl(t->lib->SSL_get_rbio(t->ssl),
	    L_BIO_CTRL_EOF, 0, NULL) == 1;
}

static ssize_t
again(short *waits, short what)
{
	*waits = what;
	errno = EAGAIN;
	return -1;
}

/*
 * What a call of libssl meant that returned n <= 0, err being its errno: as
 * read(2), 0 or -1 with errno, and with words where errno is EPROTO.
 */
static ssize_t
meaning(struct end *e, int n, int err, short *waits)
{
	struct tls *t = e->state;
	int why = t->lib->SSL_get_error(t->ssl, n);
	bool queued = t->lib->ERR_peek_error() != 0;

	if (why == L_SSL_ERROR_WANT_READ)
		return again(waits, POLLIN);
	if (why == L_SSL_ERROR_WANT_WRITE)
		return again(waits, POLLOUT);
	if (why == L_SSL_ERROR_ZERO_RETURN)
		return socket_ended(t) ? truncated(t, e) : 0;
	if (why == L_SSL_ERROR_SYSCALL && !queued && err == 0)
		return truncated(t, e);
	t->broken = true;
	if (queued)
		libssl_error(t->lib, t->words, sizeof t->words);
	errno = queued ? EPROTO : err != 0 ? err : EPIPE;
	return -1;
}

static int
part(size_t left)
{
	return left > INT_MAX ? INT_MAX : (int)left;
}

/* What came behind bytes that were read. */
static ssize_t
late_result(struct tls *t)
{
	int late = t->late;

	t->late = LATE_NOTHING;
	errno = t->late_err;
	return late == LATE_EOF ? 0 : -1;
}

static ssize_t
tls_read(struct end *e, void *buf, size_t size)
{
	struct tls *t = e->state;
	size_t got = 0;
	ssize_t rc;
	int n;

	if (t->late != LATE_NOTHING)
		return late_result(t);
	e->in.waits = POLLIN;
	do {
		t->lib->ERR_clear_error();
		errno = 0;
		n = t->lib->SSL_read(t->ssl, (char *)buf + got,
		    part(size - got));
		if (n > 0)
			got += (size_t)n;
		t->dry = n <= 0;
	} while (n > 0 && got < size && !t->packets &&
	    t->lib->SSL_has_pending(t->ssl));
	if (n > 0)
		return (ssize_t)got;
	rc = meaning(e, n, errno, &e->in.waits);
	if (got == 0)
		return rc;
	if (rc == 0 || errno != EAGAIN) {
		t->late = rc == 0 ? LATE_EOF : LATE_FAILURE;
		t->late_err = errno;
	}
	return (ssize_t)got;
}

static ssize_t
tls_write(struct end *e, const void *buf, size_t size)
{
	struct tls *t = e->state;
	size_t put = 0;
	ssize_t rc;
	int n;

	e->out.waits = POLLOUT;
	if (t->packets && size > RECORD_MAX)
		size = RECORD_MAX;
	do {
		t->lib->ERR_clear_error();
		errno = 0;
		n = t->lib->SSL_write(t->ssl, (const char *)buf + put,
		    part(size - put));
		if (n > 0)
			put += (size_t)n;
	} while (n > 0 && put < size);
	if (put > 0) {
		/* What is wrong the next call finds again. */
		if (n <= 0)
			meaning(e, n, errno, &e->out.waits);
		return (ssize_t)put;
	}
	rc = meaning(e, n, errno, &e->out.waits);
	if (rc == 0)
		errno = EPIPE;
	return -1;
}

static void
tell(struct end *e)
{
	struct tls *t = e->state;
	int n;

	e->out.untold = false;
	if (t->told || t->broken || e->wfd == -1)
		return;
	t->lib->ERR_clear_error();
	errno = 0;
	n = t->lib->SSL_shutdown(t->ssl);
	if (n < 0 && meaning(e, n, errno, &e->out.waits) == -1 &&
	    errno == EAGAIN)
		e->out.untold = true;
	else
		t->told = e->out.shut = true;
}

static void
tls_half_close(struct end *e)
{
	if (e->out.half == HALF_NONE)
		return;
	tell(e);
	if (e->out.half == HALF_CLOSE && !e->out.untold)
		end_half_close(e);
}

/*
 * What the peer sent and nobody reads, session tickets say, would make of
 * close(2) a reset, which may overtake what it has yet to read.
 */
static void
unread_drop(int fd)
{
	char buf[4096];
	int i;

	for (i = 0; i < 16 && recv(fd, buf, sizeof buf, MSG_DONTWAIT) > 0; i++)
		;
}

static void
tls_finish(struct end *e, enum ending how)
{
	struct tls *t = e->state;

	(void)how;
	tell(e);
	while (e->out.untold && fd_wait(e->wfd, e->out.waits == POLLIN ? 'r' :
	    'w', clock_ms() + TELL_MS) == 0)
		tell(e);
	if (!t->packets && e->rfd != -1)
		unread_drop(e->rfd);
}

static bool
tls_in_hand(const struct end *e)
{
	const struct tls *t = e->state;

	return t->late != LATE_NOTHING || t->lib->SSL_pending(t->ssl) > 0 ||
	    (!t->dry && t->lib->SSL_has_pending(t->ssl));
}

static const char *
tls_failure(const struct end *e)
{
	const struct tls *t = e->state;

	return t->words;
}

void
tls_free(struct tls *t)
{
	if (t->ssl != NULL)
		t->lib->SSL_free(t->ssl);
	free(t->notes);
	free(t);
}

static void
tls_release(struct end *e)
{
	tls_free(e->state);
	e->state = NULL;
}

static const struct end_ops tls_ops = {
	.read = tls_read, .write = tls_write, .half_close = tls_half_close,
	.finish = tls_finish, .in_hand = tls_in_hand, .failure = tls_failure,
	.release = tls_release
};

void
tls_end(struct end *e, struct tls *t)
{
	const unsigned unfit = END_SPLICE | END_URGENT | END_EMPTY;

	e->state = t;
	e->ops = &tls_ops;
	e->in.can &= ~unfit;
	e->out.can &= ~unfit;
	e->out.half = HALF_NOTIFY;
	e->peer.notes = t->notes;
	if (libssl_is_3(t->lib))
		t->lib->SSL_set_options(t->ssl,
		    L_SSL_OP_IGNORE_UNEXPECTED_EOF);
}
