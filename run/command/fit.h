/* run/command/fit.h: flags that would have no effect are refused, or warned of. */
#ifndef RUN_FIT_H
#define RUN_FIT_H

#include "mode.h"

/* Whether each flag that was given has one; -1 with words in last_error. */
int flags_fit(const struct mode *);
/* The same once it is known whether some pair is a listener with fork. */
int flags_fit_listeners(const struct mode *, size_t pairs, bool listens);

#endif
