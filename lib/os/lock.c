/* lib/os/lock.c: lock files: there as long as somebody holds them. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lock.h"
#include "sig.h"
#include "../error.h"
#include "../log.h"

/* How often a lock that another one has is asked for. */
#define TICK_MS	100

/*
 * A file beside path, with the process id in it; its name is in temp.  Who
 * can write there cannot know the name before, mkstemp(3).
 */
static struct made *
pid_write(const char *path, char *temp, struct stat *st)
{
	struct made *made = NULL;
	sigset_t before;
	char pid[32];
	int fd, n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());

	sprintf(temp, "%s.XXXXXX", path);
	sig_hold(&before);	/* until its removal is seen to */
	fd = mkstemp(temp);
	if (fd == -1) {
		sig_release(&before);
		error_set("cannot create lock file \"%s\":", path);
		return NULL;
	}
	if (write(fd, pid, (size_t)n) == n && fchmod(fd, 0644) == 0 &&
	    fstat(fd, st) == 0)
		made = cleanup_link(temp, st);
	if (made == NULL) {
		error_set("write to lock file \"%s\":", temp);
		unlink(temp);
	}
	sig_release(&before);
	close(fd);
	return made;
}

/* Makes path a link to temp; -1 with errno, also when told to end. */
static int
link_wait(const char *temp, const char *path, bool wait)
{
	bool told = false;

	while (link(temp, path) == -1) {
		if (errno == EINTR)
			continue;
		if (errno != EEXIST || !wait)
			return -1;
		if (!told)
			log_notice("waiting for lock \"%s\"", path);
		told = true;
		sig_poll(NULL, 0, TICK_MS);
		if (sig_ends()) {
			errno = EINTR;
			return -1;
		}
	}
	return 0;
}

struct made *
lock_take(const char *path, bool wait)
{
	char *temp = malloc(strlen(path) + sizeof ".XXXXXX");
	struct made *beside, *made = NULL;
	struct stat st;
	int err;

	if (temp == NULL) {
		error_set("out of memory");
		return NULL;
	}
	beside = pid_write(path, temp, &st);
	if (beside != NULL) {
		/* Before it is there: a signal may come in between. */
		made = cleanup_link(path, &st);
		if (made != NULL && link_wait(temp, path, wait) == -1) {
			err = errno;
			cleanup_forget(made);
			errno = err;
			made = NULL;
		}
		if (made == NULL && errno == EEXIST)
			error_set("could not obtain lock \"%s\"", path);
		else if (made == NULL)
			error_set("cannot create lock file \"%s\":", path);
		cleanup_remove(beside);
	}
	free(temp);
	return made;
}
