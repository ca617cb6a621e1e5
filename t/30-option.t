#!/bin/sh
# What options of the shuttle do to bytes and ends: -u, -U, -b, line ends,
# readbytes, escape, ignoreeof, null-eof, shut-* and end-close, dumps to files.
. "${0%/*}/lib.sh"
need od

hex() { od -An -tx1 | tr -d ' \n'; }
r() { "$RELAY" -t 5 "$@"; }

# line ends
is "$(printf 'a\nb\n' | r STDIO,crnl EXEC:cat | hex)" 610d0a620d0a \
    'crnl on the way out, LF on the way in: both'
is "$(printf 'a\r\nb\r\n' | r -u STDIO,crnl STDOUT | hex)" 610a620a \
    'crnl takes CR away on input'
is "$(printf 'a\nb\n' | r -u STDIO STDOUT,crnl | hex)" 610d0a620d0a \
    'crnl adds CR on output'
is "$(printf 'a\nb\n' | r -u STDIO STDOUT,crlf | hex)" 610d0a620d0a 'crlf'
is "$(printf 'a\nb\n' | r -u STDIO STDOUT,cr | hex)" 610d620d 'cr on output'
is "$(printf 'a\rb\r' | r -u STDIO,cr STDOUT | hex)" 610a620a 'cr on input'
i=0
while [ $i -lt 3000 ]; do echo "line $i"; i=$((i + 1)); done >"$T/lines"
is "$(r -u -b 7 "OPEN:$T/lines" STDOUT,crnl | tr -d '\r' | cksum)" \
    "$(cksum <"$T/lines")" 'crnl with blocks that split lines'
sed 's/$/\r/' "$T/lines" >"$T/crlines"
is "$(r -u -b 7 "OPEN:$T/crlines,crnl" STDOUT | cksum)" \
    "$(cksum <"$T/lines")" 'crnl on input, CR and LF in different blocks'

# readbytes
is "$(printf 'hello world' | r -u STDIO,readbytes=5 STDOUT)" hello 'readbytes'
is "$(r -u "OPEN:$T/lines,readbytes=10000" STDOUT | cksum)" \
    "$(head -c 10000 "$T/lines" | cksum)" 'readbytes beyond a block'
is "$(printf 'hello' | r -u STDIO,readbytes=50 STDOUT)" hello \
    'readbytes with less than that'
is "$(printf 'hello' | r -u STDIO,bytes=2 STDOUT)" he 'bytes'

# escape
is "$(printf 'ab\033cd' | r -u STDIO,escape=27 STDOUT)" ab 'escape=27'
is "$(printf 'ab\001cd' | r -u STDIO,escape=0x01 STDOUT)" ab 'escape=0x01'
is "$(printf 'abcd' | r -u STDIO,escape=27 STDOUT)" abcd \
    'escape that does not come'

# ignoreeof: as tail -f
echo one >"$T/grow"
start tail "$RELAY" -u "OPEN:$T/grow,ignoreeof" "CREATE:$T/copy"
has() { [ "$(cat "$T/copy" 2>/dev/null)" = "$1" ]; }
wait_for 10 has one
ok $? 'ignoreeof: what is there'
echo two >>"$T/grow"
wait_for 10 has 'one
two'
ok $? 'ignoreeof: what is added'
stop tail

# one way only
is "$(echo in | r -U STDIO EXEC:'echo out')" out '-U: only the way back'
is "$(echo in | r -U STDIO "SYSTEM:cat; echo end" </dev/null)" end \
    '-U: nothing goes in'

# dumps to files
printf 'question' | r -r "$T/raw" -R "$T/RAW" STDIO \
    'SYSTEM:cat >/dev/null; printf answer' >/dev/null
is "$(cat "$T/raw")" question '-r has what went right'
is "$(cat "$T/RAW")" answer '-R has what went left'

# null-eof and shut-null: an empty packet is the end
start null "$RELAY" -u -d -d UDP4-LISTEN:0,null-eof "CREATE:$T/null"
null=$(port null)
printf 'packet' | "$RELAY" -u STDIO "UDP4:127.0.0.1:$null,shut-null"
finish null 10
is "$STATUS" 0 'null-eof and shut-null end a UDP transfer'
is "$(cat "$T/null")" packet '... with its bytes'

# shut-none: the other side does not learn of the end
start none "$RELAY" -d -d TCP4-LISTEN:0 "SYSTEM:cat >$T/none; echo >$T/ended"
none=$(port none)
start nonecl "$RELAY" -t 100 "OPEN:$T/grow" \
    "TCP4:127.0.0.1:$none,shut-none"
size() { [ -s "$T/none" ]; }
wait_for 10 size
ok $? 'shut-none: the bytes arrive'
sleep 0.3
[ ! -e "$T/ended" ]
ok $? '... but not the end'
stop nonecl
wait_for 10 test -e "$T/ended"
ok $? '... until relay ends'
stop none

# shut-down and shut-close say it at once
for shut in shut-down shut-close; do
	rm -f "$T/ended"
	start $shut "$RELAY" -d -d TCP4-LISTEN:0 \
	    "SYSTEM:cat >$T/none; echo >$T/ended"
	p=$(port $shut)
	"$RELAY" "OPEN:$T/grow" "TCP4:127.0.0.1:$p,$shut"
	wait_for 10 test -e "$T/ended"
	ok $? "$shut: the end arrives"
	is "$(cat "$T/none")" "$(cat "$T/grow")" '... after the bytes'
done

# dual addresses
echo from >"$T/from"
r "OPEN:$T/from!!CREATE:$T/to" "EXEC:sed s/from/to/"
is "$(cat "$T/to")" to 'A!!B reads A and writes B'
is "$(r "OPEN:$T/from!!STDOUT" PIPE)" from 'A!!STDOUT and PIPE'
is "$(echo in | r - "SYSTEM:echo out!!CREATE:$T/to")" out '- and A!!B'
is "$(cat "$T/to")" in '... which has what came in'
done_testing
