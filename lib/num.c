/* lib/num.c: numbers as the command line spells them. */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "num.h"

static enum num_error
finish(const char *text, const char *end, long long n, long long lo,
    long long hi, long long *out)
{
	if (end == text)
		return NUM_MISSING;
	if (*end != '\0')
		return NUM_GARBAGE;
	if (errno == ERANGE || n < lo || n > hi)
		return NUM_RANGE;
	*out = n;
	return NUM_OK;
}

/* Decimal, 0x hexadecimal or 0 octal, as strtol(3) with base 0. */
enum num_error
num_int(const char *text, long long lo, long long hi, long long *out)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 0);
	return finish(text, end, n, lo, hi, out);
}

enum num_error
num_octal(const char *text, long long hi, long long *out)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 8);
	return finish(text, end, n, 0, hi, out);
}

static int
digits(const char **text, long long *n, int most, int *count)
{
	int d = 0;

	for (; isdigit((unsigned char)**text); (*text)++) {
		if (most == 0 || d < most) {
			if (*n > 99999999999LL)
				return -1;
			*n = *n * 10 + (**text - '0');
			if (most != 0)
				(*count)++;
		}
		d++;
	}
	return d;
}

static enum num_error
exponent(const char *p, long long *ns)
{
	long long e;
	enum num_error error = num_int(p, -18, 9, &e);

	for (; error == NUM_OK && e > 0; e--) {
		if (*ns > 400000000000000000LL)
			return NUM_RANGE;
		*ns *= 10;
	}
	for (; error == NUM_OK && e < 0; e++)
		*ns /= 10;
	return error == NUM_MISSING ? NUM_GARBAGE : error;
}

/*
 * Seconds with an optional fraction, "1", ".5", "1.25", in nanoseconds;
 * without strtod(3), which would pull in much of a static C library.
 */
enum num_error
num_seconds(const char *text, long long *out_ns)
{
	const char *p = text;
	long long whole = 0, part = 0;
	int n, m = 0, count = 0;

	n = digits(&p, &whole, 0, &count);
	if (n < 0)
		return NUM_RANGE;
	if (*p == '.') {
		p++;
		m = digits(&p, &part, 9, &count);
	}
	if (n + m == 0)
		return *text == '-' ? NUM_RANGE : NUM_MISSING;
	if (whole > 4000000000LL)
		return NUM_RANGE;
	for (; count < 9; count++)
		part *= 10;
	*out_ns = whole * 1000000000LL + part;
	if (*p == 'e' || *p == 'E')
		return exponent(p + 1, out_ns);
	return *p == '\0' ? NUM_OK : NUM_GARBAGE;
}
