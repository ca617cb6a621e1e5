/* run/command/help.h: what -h, -V and --explain print. */
#ifndef RUN_HELP_H
#define RUN_HELP_H

#include "../../addr/addr.h"

/*
 * Behind the flags; level 1 to 3: addresses, options, all names; what is
 * relay's own as well, unless in socat's place.
 */
void help_print(int level, bool as_socat);
#define VERSION_LINE "relay: a socat-compatible relay, ISC licence"
void version_print(void);
void explain_print(const struct addr *, const char *which);

#endif
