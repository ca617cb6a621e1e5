/* run/children.h: the processes that were forked and still run. */
#ifndef RUN_CHILDREN_H
#define RUN_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * To be called before one is added, as often as one likes; -1 with words in
 * last_error and errno.
 */
int children_start(void);
/* owner is for children_wait(); NULL where nobody asks. */
void children_add(pid_t, void *owner);
size_t children_count(void);
bool children_has(pid_t);
/* Nobody asks for this one any more. */
void children_disown(pid_t);
void children_signal(int signo);
/*
 * Waits for one that has ended, orphans too: its id, and its owner; 0 if
 * none has.
 */
pid_t children_wait(int *status, void **owner);
/* Waits for all that have ended, orphans too; how many of ours they were. */
size_t children_sweep(void);
/* The same; but of many children only the latest are looked at each time. */
size_t children_reap(void);
/* One that was added may have ended by the next look, and nobody is told. */
void children_owe(void);
/* Milliseconds after which a look is due, by another call; or -1. */
int children_owed(void);
/* SIG_END, and KILL to those that stay; returns when none is left. */
void children_end(void);
/* In a child. */
void children_forget(void);

#endif
