/* run/command/advice.h: what may have been meant by a wrong command line. */
#ifndef RUN_ADVICE_H
#define RUN_ADVICE_H

#include "../../addr/advice.h"

/* As in addr/advice.h: one line into buf, of ADVICE_MAX bytes, or false. */

/* Of a number of addresses that is wrong. */
bool advise_count(char *const words[], int n, char *buf);
/* A blank beside a comma made two words of one, from words[*at] on. */
bool advise_comma(char *const words[], int n, int *at, char *buf);
/*
 * Of flags behind addresses; width says how many words a flag and its
 * value are, 0 for what is no flag.
 */
bool advise_order(char *const words[], int n, int (*width)(const char *),
    char *buf);
/* Of a flag that does not exist. */
bool advise_flag(const char *arg, char *buf);

#endif
