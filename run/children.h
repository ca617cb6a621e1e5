/* run/children.h: the processes that were forked and still run. */
#ifndef RUN_CHILDREN_H
#define RUN_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* To be called before the first is added; -1 with words in last_error. */
int children_start(void);
void children_add(pid_t);
size_t children_count(void);
bool children_has(pid_t);
/* Waits for all that have ended, orphans too; how many of ours they were. */
size_t children_sweep(void);
/* The same; but of many children only the latest are looked at each time. */
size_t children_reap(void);
/* Milliseconds after which the others should be, by another call; or -1. */
int children_owed(void);
/* SIG_END, and KILL to those that stay; returns when none is left. */
void children_end(void);
/* In a child. */
void children_forget(void);

#endif
