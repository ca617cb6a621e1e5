#!/bin/sh
# --connect-tls and --listen-tls: a link that two ambassadors carry from one
# host to the other by TLS, and by DTLS with UDP; each checks the other; what
# --explain says of it
. "${0%/*}/lib.sh"
need openssl perl socat
. "$TOP/t/tools/pki.sh"
cd "$T" || exit 1

refused='--connect-tls and --listen-tls without a library'
if "$RELAY" -V | grep -q 'undef WITH_OPENSSL'; then
	like "$(X_PORT_7_TCP=tcp://h:7 "$RELAY" --links --connect-tls 2>&1)" \
	    'OPENSSL is known but not here' "$refused"
	done_testing
fi
authority ca && authority other || diag <pki.log
certificate far ca /CN=far IP:127.0.0.1
certificate near ca /CN=near ''
certificate stranger other /CN=near ''
ln -s "$RELAY" ambassador

# --- what would be done ---------------------------------------------------------
explained() { as=$1; shift; "$as" --explain "$@" 2>&1 | sed -n 's/^\([AB]: [^,]*\).*/\1/p'; }
is "$(X_PORT_7_TCP=tcp://10.0.0.1:77 explained "$RELAY" --links --connect-tls \
    --connect-opts=cafile=ca.pem --listen-tls \
    --listen-opts=cert=far.all,cafile=ca.pem)" \
    'A: OPENSSL-LISTEN "7"
B: OPENSSL "10.0.0.1" "77"' '--explain: both by TLS'
is "$(X_PORT_7_UDP=udp://h:77 explained "$RELAY" --links --connect-tls)" \
    'A: UDP6-LISTEN "7"
B: OPENSSL-DTLS-CLIENT "h" "77"' '--explain: UDP by DTLS'
is "$(explained ./ambassador -4 --listen-tls \
    --listen-opts=cert=far.all,cafile=ca.pem far 77)" 'A: OPENSSL-LISTEN "77"
B: TCP-CONNECT "far" "77"' '--explain: a host and a port'
is "$("$RELAY" --connect-tls - PIPE 2>&1 | sed 's/.* E //')" \
    '--connect-tls has no effect with pairs of addresses: an address says it, as in OPENSSL:host:port,cafile=ca.pem' \
    'a pair says it in its addresses'
is "$("$RELAY" --listen-tls - PIPE 2>&1 | sed 's/.* E //')" \
    '--listen-tls has no effect with pairs of addresses: an address says it, as in OPENSSL-LISTEN:port,fork,cert=server.pem' \
    '... of both kinds'

# --- there and back -----------------------------------------------------------
start service "$RELAY" -d -d TCP4-LISTEN:0,fork,bind=127.0.0.1 PIPE
service=$(port service)
start packets "$RELAY" -d -d UDP4-LISTEN:0,fork,bind=127.0.0.1 PIPE
packets=$(port packets)
far=$(free_port) near=$(free_port) misnamed=$(free_port)
nobody=$(free_port)
start far env "A_PORT_${far}_TCP=tcp://127.0.0.1:$service" \
    "A_PORT_${far}_UDP=udp://127.0.0.1:$packets" "$RELAY" -d -d --links \
    --listen-tls --listen-opts=cert=far.all,cafile=ca.pem
start near env "B_PORT_${near}_TCP=tcp://127.0.0.1:$far" \
    "B_PORT_${near}_UDP=udp://127.0.0.1:$far" "$RELAY" -d -d --links \
    --connect-tls --connect-opts=cert=near.all,cafile=ca.pem
start nobody env "B_PORT_${nobody}_TCP=tcp://127.0.0.1:$far" "$RELAY" \
    -d -d --links --connect-tls --connect-opts=cafile=ca.pem
start misnamed env "B_PORT_${misnamed}_TCP=tcp://127.0.0.1:$far" "$RELAY" \
    -d -d --links --connect-tls \
    --connect-opts=cert=near.all,cafile=ca.pem,commonname=elsewhere
both() { [ "$(grep -c ' listening on ' "$1.err")" = "$2" ]; }
wait_for 20 both far 2 && wait_for 20 both near 2 &&
    wait_for 20 both nobody 1 && wait_for 20 both misnamed 1
ok $? 'all listen' || cat far.err near.err nobody.err misnamed.err | diag

head -c 1048576 /dev/urandom >sent
"$RELAY" -t 30 - "TCP4:127.0.0.1:$near" <sent >got
cmp -s sent got
ok $? 'a megabyte through both, and its end'
is "$(echo hello | "$RELAY" -t 30 - "UDP4:127.0.0.1:$near,readbytes=6")" hello \
    'a packet through both, by DTLS'
is "$(echo hello | "$RELAY" -t 1 - "TCP4:127.0.0.1:$far" 2>&1 |
    grep -c hello)" 0 'in plain there is no service'
is "$(echo hello | socat -t 30 - "OPENSSL:127.0.0.1:$far,cert=near.all,cafile=ca.pem,readbytes=6" 2>&1)" \
    hello "the service is socat's to have as well"
is "$(echo hello | "$RELAY" -t 30 - "TCP4:127.0.0.1:$nobody" 2>/dev/null)" '' \
    'an ambassador without a certificate gets nothing'

# --- who is not let in -----------------------------------------------------------
is "$(echo hello | openssl s_client -quiet -no_ign_eof -verify_quiet \
    -CAfile ca.pem -connect "127.0.0.1:$far" 2>/dev/null)" '' \
    'a client without a certificate'
is "$(echo hello | openssl s_client -quiet -no_ign_eof -verify_quiet \
    -cert stranger.pem -key stranger.key -CAfile ca.pem \
    -connect "127.0.0.1:$far" 2>/dev/null)" '' \
    'one whose certificate is of another authority'
"$RELAY" -t 30 - "TCP4:127.0.0.1:$misnamed" <sent >got 2>/dev/null
is "$(wc -c <got)" 0 'a server that is not who was meant gets nothing'
wait_for 10 grep -q ' E ' misnamed.err
like "$(grep ' E ' misnamed.err)" 'elsewhere' '... and the log says whom it was'

for name in near far nobody misnamed; do
	stop $name
	is "$STATUS" 0 "$name ends well"
done
done_testing
