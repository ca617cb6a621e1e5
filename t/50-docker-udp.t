#!/bin/sh
# 50-docker-udp.t: a DNS server in a container, asked through relay by UDP,
# before and after a restart, by many at once

. "${0%/*}/docker.sh"
need dnsmasq

engine_start
root_copy "$T/dns" dnsmasq
mkdir -p "$T/dns/etc"
echo 'root:x:0:0:root:/:/bin/sh' >"$T/dns/etc/passwd"
echo 'root:x:0:' >"$T/dns/etc/group"
image dns:t "$T/dns" 'EXPOSE 53/udp 53/tcp'
run_dns() {
	docker run -d --name dns --network net dns:t /bin/dnsmasq -k -C '' \
	    --user=root --group=root --no-resolv --no-hosts --pid-file= \
	    --address=/test/10.1.2.3 >/dev/null
}

# ask.pl N: N peers at once, each with a question of its own; prints how many
# had the right answer in time
cat >"$T/ask.pl" <<'END'
use IO::Socket::INET;
use IO::Select;
my ($n, $sel, $right, %want) = (shift, IO::Select->new, 0);
for my $i (1 .. $n) {
	my $s = IO::Socket::INET->new(Proto => "udp", PeerPort => 53,
	    PeerAddr => "127.0.0.1") or die "$@\n";
	$want{$s} = pack("nnnnnn", $i, 0x100, 1, 0, 0, 0) . join("", map {
	    chr(length) . $_ } "host$i", "test") . pack("xnn", 1, 1);
	$sel->add($s);
	send $s, $want{$s}, 0;
}
my $end = time + ($n > 1 ? 20 : 5);
while ($sel->count && time < $end) {
	for my $s ($sel->can_read(0.2)) {
		$sel->remove($s);
		next unless defined recv $s, my $got, 512, 0;
		my $q = $want{$s};
		$right++ if substr($got, 0, 2) eq substr($q, 0, 2) &&
		    substr($got, 12, length($q) - 12) eq substr($q, 12) &&
		    substr($got, -4) eq pack "C4", 10, 1, 2, 3;
	}
}
print "$right\n";
END
asks() { [ "$(perl "$T/ask.pl" "$1")" = "$1" ]; }
# All processes here are this test's: those of relay, by name.
relays() { grep -lx "$(cut -c 1-15 "/proc/$(cat "$T/f.pid")/comm")" \
    /proc/[0-9]*/comm 2>/dev/null | wc -l; }
at_most() { [ "$(relays)" -le "$1" ]; }

docker network create --subnet 10.99.0.0/24 net >/dev/null
run_dns
follow f -T 2 --hold=30 --docker dns
wait_for 20 asks 1
ok $? "a name server is asked by UDP" || diag <"$T/f.err"
like "$(cat "$T/f.err")" '53/tcp -> ' "its TCP port is a link, too"
wait_for 20 at_most 4
idle=$(relays)

is "$(perl "$T/ask.pl" 200)" 200 "200 peers at once"
[ "$(relays)" -gt "$idle" ]
ok $? "which have $(relays) processes"
wait_for 15 at_most "$idle"
ok $? "that end when their peers are silent" || diag "$(relays) left"

old=$(address dns net)
docker stop -t 1 dns >/dev/null
docker run -d --name thief --network net --ip "$old" dns:t /bin/dnsmasq -k \
    -C '' --user=root --group=root --no-resolv --no-hosts --pid-file= \
    --address=/test/10.6.6.6 >/dev/null
docker start dns >/dev/null
[ "$(address dns net)" != "$old" ]
ok $? "restarted on another address"
wait_for 20 asks 1
ok $? "and asked there"
is "$(perl "$T/ask.pl" 50)" 50 "by many, too"
stop f
is "$STATUS" 0 "TERM ends it with 0"
done_testing
