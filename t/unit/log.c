/* log.c: the shape of log lines, the error record, the caret */

#include "unit.h"
#include "../../lib/log.c"
#include "../../lib/error.h"

/* What was written since the last call. */
static char seen[20000];
static int pipe_out;

static const char *
written(void)
{
	ssize_t n = read(pipe_out, seen, sizeof seen - 1);

	seen[n > 0 ? n : 0] = '\0';
	return seen;
}

/* The words after "date time name[pid] ", which must be as they should. */
static const char *
words(const char *name)
{
	static const char form[] = "dddd/dd/dd dd:dd:dd ";
	const char *p = written();
	char want[300];
	size_t i;

	for (i = 0; form[i] != '\0'; i++)
		if (form[i] == 'd' ? !(p[i] >= '0' && p[i] <= '9') :
		    p[i] != form[i])
			return p;
	p += i;
	i = (size_t)snprintf(want, sizeof want, "%s[%ld] ", name,
	    (long)getpid());
	return strncmp(p, want, i) == 0 ? p + i : p;
}

static void
test_levels(void)
{
	static const struct {
		enum log_level lowest;
		const char *want;
	} rows[] = {
		{ LOG_F, "F" }, { LOG_E, "EF" }, { LOG_W, "WEF" },
		{ LOG_N, "NWEF" }, { LOG_I, "INWEF" }, { LOG_D, "DINWEF" },
	};
	void (*const at[])(const char *, ...) = { log_debug, log_info,
	    log_notice, log_warn, log_error, log_fatal };
	char got[20];
	const char *p;
	size_t i, k, n;

	ok(log_on(LOG_W) && !log_on(LOG_N), "warnings, unless told otherwise");
	for (i = 0; i < sizeof rows / sizeof *rows; i++) {
		log_threshold(rows[i].lowest);
		for (k = n = 0; k < sizeof at / sizeof *at; k++) {
			at[k]("%s", "said");
			p = words("unit");
			if (*p == '\0')
				continue;
			got[n++] = *p;
			if (strcmp(p + 1, " said\n") != 0)
				got[n++] = '?';
		}
		got[n] = '\0';
		is(got, rows[i].want, rows[i].want);
		ok(log_on(rows[i].lowest) && (i == 0 ||
		    log_on(rows[i - 1].lowest)) &&
		    (rows[i].lowest == LOG_D ||
		    !log_on(rows[i].lowest - 1)), "... log_on says so");
	}
	log_threshold(LOG_E);
}

static void
test_lines(void)
{
	static char text[LOG_LINE_MAX * 2];
	char name[400];
	size_t n;

	errno = ENOENT;
	log_error("a %d %s", 7, "b");
	ok(errno == ENOENT, "errno stays");
	is(words("unit"), "E a 7 b\n", "a line");
	memset(text, 'x', sizeof text - 1);
	log_error("%s", text);
	n = strlen(written());
	ok(n <= LOG_LINE_MAX && n > LOG_LINE_MAX - 10 && seen[n - 1] == '\n',
	    "a long line is cut, to %zu bytes", n);
	ok(strchr(seen, '\n') == seen + n - 1, "... and is one line");
	log_plain("%s", text);
	n = strlen(written());
	ok(n <= LOG_LINE_MAX && n > LOG_LINE_MAX - 10 && seen[n - 1] == '\n',
	    "a long plain one, to %zu bytes", n);
	log_plain("as it is");
	is(written(), "as it is\n", "a plain line has no date");
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	log_name(name);
	log_error("still said");
	ok(strstr(written(), "] E still said\n") != NULL,
	    "a long name leaves room for the words");
	log_name("unit");
	log_micro();
	log_error("micro");
	written();
	ok(seen[19] == '.' && strspn(seen + 20, "0123456789") == 6 &&
	    seen[26] == ' ', "microseconds");
	out.micro = 0;
}

static void
test_fault(void)
{
	static char text[5000];

	errno = ENOENT;
	ok(error_set("plain %d", 1) == -1, "fault_set gives -1");
	is(last_error.words, "plain 1", "... and takes the words");
	ok(last_error.err == 0 && last_error.text == NULL && !last_error.hint[0],
	    "... without errno, place and hint");
	errno = ENOENT;
	error_set("open(\"%s\"):", "x");
	is(last_error.words, "open(\"x\"): No such file or directory",
	    "a colon at the end means errno");
	ok(last_error.err == ENOENT && errno == ENOENT, "... that is kept");
	error_set("%s", "");
	is(last_error.words, "", "no words");
	memset(text, 'x', sizeof text - 1);
	error_set("%s", text);
	ok(strlen(last_error.words) == sizeof last_error.words - 1,
	    "long words are cut");
	text[sizeof last_error.words - 2] = ':';
	error_set("%s", text);
	ok(strlen(last_error.words) == sizeof last_error.words - 1,
	    "... also when a colon comes last");
	error_hint("%s", text);
	ok(strlen(last_error.hint) == sizeof last_error.hint - 1, "a hint as well");
	error_place("first", 1, 2);
	error_place("second", 2, 3);
	ok(strcmp(last_error.text, "first") == 0 && last_error.col == 1 &&
	    last_error.len == 2, "the first place stays");
	error_set("new");
	ok(last_error.text == NULL && last_error.hint[0] == '\0',
	    "a new last_error has neither place nor hint");
}

static const char *
placed(const char *text, size_t col, size_t len, const char *hint, int brief)
{
	error_set("wrong");
	error_place(text, col, len);
	if (hint != NULL)
		error_hint("%s", hint);
	error_print(brief);
	return words("unit");
}

static void
test_caret(void)
{
	static char text[3000];
	const char *p, *mark;
	size_t at, bad = 0, len;

	is(placed("TCP:h", 4, 1, NULL, 0), "E wrong\n  TCP:h\n      ^\n",
	    "a caret");
	is(placed("TCP:h", 0, 3, "so", 0), "E wrong\n  TCP:h\n  ^~~\n  so\n",
	    "tildes and a hint");
	is(placed("TCP:h", 4, 1, "so", 1), "E wrong\n", "brief");
	is(placed("TCP:h", 5, 1, NULL, 0), "E wrong\n  TCP:h\n       ^\n",
	    "behind the end");
	is(placed("TCP:h", 99, 9, NULL, 0), "E wrong\n  TCP:h\n       ^\n",
	    "far behind it");
	is(placed("TCP:h", 2, 99, NULL, 0), "E wrong\n  TCP:h\n    ^~~\n",
	    "longer than the text");
	is(placed("", 0, 0, NULL, 0), "E wrong\n  \n  ^\n", "no text");
	is(placed("a\tb\nc\033d\177", 4, 1, NULL, 0),
	    "E wrong\n  a?b?c?d?\n      ^\n", "control characters");

	memset(text, 'x', sizeof text - 1);
	for (at = 0; at < sizeof text; at++) {
		if (at < sizeof text - 1)
			text[at] = '@';
		p = strchr(placed(text, at, at % 7 ? 1 : 200, NULL, 0), '\n');
		if (at < sizeof text - 1)
			text[at] = 'x';
		mark = p == NULL ? NULL : strchr(p + 1, '\n');
		if (mark == NULL) {
			bad++;
			continue;
		}
		p++;
		len = strspn(mark + 1, " ");
		bad += mark[1 + len] != '^' || strlen(mark) > 80 ||
		    (size_t)(mark - p) > 79 || len > (size_t)(mark - p) ||
		    (at < sizeof text - 1 && p[len] != '@');
	}
	ok(bad == 0, "of %zu places in a long text %zu are off",
	    sizeof text, bad);
}

/* The line of a handler is the line of the others, on every day. */
static void
test_dying(void)
{
	static const struct {
		long day;
		const char *want;
	} days[] = {
		{ 0, "1970/01/01" }, { 58, "1970/02/28" },
		{ 59, "1970/03/01" }, { 789, "1972/02/29" },
		{ 11016, "2000/02/29" }, { 11017, "2000/03/01" },
		{ 11322, "2000/12/31" }, { 20778, "2026/11/21" },
		{ 47540, "2100/02/28" }, { 47541, "2100/03/01" },
	};
	static const struct {
		int signo;
		const char *want, *status;
	} lines[] = {
		{ SIGTERM, "W exiting on signal 15\n", "N exit(143)\n" },
		{ SIGQUIT, "E exiting on signal 3\n", "N exit(131)\n" },
		{ SIGINT, "N exiting on signal 2\n", "N exit(130)\n" },
	};
	const char *both;
	char first[40];
	char got[20], a[20], b[20];
	time_t now;
	size_t i;

	for (i = 0; i < sizeof days / sizeof *days; i++) {
		*bare_date(got, days[i].day) = '\0';
		is(got, days[i].want, days[i].want);
	}
	log_threshold(LOG_N);
	for (i = 0; i < sizeof lines / sizeof *lines; i++) {
		log_dying(lines[i].signo);
		both = words("unit");
		snprintf(first, sizeof first, "%.*s",
		    (int)strcspn(both, "\n") + 1, both);
		is(first, lines[i].want, "from a handler");
		both = strrchr(both, ']');
		is(both == NULL ? "" : both + 2, lines[i].status,
		    "... and the status");
	}
	log_threshold(LOG_W);
	log_dying(SIGINT);
	is(written(), "", "silent above its level");
	/* again where midnight lay between the two */
	do {
		now = time(NULL);
		log_error("now");
		snprintf(a, sizeof a, "%.10s", written());
		log_dying(SIGTERM);
		snprintf(b, sizeof b, "%.10s", written());
	} while (time(NULL) / 60 != now / 60);
	is(b, a, "the day of a dying line is that of the others");
}

int
main(void)
{
	int fds[2];

	if (pipe(fds) == -1 || fcntl(fds[0], F_SETFL, O_NONBLOCK) == -1) {
		perror("pipe");
		return 1;
	}
	pipe_out = fds[0];
	log_init("unit", write);
	out.fd = fds[1];
	test_levels();
	test_lines();
	test_fault();
	test_caret();
	test_dying();
	return done();
}
