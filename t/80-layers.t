#!/usr/bin/perl
# Calls go down only: no room uses a name that a room above it defines, no
# files know each other in a circle, and no name is defined twice.  Rooms are
# folders, names the symbols of objects.
use strict;
use warnings;
use FindBin;
use Test::More;

my $top = "$FindBin::Bin/..";
chdir $top or die "$top: $!";
plan(skip_all => 'needs nm') if system('nm --version >/dev/null 2>&1');

# From the top down.  What stands in one line may be used both ways.
my @floors = (['relay.o'], ['run/command'], ['run/docker'], ['run/link'],
    ['run'], ['addr'], ['addr/family'], ['addr/end'],
    ['addr/option'], ['addr/net'],
    ['spec.o'], ['lib/os'], ['lib']);
my %floor;
for my $i (0 .. $#floors) {
	$floor{$_} = $i for @{$floors[$i]};
}

sub floor_of {
	my ($object) = @_;
	my ($folder) = $object =~ m,(.*)/,;
	return $floor{$folder // $object};
}

my @objects = split ' ', qx{make -s sources};
s/\.c$/.o/ for @objects;
cmp_ok(scalar @objects, '>', 40, 'objects');
is(join(' ', grep { !defined floor_of($_) || !-e } @objects), '',
    '... each has its floor');

my (%owner, %uses, @twice);
open my $nm, '-|', 'nm', '-A', '-g', @objects or die "nm: $!";
while (<$nm>) {
	my ($object, $type, $name) = /^(\S+?):.* ([A-Za-z]) (\S+)$/ or next;
	if ($type eq 'U') {
		push @{$uses{$object}}, $name;
		next;
	}
	push @twice, "$name: $owner{$name}, $object" if $owner{$name};
	$owner{$name} = $object;
}
close $nm or die 'nm';
cmp_ok(scalar keys %owner, '>', 200, 'names');
is(join("\n", @twice), '', '... each is defined once');

my (@up, $calls, %calls);
for my $object (@objects) {
	for my $name (@{$uses{$object}}) {
		my $owner = $owner{$name} or next;
		$calls++;
		$calls{$object}{$owner} = $name;
		push @up, "$object uses $name of $owner"
		    if floor_of($owner) < floor_of($object);
	}
}
cmp_ok($calls, '>', 500, 'uses');
is(join("\n", sort @up), '', '... none goes up');

# Everything that an object calls, and what that calls.
sub reached {
	my %seen;
	my @more = @_;
	while (defined(my $object = pop @more)) {
		push @more, grep { !$seen{$_}++ } keys %{$calls{$object}};
	}
	return \%seen;
}
my @circle;
for my $object (sort keys %calls) {
	next if !reached($object)->{$object};
	push @circle, map { "$object uses $calls{$object}{$_} of $_" }
	    grep { reached($_)->{$object} } sort keys %{$calls{$object}};
}
is(join("\n", @circle), '', '... nor in a circle');
done_testing();
