/* lib/lock.c: lock files: there as long as somebody holds them. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lock.h"
#include "log.h"

static int
pid_write(const char *path)
{
	char pid[32];
	int fd, n;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd == -1)
		return fault_set("cannot create lock file \"%s\":", path);
	n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
	if (write(fd, pid, (size_t)n) != n) {
		close(fd);
		unlink(path);
		return fault_set("write to lock file \"%s\":", path);
	}
	return close(fd);
}

/*
 * Creates path, with the process id in it, by a link: it is never seen
 * empty.  If it is there already, waits until it is gone, or fails with
 * words in fault.
 */
int
lock_take(const char *path, int wait)
{
	static const struct timespec tick = { 0, 100000000 };
	char *temp = malloc(strlen(path) + 32);
	int err;

	if (temp == NULL)
		return fault_set("out of memory");
	sprintf(temp, "%s.%ld", path, (long)getpid());
	if (pid_write(temp) == -1) {
		free(temp);
		return -1;
	}
	errno = 0;
	while (link(temp, path) == -1 && (errno == EINTR ||
	    (errno == EEXIST && wait))) {
		if (wait == 1)
			log_notice("waiting for lock \"%s\"", path);
		wait = 2;
		nanosleep(&tick, NULL);
		errno = 0;
	}
	err = errno;
	unlink(temp);
	free(temp);
	errno = err;
	if (err == EEXIST)
		return fault_set("could not obtain lock \"%s\"", path);
	return err == 0 ? 0 : fault_set("cannot create lock file \"%s\":",
	    path);
}
