#!/bin/sh
# 10-tls.t: OPENSSL and OPENSSL-LISTEN, by the libssl of this machine: its
# declarations against the headers, both ways with openssl, curl, nginx and
# socat; versions, kinds of keys, client certificates; what is said, to the
# log and to programs; what is refused; and where there is no library
. "${0%/*}/lib.sh"
need openssl perl "${CC:=cc}"
. "$TOP/t/tools/pki.sh"
cd "$T" || exit 1
if [ ! "$HAS_TLS" ]; then
	static() {
		is "$("$RELAY" - "$1" 2>&1 | sed -n 's/.* E //p')" \
		    "$2 is known but not here: it needs libssl, and this program is static; $3" \
		    "the static program and $1"
	}
	static OPENSSL:h:1 OPENSSL 'use EXEC:"openssl s_client -quiet -nocommands -no_ign_eof -verify_quiet -verify_return_error -verify_hostname <host> -connect <host>:<port>"'
	static SSL-L:1 OPENSSL-LISTEN 'put stunnel or nginx before it, or use EXEC:"openssl s_server -quiet -accept <port> ..."'
	static DTLS:h:1 OPENSSL-DTLS-CLIENT 'use EXEC:"openssl s_client -dtls -quiet -nocommands -no_ign_eof -verify_quiet -verify_return_error -verify_hostname <host> -connect <host>:<port>"'
	static DTLS-L:1 OPENSSL-DTLS-SERVER 'use EXEC:"openssl s_server -dtls -quiet -accept <port> ..."'
	is "$("$RELAY" -V | grep OPENSSL)" '  #undef WITH_OPENSSL' '... -V'
	is "$(echo x | "$RELAY" - PIPE 2>&1)" x '... all else works'
	done_testing
fi

# --- the declarations ---------------------------------------------------------
cat >decl.c <<'END'
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <openssl/dh.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include "addr/net/libssl.h"
#define SAME(type, name, parameters)					\
	_Static_assert(__builtin_types_compatible_p(__typeof__(&name),	\
	    type (*) parameters), #name);
LIBSSL_FUNCTIONS(SAME)
LIBSSL_PEER(SAME)
LIBSSL_SPARE(SAME)
#define EQUAL(name, value)	_Static_assert((name) == (value), #name);
LIBSSL_CONSTANTS(EQUAL)
END
if echo '#include <openssl/ssl.h>' | "$CC" -E - >/dev/null 2>&1; then
	"$CC" -std=c11 -D_GNU_SOURCE -DOPENSSL_SUPPRESS_DEPRECATED \
	    -I"$TOP" -c -o decl.o decl.c >decl.log 2>&1
	ok $? 'types and constants are those of the headers' || diag <decl.log
	sed 's/L_##name/&/; s/C(SSL_CTRL_MODE, 33)/C(SSL_CTRL_MODE, 34)/
	    s/F(int, SSL_pending, (const SSL \*))/F(long, SSL_pending, (const SSL *))/' \
	    "$TOP/addr/net/libssl.h" >wrong.h
	sed 's,addr/net/libssl.h,wrong.h,' decl.c >wrong.c
	is "$("$CC" -std=c11 -D_GNU_SOURCE -DOPENSSL_SUPPRESS_DEPRECATED \
	    -I. -c -o decl.o wrong.c 2>&1 |
	    sed -n 's/.*static assertion failed: "\(.*\)"$/\1/p')" \
	    'SSL_pending
SSL_CTRL_MODE' '... and others would be found out'
else
	skip 2 'no headers of libssl'
fi

# --- certificates ---------------------------------------------------------------
authority ca && authority other
for KEYTYPE in rsa:2048 ec ed25519; do
	certificate "${KEYTYPE%:*}" ca "/C=DE/O=Relay Test/CN=localhost" \
	    DNS:localhost,DNS:second.example,IP:127.0.0.1
done
KEYTYPE=ec
certificate client ca '/C=DE/O=Ümlaut "x"/emailAddress=a@b.c/CN=one/CN=two' ''
ok $? 'authorities and certificates' || diag <pki.log

# serve NAME OPTIONS [TO]: a listener before an echo; its port is in P
serve() {
	start "$1" "$RELAY" -d -d OPENSSL-LISTEN:0,fork,bind=127.0.0.1,"$2" \
	    "${3:-PIPE}"
	P=$(port "$1")
}
# ask RELAY ADDRESS...: what comes back for a line, and the status
ask() {
	prog=$1
	shift
	echo "to and fro" | "$prog" -t 5 - "$@" 2>ask.err
	echo "status $?"
}
s_client() {
	: >s_client.out
	{
		echo 'to and fro'
		wait_for 10 grep -q fro s_client.out
	} | openssl s_client -quiet -no_ign_eof -nocommands \
	    -verify_quiet -verify_return_error -verify_hostname localhost \
	    -CAfile ca.pem -connect "127.0.0.1:$P" "$@" >s_client.out 2>s_client.err
	status=$?
	cat s_client.out
	echo "status $status"
}
GOOD='to and fro
status 0'

for key in rsa ec ed25519; do
	serve "$key" cert=$key.pem,key=$key.key,verify=0
	for v in 1.2 1.3; do
		is "$(ask "$RELAY" OPENSSL:localhost:$P,cafile=ca.pem,pf=ip4,min-version=TLS$v,max-version=TLS$v)" \
		    "$GOOD" "$key, TLS $v" || diag <ask.err
	done
	[ $key = rsa ] && continue
	stop $key
done
P=$(port rsa)
for v in 1_2 1_3; do
	is "$(s_client -tls$v)" "$GOOD" "openssl s_client, TLS $v" ||
	    diag <s_client.err
done
if command -v socat >/dev/null; then
	is "$(ask socat OPENSSL:127.0.0.1:$P,cafile=ca.pem)" "$GOOD" socat ||
	    diag <ask.err
else
	skip 1 'no socat'
fi
is "$(ask "$RELAY" OPENSSL:127.0.0.1:$P,cafile=ca.pem)" "$GOOD" \
    'an address in the certificate' || diag <ask.err
stop rsa

# --- the other way -------------------------------------------------------------
start s_server openssl s_server -rev -accept 127.0.0.1:0 -cert ec.pem \
    -key ec.key
accepts() { grep -qs '^ACCEPT ' s_server.out; }
wait_for 10 accepts
P=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' s_server.out)
is "$(ask "$RELAY" OPENSSL:127.0.0.1:$P,cafile=ca.pem)" 'orf dna ot
status 0' 'openssl s_server' || diag <ask.err
stop s_server

if command -v nginx >/dev/null; then
	P=$(free_port)
	cat >nginx.conf <<END
daemon off; master_process off; pid $T/ngx.pid; error_log $T/nginx.log;
events { }
http {
	access_log off; client_body_temp_path $T; proxy_temp_path $T;
	fastcgi_temp_path $T; uwsgi_temp_path $T; scgi_temp_path $T;
	server {
		listen 127.0.0.1:$P ssl;
		ssl_certificate $T/ec.pem; ssl_certificate_key $T/ec.key;
		ssl_verify_client on; ssl_client_certificate $T/ca.pem;
		location / { return 200 "\$ssl_protocol \$ssl_client_s_dn_legacy \$ssl_server_name\n"; }
	}
}
END
	start nginx nginx -c "$T/nginx.conf" -p "$T"
	answers "$P"
	req='GET / HTTP/1.0\r\n\r\n'
	got=$(printf "$req" | "$RELAY" -t 10 - OPENSSL:127.0.0.1:$P,cafile=ca.pem,cert=client.all,snihost=localhost,max-version=TLS1.2 2>ask.err | tail -n 1)
	like "$got" '^TLSv1.2 .*emailAddress=a@b.c.* localhost$' \
	    'nginx: version, certificate, name of the server' ||
	    diag <ask.err
	got=$(printf "$req" | "$RELAY" -t 10 - OPENSSL:127.0.0.1:$P,cafile=ca.pem 2>&1 | grep -o '400 No required SSL certificate was sent' | head -n 1)
	is "$got" '400 No required SSL certificate was sent' '... it misses one'
	stop nginx
else
	skip 2 'no nginx'
fi

# --- certificates of clients; what programs and the log are told ------------------
serve env cert=ec.all,cafile=ca.pem 'SYSTEM:env | grep OPENSSL | sort; cat'
is "$(ask "$RELAY" OPENSSL:localhost:$P,pf=ip4,cafile=ca.pem,cert=client.all)" \
    'SOCAT_OPENSSL_CIPHER=TLS_AES_256_GCM_SHA384
SOCAT_OPENSSL_PROTO_VERSION=TLSv1.3
SOCAT_OPENSSL_X509_COMMONNAME=one // two
SOCAT_OPENSSL_X509_COUNTRYNAME=DE
SOCAT_OPENSSL_X509_EMAILADDRESS=a@b.c
SOCAT_OPENSSL_X509_ISSUER=CN = ca
SOCAT_OPENSSL_X509_ORGANIZATIONNAME=Ümlaut "x"
SOCAT_OPENSSL_X509_SUBJECT=C = DE, O = Ümlaut \"x\", emailAddress = a@b.c, CN = one, CN = two
to and fro
status 0' 'a client and its certificate' || diag <ask.err
# words FILE: its lines from the level on, but those of sockets and processes
words() {
	sed -n 's/^[^ ]* [^ ]* [^ ]* //p' "$1" | grep -E '^. (trusting|SSL) '
}
wait_for 5 grep -q 'SSL connection expansion' env.err
is "$(words env.err)" 'N trusting certificate, no check of commonName
N SSL proto version used: TLSv1.3
N SSL connection using TLS_AES_256_GCM_SHA384
N SSL connection compression "none"
N SSL connection expansion "none"' '... in the log, in the words of socat'
if command -v curl >/dev/null; then
	like "$(curl -s --http0.9 -m 10 --cacert ca.pem --cert client.all \
	    "https://localhost:$P/x" 2>&1)" '^GET /x HTTP/1.1' curl
else
	skip 1 'no curl'
fi
"$RELAY" -u OPENSSL:localhost:$P,pf=ip4,cafile=ca.pem,cert=client.all \
    'SYSTEM:env | grep OPENSSL_X509 | sort >env.server' 2>ask.err
is "$(cat env.server)" \
    'SOCAT_OPENSSL_X509V3_SUBJECTALTNAME_DNS=localhost // second.example
SOCAT_OPENSSL_X509_COMMONNAME=localhost
SOCAT_OPENSSL_X509_COUNTRYNAME=DE
SOCAT_OPENSSL_X509_ISSUER=CN = ca
SOCAT_OPENSSL_X509_ORGANIZATIONNAME=Relay Test
SOCAT_OPENSSL_X509_SUBJECT=C = DE, O = Relay Test, CN = localhost' \
    'a server and its certificate'

stop env

serve strict cert=ec.all,cafile=ca.pem
errors=0
more() { [ "$(grep -c ' E ' strict.err)" -ge $errors ]; }
# said WANT NAME: the next line of level E, of a child of the listener
said() {
	errors=$((errors + 1))
	wait_for 10 more
	is "$(sed -n 's/.* E //p' strict.err | sed -n "$errors,\$p")" "$1" "$2"
}
ask "$RELAY" OPENSSL:localhost:$P,pf=ip4,cafile=ca.pem >/dev/null
said 'SSL_accept(): error:0A0000C7:SSL routines::peer did not return a certificate; verify=0 asks for none' \
    'a client without one'
ask "$RELAY" OPENSSL:localhost:$P,pf=ip4,cafile=ca.pem,cert=other.pem,key=other.key >/dev/null
said 'SSL_accept(): error:0A000086:SSL routines::certificate verify failed: self-signed certificate: certificate "CN = other" at depth 0; cafile=FILE or capath=DIR name who may sign' \
    'one of another authority'
printf 'GET / HTTP/1.0\r\n\r\n' | "$RELAY" - TCP:127.0.0.1:$P >/dev/null 2>&1
said 'SSL_accept(): error:0A00009C:SSL routines::http request' \
    'a client without TLS'
stop strict

# --- what the words of an address can be wrong in --------------------------------
# wrong ADDRESS WANT
wrong() {
	out=$(timeout 20 "$RELAY" "$1" PIPE 2>&1)
	is "$? $(printf '%s\n' "$out" | sed -n '1s/.* E //p')" "1 $2" "$1"
}
wrong OPENSSL:h:1,min-version=TLS9 'Unknown SSL/TLS version "TLS9"'
wrong OPENSSL:h:1,method=x 'openssl-method="x": method unknown'
wrong OPENSSL:h:1,compress=x 'openssl-compress="x": unknown compression method'
wrong SSL-L:0,cipher=x \
    'SSL_CTX_set_cipher_list(, "x"): error:0A0000B9:SSL routines::no cipher match'
wrong SSL-L:0,cert=none.pem \
    'SSL_CTX_use_certificate_chain_file("none.pem"): error:80000002:system library::No such file or directory'
wrong SSL-L:0,cert=ec.pem,key=rsa.key \
    'SSL_CTX_use_PrivateKey_file("rsa.key"): error:0A0000B1:SSL routines::no certificate assigned'
wrong SSL-L:0,cert=ec.pem,key=client.key \
    'SSL_CTX_use_PrivateKey_file("client.key"): error:05800074:x509 certificate routines::key values mismatch'
wrong OPENSSL:h:1,cafile=none.pem \
    'SSL_CTX_load_verify_locations("none.pem", ""): error:80000002:system library::No such file or directory'
wrong OPENSSL:h:1,maxfraglen=7 \
    'openssl-maxfraglen=7: it is 512, 1024, 2048 or 4096'
wrong SSL-L:0,cert=ec.all,snihost=x \
    'option "snihost" has no effect with OPENSSL-LISTEN'
ln -s "$RELAY" socat
is "$(./socat - OPENSSL:h:1,method=TLS1.2 2>&1 | sed -n 's/.* E //p')" \
    'unknown option "method"' 'method: as for socat of today'

# --- no library -------------------------------------------------------------------
# without WORDS COMMAND...: a relay that finds none, and what it looked for
DO='use EXEC:"openssl s_client -quiet -nocommands -no_ign_eof -verify_quiet -verify_return_error -verify_hostname <host> -connect <host>:<port>"'
NONE='cannot open shared object file: No such file or directory'
without() {
	words=$1
	shift
	is "$("$@" - SSL:h:1 2>&1 </dev/null | sed -n '1s/.* E //p')" \
	    "OPENSSL is known but not here: $words; $DO" "${words##*/}"
	is "$("$@" -V | grep OPENSSL)" '  #undef WITH_OPENSSL' '... -V'
	is "$(echo x | "$@" - PIPE 2>&1)" x '... all else works'
}
without "$T/none.so: $NONE" env RELAY_LIBSSL="$T/none.so" "$RELAY"
without 'libm.so.6 has no OpenSSL_version_num' \
    env RELAY_LIBSSL=libm.so.6 "$RELAY"
# One that has all but one.
perl -0ne 'print map { "void $_(void); void $_(void) { }\n" }
    grep { $_ ne "SSL_set_fd" } /\bF\([^,()]*,[\s\\]*(\w+),/g' \
    "$TOP/addr/net/libssl.h" >lacks.c
"$CC" -shared -fPIC -o lacks.so lacks.c 2>cc.log || diag <cc.log
without "$T/lacks.so has no SSL_set_fd" env RELAY_LIBSSL="$T/lacks.so" "$RELAY"
mkdir broken && : >broken/libssl.so.3 && : >broken/libssl.so.1.1
without "$T/broken/libssl.so.3: file too short; $T/broken/libssl.so.1.1: file too short" \
    env LD_LIBRARY_PATH="$T/broken" "$RELAY"
mkdir -p root/bin && cp "$RELAY" root/bin/relay
for file in $(ldd "$RELAY" | grep -o '/[^ ]*'); do
	mkdir -p "root${file%/*}" && cp "$file" "root$file"
done
ROOT=
[ "$(id -u)" = 0 ] || ROOT='unshare -r'
if $ROOT chroot root /bin/relay -V >/dev/null 2>&1; then
	without "libssl.so.3: $NONE; libssl.so.1.1: $NONE" \
	    $ROOT chroot root /bin/relay
else
	skip 3 'no root of its own to be had'
fi
is "$(RELAY_LIBSSL=$T/none.so "$RELAY" - SSL-L:1 2>&1 | sed -n '1s/.* E //p')" \
    "OPENSSL-LISTEN is known but not here: $T/none.so: $NONE; put stunnel or nginx before it, or use EXEC:\"openssl s_server -quiet -accept <port> ...\"" \
    '... a listener'
is "$(ldd "$RELAY" 2>/dev/null | grep -v 'vdso\|ld-linux\|ld-musl' |
    sed 's/^.\([a-z]*\).*/\1/')" libc 'relay is linked with libc alone'
done_testing
