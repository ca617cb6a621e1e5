/* lib/clock.h: the time, and how long to wait. */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

/*
 * Durations and points in time have their unit in the name of their type.
 * A duration of -1 is unset, or for ever: no rule here computes it.
 */
typedef long long msec;
typedef long long nsec;

/* Milliseconds of a clock that only runs forward. */
msec clock_ms(void);
/* Milliseconds, rounded up: a wait never ends early. */
msec clock_msec(nsec);
/* What is left until a point in time; 0 once it is over. */
msec clock_left(msec until, msec now);
/* As poll(2) takes it, who waits in parts; -1 is for ever. */
int clock_poll(msec);
/* The shorter of two waits; -1 is for ever. */
msec clock_sooner(msec, msec);
/*
 * Waits for the descriptor; what is 'r' or 'w', a timeout below 0 for ever.
 * 1 ready, 0 time is up, -1 with errno.
 */
int clock_wait_fd(int fd, char what, nsec timeout);
/* Sleeps, whatever signals come. */
void clock_nap(nsec);
/* So long a shortage of the kernel's is left alone. */
#define SHORTAGE_NS	10000000

#endif
