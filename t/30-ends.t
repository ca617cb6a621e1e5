#!/usr/bin/perl
# Ends know who is on their other side: with LISTEN on both sides each client
# is named on its own side, and a program gets to know the one that it is for;
# of a listener that is one half of A!!B, too.  Descriptors of two kinds are one
# end.  What -v counts are the bytes of one connection, also where one child
# serves many.  A!!B: all that is said of either half holds for it; where one
# new file is both halves, it is made.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;

symlink $RELAY, "$T/socat" or die "$T/socat: $!";

sub local_port { return (unpack_sockaddr_in(getsockname $_[0]))[0] }

# The ports of a relay's listeners, in the order of its lines.
sub ports {
	my ($name, $n) = @_;
	return wait_for(sub {
		my @port = slurp("$T/$name.err") =~
		    / listening on AF=2 [0-9.]+:(\d+)/g;
		@port >= $n && \@port;
	}, 10);
}

sub line_of {
	my ($name, $re) = @_;
	return wait_for(sub { slurp("$T/$name.err") =~ $re && $1 }, 10);
}

# --- LISTEN on both sides
begin('both', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,bind=127.0.0.1',
    'TCP4-LISTEN:0,bind=127.0.0.1');
my $left = tcp_connect(ports('both', 1)->[0]);
my $right = tcp_connect(ports('both', 2)->[1]);
syswrite $left, 'to the right';
is(read_all($right, 10, 12), 'to the right', 'LISTEN on both sides');
syswrite $right, 'back';
is(read_all($left, 10, 4), 'back', '... and back');
shutdown $_, 1 for $left, $right;
ok(finish('both', 10), '... to its end');
is(line_of('both', qr/finished (.*), \d+\.\d+ s, eof/),
    sprintf('127.0.0.1:%d -> 127.0.0.1:%d: 12 bytes there, 4 back',
    local_port($left), local_port($right)), '... each side has its own peer');
close $_ for $left, $right;

# fork on the right: the first client is the same for all, the second not
begin('forks', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,bind=127.0.0.1,shut-none',
    'TCP4-LISTEN:0,bind=127.0.0.1,fork');
$left = tcp_connect(ports('forks', 1)->[0]);
for my $n (1, 2) {
	$right = tcp_connect(ports('forks', 2)->[1]);
	syswrite $right, "client $n";
	is(read_all($left, 10, 8), "client $n", "fork on the right, $n");
	my $want = sprintf 'finished 127.0.0.1:%d -> 127.0.0.1:%d:',
	    local_port($left), local_port($right);
	close $right;
	$right = undef;
	if ($n == 2) {
		shutdown $left, 1;
	}
	ok(wait_for(sub { slurp("$T/forks.err") =~ /\Q$want\E/ }, 10),
	    '... is named with its own peer') or diag(slurp("$T/forks.err"));
}
close $left;
stop('forks');

# --- what a program gets to know
my $show = "echo \$SOCAT_PEERADDR \$SOCAT_PEERPORT \$SOCAT_SOCKADDR " .
    "\$SOCAT_SOCKPORT";
for my $case (
	[ 'a listener', "$T/socat", 'TCP4-LISTEN:0,bind=127.0.0.1',
	    "SYSTEM:$show" ],
	[ 'with fork', "$T/socat", 'TCP4-LISTEN:0,bind=127.0.0.1,fork',
	    "SYSTEM:$show" ],
	[ 'a pool', "$RELAY", 'TCP4-LISTEN:0,bind=127.0.0.1,pool=1',
	    "SYSTEM:$show" ],
	[ 'a half of A!!B', "$T/socat",
	    'TCP4-LISTEN:0,bind=127.0.0.1!!STDOUT', "SYSTEM:$show", 1 ]) {
	my ($what, $program, $a, $b, $stdout) = @$case;
	my $env = "env of $what" =~ s,\W,-,gr;
	begin($env, $program, '-d', '-d', $a, $b);
	my $port = ports($env, 1)->[0];
	for (1 .. ($what eq 'a pool' ? 2 : 1)) {
		my $c = tcp_connect($port);
		my $want = sprintf "127.0.0.1 %d 127.0.0.1 %d\n",
		    local_port($c), $port;
		shutdown $c, 1;
		my $got = $stdout ? wait_for(sub { slurp("$T/$env.out") }, 10) :
		    read_all($c, 10);
		is($got, $want, "the client of $what");
	}
	stop($env);
}
{
	local %ENV = %ENV;
	delete @ENV{grep { /^SOCAT_/ } keys %ENV};
	my $target = tcp_listen();
	my ($status, $out) = run("$T/socat", '-U', 'STDOUT',
	    "SYSTEM:$show");
	is($out, "\n", 'a program without a client');
	begin('none', "$T/socat", 'TCP4:127.0.0.1:' . local_port($target),
	    "SYSTEM:$show");
	my $c = accept_in($target, 'none', 10);
	shutdown $c, 1;
	is(read_all($c, 10), "\n", '... and one that was connected to');
	stop('none');
}

# --- -v counts for each connection
for my $serve ('pool=1', 'fork') {
	begin("offset $serve", $RELAY, '-d', '-d', '-v',
	    "TCP4-LISTEN:0,bind=127.0.0.1,$serve", 'PIPE');
	my $port = ports("offset $serve", 1)->[0];
	for my $text ("first\n", "2\n", "the third\n") {
		my $c = tcp_connect($port);
		syswrite $c, $text;
		shutdown $c, 1;
		is(read_all($c, 10), $text, "$serve: a client");
	}
	stop("offset $serve");
	my @counts = slurp("$T/offset $serve.err") =~
	    /^([<>]) .* (length=\d+ from=\d+ to=\d+)$/mg;
	is("@counts", join(' ', map { ("> $_", "< $_") }
	    'length=6 from=0 to=5', 'length=2 from=0 to=1',
	    'length=10 from=0 to=9'), "$serve: -v counts anew for each");
}

# --- handed down: a pipe to read from and a socket to write to, or the other
# way round; each is read and written in its own way
for my $name ("$T/socat", $RELAY) {
	my $as = $name eq $RELAY ? 'relay' : 'socat';
	my $bytes = noise(700_000);
	for my $way ('pipe to socket', 'socket to pipe') {
		my ($in, $feed, $out, $sink);
		socketpair my $near, my $far, AF_UNIX, SOCK_STREAM, 0;
		pipe my $pipe_in, my $pipe_out or die "pipe: $!";
		($in, $feed, $sink, $out) = $way =~ /^pipe/ ?
		    ($pipe_in, $pipe_out, $near, $far) :
		    ($near, $far, $pipe_out, $pipe_in);
		begin({ stdin => $in, stdout => $sink }, "$as $way", $name,
		    '-t', 10, '-', 'EXEC:cat');
		close $_ for $in, $sink;
		my $side = { in => $out, out => $feed, send => $bytes };
		ok(exchange(30, $side) && $side->{got} eq $bytes,
		    "$as: from $way");
		finish("$as $way", 10);
		is(status_of("$as $way"), 0, '... with status 0');
	}
}

# --- A!!B
for my $name ("$T/socat", $RELAY) {
	my $as = $name eq $RELAY ? 'relay' : 'socat';
	spew("$T/in", "a\r\nb\r\n");
	my ($status, $out, $err) = run($name, "FILE:$T/in,rdonly,crlf!!STDOUT",
	    'PIPE');
	is("$status $out", "0 a\nb\n", "$as: line ends of the first half");
	spew("$T/in", "a\nb\n");
	($status, $out) = run($name, "FILE:$T/in,rdonly!!STDOUT,crlf", 'PIPE');
	is("$status $out", "0 a\r\nb\r\n", "$as: ... of the second");
	spew("$T/in", "12345678");
	($status, $out) = run($name, "FILE:$T/in,rdonly,readbytes=5!!STDOUT",
	    'PIPE');
	is("$status $out", '0 12345', "$as: readbytes of the first");
	($status, $out) = run($name,
	    "FILE:$T/in,rdonly!!CREATE:$T/made,perm=0640", 'PIPE');
	is(sprintf('%s %s %o', $status, slurp("$T/made"),
	    (stat "$T/made")[2] & 07777), '0 12345678 640',
	    "$as: perm of the second");
	unlink "$T/made";
	pipe my $in, my $feed or die "pipe: $!";
	begin({ stdin => $in }, "$as file", $name, '-d', '-d', '-',
	    "$T/new,ignoreeof!!$T/new");
	close $in;
	syswrite $feed, "round\n";
	is(wait_for(sub { slurp("$T/$as file.out") }, 10), "round\n",
	    "$as: a new file, written and read");
	close $feed;
	stop("$as file");
	is(slurp("$T/new"), "round\n", "$as: ... that the halves made");
	unlink "$T/new";
	($status, $out, $err) = run($name, '-u', "$T/new", 'STDOUT');
	is("$status " . (-e "$T/new" ? 'made' : 'not there'), $as eq 'socat' ?
	    '0 made' : '1 not there', "$as: one that is only read");
	unlink "$T/new";
	($status, $out) = run($name, "EXEC:echo one!!EXEC:cat",
	    'PIPE');
	is($status, 0, "$as: two programs");
	($status, $out) = run($name, 'SYSTEM:exit 3!!STDOUT', 'PIPE');
	is($status, 1, "$as: the program of the first half fails");
	pipe $in, $feed or die "pipe: $!";
	($status, $out) = run({ stdin => $in }, $name,
	    'STDIN!!SYSTEM:exit 3', 'PIPE');
	is($status, 1, "$as: ... of the second, while the first is idle");
	close $_ for $in, $feed;
}
done_testing();
