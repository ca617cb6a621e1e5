#!/bin/sh
# 10-tls-peers.t: peers under TLS that are slow, many, cut off or never say
# that they have ended; much data; DTLS
. "${0%/*}/lib.sh"
need openssl perl
. "$TOP/t/tools/pki.sh"
cd "$T" || exit 1
if [ ! "$HAS_TLS" ]; then
	ok 0 'this program has no TLS'
	done_testing
fi
authority ca
certificate server ca /CN=localhost DNS:localhost
ok $? 'a certificate' || diag <pki.log
with=,cafile=ca.pem,commonname=localhost

start server "$RELAY" -d -d OPENSSL-LISTEN:0,fork,bind=127.0.0.1,cert=server.all,verify=0 PIPE
P=$(port server)
ask() {
	out=$(echo hello | "$RELAY" -t 20 - "$@" 2>&1)
	echo "$? $out"
}

# --- much, and many ---------------------------------------------------------------
perl -e 'srand 7; print pack "N*", map { int rand 2**32 } 1 .. 2**20' >in
for v in 1.2 1.3; do
	"$RELAY" -t 30 - OPENSSL:127.0.0.1:$P,max-version=TLS$v$with \
	    <in >out 2>err
	is "$? $(cksum <out)" "0 $(cksum <in)" "4 MB there and back, TLS $v" ||
	    diag <err
done
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	ask OPENSSL:127.0.0.1:$P$with >many.$i &
	all="$all $!"
done
wait $all
is "$(cat many.* | sort | uniq -c | sed 's/^ *//')" '20 0 hello' \
    '20 handshakes at once'

# --- cut off ------------------------------------------------------------------------
# A way between that records what a client says first, and hands on so many
# bytes of what comes back, then closes; without a number, all.
cat >between.pl <<'END'
use IO::Socket::INET;
use IO::Select;
my ($to, $n) = @ARGV;
my $l = IO::Socket::INET->new(Listen => 9, LocalAddr => '127.0.0.1') or die;
$| = 1;
printf STDERR "N listening on %s\n", '127.0.0.1:' . $l->sockport;
while (my $c = $l->accept) {
	my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$to") or die;
	my ($first, $left) = ('', $n);
	my $both = IO::Select->new($c, $s);
	LOOP: while (my @ready = $both->can_read(20)) {
		for my $from (@ready) {
			sysread $from, my $buf, 65536 or last LOOP;
			if ($from == $c) {
				if ($first eq '' && open my $f, '>', 'hello') {
					print $f $buf;
				}
				$first = $buf;
				syswrite $s, $buf;
				next;
			}
			$buf = substr $buf, 0, $left if defined $n;
			syswrite $c, $buf;
			last LOOP if defined $n && ($left -= length $buf) <= 0;
		}
	}
	$n += 41 if defined $n;
	close $_ for $c, $s;
}
END
start between perl between.pl $P 1
between=$(port between)
i=0
: >cuts
while [ $i -lt 15 ]; do
	out=$("$RELAY" -u OPENSSL:127.0.0.1:$between$with - 2>&1)
	echo "$? $(printf '%s\n' "$out" | sed -n 's/.* E \(SSL_connect()\):.*/\1/p')" >>cuts
	i=$((i + 1))
done
is "$(sort cuts | uniq -c | sed 's/^ *//')" '15 1 SSL_connect()' \
    'a server that is cut off: one line, status 1'
stop between

# The same at every 11th byte of what the server says in its handshake, by
# the children of one relay.
cat >cuts.pl <<'END'
use IO::Socket::INET;
use IO::Select;
my ($to, $relay) = @ARGV;
$SIG{PIPE} = 'IGNORE';
my $l = IO::Socket::INET->new(Listen => 9, LocalAddr => '127.0.0.1');
open my $f, '>', 'cuts.tmp' or die;
print $f $l->sockport;
close $f;
rename 'cuts.tmp', 'cuts.port';
until (-s 'relay.port') { select undef, undef, undef, 0.05; }
open $f, '<', 'relay.port' or die;
chomp($relay = <$f>);
sub to { IO::Socket::INET->new(PeerAddr => "127.0.0.1:$_[0]") or die }
# through N: hands on N bytes, or all up to the client's second flight
sub through {
	my $left = shift;
	my $plain = to($relay);
	my $c = $l->accept or die;
	my $s = to($to);
	my ($said, $count) = (0, 0);
	my $both = IO::Select->new($c, $s);
	LOOP: while (my @ready = $both->can_read(20)) {
		for my $from (@ready) {
			sysread $from, my $buf, 65536 or last LOOP;
			if ($from == $c) {
				last LOOP if $said++;
				syswrite $s, $buf;
				next;
			}
			$buf = substr $buf, 0, $left - $count
			    if defined $left;
			$count += length $buf;
			syswrite $c, $buf;
			last LOOP if defined $left && $count >= $left;
		}
	}
	if (!defined $left) {
		shutdown $c, 1;
		1 while sysread $c, my $rest, 65536;
	}
	close $_ for $c, $s;
	IO::Select->new($plain)->can_read(20) or die 'the relay waits on';
	return $count;
}
# The length of a signature varies.
my ($most, $n) = (through() - 8, 0);
for (my $i = 1; $i < $most; $i += 11) {
	through($i);
	$n++;
}
print "$n\n";
END
start cuts perl cuts.pl $P
wait_for 10 test -s cuts.port
start relay "$RELAY" -d -d TCP-LISTEN:0,fork,bind=127.0.0.1 \
    "OPENSSL:127.0.0.1:$(cat cuts.port)$with"
port relay >relay.tmp && mv relay.tmp relay.port
wait_for 60 test -s cuts.out
n=$(cat cuts.out)
stop cuts
counted() { [ "$(grep -c ' E ' relay.err)" -ge "$n" ]; }
wait_for 10 counted
is "$([ "${n:-0}" -gt 40 ] && echo many) $(grep -c ' E ' relay.err) $(
    grep -c ' E SSL_connect(): ' relay.err)" "many $n $n" \
    '... at each 11th byte of its flights' || diag <cuts.err
stop relay

# Each beginning of what a client says first, on a connection of its own.
perl -MIO::Socket::INET -e '
	local $/;
	open my $f, "<", "hello" or die;
	my $hello = <$f>;
	for my $n (0 .. length($hello) - 1) {
		my $s = IO::Socket::INET->new(PeerAddr => $ARGV[0])
		    or die "$!";
		syswrite $s, substr $hello, 0, $n;
		close $s;
	}
	print length($hello) > 150 ? "cut\n" : "too short\n"' \
    "127.0.0.1:$P" >perl.out 2>&1
is "$(cat perl.out)" cut 'clients that are cut off, at each byte'
is "$(ask OPENSSL:127.0.0.1:$P$with)" '0 hello' '... the next is served'

# --- slow ------------------------------------------------------------------------------
start slow perl -MIO::Socket::INET -e '
	$s = IO::Socket::INET->new(PeerAddr => shift) or die;
	syswrite $s, "\x16";
	$| = 1;
	print "sent\n";
	sleep 60' "127.0.0.1:$P"
wait_for 10 grep -q sent slow.out
is "$(ask OPENSSL:127.0.0.1:$P$with)" '0 hello' \
    'beside one that sends a byte and no more'
stop slow
start mute perl -MIO::Socket::INET -e '
	$l = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1");
	printf STDERR "N listening on 127.0.0.1:%d\n", $l->sockport;
	$c = $l->accept; sleep 60'
p=$(port mute)
out=$("$RELAY" - OPENSSL:127.0.0.1:$p,connect-timeout=0.3$with 2>&1 </dev/null)
is "$? $(printf '%s\n' "$out" | sed -n '1s/.* E //p')" \
    '1 SSL_connect(): no handshake in 0.300 s: Connection timed out' \
    'a handshake has a deadline'
stop mute
stop server

# --- ends -----------------------------------------------------------------------------
# Half closed, the other way goes on: sort answers after its input has ended.
start server "$RELAY" -d -d OPENSSL-LISTEN:0,fork,bind=127.0.0.1,cert=server.all,verify=0 EXEC:sort
P=$(port server)
for v in 1.2 1.3; do
	is "$(printf 'b\na\n' | "$RELAY" -t 20 - \
	    OPENSSL:127.0.0.1:$P,max-version=TLS$v$with 2>&1)" 'a
b' "close_notify, and the answer after it, TLS $v"
done
stop server
# A server whose last bytes come, and no word that they were the last.
start server "$RELAY" -d -d OPENSSL-LISTEN:0,bind=127.0.0.1,cert=server.all,verify=0 'SYSTEM:echo part; sleep 60'
P=$(port server)
read -r pid <server.pid
start cut "$RELAY" -u -d -d OPENSSL:127.0.0.1:$P$with OPEN:cut.got,creat
wait_for 10 grep -qs part cut.got
kill -9 "$pid"
finish cut 20
is "$STATUS $(sed -n 's/.* W OPENSSL[^ ]* //p' cut.err)" \
    '0 the connection ended without close_notify: what came may not be all' \
    'an end without close_notify is told apart'

# --- DTLS -----------------------------------------------------------------------------
start server "$RELAY" -d -d OPENSSL-DTLS-SERVER:0,fork,bind=127.0.0.1,cert=server.all,verify=0 PIPE
P=$(port server)
is "$(ask OPENSSL-DTLS-CLIENT:127.0.0.1:$P$with)" '0 hello' 'DTLS, relay'
is "$(ask DTLS:127.0.0.1:$P$with,openssl-min-proto-version=DTLS1.2)" \
    '0 hello' '... a second client'
: >dtls.out
{
	echo hello
	wait_for 10 grep -q hello dtls.out
} | openssl s_client -dtls -quiet -no_ign_eof -nocommands -verify_quiet \
    -verify_return_error -verify_hostname localhost -CAfile ca.pem \
    -connect 127.0.0.1:$P >dtls.out 2>dtls.err
is "$(cat dtls.out)" hello '... openssl'
if command -v socat >/dev/null; then
	is "$(echo hello | socat -t 20 - \
	    OPENSSL-DTLS-CLIENT:127.0.0.1:$P$with 2>&1)" hello '... socat'
else
	skip 1 'no socat'
fi
out=$("$RELAY" -u DTLS:127.0.0.1:$P,cafile=ca.pem,commonname=else - 2>&1)
is "$? $(printf '%s\n' "$out" | sed -n 's/.* E .*verify failed: \([^:]*\):.*/\1/p')" \
    '1 hostname mismatch' '... of another host'
stop server
done_testing
