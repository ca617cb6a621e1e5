/*
 * addr/family/absent.c: families that are known and not here.
 *
 * What needs a library that relay does not link is done by the program
 * that has it, through EXEC; the message says how.  The rest waits for
 * its turn.
 */

#include "../addr.h"

/* What is lacking, and what does the job instead. */
static const char later[] = "this family is not built into relay yet";
#define S_CLIENT(also)							\
	"use EXEC:\"openssl s_client " also "-quiet -nocommands "	\
	"-no_ign_eof -verify_quiet -verify_return_error "		\
	"-verify_hostname <host> -connect <host>:<port>\""
static const char tls[] = S_CLIENT("");
static const char tls_server[] =
	"put stunnel or nginx before it, or use EXEC:\"openssl s_server "
	    "-quiet -accept <port> ...\"";
static const char dtls[] = S_CLIENT("-dtls ");
static const char readline[] = "run relay under rlwrap, and use STDIO";

static const struct absent rows[] = {
	{ { "ABSTRACT-RECV" }, later },
	{ { "ABSTRACT-RECVFROM" }, later },
	{ { "ABSTRACT-SENDTO" }, later },
	{ { "DCCP-CONNECT", "DCCP" }, later },
	{ { "DCCP-LISTEN", "DCCP-L" }, later },
	{ { "DCCP4-CONNECT", "DCCP4" }, later },
	{ { "DCCP4-LISTEN", "DCCP4-L" }, later },
	{ { "DCCP6-CONNECT", "DCCP6" }, later },
	{ { "DCCP6-LISTEN", "DCCP6-L" }, later },
	{ { "INTERFACE", "IF" }, later },
	{ { "IP-DATAGRAM", "IP-DGRAM" }, later },
	{ { "IP-RECV" }, later },
	{ { "IP-RECVFROM" }, later },
	{ { "IP-SENDTO", "IP", "IP-SEND" }, later },
	{ { "IP4-DATAGRAM", "IP4-DGRAM" }, later },
	{ { "IP4-RECV" }, later },
	{ { "IP4-RECVFROM" }, later },
	{ { "IP4-SENDTO", "IP4", "IP4-SEND" }, later },
	{ { "IP6-DATAGRAM", "IP6-DGRAM" }, later },
	{ { "IP6-RECV" }, later },
	{ { "IP6-RECVFROM" }, later },
	{ { "IP6-SENDTO", "IP6", "IP6-SEND" }, later },
	{ { "OPENSSL", "OPENSSL-CONNECT", "SSL" }, tls },
	{ { "OPENSSL-DTLS-CLIENT", "DTLS", "DTLS-C", "DTLS-CLIENT",
	    "DTLS-CONNECT", "OPENSSL-DTLS-CONNECT" }, dtls },
	{ { "OPENSSL-DTLS-SERVER", "DTLS-L", "DTLS-LISTEN", "DTLS-SERVER",
	    "OPENSSL-DTLS-LISTEN" }, dtls },
	{ { "OPENSSL-LISTEN", "SSL-L" }, tls_server },
	{ { "POSIXMQ-BIDIRECTIONAL", "POSIXMQ" }, later },
	{ { "POSIXMQ-READ" }, later },
	{ { "POSIXMQ-RECEIVE", "POSIXMQ-RECV" }, later },
	{ { "POSIXMQ-SEND" }, later },
	{ { "POSIXMQ-WRITE" }, later },
	{ { "PROXY", "PROXY-CONNECT" }, later },
	{ { "PTY" }, later },
	{ { "READLINE" }, readline },
	{ { "SCTP-CONNECT", "SCTP" }, later },
	{ { "SCTP-LISTEN", "SCTP-L" }, later },
	{ { "SCTP4-CONNECT", "SCTP4" }, later },
	{ { "SCTP4-LISTEN", "SCTP4-L" }, later },
	{ { "SCTP6-CONNECT", "SCTP6" }, later },
	{ { "SCTP6-LISTEN", "SCTP6-L" }, later },
	{ { "SOCKET-CONNECT" }, later },
	{ { "SOCKET-DATAGRAM", "DATAGRAM", "DGRAM" }, later },
	{ { "SOCKET-LISTEN" }, later },
	{ { "SOCKET-RECV" }, later },
	{ { "SOCKET-RECVFROM" }, later },
	{ { "SOCKET-SENDTO", "SENDTO" }, later },
	{ { "SOCKS4", "SOCKS" }, later },
	{ { "SOCKS4A" }, later },
	{ { "SOCKS5-CONNECT", "SOCKS5" }, later },
	{ { "SOCKS5-LISTEN", "SOCKS5-BIND" }, later },
	{ { "STALL" }, later },
	{ { "TEXT" }, later },
	{ { "TUN" }, later },
	{ { "UDP-DATAGRAM", "UDP-DGRAM" }, later },
	{ { "UDP-RECV" }, later },
	{ { "UDP-RECVFROM" }, later },
	{ { "UDP-SENDTO", "UDP-SEND" }, later },
	{ { "UDP4-DATAGRAM", "UDP4-DGRAM" }, later },
	{ { "UDP4-RECV" }, later },
	{ { "UDP4-RECVFROM" }, later },
	{ { "UDP4-SENDTO", "UDP4-SEND" }, later },
	{ { "UDP6-DATAGRAM", "UDP6-DGRAM" }, later },
	{ { "UDP6-RECV" }, later },
	{ { "UDP6-RECVFROM" }, later },
	{ { "UDP6-SENDTO", "UDP6-SEND" }, later },
	{ { "UDPLITE-CONNECT", "UDPLITE" }, later },
	{ { "UDPLITE-DATAGRAM", "UDPLITE-DGRAM" }, later },
	{ { "UDPLITE-LISTEN", "UDPLITE-L" }, later },
	{ { "UDPLITE-RECV" }, later },
	{ { "UDPLITE-RECVFROM" }, later },
	{ { "UDPLITE-SENDTO", "UDPLITE-SEND" }, later },
	{ { "UDPLITE4-CONNECT", "UDPLITE4" }, later },
	{ { "UDPLITE4-DATAGRAM", "UDPLITE4-DGRAM" }, later },
	{ { "UDPLITE4-LISTEN", "UDPLITE4-L" }, later },
	{ { "UDPLITE4-RECV" }, later },
	{ { "UDPLITE4-RECVFROM" }, later },
	{ { "UDPLITE4-SENDTO", "UDPLITE4-SEND" }, later },
	{ { "UDPLITE6-CONNECT", "UDPLITE6" }, later },
	{ { "UDPLITE6-DATAGRAM", "UDPLITE6-DGRAM" }, later },
	{ { "UDPLITE6-LISTEN", "UDPLITE6-L" }, later },
	{ { "UDPLITE6-RECV" }, later },
	{ { "UDPLITE6-RECVFROM" }, later },
	{ { "UDPLITE6-SENDTO", "UDPLITE6-SEND" }, later },
	{ { "UNIX-RECV" }, later },
	{ { "UNIX-RECVFROM" }, later },
	{ { "UNIX-SENDTO", "UNIX-SEND" }, later },
	{ { "VSOCK-CONNECT", "VSOCK" }, later },
	{ { "VSOCK-LISTEN", "VSOCK-L" }, later },
};

/* The i-th, or NULL. */
const struct absent *
absent_nth(size_t i)
{
	return i < sizeof rows / sizeof *rows ? &rows[i] : NULL;
}
