#!/usr/bin/perl
# Serving with fork: one child per connection, reaped at once; max-children;
# as large a backlog as the kernel grants; a listener that outlives what goes
# wrong in its children; without fork one connection and no more.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use IO::Select;
use List::Util qw(max);
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

# echoes HANDLE, TEXT: sends it and gets it back
sub echoes {
	my ($s, $text) = @_;
	send_all($s, $text);
	return read_all($s, 5, length $text) eq $text;
}

# One child each, for every kind of listener
my %kind = (
	'TCP4-LISTEN:0' => sub { tcp_connect($_[0]) },
	'TCP6-LISTEN:0' => sub { tcp_connect($_[0], '::1') },
	"UNIX-LISTEN:$T/unix" => sub { unix_connect("$T/unix") },
	"ABSTRACT-LISTEN:$T/abstract" =>
	    sub { unix_connect("\@$T/abstract") },
);
my $n = 0;
for my $address (sort keys %kind) {
	my $what = $address =~ s/:.*//r;
	my $name = 'kind' . ++$n;
	my $pid = begin($name, $RELAY, '-d', '-d', "$address,fork", 'PIPE');
	my $port = port($name);
	my @s = map { $kind{$address}->($port) } 1 .. 8;
	is(scalar(grep { echoes($s[$_], "number $_\n") } 0 .. 7), 8,
	    "$what: eight connections at once have an answer each");
	is(scalar(my @kids = kids($pid)), 8, "$what: a child for each");
	close $_ for splice @s, 0, 3;
	ok(wait_for(sub { kids($pid) == 5 }, 5), "$what: three are gone");
	ok(echoes($s[4], 'still here'), "$what: the others live on");
	close $_ for @s;
	ok(wait_for(sub { kids($pid) == 0 }, 5),
	    "$what: none is left, not even a zombie");
	is(stop($name), 143, "$what: ends on TERM");
}

# No zombies while thousands come and go: half a second is more than a moment.
{
	my $pid = begin('quick', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork',
	    'PIPE');
	my $port = port('quick');
	my ($oldest, %since) = (0);
	for my $i (1 .. 3000) {
		my $s = tcp_connect($port);
		close $s;
		next if $i % 50;
		my %now = map { $_ => 1 } zombies($pid);
		delete $since{$_} for grep { !$now{$_} } keys %since;
		$since{$_} //= time for keys %now;
		$oldest = max($oldest, map { time - $_ } values %since);
	}
	cmp_ok($oldest, "<", 0.5,
	    '3,000 quick connections leave no zombie for long');
	# They are accepted in turn: on a busy machine hundreds still wait.
	my $last = tcp_connect($port);
	send_all($last, 'hello');
	is(read_all($last, 60, 5), 'hello', '... the last is served like all');
	close $last;
	ok(wait_for(sub { kids($pid) == 0 }, 10), '... and none at the end');
	my $s = tcp_connect($port);
	ok(echoes($s, 'hello'), '... and the listener serves on');
	stop('quick');
}

# Many at once: only the latest are looked at each time, the others soon.
{
	my $pid = begin('many', $RELAY, '-d', '-d',
	    'TCP4-LISTEN:0,fork,max-children=120', 'PIPE');
	my $port = port('many');
	my @s = map { tcp_connect($port) } 1 .. 120;
	is(scalar(grep { echoes($s[$_], "number $_\n") } 0 .. 119), 120,
	    '120 connections at once have an answer each');
	my $next = tcp_connect($port);
	send_all($next, 'next');
	close shift @s;
	is(read_all($next, 2, 4), 'next',
	    'the first makes room for one more than max-children');
	close $_ for splice @s, 0, 40;
	my $until = time + 1.5;
	while (time < $until) {
		my $short = tcp_connect($port);
		echoes($short, 'short');
		close $short;
	}
	ok(wait_for(sub { kids($pid) == 80 && !zombies($pid) }, 2),
	    'the oldest end unnoticed by none while others come and go');
	close $_ for @s, $next;
	ok(wait_for(sub { kids($pid) == 0 }, 5), '... and all in the end');
	stop('many');
}

# max-children
for my $option ('max-children=3', 'maxchildren=3') {
	my $pid = begin("max$option", $RELAY, '-d', '-d',
	    "TCP4-LISTEN:0,fork,$option", 'PIPE');
	my $port = port("max$option");
	my @s = map { tcp_connect($port) } 1 .. 6;
	send_all($_, 'hello') for @s;
	my $look = IO::Select->new(@s);
	my $ready = sub { scalar(my @r = $look->can_read(0)) };
	ok(wait_for(sub { $ready->() == 3 }, 5), "$option: three answers");
	sleep 0.3;
	is($ready->(), 3, '... and no fourth');
	is(scalar(my @kids = kids($pid)), 3, '... from three children');
	my ($first) = $look->can_read(0);
	$look->remove($first);
	shutdown $first, 2;
	close $first;
	ok(wait_for(sub { $ready->() == 3 }, 5),
	    '... one goes, the next is served');
	$look->remove($_), shutdown $_, 2 for $look->can_read(0);
	ok(wait_for(sub { $ready->() == 2 }, 5), '... then the last two');
	stop("max$option");
}

# Backlog: a listener that accepts nothing for now still lets clients connect
sub connected {
	my ($port, $count) = @_;
	my @s = map {
		socket my $s, AF_INET, SOCK_STREAM | 04000, 0;
		connect $s, pack_sockaddr_in($port, INADDR_LOOPBACK);
		$s
	} 1 .. $count;
	my $end = time + 0.7;	# the first SYN retry comes after 1 s
	my @up;
	while (time < $end && @up < $count) {
		@up = grep { getpeername $_ } @s;
		sleep 0.01;
	}
	return (scalar(@up), @s);
}

{
	my $pid = begin('backlog', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork',
	    'PIPE');
	my $port = port('backlog');
	kill 'STOP', $pid;
	my ($up, @s) = connected($port, 200);
	is($up, 200, '200 clients connect at once, with no SYN retry');
	kill 'CONT', $pid;
	is(scalar(grep { echoes($_, 'hello') } @s), 200, '... all served');
	stop('backlog');
}
{
	my $pid = begin('small', $RELAY, '-d', '-d',
	    'TCP4-LISTEN:0,fork,backlog=2', 'PIPE');
	my $port = port('small');
	kill 'STOP', $pid;
	my ($up) = connected($port, 20);
	ok($up >= 2 && $up <= 5, "backlog=2 lets few connect ($up)");
	kill 'CONT', $pid;
	stop('small');
}

# Children that fail
{
	my $closed = free_port();
	my $pid = begin('refused', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork',
	    "TCP4:127.0.0.1:$closed");
	my $port = port('refused');
	my $got = '';
	for (1 .. 3) {
		my $s = tcp_connect($port);
		$got .= read_all($s, 5);
	}
	is($got, '', 'a refused target closes the connection');
	like(slurp("$T/refused.err"), qr/ E .*Connection refused/,
	    '... and says why');
	ok(running('refused'), '... the listener lives on');
	ok(wait_for(sub { kids($pid) == 0 }, 5), '... without zombies');

	my $server = tcp_listen('127.0.0.1', $closed);
	my $s = tcp_connect($port);
	ok(accept_in($server, 'refused', 5),
	    '... and serves when the target is back');
	stop('refused');
}

# A child that is slow to reach its target delays nobody
{
	begin('slow', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork',
	    'SYSTEM:read how; [ "$how" = fast ] || sleep 30; echo done');
	my $port = port('slow');
	my $slow = tcp_connect($port);
	send_all($slow, "slow\n");
	my $start = time;
	my $s = tcp_connect($port);
	send_all($s, "fast\n");
	is(read_all($s, 5), "done\n", 'a slow one before does no harm');
	ok(time - $start < 3, '... in little time');
	stop('slow');
}

# Without fork
for my $address (sort keys %kind) {
	my $what = $address =~ s/:.*//r;
	my $name = 'one' . ++$n;
	unlink "$T/unix";
	begin($name, $RELAY, '-d', '-d', $address, 'PIPE');
	my $port = port($name);
	my $s = $kind{$address}->($port);
	ok(echoes($s, 'hello'), "$what without fork: serves");
	my $again = $kind{$address}->($port);
	ok(!$again, "$what without fork: no second connection");
	close $s;
	finish($name, 5);
	is(status_of($name), 0, "$what without fork: ends with the first");
}

# The port in use
{
	my $server = tcp_listen();
	my $port = (unpack_sockaddr_in(getsockname $server))[0];
	my ($status, undef, $err) = run($RELAY, "TCP4-LISTEN:$port,fork",
	    'PIPE');
	is($status, 1, 'a port in use: status 1');
	like($err, qr/ E .*Address (already )?in use/, '... and why');
}

tests_done();
