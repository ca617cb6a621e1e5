/*
 * lib/tiny-time.c: localtime_r(3) and strftime(3), for lib/tiny.c.
 *
 * The zone is that of TZ or /etc/localtime, in the format of tzfile(5),
 * RFC 8536.  What is kept is the offset and for how long it holds; only
 * past that the file is read again.
 */

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tiny.h"

#define DAY 86400LL

/* An offset, east of Greenwich is positive, and from when until when. */
struct zone {
	long long from, until;
	long offset;
	int dst;
};

/* Half of a POSIX rule: when the other time begins. */
struct rule {
	char kind;		/* 'M', 'J' or 0 for a day from 0 */
	int month, week, day;
	long time;
};

/* Days from 1970 to a date; months count from 1. */
static long long
days(long long year, int month, int day)
{
	long long y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
	long long yoe = y - era * 400;
	long long doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day -
	    1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* The other way round; a year ends with the leap day, in March's era. */
static void
date(long long day, struct tm *tm)
{
	long long era, doe, yoe, doy, mp, year;

	tm->tm_wday = (int)(((day + 4) % 7 + 7) % 7);
	day += 719468;
	era = (day >= 0 ? day : day - 146096) / 146097;
	doe = day - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	year = yoe + era * 400 + (mp >= 10);
	tm->tm_mday = (int)(doy - (153 * mp + 2) / 5 + 1);
	tm->tm_mon = (int)(mp < 10 ? mp + 2 : mp - 10);
	tm->tm_year = (int)(year - 1900);
	tm->tm_yday = (int)(days(year, tm->tm_mon + 1, tm->tm_mday) -
	    days(year, 1, 1));
}

static void
broken_down(long long t, struct tm *tm)
{
	long long day = t / DAY, rest = t % DAY;

	if (rest < 0) {
		rest += DAY;
		day--;
	}
	date(day, tm);
	tm->tm_hour = (int)(rest / 3600);
	tm->tm_min = (int)(rest / 60 % 60);
	tm->tm_sec = (int)(rest % 60);
}

/* hh[:mm[:ss]] with a sign, in seconds. */
static int
clock_read(const char **p, long *out)
{
	static const int unit[] = { 3600, 60, 1 };
	int i, sign = 1;
	char *end;

	if (**p == '-' || **p == '+')
		sign = *(*p)++ == '-' ? -1 : 1;
	if (!isdigit((unsigned char)**p))
		return -1;
	*out = 0;
	for (i = 0; i < 3 && isdigit((unsigned char)**p); i++) {
		*out += sign * (strtol(*p, &end, 10) % 1000) * unit[i];
		*p = end;
		if (**p != ':')
			break;
		++*p;
	}
	return 0;
}

/* The name of a zone: letters, or anything within < and >. */
static int
name_skip(const char **p)
{
	const char *start = *p;

	if (**p == '<') {
		*p += strcspn(*p, ">");
		if (**p != '>')
			return -1;
		++*p;
		return 0;
	}
	while (isalpha((unsigned char)**p))
		++*p;
	return *p == start ? -1 : 0;
}

static int
rule_read(const char **p, struct rule *r)
{
	char *end;

	if (*(*p)++ != ',')
		return -1;
	memset(r, 0, sizeof *r);
	r->time = 7200;
	if (**p == 'M' || **p == 'J')
		r->kind = *(*p)++;
	if (!isdigit((unsigned char)**p))
		return -1;
	r->day = (int)strtol(*p, &end, 10);
	if (r->kind == 'M') {
		r->month = r->day;
		if (*end != '.')
			return -1;
		r->week = (int)strtol(end + 1, &end, 10);
		if (*end != '.')
			return -1;
		r->day = (int)strtol(end + 1, &end, 10);
		if (r->month < 1 || r->month > 12)
			return -1;
	}
	*p = end;
	if (**p != '/')
		return 0;
	++*p;
	return clock_read(p, &r->time);
}

/* When the rule strikes in that year, in local seconds since 1970. */
static long long
rule_time(const struct rule *r, long long year)
{
	long long day, first, next;
	int leap = (int)(days(year, 3, 1) - days(year, 2, 28)) == 2;

	if (r->kind == 'J')
		day = days(year, 1, 1) + r->day - 1 + (leap && r->day >= 60);
	else if (r->kind == 0)
		day = days(year, 1, 1) + r->day;
	else {
		first = days(year, r->month, 1);
		next = r->month == 12 ? days(year + 1, 1, 1) :
		    days(year, r->month + 1, 1);
		day = first + (r->day - (first + 4) % 7 + 7) % 7 +
		    (r->week - 1) * 7;
		while (day >= next)
			day -= 7;
	}
	return day * DAY + r->time;
}

/* Summer time lies between two moments; in the south it is the reverse. */
static void
season(struct zone *z, long long t, const struct rule r[2], long std,
    long dst)
{
	struct tm tm;
	long long start, end, year;

	broken_down(t + std, &tm);
	year = tm.tm_year + 1900LL;
	start = rule_time(&r[0], year) - std;
	end = rule_time(&r[1], year) - dst;
	z->dst = start < end ? t >= start && t < end : t >= start || t < end;
	z->offset = z->dst ? dst : std;
	/* Clocks change at quarters of an hour. */
	z->from = t - t % 900;
	z->until = z->from + 900;
}

/* TZ as POSIX has it: "CET-1CEST,M3.5.0,M10.5.0/3"; -1 if it is not. */
static int
posix_zone(const char *p, long long t, struct zone *z)
{
	static const char usual[] = ",M3.2.0,M11.1.0";
	struct rule r[2];
	long std, dst;

	if (name_skip(&p) == -1)
		return -1;
	if (*p == '\0')
		std = 0;
	else if (clock_read(&p, &std) == -1)
		return -1;
	z->from = INT64_MIN;
	z->until = INT64_MAX;
	z->offset = -std;
	z->dst = 0;
	if (*p == '\0')
		return 0;
	if (name_skip(&p) == -1)
		return -1;
	dst = std - 3600;
	if (*p != '\0' && *p != ',' && clock_read(&p, &dst) == -1)
		return -1;
	if (*p == '\0')
		p = usual;
	if (rule_read(&p, &r[0]) == -1 || rule_read(&p, &r[1]) == -1)
		return -1;
	season(z, t, r, -std, -dst);
	return 0;
}

static long long
big_endian(const unsigned char *p, int size)
{
	uint64_t n = size == 4 && p[0] >= 128 ? UINT64_MAX : 0;

	while (size-- > 0)
		n = n << 8 | *p++;
	return (long long)n;
}

/* The parts of one header and its data, tzfile(5). */
struct tzfile {
	const unsigned char *times, *index, *types, *end;
	long long ntimes, ntypes;
	int size;		/* of a time */
};

/* Checks that all of it lies before end; -1 if it does not. */
static int
tzfile_open(struct tzfile *f, const unsigned char *p,
    const unsigned char *end, int size)
{
	long long n[6], rest;
	int i;

	if (end - p < 44 || memcmp(p, "TZif", 4) != 0)
		return -1;
	for (i = 0; i < 6; i++) {
		n[i] = big_endian(p + 20 + 4 * i, 4);
		if (n[i] < 0 || n[i] > end - p)
			return -1;
	}
	f->size = size;
	f->ntimes = n[3];
	f->ntypes = n[4];
	f->times = p + 44;
	rest = n[3] * (size + 1) + n[4] * 6 + n[5] + n[2] * (size + 4) + n[1] +
	    n[0];
	if (rest > end - f->times || n[4] == 0)
		return -1;
	f->index = f->times + n[3] * size;
	f->types = f->index + n[3];
	f->end = f->times + rest;
	return 0;
}

static void
type_get(const struct tzfile *f, long long i, struct zone *z)
{
	if (i >= f->ntypes)
		i = 0;
	z->offset = (long)big_endian(f->types + 6 * i, 4);
	z->dst = f->types[6 * i + 4];
}

/* The zone at t; the rule at the end holds after the last change. */
static void
tzfile_find(const struct tzfile *f, const char *footer, long long t,
    struct zone *z)
{
	long long i, at = 0;

	z->from = INT64_MIN;
	z->until = INT64_MAX;
	for (i = 0; i < f->ntimes; i++) {
		at = big_endian(f->times + i * f->size, f->size);
		if (at > t) {
			z->until = at;
			break;
		}
		z->from = at;
	}
	if (i == f->ntimes && *footer != '\0' &&
	    posix_zone(footer, t, z) == 0)
		return;
	type_get(f, i == 0 ? 0 : f->index[i - 1], z);
}

static int
file_zone(const char *path, long long t, struct zone *z)
{
	struct tzfile f;
	size_t len;
	char *text = tiny_read(path, &len), *footer, none[] = "";
	const unsigned char *p = (unsigned char *)text;
	int rc = -1;

	if (text == NULL || tzfile_open(&f, p, p + len, 4) == -1)
		goto out;
	footer = none;
	if (p[4] >= '2') {
		if (tzfile_open(&f, f.end, p + len, 8) == -1)
			goto out;
		if (f.end < p + len && *f.end == '\n') {
			footer = text + (f.end - p) + 1;
			footer[strcspn(footer, "\n")] = '\0';
		}
	}
	tzfile_find(&f, footer, t, z);
	rc = 0;
out:
	free(text);
	return rc;
}

/*
 * Without a zone that makes sense it stays what it was, at first UTC: a
 * chroot may have taken the file away.
 */
static void
zone_find(long long t, struct zone *z)
{
	static const char *const folders[] = { "/usr/share/zoneinfo",
	    "/share/zoneinfo", "/etc/zoneinfo" };
	const char *tz = getenv("TZ");
	char path[300];
	size_t i;

	z->from = INT64_MIN;
	z->until = INT64_MAX;
	if (tz == NULL)
		tz = "/etc/localtime";
	if (*tz == ':')
		tz++;
	else if (posix_zone(tz, t, z) == 0)
		return;
	if (*tz == '/' || *tz == '.') {
		file_zone(tz, t, z);
		return;
	}
	for (i = 0; *tz != '\0' && i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", folders[i], tz);
		if (file_zone(path, t, z) == 0)
			return;
	}
}

static struct zone here = { .from = INT64_MAX, .until = INT64_MIN };

struct tm *
localtime_r(const time_t *restrict t, struct tm *restrict tm)
{
	if (*t < here.from || *t >= here.until)
		zone_find(*t, &here);
	memset(tm, 0, sizeof *tm);
	broken_down(*t + here.offset, tm);
	tm->tm_isdst = here.dst;
	return tm;
}

struct tm *
gmtime_r(const time_t *restrict t, struct tm *restrict tm)
{
	memset(tm, 0, sizeof *tm);
	broken_down(*t, tm);
	return tm;
}

/* As C11 7.27.3.5 with Y, m, d, e, H, M, S, j and %; 0 for the others. */
size_t
strftime(char *restrict buf, size_t size, const char *restrict fmt,
    const struct tm *restrict tm)
{
	size_t len = 0;
	int n;

	for (; *fmt != '\0'; fmt++) {
		char field[16] = { *fmt, '\0' };

		if (*fmt == '%') {
			const char *form = "%02d";

			switch (*++fmt) {
			case 'Y': n = tm->tm_year + 1900; form = "%d"; break;
			case 'm': n = tm->tm_mon + 1; break;
			case 'd': n = tm->tm_mday; break;
			case 'e': n = tm->tm_mday; form = "%2d"; break;
			case 'H': n = tm->tm_hour; break;
			case 'M': n = tm->tm_min; break;
			case 'S': n = tm->tm_sec; break;
			case 'j': n = tm->tm_yday + 1; form = "%03d"; break;
			case '%': n = 0; form = "%%"; break;
			default: return 0;
			}
			snprintf(field, sizeof field, form, n);
		}
		if (size - len <= strlen(field))
			return 0;
		strcpy(buf + len, field);
		len += strlen(field);
	}
	return len;
}
