/* What the back end prints, what it makes in memory, and what was written and read again are the
 * same tables: everybody's idea of sizes and offsets is that of the C compiler. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <shmrpc/descriptor_set.h>

#include "c_describe.h"
#include "c_lower.h"
#include "compile.h"
#include "descriptors.h"

/* ---- the tables in memory ---- */

typedef struct loaded {
    srpc_idl_arena *arena;
    const srpc_c_descriptors *descriptors;
} loaded;

static loaded load(const char *idl)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.idl", SHMRPC_TESTS_IDL, idl);
    srpc_idl_arena *arena = srpc_idl_arena_create();
    srpc_diagnostics *diagnostics = srpc_diagnostics_create(arena, NULL);
    srpc_idl_options options = { .path = path };
    const srpc_model *model = srpc_idl_compile(&options, diagnostics, arena);
    cr_assert_not_null(model, "%s", srpc_diagnostics_text(diagnostics));
    const srpc_c_unit *unit = srpc_c_lower(model, SRPC_C_INLINE_MAX, diagnostics, arena);
    return (loaded){ arena, srpc_c_describe(unit) };
}

static const char *const files[] = { "geometry",  "every", "evolve_old", "evolve_new",
                                     "flags",     "kin",   "maps",       "nested",
                                     "recursive", "noted", "unions",     "abroad" };

enum { FILE_COUNT = sizeof files / sizeof files[0] };

/* ---- comparing ---- */

typedef struct pair {
    const void *printed;
    const void *made;
} pair;

/* Pairs that have been looked at, or are being: recursive types lead back to themselves. */
static pair seen[4000];
static size_t seen_count;

static bool is_seen(const void *printed, const void *made)
{
    for (size_t i = 0; i < seen_count; i++)
        if (seen[i].printed == printed && seen[i].made == made)
            return true;
    cr_assert_lt(seen_count, sizeof seen / sizeof seen[0]);
    seen[seen_count++] = (pair){ printed, made };
    return false;
}

static void same_text(const char *printed, const char *made, const char *where)
{
    cr_assert_eq(printed == NULL, made == NULL, "%s: %s, %s", where, printed, made);
    if (printed != NULL)
        cr_assert_str_eq(printed, made, "%s", where);
}

#define SAME(field) cr_assert_eq(printed->field, made->field, "%s: " #field, where)
#define SAME_INDEX(field, rows)                                                                    \
    do {                                                                                           \
        cr_assert_eq(printed->field == NULL, made->field == NULL, "%s: " #field, where);           \
        if (printed->field != NULL)                                                                \
            cr_assert_eq(printed->field - printed->rows, made->field - made->rows, "%s", where);   \
    } while (0)

static void same_notes(const shmrpc_notes *printed, const shmrpc_notes *made, const char *where)
{
    same_text(printed->doc, made->doc, where);
    same_text(printed->unit, made->unit, where);
    same_text(printed->deprecated, made->deprecated, where);
}

static void same_constant(const shmrpc_type_descriptor *type, shmrpc_constant printed,
                          shmrpc_constant made, const char *where)
{
    if (type->kind == SHMRPC_TYPE_STRING)
        same_text(printed.text, made.text, where);
    else
        cr_assert_eq(printed.unsigned_integer, made.unsigned_integer, "%s", where);
}

static void same_type(const shmrpc_type_descriptor *printed, const shmrpc_type_descriptor *made);

static void same_range(const shmrpc_type_descriptor *type, const shmrpc_range *printed,
                       const shmrpc_range *made, const char *where)
{
    cr_assert_eq(printed == NULL, made == NULL, "%s", where);
    if (printed == NULL)
        return;
    SAME(has_min);
    SAME(has_max);
    same_constant(type, printed->min, made->min, where);
    same_constant(type, printed->max, made->max, where);
}

static void same_enumerators(const shmrpc_enumerator_descriptor *printed,
                             const shmrpc_enumerator_descriptor *made, uint32_t count,
                             const char *where)
{
    for (uint32_t i = 0; i < count; i++, printed++, made++) {
        same_text(printed->name, made->name, where);
        SAME(value);
        same_notes(&printed->notes, &made->notes, where);
    }
}

static void same_ascending(const uint32_t *printed, const uint32_t *made, uint32_t count,
                           const char *where)
{
    cr_assert_eq(printed == NULL, made == NULL, "%s", where);
    if (printed != NULL)
        cr_assert_arr_eq(printed, made, count * sizeof *printed, "%s", where);
}

static void same_members(const shmrpc_member_descriptor *printed,
                         const shmrpc_member_descriptor *made, uint32_t count, const char *owner)
{
    cr_assert_eq(printed == NULL, made == NULL, "%s", owner);
    for (uint32_t i = 0; i < count; i++, printed++, made++) {
        char where[256];
        snprintf(where, sizeof where, "%s.%s", owner, printed->name);
        same_text(printed->name, made->name, where);
        same_type(printed->type, made->type);
        SAME(flags);
        SAME(id);
        SAME(offset);
        SAME(presence_offset);
        same_constant(printed->type, printed->default_value, made->default_value, where);
        same_notes(&printed->notes, &made->notes, where);
    }
}

static void same_enum(const shmrpc_enum_descriptor *printed, const shmrpc_enum_descriptor *made,
                      const char *where)
{
    SAME(enumerator_count);
    same_enumerators(printed->enumerators, made->enumerators, printed->enumerator_count, where);
    same_ascending(printed->ascending, made->ascending, printed->enumerator_count, where);
    SAME_INDEX(fallback, enumerators);
    SAME_INDEX(initial, enumerators);
}

static void same_items(const shmrpc_items_descriptor *printed,
                       const shmrpc_items_descriptor *made, const char *where)
{
    same_type(printed->element, made->element);
    cr_assert_eq(printed->key == NULL, made->key == NULL, "%s", where);
    if (printed->key != NULL)
        same_type(printed->key, made->key);
    SAME(item_bytes);
    SAME(value_offset);
    SAME(items_offset);
    SAME(length_offset);
}

static void same_structure(const shmrpc_structure_descriptor *printed,
                           const shmrpc_structure_descriptor *made, const char *where)
{
    SAME(extensibility);
    SAME(member_count);
    SAME(exception_id);
    same_members(printed->members, made->members, printed->member_count, where);
    same_ascending(printed->ascending, made->ascending, printed->member_count, where);
}

static void same_union(const shmrpc_union_descriptor *printed, const shmrpc_union_descriptor *made,
                       const char *where)
{
    SAME(extensibility);
    SAME(discriminator_offset);
    SAME(member_count);
    SAME(label_count);
    same_type(printed->discriminator, made->discriminator);
    same_notes(&printed->discriminator_notes, &made->discriminator_notes, where);
    same_members(printed->members, made->members, printed->member_count, where);
    for (uint32_t i = 0; i < printed->label_count; i++) {
        same_constant(printed->discriminator, printed->labels[i].value, made->labels[i].value,
                      where);
        SAME(labels[i].member);
    }
    SAME_INDEX(otherwise, members);
    SAME_INDEX(initial, members);
    same_constant(printed->discriminator, printed->initial_discriminator,
                  made->initial_discriminator, where);
}

static void same_type(const shmrpc_type_descriptor *printed, const shmrpc_type_descriptor *made)
{
    const char *where = printed->name;
    if (is_seen(printed, made))
        return;
    SAME(kind);
    SAME(form);
    SAME(flags);
    SAME(alignment);
    SAME(bytes);
    same_text(printed->name, made->name, where);
    same_text(printed->path, made->path, where);
    SAME(bound);
    same_range(printed, printed->range, made->range, where);
    same_notes(&printed->notes, &made->notes, where);
    switch (printed->kind) {
    case SHMRPC_TYPE_ENUM:
        same_enum(&printed->enumeration, &made->enumeration, where);
        break;
    case SHMRPC_TYPE_BITMASK:
        cr_assert_eq(printed->bitmask.bit_count, made->bitmask.bit_count, "%s", where);
        cr_assert_eq(printed->bitmask.bit_bound, made->bitmask.bit_bound, "%s", where);
        same_enumerators(printed->bitmask.bits, made->bitmask.bits, printed->bitmask.bit_count,
                         where);
        break;
    case SHMRPC_TYPE_SEQUENCE:
    case SHMRPC_TYPE_MAP:
    case SHMRPC_TYPE_ARRAY:
        same_items(&printed->items, &made->items, where);
        break;
    case SHMRPC_TYPE_STRUCT:
    case SHMRPC_TYPE_EXCEPTION:
        same_structure(&printed->structure, &made->structure, where);
        break;
    case SHMRPC_TYPE_UNION:
        same_union(&printed->union_, &made->union_, where);
        break;
    default:
        break;
    }
}

/* ---- types ---- */

typedef struct type_row {
    const char *symbol;
    const shmrpc_type_descriptor *printed;
} type_row;

#define TYPE_ROW(symbol) { #symbol, &symbol },
static const type_row types[] = { TYPE_DESCRIPTORS(TYPE_ROW) };

enum { TYPE_COUNT = sizeof types / sizeof types[0] };

static const shmrpc_type_descriptor *printed_type(const char *symbol)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (strcmp(types[i].symbol, symbol) == 0)
            return types[i].printed;
    cr_assert_fail("%s is not printed", symbol);
    return NULL;
}

/* Of each file, also what it has from others. */
Test(descriptor, types_in_memory_are_those_that_are_printed, .timeout = 60)
{
    size_t own = 0;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        loaded file = load(files[i]);
        seen_count = 0;
        for (const srpc_c_described *type = file.descriptors->types; type != NULL;
             type = type->next) {
            if (!type->is_public)
                continue;
            same_type(printed_type(type->symbol), &type->descriptor);
            own += type->is_main;
        }
        srpc_idl_arena_destroy(file.arena);
    }
    cr_assert_eq(own, TYPE_COUNT);
}

/* ---- interfaces ---- */

typedef struct interface_row {
    const char *symbol;
    const shmrpc_interface_descriptor *printed;
} interface_row;

#define INTERFACE_ROW(symbol) { #symbol, &symbol },
static const interface_row interfaces[] = { INTERFACE_DESCRIPTORS(INTERFACE_ROW) };

enum { INTERFACE_COUNT = sizeof interfaces / sizeof interfaces[0] };

static const shmrpc_interface_descriptor *printed_interface(const char *symbol)
{
    for (size_t i = 0; i < INTERFACE_COUNT; i++)
        if (strcmp(interfaces[i].symbol, symbol) == 0)
            return interfaces[i].printed;
    cr_assert_fail("%s is not printed", symbol);
    return NULL;
}

static void same_parameters(const shmrpc_parameter_descriptor *printed,
                            const shmrpc_parameter_descriptor *made, uint32_t count,
                            const char *where)
{
    for (uint32_t i = 0; i < count; i++, printed++, made++) {
        same_text(printed->name, made->name, where);
        same_type(printed->type, made->type);
        SAME(direction);
        SAME(is_optional);
        same_notes(&printed->notes, &made->notes, where);
    }
}

static void same_plain(const shmrpc_operation *printed, const shmrpc_operation *made)
{
    const char *where = printed->name;
    same_text(printed->name, made->name, where);
    SAME(id);
    SAME(shape);
    SAME(flags);
    SAME(deadline_ms);
}

static void same_operation(const shmrpc_operation_descriptor *printed,
                           const shmrpc_operation_descriptor *made)
{
    const char *where = printed->operation->name;
    same_plain(printed->operation, made->operation);
    same_text(printed->name, made->name, where);
    SAME(kind);
    SAME(parameter_count);
    SAME(raises_count);
    SAME(needs_arena);
    SAME(is_stream);
    same_notes(&printed->notes, &made->notes, where);
    cr_assert_eq(printed->result == NULL, made->result == NULL, "%s", where);
    if (printed->result != NULL)
        same_type(printed->result, made->result);
    same_parameters(printed->parameters, made->parameters, printed->parameter_count, where);
    for (uint32_t i = 0; i < printed->raises_count; i++)
        same_type(printed->raises[i], made->raises[i]);
}

static void same_sources(const shmrpc_source *printed, const shmrpc_source *made, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++, printed++, made++) {
        const char *where = printed->name;
        same_text(printed->name, made->name, where);
        SAME(piece_count);
        for (uint32_t k = 0; k < printed->piece_count; k++)
            same_text(printed->pieces[k], made->pieces[k], where);
    }
}

static void same_interface(const shmrpc_interface_descriptor *printed,
                           const shmrpc_interface_descriptor *made)
{
    const char *where = printed->interface->name;
    same_text(printed->interface->name, made->interface->name, where);
    SAME(interface->fingerprint);
    SAME(interface->operation_count);
    SAME(operation_count);
    SAME(base_count);
    SAME(source_count);
    same_sources(printed->sources, made->sources, printed->source_count);
    same_notes(&printed->notes, &made->notes, where);
    for (uint32_t i = 0; i < printed->operation_count; i++) {
        cr_assert_eq(printed->operations[i].operation, &printed->interface->operations[i]);
        same_operation(&printed->operations[i], &made->operations[i]);
    }
    for (uint32_t i = 0; i < printed->base_count; i++)
        same_interface(printed->bases[i], made->bases[i]);
}

Test(descriptor, interfaces_in_memory_are_those_that_are_printed, .timeout = 60)
{
    size_t own = 0;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        loaded file = load(files[i]);
        seen_count = 0;
        for (const srpc_c_described_interface *interface = file.descriptors->interfaces;
             interface != NULL; interface = interface->next) {
            same_interface(printed_interface(interface->symbol), &interface->descriptor);
            own += interface->interface->declaration->file->is_main;
        }
        srpc_idl_arena_destroy(file.arena);
    }
    cr_assert_eq(own, INTERFACE_COUNT);
}

/* ---- written and read ---- */

static uint8_t once[1 << 20];
static uint8_t again[1 << 20];

static size_t write_set(const shmrpc_descriptor_set *set, uint8_t *into, size_t room)
{
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    shmrpc_packer packer;
    shmrpc_packer_init(&packer, into, room);
    uint8_t *end = shmrpc_descriptor_set_write(set, &arena, &packer, packer.start);
    cr_assert_not_null(end, "%s", packer.problem);
    shmrpc_arena_deinit(&arena);
    return (size_t)(end - into);
}

static const shmrpc_interface_descriptor *find(const shmrpc_descriptor_set *set, const char *name)
{
    for (uint32_t i = 0; i < set->interface_count; i++)
        if (strcmp(set->interfaces[i]->interface->name, name) == 0)
            return set->interfaces[i];
    cr_assert_fail("%s has not been read", name);
    return NULL;
}

Test(descriptor, what_is_read_is_what_was_written, .timeout = 60)
{
    const shmrpc_interface_descriptor *all[INTERFACE_COUNT];
    for (size_t i = 0; i < INTERFACE_COUNT; i++)
        all[i] = interfaces[i].printed;
    shmrpc_descriptor_set set = { all, INTERFACE_COUNT };
    size_t length = write_set(&set, once, sizeof once);
    shmrpc_arena arena;
    shmrpc_arena_init(&arena);
    shmrpc_descriptor_set read;
    cr_assert_eq(shmrpc_descriptor_set_read(once, length, &arena, &read), SHMRPC_OK, "%s",
                 shmrpc_failure_last()->message);
    cr_assert_eq(read.interface_count, INTERFACE_COUNT);
    seen_count = 0;
    for (size_t i = 0; i < INTERFACE_COUNT; i++)
        same_interface(all[i], find(&read, all[i]->interface->name));
    cr_assert_gt(seen_count, 150);
    cr_assert_eq(write_set(&read, again, sizeof again), length);
    cr_assert_arr_eq(once, again, length);
    shmrpc_arena_deinit(&arena);
}

/* Each byte in turn is something else: refused, or a set that can be written and read again. */
Test(descriptor, damaged_sets_are_refused_or_sets, .timeout = 60)
{
    const shmrpc_interface_descriptor *some[] = { &unions_Box_descriptor,
                                                  &recursive_Walk_descriptor };
    shmrpc_descriptor_set set = { some, 2 };
    size_t length = write_set(&set, once, sizeof once);
    for (size_t i = 0; i < length * 4; i++) {
        static const uint8_t changes[] = { 0x01, 0x80, 0x7f, 0xff };
        uint8_t *copy = malloc(length); /* of the very size, so that a sanitizer sees */
        memcpy(copy, once, length);
        copy[i / 4] ^= changes[i % 4];
        shmrpc_arena arena;
        shmrpc_arena_init(&arena);
        shmrpc_descriptor_set read;
        if (shmrpc_descriptor_set_read(copy, length, &arena, &read) == SHMRPC_OK)
            write_set(&read, again, sizeof again);
        shmrpc_arena_deinit(&arena);
        free(copy);
    }
}

/* ---- text ---- */

static const char *joined(const shmrpc_source *source)
{
    static char text[1 << 16];
    text[0] = '\0';
    for (uint32_t i = 0; i < source->piece_count; i++)
        strncat(text, source->pieces[i], sizeof text - strlen(text) - 1);
    return text;
}

Test(descriptor, the_idl_text_rides_along)
{
    const shmrpc_interface_descriptor *child = &every_Child_descriptor;
    char path[512];
    static char text[1 << 16];
    cr_assert_eq(child->source_count, 2);
    cr_assert_str_eq(child->sources[0].name, "every.idl");
    cr_assert_str_eq(child->sources[1].name, "geometry.idl");
    for (uint32_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", SHMRPC_TESTS_IDL, child->sources[i].name);
        FILE *file = fopen(path, "r");
        cr_assert_not_null(file);
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
        cr_assert_str_eq(joined(&child->sources[i]), text);
    }
}

/* Whatever stands in comments, texts are UTF-8: else no set could be written. */
Test(descriptor, what_is_not_utf_8_becomes_question_marks)
{
    srpc_idl_arena *arena = srpc_idl_arena_create();
    static const char text[] = "a\xe9 \xc3\xa9 \xed\xa0\x80\0\xf0\x9f\x98\x80 \xe2\x82";
    cr_assert_str_eq(srpc_c_describe_text(arena, text, sizeof text - 1),
                     "a? \xc3\xa9 ????\xf0\x9f\x98\x80 ??");
    srpc_idl_arena_destroy(arena);
}
