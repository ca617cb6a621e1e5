#!/bin/sh
# Datagrams of unix sockets and UDP-Lite: what logger(1) sends to a socket of
# relay's, into a file, on by UDP and by a TCP connection for each; relay as
# the sender to socat, to one that comes back, and to a control socket as
# wpa_supplicant's, bound to a name of its own and relayed; abstract names,
# packets in sequence; owner, mode and removal; sizes and empty packets; and
# how much of a packet a checksum of UDP-Lite is of.  By both builds.
. "${0%/*}/lib.sh"

need logger socat perl

receiving() { grep -qs " receiving on \| listening on \|starting data" \
    "$T/$1.err"; }

# begin NAME WORDS...: relay at notice level, once it can be sent to
begin() {
	name=$1
	shift
	start "$name" "$BUILD" -d -d "$@"
	wait_for 10 receiving "$name" || sed "s/^/$name: /" "$T/$name.err" |
	    diag
}

# log TEXT: as programs do, to the socket log
log() { logger --socket-errors=on -u "$T/log" -p user.info -t app "$1"; }

# lines FILE N: it has so many
lines() { [ "$(wc -l <"$1" 2>/dev/null)" -ge "$2" ] 2>/dev/null; }

# untimed FILE: what logger sent, without the time
untimed() { perl -pe 's/(<\d+>)\w{3} [ \d]\d [\d:]{8} /$1/g' "$1"; }

own_port() { sed -n '/ receiving on \| bound to \| listening on /{
	s/.*:\([0-9]*\)$/\1/p;q;}' "$T/$1.err"; }

# A socket of datagrams at $T/ctl: PING is answered, ATTACH by two packets
control='use IO::Socket::UNIX; $| = 1;
    my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => "$ENV{T}/ctl")
        or die; print STDERR " receiving on\n";
    while (defined(my $from = $s->recv(my $got, 4096))) {
        my @answers = $got eq "PING" ? "PONG\n" :
            $got eq "ATTACH" ? ("OK\n", "<3>EVENT\n") : "FAIL\n";
        $s->send($_, 0, $from) for @answers;
    }'

# ask TEXT ADDRESS N WORDS...: N lines of the answer
ask() {
	text=$1 to=$2 n=$3
	shift 3
	: >"$T/answer"
	{ printf '%s' "$text"; wait_for 5 lines "$T/answer" "$n"; } |
	    "$@" -t 0.1 - "$to" >"$T/answer" 2>>"$T/ask.err"
	cat "$T/answer"
	rm -f "$T/answer"
}

# UDP-Lite: packets of less coverage than asked for are dropped, but not those
# that are checked whole
coverage() {
	begin lite -u UDPLITE4-RECV:0,udplite-recv-cscov=20 \
	    OPEN:lite.got,creat,append
	port=$(own_port lite)
	for cover in 8 12 20 0; do
		printf "<$cover>" | "$BUILD" -u - \
		    "UDPLITE4-SENDTO:127.0.0.1:$port,udplite-send-cscov=$cover"
		printf '<..............%02d>' $cover | "$BUILD" -u - \
		    "UDPLITE:127.0.0.1:$port,udplite-send-cscov=$cover"
	done
	wait_for 5 grep -qs '<0>.*00>' lite.got
	stop lite
	is "$(cat lite.got)" \
	    '<12><20><..............20><0><..............00>' \
	    "$1: a receiver says how much of a packet is checked" ||
	    diag <lite.err
}

body() {
	cd "$T" && rm -f log ctl *.got *.sock

	# syslog
	begin into -u UNIX-RECV:log,mode=622 SYSTEM:"sed -u 's/\$/+/' >into.got"
	is "$(stat -c '%a %F' log)" '622 socket' "$1: mode= is that of the path"
	log one; log 'two, with a comma'
	printf '<14>app: three\n' | "$BUILD" -u - UNIX-SENDTO:log
	printf '<14>app: four\n' | "$BUILD" -u - ./log
	printf '<14>app: five\n' | socat -u - UNIX-SENDTO:log
	wait_for 5 lines into.got 3
	stop into
	is "$(untimed into.got | tr -d '+\n' | sed 's/<14>/\n&/g')" '
<14>app: one
<14>app: two, with a comma
<14>app: three
<14>app: four
<14>app: five' "$1: what is logged comes whole, and in order"
	is "$(ls log 2>&1)" "ls: cannot access 'log': No such file or directory" \
	    "$1: the socket is removed at the end"

	begin far -u UDP4-RECV:0 OPEN:far.got,creat,append
	begin near -u UNIX-RECV:log "UDP4-SENDTO:127.0.0.1:$(own_port far)"
	log first; log second
	wait_for 5 grep -qs second far.got
	stop near
	stop far
	is "$(sed -n 's/.*received packet with \([0-9]*\) .*/\1/p' near.err)" \
	    "$(sed -n 's/.*received packet with \([0-9]*\) .*/\1/p' far.err)" \
	    "$1: by UDP, packet for packet"
	is "$(untimed far.got)" '<14>app: first<14>app: second' \
	    "$1: ... with what was logged"

	begin tcp -u TCP4-LISTEN:0,fork,bind=127.0.0.1 OPEN:tcp.got,creat,append
	begin each -u UNIX-RECVFROM:log,fork "TCP4:127.0.0.1:$(own_port tcp)"
	log alpha
	wait_for 5 grep -qs alpha tcp.got
	log beta
	wait_for 5 grep -qs beta tcp.got
	is "$(untimed tcp.got) $(grep -c 'accepting connection' tcp.err)" \
	    '<14>app: alpha<14>app: beta 2' "$1: a connection for each packet"
	stop each
	stop tcp

	# Who receives may go and come back
	mkfifo in.sock
	begin first -u UNIX-RECV:log,unlink-early OPEN:first.got,creat
	start sender sh -c 'exec "$0" -u GOPEN:in.sock ./log' "$BUILD"
	exec 9>in.sock
	printf a >&9
	wait_for 5 grep -qs a first.got
	stop first
	begin second -u UNIX-RECV:log OPEN:second.got,creat
	printf b >&9
	wait_for 5 grep -qs b second.got
	exec 9>&-
	stop second
	finish sender 5
	is "$STATUS $(cat second.got)" '0 b' "$1: one that comes back is found"

	# A control socket
	start control perl -e "$control"
	wait_for 5 receiving control
	is "$(ask PING UNIX-CLIENT:ctl,bind=me.sock 1 "$BUILD")" PONG \
	    "$1: a control socket answers a client with a name"
	is "$(ask ATTACH UNIX-SENDTO:ctl,bind-tempname=./cXXXXXX.sock 2 \
	    "$BUILD")" 'OK
<3>EVENT' "$1: ... and goes on telling it"
	is "$(ls ./*.sock)" ./in.sock "$1: ... whose name is removed"
	begin relayed UNIX-RECVFROM:relayed.sock,fork \
	    UNIX-CLIENT:ctl,bind-tempname=./cXXXXXX.sock
	is "$(ask PING UNIX-SENDTO:relayed.sock,bind=me.sock 1 socat)" PONG \
	    "$1: ... relayed from another path"
	stop relayed
	begin remote -t 0.1 TCP4-LISTEN:0,fork \
	    UNIX-SENDTO:ctl,bind-tempname=./cXXXXXX.sock
	is "$(ask PING "TCP4:127.0.0.1:$(own_port remote)" 1 socat)" PONG \
	    "$1: ... and from TCP"
	stop remote
	stop control
	rm -f ctl

	# Abstract names, with fork
	begin abstract "ABSTRACT-RECVFROM:relay-$$,fork" 'SYSTEM:tr a-z A-Z; echo'
	is "$(ask one "ABSTRACT-SENDTO:relay-$$,bind-tempname" 1 "$BUILD"
	    )$(ask two "ABSTRACT-CLIENT:relay-$$,bind=relay-$$-me" 1 "$BUILD"
	    )$(ask three "ABSTRACT-SENDTO:relay-$$,bind=relay-$$-me" 1 socat)" \
	    ONETWOTHREE "$1: abstract names"
	stop abstract

	# Packets in sequence
	begin sequence UNIX-LISTEN:seq.sock,so-type=5,fork 'SYSTEM:wc -c'
	is "$(printf abcde | "$BUILD" -t 5 - UNIX-CLIENT:seq.sock)" 5 "$1: packets in sequence"
	stop sequence

	# Sizes
	begin large -b 200000 UNIX-RECVFROM:large.sock,fork SYSTEM:'wc -c'
	head -c 100000 /dev/zero >size
	head -c 400000 /dev/zero >over
	is "$("$BUILD" -b 100000 -t 5 - UNIX-SENDTO:large.sock,bind=me.sock \
	    <size | head -n 1)" 100000 "$1: a large packet passes whole"
	"$BUILD" -b 400000 -u - UNIX-SENDTO:large.sock <over 2>over.err
	is "$? $(sed 's/.*\] //; s/sendto([0-9]*, 0x[0-9a-f]*/sendto(/
	    s/too large/too long/' over.err)" '1 E sendto(, 400000, 0, AF=1 "large.sock", 12): Message too long (B: UNIX-SENDTO:large.sock)' \
	    "$1: one that is too large is said"
	is "$(perl -MIO::Socket::UNIX -e '
	    my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM,
	        Local => "me.sock", Peer => "large.sock") or die;
	    alarm 5; $s->send(""); $s->recv(my $got, 99); print $got'
	    )" 0 "$1: an empty packet is one"
	rm -f me.sock
	stop large

	# Who has no name gets no answer, and it is said
	begin nobody UNIX-RECVFROM:nobody.sock SYSTEM:'cat; echo'
	printf x | "$BUILD" -u - UNIX-SENDTO:nobody.sock
	finish nobody 5
	is "$STATUS $(sed -n 's/Socket not/Transport endpoint is not/
	    s/.* E sendto([^"]*/E /p' nobody.err)" \
	    '1 E "<anon>", 0): Transport endpoint is not connected (A: UNIX-RECVFROM:nobody.sock)' \
	    "$1: a sender without a name cannot be answered"

	if portable "$BUILD"; then
		is "$(lacks "$BUILD" UDPLITE4-RECV:0,udplite-recv-cscov=20)" \
		    "option \"udplite-recv-cscov\" is known but not $(:
		    )available here" "$1: how much is checked, it cannot say"
	else
		coverage "$1"
	fi
	begin liteserver UDPLITE6-LISTEN:0,fork PIPE
	is "$(ask 'here
' "UDPLITE6:[::1]:$(own_port liteserver)" 1 "$BUILD")" here "$1: UDPLITE6-LISTEN and -CONNECT"
	stop liteserver
	cd /
}

for BUILD in "$RELAY" "$TOP/relay-static"; do
	[ -x "$BUILD" ] || { skip 1 "$BUILD is not built"; continue; }
	body "${BUILD##*/}"
done

done_testing
