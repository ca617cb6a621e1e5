#!/usr/bin/perl
# Started with descriptors 0, 1, 2 closed, one of them or all, under each of
# its names and in each mode: they are /dev/null then, no line of the log goes
# to a client, none hangs; data to a closed stdout is an error, not lost.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;

my @closings = ('<&-', '>&-', '2>&-', '<&- >&-', '<&- 2>&-', '>&- 2>&-',
    '<&- >&- 2>&-');
my $n = 0;

# begin_closed CLOSING, CMD...: begin, but with these descriptors closed
sub begin_closed {
	my $how = ref $_[0] eq 'HASH' ? shift : {};
	my ($name, $closing, @command) = @_;
	return begin($how, $name, 'sh', '-c', "exec \"\$@\" $closing", 'sh',
	    @command);
}

# Which of 0, 1 and 2 are /dev/null, as a string of their numbers
sub nulls {
	my ($pid) = @_;
	return join '', grep { (readlink("/proc/$pid/fd/$_") // '') eq
	    '/dev/null' } 0 .. 2;
}

sub closed {
	my ($closing) = @_;
	return join '', $closing =~ /</ ? 0 : (), $closing =~ /(^| )>/ ? 1 : (),
	    $closing =~ /2>/ ? 2 : ();
}

sub connected {
	my ($port) = @_;
	return wait_for(sub { IO::Socket::INET->new(
	    PeerAddr => "127.0.0.1:$port") }, 10);
}

# An echo server, one whose client is refused, and one whose target is away;
# what their children log must not reach the client
symlink $RELAY, "$T/socat";
for my $program ($RELAY, "$T/socat") {
	for my $closing (@closings) {
		my $what = ($program =~ m{([^/]*)$})[0] . " $closing";
		my ($port, $away) = (free_port(), free_port());
		my $name = 'c' . ++$n;
		open my $in, '<', '/dev/zero';
		my $pid = begin_closed({ stdin => $in }, $name, $closing,
		    $program, '-d', '-d', '-d', '-d',
		    "TCP4-LISTEN:$port,fork", 'PIPE');
		my $s = connected($port) or next;
		send_all($s, 'hello');
		shutdown $s, 1;
		is(read_all($s, 10), 'hello', "$what: a client has its bytes");
		is(nulls($pid), closed($closing), '... what was closed is null');
		stop($name);

		$name = 'r' . ++$n;
		begin_closed($name, $closing, $program, '-d', '-d',
		    "TCP4-LISTEN:$port,fork,range=10.0.0.0/8,reuseaddr",
		    'PIPE');
		$s = connected($port) or next;
		is(read_all($s, 10), '', '... one that is refused has none');
		stop($name);

		$name = 'a' . ++$n;
		begin_closed($name, $closing, $program, '-d', '-d',
		    "TCP4-LISTEN:$port,fork,reuseaddr",
		    "TCP4:127.0.0.1:$away");
		$s = connected($port) or next;
		is(read_all($s, 10), '', '... without a target, neither');
		stop($name);
	}
}

# Other modes and names
{
	my ($p, $q, $away) = (free_port(), free_port(), free_port());
	begin_closed('pairs', '<&- >&- 2>&-', $RELAY, '-d', '-d',
	    "TCP4-LISTEN:$p,fork", 'PIPE',
	    "TCP4-LISTEN:$q,fork", "TCP4:127.0.0.1:$away");
	my ($s, $r) = (connected($p), connected($q));
	send_all($s, 'hello');
	is(read_all($s, 10, 5), 'hello', 'several pairs: bytes');
	is(read_all($r, 10), '', '... and none of a target that is away');
	stop('pairs');

	symlink $RELAY, "$T/ambassador";
	begin_closed('amb', '<&- >&- 2>&-', "$T/ambassador", '-d', '-d',
	    '127.0.0.1', $away);
	my $t = wait_for(sub { IO::Socket::INET->new(
	    PeerAddr => "127.0.0.1:$away") }, 10);
	is(read_all($t, 10), '', 'ambassador: no line to a client');
	stop('amb');

	begin_closed('pool', '<&- >&- 2>&-', $RELAY, '-d', '-d',
	    "TCP4-LISTEN:$p,pool=1,reuseaddr", 'STDERR');
	for (1 .. 3) {
		$s = connected($p);
		send_all($s, 'hello');
		shutdown $s, 1;
		is(read_all($s, 10), '', "pool: client $_ sees no line");
	}
	stop('pool');
}

# A socket that was handed down is none of the three
{
	my $listener = tcp_listen();
	my $port = (unpack_sockaddr_in(getsockname $listener))[0];
	my $pid = begin({ keep => [$listener] }, 'handed', 'sh', '-c',
	    'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" <&- >&- 2>&-', 'sh', $RELAY,
	    "TCP4-LISTEN:$port,fork", 'PIPE');
	my $s = connected($port);
	send_all($s, 'hello');
	is(read_all($s, 10, 5), 'hello', 'a socket that is handed down');
	is(nulls($pid), '012', '... beside three that are closed');
	stop('handed');
}

# Programs get them, too
is((run('sh', '-c', 'exec "$@" 2>&-', 'sh', $RELAY, '-u',
    'SYSTEM:readlink /proc/self/fd/2', '-'))[1], "/dev/null\n",
    'a program has a stderr');

# What cannot be delivered is no success
spew("$T/file", 'data');
open my $file, '<', "$T/file";
is((run({ stdin => $file }, 'sh', '-c', 'exec "$@" >&-', 'sh', $RELAY, '-u',
    '-', '-'))[0], 1, 'data for a closed stdout: status 1');
is((run('sh', '-c', 'exec "$@" <&-', 'sh', $RELAY, '-u', '-',
    '-'))[0], 1, 'data from a closed stdin: status 1');
is((run('sh', '-c', 'exec "$@" >&-', 'sh', $RELAY, '-V'))[0], 1,
    '-V without stdout: status 1');

# Where there is no /dev: an empty root
SKIP: {
	skip_or_fail('needs root and relay-static', 1)
	    if $> != 0 || !-x "$TOP/relay-static";
	mkdir "$T/root";
	system 'cp', "$TOP/relay-static", "$T/root/relay";
	my ($port, $away) = (free_port(), free_port());
	my $pid = begin('root', 'sh', '-c',
	    "exec chroot \"\$@\" <&- >&- 2>&-", 'sh', "$T/root", '/relay',
	    '-d', '-d', "TCP4-LISTEN:$port,fork", "TCP4:127.0.0.1:$away");
	my $s = connected($port);
	is(read_all($s, 10), '', 'an empty root: no line to a client');
	stop('root');
}
tests_done();
