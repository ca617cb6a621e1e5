#!/bin/sh
# What servers of SOCKS and proxies do wrong: answers byte by byte, cut at
# every byte, false, silent, reset, without an end; what comes with the answer;
# listeners that wait for none of them; trying again; by either name.
. "${0%/*}/lib.sh"
need perl cmp

# A server: "mock.pl STEP..." does the steps for each connection, those of
# $FIRST for the first.  r reads once, w:HEX writes, b:HEX byte by byte, s:FILE
# writes a file, k:FILE keeps in it what comes until the end, e echoes, f ends
# its side, R resets, z waits for the end.
cat >"$T/mock.pl" <<'END'
use strict;
use warnings;
use IO::Socket::INET;
use Socket;
$SIG{CHLD} = 'IGNORE';
$SIG{PIPE} = 'IGNORE';
my $s = IO::Socket::INET->new(Listen => 9, LocalAddr => '127.0.0.1') or die;
$| = 1;
print STDERR 'mock N listening on AF=2 127.0.0.1:', $s->sockport, "\n";
my $n = 0;
while (my $c = $s->accept) {
	my @steps = !$n++ && $ENV{FIRST} ? split(/ /, $ENV{FIRST}) : @ARGV;
	if (fork) {
		close $c;
		next;
	}
	close $s;
	$c->autoflush(1);
	setsockopt $c, Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1;
	my $b;
	for (@steps) {
		my ($what, $arg) = /^(\w):?(.*)/;
		if ($what eq 'r') { sysread $c, $b, 9999 }
		if ($what eq 'w') { syswrite $c, pack 'H*', $arg }
		if ($what eq 'b') {
			for my $byte (split //, pack 'H*', $arg) {
				syswrite $c, $byte;
				select undef, undef, undef, 0.002;
			}
		}
		if ($what eq 's') {
			open my $f, '<', $arg or die;
			while (sysread $f, $b, 65536) { print $c $b }
		}
		if ($what eq 'k') {
			open my $f, '>', "$arg.new" or die;
			print $f $b while sysread $c, $b, 65536;
			close $f;
			rename "$arg.new", $arg;
		}
		if ($what eq 'e') {
			syswrite $c, $b while sysread $c, $b, 65536;
		}
		if ($what eq 'f') { shutdown $c, 1 }
		if ($what eq 'R') {
			setsockopt $c, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
		}
		if ($what eq 'z') { 1 while sysread $c, $b, 65536 }
	}
	close $c;
	exit 0;
}
END

# mock NAME STEP...: a server; sets P to its port
mock() {
	name=$1
	shift
	start "$name" perl "$T/mock.pl" "$@"
	P=$(port "$name")
}
hex() { printf "$1" | od -An -v -tx1 | tr -d ' \n'; }

ln -s "$RELAY" "$T/socat"
# lines: of a log, without time and pid, in glibc's words for musl's
lines() {
	sed -e 's/^[0-9/]* [0-9:]* \([a-z]*\)\[[0-9]*\] /\1 /' \
	    -e 's/Operation timed out/Connection timed out/'
}

s4=005a000000000000
s5=05000001000000000000
http=$(hex 'HTTP/1.1 200 OK\r\nX: y\r\n\r\n')

# --- byte by byte, and what comes behind the answer ------------------------------
# good NAME ADDRESS WANTED: by both names
good() {
	for by in "$RELAY" "$T/socat"; do
		is "$(echo "$3" | "$by" -t 10 - "$2" 2>&1)" "$3" \
		    "$1, ${by##*/}"
	done
}
mock slow4 r b:$s4 e
good 'SOCKS4 byte by byte' "SOCKS4:127.0.0.1:1.2.3.4:80,socksport=$P" four
good 'SOCKS4A byte by byte' "SOCKS4A:127.0.0.1:h:80,socksport=$P" four
mock slow5 r b:0500 r b:$s5 e
good 'SOCKS5 byte by byte' "SOCKS5:127.0.0.1:$P:h:80" five
mock slow5l r b:0500 r b:$s5 b:$s5 e
good 'SOCKS5-LISTEN byte by byte' "SOCKS5-LISTEN:127.0.0.1:$P:h:80" five
mock slowauth r b:0502 r b:0100 r b:$s5 e
good 'a password byte by byte' \
    "SOCKS5:127.0.0.1:$P:h:80,socksuser=joe,sockspass=x" auth
mock slowhttp r b:$http e
good 'PROXY byte by byte' "PROXY:127.0.0.1:h:80,proxyport=$P" http

head -c 6000000 /dev/urandom >"$T/bytes"
for kind in "r w:$s4 SOCKS4:127.0.0.1:1.2.3.4:80,socksport=" \
    "r w:$http PROXY:127.0.0.1:h:80,proxyport="; do
	address=${kind##* } steps=${kind% *}
	mock with $steps"$(hex early)" f "k:$T/kept"
	is "$(echo late | "$RELAY" -t 10 - "$address$P" 2>&1)" early \
	    "data with the answer, and an end: ${address%%:*}"
	wait_for 10 test -e "$T/kept"
	is "$(cat "$T/kept")" late 'and the other way goes on'
	rm -f "$T/kept"
	mock much $steps "s:$T/bytes" f z
	"$RELAY" -u "$address$P" "CREATE:$T/got" && cmp "$T/bytes" "$T/got"
	ok $? '6 MB behind the answer'
	mock up $steps "k:$T/kept"
	"$RELAY" -u "OPEN:$T/bytes" "$address$P" &&
	    wait_for 10 test -e "$T/kept" && cmp "$T/bytes" "$T/kept"
	ok $? 'and the other way'
	rm -f "$T/kept"
done
mock two r w:0500 r w:$s5$s5"$(hex early)" f z
is "$("$RELAY" -u "SOCKS5-LISTEN:127.0.0.1:$P:h:80" - 2>&1)" early \
    'both answers of SOCKS5-LISTEN and data in one packet'

# --- cut, reset, silent ------------------------------------------------------------
# cut KIND HEX ADDRESS WORDS [STEP...]: after the steps the server says the
# first 0, 1, 2 ... bytes of HEX and closes; each gives the same line
cut() {
	kind=$1 answer=$2 address=$3 words=$4
	shift 4
	i=0 bad=
	while [ $i -lt ${#answer} ]; do
		mock cut "$@" r "w:$(printf %s "$answer" | head -c $i)" f z
		said=$("$RELAY" - "$address$P" </dev/null 2>&1)
		said="$? $(printf '%s\n' "$said" | lines | head -n 1)"
		[ "$said" = "1 relay E h:80 via $kind 127.0.0.1:$P: $words" ] ||
			bad="$bad$i: $said
"
		stop cut
		i=$((i + 2))
	done
	is "$bad" '' "${address%%:*} cut at every byte${1:+, after $*}"
}
eof='EOF during read of'
not5='peer might not be a SOCKS5 server'
socks5='SOCKS5:127.0.0.1:h:80,socksport='
cut sockd $s4 SOCKS4A:127.0.0.1:h:80,socksport= \
    "read(): $eof socks reply, peer might not be a socks4 server"
cut 'socks5 server' 0500 $socks5 "read(): $eof SOCKS5 server hello, $not5"
cut 'socks5 server' $s5 $socks5 "read(): $eof SOCKS5 reply, $not5" r w:0500
cut 'socks5 server' 0100 \
    SOCKS5:127.0.0.1:h:80,socksuser=j,sockspass=x,socksport= \
    "read(): $eof SOCKS5 authentication reply, $not5" r w:0502
cut 'socks5 server' ${s5}050000030161 SOCKS5-LISTEN:127.0.0.1:h:80,socksport= \
    "read(): $eof SOCKS5 reply, $not5" r w:0500
cut proxy "$(hex 'HTTP/1.1 200\r\n\r\n')" PROXY:127.0.0.1:h:80,proxyport= \
    'proxy_connect: connection closed by proxy'

# failed NAME STATUS LINE ADDRESS [RELAY]: its first line
failed() {
	said=$("${5:-$RELAY}" - "$4" </dev/null 2>&1)
	said="$? $(printf '%s\n' "$said" | lines |
	    sed 's/^\([a-z]* [A-Z] .*read(\)[^)]*)/\1...)/; q')"
	is "$said" "$2 $3" "$1"
}
mock reset r w:00 R
failed 'a reset' 1 \
    "relay E h:80 via sockd 127.0.0.1:$P: read(...): Connection reset by peer" \
    "SOCKS4A:127.0.0.1:h:80,socksport=$P"
failed 'a reset, socat' 255 'socat W read(...): Connection reset by peer' \
    "SOCKS4A:127.0.0.1:h:80,socksport=$P" "$T/socat"
mock reset2 r "w:$(hex HTTP)" R
failed 'a reset by a proxy' 1 \
    "relay E h:80 via proxy 127.0.0.1:$P: read(...): Connection reset by peer" \
    "PROXY:127.0.0.1:h:80,proxyport=$P"

mock silent r z
for address in "SOCKS4A:127.0.0.1:h:80,socksport=$P" \
    "SOCKS5:127.0.0.1:$P:h:80" "PROXY:127.0.0.1:h:80,proxyport=$P"; do
	case $address in
	SOCKS4A*) kind=sockd ;;
	SOCKS5*) kind='socks5 server' ;;
	*) kind=proxy ;;
	esac
	start late "$RELAY" - "$address,connect-timeout=0.3"
	finish late 20
	is "$STATUS $(lines <"$T/late.err" | head -n 1)" "1 relay E h:80 via $kind 127.0.0.1:$P: no answer: Connection timed out" \
	    "a silent server: ${address%%:*}"
done
mock drips r b:0500 r w:0500 z
failed 'a server that stops in its answer' 1 \
    "relay E h:80 via socks5 server 127.0.0.1:$P: no answer: Connection timed out" \
    "SOCKS5:127.0.0.1:$P:h:80,connect-timeout=0.3"

# --- wrong answers -------------------------------------------------------------------
# wrong NAME WORDS ANSWER...: of a proxy
wrong() {
	mock wrong r "w:$(hex "$3")" z
	failed "$1" 1 "relay E h:80 via proxy 127.0.0.1:$P: $2" \
	    "PROXY:127.0.0.1:h:80,proxyport=$P"
	stop wrong
}
wrong 'no HTTP' 'proxy: invalid answer "SSH-2.0-x?y"' 'SSH-2.0-x\001y\r\n'
wrong 'HTTP/1.2' 'proxy: invalid answer "HTTP/1.2 200 OK"' \
    'HTTP/1.2 200 OK\r\n'
wrong 'a refusal' 'CONNECT h:80: Forbidden' 'HTTP/1.0 403  Forbidden\r\n'
wrong 'a refusal without a reason' 'CONNECT h:80: 403' 'HTTP/1.0 403\r\n'
wrong 'newlines alone' 'proxy: lines of the answer end with newline alone' \
    'HTTP/1.0 200 OK\n\n'
head -c 3000 /dev/zero | tr '\0' x >"$T/long"
mock long r "s:$T/long" z
failed 'a line without an end' 1 \
    "relay E h:80 via proxy 127.0.0.1:$P: proxy answer exceeds 2048 bytes, aborting" \
    "PROXY:127.0.0.1:h:80,proxyport=$P"
{ printf 'HTTP/1.0 200 OK\r\n'; yes 'X: yes' | head -n 9000 |
    sed "s/\$/$(printf '\r')/"; } >"$T/endless"
mock endless r "s:$T/endless" z
failed 'headers without an end' 1 \
    "relay E h:80 via proxy 127.0.0.1:$P: proxy answer exceeds 65536 bytes, aborting" \
    "PROXY:127.0.0.1:h:80,proxyport=$P"
mock noip r w:005e000000000000 z
failed 'a status of SOCKS4 that is none' 1 \
    "relay E h:80 via sockd 127.0.0.1:$P: socks: undefined status 94" \
    "SOCKS4A:127.0.0.1:h:80,socksport=$P"
mock atyp r w:0500 r w:05000002 z
failed 'a type of address that is none' 1 \
    "relay E h:80 via socks5 server 127.0.0.1:$P: SOCKS5 reply has an unknown type of address, 2" \
    "SOCKS5:127.0.0.1:$P:h:80"
mock method r w:0502 z
failed 'a method that was not offered' 1 \
    "relay E h:80 via socks5 server 127.0.0.1:$P: SOCKS5 server chose method 2, which it was not offered" \
    "SOCKS5:127.0.0.1:$P:h:80"
failed 'the same, socat' 1 \
    'socat E authentication with SOCKS5 server failed' \
    "SOCKS5:127.0.0.1:$P:h:80" "$T/socat"

# --- listeners, and trying again ----------------------------------------------------
FIRST='r z' && export FIRST
mock some r "w:$s4" e
unset FIRST
start front "$RELAY" -d -d TCP4-LISTEN:0,fork \
    "SOCKS4:127.0.0.1:1.2.3.4:80,socksport=$P,socksuser=joe"
front=$(port front)
start waits "$RELAY" - "TCP4:127.0.0.1:$front,ignoreeof"
wait_for 10 grep -q 'successfully connected from' "$T/front.err"
is "$(echo second | "$RELAY" -t 10 - "TCP4:127.0.0.1:$front")" second \
    'a listener waits for no silent server'
stop front
is "$STATUS" 143 'and ends at once'

mock pooled r w:0500 r w:$s5 e
start pool "$RELAY" -d -d TCP4-LISTEN:0,fork,pool=1 "SOCKS5:127.0.0.1:$P:h:80"
pool=$(port pool)
is "$(for i in 1 2 3; do
	echo "client $i" | "$RELAY" -t 10 - "TCP4:127.0.0.1:$pool"
done)" 'client 1
client 2
client 3' 'a pool goes through, one client after the other'
stop pool

mock often r w:0500 r "w:00$s5" z
P5=$P
FIRST="r w:$(hex 'HTTP/1.0 503 Away\r\n\r\n')" && export FIRST
mock later r "w:$http" e
unset FIRST
is "$(echo again | "$T/socat" -t 10 - \
    "PROXY:127.0.0.1:h:80,proxyport=$P,retry=2,interval=0.05" 2>&1)" again \
    'a proxy that refuses is tried again'
said=$("$T/socat" -d -d - "SOCKS5:127.0.0.1:$P5:h:80,retry=1,interval=0.05" \
    </dev/null 2>&1)
is "$? $(printf '%s\n' "$said" | lines | grep -v 'AF=2')" "255 socat N reading from and writing to stdio
socat N opening connection to h:80 vis socks5 server 127.0.0.1:$P5
socat N opening connection to socks5 server 127.0.0.1:$P5
socat N SOCKS5 session is authenticated
socat N opening connection to socks5 server 127.0.0.1:$P5
socat N SOCKS5 session is authenticated
socat W SOCKS5 reply version was 0, not the expected 5, peer might not be a SOCKS5 server
socat N exiting with status -1" 'and one that answers wrong, to the end'
start fork "$RELAY" -d -d -t 10 \
    "PROXY:127.0.0.1:h:80,proxyport=$P,fork,max-children=2,interval=0.05" \
    "SYSTEM:echo hello; read l; echo got \$l >>$T/forked"
: >"$T/forked"
twice() { [ "$(grep -c '^got hello$' "$T/forked")" -ge 2 ]; }
wait_for 10 twice
ok $? 'fork goes through again and again' || diag <"$T/fork.err"
stop fork

mock away r "w:$(hex 'HTTP/1.0 503 Away\r\n\r\n')" z
failed 'fork and a refusal, socat' 255 'socat W CONNECT h:80: Away' \
    "PROXY:127.0.0.1:h:80,proxyport=$P,fork" "$T/socat"

# --- what is refused before anything is opened ----------------------------------------
word=$(head -c 256 /dev/zero | tr '\0' x)
failed 'a port that is none' 1 \
    'relay E option "proxyport": unknown port/service "nosuch"' \
    PROXY:h:h:80,proxyport=nosuch
failed 'a port of a server that is none' 1 \
    'relay E option "socksport": unknown port/service "nosuch"' \
    SOCKS5:h:nosuch:h:80
said=$("$RELAY" --explain - PROXY:proxy:8080:host:22 2>&1 | tail -n 1)
is "$said" "  the server's port is an option: PROXY:proxy:host:22,proxyport=8080" \
    'a port of the proxy at its usual place'
is "$("$RELAY" --explain - SOCKS4A:server:host:80 | grep ' connects to')" \
    'B connects to: SOCKS4A:server:host:80; as long as the system tries' \
    'explained'
failed 'the port of a target' 1 \
    'relay E port 70000 is not between 0 and 65535' SOCKS5:h:h:70000
failed 'a host that is too long' 1 "relay E host \"$(printf %s "$word" |
    head -c 40)...\" is longer than 255 bytes" "SOCKS4A:h:$word:80"
failed 'a password that is too long' 1 \
    "relay E sockspass \"$(printf %s "$word" | head -c 40)...\" is longer than 255 bytes" \
    "SOCKS5:h:h:80,socksuser=joe,sockspass=$word"
failed 'a version with a line in it' 1 \
    'relay E http-version "1.1?X: y" has a blank in it' \
    "PROXY:h:h:80,http-version=1.1$(printf '\nX: y')"
done_testing
