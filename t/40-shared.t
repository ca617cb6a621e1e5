#!/bin/sh
# 40-shared.t: what processes of a link share, attacked by one of them that
# runs as nobody: it may write there what it likes, nothing of it is run, and
# everybody else is served on. With --docker (by an engine in Perl), pool=
# and counters.
. "${0%/*}/lib.sh"
. "${0%/*}/engine.sh"
need perl
[ "$(id -u)" = 0 ] || skip_all "only root can become nobody"

# attack.pl PID TEXT: writes to all memory that PID shares and can write to,
# or could be made to (mw of VmFlags, proc(5)): TEXT in place of any target's
# address first, then noise all over.
cat >"$T/attack.pl" <<'END'
use strict; use Fcntl ':seek';
my ($pid, $evil, $noise) = @ARGV;
open my $maps, '<', "/proc/$pid/smaps" or exit 1;
my (@areas, $area);
while (<$maps>) {
	$area = [$1, hex $2, hex $3, $4] if /^((\w+)-(\w+)) (\S{4})/;
	push @areas, $area if $area && $area->[3] =~ /s$/ &&
	    /^VmFlags:.* mw\b/;
}
my $n = 0;
for (@areas) {
	my ($name, $from, $to) = @$_;
	my $mem;
	for my $path ("/proc/$pid/map_files/$name", "/proc/$pid/mem") {
		open $mem, '+<:raw', $path or next;
		sysseek $mem, $path =~ /mem$/ ? $from : 0, SEEK_SET;
		my $start = sysseek $mem, 0, SEEK_CUR;
		next unless sysread $mem, my $page, 4096;
		my $at = index $page, 'TCP:127.0.0.1:';
		if ($noise eq '') {
			last if $at < 0;
			# Generations and flags stand before it, as numbers.
			substr $page, $at, length($evil) + 1, "$evil\0";
			for (my $i = 0; $i < $at; $i += 4) {
				substr $page, $i, 4, pack 'l', 2 +
				    unpack 'l', substr $page, $i, 4;
			}
		} else {
			$page = $noise eq 'ones' ? "\xff" x 4096 :
			    $noise eq 'zeros' ? "\0" x 4096 :
			    join '', map { pack 'l', rand(1 << 32) - 2 ** 31 }
			    1 .. 1024;
		}
		sysseek $mem, $start, SEEK_SET;
		$n += syswrite($mem, $page) // 0;
		last;
	}
}
print "$n\n";
END
attack() { perl "$T/attack.pl" "$1" "$2" "$3"; }

runs() { [ -n "$(ps -o pid= -p "$1")" ]; }
# The process that serves the client there, which is nobody by now.
nobody_of() { ps -o pid=,ruser= --ppid "$1" | sed -n 's/ nobody$//p' |
    head -n 1 | tr -d ' '; }

# --- a link that follows a container -----------------------------------------
port=$(free_port)
engine_begin
container victim 1 true "$port/tcp"
start target "$RELAY" -d -d "TCP4-LISTEN:$port,fork,bind=127.0.0.1,reuseaddr" \
    PIPE
port target >/dev/null
chmod 711 "$T"
start f "$RELAY" -d -d --docker-host="$ENGINE" --hold=9 \
    --listen-opts=bind=127.0.0.2 --connect-opts=su=nobody --docker victim
super=$PID
up() { echo hello | timeout 5 "$RELAY" -t 4 - "TCP4:127.0.0.2:$port" \
    2>/dev/null | grep -qx hello; }
wait_for 10 up
ok $? 'a link to a container is served' || diag <"$T/f.err"
link=$(ps -o pid= --ppid $super | tr -d ' ')
start client "$RELAY" "TCP4:127.0.0.2:$port" 'EXEC:sleep 1000'
child() { [ -n "$(nobody_of "$link")" ]; }
wait_for 10 child
ok $? 'a client by a process of nobody'
victim=$(nobody_of "$link")
attack "$victim" "SYSTEM:id >$T/owned; cat" "" | sed "s/^/# /"
# The next client finds the target away and looks whether it has moved.
stop target
start late sh -c "echo late | '$RELAY' -t 9 - TCP4:127.0.0.2:$port"
# Time in which an attack would have run: it did so within 0.1 s.
sleep 0.7
ok "$([ ! -e "$T/owned" ]; echo $?)" 'what it writes is not run' ||
    diag <"$T/owned"
for noise in ones zeros random; do
	attack "$victim" '' $noise >"$T/n"
	ok "$([ "0$(cat "$T/n")" -gt 0 ]; echo $?)" "$noise all over"
	kill -USR1 $super
done
event die 1
container victim 1 false "$port/tcp"
wait_for 10 grep -qs stopping "$T/f.err" || :
start target "$RELAY" -d -d "TCP4-LISTEN:$port,fork,bind=127.0.0.1,reuseaddr" \
    PIPE
port target >/dev/null
container victim 1 true "$port/tcp"
event start 1
finish late 10
is "$(cat "$T/late.out")" late 'a client that waited is served' ||
    diag <"$T/f.err"
wait_for 10 up
ok $? 'and so is the next'
is "$(grep -E ' connections now' "$T/f.err" | grep -Evc \
    ': [0-9]+ connections now, [0-9]+ in all, [0-9]+ refused, [0-9]+ bytes there, [0-9]+ back$')" \
    0 'statistics are numbers, whatever they say'
is "$(grep -c ' connections now' "$T/f.err")" 3 'each time they were asked for'
stop f
is "$STATUS" 0 'TERM ends it with 0'
is "$(grep -c ' [EF] ' "$T/f.err")" 0 'and without an error' ||
    grep ' [EF] ' "$T/f.err" | diag
stop client

# --- a pool -------------------------------------------------------------------
start p "$RELAY" -d -d TCP4-LISTEN:0,fork,pool=2,su=nobody,max-children=6 PIPE
pool=$PID
pp=$(port p)
served() {
	start one sh -c "echo word | '$RELAY' -t 9 - TCP4:127.0.0.1:$pp"
	finish one 8 || stop one KILL
	[ "$(cat "$T/one.out")" = word ]
}
served
ok $? 'a pool serves'
children() { ps -o pid= --ppid "$pool" | wc -l; }
few() { [ "$(children)" -le 6 ]; }
victim=$(nobody_of "$pool")
for noise in ones zeros random; do
	attack "$victim" '' $noise >"$T/n"
	ok "$([ "0$(cat "$T/n")" -gt 0 ]; echo $?)" "$noise in the pool's memory"
	held=
	for i in 1 2 3; do
		start "hold$i" "$RELAY" "TCP4:127.0.0.1:$pp" \
		    'EXEC:sleep 1000'
		held="$held hold$i"
	done
	served
	ok $? "more clients than children are served"
	ok "$(few; echo $?)" 'by no more than max-children' ||
	    ps -o pid=,user=,args= --ppid "$pool" | diag
	for name in $held; do stop $name; done
	victim=$(nobody_of "$pool")
	ok "$(runs $pool; echo $?)" 'the listener goes on'
done
# Children that end are forked anew.
for kid in $(ps -o pid= --ppid "$pool"); do kill -9 "$kid"; done
served
ok $? 'who was killed is replaced'
stop p
is "$(grep -c ' [EF] ' "$T/p.err")" 0 'and no error' ||
    grep ' [EF] ' "$T/p.err" | diag
done_testing
