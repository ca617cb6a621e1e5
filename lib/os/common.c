/* lib/os/common.c: what of os.h is the same on all systems. */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "os.h"

#ifdef __GLIBC__
const bool os_search_gives_up = false;
#else
const bool os_search_gives_up = true;
#endif

/*
 * The lowest descriptor that is free becomes one that leads nowhere.  A root
 * may be without /dev: then it is a pipe without a writer.
 */
static int
null_open(int flags)
{
	int end[2];

	if (open("/dev/null", flags) != -1)
		return 0;
	if (pipe(end) == -1)
		return -1;
	close(end[1]);
	return 0;
}

int
os_std_fds(void)
{
	static const int flags[] = { O_WRONLY, O_RDONLY, O_RDWR };
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
		    null_open(flags[fd]) == -1)
			return -1;
	return 0;
}

int
os_dir_open(const char *path, int flags, const char **name)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash == NULL ? strdup(".") : strdup(path);
	int fd;

	*name = slash == NULL ? path : slash + 1;
	if (dir == NULL)
		return -1;
	if (slash != NULL)
		dir[slash == path ? 1 : slash - path] = '\0';
	fd = open(dir, flags | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	return fd;
}

/*
 * What is no file has room first; another process may take that away in
 * between, where the kernel cannot be asked for both at once.
 */
static ssize_t
write_room(int fd, const void *buf, size_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	if (poll(&p, 1, 0) != 1) {
		errno = EAGAIN;
		return -1;
	}
	return write(fd, buf, len);
}

ssize_t
os_write_now(int fd, const void *buf, size_t len)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1 || S_ISREG(st.st_mode))
		return write(fd, buf, len);
	if (S_ISSOCK(st.st_mode))
		return send(fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (S_ISFIFO(st.st_mode)) {
		n = os_write_pipe(fd, buf, len);
		if (n != -1 || errno != ENOSYS)
			return n;
	}
	return write_room(fd, buf, len);
}

int
os_tty_again(int fd)
{
	char path[128];
	int low, high;

	if (!isatty(fd) || ttyname_r(fd, path, sizeof path) != 0)
		return -1;
	low = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (low == -1)
		return -1;
	/* The low numbers stay as they would be without it. */
	high = fcntl(low, F_DUPFD_CLOEXEC, 10);
	close(low);
	return high;
}

void
os_board_close(struct os_board *b)
{
	if (b->write != NULL)
		munmap(b->write, b->size);
	if (b->read != NULL)
		munmap((void *)b->read, b->size);
	*b = (struct os_board){ .write = NULL };
}

int
os_user(const char *name, long long *uid)
{
	struct passwd *pw = getpwnam(name);

	if (pw == NULL)
		return -1;
	*uid = pw->pw_uid;
	return 0;
}

void
os_user_environment(long long uid)
{
	const struct passwd *pw = getpwuid((uid_t)uid);

	if (pw == NULL)
		return;
	setenv("USER", pw->pw_name, 1);
	setenv("LOGNAME", pw->pw_name, 1);
	setenv("HOME", pw->pw_dir, 1);
	setenv("SHELL", pw->pw_shell, 1);
}

int
os_group(const char *name, long long *gid)
{
	struct group *gr = getgrnam(name);

	if (gr == NULL)
		return -1;
	*gid = gr->gr_gid;
	return 0;
}

void
os_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t len;
	int fd;

	if (path == NULL || (*path != '/' && *path != '@') ||
	    (len = strlen(path)) >= sizeof un.sun_path)
		return;
	memcpy(un.sun_path, path, len);
	if (*path == '@')
		un.sun_path[0] = '\0';	/* an abstract name */
	fd = os_socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd == -1)
		return;
	sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}

/* Of every Unix: the Single UNIX Specification had it until version 2. */
int chroot(const char *path);

int
os_chroot(const char *path)
{
	return chroot(path) == -1 || chdir("/") == -1 ? -1 : 0;
}

int
os_winsize(int fd, int rows, int cols)
{
	struct winsize w = { .ws_row = (unsigned short)rows,
	    .ws_col = (unsigned short)cols };

	return ioctl(fd, TIOCSWINSZ, &w);
}

/*
 * The first terminal that a session leader opens is its own, where there is no
 * call for it.
 */
int
os_ctty(int fd)
{
#ifdef TIOCSCTTY
	return ioctl(fd, TIOCSCTTY, 0);
#else
	char *name = ttyname(fd);
	int tty;

	if (name == NULL || (tty = open(name, O_RDWR)) == -1)
		return -1;
	close(tty);
	return 0;
#endif
}

int
os_flock(int fd, int how)
{
#ifdef LOCK_EX
	return flock(fd, (how & OS_EXCLUSIVE ? LOCK_EX : LOCK_SH) |
	    (how & OS_NOWAIT ? LOCK_NB : 0));
#else
	(void)fd;
	(void)how;
	errno = ENOSYS;
	return -1;
#endif
}

/*
 * recvmsg(2), MSG_ERRQUEUE: as long as one is there, poll(2) says so.  Systems
 * without it have no IP_RECVERR either.
 */
void
os_take_errors(int fd)
{
#ifdef MSG_ERRQUEUE
	struct msghdr m = { .msg_flags = 0 };

	while (recvmsg(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) != -1)
		;
#else
	(void)fd;
#endif
}
