/* lib/span.h: how long to wait. */
#ifndef LIB_SPAN_H
#define LIB_SPAN_H

long long span_msec(long long nsec);
long long span_left(long long until_msec, long long now_msec);
int span_poll(long long msec);

#endif
