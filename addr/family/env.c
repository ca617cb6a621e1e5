/* addr/family/env.c: what programs get to know of relay: SOCAT_PEERADDR... */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/os/os.h"
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
	unsigned cid, port;

	if (at->len == 0)
		return;
	if (os_vsock_parts(&at->sa.any, &cid, &port))
		snprintf(name, sizeof name, "AF %u:%u", cid, port);
	else
		sock_name(&at->sa.any, at->len, name, sizeof name);
	text = strchr(name, ' ') + 1;
	if (strncmp(text, "AF=", 3) == 0)
		text = strchr(text, ' ') + 1;
	if (*text == '"') {
		text++;
		text[strlen(text) - 1] = '\0';
	} else if ((colon = strrchr(text, ':')) != NULL) {
		*colon = '\0';
		snprintf(key, sizeof key, "%sPORT", what);
		/* IP itself has none. */
		if (strcmp(colon + 1, "0") != 0)
			env_set(c, key, colon + 1);
	}
	snprintf(key, sizeof key, "%sADDR", what);
	env_set(c, key, text);
}

/* See struct peer. */
static void
env_notes(const struct config *c, const char *notes)
{
	char name[80];
	size_t len;

	for (; notes != NULL && *notes != '\0'; notes += strlen(notes) + 1) {
		len = strcspn(notes, "=");
		snprintf(name, sizeof name, "%.*s", (int)len, notes);
		env_set(c, name, notes + len + 1);
	}
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
	if (p != NULL)
		env_notes(c, p->notes);
	if (p == NULL || !p->accepted)
		return;
	env_address(c, "PEER", &p->remote);
	if (!p->of_packet)
		env_address(c, "SOCK", &p->local);
}
