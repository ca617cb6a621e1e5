/* addr/option/through.c: options of SOCKS and of proxies. */

#include "rows.h"

static const struct opt rows[] = {
	{ "http-version", G_HTTP, PH_LATE, T_STRING,
	  FIELD(http_version), TEXT("version in the request") },
	{ "ignorecr", G_HTTP, PH_LATE, T_BOOL,
	  FIELD(ignorecr), TEXT("lines end with newline alone") },
	{ "proxy-authorization", G_HTTP, PH_LATE, T_STRING,
	  FIELD(proxyauth), TEXT("user:password for the proxy"),
	  ALIAS("proxy-auth", "proxyauth") },
	{ "proxy-authorization-file", G_HTTP, PH_LATE, T_STRING,
	  FIELD(proxyauthfile), TEXT("file with user:password for the proxy"),
	  ALIAS("proxyauthfile") },
	{ "proxy-resolve", G_HTTP, PH_LATE, T_BOOL,
	  FIELD(proxy_resolve), TEXT("resolve the target here"),
	  ALIAS("resolv", "resolve") },
	{ "proxyport", G_HTTP, PH_LATE, T_STRING,
	  FIELD(proxyport), TEXT("port of the proxy") },
	{ "sockspass", G_SOCKS, PH_LATE, T_STRING,
	  FIELD(sockspass), TEXT("password for the socks server") },
	{ "socksport", G_SOCKS, PH_LATE, T_STRING,
	  FIELD(socksport), TEXT("port of the socks server") },
	{ "socksuser", G_SOCKS, PH_LATE, T_STRING,
	  FIELD(socksuser), TEXT("user for the socks server") },
};

TABLE(opt_through, rows);
