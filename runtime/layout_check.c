#include "layout_check.h"

#include <string.h>

void srpc_layout_header_fill(srpc_layout_header *header, uint32_t magic, uint16_t flags,
                             size_t total_bytes)
{
    header->magic = magic;
    header->version = SRPC_LAYOUT_VERSION;
    header->endian = SRPC_ENDIAN_TAG;
    header->word_bytes = (uint8_t)sizeof(void *);
    header->semaphore_bytes = (uint8_t)sizeof(sem_t);
    header->flags = flags;
    header->total_bytes = (uint32_t)total_bytes;
}

static srpc_layout_header snapshot(const srpc_layout_header *shared)
{
    const uint64_t *from = (const uint64_t *)(const void *)shared;
    uint64_t words[2];
    words[0] = __atomic_load_n(from, __ATOMIC_RELAXED);
    words[1] = __atomic_load_n(from + 1, __ATOMIC_RELAXED);
    srpc_layout_header header;
    memcpy(&header, words, sizeof header);
    return header;
}

static shmrpc_status refuse(const char *name, const char *what, unsigned theirs, unsigned ours)
{
    return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NOT_STARTED,
                              "/dev/shm/%s: %s is %u, this library has %u; use the same build of shmrpc "
                              "on both sides",
                              name, what, theirs, ours);
}

shmrpc_status srpc_layout_check(const srpc_layout_header *shared, uint32_t magic, size_t file_bytes,
                                const char *name)
{
    srpc_layout_header header = snapshot(shared);
    if (header.magic == __builtin_bswap32(magic))
        return refuse(name, "the byte order tag", header.endian, SRPC_ENDIAN_TAG);
    if (header.magic != magic)
        return shmrpc_failure_set(SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NOT_STARTED,
                                  "/dev/shm/%s was not made by shmrpc (magic %08x, not %08x); remove it "
                                  "if nothing uses it",
                                  name, header.magic, magic);
    if (header.version != SRPC_LAYOUT_VERSION)
        return refuse(name, "the layout version", header.version, SRPC_LAYOUT_VERSION);
    if (header.endian != SRPC_ENDIAN_TAG)
        return refuse(name, "the byte order tag", header.endian, SRPC_ENDIAN_TAG);
    if (header.word_bytes != sizeof(void *))
        return refuse(name, "the word size", header.word_bytes, (unsigned)sizeof(void *));
    if (header.semaphore_bytes != sizeof(sem_t))
        return refuse(name, "the size of sem_t", header.semaphore_bytes, (unsigned)sizeof(sem_t));
    if (header.total_bytes > file_bytes)
        return refuse(name, "the size in the header", header.total_bytes, (unsigned)file_bytes);
    return SHMRPC_OK;
}
