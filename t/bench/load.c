/*
 * load: the load generator of the benchmark. One mode per measure; every mode
 * prints one line of "name=value" pairs, or dies with a line on stderr.
 *
 * An ADDR is HOST:PORT (IPv4 in digits) or the path of a unix socket; servers
 * print "port=N" when they are ready. A transfer opens with its length, eight
 * bytes, and ends with an answer of one byte, so that no peer needs to know
 * half-close. Connections leave from 127.0.1.x in turn: the ports that
 * TIME_WAIT keeps are spread over many addresses.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BLOCK		(256 * 1024)
#define HOLD		'h'	/* first byte of a held, not polled */
#define SERVED_MAX	1024	/* connections an echo server polls at once */
#define STUCK_S		60.0	/* no mode waits longer for its peer */

struct address {
	struct sockaddr_storage sa;
	socklen_t len;
};

static char block[BLOCK];

static _Noreturn void
die(const char *fmt, ...)
{
	int e = errno;
	va_list ap;

	fputs("load: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (fmt[strlen(fmt) - 1] == ':')
		fprintf(stderr, " %s", strerror(e));
	fputc('\n', stderr);
	exit(1);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static long
number(const char *s, long max)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(s, &end, 10);
	if (errno != 0 || end == s || *end != '\0' || n < 1 || n > max)
		die("\"%s\" is not a number from 1 to %ld", s, max);
	return n;
}

static int
double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts v and returns its p-th part, in microseconds. */
static double
quantile_us(double *v, size_t n, double p)
{
	if (n == 0)
		return 0;
	qsort(v, n, sizeof(*v), double_cmp);
	return v[(size_t)((double)(n - 1) * p)] * 1e6;
}

static struct address
address_parse(const char *s)
{
	struct address a = { .len = 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&a.sa;
	struct sockaddr_un *un = (struct sockaddr_un *)&a.sa;
	char host[64];
	const char *colon = strrchr(s, ':');

	if (strchr(s, '/') != NULL) {
		if (strlen(s) >= sizeof(un->sun_path))
			die("%s: path too long", s);
		un->sun_family = AF_UNIX;
		strcpy(un->sun_path, s);
		a.len = sizeof(*un);
		return a;
	}
	if (colon == NULL || (size_t)(colon - s) >= sizeof(host))
		die("%s: neither HOST:PORT nor a path", s);
	memcpy(host, s, (size_t)(colon - s));
	host[colon - s] = '\0';
	in->sin_family = AF_INET;
	if (strcmp(colon, ":0") != 0)
		in->sin_port = htons((uint16_t)number(colon + 1, 65535));
	if (inet_pton(AF_INET, host, &in->sin_addr) != 1)
		die("%s: not an IPv4 address", s);
	a.len = sizeof(*in);
	return a;
}

/* A socket for a; a client's is bound to the next of the source addresses. */
static int
address_socket(const struct address *a, int type, int client)
{
	static unsigned next;
	struct sockaddr_in from = { .sin_family = AF_INET };
	int on = 1, s = socket(a->sa.ss_family, type | SOCK_CLOEXEC, 0);

	if (s == -1)
		die("socket:");
	if (a->sa.ss_family != AF_INET)
		return s;
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (!client)
		return s;
	if (type & SOCK_STREAM)
		setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(s, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	from.sin_addr.s_addr = htonl(0x7f000101 + next++ % 16);
	if (bind(s, (struct sockaddr *)&from, sizeof(from)) == -1)
		die("bind:");
	return s;
}

static int
address_connect(const struct address *a, int type)
{
	int s = address_socket(a, type, 1);

	if (connect(s, (const struct sockaddr *)&a->sa, a->len) == -1)
		die("connect:");
	return s;
}

/* A bound (and listening) socket; prints its port, the sign of readiness. */
static int
address_serve(const char *s, int type)
{
	struct address a = address_parse(s);
	int fd = address_socket(&a, type, 0);

	if (bind(fd, (struct sockaddr *)&a.sa, a.len) == -1)
		die("bind %s:", s);
	if (type == SOCK_STREAM && listen(fd, 4096) == -1)
		die("listen:");
	if (getsockname(fd, (struct sockaddr *)&a.sa, &a.len) == -1)
		die("getsockname:");
	printf("port=%d\n", a.sa.ss_family == AF_INET ?
	    ntohs(((struct sockaddr_in *)&a.sa)->sin_port) : 0);
	fflush(stdout);
	return fd;
}

static void
write_all(int fd, const void *data, size_t n)
{
	const char *p = data;
	ssize_t w;

	for (; n > 0; p += w, n -= (size_t)w)
		if ((w = write(fd, p, n)) <= 0)
			die("write:");
}

/* Reads exactly n bytes; 0 at an early end of file or error, else 1. */
static int
read_all(int fd, void *data, size_t n)
{
	char *p = data;
	ssize_t r;

	for (; n > 0; p += r, n -= (size_t)r)
		if ((r = read(fd, p, n)) <= 0)
			return 0;
	return 1;
}

/* Answers what came on fd. 0: go on; 1: ended; 2: to be left alone. */
static int
echo_answer(int fd)
{
	ssize_t n = read(fd, block, sizeof(block)), w;

	if (n <= 0)
		return 1;
	for (ssize_t done = 0; done < n; done += w)
		if ((w = write(fd, block + done, (size_t)(n - done))) <= 0)
			return 1;
	return block[0] == HOLD ? 2 : 0;
}

/* echo ADDR: gives back what comes, and holds what only wants to be held. */
static int
mode_echo(char *argv[])
{
	struct pollfd p[SERVED_MAX + 1] = { { 0, POLLIN, 0 } };
	nfds_t n = 1;
	int on = 1;

	p[0].fd = address_serve(argv[0], SOCK_STREAM);
	while (poll(p, n, -1) != -1) {
		for (nfds_t i = n - 1; i > 0; i--) {
			int end = p[i].revents ? echo_answer(p[i].fd) : 0;

			if (end == 1)
				close(p[i].fd);
			if (end != 0)
				p[i] = p[--n];
		}
		p[0].events = n < SERVED_MAX ? POLLIN : 0;
		if (p[0].revents == 0)
			continue;
		p[n].fd = accept4(p[0].fd, NULL, NULL, SOCK_CLOEXEC);
		p[n].events = POLLIN;
		p[n].revents = 0;
		if (p[n].fd == -1)
			continue;
		setsockopt(p[n].fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		n++;
	}
	die("poll:");
	return 1;
}

/* Swallows one transfer from in and answers on out; 0 if it was cut. */
static int
sink_transfer(int in, int out)
{
	uint64_t left;
	ssize_t n;

	if (!read_all(in, &left, sizeof(left)))
		return 0;
	for (; left > 0; left -= (uint64_t)n) {
		n = read(in, block, left < BLOCK ? (size_t)left : BLOCK);
		if (n <= 0)
			return 0;
	}
	return write(out, "k", 1) == 1;
}

/* sink ADDR: swallows one transfer after another; sink -: stdin and stdout */
static int
mode_sink(char *argv[])
{
	int s, c;

	if (strcmp(argv[0], "-") == 0)
		return !sink_transfer(0, 1);
	for (s = address_serve(argv[0], SOCK_STREAM);;) {
		if ((c = accept(s, NULL, NULL)) == -1)
			die("accept:");
		if (sink_transfer(c, c))
			(void)!read(c, block, 1);	/* they close first */
		close(c);
	}
}

/* Sends bytes to out, waits for the answer on in, and prints the speed. */
static void
source_transfer(int out, int in, uint64_t bytes)
{
	uint64_t left = bytes;
	double start;
	size_t n;

	memset(block, 'x', sizeof(block));
	alarm((unsigned)STUCK_S);
	start = now();
	write_all(out, &bytes, sizeof(bytes));
	for (; left > 0; left -= n) {
		n = left < BLOCK ? (size_t)left : BLOCK;
		write_all(out, block, n);
	}
	if (!read_all(in, block, 1))
		die("the transfer was cut");
	printf("bytes=%llu secs=%.6f gbs=%.4f\n", (unsigned long long)bytes,
	    now() - start, (double)bytes / 1e9 / (now() - start));
}

/* source ADDR MEGABYTES */
static int
mode_source(char *argv[])
{
	struct address a = address_parse(argv[0]);
	int s = address_connect(&a, SOCK_STREAM);

	source_transfer(s, s, (uint64_t)number(argv[1], 1 << 20) * 1000000);
	close(s);
	return 0;
}

/* Starts argv between two pipes; *in and *out are our ends of them. */
static pid_t
program_start(char *argv[], int *in, int *out)
{
	int to[2], from[2];
	pid_t pid;

	if (pipe2(to, O_CLOEXEC) == -1 || pipe2(from, O_CLOEXEC) == -1)
		die("pipe:");
	if ((pid = fork()) == -1)
		die("fork:");
	if (pid == 0) {
		if (dup2(to[0], 0) == -1 || dup2(from[1], 1) == -1)
			die("dup2:");
		execvp(argv[0], argv);
		die("%s:", argv[0]);
	}
	close(to[0]);
	close(from[1]);
	*out = to[1];
	*in = from[0];
	return pid;
}

/* pipe MEGABYTES PROGRAM ARG...: the source writes to a program's stdin */
static int
mode_pipe(char *argv[])
{
	struct rusage used;
	int in, out, status;
	pid_t pid = program_start(argv + 1, &in, &out);

	source_transfer(out, in, (uint64_t)number(argv[0], 1 << 20) * 1000000);
	close(out);
	close(in);
	if (waitpid(pid, &status, 0) == -1 ||
	    getrusage(RUSAGE_CHILDREN, &used) == -1)
		die("wait:");
	printf("cpu=%.6f\n", seconds(used.ru_utime) + seconds(used.ru_stime));
	return 0;
}

struct try {
	double start;
	int sent;
};

static void
try_start(const struct address *a, struct pollfd *p, struct try *t)
{
	t->start = now();
	t->sent = 0;
	p->events = POLLOUT;
	p->fd = address_socket(a, SOCK_STREAM | SOCK_NONBLOCK, 1);
	if (connect(p->fd, (const struct sockaddr *)&a->sa, a->len) == -1 &&
	    errno != EINPROGRESS)
		die("connect:");
}

/* The next step of a short connection: 0 not yet, 1 done, -1 it failed. */
static int
try_step(struct pollfd *p, struct try *t)
{
	char c;

	if (t->sent)
		return read(p->fd, &c, 1) == 1 ? 1 : -1;
	if (write(p->fd, "x", 1) != 1)
		return -1;
	t->sent = 1;
	p->events = POLLIN;
	return 0;
}

/* rate ADDR CONNECTIONS AT-ONCE: connect, a byte each way, close */
static int
mode_rate(char *argv[])
{
	struct address a = address_parse(argv[0]);
	size_t total = (size_t)number(argv[1], 10000000), done = 0, bad = 0;
	size_t width = (size_t)number(argv[2], 256), started = 0;
	struct pollfd p[256];
	struct try t[256];
	double *took = calloc(total, sizeof(*took)), start = now(), secs;

	if (took == NULL)
		die("calloc:");
	alarm(2 * (unsigned)STUCK_S);
	for (width = width < total ? width : total; started < width; started++)
		try_start(&a, &p[started], &t[started]);
	while (done + bad < total) {
		if (poll(p, (nfds_t)width, (int)STUCK_S * 1000) <= 0)
			die("rate: stuck after %zu connections", done);
		for (size_t i = 0; i < width; i++) {
			int r = p[i].fd >= 0 && p[i].revents ?
			    try_step(&p[i], &t[i]) : 0;

			if (r == 0)
				continue;
			if (r == 1)
				took[done++] = now() - t[i].start;
			else
				bad++;
			close(p[i].fd);
			p[i].fd = -1;
			if (started++ < total)
				try_start(&a, &p[i], &t[i]);
		}
	}
	secs = now() - start;
	printf("conns=%zu errors=%zu secs=%.4f rate=%.1f p50=%.1f p99=%.1f\n",
	    done, bad, secs, (double)done / secs,
	    quantile_us(took, done, .5), quantile_us(took, done, .99));
	return bad != 0;
}

/* rtt ADDR TRIPS: 64 bytes there and back over one connection */
static int
mode_rtt(char *argv[])
{
	struct address a = address_parse(argv[0]);
	size_t trips = (size_t)number(argv[1], 10000000);
	double *took = calloc(trips, sizeof(*took)), start;
	int s = address_connect(&a, SOCK_STREAM);

	if (took == NULL)
		die("calloc:");
	alarm((unsigned)STUCK_S);
	for (size_t i = 0; i < trips; i++) {
		start = now();
		write_all(s, block, 64);
		if (!read_all(s, block, 64))
			die("cut after %zu round trips", i);
		took[i] = now() - start;
	}
	printf("trips=%zu p50=%.2f p99=%.2f\n", trips,
	    quantile_us(took, trips, .5), quantile_us(took, trips, .99));
	return 0;
}

/* idle ADDR CONNECTIONS: opens them, says so, holds them till stdin ends */
static int
mode_idle(char *argv[])
{
	struct address a = address_parse(argv[0]);
	long n = number(argv[1], 100000);
	char c = HOLD;
	int s;

	alarm((unsigned)STUCK_S);
	for (long i = 0; i < n; i++) {
		s = address_connect(&a, SOCK_STREAM);
		write_all(s, &c, 1);
		if (!read_all(s, &c, 1))
			die("connection %ld was closed", i + 1);
	}
	printf("held=%ld\n", n);
	fflush(stdout);
	alarm(600);
	while (read(0, &c, 1) > 0)
		;
	return 0;
}

/* udpecho ADDR: gives back every packet */
static int
mode_udpecho(char *argv[])
{
	struct sockaddr_storage from;
	socklen_t len;
	ssize_t n;
	int s = address_serve(argv[0], SOCK_DGRAM);

	for (;;) {
		len = sizeof(from);
		n = recvfrom(s, block, sizeof(block), 0,
		    (struct sockaddr *)&from, &len);
		if (n >= 0)
			(void)!sendto(s, block, (size_t)n, 0,
			    (struct sockaddr *)&from, len);
	}
	return 1;
}

/* udp ADDR PACKETS SIZE IN-FLIGHT: packets there and back */
static int
mode_udp(char *argv[])
{
	struct address a = address_parse(argv[0]);
	long packets = number(argv[1], 100000000), width = number(argv[3], 64);
	size_t size = (size_t)number(argv[2], 65000);
	struct pollfd p = { address_connect(&a, SOCK_DGRAM), POLLIN, 0 };
	long back = 0, lost = 0, flying = 0;
	double start = now(), waited = 0;

	while (back + lost < packets && waited < 5) {
		for (; flying < width && back + lost + flying < packets;
		    flying++)
			if (send(p.fd, block, size, 0) == -1)
				die("send:");
		if (poll(&p, 1, 200) == 1) {
			if (recv(p.fd, block, sizeof(block), 0) == -1)
				die("recv:");
			back++;
			flying--;
			continue;
		}
		lost += flying;
		flying = 0;
		waited += .2;
	}
	printf("packets=%ld lost=%ld pps=%.0f\n", back, lost,
	    (double)back / (now() - start - waited));
	return back == 0;
}

/* Seconds from fork to the first connection that argv accepts at a. */
static double
start_once(const struct address *a, char *argv[])
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC), s, up;
	double start = now();
	pid_t pid = fork();

	if (pid == -1)
		die("fork:");
	if (pid == 0) {
		dup2(nowhere, 1);
		dup2(nowhere, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	do {
		s = address_socket(a, SOCK_STREAM, 1);
		up = connect(s, (const struct sockaddr *)&a->sa, a->len) == 0;
		close(s);
		sched_yield();
	} while (!up && now() - start < 5 && waitpid(pid, NULL, WNOHANG) == 0);
	start = now() - start;
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	close(nowhere);
	if (!up)
		die("%s does not listen", argv[0]);
	return start;
}

/* start TRIES ADDR PROGRAM ARG...: how long till PROGRAM listens at ADDR */
static int
mode_start(char *argv[])
{
	struct address a = address_parse(argv[1]);
	size_t tries = (size_t)number(argv[0], 10000);
	double *took = calloc(tries, sizeof(*took));

	if (took == NULL)
		die("calloc:");
	for (size_t i = 0; i < tries; i++)
		took[i] = start_once(&a, argv + 2);
	printf("tries=%zu start=%.1f\n", tries, quantile_us(took, tries, .5));
	return 0;
}

static const struct mode {
	const char *name;
	int args;		/* at least */
	int (*run)(char *argv[]);
} modes[] = {
	{ "echo", 1, mode_echo },
	{ "idle", 2, mode_idle },
	{ "pipe", 2, mode_pipe },
	{ "rate", 3, mode_rate },
	{ "rtt", 2, mode_rtt },
	{ "sink", 1, mode_sink },
	{ "source", 2, mode_source },
	{ "start", 3, mode_start },
	{ "udp", 4, mode_udp },
	{ "udpecho", 1, mode_udpecho },
};

int
main(int argc, char *argv[])
{
	struct rlimit files;

	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		if (argc > 1 && strcmp(argv[1], modes[i].name) == 0 &&
		    argc - 2 >= modes[i].args)
			return modes[i].run(argv + 2);
	die("usage: load MODE ARG... (the modes stand before their functions)");
}
