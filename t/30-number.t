#!/bin/sh
# How numbers are read: ports are decimal whatever zeros lead, wherever one is
# written; times are what strtod(3) takes, and neither too long nor too short
# a one turns into another.  Under both names.
. "${0%/*}/lib.sh"
need perl

ln -s "$RELAY" "$T/socat"
ln -s "$RELAY" "$T/ambassador"

# A port that octal digits cannot spell
nines() {
	p=0
	while case $p in *[89]*) false ;; esac; do p=$(free_port); done
	echo "$p"
}

for as in "$RELAY" "$T/socat"; do
	who=${as##*/}
	p=$(nines) q=$(nines) d=$(nines) e=$(nines)
	start l "$as" -d -d "TCP4-LISTEN:0$p,fork,reuseaddr" PIPE
	is "$(port l)" "$p" "$who: TCP4-LISTEN:0PORT"
	for to in "TCP4:127.0.0.1:0$p" "TCP:localhost:000$p" \
	    "TCP4:127.0.0.1:+$p" "$(printf 'TCP4:127.0.0.1:0x%x' "$p")" \
	    "TCP4:127.0.0.1:$p,sourceport=0$q,reuseaddr" \
	    "TCP4:127.0.0.1:$p,bind=127.0.0.1:0$d,reuseaddr" \
	    "TCP4:127.0.0.1:$p,bind=:000$e,reuseaddr"; do
		is "$(echo hi | "$as" - "$to" 2>&1)" hi "$who: $to"
	done
	for from in "$q" "$d" "$e"; do
		grep -q "connection from AF=2 127.0.0.1:$from on" "$T/l.err"
		ok $? "$who: ... came from $from"
	done
	stop l
	start s "$as" -d -d "TCP4-LISTEN:$p,reuseaddr,sourceport=0$q" PIPE
	port s >/dev/null
	is "$(echo hi | "$as" - "TCP4:127.0.0.1:$p,sp=$q,reuseaddr" 2>&1)" hi \
	    "$who: sourceport=0PORT of a listener"
	finish s 5
	start u "$as" -d -d -T 5 "UDP4-LISTEN:0$p" PIPE
	port u >/dev/null
	is "$(echo hi | "$as" -t 9 - "UDP4:127.0.0.1:0$p,readbytes=3" 2>&1)" hi \
	    "$who: UDP4-LISTEN:0PORT and UDP4"
	stop u
	for bad in 080x 0x 08.0 065536 0x10000 -1; do
		"$as" "TCP4-LISTEN:$bad" PIPE 2>"$T/err" </dev/null
		is $? 1 "$who: port $bad is refused"
		like "$(cat "$T/err")" "] E .*port .*${bad#-}" \
		    '... by its name'
	done
	# Other numbers have the bases of strtol(3), as with socat.
	printf '0123456789' >"$T/digits"
	is "$("$as" -u "OPEN:$T/digits,seek=010" - 2>&1)" 89 \
	    "$who: seek=010 is eight"
	is "$("$as" -u "OPEN:$T/digits,readbytes=0x3" - 2>&1)" 012 \
	    "$who: readbytes=0x3"
	"$as" -u "OPEN:$T/new${who}0640,creat,perm=0640" - >/dev/null 2>&1
	is "$(stat -c %a "$T/new${who}0640")" 640 "$who: perm=0640 is octal"
	"$as" -u "OPEN:$T/new${who}604,creat,perm=604" - >/dev/null 2>&1
	is "$(stat -c %a "$T/new${who}604")" 604 "$who: perm=604 is octal as well"
done
is "$("$T/ambassador" --explain 127.0.0.1 "0$p" | sed -n 's/^link //p')" \
    "$("$T/ambassador" --explain 127.0.0.1 "$p" | sed -n 's/^link //p')" \
    'ambassador HOST 0PORT'

# Times

# Hundredths of a second of processor that w1, w2... have used
spent() {
	for i in $(seq $n); do
		cat "/proc/$(cat "$T/w$i.pid")/stat" 2>/dev/null
	done | awk '{ n += $14 + $15 } END { print n + 0 }'
}
late='cat >/dev/null; sleep 1; echo late'
for as in "$RELAY" "$T/socat"; do
	who=${as##*/}
	for t in inf INF infinity 9999999999 1e400 1e19 0x10 4294968 2147484 \
	    ' 3' +3; do
		start "t$t" "$as" -t "$t" - SYSTEM:"$late"
	done
	for t in inf 9999999999 1e400 4294968 2147484; do
		start "T$t" "$as" -T "$t" -u SYSTEM:"sleep 0.6; echo x" -
	done
	for t in inf INF infinity 9999999999 1e400 1e19 0x10 4294968 2147484 \
	    ' 3' +3; do
		finish "t$t" 10
		is "$(cat "$T/t$t.out" "$T/t$t.err")" late \
		    "$who: -t '$t' waits for what comes late"
	done
	for t in inf 9999999999 1e400 4294968 2147484; do
		finish "T$t" 10
		is "$(cat "$T/T$t.out" "$T/T$t.err")" x \
		    "$who: -T $t cuts nothing"
	done
	for flag in -t -T; do
		for bad in nan -1 -0.1 -inf 1x 1.2.3 x ''; do
			"$as" $flag "$bad" - PIPE </dev/null 2>"$T/err"
			is $? 1 "$who: $flag '$bad' is refused"
			like "$(cat "$T/err")" "] E .*\"$flag\"" '... by name'
		done
	done
	# A span of less than a millisecond is one, and not none.
	start a "$as" -d TCP4-LISTEN:0,accept-timeout=0.0005,fork PIPE
	finish a 5
	is "$STATUS" 0 "$who: accept-timeout=0.0005 ends at once"
	like "$(cat "$T/a.err")" '] W accept: (Connection|Operation) timed out$' \
	    '... with a line'
	n=0
	for t in 4294968 2147484 9999999999 inf 1e400 -1 nan 0; do
		n=$((n + 1))
		start "w$n" "$as" -d -d "TCP4-LISTEN:0,accept-timeout=$t,fork" \
		    PIPE
		n=$((n + 1))
		start "w$n" "$as" -d -d "TCP4-LISTEN:0,accept-timeout=$t" PIPE
		n=$((n + 1))
		start "w$n" "$as" -d -d \
		    "TCP4:127.0.0.1:1,retry=1,interval=$t,fork" PIPE
		case $t in -1|nan|0) ;; *) continue ;; esac
		finish "w$n" 5
		is "$STATUS" 1 "$who: interval=$t is no time"
	done
	# Fixed pauses: that nothing happens is the test.
	sleep 0.7
	before=$(spent)
	sleep 1
	after=$(spent)
	still=$(for i in $(seq $n); do
		ended "$(cat "$T/w$i.pid")" 0 || echo "$i"
	done)
	is "$(echo $still)" '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 19 20 22 23' \
	    "$who: accept-timeout and interval for ever and for long"
	[ $((after - before)) -lt 30 ]
	ok $? '... without spinning'
	for i in $still; do stop "w$i"; done
	"$as" TCP4:127.0.0.1:1,connect-timeout=-1 PIPE 2>"$T/err"
	is $? 1 "$who: connect-timeout=-1 is refused"
	like "$(cat "$T/err")" '] E .*"connect-timeout".*range' '... by name'
	for t in inf 4294968 0.0000001; do
		start l "$as" -d -d TCP4-LISTEN:0,fork PIPE
		got=$(echo hi | "$as" - \
		    "TCP4:127.0.0.1:$(port l),connect-timeout=$t" 2>&1)
		is "$got" hi "$who: connect-timeout=$t connects"
		stop l
	done
done

# What relay adds to socat
for t in inf 9999999999 2147484 4294968; do
	start d "$RELAY" -d -d --drain="$t" TCP4-LISTEN:0,fork PIPE
	p=$(port d)
	mkfifo "$T/in"
	start c "$RELAY" -u "OPEN:$T/in,rdwr" "TCP4:127.0.0.1:$p"
	wait_for 10 grep -q 'forked off' "$T/d.err"
	kill -TERM "$(cat "$T/d.pid")"
	wait_for 10 grep -q 'are finishing' "$T/d.err"
	sleep 0.3
	! ended "$(cat "$T/d.pid")" 0
	ok $? "--drain=$t waits for the client"
	stop c
	finish d 10
	is "$STATUS" 0 '... and no longer'
	rm "$T/in"
	start e "$RELAY" -d -d --exit-idle="$t" TCP4-LISTEN:0,fork PIPE
	wait_for 10 listening e
	sleep 0.3
	! ended "$(cat "$T/e.pid")" 0
	ok $? "--exit-idle=$t is not over"
	stop e
done
for flag in --drain --exit-idle --half-close --hold; do
	for bad in -1 nan 1x; do
		"$RELAY" --explain "$flag=$bad" - PIPE </dev/null 2>"$T/err"
		is $? 1 "$flag=$bad is refused"
		like "$(cat "$T/err")" "] E .*\"$flag\"" '... by name'
	done
	"$RELAY" "$flag=inf" -V >/dev/null 2>&1
	is $? 0 "$flag=inf"
done
done_testing
