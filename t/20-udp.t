#!/usr/bin/perl
# UDP-LISTEN with fork: one child per peer, whose later packets go to that
# child; many peers interleaved get their own packets back and no others;
# bursts before the child is ready lose nothing and make no second child.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use IO::Select;
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

my %family = (
	UDP4 => [AF_INET, sub { pack_sockaddr_in($_[0], INADDR_LOOPBACK) }],
	UDP6 => [AF_INET6,
	    sub { pack_sockaddr_in6($_[0], Socket::IN6ADDR_LOOPBACK) }],
);

# A peer: a bound UDP socket that knows where relay is
sub peer {
	my ($kind, $port) = @_;
	my ($family, $address) = @{$family{$kind}};
	socket my $s, $family, SOCK_DGRAM, 0 or die "socket: $!";
	bind $s, $address->(0) or die "bind: $!";
	connect $s, $address->($port) or die "connect: $!";
	return $s;
}

# packet SOCKET, SECONDS: the next one, or '' at the deadline
sub packet {
	my ($s, $seconds) = @_;
	IO::Select->new($s)->can_read($seconds // 3) or return '';
	defined recv $s, my $got, 65536, 0 or return '';
	return $got;
}

# Also what went to no child at all: UDP-LISTEN's other side is a pipe that
# sends back, so what a peer gets is what its own child got.
for my $kind (sort keys %family) {
	my $pid = begin($kind, $RELAY, '-d', '-d', "$kind-LISTEN:0,fork",
	    'PIPE');
	my $port = port($kind);
	my @peer = map { peer($kind, $port) } 0 .. 39;
	my $wrong = 0;
	for my $i (0 .. 39) {
		send $peer[$i], "peer $i hello", 0;
		$wrong++ if packet($peer[$i]) ne "peer $i hello";
	}
	is($wrong, 0, "$kind: 40 peers, each has its answer");
	is(scalar(my @kids = kids($pid)), 40, "$kind: a child for each");
	$wrong = 0;
	for my $round (1 .. 10) {
		send $peer[$_], "peer $_ round $round", 0 for 0 .. 39;
		for my $i (reverse 0 .. 39) {
			my $got = packet($peer[$i]);
			$wrong++ if $got ne "peer $i round $round";
		}
	}
	is($wrong, 0, "$kind: 10 rounds, interleaved, none goes astray");
	is(scalar(@kids = kids($pid)), 40, "$kind: no child was added");

	# More than once before the child can be there
	my @new = map { peer($kind, $port) } 0 .. 9;
	for my $s (0 .. 9) {
		send $new[$s], "new $s packet $_", 0 for 1 .. 5;
	}
	$wrong = 0;
	for my $s (0 .. 9) {
		my $want = join '', map { "new $s packet $_" } 1 .. 5;
		my $got = '';
		while (length $got < length $want) {
			my $more = packet($new[$s]) or last;
			$got .= $more;
		}
		next if $got eq $want;
		$wrong++;
		diag("peer $s got: $got");
	}
	is($wrong, 0, "$kind: bursts of new peers come back whole");
	is(scalar(@kids = kids($pid)), 50, "$kind: still a child for each");
	is(stop($kind), 143, "$kind: ends on TERM");
	kill 'TERM', @kids;
}

# To a target: the answers find their way, packets keep their bounds
{
	socket my $target, AF_INET, SOCK_DGRAM, 0;
	bind $target, pack_sockaddr_in(0, INADDR_LOOPBACK);
	my $to = (unpack_sockaddr_in(getsockname $target))[0];
	my $pid = begin('target', $RELAY, '-d', '-d', '-T', '2',
	    'UDP4-LISTEN:0,fork', "UDP4:127.0.0.1:$to");
	my $port = port('target');
	my @peer = map { peer('UDP4', $port) } 0 .. 19;
	my $wrong = 0;
	for my $size (1, 100, 1400, 8000, 8192) {
		my %back;
		my $last = $size > 2000 ? 5 : 19;	# what receive buffers hold
		send $peer[$_], pack("C", $_) x $size, 0 for 0 .. $last;
		for (0 .. $last) {
			IO::Select->new($target)->can_read(3) or last;
			my $from = recv $target, my $got, 65536, 0;
			my $who = ord $got;
			$wrong++ if $got ne pack('C', $who) x $size;
			$wrong++ if $back{$from}++;
			send $target, "to $who " . 'x' x $size, 0, $from;
		}
		for my $i (0 .. $last) {
			$wrong++ if packet($peer[$i]) ne
			    "to $i " . 'x' x $size;
		}
	}
	is($wrong, 0, 'UDP4 to UDP4: answers and bounds of packets');
	ok(wait_for(sub { kids($pid) == 0 }, 8),
	    '-T ends children of peers that have gone');
	send $peer[0], 'again', 0;
	my $from = IO::Select->new($target)->can_read(3) &&
	    recv $target, my $got, 100, 0;
	is($got, 'again', '... and the peer may come back');
	stop('target');
}

# Without fork the first peer has it alone, and max-children holds
{
	begin('one', $RELAY, '-d', '-d', '-T', 2, 'UDP4-LISTEN:0', 'PIPE');
	my $port = port('one');
	my ($first, $second) = map { peer('UDP4', $port) } 1, 2;
	send $first, 'first', 0;
	is(packet($first), 'first', 'without fork: the first peer');
	send $second, 'second', 0;
	is(packet($second, 0.3), '', '... nobody else');
	send $first, 'more', 0;
	is(packet($first), 'more', '... and the first again');
	ok(finish('one', 6), '... until it is idle');

	my $pid = begin('max', $RELAY, '-d', '-d',
	    'UDP4-LISTEN:0,fork,max-children=2', 'PIPE');
	$port = port('max');
	my @peer = map { peer('UDP4', $port) } 0 .. 3;
	for my $i (0 .. 3) {
		send $peer[$i], "p$i", 0;
		packet($peer[$i], 0.3);
	}
	is(scalar(my @kids = kids($pid)), 2, 'max-children=2 has two');
	stop('max');
	kill 'TERM', @kids;
}

# range and sourceport turn peers away
{
	my $pid = begin('range', $RELAY, '-d', '-d',
	    'UDP4-LISTEN:0,fork,range=10.1.2.0/24', 'PIPE');
	my $s = peer('UDP4', port('range'));
	send $s, 'hello', 0;
	is(packet($s, 0.5), '', 'range: no answer for others');
	ok(wait_for(sub { kids($pid) == 0 }, 5), '... and no child stays');
	ok(running('range'), '... the listener lives');
	stop('range');
}

tests_done();
