/* run/fork.c: a child for each connection. */

#include <sys/socket.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "../addr/family/socket.h"
#include "../lib/cold.h"
#include "../lib/error.h"
#include "../lib/log.h"
#include "../lib/os/library.h"
#include "../lib/os/os.h"
#include "../lib/os/sig.h"
#include "children.h"
#include "server.h"

/* A probe that hung up is no client, and its target is left in peace. */
static bool
client_reset(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == -1 &&
	    errno == ECONNRESET;
}

_Noreturn HOT void
server_child(struct server *s, struct end *e)
{
	if (s->service->supervised || s->mortal)
		process_with_parent(s->service->process, s->pid, SIGTERM);
	if (s->service->supervised && addr_listens(s->listener) &&
	    e->in.can & END_RESET && client_reset(e->rfd))
		_exit(0);
	s->service->process->listener = s->pid;
	s->service->process->leaves = true;
	/* What the parent opened stays its own: see addr_unlisten(). */
	listener_leave(s->listener);
	if (log_on(LOG_I))
		log_info("just born: child process %ld", (long)getpid());
	if (s->service->config->fork_wait > 0)
		sleep(s->service->config->fork_wait);
	if (s->listener->c.children_shutup > 0)
		log_less((int)s->listener->c.children_shutup);
	_exit(s->child(s, e));
}

/* A child dies of signals as one from its first moment on. */
static pid_t
fork_held(const struct server *s)
{
	sigset_t before;
	pid_t pid;

	if (!s->service->drains && sig_fits_child()) {
		pid = library_fork();
		if (pid == 0)
			sig_taken(SIGUSR1);	/* it came for the parent */
		return pid;
	}
	sig_hold(&before);
	pid = library_fork();
	if (pid == 0) {
		if (s->service->drains)
			sig_obey(s->pid, s->service->supervised);
		sig_child(&before);
	}
	sig_release(&before);
	return pid;
}

HOT pid_t
server_fork(struct server *s)
{
	pid_t pid;

	while (children_start() == -1 || (pid = fork_held(s)) == -1) {
		pause_begin(&s->pause, "fork()", true);
		children_reap();
		sig_poll(NULL, 0, s->pause.length);
		if (server_stop_wanted(s))
			return -1;
	}
	return pid;
}

bool
server_reaps_later(const struct server *s)
{
	return !s->pooled && s->listener->c.max_children < 0 &&
	    s->service->exit_idle == 0 && !log_on(LOG_N);
}

void
server_forked(struct server *s, pid_t pid, struct end *e)
{
	pause_over(&s->pause);
	children_add(pid, NULL);
	if (server_reaps_later(s))
		children_owe();
	log_notice("forked off child process %ld", (long)pid);
	if (s->service->config->fork_wait > 0)
		sig_poll(NULL, 0, s->service->config->fork_wait * 1000LL);
	end_close(e);
	if (s->service->tally != NULL && !s->nested) {
		atomic_fetch_add(&s->service->tally->all, 1);
		atomic_store(&s->service->tally->now, children_count());
	}
}

HOT void
server_spawn(struct server *s, struct end *e)
{
	pid_t pid = server_fork(s);

	if (pid == 0)
		server_child(s, e);
	if (pid == -1) {
		end_close(e);
		return;
	}
	server_forked(s, pid, e);
	listening_again(s->listener);
}

void
server_reap(struct server *s)
{
	size_t ended = s->full ? children_sweep() : children_reap();

	if (ended > 0 && children_count() == 0)
		s->quiet = s->service->exit_idle > 0 ? clock_ms() : 0;
	if (s->service->tally != NULL && !s->pooled && !s->nested)
		atomic_store(&s->service->tally->now, children_count());
}
