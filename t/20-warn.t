#!/bin/sh
# 20-warn.t: what is said without -d and at each level, under both names: a
# warning for each address of a host that cannot be reached, then an error
# with the address text; a client that is not let in; a try that fails before
# another; relay's own lines come after socat's
. "${0%/*}/lib.sh"

ln -s "$RELAY" "$T/socat"
socat=$T/socat
# A port below those of clients, where nobody listens.
closed=$(free_port)

# bare: log lines without their time and pid; descriptors without a number,
# and glibc's words where musl has others
bare() {
	sed 's/^....\/..\/.. ..:..:.. \([a-z]*\)\[[0-9]*\]/\1/
	    s/connect([0-9]*,/connect(FD,/; s/bind([0-9]*,/bind(FD,/
	    s/Address not available/Cannot assign requested address/
	    s/ [0-9.]* s, connect/ S s, connect/; s/FDs \[.*/FDs.../
	    s/\(local address AF=2 127.0.0.1:\)[0-9]*$/\1PORT/'
}

# said WANT NAME COMMAND...: what COMMAND prints on stderr; it ends with 1
said() {
	want=$1 title=$2
	shift 2
	"$@" </dev/null >"$T/out" 2>"$T/err"
	[ $? = 1 ]
	ok $? "$title: status 1"
	is "$(bare <"$T/err")" "$want" "... $title"
}

# --- levels ------------------------------------------------------------------
target=TCP4:127.0.0.1:$closed
warning="W connect(FD, AF=2 127.0.0.1:$closed, 16): Connection refused"
error="E $target: Connection refused"
both="socat $warning
socat $error"
for flags in '' -d -d1 '-d0 -d'; do
	said "$both" "socat $flags" "$socat" $flags - "$target"
done
said "socat $error" 'socat -d0' "$socat" -d0 - "$target"
notices="socat N reading from and writing to stdio
socat N opening connection to 127.0.0.1:$closed
socat N opening connection to AF=2 127.0.0.1:$closed
$both
socat N exit(1)"
for flags in -dd '-d -d' -d2 '-d0 -d -d' '-dd -d1 -d'; do
	said "$notices" "socat $flags" "$socat" $flags - "$target"
done

place="  $target
  ^$(printf '%s' "${target#?}" | tr -c '' '~')"
said "relay $warning
relay $error
$place" 'relay' "$RELAY" - "$target"
summary="relay N finished - -> $target: 0 bytes there, 0 back, S s, connect \
failed: Connection refused"
for flags in -d -d1; do
	said "relay $warning
relay $error
$place
$summary" "relay $flags" "$RELAY" $flags - "$target"
done
said "relay $error
$place" 'relay -d0' "$RELAY" -d0 - "$target"
said "relay N reading from and writing to stdio
relay N opening connection to 127.0.0.1:$closed
relay N opening connection to AF=2 127.0.0.1:$closed
relay $warning
relay $error
$place
$summary
relay N exit(1)" 'relay -d -d' "$RELAY" -d -d - "$target"

# --- one try after the other -------------------------------------------------
said "$both" 'socat says the last of three tries' "$socat" - \
    "$target,retry=2,interval=0.01"
again="$target: Connection refused; trying again in 0.010 s"
said "socat N opening connection to 127.0.0.1:$closed
socat N opening connection to AF=2 127.0.0.1:$closed
socat N connect(FD, AF=2 127.0.0.1:$closed, 16): Connection refused
socat N opening connection to AF=2 127.0.0.1:$closed
$both
socat N exit(1)" 'both of two tries as notices' "$socat" -d -d \
    "$target,retry=1,interval=0.01" -
place="  $target,retry=2,interval=0.01
  ^$(printf '%s' "${target#?},retry=2,interval=0.01" | tr -c '' '~')"
said "relay W $again
relay $warning
relay $error
$place" 'relay says the first as well' "$RELAY" - \
    "$target,retry=2,interval=0.01"

# --- other reasons -----------------------------------------------------------
for type in tcp4-connect UDP4; do
	said "socat W bind(FD, {AF=2 192.0.2.1:0}, 16): Cannot assign requested address
socat E $type:127.0.0.1:9: Cannot assign requested address" \
	    "an address to bind for $type" "$socat" - \
	    "$type:127.0.0.1:9,bind=192.0.2.1"
done
said 'socat E IPv6 netmask "[::1]/129" is too large' 'a netmask of IPv6' \
    "$socat" 'TCP6-LISTEN:0,range=[::1]/129' -
said 'socat E not a valid IPv6 netmask in "[::1]/x"' 'and no netmask' \
    "$socat" 'TCP6-LISTEN:0,range=[::1]/x' -
said 'socat E not a valid IPv4 netmask in "1.2.3.4:255.0.0"' \
    'and none of IPv4' "$socat" TCP4-LISTEN:0,range=1.2.3.4:255.0.0 -

# --- a host with several addresses -------------------------------------------
cat /etc/hosts >"$T/hosts"
printf '127.0.0.2 two.example\n127.0.0.1 two.example\n' >>"$T/hosts"
hosts() {
	unshare -m sh -c 'mount --bind "$T/hosts" /etc/hosts && exec "$@"' sh "$@"
}
# In which order they come is the resolver's business.
if hosts true 2>/dev/null; then
	hosts "$socat" - "TCP:two.example:$closed" </dev/null 2>"$T/err"
	first=$(sed -n '1s/.*AF=2 \(127.0.0.[12]\):.*/\1/p' "$T/err")
	second=127.0.0.$((3 - ${first##*.}))
	said "socat W connect(FD, AF=2 $first:$closed, 16): Connection refused
socat W connect(FD, AF=2 $second:$closed, 16): Connection refused
socat E TCP:two.example:$closed: Connection refused" 'two that refuse' \
	    hosts "$socat" - "TCP:two.example:$closed"
	start server "$RELAY" -d -d "TCP4-LISTEN:0,bind=$second,fork" PIPE
	port=$(port server)
	is "$(echo hello | hosts "$socat" -d -d -t 5 - "TCP:two.example:$port" \
	    2>"$T/err")" hello 'the second answers'
	is "$(bare <"$T/err" | sed -n '2,/starting/p')" \
	    "socat N opening connection to two.example:$port
socat N opening connection to AF=2 $first:$port
socat W connect(FD, AF=2 $first:$port, 16): Connection refused
socat N opening connection to AF=2 $second:$port
socat N successfully connected from local address AF=2 127.0.0.1:PORT
socat N successfully connected to two.example:$port
socat N starting data transfer loop with FDs..." '... and that is said'
else
	skip 4 'no mount namespace here'
fi

# --- a client that is not let in ---------------------------------------------
for who in socat relay; do
	port=$(free_port)
	refused="$who W refusing connection from AF=2 127.0.0.1:PORT"
	refused="$refused due to range option"
	seen() { [ "$(bare <"$T/door.err" | sed 's/1:[0-9]* due/1:PORT due/')" = \
	    "$refused" ]; }
	knock() { perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(
	    PeerAddr => "127.0.0.1:$ARGV[0]")' "$port"; }
	[ $who = socat ] && name=$socat || name=$RELAY
	start door "$name" "TCP4-LISTEN:$port,fork,reuseaddr,range=10.0.0.0/8" PIPE
	wait_for 10 knock || ok 1 'it listens'
	wait_for 10 seen
	ok $? "$who says who is not let in" || diag <"$T/door.err"
	stop door
done

done_testing
