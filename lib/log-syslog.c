/* lib/log-syslog.c: syslog(3), and the same without waiting. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "log-syslog.h"

static struct {
	int facility;
	int fd;			/* where openlog(3) had its socket, or -1 */
	ino_t ino;		/* by which it is known again */
} daemon_at = { .fd = -1 };

static const struct {
	const char *name;
	int facility;
} facilities[] = {
	{ "auth", LOG_AUTH }, { "cron", LOG_CRON }, { "daemon", LOG_DAEMON },
	{ "kern", LOG_KERN }, { "local0", LOG_LOCAL0 },
	{ "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },
	{ "local3", LOG_LOCAL3 }, { "local4", LOG_LOCAL4 },
	{ "local5", LOG_LOCAL5 }, { "local6", LOG_LOCAL6 },
	{ "local7", LOG_LOCAL7 }, { "lpr", LOG_LPR }, { "mail", LOG_MAIL },
	{ "news", LOG_NEWS }, { "syslog", LOG_SYSLOG }, { "user", LOG_USER },
	{ "uucp", LOG_UUCP },
};

int
syslog_facility(const char *name)
{
	size_t i;

	if (*name == '\0')
		return LOG_DAEMON;
	for (i = 0; i < sizeof facilities / sizeof *facilities; i++)
		if (strcasecmp(name, facilities[i].name) == 0)
			return facilities[i].facility;
	return -1;
}

/* It becomes the lowest descriptor that is free. */
void
syslog_open(const char *ident, int facility)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	struct stat st;

	if (fd != -1)
		close(fd);
	openlog(ident, LOG_PID | LOG_NDELAY, facility);
	daemon_at.facility = facility;
	daemon_at.fd = fd != -1 && fstat(fd, &st) != -1 ? fd : -1;
	daemon_at.ino = daemon_at.fd == -1 ? 0 : st.st_ino;
}

bool
syslog_uses(int fd)
{
	return fd == daemon_at.fd;
}

void
syslog_leave(int fd)
{
	if (!syslog_uses(fd))
		return;
	closelog();
	daemon_at.fd = -1;
}

/* Whether it takes packets, and is still the one that was opened. */
static bool
takes_packets(void)
{
	struct stat st;
	int type;
	socklen_t len = sizeof type;

	return daemon_at.fd != -1 && fstat(daemon_at.fd, &st) == 0 &&
	    st.st_ino == daemon_at.ino && getsockopt(daemon_at.fd,
	    SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_DGRAM;
}

/*
 * A line as syslog(3) has it, RFC 3164, which would wait for room; to look
 * for that first is no help where another process may take it meanwhile.
 * 0, or -1 with errno.
 */
static int
packet_send(const char *ident, int priority, const char *words)
{
	char line[LOG_LINE_MAX], at[32];
	time_t now = time(NULL);
	struct tm tm;
	int n;

	localtime_r(&now, &tm);
	strftime(at, sizeof at, "%b %e %H:%M:%S", &tm);
	n = snprintf(line, sizeof line, "<%d>%s %s[%ld]: %s",
	    priority | daemon_at.facility, at, ident, (long)getpid(), words);
	if ((size_t)n >= sizeof line)
		n = sizeof line - 1;
	return send(daemon_at.fd, line, (size_t)n, MSG_DONTWAIT |
	    MSG_NOSIGNAL) == -1 ? -1 : 0;
}

/* Whether the daemon, which reads a stream, does not read it. */
static bool
stream_full(void)
{
	struct pollfd p = { .fd = daemon_at.fd, .events = POLLOUT };

	return daemon_at.fd != -1 && poll(&p, 1, 0) == 0;
}

bool
syslog_write(const char *ident, int priority, const char *words, bool waits)
{
	if (!waits && takes_packets()) {
		if (packet_send(ident, priority, words) == 0)
			return true;
		if (errno == EAGAIN || errno == ENOBUFS)
			return false;
		closelog();	/* syslog(3) finds one that began anew */
		syslog_open(ident, daemon_at.facility);
	}
	if (!waits && stream_full())
		return false;
	openlog(ident, LOG_PID, daemon_at.facility);
	syslog(priority | daemon_at.facility, "%s", words);
	return true;
}
