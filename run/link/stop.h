/* run/link/stop.h: the end of links, told or by themselves. */
#ifndef RUN_STOP_H
#define RUN_STOP_H

#include "link.h"

/* Tells the process of a link, if there is one, to end: it needs it no more. */
void stop_leave(struct link *);
/*
 * Waits for what has ended.  Of each link that ends by itself died is told,
 * if it is not NULL, with words for how that went; the status of the first
 * of them, never 0, is returned, else 0.
 */
int stop_reap(void (*died)(struct links *, struct link *, const char *how),
    struct links *);
/*
 * Stops all links: in order, within the drain time, or at once if that is
 * -1.  Own processes only, by their ids.
 */
void stop_all(struct links *, msec drain_ms);

#endif
