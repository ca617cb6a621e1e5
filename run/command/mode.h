/* run/command/mode.h: what the words of the command line amount to. */
#ifndef RUN_MODE_H
#define RUN_MODE_H

#include "../link/set.h"

struct mode {
	char source;		/* 'p'airs, 'l'inks of the environment,
				 * 'd'ocker, 'h'ost and port */
	const char *patterns;	/* --links= */
	const char *docker_host, *network;
	struct link_opts opts;
	bool probe, explain, drains;
	msec drain_ms, hold_ms, exit_idle_ms, half_close_ms;
	int ready_fd;
	const char *lock, *waitlock;
	const char **given;	/* the names of the flags, as they came */
	size_t ngiven;
};

/* Does it; the exit status.  words are addresses, names, host and port. */
int mode_run(const struct mode *, char *words[], int n);
/*
 * Takes arg, which begins with "-", if it is one of grand-ambassador's own
 * flags; next is the word after it, or NULL.  How many of the two it was, 0
 * if it is none; -1 with words in last_error.  *flag is its name, *name the
 * container that it names, or NULL.
 */
int docker_flag(struct mode *, const char *arg, const char *next,
    const char **name, const char **flag);

#endif
