/*
 * json.c: JSON (RFC 8259), strict and without memory of its own
 *
 * Two halves. The scanner takes text byte by byte, at any split, and says
 * where a value ends or why it is none; its whole memory is one small struct,
 * so a document can be neither too long nor too deep for it. The walker finds
 * members in text that the scanner has passed, and may therefore be simple.
 * Where a key stands twice in an object the first one counts.
 */

#include <string.h>

#include "json.h"

enum {
	VALUE, FIRST, KEY, KEY1, COLON, AFTER, STRING, ESCAPE, HEX, TAIL, WORD,
	MINUS, ZERO, INTEGER, POINT, FRACTION, EXP, EXPSIGN, EXPONENT, OVER
};

/* Answers of a step that are not JSON_BAD, JSON_MORE or JSON_DONE. */
enum { AGAIN = 2, BEFORE = 3 };

void
json_scan_init(struct json_scan *s)
{
	memset(s, 0, sizeof(*s));
	s->state = VALUE;
}

static int
bad(struct json_scan *s, const char *why)
{
	s->err = why;
	s->state = OVER;
	return JSON_BAD;
}

static int
space(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int
digit(int c)
{
	return c >= '0' && c <= '9';
}

/* A value has ended: the text is whole if nothing is open around it. */
static int
ended(struct json_scan *s)
{
	s->state = s->depth ? AFTER : OVER;
	return s->depth ? JSON_MORE : JSON_DONE;
}

static int
opened(struct json_scan *s, int object)
{
	if (s->depth == JSON_DEPTH)
		return bad(s, "nested too deep");
	s->objects = s->objects << 1 | (uint64_t)object;
	s->depth++;
	s->state = object ? KEY1 : FIRST;
	return JSON_MORE;
}

static int
closed(struct json_scan *s, int object)
{
	if ((s->objects & 1) != (uint64_t)object)
		return bad(s, "bracket closed by the wrong kind");
	s->objects >>= 1;
	s->depth--;
	return ended(s);
}

static int
word(struct json_scan *s, const char *rest)
{
	s->word = rest;
	s->state = WORD;
	return JSON_MORE;
}

/* The first byte of a value. */
static int
step_value(struct json_scan *s, int c)
{
	switch (c) {
	case '{':
		return opened(s, 1);
	case '[':
		return opened(s, 0);
	case '"':
		s->key = 0;
		s->state = STRING;
		return JSON_MORE;
	case 't':
		return word(s, "rue");
	case 'f':
		return word(s, "alse");
	case 'n':
		return word(s, "ull");
	case '-':
		s->state = MINUS;
		return JSON_MORE;
	}
	if (!digit(c))
		return bad(s, "a value was expected");
	s->state = c == '0' ? ZERO : INTEGER;
	return JSON_MORE;
}

static int
step_key(struct json_scan *s, int c)
{
	if (c == '}' && s->state == KEY1)
		return closed(s, 1);
	if (c != '"')
		return bad(s, "a key was expected");
	s->key = 1;
	s->state = STRING;
	return JSON_MORE;
}

static int
step_after(struct json_scan *s, int c)
{
	if (c == '}' || c == ']')
		return closed(s, c == '}');
	if (c != ',')
		return bad(s, "a comma or a closing bracket was expected");
	s->state = s->objects & 1 ? KEY : VALUE;
	return JSON_MORE;
}

/*
 * The first byte of a character of two to four bytes; lo and hi bound the
 * next one, so that overlong forms and surrogates fail (RFC 3629 section 4).
 */
static int
step_lead(struct json_scan *s, int c)
{
	s->lo = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	s->hi = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	if (c >= 0xc2 && c <= 0xdf)
		s->tail = 1;
	else if (c >= 0xe0 && c <= 0xef)
		s->tail = 2;
	else if (c >= 0xf0 && c <= 0xf4)
		s->tail = 3;
	else
		return bad(s, "a string is not UTF-8");
	s->state = TAIL;
	return JSON_MORE;
}

static int
step_string(struct json_scan *s, int c)
{
	if (c == '"') {
		if (!s->key)
			return ended(s);
		s->state = COLON;
	} else if (c == '\\') {
		s->state = ESCAPE;
	} else if (c < 0x20) {
		return bad(s, "a control character stands in a string");
	} else if (c >= 0x80) {
		return step_lead(s, c);
	}
	return JSON_MORE;
}

static int
step_tail(struct json_scan *s, int c)
{
	if (c < s->lo || c > s->hi)
		return bad(s, "a string is not UTF-8");
	s->lo = 0x80;
	s->hi = 0xbf;
	if (--s->tail == 0)
		s->state = STRING;
	return JSON_MORE;
}

static int
step_escape(struct json_scan *s, int c)
{
	if (s->state == ESCAPE) {
		if (c == 0 || !strchr("\"\\/bfnrtu", c))
			return bad(s, "an unknown escape stands in a string");
		s->state = c == 'u' ? HEX : STRING;
		s->hex = 4;
		return JSON_MORE;
	}
	if (c == 0 || !strchr("0123456789abcdefABCDEF", c))
		return bad(s, "\\u needs four hexadecimal digits");
	if (--s->hex == 0)
		s->state = STRING;
	return JSON_MORE;
}

/* Where a digit leads from each state of a number, and where it may end. */
static int
step_number(struct json_scan *s, int c)
{
	int st = s->state;

	if (digit(c) && st != ZERO) {
		if (st == MINUS)
			s->state = c == '0' ? ZERO : INTEGER;
		else if (st == POINT)
			s->state = FRACTION;
		else if (st == EXP || st == EXPSIGN)
			s->state = EXPONENT;
		return JSON_MORE;
	}
	if (c == '.' && (st == ZERO || st == INTEGER))
		s->state = POINT;
	else if ((c == 'e' || c == 'E') &&
	    (st == ZERO || st == INTEGER || st == FRACTION))
		s->state = EXP;
	else if ((c == '+' || c == '-') && st == EXP)
		s->state = EXPSIGN;
	else if (digit(c) || st == MINUS || st == POINT || st == EXP ||
	    st == EXPSIGN)
		return bad(s, "not a number");
	else
		return ended(s) == JSON_DONE ? BEFORE : AGAIN;
	return JSON_MORE;
}

static int
step_word(struct json_scan *s, int c)
{
	if (c != *s->word)
		return bad(s, "a word other than true, false and null");
	return *++s->word ? JSON_MORE : ended(s);
}

/* One byte between values: white space has no meaning there. */
static int
step_between(struct json_scan *s, int c)
{
	if (space(c))
		return JSON_MORE;
	switch (s->state) {
	case FIRST:
		if (c == ']')
			return closed(s, 0);
		/* FALLTHROUGH */
	case VALUE:
		return step_value(s, c);
	case KEY:
	case KEY1:
		return step_key(s, c);
	case COLON:
		if (c != ':')
			return bad(s, "a colon was expected");
		s->state = VALUE;
		return JSON_MORE;
	}
	return step_after(s, c);
}

static int
step(struct json_scan *s, int c)
{
	switch (s->state) {
	case STRING:
		return step_string(s, c);
	case TAIL:
		return step_tail(s, c);
	case ESCAPE:
	case HEX:
		return step_escape(s, c);
	case WORD:
		return step_word(s, c);
	case OVER:
		return bad(s, s->err ? s->err : "text after the end");
	}
	if (s->state >= MINUS)
		return step_number(s, c);
	return step_between(s, c);
}

/*
 * Looks at n more bytes. JSON_DONE: one whole value has been seen, *used
 * bytes of these belong to it. JSON_MORE: all were taken, more are needed.
 * JSON_BAD: s->err says why, byte *used (of these) is the culprit.
 */
int
json_scan(struct json_scan *s, const char *text, size_t n, size_t *used)
{
	size_t i;
	int r;

	for (i = 0; i < n; i++, s->seen++) {
		do
			r = step(s, (unsigned char)text[i]);
		while (r == AGAIN);
		if (r != JSON_MORE) {
			*used = r == JSON_DONE ? i + 1 : i;
			s->seen += r == JSON_DONE;
			return r == BEFORE ? JSON_DONE : r;
		}
	}
	*used = n;
	return JSON_MORE;
}

/* The text is over: only a number may end by that. JSON_DONE or JSON_BAD. */
int
json_scan_end(struct json_scan *s)
{
	if (s->state == OVER)
		return s->err ? JSON_BAD : JSON_DONE;
	if (s->depth == 0 && (s->state == ZERO || s->state == INTEGER ||
	    s->state == FRACTION || s->state == EXPONENT)) {
		s->state = OVER;
		return JSON_DONE;
	}
	return bad(s, "the text ends in the middle");
}

static const char *
trim(const char *p, const char *end)
{
	while (p < end && space((unsigned char)*p))
		p++;
	return p;
}

/*
 * Checks a whole text of one value, white space around it allowed, and sets
 * *v to it. The text must stay where it is as long as *v or anything found
 * in it is used. -1 with words in *err if it is not JSON.
 */
int
json_text(struct json *v, const char *text, size_t n, const char **err)
{
	struct json_scan s;
	size_t used;
	int r;

	json_scan_init(&s);
	r = json_scan(&s, text, n, &used);
	if (r == JSON_MORE)
		r = json_scan_end(&s);
	if (r == JSON_DONE && trim(text + used, text + n) != text + n)
		r = bad(&s, "text after the end");
	if (r != JSON_DONE) {
		*err = s.err;
		return -1;
	}
	v->at = trim(text, text + n);
	v->end = text + used;
	return 0;
}

/* One of { [ " 0 t f n: what the value is. */
int
json_kind(const struct json *v)
{
	return *v->at == '-' || digit(*v->at) ? '0' : *v->at;
}

/* The end of the string that starts at p. */
static const char *
skip_string(const char *p)
{
	for (p++; *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p + 1;
}

/* The end of the value that starts at p in checked text before end. */
static const char *
skip(const char *p, const char *end)
{
	int depth = 0;

	do {
		if (*p == '"') {
			p = skip_string(p);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']')
			depth--;
		p++;
		while (depth == 0 && p < end && (digit(*p) ||
		    (*p >= 'a' && *p <= 'z') || *p == '.' || *p == '+' ||
		    *p == '-' || *p == 'E'))
			p++;
	} while (depth > 0);
	return p;
}

/*
 * Steps through an object or an array. *pos is NULL before the first step
 * and is this function's afterwards; key stays untouched in an array. Returns
 * 1 with the next member, 0 after the last or if v is neither.
 */
int
json_next(const struct json *v, const char **pos, struct json *key,
    struct json *val)
{
	const char *p;

	if (*v->at != '{' && *v->at != '[')
		return 0;
	p = trim(*pos ? *pos : v->at + 1, v->end);
	if (*pos && *p == ',')
		p = trim(p + 1, v->end);
	if (p == v->end - 1)
		return 0;
	if (*v->at == '{') {
		key->at = p;
		key->end = skip_string(p);
		p = trim(trim(key->end, v->end) + 1, v->end);
	}
	val->at = p;
	*pos = val->end = skip(p, v->end);
	return 1;
}

static unsigned
hex4(const char *p)
{
	unsigned u = 0;
	int i;

	for (i = 0; i < 4; i++)
		u = u << 4 | (digit(p[i]) ? (unsigned)(p[i] - '0') :
		    ((unsigned)p[i] | 32) - 'a' + 10);
	return u;
}

static int
utf8(unsigned u, char *out)
{
	if (u < 0x80) {
		out[0] = (char)u;
		return 1;
	}
	if (u < 0x800) {
		out[0] = (char)(0xc0 | u >> 6);
		out[1] = (char)(0x80 | (u & 63));
		return 2;
	}
	if (u < 0x10000) {
		out[0] = (char)(0xe0 | u >> 12);
		out[1] = (char)(0x80 | (u >> 6 & 63));
		out[2] = (char)(0x80 | (u & 63));
		return 3;
	}
	out[0] = (char)(0xf0 | u >> 18);
	out[1] = (char)(0x80 | (u >> 12 & 63));
	out[2] = (char)(0x80 | (u >> 6 & 63));
	out[3] = (char)(0x80 | (u & 63));
	return 4;
}

/*
 * Decodes the \u escape at *pp (behind the u), with its other half where it
 * is a surrogate. Returns the bytes written to out, or -1: half a pair, or a
 * NUL, which no C string can hold.
 */
static int
decode_u(const char **pp, char *out)
{
	unsigned u = hex4(*pp), low;

	*pp += 4;
	if (u >= 0xd800 && u < 0xdc00 && (*pp)[0] == '\\' && (*pp)[1] == 'u') {
		low = hex4(*pp + 2);
		if (low < 0xdc00 || low > 0xdfff)
			return -1;
		*pp += 6;
		u = 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
	}
	if (u == 0 || (u >= 0xd800 && u < 0xe000))
		return -1;
	return utf8(u, out);
}

/* Decodes one character or byte at *pp into out; its length, or -1. */
static int
decode(const char **pp, char *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *p = *pp, *f;

	if (*p != '\\') {
		*out = *p;
		*pp = p + 1;
		return 1;
	}
	*pp = p + 2;
	if (p[1] == 'u')
		return decode_u(pp, out);
	f = strchr(from, p[1]);
	*out = f ? to[f - from] : p[1];
	return 1;
}

/*
 * Writes a string, decoded and ended by NUL, to buf. Returns its length, or
 * -1 if v is no string, does not fit, or holds what a C string cannot.
 */
int
json_string(const struct json *v, char *buf, size_t size)
{
	const char *p = v->at + 1;
	char c[4];
	size_t len = 0;
	int n;

	if (*v->at != '"')
		return -1;
	while (p < v->end - 1) {
		n = decode(&p, c);
		if (n == -1 || (size_t)n >= size - len)
			return -1;
		memcpy(buf + len, c, (size_t)n);
		len += (size_t)n;
	}
	if (size == 0)
		return -1;
	buf[len] = '\0';
	return (int)len;
}

/* Whether v is the string that text is, however it is escaped. */
static int
equal(const struct json *v, const char *text, size_t len)
{
	const char *p = v->at + 1;
	char c[4];
	int n;

	if (*v->at != '"')
		return 0;
	while (p < v->end - 1) {
		n = decode(&p, c);
		if (n == -1 || (size_t)n > len || memcmp(c, text, (size_t)n))
			return 0;
		text += n;
		len -= (size_t)n;
	}
	return len == 0;
}

int
json_is(const struct json *v, const char *text)
{
	return equal(v, text, strlen(text));
}

/*
 * Follows a path of keys with dots between them (so none that has a dot in
 * itself) through nested objects. Returns 1 with *out set, or 0.
 */
int
json_find(const struct json *v, const char *path, struct json *out)
{
	struct json in = *v, key, val;
	const char *pos;
	size_t len;

	for (;; path += len + 1) {
		len = strcspn(path, ".");
		if (*in.at != '{')
			return 0;
		for (pos = NULL; json_next(&in, &pos, &key, &val);)
			if (equal(&key, path, len))
				break;
			else
				val.at = NULL;
		if (pos == NULL || val.at == NULL)
			return 0;
		in = val;
		if (path[len] == '\0')
			break;
	}
	*out = in;
	return 1;
}
