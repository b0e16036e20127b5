/* A derived interface is served, and called as itself and as each of its bases. */
#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <shmrpc/marshal.h>

#include "kin.h"

static shmrpc_server *server;
static shmrpc_client *client;
static shmrpc_arena arena;
static int32_t level;
static _Atomic int32_t knocks;

/* ---- handlers ---- */

static shmrpc_status whoami(void *self, shmrpc_call *call, const char **out_result)
{
    (void)self;
    (void)call;
    *out_result = "both";
    return SHMRPC_OK;
}

static shmrpc_status get_level(void *self, shmrpc_call *call, int32_t *out_result)
{
    (void)self;
    (void)call;
    *out_result = level;
    return SHMRPC_OK;
}

static shmrpc_status set_level(void *self, shmrpc_call *call, int32_t value)
{
    (void)self;
    (void)call;
    level = value;
    return SHMRPC_OK;
}

static shmrpc_status left(void *self, shmrpc_call *call, const kin_Base_Numbers *numbers,
                          const char **out_result, kin_Left_left_raised *out_raised)
{
    (void)self;
    (void)call;
    *out_result = "left";
    if (numbers->length < kin_Base_LIMIT)
        return SHMRPC_OK;
    out_raised->exception = kin_Left_left_raised_Busy;
    out_raised->Busy.minutes = 5;
    return SHMRPC_RAISED;
}

static shmrpc_status knock(void *self, shmrpc_call *call, kin_Right_Label label)
{
    (void)self;
    (void)call;
    knocks += label;
    return SHMRPC_OK;
}

static shmrpc_status get_knocks(void *self, shmrpc_call *call, kin_Right_Label *out_result,
                                kin_Right_get_knocks_raised *out_raised)
{
    (void)self;
    (void)call;
    (void)out_raised;
    *out_result = knocks;
    return SHMRPC_OK;
}

static shmrpc_status name(void *self, shmrpc_call *call, const char **out_result)
{
    (void)self;
    (void)call;
    *out_result = "named";
    return SHMRPC_OK;
}

static shmrpc_status both(void *self, shmrpc_call *call, kin_Both_Label label, const char *text,
                          kin_Right_Label right, kin_Both_Label *out_result)
{
    (void)self;
    (void)call;
    *out_result = label + (double)strlen(text) + right;
    return SHMRPC_OK;
}

static const kin_Last_handlers handlers = {
    .size = sizeof handlers,   .whoami = whoami, .get_level = get_level,
    .set_level = set_level,    .left = left,     .knock = knock,
    .get_knocks = get_knocks,  .name = name,     .both = both,
};

/* ---- */

static void setup(void)
{
    char service[64];
    snprintf(service, sizeof service, "test.codegen.inheritance.%d", (int)getpid());
    shmrpc_arena_init(&arena);
    cr_assert_eq(shmrpc_server_create(service, NULL, &server), SHMRPC_OK);
    cr_assert_eq(kin_Last_serve(server, &handlers, NULL), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_start(server), SHMRPC_OK);
    cr_assert_eq(shmrpc_client_open(service, NULL, &client), SHMRPC_OK);
}

static void teardown(void)
{
    shmrpc_client_close(client);
    shmrpc_server_destroy(server);
    shmrpc_arena_deinit(&arena);
}

TestSuite(inheritance, .init = setup, .fini = teardown, .timeout = 10);

#define OK(call) cr_assert_eq(call, SHMRPC_OK, "%s", shmrpc_failure_last()->message)

Test(inheritance, an_operation_has_one_id_wherever_it_is_reached)
{
    cr_assert_eq(kin_Last_interface.operation_count, 13);
    for (uint32_t i = 0; i < kin_Left_interface.operation_count; i++) {
        cr_assert_eq(kin_Left_interface.operations[i].id, kin_Last_interface.operations[i].id);
        cr_assert_str_eq(kin_Left_interface.operations[i].name,
                         kin_Last_interface.operations[i].name);
    }
    cr_assert_str_eq(kin_Last_interface.operations[0].name, "kin.Base.whoami");
    cr_assert_eq(kin_Right_interface.operations[0].id, kin_Base_interface.operations[0].id);
}

Test(inheritance, each_base_is_called_through_the_derived_interface)
{
    const char *text = NULL;
    int32_t items[] = { 1, 2 };
    kin_Base_Numbers numbers = { items, 2 };
    kin_Left_left_raised raised;
    double sum = 0;
    OK(kin_Last_whoami(client, &text, &arena));
    cr_assert_str_eq(text, "both");
    OK(kin_Last_left(client, &numbers, &text, &raised, &arena));
    cr_assert_str_eq(text, "left");
    OK(kin_Last_name(client, &text, &arena));
    cr_assert_str_eq(text, "named");
    OK(kin_Last_both(client, 0.5, "four", 3, &sum));
    cr_assert_eq(sum, 7.5);
    int32_t limit = 0;
    cr_assert_eq(kin_Last_limited(client, &numbers, &limit), SHMRPC_UNIMPLEMENTED);
}

Test(inheritance, each_base_is_called_as_itself)
{
    const char *text = NULL;
    int32_t value = 0;
    OK(kin_Base_whoami(client, &text, &arena));
    cr_assert_str_eq(text, "both");
    OK(kin_Left_set_level(client, 3));
    OK(kin_Right_get_level(client, &value));
    cr_assert_eq(value, 3);
    OK(kin_Both_get_level(client, &value));
    cr_assert_eq(value, 3);
    OK(geo_Named_name(client, &text, &arena));
    cr_assert_str_eq(text, "named");
    geo_Named_move_raised raised;
    cr_assert_eq(geo_Named_move(client, &(geo_Point){ 1, 2 }, &raised, &arena),
                 SHMRPC_UNIMPLEMENTED);
}

Test(inheritance, exceptions_and_one_way_calls_are_inherited)
{
    int32_t items[kin_Base_LIMIT] = { 0 };
    kin_Base_Numbers numbers = { items, kin_Base_LIMIT };
    kin_Left_left_raised raised;
    const char *text = NULL;
    cr_assert_eq(kin_Both_left(client, &numbers, &text, &raised, &arena), SHMRPC_RAISED);
    cr_assert_eq(raised.exception, kin_Left_left_raised_Busy);
    cr_assert_eq(raised.Busy.minutes, 5);
    OK(kin_Last_knock(client, 4));
    OK(kin_Right_knock(client, 2));
    kin_Right_get_knocks_raised knocked;
    kin_Right_Label sum = 0;
    while (sum < 6) /* the watchdog ends it */
        OK(kin_Right_get_knocks(client, &sum, &knocked));
    cr_assert_eq(sum, 6);
}

Test(inheritance, members_of_the_base_come_first)
{
    static const uint8_t bytes[] = { 0x94, 1, 0xc0, 0x90, 7 };
    uint8_t room[16];
    kin_Leaf leaf;
    kin_Leaf_init(&leaf);
    leaf.id = 1;
    shmrpc_packer packer;
    shmrpc_packer_init(&packer, room, sizeof room);
    const uint8_t *end = kin_Leaf_encode(&leaf, &packer, packer.start);
    cr_assert_eq(end - room, (ptrdiff_t)sizeof bytes);
    cr_assert_arr_eq(room, bytes, sizeof bytes);
}
