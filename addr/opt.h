/* addr/opt.h: macros for the rows of option tables. */
#ifndef ADDR_OPT_H
#define ADDR_OPT_H

#include <stddef.h>

#include "addr.h"
#include "consts.h"

/* Sets a member of struct conf to the value, or to a constant. */
#define FIELD(member)	K_FIELD, offsetof(struct conf, member), 0, NULL
#define FIELD_AS(member, value)						\
	K_FIELD, offsetof(struct conf, member), (value) + 1, NULL
#define SOCKOPT(level, name)	K_SOCKOPT, level, name, NULL
#define OFLAG(flag)		K_OFLAG, flag, 0, NULL
#define STATUS(flag)		K_STATUS, flag, 0, NULL
#define FUNC(function, a, b)	K_FUNC, a, b, function
#define NOTHING			K_NOTHING, 0, 0, NULL
#define LACKING			K_ABSENT, 0, 0, NULL

/* The parameters of an apply function, all used or not. */
#define APPLY(name)							\
	static int							\
	name(struct addr *a, const struct opt *o, const struct val *v,	\
	    int fd)
#define UNUSED(x)	((void)(x))

/* The help of a row; a small build goes without. */
#ifdef SMALL
#define TEXT(text)
#else
#define TEXT(text)		text
#endif

#define TABLE(name, rows)						\
	const struct opt_table name = {					\
		rows, sizeof(rows) / sizeof *(rows)			\
	}

#endif
