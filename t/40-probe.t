#!/bin/sh
# --probe: what it says of Docker Engines that are away, silent or refuse, of
# containers that are stopped, paused, gone or expose nothing; and that what
# is probed notices nothing: no line, no child, no client lost, in no mode.
. "${0%/*}/lib.sh"
need perl

# An engine of few words: each container by its name.
cat >"$T/engine.pl" <<'EOF'
use strict; use IO::Socket::UNIX; use Socket;
$SIG{PIPE} = "IGNORE";
my ($path, $port) = @ARGV;
my $net = '"NetworkSettings":{"IPAddress":"127.0.0.1"}';
my $exposed = qq("Config":{"ExposedPorts":{"$port/tcp":{}}});
my %json = map { ($_->[0] => sprintf '{"Id":"%s","State":{%s},%s,%s}',
    $_->[1] x 64, @$_[2 .. 4]) } (
    ["up", 1, '"Running":true', $exposed, $net],
    ["stopped", 2, '"Running":false', $exposed, '"NetworkSettings":{}'],
    ["paused", 3, '"Running":true,"Paused":true', $exposed, $net],
    ["bare", 4, '"Running":true', '"Config":{}', $net],
    ["nowhere", 5, '"Running":true', $exposed, '"NetworkSettings":{}'],
);
my $l = IO::Socket::UNIX->new(Local => $path, Listen => 20) or die;
my (@open, %buf);
while (1) {
	my $r = ''; vec($r, fileno $_, 1) = 1 for $l, @open;
	select $r, undef, undef, undef;
	if (vec $r, fileno $l, 1) { push @open, scalar $l->accept }
	my @ready = grep { vec $r, fileno $_, 1 } @open;
	for my $s (@ready) {
		if (!sysread $s, $buf{$s}, 4096, length($buf{$s} // '')) {
			@open = grep { $_ != $s } @open;
			delete $buf{$s};
			next;
		}
		next unless $buf{$s} =~ m{^GET (\S+).*\r\n\r\n}s;
		my $what = $1;
		delete $buf{$s};
		if ($what =~ m{^/events}) {
			syswrite $s, "HTTP/1.1 200 OK\r\n" .
			    "Transfer-Encoding: chunked\r\n\r\n";
			next;
		}
		my ($name) = $what =~ m{/containers/(.*)/json};
		my ($status, $body) = $name eq "broken" ?
		    ("500 No", '{"message":"cannot say"}') :
		    exists $json{$name} ? ("200 OK", $json{$name}) :
		    ("404 No", '{"message":"none"}');
		syswrite $s, "HTTP/1.1 $status\r\nContent-Length: " .
		    length($body) . "\r\n\r\n$body";
	}
}
EOF
port=$(free_port)
target=$(free_port)
start engine perl "$T/engine.pl" "$T/e" "$port"
wait_for 10 test -S "$T/e"

# probe NAME...: sets OUT and STATUS
probe() {
	OUT=$(timeout 20 "$RELAY" --probe "--docker-host=unix://$T/e" \
	    --docker "$@" 2>&1 </dev/null)
	STATUS=$?
}
# says NAME WORDS
says() {
	probe "$1"
	is "$STATUS $OUT" "1 $1: $2" "a container: $1"
}
says stopped 'the container is not running'
says paused 'the container is not running'
says never 'there is no such container'
says bare 'it exposes no port'
says nowhere 'it has no address'
says broken 'the engine answers 500: cannot say'
probe stopped never
is "$STATUS $OUT" "1 stopped: the container is not running
never: there is no such container" 'a line for each of them'

# Target and listener on one port, the target on another address than the
# listener that is asked.
probe up
is "$STATUS" 1 'a container that runs, and nobody listens: status 1'
is "$OUT" "$port/tcp: listener TCP6-LISTEN:$port: Connection refused" \
    'and a line'
start both "$RELAY" -d -d "TCP4-LISTEN:$port,fork" PIPE
port both >/dev/null
probe up
is "$STATUS $OUT" '0 ' 'all is well: status 0, no line'
probe up stopped
is "$STATUS $OUT" '1 stopped: the container is not running' \
    'one is well, one is not'
stop both
stop engine

# Engines that are not there
away() {
	begun=$(date +%s%N)
	OUT=$(timeout 20 "$RELAY" --probe "--docker-host=$1" --docker redis \
	    2>&1 </dev/null)
	STATUS=$?
	TOOK=$((($(date +%s%N) - begun) / 1000000))
}
away "unix://$T/nosuch"
is "$STATUS $OUT" "1 engine at unix://$T/nosuch: connecting: No such file or \
directory" 'no socket'
away "unix://$T/e"
is "$STATUS $OUT" "1 engine at unix://$T/e: connecting: Connection refused" \
    'a socket that nobody listens on'
away "tcp://127.0.0.1:$target"
is "$STATUS $OUT" "1 engine at tcp://127.0.0.1:$target: connecting: \
Connection refused" 'a port that nobody listens on'
ok "$([ "$TOOK" -lt 3000 ]; echo $?)" 'at once, not after the time of an answer' || diag "$TOOK ms"
start silent perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local =>
    $ARGV[0], Listen => 5) or die; @a = ($s->accept, $s->accept); sleep 60' \
    "$T/s"
wait_for 10 test -S "$T/s"
away "unix://$T/s"
is "$STATUS $OUT" "1 redis: the engine does not answer" 'an engine that is silent'
ok "$([ "$TOOK" -lt 12000 ]; echo $?)" 'in a few seconds' || diag "$TOOK ms"
stop silent

# What is probed notices nothing.
accepted() { grep -c 'accepting connection' "$T/$1.err"; }
finished() { grep -q 'exiting with status' "$T/$1.err"; }
# quiet NAME PROBED TARGET ADDRESS FLAG...: of the pair "ADDRESS PIPE" that
# runs with FLAGs; TARGET asks it for an echo
quiet() {
	name=$1 probed=$2 asked=$3 address=$4
	shift 4
	before=$(cat "$T/$name.err")
	for i in 1 2 3 4 5; do
		"$RELAY" "$@" --probe "$probed" PIPE >"$T/probe.out" 2>&1 ||
		    break
	done
	is "$(cat "$T/probe.out")" '' "$name answers a probe"
	is "$(printf 'echo\n' | "$RELAY" -t 10 - "$asked" 2>&1)" echo \
	    "$name serves then"
	wait_for 10 finished "$name"
	is "$(head -n "$(echo "$before" | wc -l)" "$T/$name.err")" "$before" \
	    'what it said before'
	is "$(accepted "$name")" 1 "and has seen one client only"
}
# A portable build connects like any client.
if "$RELAY" -V | grep -q 'linux build'; then
p=$(free_port)
start fork "$RELAY" -d -d TCP4-LISTEN:$p,fork PIPE
port fork >/dev/null
quiet fork TCP4-LISTEN:$p TCP4:127.0.0.1:$p ''
stop fork
p=$(free_port)
start once "$RELAY" -d -d TCP4-LISTEN:$p PIPE
port once >/dev/null
quiet once TCP4-LISTEN:$p TCP4:127.0.0.1:$p ''
finish once 10
is "$STATUS" 0 'a listener without fork still had its client'
p=$(free_port)
start six "$RELAY" -d -d TCP6-LISTEN:$p,fork,ipv6only=1 PIPE
port six >/dev/null
quiet six TCP6-LISTEN:$p "TCP6:[::1]:$p" ''
stop six
p=$(free_port)
start pool "$RELAY" -d -d TCP4-LISTEN:$p,fork,pool=2 PIPE
wait_for 10 eval '[ "$(grep -c "forked off" "$T/pool.err")" = 2 ]'
quiet pool TCP4-LISTEN:$p,fork,pool=2 TCP4:127.0.0.1:$p ''
stop pool
p=$(free_port) q=$(free_port)
start links "$RELAY" -d -d TCP4-LISTEN:$p,fork PIPE TCP4-LISTEN:$q,fork PIPE
wait_for 10 eval '[ "$(grep -c "listening on" "$T/links.err")" = 2 ]'
quiet links TCP4-LISTEN:$p,fork TCP4:127.0.0.1:$p ''
stop links
fi
start unix "$RELAY" -d -d "UNIX-LISTEN:$T/u,fork" PIPE
wait_for 10 listening unix
quiet unix "UNIX-LISTEN:$T/u,fork" "UNIX-CONNECT:$T/u" ''
stop unix
start abstract "$RELAY" -d -d "ABSTRACT-LISTEN:$T/a,fork" PIPE
wait_for 10 listening abstract
quiet abstract "ABSTRACT-LISTEN:$T/a,fork" "ABSTRACT-CONNECT:$T/a" ''
stop abstract
for address in "UNIX-LISTEN:$T/u" "ABSTRACT-LISTEN:$T/a"; do
	out=$("$RELAY" --probe "$address,fork" PIPE 2>&1)
	is "$? $out" "1 1: listener $address: $(case $address in
	    U*) echo 'No such file or directory' ;;
	    *) echo 'nobody listens' ;; esac)" "nobody listens: ${address%%:*}"
done

# A target is not used either: here it is a relay itself.
p=$(free_port)
start target "$RELAY" -d -d TCP4-LISTEN:$p,fork PIPE
port target >/dev/null
out=$("$RELAY" --probe PIPE TCP4:127.0.0.1:$p 2>&1)
is "$? $out" '0 ' 'a target answers'
printf 'echo\n' | "$RELAY" -t 10 - TCP4:127.0.0.1:$p >/dev/null 2>&1
wait_for 10 finished target
if "$RELAY" -V | grep -q 'linux build'; then
	is "$(accepted target)" 1 'and has seen no client'
fi
stop target

# Links are asked side by side, and told in their order.
p=$(free_port)
start full perl -MIO::Socket::INET -e '$| = 1;
    $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1) or die;
    for (1 .. 8) {
	push @c, IO::Socket::INET->new(PeerAddr => "127.0.0.1", Timeout => 0.5,
	    PeerPort => $l->sockport);
    }
    print $l->sockport, "\n"; sleep 300'
full() { [ -s "$T/full.out" ]; }
wait_for 20 full
silent=$(cat "$T/full.out")
start echo "$RELAY" TCP4-LISTEN:$p,fork PIPE
begun=$(date +%s%N)
out=$("$RELAY" --probe TCP4-LISTEN:$p,fork TCP4:127.0.0.1:$silent $(perl -e '
    print "PIPE TCP4:127.0.0.1:$ARGV[0] PIPE TCP4:127.0.0.1:$ARGV[1] " x 20' \
    $silent $p) 2>&1)
status=$?
took=$((($(date +%s%N) - begun) / 1000000))
late='Connection timed out'
[ "${RELAY%static}" = "$RELAY" ] || late='Operation timed out'	# musl's words
is "$status $(echo "$out" | grep ': target' | tr '\n' ' ')" "1 $(for i in 1 $(seq 2 2 40); do
    printf '%s: target TCP4:127.0.0.1:%s: %s ' $i $silent "$late"
done)" '21 of 41 links are silent: a line for each, in their order'
ok "$([ $took -lt 30000 ]; echo $?)" 'in the time of one or two, not of 21' ||
    diag "$took ms"
comment "$took ms"
stop echo
stop full
done_testing
