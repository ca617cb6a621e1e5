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
#include "run/command/flags.h"
#include "run/command/help.h"
#include "run/command/mode.h"

static const struct config defaults = {
	.name = "relay", .env_prefix = "SOCAT", .source = FROM_PAIRS,
	.link_half_close = -1, .hold = 10000, .drain = 5000, .ready_fd = -1,
	.ipv = 4, .listen_ipv = 4, .half_close = 500, .direction = 'b',
};

static _Noreturn void
die(const struct config *c)
{
	error_print(c->as_socat);
	cleanup_run();
	exit(1);
}

/*
 * argv[0] without its folders decides who we are, and with that what the
 * words are for if no flag says so.
 */
static const char *
base_name(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	return slash == NULL ? argv0 : slash + 1;
}

static void
identity(struct config *c, const char *name)
{
	bool one = strcmp(name, "ambassador") == 0;
	bool grand = strcmp(name, "grand-ambassador") == 0;

	c->as_socat = strcmp(name, "socat") == 0;
	if (c->as_socat || one || grand)
		c->name = name;
	if (one)
		c->source = FROM_ENVIRONMENT;
	if (grand)
		c->source = FROM_DOCKER;
	log_init(c->name, os_write_now);
}

static void
ip_version(const char *variable, int *ipv)
{
	const char *value = getenv(variable);

	if (value != NULL && (*value == '0' || *value == '4' || *value == '6'))
		*ipv = *value - '0';
}

/* SOCAT_MAIN_WAIT and so on: seconds, or what is no number for none. */
static unsigned
seconds_to_wait(const char *variable)
{
	const char *value = getenv(variable);
	long long n;

	return value == NULL || num_int(value, 0, INT_MAX, &n) != NUM_OK ? 0 :
	    (unsigned)n;
}

/* The command line and what it stands in; -1 with words in last_error. */
static int
config_read(struct config *c, int argc, char *argv[])
{
	const char *name = base_name(argc > 0 ? argv[0] : "relay");

	*c = defaults;
	identity(c, name);
	c->words = calloc((size_t)argc + 1, sizeof *c->words);
	c->given = calloc((size_t)argc + 1, sizeof *c->given);
	if (c->words == NULL || c->given == NULL)
		return error_set("out of memory");
	ip_version("SOCAT_DEFAULT_LISTEN_IP", &c->listen_ipv);
	ip_version("SOCAT_PREFERRED_RESOLVE_IP", &c->ipv);
	c->main_wait = seconds_to_wait("SOCAT_MAIN_WAIT");
	c->transfer_wait = seconds_to_wait("SOCAT_TRANSFER_WAIT");
	c->fork_wait = seconds_to_wait("SOCAT_FORK_WAIT");
	if (flags_read(c, argc, argv) == -1)
		return -1;
	if (strcmp(name, "ambassador") == 0 &&
	    c->source == FROM_ENVIRONMENT && c->nwords > 0)
		c->source = FROM_HOST_PORT;
	return 0;
}

static int
run(const struct config *c)
{
	if (c->main_wait > 0)
		sleep(c->main_wait);
	if (c->version || c->help) {
		if (c->version)
			version_print();
		else {
			usage_print(stdout, c);
			help_print(c->help, c->as_socat);
		}
		return fflush(stdout) == 0 ? 0 : 1;
	}
	if (c->log_file != NULL && !c->explain &&
	    log_file(c->log_file) == -1) {
		error_set("cannot open log file \"%s\":", c->log_file);
		die(c);
	}
	return mode_run(c);
}

int
main(int argc, char *argv[])
{
	struct config c;
	int status;

	if (os_std_fds() == -1)
		return 1;
	os_heap_near();
	if (config_read(&c, argc, argv) == -1)
		die(&c);
	status = run(&c);
	free(c.words);
	free(c.given);
	return status;
}
