/* lib/os/cleanup.h: what must not outlive this process, whatever ends it. */
#ifndef LIB_CLEANUP_H
#define LIB_CLEANUP_H

#include <sys/stat.h>

/* Something in the file system that this process made. */
struct made;

/*
 * Remembers what stands at path now, to be removed at the end.  It is found
 * again whatever the working directory or the root became, and removed only
 * if it is still the same file.  NULL when that cannot be: it stays then.
 */
struct made *cleanup_path(const char *path);
/*
 * The same before it is there: a link to the open file that st tells of
 * will be made at path.
 */
struct made *cleanup_link(const char *path, const struct stat *st);
/*
 * The same of what is no file, a queue of messages say: remove(name), which
 * has to be async-signal-safe, removes it.
 */
struct made *cleanup_by(int (*remove)(const char *), const char *name);
/* Removes it now; one of a parent is its parent's.  NULL is passed over. */
void cleanup_remove(struct made *);
/* Forgets it: it stays. */
void cleanup_forget(struct made *);

/* Removes all, and gives terminals their settings back; may be called in a
 * handler of signals. */
void cleanup_run(void);

#endif
