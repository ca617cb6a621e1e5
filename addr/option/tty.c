/* addr/option/tty.c: options of terminals, termios(3). */

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../../lib/os/tty.h"
#include "rows.h"

/*
 * The settings of fd.  Something that is no terminal is left alone, with
 * a warning: "-,raw,echo=0" should work in a pipeline as well.
 */
static int
tty_get(int fd, struct termios *t)
{
	if (tcgetattr(fd, t) == 0)
		return 0;
	return error_set("tcgetattr(%d, %p):", fd, (void *)t);
}

static int
tty_put(int fd, const struct termios *t)
{
	if (tty_set(fd, t) == 0)
		return 0;
	return error_set("tcsetattr(%d, TCSADRAIN, %p):", fd,
	    (const void *)t);
}

/* o->a the flag, o->b the place of its word in struct termios. */
#define FLAG(word, flag)						\
	FUNC(tty_flag, flag, offsetof(struct termios, word))

APPLY(tty_flag)
{
	struct termios t;
	tcflag_t *word = (tcflag_t *)(void *)((char *)&t + o->b);

	UNUSED(a);
	if (tty_get(fd, &t) == -1)
		return -1;
	*word = v->n ? *word | (tcflag_t)o->a : *word & ~(tcflag_t)o->a;
	return tty_put(fd, &t);
}

APPLY(tty_cc)
{
	struct termios t;

	UNUSED(a);
	if (tty_get(fd, &t) == -1)
		return -1;
	t.c_cc[o->a] = (cc_t)v->n;
	return tty_put(fd, &t);
}

APPLY(tty_csize)
{
	struct termios t;

	UNUSED(a);
	UNUSED(v);
	if (tty_get(fd, &t) == -1)
		return -1;
	t.c_cflag = (t.c_cflag & ~(tcflag_t)CSIZE) | (tcflag_t)o->a;
	return tty_put(fd, &t);
}

APPLY(tty_csize_n)
{
	static const tcflag_t size[] = { CS5, CS6, CS7, CS8 };
	struct termios t;

	UNUSED(a);
	if (v->n > 3) {
		error_set("option %s: invalid value %lld", o->name,
		    v->n);
		error_hint("0 to 3 stand for 5 to 8 bits");
		return -1;
	}
	if (tty_get(fd, &t) == -1)
		return -1;
	t.c_cflag = (t.c_cflag & ~(tcflag_t)CSIZE) | size[v->n];
	return tty_put(fd, &t);
}

/* o->a the delay, o->b the bits that hold it. */
APPLY(tty_delay)
{
	struct termios t;

	UNUSED(a);
	UNUSED(v);
	if (tty_get(fd, &t) == -1)
		return -1;
	t.c_oflag = (t.c_oflag & ~(tcflag_t)o->b) | (tcflag_t)o->a;
	return tty_put(fd, &t);
}

/* The delay by number; o->a the bits, o->b what 1 looks like. */
APPLY(tty_delay_n)
{
	struct termios t;

	UNUSED(a);
	if (v->n > 3)
		return error_set("option %s: invalid value %lld", o->name,
		    v->n);
	if (tty_get(fd, &t) == -1)
		return -1;
	t.c_oflag = (t.c_oflag & ~(tcflag_t)o->a) |
	    (tcflag_t)(v->n * o->b);
	return tty_put(fd, &t);
}

APPLY(tty_speed)
{
	struct termios t;

	UNUSED(a);
	UNUSED(v);
	if (tty_get(fd, &t) == -1)
		return -1;
	if (cfsetispeed(&t, (speed_t)o->a) == -1 ||
	    cfsetospeed(&t, (speed_t)o->a) == -1)
		return error_set("option \"%s\":", o->name);
	return tty_put(fd, &t);
}

/*
 * B9600 for 9600; the rows of this table know.  In socat's place, and for
 * what is no such speed, the number is what termios(3) calls B9600.
 */
static speed_t
speed_of(const struct addr *a, long long baud)
{
	char name[32];
	size_t i;

	snprintf(name, sizeof name, "b%lld", baud);
	for (i = 0; i < opt_tty.n && !a->config->as_socat; i++)
		if (strcmp(opt_tty.row[i].name, name) == 0 &&
		    opt_tty.row[i].a != ABSENT)
			return (speed_t)opt_tty.row[i].a;
	return (speed_t)baud;
}

/* o->a: of output. */
APPLY(tty_speed_n)
{
	speed_t s = speed_of(a, v->n);
	struct termios t;

	if (tty_get(fd, &t) == -1)
		return -1;
	if ((o->a ? cfsetospeed(&t, s) : cfsetispeed(&t, s)) == -1)
		return error_set("cfset%s(%p, %lld):", o->name, (void *)&t,
		    v->n);
	return tty_put(fd, &t);
}

/* Input and output as they are, byte by byte; echo stays as it is. */
APPLY(tty_raw)
{
	struct termios t;

	UNUSED(a);
	UNUSED(o);
	UNUSED(v);
	if (tty_get(fd, &t) == -1)
		return -1;
	t.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | IGNPAR | PARMRK | INPCK |
	    ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXOFF | IXANY);
	t.c_oflag &= ~(tcflag_t)OPOST;
	t.c_lflag &= ~(tcflag_t)(ISIG | ICANON);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return tty_put(fd, &t);
}

/*
 * Nothing is looked at, and nothing but bytes of eight bits is left.  socat
 * forgets the speed with it, which would hang up a line.
 */
APPLY(tty_rawer)
{
	struct termios t;
	speed_t in, out;

	UNUSED(o);
	UNUSED(v);
	if (tty_get(fd, &t) == -1)
		return -1;
	in = cfgetispeed(&t);
	out = cfgetospeed(&t);
	t.c_iflag = t.c_oflag = t.c_lflag = 0;
	t.c_cflag = CS8 | CREAD;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	if (a->config->as_socat)
		in = out = B0;
	if (cfsetispeed(&t, in) == -1 || cfsetospeed(&t, out) == -1)
		return error_set("option \"rawer\":");
	return tty_put(fd, &t);
}

APPLY(tty_makeraw)
{
	struct termios t;

	UNUSED(a);
	UNUSED(o);
	UNUSED(v);
	if (tty_get(fd, &t) == -1)
		return -1;
	t.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR |
	    IGNCR | ICRNL | IXON);
	t.c_oflag &= ~(tcflag_t)OPOST;
	t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	t.c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	t.c_cflag |= CS8;
	return tty_put(fd, &t);
}

APPLY(tty_sane)
{
	struct termios t;

	UNUSED(a);
	UNUSED(o);
	UNUSED(v);
	if (tty_get(fd, &t) == -1)
		return -1;
	t.c_iflag &= ~(tcflag_t)(IGNBRK | INLCR | IGNCR | IXOFF | IXANY);
	t.c_iflag |= BRKINT | ICRNL | IXON;
	if (C_IMAXBEL != ABSENT)
		t.c_iflag |= (tcflag_t)C_IMAXBEL;
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
	return tty_put(fd, &t);
}

/* Sets bits of one of the four words of flags, by number. */
APPLY(tty_setflags)
{
	struct termios t;
	tcflag_t *const word[] = {
		&t.c_iflag, &t.c_oflag, &t.c_cflag, &t.c_lflag
	};

	UNUSED(a);
	if (v->n < 0 || v->n > 3) {
		error_set("option %s: invalid value %lld", o->name, v->n);
		error_hint("0 to 3 stand for input, output, control and "
		    "local flags");
		return -1;
	}
	if (tty_get(fd, &t) == -1)
		return -1;
	*word[v->n] |= (tcflag_t)v->m;
	return tty_put(fd, &t);
}

APPLY(tty_winsize)
{
	UNUSED(a);
	UNUSED(o);
	if (os_winsize(fd, (int)v->m, (int)v->n) == -1)
		return error_set("ioctl(%d, TIOCSWINSZ, %lldx%lld):", fd,
		    v->n, v->m);
	return 0;
}

static const struct opt rows[] = {
	{ "b0", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B0, 0), TEXT("0 baud") },
	{ "b1000000", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B1000000, 0), TEXT("1000000 baud") },
	{ "b110", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B110, 0), TEXT("110 baud") },
	{ "b115200", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B115200, 0), TEXT("115200 baud") },
	{ "b1152000", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B1152000, 0), TEXT("1152000 baud") },
	{ "b1200", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B1200, 0), TEXT("1200 baud") },
	{ "b134", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B134, 0), TEXT("134 baud") },
	{ "b150", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B150, 0), TEXT("150 baud") },
	{ "b1500000", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B1500000, 0), TEXT("1500000 baud") },
	{ "b1800", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B1800, 0), TEXT("1800 baud") },
	{ "b19200", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B19200, 0), TEXT("19200 baud") },
	{ "b200", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B200, 0), TEXT("200 baud") },
	{ "b2000000", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B2000000, 0), TEXT("2000000 baud") },
	{ "b230400", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B230400, 0), TEXT("230400 baud") },
	{ "b2400", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B2400, 0), TEXT("2400 baud") },
	{ "b2500000", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B2500000, 0), TEXT("2500000 baud") },
	{ "b300", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B300, 0), TEXT("300 baud") },
	{ "b3000000", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B3000000, 0), TEXT("3000000 baud") },
	{ "b3500000", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B3500000, 0), TEXT("3500000 baud") },
	{ "b38400", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B38400, 0), TEXT("38400 baud") },
	{ "b4000000", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B4000000, 0), TEXT("4000000 baud") },
	{ "b460800", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B460800, 0), TEXT("460800 baud") },
	{ "b4800", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B4800, 0), TEXT("4800 baud") },
	{ "b50", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B50, 0), TEXT("50 baud") },
	{ "b500000", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B500000, 0), TEXT("500000 baud") },
	{ "b57600", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B57600, 0), TEXT("57600 baud") },
	{ "b576000", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B576000, 0), TEXT("576000 baud") },
	{ "b600", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B600, 0), TEXT("600 baud") },
	{ "b75", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B75, 0), TEXT("75 baud") },
	{ "b921600", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, C_B921600, 0), TEXT("921600 baud") },
	{ "b9600", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_speed, B9600, 0), TEXT("9600 baud") },
	{ "brkint", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, BRKINT), TEXT("a break is an interrupt") },
	{ "bs0", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_BS0, C_BSDLY), TEXT("delay 0 of backspaces") },
	{ "bs1", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_BS1, C_BSDLY), TEXT("delay 1 of backspaces") },
	{ "bsdly", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, C_BSDLY), TEXT("delay backspaces") },
	{ "clocal", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_cflag, CLOCAL), TEXT("ignore modem lines") },
	{ "cr0", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_CR0, C_CRDLY),
	  TEXT("delay 0 of carriage returns") },
	{ "cr1", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_CR1, C_CRDLY),
	  TEXT("delay 1 of carriage returns") },
	{ "cr2", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_CR2, C_CRDLY),
	  TEXT("delay 2 of carriage returns") },
	{ "cr3", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_CR3, C_CRDLY),
	  TEXT("delay 3 of carriage returns") },
	{ "crdly", G_TERMIOS, PH_FD, T_UINT,
	  FUNC(tty_delay_n, C_CRDLY, C_CR1),
	  TEXT("delay of carriage returns, 0 to 3") },
	{ "cread", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_cflag, CREAD), TEXT("receive") },
	{ "crtscts", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_cflag, C_CRTSCTS), TEXT("flow control by RTS and CTS") },
	{ "cs5", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_csize, CS5, 0), TEXT("5 bits a character") },
	{ "cs6", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_csize, CS6, 0), TEXT("6 bits a character") },
	{ "cs7", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_csize, CS7, 0), TEXT("7 bits a character") },
	{ "cs8", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_csize, CS8, 0), TEXT("8 bits a character") },
	{ "csize", G_TERMIOS, PH_FD, T_UINT,
	  FUNC(tty_csize_n, 0, 0),
	  TEXT("bits a character, 0 to 3 for 5 to 8") },
	{ "cstopb", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_cflag, CSTOPB), TEXT("two stop bits") },
	{ "echo", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, ECHO), TEXT("echo input") },
	{ "echoctl", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, C_ECHOCTL), TEXT("echo control characters as ^X"),
	  ALIAS("ctlecho") },
	{ "echoe", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, ECHOE), TEXT("erase rubs out"), ALIAS("crterase") },
	{ "echok", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, ECHOK), TEXT("kill starts a new line") },
	{ "echoke", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, C_ECHOKE), TEXT("kill rubs out the line"),
	  ALIAS("crtkill") },
	{ "echonl", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, ECHONL), TEXT("echo newline even without echo") },
	{ "echoprt", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, C_ECHOPRT), TEXT("erase prints what goes"),
	  ALIAS("prterase") },
	{ "ff0", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_FF0, C_FFDLY), TEXT("delay 0 of form feeds") },
	{ "ff1", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_FF1, C_FFDLY), TEXT("delay 1 of form feeds") },
	{ "ffdly", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, C_FFDLY), TEXT("delay form feeds") },
	{ "flusho", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, C_FLUSHO), TEXT("output is being discarded") },
	{ "hupcl", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_cflag, HUPCL), TEXT("hang up on close"), ALIAS("hup") },
	{ "icanon", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, ICANON), TEXT("line by line, with editing") },
	{ "icrnl", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, ICRNL), TEXT("carriage return to newline, reading") },
	{ "iexten", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, IEXTEN), TEXT("extended input processing") },
	{ "ignbrk", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, IGNBRK), TEXT("ignore a break") },
	{ "igncr", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, IGNCR), TEXT("ignore carriage returns") },
	{ "ignpar", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, IGNPAR), TEXT("ignore parity errors") },
	{ "imaxbel", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, C_IMAXBEL), TEXT("bell when the input is full") },
	{ "inlcr", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, INLCR), TEXT("newline to carriage return, reading") },
	{ "inpck", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, INPCK), TEXT("check parity") },
	{ "isig", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, ISIG), TEXT("characters make signals") },
	{ "ispeed", G_TERMIOS, PH_FD, T_UINT,
	  FUNC(tty_speed_n, 0, 0), TEXT("input speed in baud") },
	{ "istrip", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, ISTRIP), TEXT("strip the eighth bit") },
	{ "iuclc", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, C_IUCLC), TEXT("upper to lower case, reading") },
	{ "ixany", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, IXANY), TEXT("any character starts output again") },
	{ "ixoff", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, IXOFF), TEXT("flow control by ^S and ^Q, reading"),
	  ALIAS("tandem") },
	{ "ixon", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, IXON), TEXT("flow control by ^S and ^Q, writing") },
	{ "nl0", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_NL0, C_NLDLY), TEXT("delay 0 of newlines") },
	{ "nl1", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_NL1, C_NLDLY), TEXT("delay 1 of newlines") },
	{ "nldly", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, C_NLDLY), TEXT("delay newlines") },
	{ "noflsh", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, NOFLSH), TEXT("signals do not flush") },
	{ "ocrnl", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, OCRNL), TEXT("carriage return to newline, writing") },
	{ "ofdel", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, OFDEL), TEXT("fill character is DEL") },
	{ "ofill", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, OFILL), TEXT("delay by fill characters") },
	{ "olcuc", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, C_OLCUC), TEXT("lower to upper case, writing") },
	{ "onlcr", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, ONLCR),
	  TEXT("newline to return and newline, writing") },
	{ "onlret", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, ONLRET), TEXT("newline returns the carriage") },
	{ "onocr", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, ONOCR), TEXT("no carriage return in column 0") },
	{ "opost", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, OPOST), TEXT("process output") },
	{ "ospeed", G_TERMIOS, PH_FD, T_UINT,
	  FUNC(tty_speed_n, 1, 0), TEXT("output speed in baud") },
	{ "parenb", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_cflag, PARENB), TEXT("parity") },
	{ "parmrk", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_iflag, PARMRK), TEXT("mark parity errors") },
	{ "parodd", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_cflag, PARODD), TEXT("odd parity") },
	{ "pendin", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, C_PENDIN), TEXT("print pending input again") },
	{ "raw", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_raw, 0, 0), TEXT("pass input and output as they are") },
	{ "sane", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_sane, 0, 0), TEXT("sane settings for a person") },
	{ "tab0", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_TAB0, C_TABDLY), TEXT("delay 0 of tabs") },
	{ "tab1", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_TAB1, C_TABDLY), TEXT("delay 1 of tabs") },
	{ "tab2", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_TAB2, C_TABDLY), TEXT("delay 2 of tabs") },
	{ "tab3", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_TAB3, C_TABDLY), TEXT("delay 3 of tabs") },
	{ "tabdly", G_TERMIOS, PH_FD, T_UINT,
	  FUNC(tty_delay_n, C_TABDLY, C_TAB1), TEXT("delay of tabs, 0 to 3") },
	{ "termios-cfmakeraw", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_makeraw, 0, 0), TEXT("raw as cfmakeraw(3) does"),
	  ALIAS("cfmakeraw") },
	{ "termios-rawer", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_rawer, 0, 0), TEXT("rawer than raw: no echo either"),
	  ALIAS("rawer") },
	{ "termios-setflags", G_TERMIOS, PH_FD, T_INTULONG,
	  FUNC(tty_setflags, 0, 0), TEXT("set bits in one termios flag word"),
	  ALIAS("setflags") },
	{ "tiocsctty", G_TERMIOS, PH_LATE2, T_BOOL,
	  FIELD(ctty), TEXT("make it the controlling terminal"),
	  ALIAS("ctty") },
	{ "tiocswinsz", G_TERMIOS, PH_FD, T_INT2,
	  FUNC(tty_winsize, 0, 0), TEXT("size of the window: columns:rows"),
	  ALIAS("winsz") },
	{ "tostop", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, TOSTOP), TEXT("stop background output") },
	{ "vdiscard", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VDISCARD, 0), TEXT("character: discard output"),
	  ALIAS("discard") },
	{ "veof", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VEOF, 0), TEXT("character: end of file"), ALIAS("eof") },
	{ "veol", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VEOL, 0), TEXT("character: end of line"), ALIAS("eol") },
	{ "veol2", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VEOL2, 0), TEXT("character: second end of line"),
	  ALIAS("eol2") },
	{ "verase", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VERASE, 0), TEXT("character: erase"), ALIAS("erase") },
	{ "vintr", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VINTR, 0), TEXT("character: interrupt"), ALIAS("intr") },
	{ "vkill", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VKILL, 0), TEXT("character: kill the line"),
	  ALIAS("kill") },
	{ "vlnext", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VLNEXT, 0),
	  TEXT("character: next character literally"), ALIAS("lnext") },
	{ "vmin", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VMIN, 0), TEXT("bytes that make a read return"),
	  ALIAS("min") },
	{ "vquit", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VQUIT, 0), TEXT("character: quit"), ALIAS("quit") },
	{ "vreprint", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VREPRINT, 0), TEXT("character: print the line again"),
	  ALIAS("reprint", "rprnt") },
	{ "vstart", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VSTART, 0), TEXT("character: start output"),
	  ALIAS("start") },
	{ "vstop", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VSTOP, 0), TEXT("character: stop output"),
	  ALIAS("stop") },
	{ "vsusp", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VSUSP, 0), TEXT("character: suspend"), ALIAS("susp") },
	{ "vswtc", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VSWTC, 0), TEXT("character: switch"),
	  ALIAS("swtc", "swtch") },
	{ "vt0", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_VT0, C_VTDLY), TEXT("delay 0 of vertical tabs") },
	{ "vt1", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_VT1, C_VTDLY), TEXT("delay 1 of vertical tabs") },
	{ "vtdly", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_oflag, C_VTDLY), TEXT("delay vertical tabs") },
	{ "vtime", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, VTIME, 0), TEXT("tenths of a second that a read waits"),
	  ALIAS("time") },
	{ "vwerase", G_TERMIOS, PH_FD, T_BYTE,
	  FUNC(tty_cc, C_VWERASE, 0), TEXT("character: erase a word"),
	  ALIAS("werase") },
	{ "xcase", G_TERMIOS, PH_FD, T_BOOL,
	  FLAG(c_lflag, C_XCASE), TEXT("escaped upper case") },
	{ "xtabs", G_TERMIOS, PH_FD, T_CONST,
	  FUNC(tty_delay, C_XTABS, C_TABDLY), TEXT("tabs become blanks") },
};

TABLE(opt_tty, rows);
