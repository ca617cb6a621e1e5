#!/bin/sh
# 40-docker-links.t: the ambassador in real containers: the Docker article's
# examples, the environment that engines make, health, stop, and the image

. "${0%/*}/docker.sh"

engine_start
image_busybox
image_redis
image_relay
ok $? "the image made without Docker can be loaded"

# --- the image -------------------------------------------------------------
size=$(docker image inspect -f '{{.Size}}' relay:t)
[ "$size" -gt 0 ] && [ "$size" -lt 500000 ]
ok $? "it is smaller than 500 kB: $size bytes"
out=$(docker run --rm --entrypoint /socat relay:t -V 2>&1)
like "$out" '^socat version' "--entrypoint /socat: socat"
out=$(docker run --rm --entrypoint /relay relay:t --explain - TCP:h:80 2>&1)
ok $? "--entrypoint /relay: relay"
out=$(docker run --rm relay:t 2>&1)
is $? 1 "no link variable: exit 1"
like "$out" '_PORT_[0-9<a-z>]*_TCP=tcp://' "with a hint what one looks like"
mkdir "$T/context"
cp "$TOP/deploy/Dockerfile" "$T/context"
sh "$TOP/deploy/mkimage.sh" -r "$(static_relay)" >"$T/context/rootfs.tar"
DOCKER_BUILDKIT=0 docker build -q -t relay:built "$T/context" \
    >"$T/build" 2>&1
ok $? "deploy/Dockerfile builds" || diag <"$T/build"
is "$(docker image inspect -f '{{.Config.Entrypoint}}' relay:built)" \
    "$(docker image inspect -f '{{.Config.Entrypoint}}' relay:t)" \
    "both ways give the same entry point"
out=$(docker run --rm --entrypoint /socat relay:built -V 2>&1)
like "$out" '^socat version' "and the same names"

# --- two hosts, as in the article ------------------------------------------
docker run -d --name redis redis:t >/dev/null
wait_for 10 pings "$(address redis)"
ok $? "redis runs"
docker run -d --link redis:redis --name redis_ambassador -p 16379:6379 \
    relay:t >/dev/null
wait_for 10 pings "$(address redis_ambassador)"
ok $? "the first ambassador, of a --link"
line=$(docker logs redis_ambassador 2>&1 | grep -- ' -> ')
like "$line" "6379/tcp -> $(address redis):6379 from REDIS_PORT_6379_TCP" \
    "says what it links"

docker network create --subnet 10.97.0.0/24 --gateway 10.97.0.1 far >/dev/null
host=10.97.0.1
docker run -d --network far --name far_ambassador \
    -e REDIS_PORT_6379_TCP="tcp://$host:16379" relay:t >/dev/null
wait_for 10 pings "$(address far_ambassador far)"
ok $? "the second ambassador, on another network"
is "$(docker run --rm --network far redis:t /bin/redis-cli \
    -h far_ambassador ping 2>&1)" PONG "redis-cli through both"
is "$(docker run --rm --network far redis:t /bin/redis-cli \
    -h far_ambassador --raw set key "a value" 2>&1)" OK "set through both"
is "$(redis-cli -h "$(address redis)" --raw get key)" "a value" "it arrived"

# --- health, as the engine sees it -------------------------------------------
docker exec far_ambassador /relay --probe --links >"$T/probe" 2>&1
ok $? "healthy by --probe" || diag <"$T/probe"
mkdir "$T/healthy"
cat >"$T/healthy/Dockerfile" <<'END'
FROM relay:t
HEALTHCHECK --interval=1s --retries=1 CMD ["/relay", "--probe", "--links"]
END
DOCKER_BUILDKIT=0 docker build -q -t relay:h "$T/healthy" >/dev/null 2>&1
docker run -d --name health --network far \
    -e REDIS_PORT_6379_TCP="tcp://$host:16379" relay:h >/dev/null
health() { [ "$(docker inspect -f '{{.State.Health.Status}}' health)" = "$1" ]; }
wait_for 20 health healthy
ok $? "HEALTHCHECK: healthy"
is "$(docker logs health 2>&1 | grep -c ' [EF] ')" 0 "probes leave no error"
docker stop -t 2 redis_ambassador >/dev/null
wait_for 20 health unhealthy
ok $? "unhealthy without its target"
docker start redis_ambassador >/dev/null
wait_for 20 health healthy
ok $? "and healthy again"
docker rm -f health >/dev/null

# --- a target that moves -----------------------------------------------------
docker run -d --name moving --network far redis:t >/dev/null
docker run -d --name by_name --network far \
    -e REDIS_PORT_6379_TCP=tcp://moving:6379 relay:t >/dev/null
wait_for 10 pings "$(address by_name far)"
ok $? "a target by its name"
old=$(address moving far)
docker rm -f moving >/dev/null
docker run -d --name taken --network far --ip "$old" busybox:t sleep 1000 \
    >/dev/null
docker run -d --name moving --network far redis:t >/dev/null
[ "$(address moving far)" != "$old" ]
ok $? "it is made anew on another address"
wait_for 10 pings "$(address by_name far)"
ok $? "and found there"
docker rm -f moving taken by_name >/dev/null

# --- the article's one-liner, unchanged, with our binary as socat ----------
cp "$(static_relay)" "$T/busybox/bin/socat"
image socat:t "$T/busybox"
cat >"$T/one-liner" <<'END'
env | grep _TCP= | sed 's/.*_PORT_\([0-9]*\)_TCP=tcp:\/\/\(.*\):\(.*\)/socat TCP4-LISTEN:\1,fork,reuseaddr TCP4:\2:\3 \&/' | sh
END
docker run -d --link redis:redis --name one_liner socat:t /bin/sh -c \
    "$(cat "$T/one-liner") && sleep 1000" >/dev/null
wait_for 10 pings "$(address one_liner)"
ok $? "the one-liner relays" || docker logs one_liner 2>&1 | diag
is "$(docker run --rm --link one_liner:db redis:t /bin/redis-cli -h db ping)" \
    PONG "to another container"
docker exec one_liner /bin/ps >"$T/ps" 2>&1
grep -q ' socat TCP4-LISTEN:6379,fork' "$T/ps"
ok $? "under the name socat" || diag <"$T/ps"

# --- environments that engines make ----------------------------------------
docker run -d --name web --expose 80 --expose 81/udp --link redis:cache \
    busybox:t sleep 1000 >/dev/null
docker run --rm --link redis:db --link redis:web_db_1 --link web:web \
    busybox:t env | sort >"$T/env"
docker run -d --name many --link redis:db --link redis:web_db_1 \
    --link web:web -e 'EVIL_PORT_99_TCP=tcp://$(touch /x):1' \
    -e 'QUOTE_PORT_98_TCP=tcp://"h":1' -e 'BIG_PORT_65536_TCP=tcp://h:1' \
    -e 'ZERO_PORT_0_TCP=tcp://h:1' relay:t >/dev/null
wait_for 10 pings "$(address many)"
ok $? "an ambassador of many variables"
docker logs many >"$T/many" 2>&1
is "$(grep -c -- ' -> ' "$T/many")" 3 "one link each, doubles are one" ||
    cat "$T/many" "$T/env" | diag
like "$(cat "$T/many")" "81/udp -> $(address web):81 from WEB_PORT_81_UDP" \
    "UDP too"
for name in EVIL_PORT_99_TCP QUOTE_PORT_98_TCP BIG_PORT_65536_TCP \
    ZERO_PORT_0_TCP; do
	is "$(grep -c "$name" "$T/many")" 1 "$name is reported, once"
done

docker run -d --name cluster --link redis:redis \
    -e KUBERNETES_SERVICE_PORT=443 -e KUBERNETES_PORT_443_TCP_PROTO=tcp \
    -e KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1 \
    -e KUBERNETES_PORT_443_TCP_PORT=443 \
    -e KUBERNETES_PORT=tcp://10.96.0.1:443 \
    -e KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443 \
    relay:t '--links=!KUBERNETES*' >/dev/null
wait_for 10 pings "$(address cluster)"
ok $? "an environment like that of a Kubernetes pod"
is "$(docker logs cluster 2>&1 | grep -c -- ' -> ')" 1 \
    "KUBERNETES* left out"

docker run --name clash -e A_PORT_80_TCP=tcp://10.0.0.1:80 \
    -e B_PORT_80_TCP=tcp://10.0.0.2:80 relay:t >"$T/clash" 2>&1
is $? 1 "two targets for one port: exit 1"
grep A_PORT_80_TCP "$T/clash" | grep -q B_PORT_80_TCP
ok $? "both are named" || diag <"$T/clash"

docker run -d --name pair relay:t "$(address redis)" 6379 >/dev/null
wait_for 10 pings "$(address pair)"
ok $? "ambassador HOST PORT"

# --- stop ------------------------------------------------------------------
# A server that needs four seconds for its answer of 40 pieces.
cat >"$T/slow.pl" <<'END'
use IO::Socket::INET;
my $l = IO::Socket::INET->new(Listen => 5, LocalPort => 8000,
    ReuseAddr => 1) or die;
print "ready\n"; STDOUT->flush;
while (my $c = $l->accept) {
	for (1 .. 40) { print $c "x" x 1000; $c->flush;
	    select undef, undef, undef, 0.1 }
	close $c;
}
END
start slow perl "$T/slow.pl"
wait_for 10 grep -qs ready "$T/slow.out"
host=$(ip -4 -o addr show docker0 | sed "s,.*inet \([0-9.]*\).*,\1,")
docker run -d --name stopped -e SLOW_PORT_8000_TCP="tcp://$host:8000" \
    relay:t >/dev/null
up() { docker logs "$1" 2>&1 | grep -q -- ' -> '; }
wait_for 10 up stopped
start download perl -MIO::Socket::INET -e '
	my $s = IO::Socket::INET->new(PeerAddr => shift, PeerPort => 8000)
	    or die "$@\n"; print while <$s>' "$(address stopped)"
wait_for 10 test -s "$T/download.out"
ok $? "a download has begun"
before=$(date +%s)
docker stop -t 20 stopped >/dev/null
took=$(($(date +%s) - before))
[ $took -le 12 ]	# by KILL it would be 20
ok $? "docker stop returns within the drain time: $took s"
is "$(docker inspect -f '{{.State.ExitCode}}' stopped)" 0 "exit status 0"
finish download 5
is "$(wc -c <"$T/download.out")" 40000 "the download was finished"

before=$(date +%s)
docker stop -t 20 pair cluster many far_ambassador >/dev/null
took=$(($(date +%s) - before))
[ $took -le 15 ]	# with the drain time of each it would be 20
ok $? "four idle ones stop at once: $took s"
is "$(docker inspect -f '{{.State.ExitCode}}' pair cluster many \
    far_ambassador | sort | uniq -c | tr -s ' ')" " 4 0" "all with status 0"
done_testing
