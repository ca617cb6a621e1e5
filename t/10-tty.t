#!/usr/bin/perl
# 10-tty.t: the terminal that relay runs on: it gets its settings back
# whatever ends relay or stops it, even while its output is stopped by ^S;
# sessions as people have them, typed into a terminal
use strict;
use warnings;
use Fcntl;
use FindBin;
use lib "$FindBin::Bin/tools";
use POSIX ();
use Relay qw($T $RELAY slurp wait_for reap);
use Terminal qw(terminal run settings words until_true shows type);
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => 'no /dev/ptmx' if !-e '/dev/ptmx';

sub state_of {
	my ($pid) = @_;
	open my $f, '<', "/proc/$pid/status" or return '';
	local $/;
	return <$f> =~ /^State:\s+(\w)/m ? $1 : '';
}

# How it ended, or "alive" at a deadline; 128 + n for a signal.
sub finish { return reap($_[0], 20) }

sub is_raw { my ($tty) = @_; return sub { words($tty) =~ / -icanon / } }
sub err { return slurp("$T/err") }

# --- every way out -----------------------------------------------------------

my %signal = (TERM => 143, INT => 130, HUP => 129, QUIT => 131);
for my $name (sort keys %signal) {
	for my $address ('-,raw,echo=0', 'FILE:/dev/tty,rawer',
	    'STDIN,raw!!STDOUT') {
		my $tty = terminal();
		my $before = settings($tty);
		my $pid = run($tty, $RELAY, $address, 'PIPE');
		until_true(is_raw($tty)) or diag err();
		kill $name, $pid;
		is(finish($pid), $signal{$name}, "$address: status of $name");
		is(settings($tty), $before, "... and the terminal is as before");
	}
}

for (['another end', 1, 'TCP4:127.0.0.1:1'],
    ['no file', 1, 'OPEN:/nonexistent/x'],
    ['a program that ends', 0, 'SYSTEM:"exit 0"'],
    ['no program', 1, 'EXEC:/nonexistent,su=root'],
    ['silence', 0, '-T 0.3', 'PIPE'],
    ['an option of its own', 1, undef, 'PIPE']) {
	my ($why, $status, @to) = @$_;
	my $tty = terminal();
	my $before = settings($tty);
	my $own = @to > 1 && !defined shift @to ? '-,raw,csize=9' :
	    '-,raw,echo=0';
	my @flag = $why eq 'silence' ? ('-T', '0.3') : ();
	my $pid = run($tty, $RELAY, @flag, $own, @to);
	is(finish($pid), $status, "ended by $why") or diag err();
	is(settings($tty), $before, '... and the terminal is as before');
}

# --- stopped -----------------------------------------------------------------

{
	my $tty = terminal();
	my $before = settings($tty);
	# a shell with jobs would do this: a group of its own, in the foreground
	my $pid = run($tty, 'perl', '-e', 'use POSIX; $p = fork; if (!$p) {
	    setpgid(0, 0); $SIG{TTOU} = "IGNORE"; tcsetpgrp(0, $$);
	    $SIG{TTOU} = "DEFAULT"; exec @ARGV } print STDERR "child $p\n";
	    waitpid $p, 0; exit $? >> 8', $RELAY, '-,raw,echo=0', 'PIPE');
	ok(until_true(is_raw($tty)), 'raw');
	my $ours = settings($tty);
	my ($child) = err() =~ /child (\d+)/;
	kill 'TSTP', $child;
	ok(until_true(sub { state_of($child) eq 'T' }), 'TSTP stops it');
	is(settings($tty), $before, '... and the terminal is as before');
	kill 'CONT', $child;
	ok(until_true(is_raw($tty)), 'CONT: raw again');
	is(settings($tty), $ours, '... as it was');
	type($tty, 'x');
	ok(shows($tty, qr/x/), '... and bytes go on');
	kill 'TSTP', $child;
	ok(until_true(sub { state_of($child) eq 'T' }), 'stopped again');
	kill 'TERM', $child;
	kill 'CONT', $child;
	is(finish($pid), 143, '... and ended');
	is(settings($tty), $before, '... the terminal is as before');
}

# --- ^S ----------------------------------------------------------------------

for my $when ('at the end', 'at the start') {
	my $tty = terminal();
	my $before = settings($tty);
	my $pid;
	if ($when eq 'at the start') {
		type($tty, "\x13");
		sleep 0.1;
	}
	$pid = run($tty, $RELAY, '-,echo=0', 'PIPE');
	until_true(sub { words($tty) =~ / -echo / }) or diag err();
	type($tty, "\x13some text\n") if $when eq 'at the end';
	sleep 0.2;
	my $began = time;
	kill 'TERM', $pid;
	is(finish($pid), 143, "output stopped by ^S $when: TERM ends it");
	cmp_ok(time - $began, '<', 10, '... soon');
	is(settings($tty), $before, '... and the terminal is as before');
}

# --- sessions ----------------------------------------------------------------

# A shell at the other side of a connection, as people have it.
{
	my $socket = "$T/shell";
	my $server = fork // die;
	if (!$server) {
		open STDIN, '<', '/dev/null';
		open STDERR, '>', "$T/server.err";
		$ENV{TERM} = 'dumb';
		exec $RELAY, "UNIX-LISTEN:$socket", 'EXEC:bash --norc -i,pty,' .
		    'stderr,setsid,sigint,sane';
	}
	until_true(sub { -S $socket });
	my $tty = terminal();
	my $before = settings($tty);
	my $pid = run($tty, $RELAY, '-,raw,echo=0', "UNIX-CONNECT:$socket");
	type($tty, "PS1='re''ady> '\r");
	ok(shows($tty, qr/\r\nready> /), 'a shell asks for commands')
	    or diag $tty->{got}, err();
	type($tty, "tty | sed s/[0-9]/N/g; stty -a | grep -o icanon\r");
	ok(shows($tty, qr{/dev/pts/N.*\r\n-?icanon}s), '... on a terminal');
	type($tty, "sleep 60; echo status \$?\r");
	sleep 0.5;
	type($tty, "\x03");
	ok(shows($tty, qr/\^C\r\n.*ready> /s), '^C ends what runs, and no more');
	type($tty, "echo st''ill here\r");
	ok(shows($tty, qr/\r\nstill here\r\n/), '... the shell goes on');
	unlike($tty->{got}, qr/no job control/, 'the shell controls jobs');
	type($tty, "exit 0\r");
	is(finish($pid), 0, 'exit ends it');
	is(settings($tty), $before, '... and the terminal is as before');
	finish($server);
}

# A program that asks for a password asks the terminal that it is given.
{
	open my $f, '>', "$T/ask" or die;
	print $f <<'END';
#!/bin/sh
exec </dev/tty >/dev/tty
stty -echo
printf 'password: '
read word
stty echo
echo "it is <$word>"
END
	close $f;
	chmod 0755, "$T/ask";
	my $text = `(sleep 0.5; echo secret; sleep 1) | $RELAY -t 10 - EXEC:$T/ask,pty,setsid,ctty`;
	is($text, "password: it is <secret>\r\n", 'a password is asked for');
}

# --- the terminal of a session -----------------------------------------------

# What a leader of a session opens becomes its terminal where that is wanted.
for my $ctty ('noctty,ctty', 'noctty,ctty=0') {
	my $tty = terminal();
	unlink "$T/err";
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		POSIX::setsid();
		open STDERR, '>', "$T/err";
		exec $RELAY, '-d', '-d', "OPEN:$tty->{path},$ctty", 'PIPE' or
		    POSIX::_exit(127);
	}
	until_true(sub { err() =~ /starting data/ }) or diag err();
	my ($of) = slurp("/proc/$pid/stat") =~ /\) (?:\S+ ){4}(\S+)/;
	is($of != 0 ? 'noctty,ctty' : 'noctty,ctty=0', $ctty,
	    "$ctty of a terminal");
	is(join('', err() =~ /^.* W .*/mg), '', '... without a word');
	kill TERM => $pid;
	is(finish($pid), 143, '... TERM');
}
for my $address ('OPEN:/dev/null,ctty', 'STDIN,ctty', 'READLINE,ctty') {
	my $said = `setsid -w $RELAY -u $address PIPE 2>&1 </dev/null`;
	my @words = map { s/^\S+ \S+ \S+ //r =~ s/\(\d+/(N/r =~
	    s/: \KNot a tty$/Inappropriate ioctl for device/r }	# musl's
	    split /\n/, $said;
	is_deeply(\@words, ['W ioctl(N, TIOCSCTTY, NULL): ' .
	    'Inappropriate ioctl for device',
	    'W tcsetpgrp(N): Inappropriate ioctl for device'],
	    "$address: what is no terminal, is said");
}

done_testing();
