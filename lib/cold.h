/*
 * lib/cold.h: which functions a connection runs.
 *
 * Each page that a child touches has to be mapped, or copied, for it alone: of
 * a short connection's cost that is the better part.  What is COLD is kept
 * apart: its text from that of others, its variables from their frames.
 */
#ifndef LIB_COLD_H
#define LIB_COLD_H

#define COLD	__attribute__((noinline, cold))

#endif
