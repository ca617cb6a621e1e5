/*
 * relay.c: a socat-compatible relay; what the program is.
 *
 *  - Two ends and a transfer between them.  An address says how an end
 *    comes to be (spec.c, addr/); run/ says what is done with ends.
 *  - One process per connection: the listener accepts, forks, reaps; the
 *    child opens the second address itself, so that a target that moved is
 *    found again and a slow one delays nobody.
 *  - A listener that fails ends the program with a line and a status: no
 *    link dies unnoticed.
 *  - Called as socat it is nothing but socat; as relay it may do more.
 *  - It needs libc and nothing else, no file, no directory, no /proc.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr/addr.h"
#include "lib/os/cleanup.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/num.h"
#include "lib/os/os.h"
#include "lib/clock.h"
#include "relay.h"
#include "run/command/advice.h"
#include "run/command/help.h"
#include "run/command/mode.h"

struct settings settings = {
	.name = "relay", .env_prefix = "SOCAT", .half_close = 500,
	.direction = 'b', .ipv = 4, .listen_ipv = 4,
};

/* What the command line asks for beyond struct settings. */
static struct {
	int help;
	unsigned verbosity;	/* how many -d */
	bool version;
	const char *log_file;
} asked;

static struct mode mode = {
	.source = 'p', .drain_ms = 5000, .hold_ms = 10000,
	.half_close_ms = -1, .ready_fd = -1,
};

static const char flags_help[] =
	"   options:\n"
	"      -V     print version and feature information to stdout, "
	    "and exit\n"
	"      -h|-?  print a help text describing command line options and "
	    "addresses\n"
	"      -hh    like -h, plus a list of all common address option "
	    "names\n"
	"      -hhh   like -hh, plus a list of all available address option "
	    "names\n"
	"      -d[ddd]         increase verbosity (use up to 4 times; 2 are "
	    "recommended)\n"
	"      -d0|1|2|3|4     set verbosity level (0: errors; 4: everything)\n"
	"      -D     analyze file descriptors before loop\n"
	"      --experimental  accepted, without effect\n"
	"      --statistics    output transfer statistics on exit\n"
	"      -ly[facility]  log to syslog, using facility (default is "
	    "daemon)\n"
	"      -lf<logfile>   log to file\n"
	"      -ls            log to stderr (default if no other log)\n"
	"      -lm[facility]  mixed log mode (stderr during initialization, "
	    "then syslog)\n"
	"      -lp<progname>  set the program name used for logging and vars\n"
	"      -lu            use microseconds for logging timestamps\n"
	"      -lh            add hostname to log messages\n"
	"      -v     verbose text dump of data traffic\n"
	"      -x     verbose hexadecimal dump of data traffic\n"
	"      -r <file>      raw dump of data flowing from left to right\n"
	"      -R <file>      raw dump of data flowing from right to left\n"
	"      -b<size_t>     set data buffer size\n"
	"      -s     sloppy (continue on error)\n"
	"      -S<sigmask>    accepted, without effect\n"
	"      -t<timeout>    wait seconds before closing second channel (0.5)\n"
	"      -T<timeout>    total inactivity timeout in seconds\n"
	"      -u     unidirectional mode (left to right)\n"
	"      -U     unidirectional mode (right to left)\n"
	"      -g     do not check option groups\n"
	"      -L <lockfile>  try to obtain lock, or fail\n"
	"      -W <lockfile>  try to obtain lock, or wait\n"
	"      -0     do not prefer an IP version\n"
	"      -4     prefer IPv4 if version is not explicitly specified\n"
	"      -6     prefer IPv6 if version is not explicitly specified\n";

/* What socat does not have. */
static const char more_help[] =
	"   and, as relay:\n"
	"      --connect-opts=<opts>  options for the targets of --links and "
	    "--docker\n"
	"      --docker <name>...     follow the ports of containers\n"
	"      --docker-host=<url>    unix:///path or tcp://host:port\n"
	"      --drain=<seconds>      time to finish after TERM (5)\n"
	"      --exit-idle=<seconds>  end when nothing was connected so long\n"
	"      --explain              check the addresses, say what would be "
	    "done\n"
	"      --half-close=<seconds> limit of half-open connections of "
	    "--links\n"
	"      --help                 the same as -h\n"
	"      --hold=<seconds>       time that clients of a stopped container "
	    "wait (10)\n"
	"      --links[=<patterns>]   links from NAME_PORT_<n>_TCP in the "
	    "environment\n"
	"      --listen-opts=<opts>   options for the listeners of --links "
	    "and --docker\n"
	"      --network=<name>       which network of a container to use\n"
	"      --probe                say whether listeners and targets answer\n"
	"      --ready-fd=<fd>        gets a newline when all listeners are up\n"
	"      --version              the same as -V\n";

/* Takes the argument of a flag; -1 with words in last_error. */
typedef int flag_function(const char *value);

struct flag {
	const char *name;	/* with its dashes */
	char takes;		/* 'n'o value, 'v'alue, or '=' "--name=v" */
	flag_function *set;
};

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
set_block(const char *value)
{
	long long n;
	enum num_error e = num_int(value, 1, INT_MAX / 4, &n);

	if (e != NUM_OK)
		return number_wrong("-b", value, e);
	settings.block = (size_t)n;
	return 0;
}

static int
set_half_close(const char *value)
{
	return seconds("-t", value, &settings.half_close);
}

static int
set_idle(const char *value)
{
	return seconds("-T", value, &settings.idle);
}

static int
set_lock(const char *value)
{
	mode.lock = value;
	return 0;
}

static int
set_waitlock(const char *value)
{
	mode.waitlock = value;
	return 0;
}

static int
set_log_file(const char *value)
{
	asked.log_file = value;
	return 0;
}

static int
set_raw_left(const char *value)
{
	settings.raw_left = value;
	return 0;
}

static int
set_raw_right(const char *value)
{
	settings.raw_right = value;
	return 0;
}

static int
ignore(const char *value)
{
	(void)value;
	return 0;
}

#define SWITCH(function, statement)					\
	static int							\
	function(const char *value)					\
	{								\
		(void)value;						\
		statement;						\
		return 0;						\
	}

SWITCH(set_version, asked.version = true)
SWITCH(set_help, asked.help = 1)
SWITCH(set_show_fds, settings.show_fds = true)
SWITCH(set_text, settings.text_dump = true)
SWITCH(set_hex, settings.hex_dump = true)
SWITCH(set_sloppy, settings.sloppy = true)
SWITCH(set_left, settings.direction = 'u')
SWITCH(set_right, settings.direction = 'U')
SWITCH(set_groups, settings.no_groups = true)
SWITCH(set_ip0, settings.ipv = settings.listen_ipv = mode.opts.ipv = 0)
SWITCH(set_ip4, settings.ipv = settings.listen_ipv = mode.opts.ipv = 4)
SWITCH(set_ip6, settings.ipv = settings.listen_ipv = mode.opts.ipv = 6)
SWITCH(set_statistics, settings.statistics = true)
SWITCH(set_explain, mode.explain = settings.explaining = true)
SWITCH(set_log_stderr, log_stderr())
SWITCH(set_log_micro, log_micro())
SWITCH(set_log_host, log_host())

static int
set_syslog(const char *value)
{
	return log_syslog(value, 0);
}

static int
set_mixed(const char *value)
{
	return log_syslog(value, 1);
}

static int
set_name(const char *value)
{
	settings.name = settings.env_prefix = value;
	log_name(value);
	return 0;
}

static int
set_links(const char *value)
{
	mode.source = 'l';
	mode.patterns = value;
	return 0;
}

static int
set_docker_host(const char *value)
{
	mode.docker_host = value;
	return 0;
}

static int
set_network(const char *value)
{
	mode.network = value;
	return 0;
}

static int
set_listen_opts(const char *value)
{
	mode.opts.listen = value;
	return 0;
}

static int
set_connect_opts(const char *value)
{
	mode.opts.connect = value;
	return 0;
}

static int
set_drain(const char *value)
{
	mode.drains = true;
	return seconds("--drain", value, &mode.drain_ms);
}

static int
set_exit_idle(const char *value)
{
	return seconds("--exit-idle", value, &mode.exit_idle_ms);
}

static int
set_hold(const char *value)
{
	return seconds("--hold", value, &mode.hold_ms);
}

static int
set_link_half_close(const char *value)
{
	return seconds("--half-close", value, &mode.half_close_ms);
}

static int
set_ready_fd(const char *value)
{
	long long n;
	enum num_error e = num_int(value, 0, INT_MAX, &n);

	if (e != NUM_OK)
		return number_wrong("--ready-fd", value, e);
	if (fcntl((int)n, F_GETFD) == -1)
		return error_set("--ready-fd %lld:", n);
	if (n > STDERR_FILENO)
		fcntl((int)n, F_SETFD, FD_CLOEXEC);
	mode.ready_fd = (int)n;
	return 0;
}

SWITCH(set_docker, mode.source = 'd')
SWITCH(set_probe, mode.probe = true)

/* Takes: 'n' nothing, 'v' a value here or next, 'o' one here or none. */
static const struct flag flags[] = {
	{ "--connect-opts", 'v', set_connect_opts },
	{ "--docker", 'n', set_docker },
	{ "--docker-host", 'v', set_docker_host },
	{ "--drain", 'v', set_drain },
	{ "--exit-idle", 'v', set_exit_idle },
	{ "--experimental", 'n', ignore },
	{ "--explain", 'n', set_explain },
	{ "--half-close", 'v', set_link_half_close },
	{ "--help", 'n', set_help },
	{ "--hold", 'v', set_hold },
	{ "--links", 'o', set_links },
	{ "--listen-opts", 'v', set_listen_opts },
	{ "--network", 'v', set_network },
	{ "--probe", 'n', set_probe },
	{ "--ready-fd", 'v', set_ready_fd },
	{ "--statistics", 'n', set_statistics },
	{ "--version", 'n', set_version },
	{ "-0", 'n', set_ip0 },
	{ "-4", 'n', set_ip4 },
	{ "-6", 'n', set_ip6 },
	{ "-D", 'n', set_show_fds },
	{ "-L", 'v', set_lock },
	{ "-R", 'v', set_raw_right },
	{ "-S", 'v', ignore },
	{ "-T", 'v', set_idle },
	{ "-U", 'n', set_right },
	{ "-V", 'n', set_version },
	{ "-W", 'v', set_waitlock },
	{ "-b", 'v', set_block },
	{ "-g", 'n', set_groups },
	{ "-lf", 'v', set_log_file },
	{ "-lh", 'n', set_log_host },
	{ "-lm", 'o', set_mixed },
	{ "-lp", 'v', set_name },
	{ "-ls", 'n', set_log_stderr },
	{ "-lu", 'n', set_log_micro },
	{ "-ly", 'o', set_syslog },
	{ "-r", 'v', set_raw_left },
	{ "-s", 'n', set_sloppy },
	{ "-t", 'v', set_half_close },
	{ "-u", 'n', set_left },
	{ "-v", 'n', set_text },
	{ "-x", 'n', set_hex },
};

static _Noreturn void
die(int brief)
{
	error_print(brief || settings.as_socat);
	cleanup_run();
	exit(1);
}

/*
 * -d0 to -d4, or as many d; false if it is neither.  Warnings are level 1,
 * which is there without any; relay adds a line for each connection to it.
 */
static bool
verbosity(const char *arg)
{
	static const enum log_level levels[] = { LOG_E, LOG_W, LOG_N, LOG_I,
	    LOG_D };
	const char *p = arg + 1;

	if (p[0] != 'd')
		return false;
	if (p[1] >= '0' && p[1] <= '4' && p[2] == '\0')
		asked.verbosity = (unsigned)(p[1] - '0');
	else if (strspn(p, "d") == strlen(p))
		asked.verbosity += (unsigned)strlen(p);
	else
		return false;
	log_threshold(levels[asked.verbosity > 4 ? 4 : asked.verbosity]);
	log_summaries(asked.verbosity > 0 && !settings.as_socat);
	return true;
}

/* -h, -hh, -hhh and the same with question marks. */
static bool
help(const char *arg)
{
	size_t n = strspn(arg + 1, "h");

	if (n == 0)
		n = strspn(arg + 1, "?");
	if (n == 0 || n > 3 || arg[1 + n] != '\0')
		return false;
	asked.help = (int)n;
	return true;
}

static const struct flag *
flag_find(const char *arg, const char **value)
{
	size_t i, len;

	for (i = 0; i < sizeof flags / sizeof *flags; i++) {
		len = strlen(flags[i].name);
		if (strncmp(arg, flags[i].name, len) != 0)
			continue;
		*value = arg[len] != '\0' ? arg + len : NULL;
		if (arg[1] == '-') {	/* --name, --name=value */
			if (arg[len] != '\0' && (arg[len] != '=' ||
			    flags[i].takes == 'n'))
				continue;
			if (*value != NULL)
				(*value)++;
			return &flags[i];
		}
		/* "-lsx" is "-ls" to socat. */
		if (arg[len] != '\0' && flags[i].takes == 'n' &&
		    arg[1] != 'l')
			continue;
		return &flags[i];
	}
	return NULL;
}

/* The long flag that was meant by arg, or NULL. */
static const char *
flag_near(const char *arg)
{
	const char *near = NULL;
	char name[40];
	int best = 3, d;
	size_t i;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(arg, "="), arg);
	for (i = 0; i < sizeof flags / sizeof *flags; i++) {
		d = name_slip(name, flags[i].name);
		if (flags[i].name[1] == '-' && d < best) {
			best = d;
			near = flags[i].name;
		}
	}
	return near;
}

static int
flag_unknown(const char *arg)
{
	static const char single[] = "VDvxsuUg046";
	const char *near;
	char advice[ADVICE_MAX];

	if (arg[2] != '\0' && strchr(single, arg[1]) != NULL) {
		log_plain("Do not merge single character options, i.e. use "
		    "\"-%c -%c\" instead of \"%.80s\"", arg[1], arg[2], arg);
		exit(1);
	}
	error_set("unknown %soption \"%.80s\"; use option \"-h\" for "
	    "help", arg[1] == 'l' ? "log " : "", arg);
	if (advise_flag(arg, advice))
		error_hint("%s", advice);
	else if ((near = flag_near(arg)) != NULL)
		error_hint("did you mean %s?", near);
	return -1;
}

/* "-" and what begins with it is the address STDIO. */
static bool
is_flag(const char *arg)
{
	return arg[0] == '-' && arg[1] != '\0' && arg[1] != ',' &&
	    strncmp(arg, "-!!", 3) != 0;
}

/* How many words the flag and its value are; 0: it is none. */
static int
flag_width(const char *arg)
{
	const struct flag *f;
	const char *value;

	if (!is_flag(arg))
		return 0;
	f = flag_find(arg, &value);
	return f != NULL && f->takes == 'v' && value == NULL ? 2 : 1;
}

/* Flags behind the first address are none to socat, and so an error. */
static int
flags_late(char *words[], int n)
{
	char advice[ADVICE_MAX];
	int i;

	for (i = 1; i < n && !is_flag(words[i]); i++)
		;
	if (i >= n)
		return 0;
	if (n == 2)
		error_set("unknown device/address \"%.200s\"", words[i]);
	else
		error_set("exactly 2 addresses required (there are %d); use "
		    "option \"-h\" for help", n);
	if (advise_order(words, n, flag_width, advice))
		error_hint("%s", advice);
	return -1;
}

/*
 * Takes a flag of grand-ambassador, which names a container, where it is, or
 * how much to say; the same as docker_flag() returns.
 */
static int
grand_flag(const char *arg, char *next, char *words[], int *n)
{
	const char *name, *flag;
	int took;

	if (settings.as_socat)
		return 0;
	took = docker_flag(&mode, arg, next, &name, &flag);
	if (took > 0)
		mode.given[mode.ngiven++] = flag;
	if (name != NULL)
		words[(*n)++] = (char *)name;
	return took;
}

/* Among the words of --docker; those of grand-ambassador are behind -name. */
static int
container_word(char *word, char *words[], int *n)
{
	size_t i;

	for (i = 0; i < mode.ngiven; i++)
		if (strcmp(mode.given[i], "--docker") == 0) {
			words[(*n)++] = word;
			return 0;
		}
	return error_set("unexpected word \"%.80s\"; a container is named by "
	    "-name", word);
}

/* Takes in the flags and leaves the words that are none; 0 or -1. */
static int
flags_read(int argc, char *argv[], char *words[], int *n)
{
	const struct flag *f;
	const char *value;
	int i, took;

	for (i = 1; i < argc; i++) {
		const char *arg = argv[i];

		if (!is_flag(arg)) {
			/* Among names of containers flags may follow. */
			if (mode.source != 'd')
				break;
			if (container_word(argv[i], words, n) == -1)
				return -1;
			continue;
		}
		took = grand_flag(arg, argv[i + 1], words, n);
		if (took == -1)
			return -1;
		if (took > 0) {
			i += took - 1;
			continue;
		}
		if (verbosity(arg) || help(arg))
			continue;
		f = flag_find(arg, &value);
		if (f == NULL || (settings.as_socat && arg[1] == '-' &&
		    f->set != ignore && f->set != set_statistics))
			return flag_unknown(arg);
		if (value == NULL && f->takes == 'v' && i + 1 >= argc)
			return error_set("option %s requires an argument; use "
			    "option \"-h\" for help", f->name);
		if (value == NULL && f->takes == 'v')
			value = argv[++i];
		if (f->set(value == NULL ? "" : value) == -1)
			return -1;
		mode.given[mode.ngiven++] = f->name;
	}
	for (; i < argc; i++)
		words[(*n)++] = argv[i];
	return 0;
}

/* argv[0] without its folders decides who we are. */
static const char *
identity(const char *argv0)
{
	const char *name = strrchr(argv0, '/');

	name = name == NULL ? argv0 : name + 1;
	if (strcmp(name, "socat") == 0) {
		settings.name = "socat";
		settings.as_socat = true;
	}
	if (strcmp(name, "ambassador") == 0 ||
	    strcmp(name, "grand-ambassador") == 0)
		settings.name = name;
	if (strcmp(name, "ambassador") == 0)
		mode.source = 'l';
	if (strcmp(name, "grand-ambassador") == 0)
		mode.source = 'd';
	log_init(settings.name);
	return name;
}

static void
usage_print(void)
{
	printf("%s\nUsage:\n%s [options] <bi-address> <bi-address>%s\n",
	    VERSION_LINE, settings.as_socat ? "socat" : "relay",
	    settings.as_socat ? "" : " [...]");
	help_print(asked.help, flags_help, settings.as_socat ? "" :
	    more_help);
}

static void
ip_version(const char *variable, int *ipv)
{
	const char *value = getenv(variable);

	if (value != NULL && (*value == '0' || *value == '4' || *value == '6'))
		*ipv = *value - '0';
}

/* The IP version that socat's environment variables ask for. */
static void
environment(void)
{
	ip_version("SOCAT_DEFAULT_LISTEN_IP", &settings.listen_ipv);
	ip_version("SOCAT_PREFERRED_RESOLVE_IP", &settings.ipv);
}

/* The words that are no flags, and what they are for. */
static int
words_read(const char *name, int argc, char *argv[], char *words[], int *n)
{
	if (flags_read(argc, argv, words, n) == -1)
		return -1;
	if (strcmp(name, "ambassador") == 0 && mode.source == 'l' && *n > 0)
		mode.source = 'h';
	if (mode.source == 'p' && !settings.as_socat)
		return flags_late(words, *n);
	return 0;
}

int
main(int argc, char *argv[])
{
	const char *name;
	char **words;
	int n = 0, status;

	if (os_std_fds() == -1)
		return 1;
	name = identity(argc > 0 ? argv[0] : "relay");
	words = calloc((size_t)argc + 1, sizeof *words);
	mode.given = calloc((size_t)argc + 1, sizeof *mode.given);
	environment();
	if (words == NULL || mode.given == NULL || words_read(name, argc, argv, words, &n) == -1)
		die(0);
	if (asked.version || asked.help) {
		if (asked.version)
			version_print();
		else
			usage_print();
		free(words);
		return fflush(stdout) == 0 ? 0 : 1;
	}
	if (asked.log_file != NULL && !mode.explain &&
	    log_file(asked.log_file) == -1)
		die(0);
	status = mode_run(&mode, words, n);
	free(words);
	return status;
}
