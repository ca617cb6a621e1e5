# engine.sh: containers without Docker, of the engine in t/tools/engine.pl
#
# To be sourced after lib.sh. All containers are at 127.0.0.1, so their
# ports are linked with --listen-opts=bind= some other address of 127/8.

mkdir "$T/engine"
ENGINE=unix://$T/docker.sock

# engine_begin: waits until it answers
engine_begin() {
	start engine perl "$TOP/t/tools/engine.pl" "$T/docker.sock" "$T/engine"
	wait_for 10 grep -qs ready "$T/engine.out"
}

# container NAME ID true|false PORT/PROTO...: it runs, or it does not
container() {
	ports= comma=
	name=$1 id=$2 running=$3
	shift 3
	for p; do ports="$ports$comma\"$p\":{}" comma=,; done
	printf '{"Id":"%064d","State":{"Running":%s},"NetworkSettings":
{"IPAddress":"127.0.0.1"},"Config":{"ExposedPorts":{%s}}}\n' \
	    "$id" "$running" "$ports" >"$T/engine/$name.new"
	mv "$T/engine/$name.new" "$T/engine/$name"
}

# event ACTION ID: relay is told that it has happened
event() {
	printf '{"Type":"container","Action":"%s","Actor":{"ID":"%064d"}}' \
	    "$1" "$2" >"$T/engine/event.new"
	mv "$T/engine/event.new" "$T/engine/event"
}
