# archive.sh: the product's objects as one archive, for tests in C that are
# linked with it: what a test defines itself, or includes, is not taken from
# there.  To be sourced; wants TOP, where make was run.

# archive FILE: FILE.a of all objects but relay.o; what goes wrong is in
# FILE.log.  Members may have one name: they are of different folders.
archive() {
	rm -f "$1.a"
	(cd "$TOP" && [ -e spec.o ] &&
	    ar qcs "$1.a" spec.o $(find addr run lib -name '*.o')) \
	    >"$1.log" 2>&1
}
