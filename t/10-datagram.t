#!/bin/sh
# Datagrams without a connection: UDP-RECVFROM answers each sender, with
# fork and without; -SENDTO, -RECV and -DATAGRAM talk to socat and perl at
# the other end; whose packets are taken; sizes up to the largest, empty
# packets; what programs get to know; broadcast and multicast.  By both
# builds.
. "${0%/*}/lib.sh"

need socat perl

receiving() { grep -qs " receiving on \|starting data" "$T/$1.err"; }

# begin NAME WORDS...: relay at notice level, once it can be sent to
begin() {
	name=$1
	shift
	start "$name" "$BUILD" -d -d "$@"
	wait_for 10 receiving "$name" || sed "s/^/$name: /" "$T/$name.err" |
	    diag
}

# ask PORT TEXT [BIND]: sends, prints the answer, at most 5 s
ask() {
	perl -MIO::Socket::INET -e '
	    my ($port, $text, $from) = @ARGV;
	    my $s = IO::Socket::INET->new(Proto => "udp",
	        PeerAddr => "127.0.0.1:$port", LocalAddr => $from) or die;
	    $s->send($text);
	    alarm 5;
	    $s->recv(my $got, 65536);
	    print $got' "$@"
}

# Which port a receiver has
own_port() {
	sed -n '/ receiving on \| bound to /{s/.*:\([0-9]*\)$/\1/p;q;}' \
	    "$T/$1.err"
}

log_lines() { sed 's/^.*\] //' "$T/$1.err"; }

body() {
	rm -f "$T"/*.got
	begin once -t 10 UDP4-RECVFROM:0 'SYSTEM:tr a-z A-Z'
	port=$(own_port once)
	is "$(ask "$port" hello)" HELLO "$1: one packet is answered"
	finish once 10
	is "$STATUS" 0 "$1: ... and that was all"

	begin fork -t 20 UDP4-RECVFROM:0,fork 'SYSTEM:sleep 0.1; tr a-z A-Z'
	port=$(own_port fork)
	got=$(perl -MIO::Socket::INET -e '
	    my @s = map { IO::Socket::INET->new(Proto => "udp",
	        PeerAddr => "127.0.0.1:$ARGV[0]") or die } 0 .. 19;
	    $s[$_]->send("peer $_") for 0 .. $#s;
	    alarm 20;
	    my $right = 0;
	    for (0 .. $#s) {
		$s[$_]->recv(my $got, 100);
		$right += $got eq "PEER $_";
	    }
	    print $right' "$port")
	is "$got" 20 "$1: 20 packets at once, each answer to its sender"
	is "$(printf there | socat -t 5 - "UDP4-SENDTO:127.0.0.1:$port" |
	    head -c 5)" THERE "$1: and socat's"
	stop fork

	# what a child's end does is nothing to the others
	begin shut UDP4-RECVFROM:0,fork,shut-down PIPE
	port=$(own_port shut)
	is "$(ask "$port" a)$(ask "$port" b)$(ask "$port" c)" abc \
	    "$1: shut-down of one answer leaves the socket to the next"
	stop shut

	begin six UDP6-RECVFROM:0 PIPE
	port=$(own_port six)
	is "$(printf six | socat -t 5 - "UDP6-SENDTO:[::1]:$port" |
	    head -c 3)" six "$1: IPv6"
	finish six 10

	# relay sends, socat receives and answers
	port=$(free_port)
	start peer socat -d -d "UDP4-RECVFROM:$port" 'SYSTEM:cat; echo me'
	wait_for 10 receiving peer
	printf you | "$BUILD" -t 5 - "UDP4-SENDTO:127.0.0.1:$port" \
	    >"$T/sent.out" &
	sender=$!
	wait_for 5 grep -qs me "$T/sent.out"
	kill $sender 2>/dev/null
	wait $sender 2>/dev/null
	is "$(cat "$T/sent.out")" youme "$1: SENDTO gets the answer of socat"

	# The largest packet, there and back
	begin large -b 65536 UDP4-RECVFROM:0,fork PIPE
	port=$(own_port large)
	got=$(perl -MIO::Socket::INET -e '
	    my $s = IO::Socket::INET->new(Proto => "udp",
	        PeerAddr => "127.0.0.1:$ARGV[0]") or die;
	    my $big = join "", map { chr $_ % 251 } 1 .. 65507;
	    alarm 10;
	    for my $n (1, 1472, 8192, 8193, 65507) {
		$s->send(substr $big, 0, $n) or die "$n: $!";
		$s->recv(my $back, 70000);
		print $back eq substr($big, 0, $n) ? "$n " : "wrong ";
	    }' "$port")
	is "$got" "1 1472 8192 8193 65507 " "$1: packets keep their size"
	# From a file: a pipe may give it in two.
	head -c 65508 /dev/zero >"$T/over"
	"$BUILD" -b 65508 -u - "UDP4-SENDTO:127.0.0.1:$port" <"$T/over" \
	    2>"$T/over.err"
	is "$? $(sed 's/.*\] //; s/sendto([0-9]*, 0x[0-9a-f]*/sendto(/
	    s/:[0-9]*\([,)]\)/:PORT\1/g; s/too large/too long/' "$T/over.err")" \
	    "1 E sendto(, 65508, 0, AF=2 127.0.0.1:PORT, 16): Message too$(:
	    ) long (B: UDP4-SENDTO:127.0.0.1:PORT)" \
	    "$1: one that is too large is said"
	stop large

	begin empty -t 10 UDP4-RECVFROM:0 'SYSTEM:wc -c'
	port=$(own_port empty)
	is "$(ask "$port" '' | tr -d ' ')" 0 \
	    "$1: an empty packet is one, and its program sees the end"
	finish empty 10
	is "$STATUS" 0 "$1: ... and relay ends"

	begin recv -u UDP4-RECV:0 "OPEN:$T/recv.got,creat,append"
	port=$(own_port recv)
	ask "$port" '' 127.0.0.1 >/dev/null & asked=$!
	wait_for 5 grep -qs 'with 0 bytes' "$T/recv.err"
	kill $asked 2>/dev/null
	printf more | socat -u - "UDP4-SENDTO:127.0.0.1:$port"
	wait_for 5 grep -qs more "$T/recv.got"
	is "$(cat "$T/recv.got")" more "$1: an empty packet does not end RECV"
	stop recv

	# Whose packets are taken
	begin only -u UDP4-RECV:0,range=127.0.0.3/32 \
	    "OPEN:$T/only.got,creat,append"
	port=$(own_port only)
	for from in 1 3 2 3; do
		printf "$from" | socat -u - \
		    "UDP4-SENDTO:127.0.0.1:$port,bind=127.0.0.$from"
	done
	wait_for 5 grep -qs 33 "$T/only.got"
	is "$(cat "$T/only.got")" 33 "$1: range= says whose packets are taken"
	stop only
	is "$(log_lines only | sed -n 's/:[0-9]* / /p')" \
	    "W refusing connection from AF=2 127.0.0.1 due to range option
W refusing connection from AF=2 127.0.0.2 due to range option" \
	    "$1: ... and each that is refused is told"

	from=$(free_port)
	begin from -u "UDP4-DATAGRAM:127.0.0.1:9,bind=127.0.0.1:0,sp=$from" \
	    "OPEN:$T/from.got,creat,append"
	port=$(sed -n 's/.*prepared local socket.*:\([0-9]*\)$/\1/p' \
	    "$T/from.err")
	printf no | socat -u - "UDP4-SENDTO:127.0.0.1:$port"
	printf yes | socat -u - "UDP4-SENDTO:127.0.0.1:$port,sp=$from"
	wait_for 5 grep -qs yes "$T/from.got"
	is "$(cat "$T/from.got")" yes "$1: sourceport= of DATAGRAM is others'"
	stop from

	# max-children: the second packet waits
	begin most -t 10 UDP4-RECVFROM:0,fork,max-children=1 \
	    'SYSTEM:sleep 0.2; cat'
	port=$(own_port most)
	got=$(perl -MIO::Socket::INET -e '
	    my @s = map { IO::Socket::INET->new(Proto => "udp",
	        PeerAddr => "127.0.0.1:$ARGV[0]") or die } 0 .. 2;
	    $s[$_]->send("<$_>") for 0 .. 2;
	    alarm 20;
	    for (0 .. 2) { $s[$_]->recv(my $got, 9); print $got }' "$port")
	is "$got" '<0><1><2>' "$1: max-children keeps packets waiting"
	stop most

	begin told -t 10 "UDP4-RECVFROM:0,ip-pktinfo,ip-recvttl" \
	    'SYSTEM:echo $SOCAT_PEERADDR $SOCAT_IP_IF $SOCAT_IP_TTL'
	port=$(own_port told)
	known='127.0.0.1 lo 64'
	! portable "$BUILD" || known=127.0.0.1	# POSIX has no more to tell
	is "$(ask "$port" x)" "$known" \
	    "$1: a program knows who sent, and how"
	finish told 10

	port=$(free_port)
	(printf a; sleep 0.3; printf b; sleep 0.3) | "$BUILD" -d -d -t 0 - \
	    "UDP4-SENDTO:127.0.0.1:$port,ip-recverr" 2>"$T/lost.err"
	is "$? $(sed 's/^.*\] //' "$T/lost.err" | grep -c refused)" "0 2" \
	    "$1: ip-recverr tells of packets, and ends nothing"
}

for BUILD in "$RELAY" "$TOP/relay-static"; do
	[ -x "$BUILD" ] || { skip 1 "$BUILD is not built"; continue; }
	body "${BUILD##*/}"
done

# Two hosts: a group, and a broadcast address
A=relay-$$-a B=relay-$$-b
hosts_end() { ip netns del $A; ip netns del $B; } 2>/dev/null
trap 'hosts_end; cleanup' EXIT
if ip netns add $A && ip netns add $B &&
    ip link add v0 netns $A type veth peer name v1 netns $B; then
	ip -n $A addr add 10.77.0.1/24 brd 10.77.0.255 dev v0
	ip -n $B addr add 10.77.0.2/24 brd 10.77.0.255 dev v1
	ip -n $A link set v0 up
	ip -n $B link set v1 up
	start group ip netns exec $A "$RELAY" -d -d \
	    "UDP4-RECVFROM:7000,ip-add-membership=239.7.7.7:v0,fork" \
	    'SYSTEM:tr a-z A-Z'
	# the link comes up in its own time
	asked() {
		got=$(echo to all | ip netns exec $B "$RELAY" -t 0.5 - \
		    "UDP4-DATAGRAM:239.7.7.7:7000,ip-multicast-if=10.77.0.2$(:
		    ),ip-multicast-ttl=2")
		[ "$got" ]
	}
	if portable; then
		finish group 10
		is "$STATUS $(sed -n 's/.* E //p' "$T/group.err")" "1 $(:
		    )setsockopt(3, 0, 35, \"239.7.7.7:v0\"): $(:
		    )Function not implemented" 'POSIX has no such groups'
	else
		wait_for 10 receiving group
		wait_for 20 asked
		is "$got" 'TO ALL' 'a multicast group answers another host'
		stop group
	fi

	start wide ip netns exec $A "$RELAY" -d -d -u UDP4-RECV:7001 \
	    "OPEN:$T/wide.got,creat,append"
	wait_for 10 receiving wide
	echo nmea | ip netns exec $B "$RELAY" -u - \
	    UDP4-DATAGRAM:10.77.0.255:7001,broadcast
	wait_for 5 grep -qs nmea "$T/wide.got"
	is "$(cat "$T/wide.got")" nmea 'a broadcast reaches another host'
	stop wide
else
	skip 2 'no network namespaces here'
fi
hosts_end
done_testing
