/* run/pause.h: accepting stops for a while where the system lacks something. */
#ifndef RUN_PAUSE_H
#define RUN_PAUSE_H

#include <stdbool.h>

#include "../lib/clock.h"

/* Zero: none. */
struct pause {
	msec length;		/* of the last, while the lack lasts; or 0 */
	msec until;		/* when it is over, or 0 */
};

/*
 * A call has failed for what may pass, with errno: a pause, longer each
 * time.  The first is said, with the limit that was hit.
 */
void pause_begin(struct pause *, const char *call, bool fork_failed);
/* One that is not for want of anything, and not said. */
void pause_short(struct pause *);
/* Whether there is one now. */
bool pause_lasts(struct pause *);
/* What was lacking is there again, which is said if the lack was. */
void pause_over(struct pause *);

#endif
