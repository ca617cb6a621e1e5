#!/bin/sh
# 10-cleanup.t: what relay makes is what it removes: sockets, locks and links,
# whatever the working directory became and whoever took the name meanwhile;
# what it changes of itself or of a terminal is put back, and only that; what
# it gives up (root directory, groups) is given up for good

. "${0%/*}/lib.sh"

need script setpriv busybox perl
cd "$T" || exit 1
umask 022

there() { [ -e "$1" ] || [ -L "$1" ]; }
socket() { [ -S "$1" ]; }

# --- umask=, chdir=: each thing is put back, and only that
start none "$RELAY" -d -d UNIX-LISTEN:none,fork OPEN:/dev/null
wait_for 10 socket none
away="UNIX-CONNECT:$T/none,umask=077,chdir=later,interval=0.05"
"$RELAY" -u "$away,retry=2" CREATE:second 2>err
like "$(cat err)" 'E chdir\("later"\): No such file' 'a directory that is lacking'
start late "$RELAY" -u "$away,forever" CREATE:second
mkdir later
finish late 10
is "$STATUS $(stat -c %a second)" '0 644' \
    'umask=, chdir= and forever: the umask is as it was'
stop none
"$RELAY" -u "OPEN:/dev/null,rdonly" CREATE:third,umask=077 2>err
is "$(stat -c %a third)" 600 'umask= holds while the address is opened'

# --- locks
echo precious >victim
sh -c 'ln -s victim lock.$$; exec "$RELAY" -L lock -u OPEN:/dev/null STDOUT'
is "$(cat victim)" precious '-L FILE: FILE.PID that is a link is not followed'
rm -f lock.*
start holds "$RELAY" -L lock - SYSTEM:'sleep 60',nofork
wait_for 10 there lock
is "$(cat lock)" "$(cat holds.pid)" 'a lock has the process id'
start waits "$RELAY" -d -d -W lock -u OPEN:/dev/null STDOUT
waiting() { grep -qs 'waiting for lock "lock"' waits.err; }
wait_for 10 waiting
stop waits
is "$STATUS $(echo lock*)" '143 lock' '-W that is ended while it waits leaves no file'
stop holds KILL
rm lock
start takes "$RELAY" PIPE 'PIPE,lockfile=lock,chdir=later'
wait_for 10 there later/lock
echo stranger >lock
stop takes
is "$(cat lock) $(ls later)" 'stranger ' \
    'lockfile= with chdir=: the lock goes, a stranger'"'"'s file stays'

# --- sockets
echo stranger >s
start chdir "$RELAY" -d -d UNIX-LISTEN:s,chdir=later,fork PIPE
wait_for 10 socket later/s
stop chdir
is "$(cat s) $(ls later)" 'stranger ' \
    'UNIX-LISTEN with chdir=: the socket goes, a stranger'"'"'s file stays'
rm s
start first "$RELAY" -d -d UNIX-LISTEN:s,fork PIPE
wait_for 10 listening first
start second "$RELAY" -d -d UNIX-LISTEN:s,fork,unlink-early PIPE
wait_for 10 listening second
stop first
is "$(echo hello | "$RELAY" -t 20 - UNIX-CONNECT:s 2>&1)" hello \
    'who ends does not take the socket of who took over'
stop second
there s
is $? 1 '... who takes its own away'

# Two at once that find a stale socket: one listens, the other says why not.
cat >stale.pl <<'P'
use Socket;
socket my $s, AF_UNIX, SOCK_STREAM, 0 or die;
bind $s, pack_sockaddr_un($ARGV[0]) or die;
listen $s, 1 or die;
P
won=
for round in 1 2 3 4 5 6; do
	rm -f s
	perl stale.pl s
	start one "$RELAY" -d -d UNIX-LISTEN:s,fork PIPE
	start two "$RELAY" -d -d UNIX-LISTEN:s,fork PIPE
	decided() {
		cat one.err two.err | grep -q ' listening on ' &&
		    cat one.err two.err | grep -q ' E "s" exists'
	}
	wait_for 30 decided || won="$won undecided"
	[ "$(echo hi | "$RELAY" -t 20 - UNIX-CONNECT:s 2>&1)" = hi ] ||
	    won="$won unreachable"
	for name in one two; do
		kill "$(cat $name.pid)" 2>/dev/null
		finish $name 10
		won="$won $STATUS"
	done
done
is "$(echo $won | tr ' ' '\n' | sort | uniq -c | tr -s ' \n' ' ')" \
    ' 6 1 6 143 ' \
    'two find a stale socket at once: one gets it, the other says so'

cat >full.pl <<'P'
use Socket;
socket my $s, AF_UNIX, SOCK_STREAM, 0 or die;
bind $s, pack_sockaddr_un($ARGV[0]) or die;
listen $s, 0 or die;
my @c;
for (1 .. 10) {
	socket my $c, AF_UNIX, SOCK_STREAM | 2048, 0 or die;
	last if !connect $c, pack_sockaddr_un($ARGV[0]);
	push @c, $c;
}
$| = 1;
print "full\n";
sleep 60;
P
start full perl full.pl busy
is_full() { grep -qs full full.out; }
wait_for 10 is_full
start beside "$RELAY" UNIX-LISTEN:busy,fork PIPE
finish beside 10
is "$STATUS $(sed 's/.* E //' beside.err | head -n 1)" '1 "busy" exists' \
    'a listener with a full backlog is not taken for stale, nor waited for'
stop full

mkdir roots
perl stale.pl roots/s
chmod 755 . roots
chmod 777 roots/s
setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$RELAY" UNIX-LISTEN:roots/s,fork PIPE >out 2>&1
is "$? $(sed -n 's/.* E //p' out)" \
    '1 cannot remove stale socket "roots/s": Permission denied' \
    'a stale socket that cannot be removed: a line with words'

long=$(printf '%108s' '' | tr ' ' x)
start long "$RELAY" -d -d "UNIX-LISTEN:$long,fork" PIPE
wait_for 10 listening long
is "$(echo hello | "$RELAY" -t 20 - "UNIX-CONNECT:$long" 2>&1)" hello \
    'a unix path of 108 bytes'
is "$(sed -n 's/.*listening on //p' long.err)" "AF=1 \"$long\"" \
    '... is shown whole, and no more'
stop long
there "$long"
is $? 1 '... and removed'

cat >dgram.pl <<'P'
use Socket;
socket my $s, AF_UNIX, SOCK_DGRAM, 0 or die;
bind $s, pack_sockaddr_un($ARGV[0]) or die;
while (my $from = recv $s, my $data, 9000, 0) {
	send $s, (unpack_sockaddr_un $from)[0] . ": $data", 0, $from;
}
P
start dgram perl dgram.pl d
wait_for 10 socket d
is "$(printf hi | "$RELAY" -t 1 - UNIX-CLIENT:d,bind=me 2>&1)" 'me: hi' \
    'bind= of a UNIX-CLIENT to a datagram socket'
there me
is $? 1 '... is removed'
got=$(printf hi | "$RELAY" -t 1 - UNIX-CLIENT:d,bind-tempname=./nXXXXXX 2>&1)
like "$got" '^\./n[A-Za-z0-9]{6}: hi$' 'bind-tempname=./nXXXXXX'
again=$(printf hi | "$RELAY" -t 1 - UNIX-CLIENT:d,bind-tempname=./nXXXXXX 2>&1)
[ "$got" != "$again" ]
ok $? '... is another each time'
is "$(echo n??????)" 'n??????' '... and removed'
printf hi | "$RELAY" - UNIX-CLIENT:d,bind-tempname=here >out 2>&1
is "$? $(sed -n 's/.* E //p' out)" '1 tempnam("here"): Invalid argument' \
    'bind-tempname without XXXXXX'
stop dgram
start retry "$RELAY" -d -d -u UNIX-CONNECT:r,bind=me,retry=100,interval=0.1 \
    CREATE:got
tried() { [ "$(grep -cs 'trying again' retry.err)" -ge 2 ]; }
wait_for 10 tried
start server "$RELAY" -U UNIX-LISTEN:r SYSTEM:'echo late'
finish retry 10
is "$STATUS $(cat got)" '0 late' 'bind= with retry=' || diag <retry.err

# More than a few: all are removed, by a signal as well
i=0 pairs=
while [ $i -lt 40 ]; do
	i=$((i + 1))
	pairs="$pairs UNIX-LISTEN:many$i,fork PIPE"
done
start many "$RELAY" $pairs
wait_for 10 socket many40
stop many
is "$STATUS $(echo many[0-9]*)" '0 many[0-9]*' '40 sockets are removed'

# --- told to end at the moment when something is made
# moment CALL FILE ADDRESS [OPTION...]: TERM in the midst of the call
made() { set -- $file; [ -e "$1" ] || [ -L "$1" ]; }
moment() {
	call=$1 file=$2
	shift 2
	rm -f new*
	start moment strace -D -qq -o trace -e "trace=$call" \
	    -e "inject=$call:delay_exit=500000" "$RELAY" "$@"
	wait_for 10 made
	stop moment
	is "$STATUS $(made && echo $file)" '143 ' "nothing is left: $call, $*"
}
if strace -o trace -e inject=getpid:delay_exit=1 true 2>/dev/null; then
	moment bind new UNIX-LISTEN:new,fork PIPE
	moment bind new UNIX-SENDTO:other,bind=new PIPE
	moment '?mknod,mknodat' new PIPE:new PIPE
	moment '?symlink,symlinkat' new PTY,link=new PIPE
	moment fchmod 'new*' -L new PTY PIPE
else
	skip 5 'strace may not trace here'
fi

# --- terminals
# on_tty COMMAND: the settings before and after are the same
on_tty() {
	script -qec "stty -g >before; $1; stty -g >after" /dev/null \
	    </dev/null >tty.out 2>&1
	is "$(cat after)" "$(cat before)" "restored: $1"
}
on_tty '$RELAY -u STDIN,raw,echo=0 SYSTEM:true'
on_tty '$RELAY STDIN,raw\!\!STDOUT SYSTEM:true'
on_tty '$RELAY STDIN\!\!STDOUT,raw,echo=0 SYSTEM:true'
on_tty '$RELAY FILE:/dev/tty\!\!FILE:/dev/tty,raw,echo=0 SYSTEM:true'
on_tty '$RELAY FILE:/dev/tty,raw PIPE & until stty | grep -q -- -icanon
    do sleep 0.02; done; kill $!; wait $!'

# --- root directory, user and groups
mkdir jail
cp "$(command -v busybox)" jail/busybox
echo secret >later/file
"$RELAY" -U - "EXEC:/busybox cat file,chdir=later,chroot-early=$T/jail" \
    >out 2>&1 </dev/null
like "$(cat out)" "can't open 'file'" 'chroot-early= leads out of no chdir='
is "$("$RELAY" -U - "EXEC:/busybox ls,chdir=later,chroot-early=$T/jail" 2>&1 \
    </dev/null)" busybox '... its directory is the new root'
for how in su substuser-delayed substuser-early; do
	for s in '' -s; do
		"$RELAY" $s - "SYSTEM:id -u,$how=54321" >out 2>&1 </dev/null
		is "$? $(sed -n 's/.* E //p' out | head -n 1)" \
		    '1 getpwuid(54321): no such user' \
		    "$how= of a user whom nobody knows $s"
	done
	is "$("$RELAY" - "SYSTEM:id -u; id -g; id -G,$how=54321,setgid=12345" \
	    2>&1 </dev/null | tr '\n' ' ')" '54321 12345 12345 ' \
	    "$how= with setgid="
	is "$("$RELAY" - "SYSTEM:id -un; id -gn; id -Gn,$how=nobody" 2>&1 \
	    </dev/null | tr '\n' ' ')" 'nobody nogroup nogroup ' "$how=nobody"
done
"$RELAY" -s - SYSTEM:id,su=nosuchuser >out 2>&1 </dev/null
is "$? $(sed -n 's/.* E //p' out)" '1 getpwnam("nosuchuser"): no such user' \
    '-s does not pass over a user that is not there'
"$RELAY" -s - SYSTEM:id,chroot=/none >out 2>&1 </dev/null
is "$? $(sed -n 's/.* E //p' out | head -n 1)" \
    '1 chroot("/none"): No such file or directory' '... nor over chroot='

# --- what is said
is "$("$RELAY" "$(printf 'TCP-LISTE\033[31mN:1')" - 2>&1 | tr -d '\n' |
    LC_ALL=C tr -cd '\000-\037' | wc -c)" 0 'no control characters in a hint'
is "$("$RELAY" - "$(printf 'PIPE,a\033b=1')" 2>&1 |
    LC_ALL=C tr -cd '\033' | wc -c)" 0 '... nor in what is wrong'

done_testing
