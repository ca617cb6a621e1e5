#!/usr/bin/perl
# A broken connection is never a success: whichever side is reset, closes or
# fails, while bytes move or while nothing does, the status is 1 and there is
# one line at level E with the call, the system's word and the side.  What a
# normal end is stays one.  What was taken from a client that resets reaches
# the target, and then the reset.  With the dynamic and the static build.
use strict;
use warnings;
use Fcntl;
use FindBin;
use lib "$FindBin::Bin/tools";
use IO::Select;
use POSIX qw(mkfifo);
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

my @programs = ($RELAY, grep { $_ ne $RELAY && -x } "$TOP/relay-static");
symlink $RELAY, "$T/socat" or die "$T/socat: $!";
my $big = noise(1 << 20) x 30;
spew("$T/big", $big);
my ($program, $runs) = ('', 0);

# SO_LINGER with no time: close(2) sends a reset
sub reset_now {
	my ($s) = @_;
	setsockopt $s, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
	close $s;
}

sub port_of { return (unpack_sockaddr_in(getsockname $_[0]))[0] }

sub errors { return grep { / [EF] / } split /^/, slurp("$T/$_[0].err") }

# transfer { stdin, stdout, keep, server, as }, WORDS, SUB: runs relay with the
# words, in which PORT is the server's; SUB gets what was accepted and a handle
# on relay's stdin.  Gives the name.
sub transfer {
	my ($how, $words, $act) = @_;
	my $name = 'run' . ++$runs;
	my $server = $how->{server} // tcp_listen();
	my $port = $how->{server} ? 0 : port_of($server);
	pipe my $in, my $to or die "pipe: $!";
	begin({ stdin => $in, stdout => $how->{stdout}, keep => $how->{keep} },
	    $name, $how->{as} // $program, map { s/PORT/$port/r } @$words);
	close $in;
	close $how->{stdout} if $how->{stdout};
	my $far = $how->{lone} ? undef : accept_in($server, $name, 10);
	$act->($far, $to, $name);
	finish($name, 10);
	return $name;
}

# broken NAME, RUN, CALL, ERROR, SIDE: it ended with status 1 and one line
sub broken {
	my ($what, $name, $call, $error, $side) = @_;
	is(status_of($name), 1, "$what: status 1");
	my @line = errors($name);
	is(scalar @line, 1, '... one line of error') or diag(@line);
	my $end = $side ? qr{ \($side\)} : '';
	my $arguments = qr/\d+(?:, 0x[0-9a-f]+, \d+)?/;
	like($line[0] // '', qr/^\S+ \S+ \S+ E (?:$call)\($arguments\): (?:$error)$end$/,
	    '... the call, why and where');
}

# whole NAME, RUN: it ended with status 0 and without a word
sub whole {
	my ($what, $name) = @_;
	is(status_of($name), 0, "$what: status 0");
	is(join('', errors($name)), '', '... and no line of error');
}

my $reset = 'Connection reset by peer';
my $gone = "$reset|Broken pipe";
my $target = 'B: TCP4:127.0.0.1:\d+';
my @one_way = ('-u', 'STDIO', 'TCP4:127.0.0.1:PORT');
my @both = ('-t', 5, 'STDIO', 'TCP4:127.0.0.1:PORT');

sub hello {
	my ($far, $to) = @_;
	syswrite $to, 'hello';
	return read_all($far, 5, 5);
}

# Nobody writes: relay itself has to see that the receiver is gone.
sub idle {
	broken('-u, reset while nothing is sent', transfer({}, \@one_way, sub {
		my ($far, $to, $name) = @_;
		hello($far, $to);
		reset_now($far);
		finish($name, 5);
	}), 'write', $reset, $target);
	broken('-u, closed with bytes unread', transfer({}, \@one_way, sub {
		my ($far, $to, $name) = @_;
		syswrite $to, 'hello';
		IO::Select->new($far)->can_read(5);
		close $far;
		finish($name, 5);
	}), 'write', $reset, $target);
	broken('-U, the same', transfer({},
	    ['-U', 'TCP4:127.0.0.1:PORT,nodelay', 'STDIO'], sub {
		my ($far, $to, $name) = @_;
		hello($far, $to);
		reset_now($far);
		finish($name, 5);
	}), 'write', $reset, 'A: TCP4:127.0.0.1:\d+');
	broken('both ways, reset', transfer({}, \@both, sub {
		my ($far, $to, $name) = @_;
		hello($far, $to);
		reset_now($far);
		finish($name, 5);
	}), 'read', $reset, $target);
	broken('both ways, reset after the end of stdin', transfer({}, \@both,
	    sub {
		my ($far, $to) = @_;
		hello($far, $to);
		close $to;
		is(read_all($far, 5), '', 'the end of stdin gets there');
		reset_now($far);
	}), 'read', $reset, $target);
	broken('both ways, reset after its own half-close', transfer({}, \@both,
	    sub {
		my ($far, $to, $name) = @_;
		hello($far, $to);
		shutdown $far, 1;
		syswrite $to, 'more';
		read_all($far, 5, 4);
		reset_now($far);
		finish($name, 5);
	}), 'write', $gone, $target);
	pipe my $from, my $out;
	broken('-u, nobody reads stdout', transfer({ stdout => $out },
	    ['-u', 'TCP4:127.0.0.1:PORT', 'STDOUT'], sub {
		my ($far, $to, $name) = @_;
		syswrite $far, 'hello';
		read_all($from, 5, 5);
		close $from;
		finish($name, 5);
	}), 'write', 'Broken pipe', 'B: STDOUT');
}

# Closing is no reset until something is sent to who closed.
sub closed {
	whole('-u, the receiver shuts its sending side', transfer({},
	    \@one_way, sub {
		my ($far, $to) = @_;
		shutdown $far, 1;
		syswrite $to, 'hello';
		is(read_all($far, 5, 5), 'hello', 'bytes after a half-close');
		close $to;
		is(read_all($far, 5), '', '... and the end');
	}));
	for my $how (\@one_way, \@both) {
		for my $last (0, 1) {
			my $what = "$how->[0], closed, then bytes" .
			    ($last ? ' and the end' : '');
			broken($what, transfer({}, $how, sub {
				my ($far, $to, $name) = @_;
				hello($far, $to);
				close $far;
				sleep 0.05;
				syswrite $to, 'lost';
				close $to if $last;
				finish($name, 5);
			}), 'write', $gone, $target);
		}
	}
}

# In the middle of much, with splice(2) and without
sub middle {
	for my $flag ([], ['-b', 4096], ['-r', '/dev/null']) {
		for my $act (\&reset_now, sub { close $_[0] }) {
			for my $way ('-u', '-t5') {
				my $name = transfer({}, [@$flag, $way,
				    "FILE:$T/big,rdonly",
				    'TCP4:127.0.0.1:PORT'], sub {
					read_all($_[0], 5, 100_000);
					$act->($_[0]);
				});
				broken("@$flag $way, 30 MB cut", $name,
				    'write|read', $gone, $target);
			}
		}
	}
	broken('a download cut', transfer({}, ['-u', 'TCP4:127.0.0.1:PORT',
	    "CREATE:$T/got"], sub {
		send_all($_[0], $big);
		reset_now($_[0]);
	}), 'read', $reset, 'A: TCP4:127.0.0.1:\d+');
}

# What else may be written to
sub outputs {
	for my $flag ([], ['-b', 100]) {
		broken('a full disk', transfer({}, [@$flag, '-u',
		    'TCP4:127.0.0.1:PORT', 'OPEN:/dev/full'], sub {
			send_all($_[0], 'x' x 3000);
			my $n = sysread $_[0], my $byte, 1;
			ok(!defined $n && $!{ECONNRESET}, 'who sends learns ' .
			    'of a full disk');
		}), 'write', 'No space left on device', 'B: OPEN:/dev/full');
	}
	for my $tie ('', ',pipes') {
		my $name = transfer({}, ['-u', 'TCP4:127.0.0.1:PORT',
		    "SYSTEM:exec <&-; echo up >$T/up; sleep 5$tie"], sub {
			wait_for(sub { -s "$T/up" }, 5);
			unlink "$T/up";
			send_all($_[0], 'x' x 3000);
			finish($_[2], 3);
		});
		broken("a program that reads nothing$tie", $name, 'write',
		    $gone, 'B: SYSTEM:exec.*');
	}
	pipe my $from, my $out;
	broken('nobody reads stdout', transfer({ stdout => $out, lone => 1 },
	    ['-u', 'OPEN:/dev/zero', 'STDOUT'], sub {
		read_all($from, 5, 100_000);
		close $from;
	}), 'write', 'Broken pipe', 'B: STDOUT');
	pipe $from, $out;
	my $quick = time;
	broken('nobody reads stdout, and stdin goes on', transfer({
	    stdout => $out }, ['-t', 5, 'STDIO', 'TCP4:127.0.0.1:PORT'], sub {
		my ($far, $to, $name) = @_;
		syswrite $far, 'hello';
		read_all($from, 5, 5);
		close $from;
		syswrite $far, 'lost';
		wait_for(sub { !running($name) || !syswrite $to, 'x' }, 4);
	}), 'write', 'Broken pipe', 'A: STDIO');
	cmp_ok(time - $quick, '<', 4, '... at once');
}

# Unix sockets, streams and records
sub unix {
	for my $row (['UNIX-CONNECT', SOCK_STREAM],
	    ['UNIX-CLIENT', SOCK_SEQPACKET]) {
		my ($family, $type) = @$row;
		my $path = "$T/s" . ++$runs;
		socket my $server, AF_UNIX, $type, 0 or die "socket: $!";
		bind $server, pack_sockaddr_un($path) or die "$path: $!";
		listen $server, 5;
		my $how = { server => $server };
		my $end = "B: $family:$path";
		broken("-u, $family, closed", transfer($how, ['-u', 'STDIO',
		    "$family:$path"], sub {
			my ($far, $to, $name) = @_;
			hello($far, $to);
			close $far;
			finish($name, 5);
		}), 'write', 'Broken pipe', $end);
		broken("$family, closed with bytes unread", transfer($how,
		    ['-t', 5, 'STDIO', "$family:$path"], sub {
			my ($far, $to, $name) = @_;
			syswrite $to, 'hello';
			IO::Select->new($far)->can_read(5);
			close $far;
			finish($name, 5);
		}), 'read', $reset, $end);
		whole("$family, closed", transfer($how, ['-t', 0.1, 'STDIO',
		    "$family:$path"], sub {
			my ($far, $to, $name) = @_;
			hello($far, $to);
			close $far;
			finish($name, 5);
		}));
	}
}

# A peer that says nothing any more: keepalive gives up.
sub silent {
	SKIP: {
		my ($no) = run('unshare', '-n', 'sh', '-c', 'ip link set lo up');
		skip_or_fail('no network namespace of our own', 6) if $no;
		for my $way ('-u', '-t5') {
			my $name = 'run' . ++$runs;
			pipe my $in, my $to;
			begin({ stdin => $in }, $name, 'unshare', '-n', 'sh',
			    '-c', 'ip link set lo up
				perl -MIO::Socket::INET -e \'
				$l = IO::Socket::INET->new(Listen => 1,
				    LocalAddr => "127.0.0.1:7");
				open U, ">", $ENV{T} . "/ready"; close U;
				$c = $l->accept; sysread $c, $x, 5;
				system "ip", qw(link set lo down); sleep 20\' &
				until [ -e "$T/ready" ]; do sleep 0.02; done
				rm "$T/ready"
				"$0" "$@"; s=$?; kill $!; exit $s',
			    $program, $way, 'STDIO', 'TCP4:127.0.0.1:7,' .
			    'keepalive,keepidle=1,keepintvl=1,keepcnt=1');
			close $in;
			syswrite $to, 'hello';
			finish($name, 15);
			broken("$way, nobody answers any more", $name,
			    'read|write', '(?:Connection|Operation) timed out',
			    'B: TCP4:127.0.0.1:7');
		}
	}
}

# Memory that is not there ends a connection, and nothing spins.
sub memory {
	SKIP: {
		my ($no) = run('strace', '-o', '/dev/null', 'true');
		skip_or_fail('strace may not trace here', 8) if $no;
		for my $row (['recvfrom', 'ENOMEM', 'Cannot allocate memory|Out of memory'],
		    ['recvfrom', 'ENOBUFS', 'No buffer space available'],
		    ['sendto', 'ENOBUFS', 'No buffer space available']) {
			my ($call, $error, $text) = @$row;
			my $name = transfer({ as => 'strace' }, ['-o',
			    "$T/trace", '-e', "inject=$call:error=$error:" .
			    'when=1+', $program, @both], sub {
				my ($far, $to, $name) = @_;
				syswrite $to, 'hello';
				syswrite $far, 'hello';
				finish($name, 5);
			});
			broken("$call gives $error", $name, 'read|write',
			    $text, $target);
			my $tries = () = slurp("$T/trace") =~ /INJECTED/g;
			cmp_ok($tries, '<', 10, "... not tried for ever");
		}
	}
}

# Children of a listener: each has its line, the listener goes on
sub children {
	for my $how ('fork', 'pool=2') {
		my $server = tcp_listen();
		my $name = 'run' . ++$runs;
		begin($name, $program, '-d', '-d', "TCP4-LISTEN:0,$how",
		    'TCP4:127.0.0.1:' . port_of($server));
		my $port = port($name);
		for my $turn (0, 1) {
			my $s = tcp_connect($port);
			my $far = accept_in($server, $name);
			send_all($s, 'hello');
			is(read_all($far, 5, 5), 'hello', "$how: bytes");
			my ($cut, $kept) = $turn ? ($far, $s) : ($s, $far);
			reset_now($cut);
			ok(IO::Select->new($kept)->can_read(5),
			    '... after a reset');
			ok(!defined sysread($kept, my $got, 1) &&
			    $!{ECONNRESET}, '... the other side is reset');
			my $side = $turn ? $target : 'A: TCP4-LISTEN:0';
			ok(wait_for(sub { errors($name) > $turn }, 5),
			    '... and there is a line');
			like((errors($name))[$turn],
			    qr{ E read\(.*\): $reset \($side\)$}, '... that says which side');
			my $reason = 'reset by ' . ($turn ? 'B' : 'A');
			ok(wait_for(sub { slurp("$T/$name.err") =~
			    /finished.*, $reason\n/ }, 5), '... as the ' .
			    'summary does');
		}
		stop($name);
		is(scalar errors($name), 2, '... one line for each');
		next if $how ne 'fork';
		my $log = slurp("$T/$name.err");
		is(scalar(() = $log =~ / N exit\(1\)\n/g), 2,
		    '... and the status of each child is 1');
	}
}

# As socat, in its words alone
sub as_socat {
	my $name = transfer({ as => "$T/socat" }, \@both, sub {
		my ($far, $to, $name) = @_;
		hello($far, $to);
		reset_now($far);
		finish($name, 5);
	});
	broken('as socat', $name, 'read', $reset, undef);
	$name = transfer({ as => "$T/socat" }, ['-u', 'TCP4:127.0.0.1:PORT',
	    'OPEN:/dev/full'], sub { send_all($_[0], 'hello') });
	broken('as socat, a full disk', $name, 'write',
	    'No space left on device', undef);
	for my $way ('-u', '-t5') {
		whole("cool-write, $way", transfer({}, [$way,
		    "FILE:$T/big,rdonly", 'TCP4:127.0.0.1:PORT,cool-write'],
		    sub {
			read_all($_[0], 5, 100_000);
			close $_[0];
		}));
	}
}

# Programs: their status is the connection's, and the only line
sub programs {
	for my $tie ('', ',pipes') {
		my ($status, $out, $err) = run($program, '-u',
		    "SYSTEM:echo out; exit 3$tie", 'STDOUT');
		is($status, 1, "a program that fails$tie: status 1");
		is($out, "out\n", '... what it wrote arrives');
		is(scalar(() = $err =~ /exited with status 3/g), 1,
		    '... and one line says so');
		whole("a program that ends$tie", transfer({ lone => 1 },
		    ['-u', 'STDIO', "SYSTEM:exit 0$tie"], sub {
			finish($_[2], 5);
		}));
		whole("a program that works on$tie", transfer({ lone => 1 },
		    ['-u', 'STDIO', "SYSTEM:exec <&-; sleep 0.3; echo it " .
		    ">$T/it$tie"], sub { finish($_[2], 5) }));
		is(slurp("$T/it"), "it\n", '... is waited for');
		unlink "$T/it";
	}
}

# queues SIZE, FAMILY...: a client that sent so much and resets, behind it a
# target with small buffers that reads slowly
sub slow_target {
	my ($flags, $act) = @_;
	socket my $server, AF_INET, SOCK_STREAM, 0;
	setsockopt $server, SOL_SOCKET, SO_RCVBUF, 4096;
	bind $server, pack_sockaddr_in(0, INADDR_LOOPBACK);
	listen $server, 5;
	my $name = 'run' . ++$runs;
	begin($name, $program, '-d', '-d', @$flags, 'TCP4-LISTEN:0',
	    'TCP4:127.0.0.1:' . port_of($server));
	my $s = tcp_connect(port($name));
	my $far = accept_in($server, $name);
	$act->($s, $far, $name);
	finish($name, 10);
	return $name;
}

# What the peer has acknowledged is all (tcp(7), SIOCOUTQ)
sub taken {
	my ($s) = @_;
	return wait_for(sub {
		my $left = pack 'i', 0;
		ioctl $s, 0x5411, $left;
		return !unpack 'i', $left;
	}, 5);
}

sub read_slowly {
	my ($from, $each) = @_;
	my $got = '';
	while (1) {
		my $n = sysread $from, $got, $each, length $got;
		return ($got, defined $n ? 'eof' : "$!") unless $n;
		sleep 0.02;
	}
}

sub delivered {
	my $bytes = substr $big, 0, 65536;
	for my $flags (['-t', 3], ['-t', 3, '-b', 1000], ['-t', 3, '-v']) {
		my ($got, $end);
		slow_target($flags, sub {
			my ($s, $far) = @_;
			send_all($s, $bytes);
			ok(taken($s), "@$flags: 64 kB are taken");
			reset_now($s);
			($got, $end) = read_slowly($far, 2000);
		});
		is_short($got, $bytes, '... and reach a target that is slow');
		is($end, $reset, '... then the reset');
	}
	# A megabyte, half of it in relay and its buffers
	my ($got, $end, $sent);
	my $name = slow_target(['-t', 9], sub {
		my ($s, $far) = @_;
		my $flags = fcntl $s, F_GETFL, 0;
		fcntl $s, F_SETFL, $flags | O_NONBLOCK;
		$sent = syswrite $s, $big, 1_000_000;
		taken($s);
		reset_now($s);
		($got, $end) = read_slowly($far, 100_000);
	});
	is_short($got, substr($big, 0, $sent), "$sent bytes, too");
	is($end, $reset, '... then the reset');
	# A target that takes no more holds nobody up for longer than -t.
	my ($start, $rest);
	$name = slow_target(['-t', 0.5], sub {
		my ($s, $far, $run) = @_;
		send_all($s, substr $big, 0, 65536);
		taken($s);
		$start = time;
		reset_now($s);
		finish($run, 8);
		$start = time - $start;
		($rest, $end) = read_slowly($far, 65536);
	});
	is(status_of($name), 1, 'a target that takes no more: status 1');
	cmp_ok($start, '<', 4, '... no later than -t says');
	is(scalar errors($name), 1, '... one line');
	is_short($rest, substr($big, 0, length $rest), '... what came is right');
	is($end, $reset, '... and no end but a reset');
	# What a target sent arrives as well, when it resets.
	my ($back, $how) = ('', '');
	slow_target(['-t', 3], sub {
		my ($s, $far) = @_;
		send_all($far, $bytes);
		taken($far);
		reset_now($far);
		($back, $how) = read_slowly($s, 5000);
	});
	is_short($back, $bytes, 'what a target sent before it reset arrives');
	is($how, $reset, '... then the reset');
}

for (@programs) {
	$program = $_;
	note($program);
	idle();
	closed();
	middle();
	outputs();
	unix();
	silent();
	memory();
	children();
	programs();
	delivered();
}
as_socat();
tests_done();
