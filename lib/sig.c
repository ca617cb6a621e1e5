/*
 * lib/sig.c: signals: which are waited for, which end the process.
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
#include <unistd.h>

#include "log.h"
#include "os.h"
#include "sig.h"
#include "span.h"

static const int enders[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
#define ENDERS	(sizeof enders / sizeof *enders)

static volatile sig_atomic_t came[65];
static sigset_t waited, born_with, poll_mask;
static int started;
static bool waits_for_end;	/* for one of the enders */
static void (*cleanup_fn)(void);
static pid_t forward_hup, forward_int, forward_quit;
static pid_t programs[4];

static void
start(void)
{
	if (started)
		return;
	started = 1;
	sigemptyset(&waited);
	sigprocmask(SIG_SETMASK, NULL, &born_with);
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

static void
die(int signo)
{
	pid_t pid = signo == SIGHUP ? forward_hup : signo == SIGINT ?
	    forward_int : signo == SIGQUIT ? forward_quit : 0;
	int saved = errno;
	size_t i;

	if (pid > 0) {
		kill(pid, signo);
		errno = saved;
		return;
	}
	log_dying(signo);
	for (i = 0; i < sizeof programs / sizeof *programs; i++)
		if (programs[i] > 0)
			kill(programs[i], SIGTERM);
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
	sigaddset(&waited, signo);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_BLOCK, &set, &poll_mask);
	for (n = 1; n < 32; n++)
		if (sigismember(&waited, n) == 1)
			sigdelset(&poll_mask, n);
	handle(signo, note);
}

static void
die_again(int signo)
{
	if (sigismember(&waited, signo) == 1)
		handle(signo, die);
}

/*
 * What the parent waits for kills the child, and its own children do not
 * interest it before it asks for them.
 */
void
sig_child(void)
{
	size_t i;

	if (!waits_for_end)
		return;
	for (i = 0; i < ENDERS; i++)
		die_again(enders[i]);
	sigprocmask(SIG_UNBLOCK, &waited, NULL);
	sigemptyset(&waited);
	waits_for_end = false;
}

int
sig_poll(struct pollfd *p, nfds_t n, long long timeout_ms)
{
	return os_ppoll(p, n, span_poll(timeout_ms), &poll_mask);
}

int
sig_taken(int signo)
{
	if (!came[signo])
		return 0;	/* a write would copy the page */
	came[signo] = 0;
	return 1;
}

void
sig_default(void)
{
	size_t i;

	start();
	for (i = 0; i < ENDERS; i++) {
		struct sigaction old;

		if (sigaction(enders[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			handle(enders[i], SIG_DFL);
	}
	handle(SIGPIPE, SIG_DFL);
	handle(SIGCHLD, SIG_DFL);
	handle(SIGUSR1, SIG_DFL);
	sigprocmask(SIG_SETMASK, &born_with, NULL);
}

void
sig_forward(pid_t hup, pid_t in, pid_t quit)
{
	if (hup != 0)
		forward_hup = hup;
	if (in != 0)
		forward_int = in;
	if (quit != 0)
		forward_quit = quit;
}

void
sig_program(pid_t pid)
{
	size_t i;

	for (i = 0; i < sizeof programs / sizeof *programs; i++)
		if (programs[i] == 0) {
			programs[i] = pid;
			return;
		}
}

void
sig_program_gone(pid_t pid)
{
	size_t i;

	for (i = 0; i < sizeof programs / sizeof *programs; i++)
		if (programs[i] == pid)
			programs[i] = 0;
}

void
sig_on(int signo, void (*fn)(int))
{
	sigset_t set;

	handle(signo, fn);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

void
sig_note(int signo)
{
	start();
	handle(signo, note);
}
