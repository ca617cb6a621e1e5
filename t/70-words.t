#!/usr/bin/perl
# Words of 100 kB and other malformed ones, in every place of the command
# line: status 1, a line that a person can read, and no waiting.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Test::More;

my $long = 'a' x 100_000;
my %word = (
	'a type' => $long,
	'a type with an address' => "$long:1:2",
	'a port' => "TCP4:127.0.0.1:$long",
	'a port of digits' => 'TCP4:127.0.0.1:' . '9' x 100_000,
	'a listening port' => "TCP4-LISTEN:$long",
	'a host' => "TCP4:$long:80",
	'an option' => "TCP4-LISTEN:0,$long",
	'an option with a value' => "TCP4-LISTEN:0,$long=1",
	'a value' => "TCP4-LISTEN:0,backlog=$long",
	'a value of digits' => 'TCP4-LISTEN:0,backlog=' . '9' x 100_000,
	'a user' => "UNIX-LISTEN:$T/s,user=$long",
	'a mode' => "UNIX-LISTEN:$T/s,mode=" . '7' x 100_000,
	'a range' => "TCP4-LISTEN:0,range=$long",
	'an address to bind' => "TCP4-LISTEN:0,bind=$long",
	'a socket path' => "UNIX-CONNECT:/$long",
	'a socket path to listen on' => "UNIX-LISTEN:/$long",
	'an abstract name' => "ABSTRACT-CONNECT:$long",
	'a file' => "OPEN:/$long",
	'a bare path' => "/$long",
	'a pipe' => "PIPE:/$long",
	'a program' => "EXEC:$long",
	'a descriptor' => 'FD:' . '9' x 100_000,
	'parameters' => 'TCP4' . ':x' x 50_000,
	'commas' => 'TCP4-LISTEN:0' . ',nosuch' x 15_000,
	'dual addresses' => join('!!', ('STDIO') x 10_000),
	'open brackets' => 'TCP4:' . '[' x 100_000,
	'open quotes' => 'EXEC:' . '"' x 99_999,
	'open parentheses' => 'TCP4:' . '(' x 100_000,
	'open braces' => 'TCP4:' . '{' x 100_000,
	'backslashes' => '\\' x 100_001,
	'control characters' => join('', map { chr } 1 .. 31) x 3000,
	'high bytes' => join('', map { chr } 128 .. 255) x 700,
	'an empty word' => '',
	'a lone colon' => ':',
	'a lone comma' => ',',
	'a lone !!' => '!!',
);

sub readable {
	my ($what, @command) = @_;
	my ($status, $out, $err) = run({ seconds => 5 }, $RELAY, @command);
	is($status, 1, "$what: status 1") or
	    diag(substr $err, 0, 300);
	like($err, qr/\A[^\n]*\S[^\n]*\n/, '... a line');
	cmp_ok(length((split /\n/, $err)[0] // ''), '<', 1200,
	    '... no longer than can be read');
	cmp_ok(length $err, '<', 5000, '... and little more');
	is($out, '', '... nothing on the standard output');
}

for my $what (sort keys %word) {
	readable("$what, first", $word{$what}, 'STDIO');
	readable("$what, second", 'STDIO', $word{$what});
}
readable('a flag', "-$long", 'STDIO', 'STDIO');
readable("$_ with a long value", $_, $long, 'STDIO', 'STDIO')
    for qw(-b -t -T);
readable("$_ of digits", $_, '9' x 100_000, 'STDIO', 'STDIO')
    for qw(-b);
readable('thousands of addresses, an odd number', ('STDIO') x 9_999);
tests_done();
