/* num.c: numbers as the command line spells them, and what is none */

#include "unit.h"
#include "../../lib/num.c"

#include <limits.h>

#define UNSET (-4711)

static void
check(const char *form, const char *in, enum num_error error, long long n,
    enum num_error want, long long want_n)
{
	static const char *const names[] = { "ok", "missing", "garbage",
	    "range" };

	char name[80], got[40], wanted[40];

	snprintf(name, sizeof name, "%s \"%.40s\"", form, in);
	snprintf(got, sizeof got, "%s %lld", names[error], n);
	snprintf(wanted, sizeof wanted, "%s %lld", names[want], want_n);
	is(got, wanted, name);
}

static void
test_int(void)
{
	static const struct {
		const char *in;
		long long lo, hi;
		enum num_error want;
		long long n;
	} ints[] = {
		{ "0", 0, 9, NUM_OK, 0 },
		{ "9", 0, 9, NUM_OK, 9 },
		{ "10", 0, 9, NUM_RANGE, UNSET },
		{ "-1", 0, 9, NUM_RANGE, UNSET },
		{ "-1", -1, 9, NUM_OK, -1 },
		{ "+5", 0, 9, NUM_OK, 5 },
		{ " 5", 0, 9, NUM_OK, 5 },
		{ "5 ", 0, 9, NUM_GARBAGE, UNSET },
		{ "0x1f", 0, 99, NUM_OK, 31 },
		{ "0X1F", 0, 99, NUM_OK, 31 },
		{ "017", 0, 99, NUM_OK, 15 },
		{ "08", 0, 99, NUM_GARBAGE, UNSET },
		{ "0x", 0, 99, NUM_GARBAGE, UNSET },
		{ "0xg", 0, 99, NUM_GARBAGE, UNSET },
		{ "", 0, 9, NUM_MISSING, UNSET },
		{ " ", 0, 9, NUM_MISSING, UNSET },
		{ "x", 0, 9, NUM_MISSING, UNSET },
		{ "-", 0, 9, NUM_MISSING, UNSET },
		{ "--1", 0, 9, NUM_MISSING, UNSET },
		{ "1x", 0, 9, NUM_GARBAGE, UNSET },
		{ "1.5", 0, 9, NUM_GARBAGE, UNSET },
		{ "1e3", 0, 9999, NUM_GARBAGE, UNSET },
		{ "99x", 0, 9, NUM_GARBAGE, UNSET },
		{ "9223372036854775807", LLONG_MIN, LLONG_MAX, NUM_OK,
		    LLONG_MAX },
		{ "9223372036854775808", LLONG_MIN, LLONG_MAX, NUM_RANGE,
		    UNSET },
		{ "-9223372036854775808", LLONG_MIN, LLONG_MAX, NUM_OK,
		    LLONG_MIN },
		{ "-9223372036854775809", LLONG_MIN, LLONG_MAX, NUM_RANGE,
		    UNSET },
		{ "99999999999999999999999999999999999999999999", 0,
		    LLONG_MAX, NUM_RANGE, UNSET },
		{ "0xffffffffffffffffff", 0, LLONG_MAX, NUM_RANGE, UNSET },
		{ "1\xff", 0, 9, NUM_GARBAGE, UNSET },
	};
	enum num_error error;
	long long n;
	size_t i;

	for (i = 0; i < sizeof ints / sizeof *ints; i++) {
		n = UNSET;
		error = num_int(ints[i].in, ints[i].lo, ints[i].hi, &n);
		check("int", ints[i].in, error, n, ints[i].want, ints[i].n);
	}
}

static void
test_octal(void)
{
	static const struct {
		const char *in;
		enum num_error want;
		long long n;
	} modes[] = {
		{ "0", NUM_OK, 0 },
		{ "644", NUM_OK, 0644 },
		{ "0644", NUM_OK, 0644 },
		{ "7777", NUM_OK, 07777 },
		{ "10000", NUM_RANGE, UNSET },
		{ "-1", NUM_RANGE, UNSET },
		{ "8", NUM_MISSING, UNSET },
		{ "648", NUM_GARBAGE, UNSET },
		{ "0x7", NUM_GARBAGE, UNSET },
		{ "rwx", NUM_MISSING, UNSET },
		{ "", NUM_MISSING, UNSET },
		{ "7777777777777777777777777777777", NUM_RANGE, UNSET },
	};
	enum num_error error;
	long long n;
	size_t i;

	for (i = 0; i < sizeof modes / sizeof *modes; i++) {
		n = UNSET;
		error = num_octal(modes[i].in, 07777, &n);
		check("octal", modes[i].in, error, n, modes[i].want,
		    modes[i].n);
	}
}

static void
test_port(void)
{
	static const struct {
		const char *in;
		enum num_error want;
		long long n;
	} ports[] = {
		{ "0", NUM_OK, 0 },
		{ "80", NUM_OK, 80 },
		{ "08080", NUM_OK, 8080 },
		{ "027831", NUM_OK, 27831 },
		{ "0000000000000000000000080", NUM_OK, 80 },
		{ "010", NUM_OK, 10 },
		{ "+80", NUM_OK, 80 },
		{ " 80", NUM_OK, 80 },
		{ "0x50", NUM_OK, 80 },
		{ "0X1f90", NUM_OK, 8080 },
		{ "0x", NUM_GARBAGE, UNSET },
		{ "00x50", NUM_GARBAGE, UNSET },
		{ "0x10000", NUM_RANGE, UNSET },
		{ "80 ", NUM_GARBAGE, UNSET },
		{ "8.0", NUM_GARBAGE, UNSET },
		{ "65536", NUM_RANGE, UNSET },
		{ "-1", NUM_RANGE, UNSET },
		{ "99999999999999999999999", NUM_RANGE, UNSET },
		{ "", NUM_MISSING, UNSET },
		{ "http", NUM_MISSING, UNSET },
	};
	enum num_error error;
	long long n;
	size_t i;

	for (i = 0; i < sizeof ports / sizeof *ports; i++) {
		n = UNSET;
		error = num_port(ports[i].in, &n);
		check("port", ports[i].in, error, n, ports[i].want,
		    ports[i].n);
	}
}

#define MOST	NUM_NSEC_MAX

static void
test_seconds(void)
{
	static const struct {
		const char *in;
		enum num_error want;
		long long ns;
	} times[] = {
		{ "0", NUM_OK, 0 },
		{ "1", NUM_OK, 1000000000 },
		{ "007", NUM_OK, 7000000000 },
		{ "+3", NUM_OK, 3000000000 },
		{ " 3", NUM_OK, 3000000000 },
		{ "0.5", NUM_OK, 500000000 },
		{ ".5", NUM_OK, 500000000 },
		{ "5.", NUM_OK, 5000000000 },
		{ "1.25", NUM_OK, 1250000000 },
		{ "0.1", NUM_OK, 100000000 },
		{ "0.3", NUM_OK, 300000000 },
		{ "0.000000001", NUM_OK, 1 },
		{ "0.0000000019", NUM_OK, 2 },
		{ "0.00000000000000099999", NUM_OK, 1 },
		{ "2.123456789", NUM_OK, 2123456789 },
		{ "1e3", NUM_OK, 1000000000000 },
		{ "1E3", NUM_OK, 1000000000000 },
		{ "1e+3", NUM_OK, 1000000000000 },
		{ "1e-3", NUM_OK, 1000000 },
		{ "1.5e-9", NUM_OK, 2 },
		{ "1e-18", NUM_OK, 1 },
		{ "1e-400", NUM_OK, 0 },
		{ "0e9", NUM_OK, 0 },
		{ "0x10", NUM_OK, 16000000000 },
		{ "0x1p-2", NUM_OK, 250000000 },
		{ "4294968", NUM_OK, 4294968000000000 },
		{ "3999999999", NUM_OK, 3999999999000000000 },
		{ "4e9", NUM_OK, MOST },
		{ "4000000001", NUM_OK, MOST },
		{ "9999999999", NUM_OK, MOST },
		{ "9223372036.854775807", NUM_OK, MOST },
		{ "99999999999999999999", NUM_OK, MOST },
		{ "1e99", NUM_OK, MOST },
		{ "1e400", NUM_OK, MOST },
		{ "inf", NUM_OK, MOST },
		{ "INF", NUM_OK, MOST },
		{ "infinity", NUM_OK, MOST },
		{ "-1", NUM_OK, -1 },
		{ "-0.1", NUM_OK, -1 },
		{ "-inf", NUM_OK, -1 },
		{ "-0", NUM_OK, 0 },
		{ "nan", NUM_OK, -1 },
		{ "NAN", NUM_OK, -1 },
		{ "", NUM_MISSING, 0 },
		{ " ", NUM_MISSING, 0 },
		{ ".", NUM_MISSING, 0 },
		{ "x", NUM_MISSING, 0 },
		{ "e3", NUM_MISSING, 0 },
		{ "-", NUM_MISSING, 0 },
		{ "1e", NUM_GARBAGE, 0 },
		{ "1ex", NUM_GARBAGE, 0 },
		{ "1e3x", NUM_GARBAGE, 0 },
		{ "1x", NUM_GARBAGE, 0 },
		{ "1.2.3", NUM_GARBAGE, 0 },
		{ "1s", NUM_GARBAGE, 0 },
		{ "1 ", NUM_GARBAGE, 0 },
		{ "infin", NUM_GARBAGE, 0 },
	};
	enum num_error error;
	long long ns;
	size_t i;

	for (i = 0; i < sizeof times / sizeof *times; i++) {
		ns = 0;
		error = num_seconds(times[i].in, &ns);
		check("seconds", times[i].in, error, error == NUM_OK ? ns : 0,
		    times[i].want, times[i].ns);
	}
}

/* Digits by the thousand are as wrong as they look. */
static void
test_long(void)
{
	static char nines[100001], zeros[100001];
	long long n = UNSET;

	memset(nines, '9', sizeof nines - 1);
	memset(zeros, '0', sizeof zeros - 1);
	ok(num_int(nines, 0, LLONG_MAX, &n) == NUM_RANGE && n == UNSET,
	    "int of 100,000 nines");
	ok(num_octal(zeros, 07777, &n) == NUM_OK && n == 0,
	    "octal of 100,000 zeros");
	ok(num_seconds(nines, &n) == NUM_OK && n == MOST,
	    "seconds of 100,000 nines");
	ok(num_port(nines, &n) == NUM_RANGE, "port of 100,000 nines");
	ok(num_seconds(zeros, &n) == NUM_OK && n == 0,
	    "seconds of 100,000 zeros");
	nines[1] = '.';
	ok(num_seconds(nines, &n) == NUM_OK && n == 10000000000,
	    "a fraction of 100,000 nines is rounded");
}

int
main(void)
{
	test_int();
	test_octal();
	test_port();
	test_seconds();
	test_long();
	return done();
}
