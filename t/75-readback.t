#!/usr/bin/perl
# Options of files, descriptors and processes: what each did, read back from
# the kernel (stat, fdinfo, /proc/locks, F_GETPIPE_SZ, /proc/PID/status), and
# what the kernel refuses, in one line with its reason.  Options of sockets:
# 10-sockopt.t; of terminals: 10-tty.t and 10-pty.t; values: 75-optvalues.t.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/tools";
use Fcntl qw(:mode);
use Relay;
use Test::More;

need('chattr');
skip_or_fail('needs root') if $> != 0;
chdir $T or die;
umask 022;

my $f = "$T/f";

sub fresh {
	unlink $f;
	open my $out, '>', $f or die "$f: $!";
	print $out "0123456789";
	close $out;
}

# What POSIX has not, and the portable build may refuse
my @beyond = qw(o-direct o-noatime noatime async o-async f-setpipe-sz pipesz
    fiosetown siocspgrp join-source-group so-attach-filter so-detach-filter
    so-security-authentication so-security-encryption-transport
    so-security-encryption-network);

my $n = 0;
# A relay with this address that stays: its pid, and the descriptors that are
# $what; it has said that it transfers.
sub living {
	my ($address, $what, @flags) = @_;
	my $name = 'r' . ++$n;
	pipe(my $in, my $to) or die;
	my $pid = begin({ stdin => $in, keep => [] }, $name, $RELAY, '-d', '-d',
	    @flags, $address, 'STDIO');
	close $in;
	wait_for(sub { slurp("$T/$name.err") =~ / starting data transfer/ ||
	    !running($name) }, 10);
	my $fds = fds($pid);
	my @fd = sort { $a <=> $b } grep { $fds->{$_} =~ $what } keys %$fds;
	return ($name, $pid, $to, @fd);
}

# The word behind NAME: in a file of /proc
sub word {
	my ($file, $name) = @_;
	return slurp($file) =~ /^\Q$name\E:[ \t]*(.*?)[ \t]*$/m ? $1 : 'none';
}

# --- flags of a descriptor ------------------------------------------------------

my %bit = (append => 02000, nonblock => 04000, dsync => 010000, async => 020000,
    direct => 040000, sync => 04010000, noatime => 01000000,
    cloexec => 02000000);
my $pipe = "$T/pipe";
system('mkfifo', $pipe);
my @flags = (
	# address, flag, whether it is on
	["OPEN:$f,rdwr,append", 'append', 1],
	["OPEN:$f,rdwr,o-append=0", 'append', 0],
	["OPEN:$f,rdwr,o-dsync", 'dsync', 1],
	["OPEN:$f,rdwr,o-sync", 'sync', 1],
	["OPEN:$f,rdwr,o-rsync", 'sync', 1],
	["OPEN:$f,rdwr,o-direct", 'direct', 1],
	["OPEN:$f,rdwr,o-noatime", 'noatime', 1],
	["OPEN:$f,rdwr,noatime=0", 'noatime', 0],
	["OPEN:$pipe,rdwr,async", 'async', 1],
	["OPEN:$pipe,rdwr,o-async=0", 'async', 0],
	["OPEN:$pipe,rdwr,o-nonblock", 'nonblock', 1],
	["OPEN:$f,rdwr,cloexec=0", 'cloexec', 0],
	["OPEN:$f,rdwr,cloexec", 'cloexec', 1],
	# FIOCLEX and FIONCLEX; FIOASYNC
	["OPEN:$f,rdwr,ioctl-void=0x5450", 'cloexec', 0],
	["OPEN:$f,rdwr,ioctl=0x5450,ioctl-int=0x5451:0", 'cloexec', 1],
	["OPEN:$pipe,rdwr,ioctl-intp=0x5452:1", 'async', 1],
	["OPEN:$pipe,rdwr,ioctl-intp=0x5452:0", 'async', 0],
	["OPEN:$pipe,rdwr,ioctl-bin=0x5452:i1", 'async', 1],
	["OPEN:$pipe,rdwr,ioctl-bin=0x5452:x00000000", 'async', 0],
	["OPEN:$pipe,rdwr,ioctl-string=0x5452:yes", 'async', 1],
);
fresh();
for my $row (@flags) {
	my ($address, $flag, $want) = @$row;
	next if lacking($address, @beyond);
	my ($name, $pid, $to, $fd) = living("$address,ignoreeof",
	    qr{^\Q$T\E/(?:f|pipe)$});
	my $flags = oct word("/proc/$pid/fdinfo/" . ($fd // ''), 'flags');
	is(!defined $fd ? 'no file' :
	    ($flags & $bit{$flag}) == $bit{$flag} ? 1 : 0, $want,
	    $address =~ s{.*,rdwr,}{}r . ": $flag") or
	    diag(slurp("$T/$name.err"));
	stop($name);
}

# --- locks -------------------------------------------------------------------------

for my $row (['f-setlk-rd', 'POSIX ADVISORY READ'],
    ['f-setlk-wr', 'POSIX ADVISORY WRITE'], ['setlk', 'POSIX ADVISORY WRITE'],
    ['f-setlkw-rd', 'POSIX ADVISORY READ'], ['lock', 'POSIX ADVISORY WRITE'],
    ['flock', 'FLOCK ADVISORY WRITE'], ['flock-ex-nb', 'FLOCK ADVISORY WRITE'],
    ['flock-sh', 'FLOCK ADVISORY READ'],
    ['flock-sh-nb', 'FLOCK ADVISORY READ']) {
	my ($option, $want) = @$row;
	my ($name, $pid, $to) = living("OPEN:$f,rdwr,ignoreeof,$option",
	    qr{/f$});
	my $inode = (stat $f)[1];
	my ($lock) = grep { / $pid \S+:$inode / } split /\n/,
	    slurp('/proc/locks');
	is(defined $lock ? join(' ', (split ' ', $lock)[1 .. 3]) : 'none',
	    $want, $option) or diag(slurp("$T/$name.err"));
	if ($option =~ /^(?:setlk|flock-ex-nb)$/) {
		my ($status, $out, $err) = run($RELAY, '-u',
		    "OPEN:$f,rdwr,$option", 'STDOUT');
		like("$status $err",
		    qr/^1 .* E (?:fcntl|flock)\(.*: Resource temp/,
		    "... and who comes second is told");
	}
	stop($name);
}

# --- sizes of pipes -------------------------------------------------------------------

for my $address ('PIPE,f-setpipe-sz=8192', "PIPE:$pipe,pipesz=8192",
    'EXEC:cat,pipes,pipesz=8192') {
	next if lacking($address, @beyond);
	my ($name, $pid, $to, @fd) = living($address,
	    qr{^(?:pipe:|\Q$pipe\E)});
	my %size;
	for my $fd (grep { $_ > 2 } @fd) {
		my $handle = lend($pid, $fd) // next;
		$size{fcntl($handle, 1032, 0)} = 1;
	}
	is(join(' ', sort keys %size), 8192, $address =~ s{\Q$T\E/}{}r) or
	    diag(slurp("$T/$name.err"));
	stop($name);
}

# --- what a file is left like ---------------------------------------------------------

sub state_of {
	my @s = stat $f or return 'gone';
	return sprintf '%03o %d:%d %s', S_IMODE($s[2]), @s[4, 5], slurp($f);
}
for my $row (
    ['perm=600', '600 0:0 0123456789'], ['mode=0604', '604 0:0 0123456789'],
    ['perm-early=620', '620 0:0 0123456789'],
    ['perm=600,perm-late=640', '640 0:0 0123456789'],
    ['user=4711', '644 4711:0 0123456789'], ['uid-l=0x10', '644 16:0 0123456789'],
    ['user-early=12', '644 12:0 0123456789'],
    ['user=4294967294', '644 4294967294:0 0123456789'],
    ['group=5', '644 0:5 0123456789'], ['group-late=6', '644 0:6 0123456789'],
    ['group-early=7', '644 0:7 0123456789'],
    ['user=daemon,group=root', '644 1:0 0123456789'],
    ['truncate=3', '644 0:0 012'], ['ftruncate32=4', '644 0:0 0123'],
    ['ftruncate64=010', '644 0:0 01234567'], ['o-trunc', '644 0:0 '],
    ['seek=2', '644 0:0 01x3456789'], ['lseek32-set=3', '644 0:0 012x456789'],
    ['lseek32=0x4', '644 0:0 0123x56789'], ['seek-end=-1', '644 0:0 012345678x'],
    ['lseek32-end', '644 0:0 0123456789' . "\0x"],
    ['lseek32-end=0', '644 0:0 0123456789x'],
    ['seek=1,seek-cur=4', '644 0:0 01234x6789'],
    ['seek=1,lseek32-cur=5', '644 0:0 012345x789'],
    ['append', '644 0:0 0123456789x'],
    ['unlink', 'gone'], ['unlink-early,creat', '644 0:0 x'],
    ['unlink,creat,umask=077', '600 0:0 x'], ['unlink-late', 'gone'],
    ['unlink-close', 'gone'],
    ['o-creat,o-excl', '644 0:0 0123456789', 'open\(.*: File exists'],
    ['o-directory', '644 0:0 0123456789', 'open\(.*: Not a directory'],
    ['unlink,o-nofollow', 'gone', 'open\(.*: No such file'],
    ['seek=-1', '644 0:0 0123456789', 'lseek\(.*: Invalid argument']) {
	my ($option, $want, $why) = @$row;
	fresh();
	my $word = $option =~ /seek|append|unlink-early|creat,u/ ? 'x' : '';
	my ($status, $out, $err) = run('sh', '-c', 'printf "%s" "$2" |
	    "$0" -u STDIN "$1"', $RELAY, "OPEN:$f,wronly,$option", $word);
	my $got = state_of();
	is($got, $want, $option) or diag($err);
	next if !$why;
	like("$status $err", qr/\A1 \S+ \S+ \S+ E $why.*\n  \S/, '... and why');
}

# --- attributes of files ------------------------------------------------------------------

my $getflags = 0x80086601;
sub attributes {
	open my $in, '<', $f or return -1;
	my $flags = pack 'L!', 0;
	return ioctl($in, $getflags, $flags) ? unpack 'L!', $flags : -1;
}
my %attribute = ('fs-secrm' => 1, 'fs-unrm' => 2, 'fs-compr' => 4,
    'fs-sync' => 8, 'fs-immutable' => 16, 'fs-append' => 32, 'fs-nodump' => 64,
    'fs-noatime' => 128, 'fs-journal-data' => 0x4000, 'fs-notail' => 0x8000,
    'fs-dirsync' => 0x10000, 'fs-topdir' => 0x20000);
fresh();
for my $option (sort keys %attribute) {
	next if lacking("OPEN:$f,$option", keys %attribute);
	my $before = attributes();
	my ($status, $out, $err) = run($RELAY, '-u', "OPEN:$f,$option",
	    'OPEN:/dev/null,wronly');
	my $after = attributes();
	run('chattr', '-ai', $f);
	# Some file systems have no attributes, and each only some of them.
	if ($status eq 0) {
		is($after & ~$before, $attribute{$option}, $option);
		($status, $out, $err) = run($RELAY, '-u', "OPEN:$f,$option=0",
		    'OPEN:/dev/null,wronly');
		is(attributes() & $attribute{$option}, 0, "$option=0");
	} else {
		like($err, qr/\A\S+ \S+ \S+ E ioctl\(\d+, FS_IOC_\wETFLAGS, "$option"\): (?:Not|Op|Inv|Inapp)\w* .*\n  \S/,
		    "$option: the file system has it not");
	}
}

# --- what the process becomes -----------------------------------------------------------------

for my $row (['setuid=12', Uid => 12], ['setgid=13', Gid => 13],
    ['setuid-early=14', Uid => 14], ['setgid-early=15', Gid => 15],
    ['su=daemon', Uid => 1], ['substuser-early=daemon', Uid => 1],
    ['su-d=daemon', Gid => 1],
    ['su=daemon', Groups => portable() ? '' : 1]) {
	my ($option, $what, $want) = @$row;
	my ($name, $pid, $to) = living("PIPE,$option", qr{.});
	my $got = word("/proc/$pid/status", $what);
	is($got, $what eq 'Groups' ? $want : join("\t", ($want) x 4),
	    "$option: $what") or diag(slurp("$T/$name.err"));
	stop($name);
}
{
	my ($name, $pid, $to) = living('PIPE,setsid', qr{.});
	is((split ' ', slurp("/proc/$pid/stat") =~ s/.*\) //r)[3], $pid,
	    'setsid: a session of its own');
	stop($name);
	($name, $pid, $to) = living("PIPE,chroot=$T", qr{.});
	is(readlink "/proc/$pid/root", $T, 'chroot: another root') or
	    diag(slurp("$T/$name.err"));
	stop($name);
}

# --- owners of sockets: who gets signals --------------------------------------------------------

for my $row (['fiosetown', 1], ['siocspgrp', -1]) {
	my ($option, $sign) = @$row;
	next if lacking("UDP4:127.0.0.1:9,$option=1", @beyond);
	my ($name, $pid, $to) = living("UDP4:127.0.0.1:9,$option=" .
	    ($sign < 0 ? -getpgrp : $$), qr{.});
	my ($socket) = sockets_of($pid);
	is($socket ? fcntl($socket, 9, 0) : 'none',
	    $sign < 0 ? getpgrp : $$, "$option: F_GETOWN") if $sign > 0;
	stop($name);
}

# --- groups that are joined ---------------------------------------------------------------------

my $low = 1 + $$ % 250;
my $group = "239.77.1.$low";
my $little = unpack 'H*', pack 'C4', $low, 1, 77, 239;
for my $row (
    ["UDP4-RECV:0,ip-add-membership=$group:lo", 'igmp', qr/\b$little\b/i, 35],
    ["UDP4-RECV:0,membership=$group:127.0.0.1", 'igmp', qr/\b$little\b/i, 35],
    ["UDP4-RECV:0,ip-add-source-membership=$group:127.0.0.1:127.0.0.9",
	'mcfilter', sprintf('0xef4d01%02x 0x7f000009', $low), 39],
    ["UDP6-RECV:0,ipv6-join-group=[ff05::77:$low]:lo", 'igmp6',
	"ff05000000000000000000000077" . sprintf('%04x', hex $low)],
    ["UDP6-RECV:0,join-source-group=[ff05::78:$low]:lo:[::1]", 'mcfilter6',
	"ff05000000000000000000000078" . sprintf('%04x', hex $low)]) {
	my ($address, $file, $want, $number) = @$row;
	next if lacking($address, @beyond);
	next if $number && unable($address, sprintf 'setsockopt(3, 0, %d, "%s")',
	    $number, $address =~ s/.*=//r);
	my ($name, $pid, $to) = living($address, qr{.}, '-u');
	like(slurp("/proc/net/$file"), qr/$want/, $address) or
	    diag(slurp("$T/$name.err"));
	stop($name);
	unlike(slurp("/proc/net/$file"), qr/$want/, '... and left at the end');
}

# --- what the kernel only lets be read, or has not ------------------------------------------------

my $no = 'Protocol not available';
my $bad = 'Invalid argument';
for my $row (['UDP4', 'so-acceptconn', 1, 30, $no], ['UDP4', 'so-error', 1, 4, $no],
    ['UDP4', 'so-sndlowat', 1, 19, $no], ['UDP4', 'so-attach-filter', 1, 26, $bad],
    ['UDP4', 'so-detach-filter', 1, 27, 'No such file or directory'],
    ['UDP4', 'so-security-authentication', 1, 22, $no],
    ['UDP4', 'so-security-encryption-transport', 1, 23, $no],
    ['UDP4', 'so-security-encryption-network', 1, 24, $no],
    ['UDP4', 'ip-pktoptions', 0, 9, $no], ['UDP4', 'ip-router-alert', 0, 5, $bad],
    ['UDP4', 'ip-mtu', 0, 14, $no], ['UDP4', 'ip-hdrincl', 0, 3, $no],
    ['UDP6', 'ipv6-authhdr', 41, 10, $no], ['UDP6', 'ipv6-dstopts', 41, 59, $bad],
    ['UDP6', 'ipv6-hoplimit', 41, 52, $no], ['UDP6', 'ipv6-hopopts', 41, 54, $bad],
    ['UDP6', 'ipv6-pktinfo', 41, 50, $bad], ['UDP6', 'ipv6-rthdr', 41, 57, $bad],
    ['TCP4', 'tcp-info', 6, 11, $no], ['TCP4', 'tcp-md5sig', 6, 14, $bad]) {
	my ($family, $option, $level, $number, $why) = @$row;
	my $host = $family =~ /6/ ? '[::1]' : '127.0.0.1';
	next if lacking("$family:$host:1,$option=1", @beyond);
	my ($status, $out, $err) = run($RELAY, "$family:$host:1,$option=1",
	    'PIPE');
	my @line = split /\n/, $err;
	like(join("\n", $status, @line[0 .. $#line - 2]),
	    qr/\A1(?:\n\S+ \S+ \S+ W .*)?\n\S+ \S+ \S+ [WE] setsockopt\(\d+, $level, $number, "$option", 4\): $why(?:\n\S+ \S+ \S+ E .*)?\z/,
	    "$option: $why") or diag($err);
}
tests_done();
