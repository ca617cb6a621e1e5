#!/bin/sh
# 10-tls-verify.t: certificates that are wrong, and such that only seem so:
# relay judges each as openssl s_client does that verifies chain and name
. "${0%/*}/lib.sh"
need openssl perl
. "$TOP/t/tools/pki.sh"
cd "$T" || exit 1
if [ ! "$HAS_TLS" ]; then
	ok 0 'this program has no TLS'
	done_testing
fi

authority ca
authority other
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout only.key -out only.pem -subj /CN=only -days 9 -CA ca.pem \
    -CAkey ca.key -addext 'nameConstraints=critical,permitted;DNS:in.example' \
    -addext 'keyUsage=critical,keyCertSign' 2>>pki.log

# Each case: its name, the host that is asked for, what comes of it, and how
# the certificate is made.
make() { certificate "$@"; }
make good ca /CN=x DNS:localhost
make host ca /CN=x DNS:else.example
make common ca /CN=localhost ''
make aside ca /CN=localhost DNS:else.example
make wildcard ca /CN=x 'DNS:*.wild.example'
make number ca /CN=x IP:127.0.0.1
make named ca /CN=127.0.0.1 DNS:127.0.0.1
make signer other /CN=x DNS:localhost
make client ca /CN=x DNS:localhost -addext extendedKeyUsage=clientAuth
make inside only /CN=x DNS:www.in.example
make outside only /CN=x DNS:localhost
# An authority that is none: signed by a certificate for servers.
make fake good /CN=x DNS:localhost
# localhost, a NUL, and more: as bytes, IA5String in a GeneralName.
make nul ca /CN=x \
    'DER:30:19:82:17:6c:6f:63:61:6c:68:6f:73:74:00:2e:65:76:69:6c:2e:65:78:61:6d:70:6c:65'
for name in inside outside; do cat only.pem >>$name.pem; done
cat good.pem >>fake.pem
openssl req -new -key good.key -subj /CN=x -out csr.pem 2>>pki.log
echo subjectAltName=DNS:localhost >ext
mkdir -p demo && : >index && echo 01 >serial
cat >ca.conf <<END
[ca]
default_ca = d
[d]
database = $T/index
serial = $T/serial
new_certs_dir = $T/demo
default_md = sha256
policy = p
unique_subject = no
[p]
commonName = supplied
END
for when in 'expired 20200101000000Z 20210101000000Z' \
    'future 20400101000000Z 20410101000000Z'; do
	set -- $when
	openssl ca -batch -config ca.conf -cert ca.pem -keyfile ca.key \
	    -in csr.pem -out $1.pem -startdate $2 -enddate $3 -extfile ext \
	    -notext >>pki.log 2>&1
	cp good.key $1.key
done
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout self.key -out self.pem -subj /CN=localhost -days 9 \
    -addext subjectAltName=DNS:localhost 2>>pki.log
ls expired.pem future.pem self.pem nul.pem outside.pem >/dev/null
ok $? 'certificates' || diag <pki.log

# try NAME HOST WANT [DEPTH REMEDY]: WANT is good, or the words of the check
# that fails
try() {
	start server "$RELAY" -d -d OPENSSL-LISTEN:0,fork,bind=127.0.0.1,cert="$1.pem",key="$1.key",verify=0 PIPE
	p=$(port server)
	case $2 in
	[0-9]*) how="-verify_ip $2" ;;
	*) how="-verify_hostname $2" ;;
	esac
	openssl s_client -connect "127.0.0.1:$p" -CAfile ca.pem $how \
	    -verify_return_error -verify_quiet </dev/null >theirs 2>&1
	theirs=$?
	out=$(echo hello | "$RELAY" -t 5 - \
	    "OPENSSL:127.0.0.1:$p,cafile=ca.pem,commonname=$2" 2>&1)
	ours=$?
	is "$ours" "$theirs" "$1 for $2: as openssl"
	if [ "$3" = good ]; then
		is "$out" hello '... data'
	else
		is "$(printf '%s\n' "$out" | sed -n \
		    's/.* E .*certificate verify failed: \([^:]*: for "[^"]*"\).*/\1/p')" \
		    "$3: for \"$2\"" '... the check, and for whom'
		is "$(printf '%s\n' "$out" | sed -n 's/.* E .* at depth//p')" \
		    " $4" '... what helps'
	fi
	stop server
}
try good localhost good
try good LOCALHOST good
try host localhost 'hostname mismatch' \
    '0; commonname=NAME says for whom it is to be'
try common localhost good
try aside localhost 'hostname mismatch' \
    '0; commonname=NAME says for whom it is to be'
try wildcard www.wild.example good
try wildcard wild.example 'hostname mismatch' \
    '0; commonname=NAME says for whom it is to be'
try wildcard a.b.wild.example 'hostname mismatch' \
    '0; commonname=NAME says for whom it is to be'
try number 127.0.0.1 good
try number 127.0.0.2 'IP address mismatch' \
    '0; commonname=NAME says for whom it is to be'
try named 127.0.0.1 'IP address mismatch' \
    '0; commonname=NAME says for whom it is to be'
try signer localhost 'unable to get local issuer certificate' \
    '0; cafile=FILE or capath=DIR name who may sign'
try client localhost 'unsuitable certificate purpose' \
    '0; its extendedKeyUsage is for another use'
try inside www.in.example good
try outside localhost 'permitted subtree violation' \
    '0; who signed it may not sign for this name'
try fake localhost 'invalid CA certificate' \
    '1; cafile=FILE or capath=DIR name who may sign'
try nul localhost 'hostname mismatch' \
    '0; commonname=NAME says for whom it is to be'
try expired localhost 'certificate has expired' \
    '0; its owner must renew it'
try future localhost 'certificate is not yet valid' \
    '0; is the clock right?'
try self localhost 'self-signed certificate' \
    '0; cafile=FILE or capath=DIR name who may sign'

# What names it has instead; and none that is asked for.
start server "$RELAY" -d -d OPENSSL-LISTEN:0,fork,bind=127.0.0.1,cert=wildcard.pem,key=wildcard.key,verify=0 PIPE
p=$(port server)
like "$("$RELAY" -u OPENSSL:127.0.0.1:$p,cafile=ca.pem,cn=wild.example - 2>&1)" \
    'hostname mismatch: for "wild.example", certificate "CN = x" for "[*].wild.example" at depth 0;' \
    'the names of the certificate'
for host in 127.0.0.1 localhost; do
	is "$(echo hello | "$RELAY" -t 5 - \
	    "OPENSSL:$host:$p,pf=ip4,cafile=ca.pem,commonname=" 2>&1)" hello \
	    "an empty commonname: any, of $host"
done
stop server
done_testing
