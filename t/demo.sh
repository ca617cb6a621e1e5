#!/bin/sh
# demo.sh: relay's main job in one run: an echo service made by relay itself,
# a relayed port before it, and traffic through both
#
#   t/demo.sh [RELAY]
#
# Exits 0 if what came back is what was sent.  Uses ports of 127.0.0.1 that
# the kernel chooses; leaves nothing behind.

set -u
relay=${1:-${RELAY:-${0%/*}/../relay}}
[ -x "$relay" ] || {
	echo "demo.sh: $relay: no such program; run make first" >&2
	exit 1
}
dir=$(mktemp -d "${TMPDIR:-/tmp}/relay-demo.XXXXXX") || exit 1
pids=

tidy() {
	trap - EXIT
	for pid in $pids; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	rm -rf "$dir"
}
trap tidy EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '%s\n' "$*"; }

die() {
	say "demo: $*" >&2
	cat "$dir"/*.log >&2 2>/dev/null
	exit 1
}

# serve NAME ADDRESS ADDRESS: in the background; waits until it listens on
# a port of its own and sets port
serve() {
	log=$dir/$1.log
	say "\$ relay -d -d $2 $3 &"
	"$relay" -d -d "$2" "$3" </dev/null 2>"$log" &
	pid=$!
	pids="$pids $pid"
	ticks=0
	until port=$(sed -n 's/.* listening on .*:\([0-9]*\)$/\1/p' "$log" |
	    grep .); do
		kill -0 "$pid" 2>/dev/null || die "$1 did not start"
		[ $ticks -lt 100 ] || die "$1 does not listen after 10 s"
		ticks=$((ticks + 1))
		sleep 0.1
	done
	sed 's/^/  /' "$log"
}

say "An echo service, on a port that the kernel chooses:"
serve echo TCP-LISTEN:0,bind=127.0.0.1,fork PIPE
say
say "A port that is relayed to it; a child for each connection:"
serve front TCP-LISTEN:0,bind=127.0.0.1,fork "TCP:127.0.0.1:$port"
say
say "A line through both:"
say "\$ echo 'hello, relay' | relay -t 5 - TCP:127.0.0.1:$port"
answer=$(echo 'hello, relay' | "$relay" -t 5 - "TCP:127.0.0.1:$port")
say "$answer"
[ "$answer" = 'hello, relay' ] || die "that is not what was sent"
say
say "Four megabytes of random bytes through both:"
say "\$ relay -t 5 - TCP:127.0.0.1:$port <sent >received"
dd if=/dev/urandom of="$dir/sent" bs=65536 count=64 2>/dev/null
"$relay" -t 5 - "TCP:127.0.0.1:$port" <"$dir/sent" >"$dir/received" ||
    die "the transfer failed"
say "\$ cksum <sent; cksum <received"
cksum <"$dir/sent"
cksum <"$dir/received"
cmp "$dir/sent" "$dir/received" || die "they differ"
say
say "The same bytes came back. What the relay says of it:"
ticks=0
until [ "$(grep -c " finished " "$dir/front.log")" = 2 ]; do
	[ $ticks -lt 50 ] || die "it says nothing after 5 s"
	ticks=$((ticks + 1))
	sleep 0.1
done
sed -n "/ finished /s/^/  /p" "$dir/front.log"
