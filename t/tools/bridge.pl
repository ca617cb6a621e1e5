#!/usr/bin/perl
# bridge.pl SOCKET: what relay's EXEC runs to put its stdin and stdout into
# the hands of the test, which listens on SOCKET; each end of file goes across
use strict;
use warnings;
use Socket;

sub copy {
	my ($in, $out) = @_;
	while (sysread $in, my $bytes, 65536) {
		while (length $bytes) {
			my $n = syswrite $out, $bytes;
			defined $n or exit 1;
			substr $bytes, 0, $n, '';
		}
	}
	shutdown $out, 1;
}

$SIG{PIPE} = 'IGNORE';
socket my $s, AF_UNIX, SOCK_STREAM, 0 or die "socket: $!";
connect $s, pack_sockaddr_un($ARGV[0]) or die "$ARGV[0]: $!";
my $child = fork // die "fork: $!";
if ($child == 0) {
	close STDOUT;
	copy(\*STDIN, $s);
	exit 0;
}
close STDIN;
copy($s, \*STDOUT);
close STDOUT;
waitpid $child, 0;
