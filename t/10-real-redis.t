#!/bin/sh
# A redis server behind relay: commands, the benchmark with 50 clients, and a
# value of 64 MiB there and back; over TCP and over a UNIX socket.
. "${0%/*}/lib.sh"
need redis-server redis-cli redis-benchmark cmp

target=$(free_port)
start redis redis-server --port "$target" --bind 127.0.0.1 --save '' \
    --appendonly no --dir "$T" --unixsocket "$T/redis.sock" \
    --daemonize no
ping_direct() { redis-cli -p "$target" ping 2>/dev/null | grep -q PONG; }
wait_for 10 ping_direct
ok $? 'redis answers'

start relay "$RELAY" -d -d TCP4-LISTEN:0,fork,reuseaddr \
    "TCP4:127.0.0.1:$target"
port=$(port relay)
is "$(redis-cli -p "$port" ping)" PONG 'ping through TCP to TCP'

# A benchmark that meets an error says so and stops short of its figures.
bench() {
	timeout 60 redis-benchmark -p "$1" -c 50 -n 20000 -t ping,set,get \
	    --csv >"$T/bench" 2>"$T/bench.err" || return 1
	! grep -qi error "$T/bench" "$T/bench.err" || return 1
	[ "$(grep -c '^"[PSG]' "$T/bench")" = 4 ]
}
bench "$port"
ok $? 'redis-benchmark -c 50 -n 20000 -t ping,set,get meets no error' ||
    diag "$(cat "$T/bench" "$T/bench.err")"
is "$(grep -c ' [EWF] ' "$T/relay.err")" 0 'relay complained of nothing'

head -c 67108864 /dev/urandom >"$T/value"
is "$(redis-cli -p "$port" -x set big <"$T/value")" OK \
    'SET of 64 MiB'
redis-cli -p "$port" get big >"$T/back"
# redis-cli ends its output with a newline of its own
head -c 67108864 "$T/back" | cmp - "$T/value"
ok $? 'GET of 64 MiB brings the same bytes'
is "$(wc -c <"$T/back" | tr -d ' ')" 67108865 '... and no more'
cmp_direct() {
	redis-cli -p "$target" get big | head -c 67108864 | cmp - "$T/value"
}
cmp_direct
ok $? 'the server has the same bytes'

start tounix "$RELAY" -d -d TCP4-LISTEN:0,fork,reuseaddr \
    "UNIX-CONNECT:$T/redis.sock"
is "$(redis-cli -p "$(port tounix)" ping)" PONG 'ping through TCP to UNIX'
start fromunix "$RELAY" -d -d "UNIX-LISTEN:$T/front.sock,fork" \
    "TCP4:127.0.0.1:$target"
wait_for 10 test -S "$T/front.sock"
is "$(redis-cli -s "$T/front.sock" ping)" PONG 'ping through UNIX to TCP'

# The answer comes after the end of the question.
is "$(printf 'PING\r\nQUIT\r\n' | "$RELAY" -t 5 - "TCP4:127.0.0.1:$port" |
    tr -d '\r')" "$(printf '+PONG\n+OK\n')" 'a question from a pipe'

stop relay
is "$STATUS" 143 'relay ends on TERM'
done_testing
