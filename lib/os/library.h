/* lib/os/library.h: shared libraries that are found at run time. */
#ifndef LIB_OS_LIBRARY_H
#define LIB_OS_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A function or variable of a library, and who wants it. */
struct library_symbol {
	const char *name;
	void *where;		/* the pointer that becomes its address */
	const char *other;	/* its name in other versions, or NULL */
	bool spare;		/* a library without it will do: NULL then */
};

/*
 * Opens the first of the libraries names[], up to a NULL, that is there and
 * has all the symbols; or the one that the user names in their place in the
 * variable own of the environment, if that is not NULL.  What that library
 * itself needs is searched as well.
 * It stays open for the life of the process.  0; or -1 with words in
 * last_error that say of each library what it lacks, and nothing is set.
 */
int library_open(const char *own, const char *const *names,
    const struct library_symbol *, size_t n);

/*
 * As fork(2).  Where no thread runs and no library was opened, or put before
 * libc, nobody is told of it, if libc can do so, by _Fork(3): what
 * pthread_atfork(3) has registered makes a child write to several pages for
 * nothing.
 */
pid_t library_fork(void);

/* Whether this program can open any. */
extern const bool library_here;

#endif
