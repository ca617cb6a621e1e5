#!/bin/sh
# Names of the files of -r and -R: $$, $PROGNAME, $TIMESTAMP, $MICROS and
# variables, for each connection its own; opened before su= and chroot=.
. "${0%/*}/lib.sh"
need perl

ln -s "$RELAY" "$T/socat"
D=$T/d
mkdir "$D"

# names FORM WANTED: what a connection leaves, its bytes in it, with the
# directions apart; WANTED is an ERE for a name
names() {
	rm -rf "$D" && mkdir "$D"
	got=$(cd "$D" && printf in | "$as" -r "$1" -R "R$1" - \
	    "SYSTEM:cat >/dev/null; printf out" 2>&1)
	is "$got" out "${as##*/}: -r '$1'"
	like "$(cd "$D" && ls | grep -v ^R)" "^$2\$" '... and its name'
	is "$(cd "$D" && cat -- * | tr -d '\n')" outin \
	    '... with what passed'
}
for as in "$RELAY" "$T/socat"; do
	SERVER0_PEERADDR=here LONG=$(printf %0200d 7) a_B9=x EMPTY=
	export SERVER0_PEERADDR LONG a_B9 EMPTY
	prog=relay
	case $as in */socat) prog=socat ;; esac
	names 'p$PROGNAME' "p$prog"
	names 'p$PROGNAME.$PROGNAME-x' "p$prog\\.$prog-x"
	names 'q$$' 'q[0-9]+'
	names 'q$$z' 'q[0-9]+z'
	names 'p$TIMESTAMP' 'p20[0-9]{6}T[0-9]{6}'
	names 'p$MICROS' 'p[0-9]{6}'
	names 'p$SERVER0_PEERADDR' 'phere'
	names 'p$SERVER0_PEERADDR.x' 'phere\.x'
	names 'p$a_B9-' 'px-'
	names 'p$LONG' "p$LONG"
	names 'p$EMPTY.' 'p\.'
	names 'p$NOSUCH' p
	names 'p$NOSUCH.$NOSUCH' 'p\.'
	names 'p${PID}x' 'p\$\{ID\}x'
	names 'p$' 'p\$'
	names 'p$.' 'p\$\.'
	names 'p\$PID' 'p\$PID'
	names 'p\\x' 'p\\x'
	names 'p\x' 'p\\x'
	"$as" -r 'nodir/$PROGNAME' - PIPE </dev/null 2>"$T/err"
	is $? 1 "$prog: a folder that is not there"
	like "$(cat "$T/err")" "E option -r \"nodir/$prog\": No such file" \
	    '... with the name as it became'
	"$as" -R '$LONG$LONG$LONG' - PIPE </dev/null 2>"$T/err"
	is $? 1 "$prog: a name that is too long"
	like "$(cat "$T/err")" 'E option -R "0+70+70+7": File ?name too long' \
	    '... with a line'
	big=$(perl -e 'print "A" x 5000')
	rm -rf "$D" && mkdir "$D"
	(cd "$D" && "$as" -r "x\$$big" - PIPE </dev/null)
	is "$(ls "$D")" x "$prog: a variable with a name of 5000"
done
name=$(cd "$D" && echo hi | "$RELAY" -lp gate -r 'n$PROGNAME' - PIPE; ls "$D")
like "$name" ngate '-lp: the name of the program'

# with fork each connection has its own
rm -rf "$D" && mkdir "$D"
start f "$RELAY" -d -d -r "$D/"'$$.$SOCAT_PEERADDR.$SOCAT_PEERPORT' \
    -R "$D/"'back.$SOCAT_PID' TCP4-LISTEN:0,fork PIPE
p=$(port f)
want=
for i in 1 2 3; do
	echo "hello $i" | "$RELAY" -t 10 - "TCP4:127.0.0.1:$p" >/dev/null
done
finished() { [ "$(grep -c 'exiting with status 0' "$T/f.err")" = 3 ]; }
wait_for 10 finished
want=$(sed -n 's/.*accepting connection from AF=2 127.0.0.1:\([0-9]*\) .*/\1/p;
    s/.*forked off child process //p' "$T/f.err" | paste - - |
    while read -r client pid; do
	echo "$pid.127.0.0.1.$client"
	echo "back.$pid"
    done | sort)
is "$(ls "$D" | sort)" "$want" 'fork: a file for each child and client'
is "$(cat "$D"/*.127* | sort)" 'hello 1
hello 2
hello 3' '... with its bytes'
stop f
for l in back "*.127.0.0.1.*"; do
	for f in "$D"/$l*; do is "$(wc -l <"$f")" 1 "... one client in it"; done
done

# without fork the client is known as well, on either side
for side in left right; do
	rm -rf "$D" && mkdir "$D"
	case $side in left) set -- TCP4-LISTEN:0 PIPE ;;
	    right) set -- PIPE TCP4-LISTEN:0 ;; esac
	start s "$RELAY" -d -d -lp gate -r "$D/"'l$GATE_PEERPORT' "$@"
	echo hi | "$RELAY" -t 10 - "TCP4:127.0.0.1:$(port s)" >/dev/null
	finish s 5
	is "$(ls "$D")" "$(sed -n 's/.*accepting connection from AF=2 .*:\([0-9]*\) on .*/l\1/p' \
	    "$T/s.err")" "a listener on the $side, and -lp"
done

# a client's path does not choose where a file is made
rm -rf "$D" && mkdir "$D" "$D/l" "$T/other"
start u "$RELAY" -d -d -r "$D/l"'$SOCAT_PEERADDR' "UNIX-LISTEN:$T/sock,fork" PIPE
wait_for 10 listening u
echo hi | "$RELAY" -t 10 - "UNIX-CONNECT:$T/sock,bind=$T/other/me" >/dev/null
is "$(cd "$D" && find . -type f)" "./l$(echo "$T/other/me" | tr / _)" \
    'a path as a peer: no folder of its choice'
stop u

# pool= reuses its children: each client its own file nevertheless
rm -rf "$D" && mkdir "$D"
start p "$RELAY" -d -d -r "$D/"'$SOCAT_PEERPORT' TCP4-LISTEN:0,pool=1 PIPE
p=$(port p)
for i in 1 2 3; do
	echo "hello $i" | "$RELAY" -t 10 - "TCP4:127.0.0.1:$p" >/dev/null
done
is "$(ls "$D" | wc -l)" 3 'pool=1: three clients, three files'
three() { [ "$(cat "$D"/* | wc -l)" = 3 ]; }
wait_for 10 three
is "$(cat "$D"/* | sort)" 'hello 1
hello 2
hello 3' '... with their bytes'
stop p

if [ "$(id -u)" != 0 ]; then
	skip 32 'not root'
	done_testing
fi
held() { [ "$(cat "$D"/* 2>/dev/null)" = hi ]; }
# A folder of root's, and a process that gives root up
mkdir "$T/jail"
for form in plain '$$' 'c$SOCAT_PEERADDR'; do
	for give in su=nobody setuid=65534 "chroot=$T/jail" \
	    "chroot=$T/jail,su=65534"; do
		for fork in '' ,fork; do
			rm -rf "$D" && mkdir -m 700 "$D"
			start g "$RELAY" -d -d -r "$D/$form" \
			    "TCP4-LISTEN:0,$give$fork" PIPE
			got=$(echo hi | "$RELAY" -t 10 - "TCP4:127.0.0.1:$(port g)")
			wait_for 10 held
			is "$got$(cat "$D"/*)" hihi \
			    "-r $form before $give$fork"
			stop g
		done
	done
done
# A pool's child would have given it up when its second client comes.
for give in su=nobody "chroot=$T/jail"; do
	rm -rf "$D" && mkdir -m 700 "$D"
	start g "$RELAY" -d -d -r "$D/\$\$" \
	    "TCP4-LISTEN:0,pool=1,$give" PIPE
	got=
	for i in 1 2 3; do
		got=$got$(echo hi | "$RELAY" -t 10 - "TCP4:127.0.0.1:$(port g)")
	done
	is "$got $(cat "$D"/* | tr -d '\n') $(ls "$D" | wc -l)" \
	    'hihihi hihihi 3' "pool=1,$give: each client has its file"
	like "$(cat "$T/g.err")" ' W each connection has a process of its own' \
	    '... and what pool= comes to is said'
	stop g
done
for early in su-e=nobody "chroot-early=$T/jail"; do
	rm -rf "$D" && mkdir -m 700 "$D"
	start g "$RELAY" -d -d -r "$D/plain" "TCP4-LISTEN:0,$early,fork" PIPE
	got=$(echo hi | "$RELAY" -t 10 - "TCP4:127.0.0.1:$(port g)")
	wait_for 10 held
	is "$got$(cat "$D"/*)" hihi "-r plain before $early"
	stop g
done
for give in su=nobody "chroot=$T/jail"; do
	rm -rf "$D" && mkdir -m 700 "$D"
	got=$(echo hi | "$RELAY" -r "$D/\$\$" "-,$give" PIPE)
	is "$got$(cat "$D"/*)" hihi "-r before $give of stdio"
done
done_testing
