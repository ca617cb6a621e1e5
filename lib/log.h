/* lib/log.h: log lines. */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Levels as socat numbers them: the higher, the more important. */
enum log_level { LOG_D, LOG_I, LOG_N, LOG_W, LOG_E, LOG_F };

/* As write(2), but it never waits: -1 with EAGAIN instead. */
typedef ssize_t log_write(int fd, const void *, size_t);
/* Warnings and errors, to stderr, under the given name; name must stay. */
void log_init(const char *name, log_write *);
void log_name(const char *name);
void log_threshold(enum log_level lowest);
/* n levels less. */
void log_less(int n);
/* -1 with errno: it cannot be opened. */
int log_file(const char *path);
/* -1: no such facility. */
int log_syslog(const char *facility, int mixed);
/* Whether the descriptor is one that the log writes to. */
bool log_uses(int fd);
void log_stderr(void);
/* The descriptor becomes a program's: lines go on to what it is now. */
void log_leave(int fd);
void log_micro(void);
void log_host(void);
void log_started(void);
int log_on(enum log_level);
/*
 * From now on no line is waited for: one that nobody takes at once is lost,
 * and how many were is said with the next.  Without this only handlers do
 * not wait.  What stderr is may be given as a descriptor of our own, or -1.
 */
void log_never_waits(int stderr_again);

void log_debug(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
void log_notice(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
void log_error(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
void log_fatal(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* The notice that sums up a connection; log_summaries(): without -d -d too. */
void log_summaries(int on);
int log_summary_on(void);
void log_summary(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* What the user asked for by name: printed at every level. */
void log_asked(enum log_level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* "exiting on signal n", from a handler. */
void log_dying(int signo);
/* As log_asked(), from a handler. */
void log_asked_dying(enum log_level, const char *words);
/* From which level on log_letter() prints; N unless set. */
void log_letter_threshold(enum log_level);
/* The same with the level as a letter, "EWNID". */
void log_letter(int letter, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A line without time, name and level: carets, hints and the like. */
void log_plain(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* The same of an error, which decides on its priority in a journal. */
void log_plain_error(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* Whether who reads the log sees carets: syslog has lines alone. */
bool log_takes_places(void);


#endif
