/* unit.h: TAP from C; each unit includes this and the file under test */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int unit_count, unit_failed;

static int
ok(int good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++unit_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	unit_failed += !good;
	return good;
}

static int
is(const char *got, const char *want, const char *name)
{
	int good = ok(strcmp(got, want) == 0, "%s", name);

	if (!good)
		printf("#   got: %s\n#  want: %s\n", got, want);
	return good;
}

/* The exit status of a unit. */
static int
done(void)
{
	printf("1..%d\n", unit_count);
	return unit_failed != 0;
}
