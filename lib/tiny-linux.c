/*
 * lib/tiny-linux.c: setuid(2), fork(2) and other bare calls, for lib/tiny.c.
 *
 * The kernel changes the calling thread; a libc has to stop all the others
 * for it, relay has none.
 */

#include <grp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Where the plain numbers mean 16 bits, these do not. */
#ifdef SYS_setuid32
#define UID_CALL	SYS_setuid32
#define GID_CALL	SYS_setgid32
#define GROUPS_CALL	SYS_setgroups32
#else
#define UID_CALL	SYS_setuid
#define GID_CALL	SYS_setgid
#define GROUPS_CALL	SYS_setgroups
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
 * The bare call: musl's takes locks that no thread can hold, blocks signals
 * for them, and writes down the child's id for pthread_self(3) and raise(3),
 * which nothing here calls.
 */
pid_t
fork(void)
{
#ifdef SYS_fork
	return (pid_t)syscall(SYS_fork);
#else
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L);
#endif
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
