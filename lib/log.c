/* lib/log.c: log lines. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "bare.h"
#include "cold.h"
#include "log-syslog.h"
#include "log.h"

static const char letters[] = "DINWEF";

static struct {
	const char *name;
	enum log_level lowest;
	int fd;
	bool file;		/* fd is one that the user named */
	int facility;		/* -1: not to syslog */
	int mixed;		/* facility to change to once started, or -1 */
	int micro;
	int tame;		/* socat does not */
	int summaries;		/* one for each connection, below N as well */
	int journal;		/* stderr is systemd's: lines have a priority */
	log_write *write_now;
	bool never_waits;
	char host[80];
} out = { .name = "relay", .lowest = LOG_W, .fd = STDERR_FILENO,
    .facility = -1, .mixed = -1, .tame = 1, .write_now = write };

/* Lines that nobody took, and whose they were: a child has lost none. */
static struct {
	unsigned long n;
	pid_t by;
} lost;

#define LOST_WORDS							\
	"%lu lines of the log are lost: nobody took them in time"

/* syslog(3)'s priorities of our levels. */
static const int priority[] = { LOG_DEBUG, LOG_INFO, LOG_NOTICE, LOG_WARNING,
    LOG_ERR, LOG_CRIT };

/*
 * Whether stderr is the connection to the journal that was handed down:
 * systemd.exec(5), $JOURNAL_STREAM.
 */
static int
is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat st;
	char here[64];

	if (stream == NULL || fstat(STDERR_FILENO, &st) == -1)
		return 0;
	snprintf(here, sizeof here, "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	return strcmp(stream, here) == 0;
}

void
log_init(const char *name, log_write *write_now)
{
	out.name = name;
	out.write_now = write_now;
	out.tame = strcmp(name, "socat") != 0;
	out.journal = out.tame && is_journal();
}

void
log_name(const char *name)
{
	out.name = name;
}

void
log_threshold(enum log_level lowest)
{
	out.lowest = lowest;
}

void
log_summaries(int on)
{
	out.summaries = on;
}

HOT int
log_summary_on(void)
{
	return out.summaries || log_on(LOG_N);
}

void
log_less(int n)
{
	if (n > 0)
		out.summaries = 0;
	out.lowest = n >= LOG_F - (int)out.lowest ? LOG_F :
	    (enum log_level)((int)out.lowest + n);
}

HOT int
log_on(enum log_level level)
{
	return level >= out.lowest;
}

/* Appends to path from now on. */
int
log_file(const char *path)
{
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0664);
	if (fd == -1)
		return -1;
	out.fd = fd;
	out.file = true;
	out.facility = -1;
	return 0;
}

void
log_stderr(void)
{
	out.fd = STDERR_FILENO;
	out.file = false;
	out.facility = -1;
}

void
log_leave(int fd)
{
	int up;

	syslog_leave(fd);
	if (fd != out.fd)
		return;
	up = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	if (up != -1)
		out.fd = up;
}

bool
log_uses(int fd)
{
	return fd > STDERR_FILENO && (fd == out.fd || syslog_uses(fd));
}

/* To syslog: at once, or (mixed) from log_started() on. */
int
log_syslog(const char *facility, int mixed)
{
	int n = syslog_facility(facility);

	if (n == -1)
		return -1;
	if (mixed)
		out.mixed = n;
	else
		out.facility = n;
	syslog_open(out.name, n);
	return 0;
}

/* Start-up is over: mixed logging changes to syslog. */
HOT void
log_started(void)
{
	if (out.mixed != -1)
		out.facility = out.mixed;
}

void
log_micro(void)
{
	out.micro = 1;
}

/* Adds the host name, $HOSTNAME or uname(3)'s, to each line. */
void
log_host(void)
{
	struct utsname u;
	const char *host;

	host = getenv("HOSTNAME");
	if (host == NULL && uname(&u) != -1)
		host = u.nodename;
	if (host != NULL)
		snprintf(out.host, sizeof out.host, "%s ", host);
}

void
log_never_waits(int stderr_again)
{
	out.never_waits = true;
	if (out.fd == STDERR_FILENO && stderr_again != -1)
		out.fd = stderr_again;
}

/* Where the line, or what is left of it, was not taken it is given up. */
static bool
line_try(const char *line, size_t len)
{
	ssize_t n;

	do
		n = out.write_now(out.fd, line, len);
	while (n == -1 && errno == EINTR);
	return n != -1 || errno != EAGAIN;
}

static bool lost_say(void);

static void
lost_count(void)
{
	lost.n = lost.by == getpid() ? lost.n + 1 : 1;
	lost.by = getpid();
}

/* How many lines this process lost; its parent's are forgotten. */
static unsigned long
lost_own(void)
{
	if (lost.n > 0 && lost.by != getpid())
		lost.n = 0;
	return lost.n;
}

static void
line_write_now(const char *line, size_t len)
{
	if (!lost_say() || !line_try(line, len))
		lost_count();
}

/* The line goes out in one write, so that processes do not mix theirs. */
static void
line_write(const char *line, size_t len)
{
	ssize_t n;

	if (out.never_waits) {
		line_write_now(line, len);
		return;
	}
	while (len > 0) {
		n = write(out.fd, line, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		line += n;
		len -= (size_t)n;
	}
}

/* What localtime(3) last said of the time zone, for log_dying(). */
static volatile long zone_offset;

static long
offset_of(time_t t, const struct tm *local)
{
	long days = (long)(t / 86400);
	long seconds = (long)(t - (time_t)days * 86400);
	long here = local->tm_hour * 3600L + local->tm_min * 60L +
	    local->tm_sec;
	long diff = here - seconds;

	/* Midnight may lie between: no zone is over 14 hours off. */
	if (diff > 50400)
		diff -= 86400;
	if (diff < -50400)
		diff += 86400;
	return diff;
}

static size_t
stamp(char *buf, size_t size)
{
	struct timespec ts;
	struct tm tm;
	size_t n;

	if (clock_gettime(CLOCK_REALTIME, &ts) == -1)
		ts.tv_sec = ts.tv_nsec = 0;
	localtime_r(&ts.tv_sec, &tm);
	zone_offset = offset_of(ts.tv_sec, &tm);
	n = strftime(buf, size, "%Y/%m/%d %H:%M:%S", &tm);
	if (out.micro)
		n += (size_t)snprintf(buf + n, size - n, ".%06ld",
		    ts.tv_nsec / 1000);
	return n;
}

/* What somebody else wrote must not look like lines of ours. */
static void
tame(char *p, size_t len)
{
	for (; len > 0; p++, len--)
		if (((unsigned char)*p < ' ' && *p != '\t') || *p == 127)
			*p = '?';
}

/* sd-daemon(3): the priority, where the journal is to take it from a line. */
static char *
journal_mark(char *p, enum log_level level)
{
	if (!out.journal || out.file)
		return p;
	*p++ = '<';
	*p++ = (char)('0' + priority[level]);
	*p++ = '>';
	return p;
}

/* What stands before the words; its length. */
static size_t
line_begin(char *line, size_t size, enum log_level level)
{
	size_t len = (size_t)(journal_mark(line, level) - line);

	len += stamp(line + len, size - len);
	len += (size_t)snprintf(line + len, size - len, " %s%.200s[%ld] %c ",
	    out.host, out.name, (long)getpid(), letters[level]);
	return len;
}

/* Whether there is nothing to say any more of lines that were lost. */
static bool
lost_say(void)
{
	char line[600];
	size_t len;

	if (lost_own() == 0)
		return true;
	len = line_begin(line, sizeof line, LOG_W);
	len += (size_t)snprintf(line + len, sizeof line - len,
	    LOST_WORDS "\n", lost.n);
	if (!line_try(line, len))
		return false;
	lost.n = 0;
	return true;
}

/* The same where lines go to syslog. */
static bool
syslog_lost_say(void)
{
	char words[sizeof LOST_WORDS + 20];

	if (lost_own() == 0)
		return true;
	snprintf(words, sizeof words, "W " LOST_WORDS, lost.n);
	if (!syslog_write(out.name, LOG_WARNING, words, !out.never_waits))
		return false;
	lost.n = 0;
	return true;
}

/* There a line has no time and no name of ours, but its letter. */
static void
syslog_va(enum log_level level, const char *fmt, va_list ap)
{
	char line[LOG_LINE_MAX] = { letters[level], ' ' };

	vsnprintf(line + 2, sizeof line - 2, fmt, ap);
	if (out.tame)
		tame(line, strlen(line));
	if (!syslog_lost_say() || !syslog_write(out.name, priority[level],
	    line, !out.never_waits))
		lost_count();
}

static void
line_va(enum log_level level, const char *fmt, va_list ap)
{
	char line[LOG_LINE_MAX];
	size_t len = line_begin(line, sizeof line, level), from = len;
	int n = vsnprintf(line + len, sizeof line - len, fmt, ap);

	if (n > 0)
		len += (size_t)n;
	if (len > sizeof line - 2)
		len = sizeof line - 2;
	if (out.tame)
		tame(line + from, len - from);
	line[len++] = '\n';
	line_write(line, len);
}

static void
log_va(enum log_level level, const char *fmt, va_list ap)
{
	int saved = errno;

	if (out.facility != -1)
		syslog_va(level, fmt, ap);
	else
		line_va(level, fmt, ap);
	errno = saved;
}

/* Async-signal-safe: no stdio(3), no localtime(3). */
void
log_asked_dying(enum log_level level, const char *words)
{
	char line[1000], *p = line;
	struct timespec ts;
	size_t len = strlen(words);
	long t;

	if (out.facility != -1)
		return;
	p = journal_mark(p, level);
	clock_gettime(CLOCK_REALTIME, &ts);
	t = (long)ts.tv_sec + zone_offset;
	p = bare_date(p, t / 86400);
	*p++ = ' ';
	p = bare_digits(p, t % 86400 / 3600, 2);
	*p++ = ':';
	p = bare_digits(p, t % 3600 / 60, 2);
	*p++ = ':';
	p = bare_digits(p, t % 60, 2);
	if (out.micro) {
		*p++ = '.';
		p = bare_digits(p, ts.tv_nsec / 1000, 6);
	}
	*p++ = ' ';
	p = bare_text(bare_text(p, out.host), out.name);
	*p++ = '[';
	p = bare_digits(p, (long)getpid(), 1);
	p = bare_text(p, "] ");
	*p++ = letters[level];
	*p++ = ' ';
	if (len > sizeof line - 1 - (size_t)(p - line))
		len = sizeof line - 1 - (size_t)(p - line);
	memcpy(p, words, len);
	p += len;
	*p++ = '\n';
	line_try(line, (size_t)(p - line));
}

void
log_dying(int signo)
{
	enum log_level level = signo == SIGTERM ? LOG_W :
	    signo == SIGQUIT ? LOG_E : LOG_N;
	char words[40], *p;

	if (level < out.lowest)
		return;
	p = bare_digits(bare_text(words, "exiting on signal "), signo, 1);
	*p = '\0';
	log_asked_dying(level, words);
	if (LOG_N < out.lowest)
		return;
	p = bare_digits(bare_text(words, "exit("), 128 + signo, 1);
	p = bare_text(p, ")");
	*p = '\0';
	log_asked_dying(LOG_N, words);
}

#define LEVEL(function, level)						\
	HOT void							\
	function(const char *fmt, ...)					\
	{								\
		va_list ap;						\
									\
		if (level < out.lowest)					\
			return;						\
		va_start(ap, fmt);					\
		log_va(level, fmt, ap);					\
		va_end(ap);						\
	}

LEVEL(log_debug, LOG_D)
LEVEL(log_info, LOG_I)
LEVEL(log_notice, LOG_N)
LEVEL(log_warn, LOG_W)
LEVEL(log_error, LOG_E)
LEVEL(log_fatal, LOG_F)

void
log_summary(const char *fmt, ...)
{
	va_list ap;

	if (!log_summary_on())
		return;
	va_start(ap, fmt);
	log_va(LOG_N, fmt, ap);
	va_end(ap);
}

void
log_asked(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_va(level, fmt, ap);
	va_end(ap);
}

/*
 * A source of links says little and what it says matters: it is heard at
 * the default level as well.
 */
static enum log_level letter_lowest = LOG_N;

void
log_letter_threshold(enum log_level lowest)
{
	letter_lowest = lowest;
}

void
log_letter(int letter, const char *fmt, ...)
{
	const char *at = strchr(letters, letter);
	enum log_level level = at == NULL || letter == '\0' ? LOG_N :
	    (enum log_level)(at - letters);
	va_list ap;

	if (level < out.lowest && level < letter_lowest)
		return;
	va_start(ap, fmt);
	log_va(level, fmt, ap);
	va_end(ap);
}

static void
plain_va(enum log_level level, const char *fmt, va_list ap)
{
	char line[LOG_LINE_MAX], *p = journal_mark(line, level);
	size_t room = sizeof line - (size_t)(p - line);
	int n;

	n = vsnprintf(p, room - 1, fmt, ap);
	if (n < 0)
		return;
	if ((size_t)n > room - 2)
		n = (int)room - 2;
	if (out.tame)
		tame(p, (size_t)n);
	p[n] = '\n';
	line_write(line, (size_t)(p - line + n + 1));
}

void
log_plain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	plain_va(LOG_I, fmt, ap);
	va_end(ap);
}

void
log_plain_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	plain_va(LOG_E, fmt, ap);
	va_end(ap);
}

bool
log_takes_places(void)
{
	return out.facility == -1;
}
