/* bridge SOCKET: what relay's EXEC runs to put its stdin and stdout into the
 * hands of the test, which listens on SOCKET; each end of file goes across.
 * In C, for it is started hundreds of times. */
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
copy(int in, int out)
{
	char bytes[16384];
	ssize_t n, done, w;

	while ((n = read(in, bytes, sizeof bytes)) > 0)
		for (done = 0; done < n; done += w)
			if ((w = write(out, bytes + done, n - done)) == -1)
				exit(1);
	shutdown(out, SHUT_WR);
}

int
main(int argc, char **argv)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t child;

	if (argc != 2 || strlen(argv[1]) >= sizeof to.sun_path)
		return 2;
	strcpy(to.sun_path, argv[1]);
	signal(SIGPIPE, SIG_IGN);
	if (connect(s, (struct sockaddr *)&to, sizeof to) == -1 ||
	    (child = fork()) == -1) {
		perror(argv[1]);
		return 2;
	}
	if (child == 0) {
		close(STDOUT_FILENO);
		copy(STDIN_FILENO, s);
		return 0;
	}
	close(STDIN_FILENO);
	copy(s, STDOUT_FILENO);
	close(STDOUT_FILENO);
	waitpid(child, NULL, 0);
	return 0;
}
