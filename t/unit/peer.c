/*
 * env.c: what a program gets to know of a client, whatever family its address
 * is of, a port or none; and the name that any address has for people.
 */

#include <arpa/inet.h>
#include <stdlib.h>

#include "unit.h"
#include "../../addr/family/env.c"

static const struct config config = { .env_prefix = "test-it" };
static const struct process self;

static const char *
value(const char *name)
{
	const char *text = getenv(name);

	return text == NULL ? "(unset)" : text;
}

/* The names of an address, and what is said of a client that has it. */
static void
peer_is(const char *what, const struct sock_addr *at, const char *name,
    const char *plain, const char *addr, const char *port)
{
	char buf[SOCK_NAME_MAX];
	struct end e;

	is(sock_name(&at->sa.any, at->len, buf, sizeof buf), name, what);
	is(sock_plain(&at->sa.any, at->len, buf, sizeof buf), plain,
	    "... as people write it");
	end_init(&e);
	e.peer.remote = e.peer.local = *at;
	unsetenv("TEST_IT_PEERADDR");
	unsetenv("TEST_IT_PEERPORT");
	environment_set(&config, &self, &e);
	is(value("TEST_IT_PEERADDR"), "(unset)", "... that was connected to");
	e.peer.accepted = true;
	environment_set(&config, &self, &e);
	is(value("TEST_IT_PEERADDR"), addr, "... that came: its address");
	is(value("TEST_IT_PEERPORT"), port, "... its port");
	is(value("TEST_IT_SOCKADDR"), addr, "... and ours");
}

static void
test_internet(void)
{
	struct sock_addr at = { .len = sizeof(struct sockaddr_in) };
	struct sockaddr_in *in = (struct sockaddr_in *)&at.sa;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&at.sa;

	in->sin_family = AF_INET;
	in->sin_port = htons(80);
	inet_pton(AF_INET, "192.0.2.1", &in->sin_addr);
	peer_is("IPv4", &at, "AF=2 192.0.2.1:80", "192.0.2.1:80", "192.0.2.1",
	    "80");
	memset(&at, 0, sizeof at);
	at.len = sizeof *in6;
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(443);
	inet_pton(AF_INET6, "2001:db8::1", &in6->sin6_addr);
	peer_is("IPv6", &at,
	    "AF=10 [2001:0db8:0000:0000:0000:0000:0000:0001]:443",
	    "[2001:db8::1]:443",
	    "[2001:0db8:0000:0000:0000:0000:0000:0001]", "443");
}

static void
test_others(void)
{
	static const unsigned char vsock[] = { 0, 0, 4, 3, 2, 1, 3, 0, 0, 0 };
	struct sock_addr at = { .len = 16 };

	at.sa.any.sa_family = 40;
	memcpy(at.sa.any.sa_data, vsock, sizeof vsock);
	at.sa.any.sa_family = 99;
	peer_is("a family that is not known", &at,
	    "AF=99 AF=99 0x0000040302010300000000000000",
	    "AF=99 0x0000040302010300000000000000",
	    "0x0000040302010300000000000000", "(unset)");
	memset(&at, 0, sizeof at);
	at.sa.any.sa_family = 255;
	at.len = sizeof at.sa.any.sa_family;
	peer_is("a family without any address", &at,
	    "AF=255 AF=255 0x0000000000000000000000000000",
	    "AF=255 0x0000000000000000000000000000",
	    "0x0000000000000000000000000000", "(unset)");
	at.len = sizeof at.sa;
	peer_is("a family with a long one", &at,
	    "AF=255 AF=255 0x0000000000000000000000000000",
	    "AF=255 0x0000000000000000000000000000",
	    "0x0000000000000000000000000000", "(unset)");
}

static void
test_unix(void)
{
	struct sock_addr at = { .len = sizeof(sa_family_t) };
	struct sockaddr_un *un = (struct sockaddr_un *)&at.sa;

	un->sun_family = AF_UNIX;
	peer_is("a unix socket without a name", &at, "AF=1 \"<anon>\"", "",
	    "<anon>", "(unset)");
	memcpy(un->sun_path, "/run/a:b", 8);
	at.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 8);
	peer_is("a unix socket", &at, "AF=1 \"/run/a:b\"", "/run/a:b",
	    "/run/a:b", "(unset)");
	/* Of an abstract name every byte counts. */
	memcpy(un->sun_path, "\0a\0\n\037\177\xff", 7);
	at.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 7);
	ok(strcmp(sock_name(&at.sa.any, at.len, (char[SOCK_NAME_MAX]){ 0 },
	    SOCK_NAME_MAX), "AF=1 \"\\0a\\0\\n\\x1E\\x7E\\xEE\"") == 0,
	    "a name that cannot be printed, with socat's digits");
	un->sun_family = AF_UNSPEC;
	at.len = (socklen_t)offsetof(struct sockaddr_un, sun_path) + 3;
	ok(strcmp(sock_name(&at.sa.any, at.len, (char[SOCK_NAME_MAX]){ 0 },
	    SOCK_NAME_MAX), "AF=0 \"\\0a\\0\"") == 0,
	    "... and of no family");
	un->sun_family = AF_UNIX;
	memset(un->sun_path, 'x', sizeof un->sun_path);
	at.len = sizeof *un;
	ok(strlen(sock_name(&at.sa.any, at.len, (char[SOCK_NAME_MAX]){ 0 },
	    SOCK_NAME_MAX)) == strlen("AF=1 \"\"") + sizeof un->sun_path,
	    "a path as long as there may be");
}

int
main(void)
{
	test_internet();
	test_others();
	test_unix();
	return done();
}
