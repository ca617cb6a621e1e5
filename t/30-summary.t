#!/bin/sh
# The one line for each connection: there with -d alone, whatever else is
# not; who and where to by the addresses that were reached, as people write
# them, with the name of the link; why it ended, with the system's word. Not
# at -d0, without -d, or under the name socat.
. "${0%/*}/lib.sh"
need perl ss

ln -s "$RELAY" "$T/socat"

# Lines without date, name and process id; numbers that vary as letters.
words() {
	sed 's/^.*\[[0-9]*\] //; s/[0-9]*\.[0-9]* s,/S s,/;
	    s/\(finished [^>]*\(127\.0\.0\.1\|::1\]\):\)[0-9]*\( ->\)/\1P\3/' "$T/$1.err"
}
summed() { [ "$(grep -c ' finished ' "$T/$1.err")" -ge "$2" ]; }
ask() { printf hello | "$RELAY" -t 10 - "$1" >/dev/null 2>&1; }

# Where it is printed
for flags in -d -d1; do
	printf hello | "$RELAY" $flags - PIPE >/dev/null 2>"$T/one.err"
	is "$(words one)" 'N finished - -> PIPE: 5 bytes there, 5 back, S s, eof' \
	    "alone with $flags"
done
for flags in '' -d0; do
	printf hello | "$RELAY" $flags - PIPE >/dev/null 2>"$T/one.err"
	is "$(words one)" '' "none with \"$flags\""
done
printf hello | "$RELAY" -d -d - PIPE >/dev/null 2>"$T/one.err"
is "$(words one | grep -c finished)" 1 'once with -d -d'
printf hello | "$T/socat" -d -d - PIPE >/dev/null 2>"$T/one.err"
is "$(words one | grep -c finished)" 0 'none as socat'

# Clients and targets
t=$(free_port) p=$(free_port)
start target "$RELAY" TCP6-LISTEN:$t,fork,ipv6only=0 PIPE
answers $t
# line ADDRESS TARGET CLIENT NAME NAME: what is said of a connection that
# CLIENT makes to a relay from ADDRESS to TARGET
line() {
	n=$((n + 1))
	start l$n "$RELAY" -d -t 10 "$1" "$2"
	listener=${1%%,*}
	answers "${listener#*:}"
	ask "$3"
	wait_for 10 summed l$n 1
	is "$(words l$n)" "N finished $4 -> $5: 5 bytes there, 5 back, S s, eof" \
	    "$4 -> $5"
	stop l$n
}
n=0
next() { p=$(free_port); }
next; line TCP4-LISTEN:$p,fork TCP4:127.0.0.1:$t,nodelay \
    TCP4:127.0.0.1:$p 127.0.0.1:P 127.0.0.1:$t
next; line TCP6-LISTEN:$p,fork,ipv6only=0 "TCP6:[::1]:$t,nodelay" \
    TCP4:127.0.0.1:$p 127.0.0.1:P "[::1]:$t"
next; line TCP6-LISTEN:$p,fork,ipv6only=0 TCP:localhost:$t,pf=ip4 \
    "TCP6:[::1]:$p" '[::1]:P' 127.0.0.1:$t
next; line TCP4-LISTEN:$p,fork,pool=2 TCP4:127.0.0.1:$t \
    TCP4:127.0.0.1:$p 127.0.0.1:P 127.0.0.1:$t
next; line "UNIX-LISTEN:$T/u,fork,mode=600" TCP4:127.0.0.1:$t \
    "UNIX:$T/u" "UNIX-LISTEN:$T/u" 127.0.0.1:$t
next; line TCP4-LISTEN:$p,fork EXEC:cat,pipes TCP4:127.0.0.1:$p \
    127.0.0.1:P EXEC:cat
next; line TCP4-LISTEN:$p,fork EXEC:cat TCP4:127.0.0.1:$p \
    127.0.0.1:P EXEC:cat
start u "$RELAY" "UNIX-LISTEN:$T/v,fork" PIPE
answers "$T/v"
next; line TCP4-LISTEN:$p,fork "UNIX-CONNECT:$T/v" \
    TCP4:127.0.0.1:$p 127.0.0.1:P "$T/v"
stop u

# Links: their name, and the client of IPv4 that comes by IPv6
next
start link env -i "X_PORT_${p}_TCP=tcp://localhost:$t" "$RELAY" -d -4 --links
answers $p
ask TCP4:127.0.0.1:$p
wait_for 10 summed link 1
is "$(words link | grep -v -e '-> localhost')" \
    "N finished $p/tcp 127.0.0.1:P -> 127.0.0.1:$t: 5 bytes there, 5 back, S s, eof" \
    'a link'
stop link
next
start both env -i "X_PORT_${p}_TCP=tcp://127.0.0.1:$t" "$RELAY" -d --links
answers $p
ask TCP4:127.0.0.1:$p
wait_for 10 summed both 1
is "$(words both | grep finished)" \
    "N finished $p/tcp 127.0.0.1:P -> 127.0.0.1:$t: 5 bytes there, 5 back, S s, eof" \
    'a link that listens on both'
stop both
next
start pairs "$RELAY" -d "UNIX-LISTEN:$T/v,fork" PIPE \
    TCP4-LISTEN:$p,fork TCP4:127.0.0.1:$t
answers $p
ask TCP4:127.0.0.1:$p
wait_for 10 summed pairs 1
is "$(words pairs | grep finished)" \
    "N finished link 2 127.0.0.1:P -> 127.0.0.1:$t: 5 bytes there, 5 back, S s, eof" \
    'one of several pairs'
stop pairs
stop target

# Why
next
start why "$RELAY" -d TCP4-LISTEN:$p,fork TCP4:127.0.0.1:$t,nodelay
answers $p
ask TCP4:127.0.0.1:$p
wait_for 10 summed why 1
is "$(words why | grep finished)" "N finished 127.0.0.1:P -> \
TCP4:127.0.0.1:$t: 0 bytes there, 0 back, S s, connect failed: Connection refused" \
    'the target refuses'
stop why
"$RELAY" -d - TCP4:nosuch.invalid:9 </dev/null 2>"$T/one.err"
like "$(words one | grep finished)" \
    'connect failed: .*(Name|name|resolution)' 'no such host'
next
start idle "$RELAY" -d -T 0.2 TCP4-LISTEN:$p,fork PIPE
answers $p
printf x | "$RELAY" -t 10 -,ignoreeof TCP4:127.0.0.1:$p >/dev/null 2>&1
wait_for 10 summed idle 1
is "$(words idle)" 'N finished 127.0.0.1:P -> PIPE: 1 bytes there, 1 back, S s, idle timeout' \
    'idle'
stop idle
done_testing
