#!/bin/sh
# ssh with ProxyCommand relay - TCP:%h:%p, to an sshd of its own with keys of
# its own: commands, their exit status, and bytes both ways; sshd itself
# behind EXEC, as inetd would start it.
. "${0%/*}/lib.sh"
. "$TOP/t/servers.sh"
need ssh sshd ssh-keygen cmp

sshd=$(command -v sshd)
listen=$(free_port)
sshd_config "$listen"
ok $? 'keys'
start sshd "$sshd" -D -e -f "$T/sshd_config"
wait_for 10 grep -q 'listening on' "$T/sshd.err"
ok $? 'sshd listens' || diag <"$T/sshd.err"

# client HOST PROXYCOMMAND CMD...
client() {
	ssh_user -o ConnectTimeout=10 -p "$listen" -o ProxyCommand="$2" \
	    "$(id -un)@$1" "$3"
}
proxy="$RELAY - TCP:%h:%p"

is "$(client 127.0.0.1 "$proxy" 'echo hello' </dev/null)" hello \
    'a command through ProxyCommand'
client 127.0.0.1 "$proxy" 'exit 7' </dev/null
is $? 7 'its exit status'
head -c 5000000 /dev/urandom >"$T/bytes"
client 127.0.0.1 "$proxy" 'cat' <"$T/bytes" >"$T/back"
cmp "$T/bytes" "$T/back"
ok $? '5 MB both ways'
is "$(client 127.0.0.1 "$proxy" 'cat | wc -c' <"$T/bytes" | tr -d ' ')" \
    5000000 'the end of the input goes across'
is "$(client localhost "$RELAY - TCP4:%h:%p" 'echo name' </dev/null)" name \
    'by name, over IPv4'

start front "$RELAY" -d -d TCP4-LISTEN:0,fork,reuseaddr \
    "EXEC:$sshd -i -e -f $T/sshd_config"
is "$(client 127.0.0.1 "$RELAY - TCP:127.0.0.1:$(port front)" 'echo inetd' \
    </dev/null)" inetd 'sshd -i behind EXEC'
client 127.0.0.1 "$RELAY - TCP:127.0.0.1:$(port front)" cat \
    <"$T/bytes" >"$T/back"
cmp "$T/bytes" "$T/back"
ok $? '5 MB both ways behind EXEC'
stop front
is "$STATUS" 143 'relay ends on TERM'
done_testing
