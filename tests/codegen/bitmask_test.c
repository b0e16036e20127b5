/* Generated bitmasks: their constants, their bytes, what is refused, and calls with them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <shmrpc/marshal.h>

#include "flags.h"

#if flags_READ_WRITE != 3 || flags_Large_TOP >> 39 != 1 || flags_Permissions_EXECUTE != 0x80
#error "flags are for the preprocessor as well"
#endif

static uint8_t room[256];
static shmrpc_arena arena;

static void setup(void)
{
    shmrpc_arena_init(&arena);
}

static void teardown(void)
{
    shmrpc_arena_deinit(&arena);
}

TestSuite(bitmask, .init = setup, .fini = teardown, .timeout = 10);

static size_t encode_loose(const flags_Loose *value, shmrpc_packer *packer)
{
    shmrpc_packer_init(packer, room, sizeof room);
    const uint8_t *end = flags_Loose_encode(value, packer, packer->start);
    return end == NULL ? 0 : (size_t)(end - room);
}

static bool decode_loose(flags_Loose *value, shmrpc_reader *reader, size_t length)
{
    shmrpc_reader_init(reader, room, length, 4096, &arena);
    return shmrpc_reader_finish(reader, flags_Loose_decode(value, reader, reader->next));
}

Test(bitmask, its_type_is_as_wide_as_its_bound)
{
    cr_assert_eq(sizeof(flags_Permissions), 1);
    cr_assert_eq(sizeof(flags_Small), 1);
    cr_assert_eq(sizeof(Outside), 2);
    cr_assert_eq(sizeof(flags_Usual), 4);
    cr_assert_eq(sizeof(flags_Large), 8);
    cr_assert_eq(sizeof(flags_Largest), 8);
}

Test(bitmask, constants_are_unsigned_flags)
{
    cr_assert_eq(flags_Usual_HIGH, 0x80000000u);
    cr_assert(flags_Usual_HIGH > 0);
    cr_assert_eq(flags_Largest_TOP, UINT64_C(1) << 63);
    cr_assert_eq(flags_NONE, 0);
    cr_assert_eq(flags_ALL, 0xffu);
    cr_assert_eq(flags_BELOW, (UINT64_C(1) << 39) - 1);
    cr_assert_eq(flags_HIGHEST, flags_Largest_TOP);
    cr_assert_eq(BOTH_ENDS, 0x8001);
    cr_assert_eq(flags_AS_NUMBER, 1);
}

Test(bitmask, a_default_is_made_of_flags)
{
    flags_Everything value;
    flags_Everything_init(&value);
    cr_assert_eq(value.mode, flags_Permissions_READ | flags_Permissions_EXECUTE);
    cr_assert_eq(value.top, flags_Large_TOP);
    cr_assert_eq(value.permissions, 0);
    cr_assert_eq(flags_Everything_validate(&value), SHMRPC_OK);
}

Test(bitmask, it_is_the_shortest_unsigned_integer)
{
    static const uint8_t bytes[] = { 0x82, 4, 5, 9, 0xcf, 0x80, 0, 0, 0, 0, 0, 0, 2 };
    flags_Loose value = { flags_Small_A | flags_Small_C, true,
                         flags_Largest_TOP | flags_Largest_NEXT };
    shmrpc_packer packer;
    cr_assert_eq(encode_loose(&value, &packer), sizeof bytes);
    cr_assert_arr_eq(room, bytes, sizeof bytes);
}

Test(bitmask, flags_at_or_above_the_bound_are_refused)
{
    shmrpc_packer packer;
    shmrpc_reader reader;
    flags_Loose value = { 8, false, 0 };
    cr_assert_eq(encode_loose(&value, &packer), 0);
    cr_assert_eq(packer.status, SHMRPC_INVALID_ARGUMENT);
    cr_assert_str_eq(packer.problem, "flags.Loose.small: bits that flags.Small does not have");
    cr_assert_eq(flags_Loose_validate(&value), SHMRPC_INVALID_ARGUMENT);
    memcpy(room, "\x81\x04\x08", 3);
    cr_assert_not(decode_loose(&value, &reader, 3));
    cr_assert_str_eq(reader.problem, "flags.Loose.small: bits that flags.Small does not have");
    memcpy(room, "\x81\x04\xcc\x80", 4);
    cr_assert_not(decode_loose(&value, &reader, 4));
    memcpy(room, "\x81\x04\xff", 3); /* -1 */
    cr_assert_not(decode_loose(&value, &reader, 3));
    memcpy(room, "\x81\x04\x07", 3);
    cr_assert(decode_loose(&value, &reader, 3));
}

Test(bitmask, flags_above_the_bound_are_refused_in_lists)
{
    flags_Everything value;
    flags_Small smalls[] = { 7, 8 };
    flags_Everything_init(&value);
    value.smalls = (flags_Everything_smalls){ smalls, 2 };
    cr_assert_eq(flags_Everything_validate(&value), SHMRPC_INVALID_ARGUMENT);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, "flags.Everything.smalls[]"));
    value.smalls.length = 1;
    cr_assert_eq(flags_Everything_validate(&value), SHMRPC_OK);
    value.large = UINT64_C(1) << 40;
    cr_assert_eq(flags_Everything_validate(&value), SHMRPC_INVALID_ARGUMENT);
    value.large = 0;
    value.table[1][1] = 8;
    cr_assert_eq(flags_Everything_validate(&value), SHMRPC_INVALID_ARGUMENT);
}

/* ---- calls ---- */

static shmrpc_status change(void *self, shmrpc_call *call, flags_Permissions mode,
                            flags_Small *small, flags_Large *out_large, bool has_usual,
                            flags_Usual usual, flags_Permissions *out_result)
{
    (void)self;
    (void)call;
    *out_result = (flags_Permissions)(mode ^ flags_READ_WRITE);
    *small = (flags_Small)(*small << 1);
    *out_large = has_usual ? usual : flags_Large_TOP;
    return SHMRPC_OK;
}

static shmrpc_status swap(void *self, shmrpc_call *call, const flags_Files_swap_list *list,
                          flags_Files_swap_result *out_result)
{
    (void)self;
    out_result->items = shmrpc_call_alloc(call, list->length * sizeof *out_result->items);
    out_result->length = list->length;
    for (uint32_t i = 0; i < list->length; i++)
        out_result->items[i] = list->items[list->length - 1 - i];
    return SHMRPC_OK;
}

static const flags_Files_handlers handlers = {
    .size = sizeof handlers, .change = change, .swap = swap,
};

static shmrpc_server *server;
static shmrpc_client *client;

static void connect_both(void)
{
    char service[64];
    setup();
    snprintf(service, sizeof service, "test.codegen.bitmask.%d", (int)getpid());
    cr_assert_eq(shmrpc_server_create(service, NULL, &server), SHMRPC_OK);
    cr_assert_eq(flags_Files_serve(server, &handlers, NULL), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_start(server), SHMRPC_OK);
    cr_assert_eq(shmrpc_client_open(service, NULL, &client), SHMRPC_OK);
}

static void disconnect_both(void)
{
    shmrpc_client_close(client);
    shmrpc_server_destroy(server);
    teardown();
}

TestSuite(bitmask_call, .init = connect_both, .fini = disconnect_both, .timeout = 10);

Test(bitmask_call, flags_go_in_each_direction)
{
    flags_Small small = flags_Small_A;
    flags_Large large = 0;
    flags_Permissions result = 0;
    /* 0x40 has no name here, and is kept */
    cr_assert_eq(flags_Files_change(client, 0x40 | flags_Permissions_READ, &small, &large, true,
                                   flags_Usual_HIGH, &result),
                 SHMRPC_OK);
    cr_assert_eq(result, 0x40 | flags_Permissions_WRITE);
    cr_assert_eq(small, flags_Small_B);
    cr_assert_eq(large, flags_Usual_HIGH);
}

Test(bitmask_call, stray_bits_are_refused_on_either_side)
{
    flags_Small small = 8;
    flags_Large large = 0;
    flags_Permissions result = 0;
    cr_assert_eq(flags_Files_change(client, 0, &small, &large, false, 0, &result),
                 SHMRPC_INVALID_ARGUMENT);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, "flags.Files.change.small"));
    small = flags_Small_C; /* the handler makes 8 of it */
    cr_assert_neq(flags_Files_change(client, 0, &small, &large, false, 0, &result), SHMRPC_OK);
    cr_assert_eq(small, flags_Small_C);
}

Test(bitmask_call, lists_of_flags_come_back)
{
    flags_Small items[] = { 1, 2, 7 };
    flags_Files_swap_list list = { items, 3 };
    flags_Files_swap_result result;
    cr_assert_eq(flags_Files_swap(client, &list, &result, &arena), SHMRPC_OK);
    cr_assert_eq(result.length, 3);
    cr_assert_eq(result.items[0], 7);
    cr_assert_eq(flags_Files_set_mode(client, 1), SHMRPC_UNIMPLEMENTED);
}
