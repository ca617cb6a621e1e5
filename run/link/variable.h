/* run/link/variable.h: variables of the environment that look like links. */
#ifndef RUN_VARIABLE_H
#define RUN_VARIABLE_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_MAX_LEN	253	/* RFC 1035 section 2.3.4 */

struct variable {
	const char *text;	/* "NAME_PORT_..." as in the environment */
	size_t len;		/* of the whole variable's name */
	size_t name;		/* of NAME */
	char proto;
	bool handed_on;		/* ALIAS_ENV_...: of the container ALIAS */
	bool kubernetes;	/* KUBERNETES_...: every pod has it */
	unsigned port, target;
	char host[HOST_MAX_LEN + 1];
};

/* All that look like links, sorted by name, malloc'd; NULL: no memory. */
struct variable *variables(size_t *n);
/* Reads ports and host; what is wrong with them, or NULL. */
const char *variable_read(struct variable *);
/* The variable's name for messages: printable and short; gives buf. */
const char *variable_shown(const struct variable *, char buf[100]);

#endif
