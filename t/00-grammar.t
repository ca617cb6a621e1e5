#!/usr/bin/perl
# The grammar through --explain: what quotes, brackets, backslashes, empty
# parts, bare types and dual addresses come to; and what a wrong word gets:
# one E line, the word with a caret under the place, and a hint; as socat
# the line alone.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay;
use Test::More;

chdir $T or die "$T: $!";
symlink $RELAY, "$T/socat" or die "symlink: $!";

# Status, the standard output, and what was said without time and name.
sub answer {
	my (@command) = @_;
	my ($status, $out, $err) = run(@command);
	$err =~ s{^\d{4}/\d\d/\d\d [\d:]{8} \w+\[\d+\] }{}mg;
	return ($status, $out, $err);
}

# One line: family, parameters and options by the order of their phases.
sub taken {
	my ($word, $want) = @_;
	my ($status, $out, $err) = answer($RELAY, '--explain', $word,
	    'STDIO');
	my $got = "status $status $err";
	if ($status == 0) {
		my ($about) = $out =~ /(.*?)^B: STDIO/ms;
		$got = join '', map {
			/^A: (.*), (read from|written to)/ ? " $1" :
			/^ {4}\w+ +(.*?)  \(/ ? " $1" : '' }
		    split /^(?=A: | {4}[A-Z])/m, $about // $out;
		$got =~ s/^ //;
	}
	(my $name = $word) =~ s/([^ -~])/sprintf '<%02x>', ord $1/ge;
	is($got, $want, $name);
}

# Plain words, and nothing where something could stand.
taken('TCP:h:80', 'TCP-CONNECT "h" "80"');
taken('tcp-l:80,fork,', 'TCP-LISTEN "80" fork');
taken('Tcp4-Listen:80,,,FORK,,ReuseAddr,',
    'TCP4-LISTEN "80" so-reuseaddr fork');
taken('STDIO,', 'STDIO');
taken('TCP::80', 'TCP-CONNECT "" "80"');
taken('EXEC:', 'EXEC ""');
taken('OPEN:f,perm=644', 'OPEN "f" perm = 644');
taken('EXEC:a=b,fdin=3', 'EXEC "a=b" fdin = 3');
taken('SYSTEM:a:b::c', 'SYSTEM "a:b::c"');
taken('TCP:h:1,bind=a:b=c', 'TCP-CONNECT "h" "1" bind = a:b=c');

# No type.
taken('-', 'STDIO');
taken('-,ignoreeof', 'STDIO ignoreeof');
taken('0', 'FD "0"');
taken('17,nonblock', 'FD "17" o-nonblock');
taken('/tmp/x,append', 'GOPEN "/tmp/x" append');
taken('./x', 'GOPEN "./x"');
taken('1/x', 'GOPEN "1/x"');
taken('-!!-', 'STDIO STDIO');
taken('0!!1,nonblock', 'FD "0" FD "1" o-nonblock');
taken('STDIN!!/tmp/x', 'STDIN GOPEN "/tmp/x"');
taken('OPEN:a!b', 'OPEN "a!b"');

# Quotes, brackets, backslashes.
taken('EXEC:"a:b,c!!d",pipes', 'EXEC "a:b,c!!d" pipes');
taken("EXEC:'a:b,c!!d',pipes", 'EXEC "a:b,c!!d" pipes');
taken('EXEC:"a \'b\'"', 'EXEC "a \'b\'"');
taken('EXEC:\'a "b"\'', 'EXEC "a "b""');
taken('EXEC:a"b"\'c\'', 'EXEC "abc"');
taken('"EXEC":x', 'EXEC "x"');
taken('EXEC:x,"pipes"', 'EXEC "x" pipes');
taken('OPEN:x,perm="644"', 'OPEN "x" perm = 644');
taken('OPEN:a\\:b\\,c\\!!d\\\\', 'OPEN "a:b,c!!d\\"');
taken('OPEN:a\\ b\\qc', 'OPEN "a bqc"');
taken('OPEN:a\\', 'OPEN "a\\"');
taken("OPEN:a\\tb", qq(OPEN "a\tb"));
taken('TCP6:[::1]:80', 'TCP6-CONNECT "[::1]" "80"');
taken('TCP6:[fe80::1%eth0]:80,bind=[::1]:9',
    'TCP6-CONNECT "[fe80::1%eth0]" "80" bind = [::1]:9');
taken('SYSTEM:(a,b),pipes', 'SYSTEM "(a,b)" pipes');
taken('SYSTEM:{a!!b},pipes', 'SYSTEM "{a!!b}" pipes');
taken('SYSTEM:([{a,b}]),pipes', 'SYSTEM "([{a,b}])" pipes');
taken('SYSTEM:(a\\),pipes', 'SYSTEM "(a),pipes"');
taken('SYSTEM:"(",pipes', 'SYSTEM "(" pipes');
taken('SYSTEM:),pipes', 'SYSTEM ")" pipes');

# Any byte that is no separator is itself.
taken("OPEN:\xc3\xa4\xff\x01", qq(OPEN "\xc3\xa4\xff\x01"));
taken('OPEN:' . join('', map { chr } 128 .. 255),
    'OPEN "' . join('', map { chr } 128 .. 255) . '"');

# 100 kB, right and at once.
my $long = 'a' x 100_000;
my $half = 'b' x 50_000;
for my $row (["OPEN:$long", "OPEN \"$long\""],
    ['SYSTEM:' . ':' x 100_000, 'SYSTEM "' . ':' x 100_000 . '"'],
    ['OPEN:x' . ',' x 100_000, 'OPEN "x"'],
    ['OPEN:' . '\\x' x 50_000, 'OPEN "' . 'x' x 50_000 . '"'],
    ['OPEN:' . "''" x 50_000, 'OPEN ""'],
    ['OPEN:x' . ',append' x 10_000, 'OPEN "x"' . ' append' x 10_000],
) {
	my ($word, $want) = @$row;
	my ($status, $out) = answer($RELAY, '--explain', $word, 'STDIO');
	my ($about) = $out =~ /^A: (.*?)^B: /ms;
	$about = join '', map { s/, read from.*//rs }
	    map { /^ {4}\w+ +(.*?)  \(/ ? " $1" : $_ }
	    split /\n/, $about // "status $status";
	is_short($about, $want, substr($word, 0, 20) . '... of ' .
	    length($word));
}

# refused WORD, WORDS, MARK, HINT: MARK is what stands below the word, its
# caret and tildes
sub refused {
	my ($word, $words, $mark, $hint, @more) = @_;
	my @lines = ("E $words", "  $word", "  $mark",
	    defined $hint ? "  $hint" : ());
	my ($status, $out, $err) = answer($RELAY, '--explain', $word, @more);
	is("$status\n$out$err", join("\n", 1, @lines, ''),
	    "$word: the place" . (defined $hint ? ' and a hint' : ''));
	($status, $out, $err) = answer("$T/socat", $word, @more);
	is("$status\n$out$err", "1\nE $words\n", '... as socat the line');
}

refused('TPC:h:80',
    'unknown device/address "TPC"',
    '^~~', 'did you mean "TCP"?', 'STDIO');
refused('TCP-LISTEM:80',
    'unknown device/address "TCP-LISTEM"',
    '^~~~~~~~~~', 'did you mean "TCP-LISTEN"?', 'STDIO');
refused('qqqqqqqqqq:h',
    'unknown device/address "qqqqqqqqqq"',
    '^~~~~~~~~~', undef, 'STDIO');
refused('TCP-LISTEN:80,forkk,reuseaddr',
    'unknown option "forkk"',
    '              ^~~~~', 'did you mean "fork"?', 'STDIO');
refused('TCP-LISTEN:80,reuseadr=1,fork',
    'unknown option "reuseadr"',
    '              ^~~~~~~~', 'did you mean "reuseaddr"?', 'STDIO');
refused('TCP-LISTEN:80,FROK',
    'unknown option "FROK"',
    '              ^~~~', 'did you mean "fork"?', 'STDIO');
refused('TCP-LISTEN:80,bakclog=5',
    'unknown option "bakclog"',
    '              ^~~~~~~', 'did you mean "backlog"?', 'STDIO');
refused('TCP-LISTEN:80, fork',
    'unknown option " fork"',
    '              ^~~~~', 'there is a blank before "fork"', 'STDIO');
refused('TCP-LISTEN:80,xyzzyplugh',
    'unknown option "xyzzyplugh"',
    '              ^~~~~~~~~~', undef, 'STDIO');
refused('STDIN!!TPC:h:80',
    'unknown device/address "TPC"',
    '       ^~~', 'did you mean "TCP"?', 'STDIO');
refused('STDIN!!OPEN:x,apend',
    'unknown option "apend"',
    '              ^~~~~', 'did you mean "append"?', 'STDIO');
refused('a!!b!!c',
    'more than one "!!" in address "a!!b!!c"',
    '    ^~', undef, 'STDIO');
refused('EXEC:"cat',
    'unexpected end of address "EXEC:"cat"',
    '         ^', 'a quote is still open', 'STDIO');
refused("EXEC:x,path='y",
    "unexpected end of address \"EXEC:x,path='y\"",
    '              ^', 'a quote is still open', 'STDIO');
refused('TCP-LISTEN:80,backlog=5x',
    'parseopts(): trailing garbage in numerical arg of option "backlog=5x"',
    '                      ^~', '"5x" is not a whole number; ' .
    'units such as k are not known', 'STDIO');
refused('TCP-LISTEN:80,backlog=,fork',
    'parseopts(): missing numerical value of option "backlog="',
    '                      ^', 'a number is missing behind backlog=', 'STDIO');
refused('TCP-LISTEN:80,fork=1x',
    'parseopts(): trailing garbage in numerical arg of option "fork=1x"',
    '                   ^~', '"1x" is not a whole number; ' .
    'units such as k are not known', 'STDIO');
refused('TCP:h:80,bind',
    'option "bind": value required',
    '         ^~~~', undef, 'STDIO');
refused('OPEN:x,rdonly=1,bind=y',
    'option "bind" not supported with this address type',
    '                ^~~~', 'bind is for addresses of group SOCKET; ' .
    '-g tries it nevertheless', 'STDIO');
refused('TCP:h:nosuch,nodelay',
    'getaddrinfo("h", "nosuch", {0x20,0,1,0}, {}): Servname not supported ' .
    'for ai_socktype',
    '      ^', 'no service "nosuch" is known here (/etc/services): ' .
    'write its number', 'STDIO');
refused('TCP:::1:80',
    'TCP: wrong number of parameters (4 instead of 2): usage: ' .
    'TCP-CONNECT:<host>:<port>',
    '      ^', 'an IPv6 address goes in brackets: TCP:[::1]:80', 'STDIO');
refused('TCP:h',
    'TCP: wrong number of parameters (1 instead of 2): usage: ' .
    'TCP-CONNECT:<host>:<port>',
    '    ^', 'the port is missing: TCP:h:PORT', 'STDIO');
refused('STDIO:x,raw',
    'STDIO: wrong number of parameters (1 instead of 0): usage: STDIO',
    '      ^', undef, 'STDIO');

# The second address is pointed at as the first is.
my ($status, undef, $err) = answer($RELAY, '--explain', 'STDIO',
    'TCP:h:80,nodelai');
is($err, <<'END', 'the second address');
E unknown option "nodelai"
  TCP:h:80,nodelai
           ^~~~~~~
  did you mean "nodelay"?
END

# A blank after the comma makes two words.
($status, undef, $err) = answer($RELAY, '--explain', 'TCP-LISTEN:6142,',
    'fork', 'TCP:h:80');
is("$status\n$err", <<'END', 'three words, one ends with a comma');
1
E exactly 2 addresses required (there are 3); use option "-h" for help
  TCP-LISTEN:6142,
                  ^
  a blank after the comma makes two words; did you mean "TCP-LISTEN:6142,fork"?
END
($status, undef, $err) = answer($RELAY, '--explain', 'TCP-LISTEN:6142,',
    'fork');
is("$status\n$err", <<'END', 'two words, one ends with a comma');
1
E unknown device/address "fork"
  fork
  ^~~~
  a blank after the comma makes two words; did you mean "TCP-LISTEN:6142,fork"?
END
($status, undef, $err) = answer("$T/socat", 'TCP-LISTEN:6142,', 'fork',
    'TCP:h:80');
is("$status\n$err", <<'END', '... as socat the line');
1
E exactly 2 addresses required (there are 3); use option "-h" for help
END

# Of a long word the neighbourhood is shown, and the caret is still right;
# what cannot be printed does not reach the terminal.
sub neighbourhood {
	my ($word, $place, $name) = @_;
	my ($status, $out, $err) = answer($RELAY, '--explain', $word,
	    'STDIO');
	my ($error, $shown, $mark) = split /\n/, $err;
	is($status, 1, "$name: refused");
	cmp_ok(length $shown, '<', 80, '... a line of a terminal');
	my $at = index $mark, '^';
	is(substr($shown, $at, length $place), $place,
	    '... with the caret below the place');
	unlike("$shown$mark", qr{[^ -~]}, '... printable');
}
neighbourhood("OPEN:$long,apend", 'apend', 'at the end of 100 kB');
neighbourhood("OPEN:x,apend,$long", 'apend', 'at the start of 100 kB');
neighbourhood("OPEN:$half,apend,perm=$half", 'apend', 'amid 100 kB');
neighbourhood("OPEN:\e]31m\a,apend", 'apend', 'after control characters');
neighbourhood("OPEN:x,a\x01pend", 'a?pend', 'with a control character');

# Nothing was opened, nothing was made.
is_deeply([grep { !/^(run\d+\.(out|err)|socat)$/ } map { s{.*/}{}r }
    glob "$T/*"], [], 'explaining leaves nothing behind');
tests_done();
