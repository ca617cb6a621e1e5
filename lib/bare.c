/* lib/bare.c: text without stdio(3). */

#include "bare.h"

char *
bare_digits(char *p, long n, int width)
{
	char buf[24];
	int i = 0;

	while (n > 0 || width > 0) {
		buf[i++] = (char)('0' + n % 10);
		n /= 10;
		width--;
	}
	while (i > 0)
		*p++ = buf[--i];
	return p;
}

char *
bare_text(char *p, const char *s)
{
	int room = 200;

	while (*s != '\0' && room-- > 0)
		*p++ = *s++;
	return p;
}

/*
 * The era is 400 years from a March 1st, so that the leap day is the last of
 * a year.
 */
char *
bare_date(char *p, long day)
{
	long era, doe, yoe, doy, mp;

	day += 719468;
	era = day / 146097;
	doe = day - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	p = bare_digits(p, yoe + era * 400 + (mp >= 10), 4);
	*p++ = '/';
	p = bare_digits(p, mp < 10 ? mp + 3 : mp - 9, 2);
	*p++ = '/';
	return bare_digits(p, doy - (153 * mp + 2) / 5 + 1, 2);
}
