#!/usr/bin/perl
# TERM, INT, HUP and QUIT: 128+n from every kind of listener and in the midst
# of a transfer; socket files, lock files and named pipes that relay made go;
# connections under way outlive the listener, as with socat.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;

my %status = (TERM => 143, INT => 130, HUP => 129, QUIT => 131);
my @listeners = ('TCP4-LISTEN:0', 'TCP4-LISTEN:0,fork', 'TCP6-LISTEN:0,fork',
    "UNIX-LISTEN:$T/s", "UNIX-LISTEN:$T/s,fork", "ABSTRACT-LISTEN:$T/a,fork",
    'UDP4-LISTEN:0', 'UDP4-LISTEN:0,fork');
my $n = 0;

for my $signal (sort keys %status) {
	for my $address (@listeners) {
		my $name = 'l' . ++$n;
		begin($name, $RELAY, '-d', '-d', '-L', "$T/lock", $address,
		    'PIPE');
		port($name);
		my $what = $address =~ s/\Q$T\E/T/r;
		ok(-e "$T/lock", "$what: lock file");
		is(stop($name, $signal), $status{$signal},
		    "$what: status on $signal");
		ok(!-e "$T/s", "$what: no socket file left") or
		    unlink "$T/s";
		ok(!-e "$T/lock", "$what: no lock file left") or
		    unlink "$T/lock";
	}
}

# In the midst of a transfer
for my $signal (sort keys %status) {
	for my $with ('EXEC:cat', 'PIPE', "PIPE:$T/fifo,unlink-close",
	    "UNIX-LISTEN:$T/s") {
		my $name = 't' . ++$n;
		my $server = tcp_listen();
		my $port = (unpack_sockaddr_in(getsockname $server))[0];
		my $pid = begin($name, $RELAY, '-d', '-d',
		    "TCP4:127.0.0.1:$port", $with);
		my $s = accept_in($server, $name);
		my $far = $with =~ /UNIX/ ?
		    wait_for(sub { unix_connect("$T/s") }, 5) : $s;
		send_all($s, 'hello');
		is(read_all($far, 5, 5), 'hello', "$with: transfers");
		my @kids = kids($pid);
		is(stop($name, $signal), $status{$signal},
		    "$with: status on $signal in a transfer");
		ok(!-e "$T/fifo" && !-e "$T/s", "$with: no file left") or
		    unlink "$T/fifo", "$T/s";
		ok(wait_for(sub { !grep { -d "/proc/$_" &&
		    slurp("/proc/$_/status") !~ /^State:\s*Z/m } @kids }, 5),
		    "$with: no program left") or diag("@kids");
	}
}

# Connections of a listener that ends
for my $signal (sort keys %status) {
	my $name = 'f' . ++$n;
	my $pid = begin($name, $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork',
	    'PIPE');
	my $s = tcp_connect(port($name));
	send_all($s, 'one');
	is(read_all($s, 5, 3), 'one', 'a connection');
	is(stop($name, $signal), $status{$signal}, "listener ends on $signal");
	if ($signal eq 'TERM') {
		send_all($s, 'two');
		is(read_all($s, 5, 3), 'two', '... and leaves it alone');
	}
}

# Signals of other programs' use: USR1 prints statistics in socat 1.8 and
# PIPE must not end a listener.
{
	my $pid = begin('pipe', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork',
	    'PIPE');
	my $port = port('pipe');
	kill 'PIPE', $pid;
	my $s = tcp_connect($port);
	send_all($s, 'hello');
	is(read_all($s, 5, 5), 'hello', 'PIPE does no harm');
	stop('pipe');
}

# A lock that is held
{
	spew("$T/lock", $$);
	my ($status, undef, $err) = run($RELAY, '-L', "$T/lock", 'PIPE',
	    'STDOUT');
	is($status, 1, 'a lock file of another: status 1');
	isnt($err, '', '... with a line');
	ok(-e "$T/lock", '... and is left in place');
	is(slurp("$T/lock"), $$, '... as it was');
	begin('wait', $RELAY, '-d', '-d', '-W', "$T/lock", 'TCP4-LISTEN:0',
	    'PIPE');
	select undef, undef, undef, 0.2;
	unlike(slurp("$T/wait.err"), qr/listening/, '-W waits for it');
	unlink "$T/lock";
	ok(port('wait'), '... and goes on when it is gone');
	stop('wait');
	ok(!-e "$T/lock", '... and cleans up its own');
}

tests_done();
