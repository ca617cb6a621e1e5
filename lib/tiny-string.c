/*
 * lib/tiny-string.c: strchr(3), strspn(3), strcasecmp(3) and strcpy(3), for
 * lib/tiny.c.
 *
 * Byte by byte: the texts are short, and the sets that are looked for have
 * a few letters.
 */

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

char *
strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (*s == '\0')
			return NULL;
	return (char *)s;
}

/* ASCII only, as relay has no locale. */
int
strncasecmp(const char *a, const char *b, size_t n)
{
	int d = 0;

	for (; n > 0 && d == 0; n--, a++, b++) {
		d = tolower((unsigned char)*a) - tolower((unsigned char)*b);
		if (*a == '\0')
			break;
	}
	return d;
}

int
strcasecmp(const char *a, const char *b)
{
	return strncasecmp(a, b, SIZE_MAX);
}

size_t
strspn(const char *s, const char *set)
{
	size_t n;

	for (n = 0; s[n] != '\0' && strchr(set, s[n]) != NULL; n++)
		continue;
	return n;
}

size_t
strcspn(const char *s, const char *set)
{
	size_t n;

	/* The end of the set is a letter of it. */
	for (n = 0; strchr(set, s[n]) == NULL; n++)
		continue;
	return n;
}

char *
strcpy(char *restrict to, const char *restrict from)
{
	return memcpy(to, from, strlen(from) + 1);
}
