#!/usr/bin/perl
# Backpressure: a reader that stalls stops the writer after what buffers hold,
# relay's memory stays bounded, and when the reader goes on nothing is lost.
use strict;
use warnings;
use Fcntl;
use FindBin;
use lib "$FindBin::Bin/tools";
use IO::Select;
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

my $block = noise(65536);
my $most = 64 << 20;

# What the kernel has buffers for, with room: far less than $most
sub stuff {
	my ($to) = @_;
	fcntl $to, F_SETFL, O_NONBLOCK | fcntl $to, F_GETFL, 0;
	my ($sent, $idle) = (0, 0);
	while ($idle < 40 && $sent < $most) {
		my $n = syswrite $to, $block, 65536 - $sent % 65536,
		    $sent % 65536;
		$n ? ($idle = 0) : ($idle++, sleep 0.01);
		$sent += $n // 0;
	}
	return $sent;
}

# Byte number n is that of the block at n modulo its length.
sub drain {
	my ($from, $count) = @_;
	my ($got, $good, $end) = (0, 1, time + 10);
	my $look = IO::Select->new($from);
	while (time < $end && $got < $count) {
		$look->can_read(0.5) or next;
		my $n = sysread $from, my $bytes, 65536 - $got % 65536;
		last unless $n;
		$good = 0 if $bytes ne substr $block, $got % 65536, $n;
		$got += $n;
	}
	return $good ? $got : "wrong bytes in $got";
}

# Children that run relay, too.
sub same {
	my ($pid) = @_;
	return grep { (readlink "/proc/$_/exe" // '') eq
	    (readlink "/proc/$pid/exe" // '') } kids($pid);
}

sub memory {
	my ($pid) = @_;
	my $all = 0;
	$all += memory_kb($_) for $pid, same($pid);
	return $all;
}

sub held {
	my ($what, $name, $pid, $to, $from) = @_;
	# Not before all run: while a program is being loaded it grows.
	ok(wait_for(sub { slurp("$T/$name.err") =~
	    / starting data transfer loop / && same($pid) == 0 }, 20),
	    "$what: it runs");
	my $before = memory($pid);
	my $sent = stuff($to);
	cmp_ok($sent, '<', $most, "$what: the writer is stopped ($sent)");
	my $ticks = cpu_ticks($pid);
	sleep 0.3;
	cmp_ok(cpu_ticks($pid) - $ticks, '<', 5, '... relay waits quietly');
	cmp_ok(memory($pid) - $before, '<', 2000, '... its memory is bounded')
	    or diag("$before kB, then ", memory($pid));
	is(drain($from, $sent), $sent, '... and all of it arrives');
	close $to;
	is(read_all($from, 10), '', '... then the end');
}

my $server = tcp_listen();
my $port = (unpack_sockaddr_in(getsockname $server))[0];
my $n = 0;

# TCP to TCP, both ways
for my $back (0, 1) {
	my $pid = begin('tcp' . ++$n, $RELAY, '-d', '-d', '-t', 20,
	    'TCP4-LISTEN:0', "TCP4:127.0.0.1:$port");
	my $s = tcp_connect(port("tcp$n"));
	my $far = accept_in($server, "tcp$n");
	my @side = $back ? ($far, $s) : ($s, $far);
	held($back ? 'target to client' : 'client to target', "tcp$n", $pid,
	    @side);
	close $_ for $s, $far;
	stop("tcp$n");
}

# UNIX to UNIX
{
	my $unix = unix_listen("$T/far");
	my $pid = begin('unix', $RELAY, '-d', '-d', '-t', 20, "UNIX-LISTEN:$T/near",
	    "UNIX-CONNECT:$T/far");
	my $s = wait_for(sub { unix_connect("$T/near") }, 5);
	my $far = accept_in($unix, 'unix');
	held('UNIX to UNIX', 'unix', $pid, $s, $far);
	stop('unix');
}

# Pipes, through a program
for my $tie ('', ',pipes') {
	pipe my $in, my $to;
	pipe my $from, my $out;
	my $pid = begin({ stdin => $in, stdout => $out }, "exec$tie",
	    $RELAY, '-d', '-d', '-t', 20, 'STDIO', "EXEC:cat$tie");
	close $_ for $in, $out;
	held("STDIO through EXEC$tie", "exec$tie", $pid, $to, $from);
	stop("exec$tie");
}

# The other direction is not held up by one that is stalled
{
	my $pid = begin('other', $RELAY, '-d', '-d', '-t', 20,
	    'TCP4-LISTEN:0', "TCP4:127.0.0.1:$port");
	my $s = tcp_connect(port('other'));
	my $far = accept_in($server, 'other');
	stuff($s);
	my $good = 0;
	for (1 .. 20) {
		send_all($far, $block);
		$good++ if read_all($s, 5, 65536) eq $block;
	}
	is($good, 20, 'a stalled direction does not hold up the other');
	stop('other');
}

# Large and small blocks carry the same bytes
for my $size (100, 1000, 8192, 1_000_000) {
	spew("$T/in", $block);
	open my $in, '<', "$T/in";
	my ($status, $out) = run({ stdin => $in }, $RELAY, '-t', 10, '-b',
	    $size, 'STDIO', 'EXEC:cat');
	is_short($out, $block, "blocks of $size (-b)");
}
tests_done();
