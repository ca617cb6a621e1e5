/*
 * lib/tiny-linux.c: system calls without a libc's detours, for lib/tiny.c.
 *
 * The kernel changes the credentials of the calling thread; a libc has to
 * stop all the others for it, relay has none.  For the rest musl knows ways
 * round kernels older than Linux 3.6, and of descriptors by O_PATH.
 */

#include <fcntl.h>
#include <grp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Where the plain numbers mean 16 bits, these do not. */
#ifdef SYS_setuid32
#define UID_CALL	SYS_setuid32
#define GID_CALL	SYS_setgid32
#define GROUPS_CALL	SYS_setgroups32
#define CHOWN_CALL	SYS_fchown32
#else
#define UID_CALL	SYS_setuid
#define GID_CALL	SYS_setgid
#define GROUPS_CALL	SYS_setgroups
#define CHOWN_CALL	SYS_fchown
#endif

/* Where off_t has two words, so have the locks that this one takes. */
#ifdef SYS_fcntl64
#define FCNTL_CALL	SYS_fcntl64
#else
#define FCNTL_CALL	SYS_fcntl
#endif

int
setuid(uid_t uid)
{
	return (int)syscall(UID_CALL, uid);
}

int
setgid(gid_t gid)
{
	return (int)syscall(GID_CALL, gid);
}

int
setgroups(size_t n, const gid_t *list)
{
	return (int)syscall(GROUPS_CALL, n, list);
}

/*
 * The kernel's, not the vDSO's: once that has been read, each child gets
 * three pages of page tables for it.  Nothing here asks often.
 */
int
clock_gettime(clockid_t id, struct timespec *ts)
{
#ifdef SYS_clock_gettime64
	return (int)syscall(SYS_clock_gettime64, id, ts);
#else
	return (int)syscall(SYS_clock_gettime, id, ts);
#endif
}

/* All but F_GETOWN, whose answer can look like an error. */
int
fcntl(int fd, int what, ...)
{
	unsigned long arg;
	va_list ap;

	va_start(ap, what);
	arg = va_arg(ap, unsigned long);
	va_end(ap);
	return (int)syscall(FCNTL_CALL, fd, what, arg);
}

int
fchown(int fd, uid_t uid, gid_t gid)
{
	return (int)syscall(CHOWN_CALL, fd, uid, gid);
}

int
fchmod(int fd, mode_t mode)
{
	return (int)syscall(SYS_fchmod, fd, mode);
}

int
fchdir(int fd)
{
	return (int)syscall(SYS_fchdir, fd);
}

int
pipe2(int fd[2], int flags)
{
	return (int)syscall(SYS_pipe2, fd, flags);
}

int
socketpair(int af, int type, int proto, int fd[2])
{
	return (int)syscall(SYS_socketpair, af, type, proto, fd);
}

int
open(const char *path, int flags, ...)
{
	unsigned mode;
	va_list ap;

	va_start(ap, flags);
	mode = va_arg(ap, unsigned);
	va_end(ap);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE,
	    mode);
}

/* Not musl's, which brings the vDSO back. */
time_t
time(time_t *t)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (t != NULL)
		*t = now.tv_sec;
	return now.tv_sec;
}

int
getrlimit(int which, struct rlimit *limit)
{
	return (int)syscall(SYS_prlimit64, 0, which, NULL, limit);
}
