#!/bin/sh
# run.sh: builds every fuzz target with ASan, UBSan and LeakSanitizer, and
# runs each for FUZZ_SECONDS (60) from its corpus
#
# run.sh [target...].  A finding is a failure: its bytes are kept where the
# last lines say.  Needs clang with its fuzzer runtime.

TOP=$(cd "${0%/*}/../.." && pwd)
SECONDS_EACH=${FUZZ_SECONDS:-60}
FLAGS="-std=c11 -g -O2 -D_GNU_SOURCE -I$TOP -I$TOP/lib -I$TOP/run -I$TOP/addr"
SAN=-fsanitize=fuzzer,address,undefined
LC_ALL=C
export LC_ALL
failed=0 fuzzer=

T=$(mktemp -d "${TMPDIR:-/tmp}/relay-fuzz.XXXXXX") || exit 1
cleanup() {
	trap - EXIT INT TERM HUP
	[ -z "$fuzzer" ] || kill "$fuzzer" 2>/dev/null
	cd / && rm -rf "$T"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The compiler that was asked for, if it can do it at all.
echo '#include <stddef.h>
int LLVMFuzzerTestOneInput(const void *p, size_t n) { return !p && n; }' \
    >"$T/try.c"
for CC in ${CC:+"$CC"} clang; do
	"$CC" $SAN -o "$T/try" "$T/try.c" 2>/dev/null && break
	CC=
done
if [ -z "$CC" ]; then
	echo "fuzzing needs clang and its fuzzer runtime (libclang-rt-dev)" >&2
	exit 1
fi

. "$TOP/t/tools/archive.sh"
(
	FLAGS="$FLAGS -fsanitize=fuzzer-no-link,address,undefined"
	archive "$T/product"
) || {
	cat "$T/product.log" >&2
	exit 1
}

# Each word of the commands that people write is a seed, too.
seeds() {
	perl -MJSON::PP -e '
		my ($to, $n, %seen) = (shift, 0);
		while (my $line = <>) {
			my (undef, @words) = @{decode_json($line)->{argv}};
			for (grep { !$seen{$_}++ } @words) {
				open my $out, ">:utf8", "$to/word" . $n++
				    or die "$to: $!\n";
				print $out $_;
			}
		}' "$@"
}

# fuzz NAME: in a directory of its own, for what an input may create
fuzz() {
	source=$TOP/t/fuzz/$1.c
	mkdir -p "$T/$1/found" "$T/$1/seeds" "$T/$1/cwd"
	if ! "$CC" $FLAGS $SAN -fno-sanitize-recover=all -o "$T/$1/fuzz" \
	    "$source" "$T/product.a"; then
		echo "$1: does not compile" >&2
		return 1
	fi
	[ "$1" != spec ] || seeds "$T/$1/seeds" "$TOP"/t/compat/*.jsonl ||
		return 1
	cd "$T/$1/cwd" || return 1
	ASAN_OPTIONS=detect_leaks=1 "$T/$1/fuzz" -timeout=10 \
	    -rss_limit_mb=1024 -max_len=4096 -verbosity=1 \
	    -max_total_time="$SECONDS_EACH" -artifact_prefix="$T/$1/finding-" \
	    "$T/$1/found" "$TOP/t/fuzz/corpus/$1" "$T/$1/seeds" \
	    </dev/null >"$T/$1/log" 2>&1 &
	fuzzer=$!
	wait "$fuzzer"
	status=$?
	fuzzer=
	if [ $status = 0 ] && grep '^Done ' "$T/$1/log" | sed "s/^/$1: /"; then
		return 0
	fi
	tail -n 60 "$T/$1/log" | sed "s/^/$1: /"
	return 1
}

# keep NAME: what was found outlives the scratch directory
keep() {
	for finding in "$T/$1"/finding-*; do
		[ -e "$finding" ] || continue
		kept=$(mktemp "${TMPDIR:-/tmp}/relay-finding-$1.XXXXXX")
		cp "$finding" "$kept"
		echo "$1: the input is kept as $kept"
	done
}

if [ $# = 0 ]; then
	for target in "$TOP"/t/fuzz/*.c; do
		name=${target##*/}
		set -- "$@" "${name%.c}"
	done
fi
for name; do
	fuzz "$name" || {
		failed=1
		keep "$name"
	}
done
exit $failed
