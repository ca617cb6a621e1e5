/* json.h: check JSON text as it comes in, then walk in what was checked */

#ifndef JSON_H
#define JSON_H

#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH 64	/* deeper nesting is refused */

/* The state of a check that goes on over any split of the text. */
struct json_scan {
	const char *err;	/* why the text was refused, else NULL */
	const char *word;	/* rest of a true, false or null */
	uint64_t objects;	/* one bit per open level: 1 object, 0 array */
	size_t seen;		/* bytes looked at so far */
	unsigned char state, depth, key, hex, tail, lo, hi;
};

/* One value inside text that was found good; owns nothing. */
struct json {
	const char *at, *end;
};

enum { JSON_BAD = -1, JSON_MORE = 0, JSON_DONE = 1 };

void json_scan_init(struct json_scan *);
int json_scan(struct json_scan *, const char *, size_t, size_t *used);
int json_scan_end(struct json_scan *);

int json_text(struct json *, const char *, size_t, const char **err);
int json_kind(const struct json *);
int json_next(const struct json *, const char **pos, struct json *key,
    struct json *val);
int json_find(const struct json *, const char *path, struct json *);
int json_is(const struct json *, const char *);
int json_string(const struct json *, char *, size_t);

#endif
