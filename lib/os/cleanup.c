/*
 * lib/os/cleanup.c: what must not outlive this process, whatever ends it.
 *
 * A handler of signals walks through this list, so an entry is complete
 * before it is linked in, and is never freed, but used again.  An entry is
 * its maker's: a child finds its parent's and passes over them.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "os.h"
#include "tty.h"

struct made {
	struct made *next;
	volatile sig_atomic_t there;
	pid_t pid;		/* who made it */
	int dir;		/* where it is, an open directory */
	dev_t dev;
	ino_t ino;
	struct timespec mtime;	/* of a symbolic link: the number is soon
				 * another's */
	char *name;		/* in that directory */
	int (*remove)(const char *);	/* or what removes it by that name */
};

/* The head is what the handler begins with. */
static struct made *_Atomic all_made;

/* One that is not in use, or a new one, not yet in the list. */
static struct made *
made_new(bool *fresh)
{
	struct made *m;

	*fresh = false;
	for (m = all_made; m != NULL; m = m->next)
		if (!m->there && m->pid == getpid())
			return m;
	*fresh = true;
	return calloc(1, sizeof *m);
}

static struct made *
made_add(int dir, const char *name, const struct stat *st,
    int (*remove_it)(const char *))
{
	bool fresh;
	struct made *m = made_new(&fresh);
	char *own = strdup(name);

	if (m == NULL || own == NULL) {
		if (fresh)
			free(m);
		free(own);
		close(dir);
		return NULL;
	}
	m->pid = getpid();
	m->dir = dir;
	m->name = own;
	m->remove = remove_it;
	m->dev = st->st_dev;
	m->ino = st->st_ino;
	m->mtime = st->st_mtim;
	atomic_signal_fence(memory_order_release);
	m->there = 1;
	if (fresh) {
		m->next = all_made;
		all_made = m;
	}
	return m;
}

struct made *
cleanup_link(const char *path, const struct stat *st)
{
	const char *name;
	int dir = os_dir_open(path, OS_SEARCH, &name);

	return dir == -1 ? NULL : made_add(dir, name, st, NULL);
}

struct made *
cleanup_path(const char *path)
{
	struct stat st;
	const char *name;
	int dir = os_dir_open(path, OS_SEARCH, &name);

	if (dir == -1)
		return NULL;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		close(dir);
		return NULL;
	}
	return made_add(dir, name, &st, NULL);
}

struct made *
cleanup_by(int (*remove_it)(const char *), const char *name)
{
	static const struct stat none;

	return made_add(-1, name, &none, remove_it);
}

/* Async-signal-safe.  Another file of that name is somebody else's. */
static void
made_unlink(const struct made *m)
{
	struct stat st;

	if (m->remove != NULL)
		m->remove(m->name);
	else if (fstatat(m->dir, m->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_dev == m->dev && st.st_ino == m->ino &&
	    (!S_ISLNK(st.st_mode) || (st.st_mtim.tv_sec == m->mtime.tv_sec &&
	    st.st_mtim.tv_nsec == m->mtime.tv_nsec)))
		unlinkat(m->dir, m->name, 0);
}

void
cleanup_forget(struct made *m)
{
	if (m == NULL || !m->there || m->pid != getpid())
		return;
	m->there = 0;
	atomic_signal_fence(memory_order_acq_rel);
	close(m->dir);
	free(m->name);
}

void
cleanup_remove(struct made *m)
{
	if (m == NULL || !m->there || m->pid != getpid())
		return;
	made_unlink(m);
	cleanup_forget(m);
}

/*
 * POSIX 2.4.3 has unlinkat(2) and fstatat(2) among what is async-signal-safe.
 */
void
cleanup_run(void)
{
	struct made *m;

	for (m = all_made; m != NULL; m = m->next)
		if (m->there && m->pid == getpid())
			made_unlink(m);
	tty_give_back();
}
