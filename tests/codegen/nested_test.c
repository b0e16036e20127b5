/* Calls with arrays of arrays, of typedefs of arrays, of sequences and maps of arrays. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nested.h"

#define OK(call) cr_assert_eq(call, SHMRPC_OK, "%s", shmrpc_failure_last()->message)

/* ---- the server: gives back what it got ---- */

static shmrpc_status cubes(void *self, shmrpc_call *call, nested_Cubes a, nested_Cubes b,
                           nested_Cubes out_c, nested_Cubes out_result,
                           nested_Box_cubes_raised *out_raised)
{
    (void)self;
    (void)call;
    if (a[0][0][0][0][0] < 0) {
        out_raised->exception = nested_Box_cubes_raised_Lost;
        memcpy(out_raised->Lost.cubes, a, sizeof out_raised->Lost.cubes);
        strcpy(out_raised->Lost.pages[1][2], "seventh");
        return SHMRPC_RAISED;
    }
    memcpy(out_c, b, sizeof(nested_Cubes));
    memcpy(b, a, sizeof(nested_Cubes));
    memcpy(out_result, a, sizeof(nested_Cubes));
    out_result[0][1][3][1][2] = -1;
    return SHMRPC_OK;
}

static shmrpc_status pages(void *self, shmrpc_call *call, nested_Pages a, nested_Pages b,
                           nested_Pages out_c, nested_Pages out_result)
{
    (void)self;
    (void)call;
    memcpy(out_c, b, sizeof(nested_Pages));
    memcpy(out_result, a, sizeof(nested_Pages));
    strcpy(b[1][1], "changed");
    return SHMRPC_OK;
}

static shmrpc_status books(void *self, shmrpc_call *call, nested_Books a, nested_Books b,
                           nested_Books out_c, nested_Books out_result)
{
    (void)self;
    (void)call;
    memcpy(out_c, b, sizeof(nested_Books));
    memcpy(out_result, a, sizeof(nested_Books));
    b[0][1] = shmrpc_string_of("changed");
    return SHMRPC_OK;
}

static shmrpc_status lists(void *self, shmrpc_call *call, nested_ListsLists a, nested_ListMaps b,
                           nested_RowList *out_c, nested_Lists out_result)
{
    (void)self;
    (void)call;
    *out_c = a[1][0].items[0][1];
    const nested_ListMap_entry *entry = nested_ListMap_find(&b[1], 7);
    if (entry == NULL)
        return SHMRPC_NOT_FOUND;
    memcpy(out_result, entry->value, sizeof entry->value);
    b[1].length = 0;
    return SHMRPC_OK;
}

static shmrpc_status numbers(void *self, shmrpc_call *call, nested_Numbers a, bool has_b,
                             nested_Palettes b, bool *out_has_c, nested_Lines out_c,
                             nested_Numbers out_result)
{
    (void)self;
    (void)call;
    memcpy(out_result, a, sizeof(nested_Numbers));
    *out_has_c = has_b && b[1][2] == geo_Color_BLUE;
    if (*out_has_c)
        memcpy(out_c[1], "lines", 5);
    return SHMRPC_OK;
}

static nested_Agains kept;

static shmrpc_status get_agains(void *self, shmrpc_call *call, nested_Agains out_result)
{
    (void)self;
    (void)call;
    memcpy(out_result, kept, sizeof kept);
    return SHMRPC_OK;
}

static shmrpc_status set_agains(void *self, shmrpc_call *call, nested_Agains value)
{
    (void)self;
    (void)call;
    memcpy(kept, value, sizeof kept);
    return SHMRPC_OK;
}

static const nested_Box_handlers handlers = {
    .size = sizeof handlers, .cubes = cubes, .pages = pages, .books = books, .lists = lists,
    .numbers = numbers, .get_agains = get_agains, .set_agains = set_agains
};

static shmrpc_server *server;
static shmrpc_client *client;
static shmrpc_arena arena;

static void setup(void)
{
    char service[64];
    snprintf(service, sizeof service, "test.codegen.nested.%d", (int)getpid());
    shmrpc_arena_init(&arena);
    OK(shmrpc_server_create(service, NULL, &server));
    OK(nested_Box_serve(server, &handlers, NULL));
    OK(shmrpc_server_start(server));
    OK(shmrpc_client_open(service, NULL, &client));
}

static void teardown(void)
{
    shmrpc_client_close(client);
    shmrpc_server_destroy(server);
    shmrpc_arena_deinit(&arena);
}

TestSuite(nested, .init = setup, .fini = teardown, .timeout = 10);

/* Every element another number. */
static void count_up(nested_Cubes out, int32_t from)
{
    int32_t *at = &out[0][0][0][0][0];
    for (size_t i = 0; i < sizeof(nested_Cubes) / sizeof *at; i++)
        memcpy((char *)out + i * sizeof *at, &(int32_t){ from + (int32_t)i }, sizeof *at);
}

Test(nested, arrays_of_typedefs_of_arrays)
{
    nested_Cubes a, b, c, result, first, second;
    nested_Box_cubes_raised raised;
    cr_assert_eq(sizeof a, 1 * 2 * 4 * 2 * 3 * sizeof(int32_t));
    count_up(a, 1);
    count_up(b, 100);
    memcpy(first, a, sizeof a);
    memcpy(second, b, sizeof b);
    OK(nested_Box_cubes(client, a, b, c, result, &raised));
    cr_assert_eq(memcmp(b, first, sizeof b), 0);
    cr_assert_eq(memcmp(c, second, sizeof c), 0);
    cr_assert_eq(result[0][1][3][1][2], -1);
    result[0][1][3][1][2] = first[0][1][3][1][2];
    cr_assert_eq(memcmp(result, first, sizeof result), 0);
}

Test(nested, arrays_in_an_exception)
{
    nested_Cubes a, b, c, result;
    nested_Box_cubes_raised raised;
    count_up(a, -5);
    count_up(b, 0);
    cr_assert_eq(nested_Box_cubes(client, a, b, c, result, &raised), SHMRPC_RAISED);
    cr_assert_eq(memcmp(raised.Lost.cubes, a, sizeof a), 0);
    cr_assert_str_eq(raised.Lost.pages[1][2], "seventh");
}

Test(nested, arrays_of_bounded_texts)
{
    nested_Pages a = { { "a", "b", "c" }, { "d", "e", "seventh" } };
    nested_Pages b = { { "", "", "x" }, { "", "", "" } };
    nested_Pages c, result;
    OK(nested_Box_pages(client, a, b, c, result));
    cr_assert_str_eq(result[1][2], "seventh");
    cr_assert_str_eq(c[0][2], "x");
    cr_assert_str_eq(b[1][1], "changed");
}

Test(nested, arrays_of_texts)
{
    nested_Books a = { { shmrpc_string_of("a"), shmrpc_string_of("b") },
                       { shmrpc_string_of("c"), shmrpc_string_of("d") } };
    nested_Books b = { { shmrpc_string_of("p"), shmrpc_string_of("q") } };
    nested_Books c, result;
    OK(nested_Box_books(client, a, b, c, result, &arena));
    cr_assert_str_eq(result[1][1].text, "d");
    cr_assert_str_eq(c[0][1].text, "q");
    cr_assert_str_eq(b[0][1].text, "changed");
}

Test(nested, arrays_of_sequences_and_maps_of_arrays)
{
    nested_Rows rows[2] = { { { 1, 2, 3 }, { 4, 5, 6 } }, { { 7, 8, 9 }, { 10, 11, 12 } } };
    nested_RowList list = { rows, 2 };
    nested_ListsLists a = { { { .length = 0 } } };
    a[1][0].length = 1;
    a[1][0].items[0][1] = list;
    nested_ListMap_entry entry = { 7, { { NULL, 0 }, { rows, 1 } } };
    nested_ListMaps b = { { NULL, 0 }, { &entry, 1 } };
    nested_RowList c;
    nested_Lists result;
    OK(nested_Box_lists(client, a, b, &c, result, &arena));
    cr_assert(nested_RowList_equal(&c, &list));
    cr_assert_eq(result[1].length, 1);
    cr_assert_eq(result[1].items[0][1][2], 6);
    cr_assert_eq(b[1].length, 0);
}

Test(nested, optional_arrays_and_ranges_of_elements)
{
    nested_Numbers a = { { 1, 2, 3 }, { 4, 5, 9 } };
    nested_Numbers result;
    nested_Palettes b = { { geo_Color_RED } };
    nested_Lines c;
    bool has_c;
    b[1][2] = geo_Color_BLUE;
    OK(nested_Box_numbers(client, a, true, b, &has_c, c, result));
    cr_assert(has_c);
    cr_assert_arr_eq(c[1], "lines", 5);
    cr_assert_eq(result[1][2], 9);
    OK(nested_Box_numbers(client, a, false, b, &has_c, c, result));
    cr_assert_not(has_c);
    a[1][0] = 10;
    cr_assert_eq(nested_Box_numbers(client, a, true, b, &has_c, c, result),
                 SHMRPC_INVALID_ARGUMENT);
    cr_assert_not_null(strstr(shmrpc_failure_last()->message, "nested.Box.numbers.a"), "%s",
                       shmrpc_failure_last()->message);
}

Test(nested, an_array_as_an_attribute)
{
    nested_Agains value = { { 1, 2, 3 }, { 4, 5, 6 } };
    nested_Agains read = { { 0 } };
    OK(nested_Box_set_agains(client, value));
    OK(nested_Box_get_agains(client, read));
    cr_assert_eq(memcmp(value, read, sizeof value), 0);
}
