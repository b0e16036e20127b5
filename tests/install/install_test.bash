#!/usr/bin/env bash
# install_test.bash CASE WORK: what `cmake --install` puts where, and projects that use it.
# The environment says what is tested: SOURCE, BUILD, CMAKE, CC, GENERATOR, LIBDIR.
set -euo pipefail

readonly case=$1 work=$2
readonly prefix=$work/prefix
readonly service=test.install.$case.$$

fail() {
    printf '%s: %s\n' "$case" "$1" >&2
    exit 1
}

# Do the programs work that were built in this folder?
expect_working() {
    local output
    output=$("$1/calculator_threads" "$service") || fail "calculator_threads ended with $?"
    [[ $output == "6 * 7 = 42, by a thread of this process" ]] || fail "it says: $output"
    "$1/calculator_server" "$service" &
    local server=$!
    output=$("$1/calculator_client" "$service") || { kill "$server"; fail "the client failed"; }
    kill -TERM "$server"
    wait "$server" || fail "the server ended with $?"
    grep -qx '1 / 3 = 0.333333' <<<"$output" || fail "the client says: $output"
}

fresh() {
    rm -rf "${work:?}/$1"
    mkdir -p "$work/$1"
}

cmake_build() {
    "$CMAKE" -S "$1" -B "$2" -G "$GENERATOR" -DCMAKE_C_COMPILER="$CC" "${@:3}"
    "$CMAKE" --build "$2" --parallel 2
}

cmake_installs() {
    fresh prefix
    "$CMAKE" --install "$BUILD" --prefix "$prefix"
    "$CMAKE" --install "$BUILD" --prefix "$prefix" >/dev/null # over what is there
}

everything_is_in_its_place() {
    local file
    for file in bin/shmrpc-idlc bin/cleanup_ipc bin/benchmark_ipc; do
        [[ -x $prefix/$file ]] || fail "$file is missing or not executable"
        "$prefix/$file" --version >/dev/null || fail "$file does not run"
    done
    for file in share/man/man1/{shmrpc-idlc,cleanup_ipc,benchmark_ipc}.1 \
        "$LIBDIR"/pkgconfig/shmrpc.pc "$LIBDIR"/cmake/shmrpc/shmrpcConfig.cmake \
        "$LIBDIR"/cmake/shmrpc/ShmrpcGenerate.cmake; do
        [[ -s $prefix/$file ]] || fail "$file is missing"
    done
    compgen -G "$prefix/$LIBDIR/libshmrpc.*" >/dev/null || fail "the library is missing"
    for file in "$SOURCE"/{rpc,runtime}/include/shmrpc/*.h; do
        cmp "$file" "$prefix/include/shmrpc/$(basename "$file")" || fail "a header differs"
    done
    # Nothing installed may point back at where it was built.
    if grep -rIlF -e "$SOURCE" -e "$BUILD" "$prefix/$LIBDIR" "$prefix/include" "$prefix/share"; then
        fail "installed files name the folders that they were built in"
    fi
}

# The rest of the cases use a tree that has been moved since it was installed.
moved() {
    fresh "$case"
    cp -a "$prefix" "$work/$case/prefix"
    cp -a "$SOURCE/examples/calculator" "$work/$case/calculator"
    cd "$work/$case"
}

cmake_package_builds_the_calculator() {
    moved
    cmake_build calculator build -DCMAKE_PREFIX_PATH="$PWD/prefix"
    expect_working build
}

pkg_config_builds_the_calculator() {
    moved
    export PKG_CONFIG_PATH=$PWD/prefix/$LIBDIR/pkgconfig
    export LD_LIBRARY_PATH=$PWD/prefix/$LIBDIR # for a shared library
    pkg-config --print-requires-private shmrpc | grep -qx msgpack || fail "does not name msgpack"
    make -C calculator CC="$CC"
    expect_working calculator
}

add_subdirectory_builds_the_calculator() {
    fresh "$case"
    cp -a "$SOURCE/examples/calculator" "$work/$case/calculator"
    cd "$work/$case"
    cat >CMakeLists.txt <<TEXT
cmake_minimum_required(VERSION 3.22)
project(outer LANGUAGES C)
add_subdirectory("$SOURCE" shmrpc)
add_subdirectory(calculator)
TEXT
    cmake_build . build
    expect_working build/calculator
}

# extract FILE.md: writes each code block under the name that the text before it gives; the shell
# block that runs the compiler goes to build.sh.
extract() {
    awk '
        /^```/ && open { open = 0; close(file); next }
        /^```(idl|c|cmake)$/ && name != "" { open = 1; file = name; name = ""; printf "" >file; next }
        /^```sh$/ { open = 1; file = "block.sh"; next }
        /^```/ { open = 1; file = "/dev/null"; next }
        open && file == "block.sh" && /^shmrpc-idlc/ { file = "build.sh" }
        open { print >file; next }
        match($0, /`[A-Za-z]+\.(idl|c|txt)`/) { name = substr($0, RSTART + 1, RLENGTH - 2) }
    ' "$1"
}

use_installed() {
    fresh "$case"
    cd "$work/$case"
    export PATH=$prefix/bin:$PATH
    export PKG_CONFIG_PATH=$prefix/$LIBDIR/pkgconfig
    export LD_LIBRARY_PATH=$prefix/$LIBDIR
}

readme_example_works() {
    use_installed
    extract "$SOURCE/README.md"
    sed -i "s/\"divider\"/\"$service\"/" main.c
    sh -eu build.sh >output
    grep -qx '1 / 3 = 0.333333' output || fail "it says: $(cat output)"
    (($(wc -l <main.c) <= 32)) || fail "the example is too long"
}

getting_started_works() {
    use_installed
    extract "$SOURCE/docs/getting-started.md"
    sed -i "s/\"phonebook\"/\"$service\"/" server.c client.c
    sh -eu build.sh
    cmake_build . build -DCMAKE_PREFIX_PATH="$prefix"
    local folder status server
    for folder in . build; do
        "$folder/server" >noted &
        server=$!
        "$folder/client" >output || { kill "$server"; fail "the client failed"; }
        grep -qx 'ada has extension 1815' output || fail "it says: $(cat output)"
        status=0
        "$folder/client" bob >output || status=$?
        ((status == 1)) || fail "bob: $status"
        grep -qx 'nobody is called bob' output || fail "bob: $(cat output)"
        kill -TERM "$server"
        wait "$server" || fail "the server ended with $?"
        grep -qE '^process [0-9]+ notes: that went well$' noted || fail "not noted: $(cat noted)"
    done
}

"$case"
