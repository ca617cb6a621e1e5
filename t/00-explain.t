#!/bin/sh
# --explain says what one wants to know, and what is so: on which addresses,
# for whom, how many at once, where to, how long; of links no limit that is
# not there, of containers what would be asked for, of an option that is
# switched off not the opposite.
. "${0%/*}/lib.sh"

ask() { env -i X_PORT_7_TCP=tcp://h:8 Y_PORT_7_UDP=udp://h:8 "$RELAY" --explain "$@" 2>&1; }
# The lines behind those of addresses and options.
facts() { ask "$@" | grep -v -e '^[AB]: ' -e '^    '; }

is "$(facts TCP-LISTEN:80,fork TCP:h:8)" 'then: bytes both ways
A listens on: TCP port 80 of every address, IPv4 only
A is for: everybody who can reach it
at once: any number of clients, in a process each; as many more may wait as the system grants
B connects to: h port 8, by TCP; as long as the system tries
how long: after the end of one side the other is cut off when silent for 0.5 s (-t); silence of both without limit (-T)
when told to stop: ends at once; what is open goes on' 'a listener with fork'

is "$(facts -t 9 -T 1.25 --drain=7 --exit-idle=60 TCP6-LISTEN:80,fork,max-children=9,backlog=3,range=[fd00::]/8,lowport,accept-timeout=4 TCP:h:8,connect-timeout=2.5,retry=3,bind=127.0.0.1)" \
'then: bytes both ways
A listens on: TCP port 80 of every address, IPv6, and IPv4 unless the system says otherwise
A is for: clients of [fd00::]/8, from a port below 1024
at once: at most 9 clients, in a process each; 3 more may wait
B connects to: h port 8, by TCP, from 127.0.0.1; gives up after 2.5 s; 3 times more
how long: after the end of one side the other is cut off when silent for 9 s (-t); silence of both for at most 1.25 s (-T); the end when no client came for 4 s; the end without connections for 60 s (--exit-idle)
when told to stop: listens no more; what is open has 7 s (--drain)' 'with all limits'

is "$(facts TCP-LISTEN:80,fork,pool=4,bind=127.0.0.1,max-children=6 UNIX:/s)" \
'then: bytes both ways
A listens on: TCP port 80 of 127.0.0.1, IPv4 only
A is for: everybody who can reach it
at once: 4 processes that serve a client each, one after the other, and more while all are busy, at most 6; as many more may wait as the system grants
B connects to: UNIX:/s
how long: after the end of one side the other is cut off when silent for 0.5 s (-t); silence of both without limit (-T)
when told to stop: ends at once; what is open goes on' 'a pool'

is "$(facts TCP-LISTEN:80,fork,pool=4,max-children=4,backlog=1 PIPE | grep ^at)" \
'at once: 4 processes that serve a client each, one after the other, at most 4; 1 more may wait' \
'a pool that no more come to'

is "$(facts -u - TCP-LISTEN:80)" 'then: bytes from A to B
B listens on: TCP port 80 of every address, IPv4 only
B is for: everybody who can reach it
at once: one client, and after it the end
how long: silence of both without limit (-T)' 'one client, one direction'
is "$(facts UNIX-LISTEN:/s,fork,mode=600 -)" 'then: bytes both ways
A listens on: UNIX-LISTEN:/s
A is for: everybody who may write to the socket
at once: any number of clients, in a process each; as many more may wait as the system grants
how long: after the end of one side the other is cut off when silent for 0.5 s (-t); silence of both without limit (-T)
when told to stop: ends at once; what is open goes on' 'a unix socket'
is "$(facts - PIPE)" 'then: bytes both ways
how long: after the end of one side the other is cut off when silent for 0.5 s (-t); silence of both without limit (-T)' \
    'neither'

versions() { facts "$@" PIPE | sed -n 's/^A listens on: //p'; }
is "$(versions TCP6-LISTEN:80,ipv6only=0)" 'TCP port 80 of every address, IPv6 and IPv4' 'ipv6only=0'
is "$(versions TCP6-LISTEN:80,ipv6only)" 'TCP port 80 of every address, IPv6 only' 'ipv6only'
is "$(versions TCP-LISTEN:80,bind=[::1])" 'TCP port 80 of ::1, IPv6 only' 'an address of IPv6'
is "$(versions TCP-LISTEN:80,pf=ip6)" 'TCP port 80 of every address, IPv6, and IPv4 unless the system says otherwise' 'pf='
is "$(versions -6 TCP-LISTEN:80)" 'TCP port 80 of every address, IPv6, and IPv4 unless the system says otherwise' '-6'
is "$(versions TCP-LISTEN:80,bind=name)" 'TCP port 80 of name, IPv4 or IPv6, as the name has it' 'a name'
is "$(versions UDP4-LISTEN:80)" 'UDP port 80 of every address, IPv4 only' 'UDP'

# Links: the limits that they have
is "$(facts --links)" 'link 7/tcp -> h:8 from X_PORT_7_TCP
then: bytes both ways
A listens on: TCP port 7 of every address, IPv6 and IPv4
A is for: everybody who can reach it
at once: any number of clients, in a process each; as many more may wait as the system grants
'"$(facts --links | grep '^B connects' | head -n 1)"'
how long: after the end of one side the other may take any time (--half-close); silence of both without limit (-T)
when told to stop: listens no more; what is open has 5 s (--drain)
link 7/udp -> h:8 from Y_PORT_7_UDP
then: bytes both ways
A listens on: UDP port 7 of every address, IPv6 and IPv4
A is for: everybody who can reach it
at once: any number of clients, in a process each
B connects to: h port 8, by UDP
how long: after the end of one side the other is cut off when silent for 0.5 s (-t); silence of both for at most 60 s (-T)
when told to stop: listens no more; what is open has 5 s (--drain)' 'links'
like "$(facts --links | grep '^B connects' | head -n 1)" \
    '^B connects to: h port 8, by TCP; ' 'and their target'
like "$(facts --half-close=30 --links=X)" 'cut off when silent for 30 s \(--half-close\)' \
    '--half-close'
like "$(facts -4 --links=X)" 'port 7 of every address, IPv4 only' '-4'
like "$(facts -6 --links=X)" 'port 7 of every address, IPv6 only' '-6'

# Containers
is "$(facts --docker-host=/run/d.sock --network=n --hold=3 --docker redis web | head -n 4)" \
'engine: /run/d.sock
containers: redis web, by network n
links: a port that one of them exposes, to the same port there; while it is away clients wait for 3 s (--hold)
link 6379/tcp -> container:6379, for example' 'containers'
out=$(ask --listen-opts=forkk --docker redis)
like "$? $out" '^1 .*unknown option "forkk"' 'and their options are checked'
is "$("$RELAY" --explain - PIPE - TCP:h:1,forkk 2>/dev/null)" '' \
    'nothing is said of pairs of which one is wrong'

# An option that is switched off
off() { ask "$1" PIPE | sed -n "s/^    [A-Z]* *$2//p"; }
is "$(off TCP6-LISTEN:80,ipv6only=0 ipv6-v6only)" ' = 0  (not: only IPv6, no IPv4 in it)' 'ipv6only=0'
is "$(off TCP6-LISTEN:80,ipv6only=1 ipv6-v6only)" ' = 1  (only IPv6, no IPv4 in it)' 'ipv6only=1'
is "$(off TCP-LISTEN:80,fork=0 fork)" ' = 0  (not: a child for each connection)' 'fork=0'
is "$(off TCP-LISTEN:80,nodelay=0 tcp-nodelay)" ' = 0  (not: send small packets at once)' 'nodelay=0'
done_testing
