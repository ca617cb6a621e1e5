# lib/consts.awk: names C_X used in the sources -> consts.h, where C_X is X
# if the system's headers have it, else ABSENT.
BEGIN {
	print "/* Made by lib/consts.awk; do not edit. */"
	n = split("sys/types.h sys/ioctl.h sys/socket.h netinet/in.h" \
	    " netinet/tcp.h net/if.h fcntl.h netdb.h termios.h", header, " ")
	for (i = 1; i <= n; i++)
		print "#include <" header[i] ">"
	# Linux gives these only in headers of the kernel's.
	print "#if defined(__linux__) && defined(_GNU_SOURCE)"
	print "#ifndef FS_IOC_GETFLAGS"
	print "#define FS_IOC_GETFLAGS _IOR('f', 1, long)"
	print "#define FS_IOC_SETFLAGS _IOW('f', 2, long)"
	print "#endif"
	print "#ifndef DCCP_SOCKOPT_CCID"
	print "#define DCCP_SOCKOPT_CCID 13"
	print "#endif"
	print "#ifndef SOL_DCCP"
	print "#define SOL_DCCP 269"
	print "#endif"
	print "#ifndef PACKET_AUXDATA"
	print "#define PACKET_AUXDATA 8"
	print "#endif"
	print "#define UDPLITE_SEND_CSCOV 10"
	print "#define UDPLITE_RECV_CSCOV 11"
	print "#endif"
}
{
	while (match($0, /C_[A-Z][A-Z0-9_]+/)) {
		name = substr($0, RSTART + 2, RLENGTH - 2)
		before = RSTART > 1 ? substr($0, RSTART - 1, 1) : " "
		$0 = substr($0, RSTART + RLENGTH)
		if (before ~ /[A-Za-z0-9_]/ || seen[name]++)
			continue
		print "#ifdef " name
		print "#define C_" name " " name
		print "#else"
		print "#define C_" name " ABSENT"
		print "#endif"
	}
}
