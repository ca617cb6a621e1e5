/*
 * addr/family/tls-peer.c: who the peer of a connection under TLS is to be, and
 * who it is.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../net/net.h"
#include "tls.h"

/* A name as one line, in UTF-8: C = DE, O = Company, CN = name. */
#define NAME_FORM	(L_XN_FLAG_ONELINE & ~L_ASN1_STRFLGS_ESC_MSB)
#define VALUE_FORM	(L_ASN1_STRFLGS_ESC_CTRL | L_ASN1_STRFLGS_UTF8_CONVERT)

#define NAME_MAX_TEXT	1024

/* All of what programs get to know. */
#define NOTES_MAX	8192

struct notes {
	char text[NOTES_MAX];
	size_t len;
};

/* What was printed into a BIO, which is freed. */
static void
taken(const struct libssl *l, BIO *bio, char *buf, size_t size)
{
	int n = bio == NULL ? 0 : l->BIO_read(bio, buf, (int)size - 1);

	buf[n > 0 ? n : 0] = '\0';
	if (bio != NULL)
		l->BIO_free(bio);
}

static void
name_text(const struct libssl *l, const X509_NAME *name, char *buf,
    size_t size)
{
	BIO *bio = l->BIO_new(l->BIO_s_mem());

	if (bio != NULL && name != NULL)
		l->X509_NAME_print_ex(bio, name, 0, NAME_FORM);
	taken(l, bio, buf, size);
}

static void
value_text(const struct libssl *l, const ASN1_STRING *value, char *buf,
    size_t size)
{
	BIO *bio = l->BIO_new(l->BIO_s_mem());

	if (bio != NULL && value != NULL)
		l->ASN1_STRING_print_ex(bio, value, VALUE_FORM);
	taken(l, bio, buf, size);
}

/* " // " is between values of one name. */
static void
joined(char *all, size_t size, const char *value)
{
	size_t len = strlen(all);

	snprintf(all + len, size - len, "%s%s", len > 0 ? " // " : "", value);
}

/* The hosts that a certificate is for, but those in its subject. */
static void
names_text(const struct libssl *l, const X509 *cert, char *all, size_t size)
{
	struct stack_st_GENERAL_NAME *names = l->X509_get_ext_d2i(cert,
	    L_NID_subject_alt_name, NULL, NULL);
	const OPENSSL_STACK *stack = (const void *)names;
	const ASN1_STRING *s;
	char value[512];
	int i, kind;

	*all = '\0';
	for (i = 0; names != NULL && i < l->OPENSSL_sk_num(stack); i++) {
		s = l->GENERAL_NAME_get0_value(l->OPENSSL_sk_value(stack, i),
		    &kind);
		if (kind != L_GEN_DNS)
			continue;
		value_text(l, s, value, sizeof value);
		joined(all, size, value);
	}
	if (names != NULL)
		l->GENERAL_NAMES_free(names);
}

/*
 * Called for each certificate of the chain: the first that is not good ends
 * the handshake, and is remembered.
 */
int
tls_peer_verify(int good, X509_STORE_CTX *store)
{
	const struct libssl *l = libssl_load();
	SSL *ssl = l->X509_STORE_CTX_get_ex_data(store,
	    l->SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *t = l->SSL_get_ex_data(ssl, 0);
	X509 *cert = l->X509_STORE_CTX_get_current_cert(store);

	if (good || t->code != 0)
		return good;
	t->code = l->X509_STORE_CTX_get_error(store);
	t->depth = l->X509_STORE_CTX_get_error_depth(store);
	if (cert == NULL)
		return 0;
	name_text(l, l->X509_get_subject_name(cert), t->subject,
	    sizeof t->subject);
	if (t->code == L_X509_V_ERR_HOSTNAME_MISMATCH)
		names_text(l, cert, t->names, sizeof t->names);
	return 0;
}

/* Whom the certificate is to be for; NULL: anybody. */
static const char *
expected(const struct addr *a)
{
	const char *name = a->c.tls_name;

	if (name == NULL && !(a->family->role & ROLE_LISTEN))
		name = a->param[0];
	return name == NULL || *name == '\0' ? NULL : name;
}

/* RFC 6066 section 3: a server is asked for by a name, never by number. */
static int
server_ask(const struct addr *a, struct tls *t)
{
	const char *name = a->c.tls_sni;
	struct resolved number;

	if (name == NULL)
		name = expected(a);
	if (name == NULL)
		name = a->param[0];
	if (a->c.tls_no_sni > 0 || *name == '\0' ||
	    (a->c.tls_sni == NULL &&
	    resolve_number(name, 0, AF_UNSPEC, &number)))
		return 0;
	if (t->lib->SSL_ctrl(t->ssl, L_SSL_CTRL_SET_TLSEXT_HOSTNAME,
	    L_TLSEXT_NAMETYPE_host_name, (void *)(uintptr_t)name) == 1)
		return 0;
	return error_set("Failed to set SNI host \"%.300s\"", name);
}

int
tls_peer_expect(const struct addr *a, struct tls *t)
{
	X509_VERIFY_PARAM *param = t->lib->SSL_get0_param(t->ssl);
	const char *name = expected(a);
	char buf[256];

	if (!t->server && server_ask(a, t) == -1)
		return -1;
	if (a->c.tls_verify == 0 || name == NULL)
		return 0;
	name = host_unbracketed(name, buf, sizeof buf);
	if (t->lib->X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1 ||
	    t->lib->X509_VERIFY_PARAM_set1_host(param, name, 0) == 1)
		return 0;
	return libssl_fail(t->lib, "commonname=%.200s", name);
}

/* What helps against a check that failed. */
static const char *
remedy(int code)
{
	switch (code) {
	case L_X509_V_ERR_HOSTNAME_MISMATCH:
	case L_X509_V_ERR_IP_ADDRESS_MISMATCH:
		return "; commonname=NAME says for whom it is to be";
	case L_X509_V_ERR_CERT_HAS_EXPIRED:
		return "; its owner must renew it";
	case L_X509_V_ERR_CERT_NOT_YET_VALID:
		return "; is the clock right?";
	case L_X509_V_ERR_INVALID_PURPOSE:
		return "; its extendedKeyUsage is for another use";
	case L_X509_V_ERR_PERMITTED_VIOLATION:
	case L_X509_V_ERR_EXCLUDED_VIOLATION:
		return "; who signed it may not sign for this name";
	default:
		return "; cafile=FILE or capath=DIR name who may sign";
	}
}

static const char *
advice(const struct tls *t, int reason)
{
	if (t->code != 0)
		return remedy(t->code);
	if (t->server && reason == L_SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
		return "; verify=0 asks for none";
	return "";
}

int
tls_peer_failed(const struct addr *a, const struct tls *t, const char *why,
    int reason)
{
	const char *call = t->server ? "SSL_accept()" : "SSL_connect()";
	const char *name = expected(a);

	if (t->code == 0)
		return error_set("%s: %s%s", call, why, advice(t, reason));
	return error_set("%s: %s: %s: %s%.200s%scertificate \"%s\"%s%s%s at "
	    "depth %d%s", call, why,
	    t->lib->X509_verify_cert_error_string(t->code),
	    name == NULL ? "" : "for \"", name == NULL ? "" : name,
	    name == NULL ? "" : "\", ", t->subject,
	    *t->names == '\0' ? "" : " for \"", t->names,
	    *t->names == '\0' ? "" : "\"", t->depth,
	    advice(t, reason));
}

static void
note(struct notes *n, const char *name, const char *more, const char *value)
{
	size_t room = sizeof n->text - n->len;
	int len = snprintf(n->text + n->len, room, "OPENSSL_%s%s=%s", name,
	    more, value);

	/* The last NUL ends the list. */
	if (len > 0 && (size_t)len + 2 <= room)
		n->len += (size_t)len + 1;
	n->text[n->len] = '\0';
}

static void
upper(char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= 'a' && *s <= 'z')
			*s = (char)(*s - 'a' + 'A');
}

/* Each kind of part of the subject once, with all its values. */
static void
parts_note(const struct libssl *l, const X509_NAME *name, struct notes *n)
{
	char all[NAME_MAX_TEXT], value[512], key[64];
	int i, k, kind, count = l->X509_NAME_entry_count(name);

	for (i = 0; i < count; i++) {
		kind = l->OBJ_obj2nid(l->X509_NAME_ENTRY_get_object(
		    l->X509_NAME_get_entry(name, i)));
		*all = '\0';
		for (k = 0; k < count; k++) {
			X509_NAME_ENTRY *e = l->X509_NAME_get_entry(name, k);

			if (l->OBJ_obj2nid(l->X509_NAME_ENTRY_get_object(e)) !=
			    kind)
				continue;
			if (k < i)
				break;
			value_text(l, l->X509_NAME_ENTRY_get_data(e), value,
			    sizeof value);
			joined(all, sizeof all, value);
		}
		if (k < count || kind == 0)
			continue;
		snprintf(key, sizeof key, "%s", l->OBJ_nid2ln(kind));
		upper(key);
		note(n, "X509_", key, all);
	}
}

static void
names_note(const struct libssl *l, const X509 *cert, struct notes *n)
{
	char all[NAME_MAX_TEXT];

	names_text(l, cert, all, sizeof all);
	if (*all != '\0')
		note(n, "X509V3_", "SUBJECTALTNAME_DNS", all);
}

static void
certificate_note(const struct libssl *l, const X509 *cert, struct notes *n)
{
	char text[NAME_MAX_TEXT];

	name_text(l, l->X509_get_subject_name(cert), text, sizeof text);
	log_info("SSL peer cert subject: \"%s\"", text);
	note(n, "X509_", "SUBJECT", text);
	name_text(l, l->X509_get_issuer_name(cert), text, sizeof text);
	log_info("SSL peer cert issuer: \"%s\"", text);
	note(n, "X509_", "ISSUER", text);
	parts_note(l, l->X509_get_subject_name(cert), n);
	names_note(l, cert, n);
}

/* What was checked, in socat's words. */
static void
checked_log(const struct addr *a, const struct tls *t, const X509 *cert)
{
	if (a->c.tls_verify != 0)
		log_notice(expected(a) != NULL ?
		    "trusting certificate, commonName matches" :
		    "trusting certificate, no check of commonName");
	else if (t->server && cert == NULL)
		log_notice("no peer certificate and no check");
	else
		log_notice("option openssl-verify disabled, no check of "
		    "certificate");
}

static void
compression_log(const char *what, const char *name)
{
	log_notice("SSL connection %s \"%s\"", what,
	    name == NULL ? "none" : name);
}

int
tls_peer_note(const struct addr *a, struct tls *t)
{
	const struct libssl *l = t->lib;
	X509 *cert = l->SSL_get1_peer_certificate(t->ssl);
	const char *version = l->SSL_get_version(t->ssl);
	const char *cipher = l->SSL_CIPHER_get_name(
	    l->SSL_get_current_cipher(t->ssl));
	struct notes n = { .len = 0 };

	note(&n, "PROTO_VERSION", "", version);
	note(&n, "CIPHER", "", cipher);
	if (cert != NULL && a->c.tls_verify != 0) {
		log_info("peer certificate is trusted");
		certificate_note(l, cert, &n);
	}
	checked_log(a, t, cert);
	if (cert != NULL)
		l->X509_free(cert);
	log_notice("SSL proto version used: %s", version);
	log_notice("SSL connection using %s", cipher);
	compression_log("compression", l->SSL_COMP_get_name(
	    l->SSL_get_current_compression(t->ssl)));
	compression_log("expansion", l->SSL_COMP_get_name(
	    l->SSL_get_current_expansion(t->ssl)));
	t->notes = malloc(n.len + 1);
	if (t->notes == NULL)
		return error_set("out of memory");
	memcpy(t->notes, n.text, n.len + 1);
	return 0;
}
