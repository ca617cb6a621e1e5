/*
 * The bare probe: accept, fork, connect, splice, and nothing else. It is what
 * a process per connection costs on this kernel, so relay is measured by it:
 * built as relay is, with the same flags and libraries (make probe).
 * usage: probe LISTEN-PORT TARGET-PORT, both on 127.0.0.1
 */
#include <sys/socket.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

struct way { int in, out, open, big, pipe[2]; size_t held; };

static struct sockaddr_in
loopback(const char *port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };

	sa.sin_port = htons((unsigned short)atoi(port));
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sa;
}

/* One fill if the pipe is empty, one drain; -1 when the connection is over. */
static int
way_move(struct way *w)
{
	ssize_t n;

	if (w->held == 0) {
		if (w->pipe[0] == -1 && pipe2(w->pipe, O_CLOEXEC | O_NONBLOCK))
			return -1;
		n = splice(w->in, NULL, w->pipe[1], NULL, 1 << 20,
		    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
		if (n == 0)
			return w->open = 0, shutdown(w->out, SHUT_WR);
		if (n < 0)
			return errno == EAGAIN ? 0 : -1;
		w->held = (size_t)n;
		if (!w->big && n >= 1 << 15)	/* busy: a pipe of 1 MiB */
			w->big = 1, fcntl(w->pipe[0], F_SETPIPE_SZ, 1 << 20);
	}
	n = splice(w->pipe[0], NULL, w->out, NULL, w->held,
	    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	w->held -= (size_t)n;
	return 0;
}

/* Moves bytes both ways until both have ended; does not return. */
static void
shuttle(int a, int b)
{
	struct way w[2] = { { a, b, 1, 0, { -1, -1 }, 0 },
	    { b, a, 1, 0, { -1, -1 }, 0 } };
	struct pollfd p[2] = { { a, 0, 0 }, { b, 0, 0 } };
	int i;

	while (w[0].open || w[1].open) {
		for (i = 0; i < 2; i++) {
			p[i].events = w[i].open && !w[i].held ? POLLIN : 0;
			p[i].events |= w[!i].held ? POLLOUT : 0;
			p[i].fd = p[i].events ? w[i].in : -1;
		}
		if (poll(p, 2, -1) == -1)
			_exit(1);
		for (i = 0; i < 2; i++)
			if (w[i].open && (w[i].held ? p[!i].revents :
			    p[i].revents) && way_move(&w[i]) == -1)
				_exit(1);
	}
	_exit(0);
}

int
main(int argc, char *argv[])
{
	struct timeval tick = { 0, 200000 };
	struct sockaddr_in sa;
	int l, a, b, n = 0;

	if (argc != 3)
		return 2;
	sa = loopback(argv[1]);
	l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	setsockopt(l, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof(tick));
	if (bind(l, (struct sockaddr *)&sa, sizeof(sa)) || listen(l, 4096))
		return 1;
	sa = loopback(argv[2]);
	for (;;) {
		a = accept4(l, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (a == -1 || ++n % 16 == 0)	/* reaps in batches */
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
		if (a == -1 || fork() != 0) {
			close(a);
			continue;
		}
		close(l);
		b = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(b, (struct sockaddr *)&sa, sizeof(sa)) == -1 ||
		    fcntl(b, F_SETFL, O_RDWR | O_NONBLOCK) == -1)
			_exit(1);
		shuttle(a, b);
	}
}
