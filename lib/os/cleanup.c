/*
 * lib/os/cleanup.c: what must not outlive this process, whatever ends it.
 *
 * A handler of signals walks through these lists, so an entry is complete
 * before it is linked in, and is never freed, but used again.  An entry is
 * its maker's: a child finds its parent's and passes over them.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "os.h"

/* How long output that was stopped (^S) may keep a terminal's settings. */
#define DRAIN_TICKS	25
#define DRAIN_TICK_NS	20000000

struct made {
	struct made *next;
	volatile sig_atomic_t there;
	pid_t pid;		/* who made it */
	int dir;		/* where it is, an open directory */
	dev_t dev;
	ino_t ino;
	char *name;		/* in that directory */
};

struct tty {
	struct tty *next;
	volatile sig_atomic_t there;
	pid_t pid;
	int fd;			/* our own: the address may close its */
	dev_t rdev;
	struct termios before;
};

/* The heads are what the handler begins with. */
static struct made *_Atomic all_made;
static struct tty *_Atomic all_ttys;

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
made_add(int dir, const char *name, const struct stat *st)
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
	m->dev = st->st_dev;
	m->ino = st->st_ino;
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

	return dir == -1 ? NULL : made_add(dir, name, st);
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
	return made_add(dir, name, &st);
}

/* Async-signal-safe.  Another file of that name is somebody else's. */
static void
made_unlink(const struct made *m)
{
	struct stat st;

	if (fstatat(m->dir, m->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_dev == m->dev && st.st_ino == m->ino)
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

void
cleanup_tty(int fd)
{
	struct tty *t;
	struct stat st;

	if (fstat(fd, &st) == -1)
		return;
	for (t = all_ttys; t != NULL; t = t->next)
		if (t->there && t->pid == getpid() && t->rdev == st.st_rdev)
			return;
	t = calloc(1, sizeof *t);
	if (t == NULL)
		return;
	t->fd = tcgetattr(fd, &t->before) == -1 ? -1 :
	    fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (t->fd == -1) {
		free(t);
		return;
	}
	t->pid = getpid();
	t->rdev = st.st_rdev;
	t->next = all_ttys;
	t->there = 1;
	atomic_signal_fence(memory_order_release);
	all_ttys = t;
}

/*
 * What is written already goes out with the settings that it was written
 * with, but a terminal whose output is stopped cannot hold up the end.
 */
static void
tty_restore(const struct tty *t)
{
	static const struct timespec tick = { 0, DRAIN_TICK_NS };
	int i, left;

	for (i = 0; i < DRAIN_TICKS; i++) {
		if (ioctl(t->fd, TIOCOUTQ, &left) == -1 || left == 0)
			break;
		nanosleep(&tick, NULL);
	}
	tcsetattr(t->fd, TCSANOW, &t->before);
}

void
cleanup_ttys(void)
{
	struct tty *t;

	for (t = all_ttys; t != NULL; t = t->next)
		if (t->there && t->pid == getpid()) {
			t->there = 0;
			tty_restore(t);
			close(t->fd);
		}
}

/*
 * POSIX 2.4.3 has unlinkat(2), fstatat(2), tcsetattr(3), nanosleep(2) and
 * close(2) among what is async-signal-safe.
 */
void
cleanup_run(void)
{
	struct made *m;

	for (m = all_made; m != NULL; m = m->next)
		if (m->there && m->pid == getpid())
			made_unlink(m);
	cleanup_ttys();
}
