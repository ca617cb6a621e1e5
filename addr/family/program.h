/* addr/family/program.h: the programs that EXEC, SYSTEM and SHELL run. */
#ifndef ADDR_PROGRAM_H
#define ADDR_PROGRAM_H

#include "../addr.h"

/* The shell that runs the command, or NULL: it is run without one. */
const char *program_shell(const struct addr *);
/*
 * Whether there is such a program, as far as that can be known now; the
 * partner's options count, too.  0, or -1 with words in last_error.
 */
int program_there(const struct addr *, const struct addr *partner);
/* Leaves the words of an execvp(3) that failed, errno among them. */
int program_error(const char *program, char *const argv[]);

#endif
