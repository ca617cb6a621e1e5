/*
 * lib/tiny-dns.c: getaddrinfo(3) for lib/tiny.c.
 *
 * A name is looked for in hosts(5), then asked of the name servers of
 * resolv.conf(5), A and AAAA at once, all servers in turn, over TCP when
 * an answer was cut off: RFC 1035, RFC 3596, RFC 7766.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tiny.h"

#define FOUND_MAX	48
#define SERVERS_MAX	3	/* MAXNS of resolv.conf(5) */
#define PACKET_MAX	1280
#define TCP_PACKET_MAX	16384
#define TYPE_A		1
#define TYPE_AAAA	28

static unsigned dns_port = 53;

union any {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* What is looked for and what was found. */
struct search {
	const char *host;
	int family;
	union any found[FOUND_MAX];
	size_t n;
};

/* resolv.conf(5). */
struct servers {
	union any at[SERVERS_MAX];
	size_t n;
	int timeout, attempts, ndots;
	char domains[256];	/* of "search", separated by blanks */
};

/* One question on its way. */
struct query {
	unsigned char packet[300];
	size_t len;
	int type, done;
	int rcode;
};

static socklen_t
any_len(const union any *a)
{
	return a->sa.sa_family == AF_INET ? sizeof a->in : sizeof a->in6;
}

static void
add(struct search *s, int family, const void *bytes, unsigned scope)
{
	union any *a = &s->found[s->n];

	if (s->n == FOUND_MAX ||
	    (s->family != AF_UNSPEC && s->family != family))
		return;
	memset(a, 0, sizeof *a);
	a->sa.sa_family = (sa_family_t)family;
	if (family == AF_INET)
		memcpy(&a->in.sin_addr, bytes, 4);
	else {
		memcpy(&a->in6.sin6_addr, bytes, 16);
		a->in6.sin6_scope_id = scope;
	}
	s->n++;
}

/* The forms of inet_aton(3): 1.2.3.4, 127.1, 0x7f000001. */
static int
old_form(const char *text, unsigned char ip[4])
{
	unsigned long part[4], last;
	char *end;
	int n = 0, i;

	for (;; text = end + 1) {
		if (n == 4 || *text < '0' || *text > '9')
			return 0;
		part[n++] = strtoul(text, &end, 0);
		if (*end != '.')
			break;
	}
	last = part[n - 1];
	if (*end != '\0' || last > 0xffffffffUL >> 8 * (n - 1))
		return 0;
	for (i = 0; i < n - 1; i++)
		if (part[i] > 255)
			return 0;
		else
			ip[i] = (unsigned char)part[i];
	for (i = 3; i >= n - 1; i--, last >>= 8)
		ip[i] = (unsigned char)last;
	return 1;
}

/* A number, "fe80::1%eth0" among them; 1 if it was one. */
static int
literal(struct search *s)
{
	unsigned char ip[16];
	char bare[INET6_ADDRSTRLEN], *end;
	const char *scope = strchr(s->host, '%');
	size_t len = scope == NULL ? strlen(s->host) :
	    (size_t)(scope - s->host);
	unsigned long id = 0;

	if (scope == NULL && old_form(s->host, ip)) {
		add(s, AF_INET, ip, 0);
		return 1;
	}
	if (len >= sizeof bare)
		return 0;
	memcpy(bare, s->host, len);
	bare[len] = '\0';
	if (inet_pton(AF_INET6, bare, ip) != 1)
		return 0;
	if (scope != NULL) {
		id = strtoul(scope + 1, &end, 10);
		if (scope[1] == '\0' || *end != '\0')
			id = if_nametoindex(scope + 1);
		if (id == 0)
			return 0;
	}
	add(s, AF_INET6, ip, (unsigned)id);
	return 1;
}

static void
hosts_line(struct search *s, char *line)
{
	char *number = tiny_word(&line), *name;
	unsigned char ip[16];

	if (number == NULL)
		return;
	while ((name = tiny_word(&line)) != NULL)
		if (strcasecmp(name, s->host) == 0)
			break;
	if (name == NULL)
		return;
	if (inet_pton(AF_INET, number, ip) == 1)
		add(s, AF_INET, ip, 0);
	else if (inet_pton(AF_INET6, number, ip) == 1)
		add(s, AF_INET6, ip, 0);
}

/* All the lines count: IPv4 and IPv6 stand apart. */
static void
hosts(struct search *s)
{
	size_t len;
	char *text = tiny_read("/etc/hosts", &len), *p = text, *line;

	while (p != NULL && (line = tiny_line(&p)) != NULL)
		hosts_line(s, line);
	free(text);
}

/* RFC 6761 section 6.3: localhost needs neither file nor server. */
static void
local(struct search *s)
{
	static const unsigned char four[] = { 127, 0, 0, 1 };
	static const unsigned char six[16] = { [15] = 1 };
	size_t len = strlen(s->host);

	len -= len > 0 && s->host[len - 1] == '.';
	if (len < 9 || strncasecmp(s->host + len - 9, "localhost", 9) != 0 ||
	    (len > 9 && s->host[len - 10] != '.'))
		return;
	add(s, AF_INET, four, 0);
	add(s, AF_INET6, six, 0);
}

static int
option(const char *word, const char *name, int most, int *out)
{
	size_t len = strlen(name);
	unsigned long n;

	if (strncmp(word, name, len) != 0)
		return 0;
	n = strtoul(word + len, NULL, 10);
	*out = n > (unsigned long)most ? most : (int)n;
	return 1;
}

static void
server_add(struct servers *v, const char *word)
{
	struct search one = { .host = word };

	if (v->n < SERVERS_MAX && literal(&one))
		v->at[v->n++] = one.found[0];
}

static void
resolv_line(struct servers *v, char *line)
{
	char *key = tiny_word(&line), *word;

	if (key == NULL)
		return;
	if (strcmp(key, "search") == 0 || strcmp(key, "domain") == 0)
		snprintf(v->domains, sizeof v->domains, "%s", line);
	while ((word = tiny_word(&line)) != NULL)
		if (strcmp(key, "nameserver") == 0)
			server_add(v, word);
		else if (strcmp(key, "options") == 0 &&
		    !option(word, "timeout:", 60, &v->timeout) &&
		    !option(word, "attempts:", 10, &v->attempts))
			option(word, "ndots:", 15, &v->ndots);
}

static void
resolv_conf(struct servers *v)
{
	size_t len, i;
	char *text = tiny_read("/etc/resolv.conf", &len), *p = text, *line;

	memset(v, 0, sizeof *v);
	v->timeout = 5;
	v->attempts = 2;
	v->ndots = 1;
	while (p != NULL && (line = tiny_line(&p)) != NULL)
		resolv_line(v, line);
	free(text);
	if (v->n == 0)
		server_add(v, "127.0.0.1");
	if (v->timeout < 1)
		v->timeout = 1;
	if (v->attempts < 1)
		v->attempts = 1;
	for (i = 0; i < v->n; i++)
		v->at[i].in.sin_port = htons((uint16_t)dns_port);
}

/* The question for host and domain, RFC 1035 section 4.1; -1: no name. */
static int
question(struct query *q, const char *name, int type)
{
	unsigned char *p = q->packet + 12;
	size_t len;

	memset(q, 0, sizeof *q);
	if (getrandom(q->packet, 2, GRND_NONBLOCK) != 2) {
		struct timespec now;

		clock_gettime(CLOCK_MONOTONIC, &now);
		q->packet[0] = (unsigned char)(now.tv_nsec >> 2);
		q->packet[1] = (unsigned char)(now.tv_nsec >> 10);
	}
	q->packet[2] = 1;		/* recursion desired */
	q->packet[5] = 1;		/* one question */
	if (*name == '\0' || strlen(name) > 254)
		return -1;
	while (*name != '\0') {
		len = strcspn(name, ".");
		if (len == 0 || len > 63)
			return -1;
		*p++ = (unsigned char)len;
		memcpy(p, name, len);
		p += len;
		name += len;
		name += *name == '.';
	}
	*p++ = 0;
	*p++ = 0;
	*p++ = (unsigned char)type;
	*p++ = 0;
	*p++ = 1;			/* class IN */
	q->len = (size_t)(p - q->packet);
	q->type = type;
	return 0;
}

/* The place after a name, or NULL. */
static const unsigned char *
name_skip(const unsigned char *p, const unsigned char *end)
{
	for (; p < end; p += *p + 1)
		if (*p == 0)
			return p + 1;
		else if (*p >= 192)
			return end - p < 2 ? NULL : p + 2;
	return NULL;
}

/* Names may come back in another case: only the rest must be the same. */
static int
same_question(const struct query *q, const unsigned char *p, size_t len)
{
	size_t i;

	if (len < q->len || memcmp(p, q->packet, 2) != 0 ||
	    !(p[2] & 0x80) || p[4] != 0 || p[5] != 1)
		return 0;
	for (i = 12; i < q->len; i++)
		if (p[i] != q->packet[i] && ((p[i] ^ q->packet[i]) != 32 ||
		    (p[i] | 32) < 'a' || (p[i] | 32) > 'z'))
			return 0;
	return 1;
}

/* Takes the addresses out of an answer; aliases need no following. */
static void
answer_read(struct search *s, struct query *q, const unsigned char *p,
    size_t len)
{
	const unsigned char *end = p + len;
	int count = p[6] << 8 | p[7], type, size;

	q->done = 1;
	q->rcode = p[3] & 15;
	for (p += q->len; q->rcode == 0 && count > 0; count--, p += size) {
		p = name_skip(p, end);
		if (p == NULL || end - p < 10)
			return;
		type = p[0] << 8 | p[1];
		size = p[8] << 8 | p[9];
		p += 10;
		if (end - p < size)
			return;
		if (type != q->type)
			continue;
		if (type == TYPE_A && size == 4)
			add(s, AF_INET, p, 0);
		else if (type == TYPE_AAAA && size == 16)
			add(s, AF_INET6, p, 0);
	}
}

static long long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits until the deadline; whether there is something to do. */
static int
ready(int fd, short what, long long deadline)
{
	struct pollfd p = { .fd = fd, .events = what };
	long long left;
	int n;

	do {
		left = deadline - now_ms();
		n = poll(&p, 1, left < 0 ? 0 : (int)left);
	} while (n == -1 && errno == EINTR);
	return n > 0;
}

/* Moves all of len bytes before the deadline, or -1. */
static int
move(int fd, int out, unsigned char *p, size_t len, long long deadline)
{
	ssize_t n;

	while (len > 0) {
		if (!ready(fd, out ? POLLOUT : POLLIN, deadline))
			return -1;
		n = out ? send(fd, p, len, MSG_NOSIGNAL) : recv(fd, p, len, 0);
		if (n <= 0 && !(n == -1 && (errno == EINTR ||
		    errno == EAGAIN)))
			return -1;
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int
dial(const union any *to, int type)
{
	int fd = socket(to->sa.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);

	if (fd == -1)
		return -1;
	if (connect(fd, &to->sa, any_len(to)) == 0 || errno == EINPROGRESS)
		return fd;
	close(fd);
	return -1;
}

/* The whole answer, when UDP had only a part: RFC 7766. */
static int
ask_tcp(struct search *s, struct query *q, const union any *server,
    long long deadline)
{
	unsigned char *answer, head[2] = { (unsigned char)(q->len >> 8),
	    (unsigned char)q->len };
	int fd = dial(server, SOCK_STREAM), rc = -1;
	size_t len;

	answer = malloc(TCP_PACKET_MAX);
	if (fd == -1 || answer == NULL ||
	    move(fd, 1, head, 2, deadline) == -1 ||
	    move(fd, 1, q->packet, q->len, deadline) == -1 ||
	    move(fd, 0, head, 2, deadline) == -1)
		goto out;
	len = (size_t)(head[0] << 8 | head[1]);
	if (len > TCP_PACKET_MAX ||
	    move(fd, 0, answer, len, deadline) == -1 ||
	    !same_question(q, answer, len))
		goto out;
	answer_read(s, q, answer, len);
	rc = 0;
out:
	free(answer);
	if (fd != -1)
		close(fd);
	return rc;
}

/* A server that fails or refuses is as one that is silent. */
static void
udp_answer(struct search *s, struct query q[], int nq, int fd,
    const union any *server, long long deadline)
{
	unsigned char p[PACKET_MAX];
	ssize_t n = recv(fd, p, sizeof p, 0);
	int i;

	for (i = 0; i < nq && n >= 12; i++) {
		if (q[i].done || !same_question(&q[i], p, (size_t)n))
			continue;
		if ((p[3] & 15) != 0 && (p[3] & 15) != 3)
			continue;
		if (!(p[2] & 2) ||
		    ask_tcp(s, &q[i], server, deadline) == -1)
			answer_read(s, &q[i], p, (size_t)n);
		return;
	}
	/* Refused or an error: this server has nothing to say. */
	for (i = 0; i < nq; i++)
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			q[i].done |= 2;
		else if (n >= 12 && memcmp(p, q[i].packet, 2) == 0 &&
		    (p[3] & 15) != 0)
			q[i].done |= 2;
}

static int
all_done(struct query q[], int nq)
{
	return q[0].done && q[nq - 1].done;
}

/* Asks one server, and waits for as long as an attempt may last. */
static void
ask(struct search *s, struct query q[], int nq, const union any *server,
    long long deadline)
{
	int fd = dial(server, SOCK_DGRAM), i;

	if (fd == -1)
		return;
	for (i = 0; i < nq; i++)
		if (!q[i].done)
			send(fd, q[i].packet, q[i].len, MSG_NOSIGNAL);
	while (!all_done(q, nq) && ready(fd, POLLIN, deadline))
		udp_answer(s, q, nq, fd, server, deadline);
	for (i = 0; i < nq; i++)
		q[i].done &= 1;
	close(fd);
}

/*
 * Asks for one full name.  0 when there was an answer, be it that there
 * is no such name; else EAI_AGAIN.
 */
static int
ask_all(struct search *s, const struct servers *v, const char *name)
{
	struct query q[2];
	int nq = 0, round;
	size_t i;

	if (s->family != AF_INET6 && question(&q[nq++], name, TYPE_A) == -1)
		return 0;
	if (s->family != AF_INET && question(&q[nq++], name, TYPE_AAAA) == -1)
		return 0;
	for (round = 0; round < v->attempts; round++)
		for (i = 0; i < v->n; i++) {
			ask(s, q, nq, &v->at[i],
			    now_ms() + v->timeout * 1000LL);
			if (all_done(q, nq))
				return 0;
		}
	return s->n > 0 ? 0 : EAI_AGAIN;
}

/* With enough dots the name itself goes first, else the domains do. */
static int
dns(struct search *s)
{
	struct servers v;
	char name[512], *p, *domain;
	int dots = 0, rc, first;
	size_t i;

	resolv_conf(&v);
	for (i = 0; s->host[i] != '\0'; i++)
		dots += s->host[i] == '.';
	if (i > 0 && s->host[i - 1] == '.')
		return ask_all(s, &v, s->host);
	first = dots >= v.ndots;
	if (first && ((rc = ask_all(s, &v, s->host)) != 0 || s->n > 0))
		return rc;
	for (p = v.domains; (domain = tiny_word(&p)) != NULL; ) {
		snprintf(name, sizeof name, "%s.%s", s->host, domain);
		rc = ask_all(s, &v, name);
		if (rc != 0 || s->n > 0)
			return rc;
	}
	return first ? 0 : ask_all(s, &v, s->host);
}

/* Whether there is a way to the address, as RFC 6724 section 6 rule 1. */
static int
reachable(const union any *a)
{
	union any to = *a;
	int fd, yes;

	to.in.sin_port = htons(65535);
	fd = dial(&to, SOCK_DGRAM);
	yes = fd != -1;
	if (yes)
		close(fd);
	return yes;
}

/*
 * Those that can be reached go first, IPv6 before IPv4, else in the order
 * in which they came; RFC 6724 knows more rules than one host needs.
 */
static void
order(struct search *s)
{
	union any sorted[FOUND_MAX];
	unsigned char rank[FOUND_MAX];
	size_t i, n = 0;
	unsigned r;

	if (s->n < 2)
		return;
	for (i = 0; i < s->n; i++)
		rank[i] = (unsigned char)((reachable(&s->found[i]) ? 0 : 2) +
		    (s->found[i].sa.sa_family == AF_INET));
	for (r = 0; r < 4; r++)
		for (i = 0; i < s->n; i++)
			if (rank[i] == r)
				sorted[n++] = s->found[i];
	memcpy(s->found, sorted, n * sizeof *sorted);
}

/* An entry and its address in one block. */
struct entry {
	struct addrinfo ai;
	union any to;
};

static int
list_make(const struct search *s, const struct addrinfo *hints,
    struct addrinfo **out)
{
	struct addrinfo **at = out;
	struct entry *e;
	size_t i;

	*out = NULL;
	for (i = 0; i < s->n; i++, at = &e->ai.ai_next) {
		e = calloc(1, sizeof *e);
		if (e == NULL) {
			freeaddrinfo(*out);
			return EAI_MEMORY;
		}
		e->to = s->found[i];
		e->ai.ai_flags = hints->ai_flags;
		e->ai.ai_family = e->to.sa.sa_family;
		e->ai.ai_socktype = hints->ai_socktype;
		e->ai.ai_protocol = hints->ai_protocol;
		e->ai.ai_addrlen = any_len(&e->to);
		e->ai.ai_addr = &e->to.sa;
		*at = &e->ai;
	}
	return 0;
}

/* IPv4 addresses in the clothes of IPv6, for AI_V4MAPPED. */
static int
mapped(struct search *s)
{
	unsigned char ip[16] = { [10] = 255, [11] = 255 };
	struct search four = { .host = s->host, .family = AF_INET };
	size_t i;
	int rc;

	hosts(&four);
	rc = four.n > 0 ? 0 : dns(&four);
	for (i = 0; i < four.n; i++) {
		memcpy(ip + 12, &four.found[i].in.sin_addr, 4);
		add(s, AF_INET6, ip, 0);
	}
	return rc;
}

/*
 * As RFC 3493 section 6.1, for a host; services are not looked for, the
 * port stays 0.
 */
int
getaddrinfo(const char *restrict host, const char *restrict service,
    const struct addrinfo *restrict hints, struct addrinfo **restrict out)
{
	struct search s = { .host = host, .family = hints->ai_family };
	int rc = 0;

	if (host == NULL || service != NULL)
		return EAI_SERVICE;
	if (s.family != AF_UNSPEC && s.family != AF_INET &&
	    s.family != AF_INET6)
		return EAI_FAMILY;
	if (!literal(&s)) {
		if (hints->ai_flags & AI_NUMERICHOST)
			return EAI_NONAME;
		hosts(&s);
		if (s.n == 0)
			local(&s);
		if (s.n == 0)
			rc = dns(&s);
		if (rc == 0 && s.n == 0 && s.family == AF_INET6 &&
		    hints->ai_flags & AI_V4MAPPED)
			rc = mapped(&s);
		order(&s);
	}
	if (rc != 0)
		return rc;
	return s.n == 0 ? EAI_NONAME : list_make(&s, hints, out);
}

void
freeaddrinfo(struct addrinfo *list)
{
	struct addrinfo *next;

	for (; list != NULL; list = next) {
		next = list->ai_next;
		free(list);
	}
}
