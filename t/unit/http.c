/* http.c: what lib/http.c makes of answers, at every split */

#include "unit.h"
#include "../../lib/http.c"

#include <stdlib.h>

#define OK "HTTP/1.1 200 OK\r\n"
#define CH OK "Transfer-Encoding: chunked\r\n\r\n"

/* want: status, body and how it ended */
static const struct {
	const char *name, *in, *want;
} answers[] = {
	{ "length", OK "Content-Length: 5\r\n\r\nhello", "200 hello done" },
	{ "length and more", OK "Content-Length: 2\r\n\r\nhello",
	    "200 he done +3" },
	{ "no body", OK "Content-Length: 0\r\n\r\n", "200  done" },
	{ "until close", OK "\r\nhello", "200 hello end" },
	{ "until close, empty", OK "\r\n", "200  end" },
	{ "HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nx", "200 x end" },
	{ "no reason", "HTTP/1.1 404\r\nContent-Length: 1\r\n\r\nx",
	    "404 x done" },
	{ "empty reason", "HTTP/1.1 500 \r\nContent-Length: 1\r\n\r\nx",
	    "500 x done" },
	{ "204", "HTTP/1.1 204 No\r\nContent-Length: 9\r\n\r\n",
	    "204  done" },
	{ "304", "HTTP/1.1 304 No\r\nTransfer-Encoding: chunked\r\n\r\n",
	    "304  done" },
	{ "100 first", "HTTP/1.1 100 Go\r\nContent-Length: 3\r\n\r\n"
	    "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
	    OK "Content-Length: 1\r\n\r\nx", "200 x done" },
	{ "chunks", CH "5\r\nhello\r\n1;a=\"b\"\r\n!\r\n0\r\n\r\n",
	    "200 hello! done" },
	{ "chunk sizes", CH "00a \t;x\r\n0123456789\r\nA\r\n0123456789\r\n"
	    "000\r\nTrailer: x\r\nOther:\r\n\r\nnext",
	    "200 01234567890123456789 done +4" },
	{ "case and blanks", OK "TRANSFER-encoding:\t CHUNKED \t\r\n\r\n"
	    "1\r\nx\r\n0\r\n\r\n", "200 x done" },
	{ "twice the same", OK "Content-Length: 1\r\nContent-Length: 1\r\n"
	    "\r\nx", "200 x done" },
	{ "odd values", OK "X: \xff\t y\r\nY:\r\n\r\n", "200  end" },

	{ "cut body", OK "Content-Length: 5\r\n\r\nhell",
	    "200 hell bad: closed in the middle of the answer" },
	{ "cut chunk", CH "5\r\nhell",
	    "200 hell bad: closed in the middle of the answer" },
	{ "cut before the last chunk", CH "1\r\nx\r\n",
	    "200 x bad: closed in the middle of the answer" },
	{ "cut in the trailer", CH "0\r\nA: b\r\n",
	    "200  bad: closed in the middle of the answer" },
	{ "cut head", OK "Content-Le",
	    "0  bad: closed in the middle of the answer" },
	{ "nothing", "", "0  bad: closed without an answer" },
	{ "after 100", "HTTP/1.1 100 Go\r\n\r\n",
	    "0  bad: closed without an answer" },

	{ "garbage", "SSH-2.0-x\r\n", "0  bad: the answer is not HTTP/1" },
	{ "HTTP/2", "HTTP/2 200 OK\r\n", "0  bad: the answer is not HTTP/1" },
	{ "HTTP/1.2", "HTTP/1.2 200 OK\r\n",
	    "0  bad: the answer is not HTTP/1" },
	{ "short status", "HTTP/1.1 20\r\n",
	    "0  bad: the answer is not HTTP/1" },
	{ "long status", "HTTP/1.1 2000\r\n",
	    "0  bad: the answer is not HTTP/1" },
	{ "status 600", "HTTP/1.1 600 x\r\n",
	    "0  bad: an answer of a status that means nothing here" },
	{ "status 101", "HTTP/1.1 101 x\r\n",
	    "0  bad: an answer of a status that means nothing here" },
	{ "bare LF", "HTTP/1.1 200 OK\n\n",
	    "0  bad: an LF without CR in the head" },
	{ "bare CR", OK "A: b\rC: d\r\n\r\n",
	    "0  bad: a CR without LF in the head" },
	{ "ESC", OK "A: \033b\r\n\r\n",
	    "0  bad: a control character in the head" },
	{ "DEL", OK "A: \177b\r\n\r\n",
	    "0  bad: a control character in the head" },
	{ "no colon", OK "Content-Length 5\r\n\r\n",
	    "0  bad: a header line without name and colon" },
	{ "blank before colon", OK "Content-Length : 5\r\n\r\n",
	    "0  bad: a header line without name and colon" },
	{ "folded", OK "A: b\r\n c\r\n\r\n",
	    "0  bad: a header line without name and colon" },
	{ "no name", OK ": b\r\n\r\n",
	    "0  bad: a header line without name and colon" },
	{ "negative length", OK "Content-Length: -1\r\n\r\n",
	    "0  bad: a Content-Length that is not a length" },
	{ "length list", OK "Content-Length: 1, 1\r\n\r\n",
	    "0  bad: a Content-Length that is not a length" },
	{ "hex length", OK "Content-Length: 0x1\r\n\r\n",
	    "0  bad: a Content-Length that is not a length" },
	{ "no length", OK "Content-Length:\r\n\r\n",
	    "0  bad: a Content-Length that is not a length" },
	{ "huge length", OK "Content-Length: 18446744073709551617\r\n\r\n",
	    "0  bad: a Content-Length that is not a length" },
	{ "two lengths", OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
	    "0  bad: two different Content-Length" },
	{ "both framings", OK "Content-Length: 1\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n",
	    "0  bad: Content-Length and Transfer-Encoding at once" },
	{ "gzip", OK "Transfer-Encoding: gzip, chunked\r\n\r\n",
	    "0  bad: a Transfer-Encoding not known here" },
	{ "chunked twice", OK "Transfer-Encoding: chunked\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n",
	    "0  bad: a Transfer-Encoding not known here" },
	{ "chunked in 1.0", "HTTP/1.0 200 OK\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n",
	    "0  bad: a Transfer-Encoding not known here" },
	{ "no chunk size", CH "\r\n", "200  bad: a chunk without a size" },
	{ "odd chunk size", CH "1g\r\n", "200  bad: a chunk without a size" },
	{ "huge chunk", CH "10000000000000000\r\n",
	    "200  bad: a chunk without a size" },
	{ "negative chunk", CH "-1\r\n", "200  bad: a chunk without a size" },
	{ "chunk too long", CH "2\r\nabc\r\n",
	    "200 ab bad: a chunk longer than its size" },
	{ "chunk ends by LF", CH "2\r\nab\n",
	    "200 ab bad: a chunk longer than its size" },
};

/*
 * Reads in pieces and says what was found. cut 0: all at once, 1: byte by
 * byte, else two pieces. The input lies at the end of its memory.
 */
static void
answer(const char *in, size_t n, size_t cut, char *out, size_t size)
{
	struct http h;
	const char *at = in, *end = in + n, *p, *body;
	char got[256] = "";
	size_t left, len, piece;
	int r = HTTP_MORE, status = 0, ended = 0;

	http_init(&h);
	while (r == HTTP_MORE && at < end) {
		piece = (size_t)(end - at);
		if (cut == 1)
			piece = 1;
		else if (cut && (size_t)(at - in) < cut)
			piece = cut - (size_t)(at - in);
		p = at;
		left = piece;
		while ((r = http_read(&h, &p, &left, &body, &len)) ==
		    HTTP_HEAD || r == HTTP_BODY)
			if (r == HTTP_HEAD)
				status = h.status;
			else
				strncat(got, body, len);
		at = p;
	}
	if (r == HTTP_MORE) {
		/* a body of no bytes is over without another byte */
		r = http_read(&h, &at, &(size_t){ 0 }, &body, &len);
		if (r == HTTP_MORE) {
			r = http_end(&h);
			ended = r == HTTP_DONE;
		}
	}
	if (r == HTTP_BAD)
		snprintf(out, size, "%d %s bad: %s", status, got, h.err);
	else
		snprintf(out, size, "%d %s %s", status, got,
		    ended ? "end" : "done");
	if (r == HTTP_DONE && at < end)
		snprintf(out + strlen(out), size - strlen(out), " +%d",
		    (int)(end - at));
}

static void
test_answers(void)
{
	char got[512];
	size_t i, n, cut;
	char *copy;

	for (i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		n = strlen(answers[i].in);
		copy = malloc(n ? n : 1);
		memcpy(copy, answers[i].in, n);
		for (cut = 0; cut == 0 || cut < n; cut++) {
			answer(copy, n, cut, got, sizeof(got));
			if (strcmp(got, answers[i].want) != 0)
				break;
		}
		is(got, answers[i].want, answers[i].name);
		free(copy);
	}
}

/* Feeds text n times after a status line and tells the complaint. */
static const char *
repeat(const char *head, const char *text, size_t times)
{
	static struct http h;
	const char *in, *body;
	size_t n, len;
	int r = HTTP_MORE;

	http_init(&h);
	for (in = head, n = strlen(in); r != HTTP_BAD; in = text,
	    n = strlen(in)) {
		do
			r = http_read(&h, &in, &n, &body, &len);
		while (r > HTTP_MORE && r < HTTP_DONE);
		if (times-- == 0)
			break;
	}
	return r == HTTP_BAD ? h.err : "taken";
}

static void
test_limits(void)
{
	is(repeat(OK, "A: b\r\n", HTTP_LINES), "taken", "many lines");
	is(repeat(OK, "A: b\r\n", HTTP_LINES + 1), "too many header lines",
	    "too many lines");
	is(repeat(CH "0\r\n", "A: b\r\n", HTTP_LINES + 1),
	    "too many header lines", "too many trailers");
	is(repeat(OK, "A: b\r\nC:d\r\n", 1000), "too many header lines",
	    "far too many lines");
	is(repeat(OK "A:", "x", HTTP_LINE - 3), "taken", "a long line");
	is(repeat(OK "A:", "x", HTTP_LINE - 2), "too long a line in the head",
	    "too long a line");
	is(repeat("HTTP/1.1 200 ", "x", HTTP_LINE),
	    "too long a line in the head", "too long a status line");
	is(repeat(CH "1;", "x", HTTP_LINE), "too long a line in the head",
	    "too long a chunk extension");
	is(repeat("", "HTTP/1.1 100 Go\r\n\r\n", HTTP_INTERIM), "taken",
	    "several 1xx");
	is(repeat("", "HTTP/1.1 100 Go\r\n\r\n", HTTP_INTERIM + 1),
	    "too many 1xx answers", "too many 1xx");
	is(repeat(CH, "1\r\nx\r\n", 100000), "taken", "chunks without end");
	is(repeat(OK "\r\n", "x", 100000), "taken", "a body without end");
}

static void
test_request(void)
{
	char buf[256];

	ok(http_quote(buf, sizeof(buf), "a/b c%\r\n\xc3?#.-_~") > 0, "quote");
	is(buf, "a%2Fb%20c%25%0D%0A%C3%3F%23.-_~", "nothing gets through");
	ok(http_quote(buf, 4, "ab") == -1 && http_quote(buf, 5, "ab") == 2 &&
	    http_quote(buf, 0, "") == -1 && http_quote(buf, 1, "") == 0,
	    "fits or is refused");
	ok(http_get(buf, sizeof(buf), "docker", "/x") == (int)strlen(buf) &&
	    strncmp(buf, "GET /x HTTP/1.1\r\nHost: docker\r\n", 31) == 0 &&
	    strcmp(buf + strlen(buf) - 4, "\r\n\r\n") == 0, "a request");
	ok(http_get(buf, 40, "docker", "/x") == -1, "that fits");
}

int
main(void)
{
	test_answers();
	test_limits();
	test_request();
	return done();
}
