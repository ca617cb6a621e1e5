#!/usr/bin/perl
# What a newcomer gets who is wrong: under the name socat one E line, under
# the name relay the same line, then the word with a caret under the place,
# where there is one, and one line that says what to write instead.  Wrong
# addresses, flags, numbers of addresses, values; what is found only when
# it is opened: ports in use or not allowed, hosts and programs unknown.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use IO::Socket::INET;
use Relay;
use Test::More;

chdir $T or die "$T: $!";
symlink $RELAY, "$T/socat" or die "symlink: $!";
$ENV{PATH} = '/usr/bin:/bin:/usr/sbin:/sbin';
my $none = 'exactly 2 addresses required (there are %d); use option "-h" ' .
    'for help';
my $type = 'unknown device/address "%s"';
my $flag = 'unknown option "%s"; use option "-h" for help';
my $alien = 'option "%s" not supported with this address type';
# glibc's words and musl's.
my $nohost = qr/^E\ getaddrinfo\("\S+",\ "NULL",\ .*:
    \ Name\ (or\ service\ not\ known|does\ not\ resolve)$/x;
my $elsewhere = qr/^E\ bind\(.*:
    \ (Cannot\ assign\ requested\ address|Address\ not\ available)$/x;

# Status, and stderr without times, names and the numbers of descriptors.
sub answer {
	my ($status, $out, $err) = run({ seconds => 10 }, @_);
	$err =~ s{^\d{4}/\d\d/\d\d [\d:]{8} [-\w]+\[\d+\] }{}mg;
	is($out, '', "@_: nothing on stdout") if $out ne '';
	return ($status, split /\n/, $err);
}

# wrong ARGS, LINE, HINT, PLACE: LINE is socat's without the E, a pattern
# that it matches, or undef where only both names are compared; PLACE is
# what the caret stands under, undef where none is shown.
sub wrong {
	my ($args, $line, $hint, $place) = @_;
	my $name = join ' ', map { /^$|\s/ ? "'$_'" : $_ } @$args;
	my ($status, @socat) = answer("$T/socat", @$args);
	is("$status @socat[1 .. $#socat]", '1 ', "$name: as socat a line");
	if (ref $line) {
		like($socat[0], $line, '... that one');
	} elsif (defined $line) {
		is($socat[0], "E $line", '... that one');
	}
	relay_wrong($args, $socat[0], $hint, $place, '... as relay');
}

sub relay_wrong {
	my ($args, $line, $hint, $place, $name) = @_;
	my ($status, @relay) = answer($RELAY, @$args);
	is($status, 1, "$name: status 1");
	if (ref $line) {
		like($relay[0], $line, '... a line');
	} else {
		is($relay[0], $line, '... the same line');
	}
	is($relay[-1], "  $hint", '... and one in words');
	is(scalar @relay, defined $place ? 4 : 2, '... and nothing else');
	return unless defined $place && @relay == 4;
	my ($word) = grep { "  $_" eq $relay[1] } @$args;
	ok(defined $word, '... the word') or diag($relay[1]);
	is(substr($relay[1], index($relay[2], '^'), length $place), $place,
	    '... and the place');
}

# Options after the addresses: with their values, in front of all others.
wrong(['TCP-LISTEN:1', 'STDIO', '-d', '-d'], sprintf($none, 4),
    'options go before the addresses: relay -d -d TCP-LISTEN:1 STDIO');
wrong(['TCP-LISTEN:1', 'EXEC:date -u', '-t', 5, '-u'], sprintf($none, 5),
    "options go before the addresses: relay -t 5 -u TCP-LISTEN:1 " .
    "'EXEC:date -u'");
wrong(['-u', 'TCP-LISTEN:1', '-d', 'STDIO'], sprintf($none, 3),
    'options go before the addresses: relay -d TCP-LISTEN:1 STDIO');
relay_wrong(['TCP-LISTEN:1', '-', '--drain=3'], 'E ' . sprintf($none, 3),
    'options go before the addresses: relay --drain=3 TCP-LISTEN:1 -',
    undef, 'a long one');
wrong(['STDIO', '-d'], sprintf($type, '-d'),
    'options go before the addresses: relay -d STDIO');
wrong(['STDIO', 'x' x 400, '-d'], sprintf($none, 3),
    'options go before the addresses');

# No type, and what others than socat take.
wrong(['h:80', '-'], sprintf($type, 'h'), '"h:80" has no type; to connect ' .
    'there write TCP:h:80, to listen on that port TCP-LISTEN:80', 'h');
wrong(['-', 'localhost:80'], sprintf($type, 'localhost'), '"localhost:80" ' .
    'has no type; to connect there write TCP:localhost:80, to listen on ' .
    'that port TCP-LISTEN:80', 'localhost');
wrong(['-', '10.1.2.3:80'], sprintf($type, '10.1.2.3'), '"10.1.2.3:80" ' .
    'has no type; to connect there write TCP:10.1.2.3:80, to listen on ' .
    'that port TCP-LISTEN:80', '10.1.2.3');
wrong(['-', '[::1]:80'], sprintf($type, '[::1]'), '"[::1]:80" has no ' .
    'type; to connect there write TCP:[::1]:80, to listen on that port ' .
    'TCP-LISTEN:80', '[::1]');
wrong([':8080', '-'], sprintf($type, ''), 'the type is missing; to listen ' .
    'on port 8080 write TCP-LISTEN:8080', ':');
wrong(['8080:h:80', '-'], sprintf($type, '8080'), 'this takes two ' .
    'addresses: TCP-LISTEN:8080,fork TCP:h:80', '8080');
wrong(['8080:80', '-'], sprintf($type, '8080'), 'these are two ports and ' .
    'no address; write two: TCP-LISTEN:8080,fork TCP:HOST:80', '8080');
wrong(['127.0.0.1:8080:80', '-'], sprintf($type, '127.0.0.1'),
    'this takes two addresses: TCP-LISTEN:8080,bind=127.0.0.1,fork ' .
    'TCP:HOST:80', '127.0.0.1');
# As socat such a descriptor is found out when it is used.
for my $fd ('8080', 'FD:8080') {
	is(join("\n", answer("$T/socat", '-', $fd)), join("\n", 1,
	    'W fcntl(8080, F_SETFD, FD_CLOEXEC): Bad file descriptor',
	    'E poll(...): Bad file descriptor'), "- $fd: as socat");
	relay_wrong(['-', $fd], 'E file descriptor 8080: Bad file descriptor',
	    $fd eq '8080' ? 'a number alone is a descriptor, and 8080 is ' .
	    'not open; for a port write TCP-LISTEN:8080 or TCP:HOST:8080' :
	    'nobody handed down an open descriptor 8080', '8080', "- $fd");
}
wrong(['-', 'tcp://h:80'], $nohost,
    'a URL is no address; write TCP:h:80', '//h');
wrong(['-', 'udp://h:53'], $nohost,
    'a URL is no address; write UDP:h:53', '//h');
wrong(['-', 'tcp://h'], undef,
    'a URL is no address; write TCP:h:PORT', '//h');
wrong(['http://h/x?y', '-'], sprintf($type, 'http'),
    'a URL is no address; write TCP:h:80', 'http');
wrong(['https://h:8443/', '-'], sprintf($type, 'https'),
    'a URL is no address; write TCP:h:8443', 'https');
wrong(['localhost', '-'], sprintf($type, 'localhost'),
    'did you mean TCP:localhost:PORT?', 'localhost');
wrong(['out.txt', '-'], sprintf($type, 'out.txt'), '-h lists the types; ' .
    'for a file write ./out.txt, for a host TCP:out.txt:PORT', 'out.txt');
spew("$T/there", '');
wrong(['there', '-'], sprintf($type, 'there'),
    'for a file write ./there', 'there');
wrong(['LISTEN:80', '-'], sprintf($type, 'LISTEN'),
    'did you mean TCP-LISTEN:PORT?', 'LISTEN');
wrong(['TPC:h:80', '-'], sprintf($type, 'TPC'),
    'did you mean "TCP"?', 'TPC');
wrong(['fork', '-'], sprintf($type, 'fork'), 'fork is an option of an ' .
    'address and follows it after a comma, as in TCP-LISTEN:8080,fork',
    'fork');
wrong(['-', 'TCP:$HOST:80'], $nohost, '$HOST was not replaced: single ' .
    'quotes and lists in JSON keep it from the shell', '$HOST');
wrong(['-', 'TCP:h:${PORT}'], undef, '${PORT} was not replaced: single ' .
    'quotes and lists in JSON keep it from the shell', '${PORT}');

# Blanks, quotes and words that were put together or torn apart.
wrong(['TCP-LISTEN:1 TCP:h:1'], sprintf($none, 1), 'two addresses in one ' .
    'word; without quotes around both: relay TCP-LISTEN:1 TCP:h:1');
wrong(['TCP-LISTEN:1,fork /run/x'], sprintf($none, 1), 'two addresses in ' .
    'one word; without quotes around both: relay TCP-LISTEN:1,fork /run/x');
wrong(['TCP-LISTEN:1 TCP:h:1', '-'], undef,
    'two addresses in one word: leave out the quotes around both', 'h:1');
wrong(['-d -d TCP-LISTEN:1 -'], sprintf($flag, '-d -d TCP-LISTEN:1 -'),
    'there are blanks in it: leave out the quotes around several words');
wrong(['TCP-LISTEN', 80, 'TCP', 'h', 80], sprintf($none, 5),
    'a colon, and no blank, stands before a parameter: TCP-LISTEN:80');
wrong(['TCP-LISTEN 80', '-'], sprintf($type, 'TCP-LISTEN 80'),
    'a colon stands before a parameter: TCP-LISTEN:80', 'TCP-LISTEN 80');
wrong(['TCP-LISTEN=80', '-'], sprintf($type, 'TCP-LISTEN=80'),
    'a colon stands before a parameter: TCP-LISTEN:80', 'TCP-LISTEN=80');
wrong(['"TCP-LISTEN:80"', '-'], sprintf($type, 'TCP-LISTEN:80'), 'there are ' .
    'quotes around it which no shell takes away; write TCP-LISTEN:80', '"');
wrong([' TCP:h:80', '-'], sprintf($type, ' TCP'),
    'there is a blank before "TCP"', ' TCP');
wrong(['TCP :h:80', '-'], sprintf($type, 'TCP '),
    'there is a blank behind "TCP"', 'TCP ');
wrong(['TCP-LISTEN:80 ', '-'], undef,
    'there is a blank or the end of a line behind 80', '80 ');
wrong(['TCP-LISTEN:80 ,fork', '-'], undef,
    'there is a blank or the end of a line behind 80', '80 ');
wrong(['TCP-LISTEN:80 fork', '-'], undef,
    'an option follows after a comma, without blanks: 80,fork', '80 ');
relay_wrong(['TCP-LISTEN:80', ',fork', '-'], 'E ' . sprintf($none, 3),
    'a blank before the comma makes two words; did you mean ' .
    '"TCP-LISTEN:80,fork"?', '', 'a comma in front');
wrong(['TCP-LISTEN:80', 'TCP:h:80', 'fork'], sprintf($none, 3), '"fork" is ' .
    'an option of an address and follows it after a comma: TCP:h:80,fork');

# How many.
wrong([], sprintf($none, 0), 'two addresses say what to join, as in: relay ' .
    'TCP-LISTEN:8080,fork TCP:localhost:80');
wrong(['TCP-LISTEN:80,fork'], sprintf($none, 1), 'one address, and none to ' .
    'join it with; for this terminal: relay TCP-LISTEN:80,fork STDIO');
wrong(['-', '-', 'TCP:h:80'], sprintf($none, 3),
    'addresses come in pairs, and the last, "TCP:h:80", has no partner');
wrong(['-', '-', '-', '-', 'TCP:h:80'], sprintf($none, 5),
    'addresses come in pairs, and the last, "TCP:h:80", has no partner');

# Flags.
wrong(['--drian', '-', '-'], sprintf($flag, '--drian'),
    'did you mean --drain?');
wrong(['--drian=3', '-', '-'], sprintf($flag, '--drian=3'),
    'did you mean --drain?');
wrong(['-drain=3', '-', '-'], sprintf($flag, '-drain=3'),
    'did you mean --drain?');
wrong(['--verbose', '-', '-'], sprintf($flag, '--verbose'),
    'did you mean -d -d?');
wrong(['--fork', '-', '-'], sprintf($flag, '--fork'), 'fork is an option ' .
    'of an address and follows it after a comma, as in ' .
    'TCP-LISTEN:8080,fork');
wrong(['-l', '80'], 'unknown log option "-l"; use option "-h" for help',
    'to listen is an address: TCP-LISTEN:PORT');
wrong(['-t', 'TCP:h:1', '-'], undef,
    '-t takes a number, and "TCP:h:1" is none');
wrong(['-T', '5s', '-', '-'], undef, '-T takes a number, and "5s" is none');
for my $row (['--help', '-h'], ['--version', '-V']) {
	my ($long, $short) = @$row;
	my @got = run($RELAY, $long);
	my @want = run($RELAY, $short);
	is_deeply(\@got, \@want, "$long is $short");
	is("$got[0] $got[2]", '0 ', '... with status 0, and no line');
	my ($status, @lines) = answer("$T/socat", $long);
	is("$status @lines", '1 E ' . sprintf($flag, $long),
	    '... and none as socat');
}

# Values that are no numbers.
for my $row (
	['fork=yes', '"yes" is not a number; fork alone switches it on'],
	['fork=off', '"off" is not a number; fork=0 switches it off'],
	['backlog=many', '"many" is not a number'],
	['backlog=', 'a number is missing behind backlog='],
	['rcvbuf=64k', '"64k" is not a whole number; units such as k are ' .
	    'not known'],
	['accept-timeout=5s', '"5s" is not a number; seconds, without a ' .
	    'unit: accept-timeout=5'],
	['mode=8', 'access rights are octal digits, at most 7777, as in ' .
	    'mode=600'],
	['mode=rw', '"rw" is not a number; access rights are octal ' .
	    'digits, as in mode=600'],
	['backlog=$N', '$N was not replaced: single quotes and lists in ' .
	    'JSON keep it from the shell'],
) {
	my ($option, $hint) = @$row;
	my (undef, $value) = split /=/, $option, 2;
	wrong(["TCP-LISTEN:1,$option", '-'], undef, $hint, $value);
}

# Numbers out of range are numbers.
for my $row (['TCP-LISTEN:1,backlog=-99999999999', 21, 12],
	['TCP-LISTEN:1,backlog=0x1ffffffff', 21, 11],
	['TCP-LISTEN:1,pool=-1', 18, 2], ['TCP-LISTEN:-1', 11, 1],
	['TCP-LISTEN:1,mode=17777', 18, 5, 'access rights are octal digits, ' .
	    'at most 7777, as in mode=600']) {
	my ($word, $column, $wide, $hint) = @$row;
	my ($status, undef, $err) = run($RELAY, $word, '-');
	my ($first, @more) = split /\n/, $err;
	my @want = ("  $word", ' ' x ($column + 2) . '^' . '~' x ($wide - 1));
	is_deeply([$status, @more], [1, @want, $hint ? "  $hint" : ()],
	    "$word: no hint that it is no number");
}

# Parameters: too few, too many, brackets, no port.
my $open = 'a "[" is open to the end: an IPv6 address is written [::1]';
wrong(['TCP:[::1', '-'], undef, $open, '[::1');
wrong(['TCP:[::1:80', '-'], undef, $open, '[::1:80');
wrong(['TCP6:::1:80', '-'], undef,
    'an IPv6 address goes in brackets: TCP6:[::1]:80', '1');
wrong(['TCP:fe80::1:2:80', '-'], undef,
    'an IPv6 address goes in brackets: TCP:[fe80::1:2]:80', '1');
wrong(['TCP4-LISTEN:6379,fork,reuseaddr', 'TCP4:h'], undef,
    'the port is missing: TCP4:h:PORT', 'h');
wrong(['TCP:80', '-'], undef, 'the host is missing: TCP:HOST:80', '80');
wrong(['TCP-LISTEN', '-'], undef,
    'parameters follow a colon: TCP-LISTEN:<port>', 'TCP-LISTEN');
wrong(['TCP-LISTEN:', '-'], undef,
    'the port is missing: is a variable empty?', '');
wrong(['TCP-LISTEN:127.0.0.1:80', '-'], undef, 'to listen on one address ' .
    'only: TCP-LISTEN:80,bind=127.0.0.1', '80');
wrong(['TCP-LISTEN:80:h:81', '-'], undef, 'where to connect is an address ' .
    'of its own: TCP-LISTEN:80 TCP:h:81', 'h:81');
wrong(['TCP:h:80:nodelay', '-'], undef,
    'an option follows after a comma: ",nodelay"', 'nodelay');
wrong(['TCP:80:h', '-'], undef,
    'the host comes first: TCP:h:80', 'h');
wrong(['TCP:h:80/x', '-'], undef, 'a port has no path; end it at 80',
    '80/x');
wrong(['TCP:h:70000', '-'], undef, 'ports end at 65535', '70000');
wrong(['TCP:h:nosuch', '-'], undef, 'no service "nosuch" is known here ' .
    '(/etc/services): write its number', 'nosuch');

# A comma in a command.
my $comma = 'a comma ends the command unless it is quoted, once more than ' .
    'the shell takes away: ';
wrong(['SYSTEM:a,b', '-'], 'unknown option "b"',
    $comma . q('SYSTEM:"a,b"'), 'b');
wrong(['SYSTEM:echo a,b,pty', '-'], 'unknown option "b"',
    $comma . q('SYSTEM:"echo a,b",pty'), 'b');
wrong(['EXEC:date +%s,%d', '-'], 'unknown option "%d"',
    $comma . q('EXEC:"date +%s,%d"'), '%d');
wrong(['SYSTEM:echo "a" b,c', '-'], 'unknown option "c"', 'a comma ends ' .
    'the command; write \\, for one that belongs to it', 'c');
wrong(['EXEC:cat,pipse', '-'], 'unknown option "pipse"',
    'did you mean "pipes"?', 'pipse');
my ($cured, $out) = run($RELAY, '-u', 'SYSTEM:"echo a,b"', '-');
is("$cured $out", "0 a,b\n", 'the cure works');

# An option at the wrong address.
wrong(['TCP-LISTEN:1', 'EXEC:cat,fork'], sprintf($alien, 'fork'),
    'fork belongs to the other address: TCP-LISTEN:1,fork', 'fork');
wrong(['EXEC:cat,fork', 'TCP-LISTEN:1'], sprintf($alien, 'fork'),
    'fork belongs to the other address: TCP-LISTEN:1,fork', 'fork');
wrong(['TCP-LISTEN:1,pty', 'EXEC:cat'], sprintf($alien, 'pty'),
    'pty belongs to the other address: EXEC:cat,pty', 'pty');
wrong(['OPEN:/dev/null,fork', '-'], sprintf($alien, 'fork'), 'fork is for ' .
    'an address that waits for clients, as TCP-LISTEN:PORT,fork; -g tries ' .
    'it nevertheless', 'fork');

# Ports that others have, are not for everybody, or are elsewhere.
my $taken = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1',
    LocalPort => 0);
my $port = $taken->sockport;
my $in_use = qr/^E bind\(\d+, \{AF=2 [\d.]+:$port\}, 16\): Address (already )?in use$/;
my $us = slurp("/proc/$$/comm");
chomp $us;
wrong(["TCP4-LISTEN:$port", '-'], $in_use, "port $port is in use by $us " .
    "(pid $$); to see who has it: ss -ltnp 'sport = :$port'", 'TCP4');
relay_wrong(["TCP4-LISTEN:$port", '-', 'TCP4-LISTEN:0', '-'],
    qr/^E link 1 .*: bind\(.*: Address (already )?in use$/, "port $port is in use by $us (pid $$); to see who has it: ss -ltnp " .
    "'sport = :$port'", undef, 'one of several');
my $udp = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1',
    LocalPort => 0);
my $uport = $udp->sockport;
wrong(["UDP4-LISTEN:$uport", '-'], qr/^E bind\(.*: Address (already )?in use$/,
    "port $uport is in use by $us (pid $$); to see who has it: ss -lunp " .
    "'sport = :$uport'", 'UDP4');
wrong(['TCP4-LISTEN:0,bind=192.0.2.1', '-'],
    $elsewhere, 'no interface of this machine has that address: see ip addr',
    'TCP4');
SKIP: {
	skip_or_fail('not root, or setpriv is missing', 6)
	    if $> != 0 || system('setpriv --version >/dev/null 2>&1') != 0;
	my $low = slurp('/proc/sys/net/ipv4/ip_unprivileged_port_start');
	skip_or_fail('port 1 is for everybody here', 6) if $low < 2;
	my @nobody = qw(setpriv --reuid 65534 --regid 65534 --clear-groups
	    --bounding-set=-all --);
	my ($status, @lines) = answer(@nobody, $RELAY, 'TCP4-LISTEN:1', '-');
	is($status, 1, 'a privileged port: status 1');
	like($lines[0], qr/^E bind\(.*: Permission denied$/, '... a line');
	is($lines[3], '  ports below 1024 are for root; take a higher one, ' .
	    'or allow it: setcap cap_net_bind_service=+ep on the program, ' .
	    'or sysctl net.ipv4.ip_unprivileged_port_start=1',
	    '... and one in words');
	is(scalar @lines, 4, '... and nothing else');
	($status, @lines) = answer(@nobody, "$T/socat", 'TCP4-LISTEN:1', '-');
	like("@lines", qr/^E bind\([^)]*\): Permission denied$/,
	    '... as socat the line');
	is($status, 1, '... and status 1');
}

# Hosts.  What is found for the client of a listener is said there, too.
my $unknown = 'no host "%s" is known: look at its spelling, /etc/hosts and ' .
    'the name server in /etc/resolv.conf';
sub host_hint {
	my ($line, $host) = @_;
	return sprintf $unknown, $host if $line !~ /again$|Temporary/;
	return "no name server answered for \"$host\"; /etc/resolv.conf says " .
	    'which is asked';
}
my (undef, $first) = answer($RELAY, '-', 'TCP4:nosuch.invalid:80');
wrong(['-', 'TCP4:nosuch.invalid:80'], undef,
    host_hint($first, 'nosuch.invalid'), 'TCP4:');
begin('serve', $RELAY, '-d', '-d', 'TCP4-LISTEN:0,fork,bind=127.0.0.1',
    'TCP4:nosuch.invalid:80');
read_all(tcp_connect(port('serve')));
ok(wait_for(sub { slurp("$T/serve.err") =~ /^  no /m }),
    'a client of a listener: in words, too');
my ($line, $after) = slurp("$T/serve.err") =~ /\] (E get.*)\n(.*)\n/;
is($line, $first, '... the same line');
is($after, '  ' . host_hint($first, 'nosuch.invalid'), '... and the hint');
stop('serve');

# Programs that are not there: before any client comes.
sub program {
	my ($word, $line, $hint, $name) = @_;
	relay_wrong(['TCP4-LISTEN:0,fork', $word], "E $line", $hint,
	    $word =~ /:(.)/, $name // $word);
}
my $enoent = 'execvp("%s", "%s"): No such file or directory';
program('EXEC:nosuchprog', sprintf($enoent, ('nosuchprog') x 2), 'there is ' .
    "no program \"nosuchprog\" in PATH, which is $ENV{PATH}");
program('EXEC:nosuchprog,path=/bin', sprintf($enoent, ('nosuchprog') x 2),
    'there is no program "nosuchprog" in PATH, which is /bin');
program('EXEC:nosuchprog,su=root', sprintf($enoent, ('nosuchprog') x 2),
    "there is no program \"nosuchprog\" in PATH, which is $ENV{PATH}");
program('EXEC:/nosuch x', 'execvp("/nosuch", "/nosuch", "x"): No such file ' .
    'or directory', 'there is no file "/nosuch"');
program("EXEC:$T", "execvp(\"$T\", \"$T\"): Permission denied",
    "\"$T\" is a directory");
program('SHELL:x,shell=/nosuch', 'execl("/nosuch"): No such file or ' .
    'directory', 'SHELL needs the shell /nosuch, which is not here; EXEC ' .
    'runs a program without one');
spew("$T/script", "#!/nosuch/python -x\n");
chmod 0755, "$T/script";
program('EXEC:./script', sprintf($enoent, ('./script') x 2), 'the first ' .
    'line of ./script asks for "/nosuch/python", which is not here');
spew("$T/script", "#!/bin/sh\r\necho\r\n");
program('EXEC:./script', sprintf($enoent, ('./script') x 2), 'the first ' .
    'line of ./script asks for "/bin/sh", with the line end of Windows',
    'a script from Windows');
my (undef, @plain) = answer("$T/socat", '-', 'EXEC:nosuchprog');
is($plain[0], 'E ' . sprintf($enoent, ('nosuchprog') x 2),
    'as socat: found when it is run');

# What cannot be known at the start is not found fault with.
SKIP: {
	skip_or_fail('not root', 3) if $> != 0;
	mkdir "$T/root";
	for my $pair (['TCP4-LISTEN:0,fork', "EXEC:/nosuch,chroot=$T/root"],
	    ["TCP4-LISTEN:0,fork,chroot=$T/root", 'EXEC:/nosuch'],
	    ['TCP4-LISTEN:0,fork', "EXEC:./nosuch,cd=$T/root"]) {
		begin('later', $RELAY, '-d', '-d', @$pair);
		ok(port('later'), "@$pair: listens");
		stop('later');
	}
}
is_deeply([map { s{.*/}{}r } grep { !/(run\d+|serve|later)\.(out|err)$/ }
    glob "$T/*"], ['root', 'script', 'socat', 'there'],
    'nothing was made by mistake');
tests_done();
