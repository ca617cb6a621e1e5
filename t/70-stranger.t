#!/usr/bin/perl
# What a stranger sends stops no listener and keeps nobody else from being
# served: datagrams from where no route leads back, of a blackhole, of port 0,
# from the listener's own address; floods of large datagrams, whose memory is
# bounded; clients that connect and reset without end.  What is dropped is said
# once a burst, with the peer, the reason and how many they were.
#
# Runs in network namespaces of its own: this one is relay's, the other the
# strangers'.
use strict;
use warnings;
BEGIN {
	if ($> == 0 && !$ENV{STRANGER_NS} &&
	    system('unshare -n true >/dev/null 2>&1') == 0) {
		$ENV{STRANGER_NS} = 1;
		exec 'unshare', '-n', $^X, $0, @ARGV or die "unshare: $!";
	}
}
use FindBin;
use lib "$FindBin::Bin/tools";
use IO::Select;
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

plan(skip_all => 'needs network namespaces of its own')
    unless delete $ENV{STRANGER_NS} || $ENV{TEST_NO_SKIP};
need('ip', 'nsenter', 'unshare');

# Both builds, where the static one is as new.
my @program = ($RELAY);
push @program, "$TOP/relay-static" if !$ENV{RELAY} &&
    -x "$TOP/relay-static" && -M "$TOP/relay-static" <= -M $RELAY;

my $other = begin('other', 'unshare', '-n', 'sleep', '3600');
my $mine = readlink '/proc/self/ns/net';
wait_for(sub { my $ns = readlink "/proc/$other/ns/net";
    $ns && $ns ne $mine }, 5) or die 'no second namespace';

sub sysctl {
	my ($name, $value) = @_;
	open my $out, '>', "/proc/sys/net/$name" or return;
	print $out $value;
}

sub ip {
	my ($where, @line) = @_;
	my @in = $where eq 'there' ? ('nsenter', '-t', $other, '-n') : ();
	for (@line) {
		system(@in, 'ip', split) == 0 or die "ip $_";
	}
}

sysctl('ipv4/conf/all/rp_filter', 0);
sysctl('ipv4/conf/default/rp_filter', 0);
ip('here', 'link set lo up', 'link add v0 type veth peer name v1',
    "link set v1 netns $other", 'link set v0 up', 'addr add 10.77.0.1/24 dev v0',
    'addr add fd00:77::1/64 dev v0 nodad',
    'route add blackhole 203.0.113.0/24',
    'route add unreachable 198.18.1.0/24', 'route add prohibit 198.18.2.0/24',
    '-6 route add blackhole 2001:db8:1::/48',
    '-6 route add unreachable 2001:db8:2::/48',
    '-6 route add prohibit 2001:db8:3::/48');
my @strange = ('198.51.100.7', '203.0.113.7', '198.18.1.7', '198.18.2.7',
    '10.77.0.255');
my @strange6 = ('2001:db8:9::7', '2001:db8:1::7', '2001:db8:2::7',
    '2001:db8:3::7');
ip('there', 'link set lo up', 'link set v1 up', 'addr add 10.77.0.2/16 dev v1',
    'addr add fd00:77::2/64 dev v1 nodad',
    map({ "addr add $_/16 dev v1" } @strange),
    map({ "addr add $_/64 dev v1 nodad" } @strange6));

# A process of the other namespace: what it prints is returned
sub there {
	my ($code, @arg) = @_;
	open my $out, '-|', 'nsenter', '-t', $other, '-n', $^X, '-MSocket=:all',
	    '-MIO::Select', '-MTime::HiRes=time,sleep', '-e', $code, @arg
	    or die "nsenter: $!";
	local $/;
	return <$out> // '';
}

my $lib = <<'END';
$| = 1;
sub at { my ($host, $port) = @_; $host =~ /:/ ?
    pack_sockaddr_in6($port, inet_pton(AF_INET6, $host)) :
    pack_sockaddr_in($port, inet_aton($host)) }
sub from { my ($host, $port) = @_;
    socket my $s, $host =~ /:/ ? AF_INET6 : AF_INET, SOCK_DGRAM, 0;
    bind $s, at($host, $port // 0) or die "bind $host: $!"; $s }
sub asks { my ($s, $to, $words, $for) = @_;
    send $s, $words, 0, $to;
    return 0 unless IO::Select->new($s)->can_read($for // 3);
    defined recv $s, my $got, 65536, 0 or return 0;
    return $got eq $words }
END

# peer served FROM, HOST, PORT: whether it has its answer
sub served {
	my ($from, $host, $port, $for) = @_;
	return there($lib . 'print asks(from($ARGV[0]), at(@ARGV[1, 2]),
	    "hello, I am $$", $ARGV[3]) ? "served" : "not served"',
	    $from, $host, $port, $for // 3);
}

sub strangers {
	my ($n, $host, $port, @from) = @_;
	return there($lib . 'my ($n, $host, $port, @from) = @ARGV;
	    for my $from (@from) { my $s = from($from);
	    send $s, "stranger", 0, at($host, $port) for 1 .. $n; }',
	    $n, $host, $port, @from);
}

# A datagram with any source port, by a raw socket of this namespace
sub raw {
	my ($from, $sport, $to, $dport, $data) = @_;
	my $six = $from =~ /:/;
	socket my $s, $six ? AF_INET6 : AF_INET, SOCK_RAW, IPPROTO_UDP
	    or die "raw socket: $!";
	setsockopt $s, IPPROTO_IPV6, 7, pack 'i', 6 if $six;
	bind $s, $six ? pack_sockaddr_in6(0, inet_pton(AF_INET6, $from)) :
	    pack_sockaddr_in(0, inet_aton($from)) or die "bind $from: $!";
	my $udp = pack('nnnn', $sport, $dport, 8 + length $data, 0) . $data;
	defined send $s, $udp, 0, $six ?
	    pack_sockaddr_in6(0, inet_pton(AF_INET6, $to)) :
	    pack_sockaddr_in(0, inet_aton($to)) or die "raw send: $!";
}

# The same peers in this namespace
sub here_peer {
	my ($host, $port) = @_;
	my $six = $host =~ /:/;
	socket my $s, $six ? AF_INET6 : AF_INET, SOCK_DGRAM, 0 or die "$!";
	connect $s, $six ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $host)) :
	    pack_sockaddr_in($port, inet_aton($host)) or die "connect: $!";
	return $s;
}

# Asks up to the deadline, as a peer does whose packet may be lost
sub here_asks {
	my ($s, $words, $seconds) = @_;
	my $end = time + ($seconds // 5);
	while (time < $end) {
		send $s, $words, 0;
		IO::Select->new($s)->can_read(0.5) or next;
		defined recv $s, my $got, 65536, 0 or next;
		return 'served' if $got eq $words;
	}
	return 'not served';
}

sub here_served {
	my ($host, $port, $seconds) = @_;
	return here_asks(here_peer($host, $port), "hello, I am $$", $seconds);
}

# flood PID, PORT, N, SIZE, SECONDS: from N ports; the most children seen
sub flood {
	my ($pid, $port, $many, $size, $seconds) = @_;
	my @s = map { here_peer('127.0.0.1', $port) } 1 .. $many;
	my $data = 'x' x $size;
	my ($most, $end, $look) = (0, time + $seconds, 0);
	while (time < $end) {
		send $_, $data, MSG_DONTWAIT for @s;
		next if time < $look;
		$look = time + 0.5;
		my $now = kids($pid);
		$most = $now if $now > $most;
	}
	return $most;
}

sub warnings {
	my ($name) = @_;
	return grep { / W / } split /\n/, slurp("$T/$name.err");
}

# How many were dropped, by what the lines say
sub dropped {
	my ($name) = @_;
	my $sum = 0;
	for (warnings($name)) {
		next unless / dropped: /;
		$sum += / W (\d+) more/ ? $1 : /\((\d+) at once\)$/ ? $1 : 1;
	}
	return $sum;
}

my $n = 0;
for my $program (@program) {
	my ($build) = $program =~ m{([^/]*)$};

	# One datagram from a source without a route back, of each kind
	for (['UDP4-LISTEN:0', '10.77.0.2', '10.77.0.1', @strange],
	    ['UDP6-LISTEN:0', 'fd00:77::2', 'fd00:77::1', @strange6],
	    ['UDP6-LISTEN:0,ipv6only=0', '10.77.0.2', '10.77.0.1',
	    $strange[0]]) {
		my ($listen, $good, $host, @from) = @$_;
		for my $from (@from) {
			my $what = "$build $listen: from $from";
			my $name = 'route' . ++$n;
			my $begun = time;
			my $pid = begin($name, $program, '-d', '-d', '-lf',
			    "$T/$name.err", "$listen,fork", 'PIPE');
			my $port = port($name);
			strangers(1, $host, $port, $from);
			is(served($good, $host, $port), 'served',
			    "$what: others are served");
			ok(running($name), '... the listener lives');
			my @w = warnings($name);
			is(scalar @w, 1, '... one warning') or diag(@w);
			like($w[0] // '', qr/packet from AF=\d+ \S+:\d+ dropped: connect\(.*\): \S/,
			    '... with peer and reason');
			strangers(50, $host, $port, $from);
			is(served($good, $host, $port), 'served',
			    '... also after 50 more');
			ok(wait_for(sub { dropped($name) >= 51 }, 5),
			    '... which are counted');
			is(dropped($name), 51, '... right');
			cmp_ok(scalar(@w = warnings($name)), '<=',
			    2 + (time - $begun), '... in few lines') or diag(@w);
			is(stop($name), 143, '... and ends on TERM');
		}
	}

	# Without fork the listener waits for one that it can answer.
	for (['UDP4-LISTEN:0', '10.77.0.2', '10.77.0.1', @strange],
	    ['UDP6-LISTEN:0', 'fd00:77::2', 'fd00:77::1', @strange6]) {
		my ($listen, $good, $host, @from) = @$_;
		my $name = 'once' . ++$n;
		begin($name, $program, '-d', '-d', '-T', 2, $listen, 'PIPE');
		my $port = port($name);
		strangers(3, $host, $port, @from);
		is(served($good, $host, $port), 'served',
		    "$build $listen without fork: the first who can be");
		my @w = warnings($name);
		is(scalar @w, 2, '... two warnings') or diag(@w);
		like($w[1] // '', qr/ W \d+ more: packet from /,
		    '... the second with a number');
		ok(finish($name, 6), '... it ends when idle');
		is(status_of($name), 0, '... with status 0');
	}

	# From the listener's own address, or another of this machine with the
	# listener's port: an answer would be answered for ever.
	for (['UDP4-LISTEN:0', '127.0.0.1', '127.0.0.1', '127.0.0.1'],
	    ['UDP4-LISTEN:0', '127.0.0.2', '127.0.0.1', '127.0.0.1'],
	    ['UDP4-LISTEN:0', '10.77.0.1', '127.0.0.1', '127.0.0.1'],
	    ['UDP4-LISTEN:0,bind=127.0.0.1', '127.0.0.1', '127.0.0.1',
	    '127.0.0.1'],
	    ['UDP6-LISTEN:0', '::1', '::1', '::1'],
	    ['UDP6-LISTEN:0', 'fd00:77::1', '::1', '::1'],
	    ['UDP6-LISTEN:0,bind=[::1]', '::1', '::1', '::1'],
	    ['UDP6-LISTEN:0,ipv6only=0', '10.77.0.1', '127.0.0.1',
	    '127.0.0.1']) {
		my ($listen, $from, $to, $good) = @$_;
		for my $fork (',fork', '') {
			my $name = 'own' . ++$n;
			my $what = "$build $listen$fork: from its own $from";
			my $pid = begin($name, $program, '-d', '-d', '-T', 2,
			    "$listen$fork", 'PIPE');
			my $port = port($name);
			raw($from, $port, $to, $port, 'myself');
			ok(wait_for(sub { warnings($name) }, 5),
			    "$what: said");
			like((warnings($name))[0] // '',
			    qr/packet from .*:$port dropped: that is the listener's own address$/,
			    '... with the address');
			is(scalar(my @k = kids($pid)), 0, '... no child');
			is(here_served($good, $port), 'served',
			    '... others are served');
			stop($name);
			kill 'TERM', @k;
		}
	}

	# Port 0 wants no answer, but gets a child like any other, and that
	# child has no packets of others.
	{
		my $name = 'zero' . ++$n;
		my $pid = begin($name, $program, '-d', '-d', '-u',
		    'UDP4-LISTEN:0,fork', "OPEN:$T/$name.got,creat,append");
		my $port = port($name);
		raw('127.0.0.1', 0, '127.0.0.1', $port, "from port 0\n");
		ok(wait_for(sub { slurp("$T/$name.got") eq "from port 0\n" },
		    5), "$build: a packet from port 0 is delivered");
		for my $i (1 .. 20) {
			socket my $s, AF_INET, SOCK_DGRAM, 0;
			send $s, "peer $i\n", 0,
			    pack_sockaddr_in($port, INADDR_LOOPBACK);
		}
		wait_for(sub { kids($pid) == 21 }, 5);
		is(scalar(my @k = kids($pid)), 21, '... with a child of its own');
		is(join('', sort split /^/, slurp("$T/$name.got")),
		    join('', sort "from port 0\n", map { "peer $_\n" } 1 .. 20),
		    '... others of that host have theirs');
		stop($name);
		kill 'TERM', @k;
	}

	# 60 kB datagrams from 300 ports: memory is bounded, others are served
	for my $most ('', ',max-children=10') {
		my $name = 'flood' . ++$n;
		my $what = "$build flood$most";
		my $begun = time;
		my $pid = begin($name, $program, '-d', '-d', '-T', 1,
		    "UDP4-LISTEN:0,fork$most", 'PIPE');
		my $port = port($name);
		my $before = memory_kb($pid);
		my $first = here_peer('127.0.0.1', $port);
		is(here_asks($first, 'before'), 'served', "$what: a peer before");
		my $kids = flood($pid, $port, 300, 60_000, 3);
		my ($peak) = slurp("/proc/$pid/status") =~ /VmHWM:\s*(\d+)/;
		cmp_ok($peak - $before, '<', 4500, '... memory is bounded') or
		    diag("$before kB before, $peak kB at most");
		cmp_ok($kids, '<=', $most ? 10 : 1200, '... and so are children');
		is(here_served('127.0.0.1', $port, 20), 'served',
		    '... new peers are served after it');
		my $lost = qr/ W packets lost: the receive buffer was full \(\d+ at once\)/;
		if ($program eq $RELAY && portable()) {
			unlike(join("\n", warnings($name)), $lost,
			    '... what was lost, POSIX does not tell');
		} else {
			like(join("\n", warnings($name)), $lost,
			    '... what was lost is said');
		}
		# The listener says the first at once, then one a second at
		# most; a child says once that it had no room for strays.
		my %said;
		/\[(\d+)\] W / && $said{$1}++ for warnings($name);
		my $own = delete $said{$pid} // 0;
		cmp_ok($own, '<=', 2 + (time - $begun), '... not often') or
		    diag(join "\n", warnings($name));
		is(join(' ', grep { $said{$_} > 1 } keys %said), '',
		    '... and once by a child') or
		    diag(join "\n", warnings($name));
		ok(running($name), '... the listener lives');
		my @k = kids($pid);
		is(stop($name), 143, '... and ends on TERM');
		kill 'TERM', @k;
	}

	# Of several links one is flooded: the other does not notice.
	{
		my $name = 'links' . ++$n;
		my @port = map { free_port() } 1, 2;
		my $pid = begin($name, $program, '-d', '-d', '-T', 1,
		    map { ("UDP4-LISTEN:$_,fork,max-children=5", 'PIPE') }
		    @port);
		is(here_served('127.0.0.1', $_), 'served', "$build links: $_")
		    for @port;
		my @link = kids($pid);
		flood($pid, $port[0], 300, 60_000, 2);
		is(here_served('127.0.0.1', $port[1]), 'served',
		    '... one is flooded, the other serves');
		is(here_served('127.0.0.1', $port[0], 20), 'served',
		    '... and so does the first after that');
		my ($peak) = sort { $b <=> $a } map {
		    slurp("/proc/$_/status") =~ /VmHWM:\s*(\d+)/ } @link;
		cmp_ok($peak, '<', 9000, '... memory is bounded');
		is(stop($name), 0, '... and TERM ends all');
	}
}

tests_done();
