/* json.c: any bytes as JSON: no split changes the answer, no walk leaves it */

#include "fuzz.h"
#include "../../lib/json.c"

/* Steps through all of a value; returns how many values there are in it. */
static size_t
walk(const struct json *v, int depth)
{
	char buf[32];
	const char *pos = NULL;
	struct json key, val;
	size_t n = 1;

	must(depth <= JSON_DEPTH);
	must(v->at < v->end);
	json_string(v, buf, sizeof(buf));
	json_is(v, "tcp");
	json_find(v, "NetworkSettings.Networks", &val);
	while (json_next(v, &pos, &key, &val)) {
		must(val.at > v->at && val.end < v->end);
		if (json_kind(v) == '{') {
			must(json_kind(&key) == '"' && key.end < val.at);
			json_string(&key, buf, sizeof(buf));
		}
		n += walk(&val, depth + 1);
	}
	return n;
}

static int
bytewise(const char *text, size_t n)
{
	struct json_scan s;
	size_t i, used;
	int r = JSON_MORE;

	json_scan_init(&s);
	for (i = 0; i < n && r == JSON_MORE; i += used)
		r = json_scan(&s, text + i, 1, &used);
	if (r == JSON_MORE)
		r = json_scan_end(&s);
	if (r == JSON_DONE && trim(text + i, text + n) != text + n)
		r = JSON_BAD;
	return r == JSON_DONE;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data, *err = NULL;
	struct json v;
	int good = json_text(&v, text, n, &err) == 0;

	must(good == (err == NULL));
	must(good == bytewise(text, n));
	if (good) {
		must(v.at >= text && v.end <= text + n);
		must(walk(&v, 0) <= n);
	}
	return 0;
}
