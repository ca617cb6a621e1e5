#!/usr/bin/perl
# What becomes of the programs of EXEC, SYSTEM and SHELL when a connection
# ends, as socat does it: which is told by which signal, for each way to tie
# it and each way to end; what is left alone; no zombie, no descriptor and no
# program is left; only own programs that run still are ever signalled.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(sleep time);

# prog LOG FLAGS: notes what happens to it; e: ends at end of file, i: is told
# in vain, c: closes what it has and works on, g: has a child of its own
spew("$T/prog", <<'EOF');
my ($log, $flags) = @ARGV;
sub note { open my $f, '>>', $log or die; syswrite $f, "$_[0]\n" }
for my $s (qw(HUP INT QUIT TERM USR1)) {
	$SIG{$s} = sub { note($s); exit 0 unless $flags =~ /i/ };
}
if ($flags =~ s/g// && fork == 0) {
	exec $^X, $0, "$log.child", $flags;
}
if ($flags =~ /c/) { close STDIN; close STDOUT; close STDERR }
note($$);
if ($flags =~ /e/) { 1 while sysread STDIN, my $b, 99; note('eof') }
my $end = time + ($flags =~ /(\d+)/ ? $1 : 60);
select undef, undef, undef, 0.02 while time < $end;
note('done');
EOF
my $n = 0;

# program FLAGS: a command line, and what tells what became of it
sub program {
	my ($flags) = @_;
	my $log = "$T/log" . ++$n;
	return ("$^X $T/prog $log $flags", $log);
}

sub pid_in {
	my ($log) = @_;
	return wait_for(sub { slurp($log) =~ /^(\d+)$/m && $1 }, 10);
}

sub runs {
	my ($pid) = @_;
	return slurp("/proc/$pid/stat") =~ /\) [^ZX]/;
}

sub gone {
	my ($pid) = @_;
	return wait_for(sub { !runs($pid) }, 10);
}

# What the program noted but its process id
sub fate {
	my ($log) = @_;
	return join ' ', grep { !/^\d+$/ } split /\n/, slurp($log);
}

sub reset_by {
	my ($s) = @_;
	setsockopt $s, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
	close $s;
}

sub first_kid {
	my ($pid) = @_;
	return wait_for(sub { (kids($pid))[0] }, 10) || die 'no child';
}

# Each way to tie a program, each way to serve, each way to end
my %end = (
	closes => sub { close $_[0] },
	resets => sub { reset_by($_[0]) },
	'ends its side' => sub { shutdown $_[0], 1 },
	'-T' => sub { },
);
for my $tie ('', ',pipes', ',pty', ',pty,setsid,ctty', ',setsid',
    ',setpgid=0', ',stderr') {
	my @how = $tie eq '' || $tie eq ',pipes' ? sort keys %end :
	    ('closes', '-T');
	for my $how (@how) {
		my ($command, $log) = program('');
		my $name = 'e' . ++$n;
		my $pid = begin($name, $RELAY, '-d', '-d', '-t', 0.1,
		    $how eq '-T' ? ('-T', 0.3) : (), 'TCP4-LISTEN:0,fork',
		    "EXEC:$command$tie");
		my $s = tcp_connect(port($name));
		my $program = pid_in($log);
		$end{$how}->($s);
		ok(gone($program), "EXEC$tie: client $how: it ends");
		# Whichever of the two it looks at first
		like(fate($log), $tie =~ /ctty/ ? qr/^(HUP|TERM)( TERM)?$/ :
		    qr/^TERM$/, '... told by TERM');
		ok(wait_for(sub { !kids($pid) }, 10), '... nothing is left');
		stop($name);
	}
}

# A terminal's whole session hears of it by HUP
{
	my ($command, $log) = program('g');
	begin('session', $RELAY, '-d', '-d', '-t', 0.1, 'TCP4-LISTEN:0,fork',
	    "EXEC:$command,pty,setsid,ctty");
	my $s = tcp_connect(port('session'));
	my ($program, $child) = (pid_in($log), pid_in("$log.child"));
	close $s;
	ok(gone($program) && gone($child), 'a session on a terminal ends');
	is(fate("$log.child"), 'HUP', '... by HUP');
	stop('session');
}

# What is left alone: who does not listen, the children of a program, what
# the shell of SYSTEM runs, as socat's
{
	my ($command, $log) = program('i');
	begin('deaf', $RELAY, '-d', '-d', '-t', 0.1, 'TCP4-LISTEN:0',
	    "EXEC:$command");
	my $s = tcp_connect(port('deaf'));
	my $program = pid_in($log);
	close $s;
	finish('deaf');
	is(status_of('deaf'), 0, 'a program that ignores TERM: status 0');
	ok(wait_for(sub { fate($log) eq 'TERM' }, 10), '... it was told');
	ok(runs($program), '... and stays');
	kill 'KILL', $program;
}
{
	my ($command, $log) = program('g');
	begin('child', $RELAY, '-d', '-d', '-t', 0.1, 'TCP4-LISTEN:0',
	    "EXEC:$command");
	my $s = tcp_connect(port('child'));
	my ($program, $child) = (pid_in($log), pid_in("$log.child"));
	close $s;
	ok(gone($program), 'a program with a child ends');
	finish('child');
	ok(runs($child) && fate("$log.child") eq '', '... the child does not');
	kill 'KILL', $child;
}
for my $tie ('', ',pipes', ',pty') {
	my ($command, $log) = program('c1');
	begin("shell$tie", $RELAY, '-d', '-d', '-t', 0.1, 'TCP4-LISTEN:0',
	    "SYSTEM:exec $command$tie");
	my $s = tcp_connect(port("shell$tie"));
	my $program = pid_in($log);
	close $s;
	ok(gone($program), "SYSTEM$tie: works on without its connection");
	is(fate($log), 'done', '... to its end');
	finish("shell$tie");
}
{
	my ($command, $log) = program('');
	begin('shells', $RELAY, '-d', '-d', '-t', 0.1, 'TCP4-LISTEN:0',
	    "SHELL:exec $command");
	my $s = tcp_connect(port('shells'));
	my $program = pid_in($log);
	close $s;
	ok(gone($program), 'SHELL: ends with its connection');
	is(fate($log), 'TERM', '... told by TERM');
	finish('shells');
}

# Output that is over is no end: -t counts first
{
	my ($command, $log) = program('c');
	begin('quiet', $RELAY, '-d', '-d', '-t', 0.5, 'TCP4-LISTEN:0',
	    "EXEC:$command");
	my $s = tcp_connect(port('quiet'));
	my $program = pid_in($log);
	sleep 0.2;
	ok(runs($program), 'a program that closed its output works on');
	ok(gone($program), '... as long as -t has it');
	is(fate($log), 'TERM', '... then it is told');
	finish('quiet');
}

# A second to work on what it was given
{
	my ($command, $log) = program('e0.5');
	pipe my $in, my $to;
	begin({ stdin => $in }, 'work', $RELAY, '-u', '-', "EXEC:$command");
	close $in;
	pid_in($log);
	close $to;
	finish('work');
	is(fate($log), 'eof done', '-u: what is written to may finish');
	is(status_of('work'), 0, '... status 0');
	($command, $log) = program('e');
	pipe $in, $to;
	begin({ stdin => $in }, 'idle', $RELAY, '-u', '-', "EXEC:$command");
	close $in;
	pid_in($log);
	close $to;
	finish('idle');
	ok(wait_for(sub { fate($log) eq 'eof TERM' }, 10), '... not for ever');
}

# The program's status is relay's, but not when relay ended it
for my $row ([ 'exit 0', 0 ], [ 'exit 3', 1 ], [ 'kill -9 \$\$', 1 ],
    [ 'kill -15 \$\$', 1 ]) {
	my ($how, $want) = @$row;
	is((run($RELAY, '-u', "EXEC:sh -c \"'$how'\"", '-'))[0], $want,
	    "EXEC, $how: status $want");
}

# Programs on both sides, and in all four halves
{
	my @p = map { [ program('') ] } 1 .. 4;
	begin('four', $RELAY, '-d', '-d', '-T', 0.5, "EXEC:$p[0][0]!!" .
	    "EXEC:$p[1][0]", "EXEC:$p[2][0]!!EXEC:$p[3][0]");
	my @pid = map { pid_in($_->[1]) } @p;
	finish('four');
	is(scalar(grep { gone($_) } @pid), 4, 'four programs: all end');
	is(join(',', map { fate($_->[1]) } @p), 'TERM,TERM,TERM,TERM',
	    '... each was told');
}

# When the other side cannot be opened, or the other half
for my $other ('TCP4:127.0.0.1:1', 'EXEC:cat,chroot=/no/such!!OPEN:/no/such',
    'OPEN:/no/such') {
	my ($command, $log) = program('');
	my ($status) = run($RELAY, "EXEC:$command", $other);
	ok(wait_for(sub { !grep { slurp("$_/cmdline") =~ /\Q$log\E/ }
	    glob '/proc/[0-9]*' }, 10), "before $other, which fails: ends");
	is($status, 1, '... status 1');
}

# A program that the listener opened is no child's to end
{
	my ($command, $log) = program('');
	my $pid = begin('fixed', $RELAY, '-d', '-d', '-t', 0.1,
	    "EXEC:$command", 'TCP4-LISTEN:0,fork');
	my $s = tcp_connect(port('fixed'));
	my $program = pid_in($log);
	wait_for(sub { kids($pid) > 1 }, 10);
	close $s;
	ok(wait_for(sub { kids($pid) == 1 }, 10), 'a child ends');
	is(runs($program) && fate($log), '', '... not its listener\'s program');
	$s = tcp_connect(port('fixed'));
	my $child = wait_for(sub { (grep { $_ != $program } kids($pid))[0] },
	    10) || die 'no child';
	kill 'TERM', $child;
	ok(gone($child), 'a child is told to end');
	is(runs($program) && fate($log), '', '... not its listener\'s program');
	stop('fixed');
	ok(gone($program), 'the listener ends its program');
}

# ... and when it ends by itself
{
	my ($command, $log) = program('');
	my ($status) = run($RELAY, "EXEC:$command",
	    'TCP4-LISTEN:0,fork,accept-timeout=0.5');
	ok(wait_for(sub { !grep { slurp("$_/cmdline") =~ /\Q$log\E/ }
	    glob '/proc/[0-9]*' }, 10), 'no client came: the program ends');
	is($status, 0, '... status 0');
}

# A pool's child: programs come and go, no zombie while it waits, more than
# four, and who was waited for is forgotten
{
	my ($command, $log) = program('');
	my $pid = begin('pool', $RELAY, '-d', '-d', '-t', 0.1,
	    'TCP4-LISTEN:0,pool=1,max-children=1', "EXEC:$command");
	my ($port, $wrong) = (port('pool'), 0);
	my $child = first_kid($pid);
	for (1 .. 6) {
		unlink $log;
		my $s = tcp_connect($port);
		my $program = pid_in($log);
		close $s;
		$wrong++ unless gone($program) && fate($log) eq 'TERM';
		$wrong++ unless wait_for(sub { !-d "/proc/$program" }, 10);
	}
	is($wrong, 0, 'pool: six programs end, and leave no zombie');
	unlink $log;
	my $s = tcp_connect($port);
	my $program = pid_in($log);
	kill 'TERM', $child;
	ok(gone($program), '... the seventh ends with the child');
	is(fate($log), 'TERM', '... told by TERM');
	stop('pool');
}
SKIP: {
	my $strace = (grep { -x } map { "$_/strace" } split /:/, $ENV{PATH})[0];
	skip_or_fail('needs strace', 4) if !$strace;
	my $pid = begin('past', $RELAY, '-d', '-d', '-t', 0.1,
	    'TCP4-LISTEN:0,pool=1', 'EXEC:true');
	my $port = port('past');
	read_all(tcp_connect($port), 10) for 1 .. 3;
	my $child = first_kid($pid);
	begin('trace', $strace, '-e', 'trace=kill', '-o', "$T/kills", '-p',
	    $child);
	wait_for(sub { slurp("/proc/$child/status") =~ /TracerPid:\s*[1-9]/ },
	    10);
	kill 'TERM', $child;
	finish('trace');
	is(join('', grep { /kill\(/ } split /^/, slurp("$T/kills")), '',
	    'TERM to a pool\'s child signals no program of the past');
	stop('past');

	# TERM before the program is one: the handler is relay's own
	begin('early', $strace, '-f', '-o', '/dev/null', '-e',
	    'trace=execve', '-e', 'inject=execve:delay_enter=1500000',
	    $RELAY, '-d', '-d', "UNIX-LISTEN:$T/early", 'EXEC:cat');
	my $s = wait_for(sub { unix_connect("$T/early") }, 20);
	my $program = wait_for(sub { slurp("$T/early.err") =~
	    /forked off child process (\d+)/ && $1 }, 20) || die 'no child';
	kill 'TERM', $program;
	ok(finish('early', 20), 'TERM between fork and exec');
	unlike(slurp("$T/early.err"), qr/\[$program\] . exiting on signal/,
	    '... is none to relay');
	unlike(slurp("$T/early.err"), qr/execvp'ing.*\n.*execvp'ing/,
	    '... and none survives');
}

# fork fails: every descriptor is released
SKIP: {
	skip_or_fail('needs root', 3) if $> != 0;
	my $user = 61873;
	for my $tie ('', ',pipes', ',pty') {
		my $name = 'f' . ++$n;
		my $pid = begin($name, $^X, '-e', '$) = $> = $< = shift;
		    exec "prlimit", "--nproc=2", @ARGV', $user++, $RELAY, '-d',
		    '-d', 'TCP4-LISTEN:0,pool=1,max-children=1',
		    "EXEC:cat$tie");
		my $port = port($name);
		my $child = first_kid($pid);
		my @count;
		for (1 .. 5) {
			read_all(tcp_connect($port), 10);
			wait_for(sub { () = slurp("$T/$name.err") =~
			    /exit\(1\)/g; }, 10);
			sleep 0.1;
			push @count, scalar keys %{fds($child)};
		}
		is(join(' ', @count), join(' ', ($count[0]) x 5),
		    "fork fails, EXEC$tie: no descriptor is left");
		stop($name);
	}
}

# nofork: what relay made not to wait waits again
{
	spew("$T/flags", 'use Fcntl; open my $f, ">", $ARGV[0]; ' .
	    'print $f map { fcntl($_, F_GETFL, 0) & O_NONBLOCK ? 1 : 0 } ' .
	    '*STDIN, *STDOUT;');
	my ($status, undef, $err) = run($RELAY, "PIPE:$T/fifo",
	    "EXEC:$^X $T/flags $T/result,nofork");
	is(slurp("$T/result"), '00', 'nofork: both descriptors wait');
	is($status, 0, '... status 0') or diag($err);
	unlink "$T/fifo";
}
tests_done();
