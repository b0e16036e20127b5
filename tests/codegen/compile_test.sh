#!/bin/sh
# compile_test.sh IDLC INCLUDE_DIR...: what is generated compiles without a warning, by gcc and clang, as
# C11 with and without optimisation, the headers as C++17; included, and compiled by themselves.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
idlc=$1
shift
includes=
for folder in "$@"; do
    includes="$includes -I$folder"
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for idl in "$here"/idl/*.idl "$here"/golden/*.idl; do
    "$idlc" -Wno-name-clash -o "$scratch" "$idl"
done
cd "$scratch"

warnings="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual -Wundef -Werror"
c_warnings="$warnings -Wstrict-prototypes -Wmissing-prototypes"
# Of the two, gcc's warnings depend on the optimisation. On all processors, the largest first.
for compiler in "gcc -O0" "gcc -O2" "clang -O0"; do
    command -v ${compiler% *} >/dev/null || continue
    ls -S *.c | xargs -P "$(nproc)" -I {} \
        $compiler -std=c11 $c_warnings $includes -c -o /dev/null {}
done
for compiler in g++ clang++; do
    command -v $compiler >/dev/null || continue
    for header in *.h; do
        echo "#include \"$header\"" >alone.cc
        $compiler -std=c++17 $warnings $includes -I. -fsyntax-only alone.cc
        $compiler -x c++ -std=c++17 $warnings $includes -I. -fsyntax-only "$header"
    done
done
for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    for header in *.h; do
        $compiler -x c -std=c11 $c_warnings $includes -I. -fsyntax-only "$header"
    done
done
