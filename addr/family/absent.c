/*
 * addr/family/absent.c: families that are known and not here.
 *
 * What needs a library that relay does not link is done by the program
 * that has it, through EXEC; the message says how.
 */

#include "../addr.h"

#define S_CLIENT(also)							\
	"use EXEC:\"openssl s_client " also "-quiet -nocommands "	\
	"-no_ign_eof -verify_quiet -verify_return_error "		\
	"-verify_hostname <host> -connect <host>:<port>\""
#define LIBRARY		"it needs a library, and relay links none"

static const struct lack tls_client = { LIBRARY, S_CLIENT("") };
static const struct lack dtls_client = { LIBRARY, S_CLIENT("-dtls ") };
static const struct lack tls_server = {
	LIBRARY, "put stunnel or nginx before it, or use "
	    "EXEC:\"openssl s_server -quiet -accept <port> ...\""
};
static const struct lack dtls_server = {
	LIBRARY, "use EXEC:\"openssl s_server -dtls -quiet -accept <port> "
	    "...\""
};

static const struct family rows[] = {
	{ .name = "OPENSSL", .alias = { "OPENSSL-CONNECT", "SSL" },
	  .with = "OPENSSL", .lack = &tls_client },
	{ .name = "OPENSSL-DTLS-CLIENT",
	  .alias = { "DTLS", "DTLS-C", "DTLS-CLIENT",
	      "DTLS-CONNECT", "OPENSSL-DTLS-CONNECT" }, .with = "OPENSSL",
	  .lack = &dtls_client },
	{ .name = "OPENSSL-DTLS-SERVER",
	  .alias = { "DTLS-L", "DTLS-LISTEN", "DTLS-SERVER",
	      "OPENSSL-DTLS-LISTEN" }, .with = "OPENSSL",
	  .lack = &dtls_server },
	{ .name = "OPENSSL-LISTEN", .alias = { "SSL-L" }, .with = "OPENSSL",
	  .lack = &tls_server },
};

FAMILIES(absent, rows);
