#!/bin/sh
# cmake_test.sh IDLC MODULE_DIR GENERATOR: shmrpc_generate() in a project of somebody's own.
set -eu
idlc=$1
modules=$2
generator=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
mkdir -p project/idl project/shared
cat >project/shared/base.idl <<'END'
module base { struct Point { double x; double y; }; };
END
cat >project/idl/calc.idl <<'END'
#include "base.idl"
module demo { struct Line { base::Point from; base::Point to; }; };
END
cat >project/idl/third.idl <<'END'
module demo { struct Third { long x; }; };
END
cat >project/main.c <<'END'
#include "base.h"
#include "calc.h"
int main(void)
{
    demo_Line line = { { 1, 2 }, { 3, 4 } };
    return (int)line.from.x - 1;
}
END
# The library is not needed to see what is generated: an empty one of its name stands in.
cat >project/CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.22)
project(somebody LANGUAGES C)
add_library(shmrpc INTERFACE)
add_library(shmrpc::shmrpc ALIAS shmrpc)
target_include_directories(shmrpc INTERFACE ${RPC_INCLUDE})
include(${MODULES}/ShmrpcGenerate.cmake)
shmrpc_generate(TARGET base_idl IDLS shared/base.idl)
shmrpc_generate(TARGET calc_idl IDLS idl/calc.idl SIDES CLIENT INCLUDE_DIRS shared)
target_link_libraries(calc_idl PUBLIC base_idl)
add_library(objects OBJECT)
shmrpc_generate(TARGET objects IDLS shared/base.idl SIDES SERVER)
shmrpc_generate(TARGET objects IDLS idl/calc.idl SIDES SERVER INCLUDE_DIRS shared)
shmrpc_generate(TARGET objects IDLS idl/third.idl SIDES CLIENT)
add_executable(main main.c)
target_link_libraries(main PRIVATE calc_idl)
# what main needs of the generated code is the headers alone
set_target_properties(calc_idl base_idl PROPERTIES COMPILE_WARNING_AS_ERROR ON)
END
build() {
    cmake --build build >said 2>&1 || { cat said >&2; fail "$1"; }
}
cmake -S project -B build -G "$generator" -DSHMRPC_IDLC="$idlc" -DMODULES="$modules" \
    -DRPC_INCLUDE="$modules/../rpc/include" >said 2>&1 ||
    { cat said >&2; fail "configuring"; }
build "building"
[ -e build/calc_idl-idl/calc_client.c ] || fail "no client"
[ ! -e build/calc_idl-idl/calc_server.c ] || fail "a server that nobody asked for"
build/main || fail "running"
for name in base_types.c base_server.c calc_server.c third_client.c; do
    [ -e "build/objects-idl/$name" ] || fail "no $name in a target that was given three times"
done

build "building again"
! grep -q 'shmrpc-idlc' said || fail "compiled without a reason"

sleep_until_newer() { # the file system's clock has to move on
    while [ ! project/touched -nt "$1" ]; do
        touch project/touched
    done
}
sleep_until_newer build/calc_idl-idl/calc.h.stamp
sed -i 's/double y;/double y; double z;/' project/shared/base.idl
build "building after a change of an included file"
grep -q 'shmrpc-idlc.*calc.idl' said || fail "an included file changed, and nothing happened"
grep -q 'double z;' build/base_idl-idl/base.h || fail "the new member is missing"

build "building once more"
sleep_until_newer build/calc_idl-idl/calc.h.stamp
echo '// a comment' >>project/idl/calc.idl
build "building after a comment"
grep -q 'shmrpc-idlc.*calc.idl' said || fail "the IDL file changed, and nothing happened"
! grep -q 'calc_types.c' said || fail "compiled again for a comment"
