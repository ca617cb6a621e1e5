/* lib/lock.h: lock files. */
#ifndef LIB_LOCK_H
#define LIB_LOCK_H

int lock_take(const char *path, int wait);

#endif
