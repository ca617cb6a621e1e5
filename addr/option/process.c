/* addr/option/process.c: options of the process: user, root, session. */

#include <errno.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "rows.h"

APPLY(proc_setgid)
{
	UNUSED(a);
	UNUSED(o);
	UNUSED(fd);
	if (setgid((gid_t)v->n) == -1)
		return error_set("setgid(%lld):", v->n);
	return 0;
}

APPLY(proc_setuid)
{
	UNUSED(a);
	UNUSED(o);
	UNUSED(fd);
	if (setuid((uid_t)v->n) == -1)
		return error_set("setuid(%lld):", v->n);
	return 0;
}

/* A session leader already is what is wanted. */
APPLY(proc_setsid)
{
	UNUSED(a);
	UNUSED(o);
	UNUSED(fd);
	if (v->n && setsid() == -1 && getsid(0) != getpid())
		return error_set("setsid():");
	return 0;
}

/*
 * The groups of a user that su= names; *gid is what setgid= asks for, or -1
 * for the user's own, and which it is to be.
 */
static int
groups_take(long long uid, long long *gid)
{
	long long asked = *gid;

	if (os_groups(uid, gid) == 0) {
		if (asked != -1)
			*gid = asked;
		return 0;
	}
	if (errno != ESRCH)
		return error_set("initgroups(%lld):", uid);
	error_set("getpwuid(%lld): no such user", uid);
	error_hint("nobody says which groups it has: setgid=<gid> gives it "
	    "one");
	return -1;
}

/* Supplementary groups first: afterwards they could not be changed. */
APPLY(proc_su)
{
	long long gid = a->c.setgid;

	UNUSED(o);
	UNUSED(fd);
	if (groups_take(v->n, &gid) == -1)
		return -1;
	if (setgid((gid_t)gid) == -1)
		return error_set("setgid(%lld):", gid);
	if (setuid((uid_t)v->n) == -1)
		return error_set("setuid(%lld):", v->n);
	return 0;
}

/*
 * What the process gives up once the address is open: root directory,
 * groups, user.  The groups are looked up before the root changes, and
 * setuid(2) comes last.
 */
static int
give_up(struct addr *a, int fd)
{
	long long su = a->c.su != -1 ? a->c.su : a->c.su_d;
	long long gid = a->c.setgid;

	if (su != -1 && groups_take(su, &gid) == -1)
		return -1;
	if (a->c.chroot != NULL && os_chroot(a->c.chroot) == -1)
		return error_set("chroot(\"%s\"):", a->c.chroot);
	if (opt_apply(a, PH_LATE, fd) == -1)
		return -1;
	if (gid != -1 && setgid((gid_t)gid) == -1)
		return error_set("setgid(%lld):", gid);
	if (su != -1 && setuid((uid_t)su) == -1)
		return error_set("setuid(%lld):", su);
	if (a->c.setuid != -1 && setuid((uid_t)a->c.setuid) == -1)
		return error_set("setuid(%lld):", a->c.setuid);
	return 0;
}

/*
 * All that is done late, to fd and to the process; a pool's child may have
 * given up its privileges already.  -1 with words in last_error.
 */
int
proc_late(struct addr *a, int fd)
{
	if (!a->process->pooled)
		return give_up(a, fd);
	if (a->late)
		return opt_apply(a, PH_LATE, fd);
	a->late = true;
	return give_up(a, fd);
}

bool
proc_gives_up(const struct addr *a)
{
	const struct conf *c;

	for (; a != NULL; a = a->other) {
		c = &a->c;
		if (!(a->family->role & ROLE_RUN) && (c->chroot != NULL ||
		    c->su != -1 || c->su_d != -1 || c->setuid != -1 ||
		    c->setgid != -1))
			return true;
	}
	return false;
}

static const struct opt rows[] = {
	{ "chdir", G_ALL, PH_EARLY, T_STRING,
	  FIELD(chdir), TEXT("directory while the address is opened"),
	  ALIAS("cd") },
	{ "chroot", G_ALL, PH_LATE, T_STRING,
	  FIELD(chroot), TEXT("new root directory, after opening") },
	{ "chroot-early", G_ALL, PH_EARLY, T_STRING,
	  FIELD(chroot_early), TEXT("new root directory, before opening") },
	{ "netns", G_ALL, PH_EARLY, T_STRING,
	  FIELD(netns), TEXT("network namespace to open the address in") },
	{ "setgid", G_ALL, PH_LATE, T_GID,
	  FIELD(setgid), TEXT("group of the process, after opening") },
	{ "setgid-early", G_ALL, PH_EARLY, T_GID,
	  FUNC(proc_setgid, 0, 0),
	  TEXT("group of the process, before opening") },
	{ "setsid", G_ALL, PH_LATE, T_BOOL,
	  FUNC(proc_setsid, 0, 0), TEXT("a session of its own"), ALIAS("sid") },
	{ "setuid", G_ALL, PH_LATE, T_UID,
	  FIELD(setuid), TEXT("user of the process, after opening") },
	{ "setuid-early", G_ALL, PH_EARLY, T_UID,
	  FUNC(proc_setuid, 0, 0),
	  TEXT("user of the process, before opening") },
	{ "substuser", G_ALL, PH_LATE, T_UID,
	  FIELD(su), TEXT("user and groups of the process, after opening"),
	  ALIAS("su") },
	{ "substuser-delayed", G_ALL, PH_EARLY, T_UID,
	  FIELD(su_d), TEXT("user looked up first, changed after opening"),
	  ALIAS("su-d") },
	{ "substuser-early", G_ALL, PH_EARLY, T_UID,
	  FUNC(proc_su, 0, 0),
	  TEXT("user and groups of the process, before opening"),
	  ALIAS("su-e") },
	{ "umask", G_ALL, PH_EARLY, T_MODE,
	  FIELD(umask), TEXT("umask while the address is opened") },
};

TABLE(opt_proc, rows);
