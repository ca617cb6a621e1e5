/* run/link/process.c: the process of a link, which has nothing of others. */

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../lib/clock.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../../lib/os/sig.h"
#include "../children.h"
#include "../serve.h"
#include "../target.h"
#include "link.h"

/* Peers of datagrams never say that they have finished. */
#define UDP_IDLE_MS	60000

/* In the parent; -1 with words in last_error. */
static int
sockets_find(struct links *all)
{
	struct link *l;
	size_t n = 0;
	int *fd;

	if (all->sockets_known)
		return 0;
	for (l = all->first; l != NULL; l = l->next)
		n += 2;
	fd = realloc(all->socket, (n + 1) * sizeof *fd);
	if (fd == NULL)
		return error_set("out of memory");
	all->socket = fd;
	for (n = 0, l = all->first; l != NULL; l = l->next) {
		if (l->a->lfd != -1)
			fd[n++] = l->a->lfd;
		if (l->b->lfd != -1)
			fd[n++] = l->b->lfd;
	}
	all->nsocket = n;
	all->sockets_known = true;
	return 0;
}

/* Mostly they were opened one after the other, and are closed at one go. */
static void
others_close(const struct links *all, const struct link *l)
{
	int first = -1, last = -1, fd;
	size_t i;

	for (i = 0; i < all->nsocket; i++) {
		fd = all->socket[i];
		if (fd == l->a->lfd || fd == l->b->lfd)
			continue;
		if (first != -1 && fd != last + 1)
			os_close_range(first, last);
		if (first == -1 || fd != last + 1)
			first = fd;
		last = fd;
	}
	if (first != -1)
		os_close_range(first, last);
}

/* What is the supervisor's alone. */
static void
others_drop(struct links *all, const struct link *l)
{
	const struct link_source *source = all->source;

	children_forget();
	if (source != NULL)
		source->leave(source->state);
	link_boards_drop(all);
	others_close(all, l);
	if (all->ready_fd > STDERR_FILENO)
		close(all->ready_fd);
}

static _Noreturn void
process_run(struct links *all, const struct link *l, pid_t supervisor)
{
	const struct config *c = all->config;
	bool port = c->source != FROM_PAIRS;
	struct service s = { .config = c, .process = &all->process,
	    .tally = l->tally,
	    .supervised = true, .drains = true, .drain = c->drain,
	    .idle = c->idle == 0 && l->want.udp ? UDP_IDLE_MS : c->idle,
	    .half_close = port && !l->want.udp ? c->link_half_close :
	    c->half_close };
	struct target t = { .follow = c->hold,
	    .board = l->news.read };
	char pair[32];

	others_drop(all, l);
	process_with_parent(&all->process, supervisor, SIG_END);
	if (t.board != NULL) {
		t.generation = atomic_load(&t.board->generation);
		/* Clients that wait are not cut while they may hope. */
		if (s.drain < c->hold)
			s.drain = c->hold;
		s.target = &t;
	}
	if (l->want.target[0] != '\0')
		s.link = l->want.key;
	else {
		snprintf(pair, sizeof pair, "link %s", l->want.key);
		s.pair = pair;
	}
	_exit(serve(l->a, l->b, &s));
}

static void
goes_on(struct link *l)
{
	char name[LINK_NAME_MAX];

	log_notice("link %s: goes on", link_name(l, name));
	l->retry = 0;
}

int
link_start(struct links *all, struct link *l)
{
	struct link copy;	/* it does not get the link itself */
	pid_t pid, supervisor = getpid();
	sigset_t before;

	if (l->news.write != NULL)
		board_up(l->news.write, l->want.b);
	if (sockets_find(all) == -1)
		return -1;
	copy = *l;
	link_share(l, true);
	sig_hold(&before);
	pid = fork();
	if (pid == 0) {
		sig_obey(supervisor, true);
		sig_child(&before);
	}
	sig_release(&before);
	if (pid == 0)
		process_run(all, &copy, supervisor);
	link_share(l, false);
	if (pid == -1)
		return error_set("fork():");
	children_add(pid, l);
	l->pid = pid;
	l->state = RUNNING;
	l->started = clock_ms();
	if (l->retry != 0)
		goes_on(l);
	return 0;
}
