#!/bin/sh
# Makes a root and an intermediate in $CA_FOLDER (default: ca, beside this script). Once: a CA that is there is left alone.
set -eu
umask 077

here=$(cd "$(dirname "$0")" && pwd)
ca=${CA_FOLDER:-$here/ca}
if [ -e "$ca" ]; then
  echo "there is a CA in $ca already" >&2
  exit 0
fi

# Put in place whole: an interrupted run leaves no half of a CA.
new=$ca.$$
trap 'rm -rf "$new"' EXIT
mkdir -p "$new/requests"

# openssl tells of each step, and that is worth reading only when it fails.
quietly() {
  "$@" 2>"$new/log" || {
    cat "$new/log" >&2
    exit 1
  }
}

quietly openssl req -x509 -config "$here/ca.cnf" -extensions root -days 3650 \
  -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout "$new/root.key" \
  -subj "/O=Example/CN=Example Root CA" -out "$new/root.pem"

quietly openssl req -new -config "$here/ca.cnf" \
  -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$new/intermediate.key" \
  -subj "/O=Example/CN=Example Intermediate CA" -out "$new/intermediate.csr"
quietly openssl x509 -req -in "$new/intermediate.csr" -CA "$new/root.pem" -CAkey "$new/root.key" \
  -set_serial "0x$(openssl rand -hex 16)" -days 1825 \
  -extfile "$here/ca.cnf" -extensions intermediate -out "$new/intermediate.pem"

rm "$new/log" "$new/intermediate.csr"
mv "$new" "$ca"
echo "made a root and an intermediate in $ca; trust $ca/root.pem" >&2
