#!/usr/bin/perl
# A log that nobody takes (a full pipe, socket or terminal as stderr, with
# -d -d -d -d) keeps no listener from serving, for each way to serve, nor from
# ending when it is told to; how many lines were lost is said once somebody
# reads on.  The same of a syslog daemon that stands still.  A transfer without a listener waits, as socat does, but its end
# by a signal does not.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Fcntl;
use IO::Select;
use IO::Socket::INET;
use Relay;
use Socket qw(:all);
use Test::More;
use Time::HiRes qw(time);

symlink $RELAY, "$T/socat" or die "symlink: $!";

# A pair of which the one end is stderr; nothing more goes into it.
sub full {
	my ($kind) = @_;
	my ($in, $out);
	if ($kind eq 'pipe') {
		pipe $in, $out or die "pipe: $!";
	} elsif ($kind eq 'socket') {
		socketpair $in, $out, AF_UNIX, SOCK_STREAM, 0 or die "$!";
	} else {
		my ($no, $n) = (pack('i', 0), pack('i', 0));
		sysopen $in, '/dev/ptmx', O_RDWR | O_NOCTTY or die "ptmx: $!";
		ioctl $in, 0x40045431, $no or die "TIOCSPTLCK: $!";
		ioctl $in, 0x80045430, $n or die "TIOCGPTN: $!";
		sysopen $out, '/dev/pts/' . unpack('i', $n),
		    O_RDWR | O_NOCTTY or die "pts: $!";
	}
	fill($out);
	return ($in, $out);
}

# By the descriptor itself, whose flag is taken back: it is relay's as well.
sub fill {
	my ($out) = @_;
	my $flags = fcntl $out, F_GETFL, 0;
	fcntl $out, F_SETFL, $flags | O_NONBLOCK;
	for my $size (1000, 1) {
		1 while defined syswrite $out, "\n" x $size;
	}
	fcntl $out, F_SETFL, $flags;
}

# What can be read, until something matches or time is over.
sub taken {
	my ($in, $pattern, $seconds) = @_;
	my ($text, $until) = ('', time + $seconds);
	while ($text !~ $pattern && time < $until) {
		next unless IO::Select->new($in)->can_read(0.1);
		sysread $in, $text, 65536, length $text or last;
	}
	return $text;
}

# One client: the words that it has back.
sub served {
	my ($peer) = @_;
	my ($kind, $port) = $peer =~ /^(...).*?(\d*)$/;
	my $s = $kind eq 'UNI' ? unix_connect("$T/s") :
	    $kind eq 'TCP' ? tcp_connect($port) :
	    IO::Socket::INET->new(Proto => 'udp',
	    PeerAddr => "127.0.0.1:$port");
	return "connect: $!" unless $s && send_all($s, "hello\n");
	return read_all($s, 5, 6);
}

my $lost = qr/ W (\d+) lines of the log are lost: nobody took them in time\r?\n/;

# [what, the command's end, what a client connects to]
sub ways {
	my $p = free_port();
	return (
	    ['fork', ["TCP4-LISTEN:$p,bind=127.0.0.1,fork", 'PIPE'],
		"TCP4:127.0.0.1:$p"],
	    ['pool', ["TCP4-LISTEN:$p,bind=127.0.0.1,pool=2", 'PIPE'],
		"TCP4:127.0.0.1:$p"],
	    ['UDP', ["UDP4-LISTEN:$p,bind=127.0.0.1,fork", 'PIPE'],
		"UDP4:127.0.0.1:$p"],
	    ['unix', ["UNIX-LISTEN:$T/s,fork", 'PIPE'], "UNIX:$T/s"],
	    ['links', ["TCP4-LISTEN:$p,bind=127.0.0.1,fork", 'PIPE',
		"UNIX-LISTEN:$T/s,fork", 'PIPE'], "TCP4:127.0.0.1:$p"],
	    ['drain', ['--drain=1', "TCP4-LISTEN:$p,bind=127.0.0.1,fork",
		'PIPE'], "TCP4:127.0.0.1:$p"],
	);
}

sub listens {
	my ($peer) = @_;
	my ($kind, $port) = $peer =~ /^(...).*:(\d+)$/;
	return slurp('/proc/net/unix') =~ m{ 00010000 .* \Q$T\E/s$}m
	    unless defined $port;
	return `ss -Hln${\ lc substr $kind, 0, 1} 'sport = :$port'` ne '';
}

sub try_one {
	my ($kind, $program, $way) = @_;
	my ($what, $words, $peer) = @$way;
	my ($in, $out) = full($kind);
	my $name = "$program: $what with a full $kind as stderr";
	begin({ stderr => $out }, 'l', $program eq 'socat' ? "$T/socat" :
	    $RELAY, '-d', '-d', '-d', '-d', @$words);
	wait_for(sub { listens($peer) }, 10);
	is(join('', map { served($peer) } 1 .. 3), "hello\n" x 3,
	    "$name serves");
	my $text = taken($in, qr/(?!)/, 0.3);
	# A terminal takes on what it can when it likes; of a pool, the next
	# client may be of a child that lost nothing.
	for (my $until = time + 10; $text !~ $lost && time < $until;) {
		served($peer);
		$text .= taken($in, $lost, 0.5);
		last if $kind eq 'terminal';
	}
	like($text, $lost, "$name: what was lost is counted")
	    unless $kind eq 'terminal';
	fill($out);
	is(stop('l', 'TERM'), $what =~ /links|drain/ ? 0 : 143, "$name ends at TERM");
}

for my $kind (qw(pipe socket terminal)) {
	try_one($kind, 'relay', $_) for ways();
}
try_one('pipe', 'socat', $_) for grep { $_->[0] =~ /fork|UDP/ } ways();

# A transfer alone: its line waits for a reader, TERM does not.
{
	my ($in, $out) = full('pipe');
	pipe my $stdin, my $w or die;
	begin({ stderr => $out, stdin => $stdin }, 't', $RELAY, '-d', '-d',
	    '-', 'PIPE');
	like(taken($in, qr/starting data transfer loop/, 10),
	    qr/starting data transfer loop/, 'a transfer loses no line');
	fill($out);
	is(stop('t', 'TERM'), 143, 'a transfer with a full stderr ends at TERM');
}

# syslog(3) waits for room in the daemon's queue.  In a /dev of its own, with
# all that relay opens there; and once more with any look for room so long
# before what follows it that another process takes that room.
for my $late ([], [qw(strace -D -f -qq -o /dev/null -e trace=poll
    -e inject=poll:delay_exit=100000)]) {
SKIP: {
	my $name = 'syslog that stands still' . (@$late ? ', slowly' : '');
	skip_or_fail(3, 'needs root and a /dev of its own') if $> != 0 ||
	    system('unshare -m true 2>/dev/null') != 0;
	skip_or_fail(3, 'strace cannot delay calls') if @$late &&
	    system(@$late, 'true') != 0;
	socket my $log, AF_UNIX, SOCK_DGRAM, 0 or die "socket: $!";
	unlink "$T/log";
	bind $log, pack_sockaddr_un("$T/log") or die "bind: $!";
	my $p = free_port();
	begin('syslog', 'unshare', '-m', 'sh', '-c', 'exec 9<>/dev/null &&
	    mount -t tmpfs none /dev && : >/dev/null &&
	    mount --bind /proc/self/fd/9 /dev/null && ln -s "$T/log" /dev/log &&
	    exec "$@" 9>&-', 'sh', @$late, $RELAY, '-d', '-d', '-ly',
	    "TCP4-LISTEN:$p,bind=127.0.0.1,fork", 'PIPE');
	wait_for(sub { listens("TCP4:127.0.0.1:$p") }, 10);
	is(join('', map { served("TCP4:127.0.0.1:$p") } 1 .. 6),
	    "hello\n" x 6, "$name: clients are served");
	my $text = '';
	for (my $until = time + 10; $text !~ $lost && time < $until;) {
		while (IO::Select->new($log)->can_read(0.2)) {
			recv $log, my $line, 9000, 0;
			$line =~ s/\0//g;	# musl sends one
			$text .= "$line\n";
		}
		served("TCP4:127.0.0.1:$p");
	}
	like($text, qr/^<28>.*:$lost/m, '... what was lost is counted');
	is(stop('syslog', 'TERM'), 143, '... TERM ends it');
}
}
tests_done();
