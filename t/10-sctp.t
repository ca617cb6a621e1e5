#!/bin/sh
# SCTP and DCCP, to connect and to listen.  Where the kernel lacks them the
# calls are those of socat, and the message says what is lacking; traffic goes
# over TCP then, by a library that makes other sockets of these.
. "${0%/*}/lib.sh"
need cc readelf strace perl
REFERENCE=${REFERENCE:-/usr/bin/socat}
cd "$T" || exit 1
ln -s "$RELAY" socat
has() { perl -e 'socket S, 2, $ARGV[0], $ARGV[1] or exit 1' "$@"; }

# --- what the kernel is asked for, and what it lacks ------------------------------
calls() {
	strace -f -o calls -e trace=socket "$@" - </dev/null >/dev/null 2>&1
	sed -n 's/|SOCK_CLOEXEC//; s/^[0-9]* *//; /SCTP\|DCCP/p' calls |
	    uniq	# musl asks twice
}
strace -o /dev/null true 2>/dev/null || skip_all 'strace may not trace here'
for at in SCTP:127.0.0.1:1 SCTP4-CONNECT:127.0.0.1:1 'SCTP6:[::1]:1' \
    SCTP-L:6201 SCTP4-LISTEN:6201 SCTP6-LISTEN:6201; do
	has 1 132 && continue
	is "$(calls ./socat "$at")" "$(calls "$REFERENCE" "$at")" \
	    "$at: socat's calls"
done
for at in DCCP:127.0.0.1:1 DCCP4-LISTEN:6201; do
	has 6 33 && continue
	like "$(calls ./socat "$at")" \
	    '^socket\(AF_INET, SOCK_DCCP, IPPROTO_DCCP\) = -1 ESOCKTNOSUPPORT' \
	    "$at: its calls"
done
lacks() {
	has "$2" "$3" || is "$("$RELAY" -d0 "$1" PIPE 2>&1 |
	    sed -n 's/.*\] E //p; s/^  \([a-z]\)/\1/p')" "$4" "$1"
}
lacks SCTP:127.0.0.1:1 1 132 'SCTP:127.0.0.1:1: Protocol not supported
this kernel has no SCTP; on Linux it is the module sctp'
lacks SCTP-L:6201 1 132 'socket(2, 1, 132): Protocol not supported
this kernel has no SCTP; on Linux it is the module sctp'
lacks DCCP-L:6201 6 33 'socket(2, 6, 33): Socket type not supported
this kernel has no DCCP; on Linux it is the module dccp_ipv4, up to 6.15'

# --- options ------------------------------------------------------------------------
explains() {
	"$RELAY" --explain "$1" PIPE >/dev/null 2>err
	is "$? $(sed -n 's/.*\] E //p' err)" "$2" "$1"
}
if portable; then
	no='is known but not available here'
	explains DCCP:h:1,bind=:7,ccid=3 "1 option \"ccid\" $no"
	explains DCCP4-L:1,fork,dccp-set-ccid=2 "1 option \"dccp-set-ccid\" $no"
else
	explains DCCP:h:1,ccid=3,bind=:7,sp=9,pf=ip4 '0 '
	explains DCCP4-L:1,dccp-set-ccid=2,fork,range=10.0.0.0/8,lowport '0 '
	explains DCCP:h:1,ccid=256 '1 option "ccid=256": byte value exceeds '\
'limit (256 vs. 255), using max'
fi
explains SCTP:h:1,ccid=3 '1 option "ccid" not supported with this address type'
explains SCTP6-L:1,fork,backlog=3,so-rcvbuf=9000,retry=2 '0 '
explains SCTP:h '1 SCTP: wrong number of parameters (1 instead of 2): usage:'\
' SCTP-CONNECT:<host>:<port>'

# --- traffic ----------------------------------------------------------------------
readelf -l "$RELAY" | grep -q INTERP || {
	comment 'a static program loads no library: no traffic'
	done_testing
}
cat >tcp.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/socket.h>

int
socket(int af, int type, int proto)
{
	int (*next)(int, int, int) =
	    (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");

	if (proto == 33)
		type = (type & ~15) | SOCK_STREAM;
	return next(af, type, proto == 33 || proto == 132 ? 0 : proto);
}
END
cc -shared -fPIC -o tcp.so tcp.c -ldl
ok $? 'the library compiles'
LD_PRELOAD=$T/tcp.so
export LD_PRELOAD
head -c 100000 /dev/urandom >data
for kind in SCTP SCTP4 SCTP6 DCCP DCCP4 DCCP6; do
	case $kind in *6) host='[::1]' ;; *) host=127.0.0.1 ;; esac
	start server "$RELAY" -d -d "$kind-L:0,bind=$host,fork" PIPE
	port=$(port server)
	timeout 20 "$RELAY" -d -d -t 5 OPEN:data,rdonly!!CREATE:got \
	    "$kind:$host:$port,sourceport=$(free_port)" 2>client
	cmp data got
	ok $? "$kind: there and back"
	like "$(sed -n 's/.*\] N //p' client)" \
	    "^opening connection to $(echo "$host:$port" | sed 's/[][]/\\&/g')$" \
	    "$kind: what the client says"
	stop server
done
LD_PRELOAD=
done_testing
