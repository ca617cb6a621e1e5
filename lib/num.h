/* lib/num.h: numbers as the command line spells them. */
#ifndef LIB_NUM_H
#define LIB_NUM_H

/* Far beyond any wait, and far from where sums of two overflow. */
#define NUM_NSEC_MAX	4000000000000000000LL	/* 126 years */

enum num_error { NUM_OK, NUM_MISSING, NUM_GARBAGE, NUM_RANGE };

enum num_error num_int(const char *, long long lo, long long hi,
    long long *out);
enum num_error num_port(const char *, long long *out);
enum num_error num_octal(const char *, long long hi, long long *out);
/* What is there as a number, as strtoul(3) has it: in range or not. */
unsigned long num_bits(const char *, int base);
enum num_error num_seconds(const char *, long long *out_ns);

#endif
