#!/usr/bin/perl
# 10-pty.t: PTY, and programs on terminals: names, owners, who comes and goes;
# every option of terminals, set and read back; serial lines as people have
# them: shared over TCP, NMEA from UDP, with picocom
use strict;
use warnings;
use Fcntl;
use FindBin;
use lib "$FindBin::Bin/tools";
use IO::Socket::INET;
use POSIX ();
use Relay qw($T $RELAY slurp wait_for reap lacking);
use Test::More;
use Time::HiRes qw(sleep time);

chdir $T or die;
symlink $RELAY, "$T/socat" or die;
for my $needed ('/dev/ptmx', '/proc/self/status') {
	plan skip_all => "no $needed" if !-e $needed;
}

sub until_true { return wait_for($_[0], 30) }

# Starts a relay; its log is the file NAME.err.
sub start {
	my ($name, @words) = @_;
	open my $f, '>', "$T/$name.err";
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$T/$name.out";
		open STDERR, '>>', "$T/$name.err";
		$SIG{$_} = 'DEFAULT' for qw(HUP INT QUIT TERM PIPE);
		exec $RELAY, '-d', '-d', @words or POSIX::_exit(127);
	}
	return $pid;
}

sub logged { my ($name, $re) = @_; return until_true(sub { slurp("$T/$name.err") =~ $re }) }

sub finish { return reap($_[0], 30) }

# Whether a process is gone, or nobody has waited for it yet.
sub over { return slurp("/proc/$_[0]/status") !~ /^State:\s+[^ZX]/m }

sub stop { kill $_[1] || 'TERM', $_[0]; return finish($_[0]) }

# A terminal by its name, and what comes through it.
sub tty_open {
	my ($path) = @_;
	sysopen my $f, $path, O_RDWR | O_NOCTTY | O_NONBLOCK
	    or die "$path: $!";
	return $f;
}

sub reads {
	my ($f, $want) = @_;
	my $got = '';
	until_true(sub {
		my $n = sysread $f, my $buf, 4096;
		$got .= $buf if $n;
		return length $got >= length $want;
	});
	return $got;
}

# The settings of a program's terminal, as words.
sub settings_of {
	my ($options, $name) = @_;
	$name ||= $RELAY;
	unlink 'settings';
	`$name -t 20 - SYSTEM:'stty -a >settings',pty,$options </dev/null 2>err`;
	my $text = slurp('settings');
	$text =~ s/\s+/ /g;
	return " $text ";
}

sub refused {
	my ($options) = @_;
	`$RELAY - EXEC:'sleep 5',pty,$options </dev/null 2>err`;
	my ($line) = slurp('err') =~ /^\S+ \S+ \S+ [EW] (.*)/m;
	return ($? >> 8) . ' ' . ($line // '');
}

# --- PTY ---------------------------------------------------------------------

{
	my $pid = start('one', 'PTY,link=one,rawer,mode=640,user=1,group=2',
	    'SYSTEM:"tr a-z A-Z",pty,raw,echo=0');
	logged('one', qr/starting data/);
	my ($path) = slurp('one.err') =~ m{N PTY is (/dev/\S+)$}m;
	is(readlink 'one', $path, 'link= is a link to the terminal');
	my @st = stat 'one';
	is(sprintf('%o %d %d', $st[2] & 07777, @st[4, 5]), '640 1 2',
	    'mode, user and group are those of the terminal');
	for my $client (1, 2) {
		my $f = tty_open('one');
		syswrite $f, "$client: hello\n";
		like(reads($f, "x" x 9), qr/^$client: /, "client $client");
	}
	is(stop($pid), 143, 'TERM');
	ok(!-l 'one', 'the link is gone');
}

{
	my $pid = start('keep', 'PTY,symbolic-link=keep,unlink-close=0',
	    'PIPE');
	logged('keep', qr/starting data/);
	stop($pid);
	ok(-l 'keep', 'unlink-close=0: the link stays');
	$pid = start('keep', 'PTY,link=keep', 'PIPE');
	logged('keep', qr/starting data/);
	isnt(readlink 'keep', undef, '... and is replaced');
	unlink 'keep';
	symlink '/nowhere', 'keep';
	stop($pid);
	is(readlink 'keep', '/nowhere', 'the link of another is not removed');
}

{
	my $pid = start('wait', 'PTY,link=wait,raw,echo=0,wait-slave,' .
	    'pty-interval=0.02', 'OPEN:wait.data,creat,ignoreeof');
	logged('wait', qr/PTY is/);
	sleep 0.2;
	ok(!-e 'wait.data', 'wait-slave: the other address waits');
	my $f = tty_open('wait');
	ok(until_true(sub { -e 'wait.data' }), '... until it is opened');
	syswrite $f, 'some bytes';
	until_true(sub { -s 'wait.data' });
	close $f;
	is(finish($pid), 0, '... and the end of the client is that of all');
	is(slurp('wait.data'), 'some bytes', '... with all bytes');
	like(slurp('wait.err'), qr{N\ read\(\d+,\ 0x[0-9a-f]+,\ \d+\):
	    \ Input/output\ error\ \(probably\ PTY\ closed\)\n.*
	    socket\ 1\ \(fd\ \d+\)\ is\ at\ EOF\n}x, '... which is said');
}

{
	my $pid = start('wait', 'PTY,link=wait,wait-slave,pty-interval=20',
	    'PIPE');
	logged('wait', qr/PTY is/);
	is(stop($pid), 143, 'TERM while it waits');
	ok(!-l 'wait', '... removes the link');
}

{
	my $pid = start('sit', 'PTY,link=sit,raw,echo=0,wait-slave,' .
	    'pty-interval=0.02,sitout-eio=20', 'OPEN:sit.data,creat,ignoreeof');
	logged('sit', qr/PTY is/);
	my $f = tty_open('sit');
	logged('sit', qr/starting data/);
	for my $n (1 .. 3) {
		syswrite $f, "$n";
		until_true(sub { slurp('sit.data') =~ /$n/ });
		close $f;
		sleep 0.1;
		$f = tty_open('sit');
	}
	is(slurp('sit.data'), '123', 'sitout-eio: one may come after another');
	close $f;
	is(stop($pid), 143, '... and TERM ends it while it waits');
}

{
	open my $f, '>', 'closes' or die;
	print $f 'exec 3>&2 >"$0.out" 2>&1; tty=$(tty)', "\n",
	    "exec <&- >&- 2>&-; sleep 0.3; echo again >\$tty\n";
	close $f;
	my $text = `$RELAY -t 20 - EXEC:'sh closes',pty,raw,sitout-eio=2 </dev/null`;
	is($text, "again\n", 'sitout-eio of a program that closes it');
}

# --- programs ----------------------------------------------------------------

{
	my $text = `$RELAY -t 20 - EXEC:'grep flags /proc/self/fdinfo/0',pty,nonblock </dev/null`;
	my ($flags) = $text =~ /(\d+)/;
	is(oct($flags) & O_NONBLOCK, 0, 'nonblock is not for the program');
}

for my $tie ('pty', 'pty,setsid', 'pty,setsid,ctty', 'pty,raw,echo=0') {
	for (['-T', '0.2', 'PIPE'], ['-t', '0.1', '/dev/null'],
	    ['-t', '0.1', 'PIPE']) {
		my @words = @$_;
		my $to = pop @words;
		my $program = 'sh -c "echo $$ >&2; exec sleep 60"';
		my $pid = start('prog', @words, $to, "EXEC:'$program',$tie");
		logged('prog', qr/^\d+$/m);
		if ("@words $to" eq '-t 0.1 PIPE') {
			stop($pid);
		} else {
			finish($pid);
		}
		my ($child) = slurp('prog.err') =~ /^(\d+)$/m;
		ok($child && until_true(sub { over($child) }),
		    "@words $to, $tie: the program ends as well");
	}
}

{
	my $pid = start('sig', 'PIPE', 'EXEC:"perl -e \"\$|=1; \$SIG{\$_} = ' .
	    'sub { print STDERR qq(\@_\n) } for qw(INT HUP QUIT); ' .
	    'print STDERR qq(up\n); 1 while select(undef, undef, undef, 60)' .
	    ' == -1\"",pty,raw,echo=0,sighup,sigint,sigquit');
	logged('sig', qr/^up$/m);
	for my $signal (qw(INT HUP QUIT)) {
		kill $signal, $pid;
		ok(logged('sig', qr/^$signal$/m), "sig$signal is passed on");
	}
	is(stop($pid), 143, '... and relay stays until TERM');
}

for (['-u', '-', 'EXEC:cat,fdout=1', 'fdout is useless in write-only mode'],
    ['-U', 'EXEC:cat,fdout=5', '-', 'fdout is useless in write-only mode'],
    ['-u', 'SYSTEM:true,fdin=3', '-', 'fdin is useless in read-only mode'],
    ['-u', '-', 'SHELL:cat,pty,fdout=1',
	'fdout is useless in write-only mode']) {
	my @words = @$_;
	my $why = pop @words;
	for my $name ($RELAY, "$T/socat") {
		`$name @words </dev/null 2>err`;
		is(($? >> 8) . (slurp('err') =~ /E (.*)/ ? " $1" : ''),
		    "1 option $why", "@words");
	}
}
is(refused('pipes,sitout-eio=x'), '1 parseopts(): missing numerical value ' .
    'of option "sitout-eio=x"', 'sitout-eio=x');
like(settings_of('pipes'), qr/speed 38400/, 'pty and pipes: a terminal');
like(slurp('err'), qr/W options "pipes" and "pty" must not be specified together; ignoring "pipes"\n/,
    '... with a warning');

# --- options, set and read back ----------------------------------------------

my @flags = qw(brkint clocal crtscts cstopb echo echoctl echoe echok echoke
    echonl echoprt flusho hupcl icanon icrnl iexten ignbrk igncr ignpar imaxbel
    inlcr inpck isig istrip iuclc ixany ixoff ixon noflsh ocrnl ofdel ofill
    olcuc onlcr onlret onocr opost parmrk parodd tostop xcase);
my %alias = (ctlecho => 'echoctl', crterase => 'echoe', crtkill => 'echoke',
    prterase => 'echoprt', hup => 'hupcl', tandem => 'ixoff');
# What POSIX has not, and the portable build may refuse
my @beyond = qw(crtscts echoctl ctlecho echoke crtkill echoprt prterase flusho
    xcase xtabs);
@flags = grep { !lacking("PTY,$_", @beyond) } @flags;
delete @alias{grep { lacking("PTY,$_", @beyond) } sort keys %alias};
my $xtabs = lacking('PTY,xtabs', @beyond) ? 'tab3' : 'xtabs';
{
	my $on = settings_of(join ',', @flags);
	is(join(' ', grep { $on !~ / $_ / } @flags), '', 'all flags on');
	$on = settings_of(join ',', map { "$_=1" } @flags);
	is(join(' ', grep { $on !~ / $_ / } @flags), '', 'all flags =1');
	my $off = settings_of(join ',', map { "$_=0" } @flags);
	is(join(' ', grep { $off !~ / -$_ / } @flags), '', 'all flags off');
	$on = settings_of(join ',', map { "$_=0,$_" } keys %alias);
	is(join(' ', grep { $on !~ / $_ / } values %alias), '', 'aliases');
	my $delays = settings_of('bsdly,ffdly,nldly,vtdly,crdly=2,tabdly=1');
	like($delays, qr/ nl1 cr2 tab1 bs1 vt1 ff1 /, 'delays on');
	$delays = settings_of('bs1,ff1,nl1,vt1,cr3,tab2');
	like($delays, qr/ nl1 cr3 tab2 bs1 vt1 ff1 /, 'delays by name');
	$delays = settings_of("bs1,ff1,nl1,vt1,cr3,$xtabs,bs0,ff0,nl0,vt0,cr0");
	like($delays, qr/ nl0 cr0 tab3 bs0 vt0 ff0 /, 'delays off again');
	$delays = settings_of('tab3,bsdly,bsdly=0,tab0,cr1');
	like($delays, qr/ nl0 cr1 tab0 bs0 vt0 ff0 /, 'delays off by number');
}

my @speeds = map { /^\s+b(\d+)\s.*TERMIOS/ ? $1 : () } `$RELAY -hhh`;
cmp_ok(scalar @speeds, '>', 15, 'speeds in -hhh');
for my $speed (grep { $_ != 134 } @speeds) {
	like(settings_of("b$speed"), qr/^ speed $speed baud;/, "b$speed");
}
like(settings_of('b134'), qr/^ speed 134/, 'b134');
like(settings_of('ispeed=9600,ospeed=9600'), qr/^ speed 9600 baud/,
    'ispeed=, ospeed=');
like(settings_of('b50,ispeed=13,ospeed=13', "$T/socat"),
    qr/^ speed 9600 baud/, '... as socat: what termios calls B9600')
    if $^O eq 'linux';

my %char = (vintr => 'intr', vquit => 'quit', verase => 'erase',
    vkill => 'kill', veof => 'eof', veol => 'eol', veol2 => 'eol2',
    vswtc => 'swtch', vstart => 'start', vstop => 'stop', vsusp => 'susp',
    vreprint => 'rprnt', vwerase => 'werase', vlnext => 'lnext',
    vdiscard => 'discard');
{
	for my $by ('name', 'alias') {
		my $n = 0;
		my (@option, @want);
		for my $option (sort keys %char) {
			$n++;
			push @option, ($by eq 'name' ? $option :
			    $char{$option}) . "=$n";
			push @want, "$char{$option} = ^" . chr(64 + $n) . ';';
		}
		my $got = settings_of(join(',', @option, $by eq 'name' ?
		    'vmin=7,vtime=8' : 'min=7,time=0x8'));
		is(join(' ', grep { index($got, " $_ ") == -1 } @want,
		    'min = 7;', 'time = 8;'), '', "characters by $by");
	}
	like(settings_of('reprint=1,swtc=2'), qr/swtch = \^B;.* rprnt = \^A;/,
	    'other aliases');
	like(settings_of('intr=0,eof=255'), qr/ intr = <undef>;.* eof = M-\^\?;/,
	    'characters 0 and 255');
	like(settings_of('setflags=0:0x200,termios-setflags=3:0x100'),
	    qr/ iuclc .* tostop /, 'setflags=');
}
like(settings_of('winsz=80:24'), qr/ rows 24; columns 80; /, 'winsz=');
like(settings_of('raw'), qr/ -opost .* -isig -icanon iexten echo /, 'raw');
like(settings_of('cfmakeraw'), qr/ -opost .* -isig -icanon -iexten -echo /,
    'cfmakeraw');
like(settings_of('b9600,rawer'), qr/^ speed 9600 .* -opost .* -isig -icanon -iexten -echo -echoe /,
    'rawer keeps the speed');
like(settings_of('rawer', "$T/socat"), qr/^ speed 0 /, '... not as socat');
like(settings_of('rawer,sane'), qr/ brkint .* icrnl ixon .* opost .* onlcr .* isig icanon iexten echo /,
    'sane');
like(settings_of('sane,echo=0,sane'), qr/ icanon iexten echo /, 'in their order');

for (['b12345', 'unknown option "b12345"'],
    ['b9600=1', 'no value permitted for option "b9600"'],
    ['raw=1', 'no value permitted for option "raw"'],
    ['cs8=8', 'no value permitted for option "cs8"'],
    ['intr=256', 'option "intr=256": byte value exceeds limit (256 vs. 255), using max'],
    ['vmin=-1', 'option "vmin=-1": byte value exceeds limit (18446744073709551615 vs. 255), using max'],
    ['intr=x', 'parseopts(): missing numerical value of option "intr=x"'],
    ['intr=^C', 'parseopts(): missing numerical value of option "intr=^C"'],
    ['echo=x', 'parseopts(): missing numerical value of option "echo=x"'],
    ['csize=4', 'option csize: invalid value 4'],
    ['crdly=4', 'option crdly: invalid value 4'],
    ['tabdly=9', 'option tabdly: invalid value 9'],
    ['setflags=4:1', 'option termios-setflags: invalid value 4'],
    ['setflags=1', 'parseopts(): option "setflags": 2 arguments required'],
    ['winsz=80', 'parseopts(): option "winsz": 2 arguments required']) {
	my ($option, $why) = @$_;
	is(refused($option), "1 $why", $option);
}
is(refused($_) =~ s/\(.*\)//r, '1 tcsetattr: Invalid argument',
    "$_: not of a pseudo terminal") for qw(parenb cs7 csize=2 cread=0);
like(refused('ispeed=12345'), qr/^1 cfsetispeed\(0x[0-9a-f]+, 12345\): /,
    'ispeed=12345: ' . 'no such speed');
like(refused('ospeed=12345'), qr/^1 cfsetospeed\(0x[0-9a-f]+, 12345\): /,
    'ospeed=12345');

# --- serial lines ------------------------------------------------------------

sub pair {
	my $pid = start('pair', 'PTY,link=line,rawer', 'PTY,link=device,rawer');
	logged('pair', qr/starting data/);
	return $pid;
}

sub port_of {
	my ($name) = @_;
	logged($name, qr/listening on/);
	return slurp("$name.err") =~ /listening on .*:(\d+)$/m ? $1 : 0;
}

# Shared over TCP, and got back as a terminal at the other side.
{
	my $pair = pair();
	my $device = tty_open('device');
	system 'stty', '-F', 'line', 'sane', '4800';
	my $before = `stty -g -F line`;
	my $server = start('server', 'TCP-LISTEN:0,bind=127.0.0.1,fork',
	    'FILE:line,raw,echo=0,b115200');
	my $port = port_of('server');
	for my $round (1, 2) {
		my $client = start('client', 'PTY,link=remote,rawer,wait-slave,' .
		    'pty-interval=0.02', "TCP4:127.0.0.1:$port");
		until_true(sub { -e 'remote' });
		my $remote = tty_open('remote');
		logged('client', qr/starting data/);
		syswrite $remote, "to the device $round\n";
		is(reads($device, "to the device 1\n"),
		    "to the device $round\n", "round $round: there");
		like(`stty -a -F line`, qr/speed 115200 .*-icanon/s,
		    '... with the settings of the server') if $round == 1;
		syswrite $device, "\x03\x04\x11\x13\xff\r\nback\n";
		is(reads($remote, "\x03\x04\x11\x13\xff\r\nback\n"),
		    "\x03\x04\x11\x13\xff\r\nback\n", '... and back, as it is');
		# the line is cut, by the user or by the network
		$round == 1 ? close $remote : kill 'KILL', $client;
		finish($client);
		ok(until_true(sub { `stty -g -F line` eq $before }),
		    '... the settings come back after it is cut');
		unlink 'remote';
	}
	stop($server);
	stop($pair);
}

# NMEA over UDP, to a terminal that a client reads.
{
	my $relayed = start('nmea', '-u', 'UDP4-RECV:0,bind=127.0.0.1',
	    'PTY,link=gps,rawer');
	logged('nmea', qr/bound to/);
	my ($port) = slurp('nmea.err') =~ /bound to .*:(\d+)$/m;
	logged('nmea', qr/starting data/);
	my $gps = tty_open('gps');
	my $line = "\$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n";
	my $s = IO::Socket::INET->new(Proto => 'udp',
	    PeerAddr => "127.0.0.1:$port") or die;
	$s->send($line) for 1 .. 3;
	is(reads($gps, $line x 3), $line x 3, 'NMEA by UDP comes whole');
	stop($relayed);
}

SKIP: {
	my $there = `sh -c 'command -v picocom'`;
	fail('picocom is missing') if !$there && $ENV{TEST_NO_SKIP};
	skip 'picocom is missing', 2 if !$there;
	my $pair = pair();
	my $device = tty_open('device');
	# picocom runs on a terminal, which relay gives it
	my $session = start('session', 'SYSTEM:"sleep 1; printf typed; sleep 2;' .
	    ' printf \"\\\\001\\\\030\""', 'EXEC:"picocom -q -b 9600 line",pty,setsid,ctty,stderr,raw,echo=0');
	is(reads($device, 'typed'), 'typed', 'picocom: typed at one side');
	like(`stty -a -F line`, qr/speed 9600 /, '... with its speed');
	finish($session);
	stop($pair);
}

done_testing();
