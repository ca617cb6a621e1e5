#!/bin/sh
# An option that is taken has its effect, or is refused by its name and place:
# for each kind of address what its groups allow and nothing there makes use
# of; and effects that once went missing.
. "${0%/*}/lib.sh"
need perl

ln -s "$RELAY" "$T/socat"
cd "$T" || exit 1

# refused WHERE ADDRESS OPTION...: each of them, with its place
refused() {
	where=$1 address=$2
	shift 2
	bad=
	for o; do
		o=${o%%=*}
		case $o in
		bind) v==x ;; *timeout|*interval|sitout*) v==1 ;;
		max-children) v==2 ;;
		pf|protocol-family) v==ip4 ;; *type|*protocol|*port|umask) v==1 ;;
		perm*|user*|group*) v==0 ;; link|symbolic-link) v==x ;; *) v= ;;
		esac
		case $o in lowport) v= ;; esac
		got=$("$RELAY" --explain "$address,$o$v" PIPE 2>&1 |
		    sed 's/^[^]]*] //' | head -n 3)
		pad=$(printf '  %s,' "$address" | tr -c '' ' ' | tr '\n' ' ')
		want="E option \"$o\" has no effect $where
  $address,$o$v
$(printf '  %s,' "$address" | sed 's/./ /g')$(echo "$o" | sed 's/./~/g; s/~/^/')"
		[ "$got" = "$want" ] || bad="$bad
$got"
	done
	is "$bad" '' "$address: $*"
}
# taken ADDRESS OPTION...: they are explained
taken() {
	address=$1
	shift
	bad=
	for o; do
		"$RELAY" --explain "$address,$o" PIPE >out 2>&1 ||
		    bad="$bad $o $(cat out)"
	done
	is "$bad" '' "$address takes $*"
}

fd='bind connect-timeout pf so-protocol so-type protocol-family socktype
    unix-bind-tempname unix-tightsocklen'
for a in STDIO STDIN STDOUT STDERR FD:0 -; do
	n=${a%%:*}
	case $n in -) n=STDIO ;; esac
	refused "with $n" $a $fd lowport sourceport sp
done
refused 'with ACCEPT-FD' ACCEPT-FD:0 $fd
taken ACCEPT-FD:0 lowport sourceport=1 range=127.0.0.1/8 fork
for a in EXEC:x SYSTEM:x SHELL:x; do
	refused "with ${a%:x}" $a bind connect-timeout pty-interval \
	    pty-wait-slave wait-slave unix-bind-tempname tightsocklen
	refused 'without option pty' $a link symbolic-link sitout-eio ctty \
	    tiocsctty
	refused 'with pipes or a terminal' $a,pipes pf socktype so-type \
	    protocol reuseaddr
	refused 'with pipes or a terminal' $a,pty pf socktype
	refused 'with option nofork' $a,nofork sighup crnl cr ignoreeof \
	    escape=1 readbytes=1 shut-none shut-null end-close null-eof \
	    cool-write
	taken $a,pty link=x ctty echo=0 setsid perm=600 sitout-eio=1
	taken $a pipes socktype=2 pf=1 fdin=5 stderr sigint crnl perm=600 \
	    reuseaddr path=/bin
done
refused 'with SYSTEM' SYSTEM:x dash login
refused 'with SHELL' SHELL:x dash
taken EXEC:x dash
for a in TCP-LISTEN:1 TCP4-LISTEN:1 TCP6-LISTEN:1; do
	refused "with ${a%:1}" $a connect-timeout
	taken $a,fork pool=2 max-children=3 children-shutup accept-timeout=1
done
for a in UDP-LISTEN:1 UDP4-LISTEN:1 UDP6-LISTEN:1; do
	refused "with ${a%:1}" $a connect-timeout
	"$RELAY" --explain $a,pool=2 PIPE >out 2>&1
	is "$? $(sed -n 's/^[^]]*] //p' out)" \
	    "1 E option \"pool\" has no effect with ${a%:1}" "$a,pool=2"
done
for a in UNIX-LISTEN:x ABSTRACT-LISTEN:x; do
	refused "with ${a%:x}" $a bind connect-timeout unix-bind-tempname
	taken $a,fork pool=2 perm=600 max-children=3
done
taken UNIX-LISTEN:x user-early=0 group-early=0 perm-early=600 unlink-early
for a in UNIX-CONNECT:x UNIX-CLIENT:x; do
	refused 'without option bind' $a perm perm-early user user-early \
	    group group-early unlink unlink-early unlink-late
	taken $a,bind=y perm=600 user=0 group=0 unlink unlink-early
	taken $a connect-timeout=1 retry=1 unlink-close
done
taken ABSTRACT-CONNECT:x perm=600 user=0 group=0
refused 'without option fork' TCP-LISTEN:1 children-shutup
refused 'without option fork' TCP:h:1 children-shutup max-children
refused 'without option fork' TCP:h:1,fork=0 children-shutup
taken TCP:h:1,fork max-children=2 children-shutup interval=1
refused 'with an unnamed pipe' PIPE creat excl noctty rdonly wronly rdwr \
    trunc unlink unlink-early unlink-late unlink-close perm-early \
    user-early group-early umask
taken PIPE nonblock append perm=600
taken PIPE:x creat excl rdonly unlink unlink-close perm-early=600 umask=077
refused 'with SOCKETPAIR' SOCKETPAIR bind connect-timeout

# Dual addresses: what makes a connection a child's is for whole ones
for o in fork pool=2 max-children=2 children-shutup; do
	for a in "TCP-LISTEN:1,$o!!STDOUT" "STDIN!!TCP-LISTEN:1,$o"; do
		"$RELAY" --explain "$a" PIPE >out 2>&1
		is "$? $(sed -n 's/^[^]]*] //p' out)" "1 E option \"${o%=*}\" has no effect in a dual address, A!!B" "$a"
		"$T/socat" "$a" PIPE >out 2>&1
		is $? 1 '... as socat as well'
	done
done
"$RELAY" --explain PIPE TCP-LISTEN:1,pool=2 >out 2>&1
is "$? $(sed -n 's/^[^]]*] //p' out)" \
    '1 E option "pool" has no effect with the second address' 'pool= on the right'
"$RELAY" --explain TCP-LISTEN:1,pool=2 TCP-LISTEN:2,fork >out 2>&1
is "$? $(sed -n 's/^[^]]*] //p' out)" '1 E option "pool" has no effect if the second address forks as well' \
    'pool= before a second fork'
for r in "$RELAY" "$T/socat"; do
	"$r" TCP-LISTEN:0,range=127.0.0.0/8,range=10.0.0.0/8 PIPE >out 2>&1
	is "$? $(sed -n 's/^[^]]*] //p' out)" '1 E option "range" is given twice' \
	    "${r##*/}: a second range="
done
for v in 256 300 -1 999999; do
	"$RELAY" --explain STDIO,escape=$v PIPE >out 2>&1
	is "$? $(sed -n 's/^[^]]*] //p' out)" \
	    '1 E option "escape": value out of range' "escape=$v"
done
is "$(printf 'a,b\377c' | "$RELAY" -u STDIO,escape=255 -)" a,b 'escape=255'
is "$(printf 'a\000c' | "$RELAY" -u STDIO,escape=0 -)" a 'escape=0'

# As socat: seen when the connection is there
start l "$RELAY" -d -d TCP4-LISTEN:0,fork PIPE
p=$(port l)
"$T/socat" "TCP4:127.0.0.1:$p,max-children=2" PIPE >out 2>&1 </dev/null
is "$? $(sed 's/^[^]]*] //' out)" '1 W option "max-children" not inquired
E INTERNAL: 1 option(s) remained unused' 'socat: max-children= without fork'
"$T/socat" TCP4:127.0.0.1:1,max-children=2 PIPE >out 2>&1 </dev/null
like "$(cat out)" 'E TCP4:127.0.0.1:1: Connection refused' \
    '... of which nothing is said where nobody is'
# With -s it is said and passed over
is "$(echo hi | "$RELAY" -s - "TCP4:127.0.0.1:$p,children-shutup" 2>out)" hi \
    '-s: an option without effect is no end'
like "$(cat out)" 'E option "children-shutup" has no effect' '... but said'
stop l

# Owner and mode of what has no path; of what a client is bound to
mode_of() {
	for f in "/proc/$(cat "$T/$1.pid")/fd"/*; do
		case $(readlink "$f") in
		$2) stat -Lc %a "$f" ;;
		esac
	done | sort -u | tail -n 1
}
start l "$RELAY" -d -d TCP4-LISTEN:0,fork,perm=640 PIPE
p=$(port l)
is "$(mode_of l 'socket:*')" 640 'TCP4-LISTEN,perm='
stop l
start e "$RELAY" -d -d -T 5 EXEC:'sleep 5',perm=604 PIPE
wait_for 10 grep -q 'starting data' "$T/e.err"
is "$(mode_of e 'socket:*')" 604 'EXEC,perm='
stop e
start e "$RELAY" -d -d -T 5 EXEC:'sleep 5',pipes,perm=604 TCP4-LISTEN:0
wait_for 10 listening e
is "$(mode_of e 'pipe:*')" 604 'EXEC,pipes,perm='
stop e
start u "$RELAY" -d -d UNIX-LISTEN:s,fork PIPE
wait_for 10 listening u
start c "$RELAY" -d -d -T 5 "UNIX-CONNECT:s,bind=me,perm=620" PIPE
wait_for 10 grep -q 'starting data' "$T/c.err"
is "$(stat -c %a me)" 620 'UNIX-CONNECT,bind=,perm= are of the bound path'
stop c
: >me
is "$(echo hi | "$RELAY" - UNIX-CONNECT:s,bind=me,unlink-early)" hi \
    '... and unlink-early'
: >me
is "$(echo hi | "$RELAY" - UNIX-CONNECT:s,bind=me,unlink)" hi '... and unlink'
is "$(echo hi | "$RELAY" - UNIX-CONNECT:s,unlink-close)" hi \
    'UNIX-CONNECT,unlink-close'
test -S s
ok $? '... leaves the other side its socket'
stop u
if [ "$(id -u)" = 0 ]; then
	start u "$RELAY" -d -d UNIX-LISTEN:s2,fork,user-early=65534 PIPE
	wait_for 10 listening u
	is "$(stat -c %u s2)" 65534 'UNIX-LISTEN,user-early='
	stop u
else
	skip 1 'not root'
fi
# Options of a socket, on what is none
for a in STDIO GOPEN:/dev/null; do
	"$RELAY" $a,reuseaddr PIPE >out 2>&1 </dev/null
	is $? 1 "$a,reuseaddr is no socket"
	like "$(cat out)" 'E setsockopt\(.*([Nn]ot a|on non-)socket|Not a socket' \
	    '... and that is said'
done
# A path that turns out to be a socket, or none
start u "$RELAY" -d -d UNIX-LISTEN:s,fork PIPE
wait_for 10 listening u
for o in creat rdonly trunc excl; do
	"$RELAY" GOPEN:s,$o PIPE >out 2>&1 </dev/null
	is "$? $(sed -n 's/^[^]]*] //p' out | head -n 1)" \
	    "1 E option \"$o\" has no effect with a socket" "GOPEN:SOCKET,$o"
done
stop u
for o in bind=x connect-timeout=1 pf=1 so-type=1; do
	"$RELAY" GOPEN:/dev/null,$o PIPE >out 2>&1 </dev/null
	is "$? $(sed -n 's/^[^]]*] //p' out | head -n 1)" \
	    "1 E option \"${o%=*}\" has no effect with what is no socket" \
	    "GOPEN:FILE,$o"
done
"$RELAY" EXEC:true,protocol=6 PIPE >out 2>&1 </dev/null
is $? 1 'EXEC,protocol=6 is asked for'
like "$(cat out)" 'socketpair\(1, 1, 6\): Protocol not supported' '... and told'
mkfifo ff
"$RELAY" -d -d -T 0.2 PIPE:ff,rdonly PIPE </dev/null >out 2>&1 &
PIDS="$PIDS $!"
# rdonly of a pipe waits for a writer
wait_for 10 grep -q 'named pipe' out
sleep 0.2
! grep -q 'starting data' out
ok $? 'PIPE:NAME,rdonly'
echo >ff
wait

# One that is given again with another value: the last counts, and it is said.
# again WANT CMD...: its warnings, under the name that CMD begins with
again() {
	want=$1
	shift
	is "$("$@" 2>&1 >/dev/null </dev/null | sed -n 's/^[^]]*] W //p')" \
	    "$want" "$*"
}
does_not_count() {
	echo "option \"$1\" does not count: it is given again, as \"$2\""
}
again "$(does_not_count backlog=3 backlog=7)" "$RELAY" --explain \
    TCP-LISTEN:7,backlog=3,fork,backlog=7 PIPE
again "$(does_not_count umask=022 umask=077)" "$RELAY" --explain - \
    CREATE:f,umask=022,umask=077
again "$(does_not_count connect-timeout=1 connect-timeout=2)
$(does_not_count retry=1 retry)" "$RELAY" --explain - \
    TCP:h:7,connect-timeout=1,retry=1,connect-timeout=2,retry
again "$(does_not_count backlog=1 backlog=2)
$(does_not_count backlog=2 backlog=3)" "$RELAY" --explain \
    TCP-LISTEN:7,backlog=1,backlog=2,backlog=3,fork PIPE
again '' "$RELAY" --explain TCP-LISTEN:7,backlog=7,backlog=7,fork,fork PIPE
again '' "$RELAY" --explain - TCP:h:7,rcvbuf=4000,rcvbuf=8000
again '' env A_PORT_7_TCP=tcp://127.0.0.1:1 "$RELAY" --explain --links=A \
    --connect-opts=connect-timeout=9
ln -sf "$RELAY" socat
again '' ./socat -d -u /dev/null CREATE:f,umask=022,umask=077

# The second half of a dual address
("$RELAY" -t 20 STDIN!!STDOUT,cool-write \
    SYSTEM:'head -c 3000000 /dev/zero 2>/dev/null' \
    </dev/null 2>err; echo $? >status) | head -c 1 >/dev/null
is "$(cat status err)" 0 'A!!B,cool-write: a broken pipe is no error'
start s "$RELAY" -d -d TCP4-LISTEN:0 "SYSTEM:cat >got; echo >ended"
p=$(port s)
mkfifo hold
start d "$RELAY" -t 30 "OPEN:hold,rdwr!!TCP4:127.0.0.1:$p,shut-none" \
    SYSTEM:'echo data'
size() { [ -s got ]; }
wait_for 10 size
sleep 0.3
test ! -e ended
ok $? 'A!!B,shut-none: the other side does not learn of the end'
stop d
wait_for 10 test -e ended
ok $? '... until relay ends'
stop s
cd /
done_testing
