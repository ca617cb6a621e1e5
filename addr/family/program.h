/* addr/family/program.h: the programs that EXEC, SYSTEM and SHELL run. */
#ifndef ADDR_PROGRAM_H
#define ADDR_PROGRAM_H

#include "../addr.h"

/*
 * Whether there is such a program, as far as that can be known now; the
 * partner's options count, too.  shell is what runs the command, or NULL: it
 * is run without one.  0, or -1 with words in last_error.
 */
int program_there(const struct addr *, const struct addr *partner,
    const char *shell);
/* Leaves the words of an execvp(3) that failed, errno among them. */
int program_error(const char *program, char *const argv[]);

#endif
