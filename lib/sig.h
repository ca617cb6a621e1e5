/* lib/sig.h: signals: which are waited for, which end the process. */
#ifndef LIB_SIG_H
#define LIB_SIG_H

#include <poll.h>
#include <sys/types.h>

/*
 * A process either dies of TERM, INT, HUP and QUIT, by a handler that
 * cleans up (sig_fatal()), or waits for them in sig_poll() (sig_wait()).
 */
void sig_fatal(void (*cleanup)(void));
/* A fork that dies of the signals its parent waits for. */
void sig_child(void);
void sig_wait_for(int signo);
/*
 * As poll(2), during which the signals waited for may come; less than the
 * timeout when that is more than poll(2) takes.
 */
int sig_poll(struct pollfd *, nfds_t, long long timeout_ms);
/* Whether the signal came since it was last asked for. */
int sig_taken(int signo);
/* Everything as it was born with, for a program that is to be run. */
void sig_default(void);
/* HUP, INT, QUIT go on to these processes, where not 0. */
void sig_forward(pid_t hup, pid_t in, pid_t quit);
/* A program of ours: it is told to end when we are. */
void sig_program(pid_t);
void sig_program_gone(pid_t);
/* Calls fn, which must be async-signal-safe. */
void sig_on(int signo, void (*fn)(int));
/* The signal interrupts and is noted for sig_taken(), and does no more. */
void sig_note(int signo);

#endif
