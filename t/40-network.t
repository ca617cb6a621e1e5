#!/bin/sh
# 40-network.t: containers that have no address where relay looks for one: it
# says why, and not that it links to an address that they have not.
. "${0%/*}/lib.sh"
. "${0%/*}/engine.sh"
need perl

port=$(free_port)
# networks NAME ID NETWORKS: a container that runs, with a port
networks() {
	printf '{"Id":"%064d","State":{"Running":true},"NetworkSettings":
{"IPAddress":"","Networks":{%s}},"Config":{"ExposedPorts":{"%s/tcp":{}}}}\n' \
	    "$2" "$3" "$port" >"$T/engine/$1"
}
engine_begin
networks hosted 1 '"host":{"NetworkID":"h","IPAddress":""}'
networks none 2 '"none":{"NetworkID":"n","IPAddress":""}'
networks apart 3 '"back":{"NetworkID":"b","IPAddress":"127.0.0.1"}'
networks both 4 '"back":{"NetworkID":"b","IPAddress":"127.0.0.1"},
"front":{"NetworkID":"f","IPAddress":"127.0.0.2"}'
networks empty 5 '"nosuch":{"NetworkID":"f","IPAddress":""}'

# says WORDS NAME FLAGS...: these, and where its port would go
says() {
	words=$1 who=$2
	shift
	start f "$RELAY" --docker-host="$ENGINE" --listen-opts=bind=127.0.0.9 \
	    --docker "$@"
	wait_for 10 grep -qs "waits for an address\|-> " "$T/f.err"
	stop f
	is "$(sed 's/^[0-9/]* [0-9:]* relay\[[0-9]*\] //' "$T/f.err")" \
	    "W $who: $words
$port/tcp waits for an address of $who" "$*"
}
says "it uses the host's network: its ports are the host's own, and not linked" \
    hosted
says 'it has no address' none
says 'it is not in the network nosuch, but in back' apart --network=nosuch
says 'it is not in the network nosuch, but in back and others' both \
    --network=nosuch
says 'it has no address in the network nosuch' empty --network=nosuch
done_testing
