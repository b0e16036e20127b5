/* Requests, replies and exceptions by descriptors are those of stubs and skeletons, byte for byte:
 * the functions of the generated files that encode them are static, so the files are compiled
 * here. */
#include <criterion/criterion.h>
#include <string.h>

#include <shmrpc/dynamic.h>

#include "every_client.c" /* NOLINT */
#include "every_server.c" /* NOLINT */

enum { ROOM = 1 << 20, ARGUMENT_MAX = 6 };

/* ---- both ways of encoding ---- */

typedef struct message {
    uint8_t bytes[ROOM];
    shmrpc_packer packer;
    uint8_t *end;
} message;

static message printed;
static message table;

static shmrpc_packer *open_packer(message *self)
{
    shmrpc_packer_init(&self->packer, self->bytes, ROOM);
    return &self->packer;
}

static const shmrpc_operation_descriptor *operation(const char *name)
{
    for (uint32_t i = 0; i < every_Every_descriptor.operation_count; i++)
        if (strcmp(every_Every_descriptor.operations[i].name, name) == 0)
            return &every_Every_descriptor.operations[i];
    cr_assert_fail("no operation %s", name);
    return NULL;
}

static void request(const char *name, const shmrpc_argument *arguments)
{
    shmrpc_packer *packer = open_packer(&table);
    table.end = shmrpc_dynamic_encode_request(operation(name), arguments, packer, packer->start);
}

static void reply(const char *name, const void *result, const shmrpc_argument *arguments)
{
    shmrpc_packer *packer = open_packer(&table);
    table.end =
        shmrpc_dynamic_encode_reply(operation(name), result, arguments, packer, packer->start);
}

static void require_same(void)
{
    cr_assert_not_null(printed.end, "%s", printed.packer.problem);
    cr_assert_not_null(table.end, "%s", table.packer.problem);
    size_t length = (size_t)(printed.end - printed.bytes);
    cr_assert_eq((size_t)(table.end - table.bytes), length);
    cr_assert_arr_eq(printed.bytes, table.bytes, length);
}

static void require_refused(const char *problem)
{
    cr_assert_null(table.end);
    cr_assert_eq(table.packer.status, SHMRPC_INVALID_ARGUMENT);
    cr_assert_str_eq(table.packer.problem, problem);
}

/* ---- decoding ---- */

typedef struct decoding {
    uint8_t bytes[ROOM];
    shmrpc_arena arena;
    shmrpc_reader reader;
} decoding;

static decoding input;

/* What was encoded last. */
static shmrpc_reader *open_reader(void)
{
    size_t length = (size_t)(table.end - table.bytes);
    memcpy(input.bytes, table.bytes, length);
    shmrpc_arena_init(&input.arena);
    shmrpc_reader_init(&input.reader, input.bytes, length, 1 << 20, &input.arena);
    return &input.reader;
}

static void read_request(const char *name, const shmrpc_argument *arguments)
{
    shmrpc_reader *reader = open_reader();
    const uint8_t *next =
        shmrpc_dynamic_decode_request(operation(name), arguments, reader, reader->next);
    cr_assert(shmrpc_reader_finish(reader, next), "%s", reader->problem);
}

static void read_reply(const char *name, void *result, const shmrpc_argument *arguments)
{
    shmrpc_reader *reader = open_reader();
    const uint8_t *next =
        shmrpc_dynamic_decode_reply(operation(name), result, arguments, reader, reader->next);
    cr_assert(shmrpc_reader_finish(reader, next), "%s", reader->problem);
}

static void close_reader(void)
{
    shmrpc_arena_deinit(&input.arena);
}

#define AT(variable) { &(variable), NULL }

/* ---- numbers ---- */

Test(dynamic_call, numbers_go_there_and_back)
{
    bool a = true, g = true, result = true;
    char b = '\xf3', h = 'h';
    uint8_t c = 200;
    int16_t d = -300;
    float e = 1.5f;
    every_Sparse f = every_Sparse_HUNDRED, i = every_Sparse_MINUS;
    shmrpc_argument arguments[] = { AT(a), AT(b), AT(c), AT(d), AT(e), AT(f), AT(g), AT(h), AT(i) };
    request("scalars", arguments);
    printed.end = encode_every_Every_scalars(open_packer(&printed), a, b, c, d, e, f, i);
    require_same();
    reply("scalars", &result, arguments);
    printed.end = encode_every_Every_scalars_reply(open_packer(&printed), result, g, h, i);
    require_same();
    result = g = false;
    h = 0;
    i = every_Sparse_THREE;
    read_reply("scalars", &result, arguments);
    cr_assert(result && g && h == 'h' && i == every_Sparse_MINUS);
    close_reader();
}

Test(dynamic_call, numbers_out_of_range_are_refused_by_name)
{
    int32_t a = 6, b = 1, c = 2, result = 0;
    shmrpc_argument arguments[] = { AT(a), AT(b), AT(c) };
    request("limited", arguments);
    require_refused("every.Every.limited.a: out of range");
    a = 5;
    request("limited", arguments);
    printed.end = encode_every_Every_limited(open_packer(&printed), a, b);
    require_same();
    c = 1;
    reply("limited", &result, arguments);
    require_refused("every.Every.limited.c: out of range");
}

/* ---- strings ---- */

Test(dynamic_call, strings_are_pointers)
{
    const char *a = "first", *b = "second", *c = "", *d = "fourth", *e = "fifth", *result = "r";
    shmrpc_argument arguments[] = { AT(a), AT(b), AT(c), AT(d), AT(e) };
    request("texts", arguments);
    printed.end = encode_every_Every_texts(open_packer(&printed), a, b, c);
    require_same();
    a = b = c = NULL;
    read_request("texts", arguments);
    cr_assert_str_eq(a, "first");
    cr_assert_str_eq(b, "second");
    cr_assert_str_eq(c, "");
    close_reader();
    reply("texts", &result, arguments);
    printed.end = encode_every_Every_texts_reply(open_packer(&printed), result, c, d, e);
    require_same();
}

Test(dynamic_call, strings_that_are_wrong_are_refused_by_name)
{
    const char *a = NULL, *b = "b", *c = "c", *d = "d", *e = "e";
    shmrpc_argument arguments[] = { AT(a), AT(b), AT(c), AT(d), AT(e) };
    request("texts", arguments);
    require_refused("every.Every.texts.a: NULL");
    a = "\xff";
    request("texts", arguments);
    require_refused("every.Every.texts.a: a string is not UTF-8");
    a = "a";
    b = "longer than ten";
    request("texts", arguments);
    require_refused("every.Every.texts.b: a string is longer than its bound");
}

/* ---- structs, arrays, sequences ---- */

Test(dynamic_call, structs_arrays_and_sequences_go_by_their_own_types)
{
    every_Scalars scalars = { .u64 = UINT64_MAX, .sparse = every_Sparse_THREE };
    every_Limits limits;
    every_Limits_init(&limits);
    every_Optionals optionals = { .has_number = true, .number = 7 };
    shmrpc_argument records[] = { AT(scalars), AT(limits), AT(optionals) };
    request("records", records);
    printed.end = encode_every_Every_records(open_packer(&printed), &scalars, &limits);
    require_same();
    reply("records", &scalars, records);
    printed.end = encode_every_Every_records_reply(open_packer(&printed), &scalars, &limits,
                                                   &optionals);
    require_same();

    every_Row a = { 1, 2, 3, 4 }, b = { 5, 6, 7, 8 };
    geo_Matrix c = { { 0 } }, d = { { 1.0 } };
    every_Names e = { "one", "two" }, f = { "", "" };
    shmrpc_argument arrays[] = { AT(a), AT(b), AT(c), AT(d), AT(e), AT(f) };
    request("arrays", arrays);
    printed.end = encode_every_Every_arrays(open_packer(&printed), a, b, d, e);
    require_same();
}

/* ---- what may be absent ---- */

Test(dynamic_call, what_is_absent_is_nil_and_comes_back_cleared)
{
    bool has_a = true, has_b = false, has_c = false, has_d = true, has_e = false, has_f = false;
    int32_t a = 1, d = 4;
    const char *b = NULL, *e = "e";
    every_Scalars c = { .i32 = 3 };
    every_Row f = { 1, 2, 3, 4 };
    shmrpc_argument arguments[] = { { &a, &has_a }, { &b, &has_b }, { &c, &has_c },
                                    { &d, &has_d }, { &e, &has_e }, { &f, &has_f } };
    request("optionals", arguments);
    printed.end = encode_every_Every_optionals(open_packer(&printed), has_a, a, has_b, b, has_c,
                                               &c, has_d, d);
    require_same();
    has_b = has_c = true;
    a = d = 0;
    read_request("optionals", arguments);
    cr_assert(has_a && a == 1 && !has_b && !has_c && has_d && d == 4);
    cr_assert_str_eq(b, "");
    cr_assert_eq(c.i32, 0);
    close_reader();
    reply("optionals", NULL, arguments);
    printed.end = encode_every_Every_optionals_reply(open_packer(&printed), has_d, d, has_e, e,
                                                     has_f, f);
    require_same();
    has_f = true;
    read_reply("optionals", NULL, arguments);
    cr_assert(!has_f && f[3] == 0);
    close_reader();
}

/* ---- nothing ---- */

Test(dynamic_call, operations_without_values_take_no_arguments)
{
    request("nothing", NULL);
    printed.end = encode_every_Every_nothing(open_packer(&printed));
    require_same();
    read_request("nothing", NULL);
    close_reader();
    reply("nothing", NULL, NULL);
    printed.end = encode_every_Every_nothing_reply(open_packer(&printed));
    require_same();
}

/* ---- exceptions ---- */

Test(dynamic_call, exceptions_are_told_by_their_id)
{
    every_Every_fails_raised raised = { .exception = every_Every_fails_raised_Failed };
    raised.Failed.code = 12;
    strcpy(raised.Failed.text, "why");
    printed.end = encode_every_Every_fails_raised(open_packer(&printed), &raised);
    shmrpc_packer *packer = open_packer(&table);
    table.end = shmrpc_dynamic_encode(&every_Failed_descriptor, &raised.Failed, packer,
                                      packer->start);
    require_same();
    shmrpc_reader *reader = open_reader();
    const shmrpc_type_descriptor *type =
        shmrpc_dynamic_raised(operation("fails"), reader, reader->next);
    cr_assert_eq(type, &every_Failed_descriptor);
    every_Failed failed;
    cr_assert(shmrpc_reader_finish(
        reader, shmrpc_dynamic_decode(type, &failed, reader, reader->next)));
    cr_assert(failed.code == 12 && strcmp(failed.text, "why") == 0 && !failed.has_where);
    close_reader();
}

Test(dynamic_call, exceptions_that_are_not_declared_are_refused)
{
    geo_OutOfReach far = { .reason = { NULL, 0 } };
    shmrpc_packer *packer = open_packer(&table);
    table.end =
        shmrpc_dynamic_encode(&geo_OutOfReach_descriptor, &far, packer, packer->start);
    shmrpc_reader *reader = open_reader();
    cr_assert_not_null(shmrpc_dynamic_raised(operation("fails"), reader, reader->next));
    cr_assert_null(shmrpc_dynamic_raised(operation("quick"), reader, reader->next));
    cr_assert_eq(reader->status, SHMRPC_INVALID_ARGUMENT);
    close_reader();
}
