/* lib/num.c: numbers as the command line spells them. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* Of a port zeros in front are just zeros, not a sign of octal. */
enum num_error
num_port(const char *text, long long *out)
{
	const char *p = text + strspn(text, " \t+");
	int base = p[0] == '0' && (p[1] | 0x20) == 'x' ? 16 : 10;
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, base);
	return finish(text, end, n, 0, 65535, out);
}

unsigned long
num_bits(const char *text, int base)
{
	return strtoul(text, NULL, base);
}

/* Nearest, but what is more than nothing stays so. */
static long long
nanoseconds(double seconds)
{
	double ns = seconds * 1e9;

	if (ns >= (double)NUM_NSEC_MAX)
		return NUM_NSEC_MAX;
	return ns < 1 && ns > 0 ? 1 : (long long)(ns + 0.5);
}

/*
 * Seconds as strtod(3) takes them, in nanoseconds: with a fraction, an
 * exponent, in hexadecimal, "inf".  What is larger than NUM_NSEC_MAX is
 * that.  What is less than nothing, or no number, is -1: socat takes those
 * too, and it is the caller's to say what they mean.
 */
enum num_error
num_seconds(const char *text, long long *out_ns)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text)
		return NUM_MISSING;
	if (*end != '\0')
		return NUM_GARBAGE;
	*out_ns = seconds >= 0 ? nanoseconds(seconds) : -1;
	return NUM_OK;
}
