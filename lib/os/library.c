/* lib/os/library.c: shared libraries, by dlopen(3). */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined __GLIBC__ && defined _GNU_SOURCE
#if __GLIBC_PREREQ(2, 34)	/* the first with _Fork(3) */
#include <sys/single_threaded.h>
#define HAS_FORK_ALONE
#endif
#endif
#include <unistd.h>

#include "../cold.h"
#include "../error.h"
#include "library.h"

const bool library_here = true;

static bool loaded;

/* Its address, or NULL. */
static void *
symbol_find(void *lib, const struct library_symbol *s)
{
	void *p = dlsym(lib, s->name);

	return p == NULL && s->other != NULL ? dlsym(lib, s->other) : p;
}

/* The first that the library has not, or NULL. */
static const char *
missing(void *lib, const struct library_symbol *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!s[i].spare && symbol_find(lib, &s[i]) == NULL)
			return s[i].name;
	return NULL;
}

/* dlsym(3) has functions and data alike as void *. */
static void
take(void *lib, const struct library_symbol *s, size_t n)
{
	size_t i;
	void *p;

	for (i = 0; i < n; i++) {
		p = symbol_find(lib, &s[i]);
		memcpy(s[i].where, &p, sizeof p);
	}
}

int
library_open(const char *own, const char *const *names,
    const struct library_symbol *s, size_t n)
{
	const char *const named[] = { own == NULL ? NULL : getenv(own), NULL };
	char why[sizeof last_error.words] = "";
	size_t len = 0;
	const char *lacks;
	void *lib;

	if (named[0] != NULL && *named[0] != '\0')
		names = named;
	for (; *names != NULL; names++) {
		lib = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
		lacks = lib == NULL ? NULL : missing(lib, s, n);
		if (lib != NULL && lacks == NULL) {
			take(lib, s, n);
			loaded = true;
			return 0;
		}
		if (len < sizeof why)
			len += (size_t)snprintf(why + len, sizeof why - len,
			    lib == NULL ? "%s%s" : "%s%s has no %s",
			    len > 0 ? "; " : "",
			    lib == NULL ? dlerror() : *names, lacks);
		if (lib != NULL)
			dlclose(lib);
	}
	return error_set("%s", why);
}

#ifdef HAS_FORK_ALONE
/* Whether fork() is libc's, and not of one that was loaded before it. */
static bool
fork_is_libcs(void)
{
	static int is = -1;
	Dl_info theirs, own;

	if (is == -1)
		is = dladdr((void *)fork, &theirs) != 0 &&
		    dladdr((void *)_Fork, &own) != 0 &&
		    theirs.dli_fbase == own.dli_fbase;
	return is;
}
#endif

HOT pid_t
library_fork(void)
{
#ifdef HAS_FORK_ALONE
	if (!loaded && __libc_single_threaded && fork_is_libcs())
		return _Fork();
#endif
	return fork();
}
