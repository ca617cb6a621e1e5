/* lib/error.c: the error record: why the last leaf failed, and where. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "log.h"

struct error last_error;

static int
record(enum error_code code, const char *fmt, va_list ap)
{
	int saved = errno;
	size_t len;

	last_error.code = code;
	vsnprintf(last_error.words, sizeof last_error.words, fmt, ap);
	len = strlen(last_error.words);
	last_error.err = 0;
	if (len > 0 && last_error.words[len - 1] == ':') {
		last_error.err = saved;
		snprintf(last_error.words + len,
		    sizeof last_error.words - len, " %s", strerror(saved));
	}
	last_error.text = NULL;
	last_error.hint[0] = '\0';
	errno = saved;
	return -1;
}

int
error_set(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(ERROR_OTHER, fmt, ap);
	va_end(ap);
	return -1;
}

int
error_set_code(enum error_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(code, fmt, ap);
	va_end(ap);
	return -1;
}

void
error_place(const char *text, size_t col, size_t len)
{
	if (last_error.text != NULL)
		return;
	last_error.text = text;
	last_error.col = col;
	last_error.len = len;
}

void
error_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(last_error.hint, sizeof last_error.hint, fmt, ap);
	va_end(ap);
}

/*
 * The address with a caret under the place.  Of a long address only the
 * neighbourhood is shown; what is not printable is a question mark.
 */
static void
place_print(void)
{
	char text[73], caret[76];
	size_t from, len, i, n, at;

	len = strlen(last_error.text);
	at = last_error.col > len ? len : last_error.col;
	from = at > 48 ? at - 36 : 0;
	for (n = 0; n < sizeof text - 1 && from + n < len; n++) {
		text[n] = last_error.text[from + n];
		if ((unsigned char)text[n] < ' ' || text[n] == 127)
			text[n] = '?';
	}
	text[n] = '\0';
	for (i = 0; i < at - from && i < sizeof caret - 2; i++)
		caret[i] = ' ';
	caret[i++] = '^';
	for (; i < at - from + last_error.len && i < n; i++)
		caret[i] = '~';
	caret[i] = '\0';
	log_plain_error("  %s", text);
	log_plain_error("  %s", caret);
}

void
error_hint_print(void)
{
	if (last_error.hint[0] != '\0' && log_takes_places())
		log_plain_error("  %s", last_error.hint);
}

void
error_print(int brief)
{
	log_error("%s", last_error.words);
	if (brief || !log_takes_places())
		return;
	if (last_error.text != NULL)
		place_print();
	error_hint_print();
}
