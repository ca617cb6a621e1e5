#!/bin/sh
# 80-deploy.t: the examples in deploy/ are well-formed, ask only for options
# that relay has, and mkimage.sh makes what engines can load

. "${0%/*}/lib.sh"
DEPLOY=$TOP/deploy
need perl tar sha256sum od

# A comment of three lines at most at the top, none elsewhere.
for file in Dockerfile compose.yaml kubernetes.yaml ambassador.service \
    relay@.service relay-socket@.service \
    relay-socket@.socket; do
	lines=$(grep -c '^ *#' "$DEPLOY/$file")
	top=$(sed '/^#/!q' "$DEPLOY/$file" | grep -c '^#')
	[ "$lines" = "$top" ] && [ "$top" -ge 1 ] && [ "$top" -le 3 ]
	ok $? "$file: a comment of one to three lines" ||
	    diag "$lines comment lines, $top of them at the top"
done

# yaml FILE PERL: what PERL prints of the documents @d
yaml() {
	perl -MCPAN::Meta::YAML -e '
		my @d = @{CPAN::Meta::YAML->read(shift)};
		my $r = eval shift;
		die $@ if $@;
		print $r;' "$DEPLOY/$1" "$2" 2>"$T/err" || cat "$T/err"
}

is "$(yaml compose.yaml 'join " ", sort keys %{$d[0]{services}}')" \
    "application redis redis_ambassador" "compose.yaml: its services"
is "$(yaml compose.yaml '
	my $s = $d[0]{services};
	join " ", grep { my $n = $_; grep { !exists $d[0]{networks}{$_} }
	    @{$s->{$n}{networks}} } sort keys %$s')" \
    "" "compose.yaml: all networks are there"
is "$(yaml compose.yaml 'join " ",
	@{$d[0]{services}{redis_ambassador}{healthcheck}{test}}')" \
    "CMD /relay --probe --links" "compose.yaml: health without a shell"
is "$(yaml kubernetes.yaml 'join " ", map { $_->{kind} } @d')" \
    "Pod Deployment Service" "kubernetes.yaml: its objects"
is "$(yaml kubernetes.yaml '
	my ($l, $m, $s) = ($d[1]{spec}{template}{metadata}{labels}{app},
	    $d[1]{spec}{selector}{matchLabels}{app}, $d[2]{spec}{selector}{app});
	$l eq $m && $m eq $s ? "same" : "$l $m $s"')" \
    same "kubernetes.yaml: the labels belong together"
is "$(yaml kubernetes.yaml '
	my $t = $d[1]{spec}{template}{spec};
	my ($drain) = map { /drain=(\d+)/ } @{$t->{containers}[0]{args}};
	$t->{terminationGracePeriodSeconds} > $drain ? "yes" : "no"')" \
    yes "kubernetes.yaml: more time to stop than the drain takes"

# Environment and options of the examples, as relay sees them.
link_of() {
	sed -n 's,.*\(tcp://[a-z.]*:[0-9]*\).*,\1,p' "$DEPLOY/$1" | sort -u
}
for file in compose.yaml kubernetes.yaml ambassador.service; do
	for link in $(link_of "$file"); do
		out=$(env -i REDIS_PORT_6379_TCP="$link" "$RELAY" --explain \
		    --links 2>&1)
		like "$out" "6379/tcp -> ${link#tcp://}" \
		    "$file: $link is a link"
	done
done
for option in $(sed -n 's/^ *- \(--[a-z].*\)$/\1/p' "$DEPLOY"/*.yaml |
    grep -v -e '^--links' -e '^--probe' | sort -u) \
    $(sed -n '/^ExecStart=/p' "$DEPLOY"/*.service | tr ' ' '\n' |
    grep -- '^--' | grep -v '^--links' | sort -u); do
	out=$(env -i REDIS_PORT_6379_TCP=tcp://127.0.0.1:6379 "$RELAY" \
	    "$option" --explain --links 2>&1)
	ok $? "relay takes $option" || diag "$out"
done

# systemd has its own opinion, of units that name a program that exists.
if command -v systemd-analyze >/dev/null; then
	mkdir "$T/units"
	units="ambassador.service relay@.service relay-socket@.service
	    relay-socket@.socket"
	for unit in $units; do
		sed "s,/usr/local/bin/relay,$RELAY,; /^Documentation=/d" \
		    "$DEPLOY/$unit" >"$T/units/$unit"
	done
	for unit in $units; do
		out=$(cd "$T/units" && systemd-analyze verify --man=no \
		    "./$unit" 2>&1)
		ok $? "$unit: systemd-analyze verify" || diag "$out"
		is "$out" "" "$unit: without a warning"
	done
	# Enabled is the port; what it starts is nothing without it.
	mkdir -p "$T/host/etc/systemd/system"
	cp "$T/units"/relay* "$T/host/etc/systemd/system"
	: >"$T/host/etc/systemd/system/multi-user.target"
	: >"$T/host/etc/systemd/system/sockets.target"
	for unit in relay@a.service relay-socket@b.service; do
		systemctl --root="$T/host" enable "$unit" >"$T/enable" 2>&1
		ok $? "$unit can be enabled" || diag <"$T/enable"
	done
	is "$(cd "$T/host/etc/systemd/system" && find . -type l | sort)" \
	    './multi-user.target.wants/relay@a.service
./sockets.target.wants/relay-socket@b.socket' 'one itself, one by its socket'
else
	skip 11 "systemd-analyze is missing"
fi

# An image of any static program will do here.
if command -v musl-gcc >/dev/null; then
	MUSL=musl-gcc
else
	MUSL=${CC:-cc}
fi
echo 'int main(void) { return 0; }' >"$T/p.c"
"$MUSL" -static -Os -s -o "$T/program" "$T/p.c"
ok $? "a static program" || done_testing
sh "$DEPLOY/mkimage.sh" "$T/program" me/relay:1.0 >"$T/image.tar"
ok $? "mkimage.sh makes an image"
sh "$DEPLOY/mkimage.sh" "$T/program" me/relay:1.0 | cmp -s - "$T/image.tar"
ok $? "and the same one again"
mkdir "$T/i" && tar -C "$T/i" -xf "$T/image.tar"
is "$(perl -MJSON::PP -0777 -e '
	sub doc { open my $f, "<", shift or die $!; decode_json(<$f>) }
	chdir shift or die $!;
	my $m = doc("manifest.json")->[0];
	my $c = doc($m->{Config});
	my $l = $m->{Layers}[0];
	my ($want) = $c->{rootfs}{diff_ids}[0] =~ /^sha256:(.*)/;
	my ($layer) = `sha256sum $l` =~ /^(\w+)/;
	my ($config) = `sha256sum $m->{Config}` =~ /^(\w+)/;
	print join(" ", @{$m->{RepoTags}}, @{$c->{config}{Entrypoint}},
	    $layer eq $want ? "sum" : "wrong sum of the layer",
	    $m->{Config} eq "$config.json" ? "sum" : "wrong sum"), "\n";
	print `tar tf $l`;' "$T/i" 2>&1)" \
    "me/relay:1.0 /ambassador sum sum
ambassador
grand-ambassador
relay
socat" "tag, entry point, sums and files"
layer=$(ls "$T/i"/*.tar)
mkdir "$T/root" && tar -C "$T/root" -xf "$layer"
cmp -s "$T/root/relay" "$T/program"
ok $? "the binary is unchanged"
is "$(cd "$T/root" && readlink socat ambassador grand-ambassador | sort -u)" \
    relay "the other names lead to it"
is "$(stat -c %a "$T/root/relay")" 755 "and it can be executed"
sh "$DEPLOY/mkimage.sh" -r "$T/program" | cmp -s - "$layer"
ok $? "mkimage.sh -r gives the files alone"

wrong() {
	out=$(sh "$DEPLOY/mkimage.sh" "$1" ${2+"$2"} 2>&1 >"$T/none")
	status=$?
	[ $status = 1 ] && [ ! -s "$T/none" ]
	ok $? "refused: $3"
	like "$out" "$4" "with words"
}
wrong "$T/none.such" a:b "no file" 'cannot be read'
wrong "$0" a:b "a script" 'not a program of a known architecture'
wrong "$(command -v perl)" a:b "a dynamic program" 'not static'

# The C library of a static program may name the dynamic linker all the same:
# what counts is whether the program asks for one.
echo 'char name[] = "/lib64/ld-linux-x86-64.so.2 ld-musl /ld64";
	int main(void) { return name[0] != 47; }' >"$T/q.c"
for how in "${CC:-cc} -static" "${CC:-cc} -static-pie" "$MUSL -static"; do
	if ! $how -o "$T/q" "$T/q.c" 2>/dev/null || ! "$T/q"; then
		skip 2 "$how makes nothing"
		continue
	fi
	sh "$DEPLOY/mkimage.sh" "$T/q" a:b >"$T/q.tar" 2>"$T/err"
	is "$? $(cat "$T/err")" '0 ' "accepted: a program of $how"
	[ -s "$T/q.tar" ]
	ok $? "and the image is there"
done
for how in "${CC:-cc}" "${CC:-cc} -no-pie" "$MUSL"; do
	$how -o "$T/q" "$T/p.c" 2>/dev/null || cp "$(command -v perl)" "$T/q"
	wrong "$T/q" a:b "a dynamic program of $how" 'not static'
done
wrong "$T/program" 'A B:c' "a name with a blank" 'not a NAME:TAG'
wrong "$T/program" 'a"b:c' "a name with a quote" 'not a NAME:TAG'

done_testing
