#!/usr/bin/perl
# Nothing is lost at the end of EXEC and SYSTEM: whatever the exit status or
# the signal, however the child is tied, what it wrote arrives complete; a
# program that it leaves behind may still write.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;

my $bytes = noise(70_000);
spew("$T/bytes", $bytes);

sub output {
	my ($address, @flags) = @_;
	my ($status, $out, $err) = run($RELAY, '-t', 10, @flags, $address,
	    'STDOUT');
	return ($out, $status, $err);
}

# All exit statuses, the output much larger than a block, then the signals
my $wrong = 0;
for my $code (0 .. 255) {
	my ($out, $status, $err) = output(
	    "SYSTEM:cat $T/bytes; exit $code", '-u');
	next if $out eq $bytes && $status ne 'running';
	diag("exit $code: ", length $out, " bytes, status $status\n$err");
	$wrong++;
}
is($wrong, 0, 'all bytes at each of 256 exit statuses');

my @ties = ('', 'pipes', 'pty,raw', 'stderr', 'setsid', 'fdout=5',
    'pipes,fdout=5');
for my $tie (@ties) {
	my $to = $tie =~ /fdout=(\d)/ ? " >&$1" : '';
	$wrong = 0;
	for my $how (map({ "exit $_" } 0, 1, 2, 42, 127, 128, 255),
	    map({ "kill -$_ \$\$" } 1, 2, 3, 6, 9, 11, 13, 14, 15)) {
		my ($out, $status, $err) = output(
		    "SYSTEM:cat $T/bytes$to; $how" . ($tie && ",$tie"),
		    '-u');
		next if $out eq $bytes && $status ne 'running';
		$wrong++;
		diag("$how: ", length $out, " bytes, status $status\n$err");
	}
	is($wrong, 0, "... whatever the end, SYSTEM" . ($tie && ",$tie"));
}

# Both ways: the child ends before it has read what is meant for it
for my $tie ('', ',pipes', ',pty,raw,echo=0') {
	spew("$T/input", 'x' x 1_000_000);
	open my $in, '<', "$T/input";
	my ($status, $out, $err) = run({ stdin => $in }, $RELAY, '-t', 10,
	    'STDIO', "SYSTEM:cat $T/bytes; exit 3$tie");
	is_short($out, $bytes, "a child that reads nothing$tie");
	isnt($status, 'running', '... ends');
}

# A child's child that lives longer and still has the output
for my $tie ('', ',pipes') {
	for my $code (0, 1) {
		my ($out) = output("SYSTEM:(sleep 0.3; echo late) & " .
		    "echo early; exit $code$tie", "-u");
		is($out, "early\nlate\n", "what comes after the child " .
		    "ended with $code$tie");
	}
}

# A child that closes its output and goes on reading
for my $tie ('', ',pipes') {
	unlink "$T/got";
	open my $in, '<', "$T/bytes";
	my ($status) = run({ stdin => $in }, $RELAY, '-t', 10, 'STDIO',
	    "SYSTEM:exec >&-; cat >$T/part; mv $T/part $T/got$tie");
	wait_for(sub { -e "$T/got" }, 5);
	is_short(slurp("$T/got"), $bytes, "a child without output$tie");
}

# To a client, with the child gone at once, as inetd would do it
begin('tcp', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork',
    "SYSTEM:cat $T/bytes; exit 1");
my $port = port('tcp');
$wrong = 0;
for (1 .. 30) {
	my $s = tcp_connect($port);
	$wrong++ if read_all($s, 10) ne $bytes;
}
is($wrong, 0, 'thirty clients of a program have all of it');
stop('tcp');

# A slow reader has all of it, too
begin('slow', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork',
    "SYSTEM:cat $T/bytes $T/bytes $T/bytes $T/bytes; exit 1");
my $s = tcp_connect(port('slow'));
my $got = '';
while (1) {
	select undef, undef, undef, 0.01;
	sysread $s, $got, 20_000, length $got or last;
}
is_short($got, $bytes x 4, 'a slow reader');
stop('slow');

# Children are ended with relay and none is left
my $pid = begin('kill', $RELAY, '-d', '-d', 'PIPE', 'EXEC:sleep 60');
wait_for(sub { kids($pid) }, 5);
my ($kid) = kids($pid);
stop('kill');
ok(wait_for(sub { !kill(0, $kid) || slurp("/proc/$kid/status") =~
    /^State:\s*Z/m }, 5), 'TERM to relay ends its program');
tests_done();
