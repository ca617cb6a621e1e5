/*
 * lib/clock.c: the time, and how long to wait.  But for clock_now(), the
 * naps and the waits every rule is a function of a given "now".
 */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <time.h>

#include "clock.h"
#include "cold.h"

msec
clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (msec)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* A wait never ends early: parts of a millisecond count as one. */
msec
clock_msec(nsec ns)
{
	return ns <= 0 ? 0 : (ns - 1) / 1000000 + 1;
}

/* What is left until a point in time; nothing is left once it is over. */
msec
clock_left(msec until, msec now)
{
	return until > now ? until - now : 0;
}

/*
 * As poll(2) takes it, -1 for ever.  It holds 24 days: who waits for longer
 * looks at the clock afterwards, and waits again.
 */
HOT int
clock_poll(msec ms)
{
	return ms < 0 ? -1 : ms > INT_MAX ? INT_MAX : (int)ms;
}

HOT msec
clock_sooner(msec a, msec b)
{
	return a == -1 ? b : b == -1 || a < b ? a : b;
}

int
clock_wait_fd(int fd, char what, nsec timeout)
{
	struct pollfd p = { .fd = fd,
	    .events = what == 'r' ? POLLIN : POLLOUT };
	msec left = timeout < 0 ? -1 : clock_msec(timeout);
	int rc, ms;

	do {
		ms = clock_poll(left);
		rc = poll(&p, 1, ms);
		left -= ms;
	} while (rc == 0 && left > 0);
	return rc;
}

void
clock_nap(nsec ns)
{
	struct timespec ts = { (time_t)(ns / 1000000000LL),
	    (long)(ns % 1000000000LL) };

	while (nanosleep(&ts, &ts) == -1 && errno == EINTR)
		;
}
