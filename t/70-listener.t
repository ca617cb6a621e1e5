#!/usr/bin/perl
# A listener goes on whatever happens to one client, can always be stopped,
# and ends with a line when its own socket is no more: errors that the kernel
# gives for the socket of one peer, ICMP, a firewall, clients without end while
# TERM comes, fork that fails for good, a pool that could not grow; and a
# connection that meets itself.
#
# Runs in a network namespace of its own.
use strict;
use warnings;
BEGIN {
	if ($> == 0 && !$ENV{LISTENER_NS} &&
	    system('unshare -n true >/dev/null 2>&1') == 0) {
		$ENV{LISTENER_NS} = 1;
		exec 'unshare', '-n', $^X, $0, @ARGV or die "unshare: $!";
	}
}
use FindBin;
use lib "$FindBin::Bin/tools";
use IO::Select;
use List::Util 'max';
use POSIX ();
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

plan(skip_all => 'needs a network namespace of its own')
    unless delete $ENV{LISTENER_NS} || $ENV{TEST_NO_SKIP};
need('ip', 'strace', 'unshare');
system('ip link set lo up') == 0 or die 'ip link set lo up';

my $n = 0;

# relay, with calls that fail: "connect:error=EPERM:when=1", or '' for none
sub begin_failing {
	my ($fail, @relay) = @_;
	my $name = 'r' . ++$n;
	my ($calls) = $fail =~ /^([^:]*)/;
	my @strace = $fail eq '' ? () : ('strace', '-D', '-f', '-qq', '-o',
	    "$T/$name.trace", '-e', "trace=$calls", '-e', "inject=$fail");
	return ($name, begin($name, @strace, $RELAY, '-d', '-d', @relay));
}

sub udp_peer {
	my ($port) = @_;
	socket my $s, AF_INET, SOCK_DGRAM, 0 or die "socket: $!";
	connect $s, pack_sockaddr_in($port, INADDR_LOOPBACK)
	    or die "connect: $!";
	return $s;
}

sub udp_asks {
	my ($port, $words, $seconds) = @_;
	my $s = udp_peer($port);
	my $end = time + ($seconds // 20);
	while (time < $end) {
		send $s, $words, 0;
		IO::Select->new($s)->can_read(0.5) or next;
		return 1 if defined recv($s, my $got, 65536, 0);
	}
	return 0;
}

sub tcp_asks {
	my ($s, $words) = @_;
	return 0 unless $s;
	send_all($s, $words);
	return read_all($s, 20, length $words) eq $words;
}

sub lines {
	my ($name, $what) = @_;
	return grep { /$what/ } split /\n/, slurp("$T/$name.err");
}

# What can be wrong with one peer: the first packet is lost, and nobody else's.
for my $call ('connect', 'bind') {
	my @error = $call eq 'bind' ?
	    qw(EADDRNOTAVAIL EACCES EADDRINUSE EINVAL EPERM) :
	    qw(EHOSTUNREACH ENETUNREACH EINVAL EACCES EPERM EADDRNOTAVAIL
	    ECONNREFUSED ENETDOWN EAGAIN ETIMEDOUT EAFNOSUPPORT EBADF);
	for my $error (@error) {
		my $when = $call eq 'bind' ? 2 : 1;
		my ($name, $pid) = begin_failing(
		    "$call:error=$error:when=$when", 'UDP4-LISTEN:0,fork',
		    'PIPE');
		my $port = port($name);
		my $lost = udp_peer($port);
		send $lost, 'lost', 0;
		ok(wait_for(sub { lines($name, ' W ') }, 20),
		    "$call gives $error: said");
		like((lines($name, ' W '))[0] // '',
		    qr/ W packet from AF=2 127\.0\.0\.1:\d+ dropped: $call\(.*\): \S/,
		    '... whose packet, and why');
		ok(udp_asks($port, 'another'), '... others are served');
		my @said = lines($name, ' [WE] ');
		is(scalar @said, 1, '... in one line') or diag(@said);
		is(stop($name), 143, '... and it ends on TERM');
	}
}

# What the system is short of pauses: nothing is lost.
for my $fail ('connect:error=ENOBUFS:when=1', 'bind:error=ENOMEM:when=2',
    'socket:error=EMFILE:when=2', 'socket:error=ENFILE:when=2') {
	my ($name, $pid) = begin_failing($fail, 'UDP4-LISTEN:0,fork', 'PIPE');
	my $port = port($name);
	my $s = udp_peer($port);
	send $s, 'hello', 0;
	is(read_all($s, 20, 5), 'hello', "$fail: nothing is lost");
	like((lines($name, ' E '))[0] // '', qr/accepting pauses$/,
	    '... but paused, with a line');
	is(stop($name), 143, '... and it ends on TERM');
}

# What accept(2) hands on of a client is not the listener's either, and what
# the system is short of passes.
for my $listen ('TCP4-LISTEN:0,fork', 'TCP4-LISTEN:0,fork,pool=2',
    'TCP4-LISTEN:0', "UNIX-LISTEN:$T/s,fork", "ABSTRACT-LISTEN:$T/s,fork") {
	for (['EPERM', ' W client lost: accept\(\d+\): Operation not permitted$'],
	    ['EHOSTDOWN', ' W client lost: accept\(\d+\): Host is down$'],
	    ['EMFILE', ' E accept\(.*\): (Too many open files|No file descriptors available).*; accepting pauses$']) {
		my ($error, $line) = @$_;
		my ($name) = begin_failing(
		    "?accept,accept4:error=$error:when=1..2", $listen, 'PIPE');
		my $port = port($name);
		my $s = $listen =~ /TCP/ ? tcp_connect($port) :
		    unix_connect($listen =~ /UNIX/ ? "$T/s" : "\@$T/s");
		ok(tcp_asks($s, 'hello'), "$listen, accept gives $error: served");
		ok(scalar(lines($name, $line)), '... and said') or
		    diag(slurp("$T/$name.err"));
		my %said;	# of each process of a pool, which fails twice
		$said{$_}++ for map { /\[(\d+)\]/ } lines($name, ' [WE] ');
		cmp_ok(max(values %said), '<=', 2,
		    '... a line for a failure, at most');
		close $s;
		stop($name);
		unlink "$T/s";
	}
}

# A socket that is no more ends its listener, for every family.
for my $listen ('TCP4-LISTEN:0,fork', "UNIX-LISTEN:$T/s,fork",
    "ABSTRACT-LISTEN:$T/s,fork", 'UDP4-LISTEN:0,fork',
    'TCP4-LISTEN:0,fork,pool=2', "UNIX-LISTEN:$T/s,fork,pool=2",
    'TCP4-LISTEN:0', 'TCP4-LISTEN:0,fork,max-children=5') {
	my ($name, $pid) = begin_failing('', $listen, 'PIPE');
	wait_for(sub { slurp("$T/$name.err") =~ / listening on / }, 20);
	sleep 0.1;	# some of them are not in accept(2) yet
	my ($socket) = sockets_of($pid);
	shutdown $socket, 2;
	ok(finish($name, 8), "$listen, shut down by another: it ends");
	is(status_of($name), 1, '... with status 1');
	ok(scalar(lines($name, ' E .*(accept|listen)')), '... and a line')
	    or diag(slurp("$T/$name.err"));
	ok(!-e "$T/s", '... without its path');
	stop($name);
	unlink "$T/s";
}

# ICMP about a packet that went from the listener's port: with ip-recverr that
# makes its socket an errored one.
for my $fork (',fork', '') {
	my ($name, $pid) = begin_failing('', "UDP4-LISTEN:0,ip-recverr$fork",
	    'PIPE');
	my $port = port($name);
	socket my $raw, AF_INET, SOCK_RAW, IPPROTO_ICMP or die "raw: $!";
	my $to = pack_sockaddr_in(0, INADDR_LOOPBACK);
	my $ip = pack 'CCnnnCCna4a4', 0x45, 0, 32, 1, 0, 64, IPPROTO_UDP, 0,
	    INADDR_LOOPBACK, INADDR_LOOPBACK;
	my $inner = $ip . pack 'nnnn', $port, 9, 12, 0;
	for my $code (3, 1, 0, 13) {
		my $icmp = pack('CCnNa*', 3, $code, 0, 0, $inner);
		my $sum = unpack '%32n*', $icmp;
		$sum = ($sum >> 16) + ($sum & 0xffff) for 1 .. 2;
		substr $icmp, 2, 2, pack 'n', ~$sum & 0xffff;
		send $raw, $icmp, 0, $to or die "send: $!";
	}
	my $before = cpu_ticks($pid);
	# A fixed pause: nothing may happen, and the CPU time is measured.
	sleep 0.5;
	ok(running($name), "ICMP, UDP4-LISTEN$fork: the listener lives");
	cmp_ok(cpu_ticks($pid) - $before, '<', 20, '... and does not spin');
	ok(udp_asks($port, 'hello'), '... others are served');
	stop($name);
}

# A firewall that lets no answer out
SKIP: {
	my $rule = 'OUTPUT -p udp -d 127.0.0.1 --dport 9999';
	skip_or_fail('no iptables here', 4) if
	    system("iptables -A $rule -j DROP 2>/dev/null");
	for my $how ('DROP', 'REJECT') {
		system("iptables -R OUTPUT 1 " . $rule =~ s/^OUTPUT//r .
		    " -j $how");
		my ($name, $pid) = begin_failing('', 'UDP4-LISTEN:0,fork',
		    'PIPE');
		my $port = port($name);
		socket my $s, AF_INET, SOCK_DGRAM, 0;
		bind $s, pack_sockaddr_in(9999, INADDR_LOOPBACK);
		send $s, 'mute', 0, pack_sockaddr_in($port, INADDR_LOOPBACK)
		    for 1 .. 3;
		ok(udp_asks($port, 'hello'), "iptables $how: others are served");
		ok(running($name), '... the listener lives');
		stop($name);
		close $s;
	}
	system("iptables -D $rule -j REJECT");
}

# A child that became anybody's shuts down what it shares with the listener.
{
	my ($name, $pid) = begin_failing('', 'UDP4-LISTEN:0,fork', 'PIPE');
	my $port = port($name);
	ok(udp_asks($port, 'one'), 'the way back of strays: a first peer');
	my $shut = 0;
	for my $s (sockets_of((kids($pid))[0])) {
		next unless unpack('S', getsockname $s) == AF_UNIX;
		shutdown $s, 2;
		$shut++;
	}
	is($shut, 1, '... whose child has one, and shuts it down');
	my $before = cpu_ticks($pid);
	sleep 0.5;	# a fixed pause, in which nothing may happen
	cmp_ok(cpu_ticks($pid) - $before, '<', 20, '... nothing spins');
	ok(udp_asks($port, 'two'), '... others are served');
	my @k = kids($pid);
	stop($name);
	kill 'TERM', @k;
}

# Clients without end, of whom none stays, and TERM
for my $listen ('TCP4-LISTEN:0,fork', "UNIX-LISTEN:$T/s,fork",
    'UDP4-LISTEN:0,fork', 'TCP4-LISTEN:0,fork,range=10.0.0.0/8') {
	my ($name, $pid) = begin_failing('', '--drain=1', $listen,
	    'EXEC:true');
	my $port = $listen =~ /UNIX/ ? "$T/s" : port($name);
	my @flood = map { my $f = fork; $f or flood($listen, $port, 12); $f }
	    1 .. 2;
	sleep 1.5;	# until the backlog is long; how long does not matter
	my $begun = time;
	kill 'TERM', $pid;
	ok(finish($name, 9), "$listen: TERM ends it under a flood of clients")
	    or kill 'KILL', $pid;
	is(status_of($name), 0, '... with status 0');
	kill 'TERM', @flood;
	waitpid $_, 0 for @flood;
	stop($name);
}

sub flood {
	my ($listen, $port, $seconds) = @_;
	$SIG{TERM} = 'DEFAULT';
	my $end = time + $seconds;
	my $family = $listen =~ /UNIX/ ? AF_UNIX : AF_INET;
	my $to = $listen =~ /UNIX/ ? pack_sockaddr_un($port) :
	    pack_sockaddr_in($port, INADDR_LOOPBACK);
	my $type = $listen =~ /UDP/ ? SOCK_DGRAM : SOCK_STREAM;
	while (time < $end) {
		socket my $s, $family, $type, 0 or next;
		setsockopt $s, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
		connect $s, $to;
		send $s, 'x', MSG_DONTWAIT | MSG_NOSIGNAL if $type == SOCK_DGRAM;
		close $s;
	}
	POSIX::_exit(0);
}

# fork fails for good, and TERM
for my $listen ('TCP4-LISTEN:0,fork', 'UDP4-LISTEN:0,fork') {
	my ($name, $pid) = begin_failing('?fork,?vfork,clone,clone3:error=EAGAIN',
	    '--drain=1', $listen, 'PIPE');
	my $port = port($name);
	my $s = $listen =~ /TCP/ ? tcp_connect($port) : udp_peer($port);
	send $s, 'hello', 0;
	ok(wait_for(sub { lines($name, 'accepting pauses') }, 20),
	    "$listen, fork fails: said");
	is(stop($name), 0, '... with --drain TERM ends it in order');
}

# A pool that could not grow computes nothing once it need not.
{
	my ($name, $pid) = begin_failing(
	    '?fork,?vfork,clone,clone3:error=EAGAIN:when=2+',
	    'TCP4-LISTEN:0,fork,pool=1', 'PIPE');
	my $port = port($name);
	my $first = tcp_connect($port);
	ok(tcp_asks($first, 'first'), 'pool=1: a client');
	my $second = tcp_connect($port);
	send_all($second, 'second');
	ok(wait_for(sub { lines($name, 'accepting pauses') }, 20),
	    '... no helper can be forked for the next: said');
	close $first;
	is(read_all($second, 20, 6), 'second', '... who is served later');
	close $second;
	sleep 1.2;	# longer than any pause
	my $before = cpu_ticks($pid);
	sleep 1;	# a fixed pause, in which nothing may happen
	cmp_ok(cpu_ticks($pid) - $before, '<', 20, '... nothing spins');
	stop($name);
}

# All children of a pool are killed: they are there again, and TERM is heard.
{
	my ($name, $pid) = begin_failing('', '--drain=1',
	    'TCP4-LISTEN:0,fork,pool=32', 'PIPE');
	my $port = port($name);
	ok(wait_for(sub { kids($pid) == 32 }, 10), 'pool=32: 32 children');
	my %old;
	for my $round (1, 2) {
		%old = map { $_ => 1 } kids($pid);
		kill 'KILL', keys %old;
		ok(wait_for(sub {
			kids($pid) == 32 && !grep { $old{$_} } kids($pid)
		    }, 4), '... all killed: there are others');
	}
	kill 'KILL', kids($pid);
	my $begun = time;
	is(stop($name), 0, '... killed again, and TERM: status 0');
	cmp_ok(time - $begun, '<', 4, '... at once');
}

# One that is asked for is what the user wants, as in socat's examples.
for my $to ('TCP4:127.0.0.1:39999,bind=:39999,reuseaddr',
    'UDP4:127.0.0.1:39999,sourceport=39999') {
	my ($name) = begin_failing('', '-t', 1,
	    "SYSTEM:echo mine; head -n 1 >$T/got", $to);
	ok(finish($name, 8), "$to meets itself as it is told to: it ends");
	is(status_of($name) . slurp("$T/got"), "0mine\n", '... with what it said');
	stop($name);
}

# The only port that the kernel may choose is the one that is connected to.
{
	open my $out, '>', '/proc/sys/net/ipv4/ip_local_port_range';
	print $out '40000 40000';
	close $out;
	for my $to ('TCP4:127.0.0.1:40000', 'UDP4:127.0.0.1:40000',
	    'TCP6:[::1]:40000', 'UDP6:[::1]:40000') {
		my ($name) = begin_failing('', '-t', 1, 'SYSTEM:echo mine; cat',
		    $to);
		ok(finish($name, 8), "$to meets itself: it ends");
		is(status_of($name), 1, '... with status 1');
		ok(scalar(lines($name,
		    ' connect\(.*\): connected to itself: Connection refused$')),
		    '... and says why') or diag(slurp("$T/$name.err"));
		stop($name);
	}
	my $s = tcp_listen('127.0.0.1', 40000);
	ok($s, '... and the port is free for who listens on it');
}

tests_done();
