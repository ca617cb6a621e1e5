#!/usr/bin/perl
# -t and -T: how long the other direction is waited for after an end of file,
# counted from the last byte that moved; how long silence may last.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

my $server = tcp_listen();
my $port = (unpack_sockaddr_in(getsockname $server))[0];
my $n = 0;

# Two sides of a fresh relay with these flags
sub sides {
	my @flags = @_;
	my $name = 't' . ++$n;
	begin($name, $RELAY, '-d', '-d', @flags, 'TCP4-LISTEN:0',
	    "TCP4:127.0.0.1:$port");
	my $s = tcp_connect(port($name));
	my $far = accept_in($server, $name);
	return ($name, $s, $far);
}

# Not before the first, not after the second number of seconds
sub lasts {
	my ($name, $least, $most, $what) = @_;
	my $start = time;
	finish($name, $most + 5);
	my $took = time - $start;
	ok($took >= $least && $took <= $most, $what) or
	    diag("took $took s\n", slurp("$T/$name.err"));
	is(status_of($name), 0, '... with status 0');
}

for my $flag (['-t', '0.4'], ['-t0.4']) {
	my ($name, $s, $far) = sides(@$flag);
	shutdown $s, 1;
	lasts($name, 0.3, 2.5, "@$flag: ends after 0.4 s of a half-close");
}
{
	my ($name, $s, $far) = sides();
	shutdown $far, 1;
	lasts($name, 0.35, 2.5, 'half a second without -t');
}
{
	my ($name, $s, $far) = sides('-t', '0.4');
	shutdown $s, 1;
	my $got = 0;
	for (1 .. 10) {
		sleep 0.12;
		send_all($far, 'x') or last;
		$got++ if read_all($s, 1, 1) eq 'x';
	}
	is($got, 10, '-t counts from the last byte that moved');
	lasts($name, 0.2, 2.5, '... and ends when no more come');
}
{
	my ($name, $s, $far) = sides('-t', 30);
	shutdown $s, 1;
	# A fixed pause, as with -T 0 below: that nothing happens is the test.
	sleep 1;
	ok(running($name), '-t 30 still waits after a second');
	send_all($far, 'late');
	shutdown $far, 1;
	is(read_all($s, 5), 'late', '... and what comes then is passed on');
	lasts($name, 0, 2, '... the second end of file ends it at once');
}
for my $flag (['-T', '0.5'], ['-T0.5']) {
	my ($name, $s, $far) = sides(@$flag);
	lasts($name, 0.4, 3, "@$flag: ends after 0.5 s of silence");
}
{
	my ($name, $s, $far) = sides('-T', '0.5');
	my $got = 0;
	for my $i (1 .. 10) {
		sleep 0.15;
		my ($from, $to) = $i % 2 ? ($s, $far) : ($far, $s);
		send_all($from, 'x') or last;
		$got++ if read_all($to, 1, 1) eq 'x';
	}
	is($got, 10, '-T: bytes either way keep it open');
	lasts($name, 0.3, 3, '... and silence ends it');
}
{
	my ($name, $s, $far) = sides('-T', '0');
	sleep 0.5;
	ok(running($name), '-T 0 is no limit');
	stop($name);
}

# -t does not cut what still flows
{
	my $bytes = noise(3_000_000);
	my ($name, $s, $far) = sides('-t', '0.5');
	shutdown $s, 1;
	is(read_all($far, 5), '', 'a half-close');
	my @side = ({ in => $s, out => $s, send => '' },
	    { in => $far, out => $far, send => $bytes });
	exchange(20, @side);
	is_short($side[0]{got}, $bytes, '-t cuts nothing that flows');
}

# A cut says how to raise the limit
{
	my ($name, $s, $far) = sides('-t', '0.2');
	shutdown $s, 1;
	finish($name, 5);
	like(slurp("$T/$name.err"), qr/ -t /, 'a cut names -t');
}
tests_done();
