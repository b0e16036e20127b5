#include "c_compatibility.h"

#include <string.h>

#include "memory.h"
#include "names.h"
#include "table.h"

typedef struct c_check {
    srpc_idl_arena *arena;
    srpc_diagnostics *breaks;
    srpc_table reported;        /* places of the new version with a break of its source */
} c_check;

/* ---- reporting ---- */

static const char *place_key(srpc_idl_arena *arena, const char *path, uint32_t line,
                             uint32_t column)
{
    return srpc_text(arena, "%u:%u:%s", line, column, path);
}

static void index_reported(c_check *check)
{
    for (uint32_t i = 0; i < srpc_diagnostics_count(check->breaks); i++) {
        const srpc_diagnostic *item = srpc_diagnostics_at(check->breaks, i);
        bool is_source = item->severity == SRPC_SEVERITY_SOURCE ||
                         item->severity == SRPC_SEVERITY_WIRE_AND_SOURCE;
        if (is_source && item->path != NULL)
            srpc_table_put(&check->reported,
                           place_key(check->arena, item->path, item->line, item->column), item);
    }
}

static bool is_reported(const c_check *check, srpc_location place)
{
    return srpc_table_get(&check->reported, place_key(check->arena, place.file->path, place.line,
                                                      place.column)) != NULL;
}

typedef struct thing {
    const char *what;           /* "member 'demo.Point.x'" */
    srpc_location old_place;
    srpc_location new_place;
} thing;

static void compare_text(const c_check *check, const thing *at, srpc_break_id id,
                         const char *before, const char *after)
{
    if (strcmp(before, after) == 0 || is_reported(check, at->new_place))
        return;
    srpc_break_report(check->breaks, id, SRPC_BREAKS_SOURCE, at->new_place, "%s became %s in C",
                      at->what, after);
    srpc_break_note(check->breaks, at->old_place, "it was %s", before);
}

/* ---- types ---- */

/* As if nothing had taken its name: that it had to give way is said where it is declared. */
static const char *spell_declared(srpc_idl_arena *arena, const srpc_declaration *declaration)
{
    return srpc_names_join(arena, declaration->scoped_name, NULL);
}

static const char *spell_record(srpc_idl_arena *arena, const srpc_c_record *record)
{
    return record->declaration == NULL ? record->name
                                       : spell_declared(arena, record->declaration);
}

static const char *spell_scalar(srpc_idl_arena *arena, const srpc_c_type *type)
{
    if (type->bitmask != NULL)
        return spell_declared(arena, type->bitmask->declaration);
    return type->idl->kind == SRPC_TYPE_CHAR ? "char" : type->scalar;
}

/* What a program sees of a type, through all typedefs. */
static const char *spell(srpc_idl_arena *arena, const srpc_c_type *type)
{
    switch (type->kind) {
    case SRPC_C_SCALAR:
        return spell_scalar(arena, type);
    case SRPC_C_ENUM:
        return spell_declared(arena, type->enumeration->declaration);
    case SRPC_C_TEXT:
        return "shmrpc_string";
    case SRPC_C_INLINE_TEXT:
        return srpc_text(arena, "char[%u]", type->bound + 1);
    case SRPC_C_PARAMETER_TEXT:
        return "const char *";
    case SRPC_C_BYTES:
        return "shmrpc_bytes";
    case SRPC_C_SEQUENCE:
    case SRPC_C_MAP:
        return srpc_text(arena, "%s (%s behind a pointer)", spell_record(arena, type->record),
                         spell(arena, type->element));
    case SRPC_C_INLINE_SEQUENCE:
    case SRPC_C_INLINE_MAP:
        return srpc_text(arena, "%s (%s inline)", spell_record(arena, type->record),
                         spell(arena, type->element));
    case SRPC_C_ARRAY:
        return srpc_text(arena, "%s[%u]", spell(arena, type->element), type->bound);
    case SRPC_C_STRUCT:
    case SRPC_C_UNION:
        return spell_record(arena, type->record);
    }
    return "";
}

static void compare_types(const c_check *check, const thing *at, const srpc_c_type *before,
                          const srpc_c_type *after)
{
    if (before != NULL && after != NULL)
        compare_text(check, at, SRPC_BREAK_C_TYPE_CHANGED, spell(check->arena, before),
                     spell(check->arena, after));
}

/* ---- structs and unions ---- */

static const char *spell_member(c_check *check, const srpc_c_member *member)
{
    const char *type = spell(check->arena, member->type);
    return member->idl->is_boxed ? srpc_text(check->arena, "%s *", type) : type;
}

static void compare_member(c_check *check, const srpc_c_member *before, const srpc_c_member *after)
{
    thing at = { srpc_text(check->arena, "member '%s'", after->path), before->idl->location,
                 after->idl->location };
    compare_text(check, &at, SRPC_BREAK_C_NAME_CHANGED, before->name, after->name);
    if (before->has_name != NULL && after->has_name != NULL)
        compare_text(check, &at, SRPC_BREAK_C_NAME_CHANGED, before->has_name, after->has_name);
    compare_text(check, &at, SRPC_BREAK_C_TYPE_CHANGED, spell_member(check, before),
                 spell_member(check, after));
}

static bool is_inherited(const srpc_c_record *record, uint32_t index)
{
    return record->structure != NULL && index < record->structure->base_member_count;
}

static void compare_discriminators(const c_check *check, const srpc_c_record *before,
                                   const srpc_c_record *after)
{
    thing at = { srpc_text(check->arena, "the discriminator of '%s'", after->path),
                 before->declaration->location, after->declaration->location };
    compare_text(check, &at, SRPC_BREAK_C_NAME_CHANGED, before->union_->discriminator,
                 after->union_->discriminator);
}

static void compare_records(c_check *check, const srpc_c_record *before,
                            const srpc_c_record *after)
{
    srpc_table members = { .arena = check->arena };
    for (uint32_t i = 0; i < before->member_count; i++)
        srpc_table_put(&members, before->members[i].idl->name, &before->members[i]);
    for (uint32_t i = 0; i < after->member_count; i++) {
        const srpc_c_member *member = &after->members[i];
        const srpc_c_member *found = srpc_table_get(&members, member->idl->name);
        if (found != NULL && !is_inherited(after, i))
            compare_member(check, found, member);
    }
    if (before->union_ != NULL && after->union_ != NULL)
        compare_discriminators(check, before, after);
}

/* ---- enums and bitmasks: what gave way to another name ---- */

static void compare_enums(c_check *check, const srpc_c_enum *before, const srpc_c_enum *after)
{
    srpc_table names = { .arena = check->arena };
    for (uint32_t i = 0; i < before->idl->enumerator_count; i++)
        srpc_table_put(&names, before->idl->enumerators[i].name, &before->idl->enumerators[i]);
    for (uint32_t i = 0; i < after->idl->enumerator_count; i++) {
        const srpc_enumerator *one = &after->idl->enumerators[i];
        const srpc_enumerator *found = srpc_table_get(&names, one->name);
        if (found == NULL)
            continue;
        thing at = { srpc_text(check->arena, "enumerator '%s'", one->scoped_name),
                     found->location, one->location };
        compare_text(check, &at, SRPC_BREAK_C_NAME_CHANGED,
                     before->enumerators[found - before->idl->enumerators],
                     after->enumerators[i]);
    }
}

static void compare_bitmasks(c_check *check, const srpc_c_bitmask *before,
                             const srpc_c_bitmask *after)
{
    srpc_table names = { .arena = check->arena };
    for (uint32_t i = 0; i < before->idl->bit_count; i++)
        srpc_table_put(&names, before->idl->bits[i].name, &before->idl->bits[i]);
    for (uint32_t i = 0; i < after->idl->bit_count; i++) {
        const srpc_bit *one = &after->idl->bits[i];
        const srpc_bit *found = srpc_table_get(&names, one->name);
        if (found == NULL)
            continue;
        thing at = { srpc_text(check->arena, "flag '%s'", one->scoped_name), found->location,
                     one->location };
        compare_text(check, &at, SRPC_BREAK_C_NAME_CHANGED,
                     before->flags[found - before->idl->bits], after->flags[i]);
    }
}

/* ---- interfaces ---- */

static const char *arena_text(const srpc_c_signature *signature)
{
    return signature->needs_arena ? "a function with an arena" : "a function without an arena";
}

static void compare_parameters(c_check *check, const srpc_c_signature *before,
                               const srpc_c_signature *after)
{
    for (uint32_t i = 0; i < after->idl->parameter_count; i++) {
        const srpc_c_parameter *parameter = &after->parameters[i];
        thing at = { srpc_text(check->arena, "parameter '%s'", parameter->path),
                     before->idl->parameters[i].location, parameter->idl->location };
        compare_types(check, &at, before->parameters[i].type, parameter->type);
    }
}

static void compare_operation(c_check *check, const srpc_c_operation *before,
                              const srpc_c_operation *after)
{
    thing at = { srpc_text(check->arena, "'%s'", after->signature->path),
                 before->signature->idl->location, after->signature->idl->location };
    compare_text(check, &at, SRPC_BREAK_C_NAME_CHANGED, before->name, after->name);
    compare_text(check, &at, SRPC_BREAK_C_NAME_CHANGED, before->handler, after->handler);
    if (before->signature->idl->parameter_count != after->signature->idl->parameter_count)
        return;
    compare_parameters(check, before->signature, after->signature);
    compare_types(check, &at, before->signature->result, after->signature->result);
    compare_text(check, &at, SRPC_BREAK_C_FUNCTION_CHANGED, arena_text(before->signature),
                 arena_text(after->signature));
}

static void compare_interfaces(c_check *check, const srpc_c_interface *before,
                               const srpc_c_interface *after)
{
    srpc_table operations = { .arena = check->arena };
    for (uint32_t i = 0; i < before->idl->operation_count; i++)
        srpc_table_put(&operations, before->idl->operations[i]->name, &before->operations[i]);
    for (uint32_t i = 0; i < after->idl->operation_count; i++) {
        const srpc_c_operation *found =
            srpc_table_get(&operations, after->idl->operations[i]->name);
        if (found != NULL)
            compare_operation(check, found, &after->operations[i]);
    }
}

/* ---- what the headers declare ---- */

static const char *item_key(srpc_idl_arena *arena, const srpc_c_item *item)
{
    return srpc_text(arena, "%d:%s", (int)item->kind, item->declaration->scoped_name);
}

static void compare_items(c_check *check, const srpc_c_item *before, const srpc_c_item *after)
{
    thing at = { srpc_text(check->arena, "'%s'", after->declaration->scoped_name),
                 before->declaration->location, after->declaration->location };
    compare_text(check, &at, SRPC_BREAK_C_NAME_CHANGED, before->name, after->name);
    switch (after->kind) {
    case SRPC_C_ITEM_CONSTANT:
    case SRPC_C_ITEM_TYPEDEF:
        compare_types(check, &at, before->type, after->type);
        break;
    case SRPC_C_ITEM_ENUM:
        compare_enums(check, before->enumeration, after->enumeration);
        break;
    case SRPC_C_ITEM_BITMASK:
        compare_bitmasks(check, before->bitmask, after->bitmask);
        break;
    case SRPC_C_ITEM_RECORD:
        compare_types(check, &at, before->record->type, after->record->type);
        compare_records(check, before->record, after->record);
        break;
    case SRPC_C_ITEM_INTERFACE:
        compare_interfaces(check, before->interface, after->interface);
        break;
    case SRPC_C_ITEM_ENTRY:
    case SRPC_C_ITEM_RAISED:
        break;
    }
}

/* What the IDL does not name is compared where it is used; what is declared in other files, with
 * those. */
static bool is_compared(const srpc_c_item *item)
{
    return item->declaration != NULL && item->kind != SRPC_C_ITEM_RAISED &&
           item->kind != SRPC_C_ITEM_ENTRY;
}

void srpc_c_compatibility_check(const srpc_c_unit *old_unit, const srpc_c_unit *new_unit,
                                srpc_diagnostics *breaks)
{
    srpc_idl_arena *arena = new_unit->arena;
    c_check check = { .arena = arena, .breaks = breaks, .reported.arena = arena };
    srpc_table items = { .arena = arena };
    index_reported(&check);
    for (uint32_t i = 0; i < old_unit->item_count; i++) {
        if (is_compared(&old_unit->items[i]))
            srpc_table_put(&items, item_key(arena, &old_unit->items[i]), &old_unit->items[i]);
    }
    for (uint32_t i = 0; i < new_unit->item_count; i++) {
        const srpc_c_item *item = &new_unit->items[i];
        const srpc_c_item *found = NULL;
        if (is_compared(item))
            found = srpc_table_get(&items, item_key(arena, item));
        if (found != NULL)
            compare_items(&check, found, item);
    }
}
