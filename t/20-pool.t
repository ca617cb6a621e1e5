#!/usr/bin/perl
# pool=N: N children that serve one connection after another. Each is still a
# process of its own; one that dies is replaced; helpers come when all are busy
# with what lasts, and leave; max-children, range, su and accept-timeout mean
# what they mean without it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Digest::MD5 qw(md5_hex);
use IO::Select;
use Relay;
use Socket qw(:all);
use Test::More;

my $listen = 'TCP4-LISTEN:0,bind=127.0.0.1,fork,reuseaddr';
my $serial = 0;

# pool OPTIONS, TARGET, FLAGS...: (name, pid, port)
sub pool {
	my ($options, $target, @flags) = @_;
	my $name = 'pool' . ++$serial;
	my $pid = begin($name, $RELAY, '-d', '-d', @flags,
	    "$listen,$options", $target);
	return ($name, $pid, port($name));
}

sub echoes {
	my ($s, $text) = @_;
	send_all($s, $text);
	return read_all($s, 5, length $text) eq $text;
}

# Which children there are, once there are so many.
sub kids_be {
	my ($pid, $n, $seconds) = @_;
	my @kids;
	wait_for(sub { (@kids = kids($pid)) == $n && !zombies($pid) },
	    $seconds // 5);
	return join ' ', @kids;
}

sub kids_count { return scalar(my @all = split ' ', kids_be(@_)) }

# An echo server of our own: PIPE would be one in each child.
my $echo = "$T/echo";
begin('echo', $RELAY, "UNIX-LISTEN:$echo,fork", 'PIPE');
ok(wait_for(sub { -S $echo }, 5), 'there is an echo server');

# The same children, again and again
{
	my ($name, $pid, $port) = pool('pool=2', "UNIX:$echo");
	my $before = kids_be($pid, 2);
	is(scalar(split ' ', $before), 2, 'two children wait');
	my $good = 0;
	for my $i (1 .. 200) {
		my $s = tcp_connect($port) or next;
		$good += echoes($s, "number $i\n");
		close $s;
	}
	is($good, 200, '200 connections, one after another, are served');
	is(kids_be($pid, 2), $before, '... by the same two children');

	my ($victim) = split ' ', $before;
	kill 'KILL', $victim;
	ok(wait_for(sub { !grep { $_ == $victim } kids($pid) }, 5),
	    'a child that is killed is gone');
	is(kids_count($pid, 2), 2, '... and replaced');
	$good = grep { echoes(tcp_connect($port), "after $_\n") } 1 .. 20;
	is($good, 20, '... and all are served as before');
	is(stop($name), 143, 'the listener ends on TERM');
	ok(wait_for(sub { !grep { -d "/proc/$_" } split ' ', $before }, 5),
	    '... and its children with it');
}

# More at once than there are children, and afterwards
{
	my ($name, $pid, $port) = pool('pool=2', "UNIX:$echo");
	my $first = kids_be($pid, 2);
	my @s = map { tcp_connect($port) } 1 .. 7;
	is(scalar(grep { echoes($s[$_], "number $_\n") } 0 .. 6), 7,
	    'seven connections at once have an answer each');
	cmp_ok(scalar(my @kids = kids($pid)), '>=', 7, '... a process each');
	ok(echoes($s[$_], "again\n"), "... number $_ lives on") for 0, 6;
	close $_ for @s;
	is(kids_be($pid, 2, 10), $first,
	    'the helpers leave when there is nothing to do');
	ok(echoes(tcp_connect($port), 'hello'), '... and the pool serves on');
	stop($name);
}

# A child that never rests, and one whose target does not answer: both have a
# connection that lasts.
{
	my ($name, $pid, $port) = pool('pool=1', "UNIX:$echo");
	my $busy = tcp_connect($port);
	my $feeder = fork // die "fork: $!";
	if ($feeder == 0) {
		send_all($busy, 'x' x 65536) while 1;
	}
	my $drainer = fork // die "fork: $!";
	if ($drainer == 0) {
		1 while sysread $busy, my $got, 65536;
		POSIX::_exit(0);
	}
	ok(echoes(tcp_connect($port), 'hello'),
	    'a stream without a pause keeps nobody else out');
	kill 'KILL', $feeder, $drainer;
	waitpid $_, 0 for $feeder, $drainer;
	close $busy;
	stop($name);
}
{
	# A backlog of 0 that is full: more are not even refused.
	socket my $deaf, AF_INET, SOCK_STREAM, 0 or die "socket: $!";
	bind $deaf, pack_sockaddr_in(0, INADDR_LOOPBACK) or die "bind: $!";
	listen $deaf, 0 or die "listen: $!";
	my ($to) = unpack_sockaddr_in(getsockname $deaf);
	my @fill = map { my $s;
	    socket $s, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0;
	    connect $s, pack_sockaddr_in($to, INADDR_LOOPBACK); $s } 1 .. 4;
	my ($name, $pid, $port) = pool('pool=1', "TCP4:127.0.0.1:$to");
	my @s = map { tcp_connect($port) } 1 .. 3;
	ok(wait_for(sub { 3 == grep { /accepting connection/ }
	    split /\n/, slurp("$T/$name.err") }, 5),
	    'connections that are not made yet keep nobody else out');
	is(kids_count($pid, 3), 3, '... and a helper too many leaves');
	stop($name);
}

# Many at once, with data
{
	my ($name, $pid, $port) = pool('pool=3', "UNIX:$echo");
	my @bytes = map { noise(20_000 + 3_000 * $_) } 0 .. 39;
	my @side = map { my $s = tcp_connect($port);
	    { in => $s, out => $s, send => $_ } } @bytes;
	ok(exchange(30, @side), 'forty connections with data end');
	is(scalar(grep { md5_hex($side[$_]{got}) eq md5_hex($bytes[$_]) }
	    0 .. $#side), 40, '... and each got its own bytes');
	stop($name);
}

# One child whose connections to a TCP target end in every way there is: it
# uses the socket of one that ended in order again, and no other; each finds
# the target anew, whatever the last one was. The first byte tells the target.
{
	my $server = tcp_listen();
	my ($to) = unpack_sockaddr_in(getsockname $server);
	my $long = noise(90_000);
	my %behave = (
		e => sub { my ($c) = @_; my $got;
		    send_all($c, $got) while sysread $c, $got, 65536 },
		h => sub { my $got = read_all($_[0], 10);
		    send_all($_[0], md5_hex($got) . $long) },
		t => sub { send_all($_[0], 'bye') },
		r => sub { setsockopt $_[0], SOL_SOCKET, SO_LINGER,
		    pack 'ii', 1, 0 },
	);
	my $target = fork // die "fork: $!";
	if ($target == 0) {
		while (accept my $c, $server) {
			sysread $c, my $what, 1 or next;
			$behave{$what}->($c);
			close $c;
		}
		POSIX::_exit(0);
	}
	close $server;
	my %ask = (
		e => sub { my ($s, $n) = @_;
		    send_all($s, "e$n");
		    my $right = read_all($s, 5, length $n) eq $n;
		    shutdown $s, 1;
		    return $right && read_all($s, 5) eq '' },
		h => sub { my ($s) = @_;
		    send_all($s, "h$long");
		    shutdown $s, 1;
		    return read_all($s, 10) eq md5_hex($long) . $long },
		t => sub { my ($s) = @_;
		    send_all($s, 't');
		    return read_all($s, 5) eq 'bye' },
		r => sub { my ($s) = @_;
		    send_all($s, 'r');
		    return !defined sysread($s, my $got, 1) && $!{ECONNRESET} },
	);
	my $one = sub {
		my ($port, $what, $n) = @_;
		my $s = tcp_connect($port) or return 0;
		my $right = $ask{$what}->($s, $n);
		close $s;
		return $right;
	};
	my ($name, $pid, $port) = pool('pool=1', "TCP4:127.0.0.1:$to");
	my ($child) = split ' ', kids_be($pid, 1);
	is(scalar(grep { $one->($port, 'e', "number $_") } 1 .. 20), 20,
	    'twenty connections that end in order');
	my $sockets = sub {
		join ' ', sort grep { /^socket:/ } values %{fds($child)};
	};
	# POSIX has no way to connect a socket of TCP once more.
	my ($many, $few) = portable() ? ('one socket', qr/^\S+$/) :
	    ('two sockets', qr/^\S+ \S+$/);
	my $kept;
	ok(wait_for(sub { ($kept = $sockets->()) =~ $few }, 5),
	    "... after which the child has $many");
	ok($one->($port, 'e', 'one more'), '... one connection more');
	ok(wait_for(sub { $sockets->() eq $kept }, 5), '... by the same');
	my @order = map { split // } 'etehereteehheettrrehtretherhteerthe' x 3;
	my @wrong = grep { !$one->($port, $order[$_], "number $_") }
	    0 .. $#order;
	is(join(' ', map { "$_:$order[$_]" } @wrong), '',
	    'orderly, cut off, reset and long, in turn: all are as they are');
	is(kids_be($pid, 1), $child, '... by one child');
	stop($name);

	($name, $pid, $port) = pool('pool=1', "TCP4:127.0.0.1:$to,keepalive");
	($child) = split ' ', kids_be($pid, 1);
	my $before = $sockets->();
	is(scalar(grep { $one->($port, 'e', "number $_") } 1 .. 5), 5,
	    'with options');
	ok(wait_for(sub { $sockets->() eq $before }, 5),
	    '... no socket is kept');
	stop($name);
	kill 'KILL', $target;
	waitpid $target, 0;
}

# max-children
{
	my ($name, $pid, $port) = pool('pool=2,max-children=3', "UNIX:$echo");
	my @s = map { tcp_connect($port) } 1 .. 5;
	send_all($_, 'hello') for @s;
	my $look = IO::Select->new(@s);
	my %answer;
	wait_for(sub {
		$answer{fileno $_} = 1 for $look->can_read(0.02);
		return keys %answer == 3;
	}, 5);
	is(scalar(keys %answer), 3, 'max-children: three are served');
	wait_for(sub { slurp("$T/$name.err") =~ /maxchildren are active/ }, 5);
	like(slurp("$T/$name.err"), qr/maxchildren are active, waiting/,
	    '... which is said');
	is(kids_count($pid, 3), 3, '... by three processes');
	close $_ for grep { $answer{fileno $_} } @s;
	@s = grep { defined fileno $_ } @s;
	is(scalar(grep { read_all($_, 5, 5) eq 'hello' } @s), 2,
	    '... the others when those are done');
	stop($name);
}

# Whom range does not let in is no client, and ends no child.
{
	my ($name, $pid, $port) = pool('pool=2,range=127.0.0.2/32',
	    "UNIX:$echo");
	my $before = kids_be($pid, 2);
	is(scalar(grep { read_all(tcp_connect($port), 5) eq '' } 1 .. 10), 10,
	    'range: others are refused');
	socket my $s, AF_INET, SOCK_STREAM, 0 or die "socket: $!";
	bind $s, pack_sockaddr_in(0, inet_aton('127.0.0.2'));
	connect $s, pack_sockaddr_in($port, INADDR_LOOPBACK);
	ok(echoes($s, 'hello'), '... who may, is served');
	is(kids_be($pid, 2), $before, '... by the children that were there');
	stop($name);
}

SKIP: {
	skip 'only root can become another user', 3 if $> != 0;
	my ($name, $pid, $port) = pool('pool=1,su=nobody', 'SYSTEM:id -un');
	my $before = kids_be($pid, 1);
	is(read_all(tcp_connect($port), 5), "nobody\n",
	    "su: number $_ is served as nobody") for 1, 2;
	is(kids_be($pid, 1), $before, '... both by the same child');
	stop($name);
}

# What the target's options take from a process the next client's would need.
SKIP: {
	skip 'only root can become another user', 4 if $> != 0;
	mkdir $_ or die for "$T/own", "$T/jail";
	chmod 0700, "$T/own";
	symlink $echo, "$T/own/echo" or die;
	for my $option ('su=nobody', 'setgid=1,setuid=1', 'su-e=nobody',
	    "chroot=$T/jail") {
		my $to = $option =~ /su-e/ ? $echo : "$T/own/echo";
		chmod 0777, $T, $echo;
		my ($name, $pid, $port) = pool('pool=1', "UNIX:$to,$option");
		is(join('', map { echoes(tcp_connect($port), $_) ? $_ : '-' }
		    1 .. 3), '123', "the target has $option: all are served");
		stop($name);
	}
}

# What programs leave behind is reaped by the child that ran them.
{
	my ($name, $pid, $port) = pool('pool=1', 'SYSTEM:cat');
	my ($child) = split ' ', kids_be($pid, 1);
	for (1 .. 5) {
		my $s = tcp_connect($port);
		echoes($s, 'hello');
		shutdown $s, 1;
		read_all($s, 5);
	}
	is(kids_count($child, 0), 0, 'programs leave no zombies');
	stop($name);
}

# A listener that dies takes no client with it.
{
	my ($name, $pid, $port) = pool('pool=2', "UNIX:$echo");
	my $s = tcp_connect($port);
	ok(echoes($s, 'before'), 'a client is there');
	my @kids = kids($pid);
	is(stop($name, 'KILL'), 137, 'the listener is killed');
	ok(wait_for(sub { grep({ -d "/proc/$_" } @kids) == 1 }, 5),
	    '... the child without a client ends');
	# Without a signal that tells of it, who has a client looks after that.
	my $is_free = sub { ok(wait_for(sub { !tcp_connect($port) }, 5),
	    '... the port is free') };
	$is_free->() if !portable();
	ok(echoes($s, 'after'), '... the other serves its client');
	close $s;
	ok(wait_for(sub { !grep { -d "/proc/$_" } @kids }, 5),
	    '... to the end, and no longer');
	$is_free->() if portable();
}

# In order: the client that is there gets its time.
{
	my ($name, $pid, $port) = pool('pool=2', "UNIX:$echo", '--drain=10');
	my $s = tcp_connect($port);
	ok(echoes($s, 'before'), 'a client is there');
	kill 'TERM', $pid;
	ok(wait_for(sub { !tcp_connect($port) }, 5), 'TERM: none is let in');
	ok(echoes($s, 'after'), '... who is there is served on');
	ok(running($name), '... and waited for');
	close $s;
	ok(finish($name, 5), '... to the end');
	is(status_of($name), 0, '... which is a good one');
}

# Time: without a client for so long
for my $what ('accept-timeout=0.4', '--exit-idle=0.4') {
	my ($flag, $option) = $what =~ /^--/ ? ($what, '') : ('-d', ",$what");
	my ($name, $pid, $port) = pool("pool=2$option", "UNIX:$echo", $flag);
	my $s = tcp_connect($port);
	ok(echoes($s, 'hello'), "$what: a client is served");
	ok(!finish($name, 1), '... as long as it is there');
	close $s;
	ok(finish($name, 5), '... and without one it ends');
	is(status_of($name), 0, '... in order');
	is(scalar(kids($pid)), 0, '... and leaves none behind');
}

stop('echo');
tests_done();
