#!/bin/sh
# What an address makes (socket, named pipe, lock, file) crossed with what
# changes where and how it is made (chdir=, umask=, chroot-early=): it is made
# there, with that mode, and removed there at the end; a stranger's file of
# that name in the directory where relay was started stays.
. "${0%/*}/lib.sh"

cd "$T" || exit 1
mode() { stat -c '%F %a' "$1" 2>/dev/null; }
# made NAME KIND MODE STAYS ADDRESS OPTIONS...: by an address with options
made() {
	what=$1 want=$2 stays=$3 address=$4
	shift 4
	for how; do
		case $how in
		*chroot*) [ "$(id -u)" = 0 ] || {
			skip 3 'no chroot(2) here'; continue; } ;;
		esac
		case $how in *chdir*|*chroot*) at=$T/D ;; *) at=$T/E ;; esac
		rm -rf D E
		mkdir D E
		start m sh -c 'cd E && exec "$@"' sh "$RELAY" -d -d \
		    "$address,$how" "$other"
		there() { [ -e "$at/$what" ]; }
		wait_for 10 there
		case $how in *umask*) m=${want#*/} ;; *) m=${want%/*} ;; esac
		is "$(mode "$at/$what")" "$m" "$address,$how: made" ||
		    diag <"$T/m.err"
		# Somebody else has that name where relay was started.
		[ "$at" = "$T/E" ] || echo stranger >"E/$what"
		stop m
		is "$(mode "$at/$what")" "$([ "$stays" = no ] || echo "$m")" \
		    '... and then it is gone, or stays'
		[ "$at" = "$T/E" ] || [ "$(cat "E/$what")" = stranger ]
		ok $? "... a stranger's is left alone"
	done
}
umask 022
all="fork umask=077,fork chdir=$T/D,fork umask=077,chdir=$T/D,fork"
other=PIPE
made s 'socket 755/socket 700' no UNIX-LISTEN:s $all \
    "chroot-early=$T/D,fork" "chroot-early=$T/D,umask=077,fork"
made l 'regular file 644/regular file 644' no \
    TCP4-LISTEN:0,bind=127.0.0.1,lockfile=l $all
made l 'regular file 644/regular file 644' no \
    TCP4-LISTEN:0,bind=127.0.0.1,waitlock=l $all
mkfifo held
other=PIPE:$T/held
all=$(echo "$all" | sed 's/,fork//g; s/^fork /shut-none /')
made p 'fifo 644/fifo 600' no PIPE:p $all
made f 'regular empty file 644/' yes OPEN:f,creat,perm=644 shut-none \
    "chdir=$T/D"
done_testing
