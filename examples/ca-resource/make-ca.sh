#!/bin/sh
# Makes a CA in the folder ca, beside this script. Once: one that is there is left alone.
set -eu
umask 077

cd "$(dirname "$0")"
if [ -e ca ]; then
  echo "there is a CA in $PWD/ca already" >&2
  exit 0
fi

# Put in place whole: an interrupted run leaves no half of a CA.
new=ca.$$
trap 'rm -rf "$new"' EXIT
mkdir "$new"
# openssl tells of each step, and that is worth reading only when it fails.
openssl req -x509 -config ca.cnf -extensions root -days 3650 \
  -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$new/root.key" \
  -subj "/O=Example/CN=Example Root CA" -out "$new/root.pem" 2>"$new/log" || {
  cat "$new/log" >&2
  exit 1
}
rm "$new/log"
mv "$new" ca
echo "made a CA in $PWD/ca; trust $PWD/ca/root.pem" >&2
