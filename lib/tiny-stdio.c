/*
 * lib/tiny-stdio.c: printf(3) to stdout and stderr, for lib/tiny.c.
 *
 * Each call is a write(2), so that nothing is left over at the end or
 * doubled by a fork.  An error is remembered for fflush(3).  There are no
 * other streams: relay's files are descriptors.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX 1024

/* A stream is its number; nobody looks inside. */
static struct stream {
	int fd, failed;
} streams[] = { { STDOUT_FILENO, 0 }, { STDERR_FILENO, 0 } };

FILE *const stdout = (FILE *)(void *)&streams[0];
FILE *const stderr = (FILE *)(void *)&streams[1];

static int
out(FILE *f, const char *text, size_t len)
{
	struct stream *s = f == stdout ? &streams[0] : &streams[1];
	size_t done = 0;
	ssize_t n;

	if (f != stdout && f != stderr) {
		errno = EBADF;
		return EOF;
	}
	while (done < len) {
		n = write(s->fd, text + done, len - done);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			s->failed = errno;
			return EOF;
		}
		done += (size_t)n;
	}
	return (int)len;
}

/* What could not be written is known by now. */
int
fflush(FILE *f)
{
	int failed = f == stderr ? streams[1].failed : streams[0].failed;

	if (failed == 0)
		return 0;
	errno = failed;
	return EOF;
}

int
fputc(int c, FILE *f)
{
	char byte = (char)c;

	return out(f, &byte, 1) == EOF ? EOF : (unsigned char)byte;
}

int
putchar(int c)
{
	return fputc(c, stdout);
}

int
fputs(const char *restrict text, FILE *restrict f)
{
	return out(f, text, strlen(text));
}

size_t
fwrite(const void *restrict data, size_t size, size_t n, FILE *restrict f)
{
	return size == 0 || out(f, data, size * n) == EOF ? 0 : n;
}

int
vfprintf(FILE *restrict f, const char *restrict fmt, va_list ap)
{
	char text[TEXT_MAX], *all = text;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(text, sizeof text, fmt, ap);
	if (n >= TEXT_MAX) {
		all = malloc((size_t)n + 1);
		if (all != NULL)
			vsnprintf(all, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	if (n < 0 || all == NULL) {
		streams[f == stderr].failed = errno;
		return -1;
	}
	n = out(f, all, (size_t)n);
	if (all != text)
		free(all);
	return n;
}

int
fprintf(FILE *restrict f, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(f, fmt, ap);
	va_end(ap);
	return n;
}

int
printf(const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(stdout, fmt, ap);
	va_end(ap);
	return n;
}

int
puts(const char *text)
{
	return printf("%s\n", text) < 0 ? EOF : 1;
}
