#!/bin/sh
# Small ways of socat: -b beyond memory, a -d that is none, who owns a named
# pipe before its other side comes, FD that is not open, SOCKETPAIR's
# boundaries, which shell SHELL runs, variables that make it wait, the
# layout of -h.
. "${0%/*}/lib.sh"
need perl timeout stat

ln -s "$RELAY" "$T/socat"
SOCAT=$T/socat
cd "$T" || exit 1

# said CMD...: the words on stderr, and the status, without time and process
said() {
	code=0
	"$@" </dev/null >"$T/said.out" 2>"$T/said.err" || code=$?
	sed 's/^[0-9/]* [0-9:]* [a-z]*\[[0-9]*\] //' "$T/said.err" | sed '/^  /d'
	echo "$code"
}

# --- -b ------------------------------------------------------------------------
for size in 1 8192 99999999 2147483647; do
	is "$(printf abc | "$SOCAT" -b $size - PIPE; echo $?)" abc0 "-b $size"
done
# what no memory holds, where nobody can promise it; in musl's words or glibc's
case $RELAY in
*static*) memory='Out of memory' ;;
*) memory=$(perl -e '$! = 12; print "$!"') ;;
esac
(ulimit -v 400000; is "$(said "$SOCAT" -b 999999999999 - PIPE)" \
    "E posix_memalign(): $memory
1" 'socat -b 999999999999 is more than memory' && : >b1
is "$(said "$RELAY" -b 999999999999 - PIPE | tail -n 2)" \
    "E -b 999999999999: $memory
1" 'relay -b 999999999999' && : >b2) >/dev/null
[ -e b1 ]; ok $? 'socat -b beyond memory'
[ -e b2 ]; ok $? 'relay -b beyond memory'
for size in -1 18446744073709551615; do
	is "$(said "$SOCAT" -b $size - PIPE)" "E buffer size option (-b) to \
big - 18446744073709551615 (max is 9223372036854775807)
1" "socat -b $size"
	is "$(said "$RELAY" -b $size - PIPE)" \
	    'E option "-b": value out of range
1' "relay -b $size"
done

# --- -d ------------------------------------------------------------------------
"$SOCAT" -h | sed -n '/^Usage/,/^      -6 /p' >usage
for d in -d5 -d9; do
	"$SOCAT" $d - PIPE </dev/null >out 2>err
	is "$? $(sed 1d err | diff - usage)$(cat out)" '0 ' "socat $d: the flags"
	is "$(said "$RELAY" $d - PIPE)" \
	    "E unknown option \"$d\"; use option \"-h\" for help
1" "relay $d"
done

# --- a named pipe ----------------------------------------------------------------
# waits NAME: it is about to wait in open(2)
waits() { wait_for 10 grep -qs 'named pipe' "$T/$1.err"; }
if [ "$(id -u)" = 0 ]; then
	start p "$RELAY" -d -d -u "PIPE:$T/fifo,mode=606,user=1,group=2" -
	waits p
	is "$(stat -c '%a %u %g' fifo)" '606 1 2' \
	    'a named pipe has its owner and mode before it is open'
	stop p
	is "$STATUS $(ls fifo 2>&1 | grep -o 'No such.*')" \
	    '143 No such file or directory' 'stopped, it leaves none behind'
else
	skip 2 'not root'
fi
mkfifo old
start p "$RELAY" -d -d -u "PIPE:$T/old,mode=600" -
waits p
stop p
is "$STATUS $(ls old)" '143 old' 'but one that was there'

# --- FD, SOCKETPAIR --------------------------------------------------------------
exec 9>&-
is "$(said "$SOCAT" -T 1 - FD:9)" 'W fcntl(9, F_SETFD, FD_CLOEXEC): Bad file descriptor
E poll(...): Bad file descriptor
1' 'socat finds that FD:9 is not open when it uses it'
is "$(said "$RELAY" -T 1 - FD:9)" 'E file descriptor 9: Bad file descriptor
1' 'relay before that'
exec 7<>"$T/rw"
is "$(printf abc | "$RELAY" -T 0.3 - FD:7 2>&1; cat rw)" abc \
    'what is given both ways stays open for reading'
exec 7<&-
"$RELAY" -d -d -d -T 0.3 - SOCKETPAIR </dev/null 2>err
is "$(sed -n 's/.* I socketpair(\([0-9, ]*\), {.*/\1/p' err)" '1, 2, 0' \
    'SOCKETPAIR is of datagrams'
is "$(printf x | timeout 5 "$RELAY" -t 60 - SOCKETPAIR,socktype=1; echo $?)" x0 \
    'and ends as a stream'

# --- SHELL -----------------------------------------------------------------------
is "$(said "$SOCAT" - SHELL:true,shell=nosuch)" \
    "E SHELL \"nosuch\" variable does not specify a path (has no '/')
1" 'socat wants a path for a shell'
is "$(unset SHELL; said "$SOCAT" - SHELL:true)" 'E SHELL variable undefined
1' 'socat wants a shell'
is "$(unset SHELL; said "$RELAY" - 'SHELL:echo hi'; cat said.out)" '0
hi' 'relay takes the usual one'

# --- variables -------------------------------------------------------------------
# took CMD...: how many whole seconds
took() {
	perl -MTime::HiRes=time -e '$t = time; system @ARGV;
	    print int(time - $t), " ", $? >> 8' -- "$@" </dev/null
}
is "$(SOCAT_MAIN_WAIT=1 took "$RELAY" - PIPE)" '1 0' SOCAT_MAIN_WAIT
is "$(SOCAT_TRANSFER_WAIT=1 took "$RELAY" - PIPE)" '1 0' SOCAT_TRANSFER_WAIT
is "$(SOCAT_FORK_WAIT=1 took "$RELAY" -u EXEC:true -)" '1 0' SOCAT_FORK_WAIT
for none in x -1 '' 1x; do
	is "$(SOCAT_MAIN_WAIT=$none SOCAT_TRANSFER_WAIT=$none \
	    SOCAT_FORK_WAIT=$none said "$RELAY" - EXEC:true)" 0 \
	    "\"$none\" is no time to wait"
done
start f env SOCAT_FORK_WAIT=60 "$RELAY" -d -d TCP4-LISTEN:0,fork PIPE
P=$(port f)
"$RELAY" -u OPEN:/dev/null "TCP4:127.0.0.1:$P"
wait_for 10 grep -q 'forked off' f.err
stop f
is "$STATUS" 143 'a listener that waits after its fork can be stopped'
pkilled=$(sed -n 's/.*forked off child process //p' f.err)
kill "$pkilled" 2>/dev/null

# --- -h --------------------------------------------------------------------------
is "$("$SOCAT" -h | sed -n 's/^   \([^ ].*\)/\1/p')" \
    'options (general command line options):
bi-address:  /* is an address that may act both as data sync and source */
single-address:
address-head:' 'the parts of -h'
is "$("$SOCAT" -hh | sed -n 's/^   \([^ ].*\)/\1/p' | tail -n 2)" 'opts:
opt:' 'and of -hh'
for level in -h -hh -hhh; do
	"$SOCAT" $level | sed -n '/^   address-head:/,/^   opts:/s/^      \([^ <]\)/\1/p' \
	    >names
	sed 's/[],:[[:space:]].*//' names >heads
	is "$(LC_ALL=C sort -c heads 2>&1; grep '[a-z]' heads)" '' \
	    "$level: addresses in upper case, sorted as bytes"
done
is "$("$SOCAT" -hhh | grep '^      connect-timeout\|^      so-security-authentication')" \
    '      connect-timeout	groups=SOCKET		phase=PASTSOCKET	type=STRUCT-TIMEVAL
      so-security-authentication	groups=SOCKET		phase=PASTSOCKET	type=INT' \
    'a long name widens no other column'
# What 1.8.1.1 printed of all its addresses and options, built with libraries:
# names, groups, phases, types, and every blank.  relay may lack those of a
# library, and the portable build what only Linux has.
linux=
! portable || linux='\|^<       \(IF\|INTERFACE\|POSIXMQ\|TUN\|VSOCK\)\>'
like_recorded() {
	"$SOCAT" $1 | sed -n '/^   bi-address:/,$p' | diff "$2" - |
	    sed -n '/^[<>]/p' | grep -v "^<.*OPENSSL$linux"
}
recorded=$TOP/t/compat/recorded/hhh
is "$(like_recorded -hhh "$recorded")" '' 'all that -hhh lists is as in 1.8.1.1'
grep -v '	is an alias \|^         <' "$recorded" >hh
is "$(like_recorded -hh hh)" '' 'and what -hh lists'
sed '/^   opts:/,$d' hh >h
is "$(like_recorded -h h)" '' 'and -h'
# -s: after an error there is nothing left to do.
for word in OPEN:nodir/file "UNIX-CONNECT:nobody" TCP4:127.0.0.1:1 \
    TCP4-LISTEN:0,fork,bind=192.0.2.1; do
	"$SOCAT" -s "$word" - 2>err </dev/null
	sloppy=$?
	"$SOCAT" "$word" - 2>err2 </dev/null
	is "$? $sloppy $(sed 's/.*] //' err)" "1 255 $(sed 's/.*] //' err2)" \
	    "-s $word: status 255, and the same lines"
done
"$SOCAT" TCP-LISTEN:0,pool=3 - 2>err </dev/null
is "$?: $(sed 's/.* E //' err)" '1: unknown option "pool"' \
    "an option of relay's own is unknown to socat"

done_testing
