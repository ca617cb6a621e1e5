/* addr/net/libssl.c: libssl, found at run time. */

#include <stdarg.h>
#include <stdio.h>

#include "../../lib/error.h"
#include "../../lib/os/library.h"
#include "libssl.h"

/* The lower bits of an error code; see ERR_GET_REASON(3). */
#define REASON_3	0x7fffff
#define REASON_1	0xfff
#define VERSION_3	0x30000000UL

const struct libssl *
libssl_load(void)
{
	static struct libssl found;
	static const struct library_symbol symbols[] = {
#define ROW(type, function, parameters)					\
		{ .name = #function, .where = &found.function },
#define PEER(type, function, parameters)				\
		{ .name = #function, .where = &found.function,		\
		  .other = "SSL_get_peer_certificate" },
#define SPARE(type, function, parameters)				\
		{ .name = #function, .where = &found.function,		\
		  .spare = true },
		LIBSSL_FUNCTIONS(ROW)
		LIBSSL_PEER(PEER)
		LIBSSL_SPARE(SPARE)
	};
	static const char *const names[] = { "libssl.so.3", "libssl.so.1.1",
		NULL };

	if (found.SSL_new != NULL)
		return &found;
	if (library_open("RELAY_LIBSSL", names, symbols,
	    sizeof symbols / sizeof *symbols) == -1)
		return NULL;
	/* Nothing is to be cleaned up by each child that exits. */
	found.OPENSSL_init_crypto(L_OPENSSL_INIT_NO_ATEXIT, NULL);
	return &found;
}

bool
libssl_is_3(const struct libssl *l)
{
	return l->OpenSSL_version_num() >= VERSION_3;
}

int
libssl_error(const struct libssl *l, char *buf, size_t size)
{
	unsigned long code = l->ERR_get_error();

	l->ERR_error_string_n(code, buf, size);
	l->ERR_clear_error();
	return (int)(code & (libssl_is_3(l) ? REASON_3 : REASON_1));
}

int
libssl_fail(const struct libssl *l, const char *fmt, ...)
{
	char what[512], why[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	libssl_error(l, why, sizeof why);
	return error_set("%s: %s", what, why);
}
