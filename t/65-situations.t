#!/bin/sh
# What users have relay for, whole, with the programs that they have: NMEA by
# broadcast to terminals for the clients of gpsd, syslog of containers to
# rsyslogd, dnsmasq behind UDP and TCP, sockets of desktops (X11, wayland,
# pulse) on another machine, monitors as QEMU's.  By both builds.
#
# In a network and mount namespace of its own, for port 53 and resolv.conf.

[ "${IN_NAMESPACE:-}" ] || IN_NAMESPACE=1 exec unshare -nm "$0" "$@" 2>&1

. "${0%/*}/lib.sh"
need ip mount dnsmasq rsyslogd logger getent cmp stty perl
ip link set lo up || skip_all 'no namespaces here'
# An address beside the loopback: else getent(1) asks for none of IPv4.
ip addr add 192.0.2.254/32 dev lo
: >"$T/resolv.conf"
mount --bind "$T/resolv.conf" /etc/resolv.conf ||
    skip_all 'resolv.conf cannot be mounted over'
trap 'umount /etc/resolv.conf; cleanup' EXIT
cd "$T"

# begin NAME WORDS...: relay at notice level, once it can be asked
begin() {
	name=$1
	shift
	start "$name" "$BUILD" -d -d "$@"
	wait_for 10 begun "$name" || ok 1 "$name has begun"
}
begun() {
	grep -Eqs ' (listening|receiving) on |bound to |data transfer' "$1.err"
}
own_port() { sed -n 's/.* \(listening\|receiving\|bound\) .*:\([0-9]*\)$/\2/p' \
    "$1.err" | head -n 1; }
has() { [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }
bytes() { [ "$(stat -c %s "$1" 2>/dev/null)" = "$2" ]; }
ready() { grep -qs ready "$1.err"; }

# The servers behind, for both builds: names, a log, a desktop, a monitor
start names dnsmasq -k -C /dev/null -p 5353 -i lo -z -R -h --log-facility=- \
    --pid-file="$T/dnsmasq.pid" -u root \
    $(for i in 1 2 3 4; do echo "-A/n$i.example/192.0.2.$i"; done)
cat >rsyslog.conf <<END
global(workDirectory="$T")
module(load="imudp")
module(load="imuxsock" SysSock.Use="off")
input(type="imudp" address="127.0.0.1" port="5514")
input(type="imuxsock" Socket="$T/rsyslog.sock" CreatePath="off")
template(name="bare" type="string" string="%syslogtag%%msg%\n")
action(type="omfile" file="$T/messages" template="bare")
END
start log rsyslogd -n -f "$T/rsyslog.conf" -i "$T/rsyslogd.pid"

# A desktop greets, and gives back what it is sent, reversed: at its end, if
# that comes at all.  A monitor has prompts, and ends by "quit".
cat >server.pl <<'END'
use Socket;
my ($kind, @paths) = @ARGV;
my @servers = map { my $path = $_; socket my $s, AF_UNIX, SOCK_STREAM, 0;
    bind $s, pack_sockaddr_un($path =~ s/^@/\0/r) or die "$path: $!";
    listen $s, 8; [ $s, $path ] } @paths;
print STDERR "ready\n";
$SIG{CHLD} = 'IGNORE';
for my $server (@servers) {
	next if fork;
	my ($s, $path) = @$server;
	while (accept my $c, $s) {
		next if fork;
		$| = 1;
		select $c;
		$| = 1;
		if ($kind eq 'desktop') {
			print "hello from $path\n";
			my $all = join '', <$c>;
			print scalar reverse $all;
			exit;
		}
		print "(qemu) ";
		while (my $line = <$c>) {
			chomp $line;
			exit if $line eq 'quit';
			print "VM $line\r\n(qemu) ";
		}
		exit;
	}
}
sleep 600;
END
start desktop perl server.pl desktop @/tmp/.X11-unix/X7 "$T/wayland-0" \
    "$T/pulse"
start monitor perl server.pl monitor "$T/monitor"
wait_for 10 ready desktop && wait_for 10 ready monitor &&
    wait_for 10 test -S rsyslog.sock && answers 5353
ok $? 'the servers are up'
head -c 300000 /dev/urandom | od -An -tx1 | tr -d ' \n' >big
perl -e 'local $/; print scalar reverse <>' big >gib

# lookup N...: the addresses of these names, all asked for at once
lookup() {
	for i; do
		getent ahostsv4 "n$i.example" >"n$i" &
		asking="$asking $!"
	done
	wait $asking
	asking=
	for i; do sed -n 's/ *STREAM.*//p;q' "n$i"; done | paste -sd' '
}

body() {
	# NMEA by broadcast: every receiver of a port has it, and its clients a
	# terminal each
	for i in 1 2; do
		begin gps$i -u UDP4-RECV:10110,reuseaddr,broadcast \
		    "PTY,link=gps$i,rawer,wait-slave=0"
		start client$i sh -c "exec cat <gps$i"
	done
	nmea='$GPRMC,081836,A,3751.65,S,14507.36,E,000.0,360.0,130998,011.3,E*62'
	heard() { printf '%s\r\n' "$nmea" | "$BUILD" -u - \
	    UDP4-DATAGRAM:127.255.255.255:10110,broadcast
	    wait_for 1 test -s client1.out && wait_for 1 test -s client2.out; }
	wait_for 5 heard
	is "$(sort -u client1.out client2.out)" "$(printf '%s\r' "$nmea")" \
	    "$1: NMEA by broadcast, to two terminals"
	stop gps1; stop gps2
	is "$(ls gps1 gps2 2>&1 | wc -l)" 2 "$1: ... which are gone with relay"

	# /dev/log of a container, by UDP or by a socket of the host
	: >messages
	begin byudp -u "UNIX-RECV:$T/devlog,mode=666" UDP4-SENDTO:127.0.0.1:5514
	begin bypath -u "UNIX-RECV:$T/devlog2,unlink-early" \
	    "UNIX-SENDTO:$T/rsyslog.sock"
	for i in 1 2 3; do
		logger -u "$T/devlog" -t app "by UDP $i"
		logger -u "$T/devlog2" -t app "by path $i"
	done
	logged() { [ "$(wc -l <messages)" = 6 ]; }
	wait_for 10 logged
	is "$(sort messages)" "$(for by in UDP path; do for i in 1 2 3; do
	    echo "app: by $by $i"; done; done)" "$1: what logger(1) sends, rsyslogd has"
	stop byudp; stop bypath

	# Names: each question is answered to who asked it
	for from in UDP4-RECVFROM:53,fork,bind=127.0.0.53 \
	    UDP4-LISTEN:53,fork,reuseaddr,bind=127.0.0.54 \
	    TCP4-LISTEN:53,fork,reuseaddr,bind=127.0.0.55; do
		begin dns $from "${from%%4*}4:127.0.0.1:5353"
		printf 'nameserver %s\noptions%s\n' "${from##*=}" \
		    "$(case $from in TCP*) echo ' use-vc' ;; esac)" >resolv.conf
		is "$(lookup 1 2 3 4)" '192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4' \
		    "$1: dnsmasq behind $from"
		stop dns
	done

	# Sockets of a desktop: here by path or abstract, over TCP, there by
	# path or abstract
	for pair in 'ABSTRACT-CONNECT:/tmp/.X11-unix/X7 UNIX-LISTEN:X8,mode=600' \
	    "UNIX-CONNECT:$T/wayland-0 ABSTRACT-LISTEN:way" \
	    "GOPEN:$T/pulse UNIX-LISTEN:native,unlink-early"; do
		server=${pair% *} here=${pair#* }
		begin there TCP4-LISTEN:0,fork,bind=127.0.0.1,reuseaddr "$server"
		begin here "$here,fork" \
		    "TCP4:127.0.0.1:$(own_port there)"
		at=${here%%,*}
		name="${server#*:}" name=${name##*/}
		"$BUILD" -t 10 - "${at%%-*}-CONNECT:${at#*:}" <big >got &
		one=$!
		"$BUILD" -t 10 - "${at%%-*}-CONNECT:${at#*:}" <big >got2
		wait $one
		for got in got got2; do tail -n 1 $got | cmp - gib; done
		is "$? $(head -qn 1 got got2 | sed 's,.*/,,' | sort -u)" \
		    "0 $name" "$1: ${server%%:*} by TCP behind ${here%%,*}"
		stop here; stop there
	done

	# Monitors: a command from a script, and a session
	is "$(echo 'info status' | "$BUILD" - "UNIX-CONNECT:$T/monitor" |
	    tr -d '\r')" '(qemu) VM info status
(qemu) ' "$1: a command for a monitor"
	is "$(printf 'info kvm\nstop\nquit\n' | "$BUILD" -,ignoreeof \
	    "UNIX:$T/monitor" 2>/dev/null | tr -d '\r')" '(qemu) VM info kvm
(qemu) VM stop
(qemu) ' "$1: ... and a session, until it quits"
	# ... at a terminal, which relay gives it: keys as they are typed
	: >typed
	{ wait_for 5 grep -q qemu typed && printf 'info cpus\nqu'
	  wait_for 5 grep -q cpus typed && printf 'it\n'; } | "$BUILD" -t 5 - "EXEC:$BUILD -d0 '-,raw,echo=0' UNIX\:$T/monitor,pty,stderr" \
	    >typed
	is "$? $(tr -d '\r' <typed)" '0 (qemu) VM info cpus
(qemu) ' "$1: ... at a terminal"
	begin served TCP4-LISTEN:0,fork,bind=127.0.0.1 "UNIX-CONNECT:$T/monitor"
	for i in 1 2; do
		printf "system_reset $i\nquit\n" |
		    "$BUILD" -t 5 - "TCP4:127.0.0.1:$(own_port served)"
	done | tr -d '\r' >got
	is "$(cat got)" '(qemu) VM system_reset 1
(qemu) (qemu) VM system_reset 2
(qemu) ' "$1: ... and for others, by TCP"
	stop served
}

for BUILD in "$RELAY" "$TOP/relay-static"; do
	[ -x "$BUILD" ] || { skip 1 "$BUILD is not built"; continue; }
	body "${BUILD##*/}"
done
cd /
done_testing
