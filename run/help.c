/* run/help.c: what -h, -V and --explain print. */

#include <sys/utsname.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/os.h"
#include "help.h"

static void
lower(char *text)
{
	for (; *text != '\0'; text++)
		*text = (char)tolower((unsigned char)*text);
}

/* The syntax with its keyword in small letters, as socat has it. */
static void
family_line(const struct family *f)
{
	char syntax[160], groups[240];
	size_t n;

	n = strcspn(f->syntax, ":[");
	snprintf(syntax, sizeof syntax, "%s", f->syntax);
	if (n < sizeof syntax) {
		char rest = syntax[n];

		syntax[n] = '\0';
		lower(syntax);
		syntax[n] = rest;
	}
	groups_name(f->groups, groups, sizeof groups);
	printf("      %s\tgroups=%s\n", syntax, groups);
}

static void
family_aliases(const struct family *f)
{
	char name[64], canonical[64];
	size_t i;

	snprintf(canonical, sizeof canonical, "%s", name_of(f->names));
	lower(canonical);
	for (i = 1; name_nth(f->names, i, name, sizeof name); i++) {
		lower(name);
		printf("         %s is an alias name for %s\n", name,
		    canonical);
	}
}

#define NAMES_MAX	1200

struct name {
	char text[48];
	const struct opt *opt;
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text,
	    ((const struct name *)b)->text);
}

/* Level 2 has one name for each option, level 3 all of them. */
static void
options_print(int level)
{
	struct name *names = malloc(NAMES_MAX * sizeof *names);
	const struct opt *o;
	char groups[240];
	size_t i, k, n = 0;

	if (names == NULL)
		return;
	for (i = 0; (o = opt_nth(i)) != NULL; i++)
		for (k = 0; n < NAMES_MAX &&
		    (level > 2 || k == 0) && name_nth(o->names, k,
		    names[n].text, sizeof names[n].text); k++)
			names[n++].opt = o;
	qsort(names, n, sizeof *names, by_text);
	printf("   opts:\n      <opt>{,<opts>}:\n   opt:\n");
	for (i = 0; i < n; i++) {
		o = names[i].opt;
		if (strcmp(names[i].text, name_of(o->names)) != 0) {
			printf("         %s is an alias for %s\n",
			    names[i].text, name_of(o->names));
			continue;
		}
		groups_name(o->groups, groups, sizeof groups);
		printf("      %s\tgroups=%s\tphase=%s\ttype=%s\n",
		    names[i].text, o->groups == G_ALL ? "(all)" : groups,
		    phase_name(o->phase), type_name(o->type));
	}
	free(names);
}

void
help_print(int level, const char *flags, const char *more)
{
	const struct family *f;
	size_t i;

	printf("%s%s", flags, more);
	printf("   bi-address:\n      pipe[,<opts>]\tgroups=FD,FIFO\n"
	    "      <single-address>!!<single-address>\n"
	    "      <single-address>\n   single-address:\n"
	    "      <address-head>[,<opts>]\n   address-head:\n");
	for (i = 0; (f = family_nth(i)) != NULL; i++) {
		if (level > 2)
			family_aliases(f);
		family_line(f);
	}
	if (level > 1)
		options_print(level);
}

void
version_print(void)
{
	static const char with[] = "HELP STATS STDIO FDNUM FILE CREAT GOPEN "
	    "TERMIOS PIPE SOCKETPAIR UNIX ABSTRACT_UNIXSOCKET IP4 IP6 TCP "
	    "UDP LISTEN SYSTEM SHELL EXEC RETRY NAMESPACES";
	static const char without[] = "RAWIP GENERICSOCKET INTERFACE SCTP "
	    "DCCP UDPLITE POSIXMQ SOCKS4 SOCKS4A SOCKS5 VSOCK PROXY READLINE "
	    "TUN PTY OPENSSL FIPS LIBWRAP SYCLS FILAN";
	struct utsname u;
	char name[32];
	size_t i;

	puts(VERSION_LINE);
	printf("socat version %s (relay %s, %s build)\n", SOCAT_VERSION,
	    RELAY_VERSION, os_name());
	if (uname(&u) != -1)
		printf("   running on %s version %s, release %s, machine "
		    "%s\n", u.sysname, u.version, u.release, u.machine);
	printf("features:\n");
	for (i = 0; name_nth(with, i, name, sizeof name); i++)
		printf("  #define WITH_%s 1\n", name);
	for (i = 0; name_nth(without, i, name, sizeof name); i++)
		printf("  #undef WITH_%s\n", name);
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

static void
explain_option(const struct opt_set *s)
{
	const char *text = s->opt->text;

	printf("    %-9s %s", phase_name(s->opt->phase), name_of(s->opt->names));
	if (s->at->value.text != NULL)
		printf(" = %s", s->at->value.text);
	printf(*text == '\0' ? "\n" : "  (%s)\n", text);
}

/* In words: what would be done, with which options at which phase. */
void
explain_print(const struct addr *a, const char *which)
{
	size_t i;
	int phase;

	for (; a != NULL; a = a->other) {
		printf("%s: %s", which, name_of(a->family->names));
		for (i = 0; i < a->nparam; i++)
			printf(" \"%s\"", a->param[i]);
		printf(", %s%s%s\n", purpose(a), a->family->listens ?
		    ", waits for clients" : "", addr_forks(a) ?
		    ", a child for each connection" : "");
		for (phase = 0; phase < PHASES; phase++)
			for (i = 0; i < a->nopt; i++)
				if (a->opt[i].opt->phase == phase)
					explain_option(&a->opt[i]);
	}
}
