#!/usr/bin/perl
# Command lines as people write them, right and wrong, through --explain:
# what socat accepts is accepted, what it rejects is rejected with a reason,
# and nothing is opened on the way.
use strict;
use warnings;
use Cwd 'abs_path';
use File::Basename 'dirname';
use File::Temp 'tempdir';
use JSON::PP;

my $top = abs_path(dirname(__FILE__) . '/..');
my $relay = $ENV{RELAY} || "$top/relay";
my $seconds = 10;

# What socat finds out only when a client is there, relay says at once.
my %late = map { $_ => 1 } (
    'PROXY:127.0.0.1:host22.example.com:80,socksport=10808'
);

# What 1.8.1.1, with an OpenSSL of today, does not know and older ones do:
# relay takes it, but not in socat's place.
my %more = ('unknown option "method"' => 1);

sub skip_all {
	my ($reason) = @_;

	print $ENV{TEST_NO_SKIP} ?
	    "1..1\nnot ok 1 - may not be skipped: $reason\n" :
	    "1..0 # skip $reason\n";
	exit !!$ENV{TEST_NO_SKIP};
}

-x $relay or skip_all("$relay is not built");
$relay = abs_path($relay);
$SIG{$_} = sub { exit 1 } for qw(HUP INT PIPE TERM);
my $scratch = tempdir('relay-commands.XXXXXX', TMPDIR => 1, CLEANUP => 1);
mkdir "$scratch/empty" or die;
chdir "$scratch/empty" or die;

# Runs relay; its exit status, or -1 for one that a signal or the deadline
# ended; and what it said on stderr.
sub explain {
	my (@words) = @_;
	my $pid = fork // die "fork: $!";

	if (!$pid) {
		$SIG{$_} = 'DEFAULT' for qw(HUP INT PIPE TERM);
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$scratch/out";
		open STDERR, '>', "$scratch/err";
		alarm $seconds;
		exec $relay, '--explain', @words;
		exit 127;
	}
	waitpid $pid, 0;
	my $status = $? & 127 ? -1 : $? >> 8;
	my %text;
	for my $stream (qw(out err)) {
		open my $f, '<', "$scratch/$stream" or die;
		local $/;
		$text{$stream} = <$f> // '';
	}
	return ($status, @text{qw(out err)});
}

# The static program has no TLS, and says so.
sub refused {
	return $relay =~ /static/ &&
	    grep { /^(open)?ssl[-:]/i } @_;
}

# What the portable build has not, and says so.
my $portable = `$relay -V` =~ /posix build/;
my $lacks = qr{[ ]E[ ](?:
    (?:INTERFACE|TUN|VSOCK-\w+)[ ]is[ ]known[ ]but[ ]not[ ]here:[ ]only[ ]Linux[ ]|
    option[ ]"(?:so-bindtodevice|interface|if|(?:so-)?reuseport)"[ ]is[ ]known[ ]
	but[ ]not[ ]available[ ]here$)}mx;

my $n = 0;
my $failed = 0;
sub check {
	my ($file, $line, $case) = @_;
	my (undef, @words) = @{$case->{argv}};
	my $want = ($case->{valid} || $more{$case->{why} // ''}) && !grep({ $late{$_} } @words) &&
	    !refused(@words) ? 0 : 1;
	my ($status, $out, $err) = explain(@words);
	$want = 1 if $portable && ($err =~ $lacks || "@words" =~
	    /^-ly .*,(?:reuseport|crtscts)\b/);	# syslog has it
	my $shown = join ' ', map { /[^\w.,:=\/-]|^$/ ? "'$_'" : $_ } @words;
	my @opened = glob '*';
	unlink @opened;
	my @wrong;

	push @wrong, "status $status, not $want" if $status != $want;
	push @wrong, 'rejected without a word'
	    if $want && $err eq '' && !grep { /^-ly/ } @words;	# syslog has it
	push @wrong, 'accepted without a word' if !$want && $out eq '';
	push @wrong, "something was opened: @opened" if @opened;
	$n++;
	$shown =~ s/#/\\#/g;
	$shown =~ s/\n/\\n/g;
	print @wrong ? 'not ' : '', "ok $n - $file:$line: $shown\n";
	return if !@wrong;
	$failed++;
	$err =~ s/^(?=.)/#   /mg;
	print "# $_\n" for @wrong;
	print '# ', $case->{why} || 'socat takes it', "\n", $err;
}

for my $file (qw(own.jsonl commands.jsonl)) {
	open my $f, '<', "$top/t/compat/$file" or die "$file: $!";
	while (my $line = <$f>) {
		my $case = decode_json($line);
		check($file, $., $case);
	}
}
chdir '/';
print "1..$n\n";
exit($failed != 0);
