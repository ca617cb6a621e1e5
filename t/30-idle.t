#!/usr/bin/perl
# No spinning: relay computes nothing while both sides are silent, with both
# directions open and in every half-closed state, for ends of each kind.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep);

my $server = tcp_listen();
my $port = (unpack_sockaddr_in(getsockname $server))[0];
my $unix = unix_listen("$T/unix");
my $bridge = unix_listen("$T/bridge");
my $program = bridge("$T/bridge");

# Near ends with a far side { in, out } in the hands of the test
my %end = (
	TCP => ["TCP4:127.0.0.1:$port", $server],
	UNIX => ["UNIX-CONNECT:$T/unix", $unix],
	EXEC => ["EXEC:$program", $bridge],
	'EXEC,pipes' => ["EXEC:$program,pipes", $bridge],
	'EXEC,pty' => ["EXEC:$program,pty,raw,echo=0", $bridge],
	STDIO => ['STDIO'],
);
my (@cases, @keep);
my $n = 0;

sub open_pair {
	my ($one, $two, @options) = @_;
	my $name = 'i' . ++$n;
	my (%how, %side);
	if ($one eq 'STDIO') {
		pipe my $in, my $to;
		pipe my $from, my $out;
		%how = (stdin => $in, stdout => $out);
		$side{$one} = [$from, $to];
	}
	my @address = map { $end{$_}[0] . (shift(@options) // '') } $one,
	    $two;
	my $pid = begin(\%how, $name, $RELAY, '-t', 1000, '-d', '-d',
	    @address);
	close $_ for values %how;
	for my $it ($one, $two) {
		next if $it eq 'STDIO';
		my $s = accept_in($end{$it}[1], $name, 10);
		$side{$it} = [$s, $s];
	}
	push @keep, \%side;
	return ($name, $pid, \%side);
}

sub half_close {
	my ($side) = @_;
	my ($in, $out) = @$side;
	$in == $out ? shutdown $out, 1 : close $out;
}

my @pairs = (['TCP', 'UNIX'], ['UNIX', 'TCP'], ['TCP', 'EXEC'],
    ['EXEC', 'TCP'], ['TCP', 'EXEC,pipes'], ['EXEC,pipes', 'TCP'],
    ['STDIO', 'TCP'], ['STDIO', 'EXEC'], ['STDIO', 'EXEC,pipes'],
    ['TCP', 'EXEC,pty'], ['STDIO', 'UNIX']);
for my $pair (@pairs) {
	my ($one, $two) = @$pair;
	for my $state ('open', 'first', 'second') {
		next if $two =~ /pty/ && $state ne 'open';
		my ($name, $pid, $side) = open_pair($one, $two);
		half_close($side->{$one}) if $state eq 'first';
		half_close($side->{$two}) if $state eq 'second';
		push @cases, ["$one and $two, " . ($state eq 'open' ?
		    'both open' : "the $state half-closed"), $name, $pid];
	}
}

# ignoreeof with an end that is at its end for good
for my $one ('STDIO', 'TCP') {
	my ($name, $pid, $side) = open_pair($one, 'UNIX', ',ignoreeof');
	half_close($side->{$one});
	push @cases, ["$one,ignoreeof at its end", $name, $pid];
}
spew("$T/file", 'x');
for my $with ("OPEN:$T/file,ignoreeof", 'OPEN:/dev/null,ignoreeof') {
	my $name = 'i' . ++$n;
	push @cases, [$with =~ s/\Q$T\E/T/r, $name, begin($name, $RELAY,
	    '-u', $with, 'STDOUT')];
}

# A writer that its reader has left, listeners, and one child in max-children
{
	my $name = 'i' . ++$n;
	my $pid = begin($name, $RELAY, '-d', '-d',
	    'TCP4-LISTEN:0,fork,max-children=1', 'PIPE');
	my $at = port($name);
	push @keep, tcp_connect($at), tcp_connect($at);
	push @cases, ['max-children reached, one waits', $name, $pid];
	$name = 'i' . ++$n;
	$pid = begin($name, $RELAY, '-d', '-d', 'UDP4-LISTEN:0,fork',
	    'PIPE');
	port($name);
	push @cases, ['UDP4-LISTEN,fork', $name, $pid];
	$name = 'i' . ++$n;
	push @cases, ['retry of a connect', $name, begin($name, $RELAY,
	    'TCP4:127.0.0.1:' . free_port() . ',forever,interval=0.5',
	    'PIPE')];
	$name = 'i' . ++$n;
	push @cases, ['PIPE and SOCKETPAIR', $name, begin($name, $RELAY,
	    'PIPE', 'SOCKETPAIR')];
}

# All of them at once, from when they are at rest.  The pause is a fixed one:
# nothing may happen in it, which is what is measured.
sleep 0.5;
my @before = map { cpu_ticks($_->[2]) } @cases;
my %child = map { $_->[2] => [kids($_->[2])] } @cases;
my %child_before = map { $_ => cpu_ticks($_) } map { @$_ } values %child;
sleep 1.5;
for my $i (0 .. $#cases) {
	my ($what, $name, $pid) = @{$cases[$i]};
	my $used = cpu_ticks($pid) - $before[$i];
	for my $it (@{$child{$pid}}) {
		my $now = cpu_ticks($it);
		$used += $now - $child_before{$it} if $now > 0;
	}
	# OPEN with ignoreeof polls the file once a second or so
	cmp_ok($used, '<=', 5, "$what: idle");
	ok(running($name), '... and alive') or
	    diag(slurp("$T/$name.err"));
}
tests_done();
