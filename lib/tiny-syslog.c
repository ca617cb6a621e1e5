/* lib/tiny-syslog.c: syslog(3) to /dev/log, for lib/tiny.c. */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static struct {
	const char *ident;
	int option, facility, fd;
} out = { "relay", 0, LOG_USER, -1 };

void
openlog(const char *ident, int option, int facility)
{
	out.ident = ident;
	out.option = option;
	out.facility = facility;
}

static int
dial(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX,
	    .sun_path = "/dev/log" };

	if (out.fd != -1)
		close(out.fd);
	out.fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (out.fd == -1)
		return -1;
	fcntl(out.fd, F_SETFD, FD_CLOEXEC);
	if (connect(out.fd, (struct sockaddr *)&sa, sizeof sa) == 0)
		return 0;
	close(out.fd);
	return out.fd = -1;
}

/* The form of RFC 3164; a daemon that was started anew is found again. */
void
syslog(int priority, const char *fmt, ...)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char line[4096];
	struct tm tm;
	time_t now = time(NULL);
	int saved = errno, n, m;
	va_list ap;

	if ((priority & ~7) == 0)
		priority |= out.facility;
	localtime_r(&now, &tm);
	n = snprintf(line, sizeof line, "<%d>%.3s %2d %02d:%02d:%02d %.99s",
	    priority, months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, out.ident);
	if (out.option & LOG_PID)
		n += snprintf(line + n, sizeof line - (size_t)n, "[%ld]",
		    (long)getpid());
	n += snprintf(line + n, sizeof line - (size_t)n, ": ");
	errno = saved;
	va_start(ap, fmt);
	m = vsnprintf(line + n, sizeof line - (size_t)n, fmt, ap);
	va_end(ap);
	if (m > (int)sizeof line - 1 - n)
		m = (int)sizeof line - 1 - n;
	if (m > 0)
		n += m;
	if ((out.fd == -1 || send(out.fd, line, (size_t)n, 0) == -1) &&
	    dial() == 0)
		send(out.fd, line, (size_t)n, 0);
	errno = saved;
}
