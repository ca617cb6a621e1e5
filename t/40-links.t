#!/bin/sh
# Many links under one supervisor, and links from the environment, without
# Docker: one that dies ends all, hostile variables, duplicates, patterns,
# 500 links, replies after half-close, drain, readiness, sockets handed
# down, idle exit, probes, statistics, refusals in one line.
. "${0%/*}/lib.sh"
need perl

ln -s "$RELAY" "$T/ambassador"
amb=$T/ambassador

# A port that nobody has now, again and again another one.
fresh() { free_port; }
lines() { grep -cs "$2" "$T/$1.err"; }
listens() { perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(
    PeerAddr => "127.0.0.1", PeerPort => $ARGV[0], Timeout => 1)' "$1"; }
ask() { printf '%s\n' "$2" | "$RELAY" -t 10 - "TCP4:127.0.0.1:$1" 2>&1; }
# The processes that a supervisor has started.
children() { ps -o pid= --ppid "$1" | tr -d ' '; }

# An address for fixed ports, which another run of this test does not have.
alone=127.77.$(($$ / 250 % 250)).$(($$ % 250 + 1))

p1=$(fresh) p2=$(fresh) p3=$(fresh)

# Several pairs
start three "$RELAY" -d -d TCP4-LISTEN:$p1,fork PIPE TCP4-LISTEN:$p2,fork \
    PIPE TCP4-LISTEN:$p3,fork PIPE
pid=$PID
three_up() { [ "$(lines three listening)" = 3 ]; }
ok "$(wait_for 10 three_up; echo $?)" 'three links listen'
is "$(ask $p1 a)$(ask $p2 b)$(ask $p3 c)" 'abc' 'each answers'
kids=$(children $pid)
is "$(echo "$kids" | wc -l | tr -d ' ')" 3 'a process for each link'
kill -9 "$(echo "$kids" | sed -n 2p)"
finish three 5
is "$STATUS" 1 'one killed listener ends all'
like "$(cat "$T/three.err")" 'link 2 .*was killed by signal 9' 'and is named'
gone() { for kid in $kids; do ! kill -0 $kid 2>/dev/null || return 1; done; }
ok "$(wait_for 5 gone; echo $?)" 'no process is left'

start keeper "$RELAY" -d -d TCP4-LISTEN:$p2,fork PIPE
port keeper >/dev/null
start taken "$RELAY" TCP4-LISTEN:$p1,fork PIPE TCP4-LISTEN:$p2,fork PIPE
finish taken 5
is "$STATUS" 1 'a taken port ends all'
like "$(cat "$T/taken.err")" "link 2 .*$p2.*Address (already )?in use" \
    'and names the link'
ok "$(listens $p1 && echo 1 || echo 0)" 'the other listens no more'

out=$("$RELAY" PIPE PIPE PIPE 2>&1)
like "$out" 'exactly 2 addresses required \(there are 3\)' 'three words'
ln -s "$RELAY" "$T/socat"
out=$("$T/socat" PIPE PIPE PIPE PIPE 2>&1)
like "$out" 'exactly 2 addresses required \(there are 4\)' 'four as socat'

# The environment
p4=$(fresh) p5=$(fresh)
touch "$T/safe"
start env env -i "GOOD_PORT_${p4}_TCP=tcp://127.0.0.1:$p2" \
    "DUP_PORT_${p4}_TCP=tcp://127.0.0.1:$p2" \
    "A_PORT_1_TCP=tcp://\$(rm $T/safe):1" \
    "B_PORT_2_TCP=tcp://127.0.0.1:2,fork" \
    "C_PORT_3_TCP=tcp://host:65536" "D_PORT_0_TCP=tcp://host:1" \
    "E_PORT_65536_TCP=tcp://host:1" "F_PORT_4_TCP=udp://host:1" \
    "G_PORT_5_TCP=tcp://\"host\":1" "H_PORT_6_TCP=tcp://ho
st:1" "I_PORT_7_TCP=$(printf '%070000d' 0)" "J_PORT_x_TCP=tcp://h:1" \
    "GOOD_PORT=tcp://127.0.0.1:$p2" "GOOD_PORT_${p4}_TCP_ADDR=127.0.0.1" \
    "K_PORT_${p5}_UDP=udp://127.0.0.1:$p2" "$amb"
env_up() { listens $p4; }
ok "$(wait_for 10 env_up; echo $?)" 'an environment full of traps'
is "$(lines env 'is no link')" 10 'a line for each that is none'
is "$(sed -n 's/.* E \([CJ]_PORT.*\)/\1/p' "$T/env.err" | sort)" \
    "C_PORT_3_TCP is no link: the value's port is no plain number from 1 to 65535
J_PORT_x_TCP is no link: the name's port is no plain number from 1 to 65535" \
    'ports that are none'
is "$(grep -- '->' "$T/env.err" | LC_ALL=C sort)" "$(printf '%s\n%s\n' \
    "$p4/tcp -> 127.0.0.1:$p2 from DUP_PORT_${p4}_TCP" \
    "$p5/udp -> 127.0.0.1:$p2 from K_PORT_${p5}_UDP" | LC_ALL=C sort)" \
    'a line for each link, one for the same twice'
ok "$([ -e "$T/safe" ]; echo $?)" 'nothing was run'
is "$(ask $p4 through)" through 'the good one works'
stop env
is "$STATUS" 0 'TERM: status 0'

out=$(env -i X_PORT_${p4}_TCP=tcp://a:1 Y_PORT_${p4}_TCP=tcp://b:1 "$amb" 2>&1)
is $? 1 'the same port to two targets'
like "$out" "X_PORT_${p4}_TCP.*Y_PORT_${p4}_TCP" 'both variables are named'
out=$(env -i PATH=/ "$amb" 2>&1)
is $? 1 'no variable at all'
like "$out" 'REDIS_PORT_6379_TCP=tcp://' 'and what one looks like'
like "$out" 'HOST PORT' 'and the other form'

chosen() {
	env -i REDIS_PORT_1_TCP=tcp://h:1 DB_A_PORT_2_TCP=tcp://h:2 \
	    KUBERNETES_PORT_3_TCP=tcp://h:3 "$RELAY" --explain "--links=$1" |
	    sed -n 's/^link \([0-9]*\).*/\1/p' | tr '\n' ' '
}
is "$(chosen 'REDIS,DB_*')" '1 2 ' 'patterns take'
is "$(chosen '!KUBERNETES*')" '1 2 ' 'and leave out'
is "$(chosen 'DB_?')" '2 ' 'and match one letter'

start pair "$amb" -d -d 127.0.0.1 $p2
finish pair 5
like "$(cat "$T/pair.err")" 'Address (already )?in use' 'HOST PORT listens on it'

# Between the ports that tests are given and those that clients get.
many=$(perl -e 'my $p = 32100; print join " ", map { "L${_}_PORT_" . ($p + $_)
    . "_TCP=tcp://127.0.0.1:9" } 1 .. 500')
start many env -i $many "$amb" "--listen-opts=bind=$alone" --ready-fd=1
ready_many() { [ -s "$T/many.out" ]; }
ok "$(wait_for 30 ready_many; echo $?)" '500 links are ready' ||
    grep -v -- '->' "$T/many.err" | diag
is "$(grep -c -- '->' "$T/many.err")" 500 'and said'
if [ -e /proc/self/fd/1 ]; then
	start fd "$RELAY" --ready-fd=7 TCP4-LISTEN:$p1,fork PIPE \
	    TCP4-LISTEN:$p3,fork PIPE 7>"$T/ready"
	ready_two() { [ -s "$T/ready" ]; }
	wait_for 10 ready_two
	is "$(for kid in $(children $PID); do readlink "/proc/$kid/fd/7"; done)" \
	    '' 'the processes of links have no --ready-fd'
	stop fd
fi
stop many
is "$STATUS" 0 'and stop'

# Replies, drain, statistics
p6=$(fresh) p7=$(fresh)
start late "$RELAY" -d -d -t 20 TCP4-LISTEN:$p6,fork,reuseaddr \
    SYSTEM:'cat >/dev/null; sleep 1.5; echo late'
port late >/dev/null
start slow env -i "SLOW_PORT_${p7}_TCP=tcp://127.0.0.1:$p6" "$amb" --drain=9
slow=$PID
slow_up() { listens $p7; }
wait_for 10 slow_up
is "$(ask $p7 question)" late 'a reply long after half-close'
start asker "$RELAY" -t 20 TCP4:127.0.0.1:$p7 STDIO
busy() { kill -USR1 $slow; grep -q ': 1 connections now' "$T/slow.err"; }
ok "$(wait_for 10 busy; echo $?)" 'USR1 tells of a connection'
like "$(cat "$T/slow.err")" "$p7/tcp: [0-9]+ connections now, [0-9]+ in all, 0 refused, 9 bytes there, [1-9][0-9]* back" 'and of bytes'
stop slow
is "$STATUS" 0 'TERM waits for it: status 0'
finish asker 5
is "$(cat "$T/asker.out")" late 'which gets its answer'

start hang "$RELAY" -d -d TCP4-LISTEN:0,fork PIPE
hang=$(port hang)
start two env -i "H_PORT_${p7}_TCP=tcp://127.0.0.1:$hang" "$amb" --drain=60
two=$PID
wait_for 10 slow_up
start holder perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(
    "127.0.0.1:$ARGV[0]") or die; $| = 1; syswrite $s, "held\n"; print scalar <$s>;
    <$s>' $p7
wait_for 10 grep -q held "$T/holder.out"
kill $two
closed() { ! listens $p7; }
ok "$(wait_for 5 closed; echo $?)" 'TERM closes the listener at once'
ok "$(kill $two; echo $?)" 'and waits for the connection'
# What comes within 0.3 s is the first one, sent twice.
again() { kill $two 2>/dev/null; ended $two 10; }
wait_for 5 again
finish two 5
is "$STATUS" 0 'a second TERM ends it at once'

# Refusals
p8=$(fresh)
start none env -i "N_PORT_${p8}_TCP=tcp://127.0.0.1:$(fresh)" "$amb"
none_up() { listens $p8; }
wait_for 10 none_up
for i in 1 2 3 4 5; do
	perl -MIO::Socket::INET -MErrno=ECONNRESET -e '
	    my $s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or exit 2;
	    print sysread($s, my $b, 1) // ($!{ECONNRESET} ? "reset" : $!),
	    "\n"' $p8
done >"$T/resets"
is "$(sort -u "$T/resets")" reset 'a refused target resets its clients'
is "$(lines none 'Connection refused')" 1 'and is one line of log'
out=$(env -i "N_PORT_${p8}_TCP=tcp://127.0.0.1:1" "$amb" --probe 2>&1)
is $? 1 'the probe says so'
stop none
out=$(env -i "N_PORT_${p8}_TCP=tcp://127.0.0.1:$p2" "$amb" --probe 2>&1)
is $? 1 'a probe without listener fails'
like "$out" "$p8/tcp: listener" 'and names it'
start well env -i "N_PORT_${p8}_TCP=tcp://127.0.0.1:$p2" "$amb"
wait_for 10 none_up
ok "$(env -i "N_PORT_${p8}_TCP=tcp://127.0.0.1:$p2" "$amb" --probe; echo $?)" \
    'a probe of what is well'
stop well
is "$(grep -c ' E ' "$T/well.err")" 0 'leaves no error'

# Readiness, sockets that are handed down, the end of idleness
cat >"$T/notify.pl" <<'EOF'
use strict; use Socket;
my $s; socket($s, AF_UNIX, SOCK_DGRAM, 0) && bind($s, pack_sockaddr_un($ARGV[0]))
    or die; open my $f, '>', "$ARGV[0].up"; close $f;
alarm 20; recv($s, my $b, 100, 0); print "$b\n";
EOF
start notify perl "$T/notify.pl" "$T/n"
wait_for 10 test -e "$T/n.up"
start idle env "NOTIFY_SOCKET=$T/n" "$RELAY" --exit-idle=0.5 \
    TCP4-LISTEN:0,fork PIPE TCP4-LISTEN:0,fork PIPE
finish notify 10
is "$(cat "$T/notify.out")" 'READY=1' '$NOTIFY_SOCKET is told'
finish idle 10
is "$STATUS" 0 'idle for long enough: status 0'

cat >"$T/hand.pl" <<'EOF'
use strict; use IO::Socket::INET; use POSIX;
my ($port, @cmd) = @ARGV;
my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port,
    Listen => 9, ReuseAddr => 1) or die "bind: $!";
fileno $s == 3 or POSIX::dup2(fileno $s, 3) or die;
use Fcntl; open my $three, '<&=', 3 or die; fcntl $three, F_SETFD, 0;
$ENV{LISTEN_FDS} = 1; $ENV{LISTEN_PID} = $$;
exec @cmd or die;
EOF
start handed perl "$T/hand.pl" $p3 "$RELAY" -d -d TCP4-LISTEN:$p3,fork PIPE
handed_up() { grep -qs 'handed down' "$T/handed.err"; }
ok "$(wait_for 10 handed_up; echo $?)" 'LISTEN_FDS is taken over'
is "$(ask $p3 down)" down 'and serves'
stop handed
stop keeper
done_testing
