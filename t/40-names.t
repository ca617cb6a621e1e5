#!/bin/sh
# Which variables of the environment become links: what Docker hands on of a
# linked container's environment, Kubernetes' own, two services of one port,
# patterns that match nothing, and what is said of each.
. "${0%/*}/lib.sh"

ln -s "$RELAY" "$T/ambassador"
amb=$T/ambassador

# links VARIABLE... [-- FLAG...]: the links, a line each; what is said, without
# time and process, is in $T/said, the status in STATUS
links() {
	vars=
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		vars="$vars $1"
		shift
	done
	[ $# = 0 ] || shift
	env -i $vars "$amb" --explain "$@" >"$T/out" 2>"$T/err"
	STATUS=$?
	sed 's/^.*\[[0-9]*\] //' "$T/err" >"$T/said"
	sed -n 's/^link //p' "$T/out" >"$T/links"
}
linked() { is "$(cat "$T/links")" "$1" "$2"; }
said() { is "$(cat "$T/said")" "$1" "$2"; }

# --- an ambassador that is linked to an ambassador -------------------------
own='REDIS_NAME=/client/redis REDIS_PORT=tcp://172.17.0.3:6379
    REDIS_PORT_6379_TCP=tcp://172.17.0.3:6379'
links $own REDIS_ENV_REDIS_PORT_6379_TCP=tcp://10.0.0.7:6379
linked '6379/tcp -> 172.17.0.3:6379 from REDIS_PORT_6379_TCP' \
    'what a linked container hands on is no second link'
is "$STATUS" 0 '... and not fatal'
said '' '... and nothing to talk about'
links $own REDIS_ENV_DB_PORT_5432_TCP=tcp://10.0.0.7:5432 \
    REDIS_ENV_FAR_ENV_DB_PORT_5433_TCP=tcp://10.0.0.8:5433
linked '6379/tcp -> 172.17.0.3:6379 from REDIS_PORT_6379_TCP' \
    'nor a link of another port, at any depth'
links AMB_NAME=/client/amb AMB_ENV_DB_PORT_5432_TCP=tcp://10.0.0.7:5432 \
    DB_PORT_80_UDP=udp://h:80
linked '80/udp -> h:80 from DB_PORT_80_UDP' \
    '... also of a container that exposes nothing'
links $own REDIS_ENV_REDIS_PORT_6379_TCP=tcp://10.0.0.7:6379 -- '--links=RE*'
linked '6379/tcp -> 172.17.0.3:6379 from REDIS_PORT_6379_TCP' \
    'a pattern for its beginning does not ask for it'
links $own REDIS_ENV_REDIS_PORT_6379_TCP=tcp://10.0.0.7:6379 \
    -- '--links=REDIS_ENV_*'
linked '6379/tcp -> 10.0.0.7:6379 from REDIS_ENV_REDIS_PORT_6379_TCP' \
    'a pattern that says so does'
links PROD_ENV_DB_PORT_5432_TCP=tcp://h:5432
linked '5432/tcp -> h:5432 from PROD_ENV_DB_PORT_5432_TCP' \
    'a link that is called so is one'

# --- a pod -------------------------------------------------------------------
pod='KUBERNETES_SERVICE_HOST=10.0.0.1 KUBERNETES_PORT=tcp://10.0.0.1:443
    KUBERNETES_PORT_443_TCP=tcp://10.0.0.1:443
    KUBERNETES_PORT_443_TCP_ADDR=10.0.0.1'
links $pod DB_PORT_5432_TCP=tcp://h:5432
linked '5432/tcp -> h:5432 from DB_PORT_5432_TCP' \
    'what every pod has is no link'
said '' '... and nothing to talk about'
links $pod DB_PORT_5432_TCP=tcp://h:5432 -- -d -d
said "N KUBERNETES_PORT_443_TCP is passed over: every pod has it" \
    '... unless one asks'
links $pod DB_PORT_443_TCP=tcp://h:443
linked '443/tcp -> h:443 from DB_PORT_443_TCP' '... nor a second of a port'
links $pod DB_PORT_5432_TCP=tcp://h:5432 -- '--links=!WEB'
linked '5432/tcp -> h:5432 from DB_PORT_5432_TCP' \
    'to leave out others does not ask for it'
for pattern in KUBERNETES 'KUBE*' '*'; do
	links $pod -- "--links=$pattern"
	linked '443/tcp -> 10.0.0.1:443 from KUBERNETES_PORT_443_TCP' \
	    "--links=$pattern does"
done
links $pod
is "$STATUS" 1 'nothing else there: status 1'
said "E no link variable in the environment but those that every pod or \
linked container has: KUBERNETES
  say which: --links=KUBERNETES" '... and why'

# --- two services of one port ------------------------------------------------
links A_PORT_80_TCP=tcp://a:8080 B_PORT_80_TCP=tcp://b:80
is "$STATUS" 1 'one port to two targets: status 1'
said "E 80/tcp goes to a:8080 by A_PORT_80_TCP and to b:80 by B_PORT_80_TCP
  one port can have one of them: choose by --links=A or by --links=B, or \
leave one out, as by --links='!B'" '... both are named, and the cure'
links A_PORT_80_TCP=tcp://a:8080 B_PORT_80_TCP=tcp://b:80 -- --links=B
linked '80/tcp -> b:80 from B_PORT_80_TCP' '... which cures'
links A_PORT_80_TCP=tcp://a:8080 B_PORT_80_TCP=tcp://b:80 -- '--links=!B'
linked '80/tcp -> a:8080 from A_PORT_80_TCP' '... as does the other'
links A_PORT_80_TCP=tcp://a:8080 B_PORT_80_UDP=udp://b:80 \
    C_PORT_80_TCP=tcp://a:8080 D_PORT_80_UDP=udp://b:80
linked "80/tcp -> a:8080 from A_PORT_80_TCP
80/udp -> b:80 from B_PORT_80_UDP" 'TCP and UDP are two, the same twice is one'

# --- patterns ----------------------------------------------------------------
set -- REDIS_PORT_6379_TCP=tcp://h:6379 DB_PORT_5432_TCP=tcp://h:5432
links "$@" -- --links=redis
is "$STATUS" 1 'no variable matches: status 1'
said "E no link variable of the environment matches --links=redis; there are \
the names DB, REDIS (case counts)
  say which: --links=REDIS" '... and which there are'
links "$@" -- --links=REDIS,web
linked '6379/tcp -> h:6379 from REDIS_PORT_6379_TCP' 'one of two matches'
said 'W --links: "web" matches no NAME_PORT_<n>_TCP; there are the names DB, REDIS' \
    '... the other is said'
links "$@" -- '--links=!db'
is "$(sort "$T/links")" "5432/tcp -> h:5432 from DB_PORT_5432_TCP
6379/tcp -> h:6379 from REDIS_PORT_6379_TCP" 'what is to be left out is not there'
said 'W --links: "!db" matches no NAME_PORT_<n>_TCP; there are the names DB, REDIS (case counts)' \
    '... for its case, which is said'
links "$@" -- '--links=!WEB'
said '' 'one that may be elsewhere is not'
links "$@" -- '--links=[DR]*'
said '' 'nor one that matches'
links -- --links=redis
said "E no link variable in the environment
  one looks like REDIS_PORT_6379_TCP=tcp://172.17.0.5:6379; or say which: \
ambassador HOST PORT, or relay TCP-LISTEN:6379,fork,reuseaddr TCP:HOST:6379" \
    'none at all: what one looks like'
done_testing
