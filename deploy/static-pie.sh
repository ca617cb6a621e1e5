#!/bin/sh
# static-pie.sh CC: how CC links a static, position independent program
#
# Compilers that know -static-pie start it with rcrt1.o, which relocates the
# program by itself.  Debian's musl-gcc takes the flag and makes a program
# that wants a dynamic linker; it has the file all the same, beside Scrt1.o.
# Where there is none the program is static and not position independent.

said=$($1 -static-pie -### -x c - </dev/null 2>&1)
case $said in
*rcrt1.o*)
	echo -static-pie
	exit 0 ;;
esac
start=$(printf '%s\n' "$said" | tr -s ' "' '\n' | grep '/Scrt1\.o$' | head -n 1)
start=${start%/*}/rcrt1.o
if [ -f "$start" ]; then
	echo "-static -nostartfiles -Wl,-pie -Wl,--no-dynamic-linker" \
	    "-Wl,-z,text $start"
else
	echo -static -no-pie
fi
