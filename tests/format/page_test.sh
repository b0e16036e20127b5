#!/bin/sh
# page_test.sh IDLC PAGE: each example of the page behind "becomes" is what the program makes of the
# one before it; all others are as they should be.
set -eu
idlc=$1
page=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# before-1.idl, after-1.idl, ...; kept-1.idl, ...
awk -v folder="$scratch" '
    /^```idl$/ { kind = becomes ? "after" : "kept"; count += !becomes; file = "" ; text = ""; inside = 1; next }
    /^```$/ && inside {
        file = folder "/" kind "-" count ".idl"
        printf "%s", text >file
        close(file)
        inside = 0
        becomes = 0
        next
    }
    inside { text = text $0 "\n"; next }
    /^becomes$/ { becomes = 1 }
' "$page"

found=0
for file in "$scratch"/kept-*.idl; do
    after=$(echo "$file" | sed 's/kept/after/')
    [ -e "$after" ] || after=$file
    "$idlc" --format "$file" | diff "$after" - || { echo "FAILED: $(basename "$file")" >&2; exit 1; }
    found=$((found + 1))
done
[ "$found" -ge 5 ] || { echo "FAILED: only $found examples" >&2; exit 1; }
