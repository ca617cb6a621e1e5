/* lib/os/editor.h: editing of lines, by a library that is found at run time. */
#ifndef LIB_OS_EDITOR_H
#define LIB_OS_EDITOR_H

#include <stddef.h>

/* What a key did. */
enum edited { EDITED_MORE, EDITED_LINE, EDITED_END };

/*
 * An editor of lines on stdin and stdout, which are one terminal, with the
 * modes that editor_raw() makes.  A process has one.
 */
struct editor {
	/* A line begins, behind a prompt. */
	void (*begin)(const char *prompt);
	/* Takes what was typed, which is waited for.  EDITED_LINE: the line
	 * is over, and the caller's, malloc'd; without its line end. */
	enum edited (*key)(char **line);
	/* Others write to the terminal between these. */
	void (*hide)(void);
	void (*show)(const char *prompt);
	/* Ends a line that is not over: what there is of it, malloc'd. */
	char *(*stop)(void);
	/* For the keys that go back to earlier lines. */
	void (*remember)(const char *line);
};

/*
 * libreadline or libedit, or the library that RELAY_LIBREADLINE names; to be
 * called while the terminal has its own modes.  NULL with words in last_error.
 */
const struct editor *editor_find(void);
/* Whether it can be found: 0, or -1 with words in last_error. */
int editor_there(void);

/* A pattern of regex(7), extended; NULL with words in last_error. */
struct pattern;
struct pattern *pattern_make(const char *text);
int pattern_matches(const struct pattern *, const char *text);

#endif
