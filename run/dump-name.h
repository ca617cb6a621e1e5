/* run/dump-name.h: names of files that are made anew for each connection. */
#ifndef RUN_DUMPNAME_H
#define RUN_DUMPNAME_H

#include "service.h"

/* Whether it is more than the name of a file as it stands. */
bool dump_name_varies(const char *form);
/*
 * The name that form stands for now, with $$, $PROGNAME, $TIMESTAMP,
 * $MICROS and variables of the environment filled in, "\\$" being a
 * dollar.  The caller's to free; NULL when there is no memory.
 */
char *dump_name(const struct service *, const char *form, struct end *client);

#endif
