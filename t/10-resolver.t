#!/bin/sh
# 10-resolver.t: names are found with name servers as they are out there: a
# search domain that fails or is silent, a first server that is dead, silent
# or refuses, an answer that is cut off; the environment's and the options' say
# in it
#
# In a network and mount namespace of its own, with name servers of its own
# (tools/dns.pl).  Dynamic and static build: the latter has musl's resolver,
# which knows neither TCP nor LOCALDOMAIN: see CAVEATS in relay.1.

[ "${IN_NAMESPACE:-}" ] || IN_NAMESPACE=1 exec unshare -nm "$0" "$@" 2>&1

. "${0%/*}/lib.sh"

need ip mount
ip link set lo up || skip_all 'no namespaces here'
: >"$T/resolv.conf"
mount --bind "$T/resolv.conf" /etc/resolv.conf ||
    skip_all 'resolv.conf cannot be mounted over'
trap 'umount /etc/resolv.conf; cleanup' EXIT

up() { grep -qs '^up$' "$T/$1.out"; }
start good perl "$TOP/t/tools/dns.pl" 127.0.0.53 web.example=127.0.0.1 \
    web.example.bad.example=SERVFAIL web.example.mute.example=SILENT \
    cut.example=TC:127.0.0.1 short.corp.example=127.0.0.1
start refuses perl "$TOP/t/tools/dns.pl" 127.0.0.54 '*=REFUSED'
start silent perl "$TOP/t/tools/dns.pl" 127.0.0.55 '*=SILENT'
for server in good refuses silent; do
	wait_for 10 up $server || ok 1 "$server is up"
done
start web "$RELAY" -d -d TCP4-LISTEN:0,bind=127.0.0.1,fork 'SYSTEM:echo hello'
port=$(port web) || ok 1 'the target listens'

# found TITLE NAME CONFIG [VARIABLE=VALUE]
found() {
	printf '%s\n' "$3" >"$T/resolv.conf"
	case $2 in *:*) to=$2 ;; *) to=$2:$port ;; esac
	is "$(env ${4:+"$4"} "$PROGRAM" -T 5 - "TCP4:$to" </dev/null 2>&1)" \
	    hello "$build: $1"
}

# refuses TITLE WORDS [CONFIG]: what is not found
refuses() {
	printf '%s\n' "$good" $3 >"$T/resolv.conf"
	got=$("$PROGRAM" -T 5 - "TCP4:$2" </dev/null 2>&1)
	like "$got" 'E getaddrinfo\("' "$build: $1"
}

good='nameserver 127.0.0.53'
bad="$good
search bad.example
options ndots:5"
mute="$good
search mute.example
options ndots:5 timeout:1 attempts:1"
for PROGRAM in "$RELAY" "$TOP/relay-static"; do
	build=${PROGRAM##*/}
	[ -x "$PROGRAM" ] || { skip 1 "no $build"; continue; }
	found 'a name' web.example "$good"
	found 'a search domain that answers SERVFAIL' web.example "$bad"
	found 'a search domain that does not answer' web.example "$mute"
	found 'a search domain that has it' short "$good
search corp.example"
	found 'the first server is dead' web.example "nameserver 127.0.0.60
$good"
	found 'the first server is silent' web.example "nameserver 127.0.0.55
$good
options timeout:1"
	found 'the first server refuses' web.example "nameserver 127.0.0.54
$good"
	printf '%s\n' "$good" >"$T/resolv.conf"
	got=$("$PROGRAM" - "TCP4:none.example:$port" </dev/null 2>&1)
	like "$got" 'E getaddrinfo\("none.example"' "$build: no such name"

	# res-nsaddr= and its other names: that server, and no other
	refused='nameserver 127.0.0.54'
	for option in res-nsaddr nsaddr dns nameserver; do
		found "$option" "web.example:$port,$option=127.0.0.53" \
		    "$refused"
	done
	found 'res-nsaddr with its port' \
	    "web.example:$port,res-nsaddr=127.0.0.53:53" "$refused"
	printf '%s\n' "$good" >"$T/resolv.conf"
	got=$("$PROGRAM" - "TCP4:web.example:$port,dns=127.0.0.54" \
	    </dev/null 2>&1)
	like "$got" 'E getaddrinfo\("web.example"' \
	    "$build: a server that refuses is not passed over"
	for wrong in x 1.2.3 127.0.0.53:x 127.0.0.53:70000 ::1 ''; do
		got=$("$PROGRAM" - "TCP4:web.example:$port,dns=$wrong" \
		    </dev/null 2>&1)
		like "$? $got" \
		    "^1 .* E (option \"res-nsaddr\": \"$wrong\" is no address of a name server|option \"dns=\".*)" \
		    "$build: dns=$wrong"
	done
done

PROGRAM=$RELAY build=dynamic
# musl knows none of these
if ldd "$RELAY" 2>&1 | grep -q 'libc\.so\.6'; then
	found 'an answer that is cut off' cut.example "$good"
	found 'with res-retrans and res-retry' \
	    "web.example:$port,dns=127.0.0.53,retrans=1,res-retry=2" "$refused"
	found 'res-usevc asks by TCP' "cut.example:$port,res-usevc" "$good"
	refuses 'res-igntc leaves the rest' "cut.example:$port,res-igntc"
	refuses 'res-dnsrch=0 looks in no parent domain' \
	    "short:$port,res-dnsrch=0,res-defnames=0" 'search corp.example'
	found LOCALDOMAIN short "$good" LOCALDOMAIN=corp.example
	found RES_OPTIONS web.example "$good
search bad.example" RES_OPTIONS=ndots:5
fi

done_testing
