#!/bin/sh
# Sockets of any domain, type and protocol (SOCKET-CONNECT ...) with socat at
# the other end, over IPv4, IPv6, paths and abstract names; bind= and range= in
# data; what programs get to know; what is wrong, in both programs' words.
# And packets of IP (IP4-SENDTO ...), where there are network namespaces.
. "${0%/*}/lib.sh"
need socat perl

ln -sf "$(realpath "$RELAY")" "$T/socat"
waits() { grep -Eqs ' (listening|receiving) |starting data' "$T/$1.err"; }
begin() {
	name=$1
	shift
	start "$name" "$@"
	wait_for 10 waits "$name" || diag <"$T/$name.err"
}
log() { sed 's/^[^]]*\] //' "$T/$1.err"; }
hex() { printf 'x%04x' "$1"; }
data() { printf x; printf "$1" | od -An -v -tx1 | tr -d ' \n'; }

none=x0000000000000000
six=x00000000x00000000000000000000000000000001x00000000
cat >"$T/facts" <<'END'
#!/bin/sh
env | sed -n 's/^SOCAT_\(PEER[A-Z]*\|SOCK[A-Z]*\|IP_TTL\)=/\1=/p' | sort
tr a-z A-Z
END
chmod +x "$T/facts"
facts=EXEC:$T/facts

# --- streams -----------------------------------------------------------------

p=$(free_port)
begin four "$RELAY" -d -d -t 5 "SOCKET-LISTEN:2:6:$(hex "$p")x7f000001$none" \
    "$facts"
is "$(echo hello | socat -t 5 - "TCP4:127.0.0.1:$p,bind=127.0.0.2:0" |
    sed 's/^PEERPORT=[1-9].*/PEERPORT=some/')" \
    "PEERADDR=127.0.0.2
PEERPORT=some
SOCKADDR=127.0.0.1
SOCKPORT=$p
HELLO" 'SOCKET-LISTEN: a client of TCP, and what a program is told'
finish four 10

begin tcp socat -d -d -t 5 TCP6-LISTEN:0,reuseaddr PIPE
p=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' "$T/tcp.err")
is "$(echo hello | "$RELAY" -t 5 - \
    "SOCKET-CONNECT:10:6:$(hex "$p")$six,bind=x0000$six")" hello \
    'SOCKET-CONNECT: IPv6, with bind'
finish tcp 10

cd "$T" || exit 1
for path in 'way\000' '\000relay 1\000x'; do
	rm -f way
	begin un "$RELAY" -d -d -t 5 "SOCKET-LISTEN:1:0:$(data "$path")" PIPE
	is "$(echo hello | "$RELAY" -t 5 - \
	    "SOCKET-CONNECT:1:0:$(data "$path")")" hello "unix: $(data "$path")"
	finish un 10
	log un | sed -n 1,2p >un.log
done
is "$(cat un.log)" 'N listening on AF=1 "\0relay 1\0x"
N accepting connection from AF=1 "<anon>" on AF=1 "\0relay 1\0x"' \
    'an abstract name is shown to its end'
rm -f way
begin un socat -d -d UNIX-LISTEN:way PIPE
is "$(echo hello | "$RELAY" -t 5 - 'SOCKET-CONNECT:1:0:\"way\"')" hello \
    'unix: a name in quotes'
finish un 10

# --- range -------------------------------------------------------------------

begin range "$RELAY" -d -d -t 5 "SOCKET-LISTEN:2:6:x0000x00000000$none,fork,range=x00007f000002:x0000ffffffff" \
    'SYSTEM:echo in'
p=$(port range)
is "$(socat - "TCP4:127.0.0.1:$p,bind=127.0.0.2" </dev/null)" in \
    'range: data and mask let in'
is "$(socat - "TCP4:127.0.0.1:$p,bind=127.0.0.3" </dev/null)" '' \
    'range: ... and keep out'
like "$(log range)" \
    'W refusing connection from AF=2 127.0.0.3:[0-9]+ due to range option' \
    'range: ... and say so'
stop range

# wrong WANT ADDRESS: what relay says of it, with the place
wrong() {
	is "$("$RELAY" - "$2" </dev/null 2>&1 | sed 's/^[^]]*\] //')" "$1" \
	    "wrong: $2"
}
L=SOCKET-LISTEN:2:6:x0000
wrong "E syntax error in range \"x00\": use <addr>:<mask>
  $L,range=x00
                                ^~~" "$L,range=x00"
wrong "E network address is 2 bytes long, mask is 1 bytes long
  $L,range=x0000:x00
                                ^~~~~~~~~" "$L,range=x0000:x00"
wrong 'E syntax error in "x0"
  SOCKET-CONNECT:2:6:x0
                     ^~
  odd number of hexadecimal digits' SOCKET-CONNECT:2:6:x0
wrong 'E syntax error in "x0"
  SOCKET-DATAGRAM:2:2:17:x00,bind=x0
                                  ^~
  odd number of hexadecimal digits' SOCKET-DATAGRAM:2:2:17:x00,bind=x0
wrong 'E garbage in parameter: "PF_INET"
  SOCKET-CONNECT:PF_INET:6:x0000
                 ^~~~~~~
  domain, type and protocol are numbers: 2 is PF_INET, 1 SOCK_STREAM, 6 TCP' \
    SOCKET-CONNECT:PF_INET:6:x0000
wrong 'E "icmp" is no protocol of IP
  IP4-SENDTO:127.0.0.1:icmp
                       ^~~~
  it is a number, as in /etc/protocols: ICMP is 1' IP4-SENDTO:127.0.0.1:icmp
is "$("$T/socat" - SOCKET-CONNECT:2:6:x0 </dev/null 2>&1 |
    sed 's/^.*\] //')" 'odd number of hexadecimal digits
E syntax error in "x0"' 'as socat: its words in its order'
long=$(perl -e 'print "00" x 127')
wrong "E data too long: \"x$long\"
  $(echo "SOCKET-SENDTO:2:2:17:x$long" | cut -c 1-72)
                       ^$(perl -e 'print "~" x 50')" "SOCKET-SENDTO:2:2:17:x$long"

# --- packets -----------------------------------------------------------------

p=$(free_port)
begin from "$RELAY" -d -d -t 5 \
    "SOCKET-RECVFROM:2:2:17:$(hex "$p")x7f000001$none,fork" "$facts"
for i in 1 2; do
	is "$(echo "hello $i" | socat -t 1 - UDP4-SENDTO:127.0.0.1:$p |
	    sed 's/^PEERPORT=[1-9].*/PEERPORT=some/')" "PEERADDR=127.0.0.1
PEERPORT=some
HELLO $i" "SOCKET-RECVFROM: packet $i, and what a program is told"
done
is "$(echo x | "$RELAY" -t 1 - "SENDTO:2:2:17:$(hex "$p")x7f000001$none" |
    tail -n 1)" X 'SOCKET-SENDTO: its answer'
# What listens tells of a source port, what sends has one.
q=$(free_port)
is "$(echo x | "$RELAY" -t 1 - "UDP4-SENDTO:127.0.0.1:$p,sourceport=$q" |
    sed -n '2p;3p')" "PEERPORT=$q
X" 'UDP4-SENDTO with sourceport: an answer comes from another port'
stop from

rm -f a b
begin recv "$RELAY" -d -d -u 'SOCKET-RECV:1:2:0:\"a\"' "CREATE:$T/recv.got"
echo one | "$RELAY" -u - 'SOCKET-SENDTO:1:2:0:\"a\",bind=\"b\"'
echo two | "$RELAY" -u - 'DGRAM:1:2:0:\"a\"'
both() { [ "$(cat "$T/recv.got")" = "one
two" ]; }
wait_for 10 both
ok $? 'SOCKET-RECV: of a unix socket' || diag <"$T/recv.got"
stop recv
is "$(log recv | grep received)" 'N received packet with 4 bytes from AF=1 "b"
N received packet with 4 bytes from AF=0 "<anon>"' '... and its senders'

# --- packets of IP -----------------------------------------------------------

if [ "$(id -u)" != 0 ] || ! unshare -n true 2>/dev/null; then
	skip 8 'no network namespaces here'
	done_testing
fi
start ns unshare -n sleep 600
ns=$(cat "$T/ns.pid")
apart() { [ "$(readlink "/proc/$ns/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
wait_for 10 apart
in_ns() { nsenter -t "$ns" -n "$@"; }
in_ns ip link set lo up

# The portable build is not told of what comes beside a packet.
told() { if portable; then grep -v '^IP_TTL=\|Ancillary'; else cat; fi; }
begin raw nsenter -t "$ns" -n "$RELAY" -d -d -t 5 \
    IP4-RECVFROM:253,fork,range=127.0.0.2/31,ip-recvttl "$facts"
echo other | in_ns "$RELAY" -u - IP4-SENDTO:127.0.0.1:253,bind=127.0.0.9
for i in 2 3; do
	is "$(echo "hello $i" | in_ns "$RELAY" -t 1 - \
	    "IP4:127.0.0.1:253,bind=127.0.0.$i,ttl=3$i")" \
	    "$(printf 'IP_TTL=%s\n' 3$i "PEERADDR=127.0.0.$i" "HELLO $i" |
	    sed '2,$s/^IP_TTL=//' | told)" "IP4-RECVFROM: packet $i is answered, without its header"
done
is "$(log raw | sed '/^W/q')" "$(told <<'END'
N receiving IP protocol 253
N receiving packet from AF=2 127.0.0.9:0
N Ancillary message: ttl=64
W refusing connection from AF=2 127.0.0.9:0 due to range option
END
)" \
    'IP4-RECVFROM: one that is not let in, and no end'
stop raw

# RFC 791: options make the header longer; 7 is to record the route.
begin opts nsenter -t "$ns" -n "$RELAY" -d -d -u IP4-RECV:253 \
    "CREATE:$T/opts.got"
echo route | in_ns "$RELAY" -u - 'IP4-SENDTO:127.0.0.1:253,ip-options=x07070400000000x00'
got() { [ -s "$T/$1.got" ]; }
wait_for 10 got opts
is "$(cat "$T/opts.got")" route 'IP4-RECV: a header with options is taken off'
is "$(log opts | grep received)" \
    'N received packet with 34 bytes from AF=2 127.0.0.1:0' '... and told of'
stop opts

begin two nsenter -t "$ns" -n "$RELAY" -d -d -u IP6-RECV:253 \
    "CREATE:$T/two.got"
echo six | in_ns "$RELAY" -u - 'IP-DATAGRAM:[::1]:253'
wait_for 10 got two
is "$(cat "$T/two.got")" six 'IP6-RECV: IPv6 has no header to be taken off'
stop two

# A header of one's own: 127.0.0.7 sends, by protocol 253.
begin own nsenter -t "$ns" -n "$RELAY" -d -d -u IP4-RECV:253 \
    "CREATE:$T/own.got"
printf 'E\0\0\030\0\0\0\0\100\375\0\0\177\0\0\007\177\0\0\001text' |
    in_ns "$RELAY" -u - IP4-SENDTO:127.0.0.1:253,ip-hdrincl
wait_for 10 got own
is "$(cat "$T/own.got") $(log own | grep received)" \
    'text N received packet with 24 bytes from AF=2 127.0.0.7:0' \
    'ip-hdrincl: the header comes from the data'
stop own
stop ns
done_testing
