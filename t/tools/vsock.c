/*
 * vsock.c: vsock(7) where the kernel has no loopback of it, for LD_PRELOAD:
 * port N is the abstract unix socket "vsock-$VSOCK-N"; whoever is at the other
 * side has cid 3, this side 5, and an unbound socket port 1023.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define FDS	1024
#define NEXT(name)	((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

struct vm {
	sa_family_t family;
	uint16_t reserved;
	uint32_t port, cid;
	uint8_t zero[4];
};

static unsigned char ours[FDS];

static int
is_ours(int fd)
{
	return fd >= 0 && fd < FDS && ours[fd];
}

static void
own(int fd, int yes)
{
	if (fd >= 0 && fd < FDS)
		ours[fd] = yes != 0;
}

static socklen_t
to_unix(const void *sa, struct sockaddr_un *un)
{
	const struct vm *vm = sa;

	memset(un, 0, sizeof *un);
	un->sun_family = AF_UNIX;
	return offsetof(struct sockaddr_un, sun_path) + 1 +
	    sprintf(un->sun_path + 1, "vsock-%s-%u", getenv("VSOCK"),
	    vm->port);
}

static void
to_vsock(struct sockaddr_un *un, socklen_t n, unsigned cid, void *sa,
    socklen_t *len)
{
	struct vm vm = { .family = AF_VSOCK, .port = 1023, .cid = cid };
	const char *p = NULL;

	((char *)un)[n] = '\0';
	if (n > sizeof un->sun_family)
		p = strrchr(un->sun_path + 1, '-');
	if (p != NULL)
		vm.port = strtoul(p + 1, NULL, 10);
	memcpy(sa, &vm, *len < sizeof vm ? *len : sizeof vm);
	*len = sizeof vm;
}

int
socket(int af, int type, int proto)
{
	int fd = NEXT(socket)(af == AF_VSOCK ? AF_UNIX : af, type, proto);

	own(fd, af == AF_VSOCK);
	return fd;
}

int
bind(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr_un un;

	if (!is_ours(fd))
		return NEXT(bind)(fd, sa, len);
	len = to_unix(sa, &un);
	return NEXT(bind)(fd, (void *)&un, len);
}

int
connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	struct sockaddr_un un;

	if (!is_ours(fd))
		return NEXT(connect)(fd, sa, len);
	len = to_unix(sa, &un);
	return NEXT(connect)(fd, (void *)&un, len);
}

int
accept4(int lfd, struct sockaddr *sa, socklen_t *len, int flags)
{
	struct sockaddr_un un[2];
	socklen_t n = sizeof *un;
	int fd;

	if (!is_ours(lfd))
		return NEXT(accept4)(lfd, sa, len, flags);
	fd = NEXT(accept4)(lfd, (void *)un, &n, flags);
	own(fd, 1);
	if (fd != -1 && sa != NULL)
		to_vsock(un, n, 3, sa, len);
	return fd;
}

int
accept(int lfd, struct sockaddr *sa, socklen_t *len)
{
	return is_ours(lfd) ? accept4(lfd, sa, len, 0) :
	    NEXT(accept)(lfd, sa, len);
}

int
getsockname(int fd, struct sockaddr *sa, socklen_t *len)
{
	struct sockaddr_un un[2];
	socklen_t n = sizeof *un;
	int rc;

	if (!is_ours(fd))
		return NEXT(getsockname)(fd, sa, len);
	rc = NEXT(getsockname)(fd, (void *)un, &n);
	if (rc == 0)
		to_vsock(un, n, 5, sa, len);
	return rc;
}

int
getpeername(int fd, struct sockaddr *sa, socklen_t *len)
{
	struct sockaddr_un un[2];
	socklen_t n = sizeof *un;
	int rc;

	if (!is_ours(fd))
		return NEXT(getpeername)(fd, sa, len);
	rc = NEXT(getpeername)(fd, (void *)un, &n);
	if (rc == 0)
		to_vsock(un, n, 3, sa, len);
	return rc;
}
