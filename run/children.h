/* run/children.h: the processes that were forked and still run. */
#ifndef RUN_CHILDREN_H
#define RUN_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

void children_add(pid_t);
size_t children_count(void);
bool children_has(pid_t);
/* Waits for all that have ended, orphans too; how many of ours they were. */
size_t children_reap(void);
/* TERM, and KILL to those that stay; returns when none is left. */
void children_end(void);
void children_forget(void);

#endif
