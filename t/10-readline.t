#!/usr/bin/perl
# 10-readline.t: READLINE on a terminal: lines edited, the other side's prompts
# kept, passwords hidden, history in a file; by libreadline, by libedit, and by
# the terminal's own lines where there is neither; every way out
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Relay qw($T $RELAY need slurp spew wait_for reap);
use Terminal qw(terminal run settings words shows type);
use Test::More;

plan skip_all => 'no /dev/ptmx' if !-e '/dev/ptmx';
need('strace');
chdir $T or die;
symlink $RELAY, "$T/socat" or die;
$ENV{TERM} = 'xterm';
$ENV{INPUTRC} = '/dev/null';
delete $ENV{EDITRC};

sub err { return slurp("$T/err") }
sub has { return qr/\Q$_[0]\E/ }

# Types a text, and waits for what the terminal then shows, the last of it.
sub dialogue {
	my ($tty, @steps) = @_;
	while (my ($type, $re) = splice @steps, 0, 2) {
		$tty->{got} = '';
		type($tty, $type) if $type ne '';
		shows($tty, $re) and next;
		diag("typed '$type', awaited $re, got '$tty->{got}'\n", err());
		return 0;
	}
	return 1;
}

# A program that asks for a user, hides nothing itself, and repeats lines.
spew("$T/program", <<'END');
echo 'a program'; printf 'User: '; read -r user
printf 'Password: '; read -r password
printf '\n%s, %s\n\033[1mprog>\033[0m ' "$user" "$password" | tee -a taken
while read -r line; do
	echo "$line" >>taken
	echo "did $line"
	if [ "$line" = wait ]; then
		until [ -e go ]; do sleep 0.05; done
		printf 'it came\nPassword: '
		rm go
	else
		printf '\033[1mprog>\033[0m '
	fi
done
END
spew("$T/asks", 'printf "ask> "; cat');
spew("$T/tells", 'printf "ask> "; until [ -e go ]; do sleep 0.05; done; ' .
    'printf "news\nmore> "; cat; rm go; echo over');
spew("$T/stubborn", 'trap "echo interrupted" INT; echo ready
    until read -r line; do :; done; echo "end of $line"');
my $options = 'noecho=[Pp]assword:,history=history';
my @there = grep { $RELAY !~ /static/ && slurp("/proc/self/maps") ne '' &&
    system("RELAY_LIBREADLINE=$_ $RELAY -V | grep -q 'define WITH_READLINE 1'")
    == 0 } qw(libreadline.so.8 libedit.so.2);

for my $lib (@there) {
	my $tty = terminal();
	my $before = settings($tty);
	local $ENV{RELAY_LIBREADLINE} = $lib;
	unlink 'taken', 'go';
	spew("$T/history", "from before\n");
	my $pid = run($tty, './socat', "READLINE,$options",
	    'SYSTEM:sh program');
	ok(dialogue($tty, '', qr/^a program\r\nUser: $/,
	    "joe\cBe\n" => qr/Password: $/,
	    "secret\n" => qr/\r\njoee, secret.*prog>\e\[0m $|prog>\e\[0m $/s),
	    "$lib: user and password");
	unlike($tty->{got}, qr/secret.*secret/s, '... which is not shown');
	ok(dialogue($tty, "\e[A\e[A\e[Ax\n" => has('did from beforex'),
	    "\cP\cA\cD\cD\n" => has('did om beforex'),
	    "one two\cW2\n" => has('did one 2'),
	    "wait\n" => qr/did wait\r\n$/,
	    'typed ahe' => qr/typed ahe$/),
	    "$lib: keys of editors, and earlier lines");
	$tty->{got} = '';
	spew("$T/go", '');
	ok(shows($tty, qr/it came\r\nPassword: $/) &&
	    words($tty) =~ / icanon .* -echo / &&
	    dialogue($tty, "ad\n" => qr/did typed ahead\r\n.*prog>\e\[0m $/s),
	    "$lib: what asks for a password hides what is typed from then on");
	ok(dialogue($tty, "wait\n" => qr/did wait\r\n$/,
	    'half' => qr/half$/), "$lib: a line begins");
	kill TERM => $pid;
	is(reap($pid, 20), 143, "$lib: TERM in the middle of a line");
	is(settings($tty), $before, '... the terminal is as before');
	is(slurp('taken'), "\njoee, secret\n\e[1mprog>\e[0m from beforex\n" .
	    "om beforex\none 2\nwait\ntyped ahead\nwait\n",
	    '... all lines came over');
	is(slurp('history'), "from before\njoee\nfrom beforex\nom beforex\n" .
	    "one 2\nwait\nwait\n", '... and are history, but for passwords');
	is(err() =~ s/^\S+ \S+ //r, "socat[$pid] W exiting on signal 15\n",
	    '... without a word more');

	# What comes while a line is typed, prompts, and the end.
	$tty = terminal();
	$pid = run($tty, $RELAY, 'READLINE', 'SYSTEM:sh tells');
	ok(dialogue($tty, '', qr/^ask> $/, 'abc' => qr/\rask> abc$/),
	    "$lib: the prompt of the other side");
	$tty->{got} = '';
	spew("$T/go", '');
	# It may come in two parts: then the line is shown between them, too.
	ok(shows($tty, qr/news\r\n(?:\rabc[\r\eK\[]*)?more> \rmore> abc$/) ||
	    !diag("got '$tty->{got}'"),
	    '... the line stands below what comes meanwhile');
	ok(dialogue($tty, "d\n" => qr/d\r\nabcd\r\n$/, "\cD" => qr/over\r\n/),
	    '... ^D is the end');
	is(reap($pid, 20), 0, '... with status 0');

	for (['noprompt', ''], ['prompt=me> ', 'me> ']) {
		my ($option, $prompt) = @$_;
		$tty = terminal();
		$pid = run($tty, $RELAY, "READLINE,$option", 'SYSTEM:sh asks');
		ok(dialogue($tty, '', qr/^ask> $/,
		    "ok\n" => qr/^\r {5}\r${prompt}ok\r\nok\r\n$/),
		    "$lib: $option");
		ok(dialogue($tty, 'begun' => qr/begun$/, "\cC" => qr/^/),
		    "$lib: ^C");
		is(reap($pid, 20), 130, '... ends it');
	}
	$tty = terminal();
	$pid = run($tty, $RELAY, 'READLINE',
	    'EXEC:sh stubborn,pty,setsid,ctty,raw,echo=0,sigint');
	ok(dialogue($tty, '', qr/ready/, 'abc' => qr/abc$/,
	    "\cC" => qr/interrupted\r\n\r?abc$/,
	    "d\n" => qr/end of abcd\r\n/),
	    "$lib: ^C that goes on to a program leaves the line");
	is(reap($pid, 20), 0, '... and the session');
}

# --- without a library -------------------------------------------------------

# The static program, which has no patterns, has its cases below.
if ($RELAY !~ /static/) {
	my $tty = terminal();
	my $before = settings($tty);
	local $ENV{RELAY_LIBREADLINE} = "$T/none.so";
	unlink 'taken';
	my $pid = run($tty, qw(strace -D -f -qq -o /dev/null -e trace=ioctl
	    -e inject=ioctl:delay_enter=100000), $RELAY,
	    'READLINE,noecho=^[Pp]assword:,prompt=x',
	    'SYSTEM:sh program');
	ok(dialogue($tty, '', qr/User: $/, "jox\x7fe\n" => qr/Password: $/),
	    'no library: the lines of the terminal');
	ok(words($tty) =~ / -echo / && dialogue($tty, "secret\n" =>
	    qr/^\r\njoe, secret\r\n.*prog>/s),
	    '... a password is not shown, which holds once it is asked for');
	ok(dialogue($tty, "one\n" => qr/^one\r\ndid one\r\n/), '... the rest is');
	type($tty, "\cD");
	is(reap($pid, 20), 0, '... ^D is the end');
	is(settings($tty), $before, '... the terminal is as before');
	is(err() =~ s/^\S+ \S+ \S+ //r =~ s/: cannot.*//sr,
	    "W no line editing: $T/none.so", '... which is said, once');
}

is(`printf 'a\\nb' | $RELAY -d -d READLINE,history=none PIPE 2>err`, "a\nb",
    'no terminal: as STDIO');
is(join('', map { /N (no line.*)/ ? "$1\n" : '' } split /^/, err()),
    "no line editing: stdin and stdout are no terminal\n", '... which is told');
ok(!-e 'none', '... and no history');
is(`$RELAY READLINE,noecho='(' PIPE 2>&1 </dev/null` =~ s/.* E //r,
    ($RELAY =~ /static/ ? 'this program is static, and knows no patterns' :
    'pattern "(": Unmatched ( or \(') . "\n  READLINE,noecho=(\n" .
    "  ^~~~~~~~~~~~~~~~~\n", 'a pattern that is none');
SKIP: {
	my $static = "$FindBin::Bin/../relay-static";
	if (!-x $static) {
		Relay::skip_or_fail('relay-static is not built', 2);
		last SKIP;
	}
	my $tty = terminal();
	my $pid = run($tty, $static, 'READLINE', 'PIPE');
	ok(dialogue($tty, '', qr/^/, "abc\n" => qr/abc\r\nabc\r\n/),
	    'the static program has plain lines');
	kill TERM => $pid;
	reap($pid, 20);
	is(`$static READLINE,noecho=p PIPE 2>&1 </dev/null` =~ s/.* E //r,
	    "this program is static, and knows no patterns\n" .
	    "  READLINE,noecho=p\n  ^~~~~~~~~~~~~~~~~\n",
	    '... and hides nothing, which is an error');
}

done_testing();
