/* Whatever bytes say that they are descriptors: refused, or tables by which values can be made,
 * written and read, and which come back when they are written themselves. The last bytes of an
 * input, 64 at most, are read as a value of each type that the operations take. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <shmrpc/descriptor_set.h>
#include <shmrpc/dynamic.h>

#include "descriptors.h"
#include "require.h"

enum { ROOM = 4 << 20, VALUE_MAX = 1 << 16, DECODED_MAX = 1 << 18, TAIL = 64 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* ---- values ---- */

static void check_encoded(const shmrpc_type_descriptor *type, const void *value)
{
    static uint8_t room[ROOM];
    if (shmrpc_dynamic_validate(type, value) != SHMRPC_OK)
        return;
    shmrpc_packer packer;
    shmrpc_packer_init(&packer, room, sizeof room);
    uint8_t *end = shmrpc_dynamic_encode(type, value, &packer, packer.start);
    require(end != NULL);
}

static void check_decoded(const shmrpc_type_descriptor *type, void *value, const uint8_t *bytes,
                          size_t length)
{
    uint8_t *copy = malloc(length + 1);
    require(copy != NULL);
    memcpy(copy, bytes, length);
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    shmrpc_reader reader;
    shmrpc_reader_init(&reader, copy, length, DECODED_MAX, &arena);
    const uint8_t *next = shmrpc_dynamic_decode(type, value, &reader, reader.next);
    if (shmrpc_reader_finish(&reader, next))
        check_encoded(type, value);
    shmrpc_arena_deinit(&arena);
    free(copy);
}

static void check_type(const shmrpc_type_descriptor *type, const uint8_t *bytes, size_t length)
{
    if (type->bytes > VALUE_MAX)
        return;
    void *value = malloc(type->bytes); /* of the very size, so that the sanitizer sees */
    require(value != NULL);
    shmrpc_dynamic_init(type, value);
    check_encoded(type, value);
    check_decoded(type, value, bytes, length);
    free(value);
}

static void check_types(const shmrpc_descriptor_set *set, const uint8_t *bytes, size_t length)
{
    for (uint32_t i = 0; i < set->interface_count; i++)
        for (uint32_t k = 0; k < set->interfaces[i]->operation_count; k++) {
            const shmrpc_operation_descriptor *operation = &set->interfaces[i]->operations[k];
            for (uint32_t m = 0; m < operation->parameter_count; m++)
                check_type(operation->parameters[m].type, bytes, length);
        }
}

/* ---- sets ---- */

static size_t write_set(const shmrpc_descriptor_set *set, uint8_t *into)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    shmrpc_packer packer;
    shmrpc_packer_init(&packer, into, ROOM);
    uint8_t *end = shmrpc_descriptor_set_write(set, &arena, &packer, packer.start);
    require(end != NULL);
    shmrpc_arena_deinit(&arena);
    return (size_t)(end - into);
}

/* What is written of a set says all of it: it is the same when it is read and written again. */
static void check_written(const shmrpc_descriptor_set *set)
{
    static uint8_t once[ROOM];
    static uint8_t twice[ROOM];
    size_t length = write_set(set, once);
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    shmrpc_descriptor_set again;
    require(shmrpc_descriptor_set_read(once, length, &arena, &again) == SHMRPC_OK);
    require(write_set(&again, twice) == length && memcmp(once, twice, length) == 0);
    shmrpc_arena_deinit(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    size_t tail = length < TAIL ? length : TAIL;
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    shmrpc_descriptor_set set;
    if (shmrpc_descriptor_set_read(bytes, length, &arena, &set) == SHMRPC_OK) {
        check_types(&set, bytes + length - tail, tail);
        check_written(&set);
    }
    shmrpc_arena_deinit(&arena);
    return 0;
}

/* ---- seeds: the interfaces of the tests ---- */

typedef struct interface_row {
    const char *name;
    const shmrpc_interface_descriptor *descriptor;
} interface_row;

#define INTERFACE_ROW(symbol) { #symbol, &symbol },
static const interface_row interfaces[] = { INTERFACE_DESCRIPTORS(INTERFACE_ROW) };

static void write_seed(const char *folder, const interface_row *row)
{
    static uint8_t room[ROOM];
    shmrpc_interface_descriptor interface = *row->descriptor;
    interface.source_count = 0; /* texts that take long to read find nothing */
    const shmrpc_interface_descriptor *one = &interface;
    shmrpc_descriptor_set set = { &one, 1 };
    size_t length = write_set(&set, room);
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, row->name);
    FILE *file = fopen(path, "wb");
    require(file != NULL && fwrite(room, 1, length, file) == length && fclose(file) == 0);
}

/* With SHMRPC_SEEDS=FOLDER it writes them, and that is all. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *folder = getenv("SHMRPC_SEEDS");
    for (size_t i = 0; folder != NULL && i < sizeof interfaces / sizeof interfaces[0]; i++)
        write_seed(folder, &interfaces[i]);
    if (folder != NULL)
        exit(0);
    return 0;
}
