/* Whatever bytes a peer sends as a value: refused, or decoded into a value that is valid, can be sent
 * on, and comes back as it went; by generated code and by descriptors alike. The first two bytes of an
 * input say as what type the rest is read. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <shmrpc/dynamic.h>
#include <shmrpc/marshal.h>

#include "require.h"
#include "types.h"

enum { ROOM = 16 << 20, DECODED_MAX = 1 << 20, TYPE_BYTES = 2 };

/* The functions of a type without the type. */
typedef struct type_row {
    const char *name;
    size_t bytes;
    const shmrpc_type_descriptor *descriptor;
    void (*init)(void *);
    void (*fini)(void *);
    shmrpc_status (*copy)(void *, const void *);
    bool (*equal)(const void *, const void *);
    shmrpc_status (*validate)(const void *);
    uint8_t *(*encode)(const void *, shmrpc_packer *, uint8_t *);
    const uint8_t *(*decode)(void *, shmrpc_reader *, const uint8_t *);
} type_row;

#define DEFINE(T)                                                                                  \
    static void init_##T(void *value)                                                              \
    {                                                                                              \
        T##_init(value);                                                                           \
    }                                                                                              \
    static void fini_##T(void *value)                                                              \
    {                                                                                              \
        T##_fini(value);                                                                           \
    }                                                                                              \
    static shmrpc_status copy_##T(void *to, const void *from)                                      \
    {                                                                                              \
        return T##_copy(to, from);                                                                 \
    }                                                                                              \
    static bool equal_##T(const void *one, const void *other)                                      \
    {                                                                                              \
        return T##_equal(one, other);                                                              \
    }                                                                                              \
    static shmrpc_status validate_##T(const void *value)                                           \
    {                                                                                              \
        return T##_validate(value);                                                                \
    }                                                                                              \
    static uint8_t *encode_##T(const void *value, shmrpc_packer *packer, uint8_t *next)            \
    {                                                                                              \
        return T##_encode(value, packer, next);                                                    \
    }                                                                                              \
    static const uint8_t *decode_##T(void *out, shmrpc_reader *reader, const uint8_t *next)        \
    {                                                                                              \
        return T##_decode(out, reader, next);                                                      \
    }
TYPES(DEFINE)

#define ROW(T)                                                                                     \
    { #T,      sizeof(T), &T##_descriptor, init_##T,   fini_##T,                                   \
      copy_##T, equal_##T, validate_##T,    encode_##T, decode_##T },
static const type_row rows[] = { TYPES(ROW) };

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* ---- one value ---- */

typedef struct decoded {
    void *value;
    uint8_t *bytes;
    shmrpc_arena arena;
    shmrpc_reader reader;
    bool is_good;
} decoded;

typedef enum means { BY_CODE, BY_TABLE } means;

static const uint8_t *read_by(means how, const type_row *row, void *value, shmrpc_reader *reader)
{
    return how == BY_TABLE
               ? shmrpc_dynamic_decode(row->descriptor, value, reader, reader->next)
               : row->decode(value, reader, reader->next);
}

/* From a copy of the very size, so that the address sanitizer sees a step behind it. */
static decoded decode(means how, const type_row *row, const uint8_t *bytes, size_t length)
{
    decoded result = { .value = malloc(row->bytes), .bytes = malloc(length + 1) };
    require(result.value != NULL && result.bytes != NULL);
    memset(result.value, 0xa5, row->bytes); /* decoding relies on nothing that was there */
    memcpy(result.bytes, bytes, length);
    shmrpc_arena_init(&result.arena);
    shmrpc_reader_init(&result.reader, result.bytes, length, DECODED_MAX, &result.arena);
    result.is_good = shmrpc_reader_finish(&result.reader,
                                          read_by(how, row, result.value, &result.reader));
    return result;
}

static void release(decoded *result)
{
    shmrpc_arena_deinit(&result->arena);
    free(result->bytes);
    free(result->value);
}

static size_t encode(means how, const type_row *row, const void *value, uint8_t *into)
{
    shmrpc_packer packer;
    shmrpc_packer_init(&packer, into, ROOM);
    const uint8_t *end =
        how == BY_TABLE ? shmrpc_dynamic_encode(row->descriptor, value, &packer, packer.start)
                        : row->encode(value, &packer, packer.start);
    require(end != NULL);
    return (size_t)(end - into);
}

/* Not equal is a value to itself only where it holds a NaN: bytes are compared therefore. */
static void check_copy(const type_row *row, const void *value, const uint8_t *bytes, size_t length)
{
    static uint8_t room[ROOM];
    void *copy = calloc(1, row->bytes);
    require(copy != NULL && row->copy(copy, value) == SHMRPC_OK);
    require(row->equal(copy, value) == row->equal(value, value));
    require(encode(BY_CODE, row, copy, room) == length && memcmp(room, bytes, length) == 0);
    row->fini(copy);
    row->fini(copy); /* twice is fine */
    free(copy);
}

static void check(const type_row *row, const void *value)
{
    static uint8_t once[ROOM];
    static uint8_t twice[ROOM];
    require(row->validate(value) == SHMRPC_OK);
    size_t length = encode(BY_CODE, row, value, once);
    decoded again = decode(BY_CODE, row, once, length);
    require(again.is_good);
    require(row->equal(again.value, value) == row->equal(value, value));
    require(encode(BY_CODE, row, again.value, twice) == length && memcmp(once, twice, length) == 0);
    check_copy(row, value, once, length);
    release(&again);
}

/* The two of them agree about the bytes: what is wrong with them and where, or what they mean. */
static void check_table(const type_row *row, const decoded *result, const uint8_t *bytes,
                        size_t length)
{
    static uint8_t once[ROOM];
    static uint8_t twice[ROOM];
    decoded table = decode(BY_TABLE, row, bytes, length);
    require(table.is_good == result->is_good);
    require(table.reader.status == result->reader.status);
    require(table.reader.problem_offset == result->reader.problem_offset);
    require(table.reader.element_budget == result->reader.element_budget);
    require(table.reader.decoded_budget == result->reader.decoded_budget);
    if (table.is_good) {
        size_t packed = encode(BY_CODE, row, result->value, once);
        require(shmrpc_dynamic_validate(row->descriptor, table.value) == SHMRPC_OK);
        require(encode(BY_TABLE, row, table.value, twice) == packed);
        require(memcmp(once, twice, packed) == 0);
    }
    release(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length < TYPE_BYTES)
        return 0;
    const type_row *row = &rows[(bytes[0] * 256u + bytes[1]) % ROW_COUNT];
    decoded result = decode(BY_CODE, row, bytes + TYPE_BYTES, length - TYPE_BYTES);
    check_table(row, &result, bytes + TYPE_BYTES, length - TYPE_BYTES);
    if (result.is_good)
        check(row, result.value);
    release(&result);
    return 0;
}

/* ---- seeds: the first value of each type ---- */

static void write_file(const char *folder, unsigned index, const uint8_t *bytes, size_t length)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, rows[index].name);
    FILE *file = fopen(path, "wb");
    require(file != NULL && fputc((int)(index / 256), file) != EOF);
    require(fputc((int)(index % 256), file) != EOF);
    require(fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
}

/* An @external member has no first value: that type has to be found by chance. */
static void write_seed(const char *folder, unsigned index)
{
    static uint8_t room[ROOM];
    const type_row *row = &rows[index];
    void *value = malloc(row->bytes);
    require(value != NULL);
    row->init(value);
    if (row->validate(value) == SHMRPC_OK)
        write_file(folder, index, room, encode(BY_CODE, row, value, room));
    row->fini(value);
    free(value);
}

/* With SHMRPC_SEEDS=FOLDER it writes them, and that is all. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *folder = getenv("SHMRPC_SEEDS");
    for (unsigned i = 0; folder != NULL && i < ROW_COUNT; i++)
        write_seed(folder, i);
    if (folder != NULL)
        exit(0);
    return 0;
}
