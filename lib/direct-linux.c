/*
 * lib/direct-linux.c: the system calls of a connection, past the C library.
 *
 * What a process touches after fork(2) it pays for page by page.  A shared C
 * library keeps each of these functions, and what they look at, on other
 * pages, and its fork(3) writes to five more, for threads and handlers that
 * relay has none of.  Nobody outside of relay sees the ones here; they are
 * no cancellation points.
 *
 * Sanitizers watch memory by the library's functions, and other machines
 * have calls of other shapes: these keep the library's.
 */

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#endif

/* With it, headers have bodies of their own for some of these. */
#undef _FORTIFY_SOURCE

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#if defined __has_include
#if __has_include(<sys/rseq.h>)
#include <sys/rseq.h>
#endif
#endif

#if defined __LP64__ && (defined __x86_64__ || defined __aarch64__) && \
    !defined SANITIZED

#define OURS __attribute__((visibility("hidden")))

/* syscall(2), "Architecture calling conventions". */
#ifdef __x86_64__
static inline long
call(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall" : "=a" (result) : "a" (n), "D" (a),
	    "S" (b), "d" (c), "r" (r10), "r" (r8), "r" (r9) :
	    "rcx", "r11", "memory");
	return result;
}
#else
static inline long
call(long n, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0" : "+r" (x0) : "r" (x8), "r" (x1), "r" (x2),
	    "r" (x3), "r" (x4), "r" (x5) : "memory", "cc");
	return x0;
}
#endif

/* errno is written only if there is something to say: its page, too. */
static long
result(long n)
{
	if (n >= 0)
		return n;
	errno = (int)-n;
	return -1;
}

OURS pid_t
fork(void)
{
#ifdef SYS_fork
	return (pid_t)result(call(SYS_fork, 0, 0, 0, 0, 0, 0));
#else
	return (pid_t)result(call(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0));
#endif
}

OURS int
close(int fd)
{
	return (int)result(call(SYS_close, fd, 0, 0, 0, 0, 0));
}

OURS int
socket(int af, int type, int proto)
{
	return (int)result(call(SYS_socket, af, type, proto, 0, 0, 0));
}

OURS int
accept4(int fd, struct sockaddr *restrict sa, socklen_t *restrict len,
    int flags)
{
	return (int)result(call(SYS_accept4, fd, (long)sa, (long)len, flags,
	    0, 0));
}

OURS int
connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	return (int)result(call(SYS_connect, fd, (long)sa, len, 0, 0, 0));
}

OURS int
shutdown(int fd, int how)
{
	return (int)result(call(SYS_shutdown, fd, how, 0, 0, 0, 0));
}

OURS ssize_t
recv(int fd, void *buf, size_t size, int flags)
{
	return result(call(SYS_recvfrom, fd, (long)buf, (long)size, flags,
	    0, 0));
}

OURS ssize_t
send(int fd, const void *buf, size_t size, int flags)
{
	return result(call(SYS_sendto, fd, (long)buf, (long)size, flags, 0,
	    0));
}

OURS int
poll(struct pollfd *p, nfds_t n, int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	return (int)result(call(SYS_ppoll, (long)p, (long)n,
	    (long)(ms < 0 ? NULL : &ts), 0, 0, 0));
}

OURS _Noreturn void
_exit(int status)
{
	for (;;)
		call(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

#ifdef RSEQ_SIG
/*
 * glibc registers an area for restartable sequences, into which the kernel
 * writes after each fork and switch.  Only its sched_getcpu(3) looks there,
 * and asks the kernel instead once it is gone.
 */
static __attribute__((constructor)) void
no_rseq(void)
{
	if (__rseq_size != 0)
		call(SYS_rseq, (long)__builtin_thread_pointer() +
		    __rseq_offset, __rseq_size < 32 ? 32 : __rseq_size,
		    RSEQ_FLAG_UNREGISTER, RSEQ_SIG, 0, 0);
}
#endif

#endif
