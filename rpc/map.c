#include <shmrpc/map.h>

#include <stdlib.h>
#include <string.h>

#include <shmrpc/value.h>

/* ---- keys ---- */

/* The entries of one map. */
typedef struct entries {
    const shmrpc_map_shape *shape;
    const char *items;
} entries;

static const void *entry_at(const entries *self, uint32_t index)
{
    return self->items + index * self->shape->entry_bytes;
}

static bool is_number(const shmrpc_map_shape *shape)
{
    return shape->key_kind == SHMRPC_KEY_SIGNED || shape->key_kind == SHMRPC_KEY_UNSIGNED;
}

static uint64_t load_number(const void *key, uint32_t bytes)
{
    uint64_t number = 0; /* the machine is little-endian: text.h asks for that */
    switch (bytes) {
    case 1:
        memcpy(&number, key, 1);
        break;
    case 2:
        memcpy(&number, key, 2);
        break;
    case 4:
        memcpy(&number, key, 4);
        break;
    default:
        memcpy(&number, key, 8);
        break;
    }
    return number;
}

static shmrpc_string text_of(const shmrpc_map_shape *shape, const void *key)
{
    if (shape->key_kind == SHMRPC_KEY_STRING)
        return *(const shmrpc_string *)key;
    size_t length = strnlen(key, shape->key_bytes);
    return (shmrpc_string){ key, (uint32_t)length };
}

/* A number that ascends with the key: all of a number, and the first eight bytes of a text. */
static uint64_t rank_of(const shmrpc_map_shape *shape, const void *key)
{
    uint32_t bytes = shape->key_bytes;
    if (is_number(shape)) {
        uint64_t sign = shape->key_kind == SHMRPC_KEY_SIGNED ? (uint64_t)1 << (8 * bytes - 1) : 0;
        return load_number(key, bytes) ^ sign;
    }
    shmrpc_string text = text_of(shape, key);
    if (text.length >= 8)
        return __builtin_bswap64(load_number(text.text, 8));
    uint64_t rank = 0;
    for (uint32_t i = 0; i < text.length; i++)
        rank |= (uint64_t)(uint8_t)text.text[i] << (56 - 8 * i);
    return rank;
}

/* left <=> right, of keys that have the same rank. */
static int compare_tied(const shmrpc_map_shape *shape, const void *left, const void *right)
{
    if (is_number(shape))
        return 0;
    shmrpc_string one = text_of(shape, left);
    shmrpc_string other = text_of(shape, right);
    uint32_t least = one.length < other.length ? one.length : other.length;
    int order = least > 0 ? memcmp(one.text, other.text, least) : 0;
    return order != 0 ? order : (one.length > other.length) - (one.length < other.length);
}

static bool is_same_key(const shmrpc_map_shape *shape, const void *key, const void *other)
{
    if (is_number(shape))
        return load_number(key, shape->key_bytes) == load_number(other, shape->key_bytes);
    return shmrpc_string_equal(text_of(shape, key), text_of(shape, other));
}

static uint64_t mix(uint64_t bits)
{
    bits = (bits ^ bits >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ bits >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return bits ^ bits >> 32;
}

static uint64_t hash_of(const shmrpc_map_shape *shape, const void *key)
{
    if (is_number(shape))
        return mix(load_number(key, shape->key_bytes));
    shmrpc_string text = text_of(shape, key);
    uint64_t hash = text.length;
    uint32_t at = 0;
    for (; text.length - at >= 8; at += 8)
        hash = mix(hash ^ load_number(text.text + at, 8));
    uint64_t rest = 0;
    for (uint32_t i = at; i < text.length; i++)
        rest = rest << 8 | (uint8_t)text.text[i];
    return mix(hash ^ rest);
}

/* ---- order ---- */

typedef struct ranked {
    uint64_t rank;
    uint32_t index;
} ranked;

static ranked rank_entry(const entries *map, uint32_t index)
{
    return (ranked){ rank_of(map->shape, entry_at(map, index)), index };
}

/* left <=> right by their keys, which are of two maps of one shape, or of one map. */
static int compare(const entries *left_map, ranked left, const entries *right_map, ranked right)
{
    if (left.rank != right.rank)
        return left.rank < right.rank ? -1 : 1;
    return compare_tied(left_map->shape, entry_at(left_map, left.index),
                        entry_at(right_map, right.index));
}

/* Of two that have the same key, the first comes first. */
static bool precedes(const entries *map, ranked left, ranked right)
{
    int order = compare(map, left, map, right);
    return order < 0 || (order == 0 && left.index < right.index);
}

static void sift_down(const entries *map, ranked *heap, size_t root, size_t count)
{
    ranked moved = heap[root];
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && precedes(map, heap[child], heap[child + 1]))
            child++;
        if (!precedes(map, moved, heap[child]))
            break;
        heap[root] = heap[child];
    }
    heap[root] = moved;
}

/* Heapsort: no order of keys that a peer may choose is a bad one. */
static void sort(const entries *map, ranked *order, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift_down(map, order, i, count);
    for (size_t left = count; left-- > 1;) {
        ranked last = order[0];
        order[0] = order[left];
        order[left] = last;
        sift_down(map, order, 0, left);
    }
}

/* The entries from `first` up to `length`, by their keys. */
static void rank_entries(const entries *map, uint32_t first, uint32_t length, ranked *order)
{
    for (uint32_t i = first; i < length; i++)
        order[i - first] = rank_entry(map, i);
    sort(map, order, length - first);
}

/* ---- memory ---- */

enum { ENTRIES_ON_STACK = 128 };

/* An entry in a hash table. */
typedef struct slot {
    uint32_t tag;    /* of its hash */
    uint32_t number; /* its index + 1; 0: the slot is free */
} slot;

/* What comparing keys takes: slots, two and more for each entry, or ranked entries instead. */
typedef union room {
    slot slots[2 * ENTRIES_ON_STACK];
    ranked order[ENTRIES_ON_STACK];
} room;

static size_t slots_for(uint32_t length)
{
    size_t count = 8;
    while (count / 2 < length)
        count *= 2;
    return count;
}

/* For so many slots; NULL: there is no memory. */
static void *open_room(room *on_stack, size_t slot_count)
{
    size_t bytes = slot_count * sizeof(slot);
    return bytes <= sizeof *on_stack ? on_stack : malloc(bytes);
}

static void close_room(void *opened, const room *on_stack)
{
    if (opened != on_stack)
        free(opened);
}

/* ---- keys that differ ---- */

/* Does each key come after the one before it? */
static bool ascends(const entries *map, uint32_t length)
{
    ranked last = rank_entry(map, 0);
    for (uint32_t i = 1; i < length; i++) {
        ranked next = rank_entry(map, i);
        if (compare(map, last, map, next) >= 0)
            return false;
        last = next;
    }
    return true;
}

typedef enum verdict { DIFFERENT, TWICE, UNDECIDED } verdict;

/* With a hash table, unless too many keys fall on the same slots, as a peer may arrange it. */
static verdict compare_hashed(const entries *map, uint32_t length, slot *slots, size_t slot_count)
{
    enum { STEPS_PER_ENTRY = 4 };
    uint64_t steps = (uint64_t)length * STEPS_PER_ENTRY;
    memset(slots, 0, slot_count * sizeof *slots);
    for (uint32_t i = 0; i < length; i++) {
        const void *key = entry_at(map, i);
        uint64_t hash = hash_of(map->shape, key);
        uint32_t tag = (uint32_t)(hash >> 32);
        size_t at = hash & (slot_count - 1);
        for (; slots[at].number != 0; at = (at + 1) & (slot_count - 1)) {
            if (slots[at].tag == tag
                && is_same_key(map->shape, key, entry_at(map, slots[at].number - 1)))
                return TWICE;
            if (steps-- == 0)
                return UNDECIDED;
        }
        slots[at] = (slot){ tag, i + 1 };
    }
    return DIFFERENT;
}

static verdict compare_sorted(const entries *map, uint32_t length, ranked *order)
{
    rank_entries(map, 0, length, order);
    for (uint32_t i = 1; i < length; i++)
        if (compare(map, order[i - 1], map, order[i]) == 0)
            return TWICE;
    return DIFFERENT;
}

shmrpc_status shmrpc_map_check(const shmrpc_map_shape *shape, const void *items, uint32_t length,
                               size_t memory_max)
{
    entries map = { shape, items };
    if (length < 2 || ascends(&map, length))
        return SHMRPC_OK;
    room on_stack;
    size_t slot_count = slots_for(length);
    if (length > ENTRIES_ON_STACK && slot_count > memory_max / sizeof(slot))
        return SHMRPC_RESOURCE_EXHAUSTED;
    void *opened = open_room(&on_stack, slot_count);
    if (opened == NULL)
        return SHMRPC_RESOURCE_EXHAUSTED;
    verdict found = compare_hashed(&map, length, opened, slot_count);
    if (found == UNDECIDED)
        found = compare_sorted(&map, length, opened);
    close_room(opened, &on_stack);
    return found == TWICE ? SHMRPC_INVALID_ARGUMENT : SHMRPC_OK;
}

/* ---- equality ---- */

/* Pairs the entries from `first` on by their keys. */
static bool equal_paired(const entries *map, const entries *other_map, uint32_t first,
                         uint32_t length, ranked *order, shmrpc_entry_equal *equal, uint32_t depth)
{
    uint32_t count = length - first;
    ranked *other_order = order + count;
    rank_entries(map, first, length, order);
    rank_entries(other_map, first, length, other_order);
    for (uint32_t i = 0; i < count; i++)
        if (compare(map, order[i], other_map, other_order[i]) != 0
            || !equal(entry_at(map, order[i].index), entry_at(other_map, other_order[i].index),
                      depth))
            return false;
    return true;
}

bool shmrpc_map_equal(const shmrpc_map_shape *shape, const void *items, const void *others,
                      uint32_t length, shmrpc_entry_equal *equal, uint32_t depth)
{
    entries map = { shape, items };
    entries other_map = { shape, others };
    uint32_t same = 0; /* so many stand at the same place in both */
    for (; same < length; same++) {
        const void *entry = entry_at(&map, same);
        const void *other = entry_at(&other_map, same);
        if (!is_same_key(shape, entry, other))
            break;
        if (!equal(entry, other, depth))
            return false;
    }
    if (same == length)
        return true;
    room on_stack;
    void *opened = open_room(&on_stack, 4 * (size_t)(length - same)); /* both are ranked */
    if (opened == NULL)
        return false;
    bool is_equal = equal_paired(&map, &other_map, same, length, opened, equal, depth);
    close_room(opened, &on_stack);
    return is_equal;
}

/* ---- where it is asked ---- */

static const char twice[] = "two entries have the same key";
static const char no_memory[] = "no memory to compare the keys of a map";

shmrpc_status shmrpc_map_validate(const shmrpc_map_shape *shape, const void *items,
                                  uint32_t length, const char *path)
{
    shmrpc_status status = shmrpc_map_check(shape, items, length, SIZE_MAX);
    if (status == SHMRPC_OK)
        return SHMRPC_OK;
    return shmrpc_failure_set(SHMRPC_INVALID_ARGUMENT, SHMRPC_OUTCOME_NONE, "%s: %s", path,
                              status == SHMRPC_INVALID_ARGUMENT ? twice : no_memory);
}

uint8_t *shmrpc_pack_map_check(shmrpc_packer *packer, uint8_t *next, const shmrpc_map_shape *shape,
                               const void *items, uint32_t length, const char *problem)
{
    if (next == NULL)
        return NULL;
    shmrpc_status status = shmrpc_map_check(shape, items, length, SIZE_MAX);
    if (status == SHMRPC_OK)
        return next;
    return shmrpc_pack_fail(packer, status,
                            status == SHMRPC_INVALID_ARGUMENT ? problem : no_memory);
}

const uint8_t *shmrpc_get_map_check(shmrpc_reader *reader, const uint8_t *next,
                                    const shmrpc_map_shape *shape, const void *items,
                                    uint32_t length)
{
    if (next == NULL)
        return NULL;
    shmrpc_status status = shmrpc_map_check(shape, items, length, reader->decoded_budget);
    if (status == SHMRPC_OK)
        return next;
    return status == SHMRPC_INVALID_ARGUMENT ? shmrpc_get_fail(reader, next, twice)
                                             : shmrpc_get_exhausted(reader, next, no_memory);
}
