#!/usr/bin/perl
# 5,000 connections one after the other and 1,000 at once, on loopback, in
# bounded time: they leave no zombie, no descriptor and no memory behind, and
# each has its own answer.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";

# A thousand sockets need more than the usual 1,024 descriptors; Relay makes a
# directory, which would be left behind.
BEGIN {
	if (!$ENV{RELAY_TEST_FILES}++) {
		exec 'sh', '-c', 'ulimit -n 4096 2>/dev/null; exec "$0" "$@"',
		    $^X, $0 or die "sh: $!";
	}
}
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(time);

my $pid = begin('relay', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork', 'PIPE');
my $port = port('relay');
my ($bad, $count) = (0, 0);

# Sources 127.0.0.2 and on, so that TIME_WAIT does not use up the ports
sub client {
	my ($source) = @_;
	socket my $s, AF_INET, SOCK_STREAM, 0 or die "socket: $!";
	bind $s, pack_sockaddr_in(0, inet_aton("127.0.1.$source"));
	connect $s, pack_sockaddr_in($port, INADDR_LOOPBACK) or return;
	return $s;
}

sub asks {
	my ($s) = @_;
	my $word = 'number ' . ++$count . "\n";
	send_all($s, $word);
	my $got = '';
	while (length $got < length $word) {
		sysread $s, $got, 100, length $got or last;
	}
	$bad++ if $got ne $word;
}

# The first ones make relay load and grow what it needs.
for (1 .. 200) {
	my $s = client(1);
	asks($s);
}
ok(wait_for(sub { kids($pid) == 0 }, 10), 'at rest after 200');
my $memory = memory_kb($pid);
my $open = join ' ', sort keys %{fds($pid)};
my $zombies = 0;
my $start = time;
my $done = 0;
while ($done < 5000 && time - $start < 120) {
	my $s = client(1 + $done % 5);
	asks($s) if $s;
	$done++;
	$zombies = zombies($pid) if $done % 500 == 0 && zombies($pid) >
	    $zombies;
}
is($done, 5000, '5,000 one after the other in two minutes');
is($bad, 0, '... with an answer for each');
cmp_ok($zombies, '<', 100, '... few dead children at any moment');
ok(wait_for(sub { kids($pid) == 0 }, 10), '... and none at rest');
is(join(' ', sort keys %{fds($pid)}), $open, '... no descriptor');
cmp_ok(memory_kb($pid) - $memory, '<=', 64, '... no memory')
    or diag("$memory kB before, ", memory_kb($pid), ' after');

# All at once: every one is open before the first is asked.
my @s;
$start = time;
while (@s < 1000 && time - $start < 60) {
	my $s = client(10 + @s % 5) or last;
	push @s, $s;
}
is(scalar @s, 1000, '1,000 at once');
$bad = 0;
asks($_) for @s;
is($bad, 0, '... each with its own answer');
is(scalar(my @kids = kids($pid)), 1000, '... a child for each');
close $_ for @s;
ok(wait_for(sub { kids($pid) == 0 }, 20), '... they all go');
is(join(' ', sort keys %{fds($pid)}), $open, '... no descriptor');
cmp_ok(memory_kb($pid) - $memory, '<=', 256, '... no memory')
    or diag("$memory kB before, ", memory_kb($pid), ' after');
is(stop('relay'), 143, 'ends on TERM');
tests_done();
