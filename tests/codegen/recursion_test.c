/* Generated types that lead back to themselves: how deep they may go, and what must not be NULL. */
#include <criterion/criterion.h>
#include <string.h>

#include <shmrpc/marshal.h>

#include "recursive.h"

enum { ROOM = 1 << 16 };

static uint8_t room[ROOM + 1];
static shmrpc_arena arena;
static shmrpc_packer packer;
static shmrpc_reader reader;

static void setup(void)
{
    shmrpc_arena_init(&arena);
}

static void teardown(void)
{
    shmrpc_arena_deinit(&arena);
}

TestSuite(recursion, .init = setup, .fini = teardown, .timeout = 20);

/* The length in bytes. */
#define ENCODED(T, value)                                                                          \
    (shmrpc_packer_init(&packer, room, ROOM), length_of(T##_encode(value, &packer, packer.start)))

#define DECODES(T, out_value, length)                                                              \
    (shmrpc_reader_init(&reader, room, length, 64u << 20, &arena),                                 \
     shmrpc_reader_finish(&reader, T##_decode(out_value, &reader, reader.next)))

#define REFUSED(T, value, what)                                                                    \
    do {                                                                                           \
        shmrpc_packer_init(&packer, room, ROOM);                                                   \
        cr_assert_null(T##_encode(value, &packer, packer.start));                                  \
        cr_assert_eq(packer.status, SHMRPC_INVALID_ARGUMENT);                                      \
        cr_assert_not_null(strstr(packer.problem, what), "%s", packer.problem);                    \
        cr_assert_eq(T##_validate(value), SHMRPC_INVALID_ARGUMENT);                                \
        cr_assert_not_null(strstr(shmrpc_failure_last()->message, what), "%s",                     \
                           shmrpc_failure_last()->message);                                        \
    } while (0)

static size_t length_of(const uint8_t *end)
{
    cr_assert_not_null(end, "%s", packer.problem);
    return (size_t)(end - room);
}

static size_t put(const void *bytes, size_t length)
{
    memcpy(room, bytes, length);
    return length;
}

/* ---- levels ---- */

/* A chain of so many; the entry at i holds the value at i + 1. */
static void link_chain(recursive_ByMap_kids_entry *entries, recursive_ByMap *root, uint32_t count)
{
    memset(entries, 0, count * sizeof *entries);
    for (uint32_t i = 0; i + 1 < count; i++)
        entries[i].value.kids = (recursive_ByMap_kids){ &entries[i + 1], 1 };
    root->kids = (recursive_ByMap_kids){ entries, 1 };
}

Test(recursion, maps_end_at_32_levels)
{
    recursive_ByMap_kids_entry entries[SHMRPC_DEPTH_MAX];
    recursive_ByMap root, read, copy;
    link_chain(entries, &root, SHMRPC_DEPTH_MAX - 1);
    cr_assert_eq(recursive_ByMap_validate(&root), SHMRPC_OK);
    size_t length = ENCODED(recursive_ByMap, &root);
    cr_assert(DECODES(recursive_ByMap, &read, length), "%s", reader.problem);
    cr_assert(recursive_ByMap_equal(&root, &read));
    cr_assert_eq(recursive_ByMap_copy(&copy, &root), SHMRPC_OK);
    recursive_ByMap_fini(&copy);
    link_chain(entries, &root, SHMRPC_DEPTH_MAX);
    REFUSED(recursive_ByMap, &root, "nested too deeply");
    cr_assert_not(recursive_ByMap_equal(&root, &root));
    cr_assert_eq(recursive_ByMap_copy(&copy, &root), SHMRPC_INVALID_ARGUMENT);
    cr_assert_null(copy.kids.items);
}

Test(recursion, deeper_maps_are_refused_when_decoding)
{
    size_t length = 0;
    for (int i = 0; i < SHMRPC_DEPTH_MAX; i++) {
        memcpy(room + length, "\x91\x81\xa0", 3);
        length += 3;
    }
    memcpy(room + length, "\x91\x80", 2);
    recursive_ByMap read;
    cr_assert_not(DECODES(recursive_ByMap, &read, length + 2));
    cr_assert_str_eq(reader.problem, "a value is nested too deeply");
}

Test(recursion, a_cycle_through_a_map_ends)
{
    recursive_ByMaps_list list = { 0 };
    recursive_ByMaps root;
    recursive_ByMaps_init(&root);
    recursive_ByMaps_list_item_entry entries[1];
    recursive_ByMaps_list_item items[1] = { { entries, 1 } };
    list = (recursive_ByMaps_list){ items, 1 };
    root.list = list;
    entries[0] = (recursive_ByMaps_list_item_entry){ true, root };
    recursive_ByMaps copy;
    REFUSED(recursive_ByMaps, &root, "nested too deeply");
    cr_assert_eq(recursive_ByMaps_copy(&copy, &root), SHMRPC_INVALID_ARGUMENT);
    cr_assert_not(recursive_ByMaps_equal(&root, &root));
}

/* ---- @external ---- */

Test(recursion, what_must_not_be_null_is_refused_when_it_is)
{
    recursive_Second second;
    recursive_Second_init(&second);
    cr_assert_null(second.first);
    REFUSED(recursive_Second, &second, "recursive.Second.first: NULL");
    recursive_Second copy;
    cr_assert_eq(recursive_Second_copy(&copy, &second), SHMRPC_OK);
    cr_assert_null(copy.first);
    recursive_First first;
    recursive_First_init(&first);
    second.first = &first;
    cr_assert_not(recursive_Second_equal(&second, &copy));
    cr_assert_eq(recursive_Second_validate(&second), SHMRPC_OK);
    cr_assert_eq(recursive_Second_copy(&copy, &second), SHMRPC_OK);
    cr_assert(recursive_Second_equal(&second, &copy));
    cr_assert_neq(copy.first, second.first);
    recursive_Second_fini(&copy);
    cr_assert_null(copy.first);
}

Test(recursion, a_message_without_it_is_refused)
{
    recursive_Second second;
    cr_assert_not(DECODES(recursive_Second, &second, put("\x90", 1)));
    cr_assert_str_eq(reader.problem, "recursive.Second.first: missing");
    cr_assert_not(DECODES(recursive_Second, &second, put("\x91\xc0", 2)));
    cr_assert(DECODES(recursive_Second, &second, put("\x91\x90", 2)), "%s", reader.problem);
    cr_assert_not_null(second.first);
    recursive_Far far;
    cr_assert_not(DECODES(recursive_Far, &far, put("\x81\x02\x07", 3)));
    cr_assert_str_eq(reader.problem, "recursive.Far.near: missing");
    cr_assert(DECODES(recursive_Far, &far, put("\x81\x05\x80", 3)), "%s", reader.problem);
}
