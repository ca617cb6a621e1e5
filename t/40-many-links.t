#!/bin/sh
# Many links: what they cost grows with their number and not with its square,
# what a fork has to copy does not grow with it at all but for memory, each process has the socket of its own link only, and TERM is heard while
# they come up.
. "${0%/*}/lib.sh"
need perl
# Fixed ports, at an address that another run of this test does not have.
ALONE=127.78.$(($$ / 250 % 250)).$(($$ % 250 + 1))
export ALONE

# cpu N: the seconds of CPU of N links, from start to stop, the mappings of
# the supervisor, and the status
cat >"$T/cpu.pl" <<'END'
my ($relay, $n) = @ARGV;
my $bind = $ENV{ALONE};
sub slurp { local (@ARGV, $/) = @_; <> }
pipe my $r, my $w;
my $pid = fork;
if (!$pid) {
	close $r;
	fcntl $w, 2, 0;		# F_SETFD
	open STDERR, '>', '/dev/null';
	%ENV = map { ("L${_}_PORT_" . (20000 + $_) . "_TCP",
	    "tcp://127.0.0.1:9") } 1 .. $n;
	exec $relay, '--links', "--listen-opts=bind=$bind",
	    '--ready-fd=' . fileno $w;
}
close $w;
alarm 120;
my $ready = <$r> // 'never';
my @kids = `ps -o pid= --ppid $pid`;
my @own = map { s/\s//g; scalar grep { readlink =~ /^socket:/ }
    glob "/proc/$_/fd/*" } @kids[0, -1];
my $maps = () = slurp("/proc/$pid/maps") =~ /\n/g;
kill TERM => $pid;
waitpid $pid, 0;
my @t = times;
printf "%.2f %d %d %d %s", $t[2] + $t[3], $maps, $?, scalar @kids, "@own";
END
few=$(perl "$T/cpu.pl" "$RELAY" 150)
many=$(perl "$T/cpu.pl" "$RELAY" 600)
few_maps=${few#* } many_maps=${many#* }
is "${few_maps#* }" '0 150 1 1' '150 links: a process each, with its socket alone'
is "${many_maps#* }" '0 600 1 1' '600 links: the same'
ok "$([ "${many_maps%% *}" -lt $((${few_maps%% *} + 50)) ]; echo $?)" \
    'a link is no mapping of its own' || diag "$few_maps, $many_maps"
comment "CPU: ${few%% *} s and ${many%% *} s"
perl -e 'exit !($ARGV[1] < 8 * $ARGV[0] + 0.2)' "${few%% *}" "${many%% *}"
ok $? "four times as many take four times as long, at most twice that" ||
    diag "${few%% *} s and ${many%% *} s"

# TERM in the middle
start cut env -i $(perl -e 'print join " ", map { "L${_}_PORT_" . (20000 + $_)
    . "_TCP=tcp://127.0.0.1:9" } 1 .. 900') "$RELAY" -d -d --links \
    --listen-opts=bind=$ALONE --ready-fd=1
ok "$(wait_for 20 listening cut; echo $?)" '900 links begin to come up'
stop cut
is "$STATUS:$(cat "$T/cut.out")" 0: 'TERM ends them before they are ready'
done_testing
