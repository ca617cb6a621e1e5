#!/bin/sh
# 50-docker-follow.t: links that follow containers of a real engine through
# restarts, pauses, renames, moves and deaths

. "${0%/*}/docker.sh"

engine_start
image_busybox
image_redis

# --- in a container, as grand-ambassador's README has it --------------------
image_relay
docker run -d --expose 6379 --name redis redis:t >/dev/null
docker run -d -v "$T/docker.sock:/var/run/docker.sock" \
    --name example relay:t -name redis >/dev/null
wait_for 20 pings "$(address example)"
ok $? "its example, by the image as it is" ||
    docker logs example 2>&1 | diag
docker run -d -v "$T/docker.sock:/docker.sock" --name redis_ambassador \
    relay:t -name redis -sock /docker.sock >/dev/null
wait_for 20 pings "$(address redis_ambassador)"
ok $? "the grand ambassador relays" ||
    docker logs redis_ambassador 2>&1 | diag
is "$(docker run --rm --link redis_ambassador:db redis:t \
    /bin/redis-cli -h db ping 2>&1)" PONG "to a client by --link"

docker network create shared >/dev/null
docker network connect shared redis
docker network connect shared redis_ambassador
docker network disconnect bridge redis
wait_for 10 pings "$(address redis_ambassador)"
ok $? "in the network that both share"
docker rm -f example redis_ambassador redis >/dev/null

# --- here: a container that is not there yet --------------------------------
docker network create --subnet 10.99.0.0/24 net >/dev/null
docker network create --subnet 10.98.0.0/24 other >/dev/null
run_redis() {
	docker run -d --name redis --network net "$@" redis:t \
	    /bin/redis-server --save '' --protected-mode no \
	    --maxclients 101 >/dev/null
}
follow f --hold=30 --docker redis
waited() { grep -qs 'no such container yet' "$T/f.err"; }
wait_for 10 waited
ok $? "a container that is not there is waited for"
run_redis
wait_for 10 pings
ok $? "and served when it comes" || diag <"$T/f.err"
is "$(grep -c 'no such container yet' "$T/f.err")" 1 "said once"

# --- restart on a new address, the old one taken by another -----------------
# One connection every 50 ms; each says how it went.  While STOP.hold is there
# none begins; STOP.quiet says that all have their answers.
cat >"$T/ask.pl" <<'END'
use IO::Socket::INET;
$| = 1;
my ($port, $stop) = @ARGV;
until (-e $stop) {
	select undef, undef, undef, 0.05;
	if (-e "$stop.hold") {
		1 while wait > 0;
		open my $f, '>', "$stop.quiet";
		next;
	}
	next if fork;
	alarm 60;
	local $SIG{ALRM} = sub { print "no answer in 60 s\n"; exit };
	my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1",
	    PeerPort => $port) or print("no connection: $!\n"), exit;
	my $got = "";
	print $s "CONFIG GET maxclients\r\nQUIT\r\n";
	while (1) {
		my $n = sysread $s, $got, 4096, length $got;
		print("cut: $!\n"), exit unless defined $n;
		last unless $n;
	}
	$got =~ s/[\r\n]+/ /g;
	print $got eq "*2 \$10 maxclients \$3 101 +OK " ? "right\n" :
	    "wrong: $got\n";
	exit;
}
1 while wait > 0;
END
start ask perl "$T/ask.pl" 6379 "$T/stop-asking"
# ends STOP COMMAND...: it ends the server.  Whom a server is answering at that
# moment it cuts off, with a relay or without; all who come later are asking.
gone() { ! kill -0 "$1" 2>/dev/null; }
ends() {
	server=$(docker inspect -f '{{.State.Pid}}' redis)
	: >"$1.hold"
	wait_for 20 [ -e "$1.quiet" ] || diag 'requests without an answer'
	hold=$1.hold
	shift
	"$@" >/dev/null &
	ending=$!
	wait_for 20 gone "$server" || diag 'the server does not end'
	rm "$hold"
	wait $ending
}
answers_of() { grep -c right "$T/ask.out"; }
more() { [ "$(answers_of)" -ge "$1" ]; }
wait_for 20 more 20
ok $? "a client asks all the time"
old=$(address redis net)
ends "$T/stop-asking" docker stop redis
docker run -d --name thief --network net --ip "$old" redis:t \
    /bin/redis-server --save '' --protected-mode no --maxclients 202 >/dev/null
wait_for 10 pings "$old"
ok $? "another has taken the address"
docker start redis >/dev/null
[ "$(address redis net)" != "$old" ]
ok $? "it is back on another"
sofar=$(answers_of)
wait_for 30 more $((sofar + 40))
ok $? "and served again"
: >"$T/stop-asking"
finish ask 70
is "$(sort "$T/ask.out" | uniq -c | grep -v right)" "" \
    "nobody was refused, cut or answered by another" ||
    grep -i -e " [WEF] " -e refused -e "goes to" -e reset "$T/f.err" | tail -n 30 | diag
docker rm -f thief >/dev/null

start ask2 perl "$T/ask.pl" 6379 "$T/stop-asking2"
ends "$T/stop-asking2" docker restart redis
sleep 0.3
: >"$T/stop-asking2"
finish ask2 70
is "$(sort "$T/ask2.out" | uniq -c | grep -v right)" "" \
    "docker restart: the same"

# --- pause -------------------------------------------------------------------
docker pause redis >/dev/null
start paused redis-cli -h 127.0.0.1 ping
sleep 1
is "$(cat "$T/paused.out")" "" "a paused container answers nobody"
docker unpause redis >/dev/null
finish paused 10
is "$(cat "$T/paused.out")" PONG "until it goes on"

# --- rename ------------------------------------------------------------------
docker rename redis renamed
wait_for 10 grep -qs "is gone, waiting" "$T/f.err"
ok $? "a container of another name is not meant"
start early redis-cli -h 127.0.0.1 ping
sleep 0.5
is "$(cat "$T/early.out")" "" "nobody is answered"
docker rename renamed redis
finish early 10
is "$(cat "$T/early.out")" PONG "until it is renamed back"

# --- move --------------------------------------------------------------------
docker network connect other redis
docker network disconnect net redis
wait_for 10 pings
ok $? "moved to another network"
docker network connect net redis
docker network disconnect other redis
wait_for 10 pings
ok $? "and back"

# --- destroy, create again ---------------------------------------------------
docker rm -f redis >/dev/null
start reborn redis-cli -h 127.0.0.1 ping
run_redis
finish reborn 20
is "$(cat "$T/reborn.out")" PONG "destroyed and made again: it was held"

# --- the same port twice, id prefix ------------------------------------------
stop f
is "$STATUS" 0 "TERM ends it with 0"
docker run -d --name second --network net redis:t >/dev/null
prefix=$(docker inspect -f '{{.Id}}' redis | cut -c 1-10)
follow g --hold=1 --docker "$prefix" second
wait_for 10 pings
ok $? "by a prefix of its id" || diag <"$T/g.err"
docker restart -t 1 second >/dev/null
docker restart -t 1 second >/dev/null
wait_for 10 pings
is "$(redis-cli -h 127.0.0.1 config get maxclients | tail -n 1)" 101 \
    "of two with one port the first keeps it"
is "$(grep -c 'port 6379/tcp is already that of' "$T/g.err")" 1 \
    "the second is reported, once"

# --- longer away than it is held ---------------------------------------------
docker stop -t 1 redis >/dev/null
wait_for 10 refused 6379
ok $? "after --hold the port is closed"
docker start redis >/dev/null
wait_for 10 pings
ok $? "until the container is back"

# a connection that stays open ends with its container
start open redis-cli -h 127.0.0.1 subscribe news
wait_for 10 grep -qs subscribe "$T/open.out"
docker kill redis >/dev/null
docker network disconnect net redis >/dev/null 2>&1
ended "$(cat "$T/open.pid")" 1500
ok $? "a connection to a dead container ends"
stop g
is "$STATUS" 0 "and with status 0 again"

# --- a network that was asked for --------------------------------------------
docker rm -f redis second >/dev/null
run_redis
docker network connect other redis
follow n --docker redis --network=other
wait_for 10 pings
ok $? "--network"
like "$(cat "$T/n.err")" "6379/tcp -> $(address redis other):6379" \
    "is where it connects"
stop n
done_testing
