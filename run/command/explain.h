/* run/command/explain.h: what a link would do, in words, for --explain. */
#ifndef RUN_EXPLAIN_H
#define RUN_EXPLAIN_H

#include "mode.h"

/* Opens and looks up nothing. */
void explain_link(const struct mode *, const struct link_set *, size_t link,
    struct addr *const a[2]);
/* What stands before the links of --docker. */
void explain_engine(const struct mode *, const char *place,
    char *const names[], int n);

#endif
