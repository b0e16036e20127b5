#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <shmrpc/marshal.h>

#include "caller.h"
#include "handlers.h"
#include "message.h"

TestSuite(message, .timeout = 10);

static bench_Document built(shmrpc_arena *arena)
{
    bench_Document document;
    shmrpc_arena_init(arena);
    cr_assert(message_build(arena, &document));
    return document;
}

Test(message, is_31855_bytes_as_json)
{
    shmrpc_arena arena;
    bench_Document document = built(&arena);
    cr_assert_eq(message_json_bytes(&document), 31855);
    shmrpc_arena_deinit(&arena);
}

Test(message, begins_and_ends_as_python_writes_it)
{
    shmrpc_arena arena;
    bench_Document document = built(&arena);
    char *text = NULL;
    size_t bytes = 0;
    FILE *file = open_memstream(&text, &bytes);
    message_write_json(&document, file);
    fclose(file);
    static const char start[] =
        "{\"items_count\": 100, \"items\": [{\"id\": 0, \"name\": \"item_0\", \"description\": "
        "\"This is item number 0 with some descriptive text\", \"properties\": "
        "{\"color\": \"red\", \"size\": \"small\", \"price\": 0.0, \"in_stock\": true}, "
        "\"tags\": [\"tag_0\", \"tag_1\", \"tag_2\", \"tag_3\", \"tag_4\"], "
        "\"metadata\": {\"created\": \"2025-01-01\", \"updated\": \"2025-11-07\", "
        "\"version\": 1}}, {\"id\": 1, ";
    static const char end[] =
        "\"summary\": {\"total_items\": 100, \"total_value\": 9850.5, \"categories\": "
        "[\"electronics\", \"clothing\", \"food\", \"toys\"]}}";
    cr_assert_eq(strncmp(text, start, strlen(start)), 0, "%.400s", text);
    cr_assert_str_eq(text + bytes - strlen(end), end);
    cr_assert_not_null(strstr(text, "\"price\": 5.97, "), "the shortest that gives the number");
    cr_assert_not_null(strstr(text, "\"price\": 101.49, "));
    free(text);
    shmrpc_arena_deinit(&arena);
}

Test(message, reading_it_counts_every_text_and_number)
{
    shmrpc_arena arena;
    bench_Document document = built(&arena);
    message_reading whole = message_read(&document);
    cr_assert_float_eq(whole.total_value, document.summary.total_value, 1e-9);
    document.items.items[99].tags.items[4].length--;
    cr_assert_eq(message_read(&document).bytes, whole.bytes - 1);
    document.items.items[99].tags.items[4].length++;
    document.items.items[50].metadata.version = 2;
    cr_assert_eq(message_read(&document).mixed, whole.mixed + 1);
    shmrpc_arena_deinit(&arena);
}

Test(message, its_encoding_decodes_to_the_same_document)
{
    shmrpc_arena arena;
    bench_Document document = built(&arena);
    size_t bytes = 0;
    uint8_t *encoded = message_encode_large(&document, &bytes);
    cr_assert_not_null(encoded);
    encoded = realloc(encoded, bytes + 1); /* a reader terminates the last text */
    shmrpc_reader reader;
    shmrpc_reader_init(&reader, encoded, bytes, 1 << 20, &arena);
    bench_Document decoded;
    const uint8_t *next = shmrpc_get_tuple(&reader, reader.next, 1);
    next = bench_Document_decode(&decoded, &reader, next);
    cr_assert(shmrpc_reader_finish(&reader, next));
    cr_assert(bench_Document_equal(&decoded, &document));
    free(encoded);
    shmrpc_arena_deinit(&arena);
}

Test(message, small_calls_are_all_of_one_size)
{
    cr_assert_eq(message_small_bytes(), 11);
    for (uint64_t i = 0; i < UINT64_C(1) << 26; i += 65521) {
        cr_assert(message_small_a(i) > UINT16_MAX && message_small_a(i) <= UINT32_MAX);
        cr_assert(message_small_b(i) > UINT16_MAX && message_small_b(i) <= UINT32_MAX);
    }
}

Test(message, the_handler_judges_it_and_sends_it_back)
{
    shmrpc_arena arena;
    bench_Document document = built(&arena);
    int64_t bytes = message_read(&document).bytes;
    bench_Reply reply;
    cr_assert_eq(handlers.process(NULL, NULL, &document, &reply), SHMRPC_OK);
    cr_assert(caller_reply_is_right(&reply, &document, bytes));
    document.summary.total_value += 1;
    cr_assert_eq(handlers.process(NULL, NULL, &document, &reply), SHMRPC_OK);
    cr_assert_not(caller_reply_is_right(&reply, &document, bytes));
    shmrpc_arena_deinit(&arena);
}

Test(message, a_reply_with_one_field_changed_is_wrong)
{
    shmrpc_arena arena;
    bench_Document document = built(&arena);
    shmrpc_arena other;
    bench_Document copy = built(&other);
    int64_t bytes = message_read(&document).bytes;
    bench_Reply reply;
    cr_assert_eq(handlers.process(NULL, NULL, &copy, &reply), SHMRPC_OK);
    cr_assert(caller_reply_is_right(&reply, &document, bytes));
    copy.items.items[73].properties.in_stock ^= true;
    cr_assert_not(caller_reply_is_right(&reply, &document, bytes));
    copy.items.items[73].properties.in_stock ^= true;
    reply.input_size++;
    cr_assert_not(caller_reply_is_right(&reply, &document, bytes));
    reply.input_size--;
    reply.metadata.items_count = 99;
    cr_assert_not(caller_reply_is_right(&reply, &document, bytes));
    shmrpc_arena_deinit(&arena);
    shmrpc_arena_deinit(&other);
}
