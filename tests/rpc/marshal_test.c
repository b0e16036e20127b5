/* Both halves against msgpack-c's packer and unpacker, which know nothing of ours. */
#include "decoding.h"
#include "random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <msgpack.h>

TestSuite(marshal, .timeout = 10);

/* -- integers -- */

static size_t add_around(int64_t *values, size_t count, int64_t center)
{
    for (int64_t offset = -2; offset <= 2; offset++)
        values[count++] = (int64_t)((uint64_t)center + (uint64_t)offset);
    return count;
}

/* All powers of two and what lies around them, positive and negative: no boundary is missed.
 * As bits: the same list serves signed and unsigned types. */
static size_t boundary_values(int64_t values[static 700])
{
    size_t count = add_around(values, 0, 0);
    for (int bit = 0; bit < 64; bit++) {
        count = add_around(values, count, (int64_t)(UINT64_C(1) << bit));
        count = add_around(values, count, (int64_t)(0 - (UINT64_C(1) << bit)));
    }
    count = add_around(values, count, -32);
    return count;
}

#define DEFINE_INTEGER_CHECK(name, type)                                                           \
    static void check_##name(uint64_t bits)                                                        \
    {                                                                                              \
        type value = (type)bits;                                                                   \
        uint8_t room[SHMRPC_MAX_ENCODED_##name];                                                   \
        size_t size = (size_t)(shmrpc_put_##name(room, value) - room);                             \
        msgpack_sbuffer oracle;                                                                    \
        msgpack_sbuffer_init(&oracle);                                                             \
        msgpack_packer packer;                                                                     \
        msgpack_packer_init(&packer, &oracle, msgpack_sbuffer_write);                              \
        msgpack_pack_##name(&packer, value);                                                       \
        cr_assert_eq(size, oracle.size);                                                           \
        cr_assert_eq(memcmp(room, oracle.data, size), 0);                                          \
        msgpack_sbuffer_destroy(&oracle);                                                          \
        for (size_t behind = 0; behind <= 16; behind += 16) {                                      \
            uint8_t bytes[32] = { 0 };                                                             \
            memcpy(bytes, room, size);                                                             \
            decoding d;                                                                            \
            type out = 0;                                                                          \
            const uint8_t *next = decoding_open(&d, bytes, size + behind)->next;                   \
            cr_assert_eq(shmrpc_get_##name(&d.reader, next, &out), next + size);                   \
            cr_assert(out == value, "%s %llx", #name, (unsigned long long)bits);                   \
            decoding_close(&d);                                                                    \
        }                                                                                          \
    }
DEFINE_INTEGER_CHECK(int8, int8_t)
DEFINE_INTEGER_CHECK(int16, int16_t)
DEFINE_INTEGER_CHECK(int32, int32_t)
DEFINE_INTEGER_CHECK(int64, int64_t)
DEFINE_INTEGER_CHECK(uint8, uint8_t)
DEFINE_INTEGER_CHECK(uint16, uint16_t)
DEFINE_INTEGER_CHECK(uint32, uint32_t)
DEFINE_INTEGER_CHECK(uint64, uint64_t)

static void check_integer(uint64_t bits)
{
    check_int8(bits);
    check_int16(bits);
    check_int32(bits);
    check_int64(bits);
    check_uint8(bits);
    check_uint16(bits);
    check_uint32(bits);
    check_uint64(bits);
}

Test(marshal, integers_at_every_boundary_are_packed_as_msgpack_c_packs_them)
{
    int64_t values[700];
    size_t count = boundary_values(values);
    for (size_t i = 0; i < count; i++)
        check_integer((uint64_t)values[i]);
}

Test(marshal, random_integers_are_packed_as_msgpack_c_packs_them)
{
    random_source random = random_start("marshal integers");
    for (int i = 0; i < 10000; i++)
        check_integer(random_bits(&random));
}

/* The forms cc to d3 carry 1, 2, 4, 8 bytes, unsigned then signed. */
static size_t put_form(uint8_t *bytes, unsigned form, uint64_t value)
{
    size_t width = (size_t)1 << (form & 3);
    bytes[0] = (uint8_t)(0xcc + form);
    for (size_t i = 0; i < width; i++)
        bytes[1 + i] = (uint8_t)(value >> (8 * (width - 1 - i)));
    return 1 + width;
}

static bool form_holds(unsigned form, bool is_signed, uint64_t value)
{
    unsigned width = 8u << (form & 3);
    if (form < 4) /* no negative number, and no bits past the width */
        return !(is_signed && value >> 63) && (width == 64 || value >> width == 0);
    if (!is_signed && value >> 63)
        return false;
    return width == 64 || (uint64_t)((int64_t)(value << (64 - width)) >> (64 - width)) == value;
}

/* What each reading function makes of one encoded value. */
static void check_readings(const uint8_t *bytes, size_t size, bool is_signed, uint64_t value)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, bytes, size);
    const uint8_t *next = reader->next;
    bool negative = is_signed && value >> 63;
    int64_t number = (int64_t)value;
    bool fits_signed = negative || value >> 63 == 0;
#define CHECK_READING(name, type, fits)                                                            \
    do {                                                                                           \
        type out = 0;                                                                              \
        bool read = shmrpc_get_##name(reader, next, &out) != NULL;                                 \
        cr_assert_eq(read, (fits), "%s of %02x: %llx", #name, bytes[0],                            \
                     (unsigned long long)value);                                                   \
        cr_assert(!read || out == (type)value);                                                    \
    } while (0)
    CHECK_READING(int64, int64_t, fits_signed);
    CHECK_READING(int32, int32_t, fits_signed && number >= INT32_MIN && number <= INT32_MAX);
    CHECK_READING(int16, int16_t, fits_signed && number >= INT16_MIN && number <= INT16_MAX);
    CHECK_READING(int8, int8_t, fits_signed && number >= INT8_MIN && number <= INT8_MAX);
    CHECK_READING(uint64, uint64_t, !negative);
    CHECK_READING(uint32, uint32_t, !negative && value <= UINT32_MAX);
    CHECK_READING(uint16, uint16_t, !negative && value <= UINT16_MAX);
    CHECK_READING(uint8, uint8_t, !negative && value <= UINT8_MAX);
#undef CHECK_READING
    decoding_close(&d);
}

Test(marshal, any_form_of_an_integer_is_read_if_its_value_fits)
{
    int64_t values[700];
    size_t count = boundary_values(values);
    for (size_t i = 0; i < count; i++)
        for (unsigned form = 0; form < 8; form++)
            for (int is_signed = 0; is_signed < 2; is_signed++) {
                uint64_t value = (uint64_t)values[i];
                if (!form_holds(form, is_signed, value))
                    continue;
                uint8_t bytes[32] = { 0 };
                size_t size = put_form(bytes, form, value);
                check_readings(bytes, size, is_signed, value);
                check_readings(bytes, sizeof bytes, is_signed, value);
            }
}

/* -- a message with everything in it -- */

enum { ITEMS_MAX = 40, TEXT_MAX = 300 };

typedef struct record {
    bool flag;
    int32_t number;
    uint64_t natural;
    float narrow;
    double wide;
    char text[TEXT_MAX + 1];
    char member[25];
    char again[25];
    uint32_t byte_count;
    uint8_t bytes[TEXT_MAX];
    uint32_t item_count;
    int64_t items[ITEMS_MAX];
    double doubles[ITEMS_MAX];
    uint16_t shorts[ITEMS_MAX];
    bool flags[ITEMS_MAX];
    bool has_option;
    int8_t option;
} record;

/* Up to `bytes_max` bytes of characters of one to four bytes. */
static void random_text(random_source *random, char *out, uint32_t bytes_max)
{
    static const char *const characters[] = { "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };
    uint32_t length = random_below(random, random_below(random, 4) != 0 ? 30 : bytes_max);
    bool plain = random_below(random, 3) != 0;
    uint32_t at = 0;
    while (at < length && at + 4 <= bytes_max)
        if (plain || random_below(random, 2) != 0)
            out[at++] = (char)(1 + random_below(random, 127));
        else
            at += (uint32_t)strlen(strcpy(out + at, characters[random_below(random, 3)]));
    out[at] = '\0';
}

static void random_record(random_source *random, record *out)
{
    memset(out, 0, sizeof *out);
    out->flag = random_below(random, 2);
    out->number = (int32_t)random_bits(random);
    out->natural = random_bits(random);
    out->narrow = (float)(int64_t)random_bits(random) / 3;
    out->wide = (double)(int64_t)random_bits(random) / 3;
    random_text(random, out->text, TEXT_MAX);
    random_text(random, out->member, 24);
    random_text(random, out->again, 24);
    out->byte_count = random_below(random, TEXT_MAX);
    for (uint32_t i = 0; i < out->byte_count; i++)
        out->bytes[i] = (uint8_t)random_next(random);
    out->item_count = random_below(random, ITEMS_MAX);
    for (uint32_t i = 0; i < out->item_count; i++) {
        out->items[i] = (int64_t)random_bits(random);
        out->doubles[i] = (double)out->items[i] / 7;
        out->shorts[i] = (uint16_t)random_bits(random);
        out->flags[i] = random_below(random, 2);
    }
    out->has_option = random_below(random, 2);
    out->option = (int8_t)(out->has_option ? random_bits(random) : 0);
}

static uint8_t *encode_record(const record *r, shmrpc_packer *packer, uint8_t *next)
{
    next = shmrpc_pack_array(packer, next, 13);
    next = shmrpc_pack_boolean(packer, next, r->flag);
    next = shmrpc_pack_int32(packer, next, r->number);
    next = shmrpc_pack_uint64(packer, next, r->natural);
    next = shmrpc_pack_float(packer, next, r->narrow);
    next = shmrpc_pack_double(packer, next, r->wide);
    next = shmrpc_pack_string(packer, next, shmrpc_string_of(r->text));
    next = shmrpc_pack_bounded_string(packer, next, r->member, 24);
    next = shmrpc_pack_bytes(packer, next, r->bytes, r->byte_count);
    next = shmrpc_pack_array(packer, next, r->item_count);
    next = shmrpc_pack_int64_items(packer, next, r->items, r->item_count);
    next = shmrpc_pack_array(packer, next, r->item_count);
    next = shmrpc_pack_double_items(packer, next, r->doubles, r->item_count);
    next = shmrpc_pack_map(packer, next, r->item_count);
    for (uint32_t i = 0; i < r->item_count; i++) {
        next = shmrpc_pack_uint16(packer, next, r->shorts[i]);
        next = shmrpc_pack_boolean(packer, next, r->flags[i]);
    }
    next = shmrpc_pack_text(packer, next, r->again);
    return r->has_option ? shmrpc_pack_int8(packer, next, r->option)
                         : shmrpc_pack_nil(packer, next);
}

static void oracle_text(msgpack_packer *packer, const char *text)
{
    msgpack_pack_str(packer, strlen(text));
    msgpack_pack_str_body(packer, text, strlen(text));
}

static void oracle_boolean(msgpack_packer *packer, bool value)
{
    if (value)
        msgpack_pack_true(packer);
    else
        msgpack_pack_false(packer);
}

static void oracle_items(msgpack_packer *packer, const record *r)
{
    msgpack_pack_array(packer, r->item_count);
    for (uint32_t i = 0; i < r->item_count; i++)
        msgpack_pack_int64(packer, r->items[i]);
    msgpack_pack_array(packer, r->item_count);
    for (uint32_t i = 0; i < r->item_count; i++)
        msgpack_pack_double(packer, r->doubles[i]);
    msgpack_pack_map(packer, r->item_count);
    for (uint32_t i = 0; i < r->item_count; i++) {
        msgpack_pack_uint16(packer, r->shorts[i]);
        oracle_boolean(packer, r->flags[i]);
    }
}

static void oracle_record(msgpack_sbuffer *out, const record *r)
{
    msgpack_sbuffer_init(out);
    msgpack_packer packer;
    msgpack_packer_init(&packer, out, msgpack_sbuffer_write);
    msgpack_pack_array(&packer, 13);
    oracle_boolean(&packer, r->flag);
    msgpack_pack_int32(&packer, r->number);
    msgpack_pack_uint64(&packer, r->natural);
    msgpack_pack_float(&packer, r->narrow);
    msgpack_pack_double(&packer, r->wide);
    oracle_text(&packer, r->text);
    oracle_text(&packer, r->member);
    msgpack_pack_bin(&packer, r->byte_count);
    msgpack_pack_bin_body(&packer, r->bytes, r->byte_count);
    oracle_items(&packer, r);
    oracle_text(&packer, r->again);
    if (r->has_option)
        msgpack_pack_int8(&packer, r->option);
    else
        msgpack_pack_nil(&packer);
}

static const uint8_t *decode_sequences(record *out, shmrpc_reader *reader, const uint8_t *next)
{
    uint32_t count = 0;
    void *memory;
    next = shmrpc_get_count(reader, next, &out->item_count);
    next = shmrpc_get_bound(reader, next, out->item_count, ITEMS_MAX);
    next = shmrpc_get_items(reader, next, out->item_count, sizeof *out->items, &memory);
    if (next == NULL)
        return NULL;
    next = shmrpc_get_int64_items(reader, next, memory, out->item_count);
    if (out->item_count != 0)
        memcpy(out->items, memory, out->item_count * sizeof *out->items);
    next = shmrpc_get_tuple(reader, next, out->item_count);
    next = shmrpc_get_double_items(reader, next, out->doubles, out->item_count);
    next = shmrpc_get_map(reader, next, &count);
    next = shmrpc_get_bound(reader, next, count, out->item_count);
    for (uint32_t i = 0; i < count && next != NULL; i++) {
        next = shmrpc_get_uint16(reader, next, &out->shorts[i]);
        next = shmrpc_get_boolean(reader, next, &out->flags[i]);
    }
    return next;
}

static const uint8_t *decode_record(record *out, shmrpc_string texts[2], shmrpc_reader *reader,
                                    const uint8_t *next)
{
    uint8_t *bytes = NULL;
    next = shmrpc_get_tuple(reader, next, 13);
    next = shmrpc_get_boolean(reader, next, &out->flag);
    next = shmrpc_get_int32(reader, next, &out->number);
    next = shmrpc_get_uint64(reader, next, &out->natural);
    next = shmrpc_get_float(reader, next, &out->narrow);
    next = shmrpc_get_double(reader, next, &out->wide);
    next = shmrpc_get_limited_string(reader, next, &texts[0], TEXT_MAX);
    next = shmrpc_get_bounded_string(reader, next, out->member, 24);
    next = shmrpc_get_bytes(reader, next, &bytes, &out->byte_count);
    next = shmrpc_get_bound(reader, next, out->byte_count, TEXT_MAX);
    if (next != NULL && out->byte_count != 0)
        memcpy(out->bytes, bytes, out->byte_count);
    next = decode_sequences(out, reader, next);
    next = shmrpc_get_limited_string(reader, next, &texts[1], 24);
    bool is_nil = false;
    next = shmrpc_get_nil_if(reader, next, &is_nil);
    out->has_option = !is_nil;
    return is_nil ? next : shmrpc_get_int8(reader, next, &out->option);
}

static void assert_same(const record *a, const record *b)
{
    cr_assert(a->flag == b->flag && a->number == b->number && a->natural == b->natural);
    cr_assert(a->narrow == b->narrow && a->wide == b->wide);
    cr_assert_str_eq(a->text, b->text);
    cr_assert_str_eq(a->member, b->member);
    cr_assert_str_eq(a->again, b->again);
    cr_assert_eq(a->byte_count, b->byte_count);
    cr_assert_eq(memcmp(a->bytes, b->bytes, a->byte_count), 0);
    cr_assert_eq(a->item_count, b->item_count);
    cr_assert_eq(memcmp(a->items, b->items, sizeof a->items), 0);
    cr_assert_eq(memcmp(a->doubles, b->doubles, sizeof a->doubles), 0);
    cr_assert_eq(memcmp(a->shorts, b->shorts, sizeof a->shorts), 0);
    cr_assert_eq(memcmp(a->flags, b->flags, sizeof a->flags), 0);
    cr_assert(a->has_option == b->has_option && a->option == b->option);
}

/* Decodes `length` bytes; what is in the byte after them may not matter. */
static bool decodes(const void *bytes, size_t length, uint8_t behind, record *out)
{
    memset(out, 0, sizeof *out);
    decoding d;
    shmrpc_reader *reader = decoding_open_before(&d, bytes, length, behind);
    shmrpc_string texts[2] = { { NULL, 0 }, { NULL, 0 } };
    const uint8_t *next = decode_record(out, texts, reader, reader->next);
    bool decoded = shmrpc_reader_finish(reader, next);
    if (decoded) {
        cr_assert_eq(strlen(texts[0].text), texts[0].length);
        strcpy(out->text, texts[0].text);
        cr_assert_eq(strlen(texts[1].text), texts[1].length);
        strcpy(out->again, texts[1].text);
    } else {
        cr_assert_not_null(reader->problem);
        cr_assert_leq(reader->problem_offset, length);
    }
    decoding_close(&d);
    return decoded;
}

static void assert_unpacks_alike(const uint8_t *bytes, const msgpack_sbuffer *oracle)
{
    msgpack_unpacked ours, theirs;
    msgpack_unpacked_init(&ours);
    msgpack_unpacked_init(&theirs);
    cr_assert_eq(msgpack_unpack_next(&ours, (const char *)bytes, oracle->size, NULL),
                 MSGPACK_UNPACK_SUCCESS);
    cr_assert_eq(msgpack_unpack_next(&theirs, oracle->data, oracle->size, NULL),
                 MSGPACK_UNPACK_SUCCESS);
    cr_assert(msgpack_object_equal(ours.data, theirs.data));
    msgpack_unpacked_destroy(&ours);
    msgpack_unpacked_destroy(&theirs);
}

Test(marshal, random_messages_are_those_of_msgpack_c)
{
    random_source random = random_start("marshal messages");
    static record made, read;
    for (int round = 0; round < 3000; round++) {
        random_record(&random, &made);
        msgpack_sbuffer oracle;
        oracle_record(&oracle, &made);
        uint8_t *room = malloc(oracle.size + 400); /* what is reserved and not used, at most */
        shmrpc_packer packer;
        shmrpc_packer_init(&packer, room, oracle.size + 400);
        const uint8_t *next = encode_record(&made, &packer, room);
        cr_assert_not_null(next, "%s", packer.problem);
        cr_assert_eq((size_t)(next - room), oracle.size);
        cr_assert_eq(memcmp(room, oracle.data, oracle.size), 0);
        assert_unpacks_alike(room, &oracle);
        cr_assert(decodes(oracle.data, oracle.size, 0xc1, &read));
        assert_same(&made, &read);
        msgpack_sbuffer_destroy(&oracle);
        free(room);
    }
}

Test(marshal, a_message_cut_anywhere_does_not_decode)
{
    random_source random = random_start("marshal cuts");
    static record made, read;
    for (int round = 0; round < 30; round++) {
        random_record(&random, &made);
        msgpack_sbuffer oracle;
        oracle_record(&oracle, &made);
        for (size_t length = 0; length < oracle.size; length++) {
            cr_assert_not(decodes(oracle.data, length, (uint8_t)oracle.data[length], &read));
            cr_assert_not(decodes(oracle.data, length, 0, &read));
        }
        msgpack_sbuffer_destroy(&oracle);
    }
}

Test(marshal, a_message_with_random_damage_does_no_harm)
{
    random_source random = random_start("marshal damage");
    static record made, read;
    for (int round = 0; round < 3000; round++) {
        random_record(&random, &made);
        msgpack_sbuffer oracle;
        oracle_record(&oracle, &made);
        for (uint32_t i = 0; i < 1 + random_below(&random, 4); i++)
            oracle.data[random_below(&random, (uint32_t)oracle.size)] = (char)random_next(&random);
        decodes(oracle.data, oracle.size, (uint8_t)random_next(&random), &read);
        decoding d;
        shmrpc_reader *reader = decoding_open(&d, oracle.data, oracle.size);
        const uint8_t *next = shmrpc_get_skip(reader, reader->next, 1);
        cr_assert(next == NULL || next <= reader->end);
        decoding_close(&d);
        msgpack_sbuffer_destroy(&oracle);
    }
}

/* -- the other scalars, in bulk -- */

#define DEFINE_ITEMS_CHECK(name, type)                                                             \
    static void check_##name##_items(random_source *random, size_t count)                          \
    {                                                                                              \
        type items[600], read[600] = { 0 };                                                        \
        uint8_t bytes[600 * 9];                                                                    \
        for (size_t i = 0; i < count; i++)                                                         \
            items[i] = (type)random_bits(random);                                                  \
        shmrpc_packer packer;                                                                      \
        shmrpc_packer_init(&packer, bytes, sizeof bytes);                                          \
        const uint8_t *end = shmrpc_pack_##name##_items(&packer, bytes, items, count);             \
        uint8_t *one = bytes;                                                                      \
        decoding d;                                                                                \
        shmrpc_reader *reader = decoding_open(&d, bytes, (size_t)(end - bytes));                   \
        for (size_t i = 0; i < count; i++)                                                         \
            one = shmrpc_put_##name(one, items[i]);                                                \
        cr_assert_eq(one, end);                                                                    \
        cr_assert_eq(memcmp(bytes, reader->start, (size_t)(end - bytes)), 0);                      \
        cr_assert_eq(shmrpc_get_##name##_items(reader, reader->next, read, count), reader->end);   \
        cr_assert_eq(memcmp(items, read, count * sizeof(type)), 0);                                \
        cr_assert_null(shmrpc_get_##name##_items(reader, reader->next, read, count + 1));          \
        decoding_close(&d);                                                                        \
    }
DEFINE_ITEMS_CHECK(boolean, bool)
DEFINE_ITEMS_CHECK(int8, int8_t)
DEFINE_ITEMS_CHECK(int16, int16_t)
DEFINE_ITEMS_CHECK(int32, int32_t)
DEFINE_ITEMS_CHECK(int64, int64_t)
DEFINE_ITEMS_CHECK(uint8, uint8_t)
DEFINE_ITEMS_CHECK(uint16, uint16_t)
DEFINE_ITEMS_CHECK(uint32, uint32_t)
DEFINE_ITEMS_CHECK(uint64, uint64_t)
DEFINE_ITEMS_CHECK(float, float)
DEFINE_ITEMS_CHECK(double, double)

Test(marshal, items_are_the_same_one_by_one_and_in_bulk)
{
    random_source random = random_start("marshal items");
    for (size_t count = 0; count < 599; count += 1 + count / 3) {
        check_boolean_items(&random, count);
        check_int8_items(&random, count);
        check_int16_items(&random, count);
        check_int32_items(&random, count);
        check_int64_items(&random, count);
        check_uint8_items(&random, count);
        check_uint16_items(&random, count);
        check_uint32_items(&random, count);
        check_uint64_items(&random, count);
        check_float_items(&random, count);
        check_double_items(&random, count);
    }
}

Test(marshal, every_kind_of_number_keeps_its_bits)
{
    static const double numbers[] = { 0.0, -0.0, 1e-310, INFINITY, -INFINITY, NAN, 0.1 };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint8_t bytes[9];
        double wide;
        float narrow, expected = (float)numbers[i];
        decoding d;
        shmrpc_put_double(bytes, numbers[i]);
        decoding_open(&d, bytes, 9);
        cr_assert_not_null(shmrpc_get_double(&d.reader, d.reader.next, &wide));
        cr_assert_eq(memcmp(&wide, &numbers[i], sizeof wide), 0);
        decoding_close(&d);
        shmrpc_put_float(bytes, expected);
        decoding_open(&d, bytes, 5);
        cr_assert_not_null(shmrpc_get_float(&d.reader, d.reader.next, &narrow));
        cr_assert_eq(memcmp(&narrow, &expected, sizeof narrow), 0);
        decoding_close(&d);
    }
}

/* Headers of `count` as msgpack-c writes them. */
static void check_headers(uint32_t count)
{
    msgpack_sbuffer oracle;
    msgpack_sbuffer_init(&oracle);
    msgpack_packer packer;
    msgpack_packer_init(&packer, &oracle, msgpack_sbuffer_write);
    msgpack_pack_array(&packer, count);
    msgpack_pack_map(&packer, count);
    msgpack_pack_str(&packer, count);
    msgpack_pack_bin(&packer, count);
    uint8_t bytes[20];
    uint8_t *next = shmrpc_put_array(bytes, count);
    next = shmrpc_put_map(next, count);
    next = shmrpc_put_str_header(next, count);
    next = shmrpc_put_bin_header(next, count);
    cr_assert_eq((size_t)(next - bytes), oracle.size);
    cr_assert_eq(memcmp(bytes, oracle.data, oracle.size), 0);
    msgpack_sbuffer_destroy(&oracle);
}

Test(marshal, headers_are_those_of_msgpack_c)
{
    for (int bit = 0; bit < 32; bit++)
        for (uint32_t offset = 0; offset < 3; offset++)
            check_headers((UINT32_C(1) << bit) - 1 + offset);
    check_headers(UINT32_MAX);
}
