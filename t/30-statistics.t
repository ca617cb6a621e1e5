#!/bin/sh
# --statistics and SIGUSR1: printed at every level, for a transfer, for a
# listener that waits for its client, for listeners with fork or pool and for
# links (sums over children that have ended and that still run), at the end
# and at an end by a signal, under both names.
. "${0%/*}/lib.sh"

ln -s "$RELAY" "$T/socat"

# Lines without date, name and process id.
words() { sed 's/^.*\[[0-9]*\] //' "$T/$1.err"; }
# two THERE BACK: the lines of socat with packets and bytes of either way
two() {
	printf 'I STATISTICS: left to right: %s packets(s), %s byte(s)\n' $1
	printf 'I STATISTICS: right to left: %s packets(s), %s byte(s)\n' $2
}
experimental='W statistics are experimental'
printed() { [ "$(words "$1" | grep -c 'STATISTICS: left')" -ge "$2" ]; }

# One transfer, at every level
for level in -d0 ''; do
	printf hello | "$RELAY" $level --statistics - PIPE >/dev/null 2>"$T/r.err"
	is "$(words r)" "$(two '1 5' '1 5')" "relay $level --statistics"
	printf hello | "$T/socat" $level --statistics - PIPE >/dev/null \
	    2>"$T/s.err"
	is "$(words s)" "$experimental
$(two '1 5' '1 5')" "socat $level --statistics"
done
printf hello | "$T/socat" -d -d --statistics - PIPE >/dev/null 2>"$T/s.err"
is "$(words s | tail -n 4)" "N exiting with status 0
$experimental
$(two '1 5' '1 5')" 'socat -d -d: after the last notice'
printf hello | "$RELAY" --statistics -u - /dev/null 2>"$T/r.err"
is "$(words r)" "$(two '1 5' '0 0' | head -n 1)" '-u: one way'
printf hello | "$RELAY" --statistics -U /dev/null - 2>"$T/r.err"
is "$(words r)" "$(two '0 0' '1 5' | tail -n 1)" '-U: the other'

# ask NAME: a connection of five bytes each way through NAME's port
ask() { printf hello | "$RELAY" -t 5 - "TCP4:127.0.0.1:$1" 2>&1; }
# hold PORT NAME: one that stays, after three bytes each way
hold() {
	start "$2" perl -MIO::Socket::INET -e '$| = 1; $s = IO::Socket::INET->new(
	    "127.0.0.1:$ARGV[0]") or die; syswrite $s, "abc";
	    sysread $s, $b, 3; print $b; <$s>' "$1"
	wait_for 10 grep -q abc "$T/$2.out"
}
# usr1 NAME N: to NAME, which has printed N times then
usr1() {
	kill -USR1 "$(cat "$T/$1.pid")"
	wait_for 10 printed "$1" "$2"
}

for who in relay socat; do
	prog=$RELAY first=
	[ $who = relay ] || prog=$T/socat first="$experimental
"

	# A transfer
	mkfifo "$T/$who.in"
	perl -e 'exec @ARGV' "$prog" -d0 - PIPE <"$T/$who.in" \
	    >"$T/u.$who.out" 2>"$T/u.$who.err" &
	echo $! >"$T/u.$who.pid"
	PIDS="$PIDS $!"
	exec 9>"$T/$who.in"
	printf hello >&9
	wait_for 10 test -s "$T/u.$who.out"
	usr1 u.$who 1
	is "$(words u.$who)" "$first$(two '1 5' '1 5')" \
	    "$who: USR1 in a transfer at -d0"
	exec 9>&-
	finish u.$who 10

	# A listener with fork: none yet, one that ended, one that runs
	p=$(free_port)
	start f.$who "$prog" -d0 TCP4-LISTEN:$p,fork,bind=127.0.0.1 PIPE
	answers $p
	ask "$p" >/dev/null
	hold "$p" h.$who
	usr1 f.$who 1
	got=$(words f.$who)
	want="$first$(two '2 8' '2 8')"
	[ $who = socat ] || want="$want
I TCP4-LISTEN:$p -> PIPE: N connections now, 2 in all, 0 refused, 8 bytes there, 8 back"
	is "$(echo "$got" | sed 's/[12] connections now/N connections now/')" \
	    "$want" "$who: USR1 to a listener with fork at -d0"
	stop h.$who
	stop f.$who
	is "$STATUS" 143 'TERM ends it'

	# The same by --statistics, when it ends by a signal
	p=$(free_port)
	start e.$who "$prog" -d0 --statistics TCP4-LISTEN:$p,fork PIPE
	answers $p
	ask "$p" >/dev/null
	wait_for 10 printed e.$who 1
	pid=$(cat "$T/e.$who.pid")
	is "$(grep -v "\[$pid\]" "$T/e.$who.err" | sed 's/^.*\[[0-9]*\] //')" \
	    "$first$(two '1 5' '1 5')" "$who: a child tells of its own"
	stop e.$who
	is "$STATUS" 143 'TERM ends it'
	want="$first$(two '1 5' '1 5')"
	[ $who = socat ] || want="$want
I TCP4-LISTEN:$p -> PIPE: N connections now, 1 in all, 0 refused, 5 bytes there, 5 back"
	is "$(grep "\[$pid\]" "$T/e.$who.err" | sed 's/^.*\[[0-9]*\] //
	    s/[01] connections now/N connections now/')" "$want" \
	    "$who: the listener tells of all, at its end by a signal"
done

# Nothing was transferred yet
p=$(free_port)
start none "$T/socat" -d0 TCP4-LISTEN:$p,fork PIPE
answers $p
kill -USR1 "$PID"
said() { grep -q 'not yet started' "$T/none.err"; }
wait_for 10 said
is "$(words none)" 'W transfer engine not yet started, statistics not available' \
    'socat: nothing was transferred yet'
stop none
p=$(free_port)
start first "$RELAY" -d0 TCP4-LISTEN:$p PIPE
answers $p
usr1 first 1
is "$(words first)" "$(two '0 0' '0 0')" 'a listener that waits for its client'
is "$(ask "$p")" hello '... and still gets it'
finish first 10
p=$(free_port)
start timed "$RELAY" -d0 TCP4-LISTEN:$p,accept-timeout=20 PIPE
answers $p
usr1 timed 1
is "$(words timed)" "$(two '0 0' '0 0')" '... no longer than accept-timeout'
stop timed

# A transfer that a signal ends
start term "$RELAY" -d0 --statistics PIPE PIPE
wait_for 10 test -e "/proc/$PID/fd/4"
stop term
is "$STATUS" 143 'TERM ends a transfer'
is "$(words term)" "$(two '0 0' '0 0')" 'with its statistics'

# A busy transfer has no quiet moment
start busy "$RELAY" -d -d -u /dev/zero /dev/null
wait_for 10 grep -q 'starting data transfer' "$T/busy.err"
usr1 busy 1
like "$(words busy)" 'left to right: [1-9][0-9]* packets' \
    'a transfer that never pauses'
stop busy

# A pool
p=$(free_port)
start pool "$RELAY" -d0 TCP4-LISTEN:$p,fork,pool=2 PIPE
answers $p
ask "$p" >/dev/null
hold "$p" held
usr1 pool 1
is "$(words pool | sed 's/[12] connections now/N connections now/')" \
    "$(two '2 8' '2 8')
I TCP4-LISTEN:$p -> PIPE: N connections now, 2 in all, 0 refused, 8 bytes there, 8 back" \
    'a pool'
stop held
stop pool

# Links: the sum, and each
p=$(free_port) q=$(free_port)
start links "$RELAY" -d0 --statistics TCP4-LISTEN:$p,fork PIPE \
    TCP4-LISTEN:$q,fork TCP4:127.0.0.1:$p
answers $p && answers $q
ask "$q" >/dev/null
pid=$PID
wait_for 10 printed links 2
mine() { grep "\[$pid\]" "$T/links.err" | sed 's/^.*\[[0-9]*\] //'; }
of_links="$(two '2 10' '2 10')
I 1 (TCP4-LISTEN:$p,fork -> PIPE): N connections now, 1 in all, 0 refused, 5 bytes there, 5 back
I 2 (TCP4-LISTEN:$q,fork -> TCP4:127.0.0.1:$p): N connections now, 1 in all, 0 refused, 5 bytes there, 5 back"
kill -USR1 $pid
wait_for 10 eval '[ "$(mine | grep -c " in all")" = 2 ]'
is "$(mine | sed 's/[01] connections now/N connections now/')" "$of_links" \
    'links by USR1'
stop links
is "$STATUS" 0 'TERM'
is "$(mine | sed 's/[01] connections now/N connections now/')" "$of_links
$of_links" 'and at the end'

# A client with fork
p=$(free_port)
start echo "$RELAY" TCP4-LISTEN:$p,fork PIPE
answers $p
start client "$RELAY" -d0 TCP4:127.0.0.1:$p,fork,interval=30 \
    SYSTEM:'printf hello; cat >/dev/null'
pid=$PID
wait_for 10 eval '[ -n "$(ps -o pid= --ppid $pid)" ]'
usr1 client 1
like "$(words client)" "I TCP4:127.0.0.1:$p -> SYSTEM:printf hello; cat >/dev/null: 1 connections now, 1 in all" \
    'a client with fork, in its interval'
stop client
stop echo
done_testing
