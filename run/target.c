/*
 * run/target.c: a target that may move while clients wait for it.
 *
 * A container refuses before the engine says that it stops, and for a while
 * after it has started: clients wait, as those do who are still in the
 * backlog.  One that has run for long and refuses does so at once.
 */

#include <stdlib.h>
#include <string.h>

#include "transfer.h"
#include "target.h"

/* How long a target that refuses may take to be known as gone. */
#define GONE_MS		300
#define LOOK_MS		30

void
board_up(struct board *b, const char *text)
{
	if (strlen(text) >= sizeof b->text)
		return;
	/* Odd while it is being written. */
	atomic_fetch_add(&b->generation, 1);
	strcpy(b->text, text);
	atomic_store(&b->since, clock_ms());
	atomic_store(&b->up, 1);
	atomic_fetch_add(&b->generation, 1);
}

void
board_down(struct board *b)
{
	atomic_store(&b->up, 0);
}

void
target_wait_begin(struct target_wait *w, const struct target *t)
{
	w->begun = clock_ms();
	w->generation = t->generation;
}

/* The target's address if it is another than before, else b. */
static struct addr *
target_now(struct target_wait *w, const struct board *board, struct addr *b)
{
	unsigned now = atomic_load(&board->generation);
	struct addr *other;
	char *text;

	if (now == w->generation || now % 2 != 0)
		return b;
	/* The address lives as long as this process, and so does its text. */
	text = strdup(board->text);
	if (text == NULL || atomic_load(&board->generation) != now ||
	    addr_parse(b->config, text, SIDE_RIGHT, &other) == -1) {
		free(text);
		return b;
	}
	other->of_link = b->of_link;
	addr_process(other, b->process);
	w->generation = now;
	return other;
}

static msec
deadline(const struct target_wait *w, const struct target *t)
{
	msec fresh = atomic_load(&t->board->since) + t->follow;

	if (!atomic_load(&t->board->up))
		return w->begun + t->follow;
	return fresh > w->begun + GONE_MS ? fresh : w->begun + GONE_MS;
}

struct addr *
target_next(struct target_wait *w, const struct target *t, struct addr *b)
{
	do {
		if (clock_ms() >= deadline(w, t))
			return NULL;
		clock_nap(LOOK_MS * 1000000LL);
		b = target_now(w, t->board, b);
	} while (!atomic_load(&t->board->up));
	return b;
}
