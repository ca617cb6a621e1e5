/* run/command/help.c: what -h, -V and --explain print. */

#include <sys/utsname.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../addr/net/wrap.h"
#include "../../lib/os/editor.h"
#include "../../lib/os/os.h"
#include "help.h"

/* Columns of the lists, by tabs: groups of an address, then of an option. */
#define FAMILY_GROUPS	48
#define OPT_GROUPS	24
#define OPT_PHASE	48
#define OPT_TYPE	72

#define NAMES_MAX	1200

/* A name of an address or of an option, canonical or not. */
struct name {
	const char *text;
	const struct family *family;
	const struct opt *opt;
	bool alias;
};

/*
 * Prints text, which begins at column at, and tabs up to column to.  What is
 * too long moves the rest of its line, and widens no other column.
 */
static void
column(size_t at, size_t to, const char *text)
{
	at += (size_t)printf("%s", text);
	do {
		putchar('\t');
		at = (at / 8 + 1) * 8;
	} while (at < to);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text,
	    ((const struct name *)b)->text);
}

/* Adds one name of a row to n others; how many they are then. */
static size_t
name_add(struct name *names, size_t n, struct name row, const char *text)
{
	if (n == NAMES_MAX)
		return n;
	row.text = text;
	names[n] = row;
	return n + 1;
}

static size_t
families_add(struct name *names, bool aliases)
{
	struct name row = { 0 };
	const char *text;
	size_t i, k, n = 0;

	for (i = 0; (row.family = family_nth(i)) != NULL; i++)
		for (k = 0; (text = family_name(row.family, k)) != NULL; k++) {
			row.alias = k > 0;
			if (family_here(row.family) && (!row.alias || aliases))
				n = name_add(names, n, row, text);
		}
	return n;
}

static size_t
options_add(struct name *names, bool aliases, bool as_socat)
{
	struct name row = { 0 };
	const char *text;
	size_t i, k, n = 0;

	for (i = 0; (row.opt = opt_nth(i)) != NULL; i++)
		for (k = 0; (text = opt_name(row.opt, k)) != NULL; k++) {
			row.alias = k > 0;
			if ((!row.alias || aliases) &&
			    !(as_socat && (row.opt->own ||
			    row.opt->unlisted)))
				n = name_add(names, n, row, text);
		}
	return n;
}

static void
family_line(const struct name *name)
{
	char groups[240];

	printf("      ");
	if (name->alias) {
		column(6, FAMILY_GROUPS, name->text);
		printf("is an alias name for %s\n",
		    name->family->name);
		return;
	}
	groups_name(name->family->groups, groups, sizeof groups);
	column(6, FAMILY_GROUPS, name->family->syntax);
	printf("groups=%s\n", groups);
}

static void
option_line(const struct name *name)
{
	const struct opt *o = name->opt;
	char groups[240], text[260];

	printf("      ");
	column(6, OPT_GROUPS, name->text);
	if (name->alias) {
		printf("is an alias for %s\n", o->name);
		return;
	}
	groups_name(o->groups, groups, sizeof groups);
	snprintf(text, sizeof text, "groups=%s", o->groups == G_ALL ?
	    "(all)\t" : groups);
	if (strlen(text) >= OPT_PHASE - OPT_GROUPS)
		printf("%s", text);	/* as socat: no room for a tab */
	else
		column(OPT_GROUPS, OPT_PHASE, text);
	snprintf(text, sizeof text, "phase=%s", phase_name(o->phase));
	column(OPT_PHASE, OPT_TYPE, text);
	printf("type=%s\n", type_name(o->type));
}

/* Level 3 has all names, the levels below one for each address or option. */
static void
names_print(int level, bool options, bool as_socat)
{
	struct name *names = malloc(NAMES_MAX * sizeof *names);
	size_t i, n;

	if (names == NULL)
		return;
	n = options ? options_add(names, level > 2, as_socat) :
	    families_add(names, level > 2);
	qsort(names, n, sizeof *names, by_text);
	for (i = 0; i < n; i++)
		(options ? option_line : family_line)(&names[i]);
	free(names);
}

void
help_print(int level, bool as_socat)
{
	printf("   bi-address:  /* is an address that may act both as data "
	    "sync and source */\n      <single-address>\n"
	    "      <single-address>!!<single-address>\n   single-address:\n"
	    "      <address-head>[,<opts>]\n   address-head:\n");
	names_print(level, false, as_socat);
	if (level > 2)
		printf("         <num> is a short form for fd:<num>\n"
		    "         <filename> is a short form for gopen:<filename>\n");
	if (level < 2)
		return;
	printf("   opts:\n      <opt>{,<opts>}:\n   opt:\n");
	names_print(level, true, as_socat);
}

/* What is no family's; of -V. */
static const struct {
	const char *word;
	bool here;
	int (*find)(void);	/* looks for it, if not NULL: 0 or -1 */
} features[] = {
	{ "HELP", true, NULL }, { "STATS", true, NULL },
	{ "TERMIOS", true, NULL }, { "IP4", true, NULL },
	{ "IP6", true, NULL }, { "LISTEN", true, NULL },
	{ "RETRY", true, NULL }, { "NAMESPACES", true, NULL },
	{ .word = "FIPS" }, { .word = "LIBWRAP", .find = wrap_open },
	{ .word = "READLINE", .find = editor_there },
	{ .word = "SYCLS" }, { .word = "FILAN" },
};

static void
feature_line(const char *word, bool here)
{
	printf(here ? "  #define WITH_%s 1\n" : "  #undef WITH_%s\n", word);
}

/* Whether a family before the n-th, or any, is here and of that word. */
static bool
word_before(const char *word, size_t n, bool here)
{
	const struct family *f;
	size_t i;

	for (i = 0; i < n && (f = family_nth(i)) != NULL; i++)
		if (strcmp(f->with, word) == 0 && (!here || family_here(f)))
			return true;
	return false;
}

/* The words of the families, once each: those that are here, or the others. */
static void
families_features(bool here)
{
	const struct family *f;
	size_t i;

	for (i = 0; (f = family_nth(i)) != NULL; i++)
		if (!word_before(f->with, i, false) &&
		    word_before(f->with, SIZE_MAX, true) == here)
			feature_line(f->with, here);
}

static bool
feature_here(size_t i)
{
	return features[i].here ||
	    (features[i].find != NULL && features[i].find() == 0);
}

static void
features_print(bool here)
{
	size_t i;

	for (i = 0; i < sizeof features / sizeof *features; i++)
		if (feature_here(i) == here)
			feature_line(features[i].word, here);
	families_features(here);
}

void
version_print(void)
{
	struct utsname u;

	puts(VERSION_LINE);
	printf("socat version %s (relay %s, %s build)\n", SOCAT_VERSION,
	    RELAY_VERSION, os_name());
	if (uname(&u) != -1)
		printf("   running on %s version %s, release %s, machine "
		    "%s\n", u.sysname, u.version, u.release, u.machine);
	printf("features:\n");
	features_print(true);
	features_print(false);
	printf("  #define WITH_MSGLEVEL 0 /*debug*/\n"
	    "  #define WITH_DEFAULT_IPV \"4\"\n");
}

static const char *
purpose(const struct addr *a)
{
	if (a->reads && a->writes)
		return "read from and written to";
	return a->reads ? "read from" : "written to";
}

static bool
is_switch(const struct opt *o)
{
	return o->type == T_BOOL || o->type == T_INT0 || o->is_switch;
}

static void
explain_option(const struct opt_set *s)
{
	const char *text = s->opt->text, *value = s->at->value.text;

	printf("    %-10s %s", phase_name(s->opt->phase), s->opt->name);
	if (value != NULL)
		printf(" = %s", value);
	if (*text == '\0')
		printf("\n");
	else if (value != NULL && *value != '\0' && s->val.n == 0 &&
	    is_switch(s->opt))
		printf("  (not: %s)\n", text);
	else
		printf("  (%s)\n", text);
}

/* In words: what would be done, with which options at which phase. */
void
explain_print(const struct addr *a, const char *which)
{
	size_t i;
	int phase;

	for (; a != NULL; a = a->other) {
		printf("%s: %s", which, a->family->name);
		for (i = 0; i < a->nparam; i++)
			printf(" \"%s\"", a->param[i]);
		printf(", %s%s%s\n", purpose(a), a->family->role & ROLE_LISTEN ?
		    ", waits for clients" : "", addr_forks(a) ?
		    ", a child for each connection" : "");
		for (phase = 0; phase < PHASES; phase++)
			for (i = 0; i < a->nopt; i++)
				if (a->opt[i].opt->phase == phase)
					explain_option(&a->opt[i]);
	}
}
