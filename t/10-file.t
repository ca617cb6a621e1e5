#!/bin/sh
# OPEN, CREATE, GOPEN and bare paths: flags, mode and owner, positions, locks,
# what is truncated, appended to, created or refused, and removed at the end.
. "${0%/*}/lib.sh"
need stat

r() { "$RELAY" -t 5 "$@"; }
put() { printf '%s' "$1" | r -u - "$2" 2>"$T/err"; }
got() { is "$(cat "$T/f")" "$1" "$2" || diag <"$T/err"; }
fresh() { rm -f "$T/f"; [ $# = 0 ] || printf '%s' "$1" >"$T/f"; }

fresh
put new "OPEN:$T/f"
is $? 1 'OPEN does not create'
put new "OPEN:$T/f,creat"
got new 'OPEN,creat does'
fresh 'long text'
put new "OPEN:$T/f"
got 'new''g text' 'OPEN writes over what is there'
fresh 'long text'
put new "OPEN:$T/f,trunc"
got new 'trunc'
put new "OPEN:$T/f,append"
got newnew 'append'
put new "OPEN:$T/f,o-append"
got newnewnew 'o-append'
put x "OPEN:$T/f,creat,excl"
is $? 1 'excl refuses what is there'
got newnewnew '... and leaves it'
fresh
put x "OPEN:$T/f,creat,excl"
got x '... and makes what is not'
fresh 0123456789
put abc "OPEN:$T/f,seek=4"
got 0123abc789 seek
fresh 0123456789
put abc "OPEN:$T/f,seek-end=0"
got 0123456789abc seek-end
fresh 0123456789
put abc "OPEN:$T/f,seek-end=-4"
got 012345abc9 'seek-end before the end'
is "$(r -u "OPEN:$T/f,seek=7" -)" bc9 'seek for reading'
fresh 0123456789
put abc "OPEN:$T/f,ftruncate=5"
is "$(stat -c %s "$T/f")" 5 ftruncate
fresh 0123456789
put abc "CREATE:$T/f"
got abc 'CREATE truncates'
is "$(r -u "FILE:$T/f" -)" abc 'FILE reads'
is "$(r -u "$T/f" -)" abc 'a bare path reads'
put def "GOPEN:$T/f"
got abcdef 'GOPEN appends to a file'
fresh
put def "GOPEN:$T/f"
got def '... and creates one'
put ghi "$T/f"
got defghi 'a bare path is GOPEN'
is "$(echo x | r - /dev/null)" '' '/dev/null swallows'
is "$(r -u /dev/zero,readbytes=5 - | od -An -tx1 | tr -d ' ')" 0000000000 \
    '/dev/zero gives'
mkfifo "$T/p"
r -u "OPEN:$T/p" - >"$T/fromfifo" &
put through "GOPEN:$T/p"
wait $!
is "$(cat "$T/fromfifo")" through 'GOPEN and OPEN on a named pipe'
put x "OPEN:$T"
is $? 1 'a directory is refused'
like "$(cat "$T/err")" 'Is a directory' '... and why'
r -u "OPEN:$T/none" - 2>"$T/err"
is $? 1 'no such file: status 1'
like "$(cat "$T/err")" "$T/none.*No such file or directory" '... and why'

# mode, owner and umask
mode() {
	fresh
	put x "$1"
	is "$(stat -c "$2" "$T/f")" "$3" "${1#*,}" || diag <"$T/err"
}
umask 022
mode "OPEN:$T/f,creat,mode=600" %a 600
mode "CREATE:$T/f,mode=640" %a 640
mode "CREATE:$T/f,perm=0604" %a 604
mode "CREATE:$T/f,umask=077" %a 600
mode "CREATE:$T/f,umask=027" %a 640
if [ "$(id -u)" = 0 ]; then
	mode "CREATE:$T/f,user=nobody" %U nobody
	mode "CREATE:$T/f,group=nogroup" %G nogroup
	mode "OPEN:$T/f,creat,uid=3,gid=4" '%u %g' '3 4'
else
	skip 3 'only root gives files away'
fi
# as socat, open(2) alone has the mode
ln -sf "$(realpath "$RELAY")" "$T/socat"
for to in "OPEN:$T/f" "GOPEN:$T/f" "CREATE:$T/f"; do
	fresh old
	chmod 644 "$T/f"
	echo | "$T/socat" -u - "$to,mode=600"
	old=$(stat -c %a "$T/f")
	rm "$T/f"
	case $to in OPEN*) to=$to,creat;; esac
	echo | "$T/socat" -u - "$to,mode=666"
	is "$old $(stat -c %a "$T/f")" '644 644' \
	    "${to%%:*}: a mode is less the umask, and for a new file"
done
fresh old
put new "CREATE:$T/f,unlink-early"
got new unlink-early
fresh old
put new "OPEN:$T/f,unlink-close"
[ ! -e "$T/f" ]
ok $? 'unlink-close'
fresh old
put new "OPEN:$T/f,unlink"
[ ! -e "$T/f" ]
ok $? 'unlink'

# rdonly, wronly: what the descriptor can do
fresh text
start ro "$RELAY" -u "OPEN:$T/f,rdonly,ignoreeof" /dev/null
open_as() {
	for fd in /proc/"$(cat "$T/$1.pid")"/fd/*; do
		[ "$(readlink "$fd")" = "$T/f" ] || continue
		sed -n 's/^flags:.*\(.\)$/\1/p' "${fd%/fd/*}/fdinfo/${fd##*/}"
	done
}
mode_is() { [ "$(open_as "$1")" = "$2" ]; }
wait_for 5 mode_is ro 0
ok $? 'rdonly'
stop ro
start wo "$RELAY" -u PIPE "OPEN:$T/f,wronly"
wait_for 5 mode_is wo 1
ok $? 'wronly'
stop wo
start rw "$RELAY" PIPE "OPEN:$T/f,rdwr,ignoreeof"
wait_for 5 mode_is rw 2
ok $? 'rdwr'
stop rw
start nb "$RELAY" -u PIPE "OPEN:$T/f,wronly,nonblock,append,o-sync"
flags() {
	for fd in /proc/"$(cat "$T/nb.pid")"/fd/*; do
		[ "$(readlink "$fd")" = "$T/f" ] || continue
		sed -n 's/^flags:[^0-9]*//p' "${fd%/fd/*}/fdinfo/${fd##*/}"
	done
}
has_flags() { flags | grep -q '[13]6001$'; }
wait_for 5 has_flags
ok $? 'nonblock, append and sync' || diag "$(flags)"
stop nb

# locks: held against others, and waited for
fresh text
for lock in flock-ex flock setlk f-setlk-wr lock; do
	start hold "$RELAY" -u PIPE "OPEN:$T/f,$lock"
	held() { grep -q ":$(stat -c %i "$T/f") " /proc/locks; }
	wait_for 5 held
	ok $? "$lock: the kernel has the lock" || diag <"$T/hold.err"
	stop hold
done
start hold "$RELAY" -u PIPE "OPEN:$T/f,flock-ex"
wait_for 5 held
r -u "OPEN:$T/f,flock-ex-nb" - >"$T/out" 2>"$T/err"
is $? 1 'flock-ex-nb fails where it is locked'
start waits "$RELAY" -u "OPEN:$T/f,flock-ex" -
sleep 0.2
is "$(cat "$T/waits.out")" '' 'flock-ex waits'
stop hold
finish waits 5
is "$(cat "$T/waits.out")" text '... until it is free'
done_testing
