/* run/dump.c: -v, -x, -r and -R: what goes through, shown. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../lib/cold.h"
#include "../lib/error.h"
#include "../lib/log.h"
#include "dump.h"
#include "dump-name.h"

#define BYTES_A_LINE	16

static int raw[2] = { -1, -1 };

/* Collects output, so that a block comes out in few writes. */
#define OUT_SIZE	8192
static struct {
	char *text;
	size_t n;
} out;

static void
write_all(int fd, const void *data, size_t len)
{
	const char *p = data;
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

static void
flush(void)
{
	write_all(STDERR_FILENO, out.text, out.n);
	out.n = 0;
}

static void
put(const char *text, size_t len)
{
	if (out.text == NULL && (out.text = malloc(OUT_SIZE)) == NULL)
		return;
	if (out.n + len > OUT_SIZE)
		flush();
	memcpy(out.text + out.n, text, len);
	out.n += len;
}

static const char *
form(const struct config *c, int index)
{
	return index == 0 ? c->raw_left : c->raw_right;
}

static HOT bool
varies(const struct config *c, int index)
{
	return form(c, index) != NULL && dump_name_varies(form(c, index));
}

static int
raw_open(int index, const char *path)
{
	raw[index] = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
	    0664);
	if (raw[index] == -1)
		return error_set("option -%c \"%s\":", index == 0 ? 'r' : 'R',
		    path);
	return 0;
}

HOT int
dump_prepare(const struct config *c)
{
	int i;

	for (i = 0; i < 2; i++)
		if (form(c, i) != NULL && raw[i] == -1 && !varies(c, i) &&
		    raw_open(i, form(c, i)) == -1)
			return -1;
	return 0;
}

bool
dump_each(const struct config *c)
{
	return varies(c, 0) || varies(c, 1);
}

HOT int
dump_open(const struct service *s, struct end *client)
{
	const struct config *c = s->config;
	char *path;
	int i, rc;

	if (dump_prepare(s->config) == -1)
		return -1;
	for (i = 0; i < 2; i++) {
		if (!varies(c, i) || raw[i] != -1)
			continue;
		path = dump_name(s, form(c, i), client);
		if (path == NULL)
			return error_set("out of memory");
		rc = raw_open(i, path);
		free(path);
		if (rc == -1)
			return -1;
	}
	return 0;
}

HOT void
dump_close(const struct config *c)
{
	int i;

	for (i = 0; i < 2; i++)
		if (varies(c, i) && raw[i] != -1) {
			close(raw[i]);
			raw[i] = -1;
		}
}

HOT int
dump_raw_fd(int index)
{
	return raw[index];
}

void
dump_raw(int fd, const unsigned char *data, size_t len)
{
	write_all(fd, data, len);
}

/* The line before a block: direction, time, and which bytes these are. */
static void
header(int index, unsigned long long from, size_t len)
{
	struct timespec ts;
	struct tm tm;
	char line[128];
	size_t n;

	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	n = strftime(line, sizeof line, index == 0 ? "> %Y/%m/%d %H:%M:%S" :
	    "< %Y/%m/%d %H:%M:%S", &tm);
	n += (size_t)snprintf(line + n, sizeof line - n,
	    ".%06ld  length=%zu from=%llu to=%llu\n", ts.tv_nsec / 1000, len,
	    from, from + len - 1);
	put(line, n);
}

static void
text_dump(const unsigned char *data, size_t len)
{
	static const char control[] = "\a\b\v\f\r\\", letter[] = "abvfr\\";
	const char *at;
	char c[2];
	size_t i;

	for (i = 0; i < len; i++) {
		c[0] = (char)data[i];
		at = data[i] == 0 ? NULL : strchr(control, data[i]);
		if (at != NULL) {
			c[0] = '\\';
			c[1] = letter[at - control];
			put(c, 2);
			continue;
		}
		if (c[0] != '\n' && c[0] != '\t' && (data[i] < ' ' ||
		    data[i] > '~'))
			c[0] = '.';
		put(c, 1);
	}
}

static void
hex(const unsigned char *data, size_t len)
{
	static const char digit[] = "0123456789abcdef";
	char text[3] = " ";
	size_t i;

	for (i = 0; i < len; i++) {
		text[1] = digit[data[i] >> 4];
		text[2] = digit[data[i] & 15];
		put(text, 3);
	}
}

/* Hexadecimal and text side by side; a newline ends a line as well. */
static void
both_dump(const unsigned char *data, size_t len)
{
	size_t n, i;
	char c;

	for (; len > 0; data += n, len -= n) {
		for (n = 0; n < len && n < BYTES_A_LINE; )
			if (data[n++] == '\n')
				break;
		hex(data, n);
		for (i = n; i < BYTES_A_LINE; i++)
			put("   ", 3);
		put("  ", 2);
		for (i = 0; i < n; i++) {
			c = (char)data[i];
			put(data[i] < ' ' || data[i] > '~' ? "." : &c, 1);
		}
		put("\n", 1);
	}
	put("--\n", 3);
}

HOT void
dump_block(const struct config *c, int index, unsigned long long from,
    const unsigned char *data, size_t len)
{
	if ((!c->text_dump && !c->hex_dump) || len == 0)
		return;
	header(index, from, len);
	if (c->text_dump && c->hex_dump)
		both_dump(data, len);
	else if (c->text_dump)
		text_dump(data, len);
	else {
		hex(data, len);
		put("\n", 1);
	}
	flush();
}
