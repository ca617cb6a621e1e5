/* run/pause.c: accepting stops for a while where the system lacks something. */

#include <sys/resource.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lib/log.h"
#include "../lib/os/os.h"
#include "pause.h"

/* In milliseconds. */
#define PAUSE_FIRST	10
#define PAUSE_LAST	1000

static const char *
limit_name(int err, char *buf, size_t size, bool fork_failed)
{
	struct rlimit r;

	if (fork_failed) {
		snprintf(buf, size, "limit of processes: RLIMIT_NPROC %lld, "
		    "pids.max of the control group, or memory", os_nproc());
		return buf;
	}
	if (err == EMFILE && getrlimit(RLIMIT_NOFILE, &r) == 0) {
		snprintf(buf, size, "limit of open files: RLIMIT_NOFILE "
		    "%llu", (unsigned long long)r.rlim_cur);
		return buf;
	}
	return err == ENFILE ? "limit of open files of the system" : "memory";
}

void
pause_begin(struct pause *p, const char *call, bool fork_failed)
{
	char limit[160];
	int err = errno;

	if (p->length == 0) {
		log_error("%s: %s (%s); accepting pauses", call,
		    strerror(err), limit_name(err, limit, sizeof limit,
		    fork_failed));
		p->length = PAUSE_FIRST;
	} else if (p->length < PAUSE_LAST)
		p->length *= 2;
	p->until = clock_ms() + p->length;
}

void
pause_short(struct pause *p)
{
	p->until = clock_ms() + PAUSE_FIRST;
}

bool
pause_lasts(struct pause *p)
{
	if (p->until != 0 && clock_ms() >= p->until)
		p->until = 0;
	return p->until != 0;
}

void
pause_over(struct pause *p)
{
	if (p->length == 0)
		return;
	p->length = p->until = 0;
	log_notice("accepting goes on");
}
