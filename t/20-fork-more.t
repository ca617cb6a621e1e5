#!/bin/sh
# fork beyond the usual listener on the left: clients that fork, with
# max-children, interval and children-shutup; on the right; both addresses;
# where it cannot be.  Under both names.
. "${0%/*}/lib.sh"
need perl ss

ln -s "$RELAY" "$T/socat"
start echo "$RELAY" -d -d TCP4-LISTEN:0,fork PIPE
E=$(port echo)

# How many programs ran at once at the most, by what they wrote
cat >"$T/run.sh" <<END
echo + >>$T/log.\$1; sleep 0.7; echo - >>$T/log.\$1
END
most() {
	awk '$1 == "+" { n++ } $1 == "-" { n-- } n > m { m = n }
	    END { print m + 0 }' "$T/log.$C"
}
# own WORDS: how many lines with them the parent has written
own() { grep "\[$(cat "$T/$C.pid")\]" "$T/$C.err" | grep -c "$1"; }
runs() { [ "$(grep -s + "$T/log.$C" | wc -l)" -ge "$1" ]; }

for as in "$RELAY" "$T/socat"; do
	who=${as##*/}
	for n in 1 2; do
		C=c1$who$n
		start "$C" "$as" -d -d \
		    "TCP4:127.0.0.1:$E,fork,interval=0.01,max-children=$n" \
		    "SYSTEM:sh $T/run.sh $C"
		wait_for 20 runs 5
		ok $? "$who: a client with max-children=$n goes on and on"
		stop "$C"
		is "$STATUS" 143 '... can be stopped'
		is "$(most)" $n "... $n at once"
	done
	# on the right, the left side being shared
	C=c2$who
	start "$C" "$as" -d -d PIPE \
	    "TCP4:127.0.0.1:$E,fork,interval=0.05,max-children=1"
	sleep 0.5
	stop "$C"
	is "$(own 'forked off child')" 1 \
	    "$who: max-children=1 of a client on the right"
	# many without it, and as many as there are intervals
	C=c3$who
	start "$C" "$as" -d -d "TCP4:127.0.0.1:$E,fork,interval=0.01" \
	    "SYSTEM:sh $T/run.sh $C"
	wait_for 20 runs 10
	stop "$C"
	[ "$(most)" -gt 3 ]
	ok $? "$who: many without max-children"
	C=c4$who
	start "$C" "$as" -d -d "TCP4:127.0.0.1:$E,fork,interval=60" SYSTEM:true
	zombies() { [ "$(ps -o stat= --ppid "$(cat "$T/$C.pid")" | wc -l)" = "$1" ]; }
	wait_for 10 grep -q 'forked off child' "$T/$C.err"
	wait_for 10 zombies 0
	ok $? "$who: children are waited for during the interval"
	is "$(own 'forked off child')" 1 '... which is kept'
	stop "$C"
	is "$STATUS" 143 '... and can be interrupted'
	C=c5$who
	start "$C" "$as" -d TCP4:127.0.0.1:1,fork,retry=2,interval=0.05 PIPE
	finish "$C" 10
	is "$STATUS" 1 "$who: nobody there, retry=2"
	like "$(cat "$T/$C.err")" '] E TCP4:127.0.0.1:1.*: Connection refused' '... with a line'
	# what is said by children alone
	C=c6$who
	start "$C" "$as" -d -d \
	    "TCP4:127.0.0.1:$E,fork,interval=60,children-shutup" SYSTEM:true
	wait_for 10 zombies 0
	sleep 0.1
	stop "$C"
	is "$(grep -c 'starting data transfer' "$T/$C.err")" 0 \
	    "$who: children-shutup of a client"
	is "$(own 'forked off child')" 1 \
	    '... and the parent goes on speaking'

	# a first listener without fork: its client comes first
	start l "$as" -d -d TCP4-LISTEN:0,shut-none TCP4-LISTEN:0,fork
	p=$(port l)
	start one "$RELAY" -u "TCP4:127.0.0.1:$p" "CREATE:$T/one"
	twice() { [ "$(grep -c 'N listening on' "$T/l.err")" -ge "$1" ]; }
	wait_for 10 twice 2
	ok $? "$who: the second listens when the first has its client"
	q=$(ss -tlnpH | sed -n "/pid=$(cat "$T/l.pid"),/{
	    s/.*[]0-9*]:\([0-9][0-9]*\) .*/\1/p;q;}")
	for i in 1 2; do
		echo "from $i" | "$RELAY" -u - "TCP4:127.0.0.1:$q"
	done
	have() { [ "$(sort "$T/one")" = "$1" ]; }
	wait_for 10 have 'from 1
from 2'
	ok $? '... and serves many, who share that client'
	stop l
	stop one
	# both fork: each client of the first has a listener of its own
	start l "$as" -d -d TCP4-LISTEN:0,fork,shut-none TCP4-LISTEN:0,fork
	p=$(port l)
	for i in 1 2; do
		: >"$T/c$i"
		before=$(grep -c 'N listening on' "$T/l.err")
		start "c$i" "$RELAY" -u "TCP4:127.0.0.1:$p" "OPEN:$T/c$i"
		wait_for 10 grep -q "forked off" "$T/l.err"
		kid() { ps -o pid= --ppid "$(cat "$T/l.pid")" | sed -n "$i{s/ //g;p}" | grep .; }
		wait_for 10 kid >/dev/null
		k=$(kid)
		where() { ss -tlnpH | sed -n "/pid=$k,/{
		    s/.*[]0-9*]:\([0-9][0-9]*\) .*/\1/p;}" | grep -v "^$p\$" | grep .; }
		wait_for 10 where >/dev/null
		q=$(where)
		for j in 1 2; do
			echo "$i $j" | "$RELAY" -u - "TCP4:127.0.0.1:$q"
		done
	done
	both() { [ "$(sort "$T/c1")-$(sort "$T/c2")" = "$1" ]; }
	wait_for 10 both '1 1
1 2-2 1
2 2'
	ok $? "$who: fork on both: two clients there for each one here"
	for k in $(ps -o pid= --ppid "$(cat "$T/l.pid")"); do kill "$k"; done
	stop l
	is "$STATUS" 143 '... and can be stopped'
	stop c1
	stop c2
	# a listener, and a client that forks
	start l "$as" -d -d TCP4-LISTEN:0,fork \
	    "TCP4:127.0.0.1:$E,fork,interval=0.02,max-children=1"
	p=$(port l)
	is "$(echo hi | "$RELAY" -t 3 - "TCP4:127.0.0.1:$p,readbytes=3")" hi \
	    "$who: a client that forks behind a listener that forks"
	for k in $(ps -o pid= --ppid "$(cat "$T/l.pid")"); do kill "$k"; done
	stop l
	# no limit
	start l "$as" -d -d TCP4-LISTEN:0,fork,max-children=0 PIPE
	is "$(echo hi | "$RELAY" - "TCP4:127.0.0.1:$(port l)")" hi \
	    "$who: max-children=0 is no limit, as with socat"
	stop l
done
done_testing
