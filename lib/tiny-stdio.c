/*
 * lib/tiny-stdio.c: printf(3) to standard output, for lib/tiny.c.
 *
 * Each call is a write(2), so that nothing is left over at the end or
 * doubled by a fork.  An error is remembered for fflush(3).
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX 1024

static int failed;

static int
out(const char *text, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write(STDOUT_FILENO, text + done, len - done);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			failed = errno;
			return EOF;
		}
		done += (size_t)n;
	}
	return (int)len;
}

/* Only standard output has buffers that might have been lost. */
int
fflush(FILE *f)
{
	(void)f;
	if (failed == 0)
		return 0;
	errno = failed;
	return EOF;
}

int
putchar(int c)
{
	char byte = (char)c;

	return out(&byte, 1) == EOF ? EOF : (unsigned char)byte;
}

int
puts(const char *text)
{
	return printf("%s\n", text) < 0 ? EOF : 1;
}

int
vprintf(const char *restrict fmt, va_list ap)
{
	char text[TEXT_MAX], *more = text;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(text, sizeof text, fmt, ap);
	if (n >= TEXT_MAX) {
		more = malloc((size_t)n + 1);
		if (more != NULL)
			vsnprintf(more, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	if (n < 0 || more == NULL) {
		failed = errno;
		return -1;
	}
	n = out(more, (size_t)n);
	if (more != text)
		free(more);
	return n;
}

int
printf(const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return n;
}
