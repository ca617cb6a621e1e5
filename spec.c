/*
 * spec.c: the grammar: one word of the command line -> struct spec.
 *
 *	word	= address [ "!!" address ]
 *	address	= type *( ":" param ) *( "," [ option ] )
 *	option	= name [ "=" value ]
 *
 * A backslash takes the next character for itself (\n, \t and the like
 * give control characters); "..." and '...' go away and keep what stands
 * in them from being special; (...), [...] and {...} stay, nest, and keep
 * it from being special too.  A type that starts with a digit is FD:, one
 * that has a slash is GOPEN:, "-" is STDIO.
 *
 * This file knows syntax and no address types; it must survive any input.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/error.h"
#include "lib/log.h"
#include "relay.h"

struct lexer {
	const char *text;	/* start of the word */
	const char *p;		/* where reading goes on */
	char *w;		/* where the next character is written */
	bool unclosed;
};

/* What ends a part, besides the end of the text and "!!". */
#define STOP_TYPE	":,"
#define STOP_PARAM	":,"
#define STOP_NAME	"=,"
#define STOP_VALUE	","

static char
closing(char c)
{
	switch (c) {
	case '(':
		return ')';
	case '[':
		return ']';
	case '{':
		return '}';
	default:
		return '\0';
	}
}

static char
unescape(char c)
{
	static const char from[] = "0abfnrtv", to[] = "\0\a\b\f\n\r\t\v";
	const char *at;

	at = c == '\0' ? NULL : strchr(from, c);
	/* As with socat, "\0" is a NUL, and what follows is lost. */
	return at == NULL ? c : to[at - from];
}

/* After a backslash; one at the very end stands for itself. */
static void
lex_escaped(struct lexer *l)
{
	if (*l->p == '\0')
		*l->w++ = '\\';
	else
		*l->w++ = unescape(*l->p++);
}

/* After the opening quote. */
static void
lex_quoted(struct lexer *l, char quote)
{
	bool escaped = false;

	while (*l->p != '\0') {
		char c = *l->p++;

		if (c == quote)
			return;
		escaped |= c == '\\' && *l->p == quote;
		if (c == '\\')
			lex_escaped(l);
		else
			*l->w++ = c;
	}
	/* "\"a: taken by socat, so it goes on to the end here as well. */
	l->unclosed |= !escaped;
}

/*
 * Reads up to one of stops, "!!" or the end, unquoting into l->w.  The
 * brackets are counted on a stack of one letter each; deeper than it can
 * hold they are plain characters.
 */
static void
lex_part(struct lexer *l, const char *stops)
{
	char stack[64];
	size_t depth = 0;
	char c;

	while ((c = *l->p) != '\0') {
		if (depth == 0 && (strchr(stops, c) != NULL ||
		    (c == '!' && l->p[1] == '!')))
			return;
		l->p++;
		if (c == '\\') {
			lex_escaped(l);
			continue;
		}
		if (c == '"' || c == '\'') {
			lex_quoted(l, c);
			continue;
		}
		if (depth > 0 && c == stack[depth - 1])
			depth--;
		else if (closing(c) != '\0' && depth < sizeof stack)
			stack[depth++] = closing(c);
		*l->w++ = c;
	}
}

static void
part_read(struct lexer *l, struct spec_part *part, const char *stops)
{
	part->col = (size_t)(l->p - l->text);
	part->text = l->w;
	lex_part(l, stops);
	*l->w++ = '\0';
}

/* Makes room for one more in a growing array of elements of size. */
static void *
grow(void *array, size_t n, size_t size)
{
	/* Powers of two: called with each n in turn. */
	if ((n & (n - 1)) != 0)
		return array;
	return realloc(array, (n == 0 ? 1 : 2 * n) * size);
}

static int
param_add(struct spec *s, struct lexer *l)
{
	struct spec_part *array;

	array = grow(s->param, s->nparam, sizeof *array);
	if (array == NULL)
		return error_set("out of memory");
	s->param = array;
	part_read(l, &array[s->nparam++], STOP_PARAM);
	return 0;
}

static int
opt_add(struct spec *s, struct lexer *l)
{
	struct spec_opt *array, *o;

	if (*l->p == '\0' || *l->p == ',' || strncmp(l->p, "!!", 2) == 0)
		return 0;	/* "a,,b" and a comma at the end are fine */
	array = grow(s->opt, s->nopt, sizeof *array);
	if (array == NULL)
		return error_set("out of memory");
	s->opt = array;
	o = &array[s->nopt++];
	memset(o, 0, sizeof *o);
	part_read(l, &o->name, STOP_NAME);
	if (*l->p == '=') {
		l->p++;
		part_read(l, &o->value, STOP_VALUE);
	}
	return 0;
}

/*
 * An address may leave out its type: a number is a descriptor, and a path
 * is opened.  The letters of the path or number become parameter one.
 */
static const char *
bare_type(const char *p)
{
	const char *q = p;

	if (*p == '-' && (p[1] == '\0' || p[1] == ',' ||
	    strncmp(p + 1, "!!", 2) == 0))
		return "STDIO";
	if (isdigit((unsigned char)*p)) {
		while (isdigit((unsigned char)*q))
			q++;
		if (*q == '\0' || *q == ',' || strncmp(q, "!!", 2) == 0)
			return "FD";
	}
	for (q = p; *q != '\0' && *q != ':' && *q != ','; q++) {
		if (*q == '/')
			return "GOPEN";
		if (strncmp(q, "!!", 2) == 0)
			break;
	}
	return NULL;
}

static int
head_read(struct spec *s, struct lexer *l)
{
	const char *type = bare_type(l->p);

	if (type == NULL) {
		part_read(l, &s->type, STOP_TYPE);
		return 0;
	}
	s->bare = true;
	s->type.col = (size_t)(l->p - l->text);
	s->type.text = l->w;
	strcpy(l->w, type);
	l->w += strlen(type) + 1;
	if (strcmp(type, "STDIO") == 0) {
		l->p++;
		return 0;
	}
	return param_add(s, l);
}

static int
address_read(struct spec *s, struct lexer *l)
{
	if (head_read(s, l) == -1)
		return -1;
	while (*l->p == ':') {
		l->p++;
		if (param_add(s, l) == -1)
			return -1;
	}
	while (*l->p == ',') {
		l->p++;
		if (opt_add(s, l) == -1)
			return -1;
	}
	s->unclosed = l->unclosed;
	return 0;
}

/* Zeroed, with room for the characters of text and an implied type. */
static struct spec *
spec_new(const char *text, size_t room)
{
	struct spec *s;

	s = calloc(1, sizeof *s);
	if (s == NULL)
		return NULL;
	s->text = text;
	/* A part of n characters may need n + 1; no part is shorter than
	 * the separator before it, save the first. */
	s->heap = malloc(2 * room + 16);
	if (s->heap == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

/*
 * Splits text, which must outlive the spec.  On success *out is the
 * caller's, to be given to spec_free(); on error -1, words in last_error, and
 * *out is NULL.
 */
int
spec_parse(const char *text, struct spec **out)
{
	struct lexer l = { text, text, NULL, false };
	struct spec **next = out;
	int halves;

	*out = NULL;
	for (halves = 0; halves < 2; halves++) {
		*next = spec_new(text, strlen(l.p));
		if (*next == NULL) {
			error_set("out of memory");
			goto fail;
		}
		l.w = (*next)->heap;
		if (address_read(*next, &l) == -1)
			goto fail;
		if (*l.p == '\0')
			return 0;
		l.p += 2;	/* "!!" */
		next = &(*next)->other;
	}
	error_set("more than one \"!!\" in address \"%.200s\"", text);
	error_place(text, (size_t)(l.p - text) - 2, 2);
fail:
	spec_free(*out);
	*out = NULL;
	return -1;
}

void
spec_free(struct spec *s)
{
	if (s == NULL)
		return;
	spec_free(s->other);
	free(s->param);
	free(s->opt);
	free(s->heap);
	free(s);
}

/*
 * EXEC's words: blanks separate, quotes, brackets and backslashes keep a
 * blank from doing so.  Argv, NULL-terminated, and its strings are one
 * allocation, the caller's; NULL with words in last_error when memory is out.
 */
char **
spec_split(const char *command)
{
	struct lexer l = { command, command, NULL, false };
	size_t len = strlen(command), n = 0;
	char **argv;

	argv = malloc((len / 2 + 2) * sizeof *argv + len + 2);
	if (argv == NULL) {
		error_set("out of memory");
		return NULL;
	}
	l.w = (char *)(argv + len / 2 + 2);
	for (;;) {
		while (*l.p == ' ')
			l.p++;
		if (*l.p == '\0')
			break;
		argv[n++] = l.w;
		for (;;) {
			lex_part(&l, " ");
			if (*l.p != '!')
				break;
			*l.w++ = *l.p++;	/* "!!" is nothing here */
		}
		*l.w++ = '\0';
	}
	argv[n] = NULL;
	return argv;
}
