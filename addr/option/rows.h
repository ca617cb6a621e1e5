/* addr/option/rows.h: macros for the rows of option tables. */
#ifndef ADDR_OPTION_ROWS_H
#define ADDR_OPTION_ROWS_H

#include <stddef.h>

#include "../addr.h"
#include "../consts.h"

/* A function that rows of its file name; its parameters all used or not. */
#define APPLY(name)							\
	static int							\
	name(struct addr *a, const struct opt *o, const struct val *v,	\
	    int fd)
#define UNUSED(x)	((void)(x))

/*
 * A row is { name, groups, phase, type, effect, TEXT(...), ALIAS(...) }; the
 * effect is one of these.
 */

/* Sets a member of struct conf to the value, or to a constant. */
#define FIELD(member)	.kind = K_FIELD, .a = offsetof(struct conf, member)
#define FIELD_AS(member, value)						\
	FIELD(member), .b = (value) + 1
#define SOCKOPT(level, name)	.kind = K_SOCKOPT, .a = level, .b = name
/* A number to the kernel, a switch to the user. */
#define SOCKSWITCH(level, name)	SOCKOPT(level, name), .is_switch = true
#define OFLAG(flag)	.kind = K_OFLAG, .a = flag
#define IFF(flag)	.kind = K_IFF, .a = flag
#define STATUS(flag)	.kind = K_STATUS, .a = flag
#define FUNC(function, first, second)					\
	.kind = K_FUNC, .apply = function, .a = first, .b = second
#define LACKING		.kind = K_ABSENT

/* The help of a row. */
#define TEXT(words)	.text = words
/* Its other names. */
#define ALIAS(...)	.alias = (const char *const[]){ __VA_ARGS__, NULL }

#define TABLE(name, rows)						\
	const struct opt_table name = {					\
		rows, sizeof(rows) / sizeof *(rows)			\
	}

#endif
