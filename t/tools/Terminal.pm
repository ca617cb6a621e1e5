# Terminal.pm: terminals for tests: a program on one, what is typed, what shows.
package Terminal;
use strict;
use warnings;
use Exporter 'import';
use Fcntl;
use POSIX ();
use Relay qw($T wait_for);

our @EXPORT_OK = qw(terminal run settings words until_true shows type);

# A terminal: its master, and the path of its slave.
sub terminal {
	my ($n, $unlock) = (pack('i', 0), pack('i', 0));
	sysopen my $m, '/dev/ptmx', O_RDWR | O_NOCTTY | O_NONBLOCK
	    or die "ptmx: $!";
	ioctl $m, 0x40045431, $unlock or die "TIOCSPTLCK: $!";
	ioctl $m, 0x80045430, $n or die "TIOCGPTN: $!";
	my $path = '/dev/pts/' . unpack('i', $n);
	sysopen my $s, $path, O_RDWR | O_NOCTTY or die "$path: $!";
	return { master => $m, slave => $s, path => $path, got => '' };
}

# Runs a command as leader of a session on a terminal; "err" has its stderr.
sub run {
	my ($tty, @command) = @_;
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		POSIX::setsid();
		ioctl $tty->{slave}, 0x540e, 0 or die "TIOCSCTTY: $!";
		$SIG{$_} = 'DEFAULT' for qw(HUP INT QUIT TERM PIPE TSTP);
		open STDIN, '<&', $tty->{slave};
		open STDOUT, '>&', $tty->{slave};
		open STDERR, '>', "$T/err";
		exec @command or POSIX::_exit(127);
	}
	return $pid;
}

sub settings { return scalar `stty -g -F $_[0]{path}` }
sub words { return ' ' . join(' ', split ' ', `stty -a -F $_[0]{path}`) . ' ' }

sub until_true { return wait_for($_[0], 20) }

# Reads what the terminal shows until it matches.
sub shows {
	my ($tty, $re) = @_;
	return until_true(sub {
		my $n = sysread $tty->{master}, my $buf, 4096;
		$tty->{got} .= $buf if $n;
		return $tty->{got} =~ $re;
	});
}

sub type { syswrite $_[0]{master}, $_[1] }

1;
