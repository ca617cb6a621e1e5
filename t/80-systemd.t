#!/bin/sh
# 80-systemd.t: the units of deploy/ under a systemd of the test's own, which
# is process 1 of namespaces of its own: enabled, ready when they listen,
# stopped in order with a connection open, never failed; by socket started by
# a client, ended when idle, and started again; a link that dies comes back.
. "${0%/*}/lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'systemd as process 1 needs root'
need unshare nsenter systemctl ip perl
[ -x /lib/systemd/systemd ] || skip_all 'systemd is missing'
unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
[ -n "$unified" ] || skip_all 'there is no cgroup2'
group=$unified/${T##*/}
mkdir "$group" 2>/dev/null || skip_all 'control groups cannot be made'

# A root of the host's /usr, read-only, and what systemd writes.
cat >"$T/init" <<'END'
set -e
mount --make-rprivate /
mkdir "$T/root"
mount -t tmpfs root "$T/root"
cd "$T/root"
mkdir usr etc run var proc sys dev tmp root old etc/relay etc/default
for d in bin sbin lib lib64; do [ ! -e /$d ] || ln -s usr/$d $d; done
mount --rbind /usr usr
mount -o remount,bind,ro usr
mount -t tmpfs local usr/local
mkdir usr/local/bin
cp "$RELAY" usr/local/bin/relay
mkdir -p etc/systemd/system
cp "$TOP"/deploy/*.service "$TOP"/deploy/*.socket etc/systemd/system
# What is the host's and not of a namespace stays as it is.
for unit in systemd-sysctl.service systemd-modules-load.service \
    systemd-udevd.service systemd-udev-trigger.service \
    sys-kernel-debug.mount sys-kernel-tracing.mount \
    sys-fs-fuse-connections.mount dev-hugepages.mount dev-mqueue.mount; do
	ln -s /dev/null "etc/systemd/system/$unit"
done
# Devices of a container's own cannot be made of bind mounts.
mkdir etc/systemd/system/service.d
printf '[Service]\nPrivateDevices=no\n' \
    >etc/systemd/system/service.d/devices.conf
printf 'LISTEN=TCP-LISTEN:7000,fork,reuseaddr\nCONNECT=PIPE\n' \
    >etc/relay/plain.conf
printf 'LISTEN=TCP-LISTEN:6379,fork,reuseaddr\nCONNECT=PIPE\n' \
    >etc/relay/lazy.conf
mkdir etc/systemd/system/relay-socket@lazy.service.d
printf '[Service]\nExecStart=\nExecStart=/usr/local/bin/relay %s\n' \
    '--exit-idle=1 --drain=30 ${LISTEN} ${CONNECT}' \
    >etc/systemd/system/relay-socket@lazy.service.d/idle.conf
printf '%s\n' 'ECHO_PORT_7100_TCP=tcp://127.0.0.1:7000' \
    'ECHO_PORT_7101_TCP=tcp://127.0.0.1:7000' >etc/default/ambassador
echo root:x:0:0:root:/root:/bin/sh >etc/passwd
echo root:x:0: >etc/group
: >etc/machine-id
mount -t tmpfs run run
mount -t proc proc proc
mount -o bind,ro proc/sys proc/sys
mount -t sysfs -o ro sys sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 dev dev
for n in null zero full random urandom tty; do
	: >dev/$n
	mount --bind /dev/$n dev/$n
done
: >dev/console
mkdir dev/pts dev/shm
ln -s /proc/self/fd dev/fd
ip link set lo up
pivot_root . old
umount -l old
exec env -i container=relay-test PATH=/usr/bin:/usr/sbin:/bin:/sbin \
    /lib/systemd/systemd --system --unit=multi-user.target
END
start systemd sh -c 'echo $$ >"$1/cgroup.procs" &&
    exec unshare -pmiuCn --fork --kill-child sh "$2"' - "$group" "$T/init"
outer=$PID
# All processes inside end with its process 1; then the groups can go.
swept() {
	find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
	[ ! -e "$group" ]
}
trap 'kill -9 $init $outer 2>/dev/null; wait_for 10 swept; cleanup' EXIT
inside() { nsenter -t "$init" -a "$@"; }
ctl() { inside systemctl --no-pager "$@" >"$T/ctl" 2>&1; }
up() {
	init=$(ps -o pid= --ppid "$outer" | tr -d ' ')
	[ -n "$init" ] && ctl is-system-running
}
wait_for 40 up || {
	state=$(cat "$T/ctl" "$T/systemd.err" 2>/dev/null | tr '\n' ' ')
	[ "$state" = 'degraded ' ] || skip_all "systemd does not start: $state"
}

# is_now UNIT STATE: what systemctl calls it
is_now() { [ "$(inside systemctl is-active "$1" 2>/dev/null)" = "$2" ]; }
state() {
	ok "$(wait_for "${4:-20}" is_now "$1" "$2"; echo $?)" "$3" ||
	    inside systemctl --no-pager status "$1" 2>&1 | diag
}
property() { inside systemctl show -P "$2" "$1"; }
ask() { echo "$2" | nsenter -t "$init" -n "$RELAY" -t 10 - \
    "TCP4:127.0.0.1:$1" 2>&1; }

# One that runs all the time
ctl enable --now relay@plain.service
ok $? 'enable --now relay@plain' || diag <"$T/ctl"
is "$(inside systemctl is-enabled relay@plain) $(inside systemctl is-active \
    relay@plain)" 'enabled active' 'it is active as soon as that returns'
is "$(ask 7000 hello)" hello 'it relays'
is "$(property relay@plain StatusErrno) $(property relay@plain NRestarts)" \
    '0 0' 'without a restart'

# Links of the environment, through the other
ctl enable --now ambassador.service
ok $? 'enable --now ambassador' || diag <"$T/ctl"
is "$(ask 7100 one) $(ask 7101 two)" 'one two' 'both links relay at once'
main=$(property ambassador MainPID)
inside sh -c 'kill -9 $(ps -o pid= --ppid '"$main"' | head -n 1)'
again() {
	is_now ambassador active && [ "$(property ambassador MainPID)" != "$main" ]
}
ok "$(wait_for 20 again; echo $?)" 'a link that is killed: it is started anew'
is "$(property ambassador NRestarts)" 1 'once'
is "$(ask 7100 one) $(ask 7101 two)" 'one two' 'and both are back'

# By its socket
ctl enable --now relay-socket@lazy.socket
ok $? 'enable --now relay-socket@lazy.socket' || diag <"$T/ctl"
state relay-socket@lazy.socket active 'the socket listens'
is "$(inside systemctl is-active relay-socket@lazy.service)" inactive \
    'and nothing runs'
is "$(ask 6379 wake)" wake 'the first client is served'
state relay-socket@lazy.service inactive 'it ends when it is idle'
is "$(property relay-socket@lazy.service Result)" success 'which is no failure'
is "$(ask 6379 again)" again 'the next client is served as well'
state relay-socket@lazy.service inactive 'and it ends once more'
is "$(inside systemctl is-active relay-socket@lazy.socket)" active \
    'the socket listens on'

# Stopped with a connection open: it finishes, nothing has failed.
mkfifo "$T/hold"
start client nsenter -t "$init" -n "$RELAY" -t 10 "GOPEN:$T/hold" \
    TCP4:127.0.0.1:7000
exec 8>"$T/hold"
echo first >&8
connected() {
	inside sh -c 'ps -o pid= --ppid '"$(property relay@plain MainPID)" |
	    grep -q .
}
ok "$(wait_for 10 connected; echo $?)" 'a connection is open'
inside systemctl stop --no-block relay@plain
state relay@plain deactivating 'stopping waits for it'
exec 8>&-
state relay@plain inactive 'and is over with it'
is "$(property relay@plain Result) $(property relay@plain ExecMainStatus)" \
    'success 0' 'with status 0'
ctl stop ambassador
is "$(property ambassador Result) $(property ambassador ExecMainStatus)" \
    'success 0' 'the ambassador, too'
is "$(ask 6379 last)" last 'the one by socket runs'
ctl stop relay-socket@lazy.socket relay-socket@lazy.service
is "$(property relay-socket@lazy.service Result)" success 'and stops in order'
is "$(inside systemctl --no-legend --plain list-units --failed 'relay*' \
    'ambassador*')" '' 'no unit has failed'
inside journalctl -b -o cat -u 'relay*' -u ambassador -p err >"$T/err" 2>&1
like "$(cat "$T/err")" 'link 710[01]/tcp was killed by signal 9' \
    'the journal has the one error, as an error'
done_testing
