/*
 * addr/family/readline.c: READLINE, the terminal with lines that can be
 * edited.
 *
 * Until a key is typed what comes from the other side is written as it is,
 * and what of it stands in the last line is the prompt.  With the first key
 * the editor takes that line over.  Where there is no editor the terminal's
 * own lines are read.
 */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/editor.h"
#include "../../lib/os/tty.h"
#include "../addr.h"

#define PROMPT_MAX	256

/* What the terminal does with a line. */
enum mode { LINES, HIDDEN, KEYS };

struct readline {
	const struct editor *editor;	/* NULL: there is none */
	struct pattern *noecho;	/* prompts; NULL: none */
	const char *prompt;	/* NULL: what stands there */
	int history;		/* file, or -1 */
	bool terminal;		/* it is one */
	enum mode mode;
	bool editing;
	struct termios own;	/* settings, but for the mode */
	struct said {		/* what stands in the last line */
		char text[PROMPT_MAX];
		size_t len;
	} said;
	char *line;		/* to be read, malloc'd, or NULL */
	size_t off, len;
};

/* --- the terminal --------------------------------------------------------- */

static void
mode_set(struct readline *s, enum mode mode)
{
	struct termios t = s->own;

	s->mode = mode;
	if (!s->terminal)
		return;
	if (mode != LINES)
		t.c_lflag &= ~(tcflag_t)ECHO;
	if (mode == KEYS) {
		t.c_lflag &= ~(tcflag_t)(ICANON | IEXTEN);
		t.c_cc[VMIN] = 1;
		t.c_cc[VTIME] = 0;
	}
	tty_set(STDIN_FILENO, &t);
}

/* Whether what is typed after this is not to be seen. */
static bool
hides(const struct readline *s, const struct said *said)
{
	return s->noecho != NULL && pattern_matches(s->noecho, said->text);
}

/* Between lines: what is to come next is to be seen, or not. */
static void
mode_choose(struct readline *s)
{
	enum mode mode = hides(s, &s->said) ? HIDDEN :
	    s->editor != NULL ? KEYS : LINES;

	if (mode != s->mode)
		mode_set(s, mode);
}

/* Notes what stands in the last line; what is too long for a prompt is cut. */
static void
said_note(struct said *said, const char *text, size_t len)
{
	for (; len > 0; text++, len--)
		if (*text == '\n' || *text == '\r')
			said->len = 0;
		else if (said->len < sizeof said->text - 1 && *text != '\0')
			said->text[said->len++] = *text;
	said->text[said->len] = '\0';
}

/* For the editor, which is to know of colours that they have no width. */
static void
prompt_make(const struct readline *s, char *p)
{
	const char *from = s->prompt != NULL ? s->prompt : s->said.text;
	bool hidden = false;

	for (; *from != '\0'; from++) {
		if (*from == '\033' && !hidden) {
			hidden = true;
			*p++ = '\001';
		}
		*p++ = *from;
		if (hidden && ((*from >= 'a' && *from <= 'z') ||
		    (*from >= 'A' && *from <= 'Z') || *from == '\a')) {
			hidden = false;
			*p++ = '\002';
		}
	}
	*p = '\0';
}

/* --- lines ---------------------------------------------------------------- */

static void
line_remember(struct readline *s, const char *line)
{
	if (*line == '\0')
		return;
	s->editor->remember(line);
	if (s->history != -1 && dprintf(s->history, "%s\n", line) == -1)
		log_warn("history: write(%d): %s", s->history,
		    strerror(errno));
}

/* Takes a line over, with a line end if it has one. */
static void
line_take(struct readline *s, char *line, bool ended)
{
	s->editing = false;
	said_note(&s->said, "\n", 1);
	s->off = 0;
	s->len = strlen(line);
	s->line = line;
	if (ended) {
		line_remember(s, line);
		line[s->len++] = '\n';	/* in place of the NUL */
	}
	mode_choose(s);
	mode_set(s, s->mode);	/* the editor has its own */
}

static ssize_t
line_give(struct readline *s, void *buf, size_t size)
{
	size_t n = s->len - s->off;

	if (n > size)
		n = size;
	memcpy(buf, s->line + s->off, n);
	s->off += n;
	if (s->off == s->len) {
		free(s->line);
		s->line = NULL;
	}
	return (ssize_t)n;
}

/* A line of the terminal's own; what follows is visible again. */
static ssize_t
plain_read(struct readline *s, struct end *e, void *buf, size_t size)
{
	ssize_t n = end_given_ops.read(e, buf, size);

	if (n > 0 && ((char *)buf)[n - 1] == '\n') {
		said_note(&s->said, "\n", 1);
		mode_choose(s);
	}
	return n;
}

/* A prompt that is not that of the other side takes its place. */
static void
editing_begin(struct readline *s)
{
	char prompt[3 * PROMPT_MAX];

	if (s->prompt != NULL && s->said.len > 0)
		dprintf(STDOUT_FILENO, "\r%*s", (int)s->said.len, "");
	prompt_make(s, prompt);
	s->editor->begin(prompt);
	s->editing = true;
}

/* What comes next, a shell's prompt say, begins a line. */
static void
editing_leave(struct readline *s)
{
	if (!s->editing)
		return;
	free(s->editor->stop());
	(void)!write(STDOUT_FILENO, "\n", 1);
	s->editing = false;
}

static ssize_t
readline_read(struct end *e, void *buf, size_t size)
{
	struct readline *s = e->state;
	char *line;

	if (s->line != NULL)
		return line_give(s, buf, size);
	if (s->mode != KEYS)
		return plain_read(s, e, buf, size);
	if (!s->editing)
		editing_begin(s);
	switch (s->editor->key(&line)) {
	case EDITED_LINE:
		line_take(s, line, true);
		return line_give(s, buf, size);
	case EDITED_END:
		editing_leave(s);
		return 0;
	case EDITED_MORE:
		break;
	}
	errno = EAGAIN;
	return -1;
}

/* What the other side says now asks for what is not to be seen. */
static void
editing_end(struct readline *s)
{
	char *typed = s->editor->stop();

	s->editing = false;
	mode_set(s, HIDDEN);
	if (typed == NULL || *typed == '\0') {
		free(typed);
		return;
	}
	s->line = typed;
	s->off = 0;
	s->len = strlen(typed);
}

/*
 * Who reads a question types: what is not to be seen then is hidden before
 * the question stands there.
 */
static void
hide_first(struct readline *s, const void *buf, size_t size)
{
	struct said next = s->said;

	said_note(&next, buf, size);
	if (!hides(s, &next))
		return;
	if (s->editing)
		editing_end(s);
	else if (s->mode != HIDDEN)
		mode_set(s, HIDDEN);
}

static ssize_t
readline_write(struct end *e, const void *buf, size_t size)
{
	struct readline *s = e->state;
	char prompt[3 * PROMPT_MAX];
	ssize_t n;

	if (s->editing)
		s->editor->hide();
	hide_first(s, buf, size);
	n = end_given_ops.write(e, buf, size);
	if (n > 0)
		said_note(&s->said, buf, (size_t)n);
	if (!s->editing)
		mode_choose(s);
	else {
		prompt_make(s, prompt);
		s->editor->show(prompt);
	}
	return n;
}

static bool
readline_in_hand(const struct end *e)
{
	const struct readline *s = e->state;

	return s->line != NULL;
}

static void
readline_finish(struct end *e, enum ending how)
{
	(void)how;
	editing_leave(e->state);
}

static const struct end_ops readline_ops = {
	.read = readline_read, .write = readline_write,
	.half_close = end_half_close, .finish = readline_finish,
	.in_hand = readline_in_hand
};

/* --- opening -------------------------------------------------------------- */

/* The file is made if it is not there; without it there is no less to edit. */
static void
history_open(struct readline *s, const char *path)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	FILE *f;

	s->history = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (s->history == -1 || (f = fopen(path, "re")) == NULL) {
		log_warn("history file \"%s\": %s", path, strerror(errno));
		return;
	}
	while ((n = getline(&line, &size, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (*line != '\0')
			s->editor->remember(line);
	}
	free(line);
	fclose(f);
}

/* Else plain lines, which is said once. */
static void
editor_take(struct readline *s, const struct conf *c)
{
	if (!s->terminal || !isatty(STDOUT_FILENO)) {
		log_notice("no line editing: stdin and stdout are no terminal");
		return;
	}
	s->editor = editor_find();
	if (s->editor == NULL)
		log_warn("no line editing: %s", last_error.words);
	else if (c->history != NULL)
		history_open(s, c->history);
}

static int
readline_open(struct addr *a, struct end *e)
{
	const struct conf *c = &a->c;
	struct readline *s = calloc(1, sizeof *s);

	if (s == NULL)
		return error_set("out of memory");
	free(a->state);
	a->state = s;
	s->history = -1;
	s->prompt = c->noprompt > 0 ? "" : c->prompt;
	if (c->noecho != NULL) {
		s->noecho = pattern_make(c->noecho);
		if (s->noecho == NULL)
			return -1;
	}
	end_given(e, a->reads ? STDIN_FILENO : -1,
	    a->writes ? STDOUT_FILENO : -1);
	log_notice("using readline on stdin for reading and stdout for "
	    "writing");
	s->terminal = isatty(STDIN_FILENO);
	if (opt_take_fd(a, e, STDIN_FILENO) == -1)
		return -1;
	if (s->terminal && tcgetattr(STDIN_FILENO, &s->own) == -1)
		return error_set("tcgetattr(%d):", STDIN_FILENO);
	if (a->reads)
		editor_take(s, c);
	e->ops = &readline_ops;
	e->state = s;
	mode_choose(s);
	return 0;
}

static const struct family rows[] = {
	/* Without a library it is STDIO: -V says elsewhere which it is. */
	{ .name = "READLINE", .syntax = "READLINE",
	  .role = ROLE_GIVEN, .groups = G_FD | G_READLINE | G_TERMIOS,
	  .with = "STDIO", .ops = OPS(.open = readline_open) },
};

FAMILIES(readline, rows);
