#!/bin/sh
# tcpwrap and its tables: who is let in, by each family that has range=, with
# and without children; as whom the tables are asked; what cannot be had.
. "${0%/*}/lib.sh"
need perl ss

"$RELAY" -V | grep -q 'define WITH_LIBWRAP 1' || skip_all 'no libwrap'
ln -s "$RELAY" "$T/socat"
cd "$T" || exit 1
mkdir etc
echo 'ALL: ALL' >etc/hosts.deny
cat >etc/hosts.allow <<'END'
d, socat, sentry@127.0.0.1: 127.0.0.2
named: localhost
stop: ALL: twist /bin/echo twisted
END
from2=bind=127.0.0.2
from3=bind=127.0.0.3
refused='W refusing connection from AF=2 127.0.0.3:P due to tcpwrapper option'

# refusals NAME: what was said of clients, without their ports
refusals() {
	sed -En 's/^[^ ]+ [^ ]+ [^ ]+ (W .*)/\1/; T
	    s/(AF=2 [0-9.]+):[0-9]+/\1:P/p' "$T/$1.err"
}
said() { [ -n "$(refusals "$1")" ]; }

# echo_of CLIENT SECONDS WORD: what comes back of it; so short that no answer is
# waited for where none is to come
echo_of() {
	echo "$3" | "$RELAY" -t "$2" - "$1,readbytes=6" 2>/dev/null
}

# --- every kind of listener ----------------------------------------------------

# lets_in NAME CLIENT LISTENER...: with tables for d
lets_in() {
	what=$1 client=$2
	shift 2
	start s "$@"
	wait_for 10 grep -Eq '(listening|receiving) on' s.err
	p=$(ss -tulnpH | sed -n "/pid=$PID,/s/.*:\([0-9]*\) .*/\1/p")
	case $client in
	UDP*) echo_of "$client:127.0.0.1:$p,$from3" 0.1 wrong >out ;;
	*) echo_of "$client:127.0.0.1:$p,$from3" 9 wrong >out ;;
	esac
	wait_for 10 said s
	is "$(cat out; refusals s)" "$refused" "$what: the other is refused"
	is "$(echo_of "$client:127.0.0.1:$p,$from2" 9 right)" right \
	    "$what: who is in the table is served"
	stop s
}
d=tcpwrap=d,tcpwrap-etc=etc
for as in "$RELAY" ./socat; do
	n=${as##*/}
	lets_in "$n TCP-LISTEN" TCP "$as" -d -d "TCP-LISTEN:0,$d" PIPE
	lets_in "$n TCP-LISTEN,fork" TCP "$as" -d -d "TCP-LISTEN:0,fork,$d" PIPE
done
lets_in TCP-LISTEN,pool TCP "$RELAY" -d -d "TCP-LISTEN:0,pool=1,$d" PIPE
lets_in 'the second address' TCP "$RELAY" -d -d PIPE "TCP-LISTEN:0,fork,$d"
lets_in SOCKET-LISTEN TCP "$RELAY" -d -d \
    "SOCKET-LISTEN:2:6:x0000x00000000x0000000000000000,fork,$d" PIPE
lets_in UDP-LISTEN UDP "$RELAY" -d -d "UDP-LISTEN:0,fork,$d" PIPE
lets_in UDP-RECVFROM UDP "$RELAY" -d -d "UDP-RECVFROM:0,fork,$d" PIPE

# gets NAME WORDS...: which packets of both clients come
gets() {
	what=$1
	shift
	start s "$RELAY" -d -d "$@"
	wait_for 10 grep -q 'starting data transfer' s.err
	p=$(ss -ulnpH | sed -n "/pid=$PID,/s/.*:\([0-9]*\) .*/\1/p")
	for from in $from3 $from2; do
		echo "$from" | "$RELAY" -u - "UDP:127.0.0.1:$p,$from"
	done
	wait_for 10 test -s s.out
	is "$(cat s.out; refusals s)" "$from2
$refused" "$what: packets of who is in the table alone"
	stop s
}
gets UDP-RECV -u "UDP-RECV:0,$d" -
gets UDP-DATAGRAM -u "UDP-DATAGRAM:127.0.0.1:9,bind=127.0.0.1:0,$d" -

# --- as whom, by which tables --------------------------------------------------

# served OPTIONS...: by one server each
served() {
	start s "$@"
	p=$(port s) || return
	echo "$(echo_of "TCP:127.0.0.1:$p,$from2" 9 right)$(refusals s |
	    sed 's/.*due to//')"
	stop s
}
no=' tcpwrapper option'
l=TCP-LISTEN:0
is "$(served ./socat -d -d $l,fork,tcpwrap,tcpwrap-dir=etc PIPE)" right \
    'without a name: that of the log'
is "$(served "$RELAY" -d -d $l,fork,wrap=,tcpwrap-dir=etc PIPE)" "$no" \
    '... which is relay'
is "$(served "$RELAY" -d -d -lpd $l,fork,tcpwrap-etc=etc PIPE)" right \
    '... or of -lp; tcpwrap-etc alone will do'
is "$(served "$RELAY" -d -d $l,fork,hosts-deny=etc/hosts.deny PIPE)" "$no" \
    'a table of those refused alone'
is "$(served "$RELAY" -d -d $l,tcpwrapper=x,tcpwrap-etc=etc,allow-table=etc/hosts.deny PIPE)" \
    right 'a table that is named is that of no directory'
is "$(served "$RELAY" -d -d $l,fork,libwrap=sentry,tcpwrap-etc=etc PIPE)" \
    right 'a table may ask which of our addresses was called'
is "$(served "$RELAY" -d -d $l,fork,range=127.0.0.0/30,tcpwrap=x,tcpwrap-etc=etc PIPE)" \
    "$no" 'range= and tcpwrap: both have to let it in'
is "$(served "$RELAY" -d -d $l,fork,range=10.0.0.0/8,tcpwrap=d,tcpwrap-etc=etc PIPE)" \
    ' range option' '... whichever it is'
is "$(served "$RELAY" -d -d $l,fork,tcpwrap=stop,tcpwrap-etc=etc PIPE)" \
    "$no" 'a table does not get to replace us: twist refuses'
is "$(served "$RELAY" -d -d "$l,fork,tcpwrap=d,tcpwrap-etc=$PWD/etc,chroot=$T,su=nobody" PIPE)" \
    right 'the child asks before it changes its root and user'
mkdir jail
start s "$RELAY" -d -d "$l,pool=1,$d,chroot=jail" PIPE
p=$(port s)
got=$(echo_of "TCP:127.0.0.1:$p,$from2" 9 right
    echo_of "TCP:127.0.0.1:$p,$from3" 9 wrong)
is "$got$(refusals s | grep -v ' of pool=')" "right$refused" \
    '... also that of a pool, for each client'
stop s

# --- what cannot be had ----------------------------------------------------------

is "$("$RELAY" -u $l,hosts-deny=nowhere - 2>&1 | sed '1s/.* E //')" \
    '"nowhere": No such file or directory
  TCP-LISTEN:0,hosts-deny=nowhere
                          ^~~~~~~' 'a table that is not there is an error'
if [ -x "$TOP/relay-static" ]; then
	"$TOP/relay-static" -u $l,fork,tcpwrap=d - >out 2>&1
	is "$? $(sed '1s/.* E //' out)" \
	    '1 libwrap.so.0: this program is static, and loads no library
  TCP-LISTEN:0,fork,tcpwrap=d
                            ^
  tcpwrap needs libwrap (of Debian'"'"'s package libwrap0); without it use range=, or a packet filter' \
	    'without libwrap nobody is let in'
	like "$("$TOP/relay-static" -V)" '^  #undef WITH_LIBWRAP$' '... and -V says so'
	is "$("$TOP/relay-static" --explain $l,tcpwrap=d - >/dev/null 2>&1; echo $?)" \
	    0 '... but --explain knows it'
else
	skip 3 'relay-static is not built'
fi

done_testing
