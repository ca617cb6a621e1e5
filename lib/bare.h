/* lib/bare.h: text without stdio(3): safe in a handler of signals. */
#ifndef LIB_BARE_H
#define LIB_BARE_H

/* Each appends at p, where there must be room, and returns the new end. */

/* n, which is not negative, with at least width digits. */
char *bare_digits(char *p, long n, int width);
/* 200 bytes of s at most. */
char *bare_text(char *p, const char *s);
/* A day, counted from 1970-01-01, as year/month/day. */
char *bare_date(char *p, long day);

#endif
