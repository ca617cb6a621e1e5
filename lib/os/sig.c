/*
 * lib/os/sig.c: signals: which are waited for, which end the process.
 *
 * What is waited for is blocked but in sig_poll(), so nothing is lost
 * between looking and waiting, and no descriptor is needed for it.  What
 * ends the process does so in its handler, which uses only what POSIX
 * 2.4.3 calls async-signal-safe.
 */

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cold.h"
#include "../log.h"
#include "os.h"
#include "sig.h"
#include "../clock.h"

/* The last two are those by which somebody is asked to end in order. */
static const int enders[] = { SIGHUP, SIGQUIT, SIGINT, SIGTERM };
#define ENDERS	(sizeof enders / sizeof *enders)

/* Linux has 64 signals, from 1 on. */
#define SIGNALS	65

static volatile sig_atomic_t came[SIGNALS];
static sigset_t waited, born_with, poll_mask;
static int started;
static bool waits_for_end;	/* for one of the enders */
static pid_t leader;		/* who decides when to end, or 0 */
static int held_from;		/* the first of the enders that it decides */
static void (*cleanup_fn)(void);

/*
 * Programs of this process's connection that have not been waited for: only
 * these are ever signalled.  Two addresses of two halves each have four.
 */
static struct program {
	volatile pid_t pid;	/* 0: free */
	unsigned what;		/* as sig_program() was told */
} programs[4];
#define PROGRAMS	(sizeof programs / sizeof *programs)
static bool programs_ran;	/* some were, since the process began */

static void
start(void)
{
	if (started)
		return;
	started = 1;
	sigemptyset(&waited);
	sigprocmask(SIG_SETMASK, NULL, &born_with);
	poll_mask = born_with;
}

static void
handle(int signo, void (*handler)(int))
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = handler;
	sigemptyset(&sa.sa_mask);
	sigaction(signo, &sa, NULL);
}

/* Whether a program gets the signal instead of this process. */
static bool
forwarded(int signo)
{
	unsigned what = signo == SIGHUP ? SIG_GETS_HUP : signo == SIGINT ?
	    SIG_GETS_INT : signo == SIGQUIT ? SIG_GETS_QUIT : 0;
	bool any = false;
	size_t i;

	for (i = 0; i < PROGRAMS; i++)
		if (programs[i].pid > 0 && programs[i].what & what) {
			kill(programs[i].pid, signo);
			any = true;
		}
	return any;
}

static void
die(int signo)
{
	int saved = errno;
	size_t i;

	if (forwarded(signo)) {
		errno = saved;
		return;
	}
	log_dying(signo);
	for (i = 0; i < PROGRAMS; i++)
		if (programs[i].pid > 0)
			kill(programs[i].pid, SIGTERM);
	if (cleanup_fn != NULL)
		cleanup_fn();
	_exit(128 + signo);
}

/*
 * HUP, INT, QUIT and TERM end the process with status 128 + n after
 * cleanup.  HUP stays ignored under nohup(1); INT and QUIT, which a shell
 * ignores for what it runs in the background, count, as with socat.  A
 * broken pipe is an error like others, not a signal.
 */
void
sig_fatal(void (*cleanup)(void))
{
	struct sigaction old;
	size_t i;

	start();
	cleanup_fn = cleanup;
	handle(SIGPIPE, SIG_IGN);
	for (i = 0; i < ENDERS; i++)
		if (enders[i] != SIGHUP || sigaction(SIGHUP, NULL, &old) ==
		    -1 || old.sa_handler != SIG_IGN)
			handle(enders[i], die);
}

/* It came to the whole group, unless there is nobody left to decide. */
static void
held(int signo)
{
	int saved = errno;

	if (getppid() != leader)
		die(signo);
	forwarded(signo);
	errno = saved;
}

static void
ordered(int signo)
{
	(void)signo;
	die(SIGTERM);
}

void
sig_obey(pid_t parent, bool always)
{
	int i;

	start();
	leader = parent;
	held_from = always ? 0 : 2;
	for (i = held_from; i < (int)ENDERS; i++)
		handle(enders[i], held);
	handle(SIG_FINISH, ordered);
	handle(SIG_END, ordered);
}

static void
note(int signo)
{
	came[signo] = 1;
}

void
sig_wait_for(int signo)
{
	sigset_t set;
	int n;

	start();
	for (n = 0; n < (int)ENDERS; n++)
		waits_for_end |= enders[n] == signo;
	waits_for_end |= signo == SIG_END;
	sigaddset(&waited, signo);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_BLOCK, &set, &poll_mask);
	for (n = 1; n < 32; n++)
		if (sigismember(&waited, n) == 1)
			sigdelset(&poll_mask, n);
	handle(signo, note);
}

/*
 * What came was for the parent.  A child is asked for itself: by poll(2), which
 * USR1 then interrupts.
 */
static void
note_again(sigset_t *before)
{
	int i;

	for (i = 0; i < (int)ENDERS; i++)
		sig_taken(enders[i]);
	sig_taken(SIG_FINISH);
	sig_taken(SIG_END);
	sig_taken(SIGUSR1);
	sigdelset(before, SIGUSR1);
}

/*
 * What the parent waits for kills the child, unless it obeys, and its own
 * children do not interest it before it asks for them.  Most often there is
 * nothing to be written, which would copy a page.
 */
HOT void
sig_child(sigset_t *before)
{
	int i, n;

	for (i = 0; i < (int)PROGRAMS; i++)
		if (programs[i].pid != 0)
			programs[i].pid = 0;	/* the parent's */
	note_again(before);
	if (!waits_for_end)
		return;
	for (i = 0; i < (int)ENDERS; i++)
		if (sigismember(&waited, enders[i]) == 1 &&
		    (leader == 0 || i < held_from))
			handle(enders[i], die);
	for (n = 1; n < SIGNALS; n++)
		if (sigismember(&waited, n) == 1)
			sigdelset(before, n);
	sigemptyset(&waited);
	waits_for_end = false;
}

bool
sig_fits_child(void)
{
	size_t i;

	for (i = 0; i < PROGRAMS && programs[i].pid == 0; i++)
		;
	return i == PROGRAMS && !waits_for_end && os_ppoll_whole();
}

HOT int
sig_poll(struct pollfd *p, nfds_t n, long long timeout_ms)
{
	return os_ppoll(p, n, clock_poll(timeout_ms), &poll_mask);
}

HOT int
sig_poll_child(struct pollfd *p, nfds_t n, long long timeout_ms)
{
	return os_ppoll_whole() ? sig_poll(p, n, timeout_ms) :
	    poll(p, n, clock_poll(timeout_ms));
}

int
sig_poll_but(int signo, struct pollfd *p, nfds_t n, long long timeout_ms)
{
	sigset_t mask = poll_mask;

	sigaddset(&mask, signo);
	return os_ppoll(p, n, clock_poll(timeout_ms), &mask);
}

HOT int
sig_taken(int signo)
{
	if (!came[signo])
		return 0;	/* a write would copy the page */
	came[signo] = 0;
	return 1;
}

void
sig_let(bool yes)
{
	sigprocmask(yes ? SIG_UNBLOCK : SIG_BLOCK, &waited, NULL);
}

bool
sig_ends(void)
{
	size_t i;

	for (i = 0; i < ENDERS; i++)
		if (came[enders[i]])
			return true;
	return came[SIG_FINISH] || came[SIG_END];
}

void
sig_default(void)
{
	struct sigaction old;
	int n;

	start();
	for (n = 1; n < SIGNALS; n++)
		if (sigaction(n, NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN && old.sa_handler != SIG_DFL)
			handle(n, SIG_DFL);
	handle(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_SETMASK, &born_with, NULL);
}

void
sig_pipe(bool kills)
{
	handle(SIGPIPE, kills ? SIG_DFL : SIG_IGN);
}

void
sig_hold(sigset_t *before)
{
	sigset_t all;

	start();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, before);
}

HOT void
sig_release(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

int
sig_program(pid_t pid, unsigned what)
{
	size_t i;

	programs_ran = true;
	for (i = 0; i < PROGRAMS; i++)
		if (programs[i].pid == 0) {
			programs[i].what = what;
			programs[i].pid = pid;
			return 0;
		}
	return -1;
}

pid_t
sig_program_wait(pid_t pid, int *status, int flags)
{
	sigset_t before;
	size_t i;

	sig_hold(&before);
	pid = waitpid(pid, status, flags);
	for (i = 0; i < PROGRAMS && pid > 0; i++)
		if (programs[i].pid == pid)
			programs[i].pid = 0;
	sig_release(&before);
	return pid;
}

HOT void
sig_programs_end(void)
{
	sigset_t before;
	size_t i;

	for (i = 0; i < PROGRAMS && programs[i].pid == 0; i++)
		;
	if (i == PROGRAMS)
		return;
	sig_hold(&before);
	for (i = 0; i < PROGRAMS; i++) {
		if (programs[i].pid > 0 && programs[i].what & SIG_ENDS)
			kill(programs[i].pid, SIGTERM);
		programs[i].pid = 0;
	}
	sig_release(&before);
}

void
sig_programs_reap(void)
{
	if (!programs_ran)
		return;
	handle(SIGCHLD, SIG_IGN);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

void
sig_on(int signo, void (*fn)(int))
{
	sigset_t set;

	handle(signo, fn);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigdelset(&poll_mask, signo);
}

void
sig_note(int signo)
{
	start();
	handle(signo, note);
}
