/* lib/os/nolibrary.c: the same of a program that no library can be given. */

#include <stdio.h>
#include <unistd.h>

#include "../cold.h"
#include "../error.h"
#include "library.h"

pid_t _Fork(void) __attribute__((weak));

const bool library_here = false;

int
library_open(const char *own, const char *const *names,
    const struct library_symbol *s, size_t n)
{
	(void)own;
	(void)s;
	(void)n;
	return error_set("%s: this program is static, and loads no library",
	    *names);
}

/* There is no thread either.  libc may be older than _Fork(3). */
HOT pid_t
library_fork(void)
{
	return _Fork != NULL ? _Fork() : fork();
}
