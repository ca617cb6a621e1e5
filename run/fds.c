/* run/fds.c: -D: what the descriptors are, in socat's columns. */

#include <sys/stat.h>

#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "../lib/log.h"
#include "session.h"

static const char *
kind(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFIFO:
		return "pipe";
	case S_IFCHR:
		return "chrdev";
	case S_IFDIR:
		return "dir";
	case S_IFBLK:
		return "blkdev";
	case S_IFREG:
		return "file";
	case S_IFSOCK:
		return "socket";
	default:
		return "undef";
	}
}

/* As ctime(3), without its newline. */
static const char *
when(time_t t, char buf[32])
{
	struct tm tm;

	localtime_r(&t, &tm);
	if (strftime(buf, 32, "%a %b %e %H:%M:%S %Y", &tm) == 0)
		buf[0] = '\0';
	return buf;
}

/* The two halves of a device number, as Linux and most others pack it. */
static unsigned
dev_major(dev_t d)
{
	return (unsigned)(d >> 8 & 0xfff);
}

static unsigned
dev_minor(dev_t d)
{
	return (unsigned)((d & 0xff) | (d >> 12 & 0xfff00));
}

static void
show(int fd)
{
	struct stat st;
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };
	char a[32], m[32], c[32];

	if (fstat(fd, &st) == -1)
		return;
	poll(&p, 1, 0);
	log_plain("%4d: %s\t%u,%u\t%llu\t%07o\t%llu\t%u\t%u\t%u,%u\t%lld\t"
	    "%lld\t%lld\t%s\t%s\t%s\t%d\tx%06x\t0\t0\tpoll: %s%s%s", fd,
	    kind(st.st_mode), dev_major(st.st_dev), dev_minor(st.st_dev),
	    (unsigned long long)st.st_ino, (unsigned)st.st_mode,
	    (unsigned long long)st.st_nlink, (unsigned)st.st_uid,
	    (unsigned)st.st_gid, dev_major(st.st_rdev),
	    dev_minor(st.st_rdev), (long long)st.st_size,
	    (long long)st.st_blksize, (long long)st.st_blocks,
	    when(st.st_atime, a), when(st.st_mtime, m),
	    when(st.st_ctime, c), fcntl(fd, F_GETFD) & FD_CLOEXEC,
	    (unsigned)fcntl(fd, F_GETFL), p.revents & POLLIN ? "IN," : "",
	    p.revents & POLLOUT ? "OUT," : "",
	    p.revents & POLLHUP ? "HUP," : "");
}

void
fds_show(const int fd[4])
{
	int i;

	log_plain("  FD  type\tdevice\tinode\tmode\tlinks\tuid\tgid\trdev\t"
	    "size\tblksize\tblocks\tatime\t\t\t\tmtime\t\t\t\tctime\t\t\t\t"
	    "cloexec\tflags\tsigown\tsigio");
	for (i = 0; i < 4; i++)
		if (i % 2 == 0 || fd[i] != fd[i - 1])
			show(fd[i]);
}
