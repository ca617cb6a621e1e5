/* addr/advice.h: what may have been meant by words that are wrong. */
#ifndef ADDR_ADVICE_H
#define ADDR_ADVICE_H

#include "addr.h"

/* As long as an error's hint may be. */
#define ADVICE_MAX	320

/*
 * Each looks at nothing but what it is given, writes one line of advice
 * into buf, of ADVICE_MAX bytes, and returns true; or false, when it has
 * none.
 */

/* Of an address whose type is unknown. */
bool advise_type(const struct spec *, char *buf);
/* Of one with too few or too many parameters. */
bool advise_params(const struct spec *, const struct family *, char *buf);
/* Of one whose last parameter is no port. */
bool advise_port(const struct spec *, char *buf);
/* Of one with the name of a host that is none. */
bool advise_host(const struct spec *, char *buf);
/* Of a command that a comma cut short. */
bool advise_command(const struct spec *, char *buf);
/* Of an option that this address does not take and its partner does. */
bool advise_partner(const struct spec *, const struct spec *partner,
    size_t col, char *buf);
/* Of an option that is for other addresses than this one. */
bool advise_group(const struct opt *, const char *name, char *buf);
/* Of an option whose value is no number. */
bool advise_value(const struct opt *, const char *name, const char *value,
    char *buf);

#endif
