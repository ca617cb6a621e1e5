/* run/command/help.h: what -h, -V and --explain print. */
#ifndef RUN_HELP_H
#define RUN_HELP_H

#include "../../addr/addr.h"

/* Behind the flags; level 1 to 3: addresses, options, all names. */
void help_print(int level);
#define VERSION_LINE "relay: a socat-compatible relay, ISC licence"
void version_print(void);
void explain_print(const struct addr *, const char *which);

#endif
