/* addr/parse.c: how a word becomes an address. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "../lib/error.h"
#include "../lib/log.h"
#include "../lib/os/os.h"
#include "addr.h"
#include "advice.h"
#include "family/socket.h"

static void
conf_init(struct conf *c)
{
	memset(c, 0, sizeof *c);
	c->max_children = c->backlog = -1;
	c->sourceport = c->socktype = c->protocol = -1;
	c->perm_early = c->user_early = c->group_early = -1;
	c->perm = c->user = c->group = -1;
	c->unlink_close = c->tightsocklen = -1;
	c->fdin = c->fdout = c->mtu = -1;
	c->mq_maxmsg = c->mq_msgsize = -1;
	c->tls_verify = c->tls_maxfraglen = c->tls_maxsendfrag = -1;
	c->umask = c->setuid = c->setgid = c->su = c->su_d = -1;
	c->half = c->escape = c->setpgid = -1;
	c->interval = 1000000000LL;
}

/* The value goes to the member of struct conf, or to the flags of open. */
static void
conf_set(struct conf *c, const struct opt *o, const struct val *v)
{
	char *member = (char *)c + o->a;
	long long n = v->n;

	switch (o->kind) {
	case K_FIELD:
		if (o->type == T_STRING || o->type == T_STRING0) {
			*(const char **)(void *)member =
			    v->s == NULL ? "" : v->s;
			return;
		}
		if (o->b != 0)
			n = n || o->type == T_CONST ? o->b - 1 : 0;
		*(long long *)(void *)member = n;
		return;
	case K_IFF:
		/* The last one of a flag says. */
		c->iff = n ? c->iff | o->a : c->iff & ~o->a;
		c->iff_clear = n ? c->iff_clear & ~o->a : c->iff_clear | o->a;
		return;
	case K_OFLAG:
	case K_STATUS:
		if (n)
			c->oflags |= o->a;
		else
			c->oflags_clear |= o->a;
		return;
	default:
		return;
	}
}

static int
opt_unknown(struct addr *a, const struct spec_opt *at)
{
	const char *near, *name = at->name.text != NULL ? at->name.text : "";
	size_t blanks = strspn(name, " \t\n");
	char advice[ADVICE_MAX];

	error_set("unknown option \"%.200s\"", name);
	error_place(a->spec->text, at->name.col, strlen(name));
	near = opt_near(name + blanks, a->family->groups);
	if (blanks > 0 && opt_find(name + blanks) != NULL)
		error_hint("there is a blank before \"%.100s\"",
		    name + blanks);
	else if (near != NULL)
		error_hint("did you mean \"%s\"?", near);
	else if (a->family->max == PARAM_TEXT &&
	    advise_command(a->spec, advice))
		error_hint("%s", advice);
	return -1;
}

static bool
is_field(const struct opt *o, size_t field)
{
	return o->kind == K_FIELD && o->a == (int)field;
}

/* What socat takes and does not do as it reads, or fails on later. */
static int
opt_misread(struct addr *a, const struct opt *o, const struct spec_opt *at)
{
	const char *name = o->name;
	size_t i;

	/* One child, socat's default number, is hardly what is meant. */
	if (at->value.text == NULL && !a->config->as_socat &&
	    (is_field(o, offsetof(struct conf, max_children)) ||
	    is_field(o, offsetof(struct conf, pool)))) {
		error_set("option \"%.200s\": value required", at->name.text);
		error_hint("%s takes a number, as in %s=100", name, name);
		goto wrong;
	}
	for (i = 0; i < a->nopt; i++)
		if (a->opt[i].opt == o &&
		    is_field(o, offsetof(struct conf, range))) {
			error_set("option \"%.200s\" is given twice",
			    at->name.text);
			error_hint("only one range is looked at: each needs "
			    "a listener of its own");
			goto wrong;
		}
	return 0;
wrong:
	error_place(a->spec->text, at->name.col, strlen(at->name.text));
	return -1;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What was given last before does not count; socat refuses that later. */
static void
opt_again(const struct addr *a, const struct opt_set *set)
{
	const char *value = set->at->value.text, *before;
	size_t i = a->nopt;

	if (a->config->as_socat || set->opt->kind != K_FIELD)
		return;
	while (i > 0 && a->opt[i - 1].opt != set->opt)
		i--;
	if (i == 0)
		return;
	before = a->opt[i - 1].at->value.text;
	if (!same_text(before, value))
		log_warn("option \"%.200s%s%.200s\" does not count: it is "
		    "given again, as \"%.200s%s%.200s\"",
		    a->opt[i - 1].at->name.text, before == NULL ? "" : "=",
		    before == NULL ? "" : before, set->at->name.text,
		    value == NULL ? "" : "=", value == NULL ? "" : value);
}

static int
opt_check(struct addr *a, const struct spec_opt *at)
{
	const struct opt *o = opt_find(at->name.text);
	struct opt_set *set = &a->opt[a->nopt];
	char groups[200], advice[ADVICE_MAX];

	if (o == NULL || (o->own && a->config->as_socat))
		return opt_unknown(a, at);
	if (!opt_fits(o, a->family->groups) && !a->config->no_groups) {
		error_set("option \"%.200s\" not supported with this address "
		    "type", at->name.text);
		error_place(a->spec->text, at->name.col,
		    strlen(at->name.text));
		groups_name(o->groups, groups, sizeof groups);
		error_hint("%s is for addresses of group %s; -g tries it "
		    "nevertheless", o->name, groups);
		if (advise_group(o, o->name, advice))
			error_hint("%s", advice);
		return -1;
	}
	if (o->kind == K_ABSENT || (o->kind != K_FIELD &&
	    (o->a == ABSENT || o->b == ABSENT))) {
		error_set("option \"%.200s\" is known but not available here",
		    at->name.text);
		error_place(a->spec->text, at->name.col,
		    strlen(at->name.text));
		return -1;
	}
	if (opt_misread(a, o, at) == -1)
		return -1;
	if (opt_value(a->config, o, at, &set->val) == -1) {
		if (at->value.text != NULL && advise_value(o, at->name.text,
		    at->value.text, advice))
			error_hint("%s", advice);
		last_error.text = a->spec->text;
		if (!a->config->sloppy || opt_binds(o))
			return -1;
		error_print(1);
		return 0;
	}
	set->opt = o;
	set->phase = o->kind == K_FUNC || o->kind == K_SOCKOPT ||
	    o->kind == K_STATUS ? phase_stage(o->phase) : PHASES;
	set->at = at;
	opt_again(a, set);
	a->nopt++;
	conf_set(&a->c, o, &set->val);
	return 0;
}

/* A command's colons are its own: its parameters become one again. */
static int
params_join(struct addr *a)
{
	struct spec *s = a->spec;
	size_t i, len = 1;
	char *p;

	for (i = 0; i < s->nparam; i++)
		len += strlen(s->param[i].text) + 1;
	p = malloc(len);
	if (p == NULL)
		return error_set("out of memory");
	*p = '\0';
	for (i = 0, len = 0; i < s->nparam; i++)
		len += (size_t)sprintf(p + len, "%s%s", i > 0 ? ":" : "",
		    s->param[i].text);
	a->param[0] = p;
	a->nparam = s->nparam > 0;
	return 0;
}

static int
params_check(struct addr *a)
{
	struct spec *s = a->spec;
	const struct family *f = a->family;
	char advice[ADVICE_MAX];
	size_t i;

	a->param = calloc(s->nparam + 1, sizeof *a->param);
	if (a->param == NULL)
		return error_set("out of memory");
	if (f->max == PARAM_TEXT) {
		if (params_join(a) == -1)
			return -1;
	} else
		for (i = 0; i < s->nparam; i++)
			a->param[a->nparam++] = s->param[i].text;
	if (a->nparam >= (size_t)f->min && a->nparam <= (size_t)f->max)
		return 0;
	error_set("%s: wrong number of parameters (%zu instead of %d): "
	    "usage: %s", s->type.text, a->nparam,
	    a->nparam < (size_t)f->min ? f->min : f->max, f->syntax);
	i = a->nparam > (size_t)f->max ? (size_t)f->max : 0;
	error_place(s->text, i < s->nparam ? s->param[i].col : s->type.col,
	    1);
	if (advise_params(s, f, advice))
		error_hint("%s", advice);
	return -1;
}

static int
type_unknown(const struct addr *a, const char *type)
{
	char advice[ADVICE_MAX];

	error_set("unknown device/address \"%.200s\"", type);
	error_place(a->spec->text, a->spec->type.col, strlen(type));
	if (a->spec->nparam == 0 && access(type, F_OK) == 0)
		error_hint("for a file write ./%.200s", type);
	else if (advise_type(a->spec, advice))
		error_hint("%s", advice);
	return -1;
}

static int
type_check(struct addr *a)
{
	const char *type = a->spec->type.text;
	const struct family *f = family_find(type);
	char reason[sizeof last_error.words];

	if (f == NULL)
		return type_unknown(a, type);
	if (!family_here(f)) {
		snprintf(reason, sizeof reason, "%s", f->ops == NULL ?
		    f->lack->reason : last_error.words);
		error_set("%s is known but not here: %s%s%s", f->name,
		    reason, f->lack->advice == NULL ? "" : "; ",
		    f->lack->advice == NULL ? "" : f->lack->advice);
		error_place(a->spec->text, a->spec->type.col, strlen(type));
		return -1;
	}
	a->family = f;
	return 0;
}

static bool
opt_given(const struct addr *a, const char *name)
{
	size_t i;

	for (i = 0; i < a->nopt; i++)
		if (strcmp(a->opt[i].opt->name, name) == 0)
			return true;
	return false;
}

/*
 * What the types let pass.  As with socat less than no time is none, though
 * nothing connects in it, and no children are any number.
 */
static int
values_check(struct addr *a)
{
	struct conf *c = &a->c;

	if (opt_given(a, "escape") && (c->escape < 0 || c->escape > 255)) {
		if (!a->config->as_socat) {
			error_set("option \"escape\": value out of range");
			return opt_wrong(a, "escape");
		}
		c->escape = -1;		/* no byte is that */
	}
	if (c->connect_timeout < 0) {
		error_set("option \"connect-timeout\": value out of range");
		return opt_wrong(a, "connect-timeout");
	}
	if (c->accept_timeout < 0)
		c->accept_timeout = 0;
	if (c->interval < 0)
		c->interval = 0;
	if (c->max_children == 0)
		c->max_children = -1;
	return 0;
}

static int
range_check(struct addr *a)
{
	const struct query q = sock_query(a, a->family->domain == AF_INET ?
	    AF_INET : AF_UNSPEC, SOCK_STREAM);

	return a->family->domain == DOMAIN_WORDS ?
	    range_parse_data(a->c.range, &a->range) :
	    range_parse(&q, a->c.range, &a->range);
}

static int
conf_check(struct addr *a, bool dual)
{
	const char *wrong;

	if ((dual && useless_dual(a) == -1) || useless_check(a) == -1)
		return -1;
	if (a->c.max_children >= 0 && a->family->role & ROLE_LISTEN &&
	    !(a->family->role & ROLE_RECEIVE && a->config->as_socat) &&
	    !addr_forks(a)) {
		error_set("option max-children not allowed without "
		    "option fork");
		return opt_wrong(a, "max-children");
	}
	if (values_check(a) == -1)
		return -1;
	if (a->c.range != NULL && !a->config->explain && range_check(a) == -1)
		return opt_wrong(a, "range");
	if (access_check(a, &wrong) == -1)
		return opt_wrong(a, wrong);
	if (a->c.pf != NULL && sock_pf(a, AF_UNSPEC) == -1)
		return opt_wrong(a, "protocol-family");
	return 0;
}

/* Everything about one half; a->spec is there. */
static int
half_check(struct addr *a, bool dual)
{
	struct spec *s = a->spec;
	char advice[ADVICE_MAX];
	size_t i;

	if (type_check(a) == -1 || params_check(a) == -1)
		return -1;
	if (s->unclosed) {
		error_set("unexpected end of address \"%.200s\"", s->text);
		error_place(s->text, strlen(s->text), 1);
		error_hint("a quote is still open");
		return -1;
	}
	a->opt = calloc(s->nopt + 1, sizeof *a->opt);
	if (a->opt == NULL)
		return error_set("out of memory");
	for (i = 0; i < s->nopt; i++)
		if (opt_check(a, &s->opt[i]) == -1)
			return -1;
	if (conf_check(a, dual) == -1 ||
	    (a->family->ops->check != NULL && a->family->ops->check(a) == -1)) {
		if ((last_error.code == ERROR_HOST &&
		    advise_host(s, advice)) ||
		    (last_error.code == ERROR_PORT && advise_port(s, advice)))
			error_hint("%s", advice);
		error_place(s->text, s->nparam > 0 ? s->param[0].col :
		    s->type.col, 1);
		return -1;
	}
	return 0;
}

/* What listens or connects without any fork. */
static const struct process alone;

static struct addr *
addr_new(const struct config *c, struct spec *s, bool reads, bool writes)
{
	struct addr *a;

	a = calloc(1, sizeof *a);
	if (a == NULL) {
		error_set("out of memory");
		return NULL;
	}
	a->config = c;
	a->process = &alone;
	a->spec = s;
	a->reads = reads;
	a->writes = writes;
	a->lfd = a->back = a->given = -1;
	conf_init(&a->c);
	return a;
}

int
addr_parse(const struct config *c, const char *text, enum side side,
    struct addr **out)
{
	bool reads = c->direction != (side == SIDE_LEFT ? 'U' : 'u');
	bool writes = c->direction != (side == SIDE_LEFT ? 'u' : 'U');
	struct spec *s;
	struct addr *a;

	*out = NULL;
	if (spec_parse(text, &s) == -1)
		return -1;
	if (s->other != NULL)
		writes = false;
	a = addr_new(c, s, reads || s->other != NULL, writes);
	if (a == NULL) {
		spec_free(s);
		return -1;
	}
	if (s->other != NULL) {
		a->other = addr_new(c, s->other, false, true);
		if (a->other == NULL)
			goto fail;
		s->other = NULL;	/* the second half owns it now */
	}
	if (half_check(a, a->other != NULL) == -1 ||
	    (a->other != NULL && half_check(a->other, true) == -1))
		goto fail;
	*out = a;
	return 0;
fail:
	/* The places in last_error point into text, not into the spec. */
	addr_free(a);
	return -1;
}

void
addr_process(struct addr *a, const struct process *p)
{
	for (; a != NULL; a = a->other)
		a->process = p;
}

int
addr_head(const struct addr *a)
{
	const struct spec *s = a->spec;

	return (int)(s->nopt == 0 || a->other != NULL ? strlen(s->text) :
	    s->opt[0].name.col - 1);
}

void
addr_free(struct addr *a)
{
	size_t i;

	if (a == NULL)
		return;
	addr_free(a->other);
	for (i = 0; i < a->nopt; i++)
		free(a->opt[i].val.bin);
	if (a->family != NULL && a->family->max == PARAM_TEXT &&
	    a->param != NULL)
		free(a->param[0]);
	listener_leave(a);
	free(a->opt);
	free(a->param);
	free(a->range);
	access_free(a->access);
	free(a->state);
	if (a->layer != NULL)
		a->family->ops->release(a);
	spec_free(a->spec);
	free(a);
}
