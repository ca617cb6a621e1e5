/*
 * addr/net/libssl.h: what relay uses of libssl and libcrypto, 1.1 and 3: types,
 * functions and constants, declared here since no header of theirs is needed
 * to build.  t/10-tls.t compiles this file beside theirs and compares.
 */
#ifndef ADDR_NET_LIBSSL_H
#define ADDR_NET_LIBSSL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_method_st SSL_METHOD;
typedef struct ssl_cipher_st SSL_CIPHER;
typedef struct comp_method_st COMP_METHOD;
typedef struct x509_st X509;
typedef struct X509_name_st X509_NAME;
typedef struct X509_name_entry_st X509_NAME_ENTRY;
typedef struct x509_store_ctx_st X509_STORE_CTX;
typedef struct X509_VERIFY_PARAM_st X509_VERIFY_PARAM;
typedef struct asn1_string_st ASN1_STRING;
typedef struct asn1_object_st ASN1_OBJECT;
typedef struct GENERAL_NAME_st GENERAL_NAME;
typedef struct stack_st OPENSSL_STACK;
typedef struct bio_st BIO;
typedef struct bio_method_st BIO_METHOD;
typedef struct dh_st DH;
typedef struct ossl_lib_ctx_st OSSL_LIB_CTX;
typedef struct ossl_provider_st OSSL_PROVIDER;
struct ossl_init_settings_st;
struct stack_st_X509_NAME;
struct stack_st_GENERAL_NAME;

/* What it returns, its name, its parameters; LIBSSL_SPARE: it may lack. */
#define LIBSSL_FUNCTIONS(F)						\
	F(unsigned long, OpenSSL_version_num, (void))			\
	F(int, OPENSSL_init_crypto, (uint64_t,				\
	    const struct ossl_init_settings_st *))			\
	F(unsigned long, ERR_get_error, (void))				\
	F(unsigned long, ERR_peek_error, (void))			\
	F(void, ERR_clear_error, (void))				\
	F(void, ERR_error_string_n, (unsigned long, char *, size_t))	\
	F(const SSL_METHOD *, TLS_client_method, (void))		\
	F(const SSL_METHOD *, TLS_server_method, (void))		\
	F(const SSL_METHOD *, DTLS_client_method, (void))		\
	F(const SSL_METHOD *, DTLS_server_method, (void))		\
	F(SSL_CTX *, SSL_CTX_new, (const SSL_METHOD *))			\
	F(void, SSL_CTX_free, (SSL_CTX *))				\
	F(long, SSL_CTX_ctrl, (SSL_CTX *, int, long, void *))		\
	F(uint64_t, SSL_CTX_set_options, (SSL_CTX *, uint64_t))		\
	F(int, SSL_CTX_use_certificate_chain_file, (SSL_CTX *,		\
	    const char *))						\
	F(int, SSL_CTX_use_PrivateKey_file, (SSL_CTX *, const char *,	\
	    int))							\
	F(int, SSL_CTX_check_private_key, (const SSL_CTX *))		\
	F(int, SSL_CTX_load_verify_locations, (SSL_CTX *, const char *,	\
	    const char *))						\
	F(int, SSL_CTX_set_default_verify_paths, (SSL_CTX *))		\
	F(struct stack_st_X509_NAME *, SSL_load_client_CA_file,		\
	    (const char *))						\
	F(void, SSL_CTX_set_client_CA_list, (SSL_CTX *,			\
	    struct stack_st_X509_NAME *))				\
	F(int, SSL_CTX_set_cipher_list, (SSL_CTX *, const char *))	\
	F(int, SSL_CTX_set_ciphersuites, (SSL_CTX *, const char *))	\
	F(void, SSL_CTX_set_verify, (SSL_CTX *, int,			\
	    int (*)(int, X509_STORE_CTX *)))				\
	F(int, SSL_CTX_set_num_tickets, (SSL_CTX *, size_t))		\
	F(void, SSL_CTX_set_default_read_buffer_len, (SSL_CTX *,	\
	    size_t))							\
	F(int, SSL_CTX_set_tlsext_max_fragment_length, (SSL_CTX *,	\
	    uint8_t))							\
	F(SSL *, SSL_new, (SSL_CTX *))					\
	F(uint64_t, SSL_set_options, (SSL *, uint64_t))			\
	F(BIO *, SSL_get_rbio, (const SSL *))				\
	F(void, SSL_free, (SSL *))					\
	F(int, SSL_set_fd, (SSL *, int))				\
	F(void, SSL_set_bio, (SSL *, BIO *, BIO *))			\
	F(void, SSL_set0_rbio, (SSL *, BIO *))				\
	F(void, SSL_set_connect_state, (SSL *))				\
	F(void, SSL_set_accept_state, (SSL *))				\
	F(int, SSL_do_handshake, (SSL *))				\
	F(int, SSL_read, (SSL *, void *, int))				\
	F(int, SSL_write, (SSL *, const void *, int))			\
	F(int, SSL_shutdown, (SSL *))					\
	F(int, SSL_get_error, (const SSL *, int))			\
	F(int, SSL_pending, (const SSL *))				\
	F(int, SSL_has_pending, (const SSL *))				\
	F(long, SSL_ctrl, (SSL *, int, long, void *))			\
	F(int, SSL_set_ex_data, (SSL *, int, void *))			\
	F(void *, SSL_get_ex_data, (const SSL *, int))			\
	F(X509_VERIFY_PARAM *, SSL_get0_param, (SSL *))			\
	F(const char *, SSL_get_version, (const SSL *))			\
	F(const SSL_CIPHER *, SSL_get_current_cipher, (const SSL *))	\
	F(const char *, SSL_CIPHER_get_name, (const SSL_CIPHER *))	\
	F(const COMP_METHOD *, SSL_get_current_compression,		\
	    (const SSL *))						\
	F(const COMP_METHOD *, SSL_get_current_expansion,		\
	    (const SSL *))						\
	F(const char *, SSL_COMP_get_name, (const COMP_METHOD *))	\
	F(int, SSL_get_ex_data_X509_STORE_CTX_idx, (void))		\
	F(int, X509_VERIFY_PARAM_set1_host, (X509_VERIFY_PARAM *,	\
	    const char *, size_t))					\
	F(int, X509_VERIFY_PARAM_set1_ip_asc, (X509_VERIFY_PARAM *,	\
	    const char *))						\
	F(void *, X509_STORE_CTX_get_ex_data, (const X509_STORE_CTX *,	\
	    int))							\
	F(int, X509_STORE_CTX_get_error, (const X509_STORE_CTX *))	\
	F(int, X509_STORE_CTX_get_error_depth,				\
	    (const X509_STORE_CTX *))					\
	F(X509 *, X509_STORE_CTX_get_current_cert,			\
	    (const X509_STORE_CTX *))					\
	F(const char *, X509_verify_cert_error_string, (long))		\
	F(X509_NAME *, X509_get_subject_name, (const X509 *))		\
	F(X509_NAME *, X509_get_issuer_name, (const X509 *))		\
	F(void *, X509_get_ext_d2i, (const X509 *, int, int *, int *))	\
	F(void, X509_free, (X509 *))					\
	F(int, X509_NAME_print_ex, (BIO *, const X509_NAME *, int,	\
	    unsigned long))						\
	F(int, X509_NAME_entry_count, (const X509_NAME *))		\
	F(X509_NAME_ENTRY *, X509_NAME_get_entry, (const X509_NAME *,	\
	    int))							\
	F(ASN1_OBJECT *, X509_NAME_ENTRY_get_object,			\
	    (const X509_NAME_ENTRY *))					\
	F(ASN1_STRING *, X509_NAME_ENTRY_get_data,			\
	    (const X509_NAME_ENTRY *))					\
	F(int, OBJ_obj2nid, (const ASN1_OBJECT *))			\
	F(const char *, OBJ_nid2ln, (int))				\
	F(int, ASN1_STRING_print_ex, (BIO *, const ASN1_STRING *,	\
	    unsigned long))						\
	F(int, OPENSSL_sk_num, (const OPENSSL_STACK *))			\
	F(void *, OPENSSL_sk_value, (const OPENSSL_STACK *, int))	\
	F(void *, GENERAL_NAME_get0_value, (const GENERAL_NAME *,	\
	    int *))							\
	F(void, GENERAL_NAMES_free, (struct stack_st_GENERAL_NAME *))	\
	F(BIO *, BIO_new, (const BIO_METHOD *))				\
	F(const BIO_METHOD *, BIO_s_mem, (void))			\
	F(BIO *, BIO_new_mem_buf, (const void *, int))			\
	F(BIO *, BIO_new_dgram, (int, int))				\
	F(BIO *, BIO_new_file, (const char *, const char *))		\
	F(int, BIO_read, (BIO *, void *, int))				\
	F(long, BIO_ctrl, (BIO *, int, long, void *))			\
	F(int, BIO_free, (BIO *))					\
	F(DH *, PEM_read_bio_DHparams, (BIO *, DH **,			\
	    int (*)(char *, int, int, void *), void *))			\
	F(void, DH_free, (DH *))

/* Libraries before 3 had this under another name; see libssl.c. */
#define LIBSSL_PEER(F)							\
	F(X509 *, SSL_get1_peer_certificate, (const SSL *))

/* Not all have these: NULL. */
#define LIBSSL_SPARE(F)							\
	F(int, EVP_default_properties_enable_fips, (OSSL_LIB_CTX *,	\
	    int))							\
	F(OSSL_PROVIDER *, OSSL_PROVIDER_load, (OSSL_LIB_CTX *,		\
	    const char *))

#define LIBSSL_CONSTANTS(C)						\
	C(SSL_ERROR_SSL, 1)						\
	C(SSL_ERROR_WANT_READ, 2)					\
	C(SSL_ERROR_WANT_WRITE, 3)					\
	C(SSL_ERROR_SYSCALL, 5)						\
	C(SSL_ERROR_ZERO_RETURN, 6)					\
	C(SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, 199)			\
	C(SSL_VERIFY_NONE, 0)						\
	C(SSL_VERIFY_PEER, 1)						\
	C(SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 2)				\
	C(SSL_FILETYPE_PEM, 1)						\
	C(SSL_CTRL_SET_TMP_DH, 3)					\
	C(SSL_CTRL_MODE, 33)						\
	C(SSL_CTRL_SET_READ_AHEAD, 41)					\
	C(SSL_CTRL_SET_SESS_CACHE_MODE, 44)				\
	C(SSL_CTRL_SET_MAX_SEND_FRAGMENT, 52)				\
	C(SSL_CTRL_SET_TLSEXT_HOSTNAME, 55)				\
	C(SSL_CTRL_SET_DH_AUTO, 118)					\
	C(SSL_CTRL_SET_MIN_PROTO_VERSION, 123)				\
	C(SSL_CTRL_SET_MAX_PROTO_VERSION, 124)				\
	C(DTLS_CTRL_GET_TIMEOUT, 73)					\
	C(DTLS_CTRL_HANDLE_TIMEOUT, 74)					\
	C(TLSEXT_NAMETYPE_host_name, 0)					\
	C(TLSEXT_max_fragment_length_512, 1)				\
	C(SSL_SESS_CACHE_OFF, 0)					\
	C(SSL_MODE_ENABLE_PARTIAL_WRITE, 0x1)				\
	C(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, 0x2)			\
	C(SSL_MODE_RELEASE_BUFFERS, 0x10)				\
	C(SSL_OP_NO_TICKET, 1 << 14)					\
	C(SSL_OP_NO_COMPRESSION, 1 << 17)				\
	C(SSL_OP_CIPHER_SERVER_PREFERENCE, 1 << 22)			\
	C(SSL_OP_NO_RENEGOTIATION, 1 << 30)				\
	C(SSL_OP_ENABLE_KTLS, 1 << 3)					\
	C(SSL_OP_IGNORE_UNEXPECTED_EOF, 1 << 7)				\
	C(OPENSSL_INIT_NO_ATEXIT, 0x80000)				\
	C(SSL2_VERSION, 0x2)						\
	C(SSL3_VERSION, 0x300)						\
	C(TLS1_VERSION, 0x301)						\
	C(TLS1_1_VERSION, 0x302)					\
	C(TLS1_2_VERSION, 0x303)					\
	C(TLS1_3_VERSION, 0x304)					\
	C(DTLS1_VERSION, 0xfeff)					\
	C(DTLS1_2_VERSION, 0xfefd)					\
	C(BIO_NOCLOSE, 0)						\
	C(BIO_CTRL_EOF, 2)						\
	C(BIO_CTRL_DGRAM_SET_CONNECTED, 32)				\
	C(BIO_C_SET_BUF_MEM_EOF_RETURN, 130)				\
	C(X509_V_ERR_CERT_NOT_YET_VALID, 9)				\
	C(X509_V_ERR_CERT_HAS_EXPIRED, 10)				\
	C(X509_V_ERR_INVALID_PURPOSE, 26)				\
	C(X509_V_ERR_PERMITTED_VIOLATION, 47)				\
	C(X509_V_ERR_EXCLUDED_VIOLATION, 48)				\
	C(X509_V_ERR_HOSTNAME_MISMATCH, 62)				\
	C(X509_V_ERR_IP_ADDRESS_MISMATCH, 64)				\
	C(XN_FLAG_ONELINE, 0x82031f)					\
	C(ASN1_STRFLGS_ESC_CTRL, 2)					\
	C(ASN1_STRFLGS_ESC_MSB, 4)					\
	C(ASN1_STRFLGS_UTF8_CONVERT, 0x10)				\
	C(NID_subject_alt_name, 85)					\
	C(GEN_DNS, 2)							\
	C(GEN_IPADD, 7)

/* Under their own names they would be redefined where theirs are macros. */
enum libssl_constant {
#define LIBSSL_CONSTANT(name, value)	L_##name = (value),
	LIBSSL_CONSTANTS(LIBSSL_CONSTANT)
#undef LIBSSL_CONSTANT
};

struct libssl {
#define LIBSSL_MEMBER(type, name, parameters)	type (*name) parameters;
	LIBSSL_FUNCTIONS(LIBSSL_MEMBER)
	LIBSSL_PEER(LIBSSL_MEMBER)
	LIBSSL_SPARE(LIBSSL_MEMBER)
#undef LIBSSL_MEMBER
};

/*
 * The functions of the library that is found, from the first call on, or NULL
 * with words in last_error.  RELAY_LIBSSL in the environment names another.
 */
const struct libssl *libssl_load(void);

/*
 * The first of the errors that the library has queued, as "error:...", into
 * buf; its reason.  The others are forgotten.
 */
int libssl_error(const struct libssl *, char *buf, size_t size);
/* Whether it is version 3 or later. */
bool libssl_is_3(const struct libssl *);
/* last_error gets "what: error:..."; -1. */
int libssl_fail(const struct libssl *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
