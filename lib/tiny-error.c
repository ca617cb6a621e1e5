/*
 * lib/tiny-error.c: strerror(3) and gai_strerror(3), for lib/tiny.c.
 *
 * The words are those of the system where socat mostly runs, so that log
 * lines are the same from either build; what relay cannot meet has none.
 */

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A row is the number in digits, then the text: no pointers.  As it is
 * the preprocessor that makes the digits, codes must be plain numbers.
 */
#define ROW(code, text)		DIGITS(code) text "\0"
#define DIGITS(code)		DIGITS_(code)
#define DIGITS_(code)		#code

static const char errors[] =
	ROW(0, "Success")
	ROW(EPERM, "Operation not permitted")
	ROW(ENOENT, "No such file or directory")
	ROW(ESRCH, "No such process")
	ROW(EINTR, "Interrupted system call")
	ROW(EIO, "Input/output error")
	ROW(ENXIO, "No such device or address")
	ROW(E2BIG, "Argument list too long")
	ROW(ENOEXEC, "Exec format error")
	ROW(EBADF, "Bad file descriptor")
	ROW(ECHILD, "No child processes")
	ROW(EAGAIN, "Resource temporarily unavailable")
	ROW(ENOMEM, "Cannot allocate memory")
	ROW(EACCES, "Permission denied")
	ROW(EFAULT, "Bad address")
	ROW(EBUSY, "Device or resource busy")
	ROW(EEXIST, "File exists")
	ROW(EXDEV, "Invalid cross-device link")
	ROW(ENODEV, "No such device")
	ROW(ENOTDIR, "Not a directory")
	ROW(EISDIR, "Is a directory")
	ROW(EINVAL, "Invalid argument")
	ROW(ENFILE, "Too many open files in system")
	ROW(EMFILE, "Too many open files")
	ROW(ENOTTY, "Inappropriate ioctl for device")
	ROW(ETXTBSY, "Text file busy")
	ROW(EFBIG, "File too large")
	ROW(ENOSPC, "No space left on device")
	ROW(ESPIPE, "Illegal seek")
	ROW(EROFS, "Read-only file system")
	ROW(EMLINK, "Too many links")
	ROW(EPIPE, "Broken pipe")
	ROW(EDEADLK, "Resource deadlock avoided")
	ROW(ENAMETOOLONG, "File name too long")
	ROW(ENOLCK, "No locks available")
	ROW(ENOSYS, "Function not implemented")
	ROW(ELOOP, "Too many levels of symbolic links")
	ROW(EOVERFLOW, "Value too large for defined data type")
	ROW(EBADFD, "File descriptor in bad state")
	ROW(ENOTSOCK, "Socket operation on non-socket")
	ROW(EDESTADDRREQ, "Destination address required")
	ROW(EMSGSIZE, "Message too long")
	ROW(EPROTOTYPE, "Protocol wrong type for socket")
	ROW(ENOPROTOOPT, "Protocol not available")
	ROW(EPROTONOSUPPORT, "Protocol not supported")
	ROW(ESOCKTNOSUPPORT, "Socket type not supported")
	ROW(EOPNOTSUPP, "Operation not supported")
	ROW(EPFNOSUPPORT, "Protocol family not supported")
	ROW(EAFNOSUPPORT, "Address family not supported by protocol")
	ROW(EADDRINUSE, "Address already in use")
	ROW(EADDRNOTAVAIL, "Cannot assign requested address")
	ROW(ENETDOWN, "Network is down")
	ROW(ENETUNREACH, "Network is unreachable")
	ROW(ENETRESET, "Network dropped connection on reset")
	ROW(ECONNABORTED, "Software caused connection abort")
	ROW(ECONNRESET, "Connection reset by peer")
	ROW(ENOBUFS, "No buffer space available")
	ROW(EISCONN, "Transport endpoint is already connected")
	ROW(ENOTCONN, "Transport endpoint is not connected")
	ROW(ETIMEDOUT, "Connection timed out")
	ROW(ECONNREFUSED, "Connection refused")
	ROW(EHOSTDOWN, "Host is down")
	ROW(EHOSTUNREACH, "No route to host")
	ROW(EALREADY, "Operation already in progress")
	ROW(EINPROGRESS, "Operation now in progress")
	ROW(ESTALE, "Stale file handle")
	ROW(EPROTO, "Protocol error")
	ROW(ENONET, "Machine is not on the network")
	ROW(EDQUOT, "Disk quota exceeded")
	ROW(ECANCELED, "Operation canceled")
	ROW(EUSERS, "Too many users");

static const char lookups[] =
	ROW(EAI_ADDRFAMILY, "Address family for hostname not supported")
	ROW(EAI_AGAIN, "Temporary failure in name resolution")
	ROW(EAI_BADFLAGS, "Bad value for ai_flags")
	ROW(EAI_FAIL, "Non-recoverable failure in name resolution")
	ROW(EAI_FAMILY, "ai_family not supported")
	ROW(EAI_MEMORY, "Memory allocation failure")
	ROW(EAI_NODATA, "No address associated with hostname")
	ROW(EAI_NONAME, "Name or service not known")
	ROW(EAI_SERVICE, "Servname not supported for ai_socktype")
	ROW(EAI_SYSTEM, "System error");

static const char *
find(const char *rows, int code)
{
	char *text;

	for (; *rows != '\0'; rows = text + strlen(text) + 1)
		if (strtol(rows, &text, 10) == code)
			return text;
	return NULL;
}

char *
strerror(int code)
{
	static char unknown[32];
	const char *text = find(errors, code);

	if (text != NULL)
		return (char *)text;
	snprintf(unknown, sizeof unknown, "Unknown error %d", code);
	return unknown;
}

const char *
gai_strerror(int code)
{
	const char *text = find(lookups, code);

	return text == NULL ? "Unknown error" : text;
}
