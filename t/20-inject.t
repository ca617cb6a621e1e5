#!/usr/bin/perl
# Errors that the kernel may give at any time, put there by strace: transient
# ones of accept, fork, read, write, poll, connect and socket lose no byte of
# a connection and make nothing spin; a listener that cannot go on dies with a
# line and a status that is not zero.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep);

need('strace');
my ($probe) = run('strace', '-o', '/dev/null', '-e',
    'inject=getpid:error=EPERM', 'true');
if ($probe) {
	plan(skip_all => 'strace may not trace here') unless
	    $ENV{TEST_NO_SKIP};
	fail('strace may not trace here');
	done_testing();
	exit 1;
}

my %calls = (
	accept => '?accept,accept4',
	fork => '?fork,?vfork,clone,clone3',
	read => 'read,readv,recvfrom,recvmsg,splice',
	write => 'write,writev,sendto,sendmsg,splice',
	poll => '?poll,ppoll,?select,pselect6,?epoll_wait,epoll_pwait',
	connect => 'connect',
	socket => 'socket',
	setsockopt => 'setsockopt',
);
my $bytes = noise(400_000);
my $n = 0;
my $server = tcp_listen();
my $target = (unpack_sockaddr_in(getsockname $server))[0];

# relay under strace, which stands aside (-D), so that the pid is relay's own
sub traced {
	my ($call, $error, $when, @relay) = @_;
	my $name = 'r' . ++$n;
	my $pid = begin($name, 'strace', '-D', '-f', '-qq', '-o',
	    "$T/$name.trace", '-e', "trace=$calls{$call}",
	    '-e', "inject=$calls{$call}:error=$error:when=$when",
	    $RELAY, '-d', '-d', @relay);
	return ($name, $pid);
}

sub trace { return slurp("$T/$_[0].trace") }

# A connection, half-closed after its bytes are sent; the target echoes.
sub through {
	my ($name, $port) = @_;
	my $s = tcp_connect($port) or return 'no connection';
	my $far = accept_in($server, $name, 5) or return 'no target';
	my @side = ({ in => $s, out => $s, send => $bytes },
	    { in => $far, out => $far, send => scalar reverse $bytes });
	exchange(15, @side) or return 'hangs';
	return 'lost' if $side[0]{got} ne reverse $bytes;
	return 'lost' if $side[1]{got} ne $bytes;
	return 'whole';
}

# Transient errors: call, error, which of its calls
my @transient = (
	map({ ['accept', $_, '1..3'] } qw(EINTR EMFILE ENFILE ECONNABORTED
	    ENOMEM ENOBUFS EAGAIN EPROTO ENETDOWN EHOSTUNREACH
	    ENETUNREACH ENOPROTOOPT EHOSTDOWN ENONET
	    EPERM)),
	map({ ['fork', $_, '1..2'] } qw(EAGAIN ENOMEM)),
	map({ ['read', $_, '4+3'] } qw(EINTR EAGAIN)),
	map({ ['write', $_, '8+3'] } qw(EINTR EAGAIN)),
	map({ ['poll', $_, '2+3'] } qw(EINTR EAGAIN)),
	['poll', 'ENOMEM', '2+5'],
	['connect', 'EINTR', '1'],
);
for my $row (@transient) {
	my ($call, $error, $when) = @$row;
	my ($name, $pid) = traced($call, $error, $when,
	    'TCP4-LISTEN:0,fork,reuseaddr', "TCP4:127.0.0.1:$target");
	my $port = port($name) or next;
	is(join(' ', map { through($name, $port) } 1 .. 2), 'whole whole',
	    "$call gives $error: nothing is lost") or
	    diag(slurp("$T/$name.err"));
	like(trace($name), qr/INJECTED/, '... it did happen');
	cmp_ok(scalar(() = trace($name) =~ /\n/g), '<', 6000,
	    '... nothing spins');
	ok(running($name), '... the listener lives');
	ok(wait_for(sub { kids($pid) == 0 }, 5), '... nobody is left');
	is(stop($name), 143, '... and ends on TERM');
}

# Errors that never end: the listener waits between tries.
for my $row (map({ ['accept', $_] } qw(EMFILE ENFILE ENOMEM)),
    map({ ['fork', $_] } qw(EAGAIN ENOMEM))) {
	my ($call, $error) = @$row;
	my ($name, $pid) = traced($call, $error, '1+',
	    'TCP4-LISTEN:0,fork', "TCP4:127.0.0.1:$target");
	my $port = port($name) or next;
	my $s = tcp_connect($port);
	# A fixed pause: nothing need happen, what is tried in it is counted.
	sleep 1;
	my $tries = () = trace($name) =~ /INJECTED/g;
	cmp_ok($tries, '>', 0, "$call gives $error for good: it is tried");
	cmp_ok($tries, '<', 60, "... with pauses ($tries in a second)");
	my $lines = () = slurp("$T/$name.err") =~ / [EW] /g;
	cmp_ok($lines, '>', 0, '... and said');
	cmp_ok($lines, '<', 30, '... not too often');
	ok(running($name), '... the listener lives');
	is(stop($name), 143, '... and ends on TERM');
}

# A shortage that never ends does not make the transfer spin.
for my $error (qw(ENOMEM EAGAIN)) {
	my ($name, $pid) = traced('poll', $error, '1+',
	    'TCP4-LISTEN:0,fork', "TCP4:127.0.0.1:$target");
	my $port = port($name) or next;
	my $s = tcp_connect($port);
	sleep 1;
	my $tries = () = trace($name) =~ /INJECTED/g;
	cmp_ok($tries, '>', 2, "poll gives $error for good: it is tried");
	cmp_ok($tries, '<', 1000, "... with pauses ($tries in a second)");
	is(stop($name), 143, '... and the listener ends on TERM');
}

# Errors of one connection: it ends with a line, the listener goes on.
for my $row (['socket', 'EMFILE'], ['socket', 'ENFILE'],
    ['socket', 'ENOMEM'], ['socket', 'ENOBUFS'],
    ['connect', 'ECONNREFUSED'], ['connect', 'ETIMEDOUT'],
    ['connect', 'ENETUNREACH'], ['connect', 'EADDRNOTAVAIL']) {
	my ($call, $error) = @$row;
	my ($name, $pid) = traced($call, $error,
	    $call eq 'socket' ? '2+2' : '1',
	    'TCP4-LISTEN:0,fork', "TCP4:127.0.0.1:$target");
	my $port = port($name) or next;
	my $s = tcp_connect($port);
	if ($call eq 'connect') {
		is(read_all($s, 5), '', "$call gives $error: closed");
		like(slurp("$T/$name.err"), qr/ [EW] .*\S/,
		    '... with a line');
	}
	close $s;
	ok(running($name), "$call gives $error: the listener lives");
	ok(wait_for(sub { kids($pid) == 0 }, 5), '... nobody is left');
	is(stop($name), 143, '... and it ends on TERM');
	accept_in($server, undef, 0);
}

# A listener whose socket is no more
for my $error (qw(EBADF EINVAL ENOTSOCK EFAULT)) {
	for my $listen ('TCP4-LISTEN:0,fork', "UNIX-LISTEN:$T/s,fork") {
		my ($name, $pid) = traced('accept', $error, '1+', $listen,
		    'PIPE');
		my $port = port($name);
		my $s = $listen =~ /TCP/ ? tcp_connect($port) :
		    unix_connect("$T/s");
		my $what = "accept gives $error on " . $listen =~ s/:.*//r;
		ok(finish($name, 5), "$what: the listener ends");
		is(status_of($name), 1, '... with status 1');
		like(slurp("$T/$name.err"), qr/ [EF] .*accept/,
		    '... and a line');
		ok(!-e "$T/s", '... no socket file is left') or
		    unlink "$T/s";
		stop($name);
	}
}

tests_done();
