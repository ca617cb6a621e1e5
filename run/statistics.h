/* run/statistics.h: what was moved, for who asked for it. */
#ifndef RUN_STATISTICS_H
#define RUN_STATISTICS_H

#include "service.h"

/*
 * All of these print whatever -d says.  socat's two lines, of one transfer or
 * a sum; moved is NULL if none has begun.
 */
struct moved {
	unsigned long long bytes[2], blocks[2];	/* to the right, left */
};
void statistics_moved(const struct config *, const struct moved *);
/* The same because of SIGUSR1. */
void statistics_signal(const struct config *, const struct moved *);
/* relay's line of a listener or link; nothing under the name socat. */
void statistics_link(const struct config *, const char *name,
    const struct tally *);

/*
 * A listener's: the sum over its children, those that run and those that have
 * ended, and its line.  The first is for who asks by SIGUSR1, the second at
 * the end, where --statistics wants it.  Of a supervised one they are its
 * supervisor's.
 */
void statistics_asked(const struct service *, const char *name);
void statistics_last(const struct service *, const char *name);

/* Adds what a tally has; NULL is one that has nothing. */
void moved_add(struct moved *, const struct tally *);

/*
 * What a signal that ends this process has printed, in its handler; name
 * and tally must stay.
 */
void statistics_at_signal(const struct config *, const char *name,
    const struct tally *);
void statistics_dying(void);

#endif
