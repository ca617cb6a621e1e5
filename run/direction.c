/* run/direction.c: one direction of the transfer: read, convert, write. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../addr/addr.h"
#include "../lib/cold.h"
#include "../lib/log.h"
#include "dump.h"
#include "direction.h"
#include "transfer.h"

/*
 * Block sizes: where nothing looks at the bytes, which also holds any UDP
 * message, and socat's.
 */
#define BLOCK_FAST	65536
#define BLOCK_LOOK	8192

/* So many full buffers in a row make a direction worth a pipe. */
#define BUSY_ENOUGH	2

/* How long end of file is taken to last with ignoreeof. */
#define AGAIN_MS	250

/* Room for a call with its arguments, as messages name it. */
#define CALL_MAX	240

static bool
converts(const struct direction *f)
{
	return f->from->in.eol != f->to->out.eol;
}

static void
buffer_free(struct direction *f)
{
	if (f->buf != f->first)
		free(f->buf);
}

/*
 * A larger buffer for good, while nothing is held; with twice the room if
 * line ends are converted.  Without memory, -1, the old one stays.
 */
static int
buffer_grow(struct direction *f, size_t room)
{
	unsigned char *p = malloc(converts(f) ? room * 2 : room);

	if (p == NULL)
		return -1;
	buffer_free(f);
	f->buf = p;
	f->room = room;
	return 0;
}

/*
 * So much is read at once: messages whole, and no more than a message at
 * that where they are written.  Only between streams of bytes the size is
 * ours to choose; 0: the first buffer will do.
 */
static size_t
block_size(const struct direction *f, bool look)
{
	size_t asked = f->service->config->block;

	if (f->from->in.can & END_RECORDS && (asked == 0 ||
	    (asked < BLOCK_FAST && !f->service->config->as_socat)))
		return BLOCK_FAST;
	if (asked != 0)
		return asked;
	if (look || f->to->out.can & END_RECORDS)
		return BLOCK_LOOK;
	return converts(f) ? BLOCK_FAST : 0;
}

HOT int
direction_init(struct direction both[2], unsigned char *first, int index,
    const struct service *service, struct end *from, struct end *to,
    struct outcome *out)
{
	struct direction *f = &both[index];
	const struct config *c = service->config;
	bool look = c->text_dump || c->hex_dump;
	size_t block;

	memset(f, 0, sizeof *f);
	f->first = first;
	f->other = &both[!index];
	f->service = service;
	f->from = from;
	f->to = to;
	f->index = index;
	f->out = out;
	f->splice.pipe[0] = f->splice.pipe[1] = -1;
	f->left = from->in.readbytes > 0 ? from->in.readbytes : -1;
	f->dump = dump_raw_fd(index);
	f->plain = !look && !converts(f) && f->dump == -1 &&
	    from->in.escape == -1 && f->left == -1 &&
	    (c->block == 0 || c->block >= BLOCK_LOOK) &&
	    from->in.can & to->out.can & END_SPLICE;
	f->buf = f->first;
	f->room = converts(f) ? DIRECTION_FIRST / 2 : DIRECTION_FIRST;
	block = block_size(f, look);
	if (from->rfd == -1 || to->wfd == -1)
		f->state = DIRECTION_DONE;
	else if (block != 0 && buffer_grow(f, block) == -1)
		return c->block == 0 ? 0 : -1;
	return 0;
}

HOT void
direction_free(struct direction *f)
{
	os_splice_close(&f->splice);
	buffer_free(f);
	f->buf = NULL;
}

static size_t
held(const struct direction *f)
{
	return f->spliced ? f->splice.held : f->len;
}

HOT bool
direction_wants_input(const struct direction *f)
{
	return f->state == DIRECTION_OPEN && held(f) == 0 &&
	    !(f->to->out.can & END_DEAF);
}

HOT bool
direction_wants_output(const struct direction *f)
{
	return f->state != DIRECTION_DONE && held(f) > 0;
}

HOT void
direction_stop(struct direction *f)
{
	f->state = held(f) > 0 ? DIRECTION_DRAIN : DIRECTION_DONE;
}

static HOT void
input_eof(struct direction *f)
{
	if (f->from->in.ignoreeof && !f->escaped && !f->limited) {
		f->again = clock_ms() + AGAIN_MS;
		return;
	}
	direction_stop(f);
}

static bool
would_block(int err)
{
	return err == EAGAIN || err == EWOULDBLOCK || err == EINTR;
}


void
direction_fail(struct direction *f, int err)
{
	char call[CALL_MAX];

	snprintf(call, sizeof call, "read(%d, %p, %zu)", f->from->rfd,
	    (void *)f->buf, f->room);
	outcome_fail(f->out, END_READ, f->index, err, f->from, call);
	f->read_err = err;
	direction_stop(f);
}

/*
 * Line ends of the one end to those of the other.  The block is copied to
 * the upper half of the buffer and written from its start: at byte i no
 * more than 2i + 2 are written, and what is unread starts at room + i + 1.
 */
static void
convert(struct direction *f)
{
	enum eol in = f->from->in.eol, out = f->to->out.eol;
	unsigned char *src = f->buf + f->room, *dst = f->buf;
	size_t i, n = f->len;

	if (!converts(f))
		return;
	memcpy(src, f->buf, n);
	for (i = 0; i < n; i++) {
		unsigned char c = src[i];

		if (in == EOL_CRNL && c == '\r')
			continue;
		if (in == EOL_CR && c == '\r')
			c = '\n';
		if (c == '\n' && out == EOL_CRNL)
			*dst++ = '\r';
		if (c == '\n' && out == EOL_CR)
			c = '\r';
		*dst++ = c;
	}
	f->len = (size_t)(dst - f->buf);
}

/* escape= and readbytes= look at what was read. */
static void
direction_look(struct direction *f)
{
	unsigned char *at;

	if (f->left > 0) {
		f->left -= (long long)f->len;
		if (f->left == 0)
			f->limited = true;
	}
	if (f->from->in.escape == -1)
		return;
	at = memchr(f->buf, f->from->in.escape, f->len);
	if (at != NULL) {
		f->len = (size_t)(at - f->buf);
		f->escaped = true;
	}
}

/* A record may be larger than any buffer: of a unix socket, say. */
static void
record_fit(struct direction *f)
{
	struct end *from = f->from;
	size_t n;

	if (from->ops->next_size == NULL ||
	    (f->service->config->block != 0 && f->service->config->as_socat))
		return;
	n = from->ops->next_size(from);
	if (n > f->room)
		buffer_grow(f, n);
}

/* Whether the other direction has bytes in the buffer of both. */
static bool
first_taken(const struct direction *f)
{
	return f->buf == f->first && f->other->buf == f->first &&
	    f->other->len > 0;
}

static HOT bool
read_block(struct direction *f)
{
	size_t want;
	ssize_t n;

	if (first_taken(f) || (f->full && f->buf == f->first))
		buffer_grow(f, BLOCK_FAST);
	record_fit(f);
	if (first_taken(f)) {
		direction_fail(f, ENOMEM);
		return true;
	}
	want = f->room;
	if (f->left > 0 && (long long)want > f->left)
		want = (size_t)f->left;
	n = end_read(f->from, f->buf, want);
	if (n == -1 && would_block(errno))
		return false;
	if (n == -1) {
		direction_fail(f, errno);
		return true;
	}
	f->again = 0;
	if (n == 0) {
		if (!(f->from->in.can & END_EMPTY))
			input_eof(f);
		return true;
	}
	if (want == DIRECTION_FIRST && (size_t)n == want)
		f->full = true;		/* the next read gets more room */
	else
		f->busy = want > DIRECTION_FIRST && (size_t)n >= want / 2 ?
		    f->busy + 1 : 0;
	f->off = 0;
	f->len = (size_t)n;
	direction_look(f);
	convert(f);
	dump_block(f->service->config, f->index, f->taken, f->buf, f->len);
	f->taken += f->len;
	if (f->dump != -1)
		dump_raw(f->dump, f->buf, f->len);
	if (f->escaped || f->limited)
		input_eof(f);
	return true;
}

/* Back to the portable way; what is in the pipe comes along. */
static void
splice_leave(struct direction *f)
{
	ssize_t n;

	f->spliced = f->plain = false;
	f->off = f->len = 0;
	while (f->len < f->room && f->splice.held > f->len) {
		n = read(f->splice.pipe[0], f->buf + f->len,
		    f->room - f->len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		f->len += (size_t)n;
	}
	f->splice.held -= f->len;
}

static bool
splice_unfit(int err)
{
	return err == EINVAL || err == ENOSYS || err == EBADF ||
	    err == EOPNOTSUPP || err == ESPIPE || err == EPERM ||
	    err == ENOMEM || err == ENOBUFS;
}

/*
 * splice(2) found nothing, which need not be true: urgent data stops it as
 * an end of file does, or for good, and more may wait behind.  A read knows,
 * and once the direction is busy again the pipe is still there.
 */
static bool
splice_pause(struct direction *f)
{
	f->spliced = false;
	f->busy = 0;
	return read_block(f);
}

static bool
splice_read(struct direction *f)
{
	ssize_t n;

	n = os_splice_in(&f->splice, f->from->rfd);
	if (n > 0)
		return true;
	if (n == -1 && splice_unfit(errno)) {
		splice_leave(f);
		return read_block(f);
	}
	if (n == -1 && !would_block(errno)) {
		direction_fail(f, errno);
		return true;
	}
	if (f->from->in.can & END_URGENT && (n == 0 || errno != EINTR))
		return splice_pause(f);
	if (n == 0)
		input_eof(f);
	return n == 0;
}

/* What -b says is the most at once holds for a pipe as well. */
static bool
splice_begin(struct direction *f)
{
	struct os_splice *s = &f->splice;

	if (s->pipe[0] == -1 && os_splice_open(s) == -1)
		return false;
	if (f->service->config->block != 0 &&
	    s->room > f->service->config->block)
		s->room = f->service->config->block;
	/* splice(2) asks a socket whether to wait, not its caller. */
	if (f->to->out.can & END_EXCLUSIVE)
		fd_nonblock(f->to->wfd);
	return true;
}

/* It changes to splice when the direction is busy. */
HOT bool
direction_read(struct direction *f)
{
	if (!f->spliced && f->plain && f->busy >= BUSY_ENOUGH)
		f->spliced = f->plain = splice_begin(f);
	return f->spliced ? splice_read(f) : read_block(f);
}

static HOT ssize_t
output_put(struct direction *f)
{
	return f->to->ops->write(f->to, f->buf + f->off, f->len);
}

void
direction_cut(struct direction *f, int err)
{
	char call[CALL_MAX];

	end_write_call(f->to, f->buf + f->off, held(f), call, sizeof call);
	if (f->to->out.cool_write && (err == EPIPE || err == ECONNRESET))
		log_notice("%s: %s", call, strerror(err));
	else {
		outcome_fail(f->out, END_WRITE, !f->index, err, f->to, call);
		f->write_err = err;
	}
	f->len = f->splice.held = 0;
	f->state = DIRECTION_DONE;
}

static void
count(struct direction *f, size_t n)
{
	struct tally *tally = f->service->tally;

	f->bytes += n;
	f->blocks++;
	if (tally != NULL) {
		atomic_fetch_add_explicit(&tally->bytes[f->index], n,
		    memory_order_relaxed);
		atomic_fetch_add_explicit(&tally->blocks[f->index], 1,
		    memory_order_relaxed);
	}
	log_info("transferred %zu bytes from %d to %d", n, f->from->rfd,
	    f->to->wfd);
}

static ssize_t
splice_put(struct direction *f)
{
	ssize_t n = os_splice_out(&f->splice, f->to->wfd);

	if (n == -1 && splice_unfit(errno)) {
		splice_leave(f);
		n = output_put(f);
	}
	return n;
}

HOT bool
direction_write(struct direction *f)
{
	bool was_spliced = f->spliced;
	ssize_t n;

	n = was_spliced ? splice_put(f) : output_put(f);
	if (n == -1 && would_block(errno))
		return false;
	if (n == -1) {
		direction_cut(f, errno);
		return true;
	}
	if (!f->spliced) {
		f->off += (size_t)n;
		f->len -= (size_t)n;
		if (f->len == 0 && f->splice.held > 0)
			splice_leave(f);
	}
	count(f, (size_t)n);
	if (f->state == DIRECTION_DRAIN && held(f) == 0)
		f->state = DIRECTION_DONE;
	return true;
}
