/* lib/tiny.h: what the files of lib/tiny.c share. */
#ifndef LIB_TINY_H
#define LIB_TINY_H

/* The text of a file, ended by a NUL, the caller's to free; or NULL. */
char *tiny_read(const char *path, size_t *len);
/* The next field at *p, ended by one of the stops or the end of line. */
char *tiny_line(char **p);
char *tiny_word(char **p);

#endif
