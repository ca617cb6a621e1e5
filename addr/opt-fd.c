/* addr/opt-fd.c: options of descriptors and of the shuttle's ends. */

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../lib/log.h"
#include "../lib/os.h"
#include "opt.h"

APPLY(fd_cloexec_opt)
{
	UNUSED(a);
	UNUSED(o);
	return fd_cloexec(fd, v->n != 0);
}

/* fcntl locks of the whole file; o->a the kind, o->b whether to wait. */
APPLY(fd_lock)
{
	struct flock lock = { .l_whence = SEEK_SET };

	UNUSED(a);
	if (!v->n)
		return 0;
	lock.l_type = (short)o->a;
	while (fcntl(fd, o->b ? F_SETLKW : F_SETLK, &lock) == -1)
		if (errno != EINTR)
			return fault_set("fcntl(%d, %s, {type=%s}):", fd,
			    o->b ? "F_SETLKW" : "F_SETLK",
			    o->a == F_RDLCK ? "F_RDLCK" : "F_WRLCK");
	return 0;
}

APPLY(fd_flock)
{
	UNUSED(a);
	if (v->n && os_flock(fd, o->a) == -1)
		return fault_set("flock(%d, %s%s):", fd,
		    o->a & OS_EXCLUSIVE ? "LOCK_EX" : "LOCK_SH",
		    o->a & OS_NOWAIT ? "|LOCK_NB" : "");
	return 0;
}

APPLY(fd_group)
{
	UNUSED(a);
	UNUSED(o);
	if (fchown(fd, (uid_t)-1, (gid_t)v->n) == -1)
		return fault_set("fchown(%d, -1, %lld):", fd, v->n);
	return 0;
}

APPLY(fd_user)
{
	UNUSED(a);
	UNUSED(o);
	if (fchown(fd, (uid_t)v->n, (gid_t)-1) == -1)
		return fault_set("fchown(%d, %lld, -1):", fd, v->n);
	return 0;
}

APPLY(fd_perm)
{
	UNUSED(a);
	UNUSED(o);
	if (fchmod(fd, (mode_t)v->n) == -1)
		return fault_set("fchmod(%d, 0%03llo):", fd,
		    (unsigned long long)v->n);
	return 0;
}

static int
ioctl_failed(int fd, unsigned long request)
{
	return fault_set("ioctl(%d, 0x%lx, ...):", fd, request);
}

APPLY(fd_ioctl_intp)
{
	int n = (int)v->m;

	UNUSED(a);
	UNUSED(o);
	if (ioctl(fd, (unsigned long)v->n, &n) == -1)
		return ioctl_failed(fd, (unsigned long)v->n);
	return 0;
}

APPLY(fd_ioctl_int)
{
	UNUSED(a);
	UNUSED(o);
	if (ioctl(fd, (unsigned long)v->n, (int)v->m) == -1)
		return ioctl_failed(fd, (unsigned long)v->n);
	return 0;
}

APPLY(fd_ioctl_bin)
{
	UNUSED(a);
	UNUSED(o);
	if (ioctl(fd, (unsigned long)v->n, v->bin) == -1)
		return ioctl_failed(fd, (unsigned long)v->n);
	return 0;
}

APPLY(fd_ioctl_str)
{
	UNUSED(a);
	UNUSED(o);
	if (ioctl(fd, (unsigned long)v->n, v->s) == -1)
		return ioctl_failed(fd, (unsigned long)v->n);
	return 0;
}

APPLY(fd_ioctl_void)
{
	UNUSED(a);
	UNUSED(o);
	if (ioctl(fd, (unsigned long)v->n, NULL) == -1)
		return ioctl_failed(fd, (unsigned long)v->n);
	return 0;
}

static const struct opt rows[] = {
	{ "cloexec", NULL, G_FD, PH_LATE, T_BOOL,
	  FUNC(fd_cloexec_opt, 0, 0), "close the descriptor in programs" },
	{ "cool-write", "coolwrite", G_FD, PH_EARLY, T_BOOL,
	  FIELD(cool_write), "a broken pipe is no error" },
	{ "cr", NULL, G_ALL, PH_LATE, T_CONST,
	  FIELD_AS(eol, EOL_CR), "line ends are carriage returns" },
	{ "crnl", "crlf", G_ALL, PH_LATE, T_CONST,
	  FIELD_AS(eol, EOL_CRNL),
	  "line ends are carriage return and newline" },
	{ "end-close", "close", G_FD, PH_EARLY, T_CONST,
	  FIELD_AS(end_close, 1), "close at the end, without a shutdown" },
	{ "escape", NULL, G_ALL, PH_EARLY, T_INT,
	  FIELD(escape), "byte that ends the stream from a terminal" },
	{ "f-setlk-rd", "setlk-rd", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_lock, F_RDLCK, 0), "lock for reading or fail" },
	{ "f-setlk-wr", "f-setlk setlk setlk-wr", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_lock, F_WRLCK, 0), "lock for writing or fail" },
	{ "f-setlkw-rd", "setlkw-rd", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_lock, F_RDLCK, 1), "lock for reading, wait for it" },
	{ "f-setlkw-wr", "f-setlkw lock lockw setlkw setlkw-wr",
	  G_FD, PH_FD, T_BOOL,
	  FUNC(fd_lock, F_WRLCK, 1), "lock for writing, wait for it" },
	{ "flock-ex", "flock", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_flock, OS_EXCLUSIVE, 0), "flock exclusively, wait for it" },
	{ "flock-ex-nb", "flock-nb", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_flock, (OS_EXCLUSIVE | OS_NOWAIT), 0),
	  "flock exclusively or fail" },
	{ "flock-sh", NULL, G_FD, PH_FD, T_BOOL,
	  FUNC(fd_flock, OS_SHARED, 0), "flock shared, wait for it" },
	{ "flock-sh-nb", NULL, G_FD, PH_FD, T_BOOL,
	  FUNC(fd_flock, (OS_SHARED | OS_NOWAIT), 0), "flock shared or fail" },
	{ "group-late", "gid-l", G_FD, PH_LATE, T_GID,
	  FUNC(fd_group, 0, 0), "group of the file, at last" },
	{ "ignoreeof", "ignoreof", G_ALL, PH_LATE, T_BOOL,
	  FIELD(ignoreeof), "end of file is no end: wait for more" },
	{ "ioctl-bin", NULL, G_FD, PH_FD, T_INTBIN,
	  FUNC(fd_ioctl_bin, 0, 0), "ioctl with bytes" },
	{ "ioctl-int", NULL, G_FD, PH_FD, T_INT2,
	  FUNC(fd_ioctl_int, 0, 0), "ioctl with a number" },
	{ "ioctl-intp", NULL, G_FD, PH_FD, T_INT2,
	  FUNC(fd_ioctl_intp, 0, 0), "ioctl with a pointer to a number" },
	{ "ioctl-string", NULL, G_FD, PH_FD, T_INTSTR,
	  FUNC(fd_ioctl_str, 0, 0), "ioctl with a string" },
	{ "ioctl-void", "ioctl", G_FD, PH_FD, T_INT,
	  FUNC(fd_ioctl_void, 0, 0), "ioctl without a value" },
	{ "lockfile", NULL, G_ALL, PH_EARLY, T_STRING,
	  FIELD(lockfile), "create this lock file or fail" },
	{ "perm-late", NULL, G_FD, PH_LATE, T_MODE,
	  FUNC(fd_perm, 0, 0), "mode of the file, at last" },
	{ "readbytes", "bytes", G_ALL, PH_LATE, T_SIZE,
	  FIELD(readbytes), "read so many bytes, then end" },
	{ "shut-close", NULL, G_FD, PH_EARLY, T_CONST,
	  FIELD_AS(half, HALF_CLOSE), "half-close by closing" },
	{ "shut-down", NULL, G_FD, PH_EARLY, T_CONST,
	  FIELD_AS(half, HALF_SHUTDOWN), "half-close by shutdown" },
	{ "shut-none", NULL, G_FD, PH_EARLY, T_CONST,
	  FIELD_AS(half, HALF_NONE), "no half-close" },
	{ "shut-null", NULL, G_FD, PH_EARLY, T_CONST,
	  FIELD_AS(half, HALF_NULL), "half-close by an empty packet" },
	{ "user-late", "uid-l", G_FD, PH_LATE, T_UID,
	  FUNC(fd_user, 0, 0), "owner of the file, at last" },
	{ "waitlock", NULL, G_ALL, PH_EARLY, T_STRING,
	  FIELD(waitlock), "wait for this lock file and create it" },
};

TABLE(opt_fd, rows);
