/* lib/span.c: how long to wait: rules without a clock of their own. */

#include <limits.h>

#include "span.h"

/* A wait never ends early: parts of a millisecond count as one. */
long long
span_msec(long long nsec)
{
	return nsec <= 0 ? 0 : (nsec - 1) / 1000000 + 1;
}

/* What is left until a point in time; nothing is left once it is over. */
long long
span_left(long long until_msec, long long now_msec)
{
	return until_msec > now_msec ? until_msec - now_msec : 0;
}

/*
 * As poll(2) takes it, -1 for ever.  It holds 24 days: who waits for longer
 * looks at the clock afterwards, and waits again.
 */
int
span_poll(long long msec)
{
	return msec < 0 ? -1 : msec > INT_MAX ? INT_MAX : (int)msec;
}
