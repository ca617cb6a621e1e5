#!/bin/sh
# Message queues: what is sent and received, whole and by priority, also by a
# program in C; a child for each message, with its priority; options of queues;
# queues that are removed; what is wrong.
# All of it runs where nobody else's queues are, and they can be looked at.
if [ "$IN_QUEUES" != 1 ] && unshare -i -m true 2>/dev/null; then
	IN_QUEUES=1 exec unshare -i -m sh "$0"
fi
. "${0%/*}/lib.sh"
portable && {
	is "$("$RELAY" POSIXMQ-READ:/q - 2>&1 | sed -n 's/.* E //p')" \
	    'POSIXMQ-READ is known but not here: only Linux lets a queue be'\
' waited for as other ends are' 'only Linux has it'
	done_testing
}
need cc unshare mount stat
cd "$T" || exit 1
[ "$IN_QUEUES" = 1 ] || skip_all 'needs root'
echo 65536 >/proc/sys/fs/mqueue/msgsize_max
mkdir queues && mount -t mqueue none queues || skip_all 'no message queues'

send() { printf %s "$2" | "$RELAY" -u - "POSIXMQ-SEND:/$1"; }
# what is in a queue, all of it
all() { timeout 10 "$RELAY" -T 0.3 -u "POSIXMQ-READ:/$1" -; }

# --- messages ---------------------------------------------------------------------
for p in 1 9 5; do send p,mq-prio=$p "prio $p;"; done
is "$(all p)" 'prio 9;prio 5;prio 1;' 'by priority'
for n in 1 2 3; do send n "message $n;"; done
is "$("$RELAY" -u POSIXMQ-RECV:/n -)" 'message 1;' 'RECEIVE takes one'
is "$(all n)" 'message 2;message 3;' 'and READ the others'

cat >peer.c <<'END'
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>

int
main(int argc, char **argv)
{
	static char buf[65536];
	unsigned prio;
	mqd_t q = mq_open(argv[1], O_RDWR | O_CREAT, 0600, NULL);
	ssize_t n;

	if (argc == 4)
		return mq_send(q, argv[3], strlen(argv[3]), argv[2][0] - '0');
	while ((n = mq_receive(q, buf, sizeof buf, &prio)) != -1) {
		printf("%u %.*s\n", prio, (int)n, buf);
		fflush(stdout);
	}
	return 1;
}
END
cc -o peer peer.c
ok $? 'a peer in C compiles'
start peer ./peer /c
wait_for 10 [ -e queues/c ]
start many "$RELAY" -u 'SYSTEM:for i in one two three; do echo $i; sleep 0.1; done' \
    POSIXMQ-WRITE:/c,mq-prio=7
finish many 10
three() { [ "$(wc -l <peer.out)" -ge 6 ]; }
wait_for 10 three
is "$(sed '/^$/d' peer.out)" '7 one
7 two
7 three' 'WRITE: each block is a message, with its priority'
stop peer
./peer /d 3 'from C'
is "$(all d)" 'from C' 'what C sends is read'

rm queues/*	# all queues of a user have so many bytes at most

# A message is whole, up to what the queue takes.
head -c 8192 /dev/urandom >data
"$RELAY" -u OPEN:data POSIXMQ-SEND:/big
"$RELAY" -u POSIXMQ-RECEIVE:/big CREATE:got
cmp data got
ok $? '8192 bytes are one message'
head -c 60000 /dev/urandom >data
"$RELAY" -b 60000 -u OPEN:data POSIXMQ-SEND:/huge,mq-msgsize=60000,mq-maxmsg=2
timeout 10 "$RELAY" -T 0.3 -u POSIXMQ-READ:/huge CREATE:got
cmp data got
ok $? 'and so are 60,000, if mq-msgsize says so'
send small,mq-msgsize=3 four 2>err
like "$? $(cat err)" '^1 .* E mq_send\([0-9]+, 0x[0-9a-f]+, 4, 0\): Message too (long|large) \(B: POSIXMQ-SEND:/small\)$' \
    'one that is too large is said, with the call'

# Who writes to a full queue waits.
for n in 1 2; do send full,mq-maxmsg=2 $n; done
printf 3 >third
start waits "$RELAY" -d -d -u OPEN:third POSIXMQ-SEND:/full
wait_for 10 grep -q 'starting data' waits.err
is "$(all full)" 123 'a full queue is waited for'
finish waits 10
is "$STATUS" 0 'and written to'

is "$(printf echo | "$RELAY" -t 0.3 - POSIXMQ-BIDIRECTIONAL:/b)" echo \
    'BIDIRECTIONAL reads what it wrote'

rm queues/*

# --- a child for each message ---------------------------------------------------------
start forks "$RELAY" -u POSIXMQ-RECEIVE:/f,fork,max-children=3 \
    SYSTEM:'echo "$(cat) $SOCAT_POSIXMQ_PRIO" >>"$T/log"'
wait_for 10 [ -e queues/f ]
for p in 2 0 31; do
	send f,mq-prio=$p "with $p:"
	wait_for 10 grep -qs "^with $p:" log
done
is "$(cat log)" 'with 2: 2
with 0: 0
with 31: 31' 'RECEIVE,fork: each has its child, which knows the priority'
stop forks
is "$STATUS $(ls queues/f)" '143 queues/f' 'its end leaves the queue'
start client "$RELAY" -d -d -U POSIXMQ-SEND:/again,fork,interval=0.1 \
    SYSTEM:'echo again'
two() { grep -Eqs 'QSIZE:(12|18|24|30) ' queues/again; }
wait_for 10 two
ok $? 'SEND,fork goes on'
stop client

rm queues/*

# --- options ------------------------------------------------------------------------
send o,mode=640,user=12,group=34 x
is "$(stat -c '%a %u %g' queues/o)" '640 12 34' 'mode, user and group'
(umask 0; send u,umask=027 x)
is "$(stat -c %a queues/u)" 640 'umask'
send o 'y'
send o,mq-flush z
is "$(all o)" z 'mq-flush'
send o old
send o,unlink-early new
is "$(all o)" new 'unlink-early'
send o,excl x 2>err
like "$? $(cat err)" '^1 .*E POSIXMQ-SEND: mq_open\("/o,?", 02000301, 0666, NULL\): File exists' \
    'excl'
"$RELAY" -u POSIXMQ-READ:/none,creat=0 - 2>err
like "$? $(cat err)" '^1 .* E POSIXMQ-READ: mq_open\("/none", 02000000, 0666, NULL\): No such' \
    'creat=0'
send gone,unlink-close x
is "$(ls queues | grep gone)" '' 'unlink-close'
start gone "$RELAY" -u POSIXMQ-READ:/gone,unlink-close -
wait_for 10 [ -e queues/gone ]
stop gone
is "$STATUS $(ls queues | grep gone)" '143 ' 'unlink-close, by a signal'
start gone "$RELAY" -u POSIXMQ-RECV:/gone,unlink-close,fork -
wait_for 10 [ -e queues/gone ]
send gone x
wait_for 10 grep -qs x gone.out
is "$(ls queues/gone)" queues/gone 'unlink-close is not for a child'
stop gone
is "$(ls queues | grep gone)" '' 'but for the listener'

# --- what is wrong --------------------------------------------------------------------
wrong() {
	is "$("$RELAY" -u "$1" - 2>&1 | sed -n 's/.*\] [EW] //p
	    s/^  \([a-z]\)/\1/p')" "$2" "$1"
}
wrong POSIXMQ-READ:q 'POSIXMQ-READ: mq_open("q", 02000100, 0666, NULL): Invalid argument
the name of a queue begins with a slash, and has no other'
wrong POSIXMQ-READ:/a/b "POSIXMQ-READ: mq_open(\"/a/b\", 02000100, 0666, NULL): Permission denied
the name of a queue begins with a slash, and has no other"
is "$("$RELAY" - POSIXMQ:/q </dev/null 2>&1 | sed -n 's/.*\] E //p')" \
    'Keyword "POSIXMQ" in bidirectional mode might unwanted flush the queue;'\
' use "POSIXMQ-BIDIRECTIONAL" to confirm usage' 'POSIXMQ both ways'
umount queues
done_testing
