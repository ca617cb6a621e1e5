/*
 * engine.h: a Docker Engine as a source of wanted links
 *
 * It has no loop of its own: whoever polls asks for the descriptors and the
 * time to wait, and calls engine_work when either is due. The wanted set
 * stays as it was while the engine cannot be reached.
 */

#ifndef ENGINE_H
#define ENGINE_H

#include <poll.h>
#include <stddef.h>

#define ENGINE_FDS 5		/* the most that engine_fds will fill */

struct engine;

struct engine_conf {
	const char *host;	/* unix:///path, tcp://host:port or NULL:
				   $DOCKER_HOST, else the usual socket */
	const char **names;	/* names, ids or prefixes of ids */
	size_t nnames;
	const char *network;	/* by name or id, or NULL for any */
	/* one line for the log; level is one of E W N I D */
	void (*say)(int level, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
};

/* One exposed port of one container that was asked for. */
struct want {
	char proto;		/* 't' or 'u' */
	unsigned port;
	char host[64];		/* numeric, IPv6 without brackets; may be
				   "" while the container is down */
	char name[128];		/* as it was asked for */
	int up;			/* 0: known, but do not connect now */
};

struct engine *engine_new(const struct engine_conf *, char *err,
    size_t errsize);
void engine_free(struct engine *);
int engine_fds(struct engine *, struct pollfd *, int max);
int engine_timeout(struct engine *, long long now_ms);
int engine_work(struct engine *, const struct pollfd *, int n,
    long long now_ms);
const struct want *engine_wanted(struct engine *, size_t *n);
int engine_told(const struct engine *);
int engine_synced(struct engine *);
/* Where it is, as configured. */
const char *engine_place(const struct engine *);
/* Which engine it is and why it cannot be spoken to now, or NULL. */
const char *engine_away(const struct engine *);
/*
 * The words of the i-th name that was asked for, and what is wrong with that
 * container, or NULL; false if there is no i-th.
 */
int engine_trouble(const struct engine *, size_t i, const char **name,
    const char **trouble);

#endif
