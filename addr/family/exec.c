/* addr/family/exec.c: EXEC, SYSTEM and SHELL: a program as an end. */

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/error.h"
#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "../../lib/os/sig.h"
#include "pty.h"
#include "socket.h"
#include "program.h"

#define G_PROGRAM	(G_FD | G_FIFO | G_SOCKET | G_EXEC | G_FORK |	\
    G_TERMIOS | G_PTY | G_PARENT | G_UNIX)

enum { WORDS, SH, SHELL };	/* family's arg */

/* The program's side of the connection. */
struct program {
	int in, out;		/* what it reads from and writes to */
	bool tty;
};

static bool
wants_pty(const struct conf *c)
{
	return c->pty > 0 || c->openpty > 0 || c->ptmx > 0;
}

/* What no bytes would come to, or from. */
static int
one_way_check(const struct addr *a)
{
	if (!a->reads && a->c.fdout != -1)
		return error_set("option fdout is useless in write-only mode");
	if (!a->writes && a->c.fdin != -1)
		return error_set("option fdin is useless in read-only mode");
	return 0;
}

static int
program_check(struct addr *a)
{
	struct conf *c = &a->c;

	/* The reference finds that when the first address is open. */
	if (!a->config->as_socat && one_way_check(a) == -1)
		return -1;
	if (c->pipes > 0 && wants_pty(c)) {
		log_warn("options \"pipes\" and \"pty\" must not be "
		    "specified together; ignoring \"pipes\"");
		c->pipes = 0;
	}
	if (c->nofork > 0 && (c->pipes > 0 || wants_pty(c)))
		return error_set("options nofork and %s exclude each other",
		    c->pipes > 0 ? "pipes" : "pty");
	if ((c->pipes > 0 || wants_pty(c)) && opt_useless(a,
	    NAMES("protocol-family", "so-protocol", "so-reuseaddr",
	    "so-reuseport", "so-type"), "with pipes or a terminal") == -1)
		return -1;
	if (!wants_pty(c) && opt_useless(a,
	    NAMES("symbolic-link", "sitout-eio", "tiocsctty"),
	    "without option pty") == -1)
		return -1;
	return c->nofork > 0 ? opt_useless(a, NAMES("cool-write", "cr", "crnl",
	    "end-close", "escape", "ignoreeof", "null-eof", "protocol-family",
	    "readbytes", "shut-close", "shut-down", "shut-none", "shut-null",
	    "sighup", "sigint", "sigquit", "so-protocol", "so-type"),
	    "with option nofork") : 0;
}

/* 'which' is the descriptor that fdin= or fdout= asks for. */
static int
child_fd(long long asked, int usual)
{
	return asked == -1 ? usual : (int)asked;
}

/* As dup2(2), but a descriptor that is there already stays open in exec. */
static int
place(int from, int to)
{
	if (from == to)
		return fd_cloexec(to, false);
	return dup2(from, to) == -1 ? error_set("dup2(%d, %d):", from, to) :
	    0;
}

/* Puts a descriptor out of the way of those that are replaced, up to last. */
static int
high(int fd, int last)
{
	return fd > last ? fd : fcntl(fd, F_DUPFD_CLOEXEC, last + 1);
}

static int
place_all(struct addr *a, const struct program *p)
{
	struct conf *c = &a->c;
	int fdin = child_fd(c->fdin, STDIN_FILENO);
	int fdout = child_fd(c->fdout, STDOUT_FILENO);
	int in, out, last = fdin > fdout ? fdin : fdout;

	if (last < STDERR_FILENO)
		last = STDERR_FILENO;
	if (c->err > 0)
		log_leave(STDERR_FILENO);
	log_leave(fdin);
	log_leave(fdout);
	in = p->in == -1 ? -1 : p->in == fdin ? p->in :
	    high(p->in, last);
	out = p->out == -1 ? -1 : p->out == fdout ? p->out :
	    high(p->out, last);
	if ((in == -1 && p->in != -1) || (out == -1 && p->out != -1))
		return error_set("dup:");
	if (in != -1 && place(in, fdin) == -1)
		return -1;
	if (out != -1 && place(out, fdout) == -1)
		return -1;
	if (c->err > 0 && out != -1 && dup2(fdout, STDERR_FILENO) == -1)
		return error_set("dup2(%d, 2):", fdout);
	return 0;
}

/*
 * The terminal becomes that of the session.  Who leads one and does not ask
 * gets it as well, or a shell could not stop its jobs; in socat's place not.
 */
static void
terminal_take(const struct addr *a, int fd)
{
	if (a->c.ctty <= 0) {
		if (!a->config->as_socat && getsid(0) == getpid())
			os_ctty(fd);
		return;
	}
	fd_control(fd);
}

/* A session, a process group, a controlling terminal, a user. */
static int
become(struct addr *a, const struct program *p)
{
	struct conf *c = &a->c;
	int fdin = child_fd(c->fdin, STDIN_FILENO);

	/* Without a value, 1, and with 0 a group of its own. */
	if (c->setpgid != -1 && setpgid(0, c->setpgid <= 1 ? 0 :
	    (pid_t)c->setpgid) == -1)
		return error_set("setpgid(0, %lld):", c->setpgid);
	if (opt_apply(a, PH_PREEXEC, fdin) == -1 || proc_late(a, fdin) == -1)
		return -1;
	if (p->tty)
		terminal_take(a, p->in);
	return 0;
}

static void
exec_words(struct addr *a)
{
	char **argv = spec_split(a->nparam > 0 ? a->param[0] : "");
	char *program, *dash;

	if (argv == NULL)
		return;
	if (argv[0] == NULL) {
		error_set("execvp(\"\", \"\"): No such file or directory");
		return;
	}
	program = argv[0];
	if (a->c.dash > 0) {
		dash = malloc(strlen(program) + 2);
		if (dash != NULL) {
			sprintf(dash, "-%s", program);
			argv[0] = dash;
		}
	}
	log_notice("execvp'ing \"%s\"", program);
	sig_pipe(true);
	execvp(program, argv);
	sig_pipe(false);
	program_error(program, argv);
}

/* The shell that somebody named, or NULL. */
static const char *
shell_named(const struct addr *a)
{
	return a->c.shell != NULL ? a->c.shell : getenv("SHELL");
}

/*
 * What runs the command, or NULL: it is run without a shell.  socat wants one
 * of two to say which.
 */
static const char *
shell_path(const struct addr *a)
{
	const char *shell = shell_named(a);

	if (a->family->arg == WORDS)
		return NULL;
	return a->family->arg == SHELL && shell != NULL ? shell : "/bin/sh";
}

/* What socat says about a SHELL that it cannot use. */
static int
shell_check(const struct addr *a)
{
	const char *shell = shell_named(a);

	if (!a->config->as_socat || a->family->arg != SHELL)
		return 0;
	if (shell == NULL)
		return error_set("SHELL variable undefined");
	if (strchr(shell, '/') == NULL)
		return error_set("SHELL \"%s\" variable does not specify a "
		    "path (has no '/')", shell);
	return 0;
}

static void
exec_shell(struct addr *a)
{
	const char *shell = shell_path(a), *name;
	char *argv[4] = { NULL };

	name = strrchr(shell, '/') == NULL ? shell : strrchr(shell, '/') + 1;
	argv[0] = (char *)name;
	if (a->nparam > 0) {
		argv[1] = (char *)"-c";
		argv[2] = a->param[0];
	}
	sig_pipe(true);
	execv(shell, argv);
	sig_pipe(false);
	error_set("execl(\"%s\"):", shell);
	/* socat takes that for an end, and a good one. */
	if (a->config->as_socat && a->family->arg == SHELL) {
		log_warn("execl(\"%s\") returned with status -1",
		    a->nparam > 0 ? a->param[0] : "");
		log_warn("execl(): %s", strerror(errno));
		_exit(0);
	}
}

/* Becomes the program; comes back only to say what went wrong. */
static void
run(struct addr *a, const struct program *p)
{
	sig_default();
	if (place_all(a, p) == -1 || become(a, p) == -1)
		return;
	if (a->c.path != NULL && setenv("PATH", a->c.path, 1) == -1) {
		error_set("setenv(\"PATH\"):");
		return;
	}
	if (a->family->arg == WORDS)
		exec_words(a);
	else
		exec_shell(a);
}

static _Noreturn void
run_or_die(struct addr *a, const struct program *p)
{
	run(a, p);
	error_print(1);
	_exit(1);
}

/* The program's side and ours, by socket pair, pipes or terminal. */
static int
by_socketpair(struct addr *a, struct end *e, struct program *p)
{
	int fd[2], type = sock_type(a, SOCK_STREAM), af = sock_pf(a, AF_UNIX);
	int proto = a->c.protocol != -1 ? (int)a->c.protocol : 0;

	if (os_socketpair(af, type, proto, fd) == -1)
		return error_set("socketpair(%d, %d, %d):", af, type, proto);
	log_info("socketpair(%d, %d, %d, {%d,%d}) -> 0", af, type, proto,
	    fd[0], fd[1]);
	end_socket(e, fd[0], type);
	p->in = p->out = fd[1];
	return opt_apply_fd(a, fd[0]);
}

static int
by_pipes(struct addr *a, struct end *e, struct program *p)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };

	if (a->writes && os_pipe(in) == -1)
		return error_set("pipe():");
	p->in = in[0];
	e->wfd = in[1];
	if (a->reads && os_pipe(out) == -1)
		return error_set("pipe():");
	e->rfd = out[0];
	p->out = out[1];
	end_plain(e, e->rfd, e->wfd, HALF_CLOSE, END_SPLICE);
	if (e->rfd != -1 && opt_apply_fd(a, e->rfd) == -1)
		return -1;
	return e->wfd == -1 ? 0 : opt_apply_fd(a, e->wfd);
}

static int
by_pty(struct addr *a, struct end *e, struct program *p)
{
	p->tty = true;
	p->in = p->out = pty_make(a, e, log_info);
	return p->in == -1 ? -1 : 0;
}

static int
connection_make(struct addr *a, struct end *e, struct program *p)
{
	const char *way = wants_pty(&a->c) ? "pty" :
	    a->c.pipes > 0 ? "pipes" : "socket";

	p->in = p->out = -1;
	p->tty = false;
	log_notice("forking off child, using %s for %s", way,
	    a->reads && a->writes ? "reading and writing" :
	    a->reads ? "reading" : "writing");
	if (wants_pty(&a->c))
		return by_pty(a, e, p);
	if (a->c.pipes > 0)
		return by_pipes(a, e, p);
	return by_socketpair(a, e, p);
}

/* What is only for one direction is not given to the program. */
static void
one_way(struct addr *a, struct end *e, struct program *p)
{
	if (!a->reads && e->wfd == e->rfd) {
		e->rfd = -1;
		if (!p->tty)
			p->out = -1;
	}
	if (!a->writes && e->wfd == e->rfd) {
		e->wfd = -1;
		if (!p->tty)
			p->in = -1;
	}
}

/* A program does not expect to be told to try again. */
static void
fd_block(int fd)
{
	int flags = fd == -1 ? -1 : fcntl(fd, F_GETFL);

	if (flags != -1 && flags & O_NONBLOCK)
		fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

static int
nofork(struct addr *a, const struct end *other)
{
	struct program p;

	if (other == NULL)
		return error_set("option nofork is for the second address "
		    "only");
	p.in = a->writes ? other->rfd : -1;
	p.out = a->reads ? other->wfd : -1;
	p.tty = false;
	fd_block(p.in);
	fd_block(p.out);
	run(a, &p);
	return -1;
}

/*
 * A shell of SYSTEM is not told to end with its connection: what socat tells
 * is a process of its own that waits for the shell.
 */
static unsigned
what_becomes(const struct addr *a)
{
	return (a->family->arg == SH ? 0 : SIG_ENDS) |
	    (a->c.sighup > 0 ? SIG_GETS_HUP : 0) |
	    (a->c.sigint > 0 ? SIG_GETS_INT : 0) |
	    (a->c.sigquit > 0 ? SIG_GETS_QUIT : 0);
}

/*
 * Forks; the child becomes the program.  No signal reaches the child before
 * it has its defaults, nor this process before it knows the program.
 */
static int
program_start(struct addr *a, struct end *e, const struct program *p)
{
	sigset_t before;
	pid_t pid;
	int rc = 0;

	sig_wait_for(SIGCHLD);	/* its end may be soon */
	sig_hold(&before);
	pid = fork();
	if (pid == 0) {
		if (a->config->fork_wait > 0)
			sleep(a->config->fork_wait);
		run_or_die(a, p);
	}
	if (pid == -1)
		rc = error_set("fork():");
	else if (sig_program(pid, what_becomes(a)) == -1) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		rc = error_set("too many programs");
	} else
		e->pid = pid;
	sig_release(&before);
	return rc;
}

static void
program_close(const struct program *p)
{
	if (p->in != -1)
		close(p->in);
	if (p->out != -1 && p->out != p->in)
		close(p->out);
}

static int
program_open(struct addr *a, struct end *e)
{
	struct program p = { -1, -1, false };
	struct program mine;
	int rc;

	if (one_way_check(a) == -1 || shell_check(a) == -1)
		return -1;
	environment_set(a->config, a->process, e->partner);
	if (a->c.nofork > 0)
		return nofork(a, e->partner);
	rc = connection_make(a, e, &p);
	mine = p;
	one_way(a, e, &p);
	if (rc != -1)
		rc = program_start(a, e, &p);
	program_close(&mine);
	if (rc == -1) {
		end_close(e);
		end_init(e);
		return -1;
	}
	log_notice("forked off child process %ld", (long)e->pid);
	return 0;
}

static int
there(const struct addr *a, const struct addr *partner)
{
	return program_there(a, partner, shell_path(a));
}

/* There is a program, and no peer nor a terminal of others. */
#define USELESS								\
	"bind", "connect-timeout", "pty-interval", "pty-wait-slave",	\
	"unix-bind-tempname", "unix-tightsocklen"
static const struct family_ops program_ops = {
	.check = program_check, .there = there, .open = program_open,
	.late = true
};
static const char *const useless[] = { USELESS, NULL };
static const char *const useless_shell[] = { USELESS, "dash", NULL };

static const struct family rows[] = {
	{ .name = "EXEC", .syntax = "EXEC:<command-line>",
	  .min = 1, .max = PARAM_TEXT, .role = ROLE_RUN, .arg = WORDS,
	  .groups = G_PROGRAM, .with = "EXEC", .useless = useless,
	  .ops = &program_ops },
	{ .name = "SHELL", .syntax = "SHELL[:<shell-command>]",
	  .max = PARAM_TEXT, .role = ROLE_RUN, .arg = SHELL,
	  .groups = G_PROGRAM | G_SHELL, .with = "SHELL",
	  .useless = useless_shell,
	  .ops = &program_ops },
	{ .name = "SYSTEM", .syntax = "SYSTEM:<shell-command>",
	  .min = 1, .max = PARAM_TEXT, .role = ROLE_RUN, .arg = SH,
	  .groups = G_PROGRAM, .with = "SYSTEM", .useless = useless_shell,
	  .ops = &program_ops },
};

FAMILIES(exec, rows);
