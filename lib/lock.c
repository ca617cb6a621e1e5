/* lib/lock.c: lock files: there as long as somebody holds them. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lock.h"
#include "log.h"

/*
 * Creates path, with the process id in it; if it is there already, waits
 * until it is gone or fails with words in fault.
 */
int
lock_take(const char *path, int wait)
{
	static const struct timespec tick = { 0, 100000000 };
	char pid[32];
	int fd, n;

	while ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0644)) == -1) {
		if (errno == EINTR)
			continue;
		if (errno != EEXIST)
			return fault_set("cannot create lock file \"%s\":",
			    path);
		if (!wait)
			return fault_set("could not obtain lock \"%s\"",
			    path);
		nanosleep(&tick, NULL);
	}
	n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	if (write(fd, pid, (size_t)n) != n)
		log_warn("write to lock file \"%s\": %s", path,
		    strerror(errno));
	close(fd);
	return 0;
}
