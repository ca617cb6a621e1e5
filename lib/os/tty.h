/* lib/os/tty.h: settings of terminals, which this process only borrows. */
#ifndef LIB_TTY_H
#define LIB_TTY_H

struct termios;

/*
 * Remembers the settings of a terminal; those before the first call count.
 * While this process is stopped by SIGTSTP the terminal has them, too.
 */
void tty_keep(int fd);
/*
 * Gives all terminals that this process keeps their settings back; may be
 * called in a handler of signals, and never hangs.
 */
void tty_give_back(void);
/*
 * As tcsetattr(3): what is written already goes out with the settings that it
 * was written with, but output that was stopped (^S) is not waited for.
 * EINVAL: size of characters, parity or CREAD cannot be had.
 */
int tty_set(int fd, const struct termios *);

#endif
