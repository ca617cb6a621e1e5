/* addr/family/program.c: whether the program of an address is there at all. */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "program.h"

/* What execvp(3) looks through when PATH is not set. */
#define PATH_DEFAULT	"/bin:/usr/bin"
#define PATH_LONGEST	4096

/* 0, or -1 with errno: ENOENT, EACCES and the like. */
static int
runnable(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EACCES;
		return -1;
	}
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS);
}

/*
 * As execvp(3): a name without a slash is looked for in each folder of
 * list.  Its path in buf, or -1 with errno.
 */
static int
path_search(const char *program, const char *list, char *buf, size_t size)
{
	size_t len;
	int err = ENOENT;

	if (strchr(program, '/') != NULL) {
		snprintf(buf, size, "%s", program);
		return runnable(program);
	}
	for (;; list++) {
		len = strcspn(list, ":");
		if ((size_t)snprintf(buf, size, "%.*s%s%s", (int)len, list,
		    len > 0 ? "/" : "", program) < size) {
			if (runnable(buf) == 0)
				return 0;
			if (errno == EACCES)
				err = EACCES;
		}
		list += len;
		if (*list == '\0')
			break;
	}
	errno = err;
	return -1;
}

/* The program that a script's first line asks for; false: no script. */
static bool
interpreter(const char *path, char *buf, size_t size)
{
	char *p;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd == -1)
		return false;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n < 3 || memcmp(buf, "#!", 2) != 0)
		return false;
	buf[n] = '\0';
	p = buf + 2 + strspn(buf + 2, " \t");
	memmove(buf, p, strlen(p) + 1);
	buf[strcspn(buf, " \t\n")] = '\0';
	return *buf == '/';
}

int
program_error(const char *program, char *const argv[])
{
	return error_set("execvp(\"%s\", \"%s\"%s%s%s):", program, argv[0],
	    argv[1] == NULL ? "" : ", \"", argv[1] == NULL ? "" : argv[1],
	    argv[1] == NULL ? "" : "\"");
}

/* Why a program could not be found, in words; errno says it. */
static void
hint(const char *program, const char *list, int err)
{
	struct stat st;

	if (strchr(program, '/') == NULL && err == ENOENT)
		error_hint("there is no program \"%.80s\" in PATH, which is "
		    "%.180s", program, list);
	else if (err == ENOENT)
		error_hint("there is no file \"%.200s\"", program);
	else if (stat(program, &st) == 0 && S_ISDIR(st.st_mode))
		error_hint("\"%.200s\" is a directory", program);
	else if (err == EACCES)
		error_hint("\"%.200s\" may not be run: see chmod +x",
		    program);
}

/* The root or the user that it will be looked for with is another one. */
static bool
unknowable(const struct addr *a, int err)
{
	const struct conf *c = &a->c;
	bool user = c->su != -1 || c->su_d != -1 || c->setuid != -1 ||
	    c->setgid != -1;
	size_t i;

	for (i = 0; i < a->nopt; i++)
		user |= a->opt[i].opt->type == T_UID ||
		    a->opt[i].opt->type == T_GID;
	return c->chroot != NULL || c->chroot_early != NULL ||
	    (user && err != ENOENT);
}

/* A missing program ends all now, or is warned of where nothing is run. */
static int
missing(const struct addr *a)
{
	if (a->config->explain) {
		log_warn("%s", last_error.words);
		return 0;
	}
	error_place(a->spec->text, a->spec->nparam > 0 ?
	    a->spec->param[0].col : a->spec->type.col, 1);
	return -1;
}

static int
shell_there(const struct addr *a, const struct addr *partner,
    const char *shell)
{
	if (runnable(shell) == 0 || unknowable(a, errno) ||
	    unknowable(partner, errno))
		return 0;
	error_set("execl(\"%s\"):", shell);
	error_hint("%s needs the shell %.150s, which is not here; EXEC runs "
	    "a program without one", a->spec->type.text, shell);
	return missing(a);
}

static int
words_there(const struct addr *a, const struct addr *partner,
    char *const argv[])
{
	const char *list = a->c.path != NULL ? a->c.path : getenv("PATH");
	char path[PATH_LONGEST], script[256];
	int err;

	if (list == NULL)
		list = PATH_DEFAULT;
	if (a->c.chdir != NULL && argv[0][0] != '/')
		return 0;
	if (path_search(argv[0], list, path, sizeof path) == -1) {
		err = errno;
		if (unknowable(a, err) || unknowable(partner, err))
			return 0;
		errno = err;
		program_error(argv[0], argv);
		hint(argv[0], list, err);
		return missing(a);
	}
	if (!interpreter(path, script, sizeof script) ||
	    access(script, F_OK) == 0 || errno != ENOENT ||
	    unknowable(a, ENOENT) || unknowable(partner, ENOENT))
		return 0;
	errno = ENOENT;
	program_error(argv[0], argv);
	error_hint("the first line of %.120s asks for \"%.*s\", %s",
	    path, (int)strcspn(script, "\r"), script,
	    strchr(script, '\r') != NULL ? "with the line end of Windows" :
	    "which is not here");
	return missing(a);
}

int
program_there(const struct addr *a, const struct addr *partner,
    const char *shell)
{
	char **argv;
	int rc;

	if (shell != NULL)
		return shell_there(a, partner, shell);
	argv = spec_split(a->nparam > 0 ? a->param[0] : "");
	if (argv == NULL)
		return -1;
	rc = argv[0] == NULL ? 0 : words_there(a, partner, argv);
	free(argv);
	return rc;
}
