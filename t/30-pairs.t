#!/usr/bin/perl
# Random bytes both ways through every pair of stream ends, with a half-close
# from each side; the other side goes on sending after it and loses nothing.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket;
use Test::More;

# Each end: its address once the pieces it needs are there, and how the test
# gets hold of the far side: { in, out } handles.
my $count = 0;
sub fresh { return "$T/s" . ++$count }

sub listens {
	my ($server, $address) = @_;
	return { address => $address, far => sub {
		my $s = accept_in($server, @_) or return;
		return ($s, $s);
	} };
}

sub connects {
	my ($address, $to) = @_;
	return { address => $address, far => sub {
		my ($name) = @_;
		my $s = wait_for(sub { $to->() || !running($name) }, 10);
		return unless ref $s;
		return ($s, $s);
	}, late => 1 };
}

sub inherits {
	my ($address, $near, $in, $out) = @_;
	return { address => $address, far => sub { ($in, $out) }, %$near };
}

sub socket_pair {
	socketpair my $a, my $b, AF_UNIX, SOCK_STREAM, 0 or die "$!";
	return ($a, $b);
}

sub two_pipes {
	pipe my $a, my $b or die "$!";
	pipe my $c, my $d or die "$!";
	return ($a, $b, $c, $d);
}

sub program {
	my ($form) = @_;
	my $path = fresh();
	my $server = unix_listen($path);
	return listens($server, sprintf $form, bridge($path));
}

sub port_of { return (unpack_sockaddr_in(getsockname $_[0]))[0] }

my %end = (
	'TCP4' => sub {
		my $s = tcp_listen();
		return listens($s, 'TCP4:127.0.0.1:' . port_of($s));
	},
	'TCP6' => sub {
		my $s = tcp_listen('::1');
		my ($port) = unpack_sockaddr_in6(getsockname $s);
		return listens($s, "TCP6:[::1]:$port");
	},
	'TCP4-LISTEN' => sub {
		my $port = free_port();
		return connects("TCP4-LISTEN:$port,bind=127.0.0.1,reuseaddr",
		    sub { tcp_connect($port) });
	},
	'UNIX-CONNECT' => sub {
		my $path = fresh();
		return listens(unix_listen($path), "UNIX-CONNECT:$path");
	},
	'UNIX-LISTEN' => sub {
		my $path = fresh();
		return connects("UNIX-LISTEN:$path",
		    sub { unix_connect($path) });
	},
	'ABSTRACT-CONNECT' => sub {
		my $name = fresh();
		return listens(unix_listen("\@$name"),
		    "ABSTRACT-CONNECT:$name");
	},
	'ABSTRACT-LISTEN' => sub {
		my $name = fresh();
		return connects("ABSTRACT-LISTEN:$name",
		    sub { unix_connect("\@$name") });
	},
	'STDIO pipes' => sub {
		my ($in, $to, $from, $out) = two_pipes();
		return inherits('STDIO', { stdin => $in, stdout => $out },
		    $from, $to);
	},
	'STDIO socket' => sub {
		my ($near, $far) = socket_pair();
		return inherits('-', { stdin => $near, stdout => $near },
		    $far, $far);
	},
	'STDIN!!STDOUT' => sub {
		my ($in, $to, $from, $out) = two_pipes();
		return inherits('STDIN!!STDOUT',
		    { stdin => $in, stdout => $out }, $from, $to);
	},
	'FD' => sub {
		my ($near, $far) = socket_pair();
		return inherits('FD:%d', { keep => [$near] }, $far, $far);
	},
	'FD!!FD' => sub {
		my ($in, $to, $from, $out) = two_pipes();
		return inherits('FD:%d!!%d', { keep => [$in, $out] },
		    $from, $to);
	},
	'EXEC' => sub { program("EXEC:%s") },
	'EXEC,pipes' => sub { program("EXEC:%s,pipes") },
	'EXEC,pty' => sub { program("EXEC:%s,pty,raw,echo=0") },
	'SYSTEM' => sub { program("SYSTEM:exec %s") },
	'SYSTEM,pipes' => sub { program("SYSTEM:exec %s,pipes") },
	'SYSTEM,fdin,fdout' => sub {
		program("SYSTEM:exec %s <&5 >&6 5<&- 6>&-,pipes,fdin=5,fdout=6")
	},
	'SHELL' => sub { program("SHELL:exec %s") },
);

# A pty has no end of file that only goes one way.
sub half_closes { return $_[0] !~ /pty/ }

# Starts relay between two ends and hands back the two far sides.
sub between {
	my ($name, @end) = @_;
	my @keep = map { @{$_->{keep} // []} } @end;
	my $fd = 3;
	my @address = map {
		my @mine = map { $fd++ } @{$_->{keep} // []};
		@mine ? sprintf $_->{address}, @mine : $_->{address}
	} @end;
	my %how = map { %$_ } @end;
	begin({ keep => \@keep, map { ($_ => $how{$_}) } qw(stdin stdout) },
	    $name, $RELAY, '-t', 20, @address);
	close $_ for @keep, grep { $_ } map { @$_{qw(stdin stdout)} } @end;
	return map { my ($in, $out) = $_->{far}->($name);
	    $in ? { in => $in, out => $out } : () } @end;
}

my $bytes = noise(300_000);
my $rest = noise(50_000);

# First shuts, second goes on with $rest after it has seen that.
sub crosses {
	my ($first, $second, $one, $two, $what) = @_;
	my $name = 'p' . ++$count;
	my $swapped = $what =~ /second/;
	my @side = between($name, $end{$one}->(), $end{$two}->());
	if (@side != 2) {
		fail($what);
		diag(slurp("$T/$name.err"));
		stop($name);
		return;
	}
	my ($early, $late) = $swapped ? reverse @side : @side;
	$early->{send} = $bytes;
	$late->{send} = reverse $bytes;
	$late->{last} = $rest;
	my $done = exchange(8, @side);
	my $ended = $done && finish($name, 10);
	my $status = $ended ? status_of($name) : 'running';
	my $good = $done && $status eq '0' && $late->{got} eq $bytes &&
	    $early->{got} eq reverse($bytes) . $rest;
	ok($good, $what) or diag("exchange ", $done ? 'done' : 'hangs',
	    ", status $status, got ", length $late->{got}, ' and ',
	    length $early->{got}, ' of ', length $bytes, ' and ',
	    length($bytes) + length $rest, "\n", slurp("$T/$name.err"));
	stop($name) unless $ended;
}

# Past that many failures the rest would only take time to fail as well.
sub hopeless { return grep({ !$_ } Test::More->builder->summary) > 15 }

my @only = @ARGV ? split /,/, $ARGV[0] : ();
for my $one (sort keys %end) {
	for my $two (sort keys %end) {
		next if $one =~ /^STDI/ && $two =~ /^STDI/;
		last if hopeless();
		next if @only && !grep { $_ eq $one || $_ eq $two } @only;
		crosses(0, 1, $one, $two,
		    "$one and $two, the first ends first")
		    if half_closes($one) && half_closes($two);
		crosses(1, 0, $one, $two,
		    "$one and $two, the second ends first")
		    if half_closes($two) && half_closes($one);
	}
}

tests_done();
