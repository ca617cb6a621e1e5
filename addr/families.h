/* addr/families.h: what each family file exports. */
#ifndef ADDR_FAMILIES_H
#define ADDR_FAMILIES_H

#include "addr.h"

extern const struct family tcp_families[], udp_families[], unix_families[],
    stdio_families[], file_families[], pipe_families[], exec_families[];
extern const size_t tcp_families_n, udp_families_n, unix_families_n,
    stdio_families_n, file_families_n, pipe_families_n, exec_families_n;

#define FAMILIES(name)							\
	const size_t name##_n = sizeof name / sizeof *name

#endif
