#!/bin/sh
# TCP: versions of IP, bind, source ports, range, retries, time limits,
# names, and what is said when something is wrong.
. "${0%/*}/lib.sh"
need ss

r() { "$RELAY" -t 5 "$@"; }
p4=$(free_port)
up() {
	start "$1" "$RELAY" -d -d "$2" PIPE
	port=$(port "$1")
}
says() { is "$(echo hello | r - "$1" 2>"$T/err")" hello "$2" ||
    diag <"$T/err"; }
# fails ADDRESS ERE NAME
fails() {
	echo hello | r - "$1" >"$T/out" 2>"$T/err"
	is $? 1 "$3"
	like "$(cat "$T/err")" "$2" '... and says why'
}

# versions and names
up four TCP4-LISTEN:0,fork
says "TCP4:127.0.0.1:$port" 'TCP4'
says "TCP:127.0.0.1:$port" 'TCP with an IPv4 address'
says "TCP:localhost:$port" 'TCP finds the family in which it is heard'
says "TCP4:localhost:$port" 'TCP4 by name'
says "TCP:127.0.0.1:$port,pf=ip4" 'pf=ip4'
says "TCP:localhost:$port,pf=inet" 'pf=inet'
fails "TCP6:[::1]:$port" 'Connection refused' 'IPv6 is not heard'
up six TCP6-LISTEN:0,fork,ipv6only=1
says "TCP6:[::1]:$port" 'TCP6'
says "TCP:[::1]:$port" 'TCP with an IPv6 address'
fails "TCP4:127.0.0.1:$port" 'Connection refused' 'ipv6only=1'
up both TCP6-LISTEN:0,fork,ipv6only=0
says "TCP4:127.0.0.1:$port" 'ipv6only=0 hears IPv4'
says "TCP6:[::1]:$port" '... and IPv6'
up dash TCP-LISTEN:0,fork,pf=ip6
says "TCP6:[::1]:$port" 'TCP-LISTEN,pf=ip6'
start flag "$RELAY" -6 -d -d TCP-LISTEN:0,fork PIPE
says "TCP6:[::1]:$(port flag)" 'TCP-LISTEN with -6'

# bind
up bound TCP4-LISTEN:0,fork,bind=127.0.0.3
says "TCP4:127.0.0.3:$port" 'bind on a listener'
fails "TCP4:127.0.0.1:$port" 'Connection refused' '... and nowhere else'
start peer "$RELAY" -d -d TCP4-LISTEN:0,fork,reuseaddr \
    'SYSTEM:echo $SOCAT_PEERADDR $SOCAT_PEERPORT $SOCAT_SOCKADDR'
peer=$(port peer)
is "$(r -u "TCP4:127.0.0.1:$peer,bind=127.0.0.4" - | cut -d' ' -f1)" \
    127.0.0.4 'bind on a client'
is "$(r -u "TCP4:127.0.0.1:$peer,bind=127.0.0.4:$p4" -)" \
    "127.0.0.4 $p4 127.0.0.1" 'bind with a port'
p5=$(free_port)
is "$(r -u "TCP4:127.0.0.1:$peer,sourceport=$p5" - | cut -d' ' -f2)" \
    "$p5" 'sourceport'
p6=$(free_port)
is "$(r -u "TCP4:127.0.0.1:$peer,sp=$p6" - | cut -d' ' -f2)" "$p6" 'sp'
if [ "$(id -u)" = 0 ]; then
	low=$(r -u "TCP4:127.0.0.1:$peer,lowport" - | cut -d' ' -f2)
	[ "${low:-0}" -gt 0 ] && [ "$low" -lt 1024 ]
	ok $? "lowport ($low)"
else
	skip 1 'only root has low ports'
fi

# who may connect
refuses() {
	up "no$1" "TCP4-LISTEN:0,fork,$2"
	is "$(echo hello | r - "TCP4:127.0.0.1:$port${3:-}" 2>/dev/null)" '' \
	    "$2 turns others away"
	kill -0 "$(cat "$T/no$1.pid")"
	ok $? '... and listens on'
}
admits() {
	up "yes$1" "TCP4-LISTEN:0,fork,$2"
	says "TCP4:127.0.0.1:$port${3:-}" "$2 lets in${3:+ $3}"
}
admits 1 range=127.0.0.1/32
admits 2 range=127.0.0.0/8
admits 3 range=127.0.0.0:255.0.0.0
admits 4 range=127.0.0.8/30 ,bind=127.0.0.10
refuses 1 range=127.0.0.2/32
refuses 2 range=10.0.0.0/8
refuses 3 range=127.0.0.0:255.255.255.255
refuses 4 range=127.0.0.8/30 ,bind=127.0.0.12
up range6 'TCP6-LISTEN:0,fork,range=[::1]/128'
says "TCP6:[::1]:$port" 'range with IPv6 lets in'
up norange6 'TCP6-LISTEN:0,fork,range=[2001:db8::]/32'
is "$(echo hello | r - "TCP6:[::1]:$port" 2>/dev/null)" '' \
    '... and turns away'
p7=$(free_port)
admits 5 "sourceport=$p7" ",sourceport=$p7"
refuses 5 "sourceport=$p7"
refuses 6 lowport
[ "$(id -u)" != 0 ] || admits 6 lowport ,lowport

# ports by name, from /etc/services
start service "$RELAY" -d -d TCP4-LISTEN:http,bind=127.0.0.77,fork PIPE
if [ "$(id -u)" = 0 ] && wait_for 5 listening service; then
	says TCP4:127.0.0.77:80 'a port by name'
else
	skip 1 'only root can listen on port 80'
fi

# retries and time limits
late=$(free_port)
start client "$RELAY" -u "TCP4:127.0.0.1:$late,retry=100,interval=0.1" -
sleep 0.3
start server "$RELAY" -u SYSTEM:'echo late' \
    "TCP4-LISTEN:$late,reuseaddr"
finish client 10
is "$(cat "$T/client.out")" late 'retry and interval reach a late server'
late=$(free_port)
start client2 "$RELAY" -u "TCP4:127.0.0.1:$late,forever,interval=0.1" -
sleep 0.3
start server2 "$RELAY" -u SYSTEM:'echo late' \
    "TCP4-LISTEN:$late,reuseaddr"
finish client2 10
is "$(cat "$T/client2.out")" late 'so does forever'
fails "TCP4:127.0.0.1:$late,retry=2,interval=0.05" 'Connection refused' \
    'retry gives up'
is "$(r -d -d - "TCP4:127.0.0.1:$late,retry=2,interval=0.05" 2>"$T/err"; grep -c \
    'opening connection to AF=' "$T/err")" 3 '... after three tries'
start accept "$RELAY" -d -d TCP4-LISTEN:0,accept-timeout=0.3 PIPE
finish accept 5
ok $? 'accept-timeout ends a lonely listener'

# connect-timeout: a listener whose queue is full answers no more
perl -MSocket -e 'socket $s, AF_INET, SOCK_STREAM, 0;
    bind $s, pack_sockaddr_in(0, inet_aton("127.0.0.1")); listen $s, 0;
    $to = getsockname $s;
    for (1 .. 4) { socket $c[$_], AF_INET, SOCK_STREAM | 04000, 0;
    connect $c[$_], $to }
    open $p, ">", "$ENV{T}/full.tmp"; print $p +(unpack_sockaddr_in($to))[0];
    close $p; rename "$ENV{T}/full.tmp", "$ENV{T}/full"; sleep 20' &
full=$!
wait_for 10 test -s "$T/full"
start slow "$RELAY" - "TCP4:127.0.0.1:$(cat "$T/full"),connect-timeout=0.4"
finish slow 5
is "$STATUS" 1 'connect-timeout ends the wait'
like "$(cat "$T/slow.err")" 'timed out' '... and says so'
kill "$full"

# what is wrong
fails "TCP4:127.0.0.1:$late" 'Connection refused' 'nobody listens'
fails TCP4:no.such.host.invalid:80 'no.such.host.invalid' 'no such host'
fails TCP4:127.0.0.1:nosuchservice nosuchservice 'no such service'
fails TCP4:127.0.0.1:70000 70000 'a port that is too large'
fails TCP4-LISTEN:0,bind=192.0.2.1 \
    '(Cannot assign requested address|Address not available)' \
    'an address that is not here'
done_testing
