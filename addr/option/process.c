/* addr/option/process.c: options of the process: user, root, session. */

#include <errno.h>
#include <unistd.h>

#include "../../lib/cold.h"
#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "rows.h"

void
process_with_parent(struct process *p, pid_t parent, int signo)
{
	p->self = getpid();
	p->parent = parent;
	p->parent_signal = signo;
	os_parent_death(parent, signo);
}

/* A program's process, forked from this one, is another. */
HOT void
proc_changed(const struct addr *a)
{
	const struct process *p = a->process;

	if (p->parent != 0 && p->self == getpid())
		os_parent_death(p->parent, p->parent_signal);
}

APPLY(proc_setgid)
{
	UNUSED(o);
	UNUSED(fd);
	if (setgid((gid_t)v->n) == -1)
		return error_set("setgid(%lld):", v->n);
	proc_changed(a);
	return 0;
}

APPLY(proc_setuid)
{
	UNUSED(o);
	UNUSED(fd);
	if (setuid((uid_t)v->n) == -1)
		return error_set("setuid(%lld):", v->n);
	proc_changed(a);
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

int
proc_groups(long long uid, long long *gid)
{
	long long asked = *gid;

	if (os_groups(uid, gid) == 0) {
		os_user_environment(uid);
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
	if (proc_groups(v->n, &gid) == -1)
		return -1;
	if (setgid((gid_t)gid) == -1)
		return error_set("setgid(%lld):", gid);
	if (setuid((uid_t)v->n) == -1)
		return error_set("setuid(%lld):", v->n);
	proc_changed(a);
	return 0;
}

static const struct opt rows[] = {
	{ "chdir", G_ALL, PH_INIT, T_STRING,
	  FIELD(chdir), TEXT("directory while the address is opened"),
	  ALIAS("cd") },
	{ "chroot", G_PROCESS, PH_LATE, T_STRING,
	  FIELD(chroot), TEXT("new root directory, after opening") },
	{ "chroot-early", G_PROCESS, PH_EARLY, T_STRING,
	  FIELD(chroot_early), TEXT("new root directory, before opening") },
	{ "netns", G_PROCESS, PH_INIT, T_STRING,
	  FIELD(netns), TEXT("network namespace to open the address in") },
	{ "setgid", G_PROCESS, PH_LATE2, T_GID,
	  FIELD(setgid), TEXT("group of the process, after opening") },
	{ "setgid-early", G_PROCESS, PH_EARLY, T_GID,
	  FUNC(proc_setgid, 0, 0),
	  TEXT("group of the process, before opening") },
	{ "setsid", G_PROCESS, PH_LATE, T_BOOL,
	  FUNC(proc_setsid, 0, 0), TEXT("a session of its own"), ALIAS("sid") },
	{ "setuid", G_PROCESS, PH_LATE2, T_UID,
	  FIELD(setuid), TEXT("user of the process, after opening") },
	{ "setuid-early", G_PROCESS, PH_EARLY, T_UID,
	  FUNC(proc_setuid, 0, 0),
	  TEXT("user of the process, before opening") },
	{ "substuser", G_PROCESS, PH_LATE2, T_UID,
	  FIELD(su), TEXT("user and groups of the process, after opening"),
	  ALIAS("su") },
	{ "substuser-delayed", G_PROCESS, PH_INIT, T_UID,
	  FIELD(su_d), TEXT("user looked up first, changed after opening"),
	  ALIAS("su-d") },
	{ "substuser-early", G_PROCESS, PH_EARLY, T_UID,
	  FUNC(proc_su, 0, 0),
	  TEXT("user and groups of the process, before opening"),
	  ALIAS("su-e") },
	{ "umask", G_ALL, PH_INIT, T_MODE,
	  FIELD(umask), TEXT("umask while the address is opened") },
};

TABLE(opt_proc, rows);
