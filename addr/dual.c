/*
 * addr/dual.c: A!!B: two ends in one, which is read from the first and written
 * to the second.  Each of its operations is one of its halves'.
 */

#include <stdlib.h>
#include <unistd.h>

#include "../lib/error.h"
#include "end/end.h"

static ssize_t
dual_read(struct end *e, void *buf, size_t size)
{
	ssize_t n = end_read(&e->halves[FROM], buf, size);

	e->in.waits = e->halves[FROM].in.waits;
	return n;
}

static ssize_t
dual_write(struct end *e, const void *buf, size_t size)
{
	struct end *to = &e->halves[TO];
	ssize_t n = to->ops->write(to, buf, size);

	e->out.waits = to->out.waits;
	return n;
}

static void
dual_half_close(struct end *e)
{
	struct end *from = &e->halves[FROM], *to = &e->halves[TO];

	to->ops->half_close(to);
	if (from->wfd != from->rfd)
		from->ops->half_close(from);
	e->wfd = to->wfd;
	e->out.shut = to->out.shut;
	e->out.untold = to->out.untold;
	e->out.waits = to->out.waits;
}

static size_t
dual_next_size(struct end *e)
{
	struct end *from = &e->halves[FROM];

	return from->ops->next_size == NULL ? 0 : from->ops->next_size(from);
}

static bool
dual_in_hand(const struct end *e)
{
	return end_in_hand(&e->halves[FROM]);
}

static void
dual_write_call(struct end *e, const void *data, size_t len, char *buf,
    size_t size)
{
	end_write_call(&e->halves[TO], data, len, buf, size);
}

static void
dual_finish(struct end *e, enum ending how)
{
	end_finish(&e->halves[FROM], how);
	end_finish(&e->halves[TO], how);
	e->rfd = e->halves[FROM].rfd;
	e->wfd = e->halves[TO].wfd;
}

/* Of the half that failed: the other one has no words. */
static const char *
dual_failure(const struct end *e)
{
	const char *words = end_own_failure(&e->halves[FROM]);

	return *words != '\0' ? words : end_own_failure(&e->halves[TO]);
}

static const struct end_ops dual_ops = {
	.read = dual_read, .write = dual_write,
	.half_close = dual_half_close, .finish = dual_finish,
	.next_size = dual_next_size, .in_hand = dual_in_hand,
	.write_call = dual_write_call, .failure = dual_failure
};

int
end_join(struct end *e, struct end *from, struct end *to)
{
	struct end *halves = malloc(2 * sizeof *halves);

	if (halves == NULL)
		return error_set("out of memory");
	/* The other side of a pipe of the reading half stays open until
	 * nothing more will come, that of the writing half for good: neither
	 * is at its end, or broken, from the start. */
	if (from->wfd == -1)
		from->wfd = from->rfd;
	if (to->rfd == -1)
		to->rfd = to->wfd;
	halves[FROM] = *from;
	halves[TO] = *to;
	halves[TO].partner = NULL;	/* it may not outlive this call */
	end_init(e);
	e->halves = halves;
	e->ops = &dual_ops;
	e->rfd = from->rfd;
	e->wfd = to->wfd;
	e->in = from->in;
	e->out = to->out;
	return 0;
}
