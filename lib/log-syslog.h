/* lib/log-syslog.h: lines for syslogd(8), that need not be waited for. */
#ifndef LIB_LOG_SYSLOG_H
#define LIB_LOG_SYSLOG_H

#include <stdbool.h>

/* The longest line of the log, with its end. */
#define LOG_LINE_MAX	4096

/* The facility of that name, daemon for an empty one; -1: there is none. */
int syslog_facility(const char *name);
/*
 * Connects to the daemon now, and not with the first line: after chroot= its
 * socket could not be found any more.
 */
void syslog_open(const char *ident, int facility);
/* Whether the descriptor is that connection. */
bool syslog_uses(int fd);
/* If it is, it becomes a program's: the next line connects anew. */
void syslog_leave(int fd);
/*
 * A line with its priority, as syslog(3), once it was opened.  False: it was
 * not to wait, and the daemon did not take it at once.
 */
bool syslog_write(const char *ident, int priority, const char *words,
    bool waits);

#endif
