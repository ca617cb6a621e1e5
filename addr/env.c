/* addr/env.c: what programs get to know of relay: SOCAT_PEERADDR... */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"

struct self self;
struct client last_client;

/* The address whose last client programs are told of. */
static struct addr *env_source;
static int env_fd;		/* if there is such an address */

/* fd is the accepted socket. */
void
sock_env_source(struct addr *a, int fd)
{
	env_source = a;
	env_fd = fd;
}

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

/* An address and its port, for what is PEER or SOCK. */
static void
env_address(const struct config *c, const char *what,
    const struct sockaddr *sa, socklen_t len)
{
	char name[SOCK_NAME_MAX], key[32], port[8];
	char *text, *colon;

	sock_name(sa, len, name, sizeof name);
	text = strchr(name, ' ') + 1;
	if (*text == '"') {
		text++;
		text[strlen(text) - 1] = '\0';
	} else {
		colon = strrchr(text, ':');
		*colon = '\0';
		snprintf(port, sizeof port, "%s", colon + 1);
		snprintf(key, sizeof key, "%sPORT", what);
		env_set(c, key, port);
	}
	snprintf(key, sizeof key, "%sADDR", what);
	env_set(c, key, text);
}

void
sock_env(const struct config *c)
{
	struct sockaddr_storage here;
	socklen_t len = sizeof here;
	char pid[24];

	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	env_set(c, "PID", pid);
	if (self.listener != 0)
		snprintf(pid, sizeof pid, "%ld", (long)self.listener);
	env_set(c, "PPID", pid);
	env_set(c, "VERSION", SOCAT_VERSION);
	if (env_source == NULL)
		return;
	env_address(c, "PEER", (struct sockaddr *)&env_source->client->sa,
	    env_source->client->len);
	if (getsockname(env_fd, (struct sockaddr *)&here, &len) == 0)
		env_address(c, "SOCK", (struct sockaddr *)&here, len);
}
