#!/usr/bin/env bash
# wrappers_test.sh: in runtime/, stores to shared memory go through shared.h and system calls that
# can fail or change something through system.h, so that each is a crash point or a fault in a test.
# (Shared words have types of their own: plain atomics on them do not compile.)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../runtime"

# The file and a part of the line of what may stand there as it is, and why.
readonly allowed=(
    'guard.c|mmap(place'              # in a signal handler
    'guard.c|madvise(zeroes'          # the same
    'lock.c|F_OFD_GETLK'              # asks
    'lock.c|F_GETLK'                  # asks
    'supervisor.c|F_SETPIPE_SZ'       # of its own pipe
    'stall.c|read(fd'                 # a file of /proc
    'bell.c|sem_post(bell)'           # where the layout of sem_t is not known; a point stands behind
    'connection.c|channel->client = ' # a channel before its link, as are the next two
    'connection.c|channel->max_bytes = '
    'connection.c|channel->client_pid = '
    'service.c|region->'              # a region before its link
    'porter.c|channel->refusal_status = ' # a point stands behind, as with the next ones
    'porter.c|entry->'
    'slot.h|slot->'
)

calls='accept|aligned_alloc|bind|calloc|close|creat|dup|dup2|dup3|epoll_create|epoll_create1|epoll_ctl'
calls+='|eventfd|eventfd_write|fallocate|fchmod|fchmodat|fchown|fchownat|fcntl|flock|fork|fsetxattr'
calls+='|fstat|fstatat|ftruncate|getrandom|kill|link|linkat|lockf|lstat|madvise|malloc|memfd_create|mmap'
calls+='|mremap|munmap|open|openat|opendir|pipe|pipe2|posix_fallocate|posix_spawn|pthread_create'
calls+='|pwrite|realloc|rename|renameat|renameat2|sem_open|sem_post|sem_unlink|setxattr|shm_open|shm_unlink'
calls+='|eventfd_read|ioctl|pidfd_send_signal|prctl|read|readv|recv|recvmsg|send|sendmsg|setrlimit|writev'
calls+='|socketpair|stat|strdup|truncate|unlink|unlinkat|vfork|waitid|waitpid|write'

# Comments do not count. FILE:LINE: TEXT
code() {
    local file
    for file in *.c *.h; do
        [[ $file == system.h || $file == shared.h || $file == point.h ]] && continue
        sed -E 's|/\*.*\*/||; s|^ \* .*||; s|^/\* .*||; s|/\*.*$||' "$file" | grep -n '' |
            sed "s/^/$file:/"
    done
}

is_allowed() {
    local entry
    for entry in "${allowed[@]}"; do
        [[ $1 == "${entry%%|*}":* && $1 == *"${entry#*|}"* ]] && return 0
    done
    return 1
}

checked=0
failed=0
while IFS= read -r line; do
    checked=$((checked + 1))
    if ! is_allowed "$line"; then
        printf 'runtime/%s\n' "$line" >&2
        failed=$((failed + 1))
    fi
done < <(code | grep -P "(?<![\\w>.*\"/])($calls)\\((?!\\)? *\\*)|\\b(channel|region|page|slot|entry)->[\\w.]+(\\[[^\\]]*\\])? (=|[|+-]=) " |
    grep -vP '^sweep.c:.*\bentry->')
((checked > 0)) || { echo "nothing was found to check: is the pattern right?" >&2; exit 1; }
if ((failed > 0)); then
    echo "$failed places go past shared.h or system.h: use srpc_shared_... or srpc_sys_..." >&2
    exit 1
fi
