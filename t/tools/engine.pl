#!/usr/bin/perl
# engine.pl: what relay needs of a Docker Engine, without Docker
#
#   engine.pl SOCKET FOLDER
#
# FOLDER/NAME is the JSON of a container (none: 404), FOLDER/event an event to
# be sent to all who listen to /events; it is removed when that is done.

use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;

my ($path, $folder) = @ARGV;
unlink $path;
my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 50)
    or die "$path: $!\n";
my $select = IO::Select->new($listener);
my (%asked, %streams);
$SIG{PIPE} = 'IGNORE';
$| = 1;
print "ready\n";

sub slurp {
	open my $f, '<', $_[0] or return;
	local $/;
	return scalar <$f>;
}

sub hang_up {
	my ($c) = @_;
	$select->remove($c);
	delete $asked{$c};
	delete $streams{$c};
	close $c;
}

sub answer {
	my ($c, $request) = @_;

	if ($request =~ m{^GET \S*/events}) {
		print $c "HTTP/1.1 200 OK\r\n" .
		    "Transfer-Encoding: chunked\r\n\r\n";
		$c->flush;
		$streams{$c} = $c;
		return;
	}
	my ($name) = $request =~ m{^GET \S*/containers/([\w.-]+)/json};
	my $text = defined $name ? slurp("$folder/$name") : undef;
	my $status = defined $text ? '200 OK' : '404 Not Found';
	$text //= '{"message":"no such container"}';
	print $c "HTTP/1.1 $status\r\nContent-Length: " . length($text) .
	    "\r\n\r\n$text";
	$c->flush;
	hang_up($c);
}

sub take {
	my ($c) = @_;
	my $n = sysread $c, my $buf, 65536;

	return hang_up($c) unless $n;
	$asked{$c} .= $buf;
	answer($c, $asked{$c}) if $asked{$c} =~ /\r\n\r\n/ && !$streams{$c};
}

sub events {
	my $event = slurp("$folder/event") // return;
	unlink "$folder/event";
	for my $c (values %streams) {
		printf $c "%x\r\n%s\r\n", length $event, $event;
		$c->flush;
	}
}

while (1) {
	for my $c ($select->can_read(0.02)) {
		if ($c == $listener) {
			$select->add(scalar $listener->accept);
		} else {
			take($c);
		}
	}
	events();
}
