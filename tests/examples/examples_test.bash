#!/usr/bin/env bash
# examples_test.bash CASE BUILT SOURCE: runs an example as its README says; looks at what it prints.
# BUILT is the folder with the built examples, SOURCE the one with their sources.
set -euo pipefail

readonly case=$1 built=$2 source=$3
readonly service=test.$case.$$
work=$(mktemp -d)
server=""
others=()

fail() {
    printf '%s: %s\n' "$case" "$1" >&2
    exit 1
}

finish() {
    local status=$?
    [[ -z $server ]] || kill -KILL "$server" 2>/dev/null || true
    ((${#others[@]} == 0)) || kill -KILL "${others[@]}" 2>/dev/null || true
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT

start_server() {
    "$built/$1" "$service" >"$work/server" 2>&1 &
    server=$!
}

# It is to end in order, and to leave nothing.
stop_server() {
    kill -TERM "$server"
    wait "$server" || fail "the server ended with $?: $(cat "$work/server")"
    server=""
    expect_clean
}

expect_clean() {
    local left
    left=$(find /dev/shm -maxdepth 1 -name "*$service*" -printf '%f ')
    [[ -z $left ]] || fail "left in /dev/shm: $left"
}

# expect FILE LINE: the file has exactly this line. Waits: CTest's time-out is the watchdog.
expect() {
    grep -qxF -- "$2" "$1" || fail "no line '$2' in: $(cat "$1")"
}

wait_for_lines() {
    until (($(grep -cE -- "$3" "$1") >= $2)); do
        kill -0 "$server" 2>/dev/null || fail "the server has gone: $(cat "$1")"
        sleep 0.02
    done
}

expect_calculator_output() {
    expect "$1" "40 + 2 = 42"
    expect "$1" "40 - 2 = 38"
    expect "$1" "40 * 2 = 80"
    expect "$1" "1 / 3 = 0.333333"
    expect "$1" "1 / 0: divide by zero"
}

calculator_in_two_processes() {
    start_server calculator/calculator_server
    "$built/calculator/calculator_client" --repeat 200 "$service" >"$work/client"
    expect_calculator_output "$work/client"
    grep -qE '^199 more rounds of five calls: [0-9.]+ us a call$' "$work/client" || fail "no time"
    "$built/calculator/calculator_client" "$service" >"$work/client"
    expect_calculator_output "$work/client"
    stop_server
}

calculator_client_starts_first() {
    "$built/calculator/calculator_client" "$service" >"$work/client" &
    local client=$!
    start_server calculator/calculator_server
    wait "$client" || fail "the client ended with $?"
    expect_calculator_output "$work/client"
    stop_server
}

calculator_name_is_taken() {
    start_server calculator/calculator_server
    "$built/calculator/calculator_client" "$service" >"$work/client"
    if "$built/calculator/calculator_server" "$service" 2>"$work/second"; then
        fail "two servers of one name"
    fi
    grep -q "^calculator_server: .*$service" "$work/second" || fail "says: $(cat "$work/second")"
    stop_server
}

nothing_is_said_to_be_served_that_is_not() {
    if "$built/calculator/calculator_server" "bad/name" >"$work/out" 2>"$work/error"; then
        fail "no such name is possible"
    fi
    ! grep -q "serving" "$work/out" || fail "says: $(cat "$work/out")"
    grep -q "bad character '/'" "$work/error" || fail "says: $(cat "$work/error")"
}

# Each has --help, and takes neither what it does not know nor more than it needs.
arguments_are_checked() {
    local program words status
    for program in calculator/calculator_{server,client,threads} accumulator/accumulator_{server,client} \
        compress/compress tally/tally; do
        "$built/$program" --help >"$work/out" || fail "$program --help ended with $?"
        grep -q '^usage: ' "$work/out" || fail "$program --help says: $(cat "$work/out")"
        for words in --nope "-x" "one two"; do
            [[ $program != compress/* || $words == -* ]] || continue # any number of files
            status=0
            # shellcheck disable=SC2086 # words
            "$built/$program" $words >"$work/out" 2>"$work/error" || status=$?
            ((status == 2)) || fail "$program $words ended with $status"
            grep -q '^usage: ' "$work/error" || fail "$program $words says: $(cat "$work/error")"
            [[ ! -s $work/out ]] || fail "$program $words did something: $(cat "$work/out")"
        done
    done
}

calculator_in_threads() {
    "$built/calculator/calculator_threads" "$service" >"$work/out"
    expect "$work/out" "6 * 7 = 42, by a thread of this process"
    expect_clean
}

calculator_arguments() {
    local status=0
    "$built/calculator/calculator_client" --repeat 0 2>"$work/out" || status=$?
    ((status == 2)) || fail "usage ended with $status"
    grep -q '^usage: ' "$work/out" || fail "no usage"
}

accumulator_keeps_a_total_for_each_client() {
    start_server accumulator/accumulator_server
    "$built/accumulator/accumulator_client" "$service" >"$work/client"
    expect "$work/client" "alice adds 40: 40"
    expect "$work/client" "bob adds 100: 100"
    expect "$work/client" "alice adds 2: 42"
    expect "$work/client" "bob adds -1: 99"
    expect "$work/client" "alice has 42"
    expect "$work/client" "bob has 0"
    expect "$work/client" "alice, come back, has 0"
    wait_for_lines "$work/server" 1 '^a client of process [0-9]+ left with 42$'
    wait_for_lines "$work/server" 2 '^a client of process [0-9]+ left with 0$'
    stop_server
}

# The default files, into a folder that is gone afterwards.
compress_files_of_the_system() {
    TMPDIR=$work "$built/compress/compress" >"$work/out"
    local files
    files=$(sed -nE 's/^([0-9]+) files in [0-9]+ calls, all accepted .*$/\1/p' "$work/out")
    ((files > 2 && files <= 200)) || fail "says: $(cat "$work/out")"
    grep -qE '^[0-9.]+ MB -> [0-9.]+ MB, ratio [0-9.]+$' "$work/out" || fail "no ratio"
    grep -qE '^through the service [0-9.]+ MB/s, zlib directly [0-9.]+ MB/s$' "$work/out" ||
        fail "no speed"
    [[ -z $(find "$work" -mindepth 1 -maxdepth 1 -name 'compress.*') ]] || fail "folder left"
}

# Nothing, less than a piece, exactly a piece of 4 MiB, more; the names of two are the same.
compress_keeps_what_it_writes() {
    mkdir "$work/a"
    : >"$work/empty"
    printf 'hello' >"$work/small"
    printf 'world' >"$work/a/small"
    head -c 4194304 /dev/urandom >"$work/piece"
    { cat "$work/piece" && head -c 3000000 /dev/zero; } >"$work/large"
    local files=("$work/empty" "$work/small" "$work/a/small" "$work/piece" "$work/large") i
    "$built/compress/compress" -o "$work/out" -l 1 "${files[@]}" >"$work/report"
    grep -q '^5 files in ' "$work/report" || fail "says: $(cat "$work/report")"
    for i in "${!files[@]}"; do
        gzip -dc "$work/out/00$i-$(basename "${files[i]}").gz" | cmp - "${files[i]}" ||
            fail "${files[i]} differs"
    done
    "$built/compress/compress" -o "$work/out" "$work/small" >/dev/null # the folder is there already
}

compress_says_what_failed() {
    local status=0
    "$built/compress/compress" "$work/nothing" 2>"$work/out" || status=$?
    ((status == 1)) || fail "ended with $status"
    grep -q "^compress: $work/nothing: No such file or directory$" "$work/out" ||
        fail "says: $(cat "$work/out")"
}

compress_takes_regular_files_only() {
    local status path
    mkfifo "$work/fifo"
    for path in "$work" "$work/fifo" /dev/zero; do
        status=0
        "$built/compress/compress" -o "$work/out" "$path" 2>"$work/error" || status=$?
        ((status == 1)) || fail "$path: ended with $status"
        grep -qE "^compress: $path: is (a directory|not a regular file)$" "$work/error" ||
            fail "says: $(cat "$work/error")"
        [[ -z $(ls "$work/out") ]] || fail "$path: left $(ls "$work/out")"
    done
}

compress_names_the_missing_gzip() {
    local status=0
    echo hello >"$work/small"
    PATH=$work "$built/compress/compress" -o "$work/out" "$work/small" 2>"$work/error" || status=$?
    ((status == 1)) || fail "ended with $status"
    grep -q "gzip, which checks the files: No such file" "$work/error" ||
        fail "says: $(cat "$work/error")"
    ! grep -q "is not" "$work/error" || fail "says: $(cat "$work/error")"
    [[ -z $(ls "$work/out") ]] || fail "left $(ls "$work/out")"
}

# To the whole group, as the terminal does, and in the middle of the work.
compress_removes_its_folder_after_a_signal() {
    local signal status
    mkdir "$work/parent"
    truncate -s 1G "$work/zeros"
    for signal in INT TERM; do
        TMPDIR=$work/parent setsid env --default-signal=INT \
            "$built/compress/compress" -l 9 "$work/zeros" >"$work/out" 2>&1 &
        server=$!
        until [[ -n $(find "$work/parent" -name '*.gz' -size +0) ]]; do
            kill -0 "$server" 2>/dev/null || fail "ended too early: $(cat "$work/out")"
            sleep 0.02
        done
        kill -"$signal" -- "-$server"
        status=0
        wait "$server" || status=$?
        ((status == 128 + $(kill -l "$signal"))) || fail "$signal: ended with $status"
        # All of its processes had the signal: the service ends in order all the same.
        while [[ -n $(find /dev/shm -maxdepth 1 -name "*.compress.$server*") ]]; do sleep 0.02; done
        server=""
        [[ -z $(ls "$work/parent") ]] || fail "left $(ls "$work/parent")"
    done
}

# Three of them; the one that serves is killed, then the next one ended.
tally_goes_on_when_the_server_is_killed() {
    local first second
    start_server tally/tally
    first=$server
    others+=("$first")
    wait_for_lines "$work/server" 2 '^[0-9]+ counted, I serve$'
    "$built/tally/tally" "$service" >"$work/second" 2>&1 &
    second=$!
    others+=("$second")
    wait_for_lines "$work/second" 2 '^[0-9]+ counted, another serves$' # server: still the first
    "$built/tally/tally" "$service" >"$work/third" 2>&1 &
    server=$!
    wait_for_lines "$work/third" 2 '^[0-9]+ counted, another serves$'
    kill -KILL "$first"
    wait "$first" 2>/dev/null || true
    until grep -q 'I serve' "$work/second" "$work/third"; do sleep 0.02; done
    kill -TERM "$second"
    wait "$second" || fail "ended with $?: $(cat "$work/second")"
    others=()
    wait_for_lines "$work/third" 2 '^[0-9]+ counted, I serve$'
    stop_server
}

each_is_short_and_has_a_readme() {
    local folder file
    for folder in calculator accumulator compress tally; do
        [[ -s $source/$folder/README.md ]] || fail "$folder has no README.md"
        for file in "$source/$folder"/*.[ch] "$source/$folder"/*.idl; do
            (($(wc -l <"$file") < 120)) || fail "$file has 120 lines or more"
        done
    done
}

"$case"
