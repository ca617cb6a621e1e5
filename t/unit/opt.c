/* opt.c: values as they are spelled, by type; the tables and their order */

#include "unit.h"
#include "../../addr/option/value.c"

static const struct config config = { .name = "unit", .env_prefix = "SOCAT" };
static const struct config socat = { .name = "socat", .env_prefix = "SOCAT",
    .as_socat = true };

#define REFUSED	"refused"

/* value NULL: none; want: the numbers, then text or bytes */
static const struct {
	int type;
	const char *value, *want;
} values[] = {
	{ T_CONST, NULL, "1" }, { T_CONST, "", REFUSED },
	{ T_CONST, "1", REFUSED },
	{ T_BOOL, NULL, "1" }, { T_BOOL, "0", "0" }, { T_BOOL, "1", "1" },
	{ T_BOOL, "", REFUSED }, { T_BOOL, "yes", REFUSED },
	{ T_INT, NULL, "1" }, { T_INT, "-5", "-5" }, { T_INT, "0x10", "16" },
	{ T_INT, "010", "8" }, { T_INT, "2147483648", "2147483648" },
	{ T_INT, "4294967296", REFUSED }, { T_INT, "-2147483649", REFUSED },
	{ T_INT, "", REFUSED }, { T_INT, "5x", REFUSED },
	{ T_INT, "x", REFUSED },
	{ T_INT0, NULL, "1" }, { T_INT0, "7", "7" }, { T_INT0, "", "0/1" },
	{ T_BYTE, "255", "255" }, { T_BYTE, "256", REFUSED },
	{ T_BYTE, "-1", REFUSED },
	{ T_UINT, "4294967295", "4294967295" },
	{ T_UINT, "4294967296", REFUSED }, { T_UINT, "-1", REFUSED },
	{ T_USHORT, "65535", "65535" }, { T_USHORT, "65536", REFUSED },
	{ T_SIZE, "9223372036854775807", "9223372036854775807" },
	{ T_SIZE, "9223372036854775808", REFUSED }, { T_SIZE, "-1", REFUSED },
	{ T_OFF, "-9223372036854775808", "-9223372036854775808" },
	{ T_OFF, "9223372036854775808", REFUSED },
	{ T_MODE, "0644", "420" }, { T_MODE, "644", "420" },
	{ T_MODE, "7777", "4095" }, { T_MODE, "17777", REFUSED },
	{ T_MODE, "u+x", REFUSED }, { T_MODE, NULL, REFUSED },
	{ T_UID, "0", "0" }, { T_UID, "root", "0" },
	{ T_UID, "4294967294", "4294967294" },
	{ T_UID, "4294967295", REFUSED }, { T_UID, "", REFUSED },
	{ T_UID, "nobody-of-that-name", REFUSED }, { T_UID, "-1", REFUSED },
	{ T_GID, "root", "0" }, { T_GID, "no-such-group", REFUSED },
	{ T_UID, NULL, REFUSED },
	{ T_STRING, "a b", "0 \"a b\"" }, { T_STRING, "", "0 \"\"" },
	{ T_STRING, NULL, REFUSED },
	{ T_STRING0, NULL, "1" }, { T_STRING0, "x", "0 \"x\"" },
	{ T_TIME, "1.5", "1500000000" }, { T_TIME, "0", "0" },
	{ T_TIME, "-1", "-1" }, { T_TIME, "", REFUSED },
	{ T_TIME, "1s", REFUSED }, { T_TIME, NULL, REFUSED },
	{ T_LINGER, "10", "10" }, { T_LINGER, "-1", REFUSED },
	{ T_LINGER, NULL, REFUSED },
	{ T_BIN, "x01ff", "0 01ff" }, { T_BIN, "x01FF", "0 01ff" },
	/* b has two bytes, as with socat; a bare number is as the last. */
	{ T_BIN, "b1", "0 0100" }, { T_BIN, "B255", "0 ff" },
	{ T_BIN, "b97b0", "0 61000000" }, { T_BIN, "b1 2", "0 0102" },
	{ T_BIN, "b-1", "0 ff00" }, { T_BIN, "b300", "0 2c00" },
	{ T_BIN, "B1 2", "0 0102" }, { T_BIN, "x01 0203", "0 010203" },
	{ T_BIN, "b", "0 0000" }, { T_BIN, "B", "0 00" },
	{ T_BIN, "x01x02", "0 0102" }, { T_BIN, "x01xAb", "0 01ab" },
	{ T_BIN, "\"abc\"", "0 616263" }, { T_BIN, "\"a\"x00", "0 6100" },
	{ T_BIN, "\"a\\nb\\x41\\101\\0z\"",
	    "0 610a6278343131303100" "7a" },
	{ T_BIN, "\"\\a\\b\\e\\f\\r\\t\\v\\\"\\\\\\q\"",
	    "0 07081b0c0d0976225c71" },
	{ T_BIN, "'a'", "0 61" }, { T_BIN, "'\\n'x00", "0 0a00" },
	{ T_BIN, "'\\''", "0 27" }, { T_BIN, "\"a\" \"b\"", "0 6162" },
	{ T_BIN, "'ab'", REFUSED }, { T_BIN, "'a", REFUSED },
	{ T_BIN, "''", REFUSED }, { T_BIN, "'", REFUSED },
	{ T_BIN, "\"a", REFUSED }, { T_BIN, "\"a\"1", REFUSED },
	{ T_BIN, "\"\\", REFUSED }, { T_BIN, "x01 2", REFUSED },
	{ T_BIN, "x01-1", REFUSED }, { T_BIN, "x01,x02", REFUSED },
	{ T_BIN, "w1", REFUSED }, { T_BIN, "XAB", REFUSED },
	{ T_BIN, "x01z", REFUSED }, { T_BIN, "1z", REFUSED },
	{ T_BIN, "x", "0 " }, { T_BIN, "", "0 " },
	{ T_BIN, "x0102 x03", "0 010203" },
	{ T_BIN, "x01 B2", "0 0102" },
	{ T_BIN, "x1", REFUSED }, { T_BIN, "xzz", REFUSED },
	{ T_BIN, "x01x", "0 01" }, { T_BIN, "x010", REFUSED },
	{ T_BIN, "q", REFUSED }, { T_BIN, NULL, REFUSED },
	{ T_INT2, "1:2", "1:2" }, { T_INT2, "1:-2", "1:-2" },
	{ T_INT2, "1", REFUSED }, { T_INT2, "1:", REFUSED },
	{ T_INT2, ":2", REFUSED }, { T_INT2, "1:2:3", REFUSED },
	{ T_INT2, "1:2x", REFUSED }, { T_INT2, NULL, REFUSED },
	{ T_INT3, "1:2:3", "1:2:3" }, { T_INT3, "1:2", REFUSED },
	{ T_INT3, "1:2:3:4", REFUSED }, { T_INT3, "1:2x:3", REFUSED },
	{ T_INTBIN, "1:x02", "1 02" }, { T_INTBIN, "1", REFUSED },
	{ T_INTBIN, "1:", "1 " }, { T_INTBIN, "x02", REFUSED },
	{ T_INT2BIN, "1:2:x03", "1:2 03" }, { T_INT2BIN, "1:2", REFUSED },
	{ T_INT2BIN, "1:2:xq", REFUSED },
	{ T_INTSTR, "1:a:b", "1 \"a:b\"" }, { T_INTSTR, "1", REFUSED },
	{ T_INTSTR, "a:b", REFUSED },
	{ T_INT2STR, "1:2:eth0", "1:2 \"eth0\"" },
	{ T_INT2STR, "1:2", REFUSED },
	{ T_INT2, "1111111111111111111111111111111111111111111111111111111"
	    "11111111111111111111111111111111:1", REFUSED },
};

/*
 * In socat's place a number keeps the bits that its type has, of what
 * strtoul(3) makes of it; what is no number is refused as ever.
 */
static const struct {
	int type;
	const char *value, *want;
} cut[] = {
	{ T_INT, "4294967295", "4294967295" }, { T_INT, "4294967296", "0" },
	{ T_INT, "4294967301", "5" }, { T_INT, "99999999999", "1215752191" },
	{ T_INT, "-2147483649", "2147483647" }, { T_INT, "0x1000000ff", "255" },
	{ T_INT, "99999999999999999999", "-1" }, { T_INT, "4294967301x", REFUSED },
	{ T_BOOL, "4294967296", "0" }, { T_BOOL, "4294967297", "1" },
	{ T_INT0, "4294967301", "5" },
	{ T_BYTE, "256", REFUSED }, { T_BYTE, "-1", REFUSED },
	{ T_BYTE, "99999999999999999999", REFUSED },
	{ T_UINT, "-1", "4294967295" }, { T_UINT, "4294967301", "5" },
	{ T_USHORT, "65541", "5" }, { T_USHORT, "-1", "65535" },
	{ T_PORT, "65541", "5" }, { T_PORT, "0065541", "5" },
	{ T_PORT, "-1", "65535" }, { T_PORT, "0x10005", "5" },
	{ T_SIZE, "-1", "9223372036854775807" },
	{ T_SIZE, "99999999999999999999", "9223372036854775807" },
	{ T_OFF, "99999999999999999999", "-1" },
	{ T_OFF64, "9223372036854775808", "-9223372036854775808" },
	{ T_LONG, "-99999999999999999999", "-1" },
	{ T_LINGER, "-1", "-1" }, { T_LINGER, "4294967301", "5" },
	{ T_MODE, "17777", "8191" }, { T_MODE, "200000", "0" },
	{ T_MODE, "-1", "65535" }, { T_MODE, "0x1ff", REFUSED },
	{ T_UID, "4294967295", "4294967295" }, { T_UID, "4294967301", "5" },
	{ T_GID, "99999999999999999999", "4294967295" },
	{ T_UID, "-1", REFUSED },
	{ T_INT2, "4294967297:4294967301", "1:5" },
	{ T_INT3, "1:2:4294967301", "1:2:5" },
};

static const char *
value(const struct config *c, int type, const char *text)
{
	static char out[400];
	struct opt o = { .name = "some", .type = (unsigned char)type };
	struct spec_opt at = { { (char *)"some", 6 }, { (char *)text, 11 } };
	struct val v;
	bool looked_up = text != NULL && (type == T_UID || type == T_GID) &&
	    (*text < '0' || *text > '9');
	size_t i, n;

	if (opt_value(c, &o, &at, &v) == -1)
		return v.bin == NULL &&
		    strstr(last_error.words, looked_up ? text :
		    strstr(last_error.words, "problem with") != NULL ?
		    "data" : "some") != NULL &&
		    last_error.col == (text == NULL ? 6 : 11) ? REFUSED :
		    last_error.words;
	n = (size_t)snprintf(out, sizeof out, "%lld", v.n);
	if (type == T_INT0 && v.m)
		n += (size_t)snprintf(out + n, sizeof out - n, "/%lld", v.m);
	else if (type == T_INT2 || type == T_INT3 || type == T_INT2BIN ||
	    type == T_INT2STR)
		n += (size_t)snprintf(out + n, sizeof out - n, ":%lld", v.m);
	if (type == T_INT3)
		n += (size_t)snprintf(out + n, sizeof out - n, ":%lld", v.k);
	if (type == T_STRING || type == T_STRING0 || type == T_INTSTR ||
	    type == T_INT2STR) {
		if (v.s != NULL)
			snprintf(out + n, sizeof out - n, " \"%s\"", v.s);
	} else if (v.bin != NULL) {
		n += (size_t)snprintf(out + n, sizeof out - n, " ");
		for (i = 0; i < v.len; i++)
			n += (size_t)snprintf(out + n, sizeof out - n,
			    "%02x", v.bin[i]);
	}
	free(v.bin);
	return out;
}

static void
test_values(void)
{
	char name[160];
	size_t i;

	for (i = 0; i < sizeof values / sizeof *values; i++) {
		snprintf(name, sizeof name, "%s%s%s",
		    type_name(values[i].type), values[i].value == NULL ?
		    "" : "=", values[i].value == NULL ? "" :
		    values[i].value);
		is(value(&config, values[i].type, values[i].value),
		    values[i].want, name);
	}
	for (i = 0; i < sizeof cut / sizeof *cut; i++) {
		snprintf(name, sizeof name, "as socat %s=%s",
		    type_name(cut[i].type), cut[i].value);
		is(value(&socat, cut[i].type, cut[i].value), cut[i].want,
		    name);
	}
}

/* Numbers in the host's order; bare ones as the one before, at first int. */
static void
test_bin_sizes(void)
{
	struct opt o = { .name = "some", .type = T_BIN };
	struct spec_opt at = { { (char *)"some", 0 },
	    { (char *)"7 s258 i66051 l-1 7", 5 } };
	struct val v;
	uint16_t s = 258;
	uint32_t i = 66051, bare = 7;
	long l = -1, last = 7;

	ok(opt_value(&config, &o, &at, &v) == 0 && v.len == sizeof bare +
	    sizeof s + sizeof i + 2 * sizeof l, "int, short, int, long, long");
	ok(memcmp(v.bin, &bare, sizeof bare) == 0 &&
	    memcmp(v.bin + 4, &s, sizeof s) == 0 &&
	    memcmp(v.bin + 6, &i, sizeof i) == 0 &&
	    memcmp(v.bin + 10, &l, sizeof l) == 0 &&
	    memcmp(v.bin + 10 + sizeof l, &last, sizeof last) == 0,
	    "... in the host's byte order");
	free(v.bin);
}

/* Whether a name finds its row, half of it in upper case. */
static bool
finds(const char *name, const struct opt *o)
{
	char typed[64];
	size_t i;

	snprintf(typed, sizeof typed, "%s", name);
	for (i = 0; typed[i] != '\0'; i += 2)
		if (typed[i] >= 'a' && typed[i] <= 'z')
			typed[i] = (char)(typed[i] - 'a' + 'A');
	return opt_find(typed) == o;
}

/* Every name finds its own row, in any case: no name stands in two. */
static void
test_names(void)
{
	const struct opt *o;
	const struct family *f;
	const char *name;
	size_t i, k, n = 0, wrong_rows = 0, families = 0;

	for (i = 0; (o = opt_nth(i)) != NULL; i++)
		for (k = 0; (name = opt_name(o, k)) != NULL; k++, n++) {
			if (finds(name, o))
				continue;
			printf("# %s is not found in its row\n", name);
			wrong_rows++;
		}
	ok(n > 700 && wrong_rows == 0, "%zu names of options, each of one row",
	    n);
	for (i = wrong_rows = 0; (f = family_nth(i)) != NULL; i++)
		for (k = 0; (name = family_name(f, k)) != NULL;
		    k++, families++)
			wrong_rows += family_find(name) != f;
	ok(families > 80 && wrong_rows == 0,
	    "%zu names of families, each of one row", families);
	ok(opt_find("") == NULL && opt_find(" ") == NULL &&
	    opt_find("fork ") == NULL && opt_find("for") == NULL &&
	    family_find("") == NULL && family_find("TCP ") == NULL,
	    "nothing and parts of names are no names");
}

static void
test_rows(void)
{
	const struct opt *o;
	size_t i, bad = 0;

	for (i = 0; (o = opt_nth(i)) != NULL; i++) {
		if (*o->text != '\0' && o->type < TYPES &&
		    o->phase < PHASES && phase_name(o->phase) != NULL &&
		    type_name(o->type) != NULL &&
		    (o->kind == K_FUNC) == (o->apply != NULL) &&
		    *o->name != '\0' && memchr(o->name, '\0',
		    sizeof o->name) != NULL && memchr(o->text, '\0',
		    sizeof o->text) != NULL)
			continue;
		printf("# %s: an incomplete row\n", o->name);
		bad++;
	}
	ok(i > 350 && bad == 0, "%zu rows have phase, type, text, function",
	    i);
}

static bool
whole(const struct family *f)
{
	return strncmp(f->syntax, f->name, strlen(f->name)) == 0 &&
	    f->groups != 0 && f->role != 0 && f->min <= f->max &&
	    f->ops->open != NULL &&
	    !(f->role & ROLE_LISTEN) == (f->ops->accept == NULL);
}

/* What is not here says why; what needs a library says it beforehand. */
static bool
excused(const struct family *f)
{
	if (!family_here(f))
		return f->lack != NULL;
	return f->lack == NULL || f->ops->here != NULL;
}

/* What -h, -V and messages say of a family. */
static void
test_families(void)
{
	const struct family *f;
	size_t i, bad = 0;

	for (i = 0; (f = family_nth(i)) != NULL; i++) {
		if (*f->with != '\0' && excused(f) &&
		    (!family_here(f) || whole(f)))
			continue;
		printf("# %s: an incomplete row\n", f->name);
		bad++;
	}
	ok(i > 100 && bad == 0, "%zu families have all that they need", i);
}

/* Within a table the rows are in the order of their names. */
static void
test_order(void)
{
	static const struct {
		const char *name;
		const struct opt_table *table;
	} all[] = {
		{ "fd", &opt_fd }, { "file", &opt_file },
		{ "sock", &opt_sock }, { "ip", &opt_ip },
		{ "proc", &opt_proc }, { "tty", &opt_tty },
		{ "exec", &opt_exec }, { "misc", &opt_misc },
	};
	size_t t, i, bad;

	for (t = 0; t < sizeof all / sizeof *all; t++) {
		for (i = 1, bad = 0; i < all[t].table->n; i++) {
			if (strcmp(all[t].table->row[i - 1].name,
			    all[t].table->row[i].name) < 0)
				continue;
			printf("# %s after %s\n", all[t].table->row[i].name,
			    all[t].table->row[i - 1].name);
			bad++;
		}
		ok(bad == 0, "opt-%s: %zu rows in order", all[t].name,
		    all[t].table->n);
	}
}

int
main(void)
{
	test_values();
	test_bin_sizes();
	test_names();
	test_rows();
	test_families();
	test_order();
	return done();
}
