/* span.c: how long to wait: no rule ends early, wraps, or makes a number of
 * what is for ever */

#include "unit.h"
#include "../../lib/num.h"
#include "../../lib/clock.c"

static void
equal(long long got, long long want, const char *name)
{
	char g[32], w[32];

	snprintf(g, sizeof g, "%lld", got);
	snprintf(w, sizeof w, "%lld", want);
	is(g, w, name);
}

int
main(void)
{
	equal(clock_msec(0), 0, "no time is none");
	equal(clock_msec(-1), 0, "less than none is none");
	equal(clock_msec(1), 1, "a nanosecond is a millisecond");
	equal(clock_msec(500000), 1, "half of one is one");
	equal(clock_msec(1000000), 1, "one is one");
	equal(clock_msec(1000001), 2, "a bit more is two");
	equal(clock_msec(4294968000000000), 4294968000, "49 days and more");
	equal(clock_msec(LLONG_MAX), 9223372036855, "the most there is");

	equal(clock_left(1000, 400), 600, "what is left");
	equal(clock_left(1000, 1000), 0, "nothing at the deadline");
	equal(clock_left(1000, 1001), 0, "nothing after it: not -1");
	equal(clock_left(1000, 5000), 0, "nor long after it");
	equal(clock_left(clock_msec(NUM_NSEC_MAX) + 1, 1),
	    clock_msec(NUM_NSEC_MAX), "a deadline after 126 years");

	equal(clock_poll(-1), -1, "poll(2): for ever");
	equal(clock_poll(0), 0, "poll(2): at once");
	equal(clock_poll(1500), 1500, "poll(2): as it is");
	equal(clock_poll(INT_MAX), INT_MAX, "poll(2): the most");
	equal(clock_poll(INT_MAX + 1LL), INT_MAX, "poll(2): one more");
	equal(clock_poll(4294968000), INT_MAX, "poll(2): more than 32 bits");
	equal(clock_poll(clock_msec(NUM_NSEC_MAX)), INT_MAX,
	    "poll(2): 126 years");
	return done();
}
