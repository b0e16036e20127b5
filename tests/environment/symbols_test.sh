#!/usr/bin/env bash
# symbols_test.sh LIBRARY SOURCES...: what the library asks of the clock and of chance.
#
# Time is CLOCK_MONOTONIC alone: somebody who sets the date must not end, or prolong, any wait. Ids are
# getrandom's: neither time nor pid can be guessed from one, and no two processes make the same.
set -euo pipefail
readonly library=$1
shift

# All functions of libc whose names speak of time, waiting or chance, and may stand here.
readonly allowed=(
    clock_gettime clock_getres clock_nanosleep # the sources say with which clock, see below
    nanosleep                                  # relative, which Linux counts by CLOCK_MONOTONIC
    sem_clockwait pthread_cond_clockwait       # the same as the first three
    pthread_cond_wait sem_wait sem_trywait     # without an end
    sigtimedwait epoll_wait poll               # relative
    waitpid
    getrandom
)
readonly telling='time|clock|date|sleep|wait|alarm|tick|rand|select|^p?poll'

failed=0
complain() {
    printf '%s\n' "$1" >&2
    failed=1
}

undefined() {
    nm --undefined-only --no-sort "$library" | awk '$1 == "U" { print $2 }' |
        sed 's/@.*//; s/^_*isoc[0-9]*_//' | LC_ALL=C sort -u
}

own() {
    nm --defined-only "$library" | awk 'NF == 3 { print $3 }' | LC_ALL=C sort -u
}

foreign=$(LC_ALL=C comm -23 <(undefined) <(own))
[[ $foreign == *clock_gettime* ]] || complain "$library: clock_gettime is not found; is nm all right?"
for symbol in $foreign; do
    [[ $symbol =~ $telling ]] || continue
    [[ " ${allowed[*]} " == *" $symbol "* ]] || complain "$library calls $symbol"
done

# Without comments: each clock by its name, and each call with one of them.
code() {
    local file
    for file in "$@"; do
        sed -E 's|/\*.*\*/||; s|^ *\* .*||; s|^/\* .*||; s|/\*.*$||' "$file" | grep -n '' |
            sed "s|^|${file##*/}:|"
    done
}

looked_at=0
while IFS= read -r line; do
    looked_at=$((looked_at + 1))
    for clock in $(grep -oP '\bCLOCK_\w+' <<<"$line"); do
        case $clock in
            CLOCK_MONOTONIC | CLOCK_MONOTONIC_COARSE) ;;
            *) complain "$line" ;;
        esac
    done
    if grep -qE '(clock_gettime|clock_getres|clock_nanosleep|sem_clockwait|cond_clockwait)\(' <<<"$line" &&
        [[ $line != *CLOCK_MONOTONIC* ]]; then
        complain "no clock in sight: $line"
    fi
    # A futex counts absolute times by CLOCK_MONOTONIC unless it is told otherwise.
    [[ $line != *FUTEX_CLOCK_REALTIME* && $line != *FUTEX_LOCK_PI* ]] || complain "$line"
done < <(code "$@" | grep -P '\b(CLOCK_|FUTEX_)|clock_[a-z]+\(|clockwait\(')
((looked_at >= 5)) || complain "only $looked_at places with a clock were found; is the pattern right?"
exit "$failed"
