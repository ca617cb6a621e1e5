#!/bin/sh
# Flags and options that would have no effect are refused, or warned of, in
# one line that says what to use instead: every flag of relay in every mode.
# What has an effect is taken. -4 and -6 are those of links, too.
. "${0%/*}/lib.sh"

ln -s "$RELAY" "$T/socat"
ln -s "$RELAY" "$T/ambassador"

# answer WORD...: what relay --explain says on stderr, and its status
answer() {
	env -i X_PORT_7_TCP=tcp://h:7 "$RELAY" --explain "$@" 2>&1 >/dev/null |
	    sed 's/^.*\[[0-9]*\] //'
}
status() {
	env -i X_PORT_7_TCP=tcp://h:7 "$RELAY" --explain "$@" >/dev/null 2>&1
	echo $?
}
# said STATUS TITLE WORDS... LINE: the last is the line
said() {
	code=$1 title=$2
	shift 2
	want=
	for want; do :; done
	set -- "$@" end
	n=$#
	for word; do
		shift
		n=$((n - 1))
		[ $n -le 1 ] || set -- "$@" "$word"
	done
	is "$(status "$@") $(answer "$@")" "$code $want" "$title: $*"
}
refused() { said 1 refused "$@"; }
warned() { said 0 warned "$@"; }
taken() { is "$(status "$@") $(answer "$@")" '0 ' "taken: $*"; }
refused --hold=5 - PIPE 'E --hold has no effect with pairs of addresses: only a container of --docker is waited for'
refused --half-close=5 - PIPE 'E --half-close has no effect with pairs of addresses: -t does that here'
refused --network=n - PIPE 'E --network has no effect with pairs of addresses: only containers of --docker have networks'
refused --connect-opts=crlf - PIPE 'E --connect-opts has no effect with pairs of addresses: the options of a target stand behind its address, as in TCP:host:port,connect-timeout=5'
refused --listen-opts=crlf - PIPE 'E --listen-opts has no effect with pairs of addresses: the options of a listener stand behind its address, as in TCP-LISTEN:port,fork,bind=127.0.0.1'
refused --docker-host=/x - PIPE 'E --docker-host has no effect with pairs of addresses: it says where the engine of --docker is'
refused --hold=5 --links 'E --hold has no effect with --links: only a container of --docker is waited for'
refused --network=n --links 'E --network has no effect with --links: only containers of --docker have networks'
refused --docker-host=/x --links 'E --docker-host has no effect with --links: it says where the engine of --docker is'
refused --docker --links 'E --docker has no effect with --links: a relay of its own can follow containers'
refused --links --docker c 'E --links has no effect with --docker: a relay of its own can have the links of the environment'
refused --exit-idle=5 - PIPE 'E --exit-idle has no effect without a listener with fork: -T ends a connection that is idle'
refused --exit-idle=5 TCP-LISTEN:7 PIPE 'E --exit-idle has no effect without a listener with fork: -T ends a connection that is idle'
refused --exit-idle=5 - PIPE PIPE PIPE 'E --exit-idle has no effect without a listener with fork: -T ends a connection that is idle'
refused --exit-idle=5 TCP:h:7,fork PIPE 'E --exit-idle has no effect without a listener with fork: -T ends a connection that is idle'
refused --drain=5 - TCP:h:7 'E --drain has no effect without a listener with fork: a signal ends a single connection at once'
refused --ready-fd=1 - TCP:h:7 'E --ready-fd has no effect without a listener with fork: only that one is ever ready'
taken --probe - PIPE
refused --drain=1 --drain=2 TCP-LISTEN:7,fork PIPE 'E --drain is given twice: only the last would have an effect'
refused --links=A --links=B 'E --links is given twice: only the last would have an effect'
warned -t 5 --links 'W -t has no effect on TCP links: --half-close is their limit'
warned -t 5 --docker c 'W -t has no effect on TCP links: --half-close is their limit'
warned -u -R /dev/null - PIPE 'W -R has no effect with -u: nothing goes from right to left'
warned -U -r /dev/null - PIPE 'W -r has no effect with -U: nothing goes from left to right'
warned -L /x -W /x - PIPE 'W -W has no effect with -L: -L fails at once if the lock is held'
reuse=reuseport
! portable || reuse=reuseaddr	# POSIX has the one alone
for flag in --hold=5 --half-close=5 --network=n --connect-opts=crlf \
    --listen-opts=$reuse --docker-host=/x --exit-idle=5 --drain=5 \
    --ready-fd=1; do
	taken $flag --docker c
done
for flag in --half-close=5 --connect-opts=crlf --listen-opts=$reuse \
    --exit-idle=5 --drain=5 --ready-fd=1; do
	taken $flag --links
done
for flag in --exit-idle=5 --drain=5 --ready-fd=1; do
	taken $flag TCP-LISTEN:7,fork PIPE
	taken $flag TCP-LISTEN:7,fork PIPE - PIPE
done
taken --drain=5 - PIPE PIPE PIPE
out=$("$T/ambassador" --explain --hold=5 h 7 2>&1)
is "$? $(echo "$out" | sed 's/^.*\[[0-9]*\] //')" '1 E --hold has no effect with HOST PORT: only a container of --docker is waited for' \
    'ambassador HOST PORT'
out=$("$T/ambassador" --explain --links=A h 7 2>&1)
is "$? $(echo "$out" | sed 's/^.*\[[0-9]*\] //')" '1 E --links has no effect with HOST PORT: a relay of its own can have the links of the environment' \
    'ambassador --links HOST PORT'

# Options
refused TCP-LISTEN:7,range=10.0.0.0/8,range=192.168.0.0/16 PIPE 'E option "range" is given twice
  TCP-LISTEN:7,range=10.0.0.0/8,range=192.168.0.0/16
                                ^~~~~
  only one range is looked at: each needs a listener of its own'
for option in max-children pool; do
	out=$(answer "TCP-LISTEN:7,fork,$option" PIPE)
	is "$out" "E option \"$option\": value required
  TCP-LISTEN:7,fork,$option
                    $(echo "$option" | sed 's/./~/g; s/~/^/')
  $option takes a number, as in $option=100" "$option without a number"
	taken "TCP-LISTEN:7,fork,$option=5" PIPE
done
# as socat
for words in 'TCP-LISTEN:7,fork,max-children PIPE' 'TCP:127.0.0.1:7,retry -'; do
	out=$("$T/socat" -T 0.1 ${words% *} nosuch 2>&1)
	like "$out" 'E unknown device/address "nosuch"' "socat takes ${words% *}"
done

# -4 and -6 of links
listens_on() { ss -ltnH "sport = :$1" | awk '{ print $4 }' | sort | tr '\n' ' '; }
need ss
for flag in '' -4 -6; do
	p=$(free_port)
	start links$flag env -i "X_PORT_${p}_TCP=tcp://127.0.0.1:9" "$RELAY" \
	    $flag --ready-fd=1 --links
	wait_for 10 test -s "$T/links$flag.out"
	case $flag in
	-4) want="0.0.0.0:$p " ;;
	-6) want="[::]:$p " ;;
	*) want="*:$p " ;;
	esac
	is "$(listens_on "$p")" "$want" "links listen on $want with \"$flag\""
	stop links$flag
done
done_testing
