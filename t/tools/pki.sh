# pki.sh: certificates for tests, made in the directory at hand: NAME.pem with
# the certificate, NAME.key, and NAME.all with both

case $("$RELAY" -V) in
*'define WITH_OPENSSL'*) HAS_TLS=1 ;;
*) HAS_TLS= ;;
esac

# authority NAME: one that signs for others, of itself
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
	    -nodes -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -days 9 \
	    ${2+-addext "$2"} 2>>pki.log
}

# certificate NAME AUTHORITY SUBJECT ALTNAMES [REQ-ARGUMENTS]: by one; KEYTYPE
# is ec unless set
certificate() {
	case ${KEYTYPE:-ec} in
	ec) set -- "$@" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 ;;
	*) set -- "$@" -newkey "$KEYTYPE" ;;
	esac
	name=$1 by=$2 subject=$3 alt=$4
	shift 4
	openssl req -x509 -nodes -utf8 -CA "$by.pem" -CAkey "$by.key" \
	    -keyout "$name.key" -out "$name.pem" -subj "$subject" \
	    -addext basicConstraints=critical,CA:FALSE \
	    ${alt:+-addext "subjectAltName=$alt"} -days 9 "$@" \
	    2>>pki.log &&
	    cat "$name.key" "$name.pem" >"$name.all"
}
