#!/bin/sh
# mkimage.sh: an image of one static binary, made without Docker
#
#   mkimage.sh BINARY [NAME:TAG] >image.tar    for docker load, podman load
#   mkimage.sh -r BINARY >rootfs.tar           its files alone (Dockerfile)
#
# With GNU tar the same binary always gives the same image. Needs sha256sum, od.

set -eu
LC_ALL=C
export LC_ALL

die() {
	echo "mkimage.sh: $*" >&2
	exit 1
}

only_root=
if [ "${1-}" = -r ]; then
	only_root=1
	shift
fi
[ $# -ge 1 ] || die "usage: mkimage.sh [-r] BINARY [NAME:TAG]"
binary=$1 tag=${2:-relay:latest}
[ -r "$binary" ] || die "$binary: cannot be read"
case $tag in
*[!a-z0-9._/:-]* | *:*:*:* | :* | *:) die "$tag: not a NAME:TAG" ;;
*:*) ;;
*) tag=$tag:latest ;;
esac

# The architecture is that of the binary, not of this machine: e_machine.
set -- $(od -An -tu1 -j18 -N2 "$binary")
case "$(head -c 4 "$binary" | tail -c 3)${1-},${2-}" in
ELF62,0) arch=amd64 ;;
ELF183,0) arch=arm64 ;;
ELF40,0) arch=arm ;;
ELF3,0) arch=386 ;;
ELF243,0) arch=riscv64 ;;
ELF21,0) arch=ppc64le ;;
ELF0,22) arch=s390x ;;
*) die "$binary: not a program of a known architecture" ;;
esac
# number OFFSET SIZE: an unsigned number of the binary, in its byte order
number() {
	bytes=
	for byte in $(od -An -v -tu1 -j"$1" -N"$2" "$binary"); do
		if [ "$order" = 2 ]; then
			bytes="$bytes $byte"
		else
			bytes="$byte $bytes"
		fi
	done
	value=0
	for byte in $bytes; do
		value=$((value * 256 + byte))
	done
	echo "$value"
}

# Whether a program header is PT_INTERP, 3: elf(5), "Ehdr" and "Phdr".
wants_linker() {
	set -- $(od -An -tu1 -j4 -N2 "$binary")
	order=$2
	if [ "$1" = 2 ]; then
		at=$(number 32 8) size=$(number 54 2) left=$(number 56 2)
	else
		at=$(number 28 4) size=$(number 42 2) left=$(number 44 2)
	fi
	while [ "$left" -gt 0 ]; do
		[ "$(number "$at" 4)" != 3 ] || return 0
		at=$((at + size)) left=$((left - 1))
	done
	return 1
}
! wants_linker ||
    die "$binary: not static, and in the image there are no libraries"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# pack DIR: a tar of all in it, as much the same everywhere as tar can do
pack() {
	if tar --version 2>/dev/null | grep -q GNU; then
		tar -C "$1" --format=ustar --sort=name --mtime=@0 --owner=0 \
		    --group=0 --numeric-owner --mode=u=rwX,go=rX -cf - $(ls "$1")
	else
		tar -C "$1" -cf - $(ls "$1")
	fi
}

mkdir "$work/root" "$work/image"
cp "$binary" "$work/root/relay"
chmod 755 "$work/root/relay"
for name in socat ambassador grand-ambassador; do
	ln -s relay "$work/root/$name"
done
if [ "$only_root" ]; then
	pack "$work/root"
	exit
fi

sum() { sha256sum "$1" | cut -d ' ' -f 1; }

pack "$work/root" >"$work/image/layer.tar"
layer=$(sum "$work/image/layer.tar")
mv "$work/image/layer.tar" "$work/image/$layer.tar"
cat >"$work/config" <<END
{"architecture":"$arch","os":"linux","created":"1970-01-01T00:00:00Z",
"config":{"Entrypoint":["/ambassador"],"Env":["PATH=/"],"WorkingDir":"/"},
"rootfs":{"type":"layers","diff_ids":["sha256:$layer"]},
"history":[{"created":"1970-01-01T00:00:00Z","created_by":"mkimage.sh"}]}
END
config=$(sum "$work/config")
mv "$work/config" "$work/image/$config.json"
cat >"$work/image/manifest.json" <<END
[{"Config":"$config.json","RepoTags":["$tag"],"Layers":["$layer.tar"]}]
END
pack "$work/image"
