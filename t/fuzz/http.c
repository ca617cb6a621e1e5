/* http.c: any bytes as an answer: no split changes what is read from it */

#include "fuzz.h"
#include "../../lib/http.c"

struct seen {
	int status, result;
	size_t body, used;
	uint32_t sum;
	const char *err;
};

static struct seen
feed(const char *in, size_t n, size_t step)
{
	struct seen s = { 0 };
	struct http h;
	const char *p = in, *body;
	size_t left, len;
	int r = HTTP_MORE;

	http_init(&h);
	do {
		left = (size_t)(in + n - p) < step ? (size_t)(in + n - p) :
		    step;
		while ((r = http_read(&h, &p, &left, &body, &len)) ==
		    HTTP_HEAD || r == HTTP_BODY) {
			if (r == HTTP_HEAD) {
				must(s.status == 0 && s.body == 0);
				s.status = h.status;
				must(s.status >= 200 && s.status < 600);
				continue;
			}
			must(s.status != 0 && len > 0);
			must(body >= in && body + len <= in + n);
			for (s.body += len; len; len--)
				s.sum = s.sum * 31 + (uint8_t)*body++;
		}
	} while (r == HTTP_MORE && p < in + n);
	s.result = r == HTTP_MORE ? http_end(&h) : r;
	s.used = (size_t)(p - in);
	s.err = h.err;
	must((s.result == HTTP_BAD) == (h.err != NULL));
	must(s.result == HTTP_BAD || s.result == HTTP_DONE);
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *in = (const char *)data;
	struct seen all = feed(in, n, n ? n : 1), one = feed(in, n, 1),
	    some = feed(in, n, 7);

	must(all.result == one.result && all.result == some.result);
	must(all.status == one.status && all.status == some.status);
	must(all.body == one.body && all.body == some.body);
	must(all.sum == one.sum && all.sum == some.sum);
	must(all.used == one.used && all.used == some.used);
	must(all.err == one.err && all.err == some.err);
	return 0;
}
