#!/bin/sh
# A target of a link with two addresses, the first of which does not answer:
# the second one is tried after 5 seconds, or what --connect-opts says; with
# nothing but silence the client is reset.  In a network namespace of its own.

[ "${IN_NAMESPACE:-}" ] || IN_NAMESPACE=1 exec unshare -nm "$0" "$@" 2>&1

. "${0%/*}/lib.sh"

need ip iptables mount perl
ip link set lo up || skip_all 'no namespaces here'
printf '127.0.1.1 two.example one.example\n127.0.2.1 two.example\n' \
    >"$T/hosts"
mount --bind "$T/hosts" /etc/hosts || skip_all 'no mount here'
trap 'umount /etc/hosts; cleanup' EXIT
iptables -A INPUT -d 127.0.1.1 -j DROP || skip_all 'no packet filter here'

start web "$RELAY" -d -d TCP4-LISTEN:7000,bind=127.0.2.1,fork 'SYSTEM:echo hi'
port web >/dev/null || ok 1 'the target listens'
ln -s "$RELAY" "$T/ambassador"

# asks PORT LEAST MOST ANSWER TITLE: what comes, and after how many seconds
cat >"$T/ask.pl" <<'END'
use IO::Socket::INET; use Time::HiRes "time"; use Errno "ECONNRESET";
alarm 30;
my $start = time;
my $s = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die "connect: $!\n";
my $answer = "";
defined sysread $s, $answer, 9 or $answer = $!{ECONNRESET} ? "reset" : "$!";
chomp $answer;
my $took = time - $start;
print $answer, $took >= $ARGV[1] && $took < $ARGV[2] ? "" : " after $took s";
END
asks() { is "$(perl "$T/ask.pl" "$1" "$2" "$3" 2>&1)" "$4" "$5"; }
listens() { ss -ltnH "sport = :$1" | grep -q .; }

for who in relay ambassador; do
	flag=--links
	[ $who = relay ] || flag=
	ln -sf "$RELAY" "$T/$who"
	start l env -i "W_PORT_8000_TCP=tcp://two.example:7000" "$T/$who" $flag
	wait_for 10 listens 8000
	asks 8000 4.9 10 hi "$who: the next address after 5 seconds"
	stop l
done
start l env -i "W_PORT_8000_TCP=tcp://two.example:7000" \
    "O_PORT_8001_TCP=tcp://one.example:7000" "$RELAY" --links \
    --connect-opts=connect-timeout=1
wait_for 10 listens 8001
asks 8000 0.9 4.5 hi '--connect-opts=connect-timeout=1: after one'
asks 8001 0.9 4.5 reset 'silence alone: the client is reset'
stop l
start h "$T/ambassador" -d -d --listen-opts=bind=127.0.0.1 two.example 7000
wait_for 10 grep -qs "listening on" "$T/h.err"
asks 7000 4.9 10 hi 'HOST PORT: the same'
done_testing
