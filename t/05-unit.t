#!/bin/sh
# 05-unit.t: the units in C (t/unit/*.c), each compiled and run, and the fuzz
# targets (t/fuzz/*.c) run over their corpus
#
# A unit prints TAP.  It includes the file that it tests, whose static
# functions it then knows, compiled with sanitizers; so does a fuzz target.
# All else comes from an archive of the product's objects, as make left them.

TOP=$(cd "${0%/*}/.." && pwd)
RELAY=${RELAY:-/bin/sh}		# nothing here runs relay itself
. "$TOP/t/lib.sh"
. "$TOP/t/tools/archive.sh"

need "${CC:=cc}" ar
FLAGS="-std=c11 -g -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes"
FLAGS="$FLAGS -Werror -I$TOP -I$TOP/lib -I$TOP/run -I$TOP/addr -I$TOP/t/unit"

# Sanitizers where the compiler has them: musl-gcc has none.
echo 'int main(void) { return 0; }' >"$T/try.c"
SAN=-fsanitize=address,undefined
"$CC" $SAN -o "$T/try" "$T/try.c" 2>/dev/null && "$T/try" || SAN=

FLAGS="$FLAGS $SAN $CFLAGS"
archive "$T/product"
ok $? "the product's objects" || diag <"$T/product.log"

# build SOURCE: into $T/bin
build() {
	"$CC" $FLAGS -o "$T/bin" "$1" "$T/product.a" >"$T/cc" 2>&1
}

for unit in "$TOP"/t/unit/*.c; do
	[ -e "$unit" ] || continue
	name=unit/${unit##*/}
	if ! build "$unit"; then
		ok 1 "$name compiles"
		diag <"$T/cc"
		continue
	fi
	(cd "$T" && ./bin) >"$T/out" 2>"$T/err"
	status=$?
	tests=$(grep -c '^ok ' "$T/out")
	grep -v '^ok ' "$T/out" | grep -v '^1\.\.' | diag
	diag <"$T/err"
	plan=$(sed -n 's/^1\.\.//p' "$T/out")
	[ $status = 0 ] && [ "$tests" = "$plan" ] && [ "$tests" -gt 0 ]
	ok $? "$name: $tests of ${plan:-?} tests, status $status"
done

for fuzz in "$TOP"/t/fuzz/*.c; do
	[ -e "$fuzz" ] || continue
	name=${fuzz##*/}
	corpus=$TOP/t/fuzz/corpus/${name%.c}
	set -- "$corpus"/*
	if [ ! -e "$1" ]; then
		ok 1 "fuzz/$name has a corpus"
		continue
	fi
	if ! build "$fuzz"; then
		ok 1 "fuzz/$name compiles"
		diag <"$T/cc"
		continue
	fi
	"$T/bin" "$@" >"$T/out" 2>&1
	ok $? "fuzz/$name runs over $# files" || diag <"$T/out"
done

done_testing
