#!/bin/sh
# No descriptor of relay reaches a program that EXEC, SYSTEM or SHELL runs:
# the program sees 0, 1 and 2 and what fdin and fdout ask for, nothing else.
. "${0%/*}/lib.sh"
need ls

# What ls sees without relay is what it is to see behind it: a harness may
# leave descriptors open of its own.  ls itself opens /proc/self/fd, as the first number that is free
sees() {
	what=$1
	want=$2
	shift 2
	is "$("$RELAY" -t 10 "$@" 2>"$T/err" </dev/null | sort -n | tr '\n' ' ')" \
	    "$want" "$what" || diag <"$T/err"
}

plain=$(ls /proc/self/fd </dev/null 2>/dev/null | sort -n | tr '\n' ' ')
list='exec ls /proc/self/fd'
echo some >"$T/file"
mkfifo "$T/fifo"

sees 'EXEC' "$plain" - 'EXEC:ls /proc/self/fd'
sees 'EXEC first' "$plain" -U - 'EXEC:ls /proc/self/fd'
sees 'EXEC, pipes' "$plain" - 'EXEC:ls /proc/self/fd,pipes'
sees 'EXEC, stderr' "$plain" - 'EXEC:ls /proc/self/fd,stderr'
sees 'EXEC, setsid' "$plain" - 'EXEC:ls /proc/self/fd,setsid'
sees 'EXEC, nofork' "$plain" - 'EXEC:ls /proc/self/fd,nofork'
sees 'SYSTEM' "$plain" - "SYSTEM:$list"
sees 'SYSTEM, pipes' "$plain" - "SYSTEM:$list,pipes"
sees 'SHELL' "$plain" - "SHELL:$list"
sees 'a log file' "$plain" -lf "$T/log" - "SYSTEM:$list"
sees 'a lock file' "$plain" -L "$T/lock" - "SYSTEM:$list"
sees 'dumps to files' "$plain" -r "$T/r" -R "$T/R" - "SYSTEM:$list"
sees 'a file as the other end' "$plain" -U \
    "OPEN:$T/file!!STDOUT" "SYSTEM:$list"
sees 'two programs' "$plain" - "SYSTEM:$list!!SYSTEM:cat"

# beside WHAT ADDRESS: the program comes second and writes to a file
beside() {
	rm -f "$T/seen"
	"$RELAY" -u "$2" "SYSTEM:$list >$T/seen" </dev/null 2>"$T/err"
	is "$(sort -n "$T/seen" | tr '\n' ' ')" "$plain" "$1" ||
	    diag <"$T/err"
}
beside 'a program beside a program' "EXEC:sleep 0.1"
beside 'a program beside a file' "OPEN:$T/file"
(echo x >"$T/fifo") &
beside 'a program beside a named pipe' "OPEN:$T/fifo"

# fdin and fdout are the program's own: these two and no more
is "$("$RELAY" -t 10 - "SYSTEM:ls /proc/self/fd >&6,fdin=5,fdout=6" </dev/null \
    2>"$T/err" | sort -n | tr '\n' ' ')" "$(echo "$plain" 5 6 | tr " " "\n" | sort -n | grep . | tr "\n" " ")" 'fdin and fdout' ||
    diag <"$T/err"

# Behind every kind of listener, with and without fork
for how in '' ,fork; do
	start "tcp$how" "$RELAY" -d -d "TCP4-LISTEN:0$how" "SYSTEM:$list"
	is "$("$RELAY" -t 5 - "TCP4:127.0.0.1:$(port "tcp$how")" </dev/null |
	    sort -n | tr '\n' ' ')" "$plain" "behind TCP4-LISTEN$how"
	start "unix$how" "$RELAY" -d -d "UNIX-LISTEN:$T/s${#how}$how" \
	    "SYSTEM:$list"
	wait_for 10 test -S "$T/s${#how}"
	is "$("$RELAY" -t 5 - "UNIX:$T/s${#how}" </dev/null |
	    sort -n | tr '\n' ' ')" "$plain" "behind UNIX-LISTEN$how"
	start "udp$how" "$RELAY" -d -d -T 3 "UDP4-LISTEN:0$how" \
	    "SYSTEM:ls /proc/self/fd >$T/seen; mv $T/seen $T/udp"
	echo | "$RELAY" -u - "UDP4:127.0.0.1:$(port "udp$how")"
	wait_for 10 test -s "$T/udp"
	is "$(sort -n "$T/udp" | tr '\n' ' ')" "$plain" \
	    "behind UDP4-LISTEN$how"
	rm -f "$T/udp"
done

# Many connections before: the numbers do not creep up
start late "$RELAY" -d -d TCP4-LISTEN:0,fork "SYSTEM:$list"
late=$(port late)
i=0
while [ $i -lt 30 ]; do
	"$RELAY" -t 5 - "TCP4:127.0.0.1:$late" </dev/null >"$T/last"
	i=$((i + 1))
done
is "$(sort -n "$T/last" | tr '\n' ' ')" "$plain" 'after 30 connections'
done_testing
