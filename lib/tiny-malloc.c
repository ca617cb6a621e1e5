/*
 * lib/tiny-malloc.c: malloc(3) for lib/tiny.c.
 *
 * A list of free blocks in the order of their addresses; the first that
 * is large enough is taken, and neighbours that come free melt together.
 * Relay has few blocks: what counts is that few pages are touched, as a
 * fork pays for each.  A block that was freed twice or overrun ends the
 * program.
 */

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define UNIT	sizeof(struct block)
#define CHUNK	(64 * 1024)
#define FIRST	(16 * 1024)
#define USED	((uintptr_t)0x52454c41)

/* The head of a block; its size is that of the payload. */
struct block {
	_Alignas(16) size_t size;
	union {
		struct block *next;	/* while free */
		uintptr_t mark;		/* while used */
	} u;
};

/*
 * Most programs need no more than this.  It lies beside the other variables:
 * memory from mmap(2) is far from them, and each child would need three
 * pages of page tables to reach it.
 */
static _Alignas(16) char first[FIRST];

static struct block *spare;

static char *
after(struct block *b)
{
	return (char *)(b + 1) + b->size;
}

/* Puts a block back in its place. */
static void
give(struct block *b)
{
	struct block **at = &spare, *before = NULL;

	while (*at != NULL && *at < b) {
		before = *at;
		at = &(*at)->u.next;
	}
	b->u.next = *at;
	*at = b;
	if (b->u.next != NULL && after(b) == (char *)b->u.next) {
		b->size += UNIT + b->u.next->size;
		b->u.next = b->u.next->u.next;
	}
	if (before != NULL && after(before) == (char *)b) {
		before->size += UNIT + b->size;
		before->u.next = b->u.next;
	}
}

/* More memory into the spare: the first of our own, then the system's. */
static int
grow(size_t size)
{
	static bool used;
	struct block *b;
	size_t whole;

	if (!used && size <= FIRST - UNIT) {
		used = true;
		b = (struct block *)first;
		b->size = FIRST - UNIT;
		give(b);
		return 0;
	}
	whole = (size + UNIT + CHUNK - 1) / CHUNK * CHUNK;
	b = mmap(NULL, whole, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (b == MAP_FAILED) {
		errno = ENOMEM;
		return -1;
	}
	b->size = whole - UNIT;
	give(b);
	return 0;
}

/* Cuts what is over size off a block that is in nobody's spare. */
static void
trim(struct block *b, size_t size)
{
	struct block *rest;

	if (b->size - size < 2 * UNIT)
		return;
	rest = (struct block *)((char *)(b + 1) + size);
	rest->size = b->size - size - UNIT;
	b->size = size;
	give(rest);
}

static struct block *
take(size_t size)
{
	struct block **at, *b;

	for (at = &spare; (b = *at) != NULL; at = &b->u.next)
		if (b->size >= size) {
			*at = b->u.next;
			trim(b, size);
			return b;
		}
	return NULL;
}

/*
 * As malloc(3), and not its name: a compiler makes malloc and memset one
 * calloc, even in calloc itself.
 */
static void *
get(size_t size)
{
	struct block *b;

	if (size > PTRDIFF_MAX - 2 * CHUNK) {
		errno = ENOMEM;
		return NULL;
	}
	size = size == 0 ? UNIT : (size + UNIT - 1) / UNIT * UNIT;
	b = take(size);
	if (b == NULL) {
		if (grow(size) == -1)
			return NULL;
		b = take(size);
	}
	b->u.mark = USED ^ (uintptr_t)b;
	return b + 1;
}

void *
malloc(size_t size)
{
	return get(size);
}

static struct block *
block_of(void *p)
{
	struct block *b = (struct block *)p - 1;

	if (b->u.mark != (USED ^ (uintptr_t)b)) {
		kill(getpid(), SIGABRT);
		_exit(134);
	}
	return b;
}

void
free(void *p)
{
	if (p != NULL)
		give(block_of(p));
}

void *
calloc(size_t n, size_t size)
{
	void *p;

	if (size != 0 && n > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	p = get(n * size);
	if (p != NULL)
		memset(p, 0, n * size);
	return p;
}

void *
realloc(void *p, size_t size)
{
	struct block *b;
	void *new;

	if (p == NULL)
		return malloc(size);
	b = block_of(p);
	if (size <= b->size) {
		trim(b, size == 0 ? UNIT : (size + UNIT - 1) / UNIT * UNIT);
		return p;
	}
	new = malloc(size);
	if (new == NULL)
		return NULL;
	memcpy(new, p, b->size);
	free(p);
	return new;
}
