/* http.h: ask for a document by HTTP/1.1 and read the answer as it comes */

#ifndef HTTP_H
#define HTTP_H

#include <stddef.h>

#define HTTP_LINE 4096		/* longest line of a head */
#define HTTP_LINES 100		/* most lines of a head, trailers too */
#define HTTP_INTERIM 8		/* most 1xx answers before the real one */

/* What http_read has found. */
enum {
	HTTP_BAD = -1,		/* refused, see err */
	HTTP_MORE,		/* all input is taken, more is needed */
	HTTP_HEAD,		/* status is known, the body follows */
	HTTP_BODY,		/* a piece of the body */
	HTTP_DONE		/* the answer is whole */
};

struct http {
	const char *err;	/* why the answer was refused */
	int status;		/* 200 to 599 once HTTP_HEAD was told */
	unsigned char state, chunked, sized, minor, interim, lines;
	size_t len;		/* bytes of the line so far */
	unsigned long long left;	/* bytes left of chunk or body */
	char line[HTTP_LINE];
};

int http_get(char *, size_t, const char *host, const char *path);
int http_quote(char *, size_t, const char *);
void http_init(struct http *);
int http_read(struct http *, const char **in, size_t *n, const char **body,
    size_t *len);
int http_end(struct http *);

#endif
