/* relay.h: the vocabulary that all rooms share: spec, config. */
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

/* Where the links come from; sums of these say with which a flag goes. */
enum source {
	FROM_PAIRS = 1,		/* pairs of addresses */
	FROM_ENVIRONMENT = 2,	/* --links */
	FROM_DOCKER = 4,	/* --docker */
	FROM_HOST_PORT = 8	/* ambassador HOST PORT */
};

struct flag;

/*
 * The command line, read: run/command/flags.c has the flags.  Written while
 * it is read, and by nobody afterwards.
 */
struct config {
	/* who relay is */
	const char *name;	/* in log lines: socat, relay or -lp */
	const char *env_prefix;	/* of SOCAT_PEERADDR and so on */
	bool as_socat;		/* called as socat: nothing beyond it */
	/* what is printed instead of being done */
	int help;		/* -h 1, -hh 2, -hhh 3 */
	bool version;		/* -V */
	bool explain;		/* nothing is opened or looked up */
	bool probe;
	/* the log */
	unsigned verbosity;	/* how many -d */
	const char *log_file;	/* -lf */
	/* the links */
	enum source source;
	char **words;		/* that are no flags: addresses, containers */
	int nwords;
	const char *patterns;	/* --links= */
	const char *docker_host, *network;
	const char *listen_opts, *connect_opts;	/* of what is no pair */
	bool listen_tls, connect_tls;	/* ... and whether by TLS */
	int link_ipv;		/* -4, -6: listen there only; else 0 */
	msec link_half_close;	/* --half-close; -1: no limit */
	msec hold;		/* clients of a stopped container wait */
	/* serving */
	bool drains;		/* --drain: TERM lets finish what runs */
	msec drain;		/* ... within this time */
	msec exit_idle;		/* end without connections for so long; 0 */
	int ready_fd;		/* gets a newline once listening; or -1 */
	const char *lock, *waitlock;	/* -L, -W */
	/* addresses */
	int ipv, listen_ipv;	/* preferred IP version: 4, 6 or 0 */
	bool no_groups;		/* -g */
	bool sloppy;		/* -s */
	/* seconds to stand still, for who is to attach a debugger */
	unsigned main_wait, transfer_wait, fork_wait;
	/* the transfer */
	bool show_fds;		/* -D */
	bool text_dump, hex_dump;	/* -v, -x */
	const char *raw_left, *raw_right;	/* -r, -R */
	size_t block;		/* -b; 0 when not given */
	msec half_close;	/* -t; -1: until the other side ends */
	msec idle;		/* -T; 0: none */
	int direction;		/* 'b' both, 'u' left to right, 'U' reverse */
	bool statistics;
	/* which flags were given, in their order */
	const struct flag **given;
	size_t ngiven;
};

#endif
