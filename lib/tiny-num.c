/* lib/tiny-num.c: strtol(3) and qsort(3), for lib/tiny.c. */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int
digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	if (isalpha((unsigned char)c))
		return tolower((unsigned char)c) - 'a' + 10;
	return INT_MAX;
}

/* Takes "0x" or "0" off, where base allows it; the base that remains. */
static int
prefix(const char **p, int base)
{
	const char *s = *p;

	if (s[0] != '0')
		return base == 0 ? 10 : base;
	if ((base == 0 || base == 16) && tolower((unsigned char)s[1]) == 'x' &&
	    digit(s[2]) < 16) {
		*p += 2;
		return 16;
	}
	return base == 0 ? 8 : base;
}

/*
 * The number at text without its sign, at most most, else most and ERANGE;
 * *negative says whether there was a minus.  C11 7.22.1.4.
 */
static unsigned long long
magnitude(const char *text, char **end, int base, unsigned long long most,
    int *negative)
{
	const char *p = text, *start;
	unsigned long long n = 0, d;
	int over = 0;

	*negative = 0;
	if (end != NULL)
		*end = (char *)(uintptr_t)text;
	if (base < 0 || base == 1 || base > 36) {
		errno = EINVAL;
		return 0;
	}
	while (isspace((unsigned char)*p))
		p++;
	if (*p == '-' || *p == '+')
		*negative = *p++ == '-';
	base = prefix(&p, base);
	for (start = p; digit(*p) < base; p++) {
		d = (unsigned long long)digit(*p);
		if (over || n > (ULLONG_MAX - d) / (unsigned)base)
			over = 1;
		else
			n = n * (unsigned)base + d;
	}
	if (p > start && end != NULL)
		*end = (char *)(uintptr_t)p;
	if (over || n > most + (*negative && most <= LLONG_MAX)) {
		errno = ERANGE;
		n = most + (*negative && most <= LLONG_MAX);
	}
	return n;
}

long long
strtoll(const char *restrict text, char **restrict end, int base)
{
	int negative;
	unsigned long long n = magnitude(text, end, base, LLONG_MAX,
	    &negative);

	return (long long)(negative ? -n : n);
}

long
strtol(const char *restrict text, char **restrict end, int base)
{
	int negative;
	unsigned long long n = magnitude(text, end, base, LONG_MAX,
	    &negative);

	return (long)(negative ? -n : n);
}

/* A minus negates, but what is too large stays the largest. */
static unsigned long long
convert(const char *text, char **end, int base, unsigned long long most)
{
	int negative, saved = errno;
	unsigned long long n;

	errno = 0;
	n = magnitude(text, end, base, ULLONG_MAX, &negative);
	if (errno == ERANGE || n > most) {
		errno = ERANGE;
		return most;
	}
	if (errno == 0)
		errno = saved;
	return negative ? -n : n;
}

unsigned long long
strtoull(const char *restrict text, char **restrict end, int base)
{
	return convert(text, end, base, ULLONG_MAX);
}

unsigned long
strtoul(const char *restrict text, char **restrict end, int base)
{
	return (unsigned long)convert(text, end, base, ULONG_MAX);
}

int
atoi(const char *text)
{
	return (int)strtol(text, NULL, 10);
}

static void
swap(char *a, char *b, size_t size)
{
	char c;

	for (; size > 0; size--, a++, b++) {
		c = *a;
		*a = *b;
		*b = c;
	}
}

/* Lets the element at i sink to its place in a heap of n. */
static void
sift(char *base, size_t i, size_t n, size_t size,
    int (*compare)(const void *, const void *))
{
	size_t child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && compare(base + child * size,
		    base + (child + 1) * size) < 0)
			child++;
		if (compare(base + i * size, base + child * size) >= 0)
			return;
		swap(base + i * size, base + child * size, size);
		i = child;
	}
}

/* A heap sort: no worst case, no recursion. */
void
qsort(void *array, size_t n, size_t size,
    int (*compare)(const void *, const void *))
{
	char *base = array;
	size_t i;

	for (i = n / 2; i-- > 0; )
		sift(base, i, n, size, compare);
	for (i = n; i-- > 1; ) {
		swap(base, base + i * size, size);
		sift(base, 0, i, size, compare);
	}
}
