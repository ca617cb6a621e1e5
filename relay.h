/* relay.h: the vocabulary that all rooms share: spec, settings. */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/clock.h"

/* The version whose behaviour is the reference, and our own. */
#define SOCAT_VERSION	"1.8.1.1"
#define RELAY_VERSION	"0.1"


/*
 * One word of the command line, split.  Pure syntax: which types and
 * options exist is not known here.  Every part has the column (offset in
 * text, from 0) at which it began, so that an error can point at it.
 */
struct spec_part {
	char *text;		/* unquoted, NUL-terminated; NULL if absent */
	size_t col;
};

struct spec_opt {
	struct spec_part name;
	struct spec_part value;	/* value.text is NULL without "=" */
};

struct spec {
	const char *text;	/* as typed; belongs to the caller */
	struct spec_part type;
	struct spec_part *param;
	size_t nparam;
	struct spec_opt *opt;
	size_t nopt;
	struct spec *other;	/* writing half of A!!B, or NULL */
	char *heap;		/* the parts' characters */
	bool bare;		/* the type was not typed: a path or a number */
	bool unclosed;		/* a quote was still open at the end */
};

/* Splits text; see spec.c for the grammar. */
int spec_parse(const char *text, struct spec **out);
void spec_free(struct spec *);
/*
 * Splits a command line into argv as EXEC does; argv and its strings are
 * one allocation, to be freed by the caller.
 */
char **spec_split(const char *command);

/* What the command line said; times in milliseconds. */
struct settings {
	const char *name;	/* in log lines: socat, relay or -lp */
	const char *env_prefix;	/* of SOCAT_PEERADDR and so on */
	bool as_socat;		/* called as socat: nothing beyond it */
	int ipv, listen_ipv;	/* preferred IP version: 4, 6 or 0 */
	bool explaining;	/* nothing is opened or looked up */
	bool no_groups;		/* -g */
	bool sloppy;		/* -s */
	bool show_fds;		/* -D */
	bool text_dump, hex_dump;	/* -v, -x */
	const char *raw_left, *raw_right;	/* -r, -R */
	size_t block;		/* -b; 0 when not given */
	msec half_close;	/* -t; -1: until the other side ends */
	msec idle;		/* -T; 0: none */
	int direction;		/* 'b' both, 'u' left to right, 'U' reverse */
	bool statistics;
	const char *link;	/* ambassador: whose target is refused */
	const struct target *target;	/* one that moves; run/target.h */
};

extern struct settings settings;

/* What this process is; all zero but in a child. */
struct self {
	pid_t listener;		/* whose child this is, or 0 */
	bool leaving;		/* exits next: descriptors need no close */
	bool programs;		/* children of ours were run */
	bool pooled;		/* serves one client after another */
};

extern struct self self;

#endif
