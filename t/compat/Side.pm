# Side.pm: runs scenarios under relay and compares with what socat does
#
# A file of scenarios, NAME.cases, has blocks "== name", each followed by shell
# text that calls socat, and blocks "words TITLE: COMMAND", each followed by
# one word per line, which takes the place of % in COMMAND.  A program runs by
# the name socat, in an empty directory.  The bytes on stdout, the exit status
# and the shape of stderr have to be the same as those of the reference.
#
# The reference is socat 1.8.1.1.  What came of each scenario under it stands
# in recorded/NAME.expected: a line "== name" for each, then the text that
# run() gives, every line behind a tab.  A scenario without a record, as one
# whose result is not always the same, runs beside the socat of this machine,
# $REFERENCE, which also is the peer that scenarios call $REF.
#
# The file "differ" lists where relay is not to do as the reference, with the
# reason and with what it has to give.  Such a scenario must differ.
#
# SIDE_ONLY=ERE runs the scenarios of that name; SIDE_SHOW=1 shows what came
# of all.
package Side;

use strict;
use warnings;
use Cwd 'abs_path';
use Exporter 'import';
use File::Basename 'dirname';
use File::Path 'remove_tree';
use File::Temp 'tempdir';
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX qw(:sys_wait_h);
use Time::HiRes qw(sleep time);

our @EXPORT = qw(side);

my $here = dirname(abs_path(__FILE__));
my $relay = $ENV{RELAY} || "$here/../../relay";
my $reference = $ENV{REFERENCE} || '/usr/bin/socat';
my $seconds = 15;		# for one scenario
my $lanes = $ENV{SIDE_LANES} || 3;
my $scratch;
my $owner = $$;
my %running;			# children of the owner, each with a scenario
my $current;			# in a child: the directory of its scenario

# Log lines that are not compared: names of functions inside of socat,
# and what comes or not as signals and data happen to overtake each other.
my $noise = qr{^(?:childdied\(\)
	|socat_signal\(\)
	|exit\(\d+\)$
	|recvmsg\(\)
	|Waiting\ for\ child\ processes
	|system\(".*"\)\ returned
	|waitpid\(-1,\ \{\},\ WNOHANG\)
	)}x;

# The head of a dump, which follows text that had no newline.
my $dumped = qr{([<>] )\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.(\d+)  (?=length=)};

# A static build has musl's words for what glibc, the reference's, says.
my %musl = (
	'Address in use' => 'Address already in use',
	'Address not available' => 'Cannot assign requested address',
	'Message too large' => 'Message too long',
	'Name does not resolve' => 'Name or service not known',
	'Network unreachable' => 'Network is unreachable',
	'Not a tty' => 'Inappropriate ioctl for device',
	'Operation timed out' => 'Connection timed out',
	'Socket not connected' => 'Transport endpoint is not connected',
	'Try again' => 'Temporary failure in name resolution',
);
my $musl = join '|', sort keys %musl;

# musl's getaddrinfo(3) has one error for both.
my @one_of_both = ('Address family for hostname not supported',
    'Name or service not known');

# What differs from run to run, in one message; the port of a peer and fds
# other than 0, 1 and 2 among it.
sub shape {
	my ($text, $port) = @_;

	$text =~ s/: ($musl)$/: $musl{$1}/;
	$text =~ s/^\w+\(\): (?=unknown option|option|missing|trailing)//;
	$text =~ s/:$port->{$_}\b/:$_/g for keys %$port;
	$text =~ s/(AF=2 [\d.]+|AF=10 \[[^]]*\]):\d{4,5}\b/$1:PORT/g;
	$text =~ s/\b(child|child process) \d+/$1 PID/g;
	$text =~ s/FDs \[(\d+),(\d+)\] and \[(\d+),(\d+)\]/sprintf
	    "FDs [%s] and [%s]", fds($1, $2), fds($3, $4)/e;
	$text =~ s/\(fd (\d+)\)/'(fd ' . fd($1) . ')'/e;
	$text =~ s/^(\w+)\((\d+),/"$1(" . fd($2) . ','/e;
	$text =~ s/0x[0-9a-f]{6,}/ADDRESS/g;
	$text =~ s/^xiopoll\(.*\):/poll(...):/;
	$text =~ s/^(lseek|ftruncate)64\b/$1/;
	$text =~ s/^xioparsenetwork_ip[46]\((".*?"),,\)/range $1/;
	$text =~ s/^((?:set|get)sockopt\(FD, \d+, \d+), .*\):/$1, ...):/;
	$text =~ s/^(flock\(FD), .*\):/$1, ...):/;
	$text =~ s/^((?:read|write)\(.*), \d+\):/$1, SIZE):/;
	$text =~ s/^mkstemp\(".*"\):|^cannot create lock file ".*":/lock:/;
	# an unnamed unix socket: socat prints what its stack held
	$text =~ s/(local address AF=1 ).*/$1.../;
	# how parameters are counted differs between versions of socat
	$text =~ s/.*(wrong number of parameters).*/$1/;
	return $text;
}

sub fd { return $_[0] <= 2 ? $_[0] : 'FD' }

sub fds {
	my ($r, $w) = @_;

	return $r <= 2 || $w <= 2 ? "$r,$w" : $r == $w ? 'FD,FD' : 'FD,FD2';
}

# stderr as text to be compared: lines of one process together, processes in
# the order in which they spoke first, everything else after them.
sub normal {
	my ($text, $port) = @_;
	my (%of, @pids, @rest);

	for my $line (split /^/, $text) {
		if ($line =~ m{^\d{4}/\d\d/\d\d\ \d\d:\d\d:\d\d(\.\d{6})?
		    (\ \S+)?\ ([^\[\]]+)\[(\d+)\]\ ([FEWNID])\ (.*)}x) {
			my ($fine, $host, $name, $pid, $level, $message) =
			    ($1, $2, $3, $4, $5, $6);
			push @pids, $pid if !$of{$pid};
			$of{$pid} ||= [];
			next if $message =~ $noise;
			$message = shape($message, $port);
			my $shown = join '', 'TIME', $fine ? '.u' : '',
			    $host ? ' HOST' : '', " $name ", $level,
			    " $message\n";
			# socat says it twice for EXEC
			next if $message =~ /^forked off/ &&
			    @{$of{$pid}} && $of{$pid}[-1] eq $shown;
			# and this, if data and the child's end come together
			next if $message =~ /is at EOF$/ &&
			    grep { $_ eq $shown } @{$of{$pid}};
			push @{$of{$pid}}, $shown;
		} else {
			$line =~ s/$dumped/"$1TIME." . length($2) . '  '/ge;
			push @rest, $line;
		}
	}
	my $shown = '';
	my $n = 0;
	for my $pid (grep { @{$of{$_}} } @pids) {
		$shown .= join '', 'process ', ++$n, ":\n", @{$of{$pid}};
	}
	return join '', $shown, @rest;
}

# A free port, below those that the kernel deals out itself.  It is ours, among
# all runs of these tests, as long as the socket in %reserved is open.
my $next_port = 20000 + $$ % 9000;
my %reserved;
sub free_port {
	for (1 .. 9000) {
		$next_port = 20000 + ($next_port + 1 - 20000) % 9000;
		next if $reserved{$next_port};
		my $mine = IO::Socket::UNIX->new(Listen => 1,
		    Local => "\0relay-side-$next_port") or next;
		my $s = IO::Socket::INET->new(Listen => 1, Proto => 'tcp',
		    LocalAddr => "0.0.0.0:$next_port") or next;
		my $u = IO::Socket::INET->new(Proto => 'udp',
		    LocalAddr => "0.0.0.0:$next_port") or next;
		$reserved{$next_port} = $mine;
		return $next_port;
	}
	die "no free port\n";
}

# Ends what a scenario left behind: whoever has its directory as SIDE.
sub sweep {
	my ($dir) = @_;

	for my $proc (glob '/proc/[0-9]*') {
		open my $f, '<', "$proc/environ" or next;
		local $/;
		my $environ = <$f> // next;
		next if "\0$environ" !~ /\0SIDE=\Q$dir\E\0/;
		kill 'KILL', $proc =~ /(\d+)$/;
	}
}

sub content {
	my ($path) = @_;

	open my $f, '<:raw', $path or return '';
	local $/;
	return <$f> // '';
}

# One scenario under one program; what came of it, as one text.
sub run {
	my ($program, $dir, $text, $port) = @_;

	mkdir $dir or die "$dir: $!";
	mkdir "$dir/bin" or die;
	mkdir "$dir/work" or die;
	symlink $program, "$dir/bin/socat" or die;
	symlink "$here/args", "$dir/work/args" or die;
	$current = $dir;
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		chdir "$dir/work" or die;
		delete @ENV{qw(LOGNAME USER), grep /^SOCAT_|^RELAY/, keys %ENV};
		@ENV{keys %$port} = values %$port;
		@ENV{qw(SIDE REF TZ SHELL)} =
		    ($dir, $reference, 'UTC', '/bin/sh');
		# bash reads ~/.bashrc where its stdin is a socket
		$ENV{HOME} = $dir;
		$ENV{PATH} = "$dir/bin:$ENV{PATH}";
		$SIG{$_} = 'DEFAULT' for qw(INT QUIT HUP PIPE TERM CHLD);
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$dir/out";
		open STDERR, '>', "$dir/err";
		exec '/bin/sh', '-c', ". '$here/prelude.sh'\n$text";
		exit 127;
	}
	my $end = time + $seconds;
	my $status = 'timeout';
	while (time < $end) {
		if (waitpid($pid, WNOHANG) == $pid) {
			$status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
			last;
		}
		sleep 0.01;
	}
	if ($status eq 'timeout') {
		kill 'KILL', $pid;
		waitpid $pid, 0;
	}
	# read before the sweep: shells tell when a child of theirs was killed
	my $out = content("$dir/out");
	my $err = content("$dir/err");
	sweep($dir);
	$out =~ s/\b$port->{$_}\b/$_/g for keys %$port;
	$out =~ s/([^\t\n\x20-\x7e])/sprintf '\\x%02x', ord $1/ge;
	my $log = normal($err, $port);
	$log =~ s/([^\t\n\x20-\x7e])/sprintf '\\x%02x', ord $1/ge;
	remove_tree($dir);
	return "status $status\n-- stdout\n$out\n-- stderr\n$log\n";
}

sub differ {
	my ($n, $want, $got) = @_;
	my ($a, $b) = ("$scratch/$n.socat", "$scratch/$n.relay");

	for ([$a, $want], [$b, $got]) {
		open my $f, '>', $_->[0] or die;
		print $f $_->[1];
	}
	my $diff = `diff -U20 '$a' '$b' | tail -n +3`;
	unlink $a, $b;
	$diff =~ s/^(?=.)/#   /mg;
	return $diff;
}

# The blocks of a file of results: name => { text, reason }.  Lines that begin
# with "# " below the name are the reason.
sub results {
	my ($file) = @_;
	my (%of, $name);

	open my $f, '<', "$here/$file" or die "$file: $!\n";
	while (my $line = <$f>) {
		if ($line =~ /^== (.*)/) {
			$name = $1;
			die "$file: \"$name\" is there twice\n" if $of{$name};
			$of{$name} = { text => '', reason => '' };
		} elsif ($line =~ /^\t(.*\n)/) {
			$of{$name}{text} .= $1;
		} elsif ($line =~ /^# (.*)/ && defined $name) {
			$of{$name}{reason} .= "$1 ";
		}
	}
	return \%of;
}

# The scenarios of NAME.cases: name and shell text of each, with its record
# and its entry in "differ", where there are such.
sub cases {
	my ($file) = @_;
	my $base = $file =~ s/\.cases$//r;
	my $record = results("recorded/$base.expected");
	my $differ = results('differ');
	my @all = map { { name => $_->[0], text => $_->[1],
	    record => delete $record->{$_->[0]},
	    differ => delete $differ->{"$base: $_->[0]"} } } scenarios($file);

	die "recorded/$base.expected: no scenario \"$_\"\n" for keys %$record;
	/^\Q$base\E: / and die "differ: no scenario \"$_\"\n"
	    for keys %$differ;
	return @all;
}

# What is wrong with an entry of "differ", or nothing.
sub unfounded {
	my ($case) = @_;
	my ($differ, $record) = @$case{qw(differ record)};

	return if !$differ;
	return 'it gives no reason' if $differ->{reason} !~ /\w/;
	return 'it does not say what relay gives' if $differ->{text} eq '';
	return 'it says the same as the record'
	    if $record && $record->{text} eq $differ->{text};
	return;
}

# What the portable build lacks, and its words for it; and what nobody tells it
# of a packet.
my $lacks = qr{[ ]E[ ](?:
    (?:INTERFACE|TUN|POSIXMQ(?:-\w+)?|VSOCK-\w+)[ ]is[ ]known[ ]but[ ]not[ ]here:[ ]
	only[ ]Linux[ ]|
    option[ ]"(?:so-reuseport|reuseport|so-bindtodevice|noatime|crtscts|
	echoctl|echoprt|ipv6-join-source-group|udplite-(?:send|recv)-cscov)"[ ]is[ ]known[ ]but[ ]not[ ]
	available[ ]here$|
    setsockopt\(FD,[ ]0,[ ](?:35|39),[ ][.]{3}\):[ ]Function[ ]not[ ]implemented$|
    setns\("\w+",[ ]CLONE_NEWNET\):[ ]Function[ ]not[ ]implemented$)}mx;
my $untold = qr{^.*(?:Ancillary message: |SOCAT_(?:TIMESTAMP|IP_|IPV6_)).*\n}m;
my $portable;

# Whether what differs is only what the portable build cannot have
sub cannot {
	my ($want, $got) = @_;

	$portable //= `$relay -V` =~ /posix build/ ? 1 : 0;
	return 0 if !$portable;
	return $want !~ $lacks if $got =~ $lacks;
	return $want =~ s/$untold//gr eq $got;
}

# A scenario under relay; the TAP for it.
sub scenario {
	my ($n, $case, $port) = @_;
	my ($name, $text, $differ, $record) =
	    @$case{qw(name text differ record)};
	my $beside = !$differ && !$record;

	if (($beside || $text =~ /\$REF\b/) && !-x $reference) {
		return "ok $n - $name # skip $reference is missing\n"
		    if !$ENV{TEST_NO_SKIP};
		return "not ok $n - $name\n# $reference is missing\n";
	}
	my $why = unfounded($case);
	return "not ok $n - $name\n# the entry in differ: $why\n" if $why;
	my $want = $differ ? $differ->{text} : $record ? $record->{text} :
	    run($reference, "$scratch/$n-ref", $text, $port);
	return "not ok $n - $name\n#   the reference timed out\n$want"
	    if $want =~ /^status timeout/;
	$want =~ s/\Q$one_of_both[0]\E/$one_of_both[1]/g
	    if $relay =~ /static/;
	my $got = run($relay, "$scratch/$n-own", $text, $port);
	return "ok $n - $name\n" . ($ENV{SIDE_SHOW} ? $got =~ s/^/# /mgr : '')
	    if $want eq $got || cannot($want, $got);
	my $shown = $text;
	$shown =~ s/^(?=.)/#   /mg;
	my $head = !$differ ? '' : $record && $got eq $record->{text} ?
	    "# relay does as the reference: no entry in differ is needed\n" :
	    "# relay differs here: $differ->{reason}\n";
	return "not ok $n - $name\n$head$shown# wanted -, relay +\n" .
	    differ($n, $want, $got);
}

# [name, text] of every scenario of a file
sub scenarios {
	my ($file) = @_;
	my ($title, $command, @all);

	open my $f, '<', "$here/$file" or die "$file: $!";
	while (my $line = <$f>) {
		if ($line =~ /^== (.*)/) {
			undef $command;
			push @all, [$1, ''];
		} elsif ($line =~ /^words ([^:]*): (.*)/) {
			($title, $command) = ($1, $2);
		} elsif (defined $command) {
			next if $line =~ /^(#.*)?$/;
			chomp $line;
			my ($quoted, $text) = ($line, $command);
			$quoted =~ s/'/'\\''/g;
			$text =~ s/%/'$quoted'/;
			push @all, ["$title: $line", "$text\n"];
		} elsif (@all) {
			next if $line =~ /^(#.*)?$/;
			$all[-1][1] .= $line;
		}
	}
	return @all;
}

sub skip_all {
	my ($reason) = @_;

	if ($ENV{TEST_NO_SKIP}) {
		print "1..1\nnot ok 1 - may not be skipped: $reason\n";
		exit 1;
	}
	print "1..0 # skip $reason\n";
	exit 0;
}

# Runs all scenarios of the named files, a few at a time.
sub side {
	my @all = map { cases($_) } @_;
	my %tap;
	umask 022;
	$seconds = 60;	# among many other tests all takes longer
	my $only = $ENV{SIDE_ONLY};

	-x $relay or skip_all("$relay is not built");
	$relay = abs_path($relay);
	$scratch = tempdir('relay-side.XXXXXX', TMPDIR => 1);
	chmod 0755, $scratch;
	$SIG{$_} = sub { exit 1 } for qw(HUP INT PIPE TERM);
	@all = grep { $_->{name} =~ /$only/ } @all if $only;
	$| = 1;
	my ($next, $shown, $failed) = (1, 1, 0);
	while ($shown <= @all) {
		while ($next <= @all && keys %running < $lanes) {
			my $port = { map { ("P$_" => free_port()) } 1 .. 3 };
			my $case = $all[$next - 1];
			my $pid = fork // die "fork: $!";
			if (!$pid) {
				my $tap = eval { scenario($next, $case,
				    $port) } //
				    "not ok $next - $case->{name}\n# $@";
				open my $f, '>', "$scratch/$next.tap" or die;
				print $f $tap;
				close $f;
				POSIX::_exit(0);
			}
			$running{$pid} = [$next++, values %$port];
		}
		my $pid = waitpid -1, 0;
		my $ended = delete $running{$pid} or next;
		my ($n, @ports) = @$ended;
		delete @reserved{@ports};
		$tap{$n} = content("$scratch/$n.tap") || "not ok $n\n";
		while (defined $tap{$shown}) {
			my $text = delete $tap{$shown++};
			print $text;
			next if $text !~ /^not/;
			$failed++;
			# prove shows no other lines without being asked
			print STDERR $text =~ s/^(?!#)/# /mgr;
		}
	}
	print '1..', scalar @all, "\n";
	exit($failed != 0);
}

END {
	my $status = $?;

	sweep($current) if defined $current;
	if (defined $scratch && $$ == $owner) {
		kill 'TERM', keys %running;
		1 while waitpid(-1, 0) > 0;
		remove_tree($scratch);
	}
	$? = $status;
}

1;
