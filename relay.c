/*
 * relay.c: a socat-compatible relay; what the program is.
 *
 *  - Two ends and a shuttle between them.  An address says how an end
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
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr/addr.h"
#include "lib/lock.h"
#include "lib/log.h"
#include "lib/num.h"
#include "lib/sig.h"
#include "relay.h"
#include "run/help.h"
#include "run/serve.h"
#include "run/shuttle.h"

struct settings settings = {
	.name = "relay", .env_prefix = "SOCAT", .half_close = 500,
	.direction = 'b',
};

/* What the command line asks for beyond struct settings. */
static struct {
	bool explain;
	int help;
	bool version;
	const char *lock, *waitlock, *log_file;
} asked;

static const char *const flags_help[] = {
	"   options:",
	"      -V     print version and feature information to stdout, and exit",
	"      -h|-?  print a help text describing command line options and "
	    "addresses",
	"      -hh    like -h, plus a list of all common address option names",
	"      -hhh   like -hh, plus a list of all available address option "
	    "names",
	"      -d[ddd]         increase verbosity (use up to 4 times; 2 are "
	    "recommended)",
	"      -d0|1|2|3|4     set verbosity level (0: errors; 4: everything)",
	"      -D     analyze file descriptors before loop",
	"      --experimental  accepted, without effect",
	"      --statistics    output transfer statistics on exit",
	"      -ly[facility]  log to syslog, using facility (default is "
	    "daemon)",
	"      -lf<logfile>   log to file",
	"      -ls            log to stderr (default if no other log)",
	"      -lm[facility]  mixed log mode (stderr during initialization, "
	    "then syslog)",
	"      -lp<progname>  set the program name used for logging and vars",
	"      -lu            use microseconds for logging timestamps",
	"      -lh            add hostname to log messages",
	"      -v     verbose text dump of data traffic",
	"      -x     verbose hexadecimal dump of data traffic",
	"      -r <file>      raw dump of data flowing from left to right",
	"      -R <file>      raw dump of data flowing from right to left",
	"      -b<size_t>     set data buffer size",
	"      -s     sloppy (continue on error)",
	"      -S<sigmask>    accepted, without effect",
	"      -t<timeout>    wait seconds before closing second channel (0.5)",
	"      -T<timeout>    total inactivity timeout in seconds",
	"      -u     unidirectional mode (left to right)",
	"      -U     unidirectional mode (right to left)",
	"      -g     do not check option groups",
	"      -L <lockfile>  try to obtain lock, or fail",
	"      -W <lockfile>  try to obtain lock, or wait",
	"      -0     do not prefer an IP version",
	"      -4     prefer IPv4 if version is not explicitly specified",
	"      -6     prefer IPv6 if version is not explicitly specified",
	NULL
};

/* What socat does not have. */
static const char *const more_help[] = {
	"   and, as relay:",
	"      --explain       check the addresses, say what would be done",
	NULL
};

/* Takes the argument of a flag; -1 with words in fault. */
typedef int flag_function(const char *value);

struct flag {
	const char *name;	/* with its dashes */
	char takes;		/* 'n'o value, 'v'alue, or '=' "--name=v" */
	flag_function *set;
};

static int
number_wrong(const char *flag, enum num_error why)
{
	if (why == NUM_MISSING)
		return fault_set("parseopts(): missing numerical value of "
		    "option \"%s\"", flag);
	if (why == NUM_GARBAGE)
		return fault_set("parseopts(): trailing garbage in numerical "
		    "arg of option \"%s\"", flag);
	return fault_set("option \"%s\": value out of range", flag);
}

static int
seconds(const char *flag, const char *value, msec *ms)
{
	long long ns;
	enum num_error e = num_seconds(value, &ns);

	if (e != NUM_OK)
		return number_wrong(flag, e);
	*ms = (ns + 999999) / 1000000;
	return 0;
}

static int
set_block(const char *value)
{
	long long n;
	enum num_error e = num_int(value, 1, INT_MAX / 4, &n);

	if (e != NUM_OK)
		return number_wrong("-b", e);
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
	asked.lock = value;
	return 0;
}

static int
set_waitlock(const char *value)
{
	asked.waitlock = value;
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
SWITCH(set_show_fds, settings.show_fds = true)
SWITCH(set_text, settings.text_dump = true)
SWITCH(set_hex, settings.hex_dump = true)
SWITCH(set_sloppy, settings.sloppy = true)
SWITCH(set_left, settings.direction = 'u')
SWITCH(set_right, settings.direction = 'U')
SWITCH(set_groups, settings.no_groups = true)
SWITCH(set_ip0, settings.ipv = settings.listen_ipv = 0)
SWITCH(set_ip4, settings.ipv = settings.listen_ipv = 4)
SWITCH(set_ip6, settings.ipv = settings.listen_ipv = 6)
SWITCH(set_statistics, settings.statistics = true)
SWITCH(set_explain, asked.explain = settings.explaining = true)
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

/* Takes: 'n' nothing, 'v' a value here or next, 'o' one here or none. */
static const struct flag flags[] = {
	{ "--experimental", 'n', ignore },
	{ "--explain", 'n', set_explain },
	{ "--statistics", 'n', set_statistics },
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
	fault_print(brief || settings.as_socat);
	cleanup_run();
	exit(1);
}

/* -d, -dd... one step each, -d0 to -d4 a level; false if it is neither. */
static bool
verbosity(const char *arg)
{
	static const enum log_level levels[] = { LOG_E, LOG_W, LOG_N, LOG_I,
	    LOG_D };
	const char *p = arg + 1;

	if (p[0] != 'd')
		return false;
	if (p[1] >= '0' && p[1] <= '4' && p[2] == '\0') {
		log_threshold(levels[p[1] - '0']);
		return true;
	}
	if (strspn(p, "d") != strlen(p))
		return false;
	for (; *p == 'd'; p++)
		log_more();
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
		/* "-lsx" is "-ls" to socat. */
		if (arg[len] != '\0' && (flags[i].takes == 'n' ||
		    arg[1] == '-') && arg[1] != 'l')
			continue;
		*value = arg[len] != '\0' ? arg + len : NULL;
		return &flags[i];
	}
	return NULL;
}

static int
flag_unknown(const char *arg)
{
	static const char single[] = "VDvxsuUg046";

	if (arg[2] != '\0' && strchr(single, arg[1]) != NULL) {
		log_plain("Do not merge single character options, i.e. use "
		    "\"-%c -%c\" instead of \"%.80s\"", arg[1], arg[2], arg);
		exit(1);
	}
	return fault_set("unknown %soption \"%.80s\"; use option \"-h\" for "
	    "help", arg[1] == 'l' ? "log " : "", arg);
}

/* Takes in the flags; returns the place of the first address, or -1. */
static int
flags_read(int argc, char *argv[])
{
	const struct flag *f;
	const char *value;
	int i;

	for (i = 1; i < argc; i++) {
		const char *arg = argv[i];

		if (arg[0] != '-' || arg[1] == '\0' || arg[1] == ',' ||
		    strncmp(arg, "-!!", 3) == 0)
			break;
		if (verbosity(arg) || help(arg))
			continue;
		f = flag_find(arg, &value);
		if (f == NULL)
			return flag_unknown(arg);
		if (value == NULL && f->takes == 'v' && i + 1 >= argc)
			return fault_set("option %s requires an argument; use "
			    "option \"-h\" for help", f->name);
		if (value == NULL && f->takes == 'v')
			value = argv[++i];
		if (f->set(value == NULL ? "" : value) == -1)
			return -1;
	}
	return i;
}

/* "TCP-LISTEN:6142, fork" is two words; that is what is wrong with them. */
static void
hint_comma(char *argv[], int n)
{
	size_t len;
	int i;

	for (i = 0; i + 1 < n; i++) {
		len = strlen(argv[i]);
		if (len == 0 || argv[i][len - 1] != ',')
			continue;
		fault_place(argv[i], len, 1);
		fault_hint("a blank after the comma makes two words; did you "
		    "mean \"%.120s%.60s\"?", argv[i], argv[i + 1]);
		return;
	}
}

static int
addresses_wrong(char *argv[], int n)
{
	fault_set("exactly 2 addresses required (there are %d); use option "
	    "\"-h\" for help", n);
	hint_comma(argv, n);
	return -1;
}

/* The pair of addresses, checked; -1 with words in fault. */
static int
pair_parse(char *argv[], int n, struct addr *a[2])
{
	static const bool use[3][2] = {
		{ true, true }, { true, false }, { false, true }
	};
	int d = settings.direction == 'u' ? 1 :
	    settings.direction == 'U' ? 2 : 0;

	if (n != 2)
		return addresses_wrong(argv, n);
	if (addr_parse(argv[0], use[d][0], use[d][1], &a[0]) == -1)
		return -1;
	return addr_parse(argv[1], use[d][1], use[d][0], &a[1]);
}

static int
explain(struct addr *a[2])
{
	explain_print(a[0], "A");
	explain_print(a[1], "B");
	printf("then: %s", settings.direction == 'b' ? "bytes both ways" :
	    settings.direction == 'u' ? "bytes from A to B" :
	    "bytes from B to A");
	if (settings.half_close >= 0)
		printf("; after the end of one side the other has %lld.%03lld "
		    "s", settings.half_close / 1000,
		    settings.half_close % 1000);
	if (settings.idle > 0)
		printf("; idle for at most %lld.%03lld s",
		    settings.idle / 1000, settings.idle % 1000);
	printf("\n");
	return 0;
}

static int
lock_all(void)
{
	const char *path = asked.lock != NULL ? asked.lock : asked.waitlock;

	if (path == NULL)
		return 0;
	if (lock_take(path, asked.lock == NULL) == -1)
		return -1;
	cleanup_add(path);
	return 0;
}

/* argv[0] without its folders decides who we are. */
static void
identity(const char *argv0)
{
	const char *name = strrchr(argv0, '/');

	name = name == NULL ? argv0 : name + 1;
	if (strcmp(name, "socat") == 0) {
		settings.name = "socat";
		settings.as_socat = true;
	}
	log_init(settings.name);
}

static void
usage_print(void)
{
	printf("%s\nUsage:\n%s [options] <bi-address> <bi-address>%s\n",
	    VERSION_LINE, settings.as_socat ? "socat" : "relay",
	    settings.as_socat ? "" : " [...]");
	help_print(asked.help, flags_help, settings.as_socat ? NULL :
	    more_help);
}

/* The IP version that socat's environment variables ask for. */
static void
environment(void)
{
	const char *listen = getenv("SOCAT_DEFAULT_LISTEN_IP");
	const char *resolved = getenv("SOCAT_PREFERRED_RESOLVE_IP");

	if (listen != NULL && (*listen == '4' || *listen == '6'))
		settings.listen_ipv = *listen - '0';
	if (resolved != NULL && (*resolved == '4' || *resolved == '6'))
		settings.ipv = *resolved - '0';
}

int
main(int argc, char *argv[])
{
	static const struct serve_options plain = { .ready_fd = -1 };
	struct addr *a[2] = { NULL, NULL };
	int first, status;

	identity(argc > 0 ? argv[0] : "relay");
	environment();
	first = flags_read(argc, argv);
	if (first == -1)
		die(0);
	if (asked.version || asked.help) {
		if (asked.version)
			version_print();
		else
			usage_print();
		return fflush(stdout) == 0 ? 0 : 1;
	}
	if (asked.log_file != NULL && !asked.explain &&
	    log_file(asked.log_file) == -1)
		die(0);
	if (pair_parse(argv + first, argc - first, a) == -1)
		die(0);
	if (asked.explain)
		return explain(a);
	sig_fatal(cleanup_run);
	sig_note(SIGUSR1);
	if (lock_all() == -1)
		die(0);
	status = serve(a[0], a[1], &plain);
	cleanup_run();
	return status;
}
