#!/bin/sh
# nginx and curl through relay: TCP and UNIX on either side, curl's
# --unix-socket, large downloads and uploads, many requests at once.
. "${0%/*}/lib.sh"
. "$TOP/t/servers.sh"
need nginx curl cmp

web=$(free_port)
nginx_config "listen 127.0.0.1:$web; listen unix:$T/nginx.sock;
    client_max_body_size 100m; location /put { dav_methods PUT; }"
head -c 20000000 /dev/urandom >"$T/www/big"
echo 'hello from nginx' >"$T/www/index.html"
mkdir "$T/www/put"
start nginx nginx -c "$T/nginx.conf" -p "$T"
direct() { curl -sf "http://127.0.0.1:$web/" >"$T/direct"; }
wait_for 10 direct
ok $? 'nginx answers' || diag "$(cat "$T/nginx.err" "$T/error.log")"

start tcp "$RELAY" -d -d TCP4-LISTEN:0,fork,reuseaddr "TCP4:127.0.0.1:$web"
start tounix "$RELAY" -d -d TCP4-LISTEN:0,fork,reuseaddr \
    "UNIX-CONNECT:$T/nginx.sock"
start fromunix "$RELAY" -d -d "UNIX-LISTEN:$T/front,fork" \
    "TCP4:127.0.0.1:$web"
start unix "$RELAY" -d -d "UNIX-LISTEN:$T/both,fork" \
    "UNIX-CONNECT:$T/nginx.sock"
tcp=$(port tcp) tounix=$(port tounix)
wait_for 10 test -S "$T/front" && wait_for 10 test -S "$T/both"

# One body for each way through
way() {
	what=$1
	shift
	is "$(curl -s "$@/")" 'hello from nginx' "$what: a page"
	curl -s -o "$T/got" "$@/big" && cmp "$T/got" "$T/www/big"
	ok $? "$what: 20 MB down"
	curl -sf -T "$T/www/big" "$@/put/$N" &&
	    cmp "$T/www/put/$((N))" "$T/www/big"
	ok $? "$what: 20 MB up"
	is "$(curl -s -o /dev/null -w '%{http_code}' "$@/none")" 404 \
	    "$what: an error page"
}
way 'TCP to TCP' "http://127.0.0.1:$tcp"
way 'TCP to UNIX' "http://127.0.0.1:$tounix"
way 'UNIX to TCP' --unix-socket "$T/front" 'http://host'
way 'UNIX to UNIX' --unix-socket "$T/both" 'http://host'

# Fifty at once, a connection each
many() {
	pids=
	i=0
	while [ $i -lt 50 ]; do
		curl -s -o "$T/many.$i" "http://127.0.0.1:$tcp/" &
		pids="$pids $!"
		i=$((i + 1))
	done
	wait $pids
	cat "$T"/many.*
}
is "$(many | grep -c '^hello from nginx$')" 50 '50 requests at once'

# A request by hand; nginx itself gives up on clients that half-close
printf 'GET /big HTTP/1.0\r\n\r\n' |
    "$RELAY" -t 10 -,ignoreeof "TCP4:127.0.0.1:$tcp" >"$T/raw"
tail -c 20000000 "$T/raw" | cmp - "$T/www/big"
ok $? 'the answer to a request by hand is complete'

# A client that keeps its side open after nginx has ended is cut off by -t.
complaints=$(cat "$T"/*.err | grep ' [EWF] ' | grep -v 'W A had not ended')
is "$complaints" '' 'nothing to complain of'
for name in tcp tounix fromunix unix; do
	stop $name
	is "$STATUS" 143 "$name ends on TERM"
done
done_testing
