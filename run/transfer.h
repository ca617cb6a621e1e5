/* run/transfer.h: bytes both ways between two ends. */
#ifndef RUN_TRANSFER_H
#define RUN_TRANSFER_H

#include "outcome.h"
#include "service.h"

/*
 * Moves bytes until both directions have ended.  The ends stay the
 * caller's, open as far as they were not half-closed.
 */
void transfer(const struct service *, struct end *left, struct end *right,
    struct outcome *);
/*
 * As waitpid(2); *pid becomes 0 once it is gone.  1 if it failed, which is
 * said unless that follows from what was said before.
 */
int program_wait(pid_t *pid, int flags, bool said);

#endif
