/* advice.c: what is said of a wrong command line fits, or is left out */

#include "unit.h"
#include "../../addr/advice.c"
#include "../../run/command/advice.h"

static void
test_brackets(void)
{
	static const struct {
		const char *text;
		char want;
	} rows[] = {
		{ "", '\0' }, { "[::1]:80", '\0' }, { "[::1:80", '[' },
		{ "a(b{c", '{' }, { "a(b)c]", '\0' }, { "\\[", '\0' },
		{ "[[]", '[' }, { "]", '\0' }, { "\\", '\0' },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		ok(open_bracket(rows[i].text) == rows[i].want, "\"%s\"",
		    rows[i].text);
}

static void
test_variables(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "h", NULL }, { "$", NULL }, { "${", NULL },
		{ "$HOST", "$HOST" }, { "a-$HOST:80", "$HOST" },
		{ "${HOST}x", "${HOST}" }, { "${HOST", "${HOST" },
		{ "$A$B", "$A$B" },
	};
	char buf[ADVICE_MAX], want[ADVICE_MAX];
	bool said;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		buf[0] = want[0] = '\0';
		said = advise_variable(rows[i].text, buf);
		if (rows[i].want != NULL)
			snprintf(want, sizeof want, "%s was not replaced: "
			    "single quotes and lists in JSON keep it from the "
			    "shell", rows[i].want);
		ok(said == (rows[i].want != NULL), "\"%s\"", rows[i].text);
		is(buf, want, rows[i].text);
	}
}

/* Every function gets words of any length, in every place. */
static void
test_long(void)
{
	static const char *const forms[] = {
		"%s", "%s:80", "tcp://%s:80", "tcp://%s", "80:%s:80",
		"TCP:%s", "TCP:%s:x", "TCP:h:80 %s", "TCP-LISTEN:%s:80",
		"TCP-LISTEN:80:%s:80", "TCP:a:%s:b:80", "SYSTEM:%s,b",
		"TCP-LISTEN=%s", "'TCP-LISTEN:%s'", "TCP:$%s:80",
		"TCP:h:80:%s", "EXEC:x,fork,%s", "unix://%s",
	};
	char word[2200], many[2000], buf[ADVICE_MAX + 1];
	struct spec *s;
	char *words[] = { word, (char *)"TCP-LISTEN:1", word, NULL };
	size_t i, len, wrong = 0, n = 0;
	int at;

	buf[ADVICE_MAX] = '!';
	for (i = 0; i < sizeof forms / sizeof *forms; i++)
		for (len = 1; len < sizeof many; len += 7) {
			memset(many, 'a', len);
			many[len] = '\0';
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(word, sizeof word, forms[i], many);
#pragma GCC diagnostic pop
			if (spec_parse(word, &s) == -1)
				continue;
			advise_type(s, buf);
			advise_command(s, buf);
			advise_host(s, buf);
			advise_params(s, family_find("TCP"), buf);
			if (s->nparam > 1)
				advise_params(s, family_find("TCP-LISTEN"),
				    buf);
			if (s->nparam > 0)
				advise_port(s, buf);
			advise_partner(s, s, 12, buf);
			advise_value(opt_find("backlog"), many, many, buf);
			advise_count(words, 1, buf);
			advise_count(words, 3, buf);
			advise_comma(words, 3, &at, buf);
			advise_flag(word, buf);
			spec_free(s);
			n++;
			wrong += buf[ADVICE_MAX] != '!';
		}
	ok(n > 3000 && wrong == 0, "of %zu long words %zu do not fit", n,
	    wrong);
}

static int
width(const char *word)
{
	return *word != '-' ? 0 : word[1] == 'v' ? 2 : 1;
}

static void
test_order(void)
{
	char buf[ADVICE_MAX];
	char *a[] = { (char *)"A", (char *)"-v", (char *)"1", (char *)"B b",
	    (char *)"-f" };
	char *b[] = { (char *)"A", (char *)"-v" };
	char *c[] = { (char *)"it's", (char *)"-f" };

	advise_order(a, 5, width, buf);
	is(buf, "options go before the addresses: relay -v 1 -f A 'B b'",
	    "a flag takes its value along");
	advise_order(b, 2, width, buf);
	is(buf, "options go before the addresses: relay -v A",
	    "a value that is missing");
	advise_order(c, 2, width, buf);
	is(buf, "options go before the addresses",
	    "what cannot be written simply is not");
}

int
main(void)
{
	test_brackets();
	test_variables();
	test_order();
	test_long();
	return done();
}
