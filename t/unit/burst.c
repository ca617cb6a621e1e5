/*
 * burst.c: what is said of drops, and when: the first at once, then how many
 * came in waits that double up to a minute, and nothing when none came.
 */

#include <stdarg.h>
#include <string.h>

#include "unit.h"
#include "../../run/burst.c"

static char said[400];

void
log_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(said, sizeof said, fmt, args);
	va_end(args);
}

static struct burst burst;
static struct drops drops;

/* At that time n more came; what is said, "" for nothing. */
static void
look_at(msec now, unsigned long n, const char *want)
{
	char name[80];

	snprintf(name, sizeof name, "%lu more at %lld ms", n, now);
	said[0] = '\0';
	if (drops.n == 0 && n > 0)
		strcpy(drops.words, "lost");
	drops.n += n;
	burst_look(&burst, &drops, now);
	is(said, want, name);
}

static void
wait_at(msec now, const char *want)
{
	char got[40], name[80];

	snprintf(got, sizeof got, "%lld", burst_wait(&burst, now));
	snprintf(name, sizeof name, "wait at %lld ms", now);
	is(got, want, name);
}

int
main(void)
{
	msec now, length;

	wait_at(5, "-1");
	look_at(10, 0, "");
	wait_at(10, "-1");
	look_at(10, 1, "lost");
	wait_at(10, "1000");
	look_at(20, 5, "");
	wait_at(510, "500");
	look_at(1009, 0, "");
	look_at(1010, 2, "7 more in 1 s: lost");
	wait_at(1010, "2000");
	wait_at(4000, "0");
	look_at(3010, 3, "3 more in 2 s: lost");
	look_at(7010, 0, "");
	wait_at(7010, "-1");
	look_at(7011, 12, "lost (12 at once)");
	/* A burst without end is said once a minute at last. */
	for (now = 7011, length = 1000; length < 64000; length *= 2) {
		char want[40];

		now += length;
		snprintf(want, sizeof want, "1 more in %lld s: lost",
		    length / 1000);
		look_at(now, 1, want);
	}
	wait_at(now, "60000");
	look_at(now + 60000, 9, "9 more in 60 s: lost");
	drops.n = 4;
	said[0] = '\0';
	burst_end(&burst, &drops);
	is(said, "4 more until the end: lost", "the rest at the end");
	return done();
}
