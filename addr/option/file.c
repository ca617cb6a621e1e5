/* addr/option/file.c: options of files, pipes and paths. */

#include <sys/ioctl.h>

#include <fcntl.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "rows.h"

/* An attribute of chattr(1): its bit is o->a; b is ABSENT where none is. */
#define FSFLAG(bit)	FUNC(fd_fsflag, bit, (int)C_FS_IOC_GETFLAGS)

APPLY(fd_fsflag)
{
	long flags = 0;

	UNUSED(a);
	if (ioctl(fd, (unsigned long)C_FS_IOC_GETFLAGS, &flags) == -1)
		return error_set("ioctl(%d, FS_IOC_GETFLAGS, \"%s\"):", fd,
		    o->name);
	flags = v->n ? flags | o->a : flags & ~(long)o->a;
	if (ioctl(fd, (unsigned long)C_FS_IOC_SETFLAGS, &flags) == -1)
		return error_set("ioctl(%d, FS_IOC_SETFLAGS, \"%s\"):", fd,
		    o->name);
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
	{ "append", G_FD | G_OPEN, PH_LATE, T_BOOL,
	  STATUS(O_APPEND), TEXT("write at the end of the file"),
	  ALIAS("o-append") },
	{ "async", G_FD | G_OPEN, PH_LATE, T_BOOL,
	  STATUS(C_O_ASYNC), TEXT("signal when the descriptor gets ready"),
	  ALIAS("o-async") },
	{ "f-setpipe-sz", G_FIFO, PH_FD, T_INT,
	  FUNC(fd_pipe_size, C_F_SETPIPE_SZ, 0), TEXT("size of the pipe"),
	  ALIAS("pipesz") },
	{ "fs-append", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x20), TEXT("file attribute a: append only"),
	  ALIAS("ext2-append", "ext3-append") },
	{ "fs-compr", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x4), TEXT("file attribute c: compressed"),
	  ALIAS("compr", "ext2-compr", "ext3-compr") },
	{ "fs-dirsync", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x10000), TEXT("file attribute D: synchronous directory"),
	  ALIAS("dirsync", "ext2-dirsync", "ext3-dirsync") },
	{ "fs-immutable", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x10), TEXT("file attribute i: immutable"),
	  ALIAS("ext2-immutable", "ext3-immutable", "immutable") },
	{ "fs-journal-data", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x4000), TEXT("file attribute j: data in the journal"),
	  ALIAS("ext2-journal-data", "ext3-journal-data", "journal",
	      "journal-data") },
	{ "fs-noatime", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x80), TEXT("file attribute A: no access times"),
	  ALIAS("ext2-noatime", "ext3-noatime") },
	{ "fs-nodump", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x40), TEXT("file attribute d: no dump"),
	  ALIAS("ext2-nodump", "ext3-nodump", "nodump") },
	{ "fs-notail", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x8000), TEXT("file attribute t: no tail merging"),
	  ALIAS("ext2-notail", "ext3-notail") },
	{ "fs-secrm", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x1), TEXT("file attribute s: secure deletion"),
	  ALIAS("ext2-secrm", "ext3-secrm", "secrm") },
	{ "fs-sync", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x8), TEXT("file attribute S: synchronous"),
	  ALIAS("ext2-sync", "ext3-sync") },
	{ "fs-topdir", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x20000), TEXT("file attribute T: top of a hierarchy"),
	  ALIAS("ext2-topdir", "ext3-topdir", "topdir") },
	{ "fs-unrm", G_REG, PH_FD, T_BOOL,
	  FSFLAG(0x2), TEXT("file attribute u: undeletable"),
	  ALIAS("ext2-unrm", "ext3-unrm", "unrm") },
	{ "ftruncate32", G_REG, PH_LATE, T_OFF,
	  FUNC(fd_truncate, 0, 0), TEXT("cut the file to so many bytes") },
	{ "ftruncate64", G_REG, PH_LATE, T_OFF64,
	  FUNC(fd_truncate, 0, 0), TEXT("cut the file to so many bytes"),
	  ALIAS("ftruncate", "truncate") },
	{ "group", G_FD | G_NAMED, PH_FD, T_GID,
	  FIELD(group), TEXT("group of the file"), ALIAS("gid") },
	{ "group-early", G_NAMED, PH_PREOPEN, T_GID,
	  FIELD(group_early), TEXT("group of the path, before opening"),
	  ALIAS("gid-e") },
	{ "lseek32-cur", G_BLK | G_REG, PH_LATE, T_OFF,
	  FUNC(fd_seek, SEEK_CUR, 0), TEXT("move the file position forward") },
	{ "lseek32-end", G_BLK | G_REG, PH_LATE, T_OFF,
	  FUNC(fd_seek, SEEK_END, 0),
	  TEXT("set the file position from the end") },
	{ "lseek32-set", G_BLK | G_REG, PH_LATE, T_OFF,
	  FUNC(fd_seek, SEEK_SET, 0), TEXT("set the file position"),
	  ALIAS("lseek32") },
	{ "lseek64-cur", G_BLK | G_REG, PH_LATE, T_OFF64,
	  FUNC(fd_seek, SEEK_CUR, 0), TEXT("move the file position forward"),
	  ALIAS("seek-cur") },
	{ "lseek64-end", G_BLK | G_REG, PH_LATE, T_OFF64,
	  FUNC(fd_seek, SEEK_END, 0),
	  TEXT("set the file position from the end"), ALIAS("seek-end") },
	{ "lseek64-set", G_BLK | G_REG, PH_LATE, T_OFF64,
	  FUNC(fd_seek, SEEK_SET, 0), TEXT("set the file position"),
	  ALIAS("lseek", "lseek64", "seek", "seek-set") },
	{ "o-binary", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(0), .unlisted = true, TEXT("bytes as they are: always"),
	  ALIAS("binary", "o_binary") },
	{ "o-creat", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_CREAT), TEXT("create the file if it is not there"),
	  ALIAS("creat", "create", "o-create", "o_creat", "o_create") },
	{ "o-direct", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(C_O_DIRECT), TEXT("bypass the page cache"),
	  ALIAS("direct", "o_direct") },
	{ "o-directory", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_DIRECTORY), TEXT("fail unless it is a directory"),
	  ALIAS("directory", "o_directory") },
	{ "o-dsync", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_DSYNC), TEXT("write data through to the disk"),
	  ALIAS("dsync", "o_dsync") },
	{ "o-excl", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_EXCL), TEXT("fail if the file is there"),
	  ALIAS("excl", "o_excl") },
	{ "o-largefile", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(0), TEXT("files over 2 GiB: always"),
	  ALIAS("largefile", "o_largefile") },
	{ "o-noatime", G_FD | G_OPEN, PH_FD, T_BOOL,
	  STATUS(C_O_NOATIME), TEXT("leave the access time alone"),
	  ALIAS("noatime") },
	{ "o-noctty", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_NOCTTY), TEXT("no controlling terminal"),
	  ALIAS("noctty", "o_noctty") },
	{ "o-nofollow", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_NOFOLLOW), TEXT("fail on a symbolic link"),
	  ALIAS("nofollow", "o_nofollow") },
	{ "o-nonblock", G_FD | G_OPEN, PH_FD, T_BOOL,
	  STATUS(O_NONBLOCK), TEXT("do not wait in open, read or write"),
	  ALIAS("ndelay", "nonblock", "o-ndelay", "o_ndelay") },
	{ "o-rdonly", G_OPEN, PH_OPEN, T_BOOL,
	  FIELD_AS(access, O_RDONLY + 1), TEXT("open for reading"),
	  ALIAS("o_rdonly", "rdonly") },
	{ "o-rdwr", G_OPEN, PH_OPEN, T_BOOL,
	  FIELD_AS(access, O_RDWR + 1), TEXT("open for reading and writing"),
	  ALIAS("o_rdwr", "rdwr") },
	{ "o-rsync", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_RSYNC), TEXT("synchronous reading"),
	  ALIAS("o_rsync", "rsync") },
	{ "o-sync", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(O_SYNC), TEXT("write data and metadata through to the disk"),
	  ALIAS("o_sync", "sync") },
	{ "o-text", G_OPEN, PH_OPEN, T_BOOL,
	  OFLAG(0), .unlisted = true, TEXT("without effect on this system"),
	  ALIAS("o_text", "text") },
	{ "o-trunc", G_OPEN, PH_LATE, T_BOOL,
	  OFLAG(O_TRUNC), TEXT("empty the file"), ALIAS("trunc") },
	{ "o-wronly", G_OPEN, PH_OPEN, T_BOOL,
	  FIELD_AS(access, O_WRONLY + 1), TEXT("open for writing"),
	  ALIAS("o_wronly", "wronly") },
	{ "perm", G_FD | G_NAMED, PH_FD, T_MODE,
	  FIELD(perm), TEXT("mode of the file"), ALIAS("mode") },
	{ "perm-early", G_NAMED, PH_PREOPEN, T_MODE,
	  FIELD(perm_early), TEXT("mode of the path, before opening") },
	{ "posixmq-flush", G_POSIXMQ, PH_EARLY, T_BOOL,
	  FIELD(mq_flush), TEXT("empty the queue first"), ALIAS("mq-flush") },
	{ "posixmq-maxmsg", G_POSIXMQ, PH_OPEN, T_LONG,
	  FIELD(mq_maxmsg), TEXT("messages that the queue holds"), ALIAS("mq-maxmsg") },
	{ "posixmq-msgsize", G_POSIXMQ, PH_OPEN, T_LONG,
	  FIELD(mq_msgsize), TEXT("largest message"), ALIAS("mq-msgsize") },
	{ "posixmq-priority", G_POSIXMQ, PH_INIT, T_UINT,
	  FIELD(mq_prio), TEXT("priority of messages"), ALIAS("mq-prio") },
	{ "unlink", G_NAMED, PH_PREOPEN, T_BOOL,
	  FIELD(unlink), TEXT("remove the path first"),
	  ALIAS("delete", "remove") },
	{ "unlink-close", G_NAMED, PH_LATE, T_BOOL,
	  FIELD(unlink_close), TEXT("remove the path at the end") },
	{ "unlink-early", G_NAMED, PH_EARLY, T_BOOL,
	  FIELD(unlink_early), TEXT("remove the path first of all"),
	  ALIAS("new") },
	{ "unlink-late", G_NAMED, PH_PASTOPEN, T_BOOL,
	  FIELD(unlink_late), TEXT("remove the path once it is open") },
	{ "user", G_FD | G_NAMED, PH_FD, T_UID,
	  FIELD(user), TEXT("owner of the file"), ALIAS("owner", "uid") },
	{ "user-early", G_NAMED, PH_PREOPEN, T_UID,
	  FIELD(user_early), TEXT("owner of the path, before opening"),
	  ALIAS("uid-e") },
};

TABLE(opt_file, rows);
