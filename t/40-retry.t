#!/bin/sh
# 40-retry.t: a link that fails beside others. Of --docker: a port that is
# taken, descriptors that run out, a process that is killed: that link is
# reported and tried again, the others go on. Of arguments and environment:
# all end, and who is being served has the time of --drain.
. "${0%/*}/lib.sh"
. "${0%/*}/engine.sh"
need perl ss

# lines NAME: what it printed, without times and process ids
lines() {
	sed 's/^[0-9/]* [0-9:]* relay\[[0-9]*\] //
	    s/relay[a-z-]* (pid [0-9]*)/relay (pid N)/
	    s/bind([0-9]*,/bind(N,/
	    s/: Address in use/: Address already in use/
	    s/: No file descriptors available/: Too many open files/' \
	    "$T/$1.err"
}
said() { lines "$1" | grep -qxF -e "$2"; }
# hold PORT NAME: a client that has its first word back and stays
hold() {
	start "$2" perl -MIO::Socket::INET -e '$| = 1;
	    $s = IO::Socket::INET->new("127.0.0.9:$ARGV[0]") or die "$@\n";
	    syswrite $s, "held\n"; print scalar <$s>; print while <$s>' "$1"
	wait_for 10 grep -q held "$T/$2.out"
}
says() { [ "$(echo "$2" | timeout 3 "$RELAY" -t 2 - "$1" 2>/dev/null)" = "$2" ]; }
# soon SECONDS CMD...: as wait_for, for what may take long itself
soon() {
	until_when=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt $until_when ] || return 1
		sleep 0.05
	done
}
# Whose number a line of ps is: the process of the link with that port
process_of() {
	ss -H -tlnp "src 127.0.0.9:$2" | tr '(' '\n' | sed -n 's/.*pid=\([0-9]*\),.*/\1/p' |
	    grep -vx "$1"
}

# --- a port that is taken ------------------------------------------------------
pa=$(free_port) pb=$(free_port) pu=$(free_port)
engine_begin
container a 1 true "$pa/tcp"
container b 2 true "$pb/tcp" "$pu/udp"
start ta "$RELAY" -d -d "TCP4-LISTEN:$pa,bind=127.0.0.1,fork" PIPE
start tb "$RELAY" -d -d "TCP4-LISTEN:$pb,bind=127.0.0.1,fork" PIPE
start tu "$RELAY" -d -d "UDP4-LISTEN:$pu,bind=127.0.0.1,fork" PIPE
start taken "$RELAY" -d -d "TCP4-LISTEN:$pb,bind=127.0.0.9,fork" \
    PIPE
start takenu "$RELAY" -d -d "UDP4-LISTEN:$pu,bind=127.0.0.9,fork" PIPE
for name in ta tb tu taken takenu; do port $name >/dev/null; done
start f "$RELAY" -d -d --docker-host="$ENGINE" \
    --listen-opts=bind=127.0.0.9 --docker a b
super=$PID
soon 10 says "TCP4:127.0.0.9:$pa" one
ok $? 'the link of a works' || diag <"$T/f.err"
hold "$pa" client
again="Address already in use; trying again in"
wait_for 10 said f "E link $pb/tcp: bind(N, {AF=2 127.0.0.9:$pb}, 16): $again 2 s"
ok $? 'that of b is tried again later' || lines f | diag
is "$(lines f | grep -A 1 "^E link $pb/tcp: .*$again 1 s")" \
"E link $pb/tcp: bind(N, {AF=2 127.0.0.9:$pb}, 16): $again 1 s
  port $pb is in use by relay (pid N); to see who has it: ss -ltnp 'sport = :$pb'" \
    'and was reported, with who has the port'
is "$(lines f | grep -A 1 "^E link $pu/udp: .*$again 1 s")" \
"E link $pu/udp: bind(N, {AF=2 127.0.0.9:$pu}, 16): $again 1 s
  port $pu is in use by relay (pid N); to see who has it: ss -lunp 'sport = :$pu'" \
    'the same for UDP'
is "$(lines f | grep -c ' in use by ')" 2 'but once'
stop taken
stop takenu
wait_for 15 said f "N link $pb/tcp: goes on"
ok $? 'when the port is free, it listens'
wait_for 15 said f "N link $pu/udp: goes on"
ok $? 'on both'
says "TCP4:127.0.0.9:$pb" two
ok $? 'and serves'
says "UDP4:127.0.0.9:$pu" three
ok $? 'on both'

# --- a process that is killed --------------------------------------------------
kill -9 "$(process_of $super "$pb")"
wait_for 10 said f "E link $pb/tcp: was killed by signal 9; trying again in 1 s"
ok $? 'a process of a link that is killed is reported' || lines f | diag
soon 10 says "TCP4:127.0.0.9:$pb" four
ok $? 'and there is another'
ok "$(kill -0 "$(cat "$T/client.pid")" 2>/dev/null; echo $?)" \
    'the client of the other link is served all the while'
is "$(cat "$T/client.out")" held 'and has not been cut'
stop f
is "$STATUS" 0 'TERM ends it with 0'
finish client 5

# --- descriptors run out -------------------------------------------------------
ports= base=$(free_port)
for i in 0 1 2 3 4 5 6 7 8 9 10 11; do ports="$ports $((base + i))/tcp"; done
container many 3 true $ports
start n sh -c 'ulimit -n 12; exec "$@"' sh "$RELAY" -d -d \
    --docker-host="$ENGINE" --listen-opts=bind=127.0.0.9 --docker many
short() { lines n | grep -q 'Too many open files; trying again in 2 s'; }
wait_for 10 short
ok $? 'descriptors run out' || lines n | diag
like "$(lines n)" "E link $((base + 11))/tcp: .*: Too many open files; trying again in 1 s" \
    'which is said of the link'
start first "$RELAY" -d -d "TCP4-LISTEN:$base,bind=127.0.0.1,fork" PIPE
port first >/dev/null
soon 10 says "TCP4:127.0.0.9:$base" five
ok $? 'those that have some go on' || lines n | diag
stop n
is "$STATUS" 0 'TERM ends it with 0'

# --- options that cannot be ----------------------------------------------------
out=$(timeout 5 "$RELAY" --docker-host="$ENGINE" --listen-opts=nonsense=1 --docker a 2>&1)
is $? 1 'options that no link could have end it at once'
like "$out" 'unknown option "nonsense"' 'and are named'

# --- links of arguments --------------------------------------------------------
for source in arguments environment; do
	p1=$(free_port) p2=$(free_port) slow=$(free_port)
	start slow "$RELAY" -d -d -t 9 "TCP4-LISTEN:$slow,fork,bind=127.0.0.1" \
	    SYSTEM:'read x; echo $x; read y; sleep 1; echo answer'
	port slow >/dev/null
	if [ $source = arguments ]; then
		start l "$RELAY" -d -d -t 9 --drain=20 \
		    "TCP4-LISTEN:$p1,fork,bind=127.0.0.9" "TCP4:127.0.0.1:$slow" \
		    "TCP4-LISTEN:$p2,fork,bind=127.0.0.9" PIPE
	else
		start l env -i "A_PORT_${p1}_TCP=tcp://127.0.0.1:$slow" \
		    "B_PORT_${p2}_TCP=tcp://127.0.0.1:$slow" "$RELAY" -d -d \
		    --links --drain=20 --listen-opts=bind=127.0.0.9
	fi
	super=$PID
	soon 10 says "TCP4:127.0.0.9:$p1" word
	start c sh -c "{ echo held; until [ -e '$T/go' ]; do sleep 0.1; done; \
	    echo question; } | '$RELAY' -t 9 - TCP4:127.0.0.9:$p1"
	wait_for 10 grep -q held "$T/c.out"
	kill -9 "$(process_of $super "$p2")"
	wait_for 10 grep -q 'was killed by signal 9; stopping the others' \
	    "$T/l.err"
	ok $? "$source: a link that is killed ends all" || lines l | diag
	refused() { ! says "TCP4:127.0.0.9:$p1" word; }
	soon 10 refused
	ok $? 'no other client is served'
	: >"$T/go"
	finish c 10
	is "$(cat "$T/c.out")" 'held
answer' 'but the one that was has its answer' || lines l | diag
	finish l 10
	is "$STATUS" 1 'and the status is 1'
	rm "$T/go"
	stop slow
done
done_testing
