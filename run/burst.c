/*
 * run/burst.c: what happens over and over is said once, then counted.
 *
 * The first of a burst has a line with its reason.  How many followed is
 * said after a second, then after two, four and so on, up to a minute; a
 * wait in which none came ends the burst.
 */

#include "../lib/log.h"
#include "../lib/clock.h"
#include "burst.h"

#define FIRST_MS	1000
#define LONGEST_MS	60000

static void
begin(struct burst *b, struct drops *d, msec now)
{
	if (d->n == 1)
		log_warn("%s", d->words);
	else
		log_warn("%s (%lu at once)", d->words, d->n);
	d->n = 0;
	b->length = FIRST_MS;
	b->until = now + b->length;
}

static void
go_on(struct burst *b, struct drops *d, msec now)
{
	log_warn("%lu more in %lld s: %s", d->n, b->length / 1000, d->words);
	d->n = 0;
	b->length = b->length * 2 < LONGEST_MS ? b->length * 2 : LONGEST_MS;
	b->until = now + b->length;
}

void
burst_look(struct burst *b, struct drops *d, msec now)
{
	if (b->until == 0 && d->n > 0)
		begin(b, d, now);
	if (b->until == 0 || now < b->until)
		return;
	if (d->n > 0)
		go_on(b, d, now);
	else
		b->until = 0;
}

void
burst_end(struct burst *b, struct drops *d)
{
	if (d->n > 0)
		log_warn("%lu more until the end: %s", d->n, d->words);
	d->n = 0;
	b->until = 0;
}

msec
burst_wait(const struct burst *b, msec now)
{
	return b->until == 0 ? -1 : clock_left(b->until, now);
}
