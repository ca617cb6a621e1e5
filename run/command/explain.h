/* run/command/explain.h: what a link would do, in words, for --explain. */
#ifndef RUN_EXPLAIN_H
#define RUN_EXPLAIN_H

#include "../../addr/addr.h"
#include "../link/set.h"

/* Opens and looks up nothing. */
void explain_link(const struct config *, const struct link_set *, size_t link,
    struct addr *const a[2]);
/* What stands before the links of --docker. */
void explain_engine(const struct config *, const char *place);

#endif
