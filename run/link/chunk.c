/*
 * run/link/chunk.c: memory for links.
 *
 * A fork costs what the process has: pages of its own, which it has to mark,
 * and mappings.  So links lie in memory that their processes do not get, and
 * what a link shares with its processes is a page of a mapping that many
 * links have; no process gets another link's.
 */

#include <string.h>
#include <unistd.h>

#include "../target.h"
#include "../transfer.h"
#include "link.h"

#define LINKS	128		/* in one chunk */

struct link_chunk {
	struct link_chunk *next;
	size_t page;
	char *tally;		/* a page for each; or NULL */
	struct os_board board;	/* the same */
	size_t used;
	bool taken[LINKS];
	struct link link[LINKS];
};

static struct link_chunk *
chunk_new(struct links *all, bool board)
{
	struct link_chunk *c = os_own(sizeof *c);

	if (c == NULL)
		return NULL;
	c->page = (size_t)sysconf(_SC_PAGESIZE);
	if (sizeof(struct tally) <= c->page)
		c->tally = os_shared(LINKS * c->page);
	if (c->tally != NULL)
		os_inherit(c->tally, LINKS * c->page, false);
	if (board && sizeof(struct board) <= c->page &&
	    os_board_open(&c->board, LINKS * c->page) == 0)
		os_inherit(c->board.read, LINKS * c->page, false);
	c->next = all->chunks;
	all->chunks = c;
	return c;
}

/* Its page of what a chunk shares; NULL stays that. */
static void *
page_of(const struct link_chunk *c, const void *pages, size_t i)
{
	return pages == NULL ? NULL : (char *)pages + i * c->page;
}

struct link *
link_alloc(struct links *all, bool board)
{
	struct link_chunk *c;
	struct link *l;
	size_t i;

	for (c = all->chunks; c != NULL && c->used == LINKS; c = c->next)
		;
	if (c == NULL && (c = chunk_new(all, board)) == NULL)
		return NULL;
	for (i = 0; c->taken[i]; i++)
		;
	c->taken[i] = true;
	c->used++;
	l = &c->link[i];
	memset(l, 0, sizeof *l);
	l->tally = page_of(c, c->tally, i);
	l->news.write = page_of(c, c->board.write, i);
	l->news.read = page_of(c, c->board.read, i);
	l->news.size = c->page;
	return l;
}

void
link_release(struct links *all, struct link *l)
{
	struct link_chunk *c;

	for (c = all->chunks; l < c->link || l >= c->link + LINKS; c = c->next)
		;
	if (l->tally != NULL)
		memset(l->tally, 0, sizeof *l->tally);
	if (l->news.write != NULL)
		memset(l->news.write, 0, sizeof(struct board));
	c->taken[l - c->link] = false;
	c->used--;
}

void
link_share(struct link *l, bool yes)
{
	if (l->tally != NULL)
		os_inherit(l->tally, l->news.size, yes);
	if (l->news.read != NULL)
		os_inherit(l->news.read, l->news.size, yes);
}

void
link_boards_drop(struct links *all)
{
	struct link_chunk *c;

	for (c = os_board_inherited ? all->chunks : NULL; c != NULL;
	    c = c->next)
		os_board_child(&c->board);
}
