#!/usr/bin/env bash
# steps_test.bash CASE STEPS CLEANUP SERVER: what check_shm of util/steps.bash holds against a run.
# STEPS is that file, CLEANUP the program cleanup_ipc, SERVER a server that takes its service's name.
set -euo pipefail

readonly case=$1 cleanup=$3 server_program=$4
readonly service=test.steps.$case.$$
server=""
# shellcheck source=util/steps.bash
source "$2"
shm_tries=2

fail() {
    printf '%s: %s\n' "$case" "$1" >&2
    exit 1
}

# Not steps.bash's own: nothing here is a step.
end() {
    local status=$?
    [[ -z $server ]] || kill -KILL "$server" 2>/dev/null || true
    wait 2>/dev/null || true
    "$cleanup" --yes --prefix "$service" >/dev/null 2>&1 || true
    exit "$status"
}
trap end EXIT

serve() {
    "$server_program" "$service" >/dev/null 2>&1 &
    server=$!
    until [[ -e /dev/shm/shmrpc.s.$service ]]; do
        kill -0 "$server" || fail "the server has gone"
        sleep 0.02
    done
}

serve_and_die() {
    serve
    kill -KILL "$server"
    wait "$server" 2>/dev/null || true
    server=""
}

what_was_there_before_is_no_leftover() {
    serve_and_die
    shm_before=$(shm_names)
    check_shm "$service" "$cleanup" || fail "held against the run: $current_step"
}

a_live_service_is_no_leftover() {
    serve
    check_shm "$service" "$cleanup" || fail "held against the run: $current_step"
}

another_programs_leftover_is_not_ours() {
    serve_and_die
    check_shm "another|test" "$cleanup" || fail "held against the run: $current_step"
}

our_leftover_is_named() {
    local said
    serve_and_die
    if said=$(check_shm "another|test\.steps\..*" "$cleanup"); then
        fail "not seen"
    fi
    [[ $said == *"shmrpc.s.$service"* && $said == *"sem.shmrpc.b.$service."* ]] || fail "says: $said"
    check_shm "$service" "$cleanup" >/dev/null || true
    [[ $current_step == "2 names were left in /dev/shm, such as shmrpc.s.$service" ]] ||
        fail "the step: $current_step"
}

without_cleanup_ipc_nothing_is_said_to_be_clean() {
    if check_shm "$service" false; then
        fail "all-clear"
    fi
    [[ $current_step == *"does not work"* ]] || fail "the step: $current_step"
}

shm_before=$(shm_names)
"$case"
