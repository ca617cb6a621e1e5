/*
 * lib/tiny-user.c: passwd(5), group(5), services(5), for lib/tiny.c.
 *
 * A static libc has no other sources of users than these files either.
 * What is returned stays until the next call of the same function.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tiny.h"

#define GROUPS_MAX 1024

char *
tiny_read(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = NULL, *more;
	size_t have = 0, room = 0;
	ssize_t n = 1;

	if (fd == -1)
		return NULL;
	while (n > 0 || (n == -1 && errno == EINTR)) {
		if (room - have < 2) {
			room = room == 0 ? 4096 : room * 2;
			more = realloc(text, room);
			if (more == NULL)
				break;
			text = more;
		}
		n = read(fd, text + have, room - have - 1);
		if (n > 0)
			have += (size_t)n;
	}
	close(fd);
	if (n != 0) {
		free(text);
		return NULL;
	}
	text[have] = '\0';
	*len = have;
	return text;
}

/* The next line without its end, or NULL. */
char *
tiny_line(char **p)
{
	char *line = *p;

	if (*line == '\0')
		return NULL;
	*p += strcspn(line, "\n");
	if (**p == '\n')
		*(*p)++ = '\0';
	return line;
}

/* The next word of a line, up to a comment; or NULL. */
char *
tiny_word(char **p)
{
	char *word;

	*p += strspn(*p, " \t\r");
	word = *p;
	if (*word == '\0' || *word == '#')
		return NULL;
	*p += strcspn(word, " \t\r#");
	if (**p == '#')
		**p = '\0';
	else if (**p != '\0')
		*(*p)++ = '\0';
	return word;
}

/* Cuts a line at its colons into n fields; -1 when there are fewer. */
static int
fields(char *line, char *field[], int n)
{
	int i;

	for (i = 0; i < n; i++) {
		field[i] = line;
		line += strcspn(line, ":");
		if (*line == '\0')
			return i == n - 1 ? 0 : -1;
		*line++ = '\0';
	}
	return 0;
}

static int
id_read(const char *text, unsigned *id)
{
	char *end;

	*id = (unsigned)strtoul(text, &end, 10);
	return *text != '\0' && *end == '\0' ? 0 : -1;
}

/* By name, or by uid when name is NULL. */
static struct passwd *
passwd_find(const char *name, uid_t uid)
{
	static struct passwd pw;
	static char *text;
	char *p, *line, *f[7];
	size_t len;

	free(text);
	p = text = tiny_read("/etc/passwd", &len);
	while (p != NULL && (line = tiny_line(&p)) != NULL) {
		if (fields(line, f, 7) == -1 ||
		    id_read(f[2], &pw.pw_uid) == -1 ||
		    id_read(f[3], &pw.pw_gid) == -1 ||
		    (name != NULL ? strcmp(name, f[0]) != 0 :
		    pw.pw_uid != uid))
			continue;
		pw.pw_name = f[0];
		pw.pw_passwd = f[1];
		pw.pw_gecos = f[4];
		pw.pw_dir = f[5];
		pw.pw_shell = f[6];
		return &pw;
	}
	return NULL;
}

struct passwd *
getpwnam(const char *name)
{
	return passwd_find(name, 0);
}

struct passwd *
getpwuid(uid_t uid)
{
	return passwd_find(NULL, uid);
}

/* Cuts the list of members at its commas: is the user among them? */
static int
member(char *list, const char *user)
{
	char *end;

	for (; *list != '\0'; list = end) {
		end = list + strcspn(list, ",");
		if (*end != '\0')
			*end++ = '\0';
		if (strcmp(list, user) == 0)
			return 1;
	}
	return 0;
}

/* The members are left out: relay wants the number. */
struct group *
getgrnam(const char *name)
{
	static char *nobody[] = { NULL };
	static struct group gr = { .gr_mem = nobody };
	static char *text;
	char *p, *line, *f[4];
	size_t len;

	free(text);
	p = text = tiny_read("/etc/group", &len);
	while (p != NULL && (line = tiny_line(&p)) != NULL) {
		if (fields(line, f, 4) == -1 || strcmp(name, f[0]) != 0 ||
		    id_read(f[2], &gr.gr_gid) == -1)
			continue;
		gr.gr_name = f[0];
		gr.gr_passwd = f[1];
		return &gr;
	}
	return NULL;
}

/* One group too many is an error: none is dropped silently. */
int
initgroups(const char *user, gid_t gid)
{
	gid_t list[GROUPS_MAX];
	size_t n = 0, len;
	char *text, *p, *line, *f[4];
	unsigned id;

	list[n++] = gid;
	p = text = tiny_read("/etc/group", &len);
	while (p != NULL && (line = tiny_line(&p)) != NULL) {
		if (fields(line, f, 4) == -1 || id_read(f[2], &id) == -1 ||
		    id == gid || !member(f[3], user))
			continue;
		if (n == GROUPS_MAX) {
			free(text);
			errno = EINVAL;
			return -1;
		}
		list[n++] = id;
	}
	free(text);
	return setgroups(n, list);
}

/* Whether the line names the service: "name port/proto alias...". */
static int
service_read(char *line, const char *name, const char *proto,
    struct servent *s)
{
	char *word, *port, *slash;
	int found;

	s->s_name = tiny_word(&line);
	port = s->s_name == NULL ? NULL : tiny_word(&line);
	slash = port == NULL ? NULL : strchr(port, '/');
	if (slash == NULL || (proto != NULL && strcmp(slash + 1, proto) != 0))
		return 0;
	found = strcmp(s->s_name, name) == 0;
	while (!found && (word = tiny_word(&line)) != NULL)
		found = strcmp(word, name) == 0;
	s->s_proto = slash + 1;
	s->s_port = htons((uint16_t)strtoul(port, NULL, 10));
	return found;
}

struct servent *
getservbyname(const char *name, const char *proto)
{
	static char *none[] = { NULL };
	static struct servent s = { .s_aliases = none };
	static char *text;
	char *p, *line;
	size_t len;

	free(text);
	p = text = tiny_read("/etc/services", &len);
	while (p != NULL && (line = tiny_line(&p)) != NULL)
		if (service_read(line, name, proto, &s))
			return &s;
	return NULL;
}
