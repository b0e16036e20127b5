#!/usr/bin/env bash
# docs_test.sh IDLC LIBRARY INCLUDE_DIRS DOCUMENT: what the document shows is so. Between two headings,
#
#     ```idl           the blocks are one file, inside module demo where they name none; it compiles
#     ```c generated   stands in what is generated from it, line by line; "..." leaves something out
#     ```bytes         TYPE INITIALIZER in the first line, then its bytes in hexadecimal, # a comment
#
# INCLUDE_DIRS is a list with colons.
set -euo pipefail
idlc=$1 library=$2 include_dirs=$3 document=$4
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

complain() {
    printf '%s:%s: %s\n' "$document" "$1" "$2" >&2
    failed=1
}

# One folder for each heading: doc.idl, and LINE.generated, LINE.bytes by the line of their fence.
split() {
    awk -v out="$scratch" '
        /^#/ && !inside { section++; next }
        /^```/ && !inside {
            inside = 1
            kind = $1 == "```idl" ? "idl" : $0 == "```c generated" ? "generated" : $1 == "```bytes" ? "bytes" : ""
            folder = sprintf("%s/%03d", out, section)
            if (kind != "") system("mkdir -p " folder)
            file = folder "/" (kind == "idl" ? "doc.idl" : NR "." kind)
            next
        }
        /^```/ { inside = 0; if (kind != "" && kind != "idl") close(file); next }
        inside && kind == "idl" { print >> file; close(file); next }
        inside && kind != "" { print > file }
    ' "$document"
}

compile() {
    local folder=$1
    if ! grep -q '^ *module ' "$folder/doc.idl"; then
        { echo 'module demo {'; cat "$folder/doc.idl"; echo '};'; } >"$folder/whole.idl"
        mv "$folder/whole.idl" "$folder/doc.idl"
    fi
    "$idlc" -o "$folder" "$folder/doc.idl" 2>"$folder/messages" || {
        complain "${folder##*/}" "the IDL of this section does not compile:"
        cat "$folder/messages" >&2
        return 1
    }
}

check_generated() {
    local folder=$1 block=$2 all part="" place
    place=$(basename "$block" .generated)
    all=$(cat "$folder"/doc*.h "$folder"/doc*.c)
    while IFS= read -r line || [[ -n $part ]]; do
        if [[ $line == "..." || -z $line ]]; then
            [[ $all == *"$part"* ]] || complain "$place" "not generated: $part"
            part=""
        else
            part+="${part:+$'\n'}$line"
        fi
    done <"$block"
}

# A program that encodes what the blocks say and compares.
write_program() {
    local folder=$1 block number=0 first hex
    printf '#include <stdio.h>\n#include <string.h>\n#include <shmrpc/marshal.h>\n#include "doc.h"\n'
    printf 'static uint8_t room[65536];\nstatic int failed;\n'
    printf 'static void compare(int line, const uint8_t *end, const char *hex)\n{\n'
    printf '    char text[8192] = "";\n'
    printf '    for (const uint8_t *at = room; end != NULL && at < end; at++)\n'
    printf '        sprintf(text + strlen(text), "%%02x", *at);\n'
    printf '    if (strcmp(text, hex) == 0)\n        return;\n'
    printf '    printf("%%d: the bytes are %%s, not %%s\\n", line, text, hex);\n    failed = 1;\n}\n'
    for block in "$folder"/*.bytes; do
        first=$(head -n 1 "$block")
        hex=$(tail -n +2 "$block" | sed 's/#.*//' | tr -d ' \n')
        number=$(basename "$block" .bytes)
        printf 'static void check_%s(void)\n{\n    %s value = %s;\n' "$number" "${first%% *}" "${first#* }"
        printf '    shmrpc_packer packer;\n    shmrpc_packer_init(&packer, room, sizeof room - 1);\n'
        printf '    compare(%s, %s_encode(&value, &packer, packer.start), "%s");\n}\n' \
            "$number" "${first%% *}" "$hex"
    done
    printf 'int main(void)\n{\n'
    for block in "$folder"/*.bytes; do
        printf '    check_%s();\n' "$(basename "$block" .bytes)"
    done
    printf '    return failed;\n}\n'
}

check_bytes() {
    local folder=$1 includes=()
    IFS=: read -ra includes <<<"$include_dirs"
    write_program "$folder" >"$folder/program.c"
    if ! "${CC:-cc}" -std=c11 "${includes[@]/#/-I}" -I"$folder" -o "$folder/program" \
        "$folder/program.c" "$folder/doc_types.c" "$library" -lpthread 2>"$folder/messages"; then
        complain "${folder##*/}" "the values of this section do not compile:"
        cat "$folder/messages" >&2
        return
    fi
    "$folder/program" >"$folder/messages" || while IFS=: read -r line message; do
        complain "$line" "$message"
    done <"$folder/messages"
}

split
count=0
for folder in "$scratch"/*/; do
    folder=${folder%/}
    [[ -f $folder/doc.idl ]] || { complain "${folder##*/}" "blocks without IDL in this section"; continue; }
    compile "$folder" || continue
    for block in "$folder"/*.generated; do
        [[ ! -f $block ]] || check_generated "$folder" "$block"
    done
    if compgen -G "$folder/*.bytes" >/dev/null; then
        check_bytes "$folder"
    fi
    count=$((count + 1))
done
((count > 0)) || { echo "$document: nothing to check: are the fences right?" >&2; exit 1; }
echo "$count sections are as they are"
exit "$failed"
