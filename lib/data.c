/*
 * lib/data.c: bytes as words, in the data syntax of socat's manual: x01ff in
 * hexadecimal, "text", 'c', numbers in the host's byte order behind a letter
 * that says of what size.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

/* What is read, and where its bytes go. */
struct reader {
	const char *p;
	unsigned char *buf;
	size_t len, room;
	bool full;
	const char *why;
};

static int
wrong(struct reader *r, const char *why)
{
	r->why = why;
	return -1;
}

static int
put(struct reader *r, const void *bytes, size_t len)
{
	if (len > r->room - r->len) {
		r->full = true;
		return -1;
	}
	memcpy(r->buf + r->len, bytes, len);
	r->len += len;
	return 0;
}

static int
put_byte(struct reader *r, int byte)
{
	unsigned char c = (unsigned char)byte;

	return put(r, &c, 1);
}

static int
hexdigit(char c)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);
	int n = at == NULL ? -1 : (int)(at - digits);

	return n > 15 ? n - 6 : n;
}

static int
hexadecimal(struct reader *r)
{
	int hi, lo;

	while ((hi = hexdigit(r->p[0])) != -1) {
		lo = hexdigit(r->p[1]);
		if (lo == -1)
			return wrong(r, "odd number of hexadecimal digits");
		if (put_byte(r, hi << 4 | lo) == -1)
			return -1;
		r->p += 2;
	}
	return 0;
}

/* One character, or what a backslash makes of the next. */
static int
character(struct reader *r)
{
	static const char from[] = "0abefnrt", to[] = "\0\a\b\033\f\n\r\t";
	const char *at;

	if (*r->p != '\\')
		return put_byte(r, *r->p++);
	if (*++r->p == '\0')
		return wrong(r, "continuation line not implemented");
	at = strchr(from, *r->p);
	return put_byte(r, at == NULL ? *r->p++ : (r->p++, to[at - from]));
}

static int
string(struct reader *r)
{
	while (*r->p != '"') {
		if (*r->p == '\0')
			return wrong(r, "unterminated string");
		if (character(r) == -1)
			return -1;
	}
	r->p++;
	return 0;
}

static int
quoted(struct reader *r)
{
	if (*r->p == '\0')
		return wrong(r, "unterminated character");
	if (character(r) == -1)
		return -1;
	if (*r->p != '\'')
		return wrong(r, "error in character termination");
	r->p++;
	return 0;
}

/* None is 0: a letter may stand alone. */
static int
number_read(struct reader *r, char letter)
{
	char *end;
	long long n = strtoll(r->p, &end, 10);
	uint16_t s = (uint16_t)n;
	uint32_t i = (uint32_t)n;
	unsigned long l = (unsigned long)n;

	r->p = end;
	switch (letter) {
	case 'b': case 'B':
		return put_byte(r, (int)(unsigned char)n);
	case 's': case 'S':
		return put(r, &s, sizeof s);
	case 'l': case 'L':
		return put(r, &l, sizeof l);
	default:
		return put(r, &i, sizeof i);
	}
}

static int
item(struct reader *r, char letter)
{
	switch (letter) {
	case 'x':
		return hexadecimal(r);
	case '"':
		return string(r);
	case '\'':
		return quoted(r);
	case 'b':
		/* As with socat it stands for two of B, the second 0. */
		if (number_read(r, 'b') == -1)
			return -1;
		/* FALLTHROUGH */
	default:
		return number_read(r, letter);
	}
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

ssize_t
data_read(const char *text, unsigned char *buf, size_t room, const char **why)
{
	struct reader r = { .p = text, .buf = buf, .room = room };
	const char *at;
	char letter = 'i';	/* of what has none: as the one before */

	*why = NULL;
	while (*r.p != '\0') {
		at = r.p;
		if (is_one_of(*at, " \t\r\n")) {
			r.p++;
			continue;
		}
		if (is_one_of(*at, "bBiIlLsSx\"'"))
			letter = *r.p++;
		else if (!is_one_of(*at, "+-0123456789"))
			return -1;
		if (item(&r, letter) == -1 || r.p == at) {
			*why = r.why;
			return r.full ? DATA_TOO_LONG : -1;
		}
	}
	return (ssize_t)r.len;
}
