/* addr/option/file.c: options of files, pipes and paths. */

#include <sys/ioctl.h>

#include <fcntl.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "rows.h"

/* The attributes of chattr(1); o->a is the flag's bit. */
APPLY(fd_fsflag)
{
	long flags = 0;

	UNUSED(a);
	if (C_FS_IOC_GETFLAGS == ABSENT)
		return error_set("option \"%s\" is not available on this "
		    "system", name_of(o->names));
	if (ioctl(fd, (unsigned long)C_FS_IOC_GETFLAGS, &flags) == -1)
		return error_set("ioctl(%d, FS_IOC_GETFLAGS, \"%s\"):", fd,
		    name_of(o->names));
	flags = v->n ? flags | o->a : flags & ~(long)o->a;
	if (ioctl(fd, (unsigned long)C_FS_IOC_SETFLAGS, &flags) == -1)
		return error_set("ioctl(%d, FS_IOC_SETFLAGS, \"%s\"):", fd,
		    name_of(o->names));
	return 0;
}

APPLY(fd_pipe_size)
{
	UNUSED(a);
	if (fcntl(fd, o->a, (int)v->n) == -1)
		return error_set("fcntl(%d, F_SETPIPE_SZ, %lld):", fd, v->n);
	return 0;
}

APPLY(fd_seek)
{
	UNUSED(a);
	if (lseek(fd, (off_t)v->n, o->a) == -1)
		return error_set("lseek(%d, %lld, %d):", fd, v->n, o->a);
	return 0;
}

APPLY(fd_truncate)
{
	UNUSED(a);
	UNUSED(o);
	if (ftruncate(fd, (off_t)v->n) == -1)
		return error_set("ftruncate(%d, %lld):", fd, v->n);
	return 0;
}

static const struct opt rows[] = {
	{ "append o-append", G_FD | G_OPEN, PH_LATE, T_BOOL,
	  STATUS(O_APPEND), TEXT("write at the end of the file") },
	{ "async o-async", G_FD | G_OPEN, PH_LATE, T_BOOL,
	  STATUS(C_O_ASYNC), TEXT("signal when the descriptor gets ready") },
	{ "f-setpipe-sz pipesz", G_FIFO, PH_FD, T_INT,
	  FUNC(fd_pipe_size, C_F_SETPIPE_SZ, 0), TEXT("size of the pipe") },
	{ "fs-append ext2-append ext3-append", G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x20, 0), TEXT("file attribute a: append only") },
	{ "fs-compr compr ext2-compr ext3-compr", G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x4, 0), TEXT("file attribute c: compressed") },
	{ "fs-dirsync dirsync ext2-dirsync ext3-dirsync", G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x10000, 0),
	  TEXT("file attribute D: synchronous directory") },
	{ "fs-immutable ext2-immutable ext3-immutable immutable",
	  G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x10, 0), TEXT("file attribute i: immutable") },
	{ "fs-journal-data ext2-journal-data ext3-journal-data journal"
	  " journal-data", G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x4000, 0),
	  TEXT("file attribute j: data in the journal") },
	{ "fs-noatime ext2-noatime ext3-noatime", G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x80, 0), TEXT("file attribute A: no access times") },
	{ "fs-nodump ext2-nodump ext3-nodump nodump", G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x40, 0), TEXT("file attribute d: no dump") },
	{ "fs-notail ext2-notail ext3-notail", G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x8000, 0),
	  TEXT("file attribute t: no tail merging") },
	{ "fs-secrm ext2-secrm ext3-secrm secrm", G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x1, 0), TEXT("file attribute s: secure deletion") },
	{ "fs-sync ext2-sync ext3-sync", G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x8, 0), TEXT("file attribute S: synchronous") },
	{ "fs-topdir ext2-topdir ext3-topdir topdir", G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x20000, 0),
	  TEXT("file attribute T: top of a hierarchy") },
	{ "fs-unrm ext2-unrm ext3-unrm unrm", G_REG, PH_FD, T_BOOL,
	  FUNC(fd_fsflag, 0x2, 0), TEXT("file attribute u: undeletable") },
	{ "ftruncate32", G_REG, PH_LATE, T_OFF,
	  FUNC(fd_truncate, 0, 0), TEXT("cut the file to so many bytes") },
	{ "ftruncate64 ftruncate truncate", G_REG, PH_LATE, T_OFF,
	  FUNC(fd_truncate, 0, 0), TEXT("cut the file to so many bytes") },
	{ "group gid", G_FD | G_NAMED, PH_FD, T_GID,
	  FIELD(group), TEXT("group of the file") },
	{ "group-early gid-e", G_NAMED, PH_EARLY, T_GID,
	  FIELD(group_early), TEXT("group of the path, before opening") },
	{ "lseek32-cur", G_BLK | G_REG, PH_LATE, T_OFF,
	  FUNC(fd_seek, SEEK_CUR, 0), TEXT("move the file position forward") },
	{ "lseek32-end", G_BLK | G_REG, PH_LATE, T_OFF,
	  FUNC(fd_seek, SEEK_END, 0),
	  TEXT("set the file position from the end") },
	{ "lseek32-set lseek32", G_BLK | G_REG, PH_LATE, T_OFF,
	  FUNC(fd_seek, SEEK_SET, 0), TEXT("set the file position") },
	{ "lseek64-cur seek-cur", G_BLK | G_REG, PH_LATE, T_OFF,
	  FUNC(fd_seek, SEEK_CUR, 0), TEXT("move the file position forward") },
	{ "lseek64-end seek-end", G_BLK | G_REG, PH_LATE, T_OFF,
	  FUNC(fd_seek, SEEK_END, 0),
	  TEXT("set the file position from the end") },
	{ "lseek64-set lseek lseek64 seek seek-set",
	  G_BLK | G_REG, PH_LATE, T_OFF,
	  FUNC(fd_seek, SEEK_SET, 0), TEXT("set the file position") },
	{ "o-binary binary o_binary", G_OPEN, PH_OPEN, T_BOOL,
	  NOTHING, TEXT("bytes as they are: always") },
	{ "o-creat creat create o-create o_creat o_create",
	  G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_CREAT), TEXT("create the file if it is not there") },
	{ "o-direct direct o_direct", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(C_O_DIRECT), TEXT("bypass the page cache") },
	{ "o-directory directory o_directory", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_DIRECTORY), TEXT("fail unless it is a directory") },
	{ "o-dsync dsync o_dsync", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_DSYNC), TEXT("write data through to the disk") },
	{ "o-excl excl o_excl", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_EXCL), TEXT("fail if the file is there") },
	{ "o-largefile largefile o_largefile", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(0), TEXT("files over 2 GiB: always") },
	{ "o-noatime noatime", G_FD | G_OPEN, PH_FD, T_BOOL,
	  STATUS(C_O_NOATIME), TEXT("leave the access time alone") },
	{ "o-noctty noctty o_noctty", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_NOCTTY), TEXT("no controlling terminal") },
	{ "o-nofollow nofollow o_nofollow", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_NOFOLLOW), TEXT("fail on a symbolic link") },
	{ "o-nonblock ndelay nonblock o-ndelay o_ndelay",
	  G_FD | G_OPEN, PH_FD, T_BOOL,
	  STATUS(O_NONBLOCK), TEXT("do not wait in open, read or write") },
	{ "o-rdonly o_rdonly rdonly", G_OPEN, PH_OPEN, T_BOOL,
	  FIELD_AS(access, O_RDONLY + 1), TEXT("open for reading") },
	{ "o-rdwr o_rdwr rdwr", G_OPEN, PH_OPEN, T_BOOL,
	  FIELD_AS(access, O_RDWR + 1), TEXT("open for reading and writing") },
	{ "o-rsync o_rsync rsync", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_RSYNC), TEXT("synchronous reading") },
	{ "o-sync o_sync sync", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_SYNC), TEXT("write data and metadata through to the disk") },
	{ "o-text o_text text", G_OPEN, PH_OPEN, T_BOOL,
	  NOTHING, TEXT("without effect on this system") },
	{ "o-trunc trunc", G_OPEN, PH_LATE, T_BOOL,
	  OFLAG(O_TRUNC), TEXT("empty the file") },
	{ "o-wronly o_wronly wronly", G_OPEN, PH_OPEN, T_BOOL,
	  FIELD_AS(access, O_WRONLY + 1), TEXT("open for writing") },
	{ "perm mode", G_FD | G_NAMED, PH_FD, T_MODE,
	  FIELD(perm), TEXT("mode of the file") },
	{ "perm-early", G_NAMED, PH_EARLY, T_MODE,
	  FIELD(perm_early), TEXT("mode of the path, before opening") },
	{ "unlink delete remove", G_NAMED, PH_EARLY, T_BOOL,
	  FIELD(unlink), TEXT("remove the path first") },
	{ "unlink-close", G_NAMED, PH_LATE, T_BOOL,
	  FIELD(unlink_close), TEXT("remove the path at the end") },
	{ "unlink-early new", G_NAMED, PH_EARLY, T_BOOL,
	  FIELD(unlink_early), TEXT("remove the path first of all") },
	{ "unlink-late", G_NAMED, PH_FD, T_BOOL,
	  FIELD(unlink_late), TEXT("remove the path once it is open") },
	{ "user owner uid", G_FD | G_NAMED, PH_FD, T_UID,
	  FIELD(user), TEXT("owner of the file") },
	{ "user-early uid-e", G_NAMED, PH_EARLY, T_UID,
	  FIELD(user_early), TEXT("owner of the path, before opening") },
};

TABLE(opt_file, rows);
