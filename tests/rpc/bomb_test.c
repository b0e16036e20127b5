/* Messages of a few bytes that want to cost much: each is refused, in bounded time and memory. */
#include "decoding.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(bomb, .timeout = 10);

enum { DECODED_MAX = 1 << 20, BOMB_MAX = 200 };

/* A recursive type with a sequence, a map, a string and bytes in it:
 *     struct Node { sequence<Node> kids; map<long, Node> named; string text; sequence<octet> bytes;
 *                   sequence<double> numbers; } */
typedef struct node {
    struct node *kids;
    struct node *named;
    shmrpc_string text;
    shmrpc_bytes bytes;
    double *numbers;
    uint32_t kid_count, named_count, number_count;
    char inline_text[400]; /* what makes a short message long once it is decoded */
} node;

static const uint8_t *decode_node(node *out, shmrpc_reader *reader, const uint8_t *next);

static const uint8_t *decode_kids(node *out, shmrpc_reader *reader, const uint8_t *next)
{
    void *memory;
    next = shmrpc_get_count(reader, next, &out->kid_count);
    next = shmrpc_get_items(reader, next, out->kid_count, sizeof(node), &memory);
    out->kids = memory;
    for (uint32_t i = 0; i < out->kid_count && next != NULL; i++)
        next = decode_node(&out->kids[i], reader, next);
    return next;
}

static const uint8_t *decode_named(node *out, shmrpc_reader *reader, const uint8_t *next)
{
    void *memory;
    next = shmrpc_get_map(reader, next, &out->named_count);
    next = shmrpc_get_items(reader, next, out->named_count, sizeof(node), &memory);
    out->named = memory;
    for (uint32_t i = 0; i < out->named_count && next != NULL; i++) {
        int32_t key;
        next = shmrpc_get_int32(reader, next, &key);
        next = decode_node(&out->named[i], reader, next);
    }
    return next;
}

static const uint8_t *decode_numbers(node *out, shmrpc_reader *reader, const uint8_t *next)
{
    void *memory;
    next = shmrpc_get_count(reader, next, &out->number_count);
    next = shmrpc_get_items(reader, next, out->number_count, sizeof(double), &memory);
    out->numbers = memory;
    return shmrpc_get_double_items(reader, next, out->numbers, out->number_count);
}

/* Appendable: members may be missing, and more may follow. */
static const uint8_t *decode_node(node *out, shmrpc_reader *reader, const uint8_t *next)
{
    uint32_t count = 0;
    memset(out, 0, sizeof *out);
    next = shmrpc_reader_enter(reader, next);
    next = shmrpc_get_array(reader, next, &count);
    if (next != NULL && count > 0)
        next = decode_kids(out, reader, next);
    if (next != NULL && count > 1)
        next = decode_named(out, reader, next);
    if (next != NULL && count > 2)
        next = shmrpc_get_string(reader, next, &out->text);
    if (next != NULL && count > 3)
        next = shmrpc_get_bytes(reader, next, &out->bytes.items, &out->bytes.length);
    if (next != NULL && count > 4)
        next = decode_numbers(out, reader, next);
    if (next != NULL && count > 5)
        next = shmrpc_get_skip(reader, next, count - 5);
    shmrpc_reader_leave(reader);
    return next;
}

/* The table is generated: each header that announces something, with each count, at each place
 * where a decoder reads one, alone and after a tail of honest bytes. */
typedef struct bomb {
    uint8_t bytes[BOMB_MAX];
    size_t length;
} bomb;

static const struct {
    uint8_t byte;
    size_t width;
} announcing[] = {
    { 0xdc, 2 }, { 0xdd, 4 }, { 0xde, 2 }, { 0xdf, 4 }, /* array, map */
    { 0xd9, 1 }, { 0xda, 2 }, { 0xdb, 4 },              /* str */
    { 0xc4, 1 }, { 0xc5, 2 }, { 0xc6, 4 },              /* bin */
    { 0xc7, 1 }, { 0xc8, 2 }, { 0xc9, 4 },              /* ext */
};
enum { ANNOUNCING_COUNT = sizeof announcing / sizeof *announcing };

static const uint32_t announced[] = { 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xaaaaaaab, 0xffffffff,
                                      0x10000000, 0x00010000, 200 };
enum { ANNOUNCED_COUNT = sizeof announced / sizeof *announced };

/* What stands before: the way to kids, named, text, bytes, numbers, and to what is skipped. */
static const struct {
    const char *bytes;
    size_t length;
} places[] = {
    { "", 0 }, { "\x91", 1 }, { "\x92\x90", 2 }, { "\x93\x90\x80", 3 }, { "\x94\x90\x80\xa0", 4 },
    { "\x95\x90\x80\xa0\xc4\0", 6 }, { "\x96\x90\x80\xa0\xc4\0\x90", 7 },
    { "\x91\x91\x91\x91\x91\x91\x91", 7 },              /* seven levels of kids down */
    { "\x92\x90\x81\0\x92\x90\x81\0\x91", 9 },          /* in a map in a map */
    { "\x97\x90\x80\xa0\xc4\0\x90\x91\x91\x91", 10 },   /* in what is skipped */
};
enum { PLACE_COUNT = sizeof places / sizeof *places };

static void append(bomb *b, const void *bytes, size_t length)
{
    memcpy(b->bytes + b->length, bytes, length);
    b->length += length;
}

static bomb make_bomb(size_t place, size_t form, uint32_t count, size_t tail)
{
    bomb b = { { 0 }, 0 };
    append(&b, places[place].bytes, places[place].length);
    append(&b, &announcing[form].byte, 1);
    for (size_t i = announcing[form].width; i-- > 0;) {
        uint8_t byte = (uint8_t)(count >> (8 * i));
        append(&b, &byte, 1);
    }
    uint8_t honest[BOMB_MAX];
    memset(honest, 0x90, sizeof honest);
    append(&b, honest, tail);
    return b;
}

/* All that a reader's arena took from the heap. */
static size_t arena_bytes(shmrpc_arena *arena)
{
    size_t before = (size_t)(arena->end - arena->next);
    shmrpc_arena_reset(arena); /* into one chunk */
    size_t after = (size_t)(arena->end - arena->next);
    return after > before ? after : before;
}

static void assert_refused(const void *bytes, size_t length, const char *what)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, bytes, length);
    node root;
    const uint8_t *next = decode_node(&root, reader, reader->next);
    cr_assert_not(shmrpc_reader_finish(reader, next), "%s", what);
    cr_assert_not_null(reader->problem);
    cr_assert_leq(arena_bytes(&d.arena), 2 * DECODED_MAX, "%s", what);
    decoding_close(&d);
    reader = decoding_open(&d, bytes, length);
    next = shmrpc_get_skip(reader, reader->next, 1);
    cr_assert_not(shmrpc_reader_finish(reader, next), "skipping %s", what);
    cr_assert_null(d.arena.chunks);
    decoding_close(&d);
}

Test(bomb, every_announcement_that_is_not_kept_is_refused_everywhere)
{
    for (size_t place = 0; place < PLACE_COUNT; place++)
        for (size_t form = 0; form < ANNOUNCING_COUNT; form++)
            for (size_t i = 0; i < ANNOUNCED_COUNT; i++)
                for (size_t tail = 0; tail <= 100; tail += 50) {
                    uint32_t most = UINT32_MAX >> (32 - 8 * announcing[form].width);
                    uint32_t count = announced[i] <= most ? announced[i] : most;
                    char what[80];
                    snprintf(what, sizeof what, "%02x of %x at place %zu, tail %zu",
                             announcing[form].byte, count, place, tail);
                    bomb b = make_bomb(place, form, count, tail);
                    assert_refused(b.bytes, b.length, what);
                }
}

Test(bomb, every_announcement_nested_in_itself_is_refused)
{
    for (size_t form = 0; form < 4; form++) {
        uint8_t bytes[100 * 5];
        size_t size = 1 + announcing[form].width;
        for (size_t i = 0; i < 100; i++) {
            memset(bytes + i * size, 0xff, size);
            bytes[i * size] = announcing[form].byte;
        }
        assert_refused(bytes, 100 * size, "nested in itself");
    }
}

/* A million levels: no stack for them, no time either. */
Test(bomb, nesting_a_million_deep_is_refused)
{
    static const uint8_t headers[] = { 0x91, 0x81, 0xdc, 0xdd };
    size_t length = 1000000;
    uint8_t *bytes = malloc(length);
    for (size_t i = 0; i < sizeof headers; i++) {
        memset(bytes, 0x01, length);
        size_t size = headers[i] == 0xdc ? 3 : headers[i] == 0xdd ? 5 : headers[i] == 0x81 ? 2 : 1;
        for (size_t at = 0; at + size <= length; at += size) {
            memset(bytes + at, 0, size);
            bytes[at] = headers[i];
            bytes[at + size - 1] |= 1;
        }
        decoding d;
        shmrpc_reader *reader = decoding_open(&d, bytes, length);
        cr_assert_null(shmrpc_get_skip(reader, reader->next, 1));
        cr_assert_str_eq(reader->problem, "a value is nested too deeply");
        decoding_close(&d);
    }
    memset(bytes, 0x91, length); /* a node with one kid, with one kid, ... */
    assert_refused(bytes, length, "a million kids' kids");
    free(bytes);
}

Test(bomb, skipping_goes_32_levels_deep_and_no_deeper)
{
    uint8_t bytes[34];
    for (size_t levels = 30; levels <= 33; levels++) {
        memset(bytes, 0x91, levels);
        bytes[levels - 1] = 0x90;
        decoding d;
        shmrpc_reader *reader = decoding_open(&d, bytes, levels);
        const uint8_t *next = shmrpc_get_skip(reader, reader->next, 1);
        cr_assert_eq(next != NULL, levels <= SHMRPC_DEPTH_MAX, "%zu levels", levels);
        decoding_close(&d);
    }
}

/* Each level claims all the bytes that remain: 30 times the message, were each looked at alone. */
Test(bomb, claims_are_added_up_over_the_levels)
{
    enum { LENGTH = 20000 };
    uint8_t *bytes = malloc(LENGTH);
    memset(bytes, 0x90, LENGTH);
    size_t at = 0;
    for (int level = 0; level < 30; level++) {
        uint32_t claim = LENGTH - 1000;
        const uint8_t header[4] = { 0x91, 0xdc, (uint8_t)(claim >> 8), (uint8_t)claim };
        memcpy(bytes + at, header, sizeof header);
        at += sizeof header;
    }
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, bytes, LENGTH);
    reader->decoded_budget = SIZE_MAX; /* so that nothing else refuses */
    node root;
    cr_assert_null(decode_node(&root, reader, reader->next));
    cr_assert_str_eq(reader->problem, "more elements are announced than there are");
    cr_assert_leq(arena_bytes(&d.arena), 2 * LENGTH * sizeof(node));
    decoding_close(&d);
    reader = decoding_open(&d, bytes, LENGTH);
    cr_assert_null(shmrpc_get_skip(reader, reader->next, 1));
    cr_assert_str_eq(reader->problem, "more elements are announced than there are");
    decoding_close(&d);
    free(bytes);
}

/* Honest by count: 10,000 empty nodes of one byte each, which take half a kilobyte each in C. */
Test(bomb, small_elements_of_a_large_type_are_stopped_by_the_decoded_size)
{
    uint8_t *bytes = malloc(10004);
    memset(bytes, 0x90, 10004);
    memcpy(bytes, "\x91\xdc\x27\x10", 4);
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, bytes, 10004);
    node root;
    const uint8_t *next = decode_node(&root, reader, reader->next);
    cr_assert_null(next);
    cr_assert_eq(reader->status, SHMRPC_RESOURCE_EXHAUSTED);
    cr_assert_str_eq(reader->problem, "the decoded message takes more memory than is allowed");
    cr_assert_null(d.arena.chunks);
    decoding_close(&d);
    reader = decoding_open(&d, bytes, 10004);
    reader->decoded_budget = 10000 * sizeof(node);
    next = decode_node(&root, reader, reader->next);
    cr_assert(shmrpc_reader_finish(reader, next), "what is allowed is decoded");
    cr_assert_eq(root.kid_count, 10000);
    cr_assert_eq(reader->decoded_budget, 0);
    decoding_close(&d);
    free(bytes);
}

Test(bomb, sizes_that_overflow_are_refused)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\x90", 1);
    reader->decoded_budget = SIZE_MAX;
    void *memory = &d;
    cr_assert_null(shmrpc_get_items(reader, reader->next, 0x80000000, SIZE_MAX / 2, &memory));
    cr_assert_null(memory);
    cr_assert_eq(reader->status, SHMRPC_RESOURCE_EXHAUSTED);
    cr_assert_null(shmrpc_get_items(reader, reader->next, 1, SIZE_MAX, &memory));
    cr_assert_null(d.arena.chunks);
    decoding_close(&d);
}

Test(bomb, there_are_no_items_without_an_arena)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\x90", 1);
    reader->arena = NULL;
    void *memory = &d;
    cr_assert_eq(shmrpc_get_items(reader, reader->next, 0, 8, &memory), reader->next);
    cr_assert_null(memory);
    cr_assert_null(shmrpc_get_items(reader, reader->next, 1, 8, &memory));
    decoding_close(&d);
}

Test(bomb, nils_do_not_pass_for_items)
{
    uint8_t bytes[1003];
    memset(bytes, 0xc0, sizeof bytes);
    memcpy(bytes, "\xdc\x03\xe8", 3);
    for (size_t place = 1; place < 7; place++) {
        uint8_t message[1020];
        memcpy(message, places[place].bytes, places[place].length);
        memcpy(message + places[place].length, bytes, sizeof bytes);
        size_t length = places[place].length + sizeof bytes;
        decoding d;
        shmrpc_reader *reader = decoding_open(&d, message, length);
        node root;
        const uint8_t *next = decode_node(&root, reader, reader->next);
        bool decoded = shmrpc_reader_finish(reader, next);
        cr_assert_eq(decoded, place == 6, "only what is skipped may be anything");
        cr_assert_leq(arena_bytes(&d.arena), DECODED_MAX);
        decoding_close(&d);
    }
}
