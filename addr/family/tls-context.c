/*
 * addr/family/tls-context.c: what the options of an address say of all its
 * connections under TLS: certificates, versions, ciphers.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "tls.h"

/* Much of what the peer sends is taken off the socket at once. */
#define READ_AHEAD	65536

static const struct {
	const char *name;	/* as option values, "v" behind TLS or not */
	int version;
} versions[] = {
	{ "SSL2", L_SSL2_VERSION }, { "SSL3", L_SSL3_VERSION },
	{ "TLS1", L_TLS1_VERSION }, { "TLS1.0", L_TLS1_VERSION },
	{ "TLS1.1", L_TLS1_1_VERSION }, { "TLS1.2", L_TLS1_2_VERSION },
	{ "TLS1.3", L_TLS1_3_VERSION },
	{ "DTLS1", L_DTLS1_VERSION }, { "DTLS1.0", L_DTLS1_VERSION },
	{ "DTLS1.2", L_DTLS1_2_VERSION },
	/* of openssl-method: any */
	{ "SSL23", 0 }, { "TLS", 0 }, { "DTLS", 0 },
};

static bool
same_version(const char *name, const char *text)
{
	size_t len = strcspn(text, "vV");
	const char *rest = text + len + (text[len] != '\0');

	return strlen(name) == len + strlen(rest) &&
	    strncasecmp(name, text, len) == 0 &&
	    strcasecmp(name + len, rest) == 0;
}

/* Of openssl-method, if any, also those that stand for all versions. */
static int
version_parse(const char *text, bool any, int *version)
{
	size_t i;

	if (text == NULL)
		return 0;
	for (i = 0; i < sizeof versions / sizeof *versions; i++)
		if (same_version(versions[i].name, text) &&
		    (any || versions[i].version != 0)) {
			*version = versions[i].version;
			return 0;
		}
	return error_set(any ? "openssl-method=\"%.80s\": method unknown" :
	    "Unknown SSL/TLS version \"%.80s\"", text);
}

static int
fragments_check(const struct conf *c)
{
	long long n = c->tls_maxfraglen;

	if (n != -1 && n != 512 && n != 1024 && n != 2048 && n != 4096)
		return error_set("openssl-maxfraglen=%lld: it is 512, 1024, "
		    "2048 or 4096", n);
	n = c->tls_maxsendfrag;
	if (n != -1 && (n < 512 || n > 16384))
		return error_set("openssl-maxsendfrag=%lld: it is from 512 to "
		    "16384", n);
	return 0;
}

int
tls_context_check(struct addr *a)
{
	const struct conf *c = &a->c;
	struct tls_context *t = calloc(1, sizeof *t);

	if (t == NULL)
		return error_set("out of memory");
	a->layer = t;
	if (version_parse(c->tls_method, true, &t->min) == -1)
		return -1;
	t->max = t->min;
	if (version_parse(c->tls_min, false, &t->min) == -1 ||
	    version_parse(c->tls_max, false, &t->max) == -1)
		return -1;
	if (c->tls_compress != NULL && strcmp(c->tls_compress, "none") != 0 &&
	    strcmp(c->tls_compress, "auto") != 0)
		return error_set("openssl-compress=\"%.80s\": unknown "
		    "compression method", c->tls_compress);
	return fragments_check(c);
}

void
tls_context_free(struct addr *a)
{
	struct tls_context *t = a->layer;

	if (t->ctx != NULL)
		t->lib->SSL_CTX_free(t->ctx);
	free(t);
	a->layer = NULL;
}

static int
fips_load(const struct libssl *l)
{
	if (l->OSSL_PROVIDER_load == NULL ||
	    l->EVP_default_properties_enable_fips == NULL)
		return error_set("option \"fips\": this library has no FIPS "
		    "module");
	if (l->OSSL_PROVIDER_load(NULL, "fips") == NULL ||
	    l->OSSL_PROVIDER_load(NULL, "base") == NULL ||
	    l->EVP_default_properties_enable_fips(NULL, 1) != 1)
		return libssl_fail(l, "option \"fips\"");
	return 0;
}

/* Certificate, chain and key; the key may be in the certificate's file. */
static int
certificate_load(const struct libssl *l, SSL_CTX *ctx, const struct addr *a)
{
	const char *cert = a->c.tls_cert, *key = a->c.tls_key;

	if (cert == NULL) {
		if (a->family->role & ROLE_LISTEN)
			log_warn("no certificate given; consider option "
			    "\"cert\"");
		return 0;
	}
	if (l->SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
		return libssl_fail(l,
		    "SSL_CTX_use_certificate_chain_file(\"%s\")", cert);
	if (key == NULL)
		key = cert;
	if (l->SSL_CTX_use_PrivateKey_file(ctx, key, L_SSL_FILETYPE_PEM) != 1 ||
	    l->SSL_CTX_check_private_key(ctx) != 1)
		return libssl_fail(l, "SSL_CTX_use_PrivateKey_file(\"%s\")",
		    key);
	return 0;
}

/* Who may have signed the peer's certificate, and whom clients are told of. */
static int
trust_load(const struct libssl *l, SSL_CTX *ctx, const struct addr *a)
{
	const char *file = a->c.tls_cafile, *folder = a->c.tls_capath;
	struct stack_st_X509_NAME *names;

	if (file == NULL && folder == NULL) {
		l->SSL_CTX_set_default_verify_paths(ctx);
		l->ERR_clear_error();
		return 0;
	}
	if (l->SSL_CTX_load_verify_locations(ctx, file, folder) != 1)
		return libssl_fail(l, "SSL_CTX_load_verify_locations(\"%s\", "
		    "\"%s\")", file == NULL ? "" : file,
		    folder == NULL ? "" : folder);
	if (file != NULL && a->family->role & ROLE_LISTEN) {
		names = l->SSL_load_client_CA_file(file);
		if (names != NULL)
			l->SSL_CTX_set_client_CA_list(ctx, names);
		l->ERR_clear_error();
	}
	return 0;
}

/* As socat, relay goes on without: nobody needs parameters of his own. */
static int
dhparam_load(const struct libssl *l, SSL_CTX *ctx, const char *path)
{
	BIO *file;
	DH *dh;

	l->SSL_CTX_ctrl(ctx, L_SSL_CTRL_SET_DH_AUTO, 1, NULL);
	if (path == NULL)
		return 0;
	file = l->BIO_new_file(path, "r");
	if (file == NULL) {
		log_warn("BIO_new_file(\"%s\", \"r\"): %s", path,
		    strerror(errno));
		l->ERR_clear_error();
		return 0;
	}
	dh = l->PEM_read_bio_DHparams(file, NULL, NULL, NULL);
	l->BIO_free(file);
	if (dh == NULL || l->SSL_CTX_ctrl(ctx, L_SSL_CTRL_SET_TMP_DH, 0,
	    dh) != 1) {
		l->DH_free(dh);
		return libssl_fail(l, "dhparam=%s", path);
	}
	l->DH_free(dh);
	return 0;
}

static int
versions_set(const struct libssl *l, const struct tls_context *t, SSL_CTX *ctx)
{
	if (t->min != 0 && l->SSL_CTX_ctrl(ctx,
	    L_SSL_CTRL_SET_MIN_PROTO_VERSION, t->min, NULL) != 1)
		return error_set("openssl-min-proto-version: the library has "
		    "no such version");
	if (t->max != 0 && l->SSL_CTX_ctrl(ctx,
	    L_SSL_CTRL_SET_MAX_PROTO_VERSION, t->max, NULL) != 1)
		return error_set("openssl-max-proto-version: the library has "
		    "no such version");
	return 0;
}

/* A list names ciphers up to TLS 1.2, or of 1.3, which are sets apart. */
static int
ciphers_set(const struct libssl *l, SSL_CTX *ctx, const char *list)
{
	if (list == NULL || l->SSL_CTX_set_cipher_list(ctx, list) == 1)
		return 0;
	if (strncmp(list, "TLS_", 4) == 0) {
		l->ERR_clear_error();
		if (l->SSL_CTX_set_ciphersuites(ctx, list) == 1)
			return 0;
	}
	return libssl_fail(l, "SSL_CTX_set_cipher_list(, \"%s\")", list);
}

/* In the types of either version of the library. */
static void
options_set(const struct libssl *l, SSL_CTX *ctx, uint64_t options)
{
	unsigned long (*old)(SSL_CTX *, unsigned long);

	if (libssl_is_3(l)) {
		l->SSL_CTX_set_options(ctx, options);
		return;
	}
	memcpy(&old, &l->SSL_CTX_set_options, sizeof old);
	old(ctx, (unsigned long)options);
}

/*
 * Each connection stands alone: a ticket's key would live as long as the
 * listener does, and who has it reads all.
 */
static void
usual_set(const struct libssl *l, SSL_CTX *ctx, const struct conf *c)
{
	uint64_t options = L_SSL_OP_NO_RENEGOTIATION | L_SSL_OP_NO_TICKET |
	    L_SSL_OP_ENABLE_KTLS;

	if (c->tls_compress == NULL || strcmp(c->tls_compress, "auto") != 0)
		options |= L_SSL_OP_NO_COMPRESSION;
	options_set(l, ctx, options);
	l->SSL_CTX_set_num_tickets(ctx, 0);
	l->SSL_CTX_ctrl(ctx, L_SSL_CTRL_SET_SESS_CACHE_MODE,
	    L_SSL_SESS_CACHE_OFF, NULL);
	l->SSL_CTX_ctrl(ctx, L_SSL_CTRL_MODE,
	    L_SSL_MODE_ENABLE_PARTIAL_WRITE |
	    L_SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, NULL);
	l->SSL_CTX_ctrl(ctx, L_SSL_CTRL_SET_READ_AHEAD, 1, NULL);
	l->SSL_CTX_set_default_read_buffer_len(ctx, READ_AHEAD);
	if (c->tls_maxsendfrag != -1)
		l->SSL_CTX_ctrl(ctx, L_SSL_CTRL_SET_MAX_SEND_FRAGMENT,
		    (long)c->tls_maxsendfrag, NULL);
	if (c->tls_maxfraglen != -1)
		l->SSL_CTX_set_tlsext_max_fragment_length(ctx, (uint8_t)
		    (L_TLSEXT_max_fragment_length_512 +
		    (c->tls_maxfraglen >= 1024) + (c->tls_maxfraglen >= 2048) +
		    (c->tls_maxfraglen >= 4096)));
}

static const SSL_METHOD *
method(const struct libssl *l, const struct family *f)
{
	if (f->type == SOCK_DGRAM)
		return f->role & ROLE_LISTEN ? l->DTLS_server_method() :
		    l->DTLS_client_method();
	return f->role & ROLE_LISTEN ? l->TLS_server_method() :
	    l->TLS_client_method();
}

int
tls_context_make(const struct addr *a)
{
	struct tls_context *t = a->layer;
	const struct libssl *l = libssl_load();
	const struct conf *c = &a->c;
	SSL_CTX *ctx;

	if (t->ctx != NULL)
		return 0;
	if (l == NULL || (c->tls_fips > 0 && fips_load(l) == -1))
		return -1;
	l->ERR_clear_error();
	ctx = l->SSL_CTX_new(method(l, a->family));
	if (ctx == NULL)
		return libssl_fail(l, "SSL_CTX_new()");
	usual_set(l, ctx, c);
	l->SSL_CTX_set_verify(ctx, c->tls_verify == 0 ? L_SSL_VERIFY_NONE :
	    L_SSL_VERIFY_PEER | L_SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
	    c->tls_verify == 0 ? NULL : tls_peer_verify);
	if (versions_set(l, t, ctx) == -1 ||
	    ciphers_set(l, ctx, c->tls_ciphers) == -1 ||
	    certificate_load(l, ctx, a) == -1 ||
	    trust_load(l, ctx, a) == -1 ||
	    dhparam_load(l, ctx, c->tls_dhparam) == -1) {
		l->SSL_CTX_free(ctx);
		return -1;
	}
	t->lib = l;
	t->ctx = ctx;
	return 0;
}
