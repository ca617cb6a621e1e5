#!/bin/sh
# 80-size.t: the static binaries stay small, and start in half of socat's time
#
# The limit of 500,000 bytes is for the whole, with every family, supervisor and
# Docker client and all texts of help; relay-core, the families and the serving
# of one pair, has its own.  Both are hardened: position independent, read-only
# after relocation, with a stack protector.  What a child of either build does
# not need it does not get: memory of malloc(3) lies where all else is.
#
# The binaries are built from the sources into the scratch directory, if they
# are not there as the sources are now.  Of each
# program 41 starts are timed in turn, from fork to its "listening on" line;
# the medians are compared, so that a busy machine slows both.

. "${0%/*}/lib.sh"

need make socat perl readelf nm
LIMIT=500000 CORE=450000

mkdir "$T/top"
(cd "$TOP" && tar cf - --exclude='*.o' --exclude=.git --exclude=t \
    Makefile ./*.c ./*.h addr run lib deploy) | (cd "$T/top" && tar xf -)
# What make check built is not built again.
(cd "$TOP" && make -q relay-static) >/dev/null 2>&1 &&
    cp -p "$TOP/relay-static" "$T/top"
(cd "$T/top" && make static) >"$T/make.out" 2>&1
ok $? "make static" || diag "$(tail -n 20 "$T/make.out")"
[ -x "$T/top/relay-static" ] || done_testing

size=$(wc -c <"$T/top/relay-static")
comment "$size bytes"
# The limits are for musl: that of Debian, or the one of the system.
MUSL=1
command -v musl-gcc >/dev/null || "${CC:-cc}" -dumpmachine | grep -q musl ||
    MUSL=
if [ "$MUSL" ]; then
	[ "$size" -lt $LIMIT ]
	ok $? "the whole under $LIMIT bytes"
else
	skip 1 "musl-gcc is missing, and the C library is larger"
fi
(cd "$T/top" && make relay-core) >"$T/make.out" 2>&1
ok $? "make relay-core" || diag "$(tail -n 20 "$T/make.out")"
core=$(wc -c <"$T/top/relay-core")
comment "$core bytes"
if [ "$MUSL" ]; then
	[ "$core" -lt $CORE ]
	ok $? "the core under $CORE bytes"
else
	skip 1 "musl-gcc is missing, and the C library is larger"
fi
is "$(printf hello | "$T/top/relay-core" - EXEC:cat)" hello "the core works"
file=$(od -An -c "$T/top/relay-static" | grep -c 's   y   m   t   a   b')
is "$file" 0 "stripped: no table of symbols"

for program in relay-static relay-core; do
	readelf -hlW "$T/top/$program" >"$T/elf" 2>&1
	is "$(awk '/Type:/ { print $2 }
	    $1 ~ /^(INTERP|GNU_RELRO)$/ { print $1 }
	    $1 == "GNU_STACK" { print $1, $(NF - 1) }' "$T/elf")" \
	    "$(printf 'DYN\nGNU_STACK RW\nGNU_RELRO')" \
	    "$program: position independent, no linker, no code on the stack"
	like "$(readelf -dW "$T/top/$program")" 'FLAGS.*BIND_NOW' \
	    "$program: all is bound before main"
done
# libc is called as it is: none of its functions is written again.
nm -D --defined-only "$(ldd "$TOP/relay" | awk '/libc\./ { print $3 }')" |
    sed -n 's/.* [TWi] \([^@]*\).*/\1/p' | sort -u >"$T/libc"
(cd "$TOP" && nm -A --defined-only $(make -s sources | sed 's/\.c\b/.o/g')) |
    sed -n 's/.* [TWDBV] //p' | grep -vx main | sort >"$T/ours"
[ "$(wc -l <"$T/libc")" -gt 1000 ] && [ "$(wc -l <"$T/ours")" -gt 200 ]
ok $? 'symbols of the C library and ours'
is "$(comm -12 "$T/libc" "$T/ours")" '' 'no function of the C library is ours'

nm "$TOP/relay" >"$T/nm" 2>&1
like "$(cat "$T/nm")" '__stack_chk_fail' 'the stack is protected'

is "$(cd / && env -i "$T/top/relay-static" -u OPEN:/dev/null - </dev/null 2>&1)" \
    "" "runs with an empty environment"

# From brk(2) it would come from far away, and each child would need page tables
# for that place alone.
for program in "$TOP/relay" "$T/top/relay-static"; do
	start heap "$program" -d -d TCP4-LISTEN:0,bind=127.0.0.1,fork PIPE
	port heap >/dev/null
	is "$(grep -c '\[heap\]' "/proc/$PID/maps")" 0 \
	    "${program##*/}: malloc's memory is not the break's"
	stop heap
done

cat >"$T/starts.pl" <<'P'
# Prints the medians in microseconds of the programs given, in turn.
use strict;
use warnings;
use Time::HiRes qw(time);

my %took;
for my $i (0 .. 41) {
	for my $program (@ARGV) {
		pipe(my $r, my $w) or die "pipe: $!\n";
		my $start = time;
		my $pid = fork // die "fork: $!\n";
		if ($pid == 0) {
			open STDERR, '>&', $w or die;
			open STDIN, '<', '/dev/null' or die;
			exec $program, '-d', '-d', 'TCP4-LISTEN:0,'
			    . 'bind=127.0.0.1', 'OPEN:/dev/null';
			die "$program: $!\n";
		}
		close $w;
		my $heard = '';
		local $SIG{ALRM} = sub { kill 'KILL', $pid; };
		alarm 20;
		while ($heard !~ /listening on/) {
			sysread($r, $heard, 4096, length $heard)
			    or die "$program: $heard\n";
		}
		# The first round fills caches only.
		push @{$took{$program}}, (time - $start) * 1e6 if $i > 0;
		alarm 0;
		kill 'TERM', $pid;
		waitpid $pid, 0;
	}
}
print join(' ', map { my @t = sort { $a <=> $b } @{$took{$_}};
    int $t[@t / 2] } @ARGV), "\n";
P

medians=$(perl "$T/starts.pl" "$T/top/relay-static" "$(command -v socat)")
ok $? "all starts come to listen"
set -- $medians
comment "start to listening: relay ${1:-?} us, socat ${2:-?} us"
[ "${1:-1}" -gt 0 ] && [ $((${1:-1} * 2)) -le "${2:-0}" ]
ok $? "start to listening takes at most half of socat's time"

done_testing
