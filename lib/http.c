/*
 * http.c: the client's half of HTTP/1.1 (RFC 9112), as much as a GET needs
 *
 * The reader is pushed bytes at any split and neither allocates nor waits.
 * It holds one line of the head; the body is handed out where it lies in the
 * caller's input. It is strict: an answer that two readers could understand
 * differently is refused, with words in err.
 */

#include <stdio.h>
#include <string.h>

#include "http.h"

enum {
	STATUS, FIELD, SIZED, UNTIL_END, CHUNK, DATA, DATA_CR, DATA_LF, TRAILER,
	OVER
};

/* No body or chunk is longer than this; the sum below cannot overflow. */
#define LENGTH_MAX (1ULL << 50)

void
http_init(struct http *h)
{
	memset(h, 0, sizeof(*h));
	h->state = STATUS;
}

static int
bad(struct http *h, const char *why)
{
	h->err = why;
	h->state = OVER;
	return HTTP_BAD;
}

/* Case of ASCII only, in every locale. */
static int
lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

static int
same(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (lower((unsigned char)*a) != lower((unsigned char)*b))
			return 0;
	return *a == *b;
}

static int
digit(int c)
{
	return c >= '0' && c <= '9';
}

/* Token characters: RFC 9110 section 5.6.2. */
static int
token(int c)
{
	return digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
	    (c && strchr("!#$%&'*+-.^_`|~", c));
}

/* Reads a whole number of base 10 or 16; returns what follows, or NULL. */
static const char *
digits_read(const char *p, unsigned base, unsigned long long *n)
{
	const char *start = p;
	unsigned d;

	for (*n = 0;; p++) {
		if (digit((unsigned char)*p))
			d = (unsigned)(*p - '0');
		else if (base == 16 && lower((unsigned char)*p) >= 'a' &&
		    lower((unsigned char)*p) <= 'f')
			d = (unsigned)lower((unsigned char)*p) - 'a' + 10;
		else
			break;
		*n = *n * base + d;
		if (*n > LENGTH_MAX)
			return NULL;
	}
	return p == start ? NULL : p;
}

/* HTTP/1.x NNN words; RFC 9112 section 4. */
static int
line_status(struct http *h)
{
	const char *p = h->line;

	if (strncmp(p, "HTTP/1.", 7) != 0 || (p[7] != '0' && p[7] != '1') ||
	    p[8] != ' ' || !digit(p[9]) || !digit(p[10]) || !digit(p[11]) ||
	    (p[12] != ' ' && p[12] != '\0'))
		return bad(h, "the answer is not HTTP/1");
	h->minor = (unsigned char)(p[7] - '0');
	h->status = (p[9] - '0') * 100 + (p[10] - '0') * 10 + p[11] - '0';
	if (h->status < 100 || h->status > 599 || h->status == 101)
		return bad(h, "an answer of a status that means nothing here");
	h->lines = h->chunked = h->sized = 0;
	h->state = FIELD;
	return HTTP_MORE;
}

static int
field_length(struct http *h, const char *value)
{
	unsigned long long n;
	const char *p = digits_read(value, 10, &n);

	if (p == NULL || *p)
		return bad(h, "a Content-Length that is not a length");
	if (h->sized && n != h->left)
		return bad(h, "two different Content-Length");
	h->sized = 1;
	h->left = n;
	return HTTP_MORE;
}

/* Splits "name: value" and looks at the two fields that frame the body. */
static int
line_field(struct http *h)
{
	char *p = h->line, *value;

	while (token((unsigned char)*p))
		p++;
	if (p == h->line || *p != ':')
		return bad(h, "a header line without name and colon");
	*p++ = '\0';
	value = p + strspn(p, " \t");
	p = value + strlen(value);
	while (p > value && (p[-1] == ' ' || p[-1] == '\t'))
		*--p = '\0';
	if (h->state == TRAILER)
		return HTTP_MORE;
	if (same(h->line, "content-length"))
		return field_length(h, value);
	if (same(h->line, "transfer-encoding")) {
		if (h->chunked || h->minor == 0 || !same(value, "chunked"))
			return bad(h, "a Transfer-Encoding not known here");
		h->chunked = 1;
	}
	return HTTP_MORE;
}

/* The empty line after the fields: which body follows? RFC 9112 section 6. */
static int
head_done(struct http *h)
{
	if (h->chunked && h->sized)
		return bad(h, "Content-Length and Transfer-Encoding at once");
	if (h->status < 200) {
		if (++h->interim > HTTP_INTERIM)
			return bad(h, "too many 1xx answers");
		h->state = STATUS;
		return HTTP_MORE;
	}
	if (h->status == 204 || h->status == 304) {
		h->sized = 1;
		h->chunked = 0;
		h->left = 0;
	}
	h->lines = 0;
	h->state = h->chunked ? CHUNK : h->sized ? SIZED : UNTIL_END;
	return HTTP_HEAD;
}

/* SIZE[;extensions]; RFC 9112 section 7.1. */
static int
line_chunk(struct http *h)
{
	const char *p = digits_read(h->line, 16, &h->left);

	if (p != NULL)
		p += strspn(p, " \t");
	if (p == NULL || (*p && *p != ';'))
		return bad(h, "a chunk without a size");
	h->state = h->left ? DATA : TRAILER;
	return HTTP_MORE;
}

static int
line_done(struct http *h)
{
	h->line[h->len] = '\0';
	if (h->state == STATUS)
		return line_status(h);
	if (h->state == CHUNK)
		return line_chunk(h);
	if (h->len) {
		if (++h->lines > HTTP_LINES)
			return bad(h, "too many header lines");
		return line_field(h);
	}
	if (h->state == FIELD)
		return head_done(h);
	h->state = OVER;
	return HTTP_DONE;
}

/* One more byte of a line; a line ends by CR LF and by nothing else. */
static int
line_byte(struct http *h, int c)
{
	int r;

	if (h->len && h->line[h->len - 1] == '\r') {
		if (c != '\n')
			return bad(h, "a CR without LF in the head");
		h->len--;
		r = line_done(h);
		h->len = 0;
		return r;
	}
	if (c == '\n')
		return bad(h, "an LF without CR in the head");
	if ((c < 0x20 && c != '\t' && c != '\r') || c == 0x7f)
		return bad(h, "a control character in the head");
	if (h->len == sizeof(h->line) - 1)
		return bad(h, "too long a line in the head");
	h->line[h->len++] = (char)c;
	return HTTP_MORE;
}

/* Hands out as much of the body as lies in the input. */
static int
body_piece(struct http *h, const char **in, size_t *n, const char **body,
    size_t *len)
{
	*body = *in;
	*len = *n;
	if (h->state != UNTIL_END && *len > h->left)
		*len = (size_t)h->left;
	*in += *len;
	*n -= *len;
	if (h->state != UNTIL_END)
		h->left -= *len;
	if (h->state == DATA && h->left == 0)
		h->state = DATA_CR;
	return HTTP_BODY;
}

/*
 * Takes from *in what it needs for the next finding and moves *in and *n on.
 * HTTP_BODY sets *body and *len to a piece of the input. After HTTP_DONE and
 * HTTP_BAD nothing more is taken. Call again until HTTP_MORE.
 */
int
http_read(struct http *h, const char **in, size_t *n, const char **body,
    size_t *len)
{
	int c, r;

	for (;;) {
		if (h->state == OVER)
			return h->err ? HTTP_BAD : HTTP_DONE;
		if (h->state == SIZED && h->left == 0) {
			h->state = OVER;
			return HTTP_DONE;
		}
		if (*n == 0)
			return HTTP_MORE;
		if (h->state == SIZED || h->state == UNTIL_END ||
		    h->state == DATA)
			return body_piece(h, in, n, body, len);
		c = (unsigned char)*(*in)++;
		--*n;
		if (h->state == DATA_CR || h->state == DATA_LF) {
			if (c != (h->state == DATA_CR ? '\r' : '\n'))
				return bad(h, "a chunk longer than its size");
			h->state = h->state == DATA_CR ? DATA_LF : CHUNK;
			continue;
		}
		if ((r = line_byte(h, c)) != HTTP_MORE)
			return r;
	}
}

/* The peer has closed: HTTP_DONE if the answer may end so, else HTTP_BAD. */
int
http_end(struct http *h)
{
	if (h->state == OVER)
		return h->err ? HTTP_BAD : HTTP_DONE;
	if (h->state == UNTIL_END || (h->state == SIZED && h->left == 0)) {
		h->state = OVER;
		return HTTP_DONE;
	}
	if (h->state == STATUS && h->len == 0)
		return bad(h, "closed without an answer");
	return bad(h, "closed in the middle of the answer");
}

/* Writes text with all but plain letters as %XX; its length, or -1. */
int
http_quote(char *buf, size_t size, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t len = 0;
	unsigned char c;

	for (; (c = (unsigned char)*text) != '\0'; text++) {
		if (len + 4 > size)
			return -1;
		if (digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
		    strchr("-._~", c)) {
			buf[len++] = (char)c;
			continue;
		}
		buf[len++] = '%';
		buf[len++] = hex[c >> 4];
		buf[len++] = hex[c & 15];
	}
	if (len >= size)
		return -1;
	buf[len] = '\0';
	return (int)len;
}

/*
 * Writes the request for one document. The path must be quoted already. The
 * answer ends by the server's close at the latest. Its length, or -1.
 */
int
http_get(char *buf, size_t size, const char *host, const char *path)
{
	int n = snprintf(buf, size, "GET %s HTTP/1.1\r\nHost: %s\r\n"
	    "User-Agent: relay\r\nAccept: application/json\r\n"
	    "Connection: close\r\n\r\n", path, host);

	return n < 0 || (size_t)n >= size ? -1 : n;
}
