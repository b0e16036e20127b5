/* Sets of descriptors that no IDL file gives: whoever sent them, they are refused, with what is
 * wrong. The writer believes what it is given, so it writes them. */
#include <criterion/criterion.h>
#include <string.h>

#include <shmrpc/descriptor_set.h>
#include <shmrpc/dynamic.h>

static uint8_t bytes[1 << 16];

/* Of an interface with one operation that takes the type. */
static size_t write_about(const shmrpc_type_descriptor *type)
{
    shmrpc_parameter_descriptor parameter = { .name = "p", .type = type };
    shmrpc_operation plain = { .name = "a.B.c", .id = 1 };
    shmrpc_operation_descriptor operation = {
        .name = "c", .operation = &plain, .parameters = &parameter, .parameter_count = 1
    };
    shmrpc_interface table = { .name = "a.B", .operation_count = 1, .operations = &plain };
    shmrpc_interface_descriptor interface = { .interface = &table, .operations = &operation,
                                              .operation_count = 1 };
    const shmrpc_interface_descriptor *interfaces[] = { &interface };
    shmrpc_descriptor_set set = { interfaces, 1 };
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    shmrpc_packer packer;
    shmrpc_packer_init(&packer, bytes, sizeof bytes);
    uint8_t *end = shmrpc_descriptor_set_write(&set, &arena, &packer, packer.start);
    cr_assert_not_null(end, "%s", packer.problem);
    shmrpc_arena_deinit(&arena);
    return (size_t)(end - bytes);
}

static void require_refused(const shmrpc_type_descriptor *type, const char *problem)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    shmrpc_descriptor_set set;
    size_t length = write_about(type);
    cr_assert_eq(shmrpc_descriptor_set_read(bytes, length, &arena, &set), SHMRPC_INVALID_ARGUMENT,
                 "%s", problem);
    const char *message = shmrpc_failure_last()->message;
    cr_assert(strstr(message, problem) != NULL, "%s, not %s", message, problem);
    shmrpc_arena_deinit(&arena);
}

static void require_read(const shmrpc_type_descriptor *type, shmrpc_arena *arena,
                         const shmrpc_type_descriptor **out_read)
{
    shmrpc_descriptor_set set;
    size_t length = write_about(type);
    cr_assert_eq(shmrpc_descriptor_set_read(bytes, length, arena, &set), SHMRPC_OK, "%s",
                 shmrpc_failure_last()->message);
    *out_read = set.interfaces[0]->operations[0].parameters[0].type;
}

/* ---- types that are right ---- */

static const shmrpc_type_descriptor int32 = { .kind = SHMRPC_TYPE_INT32, .name = "int32" };
static const shmrpc_type_descriptor octet = { .kind = SHMRPC_TYPE_OCTET, .name = "octet" };
static const shmrpc_type_descriptor real = { .kind = SHMRPC_TYPE_DOUBLE, .name = "double" };
static const shmrpc_type_descriptor text = { .kind = SHMRPC_TYPE_STRING, .name = "string",
                                             .form = SHMRPC_FORM_TEXT };

static shmrpc_type_descriptor record_of(const shmrpc_member_descriptor *members, uint32_t count)
{
    return (shmrpc_type_descriptor){
        .kind = SHMRPC_TYPE_STRUCT,
        .name = "a.S",
        .path = "a.S",
        .structure = { .extensibility = SHMRPC_APPENDABLE, .members = members,
                       .member_count = count },
    };
}

static shmrpc_type_descriptor container_of(shmrpc_type_kind kind, shmrpc_form form,
                                           const shmrpc_type_descriptor *element, uint32_t bound)
{
    return (shmrpc_type_descriptor){ .kind = kind, .form = form, .name = "c", .path = "a.S.c",
                                     .bound = bound, .items = { .element = element } };
}

Test(descriptor_set, layout_is_that_of_c_whatever_was_written)
{
    typedef struct layout {
        uint8_t small;
        bool has_maybe;
        int32_t maybe;
        struct { uint32_t length; int32_t items[3]; } list;
        void *box;
    } layout;
    shmrpc_type_descriptor list =
        container_of(SHMRPC_TYPE_SEQUENCE, SHMRPC_FORM_INLINE, &int32, 3);
    shmrpc_member_descriptor members[] = {
        { .name = "small", .type = &octet, .offset = 77 },
        { .name = "maybe", .type = &int32, .flags = SHMRPC_MEMBER_IS_OPTIONAL, .offset = 3 },
        { .name = "list", .type = &list },
        { .name = "box",
          .flags = SHMRPC_MEMBER_IS_OPTIONAL | SHMRPC_MEMBER_IS_BOXED },
    };
    shmrpc_type_descriptor record = record_of(members, 4);
    members[3].type = &record;
    record.flags = SHMRPC_TYPE_IS_RECURSIVE;
    record.bytes = 1;
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    const shmrpc_type_descriptor *read;
    require_read(&record, &arena, &read);
    cr_assert_eq(read->bytes, sizeof(layout));
    cr_assert_eq(read->alignment, _Alignof(layout));
    cr_assert_eq(read->flags, SHMRPC_TYPE_IS_RECURSIVE | SHMRPC_TYPE_HAS_POINTERS);
    cr_assert_eq(read->structure.members[0].offset, offsetof(layout, small));
    cr_assert_eq(read->structure.members[1].presence_offset, offsetof(layout, has_maybe));
    cr_assert_eq(read->structure.members[1].offset, offsetof(layout, maybe));
    cr_assert_eq(read->structure.members[2].offset, offsetof(layout, list));
    cr_assert_eq(read->structure.members[3].offset, offsetof(layout, box));
    cr_assert_eq(read->structure.members[3].type, read);
    shmrpc_arena_deinit(&arena);
}

/* ---- what holds what ---- */

Test(descriptor_set, types_that_hold_themselves_are_refused)
{
    shmrpc_member_descriptor member = { .name = "m" };
    shmrpc_type_descriptor record = record_of(&member, 1);
    member.type = &record;
    record.flags = SHMRPC_TYPE_IS_RECURSIVE;
    require_refused(&record, "a type that holds itself");
    shmrpc_type_descriptor row = container_of(SHMRPC_TYPE_ARRAY, SHMRPC_FORM_VALUE, NULL, 2);
    row.items.element = &row;
    require_refused(&row, "a type that holds itself");
}

/* Else a message could lead as deep into them as it is long. */
Test(descriptor_set, recursion_counts_levels)
{
    shmrpc_member_descriptor member = { .name = "m" };
    shmrpc_type_descriptor record = record_of(&member, 1);
    shmrpc_type_descriptor list =
        container_of(SHMRPC_TYPE_SEQUENCE, SHMRPC_FORM_POINTER, &record, 0);
    member.type = &list;
    require_refused(&record, "a type that leads to itself without a level");
    record.flags = SHMRPC_TYPE_IS_RECURSIVE;
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    const shmrpc_type_descriptor *read;
    require_read(&record, &arena, &read);
    shmrpc_arena_deinit(&arena);
    list.items.element = &list;
    list.flags = SHMRPC_TYPE_IS_RECURSIVE;
    require_refused(&list, "a type that leads to itself without a level");
}

Test(descriptor_set, nesting_and_size_have_limits)
{
    enum { LEVELS = 70 };
    shmrpc_type_descriptor rows[LEVELS];
    for (int i = 0; i < LEVELS; i++)
        rows[i] = container_of(SHMRPC_TYPE_ARRAY, SHMRPC_FORM_VALUE,
                               i > 0 ? &rows[i - 1] : &octet, 1);
    require_refused(&rows[LEVELS - 1], "nested too deeply");
    for (int i = 0; i < 3; i++)
        rows[i].bound = UINT32_MAX;
    require_refused(&rows[2], "more than a terabyte");
}

Test(descriptor_set, parts_have_types_that_can_be_parts)
{
    shmrpc_member_descriptor member = { .name = "m", .type = &text };
    shmrpc_type_descriptor record = record_of(&member, 1);
    require_refused(&record, "a type that nothing can hold");
    member.type = &int32;
    member.flags = SHMRPC_MEMBER_IS_BOXED;
    require_refused(&record, "a pointer to what is no struct");
    shmrpc_type_descriptor map = container_of(SHMRPC_TYPE_MAP, SHMRPC_FORM_POINTER, &int32, 0);
    member.flags = 0;
    map.items.key = &record;
    require_refused(&map, "keys of a type that cannot be one");
    shmrpc_type_descriptor list =
        container_of(SHMRPC_TYPE_SEQUENCE, SHMRPC_FORM_INLINE, &int32, 0);
    require_refused(&list, "a form that its kind does not have");
}

/* ---- numbers ---- */

Test(descriptor_set, limits_and_defaults_are_values_of_their_type)
{
    shmrpc_range range = { .has_max = 1, .max = { .unsigned_integer = 256 } };
    shmrpc_type_descriptor limited = octet;
    limited.range = &range;
    require_refused(&limited, "a limit that its type does not have");
    shmrpc_member_descriptor member = { .name = "m", .type = &octet,
                                        .flags = SHMRPC_MEMBER_HAS_DEFAULT,
                                        .default_value = { .unsigned_integer = 256 } };
    shmrpc_type_descriptor record = record_of(&member, 1);
    require_refused(&record, "a default that its type does not have");
    member.flags |= SHMRPC_MEMBER_IS_OPTIONAL;
    require_refused(&record, "a default of what can be absent");
    shmrpc_type_descriptor line = { .kind = SHMRPC_TYPE_STRING, .name = "string<3>",
                                    .form = SHMRPC_FORM_INLINE, .bound = 3 };
    shmrpc_member_descriptor longer = { .name = "m", .type = &line,
                                        .flags = SHMRPC_MEMBER_HAS_DEFAULT,
                                        .default_value = { .text = "four" } };
    record = record_of(&longer, 1);
    require_refused(&record, "a default that is longer than its bound");
}

Test(descriptor_set, enumerators_bits_and_ids_differ)
{
    shmrpc_enumerator_descriptor rows[] = { { .name = "A", .value = 9 },
                                            { .name = "B", .value = 9 } };
    shmrpc_type_descriptor color = {
        .kind = SHMRPC_TYPE_ENUM,
        .name = "a.E",
        .path = "a.E",
        .enumeration = { .enumerators = rows, .enumerator_count = 2, .initial = rows },
    };
    require_refused(&color, "two enumerators have the same value");
    shmrpc_type_descriptor flags = { .kind = SHMRPC_TYPE_BITMASK, .name = "a.F",
                                     .bitmask = { .bits = rows, .bit_count = 2, .bit_bound = 9 } };
    require_refused(&flags, "a bit at a position that its bitmask does not have");
    shmrpc_member_descriptor members[] = { { .name = "m", .type = &int32, .id = 4 },
                                           { .name = "n", .type = &int32, .id = 4 } };
    shmrpc_type_descriptor record = record_of(members, 2);
    record.structure.extensibility = SHMRPC_MUTABLE;
    require_refused(&record, "two members have the same id");
}

Test(descriptor_set, labels_ascend_and_fit)
{
    shmrpc_member_descriptor member = { .name = "m", .type = &int32 };
    shmrpc_label_descriptor labels[] = { { .value = { .unsigned_integer = 2 } },
                                         { .value = { .unsigned_integer = 1 } } };
    shmrpc_type_descriptor either = {
        .kind = SHMRPC_TYPE_UNION,
        .name = "a.U",
        .path = "a.U",
        .union_ = { .extensibility = SHMRPC_APPENDABLE, .discriminator = &octet,
                    .members = &member, .member_count = 1, .labels = labels, .label_count = 2 },
    };
    require_refused(&either, "labels that do not ascend");
    labels[1].value.unsigned_integer = 300;
    require_refused(&either, "a label that the discriminator does not have");
    either.union_.discriminator = &real;
    require_refused(&either, "a discriminator that is neither");
}

/* ---- bytes ---- */

Test(descriptor_set, bytes_that_are_no_set_are_refused)
{
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {
        { "", 0 },                               /* nothing */
        { "\x95\x02\x90\x90\x90\x90", 6 },       /* another version */
        { "\x95\x01\x90\x91\x00\x90\x90", 7 },   /* a type of no kind */
        { "\x95\x01\x90\x91\x08\x90\x90", 7 },   /* a kind without its type */
        { "\x95\x01\x90\xdd\xff\xff\xff\xff", 8 }, /* types that do not follow */
        { "\x95\x01\x90\x90\x90\x90\x00", 7 },   /* something behind it */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        shmrpc_arena arena;
        shmrpc_arena_init(&arena);
        shmrpc_descriptor_set set;
        cr_assert_eq(shmrpc_descriptor_set_read((const uint8_t *)cases[i].bytes, cases[i].length,
                                                &arena, &set),
                     SHMRPC_INVALID_ARGUMENT, "%zu", i);
        shmrpc_arena_deinit(&arena);
    }
}

Test(descriptor_set, every_prefix_is_refused)
{
    size_t length = write_about(&int32);
    for (size_t cut = 0; cut < length; cut++) {
        shmrpc_arena arena;
        shmrpc_arena_init(&arena);
        shmrpc_descriptor_set set;
        cr_assert_neq(shmrpc_descriptor_set_read(bytes, cut, &arena, &set), SHMRPC_OK);
        shmrpc_arena_deinit(&arena);
    }
}
