#!/bin/sh
# VSOCK-CONNECT and -LISTEN: words, logs, environment, types of socket, bind=,
# and traffic with socat at the other end.  What a virtual machine and its host
# would do is led to unix sockets by a library (t/tools/vsock.c); what the
# kernel is asked for is seen by strace, beside socat.
. "${0%/*}/lib.sh"
need cc readelf strace
REFERENCE=${REFERENCE:-/usr/bin/socat}
cd "$T" || exit 1
ln -s "$RELAY" socat

portable && {
	is "$("$RELAY" - VSOCK-CONNECT:1:1 2>&1 | sed -n 's/.* E //p')" \
	    'VSOCK-CONNECT is known but not here: only Linux has this kind of'\
' socket; use TCP between the machines' 'only Linux has it'
	done_testing
}

# --- words: read at once by relay, and when it opens them by socat --------------
words() {
	is "$("$RELAY" PIPE "$1" 2>&1 | sed -n 's/.*\] E //p')" "$2" "$1"
	is "$(./socat -d -d PIPE "$1" 2>&1 | sed -n '2s/.*\] E //p')" "$2" \
	    "$1, as socat: when the other one is open"
}
words VSOCK-CONNECT:x:1 'sockaddr_vm - garbage in cid: "x"'
words VSOCK:0x3z:1 'sockaddr_vm - garbage in cid: "z"'
words VSOCK-CONNECT:1:1y 'sockaddr_vm - garbage in port: "y"'
words VSOCK-L:7x 'sockaddr_vm - garbage in port: "x"'
words VSOCK-LISTEN:4294967296 \
    'sockaddr_vm - port "4294967296" is too large'
words VSOCK-LISTEN:1,bind=x 'sockaddr_vm - garbage in cid: "x"'
words VSOCK-LISTEN:1,bind=1:1 \
    'port specification not allowed in this bind option'
words VSOCK-CONNECT:1:1,bind=1:x:y 'sockaddr_vm - garbage in port: "x:y"'

# --- what the kernel is asked for -------------------------------------------------
if strace -o /dev/null true 2>/dev/null; then
	calls() {
		timeout 10 strace -f -o calls -e trace=socket,bind,connect \
		    "$@" - </dev/null >/dev/null 2>&1
		sed -n 's/, svm_flags=0//; s/|SOCK_CLOEXEC//
		    s/^[0-9 ]*//; s/ *= -1 .*//; s/ *= [0-9]*$//
		    s/(\(bind\|connect\))(\([0-9]*\),/\1(/
		    s/^\(bind\|connect\)([0-9]*/\1(/
		    /AF_VSOCK/p' calls
	}
	for at in VSOCK-CONNECT:1:5,bind=:70000 VSOCK:0x1:0x5,bind=-1:6 \
	    VSOCK:1:4294967295,type=5 VSOCK:-1:1 VSOCK::; do
		at=$at,connect-timeout=0.1
		is "$(calls ./socat "$at")" "$(calls "$REFERENCE" "$at")" \
		    "$at: socat's calls"
	done
	at=VSOCK-LISTEN:70,bind=77,reuseaddr,accept-timeout=0.1
	is "$(calls ./socat "$at")" "$(calls "$REFERENCE" "$at")" \
	    "$at: socat's calls"
else
	skip 6 'strace may not trace here'
fi

# --- traffic ----------------------------------------------------------------------
readelf -l "$RELAY" | grep -q INTERP || {
	comment 'a static program loads no library: no traffic'
	done_testing
}
cc -shared -fPIC -o vsock.so "$TOP/t/tools/vsock.c" -ldl
ok $? 'the library compiles'
VSOCK=$$
LD_PRELOAD=$T/vsock.so
export VSOCK LD_PRELOAD

log() { sed -n 's/^[^[]*\[[0-9]*\] \([EWN]\)/\1/p' "$1" | sed '/FDs/d;/fin/d'; }

# traffic NAME SERVER CLIENT: a line there and back
traffic() {
	start server "$2" -d -d VSOCK-LISTEN:77,bind=5,fork,reuseaddr PIPE
	wait_for 10 listening server
	is "$(echo there and back | timeout 10 "$3" -d -d -t 5 - \
	    VSOCK-CONNECT:3:77,bind=:88 2>client)" 'there and back' "$1"
	log client >client.log
	stop server
}
traffic "both relay" ./socat ./socat
is "$(cat client.log)" 'N reading from and writing to stdio
N opening connection to AF=40 cid:3 port:77
N successfully connected from local address AF=40 cid:5 port:88
N socket 1 (fd 0) is at EOF
N socket 2 (fd 3) is at EOF
N exiting with status 0' 'the log of the client'
# That of the one process: its child may be the first to speak.
grep -F "[$(cat server.pid)]" server.err >server.log
is "$(log server.log | sed '/forked off/d; 5,$d')" \
    'N listening on AF=40 cid:5 port:77
N accepting connection from AF=40 cid:3 port:88 on AF=40 cid:5 port:77
N listening on AF=40 cid:5 port:77' 'the log of the listener'
traffic "socat listens" "$REFERENCE" "$RELAY"
traffic "socat connects" "$RELAY" "$REFERENCE"

start env "$RELAY" -d -d VSOCK-L:78,fork 'SYSTEM:env | grep ^SOCAT_[PS].*[TR]='
wait_for 10 listening env
is "$(timeout 10 "$RELAY" - VSOCK:3:78,bind=5:89 </dev/null | sort)" \
    'SOCAT_PEERADDR=3
SOCAT_PEERPORT=89
SOCAT_SOCKADDR=5
SOCAT_SOCKPORT=78' 'the environment of programs'
stop env

head -c 300000 /dev/urandom >data
start sink "$RELAY" -d -d -u VSOCK-L:79 CREATE:got
wait_for 10 listening sink
timeout 20 "$RELAY" -u OPEN:data VSOCK:3:79
finish sink 10
cmp data got
ok $? '300 kB arrive whole'

# A record of SOCK_SEQPACKET is one line of the log at the other side.
start records "$RELAY" -v -d -d -u VSOCK-L:80,socktype=5 /dev/null
wait_for 10 listening records
perl -e '$| = 1; for (qw(one two three)) { print; select undef, undef, undef,
    0.2 }' | timeout 10 "$RELAY" -u - VSOCK:3:80,socktype=5
finish records 10
is "$(sed -n 's/.*[<>].*length=\([0-9]*\).*/\1/p' records.err | xargs)" \
    '3 3 5' 'socktype=5 keeps records'
LD_PRELOAD=
done_testing
