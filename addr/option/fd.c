/* addr/option/fd.c: options of descriptors and of the transfer's ends. */

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "rows.h"

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
			return error_set("fcntl(%d, %s, {type=%s}):", fd,
			    o->b ? "F_SETLKW" : "F_SETLK",
			    o->a == F_RDLCK ? "F_RDLCK" : "F_WRLCK");
	return 0;
}

APPLY(fd_flock)
{
	UNUSED(a);
	if (v->n && os_flock(fd, o->a) == -1)
		return error_set("flock(%d, %s%s):", fd,
		    o->a & OS_EXCLUSIVE ? "LOCK_EX" : "LOCK_SH",
		    o->a & OS_NOWAIT ? "|LOCK_NB" : "");
	return 0;
}

APPLY(fd_group)
{
	UNUSED(a);
	UNUSED(o);
	if (fchown(fd, (uid_t)-1, (gid_t)v->n) == -1)
		return error_set("fchown(%d, -1, %lld):", fd, v->n);
	return 0;
}

APPLY(fd_user)
{
	UNUSED(a);
	UNUSED(o);
	if (fchown(fd, (uid_t)v->n, (gid_t)-1) == -1)
		return error_set("fchown(%d, %lld, -1):", fd, v->n);
	return 0;
}

APPLY(fd_perm)
{
	UNUSED(a);
	UNUSED(o);
	if (fchmod(fd, (mode_t)v->n) == -1)
		return error_set("fchmod(%d, 0%03llo):", fd,
		    (unsigned long long)v->n);
	return 0;
}

static int
ioctl_failed(int fd, const struct val *v, const void *p)
{
	return p == NULL ? error_set("ioctl(%d, 0x%llx, NULL):", fd, v->n) :
	    error_set("ioctl(%d, 0x%llx, %p):", fd, v->n, p);
}

APPLY(fd_ioctl_intp)
{
	int n = (int)v->m;

	UNUSED(a);
	UNUSED(o);
	if (ioctl(fd, (unsigned long)v->n, &n) == -1)
		return ioctl_failed(fd, v, &n);
	return 0;
}

APPLY(fd_ioctl_int)
{
	UNUSED(a);
	UNUSED(o);
	if (ioctl(fd, (unsigned long)v->n, (int)v->m) == -1)
		return error_set("ioctl(%d, 0x%llx, 0x%x):", fd, v->n,
		    (unsigned)v->m);
	return 0;
}

APPLY(fd_ioctl_bin)
{
	UNUSED(a);
	UNUSED(o);
	if (ioctl(fd, (unsigned long)v->n, v->bin) == -1)
		return ioctl_failed(fd, v, v->bin);
	return 0;
}

APPLY(fd_ioctl_str)
{
	UNUSED(a);
	UNUSED(o);
	if (ioctl(fd, (unsigned long)v->n, v->s) == -1)
		return ioctl_failed(fd, v, v->s);
	return 0;
}

APPLY(fd_ioctl_void)
{
	UNUSED(a);
	UNUSED(o);
	if (ioctl(fd, (unsigned long)v->n, NULL) == -1)
		return ioctl_failed(fd, v, NULL);
	return 0;
}

static const struct opt rows[] = {
	{ "cloexec", G_FD, PH_LATE, T_BOOL,
	  FUNC(fd_cloexec_opt, 0, 0),
	  TEXT("close the descriptor in programs") },
	{ "cool-write", G_FD, PH_INIT, T_BOOL,
	  FIELD(cool_write), TEXT("a broken pipe is no error"),
	  ALIAS("coolwrite") },
	{ "cr", G_APPL, PH_LATE, T_CONST,
	  FIELD_AS(eol, EOL_CR), TEXT("line ends are carriage returns") },
	{ "crnl", G_APPL, PH_LATE, T_CONST,
	  FIELD_AS(eol, EOL_CRNL),
	  TEXT("line ends are carriage return and newline"), ALIAS("crlf") },
	{ "end-close", G_FD, PH_OFFSET, T_CONST,
	  FIELD_AS(end_close, 1), TEXT("close at the end, without a shutdown"),
	  ALIAS("close") },
	{ "escape", G_APPL, PH_INIT, T_INT,
	  FIELD(escape), TEXT("byte that ends the stream from a terminal") },
	{ "f-setlk-rd", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_lock, F_RDLCK, 0), TEXT("lock for reading or fail"),
	  ALIAS("setlk-rd") },
	{ "f-setlk-wr", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_lock, F_WRLCK, 0), TEXT("lock for writing or fail"),
	  ALIAS("f-setlk", "setlk", "setlk-wr") },
	{ "f-setlkw-rd", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_lock, F_RDLCK, 1), TEXT("lock for reading, wait for it"),
	  ALIAS("setlkw-rd") },
	{ "f-setlkw-wr", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_lock, F_WRLCK, 1), TEXT("lock for writing, wait for it"),
	  ALIAS("f-setlkw", "lock", "lockw", "setlkw", "setlkw-wr") },
	{ "flock-ex", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_flock, OS_EXCLUSIVE, 0),
	  TEXT("flock exclusively, wait for it"), ALIAS("flock") },
	{ "flock-ex-nb", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_flock, (OS_EXCLUSIVE | OS_NOWAIT), 0),
	  TEXT("flock exclusively or fail"), ALIAS("flock-nb") },
	{ "flock-sh", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_flock, OS_SHARED, 0), TEXT("flock shared, wait for it") },
	{ "flock-sh-nb", G_FD, PH_FD, T_BOOL,
	  FUNC(fd_flock, (OS_SHARED | OS_NOWAIT), 0),
	  TEXT("flock shared or fail") },
	{ "group-late", G_FD, PH_LATE, T_GID,
	  FUNC(fd_group, 0, 0), TEXT("group of the file, at last"),
	  ALIAS("gid-l") },
	{ "ignoreeof", G_APPL, PH_LATE, T_BOOL,
	  FIELD(ignoreeof), TEXT("end of file is no end: wait for more"),
	  ALIAS("ignoreof") },
	{ "ioctl-bin", G_FD, PH_FD, T_INTBIN,
	  FUNC(fd_ioctl_bin, 0, 0), TEXT("ioctl with bytes") },
	{ "ioctl-int", G_FD, PH_FD, T_INT2,
	  FUNC(fd_ioctl_int, 0, 0), TEXT("ioctl with a number") },
	{ "ioctl-intp", G_FD, PH_FD, T_INTINTP,
	  FUNC(fd_ioctl_intp, 0, 0), TEXT("ioctl with a pointer to a number") },
	{ "ioctl-string", G_FD, PH_FD, T_INTSTR,
	  FUNC(fd_ioctl_str, 0, 0), TEXT("ioctl with a string") },
	{ "ioctl-void", G_FD, PH_FD, T_INT,
	  FUNC(fd_ioctl_void, 0, 0), TEXT("ioctl without a value"),
	  ALIAS("ioctl") },
	{ "lockfile", G_APPL, PH_INIT, T_STRING,
	  FIELD(lockfile), TEXT("create this lock file or fail") },
	{ "perm-late", G_FD, PH_LATE, T_MODE,
	  FUNC(fd_perm, 0, 0), TEXT("mode of the file, at last") },
	{ "readbytes", G_APPL, PH_LATE, T_SIZE,
	  FIELD(readbytes), TEXT("read so many bytes, then end"),
	  ALIAS("bytes") },
	{ "shut-close", G_FD, PH_OFFSET, T_CONST,
	  FIELD_AS(half, HALF_CLOSE), TEXT("half-close by closing") },
	{ "shut-down", G_FD, PH_OFFSET, T_CONST,
	  FIELD_AS(half, HALF_SHUTDOWN), TEXT("half-close by shutdown") },
	{ "shut-none", G_FD, PH_OFFSET, T_CONST,
	  FIELD_AS(half, HALF_NONE), TEXT("no half-close") },
	{ "shut-null", G_FD, PH_OFFSET, T_CONST,
	  FIELD_AS(half, HALF_NULL), TEXT("half-close by an empty packet") },
	{ "user-late", G_FD, PH_LATE, T_UID,
	  FUNC(fd_user, 0, 0), TEXT("owner of the file, at last"),
	  ALIAS("uid-l") },
	{ "waitlock", G_APPL, PH_INIT, T_STRING,
	  FIELD(waitlock), TEXT("wait for this lock file and create it") },
};

TABLE(opt_fd, rows);
