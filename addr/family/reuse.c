/* addr/family/reuse.c: a socket that one connection after the other has. */

#include "../../lib/cold.h"
#include "../../lib/os/os.h"
#include "socket.h"
#include "reuse.h"

/* NULL: nothing is kept for this address, nor used. */
static struct spare *
spare_of(const struct addr *a)
{
	return a->nopt > 0 ? NULL : a->process->spare;
}

HOT int
reuse_socket(struct addr *a, int af)
{
	struct spare *s = spare_of(a);
	int fd = s == NULL || s->af != af ? -1 : s->fd;

	if (fd == -1)
		return sock_open(a, af, SOCK_STREAM, IPPROTO_TCP);
	s->fd = -1;
	return fd;
}

/* Both sides said that they had ended: no packet is on its way any more. */
static void
reuse_finish(struct end *e, enum ending how)
{
	struct spare *s = e->state;

	if (how != ENDING_ORDERLY || !e->out.shut || s->fd != -1 ||
	    os_renew(e->rfd) == -1)
		return;
	s->fd = e->rfd;
	s->af = e->peer.remote.sa.any.sa_family;
	e->rfd = e->wfd = -1;
}

static const struct end_ops reuse_ops = {
	.read = end_recv, .write = end_send, .half_close = end_half_close,
	.finish = reuse_finish
};

HOT void
reuse_after(const struct addr *a, struct end *e)
{
	struct spare *s = spare_of(a);

	if (s == NULL)
		return;
	e->ops = &reuse_ops;
	e->state = s;
}
