#!/bin/sh
# TUN and INTERFACE: a private network of two TUNs over UDP and over TCP between
# two network namespaces, with ping through it and tcpdump beside it; every
# option of interfaces set and read back from the kernel; frames of a veth pair
# sent and received, with and without the tag of a VLAN.
. "${0%/*}/lib.sh"
portable && {
	for at in TUN INTERFACE:lo; do
		is "$("$RELAY" "$at" - 2>&1 | sed -n 's/.* E //p')" \
		    "${at%:*} is known but not here: only Linux gives"\
' interfaces to programs in this way' "$at: only Linux has it"
	done
	done_testing
}
need unshare nsenter ip ping tcpdump perl strace setpriv
[ "$(id -u)" = 0 ] && unshare -n true 2>/dev/null || skip_all 'needs root'
[ -c /dev/net/tun ] || skip_all 'this kernel has no /dev/net/tun'

# A namespace is that of a process; the two are joined by a pair of veths.
for ns in one two; do
	start $ns unshare -n sleep 600
done
one=$(cat "$T/one.pid") two=$(cat "$T/two.pid")
apart() { [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
wait_for 10 apart "$one" && wait_for 10 apart "$two"
ok $? 'two network namespaces'
one() { nsenter -t "$one" -n "$@"; }
two() { nsenter -t "$two" -n "$@"; }
one ip link add v1 type veth peer name v2 netns "$two"
one ip addr add 192.0.2.1/24 dev v1
two ip addr add 192.0.2.2/24 dev v2
for up in lo v1; do one ip link set $up up; done
for up in lo v2; do two ip link set $up up; done

loop() { grep -qs 'starting data transfer loop' "$T/$1.err"; }
receiving() { grep -Eqs ' (listening|receiving) on ' "$T/$1.err"; }
pings() { one ping -c 3 -i 0.1 -W 5 "$@" | sed -n 's/.*, \(.* received\).*/\1/p'; }

# vpn NAME WAITS CONNECTS OPTIONS: a TUN at each side of a connection
vpn() {
	start far nsenter -t "$two" -n "$RELAY" -d -d "$2" \
	    "TUN:10.9.0.2/24,iff-up$4"
	wait_for 10 receiving far
	start near nsenter -t "$one" -n "$RELAY" -d -d "$3" \
	    "TUN:10.9.0.1/24,tun-name=vpn,iff-up$4"
	wait_for 10 loop near
	is "$(pings 10.9.0.2)" '3 received' "$1: ping"
	start dump nsenter -t "$one" -n tcpdump -n -l -c 2 -i vpn icmp
	wait_for 10 grep -q '^listening on' "$T/dump.err"
	is "$(pings -s 1400 10.9.0.2)" '3 received' "$1: with 1400 bytes"
	finish dump 10
	is "$(sed 's/.* IP //; s/id [0-9]*/id N/' "$T/dump.out")" \
	    '10.9.0.1 > 10.9.0.2: ICMP echo request, id N, seq 1, length 1408
10.9.0.2 > 10.9.0.1: ICMP echo reply, id N, seq 1, length 1408' \
	    "$1: the packets that tcpdump sees"
	stop near
	stop far
	is "$(one ip -o link show dev vpn 2>&1)" \
	    'Device "vpn" does not exist.' "$1: the interface goes with relay"
}
vpn UDP UDP4-LISTEN:900 UDP4:192.0.2.2:900,bind=192.0.2.1:900
vpn 'UDP-DATAGRAM, no-pi' UDP4-DATAGRAM:192.0.2.1:901,bind=:901 \
    UDP4-DATAGRAM:192.0.2.2:901,bind=:901 ,iff-no-pi
vpn 'TCP, tap' TCP4-LISTEN:902,nodelay TCP4:192.0.2.2:902,nodelay \
    ,tun-type=tap,iff-no-pi

# A packet as large as an interface may have is one record.
start far nsenter -t "$two" -n "$RELAY" -d -d UNIX-LISTEN:"$T/s",socktype=5 \
    TUN:10.9.0.2/24,iff-up,if-mtu=60000
wait_for 10 receiving far
start near nsenter -t "$one" -n "$RELAY" -d -d \
    UNIX-CONNECT:"$T/s",socktype=5 TUN:10.9.0.1/24,iff-up,if-mtu=60000
wait_for 10 loop near
is "$(pings -s 50000 10.9.0.2)" '3 received' 'packets of 50 kB are not cut'
stop near
stop far

# --- options: what the kernel says of the interface --------------------------------
# tun WORDS: address, size, flags and name, in the order of bytes
tun() {
	start tun nsenter -t "$one" -n "$RELAY" -d -d "TUN$1" PIPE
	wait_for 10 loop tun
	name=$(sed -n 's/.*TUN: new device "\(.*\)"/\1/p' "$T/tun.err")
	{
		one ip -o link show dev "$name" |
		    sed 's/.*<\(.*\)> mtu \([0-9]*\) .*/\1,\2/'
		one ip -o -4 addr show dev "$name" |
		    sed 's/.*inet \([^ ]*\) .*/\1/'
		echo "$name"
	} | tr , '\n' | sort | xargs
	stop tun
}
is "$(tun ,tun-name=n0)" '1500 MULTICAST NOARP POINTOPOINT n0' 'TUN alone'
is "$(tun :10.1.2.3/20,tun-name=n%d,up)" \
    "10.1.2.3/20 1500 LOWER_UP MULTICAST NOARP POINTOPOINT UP n0" \
    'an address, a name with %d, up'
is "$(tun ,tun-name=n0,tun-type=tap,if-mtu=1234)" \
    '1234 BROADCAST MULTICAST n0' 'tun-type=tap, if-mtu'
is "$(tun ,tun-name=n0,allmulti,promisc,iff-debug,automedia,portsel,notrailers)" \
    "1500 ALLMULTI AUTOMEDIA DEBUG MULTICAST NOARP NOTRAILERS POINTOPOINT"\
' PORTSEL PROMISC n0' 'flags that are set'
is "$(tun ,tun-name=n0,noarp=0,multicast=0,iff-promisc,promisc=0)" \
    '1500 POINTOPOINT n0' 'flags that are cleared; the last one says'

# What the kernel does not let be set is asked for nevertheless, as by socat.
REFERENCE=${REFERENCE:-/usr/bin/socat}
if strace -o /dev/null true 2>/dev/null; then
	calls() {
		one timeout 2 strace -o "$T/calls" -e 'trace=ioctl,openat,?open' \
		    "$@" PIPE >/dev/null 2>&1
		sed -n 's/|O_CLOEXEC//; s/|O_LARGEFILE//
		    s/^open(/openat(AT_FDCWD, /; /net.tun\|SIOC/{s/([0-9]*,/(/
		    s/0x[0-9a-f]*//; s/ = [0-9]*$//; p;}' "$T/calls"
	}
	ln -s "$RELAY" "$T/socat"
	for at in TUN:10.1.2.3/9,iff-broadcast,iff-loopback \
	    TUN,iff-master,slave,running,iff-pointopoint=0,iff-up,noarp=0 \
	    TUN:10.1.2.3/0,up=0,multicast; do
		is "$(calls "$T/socat" "$at" | sed '/SIOCGIFFLAGS/d')" \
		    "$(calls "$REFERENCE" "$at" | sed '/SIOCGIFFLAGS/d')" \
		    "$at: socat's calls"
	done
else
	skip 3 'strace may not trace here'
fi

# --- what is wrong ------------------------------------------------------------------
wrong() {
	is "$(one timeout 10 "$RELAY" "$1" PIPE 2>&1 | sed -n 's/.*\] E //p
	    s/^  \([a-z].*\)/\1/p')" "$2" "$1"
}
wrong TUN,tun-type=nosuch 'unknown tun-type "nosuch"'
wrong TUN:10.9.9.1 'range "10.9.9.1": missing netmask delimiter'
wrong TUN:10.9.9.1/33 'IPv4 netmask "10.9.9.1/33" is too large'
wrong TUN:[fd00::1]/64 'IPv4 netmask "[fd00::1]/64" is too large'
wrong INTERFACE:nosuch 'unknown interface "nosuch"'
wrong INTERFACE:lo,tun-name=x 'option "tun-name" has no effect with INTERFACE'
like "$(one "$RELAY" TUN,tun-device=/dev/null PIPE 2>&1)" \
    'E ioctl\([0-9]+, TUNSETIFF, \{""\}: (Inapp|Not a tty)' 'no tun device'
like "$(one setpriv --bounding-set -all --inh-caps -all "$RELAY" TUN PIPE 2>&1 |
    tail -n 1)" 'to make an interface takes CAP_NET_ADMIN' 'without the right'

# --- INTERFACE: frames --------------------------------------------------------------
# Sent at one side, seen at the other; none that this side sends itself.
frame() { printf '\377\377\377\377\377\377\2\0\0\0\0\1\210\265%s' "$1"; }
start sees nsenter -t "$two" -n "$RELAY" -d -d -u INTERFACE:v2 CREATE:"$T/seen"
start own nsenter -t "$one" -n "$RELAY" -d -d -u INTERFACE:v1 CREATE:"$T/own"
wait_for 10 loop sees && wait_for 10 loop own
frame 'a frame of its own kind' | one "$RELAY" -u - IF:v1
wait_for 10 grep -qs 'of its own kind' "$T/seen"
stop sees
frame 'a frame of its own kind' >"$T/want"
perl -0777 -ne 'print $1 if /(\xff{6}\x02.{4}\x01\x88\xb5a frame of its own kind)/s' \
    "$T/seen" >"$T/got"
cmp "$T/want" "$T/got"
ok $? 'a frame arrives at the other side'
like "$(grep ' packet with 37 ' "$T/sees.err")" \
    'N received packet with 37 bytes from AF=17 AF=17 0x88b5[0-9a-f]{24}$' \
    'and its log says from where'
frame 'this way' | two "$RELAY" -u - INTERFACE:v2
wait_for 10 grep -qs 'this way' "$T/own"
stop own
is "$(grep -c 'own kind' "$T/own")" 0 'not to who sent it'

# The kernel takes a VLAN's tag out, and retrieve-vlan puts it back.
start plain nsenter -t "$two" -n "$RELAY" -d -d -u INTERFACE:v2 \
    CREATE:"$T/plain"
start tags nsenter -t "$two" -n "$RELAY" -d -d -u INTERFACE:v2,retrieve-vlan \
    CREATE:"$T/tags"
wait_for 10 loop plain && wait_for 10 loop tags
printf '\377\377\377\377\377\377\2\0\0\0\0\1\201\0\0\7\210\265in a VLAN' |
    one "$RELAY" -u - INTERFACE:v1
wait_for 10 grep -qs 'in a VLAN' "$T/plain"
wait_for 10 grep -qs 'in a VLAN' "$T/tags"
stop plain
stop tags
before() { perl -0777 -ne 'print unpack "H*", $1 if /(.{6})in a VLAN/s' "$T/$1"; }
is "$(before plain)" 0000000188b5 'without the tag'
is "$(before tags)" 8100000788b5 'retrieve-vlan: with it'
done_testing
