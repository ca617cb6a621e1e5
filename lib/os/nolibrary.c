/* lib/os/nolibrary.c: the same of a program that no library can be given. */

#include <stdio.h>

#include "../cold.h"
#include "../error.h"
#include "library.h"

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

HOT bool
library_loaded(void)
{
	return false;
}
