# archive.sh: the product's objects as one archive, for tests in C that are
# linked with it: what a test defines itself, or includes, is not taken from
# there.  To be sourced; wants TOP, CC and FLAGS.

# archive FILE: FILE.a of all sources but relay.c; what the compiler says is
# in FILE.log.  Members may have one name: they are of different folders.
archive() {
	mkdir -p "$1.objects" || return
	(cd "$TOP" && make -s addr/consts.h && make -s sources) |
	    tr ' ' '\n' | sed '/^relay\.c$/d; /^$/d' |
	    TOP=$TOP CC=$CC FLAGS=$FLAGS DIR=$1.objects xargs -P 2 -I @ sh -c '
		object=$DIR/$(echo @ | tr / -).o
		cd "$TOP" && $CC $FLAGS -c -o "$object" @ || exit 255' \
	    >"$1.log" 2>&1 &&
	    rm -f "$1.a" && ar rcs "$1.a" "$1.objects"/*.o >>"$1.log" 2>&1
}
