#!/bin/sh
# 50-grand-flags.t: relay under the name grand-ambassador takes the flags of
# that program, in all spellings of Go's flag package; no engine is needed

. "${0%/*}/lib.sh"

cp "$RELAY" "$T/grand-ambassador"
GRAND=$T/grand-ambassador
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
