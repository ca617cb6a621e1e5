/*
 * addr/family/static.c: what needs a library, in place of the files of these
 * families where the program is static and loads none.
 */

#include "tls.h"

#define REASON	"it needs libssl, and this program is static"

static const struct lack client = { REASON, TLS_CLIENT_ADVICE };
static const struct lack server = { REASON, TLS_SERVER_ADVICE };
static const struct lack dtls_client = { REASON, DTLS_CLIENT_ADVICE };
static const struct lack dtls_server = { REASON, DTLS_SERVER_ADVICE };

static const struct family rows[] = {
	{ .name = "OPENSSL", .alias = { "OPENSSL-CONNECT", "SSL" },
	  .with = "OPENSSL", .lack = &client },
	{ .name = "OPENSSL-DTLS-CLIENT",
	  .alias = { "DTLS", "DTLS-C", "DTLS-CLIENT", "DTLS-CONNECT",
	      "OPENSSL-DTLS-CONNECT" },
	  .with = "OPENSSL", .lack = &dtls_client },
	{ .name = "OPENSSL-DTLS-SERVER",
	  .alias = { "DTLS-L", "DTLS-LISTEN", "DTLS-SERVER",
	      "OPENSSL-DTLS-LISTEN" },
	  .with = "OPENSSL", .lack = &dtls_server },
	{ .name = "OPENSSL-LISTEN", .alias = { "SSL-L" },
	  .with = "OPENSSL", .lack = &server },
};

FAMILIES(tls, rows);
