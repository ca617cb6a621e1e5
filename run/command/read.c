/* run/command/read.c: reads the flags of a command line, and prints them. */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../addr/addr.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "advice.h"
#include "flag.h"
#include "flags.h"
#include "help.h"

/* socat's and relay's own flag that arg is, or NULL, with its value. */
static const struct flag *
flag_find(const char *arg, const char **value)
{
	const struct flag *f;
	size_t i, len;
	bool more;

	for (i = 0; i < flags_n; i++) {
		f = &flags[i];
		len = strlen(f->name);
		if (f->of == FLAG_GO || strncmp(arg, f->name, len) != 0)
			continue;
		more = arg[len] != '\0';
		*value = more ? arg + len : NULL;
		if (arg[1] == '-') {	/* --name, --name=value */
			if (more && (arg[len] != '=' ||
			    f->takes == TAKES_NOTHING))
				continue;
			if (more)
				(*value)++;
			return f;
		}
		/* "-lsx" is "-ls" to socat. */
		if (more && f->takes == TAKES_NOTHING && arg[1] != 'l')
			continue;
		return f;
	}
	return NULL;
}

/* grand-ambassador's: one dash or two, "-x v" or "-x=v". */
static const struct flag *
flag_find_go(const char *arg, const char **value)
{
	const char *p = arg + (arg[1] == '-');
	size_t len, i;

	for (i = 0; i < flags_n; i++) {
		len = strlen(flags[i].name);
		if (flags[i].of != FLAG_GO ||
		    strncmp(p, flags[i].name, len) != 0)
			continue;
		*value = flags[i].prefix ? p + len : p[len] == '=' ?
		    p + len + 1 : NULL;
		if (flags[i].prefix || p[len] == '=' || p[len] == '\0')
			return &flags[i];
	}
	return NULL;
}

/* The long flag that was meant by arg, or NULL. */
static const char *
flag_near(const char *arg)
{
	const char *near = NULL;
	char name[40];
	int best = 3, d;
	size_t i;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(arg, "="), arg);
	for (i = 0; i < flags_n; i++) {
		d = name_slip(name, flags[i].name);
		if (flags[i].name[1] == '-' && d < best) {
			best = d;
			near = flags[i].name;
		}
	}
	return near;
}

static int
flag_unknown(const char *arg)
{
	static const char single[] = "VDvxsuUg046";
	const char *near;
	char advice[ADVICE_MAX];

	if (arg[2] != '\0' && strchr(single, arg[1]) != NULL) {
		log_plain("Do not merge single character options, i.e. use "
		    "\"-%c -%c\" instead of \"%.80s\"", arg[1], arg[2], arg);
		exit(1);
	}
	error_set("unknown %soption \"%.80s\"; use option \"-h\" for "
	    "help", arg[1] == 'l' ? "log " : "", arg);
	if (advise_flag(arg, advice))
		error_hint("%s", advice);
	else if ((near = flag_near(arg)) != NULL)
		error_hint("did you mean %s?", near);
	return -1;
}

/* "-" and what goes on behind it as an address does is STDIO. */
static bool
is_flag(const char *arg)
{
	return arg[0] == '-' && arg[1] != '\0' && arg[1] != ',' &&
	    arg[1] != ':' && strncmp(arg, "-!!", 3) != 0;
}

/* How many words the flag and its value are; 0: it is none. */
static int
flag_width(const char *arg)
{
	const struct flag *f;
	const char *value;

	if (!is_flag(arg))
		return 0;
	f = flag_find(arg, &value);
	return f != NULL && f->takes == TAKES_VALUE && value == NULL ? 2 : 1;
}

/* Flags behind the first address are none to socat, and so an error. */
static int
flags_late(char *words[], int n)
{
	char advice[ADVICE_MAX];
	int i;

	for (i = 1; i < n && !is_flag(words[i]); i++)
		;
	if (i >= n)
		return 0;
	if (n == 2)
		error_set("unknown device/address \"%.200s\"", words[i]);
	else
		error_set("exactly 2 addresses required (there are %d); use "
		    "option \"-h\" for help", n);
	if (advise_order(words, n, flag_width, advice))
		error_hint("%s", advice);
	return -1;
}

/* Among the words of --docker; those of grand-ambassador are behind -name. */
static int
container_word(struct config *c, char *word)
{
	size_t i;

	for (i = 0; i < c->ngiven; i++)
		if (strcmp(c->given[i]->name, "--docker") == 0) {
			c->words[c->nwords++] = word;
			return 0;
		}
	return error_set("unexpected word \"%.80s\"; a container is named by "
	    "-name", word);
}

/* No value, and one is needed. */
static int
value_missing(const struct flag *f, const char *arg)
{
	if (f->of == FLAG_GO)
		return error_set("flag needs an argument: -%.80s",
		    arg + 1 + (arg[1] == '-'));
	return error_set("option %s requires an argument; use option \"-h\" "
	    "for help", f->name);
}

/* What socat does about a level that it does not know, as -d5. */
static _Noreturn void
usage_only(const struct config *c)
{
	usage_print(stderr, c);
	exit(fflush(stderr) == 0 ? 0 : 1);
}

/* Takes arg, and next, the word behind it or NULL, if it needs that. */
static int
flag_take(struct config *c, const char *arg, const char *next, bool *took)
{
	const struct flag *f = NULL;
	const char *value = NULL;
	int rc;

	*took = false;
	if (!c->as_socat)
		f = flag_find_go(arg, &value);
	if (f == NULL)
		f = flag_find(arg, &value);
	if (f == NULL || (f->of == FLAG_RELAY && c->as_socat))
		return flag_unknown(arg);
	if (f->takes == TAKES_VALUE && value == NULL) {
		if (next == NULL)
			return value_missing(f, arg);
		value = next;
		*took = true;
	}
	rc = flag_set(c, f, value == NULL ? "" : value);
	if (rc == 1 && c->as_socat && value != NULL &&
	    isdigit((unsigned char)value[0]))
		usage_only(c);
	if (rc == 1)
		return flag_unknown(arg);
	c->given[c->ngiven++] = f;
	return rc;
}

int
flags_read(struct config *c, int argc, char *argv[])
{
	bool took;
	int i;

	for (i = 1; i < argc; i++) {
		if (is_flag(argv[i])) {
			if (flag_take(c, argv[i], argv[i + 1], &took) == -1)
				return -1;
			i += took;
			continue;
		}
		/* Among names of containers flags may follow. */
		if (c->source != FROM_DOCKER)
			break;
		if (container_word(c, argv[i]) == -1)
			return -1;
	}
	for (; i < argc; i++)
		c->words[c->nwords++] = argv[i];
	return c->source == FROM_PAIRS && !c->as_socat ?
	    flags_late(c->words, c->nwords) : 0;
}

static void
flag_print(FILE *to, const struct flag *f)
{
	int n = fprintf(to, "      %s%s", f->name, f->shown == NULL ? "" :
	    f->shown);

	fprintf(to, "%*s%s\n", 6 + f->column - n, "", f->help);
}

void
usage_print(FILE *to, const struct config *c)
{
	size_t i;
	int of;

	fprintf(to, "%s\nUsage:\n%s [options] <bi-address> <bi-address>%s\n",
	    VERSION_LINE, c->as_socat ? "socat" : "relay",
	    c->as_socat ? "" : " [...]");
	for (of = FLAG_SOCAT; of <= (c->as_socat ? FLAG_SOCAT : FLAG_RELAY);
	    of++) {
		fprintf(to, of == FLAG_SOCAT ?
		    "   options (general command line options):\n" :
		    "   and, as relay:\n");
		for (i = 0; i < flags_n; i++)
			if ((int)flags[i].of == of && flags[i].help != NULL)
				flag_print(to, &flags[i]);
	}
}
