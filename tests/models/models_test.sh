#!/usr/bin/env bash
# models_test.sh [--long] [MODEL...]: checks the Spin models with each set of switches below. A sound
# one has no error; a planted bug has to be found. Without --long, only what takes seconds.
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
start bug   long  BUG_BROOM_NOT_LOOKED_AT CRASH SHARED CLEANERS=2
TABLE
}

# Prints one line; fails when the outcome is not the expected one.
check() {
    local model=$1 expected=$2 folder=$scratch/run outcome states
    shift 3
    rm -rf "$folder"
    mkdir "$folder"
    cd "$folder"
    cp "$here/$model.pml" .
    spin -a "${@/#/-D}" "$model.pml" >spin.out
    "${CC:-cc}" -O2 -w -DSAFETY -DVECTORSZ=2048 -o pan pan.c
    ./pan -m1000000 -w22 >pan.out
    if grep -q "out of memory\|max search depth too small" pan.out; then
        outcome="unfinished"
    elif grep -q "errors: 0$" pan.out; then
        outcome="sound"
    else
        outcome="bug"
    fi
    states=$(awk '/states, stored/ { print $1 }' pan.out)
    printf '%-5s %-10s %10s states  %s\n' "$model" "$outcome" "$states" "$*"
    if [[ $outcome != "$expected" ]]; then
        printf '      FAILED: expected %s\n' "$expected"
        cat pan.out
        return 1
    fi
}

is_wanted() {
    ((${#models[@]} == 0)) || [[ " ${models[*]} " == *" $1 "* ]]
}

long=false
models=()
for argument in "$@"; do
    case $argument in
        --long) long=true ;;
        -*) sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}" && exit 2 ;;
        *) models+=("$argument") ;;
    esac
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
count=0
while read -r model expected cost switches; do
    is_wanted "$model" || continue
    [[ $cost == short ]] || $long || continue
    # shellcheck disable=SC2086 # switches are words
    check "$model" "$expected" "$cost" $switches
    count=$((count + 1))
done < <(runs)
((count > 0)) || { echo "no such model: ${models[*]}" >&2; exit 2; }
printf '%d runs, each as expected\n' "$count"
