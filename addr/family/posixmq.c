/*
 * addr/family/posixmq.c: POSIXMQ-...: message queues, mq_overview(7).
 *
 * A queue's descriptor can be waited for, on Linux.  Where each message is an
 * end of its own (RECEIVE) the listener takes it in, and the child has it in
 * hand, as with datagrams.
 */

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/os/cleanup.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../addr.h"

/* What the kernel takes if only the other one is asked for: mq_overview(7),
 * "/proc interfaces". */
#define MAXMSG		10
#define MSGSIZE		8192

/* What a family's arg says. */
enum { READS = 1, WRITES = 2 };

/* A queue while it is open: a->state, and its end's. */
struct queue {
	unsigned prio;		/* of what is sent */
	/* Of one message: */
	bool taken;		/* it was read */
	bool over;		/* ... and so was the end behind it */
	char note[40];
	size_t len, room;	/* of data: in use, and the queue's most */
	char data[];
};

static bool
fits(const struct addr *a, int way)
{
	return a->family->arg & way;
}

static int
access_mode(const struct addr *a)
{
	bool reads = fits(a, READS) && (a->reads || !fits(a, WRITES));
	bool writes = fits(a, WRITES) && (a->writes || !fits(a, READS));

	if (a->c.access != 0)
		return (int)a->c.access - 1;
	return reads && writes ? O_RDWR : reads ? O_RDONLY : O_WRONLY;
}

/* In words, as socat's. */
static int
open_failed(const struct addr *a, int flags, mode_t mode,
    const struct mq_attr *attr)
{
	char what[120] = "NULL";
	int err = errno;

	if (attr != NULL)
		snprintf(what, sizeof what, "{flags=%ld, maxmsg=%ld, "
		    "msgsize=%ld, curmsgs=%ld} ", (long)attr->mq_flags,
		    (long)attr->mq_maxmsg, (long)attr->mq_msgsize,
		    (long)attr->mq_curmsgs);
	error_set("%s: mq_open(\"%s\", 0%o, 0%03o, %s):",
	    a->spec->type.text, a->param[0], (unsigned)flags, (unsigned)mode,
	    what);
	errno = err;
	if (a->config->as_socat)
		return -1;
	if (err == ENOSYS)
		error_hint("this kernel has no message queues");
	else if (err == EMFILE)
		error_hint("all queues of a user have so many bytes at most: "
		    "see ulimit -q");
	else if (*a->param[0] != '/' || strchr(a->param[0] + 1, '/') != NULL)
		error_hint("the name of a queue begins with a slash, and has "
		    "no other");
	return -1;
}

/* The queue, made if need be; its descriptor, or -1. */
static int
queue_open(const struct addr *a)
{
	const struct conf *c = &a->c;
	mode_t mode = c->perm == -1 ? 0666 : (mode_t)c->perm;
	int fd, flags = access_mode(a) | O_CREAT | O_CLOEXEC;
	struct mq_attr attr = {
		.mq_maxmsg = c->mq_maxmsg == -1 ? MAXMSG : (long)c->mq_maxmsg,
		.mq_msgsize = c->mq_msgsize == -1 ? MSGSIZE :
		    (long)c->mq_msgsize
	};
	bool sized = c->mq_maxmsg != -1 || c->mq_msgsize != -1;

	flags = opt_oflags(a, flags);
	/* Some C libraries let it be without its slash. */
	errno = EINVAL;
	fd = -1;
	if (*a->param[0] == '/')
		do
			fd = mq_open(a->param[0], flags, mode,
			    sized ? &attr : NULL);
		while (fd == -1 && errno == EINTR);
	return fd != -1 ? fd :
	    open_failed(a, flags, mode, sized ? &attr : NULL);
}

/* mq-flush: what is in the queue is lost. */
static void
queue_flush(const struct addr *a, struct queue *q)
{
	int fd = mq_open(a->param[0], O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	unsigned n = 0;

	if (fd == -1)
		return;
	while (mq_receive(fd, q->data, q->room, NULL) != -1)
		n++;
	close(fd);
	log_info("flushed %u messages", n);
}

/* The state, with room for any message of the queue. */
static struct queue *
queue_new(struct addr *a, int fd)
{
	struct mq_attr attr;
	struct queue *q;

	if (mq_getattr(fd, &attr) == -1) {
		error_set("mq_getattr(%d):", fd);
		return NULL;
	}
	q = calloc(1, sizeof *q + (size_t)attr.mq_msgsize);
	if (q == NULL) {
		error_set("out of memory");
		return NULL;
	}
	q->room = (size_t)attr.mq_msgsize;
	q->prio = (unsigned)a->c.mq_prio;
	free(a->state);
	a->state = q;
	return q;
}

static ssize_t
queue_read(struct end *e, void *buf, size_t size)
{
	struct queue *q = e->state;
	ssize_t n;

	if (size >= q->room)
		return mq_receive(e->rfd, buf, size, NULL);
	n = mq_receive(e->rfd, q->data, q->room, NULL);
	if (n > (ssize_t)size)
		n = (ssize_t)size;
	if (n > 0)
		memcpy(buf, q->data, (size_t)n);
	return n;
}

static ssize_t
queue_write(struct end *e, const void *buf, size_t size)
{
	const struct queue *q = e->state;

	return mq_send(e->wfd, buf, size, q->prio) == -1 ? -1 : (ssize_t)size;
}

static void
queue_write_call(struct end *e, const void *data, size_t len, char *buf,
    size_t size)
{
	const struct queue *q = e->state;

	snprintf(buf, size, "mq_send(%d, %p, %zu, %u)", e->wfd, data, len,
	    q->prio);
}

static size_t
queue_next_size(struct end *e)
{
	const struct queue *q = e->state;

	return q->room;
}

static const struct end_ops queue_ops = {
	.read = queue_read, .write = queue_write,
	.half_close = end_half_close, .next_size = queue_next_size,
	.write_call = queue_write_call
};

/* An end's read(): the one message, and then the end. */
static ssize_t
one_read(struct end *e, void *buf, size_t size)
{
	struct queue *q = e->state;

	if (q->taken) {
		q->over = true;
		return 0;
	}
	if (size > q->len)
		size = q->len;
	memcpy(buf, q->data, size);
	q->taken = true;
	return (ssize_t)size;
}

static bool
one_in_hand(const struct end *e)
{
	const struct queue *q = e->state;

	return !q->over;
}

static size_t
one_size(struct end *e)
{
	const struct queue *q = e->state;

	return q->taken ? 0 : q->len;
}

static const struct end_ops one_ops = {
	.read = one_read, .write = queue_write,
	.half_close = end_half_close, .next_size = one_size,
	.in_hand = one_in_hand, .write_call = queue_write_call
};

/* An address that is used in a way that it is not for says so. */
static void
ways_warn(const struct addr *a)
{
	if (!fits(a, WRITES) && a->writes)
		end_only(a, "read-only");
	else if (!fits(a, READS) && a->reads)
		end_only(a, "write-only");
}

/* As an end one way at least is there, if only to be waited for. */
static void
queue_end(struct addr *a, struct end *e, int fd)
{
	bool reads = a->reads && fits(a, READS);
	bool writes = a->writes && fits(a, WRITES);

	end_plain(e, reads || !a->writes ? fd : -1,
	    writes || !a->reads ? fd : -1, HALF_NONE, END_RECORDS | END_EMPTY);
	e->ops = &queue_ops;
	e->state = a->state;
}

/* Removes, opens and empties the queue as the options say; -1, or it. */
static int
queue_make(struct addr *a)
{
	const char *name = a->param[0];
	struct queue *q;
	int fd;

	ways_warn(a);
	if ((a->c.unlink_early > 0 || a->c.unlink > 0) &&
	    mq_unlink(name) == -1 && errno != ENOENT)
		return error_set("mq_unlink(\"%s\"):", name);
	fd = queue_open(a);
	if (fd == -1)
		return -1;
	q = queue_new(a, fd);
	if (q != NULL && a->c.mq_flush > 0)
		queue_flush(a, q);
	if (q != NULL && opt_apply_fd(a, fd) == 0)
		return fd;
	return fd_give_up(fd);
}

static int
posixmq_open(struct addr *a, struct end *e)
{
	int fd;

	/* The short name is hardly meant to read back what it writes. */
	if (a->reads && a->writes && fits(a, READS) && fits(a, WRITES) &&
	    strchr(a->spec->type.text, '-') == NULL)
		return error_set("Keyword \"%s\" in bidirectional mode might "
		    "unwanted flush the queue; use \"POSIXMQ-BIDIRECTIONAL\" "
		    "to confirm usage", a->spec->type.text);
	fd = queue_make(a);
	if (fd == -1)
		return -1;
	queue_end(a, e, fd);
	if (a->c.unlink_close > 0)
		e->made = cleanup_by(mq_unlink, a->param[0]);
	return 0;
}

static int
receive_open(struct addr *a, struct end *e)
{
	(void)e;
	a->lfd = queue_make(a);
	if (a->lfd == -1)
		return -1;
	fd_nonblock(a->lfd);
	if (a->c.unlink_close > 0)
		a->made = cleanup_by(mq_unlink, a->param[0]);
	return 0;
}

static int
receive_attach(struct addr *a)
{
	(void)a;
	return error_set("a message queue cannot be handed down");
}

static int
receive_accept(struct addr *a, struct end *e)
{
	struct queue *q = a->state;
	unsigned prio;
	int fd = a->lfd;
	ssize_t n = mq_receive(fd, q->data, q->room, &prio);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 1;
	if (n == -1)
		return error_set("mq_receive(%d):", fd);
	if (addr_forks(a) && (fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) == -1)
		return error_set("dup(%d):", a->lfd);
	q->len = (size_t)n;
	q->taken = q->over = false;
	memset(q->note, 0, sizeof q->note);
	snprintf(q->note, sizeof q->note - 1, "POSIXMQ_PRIO=%u", prio);
	end_plain(e, addr_forks(a) ? fd : listener_take(a), -1, HALF_NONE,
	    END_RECORDS);
	e->ops = &one_ops;
	e->state = q;
	e->in.can &= ~(unsigned)END_EXCLUSIVE;
	e->peer.of_packet = true;
	e->peer.notes = q->note;
	return 0;
}

#define QUEUE(word, groups_, role_, arg_, ops_)				\
	{ .name = "POSIXMQ-" word, .syntax = "POSIXMQ-" word ":<mqname>", \
	  .min = 1, .max = 1, .role = role_, .arg = arg_,		\
	  .groups = G_FD | G_NAMED | G_OPEN | G_RETRY | G_POSIXMQ | (groups_), \
	  .with = "POSIXMQ", .ops = ops_

static const struct family_ops queue_family = { .open = posixmq_open };
static const struct family_ops receive_family = {
	.open = receive_open, .accept = receive_accept,
	.attach = receive_attach
};

static const struct family rows[] = {
	QUEUE("BIDIRECTIONAL", 0, ROLE_OPEN, READS | WRITES, &queue_family),
	  .alias = { "POSIXMQ" } },
	QUEUE("READ", 0, ROLE_OPEN, READS, &queue_family) },
	QUEUE("RECEIVE", G_CHILD, ROLE_LISTEN | ROLE_RECEIVE, READS,
	    &receive_family), .alias = { "POSIXMQ-RECV" } },
	QUEUE("SEND", G_CHILD, ROLE_SEND, WRITES, &queue_family) },
	QUEUE("WRITE", G_CHILD, ROLE_SEND, WRITES, &queue_family) },
};

FAMILIES(posixmq, rows);
