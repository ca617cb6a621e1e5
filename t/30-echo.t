#!/usr/bin/perl
# The ends that send back what they get (PIPE, SOCKETPAIR, EXEC and SYSTEM
# with cat, in all their ways to tie the child) against ends of each kind:
# random bytes come back complete, and relay ends by itself with status 0.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Socket;
use Test::More;

my @echo = (
	'PIPE', 'ECHO', 'FIFO', "PIPE:$T/fifo%d", "FIFO:$T/fifo%d,unlink-close",
	'SOCKETPAIR', 'SOCKETPAIR:', 'EXEC:cat', 'EXEC:cat,pipes',
	'EXEC:cat,pty,raw,echo=0', 'EXEC:cat,setsid',
	'SYSTEM:cat', 'SYSTEM:cat,pipes',
	'SYSTEM:cat <&7 >&8,pipes,fdin=7,fdout=8', 'SYSTEM:cat | cat',
	'SYSTEM:sleep 0; cat; exit 0', 'SHELL:cat', 'SHELL:cat,pipes',
	'EXEC:"cat -",stderr',
);
my $bytes = noise(100_000);
my $count = 0;

# Both orders of the addresses; named pipes never end, so the reader counts.
for my $form (@echo) {
	for my $swap (0, 1) {
		my $echo = $form =~ /%d/ ? sprintf $form, ++$count : $form;
		tcp_with($echo, $swap);
		stdio_with($echo, $swap);
	}
}

sub ends {
	my ($name, $echo, $got) = @_;
	my $ended = $echo =~ /:.*fifo/ || finish($name, 5);
	stop($name) if $echo =~ /:.*fifo/;
	my $status = $ended ? status_of($name) : stop($name) && 'running';
	return 1 if $got eq $bytes && ($status eq 0 || $echo =~ /fifo/);
	diag("status $status, ", length $got, ' of ', length $bytes, "\n",
	    slurp("$T/$name.err"));
	return 0;
}

# Through a pipe that echoes, no more can be under way than it holds: what
# is written waits for what is read.
sub tcp_with {
	my ($echo, $swap) = @_;
	my $name = 'e' . ++$count;
	my $server = tcp_listen();
	my $port = (unpack_sockaddr_in(getsockname $server))[0];
	my @end = ("TCP4:127.0.0.1:$port", $echo);
	begin($name, $RELAY, '-t', $echo =~ m{pty} ? 0.5 : 10, $swap ? reverse @end : @end);
	my $s = accept_in($server, $name, 5);
	my %side = (in => $s, out => $s, send => $bytes);
	$side{last} = '' if $echo =~ /fifo|pty/;
	$s and through(\%side);
	ok(ends($name, $echo, $side{got} // ''),
	    $swap ? "$echo and TCP4" : "TCP4 and $echo");
}

sub stdio_with {
	my ($echo, $swap) = @_;
	my $name = 'e' . ++$count;
	pipe my $in, my $to;
	pipe my $from, my $out;
	my @end = ('STDIO', $echo);
	begin({ stdin => $in, stdout => $out }, $name, $RELAY, '-t',
	    $echo =~ m{pty} ? 0.5 : 10,
	    $swap ? reverse @end : @end);
	close $_ for $in, $out;
	my %side = (in => $from, out => $to, send => $bytes);
	$side{last} = '' if $echo =~ /fifo|pty/;
	through(\%side);
	ok(ends($name, $echo, $side{got} // ''),
	    $swap ? "$echo and STDIO" : "STDIO and $echo");
}

# Until everything is back: ends without end of file are then let go.
sub through {
	my ($side) = @_;
	if (exists $side->{last}) {
		delete $side->{last};
		my $s = $side->{in};
		for (my $at = 0; $at < length $bytes; $at += 3000) {
			send_all($side->{out}, substr $bytes, $at, 3000);
			$side->{got} .= read_all($s, 5,
			    length substr $bytes, $at, 3000);
		}
		close $side->{out};
		close $s;
		return;
	}
	exchange(10, $side);
}

tests_done();
