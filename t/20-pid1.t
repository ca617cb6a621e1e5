#!/bin/sh
# relay as process 1, as in a container: it acts on TERM, INT, HUP and QUIT,
# reaps orphans that are given to it, and serves.  Clients have -t 20: by
# default they would give up after half a second, which a busy machine needs.
. "${0%/*}/lib.sh"
need unshare
unshare --pid --fork --mount-proc true 2>/dev/null ||
    skip_all 'no new pid namespace is allowed here'

# The process that is 1 inside, as seen from here
inner() {
	for stat in /proc/[0-9]*/status; do
		if grep -qs "^PPid:.$1\$" "$stat"; then
			stat=${stat#/proc/}
			echo "${stat%/status}"
			return
		fi
	done
}

in_namespace() {
	start "$1" unshare --pid --fork --mount-proc "$RELAY" -d -d -t 20 \
	    "$2" "$3"
	port=$(port "$1")
	inner=$(inner "$(cat "$T/$1.pid")")
}

for pair in TERM:143 INT:130 HUP:129 QUIT:131; do
	in_namespace "s${pair#*:}" TCP4-LISTEN:0,fork PIPE
	is "$(echo hello | "$RELAY" -t 20 - "TCP4:127.0.0.1:$port")" hello \
	    'process 1 serves'
	is "$(grep NSpid "/proc/$inner/status" | awk '{ print $NF }')" 1 \
	    '... and is number 1'
	kill -"${pair%:*}" "$inner"
	finish "s${pair#*:}" 20
	is "$STATUS" "${pair#*:}" "it ends on ${pair%:*}" ||
	    kill -9 "$inner"
done

# Children whose parents have gone end up with it; no zombie may stay.
in_namespace orphans TCP4-LISTEN:0,fork \
    "SYSTEM:(sleep 0.2 & exit) & (sleep 0.3 & exit) & echo started"
for i in 1 2 3 4 5; do
	is "$(echo | "$RELAY" -t 20 - "TCP4:127.0.0.1:$port")" started \
	    "orphans are made ($i)"
done
no_children() {
	! grep -qs "^PPid:.$inner\$" /proc/[0-9]*/status
}
wait_for 20 no_children
ok $? 'process 1 reaps orphans' ||
    diag "$(grep -l "^PPid:.$inner\$" /proc/[0-9]*/status |
    xargs cat | grep -E '^(Name|State)')"
is "$(echo | "$RELAY" -t 20 - "TCP4:127.0.0.1:$port")" started 'and serves on'
kill -TERM "$inner"
finish orphans 20
is "$STATUS" 143 'and ends on TERM'
done_testing
