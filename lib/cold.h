/*
 * lib/cold.h: which functions a connection runs.
 *
 * Each page that a child touches has to be mapped, or copied, for it alone: of
 * a short connection's cost that is the better part.  What is COLD is kept
 * apart: its text from that of others, its variables from their frames.  HOT
 * is what every short connection of a child runs, between two TCP sockets and
 * with nothing asked for: the compiler keeps it together, so that a few pages
 * hold it.  Neither changes what a function does; one that is not marked costs
 * a page at the most.
 */
#ifndef LIB_COLD_H
#define LIB_COLD_H

#define COLD	__attribute__((noinline, cold))
#define HOT	__attribute__((hot))

#endif
