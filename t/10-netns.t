#!/bin/sh
# netns=: a server of each family in a network namespace that is made here,
# one child for each client, clients in it as well; what runs where; names
# that are resolved there; what cannot be entered, and no /proc to come back.
. "${0%/*}/lib.sh"
need perl unshare nsenter ss readlink
portable && {
	is "$("$RELAY" - TCP4:127.0.0.1:1,netns=/proc/self/ns/net 2>&1 |
	    sed -n 's/.* E //p')" \
	    'setns("/proc/self/ns/net", CLONE_NEWNET): Function not'\
' implemented' 'only Linux has namespaces'
	done_testing
}

NS=$T/ns
: >"$NS"
if ! unshare --net="$NS" ip link set lo up 2>/dev/null; then
	skip_all 'no network namespace can be made here'
fi
trap 'umount "$NS"; cleanup' EXIT
there=$(nsenter --net="$NS" readlink /proc/self/ns/net)
here=$(readlink /proc/self/ns/net)
[ "$there" != "$here" ]
ok $? 'another namespace'

# NAME SERVER CLIENT: both with netns=
served() {
	start "s$1" "$RELAY" -d -d "$2,fork,netns=$NS" PIPE
	names="$names $1"
	eval "client_$1=\$3"
}
names=
served tcp4 TCP4-LISTEN:7001 TCP4:127.0.0.1:7001
served tcp6 TCP6-LISTEN:7002 'TCP6:[::1]:7002'
served udp4 UDP4-LISTEN:7003 UDP4:127.0.0.1:7003
served udp6 UDP6-LISTEN:7004 'UDP6:[::1]:7004'
served lite UDPLITE4-LISTEN:7005 UDPLITE4:127.0.0.1:7005
served from UDP4-RECVFROM:7006 UDP4-SENDTO:127.0.0.1:7006
served sock SOCKET-LISTEN:2:6:x1b5f0000000000000000000000000000 \
    SOCKET-CONNECT:2:6:x1b5f7f0000010000000000000000
served abstract "ABSTRACT-LISTEN:$T" "ABSTRACT-CONNECT:$T"
served pack "ABSTRACT-RECVFROM:$T/pack" \
    "ABSTRACT-SENDTO:$T/pack,bind=$T/client"
waits() { grep -q ' listening on \| receiving on ' "$T/s$1.err"; }
for name in $names; do
	wait_for 10 waits "$name" || diag <"$T/s$name.err"
	eval "client=\$client_$name"
	for i in 1 2; do
		got=$(echo "$name $i" | "$RELAY" -t 5 - \
		    "$client,netns=$NS,readbytes=$((${#name} + 3))" 2>&1)
		is "$got" "$name $i" "$name: client $i is answered"
	done
done
is "$(ss -Hltn 'sport = 7001 or sport = 7002 or sport = 7007')" '' \
    'nobody listens outside'
"$RELAY" - TCP4:127.0.0.1:7001 </dev/null >/dev/null 2>&1
is $? 1 '... and nobody is reached there'

# An address opens in it, and what comes after does not.
is "$("$RELAY" -u EXEC:'readlink /proc/self/ns/net',netns="$NS" - 2>&1)" \
    "$there" 'a program runs there'
is "$("$RELAY" -u "OPEN:/dev/null,netns=$NS!!STDOUT" \
    EXEC:'readlink /proc/self/ns/net' 2>&1
    echo | "$RELAY" "PIPE,netns=$NS!!STDOUT" \
    EXEC:'readlink /proc/self/ns/net' 2>&1)" "$here
$here" 'one of another address does not'
is "$("$RELAY" -u OPEN:/proc/thread-self/net/dev,netns="$NS" - |
    sed '1,2d; s/:.*//; s/ *//')" lo 'a file is opened there'

# The name server of the other namespace is asked.
start dns nsenter --net="$NS" perl "$TOP/t/tools/dns.pl" 127.0.0.53 \
    inner.example=127.0.0.1
up() { grep -q up "$T/dns.out"; }
wait_for 10 up
is "$(echo named | "$RELAY" -t 5 - "TCP4:inner.example:7001,netns=$NS,$(:
    )res-nsaddr=127.0.0.53,readbytes=6" 2>&1)" named \
    'a name is resolved there'

# What goes wrong
said() { sed -n 's/^[0-9/]* [0-9:]* [a-z]*\[[0-9]*\] //p' "$T/err"; }
"$RELAY" - TCP4:127.0.0.1:7001,netns=no-such </dev/null 2>"$T/err"
is "$? $(said)" '1 E open(/run/netns/no-such, O_RDONLY|O_CLOEXEC): '"$(:
    )No such file or directory" 'no such namespace'
"$RELAY" - TCP4:127.0.0.1:7001,netns=/dev/null </dev/null 2>"$T/err"
is "$? $(said)" '1 E setns("/dev/null", CLONE_NEWNET): Invalid argument' \
    'what is no namespace'
echo lost | unshare -m sh -c 'umount -l /proc; exec "$@"' sh \
    "$RELAY" - "TCP4:127.0.0.1:7001,netns=$NS" >"$T/out" 2>"$T/err"
is "$? $(cat "$T/out")$(said)
$(tail -n 1 "$T/err")" '1 E open(/proc/self/ns/net, O_RDONLY|O_CLOEXEC): '"$(:
    )No such file or directory
  netns= needs /proc: without it there is no way back" \
    'without /proc it is said that nothing leads back'
done_testing
