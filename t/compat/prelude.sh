# prelude.sh: what every scenario has at hand; sourced before its own text
#
# socat is the program under test; $REF is always the reference, for the
# peers.  P1 to P3 are free ports.  A scenario runs in a directory of its own,
# where ./args is a program that shows its arguments.

LC_ALL=C
export LC_ALL

# await FILE ERE [SECONDS]: until a line of FILE matches
await() {
	ticks=$((${3:-20} * 10)) step=0.02
	until grep -Eqs -- "$2" "$1"; do
		ticks=$((ticks - 1))
		[ "$ticks" -gt 0 ] || { echo "no '$2' in $1"; return 1; }
		sleep $step; [ $((ticks % 10)) -gt 0 ] || step=0.1
	done
}

# serve NAME ARG...: socat in the background, until it listens or is gone
serve() {
	name=$1
	shift
	socat "$@" </dev/null >"$name.out" 2>"$name.err" &
	server=$!
	echo "$server" >"$name.pid"
	ticks=200 step=0.02
	until grep -qs ' listening on ' "$name.err"; do
		kill -0 "$server" 2>/dev/null || break
		ticks=$((ticks - 1))
		[ "$ticks" -gt 0 ] || { echo "$name does not listen"; break; }
		sleep $step; [ "$ticks" -gt 190 ] || step=0.1
	done
}

# child NAME: the pid of the first child that NAME forked off
child() { sed -n '/forked off child process/{s/.* //p;q;}' "$1.err"; }

# over NAME: waits for the end of NAME; its status and log become results
over() {
	status=0
	{ wait "$(cat "$1.pid")" || status=$?; } 2>/dev/null
	echo "$1: status $status"
	cat "$1.err" >&2
}

# stop NAME [SIGNAL]
stop() {
	kill -"${2:-TERM}" "$(cat "$1.pid")"
	over "$1"
}

# files: names with every character that the grammar knows
files() {
	printf c >a:b
	printf c2 >a,b
	printf c3 >'a b'
	printf c4 >'a"b'
	printf c5 >'a\b'
	printf c6 >'a!!b'
	printf c7 >ab
	printf c8 >"a'b"
	printf c9 >'(a'
	printf c10 >'a)'
	printf c11 >'[a,b]'
}

# within FROM TO COMMAND...: its duration has to be so many milliseconds
within() {
	least=$1 most=$2
	shift 2
	began=$(date +%s%N)
	"$@"
	took=$((($(date +%s%N) - began) / 1000000))
	if [ "$took" -ge "$least" ] && [ "$took" -le "$most" ]; then
		echo 'in time'
	else
		echo "took $took ms"
	fi
}
