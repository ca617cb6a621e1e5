#!/bin/sh
# EXEC, SYSTEM and SHELL: words and quotes, how the program is tied to relay,
# its directory, user, mask, session, name, environment, and signals for it.
. "${0%/*}/lib.sh"
need setsid perl

r() { "$RELAY" -t 10 "$@" </dev/null 2>"$T/err"; }
# out WANT NAME ADDRESS
out() {
	is "$(r -U - "$3")" "$1" "$2" || diag <"$T/err"
}
cat >"$T/args" <<'END'
#!/bin/sh
for arg; do printf '<%s>' "$arg"; done
END
chmod 755 "$T/args" "$T"
a="$T/args"

# words of EXEC
out '<a><b>' 'blanks part words' "EXEC:$a a b"
out '<a b>' 'escaped double quotes hold them together' "EXEC:$a \\\"a b\\\""
out '<a><b>' 'bare ones are for relay itself' "EXEC:$a \"a b\""
out '<a b>' 'escaped single quotes' "EXEC:$a \\'a b\\'"
out '<a b><c>' 'a quoted command line' "EXEC:'$a \"a b\" c'"
out '<a:b>' 'a colon in the command line' "EXEC:$a a:b"
out '<a,b>' 'an escaped comma' "EXEC:$a a\\,b"
out '<a,b>' 'a quoted comma' "EXEC:$a \"a,b\""
out '<a><b>' 'several blanks' "EXEC:$a  a   b"
out '<a!!b>' 'quoted !!' "EXEC:$a \"a!!b\""
out '<(x,y)>' 'commas within parentheses' "EXEC:$a (x,y)"
out '<[x,y]>' '... and brackets' "EXEC:$a [x,y]"
out '<{x,y}>' '... and braces' "EXEC:$a {x,y}"
out '<a b c>' 'SYSTEM: the shell parts words' "SYSTEM:$a \\'a b c\\'"
out '<1><2>' 'SYSTEM: ; and $(( ))' "SYSTEM:$a 1; $a \$((1+1))"
out 'TWO ONE' 'SYSTEM: a pipe' 'SYSTEM:echo two one | tr a-z A-Z'
out "$(printf 'a\nb')" 'SYSTEM: newlines' "SYSTEM:echo a
echo b"
out shell 'SHELL' 'SHELL:echo shell'
is "$(SHELL=/bin/false r -U - 'SYSTEM:echo sh')" sh 'SYSTEM needs no SHELL'

# what it runs in
out / 'chdir' 'EXEC:pwd,chdir=/'
out / 'cd' 'SYSTEM:pwd,cd=/'
out "$T" 'chdir elsewhere' "EXEC:pwd,chdir=$T"
out 0077 'umask' 'SYSTEM:umask,umask=077'
mkdir "$T/bin"
printf '#!/bin/sh\necho mine\n' >"$T/bin/theirs"
chmod 755 "$T/bin/theirs"
out mine 'path' "EXEC:theirs,path=$T/bin:/bin:/usr/bin"
like "$(r -U - 'EXEC:cat /proc/self/cmdline,login' | tr '\\0' ' ')" '^-cat' \
    'login gives the name a dash'
session='SYSTEM:set -- $(cat /proc/$$/stat); echo $1 $5 $6'
is "$(r -U - "$session,setsid" |
    awk '{ print ($1 == $3 || $2 == $3) ? "own" : "other" }')" own \
    'setsid: a session of its own'
is "$(r -U - 'EXEC:cat /proc/self/stat,setpgid=0' |
    awk '{ print $1 == $5 ? "own" : "other" }')" own 'setpgid=0'
if [ "$(id -u)" = 0 ]; then
	out nobody 'su' 'EXEC:id -un,su=nobody'
	out nobody 'su-d' 'EXEC:id -un,su-d=nobody'
	who='SYSTEM:echo $USER $LOGNAME $HOME $SHELL'
	nobody=$(getent passwd nobody | awk -F: '{ print $1, $1, $6, $7 }')
	for su in su su-d su-e; do
		out "$nobody" "$su: what the environment says" "$who,$su=nobody"
	done
	out "$(echo $USER $LOGNAME $HOME $SHELL)" 'setuid: nothing of it' \
	    "$who,setuid=65534"
	out nobody 'setuid' 'EXEC:id -un,setuid=65534'
	out nogroup 'setgid' 'EXEC:id -gn,setgid=65534'
	mkdir -p "$T/root"
	cp "$(command -v busybox)" "$T/root/busybox" 2>/dev/null &&
	    out root 'chroot' "EXEC:/busybox echo root,chroot=$T/root"
else
	skip 9 'only root can become another'
fi

# environment
start env "$RELAY" -d -d TCP4-LISTEN:0,fork \
    'SYSTEM:echo $SOCAT_PEERADDR:$SOCAT_PEERPORT $SOCAT_SOCKADDR:$SOCAT_SOCKPORT'
env=$(port env)
like "$("$RELAY" -t 5 -u "TCP4:127.0.0.1:$env,bind=127.0.0.9" -)" \
    "^127.0.0.9:[0-9]+ 127.0.0.1:$env\$" 'peer and own address'
like "$(r -U - 'SYSTEM:echo $SOCAT_PID $SOCAT_PPID')" '^[0-9]+ [0-9]+$' \
    'process ids'

# how it is tied
fd() { echo "SYSTEM:ls -l /proc/self/fd | awk '\$9 == $1 { print \$11 }'"; }
like "$(r -U - "$(fd 1),pipes" | cat)" '^pipe:|^$' 'pipes'
is "$(r - "EXEC:readlink /proc/self/fd/0,pipes" | cut -d: -f1)" pipe \
    'pipes for its input'
is "$(r - "EXEC:readlink /proc/self/fd/0" | cut -d: -f1)" socket \
    'a socketpair by default'
like "$(r - "EXEC:readlink /proc/self/fd/0,pty,raw")" '/dev/pts/' 'pty'
is "$(r -U - "SYSTEM:echo to stderr >&2,stderr")" 'to stderr' 'stderr'
is "$(r -U - "SYSTEM:echo to stderr >&2")" '' 'no stderr without it'
is "$(cat "$T/err")" 'to stderr' '... it goes where that of relay goes'
for how in stderr pipes,stderr pty,raw,stderr fdout=2; do
	is "$(r -d -d -U - "EXEC:true,$how")" '' "$how: no log to the peer"
	is "$(sed -n 's/.* N exec/exec/p' "$T/err")" "execvp'ing \"true\"" \
	    '... it goes on to stderr'
done
is "$(echo hello | "$RELAY" -t 5 - 'EXEC:sed s/h/j/,nofork')" jello \
    'nofork'
is "$(echo hello | "$RELAY" -t 5 -u - \
    "SYSTEM:cat <&9 >$T/fdin,fdin=9"; wait_for 5 test -s "$T/fdin"
    cat "$T/fdin")" hello 'fdin'
out hello 'fdout' 'SYSTEM:echo hello >&8,fdout=8'

# signals for the program
for signal in hup int quit; do
	SIGNAL=$(echo $signal | tr a-z A-Z)
	start "sig$signal" "$RELAY" -d -d PIPE \
	    "SYSTEM:trap 'echo >$T/$signal' $SIGNAL; echo >$T/on$signal
	    while :; do sleep 0.1; done,sig$signal,setsid"
	wait_for 10 test -e "$T/on$signal"
	kill -$SIGNAL "$PID"
	wait_for 10 test -e "$T/$signal"
	ok $? "sig$signal passes the signal on"
	kill -9 "$PID" 2>/dev/null
	finish "sig$signal" 5
done

# the log is not where a program has its ends
r -lf "$T/log" -U - EXEC:/etc,su=root,fdout=3 >"$T/out"
is "$(cat "$T/out") $(sed -n 's/.* E //p' "$T/log")" \
    ' execvp("/etc", "/etc"): Permission denied' \
    'fdout= of the log file'"'"'s number: its lines go to the file'
rm "$T/log"
is "$(echo few | sh -c 'ulimit -n 9; exec "$RELAY" - EXEC:cat' 2>&1)" few \
    'a limit of nine open files'

# what is wrong
"$RELAY" - EXEC:/no/such/program </dev/null >"$T/out" 2>"$T/err"
like "$(cat "$T/err")" '/no/such/program.*No such file or directory' \
    'no such program'
"$RELAY" - "EXEC:$T/bin" </dev/null >"$T/out" 2>"$T/err"
like "$(cat "$T/err")" 'Permission denied' 'a directory is no program'
"$RELAY" - "EXEC:true,chdir=/no/such" </dev/null >"$T/out" 2>"$T/err"
is $? 1 'no such directory: status 1'
like "$(cat "$T/err")" '/no/such' '... and which'
"$RELAY" - "EXEC:true,su=no-such-user" </dev/null >"$T/out" 2>"$T/err"
is $? 1 'no such user: status 1'
like "$(cat "$T/err")" 'no-such-user' '... and who'

# Nobody reads the log any more: the program runs all the same, and dies of
# its own broken pipes.
deaf() {
	perl -e 'pipe R, W; close R; open STDERR, ">&W"; exec @ARGV' "$@"
}
for how in EXEC:cat EXEC:cat,pipes EXEC:cat,pty,raw,echo=0 EXEC:cat,nofork; do
	is "$(echo word | deaf "$RELAY" -d -d -t 10 - "$how"; echo $?)" 'word
0' "$how without a reader of the log"
done
is "$(r -U - 'SYSTEM:trap; kill -PIPE $$; echo lives')" '' \
    'a broken pipe kills the program'
done_testing
