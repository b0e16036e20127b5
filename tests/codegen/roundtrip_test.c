/* Random values of every generated type, there and back again. */
#include <criterion/criterion.h>
#include <msgpack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <shmrpc/marshal.h>

#include "random_value.h"
#include "random_wire.h"

enum { ROOM = 4 << 20, ROUNDS = 40 };

/* What the generated functions of a type look like without the type. */
typedef struct type_row {
    const char *name;
    size_t bytes;
    uint64_t max_encoded; /* 0: unbounded */
    void (*fill)(randomness *, void *);
    void (*fini)(void *);
    shmrpc_status (*copy)(void *, const void *);
    bool (*equal)(const void *, const void *);
    shmrpc_status (*validate)(const void *);
    uint8_t *(*encode)(const void *, shmrpc_packer *, uint8_t *);
    const uint8_t *(*decode)(void *, shmrpc_reader *, const uint8_t *);
} type_row;

#define DEFINE_ROW(T, max)                                                                         \
    static void fill_##T(randomness *random, void *value)                                          \
    {                                                                                              \
        random_##T(random, value);                                                                 \
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
    }                                                                                              \
    static const type_row row_##T = { #T,      sizeof(T), max,          fill_##T,   fini_##T,      \
                                      copy_##T, equal_##T, validate_##T, encode_##T, decode_##T };

DEFINE_ROW(geo_Point, geo_Point_MAX_ENCODED_SIZE)
DEFINE_ROW(geo_OutOfReach, 0)
DEFINE_ROW(every_Scalars, every_Scalars_MAX_ENCODED_SIZE)
DEFINE_ROW(every_Limits, 0)
DEFINE_ROW(every_Optionals, 0)
DEFINE_ROW(every_Sequences, 0)
DEFINE_ROW(every_Arrays, 0)
DEFINE_ROW(every_Empty, every_Empty_MAX_ENCODED_SIZE)
DEFINE_ROW(every_EmptyFinal, every_EmptyFinal_MAX_ENCODED_SIZE)
DEFINE_ROW(every_Derived, every_Derived_MAX_ENCODED_SIZE)
DEFINE_ROW(every_Mutable, 0)
DEFINE_ROW(every_Node, 0)
DEFINE_ROW(every_Member, 0)
DEFINE_ROW(every_Words, every_Words_MAX_ENCODED_SIZE)
DEFINE_ROW(every_Page, 0)
DEFINE_ROW(every_Nothing, every_Nothing_MAX_ENCODED_SIZE)
DEFINE_ROW(every_Failed, every_Failed_MAX_ENCODED_SIZE)

/* Those whose values msgpack-c writes. */
static void fill_from_wire(randomness *random, const type_row *row, const char *scoped_name,
                           void *value);

#define DEFINE_WIRE_ROW(T, scoped_name)                                                            \
    static void random_##T(randomness *random, T *value);                                          \
    DEFINE_ROW(T, 0)                                                                               \
    static void random_##T(randomness *random, T *value)                                           \
    {                                                                                              \
        fill_from_wire(random, &row_##T, scoped_name, value);                                      \
    }
RANDOM_WIRE_TYPES(DEFINE_WIRE_ROW)

#define WIRE_ROW_POINTER(T, scoped_name) &row_##T,

static const type_row *const rows[] = {
    RANDOM_WIRE_TYPES(WIRE_ROW_POINTER)
    &row_geo_Point,       &row_geo_OutOfReach, &row_every_Scalars,    &row_every_Limits,
    &row_every_Optionals, &row_every_Sequences, &row_every_Arrays,    &row_every_Empty,
    &row_every_EmptyFinal, &row_every_Derived, &row_every_Mutable,    &row_every_Node,
    &row_every_Member,    &row_every_Words,    &row_every_Page,       &row_every_Nothing,
    &row_every_Failed,
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

static uint8_t room[ROOM + 1];
static uint8_t second_room[ROOM + 1];

static randomness seeded(const char *test)
{
    const char *given = getenv("SHMRPC_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
    printf("%s: SHMRPC_TEST_SEED=%llu\n", test, (unsigned long long)seed);
    fflush(stdout);
    return (randomness){ .state = seed };
}

static void *value_of(const type_row *row)
{
    void *value = calloc(1, row->bytes);
    cr_assert_not_null(value);
    return value;
}

static size_t encode(const type_row *row, const void *value, uint8_t *into)
{
    shmrpc_packer packer;
    shmrpc_packer_init(&packer, into, ROOM);
    uint8_t *end = row->encode(value, &packer, packer.start);
    cr_assert_not_null(end, "%s: %s", row->name, packer.problem);
    return (size_t)(end - into);
}

/* Reads a copy, since readers write terminators. */
static bool decode(const type_row *row, const uint8_t *bytes, size_t length, void *out,
                   uint8_t *copy, shmrpc_arena *arena)
{
    memcpy(copy, bytes, length);
    shmrpc_reader reader;
    shmrpc_reader_init(&reader, copy, length, 64u << 20, arena);
    return shmrpc_reader_finish(&reader, row->decode(out, &reader, reader.next));
}

static void fill_from_wire(randomness *random, const type_row *row, const char *scoped_name,
                           void *value)
{
    msgpack_sbuffer packed;
    msgpack_sbuffer_init(&packed);
    random_wire(random, scoped_name, &packed);
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    void *decoded = value_of(row);
    uint8_t *copy = malloc(packed.size + 1);
    cr_assert(decode(row, (const uint8_t *)packed.data, packed.size, decoded, copy, &arena), "%s",
              row->name);
    cr_assert_eq(encode(row, decoded, second_room), packed.size, "%s", row->name);
    cr_assert_arr_eq(second_room, packed.data, packed.size, "%s", row->name);
    cr_assert_eq(row->copy(value, decoded), SHMRPC_OK, "%s", row->name);
    free(copy);
    free(decoded);
    shmrpc_arena_deinit(&arena);
    msgpack_sbuffer_destroy(&packed);
}

/* msgpack-c reads it as one value, and writes that value in the same, shortest form. */
static void check_with_oracle(const type_row *row, const uint8_t *bytes, size_t length)
{
    msgpack_unpacked unpacked;
    msgpack_unpacked_init(&unpacked);
    size_t offset = 0;
    cr_assert_eq(msgpack_unpack_next(&unpacked, (const char *)bytes, length, &offset),
                 MSGPACK_UNPACK_SUCCESS, "%s", row->name);
    cr_assert_eq(offset, length, "%s", row->name);
    msgpack_sbuffer buffer;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer packer;
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    msgpack_pack_object(&packer, unpacked.data);
    cr_assert_eq(buffer.size, length, "%s", row->name);
    cr_assert_arr_eq(buffer.data, bytes, length, "%s", row->name);
    msgpack_sbuffer_destroy(&buffer);
    msgpack_unpacked_destroy(&unpacked);
}

static void check_decoded(const type_row *row, const void *value, size_t length)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    void *decoded = value_of(row);
    uint8_t *copy = malloc(length + 1);
    memset(decoded, 0xa5, row->bytes); /* decoding relies on nothing that was there */
    cr_assert(decode(row, room, length, decoded, copy, &arena), "%s", row->name);
    cr_assert(row->equal(value, decoded), "%s", row->name);
    cr_assert_eq(row->validate(decoded), SHMRPC_OK, "%s", row->name);
    cr_assert_eq(encode(row, decoded, second_room), length, "%s", row->name);
    cr_assert_arr_eq(room, second_room, length, "%s", row->name);
    free(copy);
    free(decoded);
    shmrpc_arena_deinit(&arena);
}

static void check_copied(const type_row *row, const void *value, size_t length)
{
    void *copy = value_of(row);
    cr_assert_eq(row->copy(copy, value), SHMRPC_OK, "%s", row->name);
    cr_assert(row->equal(copy, value), "%s", row->name);
    cr_assert_eq(encode(row, copy, second_room), length, "%s", row->name);
    row->fini(copy);
    row->fini(copy); /* twice is fine */
    free(copy);
}

Test(roundtrip, every_type_comes_back_as_it_went, .timeout = 60)
{
    randomness random = seeded("every_type_comes_back_as_it_went");
    for (int i = 0; i < ROW_COUNT * ROUNDS; i++) {
        const type_row *row = rows[i % ROW_COUNT];
        void *value = value_of(row);
        row->fill(&random, value);
        cr_assert_eq(row->validate(value), SHMRPC_OK, "%s: %s", row->name,
                     shmrpc_failure_last()->message);
        size_t length = encode(row, value, room);
        if (row->max_encoded > 0)
            cr_assert_leq(length, row->max_encoded, "%s", row->name);
        check_with_oracle(row, room, length);
        check_decoded(row, value, length);
        check_copied(row, value, length);
        row->fini(value);
        free(value);
    }
}

Test(roundtrip, no_prefix_decodes, .timeout = 60)
{
    randomness random = seeded("no_prefix_decodes");
    for (int i = 0; i < ROW_COUNT; i++) {
        const type_row *row = rows[i];
        void *value = value_of(row);
        row->fill(&random, value);
        size_t length = encode(row, value, room);
        void *decoded = value_of(row);
        size_t stride = length / 500 + 1;
        for (size_t cut = 0; cut < length; cut += stride) {
            shmrpc_arena arena;
            shmrpc_arena_init(&arena);
            uint8_t *copy = malloc(cut + 1); /* of the very size, so that a sanitizer sees */
            cr_assert_not(decode(row, room, cut, decoded, copy, &arena), "%s", row->name);
            free(copy);
            shmrpc_arena_deinit(&arena);
        }
        row->fini(value);
        free(value);
        free(decoded);
    }
}

/* Damaged bytes are refused, or they are a valid value: nothing in between. */
Test(roundtrip, what_decodes_is_valid_and_can_be_sent_on, .timeout = 60)
{
    randomness random = seeded("what_decodes_is_valid_and_can_be_sent_on");
    for (int i = 0; i < ROW_COUNT * ROUNDS * 10; i++) {
        const type_row *row = rows[i % ROW_COUNT];
        void *value = value_of(row);
        row->fill(&random, value);
        size_t length = encode(row, value, room);
        for (uint32_t k = 0; length > 0 && k < 1 + random_below(&random, 3); k++)
            room[random_below(&random, (uint32_t)length)] = (uint8_t)random_bits(&random);
        shmrpc_arena arena;
        shmrpc_arena_init(&arena);
        void *decoded = value_of(row);
        uint8_t *copy = malloc(length + 1);
        if (decode(row, room, length, decoded, copy, &arena)) {
            cr_assert_eq(row->validate(decoded), SHMRPC_OK, "%s: %s", row->name,
                         shmrpc_failure_last()->message);
            encode(row, decoded, second_room);
        }
        free(copy);
        free(decoded);
        shmrpc_arena_deinit(&arena);
        row->fini(value);
        free(value);
    }
}
