/* lib/os/lock.h: lock files. */
#ifndef LIB_LOCK_H
#define LIB_LOCK_H

#include <stdbool.h>

#include "cleanup.h"

/*
 * Creates path, with the process id in it, by a link: it is never seen
 * empty.  If it is there already, waits until it is gone, or fails.  What
 * is returned is for cleanup_remove(); NULL with words in last_error.
 */
struct made *lock_take(const char *path, bool wait);

#endif
