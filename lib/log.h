/* lib/log.h: log lines and the error record. */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stddef.h>

/* Levels as socat numbers them: the higher, the more important. */
enum log_level { LOG_D, LOG_I, LOG_N, LOG_W, LOG_E, LOG_F };

void log_init(const char *name);
void log_name(const char *name);
void log_threshold(enum log_level lowest);
/* n levels less. */
void log_less(int n);
int log_file(const char *path);
int log_syslog(const char *facility, int mixed);
void log_stderr(void);
void log_micro(void);
void log_host(void);
void log_started(void);
int log_on(enum log_level);

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
/* The notice that sums up a connection; log_summaries() has it without -d -d. */
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

/*
 * The error record: a leaf that fails leaves its words here and returns
 * -1; who knows what the user asked for prints it, once.
 */
struct fault {
	char words[1024];
	int err;		/* errno at the time */
	const char *text;	/* the address concerned, or NULL */
	size_t col, len;	/* the place in it */
	char hint[320];		/* what to do instead, or "" */
};

extern struct fault fault;

/* Leaves words; a trailing colon means "and errno".  Returns -1. */
int fault_set(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* Adds the place; keeps a place that is already there. */
void fault_place(const char *text, size_t col, size_t len);
void fault_hint(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* Prints the record at level E, with place and hint unless brief. */
void fault_print(int brief);
/* The hint alone, if there is one, after a line of the caller's. */
void fault_hint_print(void);

#endif
