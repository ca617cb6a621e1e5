/* addr/family/packet.c: what comes with a datagram, in words. */

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../lib/log.h"
#include "../../lib/os/os.h"
#include "packet.h"

/* An address of IPv6 as in all of socat's messages, with every digit. */
static const char *
ip6_name(const struct in6_addr *in6, char buf[48])
{
	const unsigned char *p = in6->s6_addr;

	snprintf(buf, 48, "[%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:"
	    "%02x%02x:%02x%02x:%02x%02x]", p[0], p[1], p[2], p[3], p[4],
	    p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13], p[14],
	    p[15]);
	return buf;
}

void
packet_log(const struct os_packet *p)
{
	char local[INET_ADDRSTRLEN], to[48];

	if (!log_on(LOG_N))
		return;
	if (p->af == AF_INET)
		log_notice("Ancillary message: interface \"%s\", locaddr=%s, "
		    "dstaddr=%s", p->iface,
		    inet_ntop(AF_INET, &p->local, local, sizeof local),
		    inet_ntop(AF_INET, &p->to, to, sizeof to));
	if (p->af == AF_INET6)
		log_notice("Ancillary message: interface \"%s\", dstaddr=%s",
		    p->iface, ip6_name(&p->to6, to));
	if (p->hoplimit != -1)
		log_notice("Ancillary message: hoplimit=%d", p->hoplimit);
	if (p->tclass != -1)
		log_notice("Ancillary message: tclass=x%08x",
		    (unsigned)p->tclass);
	if (p->ttl != -1)
		log_notice("Ancillary message: ttl=%d", p->ttl);
	if (p->tos != -1)
		log_notice("Ancillary message: tos=%d", p->tos);
}

/* The notes so far, and where the next one goes. */
struct notes {
	char *text;
	size_t n;
};

static void note(struct notes *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
note(struct notes *w, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(w->text + w->n, PACKET_NOTES - w->n - 1, fmt, args);
	va_end(args);
	if (n > 0 && (size_t)n < PACKET_NOTES - w->n - 1)
		w->n += (size_t)n + 1;
	w->text[w->n] = '\0';
}

static void
note_stamp(struct notes *w, const struct timeval *tv)
{
	char text[64];
	time_t when = tv->tv_sec;
	struct tm tm;

	localtime_r(&when, &tm);
	strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &tm);
	note(w, "TIMESTAMP=%s, %06ld usecs", text, (long)tv->tv_usec);
}

void
packet_notes(const struct os_packet *p, char buf[PACKET_NOTES])
{
	struct notes w = { .text = buf };
	char text[48];

	buf[0] = '\0';
	if (p->stamp.tv_sec != 0)
		note_stamp(&w, &p->stamp);
	if (p->af == AF_INET) {
		note(&w, "IP_IF=%s", p->iface);
		note(&w, "IP_LOCADDR=%s", inet_ntop(AF_INET, &p->local, text,
		    sizeof text));
		note(&w, "IP_DSTADDR=%s", inet_ntop(AF_INET, &p->to, text,
		    sizeof text));
	}
	if (p->af == AF_INET6) {
		note(&w, "IPV6_IF=%s", p->iface);
		note(&w, "IPV6_DSTADDR=%s", ip6_name(&p->to6, text));
	}
	if (p->hoplimit != -1)
		note(&w, "IPV6_HOPLIMIT=%d", p->hoplimit);
	if (p->tclass != -1)
		note(&w, "IPV6_TCLASS=x%08x", (unsigned)p->tclass);
	if (p->ttl != -1)
		note(&w, "IP_TTL=%d", p->ttl);
	if (p->tos != -1)
		note(&w, "IP_TOS=%d", p->tos);
}
