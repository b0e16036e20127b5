# shellcheck shell=bash
# steps.bash -- what util/quickstart, util/test and util/fuzz share; sourced by them.
#
# A script names what it is about to do with `step`. Whatever ends it early, the last line that it
# prints is one that says which step failed.

root=$(CDPATH="" cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
program=util/$(basename -- "$0")
current_step="starting"
shm_before=""
shm_tries=50 # tenths of a second
undo=() # commands for the end, run last to first

finish() {
    local status=$? i
    trap - EXIT
    for ((i = ${#undo[@]} - 1; i >= 0; i--)); do
        eval "${undo[i]}" || true
    done
    ((status == 0)) || printf '%s: FAILED: %s\n' "$program" "$current_step" >&2
    exit "$status"
}

# start: to be called first.
start() {
    trap finish EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    cd -- "$root" || exit
    shm_before=$(shm_names)
}

step() {
    current_step=$1
    printf '\n== %s\n' "$1"
}

# The names of ours in shared memory.
shm_names() {
    [[ -d /dev/shm ]] || return 0
    find /dev/shm -maxdepth 1 \( -name 'shmrpc.*' -o -name 'sem.shmrpc.*' \) -printf '%f\n' |
        LC_ALL=C sort
}

# leaked_names COMMAND...: the names whose owner is dead, as cleanup_ipc sees it.
leaked_names() {
    local listing
    listing=$("$@" --list --json) || return
    awk -F '"' '$2 == "name" { name = $4 } $2 == "state" && $4 == "leaked" { print name }' \
        <<<"$listing" | LC_ALL=C sort
}

# check_shm SERVICES COMMAND...: fails when the run left something in shared memory: a name that was
# not there before, whose service matches SERVICES (an extended regular expression for the whole
# name), and whose owner is dead. Other programs, and what is live, are none of our business.
# COMMAND is cleanup_ipc. What is just ending gets a moment.
check_shm() {
    local pattern="^(sem\.)?shmrpc\.[a-z]\.($1)(\.[0-9a-f]{32}){0,2}\$" leaked left tries names
    shift
    for ((tries = 0; tries < shm_tries; tries++)); do
        if ! leaked=$(leaked_names "$@" 2>/dev/null); then
            current_step="$current_step ($* --list does not work)"
            return 1
        fi
        left=$(LC_ALL=C comm -13 <(printf '%s\n' "$shm_before") - <<<"$leaked" |
            grep -E -- "$pattern") || return 0
        sleep 0.1
    done
    mapfile -t names <<<"$left"
    printf '%s\n' "$left"
    current_step="${#names[@]} names were left in /dev/shm, such as ${names[-1]}"
    return 1
}

# configure FOLDER [OPTION]...: copes with a folder that was configured by hand, or elsewhere.
configure() {
    local folder=$1 home=""
    shift
    local generator=(-G Ninja)
    if [[ -f $folder/CMakeCache.txt ]]; then
        home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt")
        if [[ $home == "$root" ]]; then
            generator=()
        else
            rm -rf -- "$folder/CMakeCache.txt" "$folder/CMakeFiles"
        fi
    fi
    if command -v ccache >/dev/null; then
        set -- -DCMAKE_C_COMPILER_LAUNCHER=ccache "$@"
    fi
    cmake -S "$root" -B "$folder" "${generator[@]}" "$@"
}

# build FOLDER [TARGET]...
build() {
    local folder=$1
    shift
    (($# == 0)) || set -- --target "$@"
    cmake --build "$folder" --parallel "$(nproc)" "$@"
}

# For the target fuzzers.
configure_fuzz() {
    configure "$1" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_COMPILER=clang -DSHMRPC_FUZZ=ON \
        -DSHMRPC_WERROR=ON -DSHMRPC_BUILD_TESTS=OFF -DSHMRPC_BUILD_EXAMPLES=OFF \
        -DSHMRPC_BUILD_BENCHMARK=OFF
}
