/* inspect.c: any bytes as a document of an engine: all that comes out is sane */

#include "fuzz.h"
#include "../../run/docker/inspect.c"

static void
check_host(const char *host)
{
	unsigned char addr[16];

	must(strlen(host) < HOST_SIZE);
	must(*host == '\0' || inet_pton(AF_INET, host, addr) == 1 ||
	    inet_pton(AF_INET6, host, addr) == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data, *err = NULL;
	struct container c;
	struct event e;
	char words[64];
	size_t i;

	if (container_read(&c, text, n, &err) == 0) {
		must(c.id[0] && strlen(c.id) < ID_SIZE);
		check_host(container_host(&c, NULL, NULL));
		check_host(container_host(&c, "bridge", NULL));
		check_host(container_host(&c, NULL, &c));
		for (i = 0; i < c.nports; i++) {
			must(c.ports[i].port > 0 && c.ports[i].port < 65536);
			must(strchr("tus", c.ports[i].proto));
			must(i == 0 || by_port(&c.ports[i - 1],
			    &c.ports[i]) < 0);
		}
		container_free(&c);
	} else {
		must(err != NULL);
	}
	if (event_read(&e, text, n, &err) == 0)
		must(strlen(e.action) < sizeof(e.action) &&
		    strlen(e.name) < sizeof(e.name) &&
		    strlen(e.oldname) < sizeof(e.oldname));
	if (message_read(text, n, words, sizeof(words)) == 0)
		must(*words && strlen(words) < sizeof(words));
	return 0;
}
