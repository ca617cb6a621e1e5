#!/usr/bin/perl
# The benchmark: relay beside its peers, interleaved, on loopback only.
#
# usage: t/bench/run.pl [MEASURE...]    (what the README shows and the goals
# need, if none is named: about seven minutes; "all" for all)
# ROUNDS=3; QUICK=1 makes everything small; PEERS=probe,relay picks peers;
# RELAY, RELAY_STATIC, RELAY_POSIX, SOCAT name the programs; POOL=16; NOCGROUP=1
# counts as where no cgroup can be made.
# Raw figures go to t/bench/results/DATE.tsv (or OUT); table.pl prints them.
use strict;
use warnings;
use File::Spec ();
use IO::Handle ();
use File::Basename qw(dirname);
use POSIX ();
use Time::HiRes qw(sleep);
use lib dirname($0);
use Meter;
use Peer;

my $here = dirname(File::Spec->rel2abs($0));
my $top = dirname(dirname($here));
my $quick = $ENV{QUICK};
my $rounds = $ENV{ROUNDS} || ($quick ? 1 : 3);
my ($load, $probe);
my ($serial, $out, @peers) = (0);

# What costs much and changes little is measured of these alone, and once.
my $relays = qr/^relay(?: static)?$/;
my $alike = qr/^(?:relay|probe)/;

# name => [function, kind, of these peers and once only]
my %measures = (
	bulk => [ \&measure_bulk, 'tcp-tcp' ],
	'unix-tcp' => [ \&measure_bulk, 'unix-tcp' ],
	'tcp-unix' => [ \&measure_bulk, 'tcp-unix' ],
	exec => [ \&measure_bulk, 'tcp-exec' ],
	stdio => [ \&measure_stdio, 'stdio-tcp' ],
	short => [ \&measure_short, 'tcp-tcp' ],
	rtt => [ \&measure_rtt, 'tcp-tcp' ],
	udp => [ \&measure_udp, 'udp-udp' ],
	idle => [ \&measure_idle, 'tcp-tcp' ],
	flat => [ \&measure_flat, 'tcp-tcp', $relays ],
	start => [ \&measure_start, 'tcp-tcp' ],
	listener => [ \&measure_listener, 'tcp-tcp', $relays ],
	syscalls => [ \&measure_syscalls, 'tcp-tcp', $alike ],
	size => [ \&measure_size, 'tcp-tcp', qr/./ ],
);
my @order = qw(bulk unix-tcp tcp-unix stdio exec short rtt udp idle flat start
    listener syscalls size);
my @usual = qw(bulk short rtt idle flat start listener syscalls size);

# A port below the range that connections leave from, free at the moment.
sub free_port {
	use Socket;
	for (1 .. 100) {
		my $port = 20000 + int rand 10000;
		socket my $s, PF_INET, SOCK_STREAM, 0 or die "socket: $!";
		return $port if bind $s, sockaddr_in($port, INADDR_LOOPBACK);
	}
	die "no free port\n";
}

sub listens {
	my ($at) = @_;
	# haproxy binds another name and renames it
	return -S $at && Meter::slurp('/proc/net/unix') =~
	    /\s\Q$at\E(?:\.\d+\.tmp)?$/m if $at =~ m{/};
	my $local = sprintf ":%04X", $at;
	for my $table (qw(tcp udp)) {
		open my $h, '<', "/proc/net/$table" or next;
		<$h>;
		while (<$h>) {
			my (undef, $from, undef, $state) = split;
			# those that listen come first
			last if $table eq 'tcp' && $state ne '0A';
			return 1 if substr($from, -5) eq $local;
		}
	}
	return 0;
}

# Runs load and returns its figures as a hash; dies when it fails.
sub load {
	my $pid = open my $h, '-|', $load, @_ or die "$load: $!";
	my $text = join '', <$h>;
	close $h or die "load @_ failed\n";
	return { $text =~ /(\w+)=(\S+)/g };
}

# A server of load's as a target: returns its pid and where it is.
sub backend {
	my ($mode, $at) = @_;
	my $name = 'backend' . ++$serial;
	my $pid = Meter::start($name, 0, $load, $mode, $at // '127.0.0.1:0');
	Meter::wait_for(5, sub {
		Meter::slurp("$Meter::dir/$name.out") =~ /port=\d+\n/
	}) or die "no $mode server\n";
	return ($pid, $at) if defined $at;
	return ($pid, Meter::slurp("$Meter::dir/$name.out") =~ /port=(\d+)/);
}

# Starts the peer between a place of its own and a server of the mode, calls
# the code with (pid, where to connect to, the server's address), ends both.
sub with_peer {
	my ($peer, $kind, $mode, $code, @tracer) = @_;
	my ($from, $to) = split /-/, $kind;
	my $listen = $from eq 'unix' ? "$Meter::dir/l" . ++$serial :
	    free_port();
	my ($server, $target) = backend($mode,
	    $to eq 'unix' ? "$Meter::dir/t" . ++$serial : undef);
	my $pid = Meter::start('peer', 1, @tracer,
	    $peer->{kinds}{$kind}->($listen, $target));
	my $addr = $listen =~ m{/} ? $listen : "127.0.0.1:$listen";
	my $result = eval {
		Meter::wait_for(10, sub { listens($listen) })
		    or die "does not listen\n";
		$code->($pid, $addr, "127.0.0.1:$target");
	};
	my $why = $@;
	Meter::stop($pid, @tracer ? $pid : 0);
	Meter::stop($server);
	print STDERR "$peer->{name}, $kind: $why",
	    Meter::slurp("$Meter::dir/peer.err") if !$result;
	return $result || {};
}

# Page faults of a process and of the children that it has waited for.
sub faults {
	my ($pid) = @_;
	my ($rest) = Meter::slurp("/proc/$pid/stat") =~ /\) (.*)/s;
	my @f = split ' ', $rest // '';
	return ($f[7] // 0) + ($f[8] // 0);
}

# What the code costs per unit, once the peer has come to rest.
sub cost {
	my ($pid, $units, $code) = @_;
	my $before = my @p = Meter::pids($pid);
	my $cpu = Meter::cpu($pid);
	my $figures = $code->();
	Meter::quiet($pid, $before);
	return ((Meter::cpu($pid) - $cpu) / $units, $figures);
}

sub measure_bulk {
	my ($peer, $kind) = @_;
	my $mb = $quick ? 500 : 1000;
	return with_peer($peer, $kind, 'sink', sub {
		my ($pid, $addr) = @_;
		load('source', $addr, 1);
		my ($cpu, $got) = cost($pid, $mb * 1000,
		    sub { load('source', $addr, $mb) });
		return { gbs => $got->{gbs}, cpu => $cpu };
	});
}

sub measure_stdio {
	my ($peer, $kind) = @_;
	my $mb = $quick ? 500 : 1000;
	my ($server, $target) = backend('sink');
	my @cmd = $peer->{kinds}{$kind}->('', $target);
	my $got = eval { load('pipe', $mb, @cmd) };
	print STDERR "$peer->{name}, $kind: $@" unless $got;
	Meter::stop($server);
	return {} unless $got;
	return { gbs => $got->{gbs}, cpu => $got->{cpu} * 1000 / $mb };
}

sub measure_short {
	my ($peer, $kind) = @_;
	return with_peer($peer, $kind, 'echo', sub {
		my ($pid, $addr) = @_;
		# as many as take a second or two
		my $n = int load('rate', $addr, 100, 16)->{rate};
		$n = $n < 1000 ? 1000 : $n > 10000 ? 10000 : $n;
		$n = 500 if $quick;
		my $faults = faults($pid);
		my ($cpu, $got) = cost($pid, $n,
		    sub { load('rate', $addr, $n, 16) });
		return { cpu => $cpu, faults => (faults($pid) - $faults) / $n,
		    map { $_ => $got->{$_} } qw(rate p50 p99) };
	});
}

sub measure_rtt {
	my ($peer, $kind) = @_;
	return with_peer($peer, $kind, 'echo', sub {
		my ($pid, $addr) = @_;
		load('rtt', $addr, 100);
		my $got = load('rtt', $addr, $quick ? 3000 : 5000);
		return { map { $_ => $got->{$_} } qw(p50 p99) };
	});
}

sub measure_udp {
	my ($peer, $kind) = @_;
	my $n = $quick ? 20000 : 50000;
	return with_peer($peer, $kind, 'udpecho', sub {
		my ($pid, $addr) = @_;
		my $cpu = Meter::cpu($pid);
		my $got = load('udp', $addr, $n, 64, 16);
		return { cpu => (Meter::cpu($pid) - $cpu) / $n,
		    pps => $got->{pps}, lost => $got->{lost} };
	});
}

# Holds n connections to addr open while the code runs.
sub holding {
	my ($addr, $n, $code) = @_;
	my $pid = open my $h, '|-', "exec $load idle $addr $n >$Meter::dir/held"
	    or die "load: $!";
	my $result = Meter::wait_for(60, sub {
		-s "$Meter::dir/held" || waitpid($pid, POSIX::WNOHANG()) != 0
	}) && -s "$Meter::dir/held" ? $code->() : undef;
	close $h;
	unlink "$Meter::dir/held";
	die "could not hold $n connections\n" unless defined $result;
	return $result;
}

# Bytes of memory that n idle connections take.
sub idle_bytes {
	my ($pid, $addr, $n) = @_;
	my $before = Meter::memory($pid);
	return holding($addr, $n, sub {
		sleep 0.3;
		return Meter::memory($pid) - $before;
	});
}

sub measure_idle {
	my ($peer, $kind) = @_;
	my $n = $quick ? 300 : 500;
	my ($how) = Meter::memory_method();
	my $direct = 0;
	if ($how eq 'shared') {
		my ($server, $port) = backend('echo');
		load('rate', "127.0.0.1:$port", 100, 16);
		$direct = idle_bytes(0, "127.0.0.1:$port", $n);
		Meter::stop($server);
	}
	return with_peer($peer, $kind, 'echo', sub {
		my ($pid, $addr) = @_;
		load('rate', $addr, 100, 16);
		Meter::quiet($pid);
		return { kb =>
		    (idle_bytes($pid, $addr, $n) - $direct) / $n / 1000 };
	});
}

# The cost of a short connection while few and while many are open.
sub measure_flat {
	my ($peer, $kind) = @_;
	my $n = $quick ? 500 : 1000;
	my $many = $quick ? 1000 : 5000;
	my %r;
	for my $open (10, $many) {
		my $got = with_peer($peer, $kind, 'echo', sub {
			my ($pid, $addr) = @_;
			load('rate', $addr, 100, 16);
			Meter::quiet($pid);
			return holding($addr, $open, sub {
				my ($cpu) = cost($pid, $n,
				    sub { load('rate', $addr, $n, 16) });
				return { cpu => $cpu };
			});
		});
		$r{ $open == 10 ? 'few' : 'many' } = $got->{cpu}
		    if defined $got->{cpu};
	}
	$r{growth} = $r{many} / $r{few} if $r{many} && $r{few};
	return \%r;
}

sub measure_start {
	my ($peer, $kind) = @_;
	return {} if $peer->{name} eq 'socket-proxyd';	# socket activated
	my ($port, $nobody) = (free_port(), free_port());
	my $got = eval { load('start', $quick ? 10 : 30, "127.0.0.1:$port",
	    $peer->{kinds}{$kind}->($port, $nobody)) };
	print STDERR "$peer->{name}, start: $@" unless $got;
	return $got ? { us => $got->{start} } : {};
}

sub resident {
	my ($pid) = @_;
	return Meter::slurp("/proc/$pid/status") =~ /^VmRSS:\s+(\d+)/m ? $1 : 0;
}

# The listener's own memory before and after many connections.
sub measure_listener {
	my ($peer, $kind) = @_;
	my $n = $quick ? 5000 : 10000;
	return with_peer($peer, $kind, 'echo', sub {
		my ($pid, $addr) = @_;
		load('rate', $addr, 100, 16);
		Meter::quiet($pid);
		my $before = resident($pid);
		for (1 .. $n / 5000) {
			load('rate', $addr, 5000, 16);
		}
		Meter::quiet($pid);
		return { before => $before, after => resident($pid) };
	});
}

# System calls of a short connection: the difference of two runs under strace.
sub measure_syscalls {
	my ($peer, $kind) = @_;
	Peer::installed('strace') or return {};
	my (@runs, %r);
	for my $n (50, 250) {
		my $log = "$Meter::dir/strace$n";
		with_peer($peer, $kind, 'echo', sub {
			my ($pid, $addr) = @_;
			load('rate', $addr, $n, 4);
			sleep 0.7;
			return { done => 1 };
		}, Peer::installed('strace'), '-f', '-c', '-U', 'calls,name',
		    '-o', $log);
		push @runs, { reverse
		    Meter::slurp($log) =~ /^\s*(\d+)\s+(\w+)$/mg };
	}
	for (grep { $_ ne 'total' } keys %{ $runs[1] }) {
		my $calls = ($runs[1]{$_} - ($runs[0]{$_} // 0)) / 200;
		next if abs $calls < 0.02;
		$r{calls} += $calls;
		$r{"n.$_"} = $calls;
	}
	return \%r;
}

sub measure_size {
	my ($peer) = @_;
	Peer::installed('strip') or return {};
	my $copy = "$Meter::dir/stripped";
	system('strip', '-o', $copy, $peer->{bin}) == 0 or return {};
	return { bytes => -s $copy };
}

sub build {
	my @flags = qw(-std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra);
	my $cc = $ENV{CC} || 'cc';
	system($cc, @flags, '-o', $load, "$here/load.c") == 0
	    or die "load.c does not build\n";
	# Built as relay is, both ways: the same compilers, flags and libraries.
	system('make', '-s', '-C', $top, "PROBE=$probe", 'probe') == 0
	    or die "probe.c does not build\n";
	return;
}

sub header {
	my ($cpu) = Meter::slurp('/proc/cpuinfo') =~ /^model name\s*:\s*(.*)$/m;
	my $cpus = () = Meter::slurp('/proc/cpuinfo') =~ /^processor/mg;
	my ($sys, undef, $release, undef, $arch) = POSIX::uname();
	my (undef, $memory) = Meter::memory_method();
	return sprintf "# date\t%s\n# machine\t%d x %s, %s %s %s\n"
	    . "# rounds\t%d%s\n# cpu by\t%s\n# memory by\t%s\n# socat\t%s\n",
	    POSIX::strftime('%Y-%m-%d', gmtime), $cpus, $cpu // 'unknown CPU',
	    $sys, $release, $arch, $rounds, $quick ? ' (quick)' : '',
	    Meter::cpu_method(), $memory,
	    `socat -V 2>&1` =~ /socat version (\S+)/ ? $1 : 'none';
}

sub round_run {
	my ($round, $names) = @_;
	for my $name (@$names) {
		my ($code, $kind, $once) = @{ $measures{$name} };
		my @turn = grep { $_->{kinds}{$kind} &&
		    (!$_->{only} || $_->{only} =~ m{\b$name\b}) &&
		    (!$once || $_->{name} =~ $once) } @peers;
		next if !@turn || ($once && $round > 1);
		push @turn, splice @turn, 0, $round % @turn;
		for my $peer (@turn) {
			my $r = $code->($peer, $kind);
			printf $out "%d\t%s\t%s\t%s\t%.6g\n", $round, $name,
			    $peer->{name}, $_, $r->{$_} for sort keys %$r;
			print STDERR join(' ', "round $round, $name,",
			    "$peer->{name}:", map { sprintf "%s=%.4g", $_,
			    $r->{$_} } grep { !/^n\./ } sort keys %$r), "\n";
		}
	}
	return;
}

$SIG{INT} = $SIG{TERM} = sub { exit 1 };
$SIG{PIPE} = 'IGNORE';
my @names = "@ARGV" eq 'all' ? @order : @ARGV ? @ARGV : @usual;
for (@names) {
	die "no measure \"$_\"; there are: @order\n" unless $measures{$_};
}
Meter::setup();
($load, $probe) = ("$Meter::dir/load", "$Meter::dir/probe");
build();
@peers = Peer::all($top, $load, $probe);
if ($ENV{PEERS}) {
	my %want = map { $_ => 1 } split /[ ,]*,[ ,]*/, $ENV{PEERS};
	@peers = grep { $want{ $_->{name} } } @peers;
}
mkdir "$here/results";
my $file = $ENV{OUT} || "$here/results/" .
    POSIX::strftime('%Y-%m-%d-%H%M%S', gmtime) . '.tsv';
open $out, '>', $file or die "$file: $!\n";
$out->autoflush(1);
print $out header();
for my $round (1 .. $rounds) {
	round_run($round, \@names);
}
close $out or die "$file: $!\n";
print STDERR "raw figures: $file\n";
exit system($^X, "$here/table.pl", '-a', $file) >> 8;
