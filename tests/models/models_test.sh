#!/usr/bin/env bash
# models_test.sh [--long] [MODEL...]: checks the Spin models with each set of switches below. A sound
# one has no error; a planted bug has to be found. Without --long, only what takes seconds. A search
# that ends at its limit (a depth of a million steps, 8 GB) counts as neither, and fails.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# MODEL EXPECTED COST SWITCHES...
runs() {
    cat <<'TABLE'
slot  sound short
slot  sound short CANCEL
slot  sound short CANCEL NOPOLL CRASH_C
slot  sound short CANCEL CALLS=3
slot  sound short ASYM CANCEL
slot  sound short ASYM CRASH_S LOSE SLICE
slot  sound short EAT SLICE CANCEL
slot  sound short ROOM CANCEL
slot  sound short ROOM CRASH_S
slot  sound short STOP CANCEL
slot  sound short WORKERS=2
slot  sound long  WORKERS=2 CANCEL
slot  sound long  CRASH_S CRASH_C CANCEL
slot  sound long  ROOM CRASH_S CANCEL
slot  sound long  ROOM STOP CANCEL
slot  sound long  ASYM STOP CANCEL
slot  sound long  ASYM ROOM CRASH_S CANCEL
slot  sound long  WORKERS=2 CANCEL ROOM
slot  sound long  WORKERS=2 CANCEL STOP
slot  sound long  WORKERS=2 CANCEL CRASH_S
slot  bug   short BUG_NO_FENCE_AFTER_PUBLISH
slot  bug   short BUG_NO_FENCE_BEFORE_NAP
slot  bug   short BUG_NO_FENCE_BEFORE_NAP ASYM
slot  bug   short BUG_NO_FENCE_AFTER_CANCEL CANCEL
slot  bug   short BUG_NO_FENCE_AFTER_CANCEL CANCEL ASYM
slot  bug   short BUG_NO_FENCE_AFTER_TAKING CANCEL
slot  bug   short BUG_NO_FENCE_AFTER_REPLY
slot  bug   short BUG_NO_FENCE_BEFORE_SLEEP
slot  bug   short BUG_NO_FENCE_BEFORE_SLEEP ASYM
slot  bug   short BUG_NO_LOOK_AFTER_LEAVING
slot  bug   short BUG_NO_LOOK_BEFORE_SLEEP
slot  bug   short BUG_NO_CLAIM WORKERS=2
slot  bug   short BUG_PRIVATE_ACTIVE WORKERS=2
slot  bug   short BUG_IGNORE_LIGHT ASYM
slot  bug   short BUG_LIGHT_CHANGED_LIGHTLY ASYM
slot  bug   short BUG_STARTED_AFTER_EFFECT CRASH_S
slot  bug   short BUG_SLOT_USED_AGAIN CANCEL
slot  bug   short LOSE
slot  bug   short EAT
connect sound short
connect sound short CLIENTS=2 ATTEMPTS=1
connect sound short PATIENCE ATTEMPTS=1
connect sound short CRASH_C
connect sound short CRASH_C REUSE ATTEMPTS=1
connect sound short CRASH_S
connect sound short CRASH_S PATIENCE ATTEMPTS=1
connect sound short STOP
connect sound short STOP PATIENCE ATTEMPTS=1
connect sound short LOSE CRASH_S ATTEMPTS=1
connect sound short LOSE CRASH_C ATTEMPTS=1
connect sound long  CRASH_C CRASH_S ATTEMPTS=1
connect sound long  CRASH_C CRASH_S REUSE PATIENCE ATTEMPTS=1
connect sound long  STOP CRASH_C PATIENCE ATTEMPTS=1
connect sound long  CLIENTS=2 ATTEMPTS=1 CRASH_C
connect sound long  CLIENTS=2 ATTEMPTS=1 CRASH_S
connect bug   short BUG_JOIN_BEFORE_LINK
connect bug   short BUG_JOIN_CLEARED_LATE CLIENTS=2 ATTEMPTS=1
connect bug   short BUG_ONLY_PIDFDS_ASKED PATIENCE ATTEMPTS=1
connect bug   short BUG_ONLY_PIDFDS_ASKED CRASH_C REUSE ATTEMPTS=1
connect bug   short BUG_NO_LOOK_AFTER_ADMITTING CRASH_C ATTEMPTS=1
connect bug   short BUG_NO_REFERENCE CRASH_C ATTEMPTS=1
connect bug   short BUG_OTHERS_STAY CRASH_C CRASH_S ATTEMPTS=1
connect bug   short BUG_SWEPT_UNASKED CRASH_S ATTEMPTS=1
connect bug   short BUG_NO_INSTANCE_IN_NAME CRASH_S CLIENTS=2 ATTEMPTS=1
connect bug   short BUG_NAME_STAYS ATTEMPTS=1
room  sound short
room  sound short CANCEL LATE
room  sound short CANCEL FULL CRASH_S CRASH_C
room  sound short CANCEL STOP LATE
room  sound short CANCEL CALLS=3 FULL
room  sound short CANCEL CALLS=3 FULL LATE CRASH_S STOP
room  sound long  CANCEL CALLS=4 FULL LATE CRASH_S CRASH_C STOP
room  bug   short BUG_SIZE_BELIEVED BUG_GROWN_LATE
room  bug   short BUG_GROWN_LATE
room  bug   short BUG_FREED_TWICE
room  bug   short BUG_STALE_KEPT CANCEL
room  bug   short BUG_STALE_KEPT FULL
room  bug   short BUG_FETCH_REFUSED_LATE LATE
room  bug   short BUG_FETCH_REFUSED_AT_STOP STOP
room  bug   short BUG_FETCH_FORGOTTEN_AT_GIVE_UP CANCEL
room  bug   short BUG_FETCH_FORGOTTEN_POST_MORTEM CRASH_S
room  bug   short BUG_ROOM_GIVEN_AT_GIVE_UP CANCEL
restart sound short
restart sound short CRASH
restart sound short CRASH STOP THREADS
restart sound short CRASH GIVE_UP
restart sound short STOP GIVE_UP THREADS
restart sound short CRASH STOP IDEMPOTENT KILLS=2
restart sound short STUCK CALLS=1 CRASH STOP
restart sound long  CRASH STOP GIVE_UP THREADS
restart sound long  CRASH STOP GIVE_UP IDEMPOTENT KILLS=2
restart bug   short BUG_UNKNOWN_SENT_AGAIN CRASH
restart bug   short BUG_DONE_SENT_AGAIN CRASH
restart bug   short BUG_NO_BLUR CRASH IDEMPOTENT KILLS=2
restart bug   short BUG_LOOKED_AT_BEFORE_TAKEN CRASH THREADS
restart bug   short BUG_TAKEN_IS_REFUSED STOP
restart bug   short BUG_DEAD_BY_TIME CRASH
restart bug   short BUG_LOCK_FREE_TOO_SOON CRASH
restart bug   short BUG_MARK_LOOKED_AT_FIRST STUCK CALLS=1 CRASH
start sound short
start sound short CRASH
start sound short STANDBY
start sound short STANDBY CRASH
start sound short SHARED
start sound long  SHARED CRASH
start sound long  SHARED STANDBY CRASH
start sound long  STANDBY CRASH KILLS=3
start bug   short BUG_NO_BROOM CRASH
start bug   short BUG_NO_SECOND_LOOK CRASH
start bug   short BUG_NO_SECOND_LOOK CRASH SHARED
start bug   short BUG_LINK_OVERWRITES CRASH
start bug   short BUG_BROOM_UNLOCKED_FIRST CRASH SHARED
broom sound short
broom sound short CRASH
broom sound short HOSTILE
broom sound long  CRASH HOSTILE MEANNESS=1
broom bug   short BUG_BROOM_UNLOCKED_FIRST CRASH
broom bug   short BUG_BROOM_NOT_LOOKED_AT CRASH
broom bug   short BUG_BROOM_LINKED_UNLOCKED CRASH
broom bug   short BUG_BROOM_UNTRUSTED HOSTILE
broom bug   short BUG_BROOM_ON_REGION HOSTILE CRASH
broom bug   short BUG_BROOM_STAYS CRASH
broom bug   short BUG_NO_SECOND_LOOK CRASH
broom bug   short BUG_PAGE_LOCK_BELIEVED HOSTILE CRASH
start bug   long  BUG_BROOM_NOT_LOOKED_AT CRASH SHARED CLEANERS=2
TABLE
}

# MODEL EXPECTED COST SWITCHES...: prints one line; fails when the outcome is not the expected one.
check() {
    local model=$1 expected=$2 cost=$3 folder outcome states
    local options=(-w -DSAFETY -DVECTORSZ=2048 -DMEMLIM=8000)
    shift 3
    [[ $1 != - ]] || shift
    folder=$(mktemp -d "$scratch/XXXXXX")
    cd "$folder"
    cp "$here/$model.pml" .
    [[ $expected == bug ]] || options+=(-O1)
    [[ $cost == short ]] || options+=(-O2 -DCOLLAPSE)
    spin -a "${@/#/-D}" "$model.pml" >spin.out
    "${CC:-cc}" "${options[@]}" -o pan pan.c
    ./pan -m1000000 -w22 >pan.out 2>&1 || true
    if grep -q "out of memory\|reached -DMEMLIM\|max search depth too small" pan.out; then
        outcome="unfinished"
    elif grep -q "errors: 0$" pan.out; then
        outcome="sound"
    elif grep -q "errors: [1-9]" pan.out; then
        outcome="bug"
    else
        outcome="unfinished"
    fi
    states=$(awk '/states, stored/ { print $1 }' pan.out)
    printf '%-7s %-10s %10s states  %s\n' "$model" "$outcome" "$states" "$*"
    if [[ $outcome != "$expected" ]]; then
        printf '        FAILED: expected %s\n' "$expected"
        cat pan.out
        return 1
    fi
    rm -rf "$folder"
}

is_wanted() {
    ((${#models[@]} == 0)) || [[ " ${models[*]} " == *" $1 "* ]]
}

if [[ ${1:-} == --check ]]; then
    scratch=$2
    shift 2
    check "$@"
    exit
fi
long=false
models=()
for argument in "$@"; do
    case $argument in
        --long) long=true ;;
        -*) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" && exit 2 ;;
        *) models+=("$argument") ;;
    esac
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
while read -r model expected cost switches; do
    is_wanted "$model" || continue
    [[ $cost == short ]] || $long || continue
    printf '%s %s %s %s\n' "$model" "$expected" "$cost" "${switches:--}"
done < <(runs) >"$scratch/wanted"
count=$(wc -l <"$scratch/wanted")
((count > 0)) || { echo "no such model: ${models[*]}" >&2; exit 2; }
# Two at once; a long run may need all the memory that there is.
at_once=2
! $long || at_once=1
xargs -a "$scratch/wanted" -P "$at_once" -L 1 "$here/models_test.sh" --check "$scratch"
printf '%d runs, each as expected\n' "$count"
