/*
 * dialogue.c: what is said to servers of SOCKS and to proxies, by the byte;
 * the largest words fit; each answer is waited for only so long.
 */

#include <stdlib.h>

#include "unit.h"
#include "../../addr/net/proxy.c"
#include "../../addr/net/socks.c"

/* What is to be sent, as hex digits; then it counts as sent. */
static const char *
said(struct dialogue *d)
{
	static char hex[2 * DIALOGUE_LINE + 1];
	size_t i;

	for (i = 0; i < d->outlen; i++)
		sprintf(hex + 2 * i, "%02x", d->out[i]);
	hex[2 * i] = '\0';
	d->outlen = 0;
	return hex;
}

static int
answer(struct dialogue *d, const char *bytes, size_t n)
{
	int rc = ANSWER_MORE;

	while (n-- > 0 && rc == ANSWER_MORE)
		rc = d->take(d, (unsigned char)*bytes++);
	return rc;
}

static void
test_socks4(void)
{
	struct wish w = { .host = "h.example", .port = 258, .user = "joe" };
	struct dialogue *d = socks4_dialogue(&w, "\012\001\002\003");

	is(said(d), "040101020a0102036a6f6500", "version 4");
	ok(d->answer_wait > 120000, "... the target has its time");
	free(d);
	d = socks4a_dialogue(&w);
	is(said(d), "04010102000000016a6f6500682e6578616d706c6500",
	    "version 4A");
	ok(answer(d, "\0\132\0\0\0\0\0", 7) == ANSWER_MORE &&
	    answer(d, "\0", 1) == ANSWER_DONE, "... its answer is 8 bytes");
	free(d);
}

static void
test_socks5(void)
{
	struct wish w = { .host = "2001:db8::1", .port = 80, .user = "joe",
	    .pass = "secret" };
	struct dialogue *d = socks5_dialogue(&w);

	is(said(d), "05020002", "version 5 with a name");
	ok(d->answer_wait > 0 && d->answer_wait < 60000, "... is greeted soon");
	ok(answer(d, "\005\002", 2) == ANSWER_MORE, "... asked for it");
	is(said(d), "01036a6f6506736563726574", "... tells it");
	ok(answer(d, "\001\000", 2) == ANSWER_MORE, "... is let in");
	is(said(d), "0501000420010db800000000000000000000000100"
	    "50", "... asks for an address of IPv6");
	ok(d->answer_wait > 120000, "... the target has its time");
	ok(answer(d, "\005\000\000\003\001a\000\120", 8) == ANSWER_DONE,
	    "... a name is an answer");
	free(d);
	w = (struct wish){ .host = "10.1.2.3", .port = 0, .listen = true };
	d = socks5_dialogue(&w);
	is(said(d), "050100", "version 5 without a name");
	answer(d, "\005\000", 2);
	is(said(d), "050200010a0102030000", "... asks to listen");
	ok(answer(d, "\005\000\000\001\012\001\002\004\060\071", 10) ==
	    ANSWER_MORE, "... one answer is not all");
	ok(d->answer_wait == -1, "... the peer may take for ever");
	ok(answer(d, "\005\000\000\001\012\001\002\005\060\071", 10) ==
	    ANSWER_DONE, "... two are");
	free(d);
}

static void
test_proxy(void)
{
	struct wish w = { .host = "[::1]", .port = 443, .auth = "a",
	    .authlen = 1 };
	struct dialogue *d = proxy_dialogue(&w);

	d->out[d->outlen] = '\0';
	is((char *)d->out, "CONNECT [::1]:443 HTTP/1.0\r\n"
	    "Proxy-authorization: Basic YQ==\r\n\r\n", "a proxy is asked");
	ok(d->answer_wait > 120000, "... the target has its time");
	free(d);
}

static void
test_lengths(void)
{
	char word[DIALOGUE_WORD + 1], auth[DIALOGUE_AUTH];
	struct wish w = { .host = word, .port = 65535, .user = word,
	    .pass = word, .version = word, .auth = auth,
	    .authlen = sizeof auth };
	struct dialogue *d;

	memset(word, 'w', DIALOGUE_WORD);
	word[DIALOGUE_WORD] = '\0';
	memset(auth, 'a', sizeof auth);
	d = socks4a_dialogue(&w);
	ok(d->outlen == 8 + 2 * 256, "version 4A has room for all");
	free(d);
	d = socks5_dialogue(&w);
	d->outlen = 0;
	answer(d, "\005\002", 2);
	ok(d->outlen == 3 + 2 * 255, "version 5 for the longest password");
	d->outlen = 0;
	answer(d, "\001\000", 2);
	ok(d->outlen == 7 + 255, "... and the longest host");
	free(d);
	d = proxy_dialogue(&w);
	ok(d->outlen < sizeof d->out, "and a proxy for the longest request");
	free(d);
}

int
main(void)
{
	log_threshold(LOG_F);
	test_socks4();
	test_socks5();
	test_proxy();
	test_lengths();
	return done();
}
