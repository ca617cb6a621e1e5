#!/bin/sh
# Lines for the journal of systemd: where $JOURNAL_STREAM names the file that
# stderr is, each has the priority of its level, as sd-daemon(3) says; nowhere
# else, and never under the name socat.
. "${0%/*}/lib.sh"

ln -s "$RELAY" "$T/socat"

# The stream that stdin and stderr are, as systemd writes it.
stream() { stat -c %d:%i "$1"; }
# Each line without date, name and process id.
words() { sed 's/[0-9]*\/[0-9/]* [0-9:]* [a-z]*\[[0-9]*\] //' "$1"; }

# to FILE CMD...: stderr is FILE, and said to be the journal
to() {
	: >"$1"
	journal=$1
	shift
	JOURNAL_STREAM=$(stream "$journal") "$@" 2>>"$journal"
}
to "$T/j" "$RELAY" -d -d - TCP4:127.0.0.1:1 </dev/null
like "$(words "$T/j" | tail -n 1)" '^<5>N exit' 'a notice is of priority 5'
like "$(words "$T/j" | grep refused)" '^<[34]>[EW] ' 'what failed of 3 or 4'
to "$T/j" "$RELAY" TCP-LISTEN:80,forkk -
is "$(words "$T/j")" '<3>E unknown option "forkk"
<3>  TCP-LISTEN:80,forkk
<3>                ^~~~~
<3>  did you mean "fork"?' 'an error is of 3, with its caret and hint'
to "$T/j" "$RELAY" -d -d -d -d - PIPE </dev/null
is "$(words "$T/j" | sed 's/^<\(.\)>\(.\).*/\1\2/' | sort -u | tr '\n' ' ')" \
    "$(words "$T/j" | sed 's/^<.>\(.\).*/\1/' | sort -u |
    sed 's/E/3E/; s/W/4W/; s/N/5N/; s/I/6I/; s/D/7D/' | sort | tr '\n' ' ')" \
    'each level has its priority'
like "$(words "$T/j")" '^<6>I ' 'information is of 6'

# A supervisor, and the signal that ends a process
: >"$T/links.err"
start links sh -c 'JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec "$@"' \
    - "$RELAY" -d -d TCP4-LISTEN:0,fork PIPE TCP4-LISTEN:0,fork PIPE
wait_for 10 eval '[ "$(grep -c "listening on" "$T/links.err")" = 2 ]'
kill -9 "$(ps -o pid= --ppid "$PID" | head -n 1 | tr -d ' ')"
finish links 10
like "$(words "$T/links.err" | grep 'killed')" \
    '^<3>E link [12] .* was killed by signal 9; stopping the others$' \
    'a supervisor'
start one sh -c 'JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec "$@"' \
    - "$RELAY" -d -d TCP4-LISTEN:0,fork PIPE
wait_for 10 listening one
stop one
is "$(words "$T/one.err" | tail -n 2)" '<4>W exiting on signal 15
<5>N exit(143)' \
    'the signal that ends it'

# Elsewhere nothing is put before a line.
plain="E unknown option \"forkk\"
  TCP-LISTEN:80,forkk
                ^~~~~
  did you mean \"fork\"?"
JOURNAL_STREAM=1:1 "$RELAY" TCP-LISTEN:80,forkk - 2>"$T/j"
is "$(words "$T/j")" "$plain" 'stderr is another file'
JOURNAL_STREAM= "$RELAY" TCP-LISTEN:80,forkk - 2>"$T/j"
is "$(words "$T/j")" "$plain" 'an empty variable'
: >"$T/log"
to "$T/j" "$RELAY" -lf "$T/log" TCP-LISTEN:80,forkk -
is "$(words "$T/log")" "$plain" '-lf'
is "$(cat "$T/j")" '' 'all of it'
to "$T/j" "$T/socat" TCP-LISTEN:80,forkk -
is "$(words "$T/j")" 'E unknown option "forkk"' 'socat'
done_testing
