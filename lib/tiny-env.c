/*
 * lib/tiny-env.c: getenv(3), setenv(3), execvp(3), for lib/tiny.c.
 *
 * The first change copies the environment, so that whatever is replaced
 * later can be freed: a child of a pool sets its variables for each client.
 */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The place of a variable, or where a new one would go. */
static size_t
place(const char *name, size_t len)
{
	size_t i;

	for (i = 0; environ != NULL && environ[i] != NULL; i++)
		if (strncmp(environ[i], name, len) == 0 &&
		    environ[i][len] == '=')
			break;
	return i;
}

char *
getenv(const char *name)
{
	size_t len = strlen(name), i = place(name, len);

	return environ == NULL || environ[i] == NULL ? NULL :
	    environ[i] + len + 1;
}

/* Makes the environment ours, with room for one more; 0 or -1. */
static int
own(void)
{
	static char **ours;
	char **list;
	size_t n = 0, i;

	while (environ != NULL && environ[n] != NULL)
		n++;
	list = malloc((n + 2) * sizeof *list);
	if (list == NULL)
		return -1;
	for (i = 0; i < n; i++) {
		list[i] = ours == environ ? environ[i] : strdup(environ[i]);
		if (list[i] == NULL)
			return -1;
	}
	list[n] = list[n + 1] = NULL;
	free(ours);
	environ = ours = list;
	return 0;
}

int
setenv(const char *name, const char *value, int replace)
{
	size_t len = strlen(name), size = len + strlen(value) + 2, i;
	char *text;

	if (len == 0 || strchr(name, '=') != NULL) {
		errno = EINVAL;
		return -1;
	}
	if (!replace && getenv(name) != NULL)
		return 0;
	text = malloc(size);
	if (text == NULL || own() == -1) {
		free(text);
		return -1;
	}
	snprintf(text, size, "%s=%s", name, value);
	i = place(name, len);
	free(environ[i]);
	environ[i] = text;
	return 0;
}

int
unsetenv(const char *name)
{
	size_t len = strlen(name), i;

	if (getenv(name) == NULL)
		return 0;
	if (own() == -1)
		return -1;
	i = place(name, len);
	free(environ[i]);
	do
		environ[i] = environ[i + 1];
	while (environ[i++] != NULL);
	return 0;
}

/* Of the reasons why not, that something may not be run is the best. */
int
execvp(const char *file, char *const argv[])
{
	const char *path = getenv("PATH");
	char full[PATH_MAX];
	int len, reason = ENOENT;

	if (strchr(file, '/') != NULL)
		return execve(file, argv, environ);
	if (path == NULL)
		path = "/usr/local/bin:/bin:/usr/bin";
	for (; *file != '\0'; path += len + 1) {
		len = (int)strcspn(path, ":");
		if (snprintf(full, sizeof full, "%.*s%s%s", len, path,
		    len > 0 ? "/" : "", file) < (int)sizeof full) {
			execve(full, argv, environ);
			if (errno == EACCES)
				reason = EACCES;
			else if (errno != ENOENT && errno != ENOTDIR)
				return -1;
		}
		if (path[len] == '\0')
			break;
	}
	errno = reason;
	return -1;
}
