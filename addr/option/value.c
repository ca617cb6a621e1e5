/* addr/option/value.c: option values: how they are spelled. */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../lib/data.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/num.h"
#include "../../lib/os/os.h"
#include "../addr.h"

static const char type_names[TYPES][18] = {
	[T_CONST] = "CONST", [T_BOOL] = "BOOL", [T_INT0] = "INT/NULL",
	[T_BYTE] = "BYTE",
	[T_INT] = "INT", [T_UINT] = "UNSIGNED-INT",
	[T_USHORT] = "UNSIGNED-SHORT", [T_PORT] = "UNSIGNED-SHORT",
	[T_SIZE] = "SIZE_T", [T_LONG] = "LONG",
	[T_OFF] = "OFF_T", [T_OFF64] = "OFF64_T", [T_MODE] = "MODE_T", [T_UID] = "UID_T",
	[T_GID] = "GID_T", [T_STRING] = "STRING",
	[T_STRING0] = "STRING-NULL", [T_TIME] = "STRUCT-TIMEVAL",
	[T_TIMESPEC] = "STRUCT-TIMESPEC",
	[T_LINGER] = "STRUCT-LINGER", [T_BIN] = "BIN",
	[T_INT2] = "INT:INT", [T_INTINTP] = "INT:INTP",
	[T_INTULONG] = "INT:ULONG", [T_INT3] = "INT:INT:INT", [T_INT_3] = "INT[3]",
	[T_INTBIN] = "INT:BIN", [T_INT2BIN] = "INT:INT:BIN",
	[T_INTSTR] = "INT:STRING", [T_INT2STR] = "INT:INT:STRING",
	[T_IP4NAME] = "IP4NAME", [T_IP4SOCK] = "IP4SOCK",
	[T_MREQ] = "STRUCT-IP_MREQN", [T_MREQ_SOURCE] = "IP-MREQ-SOURCE",
	[T_GENERIC] = "GENERIC",
};

static const char phase_names[PHASES][12] = {
	[PH_INIT] = "INIT", [PH_OFFSET] = "OFFSET", [PH_EARLY] = "EARLY",
	[PH_PREOPEN] = "PREOPEN", [PH_OPEN] = "OPEN",
	[PH_PASTOPEN] = "PASTOPEN", [PH_PRESOCKET] = "PRESOCKET",
	[PH_SOCKET] = "SOCKET", [PH_BIGEN] = "BIGEN",
	[PH_PASTBIGEN] = "PASTBIGEN", [PH_PASTSOCKET] = "PASTSOCKET",
	[PH_FD] = "FD", [PH_PREBIND] = "PREBIND", [PH_BIND] = "BIND",
	[PH_SPECIFIC] = "SPECIFIC", [PH_LISTEN] = "LISTEN",
	[PH_ACCEPT] = "ACCEPT", [PH_CONNECTED] = "CONNECTED",
	[PH_PASTACCEPT] = "PASTACCEPT", [PH_PASTFORK] = "PASTFORK",
	[PH_PREEXEC] = "PREEXEC", [PH_LATE] = "LATE", [PH_LATE2] = "LATE2",
};

enum phase
phase_stage(enum phase phase)
{
	static const unsigned char stages[] = {
		PH_PREOPEN, PH_FD, PH_BIND, PH_LISTEN, PH_PASTFORK,
		PH_PREEXEC, PH_LATE2
	};
	static const unsigned char names[] = {
		PH_EARLY, PH_FD, PH_BIND, PH_LISTEN, PH_CONNECTED,
		PH_PREEXEC, PH_LATE
	};
	size_t i = 0;

	while (phase > stages[i])
		i++;
	return names[i];
}

const char *
phase_name(int phase)
{
	return phase_names[phase];
}

const char *
type_name(int type)
{
	return type_names[type];
}

/* The place of an option's value, else of its name. */
static void
place_value(const struct spec_opt *at)
{
	size_t len = strlen(at->name.text);

	if (at->value.text != NULL)
		error_place(NULL, at->value.col,
		    strlen(at->value.text));
	else
		error_place(NULL, at->name.col, len);
}

static int
wrong(const struct spec_opt *at, enum num_error why, const char *which)
{
	const char *name = at->name.text, *value = at->value.text;

	switch (why) {
	case NUM_MISSING:
		return error_set("parseopts(): missing numerical value of "
		    "option \"%.200s=%.200s\"", name, value);
	case NUM_GARBAGE:
		return error_set("parseopts(): trailing garbage in %s"
		    "numerical arg of option \"%.200s=%.200s\"", which, name,
		    value);
	default:
		return error_set("parseopts(): option \"%.200s=%.200s\": "
		    "value out of range", name, value);
	}
}

/*
 * A number of more bits than its type has.  socat keeps those that fit, of
 * what strtoul(3) makes of it.
 */
static long long
cut_down(int type, const char *text)
{
	int base = type == T_MODE ? 8 : type != T_PORT ? 0 :
	    strpbrk(text, "xX") != NULL ? 16 : 10;
	unsigned long bits = num_bits(text, base);

	switch (type) {
	case T_USHORT:
	case T_PORT:
		return (unsigned short)bits;
	case T_MODE:
		return bits & 0xffff;
	case T_UINT:
	case T_UID:
	case T_GID:
		return (unsigned)bits;
	case T_SIZE:
		return bits > LLONG_MAX ? LLONG_MAX : (long long)bits;
	case T_LONG:
	case T_OFF:
	case T_OFF64:
		return (long)bits;
	default:
		return (int)bits;
	}
}

/* What comes of a number that was read with e. */
static int
number_end(const struct config *c, const struct opt *o,
    const struct spec_opt *at, enum num_error e, long long *n)
{
	if (e == NUM_RANGE && c->as_socat) {
		*n = cut_down(o->type, at->value.text);
		return 0;
	}
	return e == NUM_OK ? 0 : wrong(at, e, "");
}

static int
value_number(const struct config *c, const struct opt *o,
    const struct spec_opt *at, long long lo, long long hi, long long *n)
{
	return number_end(c, o, at, num_int(at->value.text, lo, hi, n), n);
}

static int
byte(const struct spec_opt *at, long long *n)
{
	enum num_error e = num_int(at->value.text, LLONG_MIN, LLONG_MAX, n);

	if (e == NUM_RANGE)
		*n = -1;	/* as strtoul(3): all bits */
	else if (e != NUM_OK)
		return wrong(at, e, "");
	return *n >= 0 && *n <= 255 ? 0 : error_set("option \"%.200s=%.200s\": "
	    "byte value exceeds limit (%llu vs. 255), using max",
	    at->name.text, at->value.text, (unsigned long long)*n);
}

/*
 * Numbers separated by colons; the text behind the last one goes to rest,
 * or must be empty if rest is NULL.
 */
static int
numbers(const struct config *c, const struct spec_opt *at, long long **n,
    int count, const char **rest)
{
	static const char *const nth[] = { "1st ", "2nd ", "" };
	const char *p = at->value.text;
	char part[64];
	const char *which = "";
	enum num_error e;
	size_t len;
	int i;

	for (i = 0; i < count; i++) {
		len = strcspn(p, ":");
		which = count == 1 || (i + 1 == count && rest == NULL) ? "" :
		    nth[i];
		if (len >= sizeof part)
			return wrong(at, NUM_GARBAGE, which);
		memcpy(part, p, len);
		part[len] = '\0';
		e = num_int(part, INT_MIN, UINT_MAX, n[i]);
		if (e == NUM_RANGE && c->as_socat)
			*n[i] = cut_down(T_INT, part);
		else if (e != NUM_OK)
			return wrong(at, e, which);
		p += len;
		if (*p == ':' && (i + 1 < count || rest != NULL))
			p++;
		else if (i + 1 < count || rest != NULL)
			return error_set("parseopts(): option \"%.200s\": "
			    "%d arguments required", at->name.text,
			    count + (rest != NULL));
	}
	if (rest != NULL)
		*rest = p;
	else if (*p != '\0')
		return wrong(at, NUM_GARBAGE, which);
	return 0;
}

void
data_wrong(const struct config *c, const char *why)
{
	if (c->as_socat && why != NULL)
		log_plain_error("%s", why);
	error_hint("%s", why == NULL ? "items are x and hexadecimal digits, "
	    "\"text\", \'c\', or numbers" : why);
}

/* Bytes, see lib/data.c; the caller's to free. */
static int
binary(const struct config *c, const struct spec_opt *at, const char *p,
    struct val *v)
{
	size_t room = strlen(p) * DATA_PER_LETTER + 1;
	const char *why;
	ssize_t len;

	v->bin = malloc(room);
	if (v->bin == NULL)
		return error_set("out of memory");
	len = data_read(p, v->bin, room, &why);
	if (len >= 0) {
		v->len = (size_t)len;
		return 0;
	}
	free(v->bin);
	v->bin = NULL;
	if (c->as_socat)
		error_set("parseopts_table(): problem with \"%.200s\" data",
		    p);
	else
		error_set("option \"%s\": \"%.200s\" is no data",
		    at->name.text, p);
	data_wrong(c, why);
	return -1;
}

static int
who(const struct config *c, const struct opt *o, const struct spec_opt *at,
    struct val *v)
{
	const char *text = at->value.text;
	bool group = o->type == T_GID;

	if (*text >= '0' && *text <= '9')
		return value_number(c, o, at, 0, UINT_MAX - 1, &v->n);
	if ((group ? os_group(text, &v->n) : os_user(text, &v->n)) == 0)
		return 0;
	if (c->explain) {
		log_warn("no such %s here: \"%.200s\"", group ? "group" :
		    "user", text);
		return 0;
	}
	return error_set("%s(\"%.200s\"): no such %s",
	    group ? "getgrnam" : "getpwnam", text, group ? "group" : "user");
}

static int
text_value(const struct config *c, const struct opt *o,
    const struct spec_opt *at, struct val *v)
{
	long long *n[] = { &v->n, &v->m, &v->k };
	const char *rest = "";

	v->s = at->value.text;
	switch (o->type) {
	case T_INT0:
		if (*v->s == '\0') {
			v->m = 1;	/* "name=": as the system has it */
			return 0;
		}
		/* FALLTHROUGH */
	case T_BOOL:
	case T_INT:
		return value_number(c, o, at, INT_MIN, UINT_MAX, &v->n);
	case T_BYTE:
		return byte(at, &v->n);
	case T_UINT:
		return value_number(c, o, at, 0, UINT_MAX, &v->n);
	case T_USHORT:
		return value_number(c, o, at, 0, 65535, &v->n);
	case T_PORT:
		return number_end(c, o, at, num_port(v->s, &v->n), &v->n);
	case T_SIZE:
		return value_number(c, o, at, 0, LLONG_MAX, &v->n);
	case T_LONG:
	case T_OFF:
	case T_OFF64:
		return value_number(c, o, at, LLONG_MIN, LLONG_MAX,
		    &v->n);
	case T_LINGER:
		return value_number(c, o, at, 0, INT_MAX, &v->n);
	case T_MODE:
		return number_end(c, o, at, num_octal(v->s, 07777, &v->n),
		    &v->n);
	case T_TIME:
	case T_TIMESPEC:
		return number_end(c, o, at, num_seconds(v->s, &v->n), &v->n);
	case T_UID:
	case T_GID:
		return who(c, o, at, v);
	case T_BIN:
		return binary(c, at, v->s, v);
	case T_INT2:
	case T_INTINTP:
	case T_INTULONG:
		return numbers(c, at, n, 2, NULL);
	case T_INT3:
	case T_INT_3:
		return numbers(c, at, n, 3, NULL);
	case T_INTBIN:
		return numbers(c, at, n, 1, &rest) == -1 ? -1 :
		    binary(c, at, rest, v);
	case T_INT2BIN:
		return numbers(c, at, n, 2, &rest) == -1 ? -1 :
		    binary(c, at, rest, v);
	case T_INTSTR:
		return numbers(c, at, n, 1, &v->s);
	case T_INT2STR:
		return numbers(c, at, n, 2, &v->s);
	default:
		return 0;
	}
}

/*
 * Reads the value of option o as typed at at.  v->bin, if set, is the
 * caller's.  -1 with words and place in last_error.
 */
int
opt_value(const struct config *c, const struct opt *o,
    const struct spec_opt *at, struct val *v)
{
	int rc = 0;

	memset(v, 0, sizeof *v);
	if (at->value.text != NULL && o->type == T_CONST)
		rc = error_set("no value permitted for option \"%.200s\"",
		    at->name.text);
	else if (at->value.text != NULL)
		rc = text_value(c, o, at, v);
	else if (o->type <= T_OFF64 || o->type == T_STRING0)
		v->n = 1;
	else
		rc = error_set("option \"%.200s\": value%s required",
		    at->name.text, o->type >= T_INT2 && o->type <= T_INT2STR ?
		    "s" : "");
	if (rc == -1)
		place_value(at);
	return rc;
}

static void
opt_place(const struct addr *a, const struct spec_opt *at)
{
	const struct spec_part *p = at->value.text != NULL ? &at->value :
	    &at->name;

	error_place(a->spec->text, p->col, strlen(p->text));
}

int
opt_wrong(const struct addr *a, const char *name)
{
	size_t i;

	for (i = a->nopt; i-- > 0; )
		if (strcmp(a->opt[i].opt->name, name) == 0) {
			opt_place(a, a->opt[i].at);
			break;
		}
	return -1;
}
