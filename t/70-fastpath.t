#!/usr/bin/perl
# The data is right on every fast path: the small first buffer, the large one,
# splice through a small and a large pipe, and the way back from splice with
# bytes in the pipe.  Random chunks and pauses, both ways at once, half-closes,
# resets and urgent data, while splice, pipe2 and fcntl fail as they may.
# TEST_SEED makes the choices of an earlier run again.  The portable build has
# no splice: all is whole without it, and nothing of it can fail.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Errno qw(EAGAIN ECONNRESET EINTR);
use Fcntl;
use File::Copy qw(copy);
use FindBin;
use lib "$FindBin::Bin/tools";
use IO::Select;
use List::Util qw(max min sum0);
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(time);

need('strace');
my ($probe) = run('strace', '-o', '/dev/null', '-e',
    'inject=getpid:error=EPERM', 'true');
if ($probe) {
	plan(skip_all => 'strace may not trace here') unless
	    $ENV{TEST_NO_SKIP};
	fail('strace may not trace here');
	done_testing();
	exit 1;
}

my $seed = $ENV{TEST_SEED} // int rand 1 << 30;
note("TEST_SEED=$seed");
srand $seed;
my $stock = pack 'L*', map { int rand 1 << 32 } 1 .. 1 << 20;
my $runs = 0;
my $server = tcp_listen();
my $target = (unpack_sockaddr_in(getsockname $server))[0];
my $unix = unix_listen("$T/far");

# Every run has choices of its own, whatever the others did.
sub again { srand $seed + ++$runs }

sub between { return $_[0] + int rand $_[1] - $_[0] }

sub stretch {
	my ($n) = @_;
	return substr $stock, between(0, length($stock) - $n), $n;
}

# Between a byte and 256 KiB; a third of them is large
sub chunk {
	return int 2 ** rand 16 if rand 3 >= 1;
	return between(1 << 16, 1 << 18);
}

sub pause { return rand 1 < 0.1 ? rand 0.004 : 0 }

sub reset_now {
	my ($s) = @_;
	setsockopt $s, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
	close $s;
}

# traffic SECONDS, SIDES: sends, reads and pauses as it comes.  A side is
# { in, out, send } and shuts when all is sent; the last 'hold' bytes wait for
# the end of what it reads.  With 'cut' it resets the connection once it
# moved so many bytes, after which the other side need not come to its end;
# with 'urgent' it sends an urgent byte behind so many, which nobody reads.
# Gives got, sent, and error and fault: what reading and writing ended with.
sub traffic {
	my ($seconds, @side) = @_;
	my $end = time + $seconds;
	for my $s (@side) {
		%$s = (hold => 0, %$s, got => '', map { ($_ => 0) }
		    qw(sent eof shut error fault reads writes));
		fcntl $s->{$_}, F_SETFL, O_NONBLOCK |
		    fcntl $s->{$_}, F_GETFL, 0 for qw(in out);
	}
	while (grep { !$_->{eof} || !$_->{shut} } @side) {
		my $now = time;
		return 0 if $now > $end;
		my @in = grep { !$_->{eof} && $_->{reads} <= $now } @side;
		my @out = grep { !$_->{shut} && $_->{writes} <= $now &&
		    ready($_) } @side;
		my ($can_read, $can_write) = IO::Select->select(
		    IO::Select->new(map { $_->{in} } @in),
		    IO::Select->new(map { $_->{out} } @out), undef, 0.002);
		for my $s (@in) {
			takes($s) if grep { $_ == $s->{in} } @$can_read;
		}
		for my $s (@out) {
			gives($s) if grep { $_ == $s->{out} } @$can_write;
		}
		for my $s (@side) {
			ends($s);
			next unless $s->{cut} && !$s->{gone} &&
			    $s->{sent} + length $s->{got} >= $s->{cut};
			reset_now($s->{in});
			$s->{gone} = $s->{eof} = $s->{shut} = 1;
			$_->{orphan} = 1 for grep { $_ != $s } @side;
		}
	}
	return 1;
}

sub ready {
	my ($s) = @_;
	return length($s->{send}) - $s->{sent} - ($s->{eof} ? 0 : $s->{hold});
}

sub takes {
	my ($s) = @_;
	my $n = sysread $s->{in}, $s->{got}, chunk(), length $s->{got};
	$s->{reads} = time + pause();
	return if $n || !defined $n && ($! == EAGAIN || $! == EINTR);
	$s->{error} = defined $n ? 0 : $! + 0;
	$s->{eof} = 1;
	# Who has no one left to write to stops.
	$s->{shut} = 1 if $s->{orphan} || $s->{error};
}

sub gives {
	my ($s) = @_;
	my $n = syswrite $s->{out}, $s->{send}, min(chunk(), ready($s)),
	    $s->{sent};
	$s->{writes} = time + pause();
	if (defined $n) {
		$s->{sent} += $n;
		delete $s->{urgent} if $s->{urgent} &&
		    $s->{sent} >= $s->{urgent} && send $s->{out}, '!', MSG_OOB;
	} elsif ($! != EAGAIN && $! != EINTR) {
		$s->{fault} = $! + 0;
		$s->{shut} = 1;
	}
}

sub ends {
	my ($s) = @_;
	return if $s->{shut} || $s->{sent} < length $s->{send};
	warn 'urgent data was not sent' if $s->{urgent};
	$s->{shut} = 1;
	if ($s->{in} == $s->{out}) {
		shutdown $s->{out}, 1;
	} else {
		close $s->{out};
		$s->{out} = $s->{in};
	}
}

# What is wrong with what the sides got, or nothing
sub wrong {
	my ($done, @side) = @_;
	my @wrong = $done ? () : 'hangs';
	for my $i (0, 1) {
		my ($got, $want) = ($side[$i]{got}, $side[!$i]{send});
		my $error = $side[$i]{error} || $side[$i]{fault};
		push @wrong, "side $i: " . ($! = $error) if $error;
		next if sha256_hex($got) eq sha256_hex($want);
		my $same = 0;
		my ($a, $b) = map { [unpack '(a4096)*', $_] } $got, $want;
		$same++ while $same < @$a && $same < @$b &&
		    $a->[$same] eq $b->[$same];
		push @wrong, sprintf 'side %d: got %d bytes, want %d, ' .
		    'the first %d pages agree', $i, length $got,
		    length $want, $same;
	}
	return join '; ', @wrong;
}

# relay under strace, which stands aside (-D), so that the pid is relay's own
sub traced {
	my ($how, $inject, @relay) = @_;
	my $name = 'r' . $runs;
	my $pid = begin($how, $name, 'strace', '-D', '-q', '-s8',
	    ($how->{follow} ? '-ff' : ()), '-o', "$T/$name.trace", '-e',
	    'trace=splice,pipe2,fcntl,read,sendto', '-e', 'signal=none',
	    map({ ('-e', "inject=$_") } @$inject), @{$how->{as} // [$RELAY]}, '-d', '-d',
	    '-t', 20, @relay);
	return ($name, $pid);
}

# trace NAME: what the calls of all its processes were.  in and out: bytes of
# each splice into and out of a pipe; hit: the calls that were made to fail,
# hit_in and hit_out: what those splices asked for; drained: reads from such a
# pipe; pipe and size: which of all pipe2 and fcntl made and enlarged it
# first; large: how many were; most: how many a process made; resumed: splices
# from what had seemed to be at its end.
sub trace {
	my ($name) = @_;
	my %t = map { ($_ => []) } qw(in out hit hit_in hit_out drained);
	$t{$_} = 0 for qw(large most resumed lines);
	trace_of($_, \%t) for glob "$T/$name.trace*";
	return \%t;
}

# ... once strace has seen all of them end
sub trace_whole {
	my ($name) = @_;
	wait_for(sub {
		!grep { slurp($_) !~ /^\+\+\+ /m } glob "$T/$name.trace*"
	}, 5);
	return trace($name);
}

sub trace_of {
	my ($path, $t) = @_;
	my (%pipe, %n, %empty);
	for (split /\n/, slurp($path)) {
		my ($call, $fd, $rest) = /^(\w+)\(\[?(\d+)(.*)/ or
		    /^(\w+)\((NULL)(.*)/ or next;
		my $at = ++$n{$call};
		my ($result) = $rest =~ /\) += (\d+)(?: |$)/;
		push @{$t->{hit}}, $_ if /INJECTED/;
		if ($call eq 'pipe2' && $rest =~ /O_NONBLOCK/) {
			$t->{pipe} //= $at;
			$t->{most} = max($t->{most}, ++$n{pipes});
			$pipe{$fd} = 1;
		} elsif ($call eq 'fcntl' && $rest =~ /F_SETPIPE_SZ/) {
			$t->{size} //= $at;
			$t->{large}++ if ($result // 0) == 1 << 20;
		} elsif ($call eq 'read' && $pipe{$fd}) {
			push @{$t->{drained}}, $result // ();
		} elsif ($call eq 'splice') {
			my $way = $pipe{$fd} ? 'out' : 'in';
			push @{$t->{$way}}, $result // ();
			push @{$t->{"hit_$way"}}, $rest =~ /(\d+), SPL/
			    if /INJECTED/;
			next if $way eq 'out';
			$t->{resumed}++ if $result && $empty{$fd};
			$empty{$fd} = !$result && !/INJECTED/;
		}
	}
	$t->{lines} += sum0 values %n;
}

# Pairs of ends: the addresses, and how the test gets the two far sides
sub accepts {
	my ($from) = @_;
	return sub {
		my $s = accept_in($from, $_[0]) or return;
		return { in => $s, out => $s };
	};
}

sub connects {
	my ($s) = @_;
	return $s ? { in => $s, out => $s } : ();
}

my %near = (
	TCP => ['TCP4-LISTEN:0%s', sub { connects(tcp_connect(port(@_))) }],
	UNIX => ["UNIX-LISTEN:$T/near%s", sub {
		my ($name) = @_;
		connects(wait_for(sub { unix_connect("$T/near") ||
		    !running($name) }, 10));
	}],
);
my %far = (
	TCP => ["TCP4:127.0.0.1:$target%s", accepts($server)],
	UNIX => ["UNIX-CONNECT:$T/far%s", accepts($unix)],
	EXEC => ['EXEC:' . bridge("$T/far"), accepts($unix)],
	'EXEC,pipes' => ['EXEC:' . bridge("$T/far") . ',pipes',
	    accepts($unix)],
);
my @pairs = ('TCP TCP', 'UNIX TCP', 'TCP UNIX', 'STDIO TCP', 'UNIX UNIX',
    'TCP EXEC', 'TCP EXEC,pipes', 'STDIO UNIX');

# The name of a new relay, and both far sides
sub opened {
	my ($how, $pair, @inject) = @_;
	my ($one, $two) = split / /, $pair;
	my $tight = $runs % 2 ? ',sndbuf=20000' : '';
	my ($back, $near) = @{$far{$two}}[1, 0];
	if ($one eq 'STDIO') {
		pipe my $in, my $to or die "pipe: $!";
		pipe my $from, my $out or die "pipe: $!";
		my ($name) = traced({ %$how, stdin => $in, stdout => $out },
		    \@inject, 'STDIO', $near =~ s/%s/$tight/r);
		return ($name, { in => $from, out => $to }, $back->($name));
	}
	my ($name) = traced($how, \@inject, map { s/%s/$tight/r }
	    $near{$one}[0], $near);
	return ($name, $near{$one}[1]->($name), $back->($name));
}

# carries WHAT, PAIR, INJECT: bytes both ways; what the trace tells.  A hash in
# front: urgent, the sides that send such data; as, what relay is begun with
sub carries {
	my $how = ref $_[0] eq 'HASH' ? shift : {};
	my ($what, $pair, @inject) = @_;
	again();
	my ($name, @side) = opened($how, $pair, @inject);
	$what .= ", $pair";
	my $wrong = 'no connection';
	if (@side == 2) {
		$_->{send} = stretch(between(500_000, 1_500_000)) for @side;
		$side[rand 2]{hold} = between(0, 400_000) if rand 3 < 2;
		$side[$_]{urgent} = 300_000 for @{$how->{urgent} // []};
		$wrong = wrong(traffic(10, @side), @side);
	}
	my $ended = finish($name, $wrong ? 0.1 : 5);
	my $status = $ended ? status_of($name) : 'running';
	stop($name) unless $ended;
	is("$wrong, status $status", ', status 0', "$what: all is whole") or
	    diag("TEST_SEED=$seed, run $runs\n", slurp("$T/$name.err"));
	unlink "$T/near";
	my $trace = trace_whole($name);
	cmp_ok($trace->{lines}, '<', 6000, '... nothing spins');
	return $trace;
}

my $splices = !portable();
# That splice moved more than so much in the ways named, where there is one
sub spliced {
	my ($trace, $least, $name, @ways) = @_;
	my @moved = map { sum0 @{$trace->{$_}} } @ways;
	return $splices ? cmp_ok(min(@moved), '>', $least, $name) :
	    is(max(@moved), 0, '... without splice');
}

# Whether some call was made to fail; those of the kind that is asked for
sub was_hit {
	my ($trace, $like, $name) = @_;
	my $n = grep { /$like/ } @{$trace->{hit}};
	cmp_ok($n, '>', 0, $name // "... it did happen ($n)");
	return $n;
}

# No faults, and where in a run the pipe is made
my %first;
for my $pair (@pairs) {
	my $t = $first{$pair} = carries('no faults', $pair);
	spliced($t, 200_000, '... by splice', 'in', 'out');
	is(sum0(@{$t->{in}}), sum0(@{$t->{out}}), '... in and out');
	cmp_ok($t->{large}, '>', 0, '... through a large pipe') if $splices;
	is(@{$t->{hit}}, 0, '... and nothing was made to fail');
}

# What -b says is the most that is moved at once, and a small one needs no pipe.
for my $size (8192, 20_000, 65_536) {
	my $t = carries({ as => [$RELAY, '-b', $size] }, "-b $size", 'TCP TCP');
	spliced($t, 100_000, '... by splice', 'in', 'out');
	cmp_ok(max(0, map { @{$t->{$_}} } qw(in out drained)), '<=', $size,
	    '... no more than that at once');
}
{
	my $t = carries({ as => [$RELAY, '-b', 4096] }, '-b 4096', 'TCP TCP');
	is(sum0(@{$t->{in}}), 0, '... without splice');
}

# Errors of splice: for good, and for a moment
my @wanted = !$splices ? () : (
	map({ my $e = $_; map { [$e, $_] } qw(1 2 3 4 7 5+3 1+) }
	    qw(EINVAL ENOSYS EPERM)),
	map({ my $e = $_; map { [$e, $_] } qw(1 2 5 1+2 2+2 1+3 2+3 3+7) }
	    qw(EAGAIN EINTR ENOMEM)),
);
my (%seen, @held, $drained);
for my $i (0 .. $#wanted) {
	my ($error, $when) = @{$wanted[$i]};
	my $pair = $pairs[($i + int $i / @pairs) % @pairs];
	my $t = carries("splice gives $error at $when", $pair,
	    "splice:error=$error:when=$when");
	was_hit($t, qr/splice.*$error/);
	if ($when ne '1' && $when ne '1+') {
		cmp_ok(sum0(@{$t->{in}}), '>', 0, '... and splice was used');
	}
	$seen{"$error $_"} += @{$t->{"hit_$_"}} for qw(in out);
	next unless $error =~ /EINVAL|ENOSYS|EPERM/;
	push @held, @{$t->{hit_out}};
	# What the pipe held is read from it, all of it, and nothing else.
	is(sum0(@{$t->{out}}, @{$t->{drained}}), sum0(@{$t->{in}}),
	    '... the pipe is emptied');
	$drained = max($drained // 0, scalar @{$t->{drained}});
}
for my $error ($splices ? qw(EINVAL ENOSYS EPERM EAGAIN EINTR ENOMEM) : ()) {
	cmp_ok($seen{"$error in"}, '>', 0, "$error came on the way in");
	cmp_ok($seen{"$error out"}, '>', 0, "$error came on the way out");
}
cmp_ok(max(@held), '>', 65536, 'once with more in the pipe than one read ' .
    'takes (' . max(@held) . ')') if $splices;
cmp_ok($drained, '>', 1, '... which took some') if $splices;

# No pipe, or no large one: of the first direction, or of both
for my $pair ($splices ? @pairs : ()) {
	my $at = $first{$pair}{pipe};
	for my $row (['EMFILE', $at], ['ENFILE', "$at+"]) {
		my ($error, $when) = @$row;
		my $t = carries("pipe2 gives $error at $when", $pair,
		    "pipe2:error=$error:when=$when");
		was_hit($t, qr/pipe2.*O_NONBLOCK.*$error/);
		is(sum0(@{$t->{in}}), 0, '... and splice was not used')
		    if $when =~ /\+/;
	}
	$at = $first{$pair}{size};
	my $next = $at + 1;
	for my $row (['EPERM', $at], ['EBUSY', "$at..$next"]) {
		my ($error, $when) = @$row;
		my $t = carries("fcntl gives $error at $when", $pair,
		    "fcntl:error=$error:when=$when");
		was_hit($t, qr/F_SETPIPE_SZ.*$error/);
		cmp_ok(sum0(@{$t->{in}}), '>', 0, '... and splice was used');
	}
}

# A user who has as many pipe buffers as may be, pipe(7): what relay makes is
# of two pages then.
SKIP: {
	my $soft = '/proc/sys/fs/pipe-user-pages-soft';
	skip_or_fail('needs root', 1) if $> != 0;
	skip_or_fail("no limit in $soft", 1) unless slurp($soft) > 0;
	copy($RELAY, "$T/relay") or die "$T/relay: $!";
	chmod 0755, "$T/relay";
	my $hog = q{$^F = 1000; $( = $) = 61234; $< = $> = 61234;
	    while (@all < 900) { pipe my $r, my $w or die;
	    push @all, $r, $w; fcntl $w, 1031, 1 << 20 or last }
	    exec @ARGV};
	my $t = carries({ as => [$^X, '-e', $hog, "$T/relay"] },
	    'no more room for pipes', 'TCP TCP');
	spliced($t, 200_000, '... by splice', 'in');
	cmp_ok(max(0, @{$t->{in}}), '<=', 16384, '... through a small pipe');
}

# splice(2) stops at urgent data as if it were the end, and goes on behind.
for my $pair ('TCP TCP', 'UNIX TCP') {
	for my $urgent ([0], [1], [0, 1]) {
		my @side = grep { $pair eq 'TCP TCP' || $_ == 1 } @$urgent;
		next if @side < @$urgent;
		my $t;
		# It may come while splice has not begun, or near the end.
		for (1 .. 6) {
			$t = carries({ urgent => \@side },
			    "urgent data of @side", $pair);
			last if $t->{resumed} >= @side || !$splices;
		}
		cmp_ok($t->{resumed}, '>=', @side, '... splice had stopped')
		    if $splices;
	}
}

# A listener that forks, for many connections
sub forking {
	my ($options, @inject) = @_;
	again();
	my ($name, $pid) = traced({ follow => 1 }, \@inject,
	    "TCP4-LISTEN:0,fork$options", "TCP4:127.0.0.1:$target");
	return ($name, $pid, port($name));
}

sub sides {
	my ($name, $port) = @_;
	my $s = tcp_connect($port) or return;
	my $far = accept_in($server, $name, 5) or return;
	return map { { in => $_, out => $_ } } $s, $far;
}

# What fits into the first buffers has no pipe, in one piece or in many
{
	my ($name, $pid, $port) = forking('');
	my @sizes = (0, 1, 512, 1023 .. 1025, 2047 .. 2049, 40_000);
	for my $size (@sizes) {
		my @side = sides($name, $port);
		$_->{send} = stretch($size) for @side;
		is(wrong(traffic(5, @side), @side), '', "$size bytes");
	}
	my ($s, $far) = map { $_->{in} } sides($name, $port);
	for my $size (map { between(1, 1024) } 1 .. 20) {
		my $bytes = stretch($size);
		send_all($s, $bytes);
		is_short(read_all($far, 5, $size), $bytes, "then $size bytes");
		send_all($far, $bytes);
		is_short(read_all($s, 5, $size), $bytes, '... and back');
	}
	is(stop($name), 143, '... ends on TERM');
	close $_ for $s, $far;
	is(trace_whole($name)->{most}, 0, '... no pipe was made');
}

sub pipes_of {
	return join ' ', map { scalar grep { /^pipe:/ } values %{fds($_)} } @_;
}

# Children that serve one after the other have no use for what one left
for my $inject ('', $splices ? ('splice:error=EINVAL:when=5+11',
    'splice:error=EAGAIN:when=2+5', 'pipe2:error=EMFILE:when=2+3',
    'fcntl:error=EPERM:when=4+5') : ()) {
	my ($name, $pid, $port) = forking(',pool=2', $inject || ());
	wait_for(sub { kids($pid) == 2 }, 5);
	my @kids = kids($pid);
	# A new child first closes what is its parent's.
	wait_for(sub { pipes_of(@kids) =~ /^(\d+) \1$/ }, 5);
	my $before = pipes_of(@kids);
	for my $round (1 .. 3) {
		my @all = map { sides($name, $port) } 1 .. 3;
		$_->{send} = stretch(between(1, 700_000)) for @all;
		my $done = traffic(10, @all);
		is(join('', map { wrong($done, @all[$_, $_ + 1]) } 0, 2, 4),
		    '', "pool=2 $inject: all is whole, round $round");
	}
	ok(wait_for(sub { pipes_of(@kids) eq $before }, 5),
	    '... no pipe is left') or diag(pipes_of(@kids), " not $before");
	is(stop($name), 143, '... ends on TERM');
	my $t = trace_whole($name);
	cmp_ok($t->{most}, '>', 2, '... one served more than one')
	    if $splices;
	spliced($t, 0, '... by splice', 'in');
	was_hit($t, $inject =~ /^(\w+)/) if $inject;
}

# A reset that a write is the first to learn of: what the read after it finds
# is an end of file, and none.
for my $turn (0, 1) {
	my ($name, $pid, $port) = forking('',
	    'sendto:error=ECONNRESET:when=2');
	my ($cut, $kept) = map { $_->{in} } sides($name, $port);
	($cut, $kept) = ($kept, $cut) if $turn;
	send_all($cut, 'hello');
	is(read_all($kept, 5, 5), 'hello', 'before a reset');
	send_all($kept, 'lost');
	ok(wait_for(sub { @{trace($name)->{hit}} }, 5),
	    '... which writing to the ' . ($turn ? 'target' : 'client') .
	    ' finds');
	close $cut;
	ok(IO::Select->new($kept)->can_read(5), '... the other learns of it');
	ok(!defined sysread($kept, my $got, 5) && $!{ECONNRESET},
	    '... as a reset');
	ok(wait_for(sub { kids($pid) == 0 }, 5), '... no child is left');
	like(slurp("$T/$name.err"), qr/reset by @{[$turn ? 'B' : 'A']}\n/,
	    '... and the log tells');
	is(stop($name), 143, '... ends on TERM');
	trace_whole($name);
}

# Resets: what came is what was sent up to there, and then comes the reset;
# to who was told of the end before it is EPIPE, tcp(7).
for my $inject ('', $splices ? ('splice:error=EINVAL:when=4',
    'splice:error=EINVAL:when=5', 'splice:error=EAGAIN:when=2+3',
    'pipe2:error=ENFILE:when=1+') : ()) {
	my ($name, $pid, $port) = forking('', $inject || ());
	for my $turn (0 .. 7) {
		my @side = sides($name, $port);
		my ($cut, $kept) = @side[$turn & 1, ~$turn & 1];
		$cut->{send} = stretch(2_000_000);
		$kept->{send} = $stock x 3;
		$kept->{send} = '' if $turn >> 1 == 1;
		$cut->{send} = '' if $turn >> 1 == 2;
		$cut->{cut} = between(100_000, 1_500_000);
		my $what = join ', ', 'reset by ' .
		    ($turn & 1 ? 'target' : 'client'),
		    $cut->{send} eq '' ? 'who only reads' :
		    $kept->{send} eq '' ? 'who only sends' : (),
		    $inject || ();
		ok(traffic(10, @side), "$what: the other learns of it");
		my $got = length $kept->{got};
		is(sha256_hex($kept->{got}),
		    sha256_hex(substr $cut->{send}, 0, $got),
		    "... what came is right ($got bytes)");
		cmp_ok($got, '<=', $cut->{sent}, '... not more than was sent');
		my ($error) = map { $! = $_; "$!" } $kept->{error} ||
		    $kept->{fault};
		like($error, $cut->{send} eq '' ? qr/reset by|Broken pipe/ :
		    qr/reset by/, '... as a reset') or
		    diag("TEST_SEED=$seed, run $runs, turn $turn\n",
		    slurp("$T/$name.err") =~ s/.*\n(?=(?:.*\n){12})//sr);
		ok(wait_for(sub { kids($pid) == 0 }, 5), '... no child is left');
		@side = sides($name, $port);
		$_->{send} = stretch(between(0, 50_000)) for @side;
		is(wrong(traffic(5, @side), @side), '', '... the next is whole');
	}
	ok(wait_for(sub { kids($pid) == 0 }, 5), '... nobody is left');
	is(stop($name), 143, '... and ends on TERM');
	my $t = trace_whole($name);
	spliced($t, 0, '... splice was used', 'in') unless $inject =~ /pipe/;
	was_hit($t, $inject =~ /^(\w+)/) if $inject;
}
tests_done();
