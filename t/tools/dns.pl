#!/usr/bin/perl
# dns.pl: a name server for tests, by UDP and TCP, on one address
#
# usage: dns.pl ADDRESS NAME=WHAT...: prints "up" once it listens.  WHAT is an
# IPv4 address, SERVFAIL, REFUSED, SILENT, or TC:ADDRESS: cut off by UDP, whole
# by TCP.  "*" names all others; a name that nobody gave does not exist.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my ($address, @given) = @ARGV;
my %what = map { split /=/, $_, 2 } @given;
my @at = (LocalAddr => $address, LocalPort => 53, ReuseAddr => 1);
my $udp = IO::Socket::INET->new(@at, Proto => 'udp') or die "udp: $!\n";
my $tcp = IO::Socket::INET->new(@at, Proto => 'tcp', Listen => 5)
    or die "tcp: $!\n";
$| = 1;
print "up\n";

sub answer {
	my ($query, $by_tcp) = @_;
	my ($id) = unpack 'n', $query;
	my ($at, @labels) = 12;
	while (my $n = ord substr $query, $at, 1) {
		push @labels, substr $query, $at + 1, $n;
		$at += $n + 1;
	}
	my $question = substr $query, 12, $at + 5 - 12;
	my ($type) = unpack 'n', substr $query, $at + 1, 2;
	my $what = $what{lc join '.', @labels} // $what{'*'} // 'NXDOMAIN';
	my ($flags, $data) = (0x8180, '');

	return if $what eq 'SILENT';
	$flags |= 2 if $what eq 'SERVFAIL';
	$flags |= 3 if $what eq 'NXDOMAIN';
	$flags |= 5 if $what eq 'REFUSED';
	if ($what =~ s/^TC:// && !$by_tcp) {
		$flags |= 0x200;
		$what = '';
	}
	if ($what =~ /^[\d.]+$/ && $type == 1) {
		$data = pack 'nnnNn C4', 0xc00c, 1, 1, 60, 4,
		    split /\./, $what;
	}
	return pack('n6', $id, $flags, 1, length($data) > 0, 0, 0) .
	    $question . $data;
}

my $select = IO::Select->new($udp, $tcp);
while (my @ready = $select->can_read) {
	for my $s (@ready) {
		if ($s == $udp) {
			my $query;
			my $peer = $udp->recv($query, 512);
			my $got = answer($query, 0) // next;
			send $udp, $got, 0, $peer;
		} elsif ($s == $tcp) {
			$select->add($tcp->accept);
		} elsif (sysread $s, my $query, 600) {
			my $got = answer(substr($query, 2), 1) // next;
			syswrite $s, pack('n', length $got) . $got;
		} else {
			$select->remove($s);
			close $s;
		}
	}
}
