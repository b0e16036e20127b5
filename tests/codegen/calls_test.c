/* Generated stubs call generated skeletons: each form of a parameter, result and exception. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "every_handlers.h"
#include "random_value.h"

static every_state state;
static shmrpc_server *server;
static shmrpc_client *client;
static shmrpc_arena arena;

static void setup(void)
{
    char service[64];
    snprintf(service, sizeof service, "test.codegen.calls.%d", (int)getpid());
    state.kind = every_Sparse_MINUS;
    shmrpc_arena_init(&arena);
    cr_assert_eq(shmrpc_server_create(service, NULL, &server), SHMRPC_OK);
    cr_assert_eq(every_Every_serve(server, &every_handlers, &state), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_start(server), SHMRPC_OK, "%s", shmrpc_failure_last()->message);
    cr_assert_eq(shmrpc_client_open(service, NULL, &client), SHMRPC_OK, "%s",
                 shmrpc_failure_last()->message);
}

static void teardown(void)
{
    shmrpc_client_close(client);
    shmrpc_server_destroy(server);
    shmrpc_arena_deinit(&arena);
}

TestSuite(calls, .init = setup, .fini = teardown, .timeout = 10);

#define OK(call) cr_assert_eq(call, SHMRPC_OK, "%s", shmrpc_failure_last()->message)

Test(calls, inherited_operations_are_served_by_the_derived_interface)
{
    const char *name = NULL;
    OK(every_Every_name(client, &name, &arena));
    cr_assert_str_eq(name, "inherited");
    int64_t numbers[] = { 1, -2, INT64_C(5000000000) };
    geo_Named_total_numbers list = { numbers, 3 };
    int64_t total = 0;
    OK(every_Every_total(client, &list, &total));
    cr_assert_eq(total, INT64_C(4999999999));
}

Test(calls, void_and_attributes)
{
    OK(every_Every_nothing(client));
    OK(every_Every_set_kind(client, every_Sparse_HUNDRED));
    every_Sparse kind = every_Sparse_MINUS;
    OK(every_Every_get_kind(client, &kind));
    cr_assert_eq(kind, every_Sparse_HUNDRED);
}

Test(calls, scalars_of_each_direction)
{
    bool g = true;
    char h = 0;
    every_Sparse i = every_Sparse_MINUS;
    bool result = false;
    OK(every_Every_scalars(client, true, 'x', 200, -300, 1.5f, every_Sparse_THREE, &g, &h, &i,
                           &result));
    cr_assert(result);
    cr_assert_not(g);
    cr_assert_eq(h, (char)0xe9);
    cr_assert_eq(i, every_Sparse_THREE);
}

Test(calls, texts_of_each_direction)
{
    const char *c = "c";
    const char *d = NULL;
    const char *e = NULL;
    const char *result = NULL;
    OK(every_Every_texts(client, "left", "right", &c, &d, &e, &result, &arena));
    cr_assert_str_eq(result, "leftright");
    cr_assert_str_eq(c, "changed");
    cr_assert_str_eq(d, "c");
    cr_assert_str_eq(e, "e");
}

Test(calls, a_text_past_its_bound_is_refused_on_either_side)
{
    const char *c = "c";
    const char *d = "untouched";
    const char *e = NULL;
    const char *result = NULL;
    cr_assert_eq(every_Every_texts(client, "a", "01234567890", &c, &d, &e, &result, &arena),
                 SHMRPC_INVALID_ARGUMENT);
    cr_assert_eq(every_Every_texts(client, "a", NULL, &c, &d, &e, &result, &arena),
                 SHMRPC_INVALID_ARGUMENT);
    c = "longer than ten bytes"; /* the handler gives it back as d */
    cr_assert_neq(every_Every_texts(client, "a", "b", &c, &d, &e, &result, &arena), SHMRPC_OK);
    cr_assert_str_eq(d, "untouched");
    OK(every_Every_nothing(client));
}

Test(calls, records_of_each_direction)
{
    randomness random = { .state = 7 };
    every_Scalars a;
    every_Limits b;
    every_Optionals c;
    every_Scalars result;
    random_every_Scalars(&random, &a);
    every_Limits_init(&b);
    b.small = 5;
    OK(every_Every_records(client, &a, &b, &c, &result, &arena));
    cr_assert(every_Scalars_equal(&a, &result));
    cr_assert_eq(b.answer, 43);
    cr_assert(c.has_long_text);
    cr_assert_str_eq(c.long_text.text, "some text");
    cr_assert_not(c.has_point);
}

Test(calls, bytes_of_each_direction)
{
    uint8_t items[] = { 1, 2, 3 };
    every_Blob a = { items, 3 };
    every_Digest b = { 2, { 8, 9 } };
    every_Blob c = { items, 3 };
    every_Blob result = { NULL, 0 };
    OK(every_Every_bytes(client, &a, &b, &c, &result, &arena));
    cr_assert_eq(result.length, 3);
    cr_assert_arr_eq(result.items, items, 3);
    cr_assert_eq(b.length, 3);
    cr_assert_eq(b.items[2], 0xff);
    cr_assert_eq(c.length, 0);
}

Test(calls, arrays_of_each_direction)
{
    every_Row a = { 1, 2, 3, 4 };
    every_Row b = { 5, 6, 7, 8 };
    geo_Matrix c;
    geo_Matrix d = { { 1 }, { 0, 2 }, { 0, 0, 3 } };
    every_Names e = { "first", "second" };
    every_Names f;
    every_Row result;
    OK(every_Every_arrays(client, a, b, c, d, e, f, result));
    cr_assert_eq(result[3], 8);
    cr_assert_arr_eq(b, a, sizeof a);
    cr_assert_arr_eq(c, d, sizeof d);
    cr_assert_str_eq(f[0], "second");
    cr_assert_str_eq(f[1], "first");
}

Test(calls, sequences_of_each_direction)
{
    shmrpc_string items[] = { shmrpc_string_of("one"), shmrpc_string_of("two") };
    int32_t numbers[] = { 1, 2, 3 };
    every_Every_sequences_a a = { items, 2 };
    every_Every_sequences_b b = { numbers, 3 };
    every_Node c;
    every_Every_sequences_result result;
    OK(every_Every_sequences(client, &a, &b, &c, &result, &arena));
    cr_assert_eq(result.length, 2);
    cr_assert_str_eq(result.items[1].label.text, "two");
    cr_assert_str_eq(c.children.items[0].label.text, "one");
    cr_assert_eq(b.length, 1);
    cr_assert_eq(b.items[0], 1);
}

Test(calls, optional_parameters_there_and_not)
{
    every_Scalars c;
    every_Scalars_init(&c);
    c.i32 = 10;
    bool has_d = false;
    int32_t d = 0;
    bool has_e = false;
    const char *e = NULL;
    bool has_f = false;
    every_Row f = { 0 };
    OK(every_Every_optionals(client, true, 9, true, "text", true, &c, &has_d, &d, &has_e, &e,
                             &has_f, f, &arena));
    cr_assert(has_d && has_e && has_f);
    cr_assert_eq(d, 10);
    cr_assert_str_eq(e, "text");
    cr_assert_eq(f[3], 9);
    OK(every_Every_optionals(client, false, 9, false, NULL, false, NULL, &has_d, &d, &has_e, &e,
                             &has_f, f, &arena));
    cr_assert(!has_d && !has_e && !has_f);
    cr_assert_eq(d, 0);
}

Test(calls, ranges_hold_for_parameters)
{
    int32_t b = 5;
    int32_t c = -1;
    int32_t result = -1;
    OK(every_Every_limited(client, 1, &b, &c, &result));
    cr_assert_eq(c, 5);
    cr_assert_eq(every_Every_limited(client, 6, &b, &c, &result), SHMRPC_INVALID_ARGUMENT);
    b = 10;
    cr_assert_eq(every_Every_limited(client, 1, &b, &c, &result), SHMRPC_INVALID_ARGUMENT);
    b = 1; /* comes back as c, which must be at least 2 */
    cr_assert_neq(every_Every_limited(client, 1, &b, &c, &result), SHMRPC_OK);
    cr_assert_eq(c, 5);
}

Test(calls, values_too_large_for_the_stack)
{
    every_Page *pages = calloc(3, sizeof *pages);
    pages[0].bytes[65535] = 1;
    pages[1].bytes[0] = 2;
    pages[0].title = shmrpc_string_of("first");
    OK(every_Every_large(client, &pages[0], &pages[1], &pages[2], &arena));
    cr_assert_eq(pages[1].bytes[65535], 1);
    cr_assert_eq(pages[2].bytes[0], 2);
    cr_assert_str_eq(pages[1].title.text, "first");
    free(pages);
}

Test(calls, exceptions_say_which_and_with_what)
{
    every_Every_fails_raised raised;
    OK(every_Every_fails(client, 0, 1, 1, 1, 1, &raised, &arena));
    cr_assert_eq(every_Every_fails(client, 1, 1, 1, 1, 1, &raised, &arena), SHMRPC_RAISED);
    cr_assert_eq(raised.exception, every_Every_fails_raised_Nothing);
    cr_assert_eq(every_Every_fails(client, 2, 1, 10, 100, 1000, &raised, &arena), SHMRPC_RAISED);
    cr_assert_eq(raised.exception, every_Every_fails_raised_Failed);
    cr_assert_eq(raised.Failed.code, 1111);
    cr_assert_str_eq(raised.Failed.text, "text");
    cr_assert(raised.Failed.has_where);
    cr_assert_eq(raised.Failed.where.y, 3);
}

Test(calls, exceptions_of_inherited_operations_keep_their_type)
{
    geo_Point far = { 200, 0 };
    geo_Named_move_raised raised;
    cr_assert_eq(every_Every_move(client, &far, &raised, &arena), SHMRPC_RAISED);
    cr_assert_eq(raised.exception, geo_Named_move_raised_OutOfReach);
    cr_assert_str_eq(raised.OutOfReach.reason.text, "too far");
}

Test(calls, a_handler_that_raises_wrongly_is_an_internal_error)
{
    every_Every_fails_raised raised = { .exception = every_Every_fails_raised_Nothing };
    cr_assert_eq(every_Every_fails(client, 3, 1, 1, 1, 1, &raised, &arena), SHMRPC_INTERNAL);
    every_Every_Inner inner = { 0 };
    cr_assert_eq(every_Every_fine(client, &inner, &inner), SHMRPC_INTERNAL);
    OK(every_Every_nothing(client));
}

Test(calls, a_status_of_the_handler_arrives_with_its_message)
{
    every_Every_fails_raised raised;
    cr_assert_eq(every_Every_fails(client, 4, 77, 1, 1, 1, &raised, &arena), SHMRPC_NOT_FOUND);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, "no 77"));
}

Test(calls, what_has_no_handler_is_unimplemented)
{
    int32_t result = -1;
    cr_assert_eq(every_Every_quick(client, &result), SHMRPC_UNIMPLEMENTED);
    cr_assert_eq(result, -1);
}

Test(calls, one_way_calls_arrive)
{
    for (int i = 0; i < 10; i++)
        OK(every_Every_event(client, "hello", every_Sparse_THREE));
    OK(every_Every_nothing(client));
    while (state.events < 10) /* the watchdog ends it */
        OK(every_Every_nothing(client));
    cr_assert_eq(state.events, 10);
    cr_assert_eq(every_Every_event(client, "\xff", every_Sparse_THREE), SHMRPC_INVALID_ARGUMENT);
}

Test(calls, begin_and_end_are_apart)
{
    shmrpc_pending *first;
    shmrpc_pending *second;
    const char *c = "c";
    const char *d;
    const char *e;
    const char *result;
    OK(every_Every_texts_begin(client, NULL, "1", "2", c, &first));
    OK(every_Every_texts_begin(client, NULL, "3", "4", c, &second));
    OK(every_Every_texts_end(second, &c, &d, &e, &result, &arena));
    cr_assert_str_eq(result, "34");
    OK(every_Every_texts_end(first, &c, &d, &e, &result, &arena));
    cr_assert_str_eq(result, "12");
}

Test(calls, what_cannot_be_encoded_is_named)
{
    const char *c = "c";
    const char *d = NULL;
    const char *e = NULL;
    const char *result = NULL;
    cr_assert_eq(every_Every_texts(client, "a\xff", "b", &c, &d, &e, &result, &arena),
                 SHMRPC_INVALID_ARGUMENT);
    cr_assert_str_eq(shmrpc_failure_last()->message,
                     "every.Every.texts: cannot encode the arguments: every.Every.texts.a: "
                     "a string is not UTF-8");
    cr_assert_eq(every_Every_optionals(client, true, 1, true, "\xff", false, NULL, &(bool){ false },
                                       &(int32_t){ 0 }, &(bool){ false }, &e, &(bool){ false },
                                       (every_Row){ 0 }, &arena),
                 SHMRPC_INVALID_ARGUMENT);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, ": every.Every.optionals.b: "), "%s",
                       shmrpc_failure_last()->message);
}

Test(calls, what_cannot_be_encoded_inside_a_struct_is_named)
{
    every_Scalars a;
    every_Limits b;
    every_Optionals c;
    every_Scalars result;
    every_Scalars_init(&a);
    every_Limits_init(&b);
    b.small = 1;
    b.text = shmrpc_string_of("\xc3");
    cr_assert_eq(every_Every_records(client, &a, &b, &c, &result, &arena),
                 SHMRPC_INVALID_ARGUMENT);
    cr_assert_str_eq(shmrpc_failure_last()->message,
                     "every.Every.records: cannot encode the arguments: every.Limits.text: "
                     "a string is not UTF-8");
}
