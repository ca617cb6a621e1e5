#!/usr/bin/perl
# Prints the tables of a benchmark's raw figures: medians over the rounds.
# usage: table.pl [-a] FILE.tsv     -a: every measure with ratios, and goals
use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname($0);
use Figures;

# measure => [metric, heading, format]; the first is the one for the ratios
my %columns = (
	bulk => [ [qw(gbs GB/s %.2f)], [ 'cpu', 'CPU s/GB', '%.3f' ] ],
	short => [ [ 'cpu', 'CPU us', '%.0f' ], [qw(rate conn/s %.0f)],
	    [ 'p50', 'p50 us', '%.0f' ], [ 'p99', 'p99 us', '%.0f' ],
	    [qw(faults faults %.1f)] ],
	rtt => [ [ 'p50', 'p50 us', '%.1f' ], [ 'p99', 'p99 us', '%.1f' ] ],
	udp => [ [ 'cpu', 'CPU us', '%.2f' ], [qw(pps packets/s %.0f)],
	    [qw(lost lost %.0f)] ],
	idle => [ [qw(kb kB %.1f)] ],
	flat => [ [ 'growth', 'growth', '%.2f' ], [ 'few', 'us at 10', '%.0f' ],
	    [ 'many', 'us at many', '%.0f' ] ],
	start => [ [qw(us us %.0f)] ],
	listener => [ [ 'after', 'kB after', '%.0f' ],
	    [ 'before', 'kB before', '%.0f' ] ],
	syscalls => [ [qw(calls calls %.1f)] ],
	size => [ [qw(bytes bytes %.0f)] ],
);
$columns{$_} = $columns{bulk} for qw(unix-tcp tcp-unix stdio exec);
my @titles = (
	[ 'bulk', 'One stream, TCP to TCP' ],
	[ 'unix-tcp', 'One stream, UNIX to TCP' ],
	[ 'tcp-unix', 'One stream, TCP to UNIX' ],
	[ 'stdio', 'One stream, a pipeline to TCP' ],
	[ 'exec', 'One stream, TCP to EXEC (its program included)' ],
	[ 'short', 'Short connections, 16 at once' ],
	[ 'rtt', 'Round trips of 64 bytes' ],
	[ 'udp', 'UDP packets of 64 bytes there and back, 16 in flight' ],
	[ 'idle', 'Memory per idle connection' ],
	[ 'flat', 'CPU per short connection beside few and many open ones' ],
	[ 'start', 'From start to listening' ],
	[ 'listener', 'The listener\'s memory over many connections' ],
	[ 'syscalls', 'System calls per short connection' ],
	[ 'size', 'Size, stripped' ],
);

# What has to be reached: text, bound, function of (figures, name of relay)
my @goals = (
	[ 'stream: GB/s to the probe\'s', '>= 1.00',
	    ratio(qw(bulk gbs probe)) ],
	[ 'stream: CPU/GB to the probe\'s', '<= 1.05',
	    ratio(qw(bulk cpu probe)) ],
	map({ my $peer = $_; (
		[ "stream: GB/s to ${peer}'s", '>= 1.60',
		    ratio('bulk', 'gbs', $peer) ],
		[ "stream: CPU/GB to ${peer}'s", '<= 0.50',
		    ratio('bulk', 'cpu', $peer) ]) } qw(haproxy socat)),
	[ 'short: CPU to the probe\'s', '<= 1.00', ratio(qw(short cpu probe)) ],
	[ 'short: CPU to socat\'s', '<= 0.40', ratio(qw(short cpu socat)) ],
	[ 'short: p99 to the probe\'s', '<= 1.30', ratio(qw(short p99 probe)) ],
	[ 'round trip: p50 to the best peer\'s', '<= 1.00', best(qw(rtt p50)) ],
	[ 'round trip: p99 to the best peer\'s', '<= 1.00', best(qw(rtt p99)) ],
	[ 'idle: memory to the probe\'s', '<= 1.05', ratio(qw(idle kb probe)) ],
	[ 'start: time to socat\'s', '<= 0.50', ratio(qw(start us socat)) ],
	[ 'short: CPU beside many to few', '<= 1.15',
	    sub { Figures::median('flat', 'growth', $_[0]) } ],
	[ 'listener: memory after to before', '<= 1.02', sub {
		Figures::ratio(Figures::median('listener', 'after', $_[0]),
		    Figures::median('listener', 'before', $_[0])) } ],
	[ 'short: system calls more than the probe', '<= 2', sub {
		my $own = Figures::median('syscalls', 'calls', $_[0]);
		my $its = Figures::median('syscalls', 'calls',
		    Figures::probe_of($_[0]));
		return defined $own && defined $its ? $own - $its : undef } ],
	map({ my $peer = $_; (
		[ "pool: CPU to ${peer}'s", '<= 1.05',
		    ratio('short', 'cpu', $peer, 'relay pool') ],
		[ "pool: conn/s to ${peer}'s", '>= 1.00',
		    ratio('short', 'rate', $peer, 'relay pool') ]) }
	    qw(haproxy nginx)),
	[ 'portable: GB/s to socat\'s', '>= 1.15',
	    ratio(qw(bulk gbs socat), 'relay posix') ],
);

# A goal's function: the metric of relay (or of who) to the peer's.
sub ratio {
	my ($measure, $metric, $peer, $who) = @_;
	return sub {
		my $one = $who // $_[0];
		Figures::ratio(Figures::median($measure, $metric, $one),
		    Figures::median($measure, $metric, $peer eq 'probe' ?
		    Figures::probe_of($one) : $peer));
	};
}

# A goal's function: the metric of relay to the lowest of the others.
sub best {
	my ($measure, $metric) = @_;
	return sub {
		my ($low) = sort { $a <=> $b } grep { defined }
		    map { Figures::median($measure, $metric, $_) }
		    grep { !/^(?:relay|probe)/ } Figures::peers($measure);
		Figures::ratio(Figures::median($measure, $metric, $_[0]), $low);
	};
}

sub shown {
	my ($format, $value) = @_;
	return defined $value ? sprintf($format, $value) : '-';
}

# Prints rows of cells: the first column to the left, the others to the right.
sub grid {
	my (@rows) = @_;
	my @width;
	for my $row (@rows) {
		for (0 .. $#$row) {
			$width[$_] = length $row->[$_]
			    if length $row->[$_] > ($width[$_] // 0);
		}
	}
	for my $row (@rows) {
		print '  ', join('  ', map { sprintf $_ ? '%*s' : '%-*s',
		    $width[$_], $row->[$_] } 0 .. $#$row), "\n";
	}
	return;
}

sub measure_print {
	my ($measure, $title) = @_;
	my @columns = @{ $columns{$measure} };
	my @rows = ([ '', map({ $_->[1] } @columns), 'x probe', 'x socat' ]);
	for my $peer (Figures::peers($measure)) {
		my $main = Figures::median($measure, $columns[0][0], $peer);
		push @rows, [ $peer, map({ shown($_->[2],
		    Figures::median($measure, $_->[0], $peer)) } @columns),
		    map { shown('%.2f', Figures::ratio($main, Figures::median(
		    $measure, $columns[0][0], $_))) }
		    Figures::probe_of($peer), 'socat' ];
	}
	return if @rows == 1;
	print "\n$title\n";
	grid(@rows);
	return;
}

sub goals_print {
	my @who = grep { Figures::known($_) } 'relay', 'relay static';
	my @rows = ([ '', 'goal', map { ($_, '') } @who ]);
	for my $goal (@goals) {
		my ($text, $bound, $code) = @$goal;
		my ($sign, $limit) = split ' ', $bound;
		my @cells;
		for (@who) {
			my $v = $code->($_);
			my $met = defined $v &&
			    ($sign eq '<=' ? $v <= $limit : $v >= $limit);
			push @cells, shown('%.2f', $v),
			    !defined $v ? '' : $met ? 'met' : 'MISSED';
		}
		push @rows, [ $text, $bound, @cells ]
		    if grep { /^[^-]/ } @cells;
	}
	return if @rows == 1 || !@who;
	print "\nGoals\n";
	grid(@rows);
	return;
}

# The table of the README: who does the main job, in one glance.
sub summary_print {
	my @cells = map { [ $_->[0], @{ $columns{ $_->[0] }[ $_->[1] ] } ] }
	    [ 'short', 0 ], [ 'short', 1 ], [ 'short', 3 ], [ 'bulk', 0 ],
	    [ 'bulk', 1 ], [ 'rtt', 0 ], [ 'idle', 0 ];
	my %over = (short => 'short', bulk => 'stream', rtt => 'trip',
	    idle => 'idle');
	my @rows = ([ '', map { $over{ $_->[0] } } @cells ],
	    [ '', map { $_->[2] } @cells ]);
	for my $peer (Figures::peers('short', 'bulk')) {
		push @rows, [ $peer, map { shown($_->[3],
		    Figures::median($_->[0], $_->[1], $peer)) } @cells ];
	}
	grid(@rows);
	return;
}

my $all = @ARGV && $ARGV[0] eq '-a' && shift @ARGV;
@ARGV == 1 or die "usage: table.pl [-a] FILE.tsv\n";
Figures::read_file($ARGV[0]);
print Figures::about(), "\n";
summary_print() if !$all;
measure_print(@$_) for $all ? @titles : ();
goals_print() if $all;
