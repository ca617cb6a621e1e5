#!/bin/sh
# 80-docs.t: the manual pages, the README, the help and the tables of the
# program name the same things, in all directions, and in order

. "${0%/*}/lib.sh"
need perl
cd "$TOP" || exit 1

"$RELAY" -h >"$T/h"
"$RELAY" -hh >"$T/hh"
"$RELAY" -hhh >"$T/hhh"

# same NAME: $T/NAME.want and $T/NAME.got have the same lines, in any order
same() {
	sort "$T/$1.want" >"$T/.want"
	sort "$T/$1.got" >"$T/.got"
	[ -s "$T/.want" ] && cmp -s "$T/.want" "$T/.got"
	ok $? "$2" || diff "$T/.want" "$T/.got" | diag
}

# ordered NAME: $T/order has its lines sorted, each once
ordered() {
	LC_ALL=C sort -u "$T/order" | cmp -s - "$T/order" && [ -s "$T/order" ]
	ok $? "$1" || LC_ALL=C sort -u "$T/order" | diff - "$T/order" |
	    sed 's/^/# /'
}

# --- relay-opt.7 -------------------------------------------------------------
# A line for each name: full name, groups, phase, and whether it has a value.

cat >"$T/manual.pl" <<'END'
my ($section, %usual, @entry, $line) = ("");
sub flush {
	return unless @entry;
	my ($value, @names) = splice @entry, 0;
	my ($groups, $phase) = @now{qw(groups phase)};
	print "$_ $names[0] $groups $phase $value\n" for @names;
}
while (<>) {
	chomp;
	if (/^\.S([hs]) (.*)/) {
		flush();
		$section = $2 if $1 eq "h";
		%usual = ();
	}
	next unless $section eq "OPTIONS" || $section =~ /^KNOWN BUT/;
	$usual{groups} = $1 eq "every address" ? "(all)" : $2
	    if /: for (every address|groups? ([A-Z0-9, ]+?))(?:\.$|, in)/;
	$usual{phase} = $1 if /^(?:Unless|All of).* in phase ([A-Z0-9]+)\.$/;
	if (/^\.It Cm (.*)/) {
		flush();
		($line, my $arg) = split / Ns /, $1, 2;
		my $value = !defined $arg ? "none" :
		    $arg =~ /^Oo Ns = Ns Ar .* Oc$/ ? "optional" :
		    $arg =~ /^= Ns Ar / ? "value" : "?";
		@entry = ($value, split / , /, $line);
		%now = (%usual, $section eq "OPTIONS" ? () : (phase => "-"));
	} elsif (@entry && /^\.Pq (.*)/) {
		for (split /; /, $1) {
			if (/^phase ([A-Z0-9]+)$/) { $now{phase} = $1 }
			elsif (/^for every address$/) { $now{groups} = "(all)" }
			elsif (/^[A-Z0-9, ]+$/) { $now{groups} = $_ }
		}
	} elsif (/^\.El/) {
		flush();
	}
}
END
perl "$T/manual.pl" man/relay-opt.7 | sed 's/, /,/g' >"$T/opt.manual"

# The same of the program; type CONST has no value, BOOL need not have one.
perl -ne '
	if (my ($name, $groups, $phase, $type) =
	    /^      (\S+)\t+groups=(\S+?)\t*phase=(\S+)\t+type=(\S+)/) {
		# Groups that every address takes.
		$groups =~ s/^(?:APPL|PROCESS)$/(all)/;
		my $value = $type eq "CONST" ? "none" :
		    $type =~ /^(BOOL|STRING-NULL)$/ ? "optional" : "value";
		$what{$name} = "$groups $phase $value";
		$full{$name} = $name;
	}
	$full{$1} = $2 if /^      (\S+)\t+is an alias for (\S+)/;
	END { print "$_ $full{$_} $what{$full{$_}}\n" for keys %full }
' "$T/hhh" >"$T/opt.program"

# Full names that share an entry, such as b9600 and b19200, are no aliases.
awk 'FNR == NR { if ($1 == $2) full[$1] = 1; next }
	{ if ($1 in full) $2 = $1; print }' "$T/opt.program" \
    "$T/opt.manual" >"$T/opt.full"
mv "$T/opt.full" "$T/opt.manual"

cut -d ' ' -f 1,2 "$T/opt.program" >"$T/names.want"
cut -d ' ' -f 1,2 "$T/opt.manual" >"$T/names.got"
same names "relay-opt.7 has all options and aliases of -hhh, and no others"
sort "$T/names.got" | cut -d ' ' -f 1 | uniq -d >"$T/twice"
is "$(cat "$T/twice")" "" "relay-opt.7 has no name twice"

# What cannot be set here is listed without its phase.
awk 'FNR == NR { if ($4 == "-") away[$1] = 1; next }
	{ if ($1 in away) $4 = "-"; print }' "$T/opt.manual" \
    "$T/opt.program" >"$T/rows.want"
cp "$T/opt.manual" "$T/rows.got"
same rows "with the same groups, phases and kinds of value"

awk '$4 == "-" && $1 == $2 { print $1 }' "$T/opt.manual" >"$T/away.got"
awk '$4 != "-" && $1 == $2 { print $1 }' "$T/opt.manual" |
    sort >"$T/here"
# Any value will do: the complaint about absence comes before it is read.
for name in $(awk '$1 == $2 { print $1 }' "$T/opt.program" | sort); do
	out=$("$RELAY" --explain -g "PIPE,$name" PIPE 2>&1)
	case $out in
	*'is known but not available here'*) echo "$name" ;;
	esac
done >"$T/away.want"
# A build for another system may lack more of the constants.
if ! "$RELAY" -V | grep -q 'linux build'; then
	comm -12 "$T/here" "$T/away.want" >>"$T/away.got"
fi
echo none >>"$T/away.got"
echo none >>"$T/away.want"
same away "and says of the same options that they are not here"

awk '/^\.S[hs]/ { s++ } /^\.It Cm / { print s, $3 }' man/relay-opt.7 |
    awk '{ p = $2 ~ /^b[0-9]+$/ ? "b0" : $2; if ($1 == last &&
	p <= prev) print p; last = $1; prev = p }' >"$T/disorder"
is "$(cat "$T/disorder")" "" "relay-opt.7 is sorted within each theme"

# --- relay-addr.7 ------------------------------------------------------------
# items SECTION: of each entry its names and the number of its parameters
items() {
	awk -v section="$1" '
		/^\.Sh / { on = substr($0, 5) == section }
		on && /^\.It Cm / {
			params = gsub(/ Ar /, " Ar ")
			line = substr($0, 8)
			sub(/ : .*| Ns .*/, "", line)
			n = split(line, name, " , ")
			for (i = 1; i <= n; i++)
				print tolower(name[i]), tolower(name[1]),
				    params
		}' man/relay-addr.7
}
# names_of FILE: each name of its families, and the full one
names_of() {
	perl -0ne 'while (/\.name = ("[^"]*"(?:,\s*\.alias = \{[^}]*)?)/g) {
		my @names = $1 =~ /"([^"]+)"/g;
		print lc "$_ $names[0]\n" for @names }' "$1"
}
# A build for another system lacks what only Linux has.
portable && names_of addr/family/elsewhere.c >"$T/elsewhere" ||
    : >"$T/elsewhere"
# So does one that loads no library.
"$RELAY" -V | grep -q 'define WITH_OPENSSL' ||
    names_of addr/family/static.c >>"$T/elsewhere"
items ADDRESSES | awk 'FILENAME == ARGV[1] { away[$1] = 1; next } !($1 in away)' \
    "$T/elsewhere" - >"$T/families.got"
perl -ne '
	$full{lc $1} = lc $2 if /^      (\S+)\t+is an alias name for (\S+)/;
	if (my ($syntax, $name) = /^      (([A-Z0-9-]+)\S*)\t+groups=/) {
		next if /phase=|<opts>/;
		$full{$name = lc $name} = $name;
		# its text has a parameter that there is not, as with socat
		$syntax =~ s/<host>:// if $name eq "udplite4-recvfrom";
		$params{$name} = () = $syntax =~ /<[^>]*>/g;
	}
	END { print "$_ $full{$_} $params{$full{$_}}\n" for keys %full }
' "$T/hhh" >"$T/families.want"
same families "relay-addr.7 has all addresses, aliases and parameters of -hhh"

while read -r name family; do
	"$RELAY" --explain "$name:1:2:3" - 2>&1 | head -n 1 |
	    tr A-Z a-z | grep -q " e $family is known but not here: [a-z]" ||
	    echo "$name"
done <"$T/elsewhere" >"$T/unknown"
is "$(cat "$T/unknown")" "" "those of other builds are known, and it says so by name"
for name in $(cut -d ' ' -f 1 "$T/families.got"); do
	"$RELAY" --explain "$name" - 2>&1 | grep "unknown device"
done >"$T/unknown"
is "$(cat "$T/unknown")" "" "and all those that are here"

# --- relay.1 -------------------------------------------------------------------
# Option and kind of value, by -h, which is the table, and by the manual.
sed -n '/^   options /,/^   bi-address:/s/^      -/-/p' "$T/h" | perl -ne '
	my ($all) = split /  |\t/;
	my ($names, $value) = $all =~ /^((?:-[A-Za-z0-9?-]+|\|)+)(.*)/;
	next if $names =~ /^-d/;
	my $kind = $value =~ /</ ? $value =~ /\[/ ? "optional" : "value" :
	    $value =~ /\[/ ? "optional" : "none";
	print "$_ $kind\n" for split /\|/, $names;
' >"$T/flags.want"
awk '/^\.Sh / { on = $2 == "OPTIONS" } on && /^\.It Fl / ' man/relay.1 |
    perl -ne '
	chomp;
	s/^\.It Fl //;
	s/\\&//g;
	my $kind = s/ Ns Op .*// ? "optional" :
	    s/ (?:Ns = Ns )?Ar .*// ? "value" : "none";
	next if /^d/;
	print "-$_ $kind\n" for split / , /;
' | grep -v '^-??' >"$T/flags.got"
same flags "relay.1 has the options of -h, and no others"
# -h is printed from the table; socat's order first, then relay's own.
sed -n '/^   and, as relay:/,/^   bi-address:/s/^      \(--[a-z-]*\).*/\1/p' \
    "$T/h" >"$T/order"
ordered "relay's own are sorted in -h"

# Upper case before lower case of the same letter, as in other manuals.
awk '/^\.Ss / { s++ } /^\.It Fl / { print s, $3 }' man/relay.1 | perl -ne '
	my ($s, $o) = split;
	my $key = lc($o) . " $o";
	$key = "\x7f$key" if $o =~ /^-/;
	print "$o\n" if $s eq $last && $key le $prev;
	($last, $prev) = ($s, $key);' >"$T/disorder"
is "$(cat "$T/disorder")" "" "relay.1 is sorted"

for section in SYNOPSIS DESCRIPTION OPTIONS ENVIRONMENT "EXIT STATUS" \
    EXAMPLES COMPATIBILITY "SEE ALSO" CAVEATS; do
	grep -q "^\.Sh $section\$" man/relay.1
	ok $? "relay.1 has $section"
done

# --- the pages as such -----------------------------------------------------------
mkdir -p "$T/man/man1" "$T/man/man7"
cp man/relay.1 "$T/man/man1"
cp man/relay-addr.7 man/relay-opt.7 "$T/man/man7"
if command -v mandoc >/dev/null; then
	# Whether pages of others are installed is no matter of ours.
	for page in "$T"/man/man?/*; do
		out=$(MANPATH=$T/man:/usr/share/man mandoc -Tlint -W style \
		    "$page" 2>/dev/null |
		    grep -Ev 'manual not found: Xr [a-qs-z]')
		is "$out" "" "mandoc -Tlint: ${page##*/}"
		out=$(mandoc -Tascii "$page" 2>/dev/null | perl -pe "s,.\010,,g" |
		    awk 'length > 80')
		is "$out" "" "no line over 80 columns: ${page##*/}"
	done
	sed -n '/^Usage:/,/^   options /p' "$T/h" | sed '1d;$d' >"$T/usage"
	mandoc -Tascii man/relay.1 2>/dev/null | perl -pe "s,.\010,,g" |
	    sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | sed '1d;$d' |
	    sed 's/^ *//; s/  */ /g; /^$/d' >"$T/synopsis"
	is "$(cat "$T/synopsis")" "$(sed 's/^ *//; s/  */ /g' "$T/usage")" \
	    "SYNOPSIS is the usage of -h"
else
	skip 7 "mandoc is missing"
fi

# --- the order of tables -----------------------------------------------------------
for level in hh hhh; do
	sed -n '/^   opt:/,$s/^      *\([^ 	]*\).*/\1/p' "$T/$level" |
	    sed '/^opt:/d' >"$T/order"
	ordered "-$level is sorted"
done
for file in $(grep -l ^TABLE addr/option/*.c); do
	perl -0ne 'while (/\{ "([^" ]+)[^"]*"(?:\s*"[^"]*")*,\s*G_/g) {
		print "$1\n" }' "$file" >"$T/order"
	ordered "$file: its table is sorted"
	perl -0ne 'while (/\{ "[^" ]+ ?([^"]*"(?:\s*"[^"]*")*),\s*G_/g) {
		(my $a = $1) =~ s/"\s*"|"\s*$//g;
		$a =~ s/^ //;
		print "$a\n" if join(" ", sort split " ", $a) ne $a }' \
	    "$file" >"$T/disorder"
	is "$(cat "$T/disorder")" "" "$file: aliases are sorted"
done
for file in $(grep -l '\.names = "' addr/*.c); do
	perl -0ne 'print "$1\n" while /(?:\.names = |KNOWN\()"([^" ]+)/g' \
	    "$file" >"$T/order"
	ordered "$file: its families are sorted"
done

# --- examples ------------------------------------------------------------------------
# Each command line of a page or the README that begins with relay must be one.
# commands FILE: one a line, continuations joined
commands() {
	perl -0pe 's/\\e/\\/g; s/\\\(dq/"/g; s/\\\n\s*/ /g' "$1" |
	    sed -n 's/^\.Dl //; s/^    \(\$ \)*\(relay\|[A-Z_0-9]*=[^ ]* relay\) /\2 /
		s/ [2]*>.*//; s/ &$//
		s/.* | relay /relay /; /^relay \(-\|[A-Z]\)/p
		/^[A-Z_0-9]*_TCP=[^ ]* relay /p'
}
mkdir "$T/bin"
cat >"$T/bin/relay" <<END
#!/bin/sh
exec "$RELAY" --explain "\$@"
END
chmod +x "$T/bin/relay"
for file in README man/relay.1 man/relay-addr.7 man/relay-opt.7; do
	commands "$file" | grep -v -e ' - \.\.\.$' -e ' --docker ' \
	    -e '^relay -h' -e '^relay -V' >"$T/lines"
	[ -s "$T/lines" ]
	ok $? "$file has examples"
	while read -r line; do
		out=$(cd "$T" && PATH=$T/bin:$PATH sh -c "$line" 2>&1 \
		    3</dev/null </dev/null) && continue
		# a build says what it cannot have
		case $RELAY:$(portable && echo posix):$out in
		*static::*'this program is static'*) ;;
		*:posix:*' is known but not here: only Linux gives '*) ;;
		*) printf '%s\n%s\n' "$line" "$out" ;;
		esac
	done <"$T/lines" >"$T/wrong"
	is "$(cat "$T/wrong")" "" "$file: all of them are right"
done

for target in $(grep -o '\(&& \|"\|(\|: \)make [a-z][a-z.]*[a-z]' README |
    sed 's/.*make //' | sort -u); do
	grep -q "^$target:" Makefile
	ok $? "make $target, of the README"
done
is "$(awk 'length > 78' README NEWS)" "" "README and NEWS are 78 columns wide"
is "$(tr -d '\n -~' <README | wc -c | tr -d ' ')" 0 "README is plain text"

done_testing
