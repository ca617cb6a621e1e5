/* addr/net/fd.c: descriptors, whatever they are. */

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../../lib/os/sig.h"
#include "net.h"

int
fd_socktype(int fd)
{
	int type;
	socklen_t len = sizeof type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == -1 ? 0 :
	    type;
}

void
fd_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags != -1 && !(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

void
fd_control(int fd)
{
	if (os_ctty(fd) == -1)
		log_warn("ioctl(%d, TIOCSCTTY, NULL): %s", fd,
		    strerror(errno));
	if (tcsetpgrp(fd, getpgrp()) == -1)
		log_warn("tcsetpgrp(%ld): %s", (long)getpgrp(),
		    strerror(errno));
}

int
fd_cloexec(int fd, bool on)
{
	if (fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0) == -1)
		return error_set("fcntl(%d, F_SETFD, %d):", fd, on);
	return 0;
}

int
fd_give_up(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
	return -1;
}

int
fd_wait(int fd, char what, msec until)
{
	msec left = -1;
	int rc;

	do {
		if (until != -1)
			left = clock_left(until, clock_ms());
		rc = clock_wait_fd(fd, what, left == -1 ? -1 :
		    left * 1000000LL);
	} while (rc == -1 && errno == EINTR && !sig_ends());
	if (rc == 0)
		errno = ETIMEDOUT;
	return rc == 1 ? 0 : -1;
}
