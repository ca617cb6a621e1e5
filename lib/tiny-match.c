/*
 * lib/tiny-match.c: fnmatch(3) and strstr(3), for lib/tiny.c.
 *
 * Bytes are letters here.  Of fnmatch's flags there is none, as relay has
 * use for none.
 */

#include <ctype.h>
#include <fnmatch.h>
#include <stddef.h>
#include <string.h>

/* [:alpha:] and its like, p at the name; ASCII only. */
static int
class_has(const char *p, size_t len, int c)
{
	static const struct {
		const char *name;
		int (*is)(int);
	} classes[] = {
		{ "alnum", isalnum }, { "alpha", isalpha },
		{ "digit", isdigit }, { "lower", islower },
		{ "punct", ispunct }, { "space", isspace },
		{ "upper", isupper }, { "xdigit", isxdigit },
	};
	size_t i;

	for (i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strlen(classes[i].name) == len &&
		    strncmp(classes[i].name, p, len) == 0)
			return classes[i].is(c) != 0;
	return 0;
}

/*
 * Whether c is in the set that begins after the bracket at *p, which is
 * then put past its end; -1 if the set has no end, and is none.
 */
static int
set_has(const char **p, int c)
{
	const char *s = *p + 1, *first, *end;
	int not = *s == '!' || *s == '^', yes = 0, from, to;

	s += not;
	for (first = s; *s != ']' || s == first; s++) {
		if (s[0] == '[' && s[1] == ':' &&
		    (end = strstr(s + 2, ":]")) != NULL) {
			yes |= class_has(s + 2, (size_t)(end - s - 2), c);
			s = end + 1;
			continue;
		}
		if (*s == '\\' && s[1] != '\0')
			s++;
		if (*s == '\0')
			return -1;
		from = to = (unsigned char)*s;
		if (s[1] == '-' && s[2] != ']' && s[2] != '\0') {
			s += 2;
			if (*s == '\\' && s[1] != '\0')
				s++;
			to = (unsigned char)*s;
		}
		yes |= c >= from && c <= to;
	}
	*p = s + 1;
	return yes != not;
}

/* Whether one letter fits what is at *p, which is then put behind it. */
static int
one_fits(const char **p, int c)
{
	int in;

	if (**p == '[' && (in = set_has(p, c)) != -1)
		return in;
	if (**p == '?') {
		++*p;
		return 1;
	}
	if (**p == '\\' && *++*p == '\0')
		return 0;
	return (unsigned char)*(*p)++ == c;
}

/* A star that fails takes one letter more; only the last one matters. */
int
fnmatch(const char *pattern, const char *text, int flags)
{
	const char *star = NULL, *after = text, *p = pattern;

	(void)flags;
	while (*text != '\0') {
		if (*p == '*') {
			star = ++p;
			after = text;
			continue;
		}
		if (*p != '\0' && one_fits(&p, (unsigned char)*text)) {
			text++;
			continue;
		}
		if (star == NULL)
			return FNM_NOMATCH;
		p = star;
		text = ++after;
	}
	p += strspn(p, "*");
	return *p == '\0' ? 0 : FNM_NOMATCH;
}

char *
strstr(const char *text, const char *what)
{
	size_t len = strlen(what);

	for (; strncmp(text, what, len) != 0; text++)
		if (*text == '\0')
			return NULL;
	return (char *)text;
}
