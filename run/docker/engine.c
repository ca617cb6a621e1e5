/*
 * engine.c: a Docker Engine as a source of wanted links
 *
 * One connection listens to /events, a few more inspect containers; what
 * comes of it is decided in wanted.c. The stream is opened before anything is
 * inspected, and all is looked at once more a second later, because an engine
 * answers the request for events a moment before it keeps them for us.
 */

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/http.h"
#include "../../lib/json.h"
#include "dial.h"
#include "engine.h"
#include "inspect.h"
#include "watch.h"

/* Milliseconds. */
#define ANSWER_TIME 10000	/* for an answer to be whole */
#define SECOND_LOOK 1000	/* after the stream was opened */
#define TCP_LOOK 60000		/* a lost TCP peer is noticed by looking */

#define BODY_MAX (4U << 20)	/* an inspected container */
#define EVENT_MAX (1U << 20)
#define REFUSAL_MAX 4096

#define EVENTS "/events?filters=%7B%22type%22%3A%5B%22container%22%2C" \
	"%22network%22%5D%7D"

enum { STREAM, FIRST_SLOT, NCONN = ENGINE_FDS };

enum phase { IDLE, CONNECTING, ASKING, READING };

struct conn {
	enum phase phase;
	int fd;
	char ask[640];
	size_t nask, sent;
	struct http http;
	struct json_scan scan;	/* of the event that is coming in */
	char *buf;		/* a body, or a part of the stream */
	size_t len, cap;
	struct watch *watch;	/* whom the answer is about */
	long long deadline;	/* -1: none */
};

struct engine {
	struct dial dial;
	struct watch_list all;
	struct conn conn[NCONN];
	int open;		/* the stream is up */
	int complained;		/* that the engine is away */
	char why[600];		/* ... and which, and why */
	int backoff;
	long long now, opened_at, retry_at, relook_at;
};

static void
conn_close(struct conn *c)
{
	if (c->fd != -1)
		close(c->fd);
	free(c->buf);
	c->fd = -1;
	c->buf = NULL;
	c->len = c->cap = 0;
	c->phase = IDLE;
	c->deadline = -1;
	c->watch = NULL;
}

/* The stream has ended or could not be had: all links stay, try again. */
static void
stream_lost(struct engine *e, const char *why)
{
	if (!e->complained)
		e->all.say('W', "engine at %s: %s; trying again",
		    e->dial.text, why);
	e->complained = 1;
	snprintf(e->why, sizeof(e->why), "engine at %s: %s", e->dial.text,
	    why);
	conn_close(&e->conn[STREAM]);
	if (e->open && e->now - e->opened_at > BACKOFF_MAX)
		e->backoff = BACKOFF_MIN;
	e->open = 0;
	e->retry_at = e->now + backoff_grow(&e->backoff);
}

/*
 * A connection failed; why is for the log. Where only an inspection fails the
 * stream will mostly follow and say more, so that is not told at once.
 */
static void
conn_fail(struct engine *e, struct conn *c, const char *why)
{
	struct watch *w = c->watch;

	if (c == &e->conn[STREAM]) {
		stream_lost(e, why);
		return;
	}
	w->busy = w->stale = 0;
	watch_failed(&e->all, w, e->open && (c->phase == READING ||
	    w->backoff == BACKOFF_MAX) ? why : NULL, e->now);
	conn_close(c);
}

static void
conn_fail_errno(struct engine *e, struct conn *c, const char *what)
{
	char why[256];

	snprintf(why, sizeof(why), "%s: %s", what, strerror(errno));
	conn_fail(e, c, why);
}

/* Keeps n more bytes, within max altogether. */
static int
conn_keep(struct conn *c, const char *p, size_t n, size_t max)
{
	size_t cap = c->cap ? c->cap : 4096;
	char *buf;

	if (n > max || c->len > max - n)
		return -1;
	while (cap < c->len + n)
		cap *= 2;
	if (cap != c->cap) {
		if ((buf = realloc(c->buf, cap)) == NULL)
			return -1;
		c->buf = buf;
		c->cap = cap;
	}
	memcpy(c->buf + c->len, p, n);
	c->len += n;
	return 0;
}

/* Cuts the stream into events, wherever its chunks end. */
static int
stream_data(struct engine *e, struct conn *c, const char *p, size_t n)
{
	struct event ev;
	const char *err;
	size_t used;
	int r;

	for (; n; p += used, n -= used) {
		r = json_scan(&c->scan, p, n, &used);
		if (r == JSON_BAD) {
			stream_lost(e, c->scan.err);
			return -1;
		}
		if (conn_keep(c, p, used, EVENT_MAX) == -1) {
			stream_lost(e, "an event is too large");
			return -1;
		}
		if (r == JSON_MORE)
			continue;
		if (event_read(&ev, c->buf, c->len, &err) == 0)
			watch_list_event(&e->all, &ev, e->now);
		c->len = 0;
		json_scan_init(&c->scan);
	}
	return 0;
}

/* The engine has begun to answer. */
static void
conn_head(struct engine *e, struct conn *c)
{
	struct watch *w;

	if (c != &e->conn[STREAM] || c->http.status != 200)
		return;
	c->deadline = -1;
	if (e->complained)
		e->all.say('N', "engine at %s: connected", e->dial.text);
	e->complained = 0;
	e->open = 1;
	e->opened_at = e->now;
	e->relook_at = e->now + SECOND_LOOK;
	for (w = e->all.watch; w < e->all.watch + e->all.nwatch; w++)
		w->held_until = -1;
	watch_list_look(&e->all, e->now);
}

static int
conn_body(struct engine *e, struct conn *c, const char *p, size_t n)
{
	if (c == &e->conn[STREAM] && e->open)
		return stream_data(e, c, p, n);
	if (conn_keep(c, p, n, c->http.status == 200 ? BODY_MAX :
	    REFUSAL_MAX) == 0)
		return 0;
	conn_fail(e, c, "the engine's answer is too large");
	return -1;
}

/* A refusal in the engine's own words. */
static void
conn_refused(struct engine *e, struct conn *c)
{
	char words[200], why[256];

	if (message_read(c->len ? c->buf : "", c->len, words,
	    sizeof(words)) == -1)
		strcpy(words, "no reason given");
	snprintf(why, sizeof(why), "the engine answers %d: %s",
	    c->http.status, words);
	conn_fail(e, c, why);
}

/* A whole answer is here. What an event has overtaken is asked again. */
static void
conn_done(struct engine *e, struct conn *c)
{
	struct watch *w = c->watch;

	if (c == &e->conn[STREAM] && e->open) {
		stream_lost(e, "the event stream ended");
		return;
	}
	if (c->http.status != 200 && (w == NULL || c->http.status != 404)) {
		conn_refused(e, c);
		return;
	}
	w->busy = 0;
	if (w->stale)
		w->stale = 0;
	else if (c->http.status == 404)
		watch_missing(&e->all, w);
	else
		watch_found(&e->all, w, c->len ? c->buf : "", c->len, e->now);
	conn_close(c);
}

/* Feeds the answer until more is needed or the connection is over. */
static void
conn_feed(struct engine *e, struct conn *c, const char *in, size_t n)
{
	const char *body;
	size_t len;
	int r;

	while ((r = http_read(&c->http, &in, &n, &body, &len)) != HTTP_MORE) {
		if (r == HTTP_HEAD)
			conn_head(e, c);
		else if (r == HTTP_BODY && conn_body(e, c, body, len) == -1)
			return;
		else if (r == HTTP_BAD)
			conn_fail(e, c, c->http.err);
		else if (r == HTTP_DONE)
			conn_done(e, c);
		if (r == HTTP_BAD || r == HTTP_DONE)
			return;
	}
}

static void
conn_read(struct engine *e, struct conn *c)
{
	char in[16384];
	ssize_t n = recv(c->fd, in, sizeof(in), 0);

	if (n > 0) {
		conn_feed(e, c, in, (size_t)n);
	} else if (n == 0) {
		if (http_end(&c->http) == HTTP_DONE)
			conn_done(e, c);
		else
			conn_fail(e, c, c->http.err);
	} else if (errno != EAGAIN && errno != EINTR) {
		conn_fail_errno(e, c, "reading");
	}
}

static void
conn_send(struct engine *e, struct conn *c)
{
	ssize_t n = send(c->fd, c->ask + c->sent, c->nask - c->sent,
	    MSG_NOSIGNAL);

	if (n == -1) {
		if (errno != EAGAIN && errno != EINTR)
			conn_fail_errno(e, c, "asking");
		return;
	}
	c->sent += (size_t)n;
	if (c->sent == c->nask)
		c->phase = READING;
}

static void
conn_connected(struct engine *e, struct conn *c)
{
	int err = 0;
	socklen_t len = sizeof(err);

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len) == -1)
		err = errno;
	if (err) {
		errno = err;
		conn_fail_errno(e, c, "connecting");
		return;
	}
	c->phase = ASKING;
	conn_send(e, c);
}

/* Starts to ask for path; the answer will be about w, if that is given. */
static void
conn_start(struct engine *e, struct conn *c, struct watch *w,
    const char *path)
{
	int connected, n;

	c->watch = w;
	if (w) {
		w->busy = 1;
		w->look_at = -1;
	}
	n = http_get(c->ask, sizeof(c->ask),
	    e->dial.node ? e->dial.node : "docker", path);
	if (n == -1) {
		conn_fail(e, c, "too long a name");
		return;
	}
	c->nask = (size_t)n;
	c->sent = 0;
	http_init(&c->http);
	json_scan_init(&c->scan);
	if ((c->fd = dial_open(&e->dial, &connected)) == -1) {
		conn_fail_errno(e, c, "connecting");
		return;
	}
	c->deadline = e->now + ANSWER_TIME;
	c->phase = CONNECTING;
	if (connected)
		conn_connected(e, c);
}

static void
stream_start(struct engine *e)
{
	const char *why;

	e->retry_at = -1;
	if (dial_resolve(&e->dial, &why) == -1)
		stream_lost(e, why);
	else
		conn_start(e, &e->conn[STREAM], NULL, EVENTS);
}

/* Whether w can be looked at: all addresses depend on our own networks. */
static int
ready(const struct engine *e, const struct watch *w)
{
	return e->open && !w->busy && (w == e->all.self ||
	    e->all.self == NULL || e->all.self->answered);
}

static struct conn *
conn_idle(struct engine *e)
{
	struct conn *c;

	for (c = &e->conn[FIRST_SLOT]; c < e->conn + NCONN; c++)
		if (c->phase == IDLE)
			return c;
	return NULL;
}

/* Inspects whoever is due, as far as connections are free. */
static void
inspect_due(struct engine *e)
{
	char path[3 * NAME_SIZE + 32], word[3 * NAME_SIZE];
	struct watch *w = e->all.watch;
	struct conn *c;

	for (; w < e->all.watch + e->all.nwatch; w++) {
		if (!ready(e, w) || w->look_at == -1 || w->look_at > e->now)
			continue;
		if ((c = conn_idle(e)) == NULL)
			return;
		http_quote(word, sizeof(word), w->word);
		snprintf(path, sizeof(path), "/containers/%s/json", word);
		conn_start(e, c, w, path);
	}
}

/* What time alone brings about. */
static void
time_passes(struct engine *e)
{
	struct conn *c;
	int late = 0;

	for (c = e->conn; c < e->conn + NCONN; c++)
		if (c->deadline != -1 && c->deadline <= e->now) {
			conn_fail(e, c, "no answer in time");
			late = 1;
		}
	if (late && e->open && e->dial.node)
		stream_lost(e, "no answer in time");
	if (e->open && e->relook_at != -1 && e->relook_at <= e->now) {
		e->relook_at = e->dial.node ? e->now + TCP_LOOK : -1;
		watch_list_look(&e->all, e->now);
	}
	watch_list_time(&e->all, e->now);
	if (e->conn[STREAM].phase == IDLE && e->retry_at <= e->now)
		stream_start(e);
}

static void
conn_work(struct engine *e, struct conn *c)
{
	if (c->phase == CONNECTING)
		conn_connected(e, c);
	else if (c->phase == ASKING)
		conn_send(e, c);
	else
		conn_read(e, c);
}

/*
 * Goes on as far as it can without waiting. pfd are the n descriptors that
 * engine_fds gave, with their revents. Returns 1 if the wanted set is another
 * one than after the last call, else 0.
 */
int
engine_work(struct engine *e, const struct pollfd *pfd, int n, long long now)
{
	int i, j, changed;

	e->now = now;
	for (i = 0; i < n; i++)
		for (j = 0; j < NCONN && pfd[i].revents; j++)
			if (e->conn[j].fd == pfd[i].fd && pfd[i].fd != -1) {
				conn_work(e, &e->conn[j]);
				break;
			}
	time_passes(e);
	inspect_due(e);
	changed = e->all.changed;
	e->all.changed = 0;
	return changed;
}

/* Fills pfd with what to poll for; returns how many. */
int
engine_fds(struct engine *e, struct pollfd *pfd, int max)
{
	const struct conn *c;
	int n = 0;

	for (c = e->conn; c < e->conn + NCONN && n < max; c++) {
		if (c->fd == -1)
			continue;
		pfd[n].fd = c->fd;
		pfd[n].events = c->phase == READING ? POLLIN : POLLOUT;
		pfd[n++].revents = 0;
	}
	return n;
}

static void
earliest(long long *first, long long when)
{
	if (when != -1 && (*first == -1 || when < *first))
		*first = when;
}

/* Milliseconds until engine_work is due without any descriptor; -1: never. */
int
engine_timeout(struct engine *e, long long now)
{
	const struct watch *w;
	const struct conn *c;
	long long first = -1;
	int idle = conn_idle(e) != NULL;

	for (c = e->conn; c < e->conn + NCONN; c++)
		earliest(&first, c->deadline);
	if (e->conn[STREAM].phase == IDLE)
		earliest(&first, e->retry_at);
	for (w = e->all.watch; w < e->all.watch + e->all.nwatch; w++) {
		earliest(&first, w->held_until);
		if (idle && ready(e, w))
			earliest(&first, w->look_at);
	}
	if (e->open)
		earliest(&first, e->relook_at);
	if (first == -1)
		return -1;
	return first <= now ? 0 : (int)(first - now);
}

/* The links that are wanted now, sorted by port; valid until the next work. */
const struct want *
engine_wanted(struct engine *e, size_t *n)
{
	*n = e->all.nwant;
	return e->all.want;
}

/* Whether the engine has told about every container that was asked for. */
int
engine_synced(struct engine *e)
{
	size_t i;

	for (i = 0; i < e->all.nwatch; i++)
		if (!e->all.watch[i].answered)
			return 0;
	return 1;
}

/* Whether it is there, and has said of each container what it can. */
int
engine_told(const struct engine *e)
{
	size_t i;

	for (i = 0; i < e->all.nwatch; i++)
		if (!e->all.watch[i].tried && &e->all.watch[i] != e->all.self)
			return 0;
	return e->open;
}

const char *
engine_place(const struct engine *e)
{
	return e->dial.text;
}

const char *
engine_away(const struct engine *e)
{
	return e->complained ? e->why : NULL;
}

int
engine_trouble(const struct engine *e, size_t i, const char **name,
    const char **trouble)
{
	if (e->all.self != NULL)
		i++;
	if (i >= e->all.nwatch)
		return 0;
	*name = e->all.watch[i].word;
	*trouble = watch_trouble(&e->all.watch[i]);
	return 1;
}

/*
 * Prepares to watch what conf says; connects nowhere yet. The caller frees
 * it with engine_free. NULL with words in err if conf makes no sense.
 */
struct engine *
engine_new(const struct engine_conf *conf, char *err, size_t errsize)
{
	struct engine *e = calloc(1, sizeof(*e));
	int i;

	if (e == NULL) {
		snprintf(err, errsize, "no memory");
		return NULL;
	}
	for (i = 0; i < NCONN; i++) {
		e->conn[i].fd = -1;
		e->conn[i].deadline = -1;
	}
	e->backoff = BACKOFF_MIN;
	e->relook_at = -1;
	if (dial_parse(&e->dial, conf->host, err, errsize) == -1 ||
	    watch_list_init(&e->all, conf, err, errsize) == -1) {
		engine_free(e);
		return NULL;
	}
	return e;
}

/* Closes and frees all; also what a child calls right after the fork. */
void
engine_free(struct engine *e)
{
	int i;

	if (e == NULL)
		return;
	for (i = 0; i < NCONN; i++)
		conn_close(&e->conn[i]);
	watch_list_free(&e->all);
	free(e);
}
