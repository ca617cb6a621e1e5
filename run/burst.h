/* run/burst.h: what happens over and over is said once, then counted. */
#ifndef RUN_BURST_H
#define RUN_BURST_H

#include "../addr/addr.h"

/* Of one listener; zero when nothing was said lately. */
struct burst {
	msec until;		/* when to say how many it were */
	msec length;		/* of the wait until then */
};

/* Says what there is to say about these drops now, and forgets it. */
void burst_look(struct burst *, struct drops *, msec now);
/* The same at the end, whatever the time. */
void burst_end(struct burst *, struct drops *);
/* Milliseconds until burst_look() is due, or -1. */
msec burst_wait(const struct burst *, msec now);

#endif
