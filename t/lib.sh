# lib.sh: what the test scripts share; TAP, scratch, processes, ports
#
# To be sourced first: . "${0%/*}/lib.sh".  Sets TOP, RELAY and T, a fresh
# scratch directory; at exit T is removed and what start began is ended, by
# pid, together with every process that inherited this T in its environment.

TOP=$(cd "${0%/*}/.." && pwd)
RELAY=${RELAY:-$TOP/relay}
T=$(mktemp -d "${TMPDIR:-/tmp}/relay-t.XXXXXX") || exit 1
LC_ALL=C
SHELL=/bin/sh	# others read files of the user's when stdin is a socket
export T TOP RELAY LC_ALL SHELL
umask 022
N=0 FAILED=0 PIDS=

# A test's own end: nothing may be left behind, whatever happened before.
cleanup() {
	trap - EXIT
	trap '' HUP INT TERM
	[ -z "$PIDS" ] || kill $PIDS 2>/dev/null
	for left in $(grep -lsF "T=$T" /proc/[0-9]*/environ) ; do
		left=${left#/proc/}
		kill -9 "${left%/environ}" 2>/dev/null
	done
	for left in $PIDS; do
		ended "$left" 100 || kill -9 "$left" 2>/dev/null
	done
	cd / && rm -rf "$T"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

plan_later() { :; }

done_testing() {
	echo "1..$N"
	[ "$FAILED" = 0 ] || exit 1
	exit 0
}

# comment TEXT: on stdout, to be seen by who asks prove for everything
comment() { printf '%s\n' "$*" | sed 's/^/# /'; }

# diag [TEXT]: TEXT or stdin on stderr, which prove always shows
diag() {
	if [ $# -gt 0 ]; then
		printf '%s\n' "$*"
	else
		cat
	fi | sed 's/^/# /' >&2
}

# ok STATUS NAME
ok() {
	N=$((N + 1))
	if [ "$1" = 0 ]; then
		echo "ok $N - $2"
	else
		FAILED=$((FAILED + 1))
		echo "not ok $N - $2"
		diag "${0##*/}: $N - $2"
		return 1
	fi
}

# is GOT WANT NAME: the same bytes, else a diff
is() {
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '%s\n' "$1" >"$T/.got"
		printf '%s\n' "$2" >"$T/.want"
		diff -u "$T/.want" "$T/.got" | head -n 60 | diag
		return 1
	fi
}

# like TEXT ERE NAME
like() {
	if grep -Eq -- "$2" <<-END; then
	$1
	END
		ok 0 "$3"
	else
		ok 1 "$3"
		diag "does not match: $2"
		printf '%s\n' "$1" | head -n 40 | sed 's/^/ | /' | diag
		return 1
	fi
}

# A skip becomes a failure where all tools must be there (TEST_NO_SKIP=1).
skip_all() {
	if [ "${TEST_NO_SKIP:-0}" = 1 ]; then
		ok 1 "may not be skipped: $1"
		done_testing
	fi
	echo "1..0 # skip $1"
	exit 0
}

# skip N REASON: instead of the next N tests
skip() {
	skipped=0
	while [ $skipped -lt "$1" ]; do
		skipped=$((skipped + 1)) N=$((N + 1))
		if [ "${TEST_NO_SKIP:-0}" = 1 ]; then
			FAILED=$((FAILED + 1))
			echo "not ok $N - may not be skipped: $2"
		else
			echo "ok $N # skip $2"
		fi
	done
}

# Whether this is the build without what one system alone has.
portable() { "${1:-$RELAY}" -V | grep -q 'posix build'; }

# lacks BUILD ADDRESS: what that build says of an option that it has not
lacks() { "$1" --explain "$2" PIPE 2>&1 | sed -n 's/.* E //p'; }

need() {
	for prog; do
		command -v "$prog" >/dev/null || skip_all "$prog is missing"
	done
}

# start NAME CMD...: in the background, with default signals (a shell's &
# ignores INT and QUIT); PID is that of CMD itself
start() {
	name=$1
	shift
	# emptied here, not by the one in the background: else who waits for a
	# line of NAME may still find that of an earlier one
	: >"$T/$name.out" >"$T/$name.err"
	env --default-signal=INT,QUIT,PIPE -- "$@" \
	    </dev/null >"$T/$name.out" 2>"$T/$name.err" &
	PID=$!
	echo "$PID" >"$T/$name.pid"
	PIDS="$PIDS $PID"
}

# What is asked again and again below is asked of the shell alone: a process
# costs more than most of what these tests do.

# lives PID: it is there, and no zombie
lives() {
	kernels=
	{ read -r kernels <"/proc/$1/stat"; } 2>/dev/null
	case ${kernels##*) } in ''|Z*|X*) return 1 ;; esac
}

# ended PID TICKS: true as soon as PID is gone or a zombie, false after
# that many hundredths of a second
ended() {
	ticks=0
	while lives "$1"; do
		[ $ticks -lt "$2" ] || return 1
		sleep 0.02
		ticks=$((ticks + 2))
	done
}

# finish NAME SECONDS: sets STATUS; 1 and STATUS=running at the deadline
finish() {
	read -r ending <"$T/$1.pid"
	STATUS=running
	ended "$ending" $(($2 * 100)) || return 1
	STATUS=0
	wait "$ending" 2>/dev/null || STATUS=$?
	keep=
	for left in $PIDS; do
		[ "$left" = "$ending" ] || keep="$keep $left"
	done
	PIDS=$keep
}

# stop NAME [SIGNAL]: sets STATUS as finish does
stop() {
	read -r ending <"$T/$1.pid"
	kill -"${2:-TERM}" "$ending" 2>/dev/null
	finish "$1" 10
}

# wait_for SECONDS CMD...
wait_for() {
	deadline=$(($1 * 50))
	shift
	until "$@"; do
		deadline=$((deadline - 1))
		[ $deadline -gt 0 ] || return 1
		sleep 0.02
	done
}

# listening NAME: NAME runs and has said so; the line is in HEARD
listening() {
	while read -r HEARD; do
		case $HEARD in *' listening on '*) return 0 ;; esac
	done <"$T/$1.err"
	return 1
} 2>/dev/null

# port NAME: the port of NAME's first listener, which runs with -d -d; where
# only 0 was printed (socat) the kernel is asked
port() {
	if ! wait_for 10 listening "$1"; then
		sed "s/^/$1: /" "$T/$1.err" | diag
		return 1
	fi
	found=${HEARD##*:}
	case $found in
	0|*[!0-9]*)
		read -r pid <"$T/$1.pid"
		found=$(ss -tulnpH | sed -n "/pid=$pid,/{
			s/.*[]0-9*]:\([0-9][0-9]*\) .*/\1/p;q;}") ;;
	esac
	echo "$found"
}

# answers PORT|PATH: somebody listens there, within ten seconds; nobody is
# connected to
answers() { wait_for 10 listens_at "$1"; }
listens_at() {
	case $1 in
	/*) ss -xlH src "unix:$1" ;;
	*) ss -tlH src ":$1" ;;
	esac | grep -q .
}

# free_port: for programs that cannot do port 0; below the ports that the
# kernel gives to clients, so that none of them takes it meanwhile
free_port() {
	perl -MIO::Socket::INET -e 'until ($s) {
	    $s = IO::Socket::INET->new(Listen => 1,
	    LocalPort => $port = 10000 + int rand 22000) }
	    print "$port\n"'
}

[ -x "$RELAY" ] || skip_all "$RELAY is not built"
