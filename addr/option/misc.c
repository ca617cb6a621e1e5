/* addr/option/misc.c: options of READLINE and of UDP-Lite. */

#include "rows.h"

static const struct opt rows[] = {
	{ "history-file", G_READLINE, PH_LATE, T_STRING,
	  FIELD(history), TEXT("file of earlier lines"), ALIAS("history") },
	{ "noecho", G_READLINE, PH_LATE, T_STRING,
	  FIELD(noecho), TEXT("prompts that switch echo off") },
	{ "noprompt", G_READLINE, PH_LATE, T_BOOL,
	  FIELD(noprompt), TEXT("no prompt") },
	{ "prompt", G_READLINE, PH_LATE, T_STRING,
	  FIELD(prompt), TEXT("text before each line") },
	{ "udplite-recv-cscov", G_UDPLITE, PH_FD, T_INT,
	  SOCKOPT(136, C_UDPLITE_RECV_CSCOV),
	  TEXT("checksum coverage when receiving") },
	{ "udplite-send-cscov", G_UDPLITE, PH_FD, T_INT,
	  SOCKOPT(136, C_UDPLITE_SEND_CSCOV),
	  TEXT("checksum coverage when sending") },
};

TABLE(opt_misc, rows);
