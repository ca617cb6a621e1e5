#!/bin/sh
# 50-grand-flags.t: relay takes the flags of grand-ambassador, in all spellings
# of Go's flag package, under that name and its others, beside its own; under
# the name socat it has none of them; no engine is needed

. "${0%/*}/lib.sh"

cp "$RELAY" "$T/grand-ambassador"
GRAND=$T/grand-ambassador
ln -s "$RELAY" "$T/ambassador"
ln -s "$RELAY" "$T/socat"
ln -s "$RELAY" "$T/relay"
unset DOCKER_HOST DOCKER_TLS_VERIFY

# away SOCKET FLAGS...: it looks for an engine there, and goes on looking
away() {
	sock=$1
	shift
	start g "$GRAND" "$@"
	wait_for 10 grep -q "unix://$sock: .*No such file" "$T/g.err"
	ok $? "$*" || diag <"$T/g.err"
	stop g
}
S=$T/none.sock
away "$S" -sock "$S" -name redis
away "$S" -sock="$S" -name=redis
away "$S" --sock "$S" --name redis
away "$S" --sock="$S" --name=redis
away "$S" -name one -name=two -sock "$S" --name three
away "$S" -wait -sock "$S" -name redis
away "$S" -wait=true -sock "$S" -name redis
away "$S" -log-level debug -sock "$S" -name redis
away "$S" --log-level=warn -sock "$S" -name redis

# the image's entry point is /ambassador: all of it under each name, and the
# flags of relay beside those of grand-ambassador
for who in ambassador relay grand-ambassador; do
	GRAND=$T/$who
	away "$S" -name redis -sock "$S"
	away "$S" -sock="$S" --name=redis -wait -log-level=info
	away "$S" --docker redis --docker-host="unix://$S"
	away "$S" --docker-host="unix://$S" --hold=3 -name redis --drain 1
	away "$S" --listen-opts=bind=127.0.0.1 -sock "$S" --docker redis db
	start p "$GRAND" --probe -sock "$S" -name redis
	finish p 10 || stop p KILL
	is "$STATUS:$(cat "$T/p.err")" \
	    "1:engine at unix://$S: connecting: No such file or directory" \
	    "$who --probe -name"
done
GRAND=$T/grand-ambassador

# wrong STATUS ERE FLAGS...
wrong() {
	pattern=$1
	shift
	start w "$GRAND" "$@"
	finish w 10 || stop w KILL
	is "$STATUS" 1 "refused: $*"
	like "$(cat "$T/w.err")" "$pattern" "with words"
}
wrong 'tls' -tls -name redis
wrong 'tls' -tlsverify -name redis
wrong 'tls' -tlscacert=ca.pem -name redis
wrong 'tls' --tlscert cert.pem -name redis
wrong 'tls' -tlskey key.pem -name redis
wrong 'name' -sock "$S"
wrong 'name' -name
wrong 'nonsense' -nonsense -name redis
wrong 'loud' -log-level=loud -name redis
wrong '"redis"; a container is named by -name' redis
wrong '"db"; a container is named by -name' -name redis db
GRAND=$T/relay
wrong '"PIPE"; a container is named by -name' -name redis PIPE PIPE
wrong '^.* E --links has no effect with --docker' --links -name redis
wrong '^.* E -sock has no effect with pairs of addresses' -sock "$S" PIPE PIPE
wrong '^.* E -wait has no effect with pairs of addresses' -wait PIPE PIPE
GRAND=$T/socat
wrong 'E unknown option "-name"' -name redis
wrong '^Do not merge' -sock "$S" -name redis

# the same engine for relay itself, by argument and by environment
start r "$RELAY" --docker-host="unix://$S" --docker redis
wait_for 10 grep -q "unix://$S: .*No such file" "$T/r.err"
ok $? "relay --docker-host" || diag <"$T/r.err"
is "$(grep -c 'No such file' "$T/r.err")" 1 "said once"
stop r
is "$STATUS" 0 "TERM ends it with 0"
start r env DOCKER_HOST="unix://$S" "$RELAY" --docker redis
wait_for 10 grep -q "unix://$S: .*No such file" "$T/r.err"
ok $? "\$DOCKER_HOST" || diag <"$T/r.err"
stop r
for host in unix:// ftp://h tcp:// tcp://h:x "unix://$(printf %0200d 1)"; do
	start r "$RELAY" --docker-host="$host" --docker redis
	finish r 10 || stop r KILL
	is "$STATUS" 1 "refused: --docker-host=$(echo "$host" | cut -c 1-20)"
done
done_testing
