/*
 * engine.c: faults of a Docker Engine that a real one cannot be made to show
 *
 * Engine and client live in this one process and share a clock that only the
 * tests move, so that seconds of back-off take no time.
 */

#include "unit.h"
#include "../../run/docker/engine.c"

#include <sys/un.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>

#define PEERS 32
#define SOCK "engine.sock"

#define HEAD "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static struct engine *e;
static long long now;
static int listener = -1;
static char said[8192];
static struct peer {
	int fd;
	char req[1024];
} peers[PEERS];

static void
say(int level, const char *fmt, ...)
{
	size_t n = strlen(said);
	va_list ap;

	n += (size_t)snprintf(said + n, sizeof(said) - n, "%c ", level);
	va_start(ap, fmt);
	n += (size_t)vsnprintf(said + n, sizeof(said) - n, fmt, ap);
	va_end(ap);
	snprintf(said + n, sizeof(said) - n, "\n");
}

static void
fake_open(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = SOCK };

	unlink(SOCK);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	fcntl(listener, F_SETFL, O_NONBLOCK);
	if (bind(listener, (struct sockaddr *)&un, sizeof(un)) == -1 ||
	    listen(listener, PEERS) == -1)
		perror(SOCK);
}

static void
fake_close(void)
{
	if (listener != -1)
		close(listener);
	listener = -1;
	unlink(SOCK);
}

static void
hang_up(struct peer *p)
{
	if (p->fd)
		close(p->fd);
	memset(p, 0, sizeof(*p));
}

/* Takes connections and requests; returns whether there was any. */
static int
fake_turn(void)
{
	struct peer *p;
	size_t len;
	ssize_t n;
	int busy = 0;

	for (p = peers; p < peers + PEERS; p++) {
		if (p->fd == 0 && listener != -1) {
			p->fd = accept(listener, NULL, NULL);
			busy |= p->fd > 0;
			p->fd = p->fd > 0 ? p->fd : 0;
		}
		if (p->fd == 0)
			continue;
		len = strlen(p->req);
		n = recv(p->fd, p->req + len, sizeof(p->req) - 1 - len,
		    MSG_DONTWAIT);
		busy |= n > 0;
		if (n == 0)
			hang_up(p);
	}
	return busy;
}

/* Lets client and engine work until ms have passed and both are waiting. */
static void
run(long long ms)
{
	struct pollfd pfd[ENGINE_FDS];
	long long end = now + ms;
	int n, t, busy;

	for (;;) {
		n = engine_fds(e, pfd, ENGINE_FDS);
		t = engine_timeout(e, now);
		busy = poll(pfd, (nfds_t)n, 0) > 0 || t == 0;
		if (busy)
			engine_work(e, pfd, n, now);
		if (fake_turn() || busy)
			continue;
		if (now >= end)
			return;
		now = t == -1 || now + t > end ? end : now + t;
	}
}

/* The open request for path, or NULL. A relay in a container asks for itself
 * first: that is answered on the way. */
static struct peer *
asked(const char *path)
{
	static const char gone[] =
	    "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n";
	char line[256];
	struct peer *p;

	for (p = peers; p < peers + PEERS; p++) {
		if (!p->fd || !e->all.self ||
		    !strstr(p->req, e->all.self->word))
			continue;
		if (write(p->fd, gone, strlen(gone)) == -1)
			perror("write");
		hang_up(p);
		run(0);
	}
	snprintf(line, sizeof(line), "GET %s", path);
	for (p = peers; p < peers + PEERS; p++)
		if (p->fd && strncmp(p->req, line, strlen(line)) == 0)
			return p;
	return NULL;
}

/* Sends n bytes, as the client takes them. */
static void
send_all(struct peer *p, const char *text, size_t n)
{
	ssize_t m;

	while (n) {
		m = send(p->fd, text, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (m == -1 && errno != EAGAIN)
			return;		/* the client has had enough */
		text += m > 0 ? m : 0;
		n -= m > 0 ? (size_t)m : 0;
		run(0);
		if (p->fd == 0)
			return;
	}
}

static void
answer(const char *path, const char *text)
{
	struct peer *p = asked(path);

	if (p == NULL) {
		ok(0, "no request for %s", path);
		return;
	}
	send_all(p, text, strlen(text));
	hang_up(p);
	run(0);
}

/* One event as a chunk of the stream, in pieces of step bytes. */
static void
event(const char *json, size_t step)
{
	struct peer *p = asked("/events");
	char text[2048];
	size_t n, i;

	if (p == NULL) {
		ok(0, "no stream");
		return;
	}
	n = (size_t)snprintf(text, sizeof(text), "%zx\r\n%s\n\r\n",
	    strlen(json) + 1, json);
	for (i = 0; i < n; i += step)
		send_all(p, text + i, n - i < step ? n - i : step);
}

static void
container_event(const char *action, const char *id, const char *more)
{
	char json[512];

	snprintf(json, sizeof(json), "{\"Type\":\"container\",\"Action\":"
	    "\"%s\",\"Actor\":{\"ID\":\"%s\",\"Attributes\":{%s}}}", action,
	    id, more);
	event(json, 4096);
}

/* An inspected container of one port. */
static const char *
doc(const char *id, int running, const char *ip, const char *port)
{
	static char text[1024];
	char body[512];

	snprintf(body, sizeof(body), "{\"Id\":\"%s\",\"State\":{\"Running\":"
	    "%s},\"NetworkSettings\":{\"IPAddress\":\"%s\"},\"Config\":{"
	    "\"ExposedPorts\":{\"%s\":{}}}}", id, running ? "true" : "false",
	    ip, port);
	snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: %zu"
	    "\r\n\r\n%s", strlen(body), body);
	return text;
}

static const char *
wants(void)
{
	static char out[1024];
	const struct want *w;
	size_t n, i;

	run(0);
	w = engine_wanted(e, &n);
	*out = '\0';
	for (i = 0; i < n; i++)
		snprintf(out + strlen(out), sizeof(out) - strlen(out),
		    "%s%s:%u%c=%s%s", i ? " " : "", w[i].name, w[i].port,
		    w[i].proto, w[i].host, w[i].up ? "" : " held");
	return out;
}

static void
start(const char *name, const char *other)
{
	const char *names[2] = { name, other };
	struct engine_conf conf = { .host = "unix://" SOCK, .names = names,
	    .nnames = other ? 2 : 1, .say = say };
	char err[256];

	now = 1000;
	said[0] = '\0';
	e = engine_new(&conf, err, sizeof(err));
	run(0);
}

/* With the stream open and one container, redis, up. */
static void
start_redis(void)
{
	start("redis", NULL);
	send_all(asked("/events"), HEAD, strlen(HEAD));
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.1", "6379/tcp"));
	run(SECOND_LOOK);
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.1", "6379/tcp"));
}

static void
finish(void)
{
	struct peer *p;

	engine_free(e);
	e = NULL;
	for (p = peers; p < peers + PEERS; p++)
		hang_up(p);
}

#define GONE "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
#define UP "redis:6379t=10.0.0.1"
#define HELD UP " held"

static void
test_order(void)
{
	start("redis", NULL);
	ok(asked("/events?filters=") && !asked("/containers/"),
	    "the stream first");
	run(500);
	ok(!asked("/containers/"), "nothing before it is open");
	send_all(asked("/events"), HEAD, strlen(HEAD));
	ok(asked("/containers/redis/json") && !engine_synced(e),
	    "then a look");
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.1", "6379/tcp"));
	is(wants(), UP, "one link");
	ok(engine_synced(e), "synced");
	run(SECOND_LOOK);
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.1", "6379/tcp"));
	ok(engine_timeout(e, now) == -1, "then nothing to do");
	run(3600 * 1000);
	ok(!asked("/containers/") && asked("/events"), "silence is normal");
	is(said, "", "nothing to say");
	finish();
}

static void
test_events(void)
{
	size_t step;

	for (step = 1; step < 4; step++) {
		start_redis();
		event("{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{"
		    "\"ID\":\"aa\"}}", step);
		is(wants(), HELD, "die holds at once, whatever the split");
		run(SETTLE_TIME);
		answer("/containers/redis/json",
		    doc("aa", 0, "", "6379/tcp"));
		is(wants(), HELD, "and stays");
		finish();
	}
	start_redis();
	container_event("pause", "aa", "");
	is(wants(), HELD, "pause");
	container_event("unpause", "aa", "");
	container_event("connect", "bb", "\"name\":\"other\"");
	run(SETTLE_TIME);
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.2", "6379/tcp"));
	is(wants(), "redis:6379t=10.0.0.2", "a new address");
	container_event("die", "bb", "\"name\":\"other\"");
	container_event("exec_start: ls", "aa", "\"name\":\"redis\"");
	event("[{\"Type\":7},null,\"}\"]", 1);
	event("{\"Type\":\"network\",\"Action\":\"connect\"}", 5);
	run(1000);
	ok(!asked("/containers/"), "what does not matter");
	event("{\"Type\":\"network\",\"Action\":\"disconnect\",\"Actor\":{"
	    "\"Attributes\":{\"container\":\"aa\"}}}", 100);
	run(SETTLE_TIME);
	ok(asked("/containers/redis/json") != NULL, "a network does");
	finish();
}

static void
test_rename(void)
{
	start_redis();
	container_event("rename", "aa", "\"name\":\"x\",\"oldName\":"
	    "\"/redis\"");
	is(wants(), HELD, "renamed away: held at once");
	run(SETTLE_TIME);
	ok(asked("/containers/redis/json") != NULL, "and looked at");
	finish();
	start("aa", NULL);
	send_all(asked("/events"), HEAD, strlen(HEAD));
	answer("/containers/aa/json", doc("aa99", 1, "10.0.0.1", "1/tcp"));
	container_event("rename", "aa99", "\"name\":\"x\",\"oldName\":"
	    "\"/redis\"");
	is(wants(), "aa:1t=10.0.0.1", "by its id it stays");
	finish();
}

static void
test_kill(void)
{
	start_redis();
	container_event("kill", "aa", "\"signal\":\"1\"");
	is(wants(), UP, "HUP ends nothing");
	container_event("kill", "aa", "\"signal\":\"15\"");
	is(wants(), HELD, "TERM does");
	run(9000);
	ok(!asked("/containers/"), "for the time of grace");
	run(1000);
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.1", "6379/tcp"));
	is(wants(), UP, "unless it is ignored");
	finish();
}

static void
test_overtaken(void)
{
	start_redis();
	container_event("start", "aa", "");
	run(SETTLE_TIME);
	ok(asked("/containers/redis/json") != NULL, "a look");
	container_event("die", "aa", "");
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.1", "6379/tcp"));
	is(wants(), HELD, "an answer that was overtaken does not count");
	run(SETTLE_TIME);
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.1", "6379/tcp"));
	is(wants(), UP, "the next one does");
	finish();
}

static void
test_missing(void)
{
	const char *gone = "HTTP/1.1 404 Not Found\r\nContent-Length: 25\r\n"
	    "\r\n{\"message\":\"No such ...\"}";

	start("redis", NULL);
	send_all(asked("/events"), HEAD, strlen(HEAD));
	answer("/containers/redis/json", gone);
	run(SECOND_LOOK);
	answer("/containers/redis/json", gone);
	is(said, "N redis: there is no such container yet, waiting for it\n",
	    "said once");
	is(wants(), "", "nothing wanted");
	ok(engine_synced(e), "synced all the same");
	container_event("create", "aa", "\"name\":\"redis\"");
	run(SETTLE_TIME);
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.1", "6379/tcp"));
	is(wants(), UP, "it came");
	said[0] = '\0';
	container_event("destroy", "aa", "");
	run(SETTLE_TIME);
	answer("/containers/redis/json", gone);
	is(said, "N redis: the container is gone, waiting for it\n", "gone");
	is(wants(), HELD, "its port is kept");
	container_event("start", "bb", "\"name\":\"redis\"");
	run(SETTLE_TIME);
	answer("/containers/redis/json", doc("bb", 1, "10.0.0.1", "6379/tcp"));
	is(wants(), UP, "another of that name is as good");
	finish();
}

static void
test_conflict(void)
{
	int i;

	start("redis", "cache");
	send_all(asked("/events"), HEAD, strlen(HEAD));
	answer("/containers/cache/json", doc("bb", 1, "10.0.0.2", "6379/tcp"));
	is(wants(), "", "who answers first must wait");
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.1", "6379/tcp"));
	is(wants(), UP, "for who was named first");
	is(said, "W cache: port 6379/tcp is already that of redis\n", "told");
	finish();
	start("redis", "cache");
	send_all(asked("/events"), HEAD, strlen(HEAD));
	answer("/containers/cache/json", doc("bb", 1, "10.0.0.2", "6379/tcp"));
	answer("/containers/redis/json", GONE);
	is(wants(), "cache:6379t=10.0.0.2", "who comes first");
	container_event("start", "aa", "\"name\":\"redis\"");
	run(SETTLE_TIME);
	said[0] = '\0';
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.1", "6379/tcp"));
	is(wants(), "cache:6379t=10.0.0.2", "keeps the port");
	for (i = 0; i < 3; i++) {
		container_event("restart", "aa", "");
		run(SETTLE_TIME);
		answer("/containers/redis/json",
		    doc("aa", 1, "10.0.0.1", "6379/tcp"));
	}
	is(said, "W redis: port 6379/tcp is already that of cache\n",
	    "and that is said once");
	container_event("restart", "bb", "");
	run(SETTLE_TIME);
	answer("/containers/cache/json", doc("cc", 1, "10.0.0.2", "80/tcp"));
	is(wants(), "cache:80t=10.0.0.2 " UP, "until it gives it up");
	finish();
}

/* What came is no stream: the links stay, and it is said why. */
static void
lost(const char *text, const char *why, const char *name)
{
	char want[512];
	struct peer *p;

	start_redis();
	p = asked("/events");
	send_all(p, text, strlen(text));
	hang_up(p);
	is(wants(), UP, name);
	snprintf(want, sizeof(want), "W engine at unix://" SOCK
	    ": %s; trying again\n", why);
	is(said, want, "with the reason");
	run(BACKOFF_MIN);
	ok(asked("/events") != NULL, "tried again");
	finish();
}

static void
test_lost(void)
{
	lost("", "closed in the middle of the answer", "cut");
	lost("5\r\n{\"a", "closed in the middle of the answer", "cut chunk");
	lost("0\r\n\r\n", "the event stream ended", "ended");
	lost("zz\r\n", "a chunk without a size", "no chunk");
	lost("3\r\nabc\r\n", "a value was expected", "no JSON");
	lost("3\r\n{}}\r\n", "a value was expected", "too many brackets");
	lost("2\r\n{}{}\r\n", "a chunk longer than its size", "long chunk");
}

/* The request for events is answered by something else. */
static void
refused(const char *text, const char *why, const char *name)
{
	char want[512];

	start("redis", NULL);
	answer("/events", text);
	snprintf(want, sizeof(want), "W engine at unix://" SOCK
	    ": %s; trying again\n", why);
	is(said, want, name);
	run(BACKOFF_MIN);
	ok(asked("/events") && !asked("/containers/"), "tried again");
	finish();
}

static void
test_refused(void)
{
	refused("", "closed without an answer", "no answer");
	refused("SSH-2.0-x\r\n", "the answer is not HTTP/1", "not HTTP");
	refused("HTTP/1.1 500 E\r\nContent-Length: 19\r\n\r\n"
	    "{\"message\":\"ouch!\"}", "the engine answers 500: ouch!",
	    "500 with words");
	refused("HTTP/1.1 502 E\r\n\r\n<html>", "the engine answers 502: "
	    "no reason given", "502 without");
	refused("HTTP/1.1 403 F\r\nContent-Length: 0\r\n\r\n",
	    "the engine answers 403: no reason given", "403 of nothing");
	refused("HTTP/1.1 204 N\r\n\r\n", "the engine answers 204: "
	    "no reason given", "204");
}

static void
test_backoff(void)
{
	long long waits[] = { 100, 200, 400, 800, 1600, 3200, 5000, 5000 };
	size_t i;
	int good = 1;

	start_redis();
	run(6000);
	fake_close();
	hang_up(asked("/events"));
	run(0);
	for (i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		good &= engine_timeout(e, now) == waits[i];
		run(waits[i]);
	}
	ok(good, "back-off from 0.1 s to 5 s");
	is(wants(), UP, "the links stay");
	fake_open();
	run(5000);
	send_all(asked("/events"), HEAD, strlen(HEAD));
	is(said, "W engine at unix://" SOCK ": closed in the middle of the "
	    "answer; trying again\nN engine at unix://" SOCK
	    ": connected\n", "said once, and that it is back");
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.9", "6379/tcp"));
	is(wants(), "redis:6379t=10.0.0.9", "and looked at anew");
	hang_up(asked("/events"));
	run(0);
	ok(engine_timeout(e, now) == 5000, "a short stream is no recovery");
	finish();
}

/* An answer about a container that is no use: all stays as it was. */
static void
useless(const char *text, size_t n, const char *why, const char *name)
{
	char want[512];
	struct peer *p;

	start_redis();
	container_event("restart", "aa", "");
	run(SETTLE_TIME);
	p = asked("/containers/redis/json");
	send_all(p, text, n);
	hang_up(p);
	is(wants(), UP, name);
	snprintf(want, sizeof(want), "W redis: %s\n", why);
	is(said, want, "with the reason");
	run(BACKOFF_MAX);
	answer("/containers/redis/json", doc("aa", 1, "10.0.0.7", "6379/tcp"));
	is(wants(), "redis:6379t=10.0.0.7", "and it recovers");
	finish();
}

static void
test_useless(void)
{
	const char *length = "HTTP/1.1 200 OK\r\nContent-Length: 6000000\r\n"
	    "\r\n{\"Id\":\"";
	size_t n = 6000000 + strlen(length);
	char *huge = malloc(n), deep[512];

	useless("HTTP/1.1 500 E\r\nContent-Length: 19\r\n\r\n"
	    "{\"message\":\"ouch!\"}", 19 + 39,
	    "the engine answers 500: ouch!", "500");
	useless("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"Id\"", 43,
	    "closed in the middle of the answer", "cut");
	useless("HTTP/1.1 200 OK\r\n\r\n{\"Id\":", 25,
	    "the text ends in the middle", "cut, without a length");
	useless("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 38,
	    "the text ends in the middle", "empty");
	memset(huge, 'x', n);
	memcpy(huge, length, strlen(length));
	useless(huge, n, "the engine's answer is too large", "6 MB");
	free(huge);
	memset(deep, '[', sizeof(deep));
	memcpy(deep, "HTTP/1.1 200 OK\r\n\r\n", 19);
	useless(deep, sizeof(deep), "nested too deep", "493 levels");
}

static void
test_slow(void)
{
	struct peer *p;
	const char *text;

	start_redis();
	container_event("restart", "aa", "");
	run(SETTLE_TIME);
	p = asked("/containers/redis/json");
	for (text = doc("aa", 1, "10.0.0.5", "6379/tcp"); *text; text++) {
		send_all(p, text, 1);
		run(5);
	}
	is(wants(), "redis:6379t=10.0.0.5", "slow bytes");
	container_event("restart", "aa", "");
	run(SETTLE_TIME + ANSWER_TIME + 1);
	is(said, "W redis: no answer in time\n", "no bytes at all");
	is(wants(), "redis:6379t=10.0.0.5", "change nothing");
	finish();
	start("redis", NULL);
	run(ANSWER_TIME);
	is(said, "W engine at unix://" SOCK ": no answer in time; trying "
	    "again\n", "no stream in time");
	finish();
}

static void
test_huge_event(void)
{
	size_t n = (1U << 20) + 100;
	char *text = malloc(n);
	struct peer *p;

	start_redis();
	p = asked("/events");
	memset(text, ' ', n);
	memcpy(text, "ffffff\r\n{\"a\":", 13);
	send_all(p, text, n);
	is(said, "W engine at unix://" SOCK ": an event is too large; "
	    "trying again\n", "an event of a megabyte");
	is(wants(), UP, "the links stay");
	free(text);
	finish();
}

static void
test_many_events(void)
{
	size_t cap;
	int i;

	start_redis();
	container_event("die", "bb", "\"name\":\"other\"");
	cap = e->conn[STREAM].cap;
	for (i = 0; i < 10000; i++)
		container_event(i & 1 ? "die" : "start", "bb",
		    "\"name\":\"other\"");
	ok(e->conn[STREAM].cap == cap && e->conn[STREAM].len <= 1,
	    "10000 events need no more memory than one");
	ok(!asked("/containers/"), "and nobody is looked at");
	finish();
}

static void
complaint(const char *host, const char *name, const char *want)
{
	struct engine_conf conf = { .host = host, .names = &name,
	    .nnames = name != NULL, .say = say };
	struct engine *bad;
	char err[256] = "";

	bad = engine_new(&conf, err, sizeof(err));
	ok(bad == NULL && strstr(err, want), "%s (%s)", want, err);
	engine_free(bad);
}

static void
taken(const char *host, const char *node, const char *service)
{
	const char *name = "x";
	struct engine_conf conf = { .host = host, .names = &name, .nnames = 1,
	    .say = say };
	char err[256] = "";
	struct engine *good = engine_new(&conf, err, sizeof(err));

	if (ok(good != NULL, "%s %s", host, err))
		ok(good->dial.node == node || (node && good->dial.node &&
		    strcmp(good->dial.node, node) == 0 &&
		    strcmp(good->dial.service, service) == 0), "as %s %s",
		    node ? node : "unix", service ? service : "");
	engine_free(good);
}

static void
test_conf(void)
{
	char path[200];

	complaint("unix:///x", NULL, "no container is named");
	complaint("unix:///x", "", "not a name");
	complaint("unix:///x", "/", "not a name");
	complaint("unix://", "x", "a path of 1 to");
	snprintf(path, sizeof(path), "unix:///%0150d", 1);
	complaint(path, "x", "a path of 1 to");
	complaint("https://h", "x", "only unix:");
	complaint("ssh://h", "x", "only unix:");
	complaint("tcp://", "x", "needs tcp:");
	complaint("tcp://:1", "x", "needs tcp:");
	complaint("tcp://h:", "x", "needs tcp:");
	complaint("tcp://h:http", "x", "needs tcp:");
	complaint("tcp://[::1", "x", "needs tcp:");
	complaint("tcp://[::1]x", "x", "needs tcp:");
	taken("tcp://h", "h", "2375");
	taken("tcp://10.0.0.1:99/", "10.0.0.1", "99");
	taken("tcp://[fd00::1]:99", "fd00::1", "99");
	taken("tcp://[fd00::1]", "fd00::1", "2375");
	taken("unix:///x", NULL, NULL);
	taken("/x", NULL, NULL);
	setenv("DOCKER_HOST", "tcp://env:7", 1);
	taken(NULL, "env", "7");
	setenv("DOCKER_TLS_VERIFY", "1", 1);
	complaint(NULL, "x", "TLS");
	unsetenv("DOCKER_HOST");
	taken(NULL, NULL, NULL);
	unsetenv("DOCKER_TLS_VERIFY");
}

static int
open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

int
main(void)
{
	int fds = open_fds();

	fake_open();
	test_order();
	test_events();
	test_rename();
	test_kill();
	test_overtaken();
	test_missing();
	test_conflict();
	test_lost();
	test_refused();
	test_backoff();
	test_useless();
	test_slow();
	test_huge_event();
	test_many_events();
	test_conf();
	fake_close();
	ok(open_fds() == fds, "no descriptor is left");
	return done();
}
