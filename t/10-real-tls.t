#!/bin/sh
# TLS by openssl s_client, with the command of the README, the manual and the
# message about OPENSSL, against a real openssl s_server: the certificate is
# checked, data is data, and no openssl stays behind when its client leaves.
. "${0%/*}/lib.sh"
need openssl perl

cd "$T" || exit 1
{
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem \
	    -subj /CN=authority -days 2 &&
	openssl req -newkey rsa:2048 -nodes -keyout key.pem -out csr.pem \
	    -subj /CN=www.example &&
	echo subjectAltName=DNS:www.example >ext &&
	openssl x509 -req -in csr.pem -CA ca.pem -CAkey ca.key \
	    -CAcreateserial -out cert.pem -days 2 -extfile ext
} >made 2>&1
ok $? 'an authority and a certificate' || diag <made
openssl s_client -help 2>&1 | grep -q -- -nocommands ||
    skip_all 'this openssl has no -nocommands'

# As written, with blanks made one; host and port are those of the text.
recipe() { tr -s '\\\n ' ' ' | sed -n 's/.*\(openssl s_client[^"]*\)".*/\1/p'; }
sed -n '/^TLS, by/,/443"/p' "$TOP/README" | recipe >readme
sed -n '/s_client -quiet/,/443"/p' "$TOP/man/relay-addr.7" | sed 's/\\e$/\\/' |
    recipe | sed 's/\<host\>/www.example/g' >manual
RELAY_LIBSSL=/nonexistent/libssl.so "$RELAY" - OPENSSL:h:1 2>&1 | recipe |
    sed 's/<host>/www.example/g; s/<port>/443/' >message
is "$(cat readme)" "openssl s_client -quiet -nocommands -no_ign_eof \
-verify_quiet -verify_return_error -verify_hostname www.example \
-connect www.example:443" 'the command of the README'
is "$(cat manual)" "$(cat readme)" '... is that of the manual'
is "$(cat message)" "$(cat readme)" '... and of the message about OPENSSL'

start server openssl s_server -rev -accept 127.0.0.1:0 -cert cert.pem \
    -key key.pem
accepts() { grep -qs '^ACCEPT ' "$T/server.out"; }
wait_for 10 accepts
ok $? 'a server that turns lines round'
there=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' server.out)

# service NAME AUTHORITIES HOST: relay before the command of the README
service() {
	SSL_CERT_FILE=$2
	SSL_CERT_DIR=$T/none
	export SSL_CERT_FILE SSL_CERT_DIR
	start "$1" "$RELAY" -d -d TCP4-LISTEN:0,fork,bind=127.0.0.1 \
	    EXEC:"$(sed "s/www.example:443/127.0.0.1:$there/
	    s/hostname www.example/hostname $3/" readme)"
	unset SSL_CERT_FILE SSL_CERT_DIR
	port=$(port "$1")
}

# ask LINE...: the answers to lines that are sent one after the other
ask() {
	perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(PeerAddr => shift) or die "$!";
		$SIG{ALRM} = sub { print "no answer\n"; exit };
		alarm 20;
		for (@ARGV) {
			print $s "$_\n";
			print <$s> // "the end\n";
		}' "127.0.0.1:$port" "$@"
}

service good "$T/ca.pem" www.example
is "$(ask hello Quit Rest Kill)" 'olleh
tiuQ
tseR
lliK' 'lines, also those that begin with a command of s_client'
programs() {
	grep -lsa "^openssl.s_client" /proc/[0-9]*/cmdline |
	    xargs grep -lsaF -- "127.0.0.1:$there"
}
none_left() { [ -z "$(programs)" ]; }
wait_for 10 none_left
ok $? 'no openssl stays behind' || diag "$(programs)"
ask hello >/dev/null
ask hello >/dev/null
wait_for 10 none_left
ok $? '... nor after two more clients' || diag "$(programs)"
stop good

# refused NAME AUTHORITIES HOST REASON
refused() {
	service "$1" "$2" "$3"
	is "$(ask hello)" 'the end' "refused: $1"
	# Its end of the socket is gone with the line unread, or it is waited
	# for first: either is said.
	failed() {
		grep -Eqs 'exited with status 1|E read\(.*reset by peer \(B: EXEC' \
		    "$T/$1.err"
	}
	wait_for 10 failed "$1"
	ok $? '... the program fails'
	like "$(cat "$1.err")" "$4" '... and says why'
	wait_for 10 none_left
	ok $? '... and is gone' || diag "$(programs)"
	stop "$1"
}
refused name "$T/ca.pem" other.example 'hostname mismatch'
refused authority /dev/null www.example 'unable to get local issuer'
stop server
done_testing
