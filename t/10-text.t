#!/bin/sh
# TEXT and STALL beyond what socat's records say (t/60-compat-other.t): long
# texts, both ways, clients one after the other, an end that takes nothing.
. "${0%/*}/lib.sh"
cd "$T" || exit 1

is "$("$RELAY" -u TEXT:'a:b' - 2>&1 | sed -n 's/.* E //p' | cut -d: -f 1-2)" \
    'TEXT: wrong number of parameters (2 instead of 1)' 'a colon is no text'
is "$("$RELAY" -u TEXT:'a\:b\,c' -)" 'a:b,c' 'but it is behind a backslash'
is "$("$RELAY" -u 'TEXT:HELO\r\n\0lost' - | od -An -c | tr -d ' ')" \
    'HELO\r\n' 'control characters, and a NUL at the end'
long=$(head -c 60000 /dev/zero | tr '\0' x)
"$RELAY" -u "TEXT:$long" - >got
is "$(wc -c <got | tr -d ' ')" 60000 'a text of 60,000 bytes'
like "$("$RELAY" -u "TEXT:$long$long" - 2>&1 | head -n 1)" \
    'E a pipe cannot take a text of 120000 bytes; use OPEN:<file>$' \
    'one that is too long'

# Each client gets it, and what it says goes to stdout.
start server "$RELAY" -d -d TCP4-LISTEN:0,bind=127.0.0.1,fork TEXT:hello
port=$(port server)
for i in 1 2; do
	is "$(printf "client $i;" | timeout 10 "$RELAY" -t 5 - \
	    "TCP4:127.0.0.1:$port")" hello "client $i gets the text"
done
heard() { [ "$(cat server.out)" = 'client 1;client 2;' ]; }
wait_for 10 heard
ok $? 'what clients say goes to stdout'
stop server
is "$(printf in | "$RELAY" - "TEXT:out!!CREATE:half"; cat half)" outin \
    'as the half of a dual address'

# STALL: nothing is read for it, nothing comes, and the processor has rest.
mkfifo fifo
start stall "$RELAY" -d -d -t 0.1 OPEN:fifo,rdonly!!CREATE:none STALL
echo lost >fifo &
wait_for 10 grep -q 'starting data transfer' stall.err
pid=$(cat stall.pid)
ticks() { awk '{ print $14 + $15 }' "/proc/$pid/stat"; }
before=$(ticks)
sleep 0.5
is "$(($(ticks) - before <= 2))" 1 'STALL does not spin'
stop stall
is "$STATUS $(wc -c <none | tr -d ' ')" '143 0' 'and ends by a signal'
is "$("$RELAY" -T 0.2 -u - STALL <fifo 2>&1 & echo x >fifo; wait $!; echo $?)" \
    0 'written to alone, it ends by -T'
is "$(timeout 10 "$RELAY" -T 0.2 -u STALL -; echo $?)" 0 'and so read from'
done_testing
