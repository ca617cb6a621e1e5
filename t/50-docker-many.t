#!/bin/sh
# 50-docker-many.t: thousands of exposed ports, and when --docker is ready: not
# before the engine has answered and all that is known listens; all listen
# before the first is served; TERM is heard meanwhile; a new address of a
# container moves all its links; thousands of events leave no memory taken; the processes of links have no --ready-fd.
. "${0%/*}/lib.sh"
. "${0%/*}/engine.sh"
need perl ss

# Fixed ports, at an address that another run of this test does not have.
alone=127.79.$(($$ / 250 % 250)).$(($$ % 250 + 1))
follow() {
	name=$1
	shift
	start "$name" "$RELAY" -d -d --docker-host="$ENGINE" \
	    "--listen-opts=bind=$alone" --ready-fd=7 --docker "$@" \
	    7>"$T/$name.ready"
}
is_ready() { [ -s "$T/$1.ready" ]; }
says() { grep -qs "$2" "$T/$1.err"; }
listeners() { ss -ltnH src "$alone" | wc -l; }
listening_on() { [ "$(listeners)" = "$1" ]; }
children() { ps -o pid= --ppid "$(cat "$T/$1.pid")"; }
processes() { children "$1" | wc -l; }
ports() { perl -e 'print join " ", map { "$_/tcp" }
    $ARGV[0] .. $ARGV[0] + $ARGV[1] - 1' "$1" "$2"; }

# An engine that is away: not ready, whatever listens.
follow away few nosuch
wait_for 10 says away 'trying again'
is "$(cat "$T/away.ready")$(listeners)" 0 'without an engine it is not ready'
container few 1 true $(ports 20001 3)
engine_begin
ok "$(wait_for 20 is_ready away; echo $?)" 'it is when the engine has answered' ||
    diag <"$T/away.err"
is "$(listeners) $(processes away)" '3 3' 'all ports are served then'
is "$(wc -c <"$T/away.ready")" 1 'that is said once'
is "$(for kid in $(children away); do readlink "/proc/$kid/fd/7"; done)" '' \
    'links have no --ready-fd'
stop away
is "$STATUS" 0 'TERM ends it with 0'

# Nothing to link is ready as well.
follow none nosuch
ok "$(wait_for 20 is_ready none; echo $?)" 'a container that is not there (yet)'
stop none

# Many ports: all of them listen long before the last is served.
container many 2 true $(ports 20001 1500)
follow many many
wait_for 20 listening_on 1500
served=$(processes many)
ok "$([ "$served" -lt 1500 ]; echo $?)" '1,500 ports listen, not all are served' ||
    diag "$served"
is "$(cat "$T/many.ready")" '' 'it is not ready'
stop many
is "$STATUS$(cat "$T/many.ready")" 0 'TERM is heard meanwhile'
wait_for 10 listening_on 0
ok $? 'and no port listens any more'

# Those that wait for their turn still get what a client has sent.
start target "$RELAY" TCP4-LISTEN:20300,bind=127.0.0.1,fork,reuseaddr PIPE
container many 3 true $(ports 20001 300)
follow turn many
wait_for 20 listening_on 300
is "$(echo first | "$RELAY" -t 20 - "TCP4:$alone:20300" 2>&1)" first \
    'a client of the last port waits for its turn'
ok "$(wait_for 20 is_ready turn; echo $?)" 'then all are'
is "$(processes turn)" 300 'a process for each' 
kids=$(children turn)
sed 's/127.0.0.1/127.0.0.2/' "$T/engine/many" >"$T/many.new"
mv "$T/many.new" "$T/engine/many"
event start 3
moved() { [ "$(grep -c ' goes to 127.0.0.2:' "$T/turn.err")" = 300 ]; }
ok "$(wait_for 20 moved; echo $?)" 'an address changes, for all ports'
new() { children turn | perl -e 'my %old = map { $_ => 1 } split " ", $ARGV[0];
    my @new = grep { !$old{$_} } map { split } <STDIN>;
    exit !(@new == 300)' "$kids"; }
ok "$(wait_for 20 new; echo $?)" 'each gets another process'
is "$(listeners)" 300 'and all listen on'
stop turn
is "$STATUS" 0 'TERM ends it with 0'
stop target

# Events that change nothing. A leak of 16 bytes of each makes the heap grow
# by half a megabyte, in every batch.
container one 4 true 20001/tcp
follow events one
wait_for 20 is_ready events
heap() {
	awk '/^Anonymous/ { print $2 }' \
	    "/proc/$(cat "$T/events.pid")/smaps_rollup"
}
eaten() { [ ! -e "$T/engine/event" ]; }
flood() {
	perl -e 'printf q({"Type":"container","Action":"rename","Actor":{"ID":) .
	    q("%064d"}}), 4 for 1 .. 20000' >"$T/engine/event.new"
	mv "$T/engine/event.new" "$T/engine/event"
	wait_for 20 eaten
}
flood
sizes=$(heap) grown=0
while [ $grown -lt 4 ]; do
	flood
	sleep 1		# fixed: that nothing comes of it is the test
	before=${sizes##* }
	sizes="$sizes $(heap)"
	[ "${sizes##* }" -gt "$before" ] || break
	grown=$((grown + 1))
done
ok "$([ $grown -lt 4 ]; echo $?)" "20,000 events need no more memory: $sizes kB"
stop events
done_testing
