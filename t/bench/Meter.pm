# Starts and ends the programs of a benchmark, and reads what they cost.
#
# CPU: a cgroup v2 of our own (cpu.stat, children included); where none can be
# made, the times of the process tree in /proc. Memory: memory.current of that
# cgroup, or a cgroup v1 of our own; else what the cgroup that we run in grows
# by, which is only read, less what the same connections cost without a peer;
# else the sum of Pss.
package Meter;
use strict;
use warnings;
use File::Temp ();
use POSIX ();
use Time::HiRes qw(sleep time);

my ($group, $memory_v1, @spent, %running, $main);
my $groups = 0;
our $dir;		# scratch, removed at the end

sub slurp {
	my ($file) = @_;
	open my $h, '<', $file or return '';
	local $/;
	my $text = <$h>;
	return defined $text ? $text : '';
}

# Polls the condition; false when it has not come true within the seconds.
sub wait_for {
	my ($seconds, $true) = @_;
	my $end = time + $seconds;
	until ($true->()) {
		return 0 if time > $end;
		sleep 0.01;
	}
	return 1;
}

# The directory of the cgroup we run in, for v2 ('') or a v1 controller.
sub own_group {
	my ($controller) = @_;
	my ($path) = slurp('/proc/self/cgroup') =~
	    ($controller eq '' ? qr/^0::(.*)$/m : qr/^\d+:$controller:(.*)$/m);
	return unless defined $path;
	for (split /\n/, slurp('/proc/self/mounts')) {
		my (undef, $at, $type, $with) = split ' ';
		return $at . ($path eq '/' ? '' : $path) if $controller eq '' ?
		    $type eq 'cgroup2' : $type eq 'cgroup' &&
		    $with =~ /\b$controller\b/;
	}
	return;
}

# To be called once, first: makes the scratch directory and the cgroup.
sub setup {
	$main = $$;
	$dir = File::Temp::tempdir('bench.XXXXXX', TMPDIR => 1, CLEANUP => 1);
	return if $ENV{NOCGROUP};
	$group = make_group('', 'cpu.stat');
	fresh_memory() unless defined $group && -r "$group/memory.current";
	return;
}

# What the last program had may be freed while the next is measured: each has a
# cgroup of its own.
sub fresh_memory {
	memory_spent();
	$memory_v1 = make_group('memory', 'memory.usage_in_bytes');
	return $memory_v1;
}

# Done with the memory cgroup; true when it and all before it are removed, which
# has to wait for the last process in them.
sub memory_spent {
	push @spent, $memory_v1 if defined $memory_v1;
	undef $memory_v1;
	@spent = grep { !rmdir } @spent;
	return !@spent;
}

# A cgroup below the one we run in that has the file; undef if there is none.
sub make_group {
	my ($controller, $file) = @_;
	my $own = own_group($controller) // return;
	my $try = "$own/relay-bench.$$." . ++$groups;
	mkdir $try or return;
	return $try if -r "$try/$file" && -w "$try/cgroup.procs";
	rmdir $try;
	return;
}

# The cgroups that a measured program is in.
sub groups { return grep { defined $_ } $group, $memory_v1 }

sub cpu_method {
	return defined $group ? 'cgroup v2' : 'process tree in /proc (rough)';
}

# One of: own, shared, pss; the second value says it in words.
sub memory_method {
	return ('own', 'memory cgroup') if defined $memory_v1 ||
	    (defined $group && -r "$group/memory.current");
	return ('shared', 'growth of the memory cgroup, less a direct run')
	    if defined memory_shared();
	return ('pss', 'sum of Pss, without the kernel\'s share');
}

sub memory_shared {
	return if $ENV{NOCGROUP};
	my $own = own_group('memory');
	return slurp("$own/memory.usage_in_bytes") + 0 if defined $own &&
	    $own =~ m{/memory/.} && -r "$own/memory.usage_in_bytes";
	$own = own_group('');
	return slurp("$own/memory.current") + 0 if defined $own &&
	    -r "$own/memory.current";
	return;
}

# Bytes in use now, by the method above.
sub memory {
	my ($pid) = @_;
	my ($how) = memory_method();
	return slurp("$memory_v1/memory.usage_in_bytes") + 0
	    if defined $memory_v1;
	return slurp("$group/memory.current") + 0 if $how eq 'own';
	return memory_shared() if $how eq 'shared';
	my $sum = 0;
	for (tree($pid)) {
		$sum += $1 * 1024
		    if slurp("/proc/$_/smaps_rollup") =~ /^Pss:\s+(\d+)/m;
	}
	return $sum;
}

# A process and all its descendants.
sub tree {
	my ($root) = @_;
	my %kids;
	for (glob '/proc/[0-9]*/stat') {
		push @{ $kids{$2} }, $1
		    if slurp($_) =~ /^(\d+) \(.*\) \S (\d+)/s;
	}
	my @all = ($root);
	for (my $i = 0; $i < @all; $i++) {
		push @all, @{ $kids{ $all[$i] } || [] };
	}
	return @all;
}

sub pids {
	my ($pid) = @_;
	return tree($pid) unless defined $group;
	return grep { $_ > 0 } split ' ', slurp("$group/cgroup.procs");
}

# Microseconds of CPU that the measured program has used up to now.
sub cpu {
	my ($pid) = @_;
	if (defined $group) {
		slurp("$group/cpu.stat") =~ /^usage_usec (\d+)/m or die;
		return $1;
	}
	my $ticks = 0;
	for (tree($pid)) {
		my ($rest) = slurp("/proc/$_/stat") =~ /\) (.*)/s;
		my @f = split ' ', $rest // '';
		$ticks += $f[$_] // 0 for 11 .. 14;
	}
	return $ticks * 1e6 / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}

# Starts argv with its output in "$dir/NAME.out"; measured: inside the cgroup.
sub start {
	my ($name, $measured, @argv) = @_;
	if ($measured && defined $memory_v1) {
		fresh_memory() // die "no memory cgroup: $!\n";
	}
	my $pid = fork;
	die "fork: $!" unless defined $pid;
	if ($pid == 0) {
		for ($measured ? groups() : ()) {
			open my $h, '>', "$_/cgroup.procs"
			    or POSIX::_exit(126);
			print $h $$;
			close $h or POSIX::_exit(126);
		}
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$dir/$name.out";
		open STDERR, '>', "$dir/$name.err";
		exec { $argv[0] } @argv or POSIX::_exit(127);
	}
	$running{$pid} = $measured;
	return $pid;
}

sub ended {
	my ($pid) = @_;
	return 1 unless exists $running{$pid};
	return 0 if waitpid($pid, POSIX::WNOHANG()) == 0;
	delete $running{$pid};
	return 1;
}

# Ends what start began and all that descends from it, by pid. What stands in
# skip is left to end by itself (a tracer that has to print its summary).
sub stop {
	my ($pid, $skip) = @_;
	return unless exists $running{$pid};
	my $measured = $running{$pid};
	my @left = $measured ? pids($pid) : ($pid);
	kill 'TERM', grep { $_ != ($skip // 0) } @left;
	wait_for(3, sub { ended($pid) });
	return if ended($pid) && !$measured;
	wait_for(1, sub { !defined $group || !pids($pid) });
	@left = ($pid, pids($pid)) if defined $group;
	kill 'KILL', grep { $_ != $pid || exists $running{$_} } @left;
	wait_for(3, sub { ended($pid) && (!defined $group || !pids($pid)) });
	return;
}

# Waits till the measured program is back at its first number of processes; till
# that number rests, if none is given.
sub quiet {
	my ($pid, $before) = @_;
	my ($last, $same) = (0, 0);
	wait_for(2, sub {
		my @p = pids($pid);
		return @p <= $before if defined $before;
		$same = @p == $last ? $same + 1 : 0;
		$last = @p;
		return $same > 20;
	});
	return;
}

sub clean {
	local $?;
	stop($_) for keys %running;
	wait_for(5, sub { kill 'KILL', pids(0); rmdir $group })
	    if defined $group;
	wait_for(5, \&memory_spent);
	undef $group;
	return;
}

END { clean() if $main && $$ == $main }
1;
