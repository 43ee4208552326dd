#!/bin/sh
# A signer: a CSR in PEM on stdin, the chain in PEM on stdout, words for people on stderr.
#
# Asked again with the same idempotency key it prints the certificate that it signed then, and signs nothing.
set -eu
umask 077

fail() {
  echo "$*" >&2
  exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
ca=${CA_FOLDER:-$here/ca}
[ -e "$ca/intermediate.pem" ] || fail "there is no CA in $ca: run $here/make-ca.sh first"

key=${KEYVAULT_CERTIFICATE_IDEMPOTENCY_KEY:?is not set: this script is the signer of a Certificate}
days=$((${KEYVAULT_CERTIFICATE_VALIDITY_IN_MONTHS:-12} * 365 / 12))
answer=$ca/requests/$key.pem

work=$(mktemp -d "$ca/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
openssl req -verify -out "$work/csr.pem" 2>"$work/log" || fail "what came on stdin is no CSR: $(cat "$work/log")"

give() {
  [ "$(openssl x509 -in "$answer" -noout -pubkey)" = "$(openssl req -in "$work/csr.pem" -noout -pubkey)" ] ||
    fail "the idempotency key $key belongs to another CSR, answered in $answer: move that away to sign this one"
  echo "$1, see $answer" >&2
  cat "$answer"
  exit 0
}

[ ! -e "$answer" ] || give "signed before"

openssl x509 -in "$ca/intermediate.pem" -noout -checkend $((days * 86400)) >/dev/null ||
  fail "after $days days the intermediate is past its end: $(openssl x509 -in "$ca/intermediate.pem" -noout -enddate)"

openssl x509 -req -in "$work/csr.pem" -CA "$ca/intermediate.pem" -CAkey "$ca/intermediate.key" \
  -set_serial "0x$(openssl rand -hex 16)" -days "$days" \
  -copy_extensions copy -extfile "$here/ca.cnf" -extensions leaf -out "$work/leaf.pem" 2>"$work/log" ||
  fail "openssl did not sign (OpenSSL 3 or newer is needed): $(cat "$work/log")"
cat "$work/leaf.pem" "$ca/intermediate.pem" "$ca/root.pem" >"$work/chain.pem"

# A link is made in one step and never over another: of two runs at once both print what the first one put there.
ln "$work/chain.pem" "$answer" 2>/dev/null || [ -e "$answer" ] || fail "$answer cannot be written"
give "signed for $days days"
