/* json.c: what lib/json.c takes, refuses, finds and decodes */

#include "unit.h"
#include "../../lib/json.c"

#include <stdlib.h>

static const char *const good[] = {
	"0", "-0", "1", "10", "-12.50", "1e5", "1E+5", "0.1e-07", "true",
	"false", "null", "\"\"", "{}", "[]", " [ ] ", "\t{\r\n}\n", "[1]",
	"[1,2]", "[[],{}]", "{\"a\":1}", "{\"a\":{\"b\":[null,true]},\"\":0}",
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u00e9\\uD83D\\uDE00\"",
	"\"\\uD800\"", "\"\xc3\xa9\"", "\"\xe2\x82\xac\"",
	"\"\xf0\x9f\x98\x80\"", "\"\xed\x9f\xbf\"", "\"\xf4\x8f\xbf\xbf\"",
	"\"\x7f\"", "[1 , 2 ]", "{\"a\" : 1 , \"a\" : 2}", "[-1.0e0,\"x\"]",
	"[0,1,{\"k\":-3}]",
};

static const char *const refused[] = {
	"", " ", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "1 2", "--1",
	"tru", "True", "nul", "nulll", "NaN", "Infinity", "{", "}", "[", "]",
	"[1", "[1,", "[1,]", "[,1]", "[1 2]", "{]", "[}", "{\"a\"}",
	"{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\" 1}",
	"{1:2}", "{\"a\":1 \"b\":2}", "\"", "\"a", "'a'", "\"\\x\"",
	"\"\\u12\"", "\"\\u12g4\"", "\"\\", "\"\n\"", "\"\x01\"", "\"\x80\"",
	"\"\xc0\xaf\"", "\"\xc1\x81\"", "\"\xe0\x80\x80\"",
	"\"\xed\xa0\x80\"", "\"\xf0\x80\x80\x80\"", "\"\xf4\x90\x80\x80\"",
	"\"\xf5\x80\x80\x80\"", "\"\xff\"", "\"\xe2\x82\"", "\"\xc3\"",
	"{} x", "[]]", "\xef\xbb\xbf{}", "/**/1", "[1]//", "{\"a\":1}}",
	"-01", "1.e1", "2.e", "[\"a\",\n4\n,1,", "\v1",
};

static int
whole(const char *text, size_t n)
{
	const char *err = NULL;
	struct json v;

	return json_text(&v, text, n, &err) == 0 && err == NULL;
}

/* The same text in two pieces and byte by byte must give the same answer. */
static int
pieces(const char *text, size_t n, size_t cut)
{
	struct json_scan s;
	size_t used, at = 0, len;
	int r = JSON_MORE;

	json_scan_init(&s);
	while (r == JSON_MORE && at < n) {
		len = cut == 0 ? 1 : at < cut ? cut - at : n - at;
		r = json_scan(&s, text + at, len, &used);
		at += used;
	}
	if (r == JSON_MORE)
		r = json_scan_end(&s);
	while (r == JSON_DONE && at < n)
		if (!space(text[at++]))
			return 0;
	return r == JSON_DONE;
}

static int
splits(const char *text, int want)
{
	size_t n = strlen(text), cut;
	char *copy = malloc(n + 1);
	int same = 1;

	memcpy(copy, text, n);
	for (cut = 0; cut < n; cut++)
		same &= pieces(copy, n, cut) == want;
	free(copy);
	return same;
}

static void
test_grammar(void)
{
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		ok(whole(good[i], strlen(good[i])) && splits(good[i], 1),
		    "good %zu", i);
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		ok(!whole(refused[i], strlen(refused[i])) &&
		    splits(refused[i], 0), "refused %zu", i);
	ok(!whole("\0", 1) && !whole("\"\0\"", 3) && !whole("\"\\\0\"", 4),
	    "NUL is refused everywhere");
}

static void
test_depth(void)
{
	char text[2 * JSON_DEPTH + 4];
	const char *err;
	struct json v;
	int i;

	for (i = 0; i <= JSON_DEPTH; i++) {
		text[i] = '[';
		text[2 * JSON_DEPTH + 1 - i] = ']';
	}
	ok(whole(text + 1, 2 * JSON_DEPTH), "%d levels", JSON_DEPTH);
	ok(json_text(&v, text, 2 * JSON_DEPTH + 2, &err) == -1, "one more");
	is(err, "nested too deep", "and why");
	memset(text, '[', sizeof(text));
	ok(json_text(&v, text, sizeof(text), &err) == -1, "only opened");
	ok(whole("[{\"a\":[{\"b\":[{}]}]}]", 20), "mixed brackets");
	ok(!whole("[{\"a\":[{\"b\":[{]}]}]}", 20), "mixed up brackets");
}

/* Several documents in one stream: where does each end? */
static void
test_stream(void)
{
	const char *text = "{\"a\":1}\n{\"b\":\"}\"}\n12 [3]";
	struct json_scan s;
	size_t used, at = 0, n = strlen(text), ends[5];
	int i;

	for (i = 0; i < 4; i++) {
		json_scan_init(&s);
		if (json_scan(&s, text + at, n - at, &used) != JSON_DONE)
			break;
		at += used;
		ends[i] = at;
	}
	ok(i == 4 && ends[0] == 7 && ends[1] == 17 && ends[2] == 20 &&
	    ends[3] == n, "four values, one after the other");
	json_scan_init(&s);
	ok(json_scan(&s, "[1,x]", 5, &used) == JSON_BAD && used == 3 &&
	    s.seen == 3, "the bad byte is known");
	ok(json_scan(&s, "1", 1, &used) == JSON_BAD, "bad stays bad");
}

static const char *
text_of(const char *json, const char *path)
{
	static char buf[64];
	const char *err;
	struct json v, out;

	if (json_text(&v, json, strlen(json), &err) == -1)
		return err;
	if (!json_find(&v, path, &out))
		return "(none)";
	if (json_string(&out, buf, sizeof(buf)) == -1)
		snprintf(buf, sizeof(buf), "(kind %c)", json_kind(&out));
	return buf;
}

static void
test_find(void)
{
	const char *doc = " { \"a\" : { \"b\" : { \"c\" : \"deep\" } , "
	    "\"n\" : -1.5e3 , \"l\" : [ 1 , {\"c\":2} , \"]\" ] } , "
	    "\"s\\u0074ate\" : \"es\\tc\" , \"q\\\"\" : \"q\" , "
	    "\"t\":true,\"f\":false,\"z\":null,\"e\":{},\"x\":\"first\","
	    "\"x\":\"second\",\"last\":\"\\\\\" } ";

	is(text_of(doc, "a.b.c"), "deep", "nested");
	is(text_of(doc, "a.n"), "(kind 0)", "number");
	is(text_of(doc, "a.l"), "(kind [)", "array");
	is(text_of(doc, "a.l.c"), "(none)", "no way through an array");
	is(text_of(doc, "state"), "es\tc", "escapes in key and value");
	is(text_of(doc, "q\""), "q", "a quote in a key");
	is(text_of(doc, "t"), "(kind t)", "true");
	is(text_of(doc, "f"), "(kind f)", "false");
	is(text_of(doc, "z"), "(kind n)", "null");
	is(text_of(doc, "z.y"), "(none)", "no way through null");
	is(text_of(doc, "e"), "(kind {)", "empty object");
	is(text_of(doc, "e.a"), "(none)", "nothing in it");
	is(text_of(doc, "x"), "first", "the first of two counts");
	is(text_of(doc, "last"), "\\", "the last one");
	is(text_of(doc, "a.b.cc"), "(none)", "a longer key");
	is(text_of(doc, "a.b."), "(none)", "an empty key");
	is(text_of(doc, ""), "(none)", "an empty path");
	is(text_of("{\"\":\"e\"}", ""), "e", "which may exist");
	is(text_of("[]", "a"), "(none)", "an array at the top");
	is(text_of("5", "a"), "(none)", "a number at the top");
}

static void
test_next(void)
{
	const char *text = "[1, \"two\" ,[3,[]],{\"k\":4},-5.5e1,true]";
	const char *err, *pos = NULL;
	struct json v, key, val;
	char got[64] = "";

	json_text(&v, text, strlen(text), &err);
	while (json_next(&v, &pos, &key, &val))
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%.*s|",
		    (int)(val.end - val.at), val.at);
	is(got, "1|\"two\"|[3,[]]|{\"k\":4}|-5.5e1|true|", "array members");
	json_text(&v, "\"s\"", 3, &err);
	pos = NULL;
	ok(!json_next(&v, &pos, &key, &val), "a string has no members");
}

static void
test_string(void)
{
	char text[64], buf[8];
	const char *err;
	struct json v;

	is(text_of("{\"a\":\"\\u00e9\\u20ac\\ud83d\\ude00\\/\"}", "a"),
	    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80/", "UTF-16 escapes");
	is(text_of("{\"a\":\"x\\u0000y\"}", "a"), "(kind \")", "no NUL");
	is(text_of("{\"a\":\"\\ud800\"}", "a"), "(kind \")", "half a pair");
	is(text_of("{\"a\":\"\\ud800\\u0041\"}", "a"), "(kind \")",
	    "a pair with the wrong half");
	is(text_of("{\"a\":\"\\udc00\\ud800\"}", "a"), "(kind \")",
	    "a pair the wrong way round");
	strcpy(text, "\"1234567\"");
	json_text(&v, text, strlen(text), &err);
	ok(json_string(&v, buf, 8) == 7 && json_string(&v, buf, 7) == -1 &&
	    json_string(&v, buf, 0) == -1, "fits or is refused");
	strcpy(text, "\"123456\xc3\xa9\"");
	json_text(&v, text, strlen(text), &err);
	ok(json_string(&v, buf, 8) == -1, "not half a character");
	ok(json_is(&v, "123456\xc3\xa9") && !json_is(&v, "123456") &&
	    !json_is(&v, ""), "compared whole");
}

int
main(void)
{
	test_grammar();
	test_depth();
	test_stream();
	test_find();
	test_next();
	test_string();
	return done();
}
