#!/bin/sh
# What a library that is loaded before libc (LD_PRELOAD) sees and does: relay
# calls libc, so connect(2) and names can be led elsewhere, as torsocks and
# proxychains do; and a fork that is slow in the child shows what a signal does
# there, and the parent's death, before the child is set up.
. "${0%/*}/lib.sh"
need cc perl pgrep readelf

cat >"$T/lead.c" <<'EOF'
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Port $FROM becomes port $TO. */
int
connect(int fd, const struct sockaddr *sa, socklen_t len)
{
	int (*next)(int, const struct sockaddr *, socklen_t) =
	    (int (*)(int, const struct sockaddr *, socklen_t))
	    dlsym(RTLD_NEXT, "connect");
	struct sockaddr_in in;

	if (sa->sa_family == AF_INET && getenv("FROM") != NULL) {
		memcpy(&in, sa, sizeof in);
		if (in.sin_port == htons(atoi(getenv("FROM"))))
			in.sin_port = htons(atoi(getenv("TO")));
		return next(fd, (struct sockaddr *)&in, sizeof in);
	}
	return next(fd, sa, len);
}

/* A name that nobody else knows. */
int
getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **res)
{
	int (*next)(const char *, const char *, const struct addrinfo *,
	    struct addrinfo **) = (int (*)(const char *, const char *,
	    const struct addrinfo *, struct addrinfo **))
	    dlsym(RTLD_NEXT, "getaddrinfo");

	if (host != NULL && strcmp(host, "hidden.onion") == 0)
		host = "127.0.0.1";
	return next(host, port, hints, res);
}

/* The child has a second to itself before it comes back, as if new. */
pid_t
fork(void)
{
	pid_t (*next)(void) = (pid_t (*)(void))dlsym(RTLD_NEXT, "fork");
	struct timespec left = { 0, 700000000 };
	pid_t pid = next();
	int fd;

	if (pid == 0 && getenv("SLOW") != NULL) {
		fd = creat(getenv("SLOW"), 0600);
		dprintf(fd, "%d\n", (int)getpid());
		close(fd);
		while (nanosleep(&left, &left) == -1)
			;
	}
	return pid;
}
EOF
sed -i 's/#include <stdlib.h>/#include <fcntl.h>\n#include <stdio.h>\n&/' \
    "$T/lead.c"
cc -shared -fPIC -o "$T/lead.so" "$T/lead.c" -ldl || skip_all "no library"
readelf -l "$RELAY" | grep -q INTERP ||
    skip_all "a static program loads no library"

# --- connect(2) and getaddrinfo(3) ------------------------------------------------
start echo "$RELAY" -d -d TCP4-LISTEN:0,bind=127.0.0.1,fork PIPE
to=$(port echo)
from=$(free_port)
led() {
	echo led | LD_PRELOAD=$T/lead.so FROM=$from TO=$to \
	    timeout 10 "$RELAY" -t 5 - "$1" 2>&1
}
is "$(led "TCP4:127.0.0.1:$from")" led "connect(2) is libc's: TCP4"
is "$(led "TCP:127.0.0.1:$from")" led "connect(2) is libc's: TCP"
is "$(led "TCP4:127.0.0.1:$from,connect-timeout=5")" led \
    "connect(2) is libc's: connect-timeout"
is "$(led "TCP4:hidden.onion:$from")" led "getaddrinfo(3) is libc's"
LD_PRELOAD=$T/lead.so FROM=$from TO=$to start relayed "$RELAY" -d -d \
    TCP4-LISTEN:0,bind=127.0.0.1,fork "TCP4:127.0.0.1:$from"
is "$(echo led | timeout 10 "$RELAY" -t 5 - "TCP4:127.0.0.1:$(port relayed)" \
    2>&1)" led "connect(2) is libc's: a listener's child"
stop relayed
LD_PRELOAD=$T/lead.so FROM=$from TO=$to start pooled "$RELAY" -d -d \
    TCP4-LISTEN:0,bind=127.0.0.1,pool=1 "TCP4:127.0.0.1:$from"
for i in 1 2; do
	is "$(echo led | timeout 10 "$RELAY" -t 5 - \
	    "TCP4:127.0.0.1:$(port pooled)" 2>&1)" led \
	    "connect(2) is libc's: a pool's child, client $i"
done
stop pooled

# --- a signal right after the fork --------------------------------------------------
# The child has its parent's handler then: it must end nothing of the parent's.
alive() { kill -0 "$1" 2>/dev/null; }
forked() { [ -s "$T/slow" ]; }
# await_child WHAT: the fork(2) above is the one that is called
await_child() {
	wait_for 10 forked
	ok $? "$1: a child was just forked"
}
connect() {
	start "$1" perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(
	    "127.0.0.1:$ARGV[0]") or die "$@\n"; print <$s>' "$2"
}
for signo in TERM INT HUP QUIT; do
	rm -f "$T/slow" "$T/lock"
	LD_PRELOAD=$T/lead.so SLOW=$T/slow start early "$RELAY" -d -d \
	    --statistics "TCP4-LISTEN:0,bind=127.0.0.1,fork,lockfile=$T/lock" \
	    PIPE
	connect client "$(port early)"
	await_child "$signo"
	kill -"$signo" "$(cat "$T/slow")"
	finish client 10
	ok "$(alive "$(cat "$T/early.pid")"; echo $?)" \
	    "$signo to a child that was just forked: the listener goes on"
	ok "$([ -e "$T/lock" ]; echo $?)" "$signo: its lock file is left alone"
	is "$(grep -c 'connections now' "$T/early.err")" 0 \
	    "$signo: no statistics of the listener's"
	stop early
done
# The listener's own program is not the child's to end.
rm -f "$T/slow"
LD_PRELOAD=$T/lead.so SLOW=$T/slow start program "$RELAY" -d -d \
    "EXEC:sleep 30" TCP4-LISTEN:0,bind=127.0.0.1,fork
await_child "the listener's program"
its=$(cat "$T/slow")
port program >"$T/port"
rm -f "$T/slow"
connect client "$(cat "$T/port")"
await_child "a listener with a program"
kill -TERM "$(cat "$T/slow")"
finish client 10
is "$(sed -n 's/^State:.//p' "/proc/$its/status" | cut -c1)" S \
    "TERM to a child that was just forked: the listener's program goes on"
stop program

# --- the parent's death right after the fork ------------------------------------------
# PR_SET_PDEATHSIG comes too late for it: the child looks who its parent is.
gone() { ! alive "$1"; }
rm -f "$T/slow"
LD_PRELOAD=$T/lead.so SLOW=$T/slow start pool "$RELAY" -d -d \
    TCP4-LISTEN:0,bind=127.0.0.1,pool=1 PIPE
await_child "a pool"
kill -KILL "$(cat "$T/pool.pid")"
finish pool 10
wait_for 10 gone "$(cat "$T/slow")"
ok $? "a pool's child whose parent is dead ends"
rm -f "$T/slow"
LD_PRELOAD=$T/lead.so SLOW=$T/slow start links "$RELAY" -d -d \
    TCP4-LISTEN:0,bind=127.0.0.1,fork PIPE \
    TCP4-LISTEN:0,bind=127.0.0.1,fork PIPE
await_child "links"
kill -KILL "$(cat "$T/links.pid")"
finish links 10
wait_for 10 gone "$(cat "$T/slow")"
ok $? "a link's process whose supervisor is dead ends"

# A connection whose listener, that of a link, is killed before it is set up.
rm -f "$T/slow"
LD_PRELOAD=$T/lead.so SLOW=$T/slow start links "$RELAY" -d -d \
    TCP4-LISTEN:0,bind=127.0.0.1,fork PIPE \
    TCP4-LISTEN:0,bind=127.0.0.1,fork PIPE
all_up() { [ "$(pgrep -cP "$(cat "$T/links.pid")")" = 2 ]; }
wait_for 10 all_up
: >"$T/slow"
connect client "$(port links)"
await_child "a link's listener"
its=$(cat "$T/slow")
kill -KILL "$(sed -n 's/^PPid:.//p' "/proc/$its/status")"
wait_for 10 gone "$its"
ok $? "a connection whose listener is dead ends, under a supervisor"
finish client 10
done_testing
