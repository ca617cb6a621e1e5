#!/usr/bin/perl
# Draws the benchmark's medians as an SVG: one panel of bars per figure.
# usage: plot.pl FILE.tsv >FILE.svg
use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname($0);
use Figures;

my @panels = (
	[ 'CPU per short connection', 'us, less is better', 'short', 'cpu',
	    '%.0f' ],
	[ 'One stream', 'GB/s, more is better', 'bulk', 'gbs', '%.2f' ],
	[ 'CPU per gigabyte', 's, less is better', 'bulk', 'cpu', '%.2f' ],
	[ 'Memory per idle connection', 'kB, less is better', 'idle', 'kb',
	    '%.0f' ],
);
my ($columns, $label, $bar, $step, $wide) = (2, 104, 200, 20, 380);

sub escaped {
	my ($text) = @_;
	my %as = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;');
	return $text =~ s/([&<>])/$as{$1}/gr;
}

sub text {
	my ($x, $y, $class, $text) = @_;
	return qq{<text x="$x" y="$y" class="$class">} . escaped($text) .
	    "</text>\n";
}

# One panel with its top left corner at (x, y); the bars start at zero.
sub panel {
	my ($x, $y, $panel, @peers) = @_;
	my ($title, $unit, $measure, $metric, $format) = @$panel;
	my %v = map { $_ => Figures::median($measure, $metric, $_) } @peers;
	my ($max) = sort { $b <=> $a } grep { defined } values %v;
	my $svg = text($x, $y + 14, 'h', $title) .
	    text($x, $y + 30, 'u', $unit);
	$y += 40;
	for my $peer (grep { defined $v{$_} } @peers) {
		my $w = sprintf '%.1f', $max ? $v{$peer} / $max * $bar : 0;
		my $class = $peer =~ /^relay/ ? 'r' :
		    $peer eq 'probe' ? 'p' : 'o';
		$svg .= text($x + $label - 8, $y + 12, 'n', $peer) .
		    sprintf(qq{<rect x="%d" y="%d" width="%s" height="14" } .
		    qq{rx="2" class="%s"/>\n}, $x + $label, $y + 1, $w,
		    $class) .
		    text($x + $label + $w + 6, $y + 12, 'v',
		    sprintf $format, $v{$peer});
		$y += $step;
	}
	return $svg;
}

@ARGV == 1 or die "usage: plot.pl FILE.tsv >FILE.svg\n";
Figures::read_file($ARGV[0]);
my @peers = Figures::peers(qw(short bulk idle));
my $high = 40 + $step * @peers + 24;
my @about = split /\n/, Figures::about();
my $rows = int((@panels + $columns - 1) / $columns);
my ($w, $h) = ($columns * $wide + 40, 56 + $rows * $high + 18 * @about + 8);

print <<"END";
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $w $h" role="img">
<title>relay beside its peers</title>
<style>
svg { font: 12px system-ui, sans-serif; background: #fff }
text { fill: #333 }
.t { font-size: 17px; font-weight: 600 }
.h { font-size: 13px; font-weight: 600 }
.u, .a { fill: #666; font-size: 11px }
.n { text-anchor: end }
.r { fill: #0b7a75 }
.p { fill: #8a8f98 }
.o { fill: #c3c8d0 }
\@media (prefers-color-scheme: dark) {
svg { background: #15181c }
text { fill: #e4e6ea }
.u, .a { fill: #a4aab3 }
.r { fill: #35b5ac }
.p { fill: #7d8591 }
.o { fill: #4a515c }
}
</style>
END
print text(20, 32, 't', 'relay beside its peers');
for (0 .. $#panels) {
	print panel(20 + $_ % $columns * $wide, 56 + int($_ / $columns) * $high,
	    $panels[$_], @peers);
}
print text(20, $h - 18 * (@about - $_) + 2, 'a', $about[$_]) for 0 .. $#about;
print "</svg>\n";
