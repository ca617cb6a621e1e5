/*
 * lib/tiny-error.c: strerror(3) and gai_strerror(3), for lib/tiny.c.
 *
 * The words are those of the system where socat mostly runs, so that log
 * lines are the same from either build; what relay cannot meet has none.
 */

#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct words {
	int code;
	const char *text;
};

static const struct words errors[] = {
	{ 0, "Success" },
	{ EPERM, "Operation not permitted" },
	{ ENOENT, "No such file or directory" },
	{ ESRCH, "No such process" },
	{ EINTR, "Interrupted system call" },
	{ EIO, "Input/output error" },
	{ ENXIO, "No such device or address" },
	{ E2BIG, "Argument list too long" },
	{ ENOEXEC, "Exec format error" },
	{ EBADF, "Bad file descriptor" },
	{ ECHILD, "No child processes" },
	{ EAGAIN, "Resource temporarily unavailable" },
	{ ENOMEM, "Cannot allocate memory" },
	{ EACCES, "Permission denied" },
	{ EFAULT, "Bad address" },
	{ EBUSY, "Device or resource busy" },
	{ EEXIST, "File exists" },
	{ EXDEV, "Invalid cross-device link" },
	{ ENODEV, "No such device" },
	{ ENOTDIR, "Not a directory" },
	{ EISDIR, "Is a directory" },
	{ EINVAL, "Invalid argument" },
	{ ENFILE, "Too many open files in system" },
	{ EMFILE, "Too many open files" },
	{ ENOTTY, "Inappropriate ioctl for device" },
	{ ETXTBSY, "Text file busy" },
	{ EFBIG, "File too large" },
	{ ENOSPC, "No space left on device" },
	{ ESPIPE, "Illegal seek" },
	{ EROFS, "Read-only file system" },
	{ EMLINK, "Too many links" },
	{ EPIPE, "Broken pipe" },
	{ EDEADLK, "Resource deadlock avoided" },
	{ ENAMETOOLONG, "File name too long" },
	{ ENOLCK, "No locks available" },
	{ ENOSYS, "Function not implemented" },
	{ ELOOP, "Too many levels of symbolic links" },
	{ EOVERFLOW, "Value too large for defined data type" },
	{ EBADFD, "File descriptor in bad state" },
	{ ENOTSOCK, "Socket operation on non-socket" },
	{ EDESTADDRREQ, "Destination address required" },
	{ EMSGSIZE, "Message too long" },
	{ EPROTOTYPE, "Protocol wrong type for socket" },
	{ ENOPROTOOPT, "Protocol not available" },
	{ EPROTONOSUPPORT, "Protocol not supported" },
	{ ESOCKTNOSUPPORT, "Socket type not supported" },
	{ EOPNOTSUPP, "Operation not supported" },
	{ EPFNOSUPPORT, "Protocol family not supported" },
	{ EAFNOSUPPORT, "Address family not supported by protocol" },
	{ EADDRINUSE, "Address already in use" },
	{ EADDRNOTAVAIL, "Cannot assign requested address" },
	{ ENETDOWN, "Network is down" },
	{ ENETUNREACH, "Network is unreachable" },
	{ ENETRESET, "Network dropped connection on reset" },
	{ ECONNABORTED, "Software caused connection abort" },
	{ ECONNRESET, "Connection reset by peer" },
	{ ENOBUFS, "No buffer space available" },
	{ EISCONN, "Transport endpoint is already connected" },
	{ ENOTCONN, "Transport endpoint is not connected" },
	{ ETIMEDOUT, "Connection timed out" },
	{ ECONNREFUSED, "Connection refused" },
	{ EHOSTDOWN, "Host is down" },
	{ EHOSTUNREACH, "No route to host" },
	{ EALREADY, "Operation already in progress" },
	{ EINPROGRESS, "Operation now in progress" },
	{ ESTALE, "Stale file handle" },
	{ EPROTO, "Protocol error" },
	{ ENONET, "Machine is not on the network" },
	{ EDQUOT, "Disk quota exceeded" },
	{ ECANCELED, "Operation canceled" },
	{ EUSERS, "Too many users" },
};

static const struct words lookups[] = {
	{ EAI_ADDRFAMILY, "Address family for hostname not supported" },
	{ EAI_AGAIN, "Temporary failure in name resolution" },
	{ EAI_BADFLAGS, "Bad value for ai_flags" },
	{ EAI_FAIL, "Non-recoverable failure in name resolution" },
	{ EAI_FAMILY, "ai_family not supported" },
	{ EAI_MEMORY, "Memory allocation failure" },
	{ EAI_NODATA, "No address associated with hostname" },
	{ EAI_NONAME, "Name or service not known" },
	{ EAI_SERVICE, "Servname not supported for ai_socktype" },
	{ EAI_SYSTEM, "System error" },
};

static const char *
find(const struct words *w, size_t n, int code)
{
	for (; n > 0; n--, w++)
		if (w->code == code)
			return w->text;
	return NULL;
}

char *
strerror(int code)
{
	static char unknown[32];
	const char *text = find(errors, sizeof errors / sizeof *errors, code);

	if (text != NULL)
		return (char *)text;
	snprintf(unknown, sizeof unknown, "Unknown error %d", code);
	return unknown;
}

const char *
gai_strerror(int code)
{
	const char *text = find(lookups, sizeof lookups / sizeof *lookups,
	    code);

	return text == NULL ? "Unknown error" : text;
}
