/*
 * unit/tiny.c: lib/tiny*.c beside the functions of the libc that this is
 * compiled with; each file is included under other names
 */

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <grp.h>
#include <limits.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"

static int check_vsnprintf(char *, size_t, const char *, va_list);

#define vsnprintf	tiny_vsnprintf
#define snprintf	tiny_snprintf
#define sprintf		tiny_sprintf
#define convert		printf_convert
int tiny_vsnprintf(char *restrict, size_t, const char *restrict, va_list);
int tiny_snprintf(char *restrict, size_t, const char *restrict, ...);
int tiny_sprintf(char *restrict, const char *restrict, ...);
#include "../../lib/tiny.c"
#undef vsnprintf
#undef snprintf
#undef sprintf
#undef convert

#define strtol		tiny_strtol
#define strtoll		tiny_strtoll
#define strtoul		tiny_strtoul
#define strtoull	tiny_strtoull
#define atoi		tiny_atoi
#define qsort		tiny_qsort
#define prefix		num_prefix
long tiny_strtol(const char *restrict, char **restrict, int);
long long tiny_strtoll(const char *restrict, char **restrict, int);
unsigned long tiny_strtoul(const char *restrict, char **restrict, int);
unsigned long long tiny_strtoull(const char *restrict, char **restrict, int);
int tiny_atoi(const char *);
void tiny_qsort(void *, size_t, size_t, int (*)(const void *, const void *));
#include "../../lib/tiny-num.c"
#undef strtol
#undef strtoll
#undef strtoul
#undef strtoull
#undef atoi
#undef qsort

#define localtime_r	tiny_localtime_r
#define gmtime_r	tiny_gmtime_r
#define strftime	tiny_strftime
#define name_skip	zone_name_skip
struct tm *tiny_localtime_r(const time_t *restrict, struct tm *restrict);
struct tm *tiny_gmtime_r(const time_t *restrict, struct tm *restrict);
size_t tiny_strftime(char *restrict, size_t, const char *restrict,
    const struct tm *restrict);
#include "../../lib/tiny-time.c"
#undef localtime_r
#undef gmtime_r
#undef strftime
#undef name_skip

#define getpwnam	tiny_getpwnam
#define getpwuid	tiny_getpwuid
#define getgrnam	tiny_getgrnam
#define initgroups	tiny_initgroups
#define setgroups	tiny_setgroups
#define getservbyname	tiny_getservbyname
struct passwd *tiny_getpwnam(const char *);
struct passwd *tiny_getpwuid(uid_t);
struct group *tiny_getgrnam(const char *);
int tiny_initgroups(const char *, gid_t);
int tiny_setgroups(size_t, const gid_t *);
struct servent *tiny_getservbyname(const char *, const char *);
#include "../../lib/tiny-user.c"
#undef getpwnam
#undef getpwuid
#undef getgrnam
#undef initgroups
#undef getservbyname

/* What the resolver reads is ours; it does not reach the network. */
static const char *hosts_text, *resolv_text;

static char *
file_given(const char *path, size_t *len)
{
	const char *text = strcmp(path, "/etc/hosts") == 0 ? hosts_text :
	    resolv_text;

	*len = strlen(text);
	return strdup(text);
}

#define fnmatch		tiny_fnmatch
#define strstr		tiny_strstr
int tiny_fnmatch(const char *, const char *, int);
char *tiny_strstr(const char *, const char *);
#include "../../lib/tiny-match.c"
#undef fnmatch
#undef strstr

#define strerror	tiny_strerror
#define gai_strerror	tiny_gai_strerror
#define find		error_find
char *tiny_strerror(int);
const char *tiny_gai_strerror(int);
#include "../../lib/tiny-error.c"
#undef strerror
#undef gai_strerror
#undef find

#define inet_pton	tiny_inet_pton
#define inet_ntop	tiny_inet_ntop
int tiny_inet_pton(int, const char *restrict, void *restrict);
const char *tiny_inet_ntop(int, const void *restrict, char *restrict,
    socklen_t);
#include "../../lib/tiny-inet.c"
#undef inet_pton
#undef inet_ntop

#define strchr		tiny_strchr
#define strspn		tiny_strspn
#define strcspn		tiny_strcspn
#define strcpy		tiny_strcpy
#define strcasecmp	tiny_strcasecmp
#define strncasecmp	tiny_strncasecmp
char *tiny_strchr(const char *, int);
size_t tiny_strspn(const char *, const char *);
size_t tiny_strcspn(const char *, const char *);
char *tiny_strcpy(char *restrict, const char *restrict);
int tiny_strcasecmp(const char *, const char *);
int tiny_strncasecmp(const char *, const char *, size_t);
#include "../../lib/tiny-string.c"
#undef strchr
#undef strspn
#undef strcspn
#undef strcpy
#undef strcasecmp
#undef strncasecmp

/* An environment of our own, and a kernel that notes what it is to run. */
static char **given_environ, ran[200];
static const char *may_not;

static int
execve_noted(const char *file, char *const argv[], char *const env[])
{
	(void)argv;
	snprintf(ran + strlen(ran), sizeof ran - strlen(ran), "%s%s",
	    *ran == '\0' ? "" : " ", file);
	errno = strcmp(file, may_not) == 0 ? EACCES : ENOENT;
	return env == given_environ ? -1 : 0;
}

#define environ		given_environ
#define getenv		tiny_getenv
#define setenv		tiny_setenv
#define unsetenv	tiny_unsetenv
#define execvp		tiny_execvp
#define execve		execve_noted
char *tiny_getenv(const char *);
int tiny_setenv(const char *, const char *, int), tiny_unsetenv(const char *);
int tiny_execvp(const char *, char *const []);
#include "../../lib/tiny-env.c"
#undef environ
#undef getenv
#undef setenv
#undef unsetenv
#undef execvp
#undef execve

#define getaddrinfo	tiny_getaddrinfo
#define freeaddrinfo	tiny_freeaddrinfo
#define option		dns_option
#define dial		dns_dial
#define tiny_read	file_given
int tiny_getaddrinfo(const char *restrict, const char *restrict,
    const struct addrinfo *restrict, struct addrinfo **restrict);
void tiny_freeaddrinfo(struct addrinfo *);
#include "../../lib/tiny-dns.c"
#undef getaddrinfo
#undef freeaddrinfo
#undef tiny_read

#define malloc		tiny_malloc
#define calloc		tiny_calloc
#define realloc		tiny_realloc
#define free		tiny_free
void *tiny_malloc(size_t), *tiny_calloc(size_t, size_t);
void *tiny_realloc(void *, size_t);
void tiny_free(void *);
#include "../../lib/tiny-malloc.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

static int differ;

/* The same text, result and no byte past the end, for some sizes. */
static void
same(const char *fmt, ...)
{
	static const size_t sizes[] = { 0, 4, 600 };
	char want[700], got[700];
	size_t i, k;
	int a, b, bad = 0;
	va_list ap;

	for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		memset(want, '~', sizes[i] + 40);
		memset(got, '~', sizes[i] + 40);
		va_start(ap, fmt);
		errno = ENOENT;
		a = vsnprintf(want, sizes[i], fmt, ap);
		va_end(ap);
		va_start(ap, fmt);
		errno = ENOENT;
		b = check_vsnprintf(got, sizes[i], fmt, ap);
		va_end(ap);
		/* Past the end a libc may write nothing either. */
		for (k = 0; k < sizes[i] + 40; k++)
			bad |= k < sizes[i] ? want[k] != got[k] :
			    got[k] != '~';
		bad |= a != b;
		if (bad) {
			printf("# \"%s\" size %zu: %d want %d\n# %.70s\n"
			    "# %.70s\n", fmt, sizes[i], b, a, got, want);
			break;
		}
	}
	differ += bad;
}

static int
check_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	return tiny_vsnprintf(buf, size, fmt, ap);
}

static const long long values[] = { 0, 1, -1, 8, 128, 65535, 1234567,
	INT_MAX, INT_MIN,
	UINT_MAX, LLONG_MAX, LLONG_MIN };

/* Every flag, some widths and precisions, every length and letter. */
static void
test_integers(void)
{
	static const char *const flags[] = { "", "-", "0", "+", " ", "#", "-0",
	    "+0", "#0", "-#" };
	static const char *const sizes[] = { "", "5", "22", ".0", ".3",
	    "5.0", "5.3", "30.25", "." };
	static const char letters[] = "diuoxX";
	char fmt[40];
	size_t f, s, v;
	const char *c;

	differ = 0;
	for (f = 0; f < sizeof flags / sizeof *flags; f++)
		for (s = 0; s < sizeof sizes / sizeof *sizes; s++)
			for (c = letters; *c != '\0'; c++)
				for (v = 0; v < sizeof values /
				    sizeof *values; v++) {
					const char *z = sizes[s], *g = flags[f];
					long long n = values[v];

					sprintf(fmt, "<%%%s%s%c>", g, z, *c);
					same(fmt, (int)n);
					sprintf(fmt, "<%%%s%shh%c>", g, z, *c);
					same(fmt, (int)n);
					sprintf(fmt, "<%%%s%sh%c>", g, z, *c);
					same(fmt, (int)n);
					sprintf(fmt, "<%%%s%sl%c>", g, z, *c);
					same(fmt, (long)n);
					sprintf(fmt, "<%%%s%sll%c>", g, z, *c);
					same(fmt, n);
					sprintf(fmt, "<%%%s%sz%c>", g, z, *c);
					same(fmt, (size_t)n);
					sprintf(fmt, "<%%%s%sj%c>", g, z, *c);
					same(fmt, (intmax_t)n);
				}
	ok(differ == 0, "printf: integers as libc (%d differ)", differ);
}

static void
test_texts(void)
{
	char *long_text = calloc(1, 600), three[3] = { 'a', 'b', 'c' };

	memset(long_text, 'x', 550);
	differ = 0;
	same("");
	same("plain");
	same("%%%s%%", "a");
	same("%s", "");
	same("<%5s><%-5s><%.2s><%5.2s><%-5.2s>", "abc", "abc", "abc", "abc",
	    "abc");
	same("<%.*s><%*s><%-*s><%*.*s>", 2, "abc", 5, "abc", 5, "abc", -6, 1,
	    "abc");
	same("<%.*s>", -1, "abc");
	same("<%.3s>", three);
	same("<%.0s>", "abc");
	same("%s", long_text);
	same("%.200s|%s", long_text, long_text);
	same("%c%c<%3c><%-3c>", 'a', 0, 'b', 'c');
	same("%s", (char *)NULL);
	same("%p %p", (void *)0x1f, (void *)(uintptr_t)-1);
	same("%20p|%-20p|", (void *)0x1f, (void *)0x1f);
	same("%m");
	same("<%60m><%-60m>");
	same("%d %s %ld %s %lld %c", 1, "two", 3L, "four", 5LL, '6');
	same("%03lld.%06ld %03llo %02x %02X", 7LL, 42L, 0644ULL, 10, 250);
	free(long_text);
	ok(differ == 0, "printf: texts as libc (%d differ)", differ);
}

static void
test_printf_errors(void)
{
	char buf[8];

	errno = 0;
	ok(tiny_snprintf(buf, sizeof buf, "%f", 1.0) == -1 && errno == EINVAL,
	    "printf: floating point is an error");
	ok(tiny_snprintf(buf, sizeof buf, "ab%") == -1 &&
	    strcmp(buf, "ab") == 0, "printf: a lone per cent sign is one");
	errno = 0;
	ok(tiny_snprintf(NULL, 0, "%*d%*d", INT_MAX, 1, INT_MAX, 1) == -1 &&
	    errno == EOVERFLOW, "printf: more than INT_MAX is EOVERFLOW");
	ok(tiny_snprintf(NULL, 0, "%d", 12345) == 5,
	    "printf: NULL and 0 count only");
	ok(tiny_sprintf(buf, "%d-%s", 1, "x") == 3 && strcmp(buf, "1-x") == 0,
	    "sprintf");
}

static void
test_strtol(void)
{
	static const char *const texts[] = { "", " ", "0", "-", "+", "-0",
	    "+7", " \t\n12", "12x", "0x", "0X1f", "0x1F", "0xg", "08", "010",
	    "-0x10", "z", "Zz", "1e5", "9223372036854775807",
	    "9223372036854775808", "-9223372036854775808",
	    "-9223372036854775809", "18446744073709551615",
	    "18446744073709551616", "-18446744073709551615",
	    "99999999999999999999999999", "-99999999999999999999999",
	    "2147483648", "0b11", "--1", "+-1", "1 2" };
	static const int bases[] = { 0, 2, 8, 10, 16, 36, 1, 37, -1 };
	size_t i, b;

	differ = 0;
	for (i = 0; i < sizeof texts / sizeof *texts; i++)
		for (b = 0; b < sizeof bases / sizeof *bases; b++) {
			const char *t = texts[i];
			int base = bases[b], e1, e2;
			char *end1 = NULL, *end2 = NULL;
			int valid = base == 0 || (base > 1 && base < 37);

#define COMPARE(real, tiny)						\
			errno = 0;					\
			if (real(t, &end1, base) !=			\
			    (e1 = errno, errno = 0,			\
			    tiny(t, &end2, base)) ||			\
			    (valid && end1 != end2)) {			\
				printf("# %s \"%s\" %d\n", #real, t, base); \
				differ++;				\
			}						\
			e2 = errno;					\
			errno = 0;					\
			real(t, &end1, base);				\
			e1 = errno;					\
			if (e1 != e2) {					\
				printf("# %s \"%s\" %d errno\n", #real, t, \
				    base);				\
				differ++;				\
			}
			COMPARE(strtol, tiny_strtol)
			COMPARE(strtoll, tiny_strtoll)
			COMPARE(strtoul, tiny_strtoul)
			COMPARE(strtoull, tiny_strtoull)
		}
	ok(differ == 0, "strtol and kin as libc (%d differ)", differ);
}

static int
by_number(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
test_qsort(void)
{
	int a[200], b[200], i, n;

	differ = 0;
	for (n = 0; n <= 200; n++) {
		for (i = 0; i < n; i++)
			a[i] = b[i] = (i * 7919 + n) % (n % 7 * 20 + 3);
		qsort(a, (size_t)n, sizeof *a, by_number);
		tiny_qsort(b, (size_t)n, sizeof *b, by_number);
		differ += memcmp(a, b, (size_t)n * sizeof *a) != 0;
	}
	ok(differ == 0, "qsort as libc for 0 to 200 elements");
}

static void
time_compare(const char *tz, long long t)
{
	static int shown;
	time_t now = (time_t)t;
	struct tm a, b;
	char x[80], y[80];

	localtime_r(&now, &a);
	tiny_localtime_r(&now, &b);
	strftime(x, sizeof x, "%Y/%m/%d %H:%M:%S %j %e", &a);
	tiny_strftime(y, sizeof y, "%Y/%m/%d %H:%M:%S %j %e", &b);
	if (strcmp(x, y) == 0 && a.tm_isdst == b.tm_isdst &&
	    a.tm_wday == b.tm_wday)
		return;
	if (shown++ < 10)
		printf("# %s %lld: %s (%d) want %s (%d)\n", tz, t, y,
		    b.tm_isdst, x, a.tm_isdst);
	differ++;
}

/* Every six days or so from 1971 to 2090; files may be missing here. */
static void
test_zones(void)
{
	static const char *const zones[] = { "UTC0", "",
	    "CET-1CEST,M3.5.0,M10.5.0/3", "AEST-10AEDT,M10.1.0,M4.1.0/3",
	    "<+0330>-3:30", "XXX3YYY2:30,J60/1,J300/4", "AAA0BBB,59/2,300",
	    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
	    "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kolkata",
	    ":Europe/London", "/usr/share/zoneinfo/Asia/Tokyo",
	    "America/Nuuk" };
	size_t i;
	long long t;
	char path[100];

	for (i = 0; i < sizeof zones / sizeof *zones; i++) {
		sprintf(path, "/usr/share/zoneinfo/%s",
		    zones[i] + (*zones[i] == ':'));
		if (strchr(zones[i], '/') != NULL && *zones[i] != '/' &&
		    strchr(zones[i], ',') == NULL && access(path, R_OK) == -1)
			continue;
		setenv("TZ", zones[i], 1);
		tzset();
		differ = 0;
		/* The change of the variable is not looked for. */
		here = (struct zone){ .from = INT64_MAX, .until = INT64_MIN };
		for (t = 31536000; t < 3786912000LL; t += 500009)
			time_compare(zones[i], t);
		ok(differ == 0, "localtime: TZ=\"%s\" (%d differ)", zones[i],
		    differ);
	}
	unsetenv("TZ");
}

static void
test_gmtime(void)
{
	long long t;

	differ = 0;
	for (t = -99999999999LL; t < 299999999999LL; t += 77777777) {
		time_t now = (time_t)t;
		struct tm a, b;

		gmtime_r(&now, &a);
		tiny_gmtime_r(&now, &b);
		differ += a.tm_year != b.tm_year || a.tm_mon != b.tm_mon ||
		    a.tm_mday != b.tm_mday || a.tm_hour != b.tm_hour ||
		    a.tm_min != b.tm_min || a.tm_sec != b.tm_sec ||
		    a.tm_yday != b.tm_yday || a.tm_wday != b.tm_wday;
	}
	ok(differ == 0, "gmtime as libc, years -1200 to 11000");
}

static void
test_match(void)
{
	static const char *const patterns[] = { "", "*", "?", "a*", "*a",
	    "*a*b*", "A?C", "[abc]", "[!a]", "[^a]x", "[a-c]*", "[]a]", "[!]]",
	    "[a", "[", "a[b", "\\*", "\\a", "[[:digit:]]*", "[[:upper:]_]*",
	    "[\\]]", "[a-]", "REDIS_*", "*_PORT*", "***", "a\\", "**b?" };
	static const char *const texts[] = { "", "a", "b", "ab", "ABC", "aab",
	    "xaxbx", "]", "[", "[a", "*", "-", "7up", "_x", "REDIS_PORT",
	    "A_PORT_1", "bx", "a[b", "a\\", "bbb" };
	size_t i, k;

	differ = 0;
	for (i = 0; i < sizeof patterns / sizeof *patterns; i++)
		for (k = 0; k < sizeof texts / sizeof *texts; k++) {
			const char *p = patterns[i], *t = texts[k];

			if (!fnmatch(p, t, 0) != !tiny_fnmatch(p, t, 0)) {
				printf("# fnmatch \"%s\" \"%s\"\n", p, t);
				differ++;
			}
			if (strstr(t, p) != tiny_strstr(t, p))
				differ++;
		}
	ok(differ == 0, "fnmatch and strstr as libc (%d differ)", differ);
}

/* How many rows have other words than libc has. */
static int
errors_differ(const char *rows, const char *words(int))
{
	char *text;
	int n = 0, code;

	for (; *rows != '\0'; rows = text + strlen(text) + 1) {
		code = (int)strtol(rows, &text, 10);
		n += strcmp(text, words(code)) != 0;
	}
	return n;
}

static const char *
libc_strerror(int code)
{
	return strerror(code);
}

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static void
test_strings(void)
{
	static const char *const texts[] = {
		"", "a", "b", "ab", "ba", "abc", "aab\t ", " a", "cab", "\377",
		"A", "aB", "aC", "[", "`",
	};
	char copy[8] = "~~~~~~~";
	size_t i, k, n = sizeof texts / sizeof *texts;

	for (i = differ = 0; i < n; i++)
		for (k = 0; k < n; k++)
			differ += tiny_strspn(texts[i], texts[k]) !=
			    strspn(texts[i], texts[k]) ||
			    tiny_strcspn(texts[i], texts[k]) !=
			    strcspn(texts[i], texts[k]) ||
			    tiny_strchr(texts[i], texts[k][0]) !=
			    strchr(texts[i], texts[k][0]);
	ok(differ == 0, "strspn, strcspn, strchr as libc (%d differ)",
	    differ);
	for (i = differ = 0; i < n; i++)
		for (k = 0; k < n * 4; k++)
			differ += sign(tiny_strncasecmp(texts[i],
			    texts[k / 4], k % 4)) != sign(strncasecmp(
			    texts[i], texts[k / 4], k % 4)) ||
			    sign(tiny_strcasecmp(texts[i], texts[k / 4])) !=
			    sign(strcasecmp(texts[i], texts[k / 4]));
	ok(differ == 0, "strcasecmp and strncasecmp as libc (%d differ)",
	    differ);
	ok(tiny_strcpy(copy, "abc") == copy && strcmp(copy, "abc") == 0 &&
	    copy[4] == '~', "strcpy");
}

static void
test_env(void)
{
	char *old[] = { (char *)"A=1", (char *)"AB=2", (char *)"", NULL };
	int i;

	given_environ = old;
	is(tiny_getenv("A"), "1", "getenv");
	is(tiny_getenv("AB"), "2", "getenv of a name that begins alike");
	ok(tiny_getenv("B") == NULL && tiny_getenv("") == NULL,
	    "getenv of nothing");
	ok(tiny_setenv("A", "3", 0) == 0 && given_environ == old,
	    "setenv leaves what is there");
	for (i = 0; i < 3; i++)
		tiny_setenv("A", i == 2 ? "three" : "", 1);
	is(tiny_getenv("A"), "three", "setenv");
	is(old[0], "A=1", "the old environment stays as it was");
	ok(tiny_setenv("C", "=", 1) == 0 && tiny_unsetenv("AB") == 0 &&
	    tiny_unsetenv("AB") == 0 && tiny_getenv("AB") == NULL,
	    "unsetenv");
	is(tiny_getenv("C"), "=", "what follows stays");
	ok(tiny_setenv("C=", "", 1) == -1 && errno == EINVAL &&
	    tiny_setenv("", "", 1) == -1, "setenv: no name");
	may_not = "";
	ok(tiny_execvp("x", NULL) == -1 && errno == ENOENT, "execvp");
	is(ran, "/usr/local/bin/x /bin/x /usr/bin/x", "execvp without PATH");
	tiny_setenv("PATH", "/a::/b:", 1);
	*ran = '\0';
	may_not = "/a/x";
	ok(tiny_execvp("x", NULL) == -1 && errno == EACCES,
	    "execvp: not allowed is said, not that the others are not there");
	is(ran, "/a/x x /b/x x", "execvp along PATH");
	*ran = '\0';
	tiny_execvp("y/x", NULL);
	is(ran, "y/x", "execvp of a path");
	*ran = '\0';
	ok(tiny_execvp("", NULL) == -1 && *ran == '\0',
	    "execvp of nothing");
	for (i = 0; given_environ[i] != NULL; i++)
		free(given_environ[i]);
	free(given_environ);
}

static void
test_inet(void)
{
	static const char *const texts[] = {
		"", "0", "1.2.3.4", "0.0.0.0", "255.255.255.255", "256.1.1.1",
		"01.2.3.4", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5",
		"1.2.3.4 ", " 1.2.3.4", "1..2.3", "1.2.3.0004", "a.b.c.d",
		"::", ":", ":::", "::1", "1::", ":1", "1:", "::1:", ":1::",
		"1::2", "1::2::3", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3::4:5:6:7:8",
		"fe80::ABCD:ef01", "12345::", "::g", "::1.2.3.4",
		"::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4",
		"1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1.2.3.4:5",
		"::1.2.3", "::1.2.3.4.", "::1.2.3.256", "::01.2.3.4",
		"1.2.3.4::", "::12345", "::%eth0", "0:0:0:0:0:0:0:0",
	};
	unsigned char want[16], got[16];
	char text[INET_ADDRSTRLEN];
	int rc;
	size_t i;

	for (i = differ = 0; i < 2 * (sizeof texts / sizeof *texts); i++) {
		int af = i % 2 ? AF_INET6 : AF_INET;

		rc = inet_pton(af, texts[i / 2], want);
		if (tiny_inet_pton(af, texts[i / 2], got) == rc &&
		    (rc != 1 || memcmp(got, want, i % 2 ? 16 : 4) == 0))
			continue;
		printf("# %s\n", texts[i / 2]);
		differ++;
	}
	ok(differ == 0, "inet_pton as libc (%d differ)", differ);
	ok(tiny_inet_pton(AF_UNIX, "1.2.3.4", got) == -1 &&
	    errno == EAFNOSUPPORT, "inet_pton: another family");
	is(tiny_inet_ntop(AF_INET, "\1\2\3\377", text, 10), "1.2.3.255",
	    "inet_ntop");
	ok(tiny_inet_ntop(AF_INET, "\1\2\3\377", text, 9) == NULL &&
	    errno == ENOSPC, "inet_ntop: too little room");
}

static void
test_errors(void)
{
	differ = errors_differ(errors, libc_strerror) +
	    errors_differ(lookups, gai_strerror);
#ifdef __GLIBC__
	ok(differ == 0, "strerror: the words (%d differ)", differ);
#endif
	is(tiny_strerror(9999), "Unknown error 9999", "strerror: unknown");
}

static gid_t groups_set[2000];
static size_t groups_n;

int
tiny_setgroups(size_t n, const gid_t *list)
{
	memcpy(groups_set, list, n * sizeof *list);
	groups_n = n;
	return 0;
}

static void
test_users(void)
{
	struct passwd *pw;
	struct group *gr;
	int n = 0;

	ok((pw = tiny_getpwnam("root")) != NULL && pw->pw_uid == 0 &&
	    *pw->pw_dir == '/' && *pw->pw_shell == '/', "getpwnam: root");
	ok((pw = tiny_getpwuid(0)) != NULL &&
	    strcmp(pw->pw_name, "root") == 0, "getpwuid: 0");
	ok(tiny_getpwnam("nobody-at-all") == NULL, "getpwnam: unknown");
	ok(tiny_getpwuid(4000000000U) == NULL, "getpwuid: unknown");
	ok(tiny_getgrnam("nobody-at-all") == NULL, "getgrnam: unknown");
	setpwent();
	for (differ = 0; n < 200 && (pw = getpwent()) != NULL; n++) {
		char *name = strdup(pw->pw_name);
		uid_t uid = pw->pw_uid;
		gid_t gid = pw->pw_gid;

		pw = tiny_getpwnam(name);
		differ += pw == NULL || pw->pw_uid != uid || pw->pw_gid != gid;
		free(name);
	}
	ok(n > 0 && differ == 0, "getpwnam: all %d users", n);
	setgrent();
	for (differ = n = 0; n < 200 && (gr = getgrent()) != NULL; n++) {
		gid_t gid = gr->gr_gid;
		struct group *got = tiny_getgrnam(gr->gr_name);

		differ += got == NULL || got->gr_gid != gid;
	}
	ok(n > 0 && differ == 0, "getgrnam: all %d groups", n);
	ok(tiny_initgroups("root", 0) == 0 && groups_n >= 1 &&
	    groups_set[0] == 0, "initgroups: the primary one is first");
}

static void
test_members(void)
{
	char a[] = "x,root,y", b[] = "", c[] = "roots,root2";

	ok(member(a, "root") && !member(b, "root") && !member(c, "root"),
	    "group members: whole names only");
}

static void
test_services(void)
{
	char line[] = "domain\t53/tcp  dns name # comment alias";
	char line2[] = "# domain 53/tcp", line3[] = "domain 53/udp";
	char line4[] = "domain 53/tcp # dns";
	struct servent s;

	ok(service_read(line, "name", "tcp", &s) && ntohs(s.s_port) == 53,
	    "services: an alias");
	ok(!service_read(line2, "domain", "tcp", &s), "services: a comment");
	ok(!service_read(line3, "domain", "tcp", &s), "services: the other");
	ok(!service_read(line4, "dns", "tcp", &s), "services: in a comment");
}

/* Random blocks, each filled with its own byte and looked at again. */
static void
test_malloc(void)
{
	static unsigned char *p[64];
	static size_t len[64];
	unsigned seed = 1;
	size_t i, k;
	int round;

	differ = 0;
	for (round = 0; round < 30000; round++) {
		seed = seed * 1103515245 + 12345;
		i = seed >> 16 & 63;
		for (k = 0; k < len[i]; k++)
			differ += p[i][k] != (unsigned char)i;
		seed = seed * 1103515245 + 12345;
		if ((seed >> 20 & 3) == 0) {
			tiny_free(p[i]);
			p[i] = NULL;
			len[i] = 0;
			continue;
		}
		k = len[i];
		len[i] = seed >> 8 & (round % 1000 == 0 ? 0x3ffff : 0x3ff);
		p[i] = tiny_realloc(p[i], len[i]);
		differ += ((uintptr_t)p[i] & 15) != 0;
		if (k > len[i])
			k = len[i];
		while (k-- > 0)
			differ += p[i][k] != (unsigned char)i;
		memset(p[i], (int)i, len[i]);
	}
	ok(differ == 0, "malloc: 30000 steps keep their bytes");
	for (i = 0; i < 64; i++)
		tiny_free(p[i]);
	for (k = 0; spare != NULL; spare = spare->u.next)
		k++;
	ok(k > 0 && k < 8, "malloc: freed blocks melt together (%zu)", k);
}

static void
test_malloc_errors(void)
{
	char *p;
	int status, bad = 0, i;
	pid_t pid;

	errno = 0;
	ok(tiny_malloc(SIZE_MAX) == NULL && errno == ENOMEM,
	    "malloc: too much is ENOMEM");
	ok(tiny_calloc(SIZE_MAX / 2, 3) == NULL && errno == ENOMEM,
	    "calloc: an overflow is ENOMEM");
	p = tiny_malloc(100);
	memset(p, 'x', 100);
	tiny_free(p);
	p = tiny_calloc(10, 10);
	for (i = 0; i < 100; i++)
		bad |= p[i] != 0;
	ok(!bad, "calloc: zeros");
	tiny_free(NULL);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		tiny_free(p);
		tiny_free(p);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT,
	    "free: twice ends the program");
}

static unsigned char
name_type(const unsigned char *p, size_t n)
{
	return p[n - 3];
}

/*
 * A name server: the first label says what to do.  The answer starts with
 * an alias, as servers do.
 */
static size_t
serve(unsigned char *p, size_t n, int tcp)
{
	static const unsigned char alias[] = { 0xc0, 12, 0, 5, 0, 1, 0, 0, 0,
	    9, 0, 2, 0xc0, 12 };
	unsigned char type = name_type(p, n);
	const char *label = (const char *)p + 13;
	int i, count = strncmp(label, "many", 4) == 0 && tcp ? 20 : 1;

	p[2] = 0x81;
	p[3] = 0x80;
	if (strncmp(label, "none", 4) == 0 ||
	    (strncmp(label, "search", 6) == 0 && p[20] != 't')) {
		p[3] |= 3;
		return n;
	}
	if (strncmp(label, "many", 4) == 0 && !tcp) {
		p[2] |= 2;
		return n;
	}
	if (strncmp(label, "four", 4) == 0 && type == TYPE_AAAA)
		return n;
	if (strncmp(label, "evil", 4) == 0) {
		/* Says that there are 9 answers, and has half a one. */
		p[7] = 9;
		memcpy(p + n, alias, 9);
		return n + 9;
	}
	p[7] = (unsigned char)(count + 1);
	memcpy(p + n, alias, sizeof alias);
	n += sizeof alias;
	for (i = 0; i < count; i++) {
		static const unsigned char head[] = { 0xc0, 12, 0, 0, 0, 1, 0,
		    0, 0, 9, 0, 0 };

		memcpy(p + n, head, sizeof head);
		p[n + 3] = type;
		p[n + 11] = type == TYPE_A ? 4 : 16;
		n += 12;
		memset(p + n, 0, 16);
		p[n] = type == TYPE_A ? 127 : 0;
		p[n + (type == TYPE_A ? 3 : 15)] = (unsigned char)(i + 1);
		n += type == TYPE_A ? 4 : 16;
	}
	return n;
}

static pid_t
server_start(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof in;
	unsigned char p[4096];
	int udp = -1, tcp = -1;
	ssize_t n;
	pid_t pid;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	/* The same port for both: what is free for one need not be for two. */
	do {
		close(udp);
		close(tcp);
		in.sin_port = 0;
		udp = socket(AF_INET, SOCK_DGRAM, 0);
		bind(udp, (struct sockaddr *)&in, sizeof in);
		getsockname(udp, (struct sockaddr *)&in, &len);
		tcp = socket(AF_INET, SOCK_STREAM, 0);
	} while (bind(tcp, (struct sockaddr *)&in, sizeof in) == -1);
	dns_port = ntohs(in.sin_port);
	listen(tcp, 8);
	fflush(stdout);
	pid = fork();
	while (pid == 0) {
		struct pollfd w[2] = { { udp, POLLIN, 0 }, { tcp, POLLIN, 0 } };

		if (poll(w, 2, 60000) <= 0)
			_exit(1);
		if (w[0].revents) {
			len = sizeof in;
			n = recvfrom(udp, p, 512, 0, (struct sockaddr *)&in,
			    &len);
			n = (ssize_t)serve(p, (size_t)n, 0);
			sendto(udp, p, (size_t)n, 0, (struct sockaddr *)&in,
			    len);
		}
		if (w[1].revents) {
			int fd = accept(tcp, NULL, NULL);

			n = read(fd, p, 2);
			n = read(fd, p + 2, 512);
			n = (ssize_t)serve(p + 2, (size_t)n, 1);
			p[0] = (unsigned char)(n >> 8);
			p[1] = (unsigned char)n;
			/* In two parts, as networks do. */
			if (write(fd, p, 7) != 7 ||
			    write(fd, p + 7, (size_t)n - 5) != n - 5)
				_exit(1);
			close(fd);
		}
	}
	close(udp);
	close(tcp);
	return pid;
}

/* What a name becomes, as text: "127.0.0.1 ::1", or the error. */
static void
looks_up(const char *host, int family, int flags, const char *want)
{
	struct addrinfo hints = { .ai_family = family, .ai_flags = flags,
	    .ai_socktype = SOCK_STREAM }, *list, *ai;
	char text[2048] = "", one[80];
	int rc = tiny_getaddrinfo(host, NULL, &hints, &list);

	if (rc != 0)
		sprintf(text, "%s", gai_strerror(rc));
	else {
		for (ai = list; ai != NULL; ai = ai->ai_next) {
			getnameinfo(ai->ai_addr, ai->ai_addrlen, one,
			    sizeof one, NULL, 0, NI_NUMERICHOST);
			strcat(strcat(text, *text ? " " : ""), one);
		}
		tiny_freeaddrinfo(list);
	}
	sprintf(one, "getaddrinfo: %.30s, family %d", host, family);
	is(text, want, one);
}

static void
test_numbers(void)
{
	hosts_text = resolv_text = "";
	looks_up("127.1", AF_UNSPEC, 0, "127.0.0.1");
	looks_up("0x7f000001", AF_UNSPEC, 0, "127.0.0.1");
	looks_up("10.1.2.3", AF_INET, 0, "10.1.2.3");
	looks_up("::1", AF_UNSPEC, 0, "::1");
	looks_up("fe80::1%lo", AF_UNSPEC, 0, "fe80::1%lo");
	looks_up("::1", AF_INET, 0, gai_strerror(EAI_NONAME));
	looks_up("name", AF_INET, AI_NUMERICHOST, gai_strerror(EAI_NONAME));
	looks_up("localhost", AF_INET, 0, "127.0.0.1");
	looks_up("a.localhost", AF_INET, 0, "127.0.0.1");
	looks_up("x", AF_UNIX, 0, gai_strerror(EAI_FAMILY));
}

static void
test_hosts(void)
{
	hosts_text = "# x\n10.0.0.1 one two # three\n\n::5\tone\n"
	    "bad one\n10.0.0.2 ONE";
	looks_up("one", AF_INET, 0, "10.0.0.1 10.0.0.2");
	looks_up("one", AF_INET6, 0, "::5");
	looks_up("Two", AF_INET, 0, "10.0.0.1");
	hosts_text = "";
}

static void
test_dns(void)
{
	pid_t pid = server_start();
	int status;
	char many[2048] = "", one[32];
	int i;

	resolv_text = "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n"
	    "search one.test two.test\n";
	looks_up("host.test", AF_INET, 0, "127.0.0.1");
	looks_up("host.test", AF_INET6, 0, "::1");
	looks_up("four.test", AF_UNSPEC, 0, "127.0.0.1");
	looks_up("four.test", AF_INET6, 0, gai_strerror(EAI_NONAME));
	looks_up("four.test", AF_INET6, AI_V4MAPPED, "::ffff:127.0.0.1");
	looks_up("none.test", AF_UNSPEC, 0, gai_strerror(EAI_NONAME));
	looks_up("evil.test", AF_UNSPEC, 0, gai_strerror(EAI_NONAME));
	looks_up("a..b", AF_UNSPEC, 0, gai_strerror(EAI_NONAME));
	looks_up("search", AF_INET, 0, "127.0.0.1");
	looks_up("search.", AF_INET, 0, gai_strerror(EAI_NONAME));
	for (i = 1; i <= 20; i++) {
		sprintf(one, "%s127.0.0.%d", i > 1 ? " " : "", i);
		strcat(many, one);
	}
	looks_up("many.test", AF_INET, 0, many);
	resolv_text = "nameserver 127.0.0.2\nnameserver 127.0.0.1\n"
	    "options timeout:5 attempts:1\n";
	looks_up("host.test", AF_INET, 0, "127.0.0.1");
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status), "the server lived to the end");
	resolv_text = "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n";
	looks_up("host.test", AF_INET, 0, gai_strerror(EAI_AGAIN));
}

int
main(void)
{
	test_integers();
	test_texts();
	test_printf_errors();
	test_strtol();
	test_qsort();
	test_gmtime();
	test_zones();
	test_match();
	test_strings();
	test_env();
	test_inet();
	test_errors();
	test_users();
	test_members();
	test_services();
	test_malloc();
	test_malloc_errors();
	test_numbers();
	test_hosts();
	test_dns();
	return done();
}
