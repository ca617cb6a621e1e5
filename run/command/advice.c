/* run/command/advice.c: what may have been meant by a wrong command line. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "advice.h"

/* A line that grows; full: it did not fit. */
struct line {
	char *buf;
	size_t len;
	bool full;
};

static void
add(struct line *l, const char *text)
{
	size_t n = strlen(text);

	l->full |= n >= ADVICE_MAX - l->len;
	if (l->full)
		return;
	memcpy(l->buf + l->len, text, n + 1);
	l->len += n;
}

/* A word as a shell takes it. */
static void
add_word(struct line *l, const char *word)
{
	bool plain = *word != '\0' && word[strspn(word,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "@%_+=:,./-")] == '\0';

	add(l, " ");
	if (!plain && strchr(word, '\'') != NULL)
		l->full = true;
	add(l, plain ? "" : "'");
	add(l, word);
	add(l, plain ? "" : "'");
}

/* Whether text begins with an address's type; so "-" does. */
static bool
is_address(const char *text)
{
	char name[40];
	size_t n = strcspn(text, ":, \t\n");

	if (n == 0 || n >= sizeof name)
		return false;
	memcpy(name, text, n);
	name[n] = '\0';
	return family_find(name) != NULL;
}

/* A program's words may be anything; no address is looked for in them. */
static bool
is_command(const char *text)
{
	char name[40];
	size_t n = strcspn(text, ":");
	const struct family *f;

	if (n >= sizeof name)
		return false;
	memcpy(name, text, n);
	name[n] = '\0';
	f = family_find(name);
	return f != NULL && f->max == PARAM_TEXT;
}

bool
advise_comma(char *const words[], int n, int *at, char *buf)
{
	size_t len;
	int i;

	for (i = 0; i + 1 < n; i++) {
		len = strlen(words[i]);
		if (len == 0 || (words[i][len - 1] != ',' &&
		    words[i + 1][0] != ','))
			continue;
		*at = i;
		snprintf(buf, ADVICE_MAX, "a blank %s the comma makes two "
		    "words; did you mean \"%.120s%.60s\"?",
		    words[i][len - 1] == ',' ? "after" : "before", words[i],
		    words[i + 1]);
		return true;
	}
	return false;
}

/* "TCP-LISTEN:1 TCP:h:1" in one pair of quotes. */
static bool
two_in_one(char *const words[], int n, char *buf)
{
	struct line l = { buf, 0, false };
	const char *blank;
	int i;

	for (i = 0; i < n; i++) {
		blank = strpbrk(words[i], " \t\n");
		if (blank == NULL || is_command(words[i]))
			continue;
		blank += strspn(blank, " \t\n");
		if (!is_address(blank) && *blank != '/' && *blank != '.')
			continue;
		add(&l, "two addresses in one word; without quotes around "
		    "both:");
		if (n == 1) {
			add(&l, " relay ");
			add(&l, words[i]);
		}
		if (l.full || n > 1)
			snprintf(buf, ADVICE_MAX, "two addresses in one word: "
			    "leave out the quotes around both");
		return true;
	}
	return false;
}

/* "TCP-LISTEN 80 TCP h 80", and options as words. */
static bool
words_apart(char *const words[], int n, char *buf)
{
	const struct family *f;
	char name[40];
	int i;

	for (i = 0; i < n; i++) {
		f = family_find(words[i]);
		if (f != NULL && family_here(f) && f->min > 0 && i + 1 < n) {
			snprintf(buf, ADVICE_MAX, "a colon, and no blank, "
			    "stands before a parameter: %.60s:%.100s",
			    words[i], words[i + 1]);
			return true;
		}
		snprintf(name, sizeof name, "%.*s",
		    (int)strcspn(words[i], "="), words[i]);
		if (i == 0 || is_address(words[i]) || opt_find(name) == NULL)
			continue;
		snprintf(buf, ADVICE_MAX, "\"%s\" is an option of an address "
		    "and follows it after a comma: %.100s,%.100s", name,
		    words[i - 1], words[i]);
		return true;
	}
	return false;
}

bool
advise_count(char *const words[], int n, char *buf)
{
	struct line l = { buf, 0, false };
	int at;

	if (advise_comma(words, n, &at, buf) || two_in_one(words, n, buf) ||
	    words_apart(words, n, buf))
		return true;
	if (n == 0) {
		add(&l, "two addresses say what to join, as in: relay "
		    "TCP-LISTEN:8080,fork TCP:localhost:80");
		return true;
	}
	if (n == 1) {
		add(&l, "one address, and none to join it with; for this "
		    "terminal: relay");
		add_word(&l, words[0]);
		add(&l, " STDIO");
		if (l.full)
			snprintf(buf, ADVICE_MAX, "one address, and none to "
			    "join it with; STDIO is this terminal");
		return true;
	}
	if (n % 2 == 0)
		return false;
	snprintf(buf, ADVICE_MAX, "addresses come in pairs, and the last, "
	    "\"%.120s\", has no partner", words[n - 1]);
	return true;
}

bool
advise_order(char *const words[], int n, int (*width)(const char *),
    char *buf)
{
	struct line l = { buf, 0, false };
	int i, k, pass;

	add(&l, "options go before the addresses: relay");
	/* The flags with their values, then the other words. */
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < n; i += k) {
			k = width(words[i]);
			if ((k > 0) == (pass == 0))
				add_word(&l, words[i]);
			if (k == 2 && pass == 0 && i + 1 < n)
				add_word(&l, words[i + 1]);
			k = k == 0 ? 1 : k;
		}
	if (l.full)
		snprintf(buf, ADVICE_MAX, "options go before the addresses");
	return true;
}

/* What other programs call such things. */
static const struct {
	const char *typed, *meant;
} synonyms[] = {
	{ "--", "leave it out; the first word without a dash ends the "
	    "options" },
	{ "--debug", "did you mean -d -d -d -d?" },
	{ "--listen", "to listen is an address: TCP-LISTEN:PORT" },
	{ "--log-file", "did you mean -lf FILE?" },
	{ "--logfile", "did you mean -lf FILE?" },
	{ "--port", "a port is part of an address: TCP-LISTEN:PORT" },
	{ "--quiet", "did you mean -d0?" },
	{ "--timeout", "did you mean -T SECONDS?" },
	{ "--verbose", "did you mean -d -d?" },
	{ "-c", "a program is an address: EXEC:COMMAND" },
	{ "-e", "a program is an address: EXEC:COMMAND" },
	{ "-k", "to serve many is an option of the listener: "
	    "TCP-LISTEN:PORT,fork" },
	{ "-l", "to listen is an address: TCP-LISTEN:PORT" },
	{ "-p", "a port is part of an address: TCP-LISTEN:PORT" },
	{ "-w", "did you mean -T SECONDS?" },
	{ "-z", "did you mean --probe?" },
};

bool
advise_flag(const char *arg, char *buf)
{
	char name[40];
	size_t i, n = strcspn(arg, "=");

	if (strpbrk(arg, " \t\n") != NULL) {
		snprintf(buf, ADVICE_MAX, "there are blanks in it: leave out "
		    "the quotes around several words");
		return true;
	}
	if (n >= sizeof name)
		return false;
	memcpy(name, arg, n);
	name[n] = '\0';
	for (i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
		if (strcmp(name, synonyms[i].typed) == 0) {
			snprintf(buf, ADVICE_MAX, "%s", synonyms[i].meant);
			return true;
		}
	if (strncmp(name, "--", 2) != 0 || opt_find(name + 2) == NULL)
		return false;
	snprintf(buf, ADVICE_MAX, "%s is an option of an address and follows "
	    "it after a comma, as in TCP-LISTEN:8080,fork", name + 2);
	return true;
}
