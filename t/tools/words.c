/*
 * words.c: what --explain says of each address that it reads, a line each, in
 * one process, with a line of its own behind each answer: "== STATUS"
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "addr/addr.h"
#include "lib/error.h"
#include "lib/log.h"
#include "run/command/help.h"

int
main(void)
{
	static const struct config config = {
		.name = "relay", .env_prefix = "SOCAT", .explain = true
	};
	static char line[65536];
	struct addr *a;
	int rc;

	dup2(1, 2);
	while (fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		rc = addr_parse(&config, line, SIDE_LEFT, &a);
		if (rc == -1)
			error_print(0);
		else
			explain_print(a, "A");
		addr_free(a);
		memset(&last_error, 0, sizeof last_error);
		printf("== %d\n", rc == -1);
		fflush(stdout);
	}
	return 0;
}
