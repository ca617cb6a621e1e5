/* addr/opt-tty.c: options of terminals, termios(3). */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../lib/log.h"
#include "../lib/os.h"
#include "opt.h"

/*
 * The settings of fd.  Something that is no terminal is left alone, with
 * a warning: "-,raw,echo=0" should work in a pipeline as well.
 */
static int
tty_get(int fd, const struct opt *o, struct termios *t)
{
	if (tcgetattr(fd, t) == 0)
		return 0;
	fault_set("tcgetattr(%d, \"%s\"):", fd, o->name);
	return -1;
}

static int
tty_set(int fd, const struct opt *o, const struct termios *t)
{
	while (tcsetattr(fd, TCSADRAIN, t) == -1)
		if (errno != EINTR)
			return fault_set("tcsetattr(%d, \"%s\"):", fd,
			    o->name);
	return 0;
}

#define TTY_FLAG(name, word)						\
	APPLY(name)							\
	{								\
		struct termios t;					\
									\
		UNUSED(a);						\
		if (tty_get(fd, o, &t) == -1)				\
			return -1;					\
		if (v->n)						\
			t.word |= (tcflag_t)o->a;			\
		else							\
			t.word &= ~(tcflag_t)o->a;			\
		return tty_set(fd, o, &t);				\
	}

TTY_FLAG(tty_iflag, c_iflag)
TTY_FLAG(tty_oflag, c_oflag)
TTY_FLAG(tty_cflag, c_cflag)
TTY_FLAG(tty_lflag, c_lflag)

APPLY(tty_cc)
{
	struct termios t;

	UNUSED(a);
	if (tty_get(fd, o, &t) == -1)
		return -1;
	t.c_cc[o->a] = (cc_t)v->n;
	return tty_set(fd, o, &t);
}

APPLY(tty_csize)
{
	struct termios t;

	UNUSED(a);
	UNUSED(v);
	if (tty_get(fd, o, &t) == -1)
		return -1;
	t.c_cflag = (t.c_cflag & ~(tcflag_t)CSIZE) | (tcflag_t)o->a;
	return tty_set(fd, o, &t);
}

APPLY(tty_csize_n)
{
	static const tcflag_t size[] = { CS5, CS6, CS7, CS8 };
	struct termios t;

	UNUSED(a);
	if (v->n > 3)
		return fault_set("option \"%s\": 0 to 3 stand for 5 to 8 bits",
		    o->name);
	if (tty_get(fd, o, &t) == -1)
		return -1;
	t.c_cflag = (t.c_cflag & ~(tcflag_t)CSIZE) | size[v->n];
	return tty_set(fd, o, &t);
}

/* o->a the delay, o->b the bits that hold it. */
APPLY(tty_delay)
{
	struct termios t;

	UNUSED(a);
	UNUSED(v);
	if (tty_get(fd, o, &t) == -1)
		return -1;
	t.c_oflag = (t.c_oflag & ~(tcflag_t)o->b) | (tcflag_t)o->a;
	return tty_set(fd, o, &t);
}

/* The delay by number; o->a the bits, o->b what 1 looks like. */
APPLY(tty_delay_n)
{
	struct termios t;

	UNUSED(a);
	if (v->n > 3)
		return fault_set("option \"%s\": 0 to 3 allowed", o->name);
	if (tty_get(fd, o, &t) == -1)
		return -1;
	t.c_oflag = (t.c_oflag & ~(tcflag_t)o->a) |
	    (tcflag_t)(v->n * o->b);
	return tty_set(fd, o, &t);
}

static int
speed_set(const struct opt *o, int fd, speed_t in, speed_t out)
{
	struct termios t;

	if (tty_get(fd, o, &t) == -1)
		return -1;
	if ((in != (speed_t)-1 && cfsetispeed(&t, in) == -1) ||
	    (out != (speed_t)-1 && cfsetospeed(&t, out) == -1))
		return fault_set("option \"%s\":", o->name);
	return tty_set(fd, o, &t);
}

APPLY(tty_speed)
{
	UNUSED(a);
	UNUSED(v);
	return speed_set(o, fd, (speed_t)o->a, (speed_t)o->a);
}

/* B9600 for 9600; the rows of this table know. */
static int
speed_of(const struct opt *o, long long baud, speed_t *speed)
{
	char name[32];
	const struct opt *row;

	snprintf(name, sizeof name, "b%lld", baud);
	row = opt_find(name);
	if (row == NULL || row->a == ABSENT)
		return fault_set("option \"%s\": no speed of %lld baud",
		    o->name, baud);
	*speed = (speed_t)row->a;
	return 0;
}

APPLY(tty_ispeed)
{
	speed_t s;

	UNUSED(a);
	return speed_of(o, v->n, &s) == -1 ? -1 :
	    speed_set(o, fd, s, (speed_t)-1);
}

APPLY(tty_ospeed)
{
	speed_t s;

	UNUSED(a);
	return speed_of(o, v->n, &s) == -1 ? -1 :
	    speed_set(o, fd, (speed_t)-1, s);
}

/* Input and output as they are, byte by byte; echo stays as it is. */
APPLY(tty_raw)
{
	struct termios t;

	UNUSED(a);
	UNUSED(v);
	if (tty_get(fd, o, &t) == -1)
		return -1;
	t.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | IGNPAR | PARMRK | INPCK |
	    ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXOFF | IXANY);
	t.c_oflag &= ~(tcflag_t)OPOST;
	t.c_lflag &= ~(tcflag_t)(ISIG | ICANON);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return tty_set(fd, o, &t);
}

static void
make_raw(struct termios *t)
{
	t->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR |
	    IGNCR | ICRNL | IXON);
	t->c_oflag &= ~(tcflag_t)OPOST;
	t->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	t->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	t->c_cflag |= CS8;
}

APPLY(tty_makeraw)
{
	struct termios t;

	UNUSED(a);
	UNUSED(v);
	if (tty_get(fd, o, &t) == -1)
		return -1;
	make_raw(&t);
	return tty_set(fd, o, &t);
}

APPLY(tty_rawer)
{
	struct termios t;

	UNUSED(a);
	UNUSED(v);
	if (tty_get(fd, o, &t) == -1)
		return -1;
	make_raw(&t);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return tty_set(fd, o, &t);
}

APPLY(tty_sane)
{
	struct termios t;

	UNUSED(a);
	UNUSED(v);
	if (tty_get(fd, o, &t) == -1)
		return -1;
	t.c_iflag &= ~(tcflag_t)(IGNBRK | INLCR | IGNCR | IXOFF | IXANY);
	t.c_iflag |= BRKINT | ICRNL | IXON;
	t.c_oflag &= ~(tcflag_t)(OCRNL | ONOCR | ONLRET | OFILL | OFDEL);
	t.c_oflag |= OPOST | ONLCR;
	t.c_cflag |= CREAD;
	t.c_lflag &= ~(tcflag_t)(ECHONL | NOFLSH | TOSTOP);
	t.c_lflag |= ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ISIG;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	t.c_cc[VEOF] = 4;
	t.c_cc[VINTR] = 3;
	t.c_cc[VQUIT] = 28;
	t.c_cc[VERASE] = 127;
	t.c_cc[VKILL] = 21;
	t.c_cc[VSTART] = 17;
	t.c_cc[VSTOP] = 19;
	t.c_cc[VSUSP] = 26;
	return tty_set(fd, o, &t);
}

APPLY(tty_winsize)
{
	UNUSED(a);
	UNUSED(o);
	if (os_winsize(fd, (int)v->m, (int)v->n) == -1)
		return fault_set("ioctl(%d, TIOCSWINSZ, %lldx%lld):", fd,
		    v->n, v->m);
	return 0;
}

static const struct opt rows[] = {
	{ "b0", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B0, 0), "0 baud" },
	{ "b1000000", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B1000000, 0), "1000000 baud" },
	{ "b110", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B110, 0), "110 baud" },
	{ "b115200", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B115200, 0), "115200 baud" },
	{ "b1152000", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B1152000, 0), "1152000 baud" },
	{ "b1200", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B1200, 0), "1200 baud" },
	{ "b134", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B134, 0), "134 baud" },
	{ "b150", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B150, 0), "150 baud" },
	{ "b1500000", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B1500000, 0), "1500000 baud" },
	{ "b1800", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B1800, 0), "1800 baud" },
	{ "b19200", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B19200, 0), "19200 baud" },
	{ "b200", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B200, 0), "200 baud" },
	{ "b2000000", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B2000000, 0), "2000000 baud" },
	{ "b230400", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B230400, 0), "230400 baud" },
	{ "b2400", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B2400, 0), "2400 baud" },
	{ "b2500000", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B2500000, 0), "2500000 baud" },
	{ "b300", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B300, 0), "300 baud" },
	{ "b3000000", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B3000000, 0), "3000000 baud" },
	{ "b3500000", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B3500000, 0), "3500000 baud" },
	{ "b38400", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B38400, 0), "38400 baud" },
	{ "b4000000", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B4000000, 0), "4000000 baud" },
	{ "b460800", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B460800, 0), "460800 baud" },
	{ "b4800", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B4800, 0), "4800 baud" },
	{ "b50", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B50, 0), "50 baud" },
	{ "b500000", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B500000, 0), "500000 baud" },
	{ "b57600", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B57600, 0), "57600 baud" },
	{ "b576000", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B576000, 0), "576000 baud" },
	{ "b600", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B600, 0), "600 baud" },
	{ "b75", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B75, 0), "75 baud" },
	{ "b921600", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B921600, 0), "921600 baud" },
	{ "b9600", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B9600, 0), "9600 baud" },
	{ "brkint", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, BRKINT, 0), "a break is an interrupt" },
	{ "bs0", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_BS0, C_BSDLY), "delay 0 of backspaces" },
	{ "bs1", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_BS1, C_BSDLY), "delay 1 of backspaces" },
	{ "bsdly", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, C_BSDLY, 0), "delay backspaces" },
	{ "clocal", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_cflag, CLOCAL, 0), "ignore modem lines" },
	{ "cr0", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_CR0, C_CRDLY), "delay 0 of carriage returns" },
	{ "cr1", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_CR1, C_CRDLY), "delay 1 of carriage returns" },
	{ "cr2", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_CR2, C_CRDLY), "delay 2 of carriage returns" },
	{ "cr3", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_CR3, C_CRDLY), "delay 3 of carriage returns" },
	{ "crdly", NULL, G_TERMIOS, PH_FD, T_UINT,
	  FUNC(tty_delay_n, C_CRDLY, C_CR1),
	  "delay of carriage returns, 0 to 3" },
	{ "cread", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_cflag, CREAD, 0), "receive" },
	{ "crtscts", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_cflag, C_CRTSCTS, 0), "flow control by RTS and CTS" },
	{ "cs5", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_csize, CS5, 0), "5 bits a character" },
	{ "cs6", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_csize, CS6, 0), "6 bits a character" },
	{ "cs7", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_csize, CS7, 0), "7 bits a character" },
	{ "cs8", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_csize, CS8, 0), "8 bits a character" },
	{ "csize", NULL, G_TERMIOS, PH_FD, T_UINT,
	  FUNC(tty_csize_n, 0, 0), "bits a character, 0 to 3 for 5 to 8" },
	{ "cstopb", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_cflag, CSTOPB, 0), "two stop bits" },
	{ "echo", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, ECHO, 0), "echo input" },
	{ "echoctl", "ctlecho", G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, C_ECHOCTL, 0), "echo control characters as ^X" },
	{ "echoe", "crterase", G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, ECHOE, 0), "erase rubs out" },
	{ "echok", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, ECHOK, 0), "kill starts a new line" },
	{ "echoke", "crtkill", G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, C_ECHOKE, 0), "kill rubs out the line" },
	{ "echonl", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, ECHONL, 0), "echo newline even without echo" },
	{ "echoprt", "prterase", G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, C_ECHOPRT, 0), "erase prints what goes" },
	{ "ff0", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_FF0, C_FFDLY), "delay 0 of form feeds" },
	{ "ff1", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_FF1, C_FFDLY), "delay 1 of form feeds" },
	{ "ffdly", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, C_FFDLY, 0), "delay form feeds" },
	{ "flusho", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, C_FLUSHO, 0), "output is being discarded" },
	{ "hupcl", "hup", G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_cflag, HUPCL, 0), "hang up on close" },
	{ "icanon", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, ICANON, 0), "line by line, with editing" },
	{ "icrnl", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, ICRNL, 0), "carriage return to newline, reading" },
	{ "iexten", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, IEXTEN, 0), "extended input processing" },
	{ "ignbrk", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, IGNBRK, 0), "ignore a break" },
	{ "igncr", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, IGNCR, 0), "ignore carriage returns" },
	{ "ignpar", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, IGNPAR, 0), "ignore parity errors" },
	{ "imaxbel", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, C_IMAXBEL, 0), "bell when the input is full" },
	{ "inlcr", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, INLCR, 0), "newline to carriage return, reading" },
	{ "inpck", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, INPCK, 0), "check parity" },
	{ "isig", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, ISIG, 0), "characters make signals" },
	{ "ispeed", NULL, G_TERMIOS, PH_FD, T_UINT,
	  FUNC(tty_ispeed, 0, 0), "input speed in baud" },
	{ "istrip", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, ISTRIP, 0), "strip the eighth bit" },
	{ "iuclc", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, C_IUCLC, 0), "upper to lower case, reading" },
	{ "ixany", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, IXANY, 0), "any character starts output again" },
	{ "ixoff", "tandem", G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, IXOFF, 0), "flow control by ^S and ^Q, reading" },
	{ "ixon", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, IXON, 0), "flow control by ^S and ^Q, writing" },
	{ "nl0", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_NL0, C_NLDLY), "delay 0 of newlines" },
	{ "nl1", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_NL1, C_NLDLY), "delay 1 of newlines" },
	{ "nldly", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, C_NLDLY, 0), "delay newlines" },
	{ "noflsh", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, NOFLSH, 0), "signals do not flush" },
	{ "ocrnl", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, OCRNL, 0), "carriage return to newline, writing" },
	{ "ofdel", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, OFDEL, 0), "fill character is DEL" },
	{ "ofill", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, OFILL, 0), "delay by fill characters" },
	{ "olcuc", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, C_OLCUC, 0), "lower to upper case, writing" },
	{ "onlcr", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, ONLCR, 0), "newline to return and newline, writing" },
	{ "onlret", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, ONLRET, 0), "newline returns the carriage" },
	{ "onocr", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, ONOCR, 0), "no carriage return in column 0" },
	{ "opost", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, OPOST, 0), "process output" },
	{ "ospeed", NULL, G_TERMIOS, PH_FD, T_UINT,
	  FUNC(tty_ospeed, 0, 0), "output speed in baud" },
	{ "parenb", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_cflag, PARENB, 0), "parity" },
	{ "parmrk", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_iflag, PARMRK, 0), "mark parity errors" },
	{ "parodd", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_cflag, PARODD, 0), "odd parity" },
	{ "pendin", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, C_PENDIN, 0), "print pending input again" },
	{ "raw", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_raw, 0, 0), "pass input and output as they are" },
	{ "sane", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_sane, 0, 0), "sane settings for a person" },
	{ "tab0", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_TAB0, C_TABDLY), "delay 0 of tabs" },
	{ "tab1", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_TAB1, C_TABDLY), "delay 1 of tabs" },
	{ "tab2", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_TAB2, C_TABDLY), "delay 2 of tabs" },
	{ "tab3", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_TAB3, C_TABDLY), "delay 3 of tabs" },
	{ "tabdly", NULL, G_TERMIOS, PH_FD, T_UINT,
	  FUNC(tty_delay_n, C_TABDLY, C_TAB1), "delay of tabs, 0 to 3" },
	{ "termios-cfmakeraw", "cfmakeraw", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_makeraw, 0, 0), "raw as cfmakeraw(3) does" },
	{ "termios-rawer", "rawer", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_rawer, 0, 0), "rawer than raw: no echo either" },
	{ "termios-setflags", "setflags", G_TERMIOS, PH_FD, T_INT2,
	  LACKING, "set bits in one termios flag word" },
	{ "tiocsctty", "ctty", G_TERMIOS, PH_LATE, T_BOOL,
	  FIELD(ctty), "make it the controlling terminal" },
	{ "tiocswinsz", "winsz", G_TERMIOS, PH_FD, T_INT2,
	  FUNC(tty_winsize, 0, 0), "size of the window: columns:rows" },
	{ "tostop", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, TOSTOP, 0), "stop background output" },
	{ "vdiscard", "discard", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VDISCARD, 0), "character: discard output" },
	{ "veof", "eof", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VEOF, 0), "character: end of file" },
	{ "veol", "eol", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VEOL, 0), "character: end of line" },
	{ "veol2", "eol2", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VEOL2, 0), "character: second end of line" },
	{ "verase", "erase", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VERASE, 0), "character: erase" },
	{ "vintr", "intr", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VINTR, 0), "character: interrupt" },
	{ "vkill", "kill", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VKILL, 0), "character: kill the line" },
	{ "vlnext", "lnext", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VLNEXT, 0), "character: next character literally" },
	{ "vmin", "min", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VMIN, 0), "bytes that make a read return" },
	{ "vquit", "quit", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VQUIT, 0), "character: quit" },
	{ "vreprint", "reprint rprnt", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VREPRINT, 0), "character: print the line again" },
	{ "vstart", "start", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VSTART, 0), "character: start output" },
	{ "vstop", "stop", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VSTOP, 0), "character: stop output" },
	{ "vsusp", "susp", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VSUSP, 0), "character: suspend" },
	{ "vswtc", "swtc swtch", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VSWTC, 0), "character: switch" },
	{ "vt0", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_VT0, C_VTDLY), "delay 0 of vertical tabs" },
	{ "vt1", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_VT1, C_VTDLY), "delay 1 of vertical tabs" },
	{ "vtdly", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_oflag, C_VTDLY, 0), "delay vertical tabs" },
	{ "vtime", "time", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VTIME, 0), "tenths of a second that a read waits" },
	{ "vwerase", "werase", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VWERASE, 0), "character: erase a word" },
	{ "xcase", NULL, G_TERMIOS, PH_FD, T_BOOL,
	  FUNC(tty_lflag, C_XCASE, 0), "escaped upper case" },
	{ "xtabs", NULL, G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_XTABS, C_TABDLY), "tabs become blanks" },
};

TABLE(opt_tty, rows);
