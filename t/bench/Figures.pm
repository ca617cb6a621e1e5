# Reads the raw figures of a benchmark; medians and ratios of them.
package Figures;
use strict;
use warnings;

my (%value, %header, @seen);

# A file has "# name<TAB>text" lines, then round, measure, peer, metric, value.
sub read_file {
	my ($file) = @_;
	my %known;
	open my $h, '<', $file or die "$file: $!\n";
	while (<$h>) {
		chomp;
		if (/^# (.*?)\t(.*)/) {
			$header{$1} = $2;
			next;
		}
		my (undef, $measure, $peer, $metric, $value) = split /\t/;
		die "$file:$.: not a figure\n" unless defined $value;
		push @{ $value{$measure}{$metric}{$peer} }, $value;
		push @seen, $peer unless $known{$peer}++;
	}
	close $h;
	my %rank = (probe => 0, 'probe static' => 1, relay => 2,
	    'relay static' => 3, 'relay pool' => 4, 'relay posix' => 5,
	    socat => 6);
	@seen = sort {
		($rank{$a} // 7) <=> ($rank{$b} // 7) || $a cmp $b
	} @seen;
	return;
}

sub median {
	my ($measure, $metric, $peer) = @_;
	my @v = sort { $a <=> $b } @{ $value{$measure}{$metric}{$peer} || [] };
	return undef unless @v;	# one value, in lists too
	return ($v[$#v / 2] + $v[@v / 2]) / 2;
}

# The probe that is built as the peer is; pool is the static binary.
sub probe_of {
	my ($peer) = @_;
	return $peer =~ /^(?:relay|probe) (?:static|pool)$/ ? 'probe static' :
	    'probe';
}

# undef unless both are there
sub ratio {
	my ($a, $b) = @_;
	return defined $a && $b ? $a / $b : undef;
}

# The peers that have a figure in one of the measures, in a fixed order.
sub peers {
	my (@measures) = @_;
	return grep {
		my $peer = $_;
		grep {
			my $m = $value{$_};
			grep { $m->{$_}{$peer} } keys %$m;
		} @measures;
	} @seen;
}

sub known {
	my ($peer) = @_;
	return scalar grep { $_ eq $peer } @seen;
}

# When, where and how: three lines.
sub about {
	return join '', map { "$_->[0]$header{$_->[1]}" } grep {
	    defined $header{ $_->[1] } } [ '', 'date' ], [ ', ', 'machine' ],
	    [ ";\nmedians of rounds: ", 'rounds' ], [ '; CPU by ', 'cpu by' ],
	    [ ";\nmemory by ", 'memory by' ], [ '; socat ', 'socat' ];
}

1;
