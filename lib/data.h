/* lib/data.h: bytes as words. */
#ifndef LIB_DATA_H
#define LIB_DATA_H

#include <stddef.h>
#include <sys/types.h>

/* No item yields more bytes than this for each of its letters. */
#define DATA_PER_LETTER	8

/* There are more bytes than there is room. */
#define DATA_TOO_LONG	(-2)

/*
 * Reads socat's data syntax into buf: items one after the other, blanks
 * between them or not.  The number of bytes; DATA_TOO_LONG; or -1, and *why is
 * what is wrong in socat's words, or NULL if it has none for it.
 */
ssize_t data_read(const char *text, unsigned char *buf, size_t room,
    const char **why);

#endif
