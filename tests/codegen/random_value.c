#include "random_value.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH_MAX = 20, DEPTH_MAX = 4 };

/* SplitMix64. */
uint64_t random_bits(randomness *random)
{
    uint64_t bits = random->state += UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return bits ^ (bits >> 31);
}

uint32_t random_below(randomness *random, uint32_t limit)
{
    return (uint32_t)(random_bits(random) % limit);
}

static bool random_flag(randomness *random)
{
    return random_below(random, 2) != 0;
}

/* Of any magnitude, so that each form of an integer occurs. */
static int64_t random_integer(randomness *random)
{
    return (int64_t)random_bits(random) >> random_below(random, 64);
}

static double random_real(randomness *random)
{
    return (double)random_integer(random) / 8.0;
}

static void *room(size_t count, size_t bytes)
{
    void *memory = calloc(count + 1, bytes);
    if (memory == NULL)
        abort();
    return memory;
}

/* At most `limit` bytes of UTF-8, some of it not ASCII; returns how many. */
static uint32_t random_characters(randomness *random, char *text, uint32_t limit)
{
    static const char *const pieces[] = { "a", "Z", " ", "7", "\xc3\xa9", "\xe2\x82\xac",
                                          "\xf0\x9f\x98\x80" };
    uint32_t length = 0;
    uint32_t wanted = random_below(random, limit + 1);
    for (;;) {
        const char *piece = pieces[random_below(random, 7)];
        uint32_t bytes = (uint32_t)strlen(piece);
        if (length + bytes > wanted)
            break;
        memcpy(text + length, piece, bytes);
        length += bytes;
    }
    text[length] = '\0';
    return length;
}

static shmrpc_string random_string(randomness *random, uint32_t limit)
{
    char *text = room(limit, 1);
    shmrpc_string string = { text, random_characters(random, text, limit) };
    return string;
}

static shmrpc_bytes random_bytes(randomness *random, uint32_t limit)
{
    shmrpc_bytes bytes = { room(limit, 1), random_below(random, limit + 1) };
    for (uint32_t i = 0; i < bytes.length; i++)
        bytes.items[i] = (uint8_t)random_bits(random);
    return bytes;
}

static every_Sparse random_sparse(randomness *random)
{
    static const every_Sparse values[] = { every_Sparse_MINUS, every_Sparse_THREE,
                                           every_Sparse_HUNDRED };
    return values[random_below(random, 3)];
}

/* An unbounded sequence of `length` items, each filled by a statement that uses `i`. */
#define FILL(sequence, statement)                                                                  \
    do {                                                                                           \
        (sequence).length = random_below(random, LENGTH_MAX);                                      \
        (sequence).items = room((sequence).length, sizeof *(sequence).items);                      \
        for (uint32_t i = 0; i < (sequence).length; i++)                                           \
            (sequence).items[i] = (statement);                                                     \
    } while (0)

void random_geo_Point(randomness *random, geo_Point *value)
{
    value->x = random_real(random);
    value->y = random_real(random);
}

void random_geo_OutOfReach(randomness *random, geo_OutOfReach *value)
{
    random_geo_Point(random, &value->where);
    value->reason = random_string(random, 60);
}

void random_every_Scalars(randomness *random, every_Scalars *value)
{
    value->flag = random_flag(random);
    value->letter = (char)random_bits(random);
    value->byte = (uint8_t)random_bits(random);
    value->i8 = (int8_t)random_integer(random);
    value->u8 = (uint8_t)random_integer(random);
    value->i16 = (int16_t)random_integer(random);
    value->u16 = (uint16_t)random_integer(random);
    value->i32 = (int32_t)random_integer(random);
    value->u32 = (uint32_t)random_integer(random);
    value->i64 = random_integer(random);
    value->u64 = (uint64_t)random_integer(random);
    value->f32 = (float)random_real(random);
    value->f64 = random_real(random);
    value->sparse = random_sparse(random);
    value->color = (geo_Color)random_below(random, 3);
}

void random_every_Limits(randomness *random, every_Limits *value)
{
    every_Limits_init(value);
    value->small = 1 + (int32_t)random_below(random, 10);
    value->anything = (uint32_t)random_bits(random);
    value->below = 1.5 - (double)random_below(random, 1000);
    value->unit = (float)random_below(random, 100) / 100.0f;
    value->whole = (uint8_t)random_bits(random);
    if (random_flag(random))
        value->text = random_string(random, 300);
    value->inline_text[random_characters(random, value->inline_text, 16)] = '\0';
}

void random_every_Optionals(randomness *random, every_Optionals *value)
{
    every_Optionals_init(value);
    if ((value->has_number = random_flag(random)))
        value->number = (int32_t)random_integer(random);
    if ((value->has_short_text = random_flag(random)))
        random_characters(random, value->short_text, 10);
    if ((value->has_long_text = random_flag(random)))
        value->long_text = random_string(random, 70000);
    if ((value->has_point = random_flag(random)))
        random_geo_Point(random, &value->point);
    if ((value->has_list = random_flag(random)))
        FILL(value->list, random_string(random, 40));
    if ((value->has_color = random_flag(random)))
        value->color = (geo_Color)random_below(random, 3);
    value->has_row = random_flag(random);
    for (uint32_t i = 0; value->has_row && i < 4; i++)
        value->row[i] = (int32_t)random_integer(random);
    if ((value->has_flag = random_flag(random)))
        value->flag = random_flag(random);
    if ((value->has_blob = random_flag(random)))
        value->blob = random_bytes(random, 300);
}

static void random_lists(randomness *random, every_Sequences *value)
{
    FILL(value->longs, (int32_t)random_integer(random));
    FILL(value->flags, random_flag(random));
    FILL(value->letters, (char)random_bits(random));
    FILL(value->strings, random_string(random, 40));
    FILL(value->sparse, random_sparse(random));
    FILL(value->percents, (int32_t)random_below(random, 101));
    FILL(value->large_longs, (int32_t)random_integer(random));
    value->points.length = 2;
    value->points.items = room(2, sizeof *value->points.items);
    random_geo_Point(random, &value->points.items[1]);
    value->nested.length = 3;
    value->nested.items = room(3, sizeof *value->nested.items);
    for (uint32_t k = 0; k < 3; k++)
        FILL(value->nested.items[k], (int32_t)random_integer(random));
}

void random_every_Sequences(randomness *random, every_Sequences *value)
{
    every_Sequences_init(value);
    random_lists(random, value);
    value->doubles.length = random_below(random, 9);
    for (uint32_t i = 0; i < value->doubles.length; i++)
        value->doubles.items[i] = random_real(random);
    value->short_strings.length = random_below(random, 5);
    for (uint32_t i = 0; i < value->short_strings.length; i++)
        random_characters(random, value->short_strings.items[i], 8);
    value->blob = random_bytes(random, 70000);
    value->digest.length = random_below(random, 21);
    memset(value->digest.items, 0x5a, value->digest.length);
    value->large_digest = random_bytes(random, 200);
    value->large_text = random_string(random, 200);
    value->names.length = 2;
    value->names.items = room(2, sizeof *value->names.items);
    random_characters(random, value->names.items[1], 40);
    value->rows.length = 1;
    value->rows.items = room(1, sizeof *value->rows.items);
    value->rows.items[0][3] = (int32_t)random_integer(random);
}

void random_every_Arrays(randomness *random, every_Arrays *value)
{
    every_Arrays_init(value);
    for (uint32_t i = 0; i < 3; i++)
        value->numbers[i] = (int32_t)random_integer(random);
    for (uint32_t i = 0; i < 16; i++)
        value->key[i] = (uint8_t)random_bits(random);
    value->keys[1][3] = (uint8_t)random_bits(random);
    value->matrix[2][1] = random_real(random);
    for (uint32_t i = 0; i < 2; i++) {
        random_characters(random, value->names[i], 40);
        random_characters(random, value->more_names[i], 40);
        random_geo_Point(random, &value->corners[1][i]);
        value->texts[i] = random_string(random, 50);
        value->rows[i][2] = (int32_t)random_integer(random);
        value->letters[i] = (char)random_bits(random);
        value->sparse[i] = random_sparse(random);
        value->percents[i] = (int32_t)random_below(random, 101);
    }
    FILL(value->lists[1], (int32_t)random_integer(random));
}

void random_every_Empty(randomness *random, every_Empty *value)
{
    (void)random;
    every_Empty_init(value);
}

void random_every_EmptyFinal(randomness *random, every_EmptyFinal *value)
{
    (void)random;
    every_EmptyFinal_init(value);
}

void random_every_Derived(randomness *random, every_Derived *value)
{
    value->first = (int32_t)random_integer(random);
    value->second = (int32_t)random_integer(random);
}

void random_every_Mutable(randomness *random, every_Mutable *value)
{
    every_Mutable_init(value);
    value->number = (int32_t)random_integer(random);
    if ((value->has_text = random_flag(random)))
        value->text = random_string(random, 30);
    random_geo_Point(random, &value->point);
    if ((value->has_list = random_flag(random)))
        FILL(value->list, (int32_t)random_integer(random));
    value->seven = (int32_t)random_integer(random);
}

void random_every_Node(randomness *random, every_Node *value)
{
    every_Node_init(value);
    value->label = random_string(random, 12);
    if (random->depth == DEPTH_MAX)
        return;
    random->depth++;
    value->children.length = random_below(random, 4);
    value->children.items = room(value->children.length, sizeof *value->children.items);
    for (uint32_t i = 0; i < value->children.length; i++)
        random_every_Node(random, &value->children.items[i]);
    if (random_flag(random)) {
        value->next = room(1, sizeof *value->next);
        random_every_Node(random, value->next);
    }
    random->depth--;
}

void random_every_Member(randomness *random, every_Member *value)
{
    every_Member_init(value);
    value->id = (int32_t)random_integer(random);
    if (random->depth == DEPTH_MAX)
        return;
    random->depth++;
    value->friends.length = random_below(random, 4);
    value->friends.items = room(value->friends.length, sizeof *value->friends.items);
    for (uint32_t i = 0; i < value->friends.length; i++)
        random_every_Member(random, &value->friends.items[i]);
    random->depth--;
}

void random_every_Words(randomness *random, every_Words *value)
{
    every_Words_init(value);
    value->register_ = (int32_t)random_integer(random);
    value->has_template_ = random_flag(random);
    value->has_template = 3;
}

void random_every_Page(randomness *random, every_Page *value)
{
    every_Page_init(value);
    value->bytes[random_below(random, 65536)] = (uint8_t)random_bits(random);
    value->title = random_string(random, 40);
}

void random_every_Nothing(randomness *random, every_Nothing *value)
{
    (void)random;
    every_Nothing_init(value);
}

void random_every_Failed(randomness *random, every_Failed *value)
{
    every_Failed_init(value);
    value->code = (int32_t)random_integer(random);
    random_characters(random, value->text, 20);
    if ((value->has_where = random_flag(random)))
        random_geo_Point(random, &value->where);
}
