#include "witness.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "slot.h"

static const srpc_channel_region *map_channel(const char *path)
{
    static const char folder[] = "/dev/shm/";
    char target[256] = "";
    if (readlink(path, target, sizeof target - 1) < 0 ||
        strncmp(target, folder, sizeof folder - 1) != 0)
        return NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    void *memory = MAP_FAILED;
    if (lseek(fd, 0, SEEK_END) >= SRPC_CHANNEL_BYTES)
        memory = mmap(NULL, SRPC_CHANNEL_BYTES, PROT_READ, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (memory == MAP_FAILED)
        return NULL;
    const srpc_channel_region *channel = memory;
    if (channel->header.magic == SRPC_MAGIC_CHANNEL)
        return channel;
    (void)munmap(memory, SRPC_CHANNEL_BYTES);
    return NULL;
}

void witness_open(witness *by, pid_t client)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)client);
    DIR *folder = opendir(path);
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char file[sizeof path + sizeof entry->d_name];
        (void)snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        const srpc_channel_region *channel = map_channel(file);
        if (channel != NULL && by->count < WITNESS_CHANNELS)
            by->channel[by->count++] = channel;
    }
    if (folder != NULL)
        (void)closedir(folder);
}

/* The one integer that the calls of a ledger carry, both ways. A server that dies while it answers
 * leaves the request's body under the reply's length, so that the whole body is looked at. */
static bool read_number(srpc_line *line, uint64_t *out_number)
{
    shmrpc_arena arena;
    shmrpc_reader reader;
    int64_t value = 0;
    if ((line->flags & (SRPC_FLAG_OUTSIDE | SRPC_FLAG_TEXT | SRPC_FLAG_NEED_ROOM)) != 0)
        return false;
    shmrpc_arena_init(&arena);
    shmrpc_reader_init(&reader, line->body, SRPC_LINE_BODY - 1, SRPC_LINE_BODY, &arena);
    const uint8_t *next = shmrpc_get_tuple(&reader, reader.next, 1);
    next = shmrpc_get_int64(&reader, next, &value);
    shmrpc_arena_deinit(&arena);
    *out_number = (uint64_t)value;
    return next != NULL && reader.status == SHMRPC_OK;
}

static seen see_request(const srpc_channel_region *channel, uint32_t slot, uint32_t generation)
{
    uint32_t progress = srpc_shared_load(&channel->progress[slot], memory_order_acquire);
    if (progress >> 2 != (generation & UINT32_C(0x3fffffff)))
        return SEEN_WAITING;
    switch (progress & 3u) {
    case SRPC_STARTED:
        return SEEN_STARTED;
    case SRPC_FINISHED:
        return SEEN_FINISHED;
    default:
        return SEEN_WAITING;
    }
}

/* A call that may not run twice: its number says whose. */
static void look_at_slot(const srpc_channel_region *channel, uint32_t slot, ledger *book)
{
    srpc_line line;
    uint64_t value = 0;
    uint32_t word = srpc_shared_load(&channel->slot[slot].word, memory_order_acquire);
    srpc_line_copy(&line, &channel->slot[slot]);
    if (word == 0 || !read_number(&line, &value) || (uint32_t)value >= book->capacity)
        return;
    ledger_entry *entry = &book->entry[(uint32_t)value];
    seen state = SEEN_ANSWERED;
    if ((word & 1u) != 0)
        state = see_request(channel, slot, word >> 1);
    bool is_bump = line.operation == ECHO_BUMP;
    if (state == SEEN_FINISHED && !is_bump) /* the reply's status may stand there already */
        is_bump = atomic_load(&entry->told) == TOLD_NOTHING ||
            atomic_load(&entry->told) == TOLD_DONE;
    else if (state == SEEN_ANSWERED) /* which no other reply says: the instance */
        is_bump = line.operation == SHMRPC_OK && value >> 32 != 0;
    if (is_bump)
        atomic_store(&entry->seen, state);
}

void witness_look(const witness *by, ledger *book)
{
    for (unsigned k = 0; k < by->count; k++) {
        for (uint32_t slot = 0; slot < SRPC_SLOTS; slot++)
            look_at_slot(by->channel[k], slot, book);
    }
}

void witness_close(witness *by)
{
    for (unsigned k = 0; k < by->count; k++)
        (void)munmap((void *)(uintptr_t)by->channel[k], SRPC_CHANNEL_BYTES);
    by->count = 0;
}
