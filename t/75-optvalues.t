#!/usr/bin/perl
# Every option that -hhh prints, under each of its names, with no value, an
# empty one, a negative, a huge one, trailing garbage and what is no number:
# taken (and said so by --explain), or refused in one line that names the
# option, with a caret under it or under its value.  All in one process.
use strict;
use warnings;
use FindBin;
use IPC::Open2;
use lib "$FindBin::Bin/tools";
use Relay;
use Test::More;

my $huge = '9' x 30;
my %value = (
	'without a value' => undef,
	'with an empty one' => '',
	'negative' => '-1',
	'huge' => $huge,
	'with garbage' => '5x',
	'not a number' => 'q',
);
my @forms = sort keys %value;

# What a type makes of the forms: '+' taken, '-' refused, '?' either, as
# more than the type decides.  In the order: none, empty, -1, huge, 5x, q.
my %verdict = (
	'CONST' => '+-----',
	'BOOL' => '+-+---', 'INT' => '+-+---', 'INT/NULL' => '+++---',
	'BYTE' => '+-----', 'UNSIGNED-INT' => '+-----',
	'UNSIGNED-SHORT' => '+-----', 'SIZE_T' => '+-----',
	'LONG' => '+-+---', 'OFF_T' => '+-+---', 'OFF64_T' => '+-+---',
	'MODE_T' => '------', 'STRUCT-TIMEVAL' => '--?+--',
	'STRUCT-LINGER' => '------',
	'UID_T' => '-??--?', 'GID_T' => '-??--?',
	'STRING' => '-?????', 'STRING-NULL' => '+?????',
	'BIN' => '-????-',
	'STRUCT-TIMESPEC' => '--?+--',
	'INT:INT' => '------', 'INT:INTP' => '------',
	'INT:ULONG' => '------', 'INT:INT:INT' => '------',
	'INT[3]' => '------',
	'INT:BIN' => '------', 'INT:INT:BIN' => '------',
	'INT:STRING' => '------', 'INT:INT:STRING' => '------',
	'IP4NAME' => '-?????', 'STRUCT-IP_MREQN' => '-?????',
	'IP4SOCK' => '-?????', 'IP-MREQ-SOURCE' => '-?????',
	'GENERIC' => '-?????',
);
my %place = ('without a value' => 0, 'with an empty one' => 1,
    'negative' => 2, 'huge' => 3, 'with garbage' => 4, 'not a number' => 5);

# An address for each group, and the options it needs for some.
my %address = (
	'FD' => 'STDIO', 'TERMIOS' => 'STDIO', 'SOCKET' => 'TCP:h:1',
	'IP4' => 'TCP:h:1', 'IP6' => 'TCP:h:1', 'TCP' => 'TCP:h:1',
	'RETRY' => 'TCP:h:1', 'LISTEN' => 'TCP-L:1,fork',
	'CHILD' => 'TCP-L:1,fork', 'RANGE' => 'TCP-L:1,fork',
	'UDP' => 'UDP:h:1', 'OPEN' => 'OPEN:f', 'REG' => 'OPEN:f',
	'BLK' => 'OPEN:f', 'NAMED' => 'OPEN:f', 'FORK' => 'EXEC:c',
	'EXEC' => 'EXEC:c', 'PARENT' => 'EXEC:c', 'PTY' => 'PTY',
	'SHELL' => 'SHELL:c', 'UNIX' => 'UNIX:/s', 'FIFO' => 'PIPE',
	'(all)' => 'STDIO', 'APPL' => 'STDIO', 'PROCESS' => 'STDIO',
	'SCTP' => 'FD:3', 'DCCP' => 'FD:3',
	'UDPLITE' => 'FD:3',
);

# words.c, in one process for all: its objects are those of the build here.
my ($ask, $say, $words);
sub words_begin {
	system(qq{. "$TOOLS/archive.sh"; TOP='$TOP'; archive "$T/product" &&
	    \${CC:-cc} -std=c11 -D_GNU_SOURCE -I"$TOP" -o "$T/words" \\
	    "$TOOLS/words.c" "$T/product.a"}) == 0 or die "no words\n";
	$words = open2($say, $ask, "$T/words");
	$ask->autoflush(1);
	alarm 300;
}

# Status, and what was printed.
sub answer {
	my ($word) = @_;
	words_begin() if !$words;
	print $ask "$word\n";
	my $text = '';
	while (defined(my $line = <$say>)) {
		return ($1, $text) if $line =~ /^== (\d+)$/;
		$text .= $line;
	}
	die "words.c ended at $word\n";
}

# socat's words for a wrong family of protocols name the value alone.
my %nameless = map { $_ => qr{unknown protocol family "} }
    qw(pf protocol-family);

# What is wrong with a refusal, or nothing.
sub unlike_refusal {
	my ($name, $value, $text) = @_;
	my @line = split /\n/, $text;
	my @error = grep { m{^\d{4}/\d\d/\d\d [\d:]{8} \S+\[\d+\] E } } @line;
	return 'not one E line' if @error != 1 || $line[0] ne $error[0];
	return 'the option is not named' if index($line[0], $name) < 0 &&
	    $line[0] !~ ($nameless{$name} // qr{(?!)});
	return 'not a caret below the address' if @line < 3 || @line > 4 ||
	    $line[1] !~ /^  \S/ || $line[2] !~ /^ {2,}\^~*$/;
	my $at = index $line[2], '^';
	my $under = substr $line[1] . ' ', $at;
	return if index($under, $name) == 0;
	return if defined $value && length $value &&
	    index($under, $value) == 0;
	return if defined $value && $value eq '' && $at > 0 &&
	    substr($line[1], $at - 1, 1) eq '=';
	return 'the caret is below something else';
}

sub unlike_taking {
	my ($canonical, $text) = @_;
	return 'an error all the same' if $text =~ /\] E /;
	return 'not in the explanation' if
	    $text !~ /^    [A-Z0-9]+ +\Q$canonical\E( = |  \()/m;
	return;
}

# All that is wrong with an option's name in some forms.
sub faults {
	my ($name, $canonical, $address, $verdict, @of) = @_;
	my @fault;
	for my $form (@of) {
		my $value = $value{$form};
		my $word = "$address,$name" .
		    (defined $value ? "=$value" : '');
		my ($status, $text) = answer($word);
		my $want = substr $verdict, $place{$form}, 1;
		$want = '-' if $text =~ /is known but not available here/;
		my $wrong = $status eq 0 ? unlike_taking($canonical, $text) :
		    $status eq 1 ? unlike_refusal($name, $value, $text) :
		    "status $status";
		$wrong //= 'taken' if $status eq 0 && $want eq '-';
		$wrong //= 'refused' if $status eq 1 && $want eq '+';
		push @fault, "$word: $form: $wrong\n$text" if $wrong;
	}
	return @fault;
}

# The rows of -hhh: canonical => [groups, type], alias => canonical
my (%row, %alias);
my ($status, $help, $err) = run($RELAY, '-hhh');
my ($opts) = $help =~ /^   opt:\n(.*)/ms;
for (split /\n/, $opts // '') {
	if (/^ {6}(\S+)\t+groups=(\S+?)\t*phase=(\S+)\t+type=(\S+)$/) {
		$row{$1} = [$2, $4];
	} elsif (/^ {6}(\S+)\t+is an alias for (\S+)$/) {
		$alias{$1} = $2;
	} else {
		fail("-hhh: a line that is no option: $_");
	}
}
is($status, 0, '-hhh: status 0');
cmp_ok(scalar keys %row, '>', 350, '-hhh: options');
cmp_ok(scalar keys %alias, '>', 300, '-hhh: aliases');

# What no family here takes is refused in every form.
sub row_of {
	my ($canonical) = @_;
	my ($groups, $type) = @{$row{$canonical}};
	my $verdict = $verdict{$type};
	fail("$canonical: a type without a verdict: $type")
	    if !defined $verdict;
	$verdict //= '??????';
	# A byte by another type; what is for PTY; what needs a terminal.
	return ('STDIO', '+-----') if $canonical eq 'escape';
	return ('EXEC:c,pty', $verdict)
	    if $canonical =~ /^(?:symbolic-link|sitout-eio)$/;
	for my $group (split /,/, $groups) {
		my $address = $address{$group} // next;
		# relay asks for a number where 1 is hardly meant.
		return ($address, $verdict =~ s{^.}{-}r)
		    if $canonical eq 'max-children' || $canonical eq 'pool';
		return ($address, $verdict) if $canonical ne 'fork';
		return ('TCP-L:1', $verdict);
	}
	return ('STDIO', '------');
}

for my $name (sort keys %row) {
	my ($address, $verdict) = row_of($name);
	my @fault = faults($name, $name, $address, $verdict, @forms);
	ok(!@fault, $name) or diag(@fault);
}
for my $name (sort keys %alias) {
	my ($address, $verdict) = row_of($alias{$name});
	my @fault = faults($name, $alias{$name}, $address, $verdict, @forms);
	ok(!@fault, "$name, that is $alias{$name}") or diag(@fault);
}
tests_done();
