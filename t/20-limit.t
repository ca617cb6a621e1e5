#!/usr/bin/perl
# A listener that runs into RLIMIT_NOFILE or RLIMIT_NPROC: it says so once in
# a while, computes nearly nothing, loses no client, and serves on when the
# limit is lifted.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use POSIX ();
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

# prlimit64(2) by number; limits of another process of ours
my ($prlimit, $nproc, $nofile) = (302, 6, 7);

# By a process of the same user: root need not have CAP_SYS_RESOURCE.
sub limit {
	my $user = (stat "/proc/$_[0]")[4];
	my $child = fork // die "fork: $!";
	if ($child == 0) {
		if ($user) {
			$) = "$user $user";
			POSIX::setgid($user);
			POSIX::setuid($user);
		}
		POSIX::_exit(limits(@_) ? 0 : 1);
	}
	waitpid $child, 0;
	return $? == 0;
}

sub limits {
	my ($pid, $which, $soft) = @_;
	my $old = "\0" x 16;
	syscall($prlimit, $pid + 0, $which, 0, $old) == 0 or return 0;
	my (undef, $hard) = unpack 'QQ', $old;
	my $new = pack 'QQ', $soft // $hard, $hard;
	return syscall($prlimit, $pid + 0, $which, $new, 0) == 0;
}

# The same for both limits: reached, watched for a second, released.
sub reaches {
	my ($what, $name, $pid, $port, $which, $soft) = @_;
	my $first = tcp_connect($port);
	send_all($first, 'before');
	is(read_all($first, 5, 6), 'before', "$what: serves before");
	my $lines = () = slurp("$T/$name.err") =~ /\n/g;

	ok(limit($pid, $which, $soft), "$what: limit is set");
	my @s = map { tcp_connect($port) } 1 .. 20;
	send_all($s[$_], "client $_\n") for 0 .. 19;
	my $before = cpu_ticks($pid);
	# A fixed pause: nothing may happen, and the CPU time is measured.
	sleep 1;
	ok(running($name), "$what: the listener lives");
	cmp_ok(cpu_ticks($pid) - $before, '<', 15,
	    "$what: it does not compute in vain");
	my $now = () = slurp("$T/$name.err") =~ /\n/g;
	cmp_ok($now - $lines, '>', 0, "$what: it says what is wrong");
	cmp_ok($now - $lines, '<', 100, "$what: but not without end");
	like(slurp("$T/$name.err"), $which == $nofile ?
	    qr/Too many open files|RLIMIT_NOFILE/ :
	    qr/temporarily unavailable|RLIMIT_NPROC|pids/,
	    "$what: the line names the reason");
	send_all($first, 'during');
	is(read_all($first, 5, 6), 'during',
	    "$what: the connection before it goes on");

	ok(limit($pid, $which), "$what: limit is lifted");
	my @got = map { read_all($s[$_], 10, length "client $_\n") } 0 .. 19;
	is(join('', @got), join('', map { "client $_\n" } 0 .. 19),
	    "$what: all that waited are served");
	close $_ for @s, $first;
	ok(wait_for(sub { kids($pid) == 0 }, 5), "$what: nobody is left");
	is(stop($name), 143, "$what: ends on TERM");
}

{
	my $pid = begin('files', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork',
	    'PIPE');
	my $port = port('files');
	reaches('RLIMIT_NOFILE', 'files', $pid, $port, $nofile,
	    scalar keys %{fds($pid)});
}

# The number of processes counts for each user, root excepted: a user id that
# nobody else has.
SKIP: {
	skip_or_fail('only root can become another user', 12) if $>;
	my $user = 60000 + $$ % 5000;
	chmod 0777, $T;
	my $become = 'use POSIX; $) = "$ARGV[0] $ARGV[0]"; POSIX::setgid(' .
	    '$ARGV[0]); POSIX::setuid(shift); exec @ARGV';
	my $pid = begin('procs', $^X, '-e', $become, $user, $RELAY, '-d',
	    '-d', 'TCP4-LISTEN:0,fork', 'PIPE');
	my $port = port('procs');
	reaches('RLIMIT_NPROC', 'procs', $pid, $port, $nproc, 1);
}

tests_done();
