#!/bin/sh
# UNIX and ABSTRACT sockets: mode, owner, umask, what is removed and what is
# not, long paths, the kinds of peers that a client meets.
. "${0%/*}/lib.sh"
need stat ss

r() { "$RELAY" -t 5 "$@"; }
listens() { test -S "$1"; }
# up NAME ADDRESS PATH: a listener that is there
up() {
	start "$1" "$RELAY" -d -d "$2" PIPE
	wait_for 10 listening "$1"
}
says() { is "$(echo hello | r - "$1")" hello "$2"; }

# attributes, read back from the file system
n=0
attribute() {
	n=$((n + 1))
	up "a$n" "UNIX-LISTEN:$T/s$n,fork,$1"
	is "$(stat -c "$2" "$T/s$n")" "$3" "$1"
	says "UNIX-CONNECT:$T/s$n" '... and it serves'
	stop "a$n"
	[ ! -e "$T/s$n" ]
	ok $? '... and is removed at the end'
}
attribute mode=600 %a 600
attribute perm=0666 %a 666
attribute MODE=640 %a 640
attribute perm-early=711 %a 711
attribute umask=077 %a 700
attribute umask=0117 %a 660
if [ "$(id -u)" = 0 ]; then
	attribute user=nobody %U nobody
	attribute user=65534 %u 65534
	attribute group=nogroup %G nogroup
	attribute uid=1,gid=2 '%u %g' '1 2'
	attribute user=nobody,group=nogroup,mode=660 '%U %G %a' \
	    'nobody nogroup 660'
else
	skip 12 'only root gives files away'
fi

# What is there already
up keep "UNIX-LISTEN:$T/keep,unlink-close=0"
stop keep
listens "$T/keep"
ok $? 'unlink-close=0 leaves the socket file'
up stale "UNIX-LISTEN:$T/keep,fork,unlink-close=0"
like "$(cat "$T/stale.err")" "removing stale socket \"$T/keep\"" \
    'a stale socket file is replaced, with a line'
r "UNIX-LISTEN:$T/keep" PIPE 2>"$T/err"
is $? 1 'one that is listened on is in the way'
like "$(cat "$T/err")" ' E .*(Address already in use|exists)' '... and named'
says "UNIX:$T/keep" '... and goes on serving'
stop stale
ln -s "$RELAY" "$T/socat"
"$T/socat" "UNIX-LISTEN:$T/keep" PIPE 2>"$T/err"
is $? 1 'named socat it leaves even a stale one'
listens "$T/keep"
ok $? '... in place'
up early "UNIX-LISTEN:$T/keep,unlink-early,fork"
says "UNIX:$T/keep" 'unlink-early makes room'
up early2 "UNIX-LISTEN:$T/keep2,new,fork"
says "UNIX:$T/keep2" 'so does new, where there is nothing'
stop early
stop early2
echo precious >"$T/file"
r "UNIX-LISTEN:$T/file" PIPE 2>/dev/null
is $? 1 'a file is in the way'
is "$(cat "$T/file")" precious '... and stays as it was'

# Paths: as long as the kernel takes, and longer
long=$(printf '%107s' '' | tr ' ' x)
cd "$T"
up long "UNIX-LISTEN:$long,fork"
says "UNIX:$long" 'a path of 107 bytes'
stop long
r - "UNIX:${long}xx" </dev/null 2>"$T/err"
is $? 1 'a longer one is refused'
[ -s "$T/err" ]
ok $? '... with a line'
up blank "UNIX-LISTEN:$T/with blank,fork"
says "UNIX:$T/with blank" 'a blank in the path'
up colon "UNIX-LISTEN:$T/with\\:colon\\,comma,fork"
listens "$T/with:colon,comma"
ok $? 'escaped colon and comma'
says "UNIX:\"$T/with:colon,comma\"" '... or quoted'
stop colon
stop blank

# Nobody there
r - "UNIX:$T/none" </dev/null 2>"$T/err"
is $? 1 'no such socket: status 1'
why() { sed 's/^.* E /E /' "$T/err"; }
is "$(why)" "E UNIX-CLIENT: $T/none: No such file or directory
  UNIX:$T/none
  ^$(printf '%s' "NIX:$T/none" | tr -c '' '~')" '... and why'
r - "UNIX-CONNECT:$T/none" </dev/null 2>"$T/err"
is "$(why | head -n 1)" "E connect(, AF=1 \"$T/none\", $((${#T} + 7))): \
No such file or directory" '... with the call where the kind is given'

# UNIX-CLIENT finds out what it talks to: datagram and seqpacket servers
perl -MSocket -e 'socket $s, AF_UNIX, SOCK_DGRAM, 0;
    bind $s, pack_sockaddr_un("$ENV{T}/dgram") or die;
    open $r, ">", "$ENV{T}/ready"; close $r; alarm 20;
    recv $s, $got, 100, 0; print $got' >"$T/got" &
peer=$!
wait_for 10 test -e "$T/ready"
printf packet | r -u - "UNIX-CLIENT:$T/dgram"
wait $peer
is "$(cat "$T/got")" packet 'UNIX-CLIENT to a datagram socket'
perl -MSocket -e 'socket $s, AF_UNIX, SOCK_SEQPACKET, 0;
    bind $s, pack_sockaddr_un("$ENV{T}/seq") or die; listen $s, 5;
    open $r, ">", "$ENV{T}/ready2"; close $r; alarm 20;
    accept $c, $s; recv $c, $got, 100, 0; print $got' >"$T/got" &
peer=$!
wait_for 10 test -e "$T/ready2"
printf packet | r -u - "UNIX-CLIENT:$T/seq"
wait $peer
is "$(cat "$T/got")" packet 'UNIX-CLIENT to a seqpacket socket'
perl -MSocket -e 'socket $s, AF_UNIX, SOCK_SEQPACKET, 0;
    bind $s, pack_sockaddr_un("$ENV{T}/leaves") or die; listen $s, 5;
    open $r, ">", "$ENV{T}/ready3"; close $r; alarm 20;
    accept $c, $s; send $c, "bye", 0' &
wait_for 10 test -e "$T/ready3"
start client "$RELAY" -d -d -u "UNIX-CLIENT:$T/leaves" -
finish client 10
is "$STATUS $(cat "$T/client.out")" '0 bye' '... that closes it: the end'

# bind: the name that the server sees
start server "$RELAY" -d -d "UNIX-LISTEN:$T/server" \
    'SYSTEM:cat >/dev/null; echo "$SOCAT_PEERADDR$RELAY_PEERADDR"'
wait_for 10 listening server
like "$(echo | r - "UNIX-CONNECT:$T/server,bind=$T/client")" \
    "$T/client" 'bind gives a client its name'
[ ! -e "$T/client" ]
ok $? '... which is removed at the end'

# without a name the kernel gives one
up nameless "UNIX-LISTEN:,fork"
name=$(sed -n 's/.*listening on AF=1 "\\0\([0-9a-f]*\)"$/\1/p' "$T/nameless.err")
says "ABSTRACT-CONNECT:$name,unix-tightsocklen" 'a listener without a name'
stop nameless

# short of descriptors: true reasons, nothing left behind
short() {
	( ulimit -n 5; r "UNIX-LISTEN:$T/$1,accept-timeout=1" PIPE ) \
	    </dev/null >"$T/out" 2>&1
	# musl has words of its own
	is "$? $(sed -n 's/No file descriptors available/Too many open files/
	    s/.* E //p; s/^  \([a-z]\)/\1/p' "$T/out")" \
	    "1 $2" "$3"
}
short new "cannot see to the removal of \"$T/new\": Too many open files" \
    'a socket that could not be removed at the end is not made'
listens "$T/new"
is $? 1 '... and none is left'
up killed "UNIX-LISTEN:$T/killed,fork"
stop killed KILL
short killed "\"$T/killed\" exists
whether anybody listens on it cannot be seen: Too many open files; \
unlink-early replaces it" 'one that could not be looked at is not in use'

# abstract names leave nothing in the file system
up abstract "ABSTRACT-LISTEN:$T/ab,fork"
ss -xlH | grep -q "@$T/ab"
ok $? 'ABSTRACT-LISTEN: the kernel has the name'
[ ! -e "$T/ab" ]
ok $? '... the file system has not'
says "ABSTRACT-CONNECT:$T/ab" '... and it serves'
stop abstract

# a bare path that is a socket is connected to
up bare "UNIX-LISTEN:$T/bare,fork"
says "$T/bare" 'a bare path'
says "GOPEN:$T/bare" 'GOPEN'
cd "$T"
says ./bare 'a relative path with a slash'
stop bare
done_testing
