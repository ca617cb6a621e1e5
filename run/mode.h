/* run/mode.h: what the words of the command line amount to. */
#ifndef RUN_MODE_H
#define RUN_MODE_H

#include "super.h"

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
/* grand-ambassador's own flags, as Go's flag package takes them. */
int mode_grand(struct mode *, int argc, char *argv[], char *names[], int *n);

#endif
