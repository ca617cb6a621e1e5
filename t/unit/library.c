/* t/unit/library.c: shared libraries: names, symbols, and what is missing. */

#include <string.h>

#include "unit.h"
#include "../../lib/os/library.c"

#define HERE	"libm.so.6"
#define GONE	": cannot open shared object file: No such file or directory"
#define NOWHERE	"libnowhere.so.7"

static double (*cosine)(double), (*other)(double), (*spare)(double);

static int
try(const char *const *names, const struct library_symbol *s, size_t n)
{
	cosine = other = spare = NULL;
	last_error.words[0] = '\0';
	return library_open(NULL, names, s, n);
}

int
main(void)
{
	static const char *const found[] = { NOWHERE, HERE, NULL };
	static const char *const none[] = { NOWHERE, "libno.so.8", NULL };
	static const struct library_symbol good[] = {
		{ .name = "cos", .where = &cosine },
		{ .name = "cosine_of", .other = "cos", .where = &other },
		{ .name = "cosine_of", .spare = true, .where = &spare },
	};
	static const struct library_symbol bad[] = {
		{ .name = "cos", .where = &cosine },
		{ .name = "cosine_of", .where = &other },
	};

	ok(try(found, good, 3) == 0, "the second of two libraries is there");
	ok(cosine != NULL && cosine(0) == 1, "a symbol");
	ok(other == cosine, "one by its other name");
	ok(spare == NULL, "one that need not be there");
	ok(try(found, bad, 2) == -1, "a symbol that must be there");
	ok(cosine == NULL, "... nothing is taken then");
	is(last_error.words, NOWHERE GONE "; " HERE " has no cosine_of",
	    "... and it is named");
	ok(try(none, good, 3) == -1, "no library");
	is(last_error.words, NOWHERE GONE "; libno.so.8" GONE,
	    "... all are named");
	return done();
}
