#!/usr/bin/perl
# A message is never cut: what comes as one datagram or record leaves as one,
# whatever is on the other side, and what is read from a stream of bytes for
# such an end is one message a read, of at most 8192 bytes or what -b says.
# Messages that are too large are said.  With the dynamic and the static build.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use IO::Select;
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

my @programs = ($RELAY, grep { $_ ne $RELAY && -x } "$TOP/relay-static");
symlink $RELAY, "$T/socat" or die "$T/socat: $!";
my ($program, $runs) = ('', 0);
my $bytes = noise(200_000);

sub udp_socket {
	my ($peer) = @_;
	socket my $s, AF_INET, SOCK_DGRAM, 0 or die "socket: $!";
	bind $s, pack_sockaddr_in(0, INADDR_LOOPBACK) or die "bind: $!";
	setsockopt $s, SOL_SOCKET, SO_RCVBUF, 2_000_000;
	connect $s, pack_sockaddr_in($peer, INADDR_LOOPBACK) if $peer;
	return ($s, (unpack_sockaddr_in(getsockname $s))[0]);
}

sub unix_socket {
	my ($type) = @_;
	my $path = "$T/s" . ++$runs;
	socket my $s, AF_UNIX, $type, 0 or die "socket: $!";
	setsockopt $s, SOL_SOCKET, SO_RCVBUF, 2_000_000;
	bind $s, pack_sockaddr_un($path) or die "$path: $!";
	listen $s, 5 if $type != SOCK_DGRAM;
	return ($s, $path);
}

# The next message; undef when none comes
sub message {
	my ($s, $seconds) = @_;
	IO::Select->new($s)->can_read($seconds // 5) or return;
	recv $s, my $got, 1 << 20, 0;
	return $got;
}

# All messages until there is none for a while
sub messages {
	my ($s) = @_;
	my @all;
	while (defined(my $got = message($s, @all ? 0.3 : 5))) {
		push @all, $got;
	}
	return @all;
}

sub sizes { return join ' ', map { length } @_ }

# begin_piped PROGRAM, WORDS...: with pipes; name, its stdin, its stdout
sub begin_piped {
	my ($as, @words) = @_;
	my $name = 'run' . ++$runs;
	pipe my $in, my $to;
	pipe my $from, my $out;
	begin({ stdin => $in, stdout => $out }, $name, $as, @words);
	close $_ for $in, $out;
	return ($name, $to, $from);
}

# From stdin: a line, and what is larger than the first buffer of a stream
sub from_stdin {
	my ($s, $port) = udp_socket();
	my ($us, $path) = unix_socket(SOCK_DGRAM);
	for my $row (["UDP4:127.0.0.1:$port", $s],
	    ["UNIX-CLIENT:$path", $us], ["ABSTRACT-CLIENT:$T.a",
	    do { socket my $a, AF_UNIX, SOCK_DGRAM, 0;
	    bind $a, abstract_address("\@$T.a") or die "abstract: $!"; $a }]) {
		my ($address, $at) = @$row;
		for my $flags ([], ['-u'], ['-v'], ['-r', '/dev/null']) {
			my ($name, $to, $from) = begin_piped($program, '-t', 0.1,
			    @$flags, '-', $address);
			my @lost = grep {
				my $want = substr $bytes, $_, $_;
				syswrite $to, $want;
				(message($at) // '') ne $want;
			} 1, 1024, 1025, 1316, 1400, 4000, 8192;
			is("@lost", '', "@$flags - $address: sizes that are " .
			    'not whole');
			close $to;
			finish($name, 5);
			is(status_of($name), 0, '... status 0') or
			    diag(slurp("$T/$name.err") =~ /^.* E .*$/mg);
		}
	}
	return ($s, $port);
}

# Of 200 kB nothing is known: as socat, or as -b says
sub from_file {
	my ($s, $port) = @_;
	spew("$T/in", $bytes);
	for my $row ([8192], [1316, '-b', 1316], [65507, '-b', 65507],
	    [100, '-b', 100]) {
		my ($size, @flags) = @$row;
		my $all = $size == 100 ? 20_000 : 200_000;
		spew("$T/in", substr $bytes, 0, $all);
		my ($status, undef, $err) = run($program, @flags, '-u',
		    "OPEN:$T/in", "UDP4:127.0.0.1:$port");
		is($status, 0, "@flags a file into UDP: status 0") or
		    diag($err);
		my @got = messages($s);
		my $want = join ' ', map { $size } 1 .. $all / $size;
		$want .= ' ' . $all % $size if $all % $size;
		is(sizes(@got), $want, '... in messages of that size');
		is_short(join('', @got), substr($bytes, 0, $all),
		    '... of these bytes');
	}
	my ($status, $out, $err) = run($program, '-b', 70_000, '-u',
	    "OPEN:$T/in", "UDP4:127.0.0.1:$port");
	is($status, 0, '-b larger than the file: all in one');
	is(sizes(messages($s)), 20_000, '... message');
	spew("$T/in", $bytes);
	($status, $out, $err) = run($program, '-b', 70_000, '-u',
	    "OPEN:$T/in", "UDP4:127.0.0.1:$port");
	is($status, 1, 'a message that is too large: status 1');
	like($err, qr/^\S+ \S+ \S+ E write\(\d+, 0x[0-9a-f]+, 70000\): Message (?:too long|too large)(?: \(.*\))?\n$/,
	    '... and a line');
	is(sizes(messages($s)), '', '... and nothing of it is sent');
}

# To stdout, a pipe that takes no more at once than it likes
sub to_stream {
	my ($s, $port) = udp_socket();
	my $far = tcp_listen();
	my $tcp = (unpack_sockaddr_in(getsockname $far))[0];
	for my $flags ([], ['-v'], ['-b', 100], ['-b', 8192]) {
		my ($probe, $free) = udp_socket();
		close $probe;
		my ($name, $to, $from) = begin_piped($program, '-d', '-d', '-u',
		    @$flags, "UDP4-LISTEN:$free", '-');
		wait_for(sub { slurp("$T/$name.err") =~ /listening/ }, 5);
		my ($c) = udp_socket($free);
		my @lost = grep {
			my $want = substr $bytes, $_, $_;
			send $c, $want, 0;
			read_all($from, 5, $_) ne $want;
		} 1, 1024, 1400, 8193, 20_000, 65_507;
		is("@lost", '', "@$flags UDP to stdout: sizes that are not " .
		    'whole');
		stop($name);
	}
}

# There and back: UDP-LISTEN,fork to each kind
sub echo {
	my ($address, $what, $most) = @_;
	my $name = 'run' . ++$runs;
	begin($name, $program, '-d', '-d', 'UDP4-LISTEN:0,fork', $address);
	my $port = port($name);
	my ($c) = udp_socket($port);
	my @lost = grep {
		my $want = substr $bytes, $_, $_;
		send $c, $want, 0;
		(message($c) // '') ne $want;
	} grep { $_ <= $most } 1, 1024, 1025, 1400, 8192, 9000, 65_507;
	is("@lost", '', "UDP-LISTEN,fork and $what: sizes that are not whole")
	    or diag(slurp("$T/$name.err"));
	stop($name);
}

# From record to record, in order, more than a UDP message among them
sub records {
	for my $type (SOCK_SEQPACKET, SOCK_DGRAM) {
		my $kind = $type == SOCK_DGRAM ? 'datagrams' : 'records';
		my ($s, $path) = unix_socket($type);
		socketpair my $near, my $in, AF_UNIX, $type, 0 or die;
		setsockopt $_, SOL_SOCKET, SO_SNDBUF, 200_000 for $near, $in;
		my $name = 'run' . ++$runs;
		begin({ stdin => $in }, $name, $program, '-t', 0.2, '-u',
		    'STDIN', "UNIX-CLIENT:$path,so-sndbuf=400000");
		close $in;
		my $at = $s;
		$at = accept_in($s, $name) if $type != SOCK_DGRAM;
		my @sent = map { substr $bytes, $_ % 1000, $_ } 1, 1024, 1400,
		    10_000, 70_000, 100_000, 3;
		my @lost = grep {
			my $want = $sent[$_];
			send $near, $want, 0;
			(message($at) // '') ne $want;
		} 0 .. $#sent;
		is(join(' ', map { length $sent[$_] } @lost), '',
		    "$kind of stdin to $kind: sizes that are not whole") or
		    diag(slurp("$T/$name.err"));
		next if $type == SOCK_DGRAM;
		close $near;
		is(message($at), '', '... then the end');
		ok(finish($name, 5), '... which is no empty record');
		is(status_of($name), 0, '... status 0');
	}
	# Sockets of that kind that listen, and that a program gets
	my $path = "$T/l" . ++$runs;
	my $name = 'run' . ++$runs;
	begin($name, $program, '-d', '-d', '-t', 0.2,
	    "UNIX-LISTEN:$path,socktype=" . SOCK_SEQPACKET,
	    'SYSTEM:while dd bs=100000 count=1 status=none 2>/dev/null | ' .
	    'wc -c; do \\:; done,socktype=' . SOCK_SEQPACKET);
	wait_for(sub { slurp("$T/$name.err") =~ /listening/ }, 5);
	socket my $c, AF_UNIX, SOCK_SEQPACKET, 0;
	connect $c, pack_sockaddr_un($path) or die "$path: $!";
	for my $size (1400, 9000, 50_000) {
		send $c, substr($bytes, 0, $size), 0;
		is(message($c), "$size\n", "a record of $size to a program");
	}
	close $c;
	stop($name);
}

# As socat, where -b is asked for, it is the most of a message, too.
sub as_socat {
	my ($probe, $free) = udp_socket();
	close $probe;
	for my $row (['', '0123456789' x 1000], ['-b', '0123']) {
		my ($flag, $want) = @$row;
		my ($name, $to, $from) = begin_piped("$T/socat", '-d', '-d',
		    '-u', $flag ? ('-b', 4) : (), "UDP4-LISTEN:$free", '-');
		wait_for(sub { slurp("$T/$name.err") =~ /listening/ }, 5);
		my ($c) = udp_socket($free);
		send $c, '0123456789' x 1000, 0;
		is(read_all($from, 5, length $want), $want, 'as socat ' .
		    ($flag ? '-b 4' : 'without -b'));
		stop($name);
	}
}

for (@programs) {
	$program = $_;
	note($program);
	from_file(from_stdin());
	to_stream();
	echo('PIPE', 'a pipe', 8192);
	echo('SYSTEM:cat', 'a program', 8192);
	records();
}
as_socat();
tests_done();
