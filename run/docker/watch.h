/* wanted.h: the containers that are watched and the links that follow */

#ifndef WANTED_H
#define WANTED_H

#include "engine.h"
#include "inspect.h"

#define BACKOFF_MIN 100		/* milliseconds between attempts */
#define BACKOFF_MAX 5000
#define SETTLE_TIME 25		/* events come in bursts: look once */

struct watch {
	char word[NAME_SIZE];	/* as it was asked for */
	struct container c;	/* as last inspected; kept while gone */
	char host[HOST_SIZE];	/* its address that was chosen */
	char said[256];		/* the last complaint about it */
	int up;
	int answered;		/* inspected at least once, or 404 */
	int tried;		/* answered, or it failed */
	int busy;		/* being inspected */
	int stale;		/* an event came while it was */
	int backoff;
	long long look_at;	/* when to inspect; -1: no need */
	long long held_until;	/* told to stop; up counts after that */
};

struct watch_list {
	struct watch *watch;	/* ourselves, if known, then the names */
	size_t nwatch;
	struct watch *self;	/* our own container, or NULL */
	char network[NAME_SIZE];
	struct want *want;	/* sorted by port and protocol */
	size_t nwant;
	int changed;		/* since the flag was cleared */
	void (*say)(int, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
};

int watch_list_init(struct watch_list *, const struct engine_conf *, char *err,
    size_t errsize);
void watch_list_free(struct watch_list *);
void watch_list_look(struct watch_list *, long long when);
void watch_list_time(struct watch_list *, long long now);
void watch_list_event(struct watch_list *, const struct event *, long long now);
void watch_look(struct watch *, long long when);
void watch_found(struct watch_list *, struct watch *, const char *, size_t,
    long long now);
void watch_missing(struct watch_list *, struct watch *);
void watch_failed(struct watch_list *, struct watch *, const char *why,
    long long now);
/* Why it cannot be linked to now, or NULL. */
const char *watch_trouble(const struct watch *);
int backoff_grow(int *ms);

#endif
