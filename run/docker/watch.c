/*
 * wanted.c: the containers that are watched and the links that follow
 *
 * What is wanted follows from the inspected state alone. Events only say
 * which container to look at again, so one that comes twice or late does no
 * harm. The exception hurries: what takes a container down holds its links
 * at once, and a new look tells whether that was right.
 */

#include <sys/utsname.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch.h"

#define GRACE 10000	/* ms from docker stop's signal to its SIGKILL */

/* Returns the time to wait now and doubles it for the next failure. */
int
backoff_grow(int *ms)
{
	int was = *ms;

	*ms = was * 2 > BACKOFF_MAX ? BACKOFF_MAX : was * 2;
	return was;
}

/* Asks for an inspection; an answer that is on its way is outdated. */
void
watch_look(struct watch *w, long long when)
{
	if (w->busy)
		w->stale = 1;
	if (w->look_at == -1 || when < w->look_at)
		w->look_at = when;
}

void
watch_list_look(struct watch_list *all, long long when)
{
	struct watch *w;

	for (w = all->watch; w < all->watch + all->nwatch; w++)
		watch_look(w, when);
}

static int
want_order(const void *x, const void *y)
{
	const struct want *a = x, *b = y;

	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return a->proto - b->proto;
}

static int
exposes(const struct watch *w, char proto, unsigned port)
{
	size_t i;

	for (i = 0; i < w->c.nports; i++)
		if (w->c.ports[i].port == port && w->c.ports[i].proto == proto)
			return 1;
	return 0;
}

/* Who keeps a port: who had it already, else who was named first. */
static const struct watch *
port_owner(const struct watch_list *all, const struct exposed *p)
{
	struct want key = { .proto = p->proto, .port = p->port };
	const struct want *old = all->nwant == 0 ? NULL : bsearch(&key,
	    all->want, all->nwant, sizeof(key), want_order);
	const struct watch *w, *first = NULL;

	for (w = all->watch; w < all->watch + all->nwatch; w++) {
		if (w == all->self || !exposes(w, p->proto, p->port))
			continue;
		if (old && strcmp(old->name, w->word) == 0)
			return w;
		if (first == NULL)
			first = w;
		if (old == NULL)
			break;
	}
	return first;
}

/* Adds a port of w to set, unless it belongs to another; returns how many. */
static size_t
want_add(struct watch_list *all, struct watch *w, struct exposed *p,
    struct want *set)
{
	const struct watch *owner;

	if (p->proto == 's') {
		if (!p->told++)
			all->say('W', "%s: port %u/sctp is not relayed",
			    w->word, p->port);
		return 0;
	}
	if ((owner = port_owner(all, p)) != w) {
		if (!p->told++)
			all->say('W', "%s: port %u/%s is already that of %s",
			    w->word, p->port, p->proto == 't' ? "tcp" : "udp",
			    owner->word);
		return 0;
	}
	memset(set, 0, sizeof(*set));
	set->proto = p->proto;
	set->port = p->port;
	set->up = w->up;
	memcpy(set->host, w->host, sizeof(w->host));
	memcpy(set->name, w->word, sizeof(w->word));
	return 1;
}

/*
 * Makes the wanted set anew and notes whether it is another one now. The first
 * one waits for all containers, for who was named first goes first.
 */
static void
want_make(struct watch_list *all)
{
	struct watch *w;
	struct want *set;
	size_t n = 0, i;

	for (w = all->watch; w < all->watch + all->nwatch; w++) {
		if (!w->tried && w != all->self)
			return;
		n += w->c.nports;
	}
	if ((set = calloc(n + 1, sizeof(*set))) == NULL) {
		all->say('E', "no memory for %zu links", n);
		return;
	}
	n = 0;
	for (w = all->watch; w < all->watch + all->nwatch; w++)
		for (i = 0; w != all->self && i < w->c.nports; i++)
			n += want_add(all, w, &w->c.ports[i], &set[n]);
	qsort(set, n, sizeof(*set), want_order);
	if (n == all->nwant && (n == 0 ||
	    memcmp(set, all->want, n * sizeof(*set)) == 0)) {
		free(set);
		return;
	}
	free(all->want);
	all->want = set;
	all->nwant = n;
	all->changed = 1;
}

/* Something is wrong with w that the user should know, but once. */
static void
complain(struct watch_list *all, struct watch *w, int level, const char *words)
{
	if (strcmp(w->said, words) != 0)
		all->say(level, "%s: %s", w->word, words);
	snprintf(w->said, sizeof(w->said), "%s", words);
}

/* Holds the links of w at once; the next look may say otherwise. */
static void
watch_down(struct watch_list *all, struct watch *w)
{
	w->c.running = 0;
	if (!w->up)
		return;
	w->up = 0;
	want_make(all);
}

/* Why a container that runs has no address, as far as it is to be seen. */
static void
no_address(struct watch_list *all, struct watch *w)
{
	const struct network *n, *end = w->c.networks + w->c.nnetworks;
	char words[400];

	if (w->c.nnetworks == 1 && strcmp(w->c.networks->name, "host") == 0) {
		complain(all, w, 'W', "it uses the host's network: its ports "
		    "are the host's own, and not linked");
		return;
	}
	if (all->network[0] == '\0') {
		complain(all, w, 'W', "it has no address");
		return;
	}
	for (n = w->c.networks; n < end; n++)
		if (strcmp(n->name, all->network) == 0 ||
		    strcmp(n->id, all->network) == 0)
			break;
	if (n == end && w->c.nnetworks > 0)
		snprintf(words, sizeof(words), "it is not in the network %s, "
		    "but in %s%s", all->network, w->c.networks->name,
		    w->c.nnetworks > 1 ? " and others" : "");
	else
		snprintf(words, sizeof(words), "it has no address in the "
		    "network %s", all->network);
	complain(all, w, 'W', words);
}

/* Decides from what was inspected where and whether w can be reached. */
static void
watch_judge(struct watch_list *all, struct watch *w)
{
	const char *host = container_host(&w->c,
	    all->network[0] ? all->network : NULL,
	    all->self ? &all->self->c : NULL);

	w->up = 0;
	if (all->self && strcmp(w->c.id, all->self->c.id) == 0) {
		complain(all, w, 'W', "that is our own container");
		w->c.nports = 0;
		return;
	}
	if (w->c.running && *host == '\0') {
		no_address(all, w);
		return;
	}
	if (w->c.nports == 0)
		complain(all, w, 'W', "it exposes no port");
	else
		w->said[0] = '\0';
	if (!w->c.running)
		return;
	w->up = w->held_until == -1;
	memset(w->host, 0, sizeof(w->host));
	memcpy(w->host, host, strlen(host));
}

/* Our own networks are known (again): addresses may change by that. */
static void
self_known(struct watch_list *all)
{
	struct watch *w;

	for (w = all->watch; w < all->watch + all->nwatch; w++)
		if (w != all->self && w->c.id[0] && w->c.running)
			watch_judge(all, w);
	want_make(all);
}

/* What was said about a port is not said again. */
static void
keep_told(struct container *new, const struct container *old)
{
	size_t i, j;

	for (i = 0; i < new->nports; i++)
		for (j = 0; j < old->nports; j++)
			if (new->ports[i].port == old->ports[j].port &&
			    new->ports[i].proto == old->ports[j].proto)
				new->ports[i].told = old->ports[j].told;
}

/* A container as the engine describes it, in n bytes of JSON. */
void
watch_found(struct watch_list *all, struct watch *w, const char *text, size_t n,
    long long now)
{
	struct container c;
	const char *err;

	if (container_read(&c, text, n, &err) == -1) {
		w->backoff = BACKOFF_MAX;
		watch_failed(all, w, err, now);
		return;
	}
	w->backoff = BACKOFF_MIN;
	w->answered = w->tried = 1;
	if (strcmp(c.id, w->c.id) != 0)
		w->held_until = -1;
	keep_told(&c, &w->c);
	container_free(&w->c);
	w->c = c;
	if (w == all->self) {
		self_known(all);
		return;
	}
	watch_judge(all, w);
	want_make(all);
}

/* It is not there (yet, or any more): its ports stay, but nothing is up. */
void
watch_missing(struct watch_list *all, struct watch *w)
{
	w->answered = w->tried = 1;
	w->backoff = BACKOFF_MIN;
	w->held_until = -1;
	if (w == all->self) {
		self_known(all);
		return;
	}
	complain(all, w, 'N', w->c.id[0] ?
	    "the container is gone, waiting for it" :
	    "there is no such container yet, waiting for it");
	w->c.running = w->up = 0;
	want_make(all);
}

/* It could not be inspected: all stays as it was, try again later. */
void
watch_failed(struct watch_list *all, struct watch *w, const char *why,
    long long now)
{
	if (why)
		complain(all, w, 'W', why);
	if (w == all->self)
		w->answered = 1;	/* nobody waits for that */
	w->tried = 1;
	want_make(all);
	watch_look(w, now + backoff_grow(&w->backoff));
}

const char *
watch_trouble(const struct watch *w)
{
	if (!w->answered && w->said[0] == '\0')
		return "the engine does not answer";
	if (w->answered && w->c.id[0] == '\0')
		return "there is no such container";
	if (w->said[0] != '\0')
		return w->said;
	return w->c.running ? NULL : "the container is not running";
}

/* What the actions that matter mean. */
static const struct {
	const char *action;
	int down;	/* hold the links at once */
	int over;	/* forget that it was told to stop */
} actions[] = {
	{ "connect", 0, 0 }, { "create", 0, 0 }, { "destroy", 1, 1 },
	{ "die", 1, 1 }, { "disconnect", 0, 0 }, { "pause", 1, 0 },
	{ "rename", 0, 0 }, { "restart", 0, 1 }, { "start", 0, 1 },
	{ "stop", 1, 1 }, { "unpause", 0, 0 },
};

/* Signals that ask a program to end: INT, QUIT, KILL, TERM, Apache's WINCH. */
static int
signal_stops(int sig)
{
	return sig == 2 || sig == 3 || sig == 9 || sig == 15 || sig == 28;
}

/* Whether w, by name, has just become another name's. */
static int
was(const struct event *ev, const struct watch *w)
{
	const char *old = ev->oldname;

	if (*old == '/')
		old++;
	return *old && strcmp(old, w->word) == 0;
}

static int
concerns(const struct event *ev, const struct watch *w)
{
	return strcmp(ev->id, w->c.id) == 0 || strcmp(ev->name, w->word) == 0 ||
	    was(ev, w) || strncmp(ev->id, w->word, strlen(w->word)) == 0;
}

/* Notes what an event means for each container that is watched. */
void
watch_list_event(struct watch_list *all, const struct event *ev, long long now)
{
	size_t rows = sizeof(actions) / sizeof(*actions), row;
	struct watch *w;
	int kill = strcmp(ev->action, "kill") == 0 && signal_stops(ev->signal);

	for (row = 0; row < rows; row++)
		if (strcmp(ev->action, actions[row].action) == 0)
			break;
	if (ev->id[0] == '\0' || (row == rows && !kill))
		return;
	for (w = all->watch; w < all->watch + all->nwatch; w++) {
		int ours = strcmp(ev->id, w->c.id) == 0;

		if (!concerns(ev, w) || (kill && !ours))
			continue;
		if (kill)
			w->held_until = now + GRACE;
		else if (ours && actions[row].over)
			w->held_until = -1;
		if (!kill)
			watch_look(w, now + SETTLE_TIME);
		if (kill || (ours && actions[row].down) || was(ev, w))
			watch_down(all, w);
	}
}

/* Who was told to stop and did not is looked at again. */
void
watch_list_time(struct watch_list *all, long long now)
{
	struct watch *w;

	for (w = all->watch; w < all->watch + all->nwatch; w++)
		if (w->held_until != -1 && w->held_until <= now) {
			w->held_until = -1;
			watch_look(w, now);
		}
}

/* What /proc says of the mounts, or NULL; the caller's. */
static char *
mounts_read(void)
{
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	char *text = NULL, *more;
	size_t len = 0, size = 0;
	ssize_t n;

	if (fd == -1)
		return NULL;
	do {
		if (size - len < 4096) {
			if ((more = realloc(text, size + 16384)) == NULL)
				break;
			text = more;
			size += 16384;
		}
		n = read(fd, text + len, size - len - 1);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	close(fd);
	if (text != NULL)
		text[len] = '\0';
	return text;
}

/*
 * The id of the container that we run in: engines mount a file of the
 * container's own folder on /etc/hostname (proc(5), mountinfo: field 4 is
 * the file, field 5 the place). Else the host name, if it looks like one.
 */
static int
self_id(char *buf, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	char *text = mounts_read(), *line, *lines, *words, *root, *p;
	const char *place;
	struct utsname host;
	int found = 0, i;

	for (line = text == NULL ? NULL : strtok_r(text, "\n", &lines);
	    line != NULL && !found; line = strtok_r(NULL, "\n", &lines)) {
		root = strtok_r(line, " ", &words);
		for (i = 1; i < 4; i++)
			root = strtok_r(NULL, " ", &words);
		place = strtok_r(NULL, " ", &words);
		if (place == NULL || strcmp(place, "/etc/hostname") != 0)
			continue;
		for (p = root; !found && (p = strchr(p, '/')) != NULL;)
			if (strspn(++p, hex) == ID_SIZE - 1) {
				snprintf(buf, size, "%.64s", p);
				found = 1;
			}
	}
	free(text);
	if (!found && uname(&host) != -1) {
		snprintf(buf, size, "%s", host.nodename);
		found = strlen(buf) == 12 && strspn(buf, hex) == 12;
	}
	return found;
}

/* Takes one name; one that was taken already is not taken again. */
static int
watch_add(struct watch_list *all, const char *word)
{
	struct watch *w = &all->watch[all->nwatch];
	size_t i;

	if (*word == '/')
		word++;
	if (*word == '\0' || strlen(word) >= sizeof(w->word))
		return -1;
	for (i = 0; i < all->nwatch; i++)
		if (strcmp(all->watch[i].word, word) == 0)
			return 0;
	memcpy(w->word, word, strlen(word));
	w->look_at = w->held_until = -1;
	w->backoff = BACKOFF_MIN;
	all->nwatch++;
	return 0;
}

/* Takes names, network and say of conf; -1 with words in err. */
int
watch_list_init(struct watch_list *all, const struct engine_conf *conf,
    char *err, size_t errsize)
{
	char id[NAME_SIZE];
	size_t i;

	all->say = conf->say;
	if (conf->nnames == 0) {
		snprintf(err, errsize, "no container is named");
		return -1;
	}
	if (conf->network) {
		if (strlen(conf->network) >= sizeof(all->network)) {
			snprintf(err, errsize, "too long a name of a network");
			return -1;
		}
		strcpy(all->network, conf->network);
	}
	all->watch = calloc(conf->nnames + 1, sizeof(*all->watch));
	if (all->watch == NULL) {
		snprintf(err, errsize, "no memory");
		return -1;
	}
	if (self_id(id, sizeof(id)) && watch_add(all, id) == 0)
		all->self = all->watch;
	for (i = 0; i < conf->nnames; i++)
		if (watch_add(all, conf->names[i]) == -1) {
			snprintf(err, errsize, "\"%s\": not a name of a "
			    "container", conf->names[i]);
			return -1;
		}
	return 0;
}

void
watch_list_free(struct watch_list *all)
{
	size_t i;

	for (i = 0; i < all->nwatch; i++)
		container_free(&all->watch[i].c);
	free(all->watch);
	free(all->want);
}
