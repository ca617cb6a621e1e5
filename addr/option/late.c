/* addr/option/late.c: what is done once an address is open, to the process. */

#include <unistd.h>

#include "../../lib/cold.h"
#include "../../lib/error.h"
#include "../../lib/os/os.h"
#include "../addr.h"

/*
 * What the process gives up once the address is open: root directory,
 * groups, user.  The groups are looked up before the root changes, and
 * setuid(2) comes last.
 */
static HOT int
give_up(struct addr *a, int fd)
{
	long long su = a->c.su != -1 ? a->c.su : a->c.su_d;
	long long gid = a->c.setgid;

	if (su != -1 && proc_groups(su, &gid) == -1)
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
	proc_changed(a);
	return 0;
}

/*
 * All that is done late, to fd and to the process; a pool's child may have
 * given up its privileges already.  -1 with words in last_error.
 */
HOT int
proc_late(struct addr *a, int fd)
{
	if (!a->process->pooled)
		return give_up(a, fd);
	if (a->late)
		return opt_apply(a, PH_LATE, fd);
	a->late = true;
	return give_up(a, fd);
}

/* ... before it is open: options of the process, and its root. */
static bool
gives_up_early(const struct addr *a)
{
	size_t i;

	for (i = 0; i < a->nopt; i++)
		if (a->opt[i].phase == PH_EARLY && opt_binds(a->opt[i].opt))
			return true;
	return a->c.chroot_early != NULL;
}

bool
proc_gives_up(const struct addr *a, bool early)
{
	const struct conf *c;

	for (; a != NULL; a = a->other) {
		c = &a->c;
		if ((early && gives_up_early(a)) ||
		    (!(a->family->role & ROLE_RUN) && (c->chroot != NULL ||
		    c->su != -1 || c->su_d != -1 || c->setuid != -1 ||
		    c->setgid != -1)))
			return true;
	}
	return false;
}
