#!/bin/sh
# -0, -4, -6 and their environment variables: what a listener hears whose
# address does not say, and which address of a name is tried first; range=
# where both versions of IP come in.
. "${0%/*}/lib.sh"
need perl ss

ln -s "$RELAY" "$T/socat"
perl -MIO::Socket::IP -e 'exit !IO::Socket::IP->new(Listen => 1,
    LocalHost => "::1")' 2>/dev/null || skip_all 'no IPv6 here'

# says ADDRESS NAME: what is sent there comes back
says() {
	is "$(echo hello | "$RELAY" -t 9 - "$1,readbytes=6" 2>"$T/err")" hello "$2" ||
	    diag <"$T/err"
}
any4='AF=2 0.0.0.0'
any6='AF=10 \[0000:0000:0000:0000:0000:0000:0000:0000\]'

# hears WHO LISTENER CLIENT-TYPE 4|6|46 WORDS...: started with those words
hears() {
	who=$1 what=$2 client=$3 versions=$4
	shift 4
	start l "$@" -d -d -T 5 "$what" PIPE
	p=$(port l)
	case $versions in 4) want=$any4 ;; *) want=$any6 ;; esac
	like "$(cat "$T/l.err")" "N listening on (UDP )?$want:" "$who"
	for v in 4 6; do
		case $v in 4) host=127.0.0.1 ;; 6) host=[::1] ;; esac
		case $versions in
		*$v*) says "$client$v:$host:$p" "$who: $client$v comes in" ;;
		*) echo | "$RELAY" -t 0.3 - "$client$v:$host:$p" >"$T/out" 2>&1
		    ! grep -qx hello "$T/out"
		    ok $? "$who: $client$v does not" ;;
		esac
	done
	stop l
}
for as in relay socat; do
	case $as in relay) cmd=$RELAY ;; *) cmd=$T/socat ;; esac
	for type in TCP UDP; do
		l=$type-LISTEN:0,fork
		hears "$as: $l" "$l" $type 4 "$cmd"
		hears "$as: -0 $l" "$l" $type 46 "$cmd" -0
		hears "$as: SOCAT_DEFAULT_LISTEN_IP=0 $l" "$l" $type 46 \
		    env SOCAT_DEFAULT_LISTEN_IP=0 "$cmd"
		[ $as = relay ] || continue
		hears "$as: -4 $l" "$l" $type 4 "$cmd" -4
		hears "$as: -6 $l" "$l" $type 46 "$cmd" -6
		hears "$as: -0 -4 $l" "$l" $type 4 "$cmd" -0 -4
		hears "$as: -0 $l,ipv6only" "$l,ipv6only" $type 6 "$cmd" -0
		hears "$as: -0 $l,pf=ip4" "$l,pf=ip4" $type 4 "$cmd" -0
		hears "$as: -0 ${type}4-LISTEN" "${type}4-LISTEN:0,fork" \
		    $type 4 "$cmd" -0
		hears "$as: SOCAT_DEFAULT_LISTEN_IP=6 $l" "$l" $type 46 \
		    env SOCAT_DEFAULT_LISTEN_IP=6 "$cmd"
		hears "$as: SOCAT_DEFAULT_LISTEN_IP=0 -4 $l" "$l" $type 4 \
		    env SOCAT_DEFAULT_LISTEN_IP=0 "$cmd" -4
		hears "$as: SOCAT_DEFAULT_LISTEN_IP=x $l" "$l" $type 4 \
		    env SOCAT_DEFAULT_LISTEN_IP=x "$cmd"
	done
done

# A system that makes new IPv6 sockets deaf to IPv4
if [ "$(id -u)" = 0 ] && unshare -n true 2>/dev/null; then
	got=$(unshare -n sh -c 'ip link set lo up
	    echo 1 >/proc/sys/net/ipv6/bindv6only
	    "$0" -0 TCP-LISTEN:77 PIPE & l=$!
	    i=0
	    until echo hello | "$0" -t 5 - TCP4:127.0.0.1:77 2>/dev/null; do
		    i=$((i + 1))
		    [ $i -lt 100 ] || { kill $l; break; }
		    sleep 0.05
	    done
	    wait' "$RELAY" 2>&1)
	is "$got" hello '-0 hears IPv4 with bindv6only=1 as well'
else
	skip 1 'no network namespace'
fi

# Where there is no IPv6 -0 is IPv4, without a word
if strace -o /dev/null true 2>/dev/null; then
	for type in TCP UDP; do
		start l strace -f -o /dev/null \
		    -e inject=socket:error=EAFNOSUPPORT:when=1 \
		    "$RELAY" -0 -d -d $type-LISTEN:0,fork PIPE
		p=$(port l)
		like "$(cat "$T/l.err")" "N listening on (UDP )?$any4:$p" \
		    "$type: without IPv6 -0 listens on IPv4"
		is "$(sed '/ N listening/,$d' "$T/l.err")" '' '... silently'
		stop l
	done
else
	skip 4 'strace may not trace here'
fi

# Which address of a name is tried first; nobody listens there
order() { sed -n 's/.*opening connection to AF=\([0-9]*\) .*/\1/p' | tr '\n' ' '; }
tried() { "$@" -d -d - TCP:localhost:1 </dev/null 2>&1 | order; }
resolver=$(perl -MSocket=:all -e '
	($e, @r) = getaddrinfo("localhost", "", { socktype => SOCK_STREAM });
	print join("", map { "$_->{family} " } @r)')
four=$(echo $resolver | tr ' ' '\n' | sort -s -k1,1n | tr '\n' ' ')
six=$(echo $resolver | tr ' ' '\n' | sort -s -k1,1nr | tr '\n' ' ')
for as in relay socat; do
	case $as in relay) cmd=$RELAY ;; *) cmd=$T/socat ;; esac
	is "$(tried "$cmd" -0)" "$resolver" "$as: -0: the resolver's order"
	is "$(tried "$cmd" -4)" "$four" "$as: -4"
	is "$(tried "$cmd" -6)" "$six" "$as: -6"
	is "$(tried "$cmd")" "$four" "$as: as -4 by default"
	is "$(tried env SOCAT_PREFERRED_RESOLVE_IP=0 "$cmd")" "$resolver" \
	    "$as: SOCAT_PREFERRED_RESOLVE_IP=0"
	is "$(tried env SOCAT_PREFERRED_RESOLVE_IP=6 "$cmd")" "$six" \
	    "$as: SOCAT_PREFERRED_RESOLVE_IP=6"
done

# range= of a listener that hears both; a client of IPv4 has an address of
# IPv6 there as well
# admits FLAG TYPE RANGE YES-FROM NO-FROM
admits() {
	start l "$RELAY" $1 -d -d "$2:0,fork,range=$3" PIPE
	p=$(port l)
	for v in $4; do
		case $v in 4) host=127.0.0.1 ;; 6) host=[::1] ;; esac
		says "TCP$v:$host:$p" "$1 $2,range=$3 lets in TCP$v"
	done
	for v in $5; do
		case $v in 4) host=127.0.0.1 ;; 6) host=[::1] ;; esac
		is "$(echo hello | "$RELAY" -t 1 - "TCP$v:$host:$p" 2>/dev/null)" \
		    '' "$1 $2,range=$3 refuses TCP$v"
	done
	stop l
}
admits -0 TCP-LISTEN '[::]/0' '4 6' ''
admits -6 TCP-LISTEN '[::]/0' '4 6' ''
admits -4 TCP6-LISTEN '[::]/0' '4 6' ''
admits -4 TCP6-LISTEN '[::1]/128' 6 4
admits -4 TCP6-LISTEN '[::ffff:127.0.0.1]/104' 4 6
admits -4 TCP6-LISTEN '[::ffff:10.0.0.1]/104' '' '4 6'
admits -4 TCP6-LISTEN '[::ffff:127.0.0.0]/96' 4 6
admits -0 TCP-LISTEN 127.0.0.0/8 4 6
admits -0 TCP-LISTEN 127.0.0.0:255.0.0.0 4 6
admits -0 TCP-LISTEN 10.0.0.0/8 '' '4 6'
admits -4 TCP-LISTEN 0.0.0.0/0 4 ''
# pf= of another kind is no family of IP, whoever it is for.
for a in TCP4-LISTEN:0 UDP-LISTEN:0 UDP-RECV:0; do
	timeout 5 "$RELAY" -u "$a,pf=99" - </dev/null 2>"$T/err"
	is "$? $(sed -n '1s/.*\] //p' "$T/err")" \
	    '1 E protocol family 99: Address family not supported by protocol' \
	    "$a,pf=99"
done
for a in TCP UDP UDP-SENDTO; do
	timeout 5 "$RELAY" -u - "$a:127.0.0.1:9,pf=99" </dev/null 2>"$T/err"
	like "$? $(sed -n '1s/.*\] //p' "$T/err")" \
	    '^1 E getaddrinfo\("127.0.0.1", "NULL", \{.*,99,.*\}, \{\}\): ' \
	    "$a,pf=99"
done

done_testing
