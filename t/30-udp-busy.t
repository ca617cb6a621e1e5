#!/usr/bin/perl
# UDP-LISTEN with fork on a busy machine: of bursts of new peers each gets its
# own answer and nobody else's, and a packet that comes while its child ends
# for want of packets is answered by another.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use IO::Select;
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

sub peer {
	my ($port) = @_;
	socket my $s, AF_INET, SOCK_DGRAM, 0 or die "socket: $!";
	connect $s, pack_sockaddr_in($port, INADDR_LOOPBACK)
	    or die "connect: $!";
	return $s;
}

# What keeps the processors from doing one thing at a time
my @busy = map { my $n = $_; begin("busy$n", 'sh', '-c',
    'while :; do :; done') } 1 .. 3;

# N new peers, a packet each; (how many were answered, how many answers were
# another's)
sub burst {
	my ($port, $n) = @_;
	my $all = IO::Select->new;
	my (%want, $right, $wrong);
	for my $i (1 .. $n) {
		my $s = peer($port);
		$want{$s} = "packet of peer $i, by " . fileno $s;
		$all->add($s);
		send $s, $want{$s}, 0;
	}
	my $end = time + 10;
	($right, $wrong) = (0, 0);
	while ($right + $wrong < $n && time < $end) {
		for my $s ($all->can_read(0.2)) {
			defined recv $s, my $got, 512, 0 or next;
			if ($got eq $want{$s}) { $right++ } else { $wrong++ }
		}
	}
	return ($right, $wrong);
}

for my $build (0, 1) {
	my ($right, $wrong) = (0, 0);
	my $program = ($RELAY, "$TOP/relay-static")[$build];
	my ($name) = $program =~ m{([^/]*)$};
	my $pid = begin("burst-$build", $program, '-d', '-d', '-T', 2,
	    'UDP4-LISTEN:0,fork', 'PIPE');
	my $port = port("burst-$build");
	for (1 .. 12) {
		my ($r, $w) = burst($port, 150);
		$right += $r;
		$wrong += $w;
	}
	is($right, 12 * 150, "$name: 1800 new peers in bursts are answered");
	is($wrong, 0, '... each with what it sent');
	ok(wait_for(sub { kids($pid) == 0 }, 20), '... and no child stays');
	stop("burst-$build");
}

# Peers that speak just when their child has waited long enough
{
	my ($asked, $answered) = (0, 0);
	my $pid = begin('late', $RELAY, '-d', '-d', '-T', '0.1',
	    'UDP4-LISTEN:0,fork', 'PIPE');
	my $port = port('late');
	my @peer = map { peer($port) } 0 .. 29;
	my %of = map { $peer[$_] => $_ } 0 .. 29;
	my $all = IO::Select->new(@peer);
	my @next = map { time + $_ / 300 } 0 .. 29;
	my @sent = (0) x 30;
	my $end = time + 90;
	while ($answered < 1500 && time < $end) {
		for my $i (0 .. 29) {
			next if $next[$i] == 0 || time < $next[$i];
			$next[$i] = 0;
			send $peer[$i], "$i " . ++$sent[$i], 0;
			$asked++;
		}
		for my $s ($all->can_read(0.001)) {
			my $i = $of{$s};
			recv $s, my $got, 512, 0;
			$answered++ if $got eq "$i $sent[$i]";
			$next[$i] = time + 0.097 + rand 0.008;
		}
	}
	is($answered >= 1500 ? 'all' : "$answered of $asked", 'all',
	    '-T 0.1: packets at the last moment are answered');
	stop('late');
	kill 'TERM', kids($pid);
}

stop("busy$_") for 1 .. 3;
tests_done();
