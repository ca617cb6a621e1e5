#!/bin/sh
# Through others: real servers of SOCKS (danted, microsocks) and an HTTP proxy
# (tinyproxy), by every address that speaks with them: names, IPv4 and IPv6,
# passwords, chains, a remote listener, nginx for curl, ssh with ProxyCommand;
# Debian's socat beside it.
. "${0%/*}/lib.sh"
. "$TOP/t/servers.sh"
need danted microsocks tinyproxy nginx curl ssh sshd ssh-keygen socat cmp ss
[ "$(id -u)" = 0 ] || skip_all 'danted needs root'

# up NAME PORT CMD...: a server that does not say that it listens
up() {
	name=$1 wanted=$2
	shift 2
	start "$name" "$@"
	answers "$wanted" || diag "$(cat "$T/$name.err" "$T/$name.out")"
}

# Who sends a line gets it back.  microsocks and tinyproxy end both ways with
# the first that ends, so that clients must not: shut-none.
start echo "$RELAY" -d -d TCP4-LISTEN:0,bind=127.0.0.1,fork SYSTEM:'head -n 1'
start echo6 "$RELAY" -d -d TCP6-LISTEN:0,bind=[::1],fork SYSTEM:'head -n 1'
echo=$(port echo) echo6=$(port echo6)

dante=$(free_port)
cat >"$T/danted.conf" <<END
logoutput: $T/danted.log
internal: 127.0.0.1 port = $dante
external: lo
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
END
up danted "$dante" danted -f "$T/danted.conf" -p "$T/danted.pid"
open=$(free_port)
up open "$open" microsocks -i 127.0.0.1 -p "$open"
six=$(free_port)
up six "$six" microsocks -i ::1 -p "$six"
closed=$(free_port)
up closed "$closed" microsocks -i 127.0.0.1 -p "$closed" -u joe -P s3cret

# proxy NAME PORT LISTEN [LINE]: a tinyproxy
proxy() {
	printf '%s\n' "Port $2" "Listen $3" 'Timeout 60' 'MaxClients 50' \
	    'LogLevel Error' "LogFile \"$T/$1.log\"" "$4" >"$T/$1.conf"
	up "$1" "$2" tinyproxy -d -c "$T/$1.conf"
}
http=$(free_port)
proxy http "$http" 127.0.0.1
http6=$(free_port)
proxy http6 "$http6" ::1
auth=$(free_port)
proxy auth "$auth" 127.0.0.1 'BasicAuth bob passw0rd'
printf 'bob:passw0rd' >"$T/auth"
printf 'bob:passw0rd\n' >"$T/auth-line"

# --- every address, an echo behind each server --------------------------------
# through NAME ADDRESS: what is sent comes back, by relay
through() {
	is "$(echo "to $1" | "$RELAY" -t 10 - "$2,shut-none" 2>&1)" "to $1" "$1"
}
through 'SOCKS4, danted' "SOCKS4:127.0.0.1:127.0.0.1:$echo,socksport=$dante"
through 'SOCKS4, a name' "SOCKS:localhost:localhost:$echo,socksport=$dante"
through 'SOCKS5, danted' "SOCKS5:127.0.0.1:$dante:127.0.0.1:$echo"
through 'SOCKS5, a name' "SOCKS5:127.0.0.1:$dante:localhost:$echo"
through 'SOCKS5, microsocks' \
    "SOCKS5-CONNECT:127.0.0.1:127.0.0.1:$echo,socksport=$open"
through 'SOCKS5 to IPv6' "SOCKS5:127.0.0.1:$open:[::1]:$echo6"
through 'SOCKS5 by IPv6 to IPv6' "SOCKS5:[::1]:$six:[::1]:$echo6"
through 'SOCKS5 by IPv6 to IPv4' "SOCKS5:[::1]:$six:127.0.0.1:$echo"
through 'SOCKS5 with a password' \
    "SOCKS5:127.0.0.1:$closed:127.0.0.1:$echo,socksuser=joe,sockspass=s3cret"
through 'PROXY' "PROXY:127.0.0.1:127.0.0.1:$echo,proxyport=$http"
through 'PROXY, a name' \
    "PROXY-CONNECT:localhost:localhost:$echo,proxyport=$http"
through 'PROXY, resolve' \
    "PROXY:127.0.0.1:localhost:$echo,proxyport=$http,resolve"
through 'PROXY, http-version' \
    "PROXY:127.0.0.1:127.0.0.1:$echo,proxyport=$http,http-version=1.1"
through 'PROXY to IPv6' "PROXY:127.0.0.1:[::1]:$echo6,proxyport=$http"
through 'PROXY by IPv6 to IPv6' "PROXY:[::1]:[::1]:$echo6,proxyport=$http6"
through 'PROXY with credentials' \
    "PROXY:127.0.0.1:127.0.0.1:$echo,proxyport=$auth,proxyauth=bob:passw0rd"
through 'PROXY with a file' \
    "PROXY:127.0.0.1:127.0.0.1:$echo,proxyport=$auth,proxyauthfile=$T/auth"
through 'PROXY with a file that ends a line' \
    "PROXY:127.0.0.1:127.0.0.1:$echo,proxyport=$auth,proxy-authorization-file=$T/auth-line"

# danted knows no 4A, Debian's socat does as a client: a server of our own.
cat >"$T/4a.pl" <<'END'
$| = 1;
$/ = "\0";
sysread STDIN, $head, 8;
sysread(STDIN, $c, 1), $rest .= $c while ($rest =~ tr/\0//) < 2;
(undef, $host) = split /\0/, $rest;
exit 1 if unpack("x4a4", $head) ne "\0\0\0\1";
print "\0\132\0\0\0\0\0\0";
exec $ENV{RELAY}, "-", "TCP:$host:" . unpack("x2n", $head);
END
start 4a "$RELAY" -d -d TCP4-LISTEN:0,fork "EXEC:perl $T/4a.pl"
through 'SOCKS4A' "SOCKS4A:127.0.0.1:localhost:$echo,socksport=$(port 4a)"

# The same addresses by Debian's socat, which has no version 5.
for address in "SOCKS4:127.0.0.1:127.0.0.1:$echo,socksport=$dante" \
    "SOCKS4A:127.0.0.1:localhost:$echo,socksport=$(port 4a)" \
    "PROXY:127.0.0.1:127.0.0.1:$echo,proxyport=$http" \
    "PROXY:127.0.0.1:localhost:$echo,proxyport=$auth,proxyauth=bob:passw0rd"
do
	is "$(echo beside | "$RELAY" -t 10 - "$address,shut-none" 2>&1)
$(echo beside | socat -t 10 - "$address,shut-none" 2>&1)" "beside
beside" "beside Debian's socat: ${address%%:*}"
done

# --- what servers refuse -------------------------------------------------------
ln -s "$RELAY" "$T/socat"
nobody=$(free_port)

# refused NAME STATUS LINE ADDRESS: by relay
refused() {
	said=$("$RELAY" - "$4" </dev/null 2>&1)
	is "$? $(printf '%s\n' "$said" | sed -n 's/.*\] \(E .*\)/\1/p')" \
	    "$2 E $3" "$1" || diag "$said"
}
via="127.0.0.1:$echo via proxy 127.0.0.1:$auth"
refused 'a proxy wants credentials' 1 \
    "$via: CONNECT 127.0.0.1:$echo: Proxy Authentication Required" \
    "PROXY:127.0.0.1:127.0.0.1:$echo,proxyport=$auth"
like "$said" '^  the proxy wants to know who asks: proxyauth=USER:PASSWORD$' \
    'and relay says how'
refused 'a proxy refuses credentials' 1 "$via: CONNECT 127.0.0.1:$echo: Unauthorized" \
    "PROXY:127.0.0.1:127.0.0.1:$echo,proxyport=$auth,proxyauth=bob:nopass"
via="via socks5 server 127.0.0.1:$open"
refused 'nobody behind the socks server' 1 \
    "127.0.0.1:$nobody $via: SOCKS5 server error 5: connection refused" \
    "SOCKS5:127.0.0.1:$open:127.0.0.1:$nobody"
via="via socks5 server 127.0.0.1:$closed"
refused 'a socks server refuses the password' 1 \
    "127.0.0.1:$echo $via: SOCKS5 server refused user and password" \
    "SOCKS5:127.0.0.1:$closed:127.0.0.1:$echo,socksuser=joe,sockspass=wrong"
refused 'a socks server wants a password' 1 \
    "127.0.0.1:$echo $via: SOCKS5 authentication negotiation failed - client & server have no common supported methods" \
    "SOCKS5:127.0.0.1:$closed:127.0.0.1:$echo"
refused 'SOCKS4 refused' 1 \
    "127.0.0.1:$nobody via sockd 127.0.0.1:$dante: socks: connect request rejected or failed" \
    "SOCKS4:127.0.0.1:127.0.0.1:$nobody,socksport=$dante"
refused 'no server' 1 "SOCKS5:127.0.0.1:$nobody:...: Connection refused" \
    "SOCKS5:127.0.0.1:$nobody:h:80"
refused 'an IPv6 target by SOCKS4' 1 \
    "$("$RELAY" - TCP4:[::1]:1 </dev/null 2>&1 | sed -n 's/.*\] E //p')" \
    "SOCKS4:127.0.0.1:[::1]:80,socksport=$dante"
said=$("$T/socat" - "SOCKS4:127.0.0.1:127.0.0.1:$nobody,socksport=$dante" \
    </dev/null 2>&1)
is "$? $(printf '%s\n' "$said" | sed 's/.*\] //')" \
    '255 W socks: connect request rejected or failed' 'the same as socat'

# --- chains, and a remote listener ----------------------------------------------
start hop "$RELAY" -d -d TCP4-LISTEN:0,fork \
    "SOCKS5:127.0.0.1:$open:127.0.0.1:$dante"
hop=$(port hop)
through 'a chain of two socks servers' \
    "SOCKS5:127.0.0.1:$hop:127.0.0.1:$echo"
start hop2 "$RELAY" -d -d TCP4-LISTEN:0,fork \
    "SOCKS4:127.0.0.1:127.0.0.1:$http,socksport=$hop"
through 'a proxy behind both' \
    "PROXY:127.0.0.1:127.0.0.1:$echo,proxyport=$(port hop2)"

start bind "$RELAY" -d -d -t 5 \
    "SOCKS5-LISTEN:127.0.0.1:$dante:127.0.0.1:0" SYSTEM:'head -n 1'
# ... and the same of a server that is reached through another
start chained "$RELAY" -d -d -t 5 \
    "SOCKS5-LISTEN:127.0.0.1:$hop:127.0.0.1:0" SYSTEM:'head -n 1'
bound() {
	sed -n 's/.* remote host listens on 127.0.0.1 port //p' "$T/$1.err"
}
for bind in bind chained; do
	wait_for 10 grep -q 'remote host listens' "$T/$bind.err"
	# dante ends all when one side has ended
	is "$(echo back | "$RELAY" -t 10 - \
	    "TCP:127.0.0.1:$(bound $bind),shut-none" 2>&1)" \
	    back "SOCKS5-LISTEN, $bind: who comes there is served" ||
	    diag <"$T/$bind.err"
	finish $bind 10
	is "$STATUS $(grep -c 'received connection on remote host$' \
	    "$T/$bind.err")" '0 1' 'and both ends come to theirs'
done

# --- nginx for curl, ssh -----------------------------------------------------------
web=$(free_port)
nginx_config "listen 127.0.0.1:$web;"
head -c 8000000 /dev/urandom >"$T/www/big"
up nginx "$web" nginx -c "$T/nginx.conf" -p "$T"
n=0
for address in "SOCKS4:127.0.0.1:127.0.0.1:$web,socksport=$dante" \
    "SOCKS5:127.0.0.1:$open:localhost:$web" \
    "PROXY:127.0.0.1:127.0.0.1:$web,proxyport=$http"; do
	n=$((n + 1))
	start "web$n" "$RELAY" -d -d TCP4-LISTEN:0,fork "$address"
	at=http://127.0.0.1:$(port "web$n")
	curl -s --parallel -o "$T/got1" "$at/big" -o "$T/got2" "$at/big" \
	    2>/dev/null
	cmp "$T/got1" "$T/www/big" && cmp "$T/got2" "$T/www/big"
	ok $? "curl gets 8 MB twice by ${address%%:*}"
done

sshd=$(free_port)
sshd_config "$sshd"
up sshd "$sshd" "$(command -v sshd)" -D -e -f "$T/sshd_config"
for address in "SOCKS5:127.0.0.1:$open:%h:%p" \
    "PROXY:127.0.0.1:%h:%p,proxyport=$auth,proxyauth=bob:passw0rd"; do
	ssh_user -o ConnectTimeout=20 -p "$sshd" \
	    -o ProxyCommand="$RELAY - $address" "$(id -un)@localhost" \
	    'cat; exit 7' <"$T/www/big" >"$T/got"
	is "$? $(cksum <"$T/got")" "7 $(cksum <"$T/www/big")" \
	    "ssh, with ProxyCommand ${address%%:*}"
done
done_testing
