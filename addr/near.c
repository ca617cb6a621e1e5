/* addr/near.c: what may have been meant by a name that is unknown. */

#include <ctype.h>
#include <string.h>

#include "addr.h"

#define LONGEST	40

static int
least(int a, int b, int c)
{
	int m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * How many letters must be changed, added, dropped or swapped with their
 * neighbour to make one word of the other, in any letter case; large for
 * long words.
 */
static int
distance(const char *a, const char *b)
{
	int d[3][LONGEST + 1], i, j, swap;
	int la = (int)strlen(a), lb = (int)strlen(b);
#define SAME(x, y)							\
	(tolower((unsigned char)(x)) == tolower((unsigned char)(y)))

	if (la > LONGEST || lb > LONGEST)
		return LONGEST;
	for (j = 0; j <= lb; j++)
		d[0][j] = j;
	for (i = 1; i <= la; i++) {
		int *now = d[i % 3], *up = d[(i + 2) % 3];

		now[0] = i;
		for (j = 1; j <= lb; j++) {
			now[j] = least(up[j] + 1, now[j - 1] + 1,
			    up[j - 1] + !SAME(a[i - 1], b[j - 1]));
			swap = i > 1 && j > 1 && SAME(a[i - 1], b[j - 2]) &&
			    SAME(a[i - 2], b[j - 1]);
			if (swap && d[(i + 1) % 3][j - 2] + 1 < now[j])
				now[j] = d[(i + 1) % 3][j - 2] + 1;
		}
	}
	return d[la % 3][lb];
#undef SAME
}

/* How far a typed word may be off: a third of its letters, 2 at most. */
static int
tolerance(const char *typed)
{
	size_t len = strlen(typed);

	return len < 3 ? 0 : len < 6 ? 1 : 2;
}

/* How far off typed is from name; LONGEST when that is no mere slip. */
int
name_slip(const char *typed, const char *name)
{
	int d = distance(typed, name);

	return d > tolerance(typed) ? LONGEST : d;
}

struct best {
	int distance;
	const char *name;	/* of a row, or NULL */
};

static void
consider(struct best *best, const char *typed, const char *name)
{
	int d = distance(typed, name);

	if (d >= best->distance)
		return;
	best->distance = d;
	best->name = name;
}

const char *
family_near(const char *typed)
{
	struct best best = { tolerance(typed) + 1, NULL };
	const struct family *f;
	const char *name;
	size_t i, k;

	for (i = 0; (f = family_nth(i)) != NULL; i++)
		for (k = 0; (name = family_name(f, k)) != NULL; k++)
			consider(&best, typed, name);
	return best.name;
}

/* Among the options that the groups take. */
const char *
opt_near(const char *typed, opt_groups groups)
{
	struct best best = { tolerance(typed) + 1, NULL };
	const struct opt *o;
	const char *name;
	size_t i, k;

	for (i = 0; (o = opt_nth(i)) != NULL; i++)
		for (k = 0; (name = opt_name(o, k)) != NULL; k++)
			if (opt_fits(o, groups))
				consider(&best, typed, name);
	return best.name;
}
