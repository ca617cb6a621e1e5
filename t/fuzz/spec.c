/* spec.c: any word as an address of any family: no column leaves the text */

#include "fuzz.h"
#include "../../spec.c"
#include "../../addr/addr.h"
#include "../../run/command/help.h"

static struct config config = {
	.name = "fuzz", .env_prefix = "SOCAT", .half_close = 500,
	.direction = 'b', .explain = true,
};

/*
 * The input is a word, and after a NUL up to four bytes that choose: the
 * family that the word is given to as parameters and options, the option
 * that it is given to as a value, the config and the direction.
 */
struct choice {
	size_t family, opt;
	bool no_groups, sloppy, as_socat;
	int direction;
};

static bool
inside(const struct spec *s, const char *p)
{
	return p >= s->heap && p < s->heap + 2 * strlen(s->text) + 16;
}

/* A part that was typed without anything special stands at its column. */
static void
part_check(const struct spec *s, const struct spec_part *part, bool plain)
{
	must(part->text != NULL && inside(s, part->text));
	must(inside(s, part->text + strlen(part->text)));
	must(part->col <= strlen(s->text));
	if (plain)
		must(strncmp(s->text + part->col, part->text,
		    strlen(part->text)) == 0);
}

static void
parts_check(const struct spec *s, bool plain)
{
	size_t i, col = s->type.col;

	part_check(s, &s->type, plain && !s->bare);
	for (i = 0; i < s->nparam; i++) {
		part_check(s, &s->param[i], plain);
		must(s->param[i].col > col || (i == 0 && s->bare));
		col = s->param[i].col;
	}
	for (i = 0; i < s->nopt; i++) {
		part_check(s, &s->opt[i].name, plain);
		must(s->opt[i].name.col > col);
		col = s->opt[i].name.col;
		if (s->opt[i].value.text == NULL)
			continue;
		part_check(s, &s->opt[i].value, plain);
		must(s->opt[i].value.col > col);
		must(s->text[s->opt[i].value.col - 1] == '=');
	}
}

/* What an error leaves: words, and a place in the word if any. */
static void
fault_check(const char *text)
{
	must(last_error.words[0] != '\0' && strlen(last_error.words) <
	    sizeof last_error.words);
	must(strlen(last_error.hint) < sizeof last_error.hint);
	must(last_error.text == NULL || last_error.text == text);
	if (last_error.text != NULL)
		must(last_error.col <= strlen(text));
	error_print(0);
}

static void
word_check(const char *text)
{
	bool plain = strpbrk(text, "\\\"'([{") == NULL;
	struct spec *s;
	size_t col;

	error_set("nothing");
	if (spec_parse(text, &s) == -1) {
		must(s == NULL);
		fault_check(text);
		return;
	}
	must(s->text == text);
	must(s->other == NULL || s->other->other == NULL);
	parts_check(s, plain);
	if (s->other != NULL) {
		must(s->other->text == text);
		col = s->other->type.col;
		must(col >= 2 && strncmp(text + col - 2, "!!", 2) == 0);
		parts_check(s->other, plain);
	}
	spec_free(s);
}

/* Copies text so that backslashes keep all of it from being special. */
static char *
escape(const char *before, const char *text)
{
	char *new = malloc(strlen(before) + 2 * strlen(text) + 1), *w = new;

	must(new != NULL);
	w += strlen(strcpy(w, before));
	for (; *text != '\0'; text++) {
		if (!isalnum((unsigned char)*text))
			*w++ = '\\';
		*w++ = *text;
	}
	*w = '\0';
	return new;
}

/* What was escaped comes back as it was: from a word, and from a command. */
static void
escape_check(const char *text)
{
	char *word = escape("X:", text), *command = escape("", text), **argv;
	struct spec *s;

	must(spec_parse(word, &s) == 0 && s != NULL);
	must(strcmp(s->type.text, "X") == 0 && s->nparam == 1);
	must(strcmp(s->param[0].text, text) == 0);
	must(s->nopt == 0 && s->other == NULL && !s->unclosed);
	spec_free(s);
	argv = spec_split(command);
	must(argv != NULL);
	if (*text == '\0')
		must(argv[0] == NULL);
	else
		must(strcmp(argv[0], text) == 0 && argv[1] == NULL);
	free(argv);
	free(word);
	free(command);
}

static void
split_check(const char *command)
{
	char **argv = spec_split(command);
	size_t i, len = strlen(command), total = 0;

	must(argv != NULL);
	for (i = 0; argv[i] != NULL; i++)
		total += strlen(argv[i]) + 1;
	must(total <= len + 1 && i <= len);
	must(i > 0 || strspn(command, " ") == len);
	free(argv);
}

static void
addr_check(const char *text, const struct choice *c)
{
	struct addr *a;
	size_t i;

	error_set("nothing");
	if (addr_parse(&config, text, SIDE_LEFT, &a) == -1) {
		must(a == NULL);
		fault_check(text);
		return;
	}
	must(a->family != NULL && a->lfd == -1);
	must(a->nparam >= (size_t)a->family->min &&
	    a->nparam <= (size_t)a->family->max);
	must(a->nopt <= a->spec->nopt);
	must(c->sloppy || a->nopt == a->spec->nopt);
	for (i = 0; i < a->nopt; i++)
		must(a->opt[i].opt != NULL && a->opt[i].at != NULL);
	explain_print(a, "A");
	addr_free(a);
}

/* "before" and text as one word, on the heap to its last byte. */
static void
joined_check(const char *before, const char *text, const struct choice *c)
{
	size_t n = strlen(before), len = strlen(text);
	char *word = malloc(n + len + 1);

	must(word != NULL);
	memcpy(word, before, n);
	memcpy(word + n, text, len + 1);
	addr_check(word, c);
	free(word);
}

static void
choose(struct choice *c, const uint8_t *p, size_t n)
{
	uint8_t flags = n > 3 ? p[3] : 0;
	size_t families = 0, opts = 0;

	while (family_nth(families) != NULL)
		families++;
	while (opt_nth(opts) != NULL)
		opts++;
	c->family = (n > 0 ? p[0] : 0) % families;
	c->opt = ((n > 1 ? p[1] : 0) | (n > 2 ? p[2] : 0) << 8) % opts;
	c->no_groups = flags & 1;
	c->sloppy = flags & 2;
	c->as_socat = flags & 4;
	c->direction = flags & 8 ? 'U' : flags & 16 ? 'u' : 'b';
}

/* Output is made, and goes nowhere. */
static void
begin(void)
{
	static bool begun;

	if (begun)
		return;
	begun = true;
	must(log_file("/dev/null") == 0);
	must(freopen("/dev/null", "w", stdout) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *nul = memchr(data, '\0', n);
	size_t len = nul == NULL ? n : (size_t)(nul - data);
	char *text = malloc(len + 1), before[100];
	struct choice c;

	begin();
	must(text != NULL);
	memcpy(text, data, len);
	text[len] = '\0';
	choose(&c, nul == NULL ? NULL : nul + 1,
	    nul == NULL ? 0 : n - len - 1);
	config.no_groups = config.sloppy = config.as_socat = false;
	word_check(text);
	escape_check(text);
	split_check(text);
	config.no_groups = c.no_groups;
	config.sloppy = c.sloppy;
	config.as_socat = c.as_socat;
	config.direction = c.direction;
	addr_check(text, &c);
	if (nul != NULL) {
		snprintf(before, sizeof before, "%s:",
		    family_nth(c.family)->name);
		joined_check(before, text, &c);
		snprintf(before, sizeof before, "STDIO,%s=",
		    opt_nth(c.opt)->name);
		config.no_groups = true;
		joined_check(before, text, &c);
	}
	free(text);
	return 0;
}
