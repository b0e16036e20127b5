#!/usr/bin/env bash
# labels_test.sh: each SYNC(label) in runtime/ stands at two places at least, and has a section in
# docs/memory-order.md that names just the files where it stands; and each section has its label.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
document=$root/docs/memory-order.md
failures=0

complain() {
    printf '%s\n' "$*" >&2
    failures=$((failures + 1))
}

# The words of the code, LABEL FILE, one line for each place.
in_code() {
    (cd "$root/runtime" && grep -oE 'SYNC\([a-z-]+\)' ./*.c ./*.h) |
        sed -E 's|^\./([^:]*):SYNC\((.*)\)$|\2 \1|'
}

# The words of the document, LABEL FILE: files stand in the line that begins with "Sites:", and in
# those that follow up to an empty one.
in_document() {
    awk '
        /^### / { label = $2; gsub(/`/, "", label); print label; next }
        /^Sites:/ { sites = 1 }
        /^$/ { sites = 0 }
        sites {
            line = $0
            while (match(line, /`[a-z_]+\.[ch]`/)) {
                print label, substr(line, RSTART + 1, RLENGTH - 2)
                line = substr(line, RSTART + RLENGTH)
            }
        }
    ' "$document"
}

code=$(in_code)
labels=$(cut -d' ' -f1 <<<"$code" | sort -u)
sections=$(in_document | awk 'NF == 1' | sort)
[[ $(uniq <<<"$sections") == "$sections" ]] || complain "a label has two sections"
[[ -n $labels ]] || complain "no labels at all in $root/runtime"
for label in $labels; do
    places=$(grep -c "^$label " <<<"$code")
    ((places >= 2)) || complain "SYNC($label) stands at one place only: where is the other side?"
    expected=$(grep "^$label " <<<"$code" | sort -u)
    found=$(in_document | awk -v label="$label" 'NF == 2 && $1 == label' | sort -u)
    if [[ $expected != "$found" ]]; then
        complain "docs/memory-order.md, $label: the code has it in"
        complain "$(cut -d' ' -f2 <<<"$expected" | tr '\n' ' '), the document in" \
            "$(cut -d' ' -f2 <<<"$found" | tr '\n' ' ')"
    fi
done
while read -r label; do
    grep -qx "$label" <<<"$labels" || complain "docs/memory-order.md, $label: no such label in runtime/"
done <<<"$sections"
((failures == 0)) || exit 1
printf '%d labels, %d places\n' "$(wc -l <<<"$labels")" "$(wc -l <<<"$code")"
