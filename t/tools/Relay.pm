# Relay.pm: what lib.sh is for shell scripts, for test scripts in Perl:
# scratch directory, processes ended by pid, ports, peers, a look into /proc
package Relay;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use Errno qw(EAGAIN EINTR);
use Fcntl;
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use List::Util qw(min);
use POSIX qw(:sys_wait_h);
use Socket qw(:all);
use Test::More ();
use Time::HiRes qw(sleep time);

use constant F_DUPFD_CLOEXEC => 1030;

our @EXPORT = qw($T $TOP $RELAY $TOOLS begin stop finish running port wait_for
    run status_of slurp spew noise tcp_listen tcp_connect unix_listen unix_connect
    accept_in free_port send_all read_all exchange cpu_ticks memory_kb fds
    kids zombies lend skip_or_fail need tests_done abstract_address
    sockets_of is_short bridge reap portable
    lacking unable);

our $TOOLS = abs_path(__FILE__ =~ s{[^/]*$}{}r);
our $TOP = abs_path("$TOOLS/../..");
our $RELAY = $ENV{RELAY} // "$TOP/relay";
our $T = tempdir(($ENV{TMPDIR} // '/tmp') . '/relay-t.XXXXXX', CLEANUP => 1);
chmod 0755, $T;
my $owner = $$;
my (%pid, %status);

$ENV{T} = $T;
$ENV{LC_ALL} = 'C';
umask 022;
$ENV{SHELL} = '/bin/sh';	# others read files when stdin is a socket
$SIG{PIPE} = 'IGNORE';
$SIG{INT} = $SIG{TERM} = $SIG{HUP} = sub { exit 1 };
$| = 1;

# All that this script started goes, and whatever inherited its T.
END {
	if ($$ == $owner) {
		local ($?, $!);
		kill 'TERM', values %pid;
		for my $env (glob '/proc/[0-9]*/environ') {
			open my $in, '<', $env or next;
			local $/;
			my $words = "\0" . (<$in> // '');
			my ($left) = $env =~ /(\d+)/;
			kill 'KILL', $left if index($words, "\0T=$T\0") >= 0
			    && $left != $$;
		}
		for my $name (keys %pid) {
			finish($name, 2) or kill 'KILL', $pid{$name};
		}
	}
}

# bridge PATH: the words of a program that gives its stdin and stdout to who
# listens on PATH; see bridge.c, which is built here once
my $bridge;
sub bridge {
	my ($path) = @_;
	if (!$bridge) {
		$bridge = "$T/.bridge";
		system(split(' ', $ENV{CC} // 'cc'), '-O1', '-o', $bridge,
		    "$TOOLS/bridge.c") == 0 or die "bridge.c: not built\n";
	}
	return "$bridge $path";
}

# begin NAME, CMD...: in the background, stderr to T/NAME.err, stdout to
# T/NAME.out; a hash in front may set stdin, stdout, stderr (handles), keep
# (handles that stay open, as fd 3 and on) and env.  Returns the pid.
sub begin {
	my $how = ref $_[0] eq 'HASH' ? shift : {};
	my ($name, @command) = @_;
	my $child = fork // die "fork: $!";
	if ($child == 0) {
		$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);
		%ENV = (%ENV, %{$how->{env}}) if $how->{env};
		my @open = stdio($how, $name);
		{ exec { $command[0] } @command }
		POSIX::_exit(127);
	}
	$pid{$name} = $child;
	delete $status{$name};
	return $child;
}

# The child's descriptors: 0, 1, 2, and those of keep as 3, 4...
sub stdio {
	my ($how, $name) = @_;
	open my $null, '<', '/dev/null';
	my $out = $how->{stdout};
	open $out, '>', "$T/$name.out" unless $out;
	my $err = $how->{stderr};
	open $err, '>', "$T/$name.err" unless $err;
	my @high = map { fcntl $_, F_DUPFD_CLOEXEC, 50 } $how->{stdin} // $null,
	    $out, $err, @{$how->{keep} // []};
	POSIX::dup2($high[$_], $_) for 0 .. $#high;
	return ($null, $out, $err);
}

sub running {
	my ($name) = @_;
	return 0 if defined $status{$name};
	my $got = waitpid $pid{$name}, WNOHANG;
	return 1 if $got == 0;
	$status{$name} = $?;
	return 0;
}

# finish NAME, SECONDS: true when it ended; status_of gives the status as a shell
# would in $?: 128+n for signal n
sub finish {
	my ($name, $seconds) = @_;
	wait_for(sub { !running($name) }, $seconds // 10) or return 0;
	delete $pid{$name};
	return 1;
}

sub status_of {
	my ($name) = @_;
	my $status = $status{$name} // return 'running';
	return $status & 127 ? 128 + ($status & 127) : $status >> 8;
}

# stop NAME, SIGNAL: the exit status, or 'running' when it does not stop
sub stop {
	my ($name, $signal) = @_;
	kill $signal // 'TERM', $pid{$name} if running($name);
	finish($name, 10);
	return status_of($name);
}

# reap PID, SECONDS: how a child that was not begun here ended, as status_of
# gives it, or 'alive' at the deadline
sub reap {
	my ($child, $seconds) = @_;
	wait_for(sub { waitpid($child, WNOHANG) == $child }, $seconds)
	    or return 'alive';
	return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

# run CMD...: to its end, at most 20 s; (status, stdout, stderr)
my $runs = 0;
sub run {
	my $how = ref $_[0] eq 'HASH' ? shift : {};
	my $name = 'run' . ++$runs;
	begin({%$how}, $name, @_);
	if (!finish($name, $how->{seconds} // 20)) {
		kill 'KILL', $pid{$name};
		finish($name, 5);
	}
	return (status_of($name), $how->{stdout} ? '' : slurp("$T/$name.out"),
	    slurp("$T/$name.err"));
}

# wait_for SUB, SECONDS: polls; what SUB gave when true, false at the deadline
sub wait_for {
	my ($true, $seconds) = @_;
	my $end = time + ($seconds // 10);
	while (1) {
		my $got = $true->();
		return $got if $got;
		return 0 if time > $end;
		sleep 0.005;
	}
}

# port NAME: of its first listener, from the line that -d -d prints
sub port {
	my ($name) = @_;
	my ($line) = wait_for(sub {
		slurp("$T/$name.err") =~ /( listening on .*)\n/ && $1;
	}, 10);
	$line or Test::More::diag("$name does not listen: ",
	    slurp("$T/$name.err"));
	my ($port) = $line =~ /:(\d+)$/;
	return $port if $port;
	my ($got) = grep { /pid=$pid{$name},/ } `ss -tulnpH`;
	return $got && $got =~ /[\]0-9*]:(\d+) / ? $1 : 0;
}

sub slurp {
	my ($path) = @_;
	open my $in, '<:raw', $path or return '';
	local $/;
	return <$in> // '';
}

sub spew {
	my ($path, $bytes) = @_;
	open my $out, '>:raw', $path or die "$path: $!";
	print $out $bytes;
	close $out or die "$path: $!";
}

# noise N: N random bytes
sub noise {
	my ($n) = @_;
	open(my $in, "<:raw", "/dev/urandom");
	my $bytes;
	read $in, $bytes, $n;
	return $bytes;
}

sub tcp_listen {
	my ($host, $port) = (shift // '127.0.0.1', shift // 0);
	my $family = $host =~ /:/ ? AF_INET6 : AF_INET;
	socket my $s, $family, SOCK_STREAM, 0 or die "socket: $!";
	setsockopt $s, SOL_SOCKET, SO_REUSEADDR, 1;
	bind $s, inet($host, $port) or die "bind $host $port: $!";
	listen $s, 1024 or die "listen: $!";
	return $s;
}

sub inet {
	my ($host, $port) = @_;
	return $host =~ /:/ ?
	    pack_sockaddr_in6($port, Socket::inet_pton(AF_INET6, $host)) :
	    pack_sockaddr_in($port, inet_aton($host));
}

sub tcp_connect {
	my ($port, $host) = (shift, shift // '127.0.0.1');
	my $family = $host =~ /:/ ? AF_INET6 : AF_INET;
	socket my $s, $family, SOCK_STREAM, 0 or die "socket: $!";
	connect $s, inet($host, $port) or return;
	return $s;
}

# An absolute path, or an abstract name that starts with @
sub abstract_address {
	my ($name) = @_;
	return pack 'S a*', AF_UNIX, "\0" . substr $name, 1;
}

sub unix_address {
	my ($name) = @_;
	return $name =~ /^@/ ? abstract_address($name) :
	    pack_sockaddr_un($name);
}

sub unix_listen {
	my ($name) = @_;
	socket my $s, AF_UNIX, SOCK_STREAM, 0 or die "socket: $!";
	bind $s, unix_address($name) or die "bind $name: $!";
	listen $s, 100 or die "listen: $!";
	return $s;
}

sub unix_connect {
	my ($name) = @_;
	socket my $s, AF_UNIX, SOCK_STREAM, 0 or die "socket: $!";
	connect $s, unix_address($name) or return;
	return $s;
}

# accept_in SERVER, NAME, SECONDS: a connection, or nothing at the deadline or
# when NAME has ended
sub accept_in {
	my ($server, $name, $seconds) = @_;
	my $look = IO::Select->new($server);
	wait_for(sub {
		$look->can_read(0.02) || $name && !running($name)
	}, $seconds // 10);
	$look->can_read(0) or return;
	accept my $s, $server or return;
	return $s;
}

# Below the ports that the kernel gives to clients
sub free_port {
	while (1) {
		my $port = 10000 + int rand 22000;
		socket my $s, AF_INET, SOCK_STREAM, 0 or die "socket: $!";
		return $port if bind $s, pack_sockaddr_in($port, INADDR_ANY);
	}
}

sub send_all {
	my ($to, $bytes) = @_;
	my $done = 0;
	while ($done < length $bytes) {
		my $n = syswrite $to, $bytes, 65536, $done;
		next if !defined $n && $! == EINTR;
		return 0 unless defined $n;
		$done += $n;
	}
	return 1;
}

# read_all HANDLE, SECONDS, MOST: up to end of file, a reset, the deadline or
# that many bytes
sub read_all {
	my ($from, $seconds, $most) = @_;
	my $end = time + ($seconds // 10);
	my $got = '';
	while (!defined $most || length $got < $most) {
		my $left = $end - time;
		last if $left <= 0;
		next unless IO::Select->new($from)->can_read(min($left, 0.2));
		my $n = sysread $from, $got, 65536, length $got;
		last unless $n || !defined $n && $! == EINTR;
	}
	return $got;
}

# exchange HANDLES => {...}: see pairs; one loop that sends, reads, and ends
# each sending side as asked.  A side is { in, out, send, last } and gets
# got and eof.  last is sent after the side itself has seen end of file.
sub exchange {
	my ($seconds, @sides) = @_;
	my $end = time + $seconds;
	for my $s (@sides) {
		$s->{got} = '';
		$s->{left} = $s->{send};
		fcntl $s->{$_}, F_SETFL, O_NONBLOCK |
		    fcntl $s->{$_}, F_GETFL, 0 for qw(in out);
	}
	while (grep { !$_->{eof} || !$_->{shut} } @sides) {
		return 0 if time > $end;
		my $r = IO::Select->new(map { $_->{in} }
		    grep { !$_->{eof} } @sides);
		my $w = IO::Select->new(map { $_->{out} }
		    grep { length $_->{left} } @sides);
		my ($can_read, $can_write) =
		    IO::Select->select($r, $w, undef, 0.05);
		for my $s (@sides) {
			side_reads($s) if grep { $_ == $s->{in} } @$can_read;
			side_writes($s) if grep { $_ == $s->{out} }
			    @$can_write;
			side_shuts($s);
		}
	}
	return 1;
}

sub side_reads {
	my ($s) = @_;
	my $n = sysread $s->{in}, $s->{got}, 65536, length $s->{got};
	return if !defined $n && ($! == EAGAIN || $! == EINTR);
	$s->{eof} = 1 unless $n;
}

sub side_writes {
	my ($s) = @_;
	my $n = syswrite $s->{out}, $s->{left}, 65536;
	if (!defined $n) {
		$s->{left} = '' unless $! == EAGAIN || $! == EINTR;
		return;
	}
	substr $s->{left}, 0, $n, '';
}

sub side_shuts {
	my ($s) = @_;
	return if $s->{shut} || length $s->{left};
	if (defined $s->{last}) {
		return unless $s->{eof};
		$s->{left} = delete $s->{last};
		return if length $s->{left};
	}
	$s->{shut} = 1;
	if ($s->{in} == $s->{out}) {
		shutdown $s->{out}, 1;
	} else {
		close $s->{out};
		$s->{out} = $s->{in};
	}
}

# cpu_ticks PID: hundredths of seconds that it computed
sub cpu_ticks {
	my ($of) = @_;
	my $stat = slurp("/proc/$of/stat");
	$stat =~ s/^.*\) //s or return -1;
	my @field = split ' ', $stat;
	return $field[11] + $field[12];
}

sub memory_kb {
	my ($of) = @_;
	return slurp("/proc/$of/status") =~ /^VmRSS:\s*(\d+)/m ? $1 : -1;
}

# fds PID: { number => what }
sub fds {
	my ($of) = @_;
	return { map { m{/(\d+)$} && (readlink) ? ($1 => readlink) : () }
	    glob "/proc/$of/fd/*" };
}

# states PID: { child => state letter }; kids PID: the children, zombies among
# them, in scalar context how many; zombies PID: those alone
sub states {
	my ($of) = @_;
	my %state;
	for my $path (glob '/proc/[0-9]*/stat') {
		my $stat = slurp($path);
		my ($it, $state, $parent) = $stat =~ /^(\d+) .*\) (\S) (\d+)/s
		    or next;
		$state{$it} = $state if $parent == $of;
	}
	return \%state;
}

sub kids {
	my @all = sort { $a <=> $b } keys %{states($_[0])};
	return @all;
}

sub zombies {
	my $state = states($_[0]);
	return grep { $state->{$_} eq 'Z' } keys %$state;
}

# lend PID, FD: a handle on the open file that another process has as FD
# (pidfd_open(2), pidfd_getfd(2))
sub lend {
	my ($of, $fd) = @_;
	my $pidfd = syscall 434, $of + 0, 0;
	return if $pidfd < 0;
	my $got = syscall 438, $pidfd, $fd + 0, 0;
	POSIX::close($pidfd);
	return if $got < 0;
	open my $handle, '+<&=', $got or return;
	return $handle;
}

# sockets_of PID: handles on all its sockets, in the order of their numbers
sub sockets_of {
	my ($of) = @_;
	my $all = fds($of);
	return map { lend($of, $_) // () } sort { $a <=> $b }
	    grep { $all->{$_} =~ /^socket:/ } keys %$all;
}

# is_short GOT, WANT, NAME: as is, for bytes that nobody wants to read
sub is_short {
	my ($got, $want, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return Test::More::pass($name) if $got eq $want;
	my $same = 0;
	$same++ while $same < length $got && $same < length $want &&
	    substr($got, $same, 1) eq substr($want, $same, 1);
	Test::More::fail($name);
	Test::More::diag(sprintf 'got %d bytes, want %d, the first %d agree',
	    length $got, length $want, $same);
	return 0;
}

# Where all tools must be there (TEST_NO_SKIP=1) a skip is a failure.
sub skip_or_fail {
	my ($why, $n) = @_;
	if ($ENV{TEST_NO_SKIP}) {
		Test::More::fail("may not be skipped: $why") for 1 .. $n // 1;
		no warnings "exiting";
		last SKIP;
	}
	Test::More::skip($why, $n // 1);
}

# Whether this is the build without what one system alone has.
my $portable;
sub portable { return $portable //= `$RELAY -V` =~ /posix build/ || 0 }

# lacking ADDRESS, NAMES...: whether the portable build refuses the last option
# of ADDRESS; that has to be one of NAMES, and it has to say so
sub lacking {
	my ($address, @names) = @_;
	return 0 if !portable();
	my ($status, $out, $err) = run($RELAY, '--explain', $address, 'PIPE');
	my ($said) = $err =~ / E (.* is known but not .*)/ or return 0;
	my ($option) = $address =~ /.*,([^,=]+)/;
	$option = 'none that this build may lack'
	    if !grep { $_ eq $option } @names;
	Test::More::is("$status $said", "1 option \"$option\" is known but not "
	    . 'available here', "$address: this build says so");
	return 1;
}

# unable ADDRESS, CALL: whether this is the portable build, which has to say
# that it has no such call, when the address asks for it
sub unable {
	my ($address, $call) = @_;
	return 0 if !portable();
	my ($status, $out, $err) = run($RELAY, '-u', $address, '/dev/null');
	my ($said) = $err =~ / E (.*)/;
	Test::More::is("$status $said", "1 $call: Function not implemented",
	    "$address: this build says so");
	return 1;
}

sub need {
	for my $program (@_) {
		next if $program =~ m{/} ? -x $program : grep { -x "$_/$program" } split /:/, $ENV{PATH};
		Test::More::plan(skip_all => "$program is missing")
		    unless $ENV{TEST_NO_SKIP};
		Test::More::fail("$program is missing");
		Test::More::done_testing();
		exit 1;
	}
}

sub tests_done { Test::More::done_testing() }

# What came from outside is not to reach relay.
for my $fd (map { m{(\d+)$} } glob "/proc/self/fd/*") {
	open my $h, "<&=", $fd or next;
	my $flags = fcntl $h, F_GETFD, 0;
	POSIX::close($fd) if $fd > 2 && !($flags & FD_CLOEXEC);
}

need($RELAY);

1;
