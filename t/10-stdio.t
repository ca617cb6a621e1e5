#!/usr/bin/perl
# STDIO, STDIN, STDOUT, STDERR and FD with descriptors that are open for
# reading only, for writing only, for both: one way is enough, with a warning;
# one that fits in no way is an error.  Also with -u, -U, dual addresses.
use strict;
use warnings;
use Fcntl;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;

my $ro = 'address is opened in read-write mode but only supports read-only';
my $wo = 'address is opened in read-write mode but only supports write-only';
symlink $RELAY, "$T/socat";

# given MODE, CONTENT: a file's descriptor, open in that mode
my $n = 0;
sub given {
	my ($mode, $content) = @_;
	my $path = "$T/given" . ++$n;
	spew($path, $content // '');
	sysopen my $f, $path, $mode or die "$path: $!";
	return ($f, $path);
}

# The messages of level W and E, without time and name
sub said {
	my ($err) = @_;
	return join "\n", $err =~ /^\S+ \S+ \S+\[\d+\] ([WE] .*)$/mg;
}

# pipe_of BYTES: a pipe's reading end, with so many bytes and its end in it
sub pipe_of {
	my ($bytes) = @_;
	pipe my $r, my $w;
	syswrite $w, $bytes;
	return $r;
}

# A server that takes one line, and answers; what it got, and whether it
# found the connection whole, is the result of got()
sub server {
	my ($greeting, $answer) = @_;
	my $listener = unix_listen("$T/sock" . ++$n);
	my $child = fork // die;
	if ($child == 0) {
		$SIG{PIPE} = 'IGNORE';
		alarm 10;
		accept(my $c, $listener) or POSIX::_exit(1);
		syswrite $c, $greeting;
		my ($all, $got) = ('', 0);
		$all .= $got while sysread $c, $got, 100;
		syswrite $c, $answer;
		spew("$T/got", "$all, end");
		POSIX::_exit(0);
	}
	unlink "$T/got";
	return ("$T/sock$n", sub { waitpid $child, 0; slurp("$T/got") });
}

for my $program ($RELAY, "$T/socat") {
	my $name = $program eq $RELAY ? 'relay' : 'socat';
	for my $greeting ('', 'hello, who are you?') {
		my $what = $greeting ? ', which greets' : '';
		my ($path, $got) = server($greeting, 'done');
		my ($status, $out, $err) = run({ stdin => pipe_of("CMD\n") },
		    $program, '-d', "UNIX-CONNECT:$path", 'STDIN');
		is($got->(), "CMD\n, end", "$name: a command by STDIN$what");
		is($status, 0, '... status 0');
		is(said($err), "W $ro", '... and a warning');
	}
	{
		my ($status, $out, $err) = run($program, '-d', '-U', 'STDOUT',
		    'EXEC:echo answer');
		is($out, "answer\n", "$name -U: STDOUT for writing");
		is(said($err), '', '... says nothing');
	}
	my ($status, $out, $err);
	for my $address ('STDOUT', 'STDERR') {
		my ($f, $file) = given(O_WRONLY);
		my $which = lc $address;
		($status, $out, $err) = run({ $which => $f }, $program, '-d',
		    '-lf', "$T/log", 'EXEC:echo answer', $address);
		is(slurp($file), "answer\n", "$name: $address, written only");
		is($status, 0, '... status 0');
		is(said(slurp("$T/log")), "W $wo", '... and a warning');
		unlink "$T/log";
	}
}

# Rows: address, mode of fd 3, what it has, flags; then status, what came
# from it, what it has at the end, messages
my @rows = (
	[ 'FD:3', O_RDONLY, 'given', [], 0, 'given', 'given', "W $ro" ],
	[ 'FD:3', O_RDONLY, 'given', ['-U'], 0, 'given', 'given', '' ],
	[ 'FD:3', O_RDONLY, 'given', ['-u'], 1, '', 'given',
	    'E file descriptor 3 is not open for writing' ],
	[ 'FD:3', O_WRONLY, '', [], 0, '', 'sent', "W $wo" ],
	[ 'FD:3', O_WRONLY, '', ['-u'], 0, '', 'sent', '' ],
	[ 'FD:3', O_WRONLY, '', ['-U'], 1, '', '',
	    'E file descriptor 3 is not open for reading' ],
	[ 'FD:3', O_RDWR, 'given', ['-U'], 0, 'given', 'given', '' ],
	[ 'FD:3', O_RDWR, 'given', ['-u'], 0, '', 'sentn', '' ],
	[ '3', O_RDONLY, 'given', [], 0, 'given', 'given', "W $ro" ],
	[ 'FD:3!!FD:3', O_RDONLY, 'given', [], 1, '', 'given',
	    'E file descriptor 3 is not open for writing' ],
	[ 'FD:3!!FD:3', O_WRONLY, '', [], 1, '', '',
	    'E file descriptor 3 is not open for reading' ],
	[ 'FD:3!!OPEN:/dev/null', O_RDONLY, 'given', [], 0, 'given', 'given', '' ],
	[ 'PIPE!!FD:3', O_WRONLY, '', ['-u'], 0, '', 'sent', '' ],
	[ 'FD:3', 3, '', [], 1, '', '',
	    'E file descriptor 3 is not open for reading, nor is 3 for writing' ],
);
for my $row (@rows) {
	my ($address, $mode, $has, $flags, @want) = @$row;
	my ($f, $path) = given($mode, $has);
	my ($status, $out, $err) = run({ stdin => pipe_of('sent'),
	    keep => [$f] }, $RELAY, '-d', '-t', 0.2, @$flags, '-', $address);
	is_deeply([$status, $out, slurp($path), said($err)], \@want,
	    "@$flags $address of mode $mode");
}

# STDIO: either of the two may be lacking
{
	my ($f, $path) = given(O_WRONLY);
	my ($status, $out, $err) = run({ stdin => $f }, $RELAY, '-d', '-',
	    'EXEC:echo out');
	is_deeply([$status, $out, said($err)], [0, "out\n", "W $wo"],
	    'STDIO, stdin cannot be read');
	my ($in) = given(O_RDONLY);
	($status, undef, $err) = run({ stdin => pipe_of("sent\n"),
	    stdout => $in }, $RELAY, '-d', '-', "SYSTEM:cat >$T/sent");
	is_deeply([$status, said($err)], [0, "W $ro"],
	    'STDIO, stdout cannot be written');
	is(slurp("$T/sent"), "sent\n", '... the way that is there is used');
	($status, undef, $err) = run({ stdin => $f, stdout => $in }, $RELAY,
	    '-d', '-', 'PIPE');
	is_deeply([$status, said($err)], [1, 'E file descriptor 0 is not ' .
	    'open for reading, nor is 1 for writing'], '... neither');
	($status, undef, $err) = run({ stdout => $in }, $RELAY, '-d', '-u',
	    'EXEC:echo x', '-');
	is_deeply([$status, said($err)], [1, 'E file descriptor 1 is not ' .
	    'open for writing'], '-u to STDIO that cannot be written');
	($status, undef, $err) = run({ stdin => $f }, $RELAY, '-d', '-u', '-',
	    'PIPE');
	is_deeply([$status, said($err)], [1, 'E file descriptor 0 is not ' .
	    'open for reading'], '-u from STDIO that cannot be read');
	($status, undef, $err) = run({ stdin => pipe_of('x') }, $RELAY, '-d',
	    'STDOUT', 'STDERR,shut-none');
	is($status, 1, 'two that can only be written: status 1');
	like(said($err), qr/^E neither address can be read from$/m,
	    '... and why');
	($status, undef, $err) = run($RELAY, '-d', '-u', '-', 'FD:17');
	is_deeply([$status, said($err)],
	    [1, 'E file descriptor 17: Bad file descriptor'],
	    'one that is not open');
	($status, undef, $err) = run({ stdin => pipe_of('x') }, $RELAY, '-d',
	    '-u', '-', 'STDIN');
	is_deeply([$status, said($err)],
	    [1, 'E file descriptor 0 is not open for writing'],
	    'STDIN for writing only');
}

# What is written by both is not closed for one of them at its end
for my $pair (['-', '-'], ['STDIN!!STDOUT', '-'], ['-', 'PIPE!!STDOUT'],
    ['-', 'FD:0!!FD:1']) {
	my ($status, $out, $err) = run({ stdin => pipe_of('both') }, $RELAY,
	    '-d', @$pair);
	is_deeply([$status, $pair->[1] =~ /PIPE/ ? 'both' : $out, said($err)],
	    [0, 'both', ''], "stdout shared: @$pair");
}

# A half that is an unnamed pipe: to be read it has no end, and to be written
# to it does not break
{
	my ($status, $out, $err) = run({ stdin => pipe_of('') }, $RELAY, '-d',
	    '-t', 0.1, 'SYSTEM:sleep 0.4; echo late', 'PIPE!!STDOUT');
	is_deeply([$status, $out, said($err)], [0, "late\n", ''],
	    'PIPE is no end of what is written late');
	($status, undef, $err) = run({ stdin => pipe_of('') }, $RELAY, '-d',
	    'SYSTEM:echo kept', 'STDIN!!PIPE');
	is_deeply([$status, said($err)], [0, ''],
	    'PIPE takes what nobody reads');
}

# What the log is written to is nobody's descriptor
{
	my ($status, undef, $err) = run({ stdin => pipe_of('x') }, $RELAY,
	    '-d', '-lf', "$T/log", '-u', '-', 'FD:3');
	like(slurp("$T/log"), qr/\A\S+ \S+ \S+ E file descriptor 3: Bad file descriptor\n  FD:3\n     \^\n  nobody handed down an open descriptor 3\n\z/,
	    'FD:3 does not write into the file of -lf');
	is($status, 1, '... and fails');
}

# A socket goes both ways, whatever the address is meant for
{
	socketpair my $near, my $far, AF_UNIX, SOCK_STREAM, 0;
	begin({ stdin => $near }, 'inetd', $RELAY, '-d', 'STDIN', 'PIPE');
	close $near;
	send_all($far, 'echo');
	shutdown $far, 1;
	is(read_all($far, 10), 'echo', 'STDIN that is a socket');
	finish('inetd');
	is(said(slurp("$T/inetd.err")), "W $ro", '... with a warning');
}
tests_done();
