#!/usr/bin/perl
# Socket options of TCP, UDP, IP, IPv6 and UNIX addresses: each is given to an
# address and read back from the kernel, on the very socket that relay holds.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket qw(:all);
use Test::More;

my $tcp = tcp_listen();
my $port = (unpack_sockaddr_in(getsockname $tcp))[0];
my $tcp6 = tcp_listen('::1');
my $port6 = (unpack_sockaddr_in6(getsockname $tcp6))[0];
my $unix = unix_listen("$T/unix");

my %address = (
	tcp => "TCP4:127.0.0.1:$port",
	tcp6 => "TCP6:[::1]:$port6",
	listen => 'TCP4-LISTEN:0',
	listen6 => 'TCP6-LISTEN:0',
	udp => 'UDP4:127.0.0.1:9',
	udp6 => 'UDP6:[::1]:9',
	udplisten => 'UDP4-LISTEN:0',
	unix => "UNIX-CONNECT:$T/unix",
	unixlisten => "UNIX-LISTEN:$T/listen",
);

# Numbers of Linux (asm-generic/socket.h, linux/tcp.h, linux/in.h, in6.h)
my ($sol, $ip, $tcpl, $ip6) = (1, 0, 6, 41);
my $same = undef;

# addresses, option as typed, level, number, value in the kernel (if not what
# was typed); a kernel that rounds is met with a function
my @rows = (
	['tcp udp unix', 'so-keepalive=1', $sol, 9],
	['tcp udp unix', 'keepalive', $sol, 9, 1],
	['tcp', 'keepalive=0', $sol, 9, 0],
	['tcp udp unix', 'so-reuseaddr=1', $sol, 2],
	['listen udplisten', 'reuseaddr', $sol, 2, 1],
	['listen', 'reuseaddr=0', $sol, 2, 0],
	['tcp udp listen udplisten', 'so-reuseport=1', $sol, 15],
	['listen', 'reuseport', $sol, 15, 1],
	['udp udplisten tcp', 'so-broadcast=1', $sol, 6],
	['udp', 'broadcast', $sol, 6, 1],
	['tcp udp unix listen', 'so-rcvbuf=20000', $sol, 8, 40000],
	['tcp udp unix', 'rcvbuf=20000', $sol, 8, 40000],
	['tcp udp unix', 'rcvbuf-late=20000', $sol, 8, 40000],
	['tcp udp unix listen', 'so-sndbuf=30000', $sol, 7, 60000],
	['tcp udp unix', 'sndbuf=30000', $sol, 7, 60000],
	['tcp udp unix', 'sndbuf-late=30000', $sol, 7, 60000],
	['tcp udp unix', 'so-oobinline=1', $sol, 10],
	['tcp', 'oobinline', $sol, 10, 1],
	['tcp udp', 'so-priority=5', $sol, 12],
	['tcp', 'priority=6', $sol, 12, 6],
	['tcp udp', 'so-dontroute=1', $sol, 5],
	['tcp', 'so-rcvlowat=7', $sol, 18],
	['tcp', 'rcvlowat=9', $sol, 18, 9],
	['udp udplisten', 'so-timestamp=1', $sol, 29],
	['unix unixlisten', 'so-passcred=1', $sol, 16],
	['unix', 'passcred', $sol, 16, 1],
	['tcp listen', 'so-debug=1', $sol, 1],
	['tcp', 'tcp-nodelay=1', $tcpl, 1],
	['tcp tcp6 listen', 'nodelay', $tcpl, 1, 1],
	['tcp', 'nodelay=0', $tcpl, 1, 0],
	['tcp listen', 'tcp-keepidle=77', $tcpl, 4],
	['tcp', 'keepidle=78', $tcpl, 4, 78],
	['tcp listen', 'tcp-keepintvl=17', $tcpl, 5],
	['tcp', 'keepintvl=18', $tcpl, 5, 18],
	['tcp listen', 'tcp-keepcnt=4', $tcpl, 6],
	['tcp', 'keepcnt=3', $tcpl, 6, 3],
	['tcp', 'tcp-cork=1', $tcpl, 3],
	['tcp', 'cork', $tcpl, 3, 1],
	['tcp', 'tcp-syncnt=3', $tcpl, 7],
	['tcp', 'syncnt=2', $tcpl, 7, 2],
	['tcp', 'tcp-linger2=5', $tcpl, 8],
	['tcp', 'linger2=6', $tcpl, 8, 6],
	['listen', 'tcp-maxseg=600', $tcpl, 2],
	['listen', 'mss=700', $tcpl, 2, 700],
	['listen', 'tcp-defer-accept=3', $tcpl, 9, sub { $_[0] >= 3 }],
	['listen', 'tcp-window-clamp=20000', $tcpl, 10],
	['tcp udp listen', 'ip-ttl=33', $ip, 2],
	['tcp', 'ttl=34', $ip, 2, 34],
	['tcp udp listen', 'ip-tos=16', $ip, 1],
	['tcp', 'tos=8', $ip, 1, 8],
	['tcp udp', 'ip-mtu-discover=2', $ip, 10],
	['tcp udp', 'mtudiscover=1', $ip, 10, 1],
	['tcp listen udplisten', 'ip-freebind=1', $ip, 15],
	['listen', 'freebind', $ip, 15, 1],
	['listen', 'ip-transparent', $ip, 19, 1],
	['udp', 'ip-recverr=1', $ip, 11],
	['udp', 'ip-pktinfo=1', $ip, 8],
	['udp', 'ip-recvttl=1', $ip, 12],
	['udp', 'ip-recvtos=1', $ip, 13],
	['udp', 'ip-recvopts=1', $ip, 6],
	['udp', 'ip-retopts', $ip, 7, 1],
	['udp', 'no-check', $sol, 11, 1],
	['udp', 'ip-multicast-ttl=5', $ip, 33],
	['udp', 'ip-multicast-loop=0', $ip, 34],
	['udp', 'ip-multicast-if=127.0.0.1', $ip, 32, 0x0100007f],
	# each is appended to what was given before
	['udp', 'ip-options=x01010101,ipoptions=x44040500', $ip, 4,
	    0x01010101],
	['listen6', 'ipv6-v6only=1', $ip6, 26],
	['listen6', 'ipv6only=0', $ip6, 26, 0],
	['tcp6 udp6', 'ipv6-unicast-hops=44', $ip6, 16],
	['tcp6 udp6', 'ipv6-tclass=32', $ip6, 67],
	['udp6', 'ipv6-recvpktinfo=1', $ip6, 49],
	['udp6', 'ipv6-recvhoplimit=1', $ip6, 51],
	['udp6', 'ipv6-recvtclass=1', $ip6, 66],
	['udp6', 'ipv6-recverr=1', $ip6, 25],
	['udp6', 'ipv6-mtu-discover=2', $ip6, 23],
	['udp6', 'mcloop6=0', $ip6, 19, 0],
	['udp6', 'recvhopopts', $ip6, 53, 1],
	['udp6', 'recvrthdr', $ip6, 56, 1],
	['udp6', 'recvdstopts', $ip6, 58, 1],
	['udp6', 'ipv6-recvpathmtu=1', $ip6, 60],
	# what sends sets it before it tells that it is ready
	['udp', 'setsockopt-listen=1:6:i1', $sol, 6, 1],
	['udp', 'setsockopt-socket=1:6:x01000000', $sol, 6, 1],
	['udp tcp', 'setsockopt-connected=1:12:i3', $sol, 12, 3],
	['tcp listen', 'setsockopt-socket=1:12:i4', $sol, 12, 4],
	['tcp listen', 'setsockopt-listen=1:12:i5', $sol, 12, 5],
	['tcp', 'setsockopt-bin=1:12:i6', $sol, 12, 6],
);

# What POSIX has not, and the portable build may refuse
my @beyond = qw(so-reuseport reuseport so-priority priority so-passcred passcred
    no-check so-bindtodevice bindtodevice if fiosetown siocspgrp so-peercred);

my $n = 0;

# Is it of the kind? SO_DOMAIN and SO_TYPE tell it from sockets of relay's own.
sub fits {
	my ($kind, $socket) = @_;
	my ($domain, $type) = map { unpack "i", getsockopt $socket, 1, $_ }
	    39, 3;
	return $domain == ($kind =~ /unix/ ? AF_UNIX : $kind =~ /6/ ?
	    AF_INET6 : AF_INET) && $type == ($kind =~ /udp/ ?
	    SOCK_DGRAM : SOCK_STREAM);
}

# The socket of a fresh relay with this address, and its name
sub relay_socket {
	my ($kind, $address) = @_;
	my $name = 'r' . ++$n;
	unlink "$T/listen";
	pipe(my $in, my $to);
	my $pid = begin({ stdin => $in }, $name, $RELAY, '-d', '-d', $address,
	    'STDIO');
	my $s;
	if ($kind !~ /listen/ && $kind !~ /udp/) {
		$s = accept_in($kind eq 'unix' ? $unix :
		    $kind eq 'tcp6' ? $tcp6 : $tcp, $name, 5);
	}
	wait_for(sub { slurp("$T/$name.err") =~
	    / starting data transfer| listening on / || !running($name) }, 5);
	my ($socket) = grep { fits($kind, $_) } sockets_of($pid);
	return ($socket, $name, $s, $to);
}

for my $row (@rows) {
	my ($kinds, $option, $level, $number, $want) = @$row;
	$want //= $option =~ /=(.*)/ ? $1 : 1;
	for my $kind (split ' ', $kinds) {
		next if lacking("$address{$kind},$option", @beyond);
		my ($socket, $name, @keep) = relay_socket($kind,
		    "$address{$kind},$option");
		my $packed = $socket && getsockopt $socket, $level, $number;
		my $got = defined $packed ? length $packed < 4 ? ord $packed :
		    unpack 'i', $packed : 'none';
		$got = 1 if $number == 1 && $level == $sol && $got ne 'none'
		    && $got;
		my $good = ref $want ? $want->($got) : $got eq $want;
		ok($good, "$kind: $option") or
		    diag("got $got, want $want\n", slurp("$T/$name.err"));
		stop($name);
	}
}

# Values of more than one number
for my $row (
    ['tcp', 'so-linger=5', 13, 'ii', '1 5'],
    ['tcp', 'linger=0', 13, 'ii', '1 0'],
    ['tcp', 'so-rcvtimeo=1.5', 20, 'l!l!', '1 500000'],
    ['udp', 'rcvtimeo=2', 20, 'l!l!', '2 0'],
    ['tcp', 'so-sndtimeo=2.5', 21, 'l!l!', '2 500000'],
    ['tcp', 'bindtodevice=lo', 25, 'Z*', 'lo'],
    ['listen', 'so-bindtodevice=lo', 25, 'Z*', 'lo'],
    ['udp', 'if=lo', 25, 'Z*', 'lo'],
    ['udp', 'setsockopt-string=1:25:lo', 25, 'Z*', 'lo'],
    ['tcp', 'sockopt-string=1:25:lo', 25, 'Z*', 'lo'],
    ['udp', 'so-type=2', 3, 'i', '2'],
    ['tcp', 'so-protocol=6', 38, 'i', '6']) {
	my ($kind, $option, $number, $shape, $want) = @$row;
	next if lacking("$address{$kind},$option", @beyond);
	my ($socket, $name, @keep) = relay_socket($kind,
	    "$address{$kind},$option");
	my $packed = $socket && getsockopt $socket, $sol, $number;
	is(join(' ', unpack $shape, $packed // ''), $want,
	    "$kind: $option") or diag(slurp("$T/$name.err"));
	stop($name);
}

# Any socket option by number: setsockopt-int and the like
for my $option ('setsockopt-int=6:4:55', 'setsockopt=6:4:i55',
    'setsockopt-int=6:4:0x37') {
	my ($socket, $name, @keep) = relay_socket('tcp',
	    "$address{tcp},$option");
	my $packed = $socket && getsockopt $socket, 6, 4;
	is(unpack('i', $packed // ''), 55, "tcp: $option") or
	    diag(slurp("$T/$name.err"));
	stop($name);
}

# Values that are addresses, by number and by name; bytes of a header
for my $row (
    ['udp', 'ip-multicast-if=127.0.0.1', 32, inet_aton('127.0.0.1')],
    ['udp', 'multicast-if=localhost', 32, inet_aton('127.0.0.1')],
    ['udp', 'ip-options=x07070400000000x00', 4,
	pack 'H*', '0707040000000000']) {
	my ($kind, $option, $number, $want) = @$row;
	my ($socket, $name, @keep) = relay_socket($kind,
	    "$address{$kind},$option");
	my $packed = $socket && getsockopt $socket, $ip, $number;
	is(unpack('H*', $packed // ''), unpack('H*', $want), "$kind: $option")
	    or diag(slurp("$T/$name.err"));
	stop($name);
}

# Who is told of urgent data and readiness
for my $option ("fiosetown=$$", "siocspgrp=$$") {
	next if lacking("$address{tcp},$option", @beyond);
	my ($socket, $name, @keep) = relay_socket('tcp',
	    "$address{tcp},$option");
	is($socket && fcntl($socket, 9, 0), $$, "tcp: $option") or
	    diag(slurp("$T/$name.err"));
	stop($name);
}

# What the kernel lets nobody set, it says of itself
for my $row (
    ['so-peercred=1:2:3', 'setsockopt(FD, 1, 17, {1,2,3}, 12)'],
    ['so-acceptconn', 'setsockopt(FD, 1, 30, "so-acceptconn", 4)'],
    ['so-error', 'setsockopt(FD, 1, 4, "so-error", 4)'],
    ['so-sndlowat=1', 'setsockopt(FD, 1, 19, "so-sndlowat", 4)']) {
	my ($option, $call) = @$row;
	next if lacking("$address{udp},$option", @beyond);
	my (undef, undef, $err) = run($RELAY, '-u', '/dev/null',
	    "$address{udp},$option");
	my ($said) = $err =~ / E (.*)/;
	is(($said // '') =~ s/\(\d+/(FD/r, "$call: Protocol not available",
	    "udp: $option");
}

# What is given to a listener holds for its connections too
{
	my ($socket, $name, @keep) = relay_socket("listen", "$address{listen}," .
	    'keepalive,keepidle=99,nodelay,sndbuf-late=30000');
	my $s = tcp_connect(port($name));
	wait_for(sub { slurp("$T/$name.err") =~ /starting data/ }, 5);
	my ($pid) = slurp("$T/$name.err") =~ /\[(\d+)\] N starting/;
	my ($on) = grep { fits("tcp", $_) && getpeername $_ } sockets_of($pid);
	my @got = map { $on && unpack 'i', getsockopt $on, $$_[0], $$_[1] }
	    [1, 9], [6, 4], [6, 1];
	is("@got", '1 99 1', 'accepted connections have the options') or
	    diag(slurp("$T/$name.err"));
	stop($name);
}

tests_done();
