/* addr/family/env.c: what programs get to know of relay: SOCAT_PEERADDR... */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../addr.h"

/* Sets PREFIX_<what>; the prefix is the program's name in upper case. */
static void
env_set(const struct config *c, const char *what, const char *value)
{
	char name[128];
	size_t i;

	snprintf(name, sizeof name, "%.80s_%s", c->env_prefix, what);
	for (i = 0; name[i] != '\0'; i++)
		if (name[i] >= 'a' && name[i] <= 'z')
			name[i] = (char)(name[i] - 'a' + 'A');
		else if (name[i] == '-' || name[i] == '.')
			name[i] = '_';
	setenv(name, value, 1);
}

/* An address and, if it has one, its port, for what is PEER or SOCK. */
static void
env_address(const struct config *c, const char *what,
    const struct sock_addr *at)
{
	char name[SOCK_NAME_MAX], key[32];
	char *text, *colon;

	if (at->len == 0)
		return;
	sock_name(&at->sa.any, at->len, name, sizeof name);
	text = strchr(name, ' ') + 1;
	if (*text == '"') {
		text++;
		text[strlen(text) - 1] = '\0';
	} else if ((colon = strrchr(text, ':')) != NULL) {
		*colon = '\0';
		snprintf(key, sizeof key, "%sPORT", what);
		env_set(c, key, colon + 1);
	}
	snprintf(key, sizeof key, "%sADDR", what);
	env_set(c, key, text);
}

void
environment_set(const struct config *c, const struct process *self,
    struct end *e)
{
	const struct peer *p = e == NULL ? NULL : end_peer(e);
	char pid[24];

	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	env_set(c, "PID", pid);
	if (self->listener != 0)
		snprintf(pid, sizeof pid, "%ld", (long)self->listener);
	env_set(c, "PPID", pid);
	env_set(c, "VERSION", SOCAT_VERSION);
	if (p == NULL || !p->accepted)
		return;
	env_address(c, "PEER", &p->remote);
	env_address(c, "SOCK", &p->local);
}
