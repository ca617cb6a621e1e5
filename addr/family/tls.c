/*
 * addr/family/tls.c: OPENSSL and OPENSSL-LISTEN, TCP under TLS, and the same
 * of UDP under DTLS, by a libssl that is found at run time.
 *
 * A listener's certificates are read before it listens; each handshake is done
 * in the child, where a silent client keeps nobody else waiting.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/sig.h"
#include "socket.h"
#include "tls.h"

#define G_TLSCONNECT	(G_TCPCONNECT | G_IP4 | G_IP6 | G_OPENSSL)
#define G_TLSLISTEN	(G_TLSCONNECT | G_LISTEN | G_RANGE)
#define G_DTLSCONNECT	(G_FD | G_SOCKET | G_CHILD | G_RETRY | G_IP4 |	\
	G_IP6 | G_UDP | G_OPENSSL)
#define G_DTLSLISTEN	(G_DTLSCONNECT | G_LISTEN | G_RANGE)

/* A handshake that connect-timeout says nothing of. */
#define HANDSHAKE_MS	30000

/* Whether the library can be had. */
static int
tls_here(void)
{
	return libssl_load() == NULL ? -1 : 0;
}

static int
tls_check(struct addr *a)
{
	return port_param_check(a) == -1 ? -1 : tls_context_check(a);
}

/* Certificates and the like are read now, once, not by each child. */
static int
tls_there(const struct addr *a, const struct addr *partner)
{
	(void)partner;
	return a->config->explain ? 0 : tls_context_make(a);
}

/* How long DTLS waits before it sends again; -1: no such wait. */
static msec
resend_wait(const struct tls *t)
{
	struct timeval left;

	if (!t->packets || t->lib->SSL_ctrl(t->ssl, L_DTLS_CTRL_GET_TIMEOUT,
	    0, &left) != 1)
		return -1;
	return left.tv_sec * 1000LL + (left.tv_usec + 999) / 1000;
}

/* Waits for what the handshake wants; -1 with errno. */
static int
handshake_wait(const struct tls *t, int fd, char what, msec until)
{
	msec now = clock_ms(), wait = resend_wait(t);

	if (wait == -1 || now + wait >= until)
		return fd_wait(fd, what, until);
	if (fd_wait(fd, what, now + wait) == 0)
		return 0;
	if (errno != ETIMEDOUT)
		return -1;
	t->lib->SSL_ctrl(t->ssl, L_DTLS_CTRL_HANDLE_TIMEOUT, 0, NULL);
	return 0;
}

static int
handshake_failed(const struct addr *a, const struct tls *t, int why, int err)
{
	char words[256];
	int reason = 0;

	if (t->lib->ERR_peek_error() != 0)
		reason = libssl_error(t->lib, words, sizeof words);
	else if (why == L_SSL_ERROR_SYSCALL && err != 0) {
		errno = err;
		return error_set("SSL_%s():", t->server ? "accept" :
		    "connect");
	} else
		strcpy(words, "the peer closed the connection");
	return tls_peer_failed(a, t, words, reason);
}

static int
handshake(const struct addr *a, struct tls *t, int fd)
{
	msec patience = a->c.connect_timeout > 0 ?
	    clock_msec(a->c.connect_timeout) : HANDSHAKE_MS;
	msec until = clock_ms() + patience;
	int rc, why, err;

	for (;;) {
		t->lib->ERR_clear_error();
		errno = 0;
		rc = t->lib->SSL_do_handshake(t->ssl);
		err = errno;
		if (rc == 1)
			return 0;
		why = t->lib->SSL_get_error(t->ssl, rc);
		if (why != L_SSL_ERROR_WANT_READ &&
		    why != L_SSL_ERROR_WANT_WRITE)
			return handshake_failed(a, t, why, err);
		if (handshake_wait(t, fd, why == L_SSL_ERROR_WANT_READ ? 'r' :
		    'w', until) == -1)
			return error_set("SSL_%s(): no handshake in "
			    "%lld.%03lld s:", t->server ? "accept" :
			    "connect", patience / 1000, patience % 1000);
	}
}

/* One way to or from a connected socket of packets; NULL: no memory. */
static BIO *
packet_bio(const struct libssl *l, int fd, struct sockaddr_storage *peer)
{
	BIO *bio = l->BIO_new_dgram(fd, L_BIO_NOCLOSE);

	if (bio != NULL)
		l->BIO_ctrl(bio, L_BIO_CTRL_DGRAM_SET_CONNECTED, 0, peer);
	return bio;
}

/*
 * What the peer sent before it had a socket of its own was read already; the
 * library is given one packet after the other.
 */
static void
packets_feed(const struct tls *t, struct end *e)
{
	const struct libssl *l = t->lib;
	struct pushback *p;
	BIO *bio;

	while ((p = e->pushback) != NULL) {
		bio = l->BIO_new_mem_buf(p->data, (int)p->len);
		if (bio == NULL)
			return;
		l->BIO_ctrl(bio, L_BIO_C_SET_BUF_MEM_EOF_RETURN, -1, NULL);
		l->SSL_set0_rbio(t->ssl, bio);
		l->SSL_do_handshake(t->ssl);
		e->pushback = p->next;
		free(p);
	}
}

static int
packets_attach(const struct tls *t, struct end *e)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof peer;
	BIO *in, *out;

	if (getpeername(e->wfd, (struct sockaddr *)&peer, &len) == -1)
		return error_set("getpeername(%d):", e->wfd);
	in = packet_bio(t->lib, e->rfd, &peer);
	out = packet_bio(t->lib, e->wfd, &peer);
	if (in == NULL || out == NULL)
		return error_set("out of memory");
	if (e->pushback == NULL) {
		t->lib->SSL_set_bio(t->ssl, in, out);
		return 0;
	}
	t->lib->SSL_set_bio(t->ssl, NULL, out);
	packets_feed(t, e);
	t->lib->SSL_set0_rbio(t->ssl, in);
	return 0;
}

static int
socket_attach(const struct tls *t, struct end *e)
{
	fd_nonblock(e->wfd);
	if (t->packets)
		return packets_attach(t, e);
	return t->lib->SSL_set_fd(t->ssl, e->wfd) == 1 ? 0 :
	    libssl_fail(t->lib, "SSL_set_fd(%d)", e->wfd);
}

static int
tls_do(const struct addr *a, struct tls *t, struct end *e)
{
	t->lib->SSL_set_ex_data(t->ssl, 0, t);
	if (tls_peer_expect(a, t) == -1)
		return -1;
	if (t->server)
		t->lib->SSL_set_accept_state(t->ssl);
	else
		t->lib->SSL_set_connect_state(t->ssl);
	return socket_attach(t, e) == -1 || handshake(a, t, e->wfd) == -1 ?
	    -1 : tls_peer_note(a, t);
}

/* Puts TLS between the end and its socket; -1: the end is as it was. */
static int
tls_start(struct addr *a, struct end *e)
{
	struct tls_context *c = a->layer;
	struct tls *t;

	if (tls_context_make(a) == -1)
		return -1;
	t = calloc(1, sizeof *t);
	if (t == NULL)
		return error_set("out of memory");
	t->lib = c->lib;
	t->server = a->family->role & ROLE_LISTEN;
	t->packets = a->family->type == SOCK_DGRAM;
	t->truncation_warns = !a->config->as_socat;
	t->ssl = c->lib->SSL_new(c->ctx);
	if (t->ssl == NULL) {
		libssl_fail(c->lib, "SSL_new()");
		goto fail;
	}
	if (tls_do(a, t, e) == -1)
		goto fail;
	tls_end(e, t);
	return 0;
fail:
	tls_free(t);
	return -1;
}

static int
tls_connect(struct addr *a, struct end *e)
{
	int (*one)(struct addr *, struct end *, const struct resolved *) =
	    a->family->type == SOCK_DGRAM ? udp_connect_one : tcp_connect_one;

	if (tls_context_make(a) == -1 ||
	    sock_connect_host(a, e, a->family->type, one) == -1)
		return -1;
	if (a->probing || tls_start(a, e) == 0)
		return 0;
	end_close(e);
	return -1;
}

static int
tls_listen(struct addr *a, struct end *e)
{
	return tls_context_make(a) == -1 ? -1 : sock_listen_host(a, e);
}

static int
dtls_listen(struct addr *a, struct end *e)
{
	return tls_context_make(a) == -1 ? -1 : udp_listen_ops.open(a, e);
}

static int
dtls_attach(struct addr *a)
{
	return tls_context_make(a) == -1 ? -1 : udp_listen_ops.attach(a);
}

static int
dtls_accept(struct addr *a, struct end *e)
{
	return udp_listen_ops.accept(a, e);
}

static int
dtls_child_init(struct addr *a, struct end *e)
{
	return udp_listen_ops.child_init(a, e) == -1 ? -1 : tls_start(a, e);
}

static const struct family_ops connect_ops = {
	.here = tls_here, .check = tls_check, .there = tls_there,
	.open = tls_connect, .release = tls_context_free
};
static const struct family_ops listen_ops = {
	.here = tls_here, .check = tls_check, .there = tls_there,
	.open = tls_listen, .accept = sock_accept, .child_init = tls_start,
	.release = tls_context_free
};
static const struct family_ops dtls_listen_ops = {
	.here = tls_here, .check = tls_check, .there = tls_there,
	.open = dtls_listen, .accept = dtls_accept,
	.child_init = dtls_child_init, .attach = dtls_attach,
	.release = tls_context_free
};

static const struct lack client = { NULL, TLS_CLIENT_ADVICE };
static const struct lack server = { NULL, TLS_SERVER_ADVICE };
static const struct lack dtls_client = { NULL, DTLS_CLIENT_ADVICE };
static const struct lack dtls_server = { NULL, DTLS_SERVER_ADVICE };

static const char *const useless_listen[] = {
	"openssl-no-sni", "openssl-snihost", NULL
};
static const char *const useless_dtls_listen[] = {
	"openssl-no-sni", "openssl-snihost", "pool", NULL
};

static const struct family rows[] = {
	{ .name = "OPENSSL", .alias = { "OPENSSL-CONNECT", "SSL" },
	  .syntax = "OPENSSL:<host>:<port>", .min = 2, .max = 2,
	  .role = ROLE_CONNECT, .domain = AF_UNSPEC, .type = SOCK_STREAM,
	  .protocol = IPPROTO_TCP, .groups = G_TLSCONNECT,
	  .with = "OPENSSL", .ops = &connect_ops, .lack = &client },
	{ .name = "OPENSSL-DTLS-CLIENT",
	  .alias = { "DTLS", "DTLS-C", "DTLS-CLIENT", "DTLS-CONNECT",
	      "OPENSSL-DTLS-CONNECT" },
	  .syntax = "OPENSSL-DTLS-CLIENT:<host>:<port>", .min = 2, .max = 2,
	  .role = ROLE_CONNECT, .domain = AF_UNSPEC, .type = SOCK_DGRAM,
	  .protocol = IPPROTO_UDP, .groups = G_DTLSCONNECT,
	  .with = "OPENSSL", .ops = &connect_ops, .lack = &dtls_client },
	{ .name = "OPENSSL-DTLS-SERVER",
	  .alias = { "DTLS-L", "DTLS-LISTEN", "DTLS-SERVER",
	      "OPENSSL-DTLS-LISTEN" },
	  .syntax = "OPENSSL-DTLS-SERVER:<port>", .min = 1, .max = 1,
	  .role = ROLE_LISTEN, .domain = AF_UNSPEC, .type = SOCK_DGRAM,
	  .protocol = IPPROTO_UDP, .groups = G_DTLSLISTEN,
	  .with = "OPENSSL", .ops = &dtls_listen_ops, .lack = &dtls_server,
	  .useless = useless_dtls_listen },
	{ .name = "OPENSSL-LISTEN", .alias = { "SSL-L" },
	  .syntax = "OPENSSL-LISTEN:<port>", .min = 1, .max = 1,
	  .role = ROLE_LISTEN, .domain = AF_UNSPEC, .type = SOCK_STREAM,
	  .protocol = IPPROTO_TCP, .groups = G_TLSLISTEN,
	  .with = "OPENSSL", .ops = &listen_ops, .lack = &server,
	  .useless = useless_listen },
};

FAMILIES(tls, rows);
