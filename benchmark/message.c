#include "message.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <shmrpc/marshal.h>

enum { TAGS = 5, TEXT_BYTES_MAX = 80 };

/* -- building ------------------------------------------------------------------------------ */

static shmrpc_string format(shmrpc_arena *arena, const char *pattern, int number)
    __attribute__((format(printf, 2, 0)));

/* An empty text when the arena is exhausted; the builder asks the arena last. */
static shmrpc_string format(shmrpc_arena *arena, const char *pattern, int number)
{
    char *text = shmrpc_arena_alloc(arena, TEXT_BYTES_MAX);
    if (text == NULL)
        return shmrpc_string_of(NULL);
    snprintf(text, TEXT_BYTES_MAX, pattern, number);
    return shmrpc_string_of(text);
}

static bool build_texts(shmrpc_arena *arena, uint32_t count, bench_Texts *out_texts)
{
    out_texts->items = shmrpc_arena_alloc(arena, count * sizeof *out_texts->items);
    out_texts->length = count;
    return out_texts->items != NULL;
}

static bool build_item(shmrpc_arena *arena, int i, bench_Item *item)
{
    static const char *const colors[] = { "red", "green", "blue" };
    static const char *const sizes[] = { "small", "medium", "large" };

    item->id = i;
    item->name = format(arena, "item_%d", i);
    item->description = format(arena, "This is item number %d with some descriptive text", i);
    item->properties.color = shmrpc_string_of(colors[i % 3]);
    item->properties.size = shmrpc_string_of(sizes[i % 3]);
    item->properties.price = i * 1.99;
    item->properties.in_stock = i % 2 == 0;
    item->metadata.created = shmrpc_string_of("2025-01-01");
    item->metadata.updated = shmrpc_string_of("2025-11-07");
    item->metadata.version = 1;
    if (!build_texts(arena, TAGS, &item->tags))
        return false;
    for (int tag = 0; tag < TAGS; tag++)
        item->tags.items[tag] = format(arena, "tag_%d", tag);
    return item->name.text != NULL && item->description.text != NULL
           && item->tags.items[TAGS - 1].text != NULL;
}

static bool build_summary(shmrpc_arena *arena, const bench_Items *items, bench_Summary *summary)
{
    static const char *const categories[] = { "electronics", "clothing", "food", "toys" };
    enum { CATEGORIES = sizeof categories / sizeof *categories };

    summary->total_items = (int32_t)items->length;
    summary->total_value = 0;
    for (uint32_t i = 0; i < items->length; i++)
        summary->total_value += items->items[i].properties.price;
    if (!build_texts(arena, CATEGORIES, &summary->categories))
        return false;
    for (size_t i = 0; i < CATEGORIES; i++)
        summary->categories.items[i] = shmrpc_string_of(categories[i]);
    return true;
}

bool message_build(shmrpc_arena *arena, bench_Document *out_document)
{
    out_document->items_count = MESSAGE_ITEMS;
    bench_Items *items = &out_document->items;
    items->length = MESSAGE_ITEMS;
    items->items = shmrpc_arena_alloc(arena, MESSAGE_ITEMS * sizeof *items->items);
    if (items->items == NULL)
        return false;
    for (int i = 0; i < MESSAGE_ITEMS; i++) {
        if (!build_item(arena, i, &items->items[i]))
            return false;
    }
    return build_summary(arena, items, &out_document->summary);
}

/* -- reading ------------------------------------------------------------------------------- */

static void read_text(message_reading *reading, shmrpc_string text)
{
    reading->bytes += text.length;
    if (text.length > 0)
        reading->mixed += (uint64_t)(unsigned char)text.text[0] * 257
                          + (unsigned char)text.text[text.length - 1];
}

static void read_texts(message_reading *reading, const bench_Texts *texts)
{
    for (uint32_t i = 0; i < texts->length; i++)
        read_text(reading, texts->items[i]);
}

static void read_item(message_reading *reading, const bench_Item *item)
{
    read_text(reading, item->name);
    read_text(reading, item->description);
    read_text(reading, item->properties.color);
    read_text(reading, item->properties.size);
    read_texts(reading, &item->tags);
    read_text(reading, item->metadata.created);
    read_text(reading, item->metadata.updated);
    reading->mixed += (uint64_t)item->id + item->properties.in_stock
                      + (uint64_t)item->metadata.version;
    reading->total_value += item->properties.price;
    reading->bytes += (int64_t)(sizeof item->id + sizeof item->properties.price
                                + sizeof item->properties.in_stock + sizeof item->metadata.version);
}

message_reading message_read(const bench_Document *document)
{
    message_reading reading = { 0 };
    for (uint32_t i = 0; i < document->items.length; i++)
        read_item(&reading, &document->items.items[i]);
    read_texts(&reading, &document->summary.categories);
    reading.mixed += (uint64_t)document->items_count + (uint64_t)document->summary.total_items;
    reading.bytes += (int64_t)(sizeof document->items_count + sizeof document->summary.total_items
                               + sizeof document->summary.total_value);
    return reading;
}

/* -- MessagePack --------------------------------------------------------------------------- */

/* The packer's room doubles. What was malloc'ed hangs at packer->start. */
static uint8_t *grow(shmrpc_packer *packer, uint8_t *next, size_t bytes)
{
    size_t used = (size_t)(next - packer->start);
    size_t room = 2 * (used + bytes);
    uint8_t *moved = realloc(packer->start, room);
    if (moved == NULL)
        return NULL;
    packer->start = moved;
    packer->end = moved + room;
    return moved + used;
}

uint8_t *message_encode_large(const bench_Document *document, size_t *out_bytes)
{
    shmrpc_packer packer = { .grow = grow };
    packer.start = malloc(32768);
    if (packer.start == NULL)
        return NULL;
    packer.end = packer.start + 32768;
    uint8_t *next = shmrpc_pack_array(&packer, packer.start, 1);
    next = bench_Document_encode(document, &packer, next);
    if (next == NULL) {
        free(packer.start);
        return NULL;
    }
    *out_bytes = (size_t)(next - packer.start);
    return packer.start;
}

size_t message_small_bytes(void)
{
    uint8_t room[32];
    shmrpc_packer packer = { .start = room, .end = room + sizeof room };
    uint8_t *next = shmrpc_pack_reserve(&packer, room, 1 + 9 + 9);
    if (next == NULL)
        return 0;
    next = shmrpc_put_array(next, 2);
    next = shmrpc_put_int64(next, message_small_a(0));
    next = shmrpc_put_int64(next, message_small_b(0));
    return (size_t)(next - room);
}
