#!/usr/bin/perl
# Every name that the core families go by (canonical names and aliases), in
# upper, lower and mixed case, opens the right kind of end and carries bytes.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket;
use Test::More;

my $n = 0;
my $tcp = tcp_listen();
my $tcp6 = tcp_listen('::1');
my $tcp_port = (unpack_sockaddr_in(getsockname $tcp))[0];
my $tcp6_port = (unpack_sockaddr_in6(getsockname $tcp6))[0];
my $unix = unix_listen("$T/unix");
my $abstract = unix_listen("\@$T/abstract");
spew("$T/file", "from afar\n");

# One row for each way to be used: the check, and the names that share it.
my @rows = (
	[ \&client, '%s:127.0.0.1:' . $tcp_port, $tcp,
	    qw(TCP-CONNECT TCP TCP4-CONNECT TCP4 INET INET4) ],
	[ \&client, '%s:[::1]:' . $tcp6_port, $tcp6,
	    qw(TCP6-CONNECT TCP6 INET6 TCP-CONNECT TCP INET) ],
	[ \&client, "%s:$T/unix", $unix, qw(UNIX-CONNECT UNIX-CLIENT UNIX
	    LOCAL GOPEN) ],
	[ \&client, "%s:$T/abstract", $abstract,
	    qw(ABSTRACT-CONNECT ABSTRACT-CLIENT ABSTRACT) ],
	[ \&server, '%s:0', sub { tcp_connect($_[0]) },
	    qw(TCP-LISTEN TCP-L TCP4-LISTEN TCP4-L INET-LISTEN INET-L
	    INET4-LISTEN INET4-L) ],
	[ \&server, '%s:0', sub { tcp_connect($_[0], '::1') },
	    qw(TCP6-LISTEN TCP6-L INET6-LISTEN INET6-L) ],
	[ \&server, "%s:$T/listen", sub { unix_connect("$T/listen") },
	    qw(UNIX-LISTEN UNIX-L) ],
	[ \&server, "%s:$T/listen", sub { unix_connect("\@$T/listen") },
	    qw(ABSTRACT-LISTEN) ],
	[ \&udp_client, '%s:127.0.0.1:%d', AF_INET,
	    qw(UDP-CONNECT UDP UDP4-CONNECT UDP4) ],
	[ \&udp_client, '%s:[::1]:%d', AF_INET6, qw(UDP6-CONNECT UDP6) ],
	[ \&udp_server, '%s:0', AF_INET,
	    qw(UDP-LISTEN UDP-L UDP4-LISTEN UDP4-L) ],
	[ \&udp_server, '%s:0', AF_INET6, qw(UDP6-LISTEN UDP6-L) ],
	[ \&filter, '%s', 'SYSTEM:cat', qw(STDIO -) ],
	[ \&writes, '%s', 1, qw(STDOUT STDIO -) ],
	[ \&writes, '%s', 2, qw(STDERR) ],
	[ \&writes, '%s:1', 1, qw(FD) ],
	[ \&reads, '%s', 'hello', qw(STDIN STDIO -) ],
	[ \&reads, '%s:0', 'hello', qw(FD) ],
	[ \&reads, "%s:$T/file", "from afar\n", qw(OPEN FILE GOPEN) ],
	[ \&reads, '%s:echo from afar', "from afar\n", qw(SYSTEM SHELL) ],
	[ \&reads, '%s:echo from afar', "from afar\n", qw(EXEC) ],
	[ \&creates, "%s:$T/new", undef, qw(CREATE CREAT) ],
	[ \&echoes, '%s', undef, qw(PIPE FIFO ECHO SOCKETPAIR) ],
	[ \&accepted, '%s:3', undef, qw(ACCEPT-FD ACCEPT) ],
);

sub mixed {
	my $i = 0;
	return join '', map { $i++ % 2 ? uc : lc } split //, $_[0];
}

# relay connects, the test accepts
sub client {
	my ($address, $server) = @_;
	my $name = 'r' . ++$n;
	begin($name, $RELAY, '-t', '0.05', $address, 'EXEC:cat');
	my $s = accept_in($server, $name) or return slurp("$T/$name.err");
	send_all($s, 'hello');
	my $got = read_all($s, 5, 5);
	close $s;
	finish($name, 5);
	return $got eq 'hello' ? status_of($name) : "got $got";
}

# relay listens, the test connects
sub server {
	my ($address, $connect) = @_;
	my $name = 'r' . ++$n;
	begin($name, $RELAY, '-t', '0.05', '-d', '-d', $address, 'EXEC:cat');
	my $port = port($name);
	my $s = wait_for(sub { $connect->($port) || !running($name) }, 5);
	ref $s or return slurp("$T/$name.err");
	send_all($s, 'hello');
	my $got = read_all($s, 5, 5);
	close $s;
	finish($name, 5);
	return $got eq 'hello' ? status_of($name) : "got $got";
}

sub udp_socket {
	my ($family) = @_;
	socket my $s, $family, SOCK_DGRAM, 0 or die "socket: $!";
	bind $s, $family == AF_INET ? pack_sockaddr_in(0, INADDR_LOOPBACK) :
	    pack_sockaddr_in6(0, Socket::IN6ADDR_LOOPBACK);
	return $s;
}

sub udp_client {
	my ($address, $family) = @_;
	my $name = 'r' . ++$n;
	my $s = udp_socket($family);
	my $port = $family == AF_INET ? (unpack_sockaddr_in(getsockname $s))[0]
	    : (unpack_sockaddr_in6(getsockname $s))[0];
	pipe my $in, my $to;
	begin({ stdin => $in }, $name, $RELAY, '-t', '0.05', sprintf($address, $port),
	    'STDIO');
	send_all($to, 'hello');
	vec(my $look = '', fileno $s, 1) = 1;
	select $look, undef, undef, 5 or return slurp("$T/$name.err");
	my $peer = recv $s, my $got, 100, 0;
	send $s, 'back', 0, $peer;
	my $back = wait_for(sub { slurp("$T/$name.out") }, 5);
	close $to;
	finish($name, 5);
	return $got eq 'hello' && $back eq 'back' ? status_of($name) :
	    "got $got and $back";
}

sub udp_server {
	my ($address, $family) = @_;
	my $name = 'r' . ++$n;
	begin($name, $RELAY, '-t', '0.05', '-d', '-d', '-T', '0.1', $address, 'PIPE');
	my $port = port($name) or return 'no port';
	my $s = udp_socket($family);
	connect $s, $family == AF_INET ?
	    pack_sockaddr_in($port, INADDR_LOOPBACK) :
	    pack_sockaddr_in6($port, Socket::IN6ADDR_LOOPBACK);
	send $s, 'hello', 0;
	my $got = read_all($s, 5, 5);
	finish($name, 5);
	return $got eq 'hello' ? status_of($name) : "got $got";
}

sub with_input {
	my ($input, @command) = @_;
	spew("$T/input", $input);
	open my $in, '<', "$T/input";
	return run({ stdin => $in }, $command[0], '-t', 10,
	    @command[1 .. $#command]);
}

sub filter {
	my ($address, $other) = @_;
	my ($status, $out, $err) = with_input('hello', $RELAY, $address,
	    $other);
	return $out eq 'hello' ? $status : "got $out$err";
}

sub writes {
	my ($address, $fd) = @_;
	my ($status, @out) = with_input('', $RELAY, '-u',
	    "OPEN:$T/file", $address);
	return $out[$fd - 1] eq "from afar\n" ? $status : "got @out";
}

sub reads {
	my ($address, $want) = @_;
	my ($status, $out, $err) = with_input('hello', $RELAY, '-u',
	    $address, 'STDOUT');
	return $out eq $want ? $status : "got $out$err";
}

sub creates {
	my ($address) = @_;
	unlink "$T/new";
	my ($status, undef, $err) = with_input('hello', $RELAY, '-u',
	    'STDIN', $address);
	return slurp("$T/new") eq 'hello' ? $status : "got $err";
}

sub echoes {
	my ($address) = @_;
	my ($status, $out, $err) = with_input('hello', $RELAY, 'STDIO',
	    $address);
	return $out eq 'hello' ? $status : "got $out$err";
}

sub accepted {
	my ($address) = @_;
	my $name = 'r' . ++$n;
	my $server = tcp_listen();
	begin({ keep => [$server] }, $name, $RELAY, '-t', '0.05', $address, 'PIPE');
	my $s = tcp_connect((unpack_sockaddr_in(getsockname $server))[0]);
	send_all($s, 'hello');
	shutdown $s, 1;
	my $got = read_all($s, 5);
	finish($name, 5);
	return $got eq 'hello' ? status_of($name) : "got $got";
}

for my $row (@rows) {
	my ($check, $form, $with, @names) = @$row;
	for my $name (map { my $it = $_; (uc $it, lc $it, mixed($it)) }
	    @names) {
		next if $name eq '-' && $n++ % 3;
		my $address = $form =~ s/%s/$name/r;
		my $got = $check->($address, $with);
		is($got, 0, $address =~ s/\Q$T\E/T/r);
	}
}

tests_done();
