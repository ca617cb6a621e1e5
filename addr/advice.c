/*
 * addr/advice.c: what may have been meant by an address that is wrong.
 *
 * People come with URLs, with host:port, with what ssh -L, docker -p and
 * nc take.  Nothing here decides anything: an error was found before, and
 * these functions look for the words that cure it.
 */

#include <ctype.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "advice.h"

#define DIGITS	"0123456789"

/* Signs, tens, eights and sixteens as strtol(3) takes them. */
static bool
is_whole(const char *text)
{
	text += *text == '-' || *text == '+';
	if (text[0] == '0' && (text[1] | 32) == 'x')
		text += 2 + strspn(text + 2, DIGITS "abcdefABCDEF");
	else
		text += strspn(text, DIGITS);
	return *text == '\0';
}

static bool
say(char *buf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool
say(char *buf, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, ADVICE_MAX, fmt, ap);
	va_end(ap);
	return true;
}

static bool
is_number(const char *p)
{
	return *p != '\0' && p[strspn(p, DIGITS)] == '\0';
}

static bool
is_port(const char *p)
{
	return is_number(p) && strlen(p) <= 5;
}

/* Letters of names of hosts, and of addresses that are numbers. */
static bool
is_host(const char *p)
{
	size_t n;

	if (*p == '[')
		return strchr(p, ']') != NULL;
	for (n = 0; isalnum((unsigned char)p[n]) || (p[n] != '\0' &&
	    strchr(".-_*", p[n]) != NULL); n++)
		;
	return n > 0 && p[n] == '\0';
}

/* Types that other programs' users look for. */
static const struct {
	const char *typed, *meant;
} synonyms[] = {
	{ "CLIENT", "TCP:HOST:PORT" },
	{ "CMD", "EXEC:COMMAND" },
	{ "COMMAND", "EXEC:COMMAND" },
	{ "CONNECT", "TCP:HOST:PORT" },
	{ "COM", "/dev/ttyS0,b115200,raw,echo=0" },
	{ "LISTEN", "TCP-LISTEN:PORT" },
	{ "LOCALHOST", "TCP:localhost:PORT" },
	{ "NULL", "/dev/null" },
	{ "PORT", "TCP-LISTEN:PORT" },
	{ "RUN", "EXEC:COMMAND" },
	{ "SERIAL", "/dev/ttyS0,b115200,raw,echo=0" },
	{ "SERVER", "TCP-LISTEN:PORT" },
	{ "TCP-CLIENT", "TCP:HOST:PORT" },
	{ "TCP-SERVER", "TCP-LISTEN:PORT" },
	{ "TCP4-CLIENT", "TCP4:HOST:PORT" },
	{ "TCP4-SERVER", "TCP4-LISTEN:PORT" },
	{ "TCP6-CLIENT", "TCP6:HOST:PORT" },
	{ "TCP6-SERVER", "TCP6-LISTEN:PORT" },
	{ "TTY", "/dev/ttyS0,b115200,raw,echo=0" },
	{ "UDP-CLIENT", "UDP:HOST:PORT" },
	{ "UDP-SERVER", "UDP-LISTEN:PORT" },
	{ "UNIX-SERVER", "UNIX-LISTEN:PATH" },
	{ "UNIX-SOCKET", "UNIX-CONNECT:PATH" },
};

static const char *
synonym(const char *type)
{
	size_t i;

	for (i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
		if (strcasecmp(type, synonyms[i].typed) == 0)
			return synonyms[i].meant;
	return NULL;
}

/* The family that text begins with; *len: how long its name is. */
static const struct family *
family_prefix(const char *text, size_t *len)
{
	const struct family *f;
	char name[40];
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '-')
		n++;
	if (n == 0 || n >= sizeof name)
		return NULL;
	memcpy(name, text, n);
	name[n] = '\0';
	*len = n;
	f = family_find(name);
	return f != NULL && family_here(f) ? f : NULL;
}

/*
 * A URL's host, port and what follows: "//h:80/path" is two parameters,
 * "//h" and "80/path".
 */
static bool
advise_url(const char *scheme, const struct spec *s, char *buf)
{
	const char *host = s->param[0].text + 2, *port = "PORT";
	const char *type = strncasecmp(scheme, "udp", 3) == 0 ? "UDP" : "TCP";
	size_t hostlen = strcspn(host, "/"), portlen = 4;

	if (strncasecmp(scheme, "unix", 4) == 0)
		return say(buf, "a URL is no address; write UNIX-CONNECT:"
		    "%.100s", host);
	if (s->nparam > 1 && host[hostlen] == '\0' &&
	    isdigit((unsigned char)*s->param[1].text)) {
		port = s->param[1].text;
		portlen = strspn(port, DIGITS);
	} else if (strcasecmp(scheme, "http") == 0) {
		port = "80";
		portlen = 2;
	} else if (strcasecmp(scheme, "https") == 0) {
		port = "443";
		portlen = 3;
	}
	if (hostlen == 0 || hostlen > 100 || portlen > 5)
		return say(buf, "a URL is no address; write TCP:HOST:PORT");
	return say(buf, "a URL is no address; write %s:%.*s:%.*s", type,
	    (int)hostlen, host, (int)portlen, port);
}

static bool
is_url(const struct spec *s)
{
	return s->nparam > 0 && strncmp(s->param[0].text, "//", 2) == 0;
}

/* "$HOST" came as it stands. */
static bool
advise_variable(const char *text, char *buf)
{
	const char *at = strchr(text, '$');
	size_t start, n;

	if (at == NULL)
		return false;
	start = at[1] == '{' ? 2 : 1;
	n = start + strcspn(at + start, "}:,;/ .-\"'");
	if (n == start || n > 60)
		return false;
	n += start == 2 && at[n] == '}';
	return say(buf, "%.*s was not replaced: single quotes and lists in "
	    "JSON keep it from the shell", (int)n, at);
}

/* "h:80" and "8080:h:80": connect there, or listen and connect. */
static bool
advise_bare(const char *type, const struct spec *s, char *buf)
{
	const char *last = s->nparam > 0 ? s->param[s->nparam - 1].text : "";

	if (s->nparam == 0 || !is_port(last))
		return false;
	if (*type == '\0' && s->nparam == 1)
		return say(buf, "the type is missing; to listen on port %s "
		    "write TCP-LISTEN:%s", last, last);
	if (s->nparam == 1 && is_port(type))
		return say(buf, "these are two ports and no address; write "
		    "two: TCP-LISTEN:%s,fork TCP:HOST:%s", type, last);
	if (s->nparam == 1 && is_host(type) && strlen(type) < 100)
		return say(buf, "\"%s:%s\" has no type; to connect there "
		    "write TCP:%s:%s, to listen on that port TCP-LISTEN:%s",
		    type, last, type, last, last);
	if (s->nparam == 2 && is_port(type) && is_host(s->param[0].text) &&
	    strlen(s->param[0].text) < 100)
		return say(buf, "this takes two addresses: TCP-LISTEN:%s,"
		    "fork TCP:%s:%s", type, s->param[0].text, last);
	if (s->nparam == 2 && is_host(type) && is_port(s->param[0].text) &&
	    strlen(type) < 100)
		return say(buf, "this takes two addresses: TCP-LISTEN:%s,"
		    "bind=%s,fork TCP:HOST:%s", s->param[0].text, type, last);
	return false;
}

/* A type that is one, with something before or behind it. */
static bool
advise_around(const char *type, const struct spec *s, char *buf)
{
	size_t blanks = strspn(type, " \t\n"), len;
	const char *rest;
	const struct family *f = family_prefix(type + blanks, &len);

	if (f == NULL)
		return false;
	rest = type + blanks + len;
	if (*rest == '\0')
		return say(buf, "there is a blank before \"%s\"",
		    type + blanks);
	if (rest[strspn(rest, " \t\n")] == '\0')
		return say(buf, "there is a blank behind \"%.*s\"", (int)len,
		    type + blanks);
	if (*rest == ':')
		return say(buf, "there are quotes around it which no shell "
		    "takes away; write %.200s", type + blanks);
	if (f->max == 0 || s->nparam > 0 || strchr(" =;\t", *rest) == NULL)
		return false;
	return say(buf, "a colon stands before a parameter: %.*s:%.200s",
	    (int)len, type + blanks, rest + 1);
}

static bool
advise_guess(const char *type, const struct spec *s, char *buf)
{
	char name[64];
	size_t len = strcspn(type, "=");

	if (s->nparam > 0 || len == 0 || len >= sizeof name)
		return false;
	memcpy(name, type, len);
	name[len] = '\0';
	if (opt_find(name) != NULL)
		return say(buf, "%s is an option of an address and follows "
		    "it after a comma, as in TCP-LISTEN:8080,fork", name);
	if (!is_host(type) || strlen(type) > 80)
		return false;
	return say(buf, "-h lists the types; for a file write ./%s, for a "
	    "host TCP:%s:PORT", type, type);
}

bool
advise_type(const struct spec *s, char *buf)
{
	const char *type = s->type.text, *near;

	if (advise_around(type, s, buf))
		return true;
	if (is_url(s))
		return advise_url(type, s, buf);
	if (advise_variable(type, buf))
		return true;
	if (synonym(type) != NULL && s->nparam < 2 &&
	    (s->nparam == 0 || strcasecmp(type, "localhost") != 0))
		return say(buf, "did you mean %s?", synonym(type));
	near = family_near(type);
	if (near != NULL)
		return say(buf, "did you mean \"%s\"?", near);
	return advise_bare(type, s, buf) || advise_guess(type, s, buf);
}

/* The bracket that is open at the end of text, or '\0'. */
static char
open_bracket(const char *text)
{
	char stack[32];
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (strchr("([{", *text) != NULL && n < sizeof stack)
			stack[n++] = *text;
		else if (strchr(")]}", *text) != NULL && n > 0)
			n--;
	}
	return n > 0 ? stack[n - 1] : '\0';
}

/* "::1:80" and the like: all but the last are parts of one host. */
static bool
advise_ip6(const struct spec *s, char *buf)
{
	char host[60] = "";
	size_t i, len = 0;

	for (i = 0; i + 1 < s->nparam; i++) {
		const char *part = s->param[i].text;

		if (strspn(part, DIGITS "abcdefABCDEF.") != strlen(part) ||
		    strlen(part) > 15 || len + 17 >= sizeof host)
			return false;
		len += (size_t)sprintf(host + len, "%s%s", i > 0 ? ":" : "",
		    part);
	}
	if (!is_number(s->param[i].text))
		return say(buf, "an IPv6 address goes in brackets: [::1]");
	return say(buf, "an IPv6 address goes in brackets: %s:[%s]:%.40s",
	    s->type.text, host, s->param[i].text);
}

static bool
too_many(const struct spec *s, const struct family *f, char *buf)
{
	const char *last = s->param[s->nparam - 1].text;
	const char *blank = strpbrk(s->param[f->max].text, " \t\n");
	size_t len;

	if (blank == NULL && f->max > 0)
		blank = strpbrk(s->param[f->max - 1].text, " \t\n");
	if (blank != NULL && family_prefix(blank + 1, &len) != NULL)
		return say(buf, "two addresses in one word: leave out the "
		    "quotes around both");
	if (s->nparam > 3 && advise_ip6(s, buf))
		return true;
	if (*last != '\0' && opt_find(last) != NULL)
		return say(buf, "an option follows after a comma: \",%.60s\"",
		    last);
	if (s->nparam == 4 && f->groups & (G_HTTP | G_SOCKS) &&
	    is_number(s->param[1].text))
		return say(buf, "the server's port is an option: "
		    "%s:%.80s:%.80s:%.40s,%s=%.20s", s->type.text,
		    s->param[0].text, s->param[2].text, last,
		    f->groups & G_HTTP ? "proxyport" : "socksport",
		    s->param[1].text);
	if (!(f->role & ROLE_LISTEN) || f->max != 1)
		return false;
	if (s->nparam == 2 && is_host(s->param[0].text) &&
	    is_number(last) && strlen(s->param[0].text) < 100)
		return say(buf, "to listen on one address only: %s:%.40s,"
		    "bind=%s", s->type.text, last, s->param[0].text);
	if (s->nparam == 3 && is_number(s->param[0].text) && is_number(last))
		return say(buf, "where to connect is an address of its own: "
		    "%s:%.40s TCP:%.100s:%.40s", s->type.text,
		    s->param[0].text, s->param[1].text, last);
	return false;
}

bool
advise_params(const struct spec *s, const struct family *f, char *buf)
{
	char left = open_bracket(s->text);

	if (left != '\0')
		return say(buf, "a \"%c\" is open to the end%s", left,
		    left == '[' ? ": an IPv6 address is written [::1]" : "");
	if (is_url(s))
		return advise_url(s->type.text, s, buf);
	if (s->nparam > (size_t)f->max)
		return too_many(s, f, buf);
	if (s->nparam == 1 && f->min == 2 && strstr(f->syntax, "<port>") &&
	    *s->param[0].text != '\0') {
		if (is_port(s->param[0].text))
			return say(buf, "the host is missing: "
			    "%s:HOST:%s", s->type.text, s->param[0].text);
		return say(buf, "the port is missing: %s:%.120s:PORT",
		    s->type.text, s->param[0].text);
	}
	if (s->nparam == 0)
		return say(buf, "parameters follow a colon: %s", f->syntax);
	return false;
}

bool
advise_port(const struct spec *s, char *buf)
{
	const char *text = s->param[s->nparam - 1].text;
	const char *host = s->nparam > 1 ? s->param[0].text : "";
	size_t digits = strspn(text, DIGITS), len;
	const char *rest = text + digits;

	if (s->nparam > 1 && is_url(s))
		return advise_url(s->type.text, s, buf);
	if (advise_variable(text, buf))
		return true;
	if (text[strspn(text, " \t\n")] == '\0')
		return say(buf, "the port is missing: is a variable empty?");
	if (digits > 0 && *rest == '\0')
		return say(buf, "ports end at 65535");
	if (digits > 0 && rest[strspn(rest, " \t\r\n")] == '\0')
		return say(buf, "there is a blank or the end of a line "
		    "behind %.*s", (int)digits, text);
	if (digits > 0 && isspace((unsigned char)*rest)) {
		rest += strspn(rest, " \t\r\n");
		if (*rest == '-' || family_prefix(rest, &len) != NULL)
			return say(buf, "two addresses in one word: leave "
			    "out the quotes around both");
		return say(buf, "an option follows after a comma, without "
		    "blanks: %.*s,%.60s", (int)digits, text, rest);
	}
	if (digits > 0 && *rest == '/')
		return say(buf, "a port has no path; end it at %.*s",
		    (int)digits, text);
	if (is_port(host) && is_host(text))
		return say(buf, "the host comes first: %s:%.100s:%s",
		    s->type.text, text, host);
	if (digits == 0 && opt_find(text) != NULL)
		return say(buf, "an option follows after a comma: \",%.60s\"",
		    text);
	if (digits == 0 && is_host(text) && !is_whole(text))
		return say(buf, "no service \"%.60s\" is known here "
		    "(/etc/services): write its number", text);
	return false;
}

/* "TCP://h:80", "TCP:$HOST:80": no look-up would find that. */
bool
advise_host(const struct spec *s, char *buf)
{
	size_t i;

	if (is_url(s))
		return advise_url(s->type.text, s, buf);
	for (i = 0; i < s->nparam; i++)
		if (advise_variable(s->param[i].text, buf))
			return true;
	return false;
}

/*
 * "SYSTEM:echo a,b": everything up to the last option that is none is
 * the command.
 */
bool
advise_command(const struct spec *s, char *buf)
{
	const char *text = s->text, *command = strchr(text, ':'), *end;
	size_t i, n = s->nopt;

	while (n > 0 && opt_find(s->opt[n - 1].name.text) != NULL)
		n--;
	if (command == NULL || n == 0)
		return false;
	command++;
	end = n < s->nopt ? text + s->opt[n].name.col - 1 :
	    text + strlen(text);
	for (i = 0; command + i < end; i++)
		if (strchr("\"'\\!", command[i]) != NULL)
			break;
	if (command + i < end || strlen(text) > 150)
		return say(buf, "a comma ends the command; write \\, for one "
		    "that belongs to it");
	return say(buf, "a comma ends the command unless it is quoted, once "
	    "more than the shell takes away: '%.*s\"%.*s\"%s'",
	    (int)(command - text), text, (int)(end - command), command, end);
}

bool
advise_partner(const struct spec *s, const struct spec *partner, size_t col,
    char *buf)
{
	const struct family *f = family_find(partner->type.text);
	const struct family *own = family_find(s->type.text);
	const char *option = NULL;
	const struct opt *o;
	size_t i, len;

	for (i = 0; i < s->nopt; i++)
		if (s->opt[i].name.col == col)
			option = s->opt[i].name.text;
	o = option == NULL ? NULL : opt_find(option);
	if (o == NULL || f == NULL || own == NULL || !family_here(f) ||
	    o->groups & own->groups || !(o->groups & f->groups))
		return false;
	/* What may be anything, as STDIO, takes nearly all options. */
	if (f->role & ROLE_ANYTHING)
		return false;
	len = strcspn(s->text + col, ",");
	if (strlen(partner->text) + len > 200)
		return say(buf, "%s belongs to the other address", option);
	return say(buf, "%s belongs to the other address: %s,%.*s", option,
	    partner->text, (int)len, s->text + col);
}

bool
advise_group(const struct opt *o, const char *name, char *buf)
{
	if (!(o->groups & (G_CHILD | G_LISTEN | G_RANGE)))
		return false;
	return say(buf, "%.60s is for an address that waits for clients, as "
	    "TCP-LISTEN:PORT,%.60s%s; -g tries it nevertheless", name, name,
	    o->type == T_CONST || o->type == T_BOOL ? "" : "=...");
}

static bool
is_word(const char *text, const char *const words[])
{
	for (; *words != NULL; words++)
		if (strcasecmp(text, *words) == 0)
			return true;
	return false;
}

bool
advise_value(const struct opt *o, const char *name, const char *value,
    char *buf)
{
	static const char *const yes[] = { "yes", "on", "true", "y", NULL };
	static const char *const no[] = { "no", "off", "false", "n", NULL };
	size_t digits = strspn(value, DIGITS ".");

	if (o->type == T_CONST || (o->type > T_MODE && o->type != T_TIME &&
	    o->type != T_LINGER))
		return false;
	if (advise_variable(value, buf))
		return true;
	if (*value == '\0')
		return say(buf, "a number is missing behind %.60s=", name);
	if (o->type == T_MODE && is_whole(value))
		return say(buf, "access rights are octal digits, at most "
		    "7777, as in %.60s=600", name);
	if (o->type == T_MODE)
		return say(buf, "\"%.60s\" is not a number; access rights are "
		    "octal digits, as in %.60s=600", value, name);
	if (is_word(value, yes))
		return say(buf, "\"%s\" is not a number; %.60s alone switches "
		    "it on", value, name);
	if (is_word(value, no))
		return say(buf, "\"%s\" is not a number; %.60s=0 switches it "
		    "off", value, name);
	if (is_whole(value) && o->type != T_TIME)
		return false;		/* out of range */
	if (digits > 0 && o->type == T_TIME)
		return say(buf, "\"%.60s\" is not a number; seconds, without "
		    "a unit: %.60s=%.*s", value, name, (int)digits, value);
	if (digits > 0)
		return say(buf, "\"%.60s\" is not a whole number; units such "
		    "as k are not known", value);
	return say(buf, "\"%.60s\" is not a number", value);
}
