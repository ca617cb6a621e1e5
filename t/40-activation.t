#!/usr/bin/perl
# LISTEN_FDS: a socket that fits an address is taken over, one that an address
# names (ACCEPT-FD, FD, either half of A!!B, any pair) is that address's, one
# that nobody serves is said and closed, and anything else is left alone.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;

my $as_child = 'LISTEN_PID=$$ exec "$@"';

# activated NAME, [HANDLES], CMD...: begin as systemd does it
sub activated {
	my ($name, $keep, @command) = @_;
	my $how = ref $command[0] eq 'HASH' ? shift @command : {};
	return begin({ %$how, keep => $keep, env => {
	    LISTEN_FDS => scalar @$keep, LISTEN_FDNAMES => 'some:names' } },
	    $name, 'sh', '-c', $as_child, 'sh', @command);
}

sub number { (unpack_sockaddr_in(getsockname $_[0]))[0] }

# echoes PORT: whether a client gets its bytes back
sub echoes {
	my ($port) = @_;
	my $s = tcp_connect($port);
	send_all($s, 'hello');
	my $got = read_all($s, 10, 5);
	return $got;
}

# warned NAME: what it said of descriptors
sub warned {
	my ($name) = @_;
	return join "\n", slurp("$T/$name.err") =~
	    /^\S+ \S+ \S+\[\d+\] ([WE] .*)$/mg;
}

sub holds { readlink("/proc/$_[0]/fd/$_[1]") // '' }

my $fits = 'fits no address';

# One socket, named
for my $fork ('', ',fork') {
	my $l = tcp_listen();
	activated("accept$fork", [$l], $RELAY, '-d', '-d', "ACCEPT-FD:3$fork",
	    'PIPE');
	is(echoes(number($l)), 'hello', "ACCEPT-FD:3$fork serves");
	stop("accept$fork");
	is(warned("accept$fork") =~ s/W exiting.*//r, '',
	    '... and nothing is said of it');
}
{
	my $l = tcp_listen();
	my $c = tcp_connect(number($l));
	accept(my $s, $l);
	activated('connected', [$s], $RELAY, '-d', 'FD:3', 'PIPE');
	close $s;
	send_all($c, 'hello');
	is(read_all($c, 10, 5), 'hello', 'FD:3, a connection');
	shutdown $c, 1;
	finish('connected');
	is(status_of('connected'), 0, '... ends well');
	is(warned('connected'), '', '... and nothing is said of it');
}

# Both halves of a dual address, and the second address
{
	pipe my $r, my $to;
	pipe my $from, my $w;
	activated('dual', [$r, $w], $RELAY, '-d', 'FD:3!!FD:4', 'PIPE');
	close $_ for $r, $w;
	syswrite $to, 'hello';
	is(read_all($from, 10, 5), 'hello', 'FD:3!!FD:4');
	close $to;
	finish('dual');
	is_deeply([status_of('dual'), warned('dual')], [0, ''],
	    '... ends well');
	pipe $r, $to;
	my ($status, $out) = do {
		syswrite $to, 'given';
		close $to;
		activated('second', [$r], $RELAY, '-d', '-U', '-', 'FD:3');
		finish('second');
		(status_of('second'), slurp("$T/second.out"));
	};
	is_deeply([$status, $out, warned('second')], [0, 'given', ''],
	    'FD:3 as the second address');
}

# Beside one that is named: another that fits, a third that fits nothing
{
	my @l = map { tcp_listen() } 1 .. 3;
	my $pid = activated('three', \@l, $RELAY, '-d', '-d',
	    '-t', 10, 'ACCEPT-FD:4,fork', 'PIPE', 'TCP4-LISTEN:' . number($l[0]) .
	    ',fork', 'SYSTEM:echo first');
	is(echoes(number($l[1])), 'hello', 'several pairs: one that is named');
	my $s = tcp_connect(number($l[0]));
	shutdown $s, 1;
	is(read_all($s, 10), "first\n", '... one that fits');
	my @port = map { number($_) } @l;
	close $_ for @l;
	ok(!IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port[2]"),
	    '... a client of the third is refused, not left to hang');
	is(stop('three'), 0, '... ends well');
	is(warned('three'), "W handed down descriptor 5 $fits",
	    '... and it is said');
}

# A second ListenStream does not touch the first
for my $order (0, 1) {
	my @l = map { tcp_listen() } 1 .. 2;
	my ($mine, $extra) = $order ? @l[1, 0] : @l;
	activated("extra$order", \@l, $RELAY, '-d', 'TCP4-LISTEN:' .
	    number($mine) . ',fork', 'PIPE');
	is(echoes(number($mine)), 'hello', 'an added socket: the other ' .
	    'serves');
	my $port = number($extra);
	close $_ for @l;
	ok(!IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port"),
	    '... its own client is refused');
	stop("extra$order");
	is(warned("extra$order") =~ s/\nW exiting.*//r,
	    'W handed down descriptor ' . ($order ? 3 : 4) . " $fits",
	    '... and it is said');
}
{
	my $l = tcp_listen();
	socket my $u, AF_INET, SOCK_DGRAM, 0;
	bind $u, pack_sockaddr_in(0, INADDR_LOOPBACK);
	my $x = unix_listen("$T/stray");
	my $pid = activated('kinds', [$u, $x, $l], $RELAY, '-d',
	    'TCP4-LISTEN:' . number($l) . ',fork', 'PIPE');
	is(echoes(number($l)), 'hello', 'sockets of other kinds');
	is(holds($pid, 3) . holds($pid, 4), '', '... are closed');
	stop('kinds');
	is(warned('kinds') =~ s/\nW exiting.*//r, join("\n", map
	    "W handed down descriptor $_ $fits", 3, 4), '... and it is said');
}

# Of a unix socket the name fits, be it one of the kernel's, and the type
for my $kind (SOCK_DGRAM, SOCK_STREAM) {
	my $name = substr $T, 1;
	socket my $l, AF_UNIX, $kind, 0;
	bind $l, abstract_address("\@$name");
	listen $l, 5;
	activated('unix', [$l], $RELAY, '-d', '-d', 'UNIX-LISTEN:other,fork',
	    'PIPE', "ABSTRACT-LISTEN:$name,fork", 'SYSTEM:echo abstract',
	    "ABSTRACT-RECVFROM:$name,fork", 'SYSTEM:echo packet');
	wait_for(sub { slurp("$T/unix.err") =~ /\(handed down as 3\)/ });
	socket my $s, AF_UNIX, $kind, 0;
	bind $s, abstract_address("\@$name.client");
	connect $s, abstract_address("\@$name");
	syswrite $s, 'x';
	is(read_all($s, 10, 7), $kind == SOCK_DGRAM ? "packet\n" :
	    "abstract\n", "an abstract name, type $kind");
	stop('unix');
}
unlink 'other';

# A port is no descriptor: ACCEPT-FD:N does not take a socket at port N
{
	my $l = tcp_listen();
	my $port = number($l);
	activated('port', [$l], $RELAY, '-d', "ACCEPT-FD:$port", 'PIPE');
	finish('port');
	is_deeply([status_of('port'), warned('port')], [1,
	    "E file descriptor $port: Bad file descriptor"],
	    'ACCEPT-FD:N is no port');
}

# Anything else is left alone: a file, a connection, what is another's
{
	my $l = tcp_listen();
	spew("$T/file", 'content');
	open my $f, '<', "$T/file";
	socketpair my $near, my $far, AF_UNIX, SOCK_STREAM, 0;
	my $pid = activated('else', [$f, $near, $l], $RELAY, '-d',
	    'TCP4-LISTEN:' . number($l) . ',fork',
	    'OPEN:/proc/self/fd/3,rdonly');
	my $s = tcp_connect(number($l));
	is(read_all($s, 10, 7), 'content', 'a file is left alone');
	like(holds($pid, 4), qr/^socket:/, '... and a connection');
	stop('else');
	is(warned('else') =~ s/W exiting.*//r, '', '... without a warning');
}
{
	my ($l, $other) = (tcp_listen(), tcp_listen());
	my $pid = begin({ keep => [$l, $other], env => { LISTEN_FDS => 2,
	    LISTEN_PID => $$ } }, 'another', $RELAY, '-d', 'ACCEPT-FD:3,fork',
	    'PIPE');
	is(echoes(number($l)), 'hello', 'LISTEN_PID of another: named');
	like(holds($pid, 4), qr/^socket:/, '... the rest is left alone');
	stop('another');
	is(warned('another') =~ s/W exiting.*//r, '', '... without a warning');
}
for my $count (0, -1, 'x', 99999, '') {
	my $l = tcp_listen();
	my $pid = begin({ keep => [$l], env => { LISTEN_FDS => $count } },
	    'wrong', 'sh', '-c', $as_child, 'sh', $RELAY, '-d',
	    'ACCEPT-FD:3,fork', 'PIPE');
	is(echoes(number($l)), 'hello', "LISTEN_FDS='$count'");
	stop('wrong');
}

# Programs do not see the variables
{
	my $l = tcp_listen();
	activated('program', [$l], $RELAY, '-d', 'ACCEPT-FD:3',
	    'SYSTEM:env | grep ^LISTEN_; ls /proc/self/fd | wc -l');
	my $s = tcp_connect(number($l));
	is(read_all($s, 10), "4\n", 'a program has neither variables nor it');
	stop('program');
}

# --links and LISTEN_FDS
{
	my $target = tcp_listen();
	my @l = map { tcp_listen() } 1 .. 2;
	my $port = number($l[0]);
	my $pid = activated('links', \@l, { }, 'env',
	    "REDIS_PORT_${port}_TCP=tcp://127.0.0.1:" . number($target),
	    $RELAY, '-d', '-d', '--links=REDIS');
	my $s = tcp_connect($port);
	my $t = accept_in($target, 'links');
	send_all($t, 'from redis');
	is(read_all($s, 10, 10), 'from redis', '--links takes its socket');
	my $extra = number($l[1]);
	close $_ for @l;
	ok(!IO::Socket::INET->new(PeerAddr => "127.0.0.1:$extra"),
	    '... and closes the other');
	close $_ for $s, $t;
	is(stop('links'), 0, '... ends well');
	is(warned('links'), "W handed down descriptor 4 $fits",
	    '... and says so');
}

# Called as socat it knows nothing of this, and named is named
{
	symlink $RELAY, "$T/socat";
	my @l = map { tcp_listen() } 1 .. 2;
	my $pid = activated('socat', \@l, "$T/socat", '-d', 'ACCEPT-FD:3,fork',
	    'PIPE');
	is(echoes(number($l[0])), 'hello', 'socat: ACCEPT-FD:3');
	like(holds($pid, 4), qr/^socket:/, '... and no other is touched');
	stop('socat');
}
tests_done();
