/* spec.c: the grammar: what a word is split into, where its parts stand */

#include "unit.h"
#include "../../spec.c"

#include <stdio.h>

/*
 * want: type, <parameters>, [options], [name=value]; a star after a type
 * that was not typed, a quote at the end where one was left open
 */
static const struct {
	const char *in, *want;
} words[] = {
	/* the plain form */
	{ "STDIO", "STDIO" },
	{ "TCP:host:80", "TCP <host> <80>" },
	{ "tcp-l:80,fork,reuseaddr", "tcp-l <80> [fork] [reuseaddr]" },
	{ "TCP:h:80,bind=:90", "TCP <h> <80> [bind=:90]" },
	{ "EXEC:ls -l /tmp", "EXEC <ls -l /tmp>" },
	{ "STDIO,raw,echo=0", "STDIO [raw] [echo=0]" },
	{ "OPEN:f,user=a=b=c", "OPEN <f> [user=a=b=c]" },
	{ "OPEN:a=b", "OPEN <a=b>" },
	{ "X=1:a", "X=1 <a>" },
	{ "X Y: a b ", "X Y < a b >" },

	/* nothing where something could stand */
	{ "", "" },
	{ ":", " <>" },
	{ ",", "" },
	{ "=", "=" },
	{ "TCP:", "TCP <>" },
	{ "TCP::", "TCP <> <>" },
	{ "TCP::80", "TCP <> <80>" },
	{ "TCP:h:", "TCP <h> <>" },
	{ "TCP,fork", "TCP [fork]" },
	{ "X,", "X" },
	{ "X,,", "X" },
	{ "X,,a,,,b,", "X [a] [b]" },
	{ "X,a=", "X [a=]" },
	{ "X,a=,b", "X [a=] [b]" },
	{ "X,=", "X [=]" },
	{ "X,=a", "X [=a]" },
	{ "X,=,=", "X [=] [=]" },
	{ "X,a==", "X [a==]" },
	{ "X,a:b", "X [a:b]" },
	{ "X,a=b:c:d", "X [a=b:c:d]" },
	{ "X, a", "X [ a]" },
	{ "X,a =b", "X [a =b]" },
	{ ",a", " [a]" },

	/* no type */
	{ "-", "STDIO*" },
	{ "-,a", "STDIO* [a]" },
	{ "-a", "-a" },
	{ "--", "--" },
	{ "-:a", "- <a>" },
	{ "0", "FD* <0>" },
	{ "12,a=1", "FD* <12> [a=1]" },
	{ "1a", "1a" },
	{ "1:2", "1 <2>" },
	{ "1 ", "1 " },
	{ "/", "GOPEN* </>" },
	{ "/tmp/x,append", "GOPEN* </tmp/x> [append]" },
	{ "./x", "GOPEN* <./x>" },
	{ "1/2", "GOPEN* <1/2>" },
	{ "-/x", "GOPEN* <-/x>" },
	{ "/a:b", "GOPEN* </a> <b>" },
	{ "x:/a", "x </a>" },
	{ "x,/a", "x [/a]" },
	{ "x,a=/b", "x [a=/b]" },
	{ "x!!/a", "x !! GOPEN* </a>" },

	/* quotes */
	{ "EXEC:\"a:b,c!!d\"", "EXEC <a:b,c!!d>" },
	{ "EXEC:'a:b,c!!d'", "EXEC <a:b,c!!d>" },
	{ "EXEC:\"'\",x", "EXEC <'> [x]" },
	{ "EXEC:'\"',x", "EXEC <\"> [x]" },
	{ "EXEC:a\"b\"c'd'e", "EXEC <abcde>" },
	{ "EXEC:\"\"''", "EXEC <>" },
	{ "EXEC:\"a\\\"b\"", "EXEC <a\"b>" },
	{ "EXEC:'a\\'b'", "EXEC <a'b>" },
	{ "EXEC:\"(\",x", "EXEC <(> [x]" },
	{ "\"TCP\":h:80", "TCP <h> <80>" },
	{ "\"a:b\":c", "a:b <c>" },
	{ "X,\"a=b\"=\"c,d\"", "X [a=b=c,d]" },
	{ "X,\"\"", "X []" },
	{ "\"-\"", "-" },
	{ "\"7\"", "7" },

	/* an open quote, the whole rest is in it */
	{ "EXEC:\"a,b", "EXEC <a,b>\"" },
	{ "EXEC:'a!!b", "EXEC <a!!b>\"" },
	{ "X,a='b,c", "X [a=b,c]\"" },
	{ "EXEC:\"", "EXEC <>\"" },
	{ "'", "\"" },
	{ "EXEC:\"(\"(\"", "EXEC <((>\"" },

	/* brackets stay, and nest */
	{ "TCP6:[::1]:80", "TCP6 <[::1]> <80>" },
	{ "TCP6:[fe80::1%eth0]:80,x", "TCP6 <[fe80::1%eth0]> <80> [x]" },
	{ "[a:b]:c", "[a:b] <c>" },
	{ "X:(a,b)", "X <(a,b)>" },
	{ "X:{a!!b}", "X <{a!!b}>" },
	{ "X:([{:}]):y", "X <([{:}])> <y>" },
	{ "X:((a:b):c):d", "X <((a:b):c)> <d>" },
	{ "X:)a:b", "X <)a> <b>" },
	{ "X:(a]:b)", "X <(a]:b)>" },
	{ "X:(\")\":b)", "X <():b)>" },
	{ "X:(\\):b)", "X <():b)>" },
	{ "X:(a:b,c", "X <(a:b,c>" },
	{ "X,a=(b,c),d", "X [a=(b,c)] [d]" },
	{ "X,a=[1,2", "X [a=[1,2]" },

	/* backslashes */
	{ "X:a\\:b", "X <a:b>" },
	{ "X:a\\,b", "X <a,b>" },
	{ "X:a\\!!b", "X <a!!b>" },
	{ "X:a\\\\:b", "X <a\\> <b>" },
	{ "X:a\\ b", "X <a b>" },
	{ "X:\\\"a:b", "X <\"a> <b>" },
	{ "X:\\(a:b", "X <(a> <b>" },
	{ "X:\\t\\n\\r", "X <\t\n\r>" },
	{ "X:\\a\\b\\f\\v", "X <\a\b\f\v>" },
	{ "X:\\1\\q", "X <1q>" },
	{ "X:a\\0b:c", "X <a> <c>" },
	{ "X:a\\", "X <a\\>" },
	{ "\\", "\\" },
	{ "X,a\\=b=c", "X [a=b=c]" },
	{ "X\\:a", "X:a" },
	{ "X:\"a\\n\"", "X <a\n>" },

	/* two halves */
	{ "a!!b", "a !! b" },
	{ "a:1,x!!b:2,y=z", "a <1> [x] !! b <2> [y=z]" },
	{ "a:!!b", "a <> !! b" },
	{ "a,!!b", "a !! b" },
	{ "a,x=!!b", "a [x=] !! b" },
	{ "-!!-", "STDIO* !! STDIO*" },
	{ "3!!4", "FD* <3> !! FD* <4>" },
	{ "/a!!/b", "GOPEN* </a> !! GOPEN* </b>" },
	{ "!!", " !! " },
	{ "a!!", "a !! " },
	{ "!!a", " !! a" },
	{ "a!b", "a!b" },
	{ "a!!!b", "a !! !b" },
	{ "a:b!,c", "a <b!> [c]" },
	{ "a!!(b!!c)", "a !! (b!!c)" },

	/* any byte */
	{ "\xff\x01\x7f:\x80,\xc3\xa4=\t", "\xff\x01\x7f <\x80> [\xc3\xa4=\t]" },
	{ "X:\n", "X <\n>" },
};

static void
half_show(const struct spec *s, char *out, size_t size)
{
	size_t i, n;

	n = (size_t)snprintf(out, size, "%s%s", s->type.text,
	    s->bare ? "*" : "");
	for (i = 0; i < s->nparam; i++)
		n += (size_t)snprintf(out + n, size - n, " <%s>",
		    s->param[i].text);
	for (i = 0; i < s->nopt; i++)
		n += (size_t)snprintf(out + n, size - n, " [%s%s%s]",
		    s->opt[i].name.text, s->opt[i].value.text ? "=" : "",
		    s->opt[i].value.text ? s->opt[i].value.text : "");
	if (s->unclosed)
		snprintf(out + n, size - n, "\"");
}

static const char *
show(const char *word)
{
	static char out[2000];
	struct spec *s;

	if (spec_parse(word, &s) == -1)
		return last_error.words;
	half_show(s, out, sizeof out);
	if (s->other != NULL) {
		strcat(out, " !! ");
		half_show(s->other, out + strlen(out), 900);
	}
	spec_free(s);
	return out;
}

static void
test_words(void)
{
	char name[100];
	size_t i, k;

	for (i = 0; i < sizeof words / sizeof *words; i++) {
		snprintf(name, sizeof name, "%s", words[i].in);
		for (k = 0; name[k] != '\0'; k++)
			if (name[k] < ' ' || name[k] > '~' || name[k] == '#')
				name[k] = '?';
		is(show(words[i].in), words[i].want, name);
	}
}

/* want: T, P, N or V (type, parameter, name, value) under each column */
static const struct {
	const char *in, *want;
} columns[] = {
	{ "TCP:host:80,bind=x,fork",
	  "T   P    P  N    V N" },
	{ "TCP-LISTEN:6142,,fork,",
	  "T          P     N" },
	{ "-,a=b",
	  "T N V" },
	{ "77,a",
	  "P  N" },
	{ "/tmp/x:y,a",
	  "P      P N" },
	{ "'a:b':\"c,\"d,\\e=f",
	  "T     P     N  V" },
	{ "a:1!!b:2,c=3!",
	  "T P  T P N V" },
	{ "X:[::1]:(,),z=",
	  "T P     P   N V" },
	{ "\\\\:\\::b",
	  "T  P  P" },
	{ "::",
	  "TPP" },
};

static void
mark(char *row, size_t col, char letter)
{
	memset(row + strlen(row), ' ', col + 1 > strlen(row) ?
	    col + 1 - strlen(row) : 0);
	row[col] = letter;
}

static void
test_columns(void)
{
	char row[100];
	struct spec *s, *half;
	size_t i, k;

	for (i = 0; i < sizeof columns / sizeof *columns; i++) {
		memset(row, 0, sizeof row);
		if (spec_parse(columns[i].in, &s) == -1) {
			ok(0, "columns of %s", columns[i].in);
			continue;
		}
		for (half = s; half != NULL; half = half->other) {
			mark(row, half->type.col, 'T');
			for (k = 0; k < half->nparam; k++)
				mark(row, half->param[k].col, 'P');
			for (k = 0; k < half->nopt; k++) {
				mark(row, half->opt[k].name.col, 'N');
				if (half->opt[k].value.text != NULL)
					mark(row, half->opt[k].value.col,
					    'V');
			}
		}
		spec_free(s);
		is(row, columns[i].want, columns[i].in);
	}
}

static void
test_refused(void)
{
	static const struct {
		const char *in;
		size_t col;
	} refused[] = {
		{ "a!!b!!c", 4 }, { "!!!!", 2 }, { "a!!b:1,x=2!!", 10 },
	};
	struct spec *s;
	size_t i;

	for (i = 0; i < sizeof refused / sizeof *refused; i++) {
		ok(spec_parse(refused[i].in, &s) == -1 && s == NULL,
		    "%s is refused", refused[i].in);
		ok(strncmp(last_error.words, "more than one \"!!\"", 18) == 0,
		    "... in words");
		ok(last_error.text == refused[i].in &&
		    last_error.col == refused[i].col && last_error.len == 2,
		    "... that point at the second !!");
	}
}

/* EXEC's words, each in braces */
static void
test_split(void)
{
	static const struct {
		const char *in, *want;
	} commands[] = {
		{ "", "" }, { "   ", "" }, { "a", "{a}" },
		{ " a  b ", "{a}{b}" }, { "a\tb", "{a\tb}" },
		{ "\"a b\" c", "{a b}{c}" }, { "'a b'c d", "{a bc}{d}" },
		{ "a \"\" b", "{a}{}{b}" }, { "\"", "{}" },
		{ "a\\ b c", "{a b}{c}" }, { "a\\", "{a\\}" },
		{ "\"a \\\" b\"", "{a \" b}" },
		{ "(a b) [c d] {e f}", "{(a b)}{[c d]}{{e f}}" },
		{ "a,b:c=d", "{a,b:c=d}" },
		{ "a!!b !! !!!", "{a!!b}{!!}{!!!}" },
		{ "sh -c 'echo \"x y\"'", "{sh}{-c}{echo \"x y\"}" },
	};
	char got[200], **argv;
	size_t i, k, n;

	for (i = 0; i < sizeof commands / sizeof *commands; i++) {
		argv = spec_split(commands[i].in);
		*got = '\0';
		for (k = n = 0; argv != NULL && argv[k] != NULL; k++)
			n += (size_t)snprintf(got + n, sizeof got - n,
			    "{%s}", argv[k]);
		is(got, commands[i].want, commands[i].in);
		free(argv);
	}
}

/* A character n times between before and after, to be freed. */
static char *
many(const char *before, const char *unit, size_t n, const char *after)
{
	char *word = malloc(strlen(before) + strlen(unit) * n +
	    strlen(after) + 1), *w = word;

	w += strlen(strcpy(w, before));
	while (n-- > 0)
		w += strlen(strcpy(w, unit));
	strcpy(w, after);
	return word;
}

static void
long_word(const char *before, const char *unit, const char *after,
    size_t nparam, size_t nopt, size_t longest)
{
	char *word = many(before, unit, 100000, after);
	struct spec *s;
	size_t i, len = 0;

	ok(spec_parse(word, &s) == 0, "100,000 times %s", unit);
	if (s == NULL)
		return;
	ok(s->nparam == nparam && s->nopt == nopt,
	    "... %zu parameters and %zu options", s->nparam, s->nopt);
	for (i = 0; i < s->nparam; i++)
		if (strlen(s->param[i].text) > len)
			len = strlen(s->param[i].text);
	ok(len == longest, "... the longest of %zu", len);
	spec_free(s);
	free(word);
}

static void
test_long(void)
{
	char *word, **argv;
	struct spec *s;
	size_t i;

	long_word("X:", "a", "", 1, 0, 100000);
	long_word("", "a", ":b", 1, 0, 1);
	long_word("X", ":", "", 100000, 0, 0);
	long_word("X:a", ",", "", 1, 0, 1);
	long_word("X:a", ",b", "", 1, 100000, 1);
	long_word("X:a", ",=", "", 1, 100000, 1);
	long_word("X:", "\\", "", 1, 0, 50000);
	long_word("X:", "\\:", "", 1, 0, 100000);
	long_word("X:", "''", "", 1, 0, 0);
	long_word("1", "0", "", 1, 0, 100001);
	long_word("X:", "(", ":a,b", 1, 0, 100004);
	long_word("X:", "[]", ":a,b", 2, 1, 200000);

	/* brackets nest as deep as 64; beyond that they are plain */
	word = many("X:", "(", 64, "");
	word = strcat(realloc(word, 300), ",:");
	ok(spec_parse(word, &s) == 0 && s->nparam == 1 && s->nopt == 0,
	    "64 open brackets hide a comma");
	spec_free(s);
	free(word);

	word = many("", "a ", 50000, "");
	argv = spec_split(word);
	for (i = 0; argv != NULL && argv[i] != NULL; i++)
		;
	ok(i == 50000, "a command of 50,000 words has %zu", i);
	free(argv);
	free(word);
}

int
main(void)
{
	test_words();
	test_columns();
	test_refused();
	test_split();
	test_long();
	return done();
}
