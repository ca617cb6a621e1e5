/*
 * lib/os/tty.c: settings of terminals, which this process only borrows.
 *
 * Handlers of signals walk through the list, so an entry is complete before
 * it is linked in, and is never freed.  An entry is its maker's: a child
 * finds its parent's and passes over them.  POSIX 2.4.3 has tcgetattr(3),
 * tcsetattr(3), tcgetpgrp(3), nanosleep(2) and close(2) among what is
 * async-signal-safe.
 */

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "sig.h"
#include "tty.h"

/* How long output that was stopped (^S) may keep a terminal's settings. */
#define DRAIN_TICKS	25
#define DRAIN_TICK_NS	20000000

struct tty {
	struct tty *next;
	volatile sig_atomic_t there;
	volatile sig_atomic_t stopped;	/* it has 'before', and 'ours' later */
	pid_t pid;
	int fd;			/* our own: the address may close its */
	dev_t rdev;
	struct termios before, ours;
};

/* The head is what a handler begins with. */
static struct tty *_Atomic all_ttys;

/* Who is not in the foreground would be stopped by it, and so never end. */
static int
set_now(int fd, const struct termios *t)
{
	sigset_t output, mask;
	int rc;

	sigemptyset(&output);
	sigaddset(&output, SIGTTOU);
	sigprocmask(SIG_BLOCK, &output, &mask);
	while ((rc = tcsetattr(fd, TCSANOW, t)) == -1 && errno == EINTR)
		;
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return rc;
}

static void
drain(int fd)
{
	static const struct timespec tick = { 0, DRAIN_TICK_NS };
	int i, left;

	for (i = 0; i < DRAIN_TICKS; i++) {
		if (ioctl(fd, TIOCOUTQ, &left) == -1 || left == 0)
			break;
		nanosleep(&tick, NULL);
	}
}

/* A driver may leave out what it cannot do, and not every libc looks. */
static bool
was_taken(int fd, const struct termios *t)
{
	struct termios now;
	tcflag_t bits = PARENB | CREAD;

	if (t->c_cflag & CSIZE)
		bits |= CSIZE;
	return tcgetattr(fd, &now) == -1 ||
	    ((now.c_cflag ^ t->c_cflag) & bits) == 0;
}

int
tty_set(int fd, const struct termios *t)
{
	drain(fd);
	while (tcsetattr(fd, TCSANOW, t) == -1)
		if (errno != EINTR)
			return -1;
	if (was_taken(fd, t))
		return 0;
	errno = EINVAL;
	return -1;
}

/* The shell that gets the terminal meanwhile finds it as it was. */
static void
stop(int signo)
{
	int saved = errno;
	sigset_t set, mask;
	struct tty *t;

	for (t = all_ttys; t != NULL; t = t->next)
		if (t->there && t->pid == getpid() && !t->stopped &&
		    tcgetattr(t->fd, &t->ours) == 0) {
			t->stopped = 1;
			set_now(t->fd, &t->before);
		}
	signal(signo, SIG_DFL);
	raise(signo);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_UNBLOCK, &set, &mask);	/* it stops here */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	signal(signo, stop);
	errno = saved;
}

/* In the background the terminal is somebody else's still. */
static void
go_on(int signo)
{
	int saved = errno;
	struct tty *t;
	pid_t group;

	(void)signo;
	for (t = all_ttys; t != NULL; t = t->next) {
		if (!t->there || t->pid != getpid() || !t->stopped)
			continue;
		group = tcgetpgrp(t->fd);
		if (group != -1 && group != getpgrp())
			continue;
		t->stopped = 0;
		set_now(t->fd, &t->ours);
	}
	errno = saved;
}

/* Who started us may have said that nothing is to stop. */
static void
stop_watch(void)
{
	struct sigaction old;

	if (sigaction(SIGTSTP, NULL, &old) == -1 || old.sa_handler != SIG_DFL)
		return;
	sig_on(SIGCONT, go_on);
	sig_on(SIGTSTP, stop);
}

void
tty_keep(int fd)
{
	struct tty *t;
	struct stat st;

	if (fstat(fd, &st) == -1)
		return;
	for (t = all_ttys; t != NULL; t = t->next)
		if (t->there && t->pid == getpid() && t->rdev == st.st_rdev)
			return;
	t = calloc(1, sizeof *t);
	if (t == NULL)
		return;
	t->fd = tcgetattr(fd, &t->before) == -1 ? -1 :
	    fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (t->fd == -1) {
		free(t);
		return;
	}
	t->pid = getpid();
	t->rdev = st.st_rdev;
	t->next = all_ttys;
	t->there = 1;
	atomic_signal_fence(memory_order_release);
	all_ttys = t;
	stop_watch();
}

void
tty_give_back(void)
{
	struct tty *t;

	for (t = all_ttys; t != NULL; t = t->next)
		if (t->there && t->pid == getpid()) {
			t->there = 0;
			drain(t->fd);
			set_now(t->fd, &t->before);
			close(t->fd);
		}
}
