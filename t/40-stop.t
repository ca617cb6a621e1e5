#!/bin/sh
# 40-stop.t: told to stop, with everything that runs: TERM and INT to a whole
# process group (a terminal, timeout(1)) or to one process after the other
# (systemd), of links, pairs, a listener with --drain, a pool. Nothing fails,
# who is being served is served to the end, silent UDP peers hold nothing up.
# In a network of its own: its ports are free between two of its programs,
# and nobody else may take them then.
if [ -z "$OWN_NET" ] && [ "$(id -u)" = 0 ] && unshare -n true 2>/dev/null; then
	export OWN_NET=1
	exec unshare -n sh -c 'ip link set lo up; exec sh "$0"' "$0"
fi
. "${0%/*}/lib.sh"
need perl timeout pgrep

# group.pl TRIES SIGNAL CMD...: each time in a group of its own, which gets
# the signal as soon as all listen; how often which status came
cat >"$T/group.pl" <<'END'
use strict; use POSIX;
my ($tries, $signo, @cmd) = @ARGV;
my %status;
$SIG{ALRM} = sub { print "hangs\n"; exit 1 };
for (1 .. $tries) {
	alarm 20;
	pipe my $ready, my $w or die;
	my $pid = fork // die;
	if ($pid == 0) {
		setpgid 0, 0;
		dup2(fileno $w, 1);
		open STDERR, '>>', "$ENV{T}/group.err";
		exec @cmd or die;
	}
	close $w;
	<$ready>;
	kill "-$signo", $pid;
	waitpid $pid, 0;
	my $s = $? & 127 ? "signal " . ($? & 127) : $? >> 8;
	$status{$s}++;
}
print join(' ', map { "$_: $status{$_}" } sort keys %status), "\n";
END
errors() { grep -c ' [EF] ' "$T/group.err"; }

p1=$(free_port) p2=$(free_port)
A_PORT="A_PORT_${p1}_TCP=tcp://127.0.0.1:1"
B_PORT="B_PORT_${p2}_UDP=udp://127.0.0.1:1"
for signo in TERM INT; do
	tries=200
	[ $signo = TERM ] || tries=30
	: >"$T/group.err"
	is "$(perl "$T/group.pl" $tries $signo env "$A_PORT" "$B_PORT" \
	    "$RELAY" --links='A,B' --ready-fd=1)" "0: $tries" \
	    "--links: $signo to the group, $tries times"
	is "$(errors)" 0 'and no error' || sort "$T/group.err" | diag
	is "$(perl "$T/group.pl" 20 $signo "$RELAY" --ready-fd=1 \
	    "TCP4-LISTEN:$p1,fork,reuseaddr,pool=3" PIPE \
	    "TCP4-LISTEN:$p2,fork,reuseaddr" PIPE)" '0: 20' \
	    "pairs: $signo to the group"
	is "$(perl "$T/group.pl" 20 $signo "$RELAY" --ready-fd=1 --drain=5 \
	    "TCP4-LISTEN:$p1,fork,reuseaddr" PIPE)" '0: 20' \
	    "--drain: $signo to the group"
	is "$(errors)" 0 'and no error' || sort "$T/group.err" | diag
done
for case in '129 HUP' '131 QUIT'; do
	: >"$T/group.err"
	is "$(perl "$T/group.pl" 20 "${case#* }" env "$A_PORT" "$B_PORT" \
	    "$RELAY" --links='A,B' --ready-fd=1)" "${case% *}: 20" \
	    "--links: ${case#* } to the group"
	is "$(errors)" 0 'and no error' || sort "$T/group.err" | diag
done

# --- who is being served -------------------------------------------------------
# A server that answers in pieces, for two seconds.
start slow "$RELAY" -d -d -t 9 TCP4-LISTEN:0,fork,bind=127.0.0.1 \
    SYSTEM:'read x; for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.2; done'
slow=$(port slow)
whole='1
2
3
4
5
6
7
8'
# served NAME PORT: asks there, and has the first piece of the answer
served() {
	rm -f "$T/$1.out"
	start "$1" sh -c "echo question | '$RELAY' -t 9 - TCP4:127.0.0.1:$2"
	wait_for 10 grep -q 1 "$T/$1.out"
}
run_links() {
	rm -f "$T/$1.out"
	start "$1" perl -e 'setpgrp; exec @ARGV' env \
	    "A_PORT_${p1}_TCP=tcp://127.0.0.1:$slow" "$RELAY" --ready-fd=1 \
	    --links=A --drain=20 --listen-opts=bind=127.0.0.1"$2"
}
run_pair() {
	rm -f "$T/$1.out"
	start "$1" perl -e 'setpgrp; exec @ARGV' "$RELAY" --ready-fd=1 -t 9 \
	    --drain=20 "TCP4-LISTEN:$p1,fork,reuseaddr,bind=127.0.0.1$2" \
	    "TCP4:127.0.0.1:$slow"
}
for case in 'links TERM ' 'links INT ,pool=2' 'pair INT ' 'pair TERM ,pool=2'; do
	how=${case%% *} signo=${case#* }
	pool=${signo#* } signo=${signo% *}
	run_$how r "$pool"
	super=$PID
	wait_for 10 test -s "$T/r.out"
	served c "$p1"
	perl -e 'kill $ARGV[0], -$ARGV[1]' $signo $super
	finish c 10
	is "$(cat "$T/c.out")" "$whole" \
	    "$how$pool: $signo to the group lets it finish" ||
	    diag <"$T/r.err"
	finish r 10
	is "$STATUS" 0 'with status 0'
	is "$(grep -c ' [EF] ' "$T/r.err")" 0 'and no error'
done

# one after the other, the children first, as systemd may
run_links r
super=$PID
wait_for 10 test -s "$T/r.out"
served c "$p1"
link=$(ps -o pid= --ppid $super | tr -d ' ')
for pid in $(ps -o pid= --ppid "$link") $link; do kill -TERM "$pid"; done
sleep 0.3
kill -TERM $super
finish c 10
is "$(cat "$T/c.out")" "$whole" 'one after the other, the children first'
finish r 10
is "$STATUS" 0 'with status 0'

start t timeout 2 env "A_PORT_${p1}_TCP=tcp://127.0.0.1:$slow" "$RELAY" \
    --links=A --ready-fd=1 --drain=20
wait_for 10 test -s "$T/t.out"
sleep 1
served c "$p1"
finish c 10
is "$(cat "$T/c.out")" "$whole" 'timeout(1), which sends TERM twice'
finish t 10
is "$(cat "$T/t.err" | grep -c ' [EF] ')" 0 'no error'

run_links r
super=$PID
wait_for 10 test -s "$T/r.out"
served c "$p1"
link=$(ps -o pid= --ppid $super | tr -d ' ')
all="$link $(ps -o pid= --ppid "$link")"
kill -9 $super
none() { ! ps -o pid= -p "$(echo $all | tr ' ' ,)" >/dev/null; }
# Where no signal tells them, they end when they are told next.
wait_for 10 none || for pid in $all; do kill "$pid" 2>/dev/null; done
wait_for 10 none
ok $? 'without their parent they end'
finish r 5

# --- a client with fork -----------------------------------------------------------
# Its connections have the time of --drain, too; what it waits for itself, a
# connection that is being made or the next try, holds nothing up.
start f "$RELAY" -d -d -t 9 --drain=20 TCP4-LISTEN:0,fork,bind=127.0.0.1 PIPE \
    "TCP4:127.0.0.1:$slow,fork,interval=90" \
    "SYSTEM:echo question; cat >>$T/f.answer"
wait_for 10 grep -q 1 "$T/f.answer"
kill -TERM "$(cat "$T/f.pid")"
finish f 15
is "$STATUS" 0 'a client with fork ends in order'
is "$(cat "$T/f.answer")" "$whole" '... and its connection is not cut'
is "$(grep -c ' [EF] ' "$T/f.err")" 0 '... and no error' || diag <"$T/f.err"
closed=$(free_port)
start deaf perl -MIO::Socket::INET -e '$| = 1;
    $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1");
    listen $s, 0; $p = $s->sockport;
    for (1 .. 4) { push @c, IO::Socket::INET->new(Blocking => 0,
	PeerAddr => "127.0.0.1:$p") } print "$p\n"; sleep 60'
wait_for 10 test -s "$T/deaf.out"
for to in "127.0.0.1:$closed,forever,interval=90" \
    "127.0.0.1:$(cat "$T/deaf.out")"; do
	start f "$RELAY" -d -d --drain=60 TCP4-LISTEN:0,fork,bind=127.0.0.1 \
	    PIPE "TCP4:$to,fork" PIPE
	tries() { grep -q 'opening connection to' "$T/f.err"; }
	wait_for 10 tries
	kill -TERM "$(cat "$T/f.pid")"
	finish f 10
	is "$STATUS" 0 "a client that waits (${to#*:*,}) ends at once"
done
stop deaf

# --- the supervisor killed ------------------------------------------------------
# By a signal where the system has one; else each link looks once a second.
start k "$RELAY" -d -d TCP4-LISTEN:0,fork,bind=127.0.0.1 PIPE \
    UDP4-LISTEN:0,fork,bind=127.0.0.1 PIPE
links() { pgrep -P "$(cat "$T/k.pid")"; }
both() { [ "$(links | wc -l)" = 2 ]; }
none() { ! kill -0 $left 2>/dev/null; }
wait_for 10 both
left=$(links)
kill -KILL "$(cat "$T/k.pid")"
finish k 10
wait_for 10 none
ok $? 'links end when their supervisor is killed'

# A child that became another user: the kernel forgets then whose death it was
# to end with, prctl(2); a client that stays holds the child.
if [ "$(id -u)" != 0 ]; then
	skip 3 'needs root'
else
	cat >"$T/stay.pl" <<-'END'
	use Socket; $| = 1;
	socket my $s, AF_UNIX, SOCK_STREAM, 0 or die;
	connect $s, pack_sockaddr_un("$ENV{T}/k") or die;
	syswrite $s, "x"; sysread $s, my $x, 1; print "served\n"; sleep 60;
	END
	for ends in ",su=nobody PIPE" ",pool=1,su=nobody PIPE" \
	    " PIPE,setgid-early=65534"; do
		start k "$RELAY" UNIX-LISTEN:"$T/k",fork${ends} \
		    UNIX-LISTEN:"$T/other",fork PIPE
		wait_for 10 test -S "$T/k"
		start stays perl "$T/stay.pl"
		wait_for 10 test -s "$T/stays.out"
		left=$(ps -eo pid=,ppid= | awk -v top="$(cat "$T/k.pid")" '
		    { up[$1] = $2 } END { for (p in up) if (up[up[p]] == top)
		    print p }')
		kill -KILL $(ps -o ppid= -p $left)
		# POSIX has no such call: the child looks when its client has gone.
		! portable || stop stays
		gone() { for p in $left; do ! lives "$p" || return 1; done; }
		[ -n "$left" ] && wait_for 10 gone
		ok $? "UNIX-LISTEN:k,fork$ends: ends with its listener"
		stop k KILL
		stop stays
		kill $left 2>/dev/null
		rm -f "$T/k" "$T/other"
	done
fi

# --- exit-idle -----------------------------------------------------------------
start i "$RELAY" -d -d --exit-idle=60 TCP4-LISTEN:0,fork,bind=127.0.0.1 \
    "TCP4:127.0.0.1:$slow"
served c "$(port i)"
kill -TERM "$(cat "$T/i.pid")"
finish i 20
is "$STATUS" 0 '--exit-idle alone: TERM is a good end'
finish c 10
is "$(cat "$T/c.out")" "$whole" 'for who is being served, too'

# --- UDP -----------------------------------------------------------------------
# What is slow answers after a tenth of a second, the others never.
start u "$RELAY" -d -d --drain=60 UDP4-LISTEN:0,fork,bind=127.0.0.1 \
    SYSTEM:'read x; sleep 0.1; echo answer; sleep 100'
up=$(port u)
start silent "$RELAY" -t 90 "UDP4:127.0.0.1:$up" \
    'SYSTEM:echo hello; sleep 100'
child() { [ "$(grep -c 'accepting UDP' "$T/u.err")" -ge "$1" ]; }
wait_for 10 child 1
start asks "$RELAY" -t 90 "UDP4:127.0.0.1:$up" \
    'SYSTEM:echo hello; cat >&2; sleep 100'
wait_for 10 child 2
kill -TERM "$(cat "$T/u.pid")"
finish u 8
is "$STATUS" 0 'silent UDP peers do not hold up the end'
is "$(head -n 1 "$T/asks.err")" answer 'what is asked is answered'

# --- before all listen -----------------------------------------------------------
# A link that waits for a lock, or for a port, keeps nobody from ending the rest.
: >"$T/held"
# early NAME STATUS SIGNAL ADDRESS
early() {
	start e "$RELAY" -d -d UNIX-LISTEN:"$T/e.sock",fork PIPE "$4" PIPE
	wait_for 10 grep -Eq 'waiting for lock|trying again' "$T/e.err"
	stop e "$3"
	is "$STATUS $(grep -c ' [EF] ' "$T/e.err")" "$2 0" "$1: $3"
	is "$(cd "$T" && echo held* e.sock*)" 'held e.sock*' '... all removed'
}
for end in TERM:0 INT:0 HUP:129 QUIT:131; do
	early 'waitlock' "${end#*:}" "${end%:*}" \
	    "UNIX-LISTEN:$T/f.sock,fork,waitlock=$T/held"
	early 'retry' "${end#*:}" "${end%:*}" \
	    "UNIX-LISTEN:$T/held,fork,forever,interval=1000"
done
done_testing
