#!/bin/sh
# 50-docker-engine.t: the engine dies and comes back, the event stream is cut,
# hundreds of ports, thousands of events, and nothing at all

. "${0%/*}/docker.sh"
need socat ss

engine_start
image_busybox
image_redis

# --- the engine dies ---------------------------------------------------------
docker run -d --name redis redis:t >/dev/null
follow f --docker redis
wait_for 20 pings
ok $? "a link" || diag <"$T/f.err"
redis-cli -h 127.0.0.1 monitor >"$T/monitor" 2>&1 &
PIDS="$PIDS $!"
wait_for 5 grep -qs OK "$T/monitor"
away() { [ "$(grep -c 'trying again' "$T/f.err")" -ge "$1" ]; }
back() { [ "$(grep -c ': connected' "$T/f.err")" -ge "$1" ]; }
engine_kill KILL
wait_for 10 away 1
ok $? "the engine is killed, and that is said"
pings
ok $? "the link stays"
# A fixed pause, as for the idle links below: that nothing happens is the test.
sleep 2
pings
ok $? "and stays"
engine_start
wait_for 20 back 1
ok $? "the engine is back, and that is said"
redis-cli -h 127.0.0.1 set after engine >/dev/null
wait_for 5 grep -q engine "$T/monitor"
ok $? "an open connection has gone on all the while"
docker restart -t 1 redis >/dev/null
wait_for 20 pings
ok $? "events are heard again"
engine_kill TERM
wait_for 10 away 2
engine_start
wait_for 20 back 2
ok $? "the same when it is stopped and started"
docker restart -t 1 redis >/dev/null
wait_for 20 pings
ok $? "and events are heard again"
stop f
is "$STATUS" 0 "TERM ends it with 0"

# --- the stream is cut -------------------------------------------------------
start proxy socat "UNIX-LISTEN:$T/proxy.sock,fork,unlink-early" \
    "UNIX-CONNECT:$T/docker.sock"
wait_for 5 test -S "$T/proxy.sock"
start p "$RELAY" -d -d --docker-host="unix://$T/proxy.sock" --hold=30 \
    --docker redis
wait_for 20 pings
ok $? "an engine behind a proxy" || diag <"$T/p.err"
for child in $(ps -o pid= --ppid "$(cat "$T/proxy.pid")"); do
	kill "$child"
done
stop proxy
docker stop -t 1 redis >/dev/null
docker start redis >/dev/null
pings || :
start proxy socat "UNIX-LISTEN:$T/proxy.sock,fork,unlink-early" \
    "UNIX-CONNECT:$T/docker.sock"
wait_for 20 pings
ok $? "what happened while the stream was cut is found out"
stop p
stop proxy
start tcp socat TCP-LISTEN:2375,fork,reuseaddr "UNIX-CONNECT:$T/docker.sock"
start q "$RELAY" -d -d --docker-host=tcp://localhost:2375 --docker redis
wait_for 20 pings
ok $? "an engine by TCP" || diag <"$T/q.err"
docker restart -t 1 redis >/dev/null
wait_for 20 pings
ok $? "its events, too"
"$RELAY" --probe --docker-host="$DOCKER_HOST" --docker redis >"$T/probe" 2>&1
ok $? "--probe --docker" || diag <"$T/probe"
stop q
stop tcp
docker rm -f redis >/dev/null

# --- ten containers with fifty ports each ------------------------------------
names=
for i in 0 1 2 3 4 5 6 7 8 9; do
	docker run -d --name "c$i" --expose "7${i}00-7${i}49" busybox:t \
	    sleep 1000 >/dev/null
	names="$names c$i"
done
follow many --docker $names
listening_on() { [ "$(ss -ltnH 'sport >= :7000 and sport < :8000' |
    sed 's/.*:\(7[0-9]*\) .*/\1/' | sort -u | wc -l)" = "$1" ]; }
wait_for 30 listening_on 500
ok $? "ten containers with fifty ports: 500 listeners" ||
    diag "$(ss -ltnH | wc -l) sockets"

# --- nothing happens ---------------------------------------------------------
# Ticks of all processes of relay, which in here are this test's alone.
name=$(cat "/proc/$(cat "$T/many.pid")/comm")
ticks() {
	cat $(grep -lx "$name" /proc/[0-9]*/comm | sed 's/comm/stat/') |
	    awk '{ t += $14 + $15 } END { print t }'
}
served() { [ "$(ps -o pid= --ppid "$(cat "$T/many.pid")" | wc -l)" = "$1" ]; }
wait_for 60 served 500
# One quiet time is enough: a slow machine may still have something to do.
for look in 1 2 3; do
	sleep 2
	before=$(ticks)
	sleep 10
	used=$(($(ticks) - before))
	[ $used != 0 ] || break
done
if portable; then
	# Each looks for its supervisor once a second: no signal tells of it.
	[ $used -lt 400 ]
	ok $? "500 idle links need little CPU in 10 seconds: $used ticks"
else
	is "$used" 0 "500 idle links need no CPU in 10 seconds"
fi

# --- thousands of events -----------------------------------------------------
# A rename is an event each and needs an inspection each, here twice.
cat >"$T/rename.pl" <<'END'
use IO::Socket::UNIX;
my ($sock, $id, $n) = @ARGV;
my $s = IO::Socket::UNIX->new(Peer => $sock) or die "$!\n";
for my $i (1 .. $n) {
	my $name = $i % 2 ? "elsewhere" : "c0";
	print $s "POST /containers/$id/rename?name=$name HTTP/1.1\r\n",
	    "Host: docker\r\nContent-Length: 0\r\n\r\n";
	my $head = "";
	sysread $s, $head, 4096, length $head or die "closed\n"
	    until $head =~ /\r\n\r\n/;
	die $head unless $head =~ m,^HTTP/1.1 204 ,;
}
END
id=$(docker inspect -f '{{.Id}}' c0)
rename() {
	perl "$T/rename.pl" "$T/docker.sock" "$id" "$1" 2>"$T/rename"
	ok $? "$1 $2" || diag <"$T/rename"
}
# The least of what a second shows: while the links are compared with those
# that were, there are two sets of them.
rss() {
	looks=0
	while [ $looks -lt 50 ]; do
		looks=$((looks + 1))
		awk '/^Anonymous/ { print $2 }' \
		    "/proc/$(cat "$T/many.pid")/smaps_rollup"
		sleep 0.02
	done | sort -n | head -n 1
}
rename 1000 "events, after which its heap is as large as it gets"
# Where the heap has its holes differs from batch to batch, but a leak makes
# it grow in each.
sizes=$(rss) grown=0
while [ $grown -lt 4 ]; do
	before=${sizes##* }
	rename 1000 "more"
	sizes="$sizes $(rss)"
	[ "${sizes##* }" -gt "$before" ] || break
	grown=$((grown + 1))
done
[ $grown -lt 4 ]
ok $? "need no more memory: $sizes kB"
wait_for 20 listening_on 500
ok $? "and all links are there"
stop many
is "$STATUS" 0 "TERM ends it with 0"
wait_for 10 listening_on 0
ok $? "and all of its listeners"
done_testing
