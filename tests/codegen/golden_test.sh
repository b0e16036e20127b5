#!/bin/sh
# golden_test.sh IDLC: compiles the IDL files of golden/ and compares whole outputs with what lies there.
# golden_test.sh --update IDLC: takes the outputs as the new truth; look at the difference before
# committing it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
update=no
if [ "$1" = --update ]; then
    update=yes
    shift
fi
idlc=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$here/golden"
for idl in *.idl; do
    "$idlc" -o "$scratch" "$idl"
done
"$idlc" --dump-model="$scratch/library.json" library.idl
failed=0
for output in "$scratch"/*; do
    name=$(basename "$output")
    if [ "$update" = yes ]; then
        cp "$output" "$name"
    elif ! diff -u "$name" "$output"; then
        failed=1
    fi
done
[ "$failed" = 0 ] || echo "golden files differ: if that is right, run $0 --update $idlc" >&2
exit "$failed"
