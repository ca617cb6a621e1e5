/* addr/option/rows.h: macros for the rows of option tables, and their functions. */
#ifndef ADDR_OPT_H
#define ADDR_OPT_H

#include <stddef.h>

#include "../addr.h"
#include "../consts.h"

/* The parameters of an apply function, all used or not. */
#define APPLY(name)							\
	int								\
	name(struct addr *a, const struct opt *o, const struct val *v,	\
	    int fd)
#define UNUSED(x)	((void)(x))

/*
 * All of them, sorted.  A row has the number of its function, one byte
 * where a pointer takes eight.
 */
#define FUNCTIONS(X)							\
	X(fd_cloexec_opt) X(fd_flock) X(fd_fsflag) X(fd_group)		\
	X(fd_ioctl_bin) X(fd_ioctl_int) X(fd_ioctl_intp)		\
	X(fd_ioctl_str) X(fd_ioctl_void) X(fd_lock) X(fd_perm)		\
	X(fd_pipe_size) X(fd_seek) X(fd_truncate) X(fd_user)		\
	X(ip6_member) X(ip_ai) X(ip_mcast_if) X(ip_member)		\
	X(ip_resolver) X(ip_resolver_not)				\
	X(proc_setgid) X(proc_setsid) X(proc_setuid) X(proc_su)		\
	X(sock_opt_bin) X(sock_opt_int) X(sock_opt_str) X(sock_owner)	\
	X(tty_cc) X(tty_csize) X(tty_csize_n) X(tty_delay)		\
	X(tty_delay_n) X(tty_flag) X(tty_ispeed) X(tty_ospeed)		\
	X(tty_makeraw) X(tty_raw) X(tty_sane) X(tty_speed) X(tty_winsize)

#define FUNC_NUMBER(name)	F_##name,
#define FUNC_PROTOTYPE(name)	APPLY(name);

enum { F_none, FUNCTIONS(FUNC_NUMBER) FUNCS };
FUNCTIONS(FUNC_PROTOTYPE)

/* Sets a member of struct conf to the value, or to a constant. */
#define FIELD(member)	K_FIELD, F_none, offsetof(struct conf, member), 0
#define FIELD_AS(member, value)						\
	K_FIELD, F_none, offsetof(struct conf, member), (value) + 1
#define SOCKOPT(level, name)	K_SOCKOPT, F_none, level, name
#define OFLAG(flag)		K_OFLAG, F_none, flag, 0
#define STATUS(flag)		K_STATUS, F_none, flag, 0
#define FUNC(function, a, b)	K_FUNC, F_##function, a, b
#define NOTHING			K_NOTHING, F_none, 0, 0
#define LACKING			K_ABSENT, F_none, 0, 0

/* The help of a row. */
#define TEXT(text)		text

#define TABLE(name, rows)						\
	const struct opt_table name = {					\
		rows, sizeof(rows) / sizeof *(rows)			\
	}

#endif
