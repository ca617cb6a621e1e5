/*
 * addr/option/useless.c: options that an address's groups allow, and that
 * would do nothing there.  socat says that they could not be used, and fails.
 */

#include <stdio.h>
#include <string.h>

#include "../../lib/cold.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../addr.h"

/* Refuses what stands at i. */
static int
refuse(struct addr *a, size_t i, const char *where)
{
	const char *name = a->opt[i].at->name.text;

	error_set("option \"%.200s\" has no effect %s", name, where);
	error_place(a->spec->text, a->opt[i].at->name.col, strlen(name));
	if (!a->config->sloppy)
		return -1;
	error_print(1);
	return 0;
}

int
opt_useless(struct addr *a, const char *const *names, const char *where)
{
	size_t i, k;

	for (i = 0; i < a->nopt; i++)
		for (k = 0; names[k] != NULL; k++)
			if (strcmp(names[k], a->opt[i].opt->name) == 0 &&
			    refuse(a, i, where) == -1)
				return -1;
	return 0;
}

int
opt_useless_open(struct addr *a, const char *where)
{
	const struct opt *o;
	size_t i;

	for (i = 0; i < a->nopt; i++) {
		o = a->opt[i].opt;
		if ((o->kind == K_OFLAG || (o->kind == K_FIELD &&
		    o->a == (int)offsetof(struct conf, access))) &&
		    refuse(a, i, where) == -1)
			return -1;
	}
	return 0;
}

int
useless_check(struct addr *a)
{
	char where[80];

	snprintf(where, sizeof where, "with %s", a->family->name);
	if (a->family->useless != NULL &&
	    opt_useless(a, a->family->useless, where) == -1)
		return -1;
	if (!a->c.fork && a->c.pool <= 0 && opt_useless(a,
	    NAMES("children-shutup"), "without option fork") == -1)
		return -1;
	if (!(a->family->role & ROLE_LISTEN) && !a->c.fork &&
	    !a->config->as_socat)
		return opt_useless(a, NAMES("max-children"),
		    "without option fork");
	return 0;
}

/* socat does not look at it where each packet gets a child. */
static bool
never_asked(const struct addr *a)
{
	return a->config->as_socat && a->family->role & ROLE_RECEIVE;
}

/* socat sees it when the connection is there. */
HOT int
useless_connected(struct addr *a)
{
	if (a->c.max_children < 0 || (!never_asked(a) &&
	    ((a->family->role & ROLE_LISTEN) || a->c.fork)))
		return 0;
	log_warn("option \"max-children\" not inquired");
	return error_set("INTERNAL: 1 option(s) remained unused");
}

/* A half of A!!B: nobody comes back to such an end for another client. */
int
useless_dual(struct addr *a)
{
	return opt_useless(a, NAMES("children-shutup", "fork",
	    "max-children", "pool"),
	    "in a dual address, A!!B");
}
