/* addr/net/netns.c: into another network namespace for a while, and back. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "net.h"

/* A name of ip-netns(8), or a path. */
static int
netns_open(const char *name)
{
	const char *folder = strchr(name, '/') == NULL ? "/run/netns/" : "";
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof path, "%s%s", folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd != -1 ? fd :
	    error_set("open(%s, O_RDONLY|O_CLOEXEC):", path);
}

int
netns_enter(const char *name)
{
	int fd = netns_open(name), back;

	if (fd == -1)
		return -1;
	back = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (back == -1) {
		error_set("open(/proc/self/ns/net, O_RDONLY|O_CLOEXEC):");
		error_hint("netns= needs /proc: without it there is no way "
		    "back");
	} else if (os_netns(fd) == -1) {
		error_set("setns(\"%s\", CLONE_NEWNET):", name);
		back = fd_give_up(back);
	}
	close(fd);
	return back;
}

void
netns_leave(int back)
{
	int saved = errno;

	if (os_netns(back) == -1)
		log_warn("cannot return to the network namespace: %s",
		    strerror(errno));
	close(back);
	errno = saved;
}
