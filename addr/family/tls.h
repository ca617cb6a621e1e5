/* addr/family/tls.h: TLS and DTLS: what the files of these families share. */
#ifndef ADDR_FAMILY_TLS_H
#define ADDR_FAMILY_TLS_H

#include "../../lib/clock.h"
#include "../addr.h"
#include "../net/libssl.h"

/* What an address says of all its connections; malloc'd, a->layer. */
struct tls_context {
	const struct libssl *lib;
	SSL_CTX *ctx;		/* NULL: not made yet */
	int min, max;		/* versions, 0: the library's */
};

/* One connection. */
struct tls {
	const struct libssl *lib;
	SSL *ssl;
	bool server, packets;
	bool dry;		/* the library has nothing in hand */
	bool told;		/* the peer knows that no more comes */
	bool broken;		/* nothing more can be told */
	bool truncation_warns;	/* else it is a notice */
	int late, late_err;	/* what comes behind bytes read: see LATE_... */
	char words[256];	/* why the protocol failed, or "" */
	char *notes;		/* see struct peer; malloc'd, or NULL */
	/* The check of the peer's certificate that failed: */
	int code, depth;	/* X509_V_ERR_..., 0 is none */
	char subject[256];	/* of the certificate at that depth */
	char names[256];	/* its hosts, if the check is of that */
};

/*
 * tls-context.c: of the options: what words alone can be wrong in; and all the
 * rest, which reads files.  -1 with words in last_error.
 */
int tls_context_check(struct addr *);
int tls_context_make(const struct addr *);
void tls_context_free(struct addr *);

/*
 * tls-peer.c: tells the connection whom to ask for and to expect; and
 * afterwards the log and programs who it is.  What failed, in words.
 */
int tls_peer_expect(const struct addr *, struct tls *);
int tls_peer_note(const struct addr *, struct tls *);
int tls_peer_verify(int good, X509_STORE_CTX *);
int tls_peer_failed(const struct addr *, const struct tls *, const char *why,
    int reason);

/* tls-end.c: the end on which a handshake was done is its from now on. */
void tls_end(struct end *, struct tls *);
/* ... and what of it was not. */
void tls_free(struct tls *);

/* What does the job where there is no library. */
#define TLS_S_CLIENT(also)						\
	"use EXEC:\"openssl s_client " also "-quiet -nocommands "	\
	"-no_ign_eof -verify_quiet -verify_return_error "		\
	"-verify_hostname <host> -connect <host>:<port>\""
#define TLS_CLIENT_ADVICE	TLS_S_CLIENT("")
#define TLS_SERVER_ADVICE						\
	"put stunnel or nginx before it, or use "			\
	"EXEC:\"openssl s_server -quiet -accept <port> ...\""
#define DTLS_CLIENT_ADVICE	TLS_S_CLIENT("-dtls ")
#define DTLS_SERVER_ADVICE						\
	"use EXEC:\"openssl s_server -dtls -quiet -accept <port> ...\""

#endif
