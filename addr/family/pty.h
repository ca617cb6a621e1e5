/* addr/family/pty.h: pseudo terminals, alone and for programs. */
#ifndef ADDR_PTY_H
#define ADDR_PTY_H

#include "../addr.h"

/*
 * Makes a terminal: its master becomes the end, its slave is returned, open
 * and close-on-exec, with all that the options of phase FD ask for, and its
 * link is made.  say is called with its name.  -1 with words in last_error;
 * what is open in e then is for end_close().
 */
int pty_make(struct addr *, struct end *,
    void (*say)(const char *format, ...));

#endif
