/*
 * lib/os/editor.c: libreadline and libedit, by their common interface, and
 * the C library's patterns.
 */

#include <sys/ioctl.h>

#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../error.h"
#include "editor.h"
#include "library.h"

#define CTRL_D	4

/* Of the library; its functions that only libreadline has may be NULL. */
static struct {
	void (*initialize)(void), (*using_history)(void);
	void (*install)(const char *, void (*)(char *)), (*remove)(void);
	void (*read_char)(void), (*redisplay)(void), (*add)(const char *);
	int (*set_prompt)(const char *);
	void (*clear)(void), (*set_echoing)(int);
	void (*resize)(void);
	int *catch_signals;
	int *end;
	char **buffer;
	void (**prep)(int), (**deprep)(void);
	int (**getc)(FILE *);
} lib;

/* What the library's handler was called with, if a line is over. */
static struct {
	bool over;
	char *line;
	int key;		/* of libedit, or EOF */
	unsigned short columns;	/* of the terminal */
} last;

/* The modes of the terminal are the caller's. */
static void
no_prep(int meta)
{
	(void)meta;
	if (lib.set_echoing != NULL)
		lib.set_echoing(1);
}

static void
no_deprep(void)
{
}

static void
line_over(char *line)
{
	lib.remove();
	last.over = true;
	last.line = line;
}

static bool
is_libedit(void)
{
	return lib.clear == NULL;
}

/* Of libedit alone. */
static int
key_get(FILE *f)
{
	unsigned char c;

	return last.key = read(fileno(f), &c, 1) == 1 ? c : EOF;
}

/*
 * libedit calls no handler at the end of what is typed: it leaves a line of
 * that one character.
 */
static void
read_char(void)
{
	const char *text;

	lib.read_char();
	text = *lib.buffer;
	if (is_libedit() && !last.over && (last.key == EOF ||
	    (last.key == CTRL_D && *lib.end == 1 && *text == CTRL_D)))
		last.over = true;
}

static void
begin(const char *prompt)
{
	/* The prompt may stand there already. */
	fputs("\r", stdout);
	fflush(stdout);
	last.over = false;
	last.line = NULL;
	lib.install(prompt, line_over);
}

/* Terminals change their size between keys. */
static void
size_look(void)
{
	struct winsize now;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) == -1)
		return;
	if (now.ws_col != last.columns && last.columns != 0)
		lib.resize();
	last.columns = now.ws_col;
}

static enum edited
key(char **line)
{
	size_look();
	read_char();
	fflush(stdout);
	if (!last.over)
		return EDITED_MORE;
	*line = last.line;
	return last.line == NULL ? EDITED_END : EDITED_LINE;
}

static void
hide(void)
{
	if (!is_libedit())
		lib.clear();
	else
		fputs("\r\033[K", stdout);
	fflush(stdout);
}

static void
show(const char *prompt)
{
	fputs("\r", stdout);
	lib.set_prompt(prompt);
	lib.redisplay();
	fflush(stdout);
}

static char *
stop(void)
{
	char *text = strdup(*lib.buffer == NULL ? "" : *lib.buffer);

	lib.remove();
	return text;
}

static void
remember(const char *line)
{
	lib.add(line);
}

static const struct editor editor = {
	.begin = begin, .key = key, .hide = hide, .show = show, .stop = stop,
	.remember = remember
};

int
editor_there(void)
{
	static const struct library_symbol symbols[] = {
		{ .name = "rl_initialize", .where = &lib.initialize },
		{ .name = "using_history", .where = &lib.using_history },
		{ .name = "rl_callback_handler_install",
		  .where = &lib.install },
		{ .name = "rl_callback_handler_remove", .where = &lib.remove },
		{ .name = "rl_callback_read_char", .where = &lib.read_char },
		{ .name = "rl_forced_update_display",
		  .where = &lib.redisplay },
		{ .name = "add_history", .where = &lib.add },
		{ .name = "rl_set_prompt", .where = &lib.set_prompt },
		{ .name = "rl_clear_visible_line", .where = &lib.clear,
		  .spare = true },
		{ .name = "rl_tty_set_echoing", .where = &lib.set_echoing,
		  .spare = true },
		{ .name = "rl_catch_signals", .where = &lib.catch_signals },
		{ .name = "rl_resize_terminal", .where = &lib.resize },
		{ .name = "rl_end", .where = &lib.end },
		{ .name = "rl_getc_function", .where = &lib.getc },
		{ .name = "rl_line_buffer", .where = &lib.buffer },
		{ .name = "rl_prep_term_function", .where = &lib.prep },
		{ .name = "rl_deprep_term_function", .where = &lib.deprep },
	};
	static const char *const names[] = { "libreadline.so.8",
		"libreadline.so.7", "libedit.so.2", "libedit.so.0", NULL };

	return lib.read_char != NULL ? 0 : library_open("RELAY_LIBREADLINE",
	    names, symbols, sizeof symbols / sizeof *symbols);
}

const struct editor *
editor_find(void)
{
	if (editor_there() == -1)
		return NULL;
	*lib.catch_signals = 0;
	if (is_libedit())
		*lib.getc = key_get;
	else {
		*lib.prep = no_prep;
		*lib.deprep = no_deprep;
	}
	lib.initialize();
	lib.using_history();
	return &editor;
}

struct pattern *
pattern_make(const char *text)
{
	regex_t *r = malloc(sizeof *r);
	char why[200];
	int rc;

	if (r == NULL) {
		error_set("out of memory");
		return NULL;
	}
	rc = regcomp(r, text, REG_EXTENDED | REG_NOSUB);
	if (rc == 0)
		return (struct pattern *)r;
	regerror(rc, r, why, sizeof why);
	free(r);
	error_set("pattern \"%.200s\": %s", text, why);
	return NULL;
}

int
pattern_matches(const struct pattern *p, const char *text)
{
	return regexec((const regex_t *)p, text, 0, NULL, 0) == 0;
}
