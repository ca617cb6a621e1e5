#!/usr/bin/perl
# A client, or a target, that resets the connection at every stage: the
# listener lives, no child stays, nothing spins, the next client is served.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

# SO_LINGER with no time: close(2) sends a reset
sub reset_now {
	my ($s) = @_;
	setsockopt $s, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
	close $s;
}

my $server = tcp_listen();
my $target = (unpack_sockaddr_in(getsockname $server))[0];
my $pid = begin('relay', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork,reuseaddr',
    "TCP4:127.0.0.1:$target");
my $port = port('relay');
my $bytes = noise(200_000);

sub pair {
	my $s = tcp_connect($port) or return;
	my $far = accept_in($server, 'relay', 10);
	return ($s, $far);
}

# Reads a little, so that relay is held up with its hands full.
sub fill {
	my ($s) = @_;
	my $flags = fcntl $s, Fcntl::F_GETFL(), 0;
	fcntl $s, Fcntl::F_SETFL(), $flags | Fcntl::O_NONBLOCK();
	my $idle = 0;
	while ($idle < 10) {
		if (syswrite $s, $bytes) {
			$idle = 0;
		} else {
			$idle++;
			sleep 0.01;
		}
	}
}

my %stage = (
	'before it is accepted' => sub {
		kill 'STOP', $pid;
		my @s = map { tcp_connect($port) } 1 .. 5;
		reset_now($_) for splice @s;
		kill 'CONT', $pid;
		# relay may or may not get as far as the target
		while (my $far = accept_in($server, 'relay', 0.3)) {
			close $far;
		}
	},
	'with bytes, before it is accepted' => sub {
		kill 'STOP', $pid;
		my @s = map { tcp_connect($port) } 1 .. 5;
		send_all($_, 'hello') for @s;
		reset_now($_) for splice @s;
		kill 'CONT', $pid;
		while (my $far = accept_in($server, 'relay', 0.3)) {
			close $far;
		}
	},
	'at once' => sub {
		my ($s, $far) = pair();
		reset_now($s);
		is(read_all($far, 5), '', '... the target sees the end');
	},
	'after its bytes are sent' => sub {
		my ($s, $far) = pair();
		send_all($s, 'hello');
		is(read_all($far, 5, 5), 'hello', '... the bytes arrive');
		reset_now($s);
		is(read_all($far, 5), '', '... the target sees the end');
	},
	'while the target sends much' => sub {
		my ($s, $far) = pair();
		fill($far);
		reset_now($s);
		ok(wait_for(sub { !syswrite($far, 'x') && $!{EPIPE} ||
		    $!{ECONNRESET} }, 5), '... the target cannot write on');
	},
	'while it sends much to a target that does not read' => sub {
		my ($s, $far) = pair();
		fill($s);
		reset_now($s);
		my $end = time;
		read_all($far, 10);
		cmp_ok(time - $end, '<', 9, '... the target sees the end');
	},
	'after a half-close of its own' => sub {
		my ($s, $far) = pair();
		shutdown $s, 1;
		is(read_all($far, 5), '', '... the target sees the end');
		reset_now($s);
		send_all($far, $bytes) for 1 .. 3;
	},
	'after a half-close of the target' => sub {
		my ($s, $far) = pair();
		shutdown $far, 1;
		is(read_all($s, 5), '', '... the client sees the end');
		reset_now($s);
		is(read_all($far, 5), '', '... and the target, too');
	},
	'by the target, at once' => sub {
		my ($s, $far) = pair();
		reset_now($far);
		is(read_all($s, 5), '', '... the client sees the end');
	},
	'by the target, while the client sends much' => sub {
		my ($s, $far) = pair();
		fill($s);
		reset_now($far);
		my $end = time;
		read_all($s, 10);
		cmp_ok(time - $end, '<', 9, '... the client sees the end');
	},
	'by the target, while it sends much' => sub {
		my ($s, $far) = pair();
		fill($far);
		reset_now($far);
		my $end = time;
		read_all($s, 10);
		cmp_ok(time - $end, '<', 9, '... the client sees the end');
	},
	'by both' => sub {
		my ($s, $far) = pair();
		reset_now($s);
		reset_now($far);
	},
);

for my $stage (sort keys %stage) {
	my $ticks = cpu_ticks($pid);
	note("reset $stage");
	$stage{$stage}->();
	ok(wait_for(sub { kids($pid) == 0 }, 5), "reset $stage: " .
	    'no child is left') or diag(slurp("$T/relay.err") =~
	    s/.*\n(?=(?:.*\n){12})//sr, map { "$_: " .
	    slurp("/proc/$_/wchan") . "\n" } kids($pid));
	ok(running('relay'), '... the listener lives');
	cmp_ok(cpu_ticks($pid) - $ticks, '<', 20, '... and does not spin');
	my ($s, $far) = pair();
	send_all($s, 'next');
	is($far && read_all($far, 5, 4), 'next', '... the next is served');
	close $_ for grep { $_ } $s, $far;
	wait_for(sub { kids($pid) == 0 }, 5);
}
is(stop('relay'), 143, 'ends on TERM');
tests_done();
