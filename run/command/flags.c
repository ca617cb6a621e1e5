/*
 * run/command/flags.c: the flags of the command line, a row each.  A new one
 * is a row here, a field of struct config and an entry in the manual.
 */

#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/num.h"
#include "flag.h"

static int
number_wrong(const char *flag, const char *value, enum num_error why)
{
	if (why == NUM_MISSING)
		error_set("parseopts(): missing numerical value of "
		    "option \"%s\"", flag);
	else if (why == NUM_GARBAGE)
		error_set("parseopts(): trailing garbage in numerical "
		    "arg of option \"%s\"", flag);
	else
		error_set("option \"%s\": value out of range", flag);
	if (why != NUM_RANGE)
		error_hint("%s takes a number, and \"%.80s\" is none", flag,
		    value);
	return -1;
}

static int
seconds(const char *flag, const char *value, msec *ms)
{
	long long ns;
	enum num_error e = num_seconds(value, &ns);

	if (e == NUM_OK && ns < 0)
		e = NUM_RANGE;
	if (e != NUM_OK)
		return number_wrong(flag, value, e);
	*ms = clock_msec(ns);
	return 0;
}

static int
set_block(struct config *c, const struct flag *f, const char *value)
{
	long long n;
	enum num_error e = num_int(value, 1, SSIZE_MAX, &n);

	if (e == NUM_RANGE && c->as_socat && strcmp(value, "0") != 0)
		return error_set("buffer size option (-b) to big - "
		    "%llu (max is %zd)", strtoull(value, NULL, 0), SSIZE_MAX);
	if (e != NUM_OK)
		return number_wrong(f->name, value, e);
	c->block = (size_t)n;
	return 0;
}

static int
set_ready_fd(struct config *c, const struct flag *f, const char *value)
{
	long long n;
	enum num_error e = num_int(value, 0, INT_MAX, &n);

	if (e != NUM_OK)
		return number_wrong(f->name, value, e);
	if (fcntl((int)n, F_GETFD) == -1)
		return error_set("%s %lld:", f->name, n);
	if (n > STDERR_FILENO)
		fcntl((int)n, F_SETFD, FD_CLOEXEC);
	c->ready_fd = (int)n;
	return 0;
}

/*
 * -d0 to -d4, or as many d.  Warnings are level 1, which is there without
 * any; relay adds a line for each connection to it.
 */
static int
set_verbosity(struct config *c, const struct flag *f, const char *value)
{
	static const enum log_level levels[] = { LOG_E, LOG_W, LOG_N, LOG_I,
	    LOG_D };

	(void)f;
	if (value[0] >= '0' && value[0] <= '4' && value[1] == '\0')
		c->verbosity = (unsigned)(value[0] - '0');
	else if (strspn(value, "d") == strlen(value))
		c->verbosity += 1 + (unsigned)strlen(value);
	else
		return 1;
	log_threshold(levels[c->verbosity > 4 ? 4 : c->verbosity]);
	log_summaries(c->verbosity > 0 && !c->as_socat);
	return 0;
}

static int
set_log_stderr(struct config *c, const struct flag *f, const char *value)
{
	(void)c, (void)f, (void)value;
	log_stderr();
	return 0;
}

static int
set_log_micro(struct config *c, const struct flag *f, const char *value)
{
	(void)c, (void)f, (void)value;
	log_micro();
	return 0;
}

static int
set_log_host(struct config *c, const struct flag *f, const char *value)
{
	(void)c, (void)f, (void)value;
	log_host();
	return 0;
}

static int
set_syslog(struct config *c, const struct flag *f, const char *value)
{
	(void)c;
	return log_syslog(value, f->n) == 0 ? 0 :
	    error_set("unknown syslog facility \"%s\"", value);
}

static int
set_name(struct config *c, const struct flag *f, const char *value)
{
	(void)f;
	c->name = c->env_prefix = value;
	log_name(value);
	return 0;
}

static int
set_ipv(struct config *c, const struct flag *f, const char *value)
{
	(void)value;
	c->ipv = c->listen_ipv = c->link_ipv = f->n;
	return 0;
}

static int
set_links(struct config *c, const struct flag *f, const char *value)
{
	(void)f;
	c->source = FROM_ENVIRONMENT;
	c->patterns = value;
	return 0;
}

static int
set_drain(struct config *c, const struct flag *f, const char *value)
{
	c->drains = true;
	return seconds(f->name, value, &c->drain);
}

/* A container that is linked to, and by it where links come from. */
static int
set_container(struct config *c, const struct flag *f, const char *value)
{
	(void)f;
	c->source = FROM_DOCKER;
	c->words[c->nwords++] = (char *)value;
	return 0;
}

/* The path stays for as long as the process. */
static int
set_socket(struct config *c, const struct flag *f, const char *value)
{
	size_t size = strlen(value) + sizeof "unix://";
	char *host;

	(void)f;
	c->docker_host = value;
	if (strstr(value, "://") != NULL)
		return 0;
	host = malloc(size);
	if (host == NULL)
		return error_set("out of memory");
	snprintf(host, size, "unix://%s", value);
	c->docker_host = host;
	return 0;
}

static int
set_log_level(struct config *c, const struct flag *f, const char *value)
{
	static const struct {
		const char *name;
		enum log_level level;
	} levels[] = {
		{ "debug", LOG_D }, { "info", LOG_N }, { "warn", LOG_W },
		{ "warning", LOG_W }, { "error", LOG_E }, { "fatal", LOG_F },
		{ "panic", LOG_F },
	};
	size_t i;

	(void)c;
	for (i = 0; i < sizeof levels / sizeof *levels; i++)
		if (strcasecmp(value, levels[i].name) == 0) {
			log_threshold(levels[i].level);
			log_letter_threshold(levels[i].level);
			return 0;
		}
	return error_set("%s: no level \"%.40s\"; there are debug, "
	    "info, warn, error, fatal", f->name, value);
}

static int
refuse_tls(struct config *c, const struct flag *f, const char *value)
{
	(void)c;
	return error_set("%s%.36s: there is no TLS here; run a TLS client "
	    "before it (socat, stunnel, ssh -L) and give -sock its unix "
	    "socket", f->name, value);
}

#define AT(field)	.at = offsetof(struct config, field)

/* What a flag is; the ones with a value say how -h shows that. */
#define SWITCH(field)		.kind = FLAG_TRUE, AT(field)
#define CHOICE(field, is)	.kind = FLAG_INT, AT(field), .n = is
#define TEXT(field, as)							\
	.kind = FLAG_TEXT, AT(field), .takes = TAKES_VALUE, .shown = as
#define SECONDS(field, as)						\
	.kind = FLAG_SECONDS, AT(field), .takes = TAKES_VALUE, .shown = as
#define BY(name)		.kind = FLAG_FUNCTION, .function = name
#define VALUE(as)		.takes = TAKES_VALUE, .shown = as
#define MAYBE(as)		.takes = TAKES_MAYBE, .shown = as
#define NOTHING			.kind = FLAG_IGNORED

/* Columns of socat's -h, and of what is relay's. */
#define LETTER	.column = 7
#define WORD	.column = 15
#define OURS	.of = FLAG_RELAY, .column = 23
#define GO	.of = FLAG_GO

#define PAIRS	FROM_PAIRS
#define ANY	(FROM_PAIRS | LINKS)
#define LINKS	(FROM_ENVIRONMENT | FROM_DOCKER | FROM_HOST_PORT)

/* In the order of socat's -h; behind them relay's, sorted. */
const struct flag flags[] = {
	{ "-V", LETTER, SWITCH(version),
	  .help = "print version and feature information to stdout, and "
	  "exit" },
	{ "-h", LETTER, CHOICE(help, 1), .shown = "|-?",
	  .help = "print a help text describing command line options and "
	  "addresses" },
	{ "-?", LETTER, CHOICE(help, 1) },
	{ "-hh", LETTER, CHOICE(help, 2),
	  .help = "like -h, plus a list of all common address option names" },
	{ "-??", LETTER, CHOICE(help, 2) },
	{ "-hhh", LETTER, CHOICE(help, 3),
	  .help = "like -hh, plus a list of all available address option "
	  "names" },
	{ "-???", LETTER, CHOICE(help, 3) },
	{ "-d", WORD, MAYBE("[ddd]"), BY(set_verbosity),
	  .help = "increase verbosity (use up to 4 times; 2 are "
	  "recommended)" },
	{ "-d", WORD, MAYBE("0|1|2|3|4"), BY(set_verbosity),
	  .help = "set verbosity level (0: errors only; 4: everything)" },
	{ "-D", LETTER, SWITCH(show_fds),
	  .help = "analyze file descriptors before loop" },
	{ "--experimental", WORD, NOTHING,
	  .help = "accepted, without effect" },
	{ "--statistics", WORD, SWITCH(statistics),
	  .help = "output transfer statistics on exit" },
	{ "-ly", WORD, MAYBE("[facility]"), BY(set_syslog),
	  .help = "log to syslog, using facility (default is daemon)" },
	{ "-lf", WORD, TEXT(log_file, "<logfile>"), .help = "log to file" },
	{ "-ls", WORD, BY(set_log_stderr),
	  .help = "log to stderr (default if no other log)" },
	{ "-lm", WORD, MAYBE("[facility]"), BY(set_syslog), .n = 1,
	  .help = "mixed log mode (stderr during initialization, then "
	  "syslog)" },
	{ "-lp", WORD, VALUE("<progname>"), BY(set_name),
	  .help = "set the program name used for logging and vars" },
	{ "-lu", WORD, BY(set_log_micro),
	  .help = "use microseconds for logging timestamps" },
	{ "-lh", WORD, BY(set_log_host),
	  .help = "add hostname to log messages" },
	{ "-v", LETTER, SWITCH(text_dump),
	  .help = "verbose text dump of data traffic" },
	{ "-x", LETTER, SWITCH(hex_dump),
	  .help = "verbose hexadecimal dump of data traffic" },
	{ "-r", WORD, TEXT(raw_left, " <file>"),
	  .help = "raw dump of data flowing from left to right",
	  .idle_with = "-U", .why = "nothing goes from left to right" },
	{ "-R", WORD, TEXT(raw_right, " <file>"),
	  .help = "raw dump of data flowing from right to left",
	  .idle_with = "-u", .why = "nothing goes from right to left" },
	{ "-b", WORD, VALUE("<size_t>"), BY(set_block),
	  .help = "set data buffer size (8192)" },
	{ "-s", LETTER, SWITCH(sloppy), .help = "sloppy (continue on error)" },
	{ "-S", WORD, VALUE("<sigmask>"), NOTHING,
	  .help = "accepted, without effect" },
	{ "-t", WORD, SECONDS(half_close, "<timeout>"),
	  .help = "wait seconds before closing second channel",
	  .with = PAIRS, .instead = "--half-close is their limit" },
	{ "-T", WORD, SECONDS(idle, "<timeout>"),
	  .help = "total inactivity timeout in seconds" },
	{ "-u", LETTER, CHOICE(direction, 'u'),
	  .help = "unidirectional mode (left to right)" },
	{ "-U", LETTER, CHOICE(direction, 'U'),
	  .help = "unidirectional mode (right to left)" },
	{ "-g", LETTER, SWITCH(no_groups),
	  .help = "do not check option groups" },
	{ "-L", WORD, TEXT(lock, " <lockfile>"),
	  .help = "try to obtain lock, or fail" },
	{ "-W", WORD, TEXT(waitlock, " <lockfile>"),
	  .help = "try to obtain lock, or wait",
	  .idle_with = "-L", .why = "-L fails at once if the lock is held" },
	{ "-0", LETTER, BY(set_ipv), .n = 0,
	  .help = "do not prefer an IP version" },
	{ "-4", LETTER, BY(set_ipv), .n = 4,
	  .help = "prefer IPv4 if version is not explicitly specified" },
	{ "-6", LETTER, BY(set_ipv), .n = 6,
	  .help = "prefer IPv6 if version is not explicitly specified" },

	{ "--connect-opts", OURS, TEXT(connect_opts, "=<opts>"),
	  .help = "options for the targets of --links and --docker",
	  .with = LINKS, .instead = "the options of a target stand behind "
	  "its address, as in TCP:host:port,connect-timeout=5" },
	{ "--connect-tls", OURS, SWITCH(connect_tls),
	  .help = "connect to targets by TLS",
	  .with = LINKS, .instead = "an address says it, as in "
	  "OPENSSL:host:port,cafile=ca.pem" },
	{ "--docker", OURS, CHOICE(source, FROM_DOCKER),
	  .shown = " <name>...", .help = "follow the ports of containers",
	  .with = FROM_DOCKER, .again = true,
	  .instead = "a relay of its own can follow containers" },
	{ "--docker-host", OURS, TEXT(docker_host, "=<url>"),
	  .help = "unix:///path or tcp://host:port",
	  .with = FROM_DOCKER,
	  .instead = "it says where the engine of --docker is" },
	{ "--drain", OURS, VALUE("=<seconds>"), BY(set_drain),
	  .help = "time to finish after TERM (5)",
	  .with = ANY, .needs = NEEDS_MANY,
	  .instead = "a signal ends a single connection at once" },
	{ "--exit-idle", OURS, SECONDS(exit_idle, "=<seconds>"),
	  .help = "end when nothing was connected so long",
	  .with = ANY, .needs = NEEDS_LISTENER,
	  .instead = "-T ends a connection that is idle" },
	{ "--explain", OURS, SWITCH(explain),
	  .help = "check the addresses, say what would be done" },
	{ "--half-close", OURS, SECONDS(link_half_close, "=<seconds>"),
	  .help = "limit of half-open connections of --links",
	  .with = LINKS, .instead = "-t does that here" },
	{ "--help", OURS, CHOICE(help, 1), .help = "the same as -h" },
	{ "--hold", OURS, SECONDS(hold, "=<seconds>"),
	  .help = "time that clients of a stopped container wait (10)",
	  .with = FROM_DOCKER,
	  .instead = "only a container of --docker is waited for" },
	{ "--links", OURS, MAYBE("[=<patterns>]"), BY(set_links),
	  .help = "links from NAME_PORT_<n>_TCP in the environment",
	  .with = FROM_ENVIRONMENT, .instead = "a relay of its own can have "
	  "the links of the environment" },
	{ "--listen-opts", OURS, TEXT(listen_opts, "=<opts>"),
	  .help = "options for the listeners of --links and --docker",
	  .with = LINKS, .instead = "the options of a listener stand behind "
	  "its address, as in TCP-LISTEN:port,fork,bind=127.0.0.1" },
	{ "--listen-tls", OURS, SWITCH(listen_tls),
	  .help = "speak TLS with clients",
	  .with = LINKS, .instead = "an address says it, as in "
	  "OPENSSL-LISTEN:port,fork,cert=server.pem" },
	{ "--network", OURS, TEXT(network, "=<name>"),
	  .help = "which network of a container to use",
	  .with = FROM_DOCKER,
	  .instead = "only containers of --docker have networks" },
	{ "--probe", OURS, SWITCH(probe),
	  .help = "say whether listeners and targets answer" },
	{ "--ready-fd", OURS, VALUE("=<fd>"), BY(set_ready_fd),
	  .help = "gets a newline when all listeners are up",
	  .with = ANY, .needs = NEEDS_MANY,
	  .instead = "only that one is ever ready" },
	{ "--version", OURS, SWITCH(version), .help = "the same as -V" },

	{ "-log-level", GO, VALUE(NULL), BY(set_log_level) },
	{ "-name", GO, VALUE(NULL), BY(set_container) },
	{ "-sock", GO, VALUE(NULL), BY(set_socket), .with = FROM_DOCKER,
	  .instead = "it says where the engine of -name is" },
	{ "-tls", GO, BY(refuse_tls), .prefix = true },
	/* It always waits: a container that does not exist may come. */
	{ "-wait", GO, NOTHING, .with = FROM_DOCKER,
	  .instead = "only a container of -name is waited for" },
};
const size_t flags_n = sizeof flags / sizeof *flags;

int
flag_set(struct config *c, const struct flag *f, const char *value)
{
	char *field = (char *)c + f->at;

	switch (f->kind) {
	case FLAG_TRUE:
		*(bool *)field = true;
		return 0;
	case FLAG_INT:
		*(int *)field = f->n;
		return 0;
	case FLAG_TEXT:
		*(const char **)field = value;
		return 0;
	case FLAG_SECONDS:
		return seconds(f->name, value, (msec *)field);
	case FLAG_FUNCTION:
		return f->function(c, f, value);
	case FLAG_IGNORED:
		break;
	}
	return 0;
}
