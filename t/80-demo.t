#!/bin/sh
# 80-demo.t: the demonstration: its answer, its exit status, what it leaves

. "${0%/*}/lib.sh"
need dd cmp cksum

mkdir "$T/tmp"
TMPDIR=$T/tmp
export TMPDIR

# relays: the processes that run the binary of this test
relays() {
	for exe in /proc/[0-9]*/exe; do
		[ "$(readlink "$exe")" != "$T/relay" ] || echo "$exe"
	done
}
cp "$RELAY" "$T/relay"

out=$(sh "$TOP/t/demo.sh" "$T/relay" 2>&1)
is $? 0 "the demonstration succeeds" || diag "$out"
is "$(printf '%s\n' "$out" | grep -c '^hello, relay$')" 1 \
    "it shows the line that came back"
is "$(printf '%s\n' "$out" | grep -c ' listening on AF=2 127.0.0.1:[1-9]')" 2 \
    "two listeners, on ports of this host alone"
is "$(printf '%s\n' "$out" | grep '^[0-9]* 4194304$' | uniq -d | wc -l)" 1 \
    "the same checksum there and back"
is "$(printf '%s\n' "$out" | grep -c ' finished .*: 4194304 bytes there')" 1 \
    "the relay's own account agrees"
is "$(printf '%s\n' "$out" | awk 'length > 160')" "" "no line is endless"
is "$(relays)" "" "no process is left"
is "$(ls "$T/tmp")" "" "no file is left"

RELAY=$T/relay sh "$TOP/t/demo.sh" >"$T/out" 2>&1
is $? 0 "the program may be named by the environment"

# A relay that changes what it carries must be found out.
mkdir "$T/bad"
cat >"$T/bad/relay" <<END
#!/bin/sh
case \$* in
*LISTEN*) exec "$T/relay" "\$@" ;;
*) "$T/relay" "\$@" | tr h H ;;
esac
END
chmod +x "$T/bad/relay"
out=$(sh "$TOP/t/demo.sh" "$T/bad/relay" 2>&1)
is $? 1 "a wrong answer is an error"
like "$out" '^demo: that is not what was sent' "and it says so"
is "$(relays)" "" "then too no process is left"

out=$(sh "$TOP/t/demo.sh" /bin/false 2>&1)
is $? 1 "a relay that does not start is an error"
like "$out" '^demo: echo did not start' "and it says which"
out=$(sh "$TOP/t/demo.sh" "$T/nothing" 2>&1)
is $? 1 "no relay at all is an error"
like "$out" 'run make first' "and it says what to do"
is "$(ls "$T/tmp")" "" "no file is left"

done_testing
