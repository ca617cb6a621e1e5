/* lib/os/sig.h: signals: which are waited for, which end the process. */
#ifndef LIB_SIG_H
#define LIB_SIG_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * A process either dies of TERM, INT, HUP and QUIT, by a handler that
 * cleans up (sig_fatal()), or waits for them in sig_poll() (sig_wait()).
 */
void sig_fatal(void (*cleanup)(void));
/*
 * In a fork: it dies of the signals its parent waits for.  They are held, by
 * sig_hold(), from before the fork to after this; what is let in then is
 * changed in before.
 */
void sig_child(sigset_t *before);
/*
 * Whether a child may do without: the handlers do there what they do here.
 * What is waited for then comes in sig_poll() alone, as here.
 */
bool sig_fits_child(void);
/* For who waits for no signal: as poll(2), which USR1 interrupts, in a child
 * of either kind as well. */
int sig_poll_child(struct pollfd *, nfds_t, long long timeout_ms);
void sig_wait_for(int signo);
/*
 * A process that serves leaves it to its parent, while that lives, what TERM
 * and INT mean, and if always HUP and QUIT too: they come to whole groups
 * (a terminal, timeout(1), systemd).  The parent says by signals of its own
 * what is to be done: that the process ends when it has finished, if it
 * waits for that one, or at once.  To be called before sig_child().
 */
#define SIG_FINISH	SIGUSR2
#define SIG_END		SIGALRM
void sig_obey(pid_t parent, bool always);
/*
 * As poll(2), during which the signals waited for may come; less than the
 * timeout when that is more than poll(2) takes.
 */
int sig_poll(struct pollfd *, nfds_t, long long timeout_ms);
/* The same, but that one of them goes on waiting. */
int sig_poll_but(int signo, struct pollfd *, nfds_t, long long timeout_ms);
/* Whether the signal came since it was last asked for. */
int sig_taken(int signo);
/*
 * What is waited for may come at any time, and interrupts system calls, or
 * only in sig_poll() again.
 */
void sig_let(bool);
/* Whether one that came, and was not taken yet, tells this process to end. */
bool sig_ends(void);
/* As it was born with, for a program that is to be run; but a broken pipe. */
void sig_default(void);
/* ... which kills a program, and does not kill who still has to log. */
void sig_pipe(bool kills);
/*
 * Round a fork: no signal comes until all that depends on it has been done,
 * which in the child ends with sig_default().
 */
void sig_hold(sigset_t *before);
void sig_release(const sigset_t *before);

/* What becomes of a program of ours, besides that it ends when we are told. */
enum {
	SIG_ENDS = 1,		/* it ends with its connection */
	/* These go on to it, and we stay. */
	SIG_GETS_HUP = 2, SIG_GETS_INT = 4, SIG_GETS_QUIT = 8
};
/* Remembers a program; -1: there are too many. */
int sig_program(pid_t, unsigned what);
/* As waitpid(2); what has been waited for is not known any more. */
pid_t sig_program_wait(pid_t, int *status, int flags);
/* The connection is over: tells those that end with it, and forgets all. */
void sig_programs_end(void);
/* What is left of earlier connections: it is nobody's, alive or dead. */
void sig_programs_reap(void);
/* Calls fn, which must be async-signal-safe. */
void sig_on(int signo, void (*fn)(int));
/* The signal interrupts and is noted for sig_taken(), and does no more. */
void sig_note(int signo);

#endif
