# docker.sh: a real Docker Engine of the test's own
#
# To be sourced first, in place of lib.sh: . "${0%/*}/docker.sh". The script
# is run once more in namespaces of its own (network, mounts, processes), so
# that engine, bridges, packet filter and containers disturb nobody, run
# beside other tests, and are gone at the end whatever happens. Inside, the
# "host" of all containers is the place where the script runs.

. "${0%/*}/lib.sh"

# timeout(1) sends TERM twice: the second must not end the cleaning up.
trap 'trap "" HUP INT TERM; exit 143' HUP INT TERM

# engine_gone: whatever was inside has ended, or is ended now by the kernel
engine_gone() {
	trap "" HUP INT TERM
	[ -z "$PIDS" ] || kill -9 "$PIDS" 2>/dev/null
	wait
	PIDS=
	wait_for 5 engine_swept
}

# Control groups alone are not a namespace's.
engine_swept() {
	find /sys/fs/cgroup -depth -type d -path "*/${T##*/}*" \
	    -exec rmdir {} + 2>/dev/null
	[ -z "$(find /sys/fs/cgroup -name "${T##*/}")" ]
}

if [ -z "$RELAY_ENGINE_TEST" ]; then
	[ "$(id -u)" = 0 ] || skip_all "a Docker Engine needs root"
	need unshare ip iptables runc containerd dockerd docker busybox \
	    redis-server redis-cli curl
	unshare -nmp --fork --kill-child --mount-proc true 2>/dev/null ||
	    skip_all "namespaces cannot be made (by the unshare of util-linux)"
	RELAY_ENGINE_TEST=${T##*/} TMPDIR=$T \
	    unshare -nmp --fork --kill-child --mount-proc /bin/sh "$0" "$@" &
	PIDS=$!
	trap 'engine_gone; cleanup' EXIT
	wait "$PIDS"
	status=$?
	PIDS=
	exit $status
fi

TMPDIR=$T
unset DOCKER_TLS_VERIFY DOCKER_CONTEXT DOCKER_CONFIG
HOME=$T
DOCKER_HOST=unix://$T/docker.sock
export HOME DOCKER_HOST
mount -t tmpfs none /run
ip link set lo up

trap 'engine_end; cleanup' EXIT

# No call of the client may hang for ever.
DOCKER=$(command -v docker)
docker() { timeout 100 "$DOCKER" "$@"; }

# What a test leaves behind is removed while there is an engine to do it.
engine_end() {
	trap "" HUP INT TERM
	trap - EXIT
	if engine_answers; then
		docker ps -aq | xargs -r docker rm -f >/dev/null 2>&1
	fi
	[ ! -e "$T/dockerd.pid" ] || engine_kill TERM
	[ ! -e "$T/containerd.pid" ] || stop containerd
	awk -v t="$T/" 'index($2, t) == 1 { print $2 }' /proc/mounts |
	    sort -r | xargs -r umount -l
}

engine_answers() {
	curl -s -o "$T/.ping" --max-time 2 --unix-socket "$T/docker.sock" \
	    http://docker/_ping && [ "$(cat "$T/.ping")" = OK ]
}

# engine_start [OPTIONS OF DOCKERD]: containers outlive an engine that is
# killed, for containerd is not its child
engine_start() {
	if [ ! -e "$T/containerd.pid" ]; then
		start containerd containerd --root "$T/c/root" \
		    --state "$T/c/state" --address "$T/c/sock"
		wait_for 20 test -S "$T/c/sock"
	fi
	rm -f "$T/engine.pid" "$T/docker.sock"
	start dockerd dockerd --storage-driver=vfs --data-root "$T/data" \
	    --exec-root "$T/exec" --pidfile "$T/engine.pid" \
	    --containerd "$T/c/sock" --cgroup-parent "/$RELAY_ENGINE_TEST" \
	    --live-restore -H "$DOCKER_HOST" "$@"
	if ! wait_for 60 engine_answers; then
		ok 1 "the engine starts"
		tail -n 20 "$T/dockerd.err" | diag
		done_testing
	fi
}

# engine_kill SIGNAL: waits until it is gone
engine_kill() {
	kill -"$1" "$(cat "$T/dockerd.pid")" 2>/dev/null
	finish dockerd 20
	rm -f "$T/dockerd.pid"
}

# root_copy ROOT PROGRAM...: with the libraries that they are linked to
root_copy() {
	root=$1
	shift
	mkdir -p "$root/bin"
	for prog; do
		prog=$(command -v "$prog")
		cp -L "$prog" "$root/bin/${prog##*/}"
		ldd "$prog" 2>/dev/null | tr ' \t' '\n\n' | grep '^/' |
		while read -r lib; do
			mkdir -p "$root${lib%/*}"
			cp -L "$lib" "$root$lib"
		done
	done
}

# image NAME ROOT [CHANGE...]: an image of the files below ROOT
image() {
	image=$1 root=$2
	shift 2
	for change; do
		set -- "$@" -c "$change"
		shift
	done
	tar -C "$root" -c . | docker import "$@" - "$image" >/dev/null
}

# image_busybox: busybox:t with a shell and the usual tools
image_busybox() {
	root_copy "$T/busybox" busybox
	mkdir -p "$T/busybox/tmp" "$T/busybox/etc"
	for tool in sh env grep sed cat sleep nc nslookup dnsd ls rm echo \
	    kill httpd wget ps; do
		ln -f "$T/busybox/bin/busybox" "$T/busybox/bin/$tool"
	done
	image busybox:t "$T/busybox" "$@"
}

# image_redis: redis:t, server and client, of this system's files
image_redis() {
	root_copy "$T/redis" redis-server redis-cli
	mkdir -p "$T/redis/tmp"
	image redis:t "$T/redis" 'EXPOSE 6379' 'WORKDIR /tmp' \
	    'CMD ["/bin/redis-server","--save","","--protected-mode","no"]'
}

# static_relay: prints the path of a static binary of relay
static_relay() {
	for static in "$RELAY_STATIC" "$TOP/relay-static" "$TOP/relay.static"
	do
		[ -x "$static" ] && echo "$static" && return
	done
	return 1
}

# image_relay: relay:t, made without Docker by deploy/mkimage.sh
image_relay() {
	static=$(static_relay) || {
		ok 1 "there is a static binary (make static)"
		done_testing
	}
	sh "$TOP/deploy/mkimage.sh" "$static" relay:t >"$T/image.tar" &&
	    docker load -q -i "$T/image.tar" >/dev/null
}

# address CONTAINER [NETWORK]
address() {
	docker inspect -f "{{(index .NetworkSettings.Networks \
	    \"${2:-bridge}\").IPAddress}}" "$1"
}

# follow NAME [ARGUMENTS]: relay here, following containers
follow() {
	follower=$1
	shift
	start "$follower" "$RELAY" -d -d --docker-host="$DOCKER_HOST" "$@"
}

# pings [HOST [PORT]]: a redis answers there
pings() {
	[ "$(timeout 3 redis-cli -h "${1-127.0.0.1}" -p "${2:-6379}" ping \
	    2>&1)" = PONG ]
}

# answers HOST PORT WORD: what is connected to says that word at once
answers() {
	[ "$(perl -MIO::Socket::INET -e 'alarm 3;
	    my $s = IO::Socket::INET->new(PeerAddr => shift,
		PeerPort => shift) or exit 1;
	    print scalar <$s>' "$1" "$2" 2>/dev/null)" = "$3" ]
}

# refused PORT: nobody listens here
refused() {
	perl -MIO::Socket::INET -MErrno=ECONNREFUSED -e 'alarm 3;
	    exit 1 if IO::Socket::INET->new(PeerAddr => "127.0.0.1",
		PeerPort => shift); exit($! == ECONNREFUSED ? 0 : 1)' "$1"
}
