/* What is done by descriptors is what generated code does: the same bytes, the same values, and the
 * same refusals, at the same byte. For the types of tests/codegen/idl and all that lies in them. */
#include <criterion/criterion.h>
#include <msgpack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <shmrpc/dynamic.h>
#include <shmrpc/marshal.h>

#include "random_wire.h"

enum { ROOM = 4 << 20, ROUNDS = 30, DECODED_MAX = 1 << 20 };

/* ---- types ---- */

/* Those whose values others make as C. */
#define EVERY_TYPES(X)                                                                             \
    X(every_Scalars, "every.Scalars")                                                              \
    X(every_Limits, "every.Limits")                                                                \
    X(every_Starts, "every.Starts")                                                                \
    X(every_Optionals, "every.Optionals")                                                          \
    X(every_Sequences, "every.Sequences")                                                          \
    X(every_Arrays, "every.Arrays")                                                                \
    X(every_Empty, "every.Empty")                                                                  \
    X(every_EmptyFinal, "every.EmptyFinal")                                                        \
    X(every_Derived, "every.Derived")                                                              \
    X(every_Mutable, "every.Mutable")                                                              \
    X(every_Node, "every.Node")                                                                    \
    X(every_Member, "every.Member")                                                                \
    X(every_Words, "every.Words")                                                                  \
    X(every_Page, "every.Page")                                                                    \
    X(every_Nothing, "every.Nothing")                                                              \
    X(every_Failed, "every.Failed")

#define TYPES(X) RANDOM_WIRE_TYPES(X) EVERY_TYPES(X)

/* The generated functions of a type without the type. */
typedef struct type_row {
    const char *name;
    const char *scoped_name;
    size_t bytes;
    const shmrpc_type_descriptor *descriptor;
    void (*init)(void *);
    shmrpc_status (*validate)(const void *);
    bool (*equal)(const void *, const void *);
    uint8_t *(*encode)(const void *, shmrpc_packer *, uint8_t *);
    const uint8_t *(*decode)(void *, shmrpc_reader *, const uint8_t *);
} type_row;

#define DEFINE(T, scoped_name)                                                                     \
    static void init_##T(void *value)                                                              \
    {                                                                                              \
        T##_init(value);                                                                           \
    }                                                                                              \
    static shmrpc_status validate_##T(const void *value)                                           \
    {                                                                                              \
        return T##_validate(value);                                                                \
    }                                                                                              \
    static bool equal_##T(const void *one, const void *other)                                      \
    {                                                                                              \
        return T##_equal(one, other);                                                              \
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

#define ROW(T, scoped_name)                                                                        \
    { #T,           scoped_name, sizeof(T),  &T##_descriptor, init_##T,                            \
      validate_##T, equal_##T,   encode_##T, decode_##T },
static const type_row rows[] = { TYPES(ROW) };

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

/* ---- values ---- */

static uint8_t once[ROOM];
static uint8_t again[ROOM];

static randomness seeded(const char *test)
{
    const char *given = getenv("SHMRPC_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
    printf("%s: SHMRPC_TEST_SEED=%llu\n", test, (unsigned long long)seed);
    fflush(stdout);
    return (randomness){ .state = seed };
}

/* One decoder's view of some bytes. */
typedef struct decoded {
    void *value;
    uint8_t *bytes;
    shmrpc_arena arena;
    shmrpc_reader reader;
    bool is_good;
} decoded;

static decoded *decode(const type_row *row, const uint8_t *bytes, size_t length, size_t budget,
                       bool by_table)
{
    decoded *self = calloc(1, sizeof *self);
    self->value = malloc(row->bytes);
    self->bytes = malloc(length + 1); /* of the very size, so that a sanitizer sees */
    memset(self->value, by_table ? 0x5a : 0xa5, row->bytes);
    memcpy(self->bytes, bytes, length);
    shmrpc_arena_init(&self->arena);
    shmrpc_reader_init(&self->reader, self->bytes, length, budget, &self->arena);
    const uint8_t *next =
        by_table
            ? shmrpc_dynamic_decode(row->descriptor, self->value, &self->reader, self->reader.next)
            : row->decode(self->value, &self->reader, self->reader.next);
    self->is_good = shmrpc_reader_finish(&self->reader, next);
    return self;
}

static void release(decoded *self)
{
    shmrpc_arena_deinit(&self->arena);
    free(self->bytes);
    free(self->value);
    free(self);
}

static size_t encode(const type_row *row, const void *value, bool by_table, uint8_t *into)
{
    shmrpc_packer packer;
    shmrpc_packer_init(&packer, into, ROOM);
    uint8_t *end = by_table
                       ? shmrpc_dynamic_encode(row->descriptor, value, &packer, packer.start)
                       : row->encode(value, &packer, packer.start);
    cr_assert_not_null(end, "%s: %s", row->name, packer.problem);
    return (size_t)(end - into);
}

static void require_same_bytes(const type_row *row, const void *value, const void *other)
{
    size_t length = encode(row, value, false, once);
    cr_assert_eq(encode(row, other, true, again), length, "%s", row->name);
    cr_assert_arr_eq(once, again, length, "%s", row->name);
}

/* Both decode the bytes and agree. */
static void require_agreement(const type_row *row, const uint8_t *bytes, size_t length,
                              size_t budget)
{
    decoded *printed = decode(row, bytes, length, budget, false);
    decoded *table = decode(row, bytes, length, budget, true);
    const shmrpc_reader *one = &printed->reader;
    const shmrpc_reader *other = &table->reader;
    cr_assert_eq(printed->is_good, table->is_good, "%s: %s, %s", row->name, one->problem,
                 other->problem);
    cr_assert_eq(one->status, other->status, "%s: %s, %s", row->name, one->problem,
                 other->problem);
    cr_assert_eq(one->problem_offset, other->problem_offset, "%s: %s, %s", row->name,
                 one->problem, other->problem);
    cr_assert_eq(one->element_budget, other->element_budget, "%s", row->name);
    cr_assert_eq(one->decoded_budget, other->decoded_budget, "%s", row->name);
    if (one->problem != NULL)
        cr_assert_str_eq(one->problem, other->problem, "%s", row->name);
    if (printed->is_good) {
        require_same_bytes(row, printed->value, table->value);
        cr_assert_eq(row->equal(printed->value, table->value),
                     row->equal(printed->value, printed->value), "%s", row->name);
        cr_assert_eq(shmrpc_dynamic_validate(row->descriptor, printed->value), SHMRPC_OK, "%s: %s",
                     row->name, shmrpc_failure_last()->message);
    }
    release(printed);
    release(table);
}

/* Packed by msgpack-c from the model alone. */
static msgpack_sbuffer random_bytes_of(randomness *random, const type_row *row)
{
    msgpack_sbuffer packed;
    msgpack_sbuffer_init(&packed);
    random_wire(random, row->scoped_name, &packed);
    return packed;
}

Test(dynamic, every_type_is_encoded_and_decoded_as_by_generated_code, .timeout = 60)
{
    randomness random = seeded("every_type_is_encoded_and_decoded_as_by_generated_code");
    for (int i = 0; i < ROW_COUNT * ROUNDS; i++) {
        const type_row *row = &rows[i % ROW_COUNT];
        msgpack_sbuffer packed = random_bytes_of(&random, row);
        const uint8_t *bytes = (const uint8_t *)packed.data;
        decoded *table = decode(row, bytes, packed.size, 64u << 20, true);
        cr_assert(table->is_good, "%s: %s", row->name, table->reader.problem);
        cr_assert_eq(encode(row, table->value, true, once), packed.size, "%s", row->name);
        cr_assert_arr_eq(once, bytes, packed.size, "%s", row->name);
        release(table);
        require_agreement(row, bytes, packed.size, 64u << 20);
        msgpack_sbuffer_destroy(&packed);
    }
}

/* ---- bytes that are damaged ---- */

/* Headers and numbers that matter somewhere. */
static uint8_t interesting(randomness *random)
{
    static const uint8_t bytes[] = { 0x00, 0x01, 0x7f, 0x80, 0x81, 0x90, 0x91, 0x92, 0x93, 0xa0,
                                     0xa1, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xca, 0xcb, 0xcc, 0xcd,
                                     0xce, 0xcf, 0xd0, 0xd3, 0xd9, 0xdc, 0xdd, 0xde, 0xe0, 0xff };
    return random_below(random, 2) == 0 ? (uint8_t)random_bits(random)
                                        : bytes[random_below(random, sizeof bytes)];
}

/* Changes, inserts, drops or repeats bytes; returns the new length, at most one stretch longer. */
static size_t damage(randomness *random, uint8_t *bytes, size_t length)
{
    size_t at = random_below(random, (uint32_t)length);
    size_t run = 1 + random_below(random, 8);
    switch (random_below(random, 6)) {
    case 0:
        memmove(bytes + at + 1, bytes + at, length - at);
        bytes[at] = interesting(random);
        return length + 1;
    case 1:
        memmove(bytes + at, bytes + at + 1, length - at - 1);
        return length - 1;
    case 2:
        run = run < length - at ? run : length - at;
        memmove(bytes + at + run, bytes + at, length - at);
        return length + run;
    case 3:
        return at;
    default:
        bytes[at] = interesting(random);
        return length;
    }
}

Test(dynamic, what_generated_code_refuses_is_refused_at_the_same_byte, .timeout = 60)
{
    randomness random = seeded("what_generated_code_refuses_is_refused_at_the_same_byte");
    static uint8_t bytes[ROOM];
    for (int i = 0; i < ROW_COUNT * ROUNDS * 4; i++) {
        const type_row *row = &rows[i % ROW_COUNT];
        msgpack_sbuffer packed = random_bytes_of(&random, row);
        size_t length = packed.size;
        memcpy(bytes, packed.data, length);
        msgpack_sbuffer_destroy(&packed);
        for (uint32_t k = random_below(&random, 4); k > 0 && length > 0; k--)
            length = damage(&random, bytes, length);
        require_agreement(row, bytes, length, DECODED_MAX);
    }
}

/* Another type's bytes are well formed, and wrong in other ways. */
Test(dynamic, values_of_other_types_are_judged_alike, .timeout = 60)
{
    randomness random = seeded("values_of_other_types_are_judged_alike");
    for (int i = 0; i < ROW_COUNT * ROUNDS; i++) {
        msgpack_sbuffer packed = random_bytes_of(&random, &rows[random_below(&random, ROW_COUNT)]);
        require_agreement(&rows[i % ROW_COUNT], (const uint8_t *)packed.data, packed.size,
                          DECODED_MAX);
        msgpack_sbuffer_destroy(&packed);
    }
}

Test(dynamic, memory_runs_out_at_the_same_item, .timeout = 60)
{
    randomness random = seeded("memory_runs_out_at_the_same_item");
    for (int i = 0; i < ROW_COUNT * ROUNDS; i++) {
        const type_row *row = &rows[i % ROW_COUNT];
        msgpack_sbuffer packed = random_bytes_of(&random, row);
        require_agreement(row, (const uint8_t *)packed.data, packed.size,
                          random_below(&random, 400));
        msgpack_sbuffer_destroy(&packed);
    }
}

/* ---- first values, and values that are wrong ---- */

Test(dynamic, first_values_are_those_of_generated_code)
{
    for (int i = 0; i < ROW_COUNT; i++) {
        const type_row *row = &rows[i];
        void *printed = malloc(row->bytes);
        void *table = malloc(row->bytes);
        row->init(printed);
        shmrpc_dynamic_init(row->descriptor, table);
        cr_assert(row->equal(printed, table), "%s", row->name);
        shmrpc_status status = row->validate(printed);
        cr_assert_eq(shmrpc_dynamic_validate(row->descriptor, table), status, "%s", row->name);
        if (status == SHMRPC_OK)
            require_same_bytes(row, printed, table);
        free(printed);
        free(table);
    }
}

/* Bytes that memory may hold without being pointers, lengths or booleans: inside numbers, so that
 * ranges, enums and bitmasks are broken. */
static void spoil(randomness *random, const shmrpc_type_descriptor *type, char *value)
{
    if (type->kind == SHMRPC_TYPE_BOOLEAN)
        return;
    if (type->kind < SHMRPC_TYPE_STRING) {
        value[random_below(random, (uint32_t)type->bytes)] = (char)random_bits(random);
    } else if (type->kind == SHMRPC_TYPE_ARRAY) {
        size_t at = random_below(random, type->bound) * type->items.item_bytes;
        spoil(random, type->items.element, value + at);
    } else if (type->kind == SHMRPC_TYPE_STRUCT || type->kind == SHMRPC_TYPE_EXCEPTION) {
        if (type->structure.member_count == 0)
            return;
        const shmrpc_member_descriptor *member =
            &type->structure.members[random_below(random, type->structure.member_count)];
        if ((member->flags & SHMRPC_MEMBER_IS_BOXED) == 0)
            spoil(random, member->type, value + member->offset);
    }
}

static void require_same_refusal(const type_row *row, const void *value)
{
    shmrpc_packer one;
    shmrpc_packer other;
    shmrpc_packer_init(&one, once, ROOM);
    shmrpc_packer_init(&other, again, ROOM);
    uint8_t *printed = row->encode(value, &one, one.start);
    uint8_t *table = shmrpc_dynamic_encode(row->descriptor, value, &other, other.start);
    cr_assert_eq(printed == NULL, table == NULL, "%s: %s, %s", row->name, one.problem,
                 other.problem);
    cr_assert_eq(one.status, other.status, "%s", row->name);
    if (printed == NULL)
        cr_assert_str_eq(one.problem, other.problem, "%s", row->name);
    else
        cr_assert_arr_eq(once, again, (size_t)(printed - once), "%s", row->name);
}

Test(dynamic, values_that_are_wrong_are_refused_alike, .timeout = 60)
{
    randomness random = seeded("values_that_are_wrong_are_refused_alike");
    uint32_t refused = 0;
    for (int i = 0; i < ROW_COUNT * ROUNDS; i++) {
        const type_row *row = &rows[i % ROW_COUNT];
        msgpack_sbuffer packed = random_bytes_of(&random, row);
        decoded *table =
            decode(row, (const uint8_t *)packed.data, packed.size, 64u << 20, true);
        spoil(&random, row->descriptor, table->value);
        char message[SHMRPC_FAILURE_MESSAGE_BYTES] = "";
        shmrpc_status status = row->validate(table->value);
        if (status != SHMRPC_OK)
            snprintf(message, sizeof message, "%s", shmrpc_failure_last()->message);
        cr_assert_eq(shmrpc_dynamic_validate(row->descriptor, table->value), status, "%s: %s",
                     row->name, shmrpc_failure_last()->message);
        if (status != SHMRPC_OK)
            cr_assert_str_eq(shmrpc_failure_last()->message, message);
        refused += status != SHMRPC_OK;
        require_same_refusal(row, table->value);
        release(table);
        msgpack_sbuffer_destroy(&packed);
    }
    cr_assert_gt(refused, 20);
}

/* ---- what chance does not find ---- */

static const type_row *row_of(const char *name)
{
    for (int i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    cr_assert_fail("no row %s", name);
    return NULL;
}

/* every.Node: [label, [children], next], so many within one another. */
static size_t nest(uint8_t *bytes, uint32_t levels)
{
    size_t length = 0;
    for (uint32_t i = 0; i < levels; i++) {
        memcpy(bytes + length, "\x93\xa0\x90", 3);
        length += 3;
    }
    bytes[length++] = 0xc0;
    return length;
}

Test(dynamic, values_of_32_levels_are_read_and_no_deeper_ones)
{
    const type_row *row = row_of("every_Node");
    uint8_t bytes[200];
    for (uint32_t levels = 30; levels < 36; levels++) {
        size_t length = nest(bytes, levels);
        require_agreement(row, bytes, length, DECODED_MAX);
        decoded *table = decode(row, bytes, length, DECODED_MAX, true);
        cr_assert_eq(table->is_good, levels <= SHMRPC_DEPTH_MAX);
        release(table);
    }
}

Test(dynamic, values_that_lead_back_to_themselves_are_refused)
{
    const type_row *row = row_of("every_Node");
    every_Node node;
    every_Node_init(&node);
    node.next = &node;
    require_same_refusal(row, &node);
    cr_assert_eq(shmrpc_dynamic_validate(row->descriptor, &node), SHMRPC_INVALID_ARGUMENT);
    cr_assert_str_eq(shmrpc_failure_last()->message, "every.Node: nested too deeply");
}

/* Entries of a map with keys of a newer version are left out, whatever they hold. */
DEFINE(maps_Keys_moods, "")
static const type_row hand_rows[] = { ROW(maps_Keys_moods, "") };

Test(dynamic, entries_with_unknown_keys_are_left_out_alike)
{
    static const char *const messages[] = {
        "\x84\x07\x00\x01\x09\x08\x00\x02\x01", "\x82\x07\x91\x01\x01\x00",
        "\x82\x01\x02\x01\x02", "\x81\x09", "\x82\x09\x09\x09\x09",
    };
    static const size_t lengths[] = { 9, 6, 5, 2, 5 };
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        require_agreement(&hand_rows[0], (const uint8_t *)messages[i], lengths[i], DECODED_MAX);
    decoded *table = decode(&hand_rows[0], (const uint8_t *)messages[0], 9, DECODED_MAX, true);
    cr_assert(table->is_good);
    cr_assert_eq(((const maps_Keys_moods *)table->value)->length, 2);
    release(table);
}
