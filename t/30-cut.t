#!/bin/sh
# A reply that -t cut off is said to be: by default, under the name relay,
# with the flag that allows more; not when nothing was cut, and socat is
# silent.
. "${0%/*}/lib.sh"
need perl ss

ln -s "$RELAY" "$T/socat"
words() { sed 's/^.*\[[0-9]*\] //'; }
# What answers later than the limit, and does not cut it off itself.
p=$(free_port)
start late "$RELAY" -t 20 TCP4-LISTEN:$p,fork SYSTEM:'cat >/dev/null; sleep 5'
answers $p
cut() { echo question | "$@" 2>&1 >/dev/null | words; }

is "$(cut "$RELAY" -t 0.2 - TCP4:127.0.0.1:$p)" 'W B had not ended: cut off after 0.200 s of silence; -t 60 would wait longer' 'relay says so'
is "$(cut "$RELAY" - TCP4:127.0.0.1:$p)" 'W B had not ended: cut off after 0.500 s of silence; -t 60 would wait longer' '... by default, and with the default'
is "$(cut "$RELAY" TCP4:127.0.0.1:$p -)" 'W A had not ended: cut off after 0.500 s of silence; -t 60 would wait longer' '... the other way round'
is "$(cut "$RELAY" -d0 - TCP4:127.0.0.1:$p)" '' '... not at -d0'
is "$(cut "$T/socat" -t 0.2 - TCP4:127.0.0.1:$p)" '' 'socat does not'
is "$(cut "$RELAY" -t 5 - PIPE)" '' 'nothing was cut'
is "$(cut "$RELAY" -u - TCP4:127.0.0.1:$p)" '' 'nor with one direction'

start sink "$RELAY" -d -d UDP4-LISTEN:0,fork,bind=127.0.0.1 PIPE
is "$(cut "$RELAY" - "UDP4:127.0.0.1:$(port sink)")" '' \
    'nor of datagrams: they have no end'
stop sink

# Links have a flag of their own.
q=$(free_port)
start link env -i "L_PORT_${q}_TCP=tcp://127.0.0.1:$p" "$RELAY" --links \
    --half-close=0.3
answers $q
echo question | "$RELAY" -t 10 - TCP4:127.0.0.1:$q >/dev/null
said() { grep -q 'cut off' "$T/link.err"; }
wait_for 10 said
is "$(grep ' W ' "$T/link.err" | words)" 'W B had not ended: cut off after 0.300 s of silence; --half-close=60 would wait longer' 'of a link --half-close'
stop link
stop late
done_testing
