/*
 * lib/tiny.c: small printf(3) and friends for the static binary.
 *
 * What stands in lib/tiny*.c has the names of libc's functions and is
 * linked in front of a static libc, whose own, made for everybody, then
 * stay out of the binary.  Each does what the standard says for the cases
 * that relay has: no floating point, no wide characters, one thread.  The
 * dynamic build does not use these files.
 */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where the text goes: what is past size is counted only. */
struct sink {
	char *buf;
	size_t size, len;
	va_list ap;
};

/* One conversion, as C11 7.21.6.1 has it. */
struct conv {
	unsigned char left, zero, alt, plus, blank;
	int width, precision;	/* precision -1: none */
	int length;		/* bytes of the integer */
};

static void
fill(struct sink *s, char c, long n)
{
	size_t room = s->len < s->size ? s->size - s->len : 0;

	if (n <= 0)
		return;
	if (room > 0)
		memset(s->buf + s->len, c, (size_t)n < room ? (size_t)n : room);
	s->len += (size_t)n;
}

static void
put(struct sink *s, const char *text, size_t n)
{
	size_t room = s->len < s->size ? s->size - s->len : 0;

	if (room > 0)
		memcpy(s->buf + s->len, text, n < room ? n : room);
	s->len += n;
}

/* Text of n bytes in its field. */
static void
put_field(struct sink *s, const struct conv *c, const char *text, size_t n)
{
	long pad = n < (size_t)c->width ? c->width - (long)n : 0;

	if (!c->left)
		fill(s, ' ', pad);
	put(s, text, n);
	if (c->left)
		fill(s, ' ', pad);
}

/* A number with its sign or prefix, precision, and field. */
static void
put_number(struct sink *s, const struct conv *c, uintmax_t n, unsigned base,
    const char *set, const char *prefix)
{
	char digits[24], *p = digits + sizeof digits;
	long len, zeros, pad, before = (long)strlen(prefix);

	for (; n > 0; n /= base)
		*--p = set[n % base];
	len = (long)(digits + sizeof digits - p);
	zeros = (c->precision < 0 ? 1 : c->precision) - len;
	if (base == 8 && c->alt && zeros <= 0 && (len == 0 || *p != '0'))
		zeros = 1;
	if (zeros < 0)
		zeros = 0;
	pad = c->width - before - zeros - len;
	if (c->zero && !c->left && c->precision < 0 && pad > 0) {
		zeros += pad;
		pad = 0;
	}
	if (!c->left)
		fill(s, ' ', pad);
	put(s, prefix, (size_t)before);
	fill(s, '0', zeros);
	put(s, p, (size_t)len);
	if (c->left)
		fill(s, ' ', pad);
}

static uintmax_t
arg_unsigned(struct sink *s, int length)
{
	if (length > (int)sizeof(int))
		return va_arg(s->ap, uintmax_t);
	if (length == 1)
		return (unsigned char)va_arg(s->ap, unsigned);
	if (length == 2)
		return (unsigned short)va_arg(s->ap, unsigned);
	return va_arg(s->ap, unsigned);
}

static intmax_t
arg_signed(struct sink *s, int length)
{
	if (length > (int)sizeof(int))
		return va_arg(s->ap, intmax_t);
	if (length == 1)
		return (signed char)va_arg(s->ap, int);
	if (length == 2)
		return (short)va_arg(s->ap, int);
	return va_arg(s->ap, int);
}

static void
put_signed(struct sink *s, const struct conv *c)
{
	intmax_t n = arg_signed(s, c->length);

	put_number(s, c, n < 0 ? -(uintmax_t)n : (uintmax_t)n, 10,
	    "0123456789", n < 0 ? "-" : c->plus ? "+" : c->blank ? " " : "");
}

static void
put_string(struct sink *s, const struct conv *c)
{
	const char *text = va_arg(s->ap, const char *);

	if (text == NULL)
		text = "(null)";
	put_field(s, c, text, c->precision < 0 ? strlen(text) :
	    strnlen(text, (size_t)c->precision));
}

/* The conversion that the letter asks for; -1 if there is none. */
static int
convert(struct sink *s, struct conv *c, char letter, int err)
{
	static const char lower[] = "0123456789abcdef";
	static const char upper[] = "0123456789ABCDEF";
	uintmax_t n;
	char byte;

	switch (letter) {
	case 'd': case 'i':
		put_signed(s, c);
		return 0;
	case 'p':
		c->length = sizeof(void *);
		c->alt = 1;
		letter = 'x';
		/* FALLTHROUGH */
	case 'u': case 'o': case 'x': case 'X':
		n = arg_unsigned(s, c->length);
		put_number(s, c, n, letter == 'u' ? 10 :
		    letter == 'o' ? 8 : 16, letter == 'X' ? upper : lower,
		    !c->alt || n == 0 ? "" : letter == 'x' ? "0x" :
		    letter == 'X' ? "0X" : "");
		return 0;
	case 'c':
		byte = (char)va_arg(s->ap, int);
		put_field(s, c, &byte, 1);
		return 0;
	case 's':
		put_string(s, c);
		return 0;
	case 'm':
		put_field(s, c, strerror(err), strlen(strerror(err)));
		return 0;
	case '%':
		put(s, "%", 1);
		return 0;
	}
	errno = EINVAL;
	return -1;
}

/* A width or precision, either digits or "*"; it stays within an int. */
static int
number(struct sink *s, const char **fmt)
{
	int n = 0;

	if (**fmt == '*') {
		++*fmt;
		return va_arg(s->ap, int);
	}
	for (; isdigit((unsigned char)**fmt); ++*fmt)
		n = n > INT_MAX / 10 - 1 ? INT_MAX / 2 :
		    n * 10 + (**fmt - '0');
	return n;
}

/* Reads flags, width and precision of what follows a per cent sign. */
static const char *
parse(struct sink *s, const char *fmt, struct conv *c)
{
	memset(c, 0, sizeof *c);
	for (;; fmt++)
		if (*fmt == '-')
			c->left = 1;
		else if (*fmt == '0')
			c->zero = 1;
		else if (*fmt == '#')
			c->alt = 1;
		else if (*fmt == '+')
			c->plus = 1;
		else if (*fmt == ' ')
			c->blank = 1;
		else
			break;
	c->width = number(s, &fmt);
	if (c->width < 0) {
		c->left = 1;
		c->width = c->width == INT_MIN ? INT_MAX : -c->width;
	}
	c->precision = -1;
	if (*fmt == '.') {
		fmt++;
		c->precision = number(s, &fmt);
	}
	return fmt;
}

/* Reads the length modifier. */
static const char *
length(const char *fmt, int *bytes)
{
	*bytes = sizeof(int);
	switch (*fmt) {
	case 'h':
		*bytes = fmt[1] == 'h' ? 1 : sizeof(short);
		return fmt + (fmt[1] == 'h' ? 2 : 1);
	case 'l':
		*bytes = fmt[1] == 'l' ? sizeof(long long) : sizeof(long);
		return fmt + (fmt[1] == 'l' ? 2 : 1);
	case 'z': case 't':
		*bytes = sizeof(size_t);
		return fmt + 1;
	case 'j':
		*bytes = sizeof(intmax_t);
		return fmt + 1;
	}
	return fmt;
}

/*
 * As C11 7.21.6.12; a conversion that relay has no use for is EINVAL.
 * Where long has the size of int, or int that of long long, the argument
 * is fetched as what is as large.
 */
int
vsnprintf(char *restrict buf, size_t size, const char *restrict fmt,
    va_list ap)
{
	struct sink s = { .buf = buf, .size = size };
	struct conv c;
	int rc = 0, err = errno;

	va_copy(s.ap, ap);
	while (*fmt != '\0' && rc == 0) {
		size_t plain = strcspn(fmt, "%");

		put(&s, fmt, plain);
		fmt += plain;
		if (*fmt == '\0')
			break;
		fmt = length(parse(&s, fmt + 1, &c), &c.length);
		rc = convert(&s, &c, *fmt, err);
		fmt += *fmt != '\0';
	}
	va_end(s.ap);
	if (size > 0)
		buf[s.len < size ? s.len : size - 1] = '\0';
	if (rc == 0 && s.len > INT_MAX) {
		errno = EOVERFLOW;
		rc = -1;
	}
	return rc == 0 ? (int)s.len : -1;
}

int
snprintf(char *restrict buf, size_t size, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

int
sprintf(char *restrict buf, const char *restrict fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, INT_MAX, fmt, ap);
	va_end(ap);
	return n;
}
