/* near.c: what may have been meant: one letter off, never a far guess */

#include "unit.h"
#include "../../addr/near.c"

static void
test_distance(void)
{
	static const struct {
		const char *a, *b;
		int want;
	} pairs[] = {
		{ "", "", 0 }, { "", "abc", 3 }, { "abc", "", 3 },
		{ "fork", "fork", 0 }, { "fork", "FORK", 0 },
		{ "fork", "forkk", 1 }, { "fork", "frk", 1 },
		{ "fork", "fark", 1 }, { "fork", "frok", 1 },
		{ "fork", "ofrk", 1 }, { "fork", "orfk", 2 },
		{ "ab", "ba", 1 }, { "abcd", "badc", 2 },
		{ "reuseaddr", "reuseadr", 1 }, { "kitten", "sitting", 3 },
		{ "a\xff", "a\xfe", 1 },
	};
	char long_a[LONGEST + 2], long_b[LONGEST + 2];
	size_t i;

	for (i = 0; i < sizeof pairs / sizeof *pairs; i++)
		ok(distance(pairs[i].a, pairs[i].b) == pairs[i].want &&
		    distance(pairs[i].b, pairs[i].a) == pairs[i].want,
		    "%s and %s are %d apart", pairs[i].a, pairs[i].b,
		    pairs[i].want);
	memset(long_a, 'a', sizeof long_a);
	memset(long_b, 'b', sizeof long_b);
	long_a[LONGEST] = long_b[LONGEST] = '\0';
	ok(distance(long_a, long_b) == LONGEST, "as long as is looked at");
	ok(distance(long_a, long_a) == 0, "... the same");
	long_a[LONGEST] = 'a';
	long_a[LONGEST + 1] = '\0';
	ok(distance(long_a, long_a) == LONGEST, "longer ones are far apart");
}

static const char *
shown(const char *name)
{
	return name == NULL ? "(none)" : name;
}

static void
test_families(void)
{
	static const struct {
		const char *typed, *want;
	} rows[] = {
		{ "TPC", "TCP" }, { "tpc-listen", "TCP-LISTEN" },
		{ "TCPLISTEN", "TCP-LISTEN" }, { "STDOI", "STDIO" },
		{ "EXCE", "EXEC" }, { "SYSTME", "SYSTEM" },
		{ "UNIX-CONECT", "UNIX-CONNECT" }, { "OPNE", "OPEN" },
		{ "", "(none)" }, { "x", "(none)" }, { "xyz", "(none)" },
		{ "nonesuch", "(none)" },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		is(shown(family_near(rows[i].typed)), rows[i].want,
		    rows[i].typed);
}

static void
test_options(void)
{
	static const struct {
		const char *typed, *want;
		opt_groups groups;
	} rows[] = {
		{ "forkk", "fork", G_CHILD },
		{ "reuseadr", "reuseaddr", G_SOCKET },
		{ "keepalve", "keepalive", G_SOCKET },
		{ "bakclog", "backlog", G_LISTEN },
		{ "nodelai", "nodelay", G_TCP },
		{ "ignoreeoff", "ignoreeof", G_FD },
		{ "nodelai", "(none)", G_EXEC },
		{ "", "(none)", ~G_ALL },
		{ "zzzzzzzz", "(none)", ~G_ALL },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		is(shown(opt_near(rows[i].typed, rows[i].groups)),
		    rows[i].want, rows[i].typed);
}

/* Each name is nearest to itself with its last letter doubled, or to one
 * that is as near. */
static void
test_all(void)
{
	char typed[LONGEST + 2];
	const struct opt *o;
	const char *name, *near;
	size_t i, k, n = 0, far = 0;

	for (i = 0; (o = opt_nth(i)) != NULL; i++)
		for (k = 0; (name = opt_name(o, k)) != NULL; k++) {
			if (strlen(name) < 3 || strlen(name) >= LONGEST)
				continue;
			snprintf(typed, sizeof typed, "%s%c", name,
			    name[strlen(name) - 1]);
			near = opt_near(typed, o->groups);
			n++;
			far += near == NULL || distance(near, typed) > 1;
		}
	ok(n > 600 && far == 0, "of %zu names %zu are not found again", n,
	    far);
}

int
main(void)
{
	test_distance();
	test_families();
	test_options();
	test_all();
	return done();
}
