/* Structs and unions in C: their members, each with a name, a type and a place. */
#include "c_lower.h"
#include "literal.h"
#include "memory.h"

/* What each type has beside itself; see c_header.c, which prints them. */
const char *const srpc_c_record_suffixes[] = { "init",     "fini",   "copy",   "equal",
                                               "validate", "encode", "decode",
                                               "MAX_ENCODED_SIZE", "descriptor", NULL };

/* The record of a struct or union, made at its first use: a recursive type is used before it is
 * known. */
srpc_c_type *srpc_c_declared_record(srpc_c_lowering *lowering, const srpc_type *idl)
{
    if (lowering->declared[idl->number] != NULL)
        return lowering->declared[idl->number];
    const srpc_declaration *declaration = idl->declaration;
    srpc_c_record *record = srpc_room(lowering->arena, 1, sizeof *record);
    record->name = srpc_c_name(lowering, declaration->scoped_name, srpc_c_record_suffixes,
                               declaration->location);
    srpc_c_kind kind = idl->kind == SRPC_TYPE_UNION ? SRPC_C_UNION : SRPC_C_STRUCT;
    srpc_c_type *type = srpc_c_new_type(lowering, kind, idl, record->name);
    type->record = record;
    type->alignment = 1;
    type->is_refusable = idl->is_recursive;
    record->path = declaration->scoped_name;
    record->type = type;
    record->declaration = declaration;
    record->structure = kind == SRPC_C_STRUCT ? idl->structure : NULL;
    record->is_exception = idl->kind == SRPC_TYPE_EXCEPTION;
    record->is_main = declaration->file->is_main;
    lowering->declared[idl->number] = type;
    lowering->records[idl->number] = record;
    return type;
}

/* ---- members ---- */

/* A pointer where the type would contain itself. */
static uint64_t bytes_of(const srpc_c_member *member)
{
    return member->idl->is_boxed ? SRPC_C_POINTER_BYTES : member->type->bytes;
}

static uint32_t alignment_of(const srpc_c_member *member)
{
    return member->idl->is_boxed ? SRPC_C_POINTER_BYTES : member->type->alignment;
}

static void widen(srpc_c_type *record, const srpc_c_member *member)
{
    if (record->alignment < alignment_of(member))
        record->alignment = alignment_of(member);
    record->has_pointers |= member->idl->is_boxed || member->type->has_pointers;
    record->is_refusable |= member->type->is_refusable;
}

static void lay_out_member(srpc_c_type *structure, const srpc_c_member *member)
{
    if (member->has_name != NULL)
        structure->bytes += 1;
    structure->bytes = srpc_c_round_up(structure->bytes, alignment_of(member)) + bytes_of(member);
    structure->needs_init |= member->needs_init;
    widen(structure, member);
}

/* Members are told apart from the has_x of others; the later one gives way. */
static const char *member_name(srpc_c_lowering *lowering, const srpc_c_record *record,
                               srpc_names *scope, const char *wanted, srpc_location location)
{
    bool clash;
    const char *name = srpc_names_claim(scope, wanted, NULL, &clash);
    if (clash && record->declaration->file->is_main)
        srpc_c_warn_of_clash(lowering, wanted, name, location);
    return name;
}

static void name_member(srpc_c_lowering *lowering, const srpc_c_record *record, srpc_names *scope,
                        srpc_c_member *member)
{
    const srpc_member *idl = member->idl;
    member->name = member_name(lowering, record, scope, idl->name, idl->location);
    if (idl->is_optional && !idl->is_boxed)
        member->has_name =
            member_name(lowering, record, scope,
                        srpc_names_join(lowering->arena, "has", member->name), idl->location);
}

/* In C++ a member cannot have the name of its struct, nor of a type that the struct uses. */
static srpc_names *member_scope(srpc_c_lowering *lowering, const srpc_c_record *record,
                                const srpc_c_member *members)
{
    srpc_names *scope = srpc_names_create(lowering->arena, NULL);
    srpc_names_take(scope, record->name);
    for (uint32_t i = 0; i < record->member_count; i++)
        srpc_names_take(scope, members[i].type->name);
    return scope;
}

static bool needs_init(const srpc_member *idl, const srpc_c_type *type)
{
    if (idl->is_optional || idl->is_boxed)
        return false;
    return idl->has_default ? !srpc_literal_is_zero(&idl->default_value) : type->needs_init;
}

static void lower_member(srpc_c_lowering *lowering, const srpc_c_record *record,
                         const srpc_member *idl, srpc_c_member *member)
{
    srpc_idl_arena *arena = lowering->arena;
    member->idl = idl;
    member->path = srpc_text(arena, "%s.%s", record->path, idl->name);
    const srpc_c_type *type = srpc_c_lower_type(lowering, idl->type,
                                                srpc_names_derive(arena, record->name, idl->name),
                                                member->path, idl->location, record->is_main);
    member->type = srpc_c_with_range(lowering, type, &idl->range);
    member->needs_init = needs_init(idl, member->type);
    if (idl->has_default && member->type->kind == SRPC_C_TEXT)
        member->default_text =
            srpc_text(arena, "default_%s", srpc_names_derive(arena, record->name, idl->name));
}

static void finish(srpc_c_lowering *lowering, srpc_c_record *record, srpc_c_type *type)
{
    type->bytes = srpc_c_size(lowering, type->bytes, 1, record->declaration->location);
    if (record->is_main)
        srpc_c_add_item(lowering, SRPC_C_ITEM_RECORD, record->name, record->declaration)->record =
            record;
    srpc_c_add_late_entries(lowering, record);
}

/* ---- structs ---- */

void srpc_c_lower_structure(srpc_c_lowering *lowering, const srpc_declaration *declaration)
{
    srpc_c_type *type = srpc_c_declared_record(lowering, declaration->type);
    const srpc_structure *idl = declaration->type->structure;
    srpc_c_member *members = srpc_room(lowering->arena, idl->member_count + 1u, sizeof *members);
    srpc_c_record *record = lowering->records[declaration->type->number];
    record->members = members;
    record->member_count = idl->member_count;
    for (uint32_t i = 0; i < idl->member_count; i++)
        lower_member(lowering, record, &idl->members[i], &members[i]);
    srpc_names *scope = member_scope(lowering, record, members);
    for (uint32_t i = 0; i < idl->member_count; i++) {
        name_member(lowering, record, scope, &members[i]);
        lay_out_member(type, &members[i]);
    }
    type->bytes = idl->member_count > 0 ? srpc_c_round_up(type->bytes, type->alignment) : 1;
    finish(lowering, record, type);
}

/* ---- unions ---- */

static srpc_c_union *lower_discriminator(srpc_c_lowering *lowering, const srpc_c_record *record)
{
    srpc_c_union *union_ = srpc_room(lowering->arena, 1, sizeof *union_);
    const srpc_declaration *declaration = record->declaration;
    union_->idl = declaration->type->union_;
    union_->path = srpc_text(lowering->arena, "%s.discriminator", record->path);
    const srpc_c_type *type = srpc_c_lower_type(lowering, union_->idl->discriminator, record->name,
                                                union_->path, declaration->location,
                                                record->is_main);
    union_->type = srpc_c_with_range(lowering, type, &union_->idl->discriminator_range);
    return union_;
}

/* A member that is called like the discriminator gives way. */
static void name_parts(srpc_c_lowering *lowering, const srpc_c_record *record,
                       srpc_c_union *union_, srpc_c_member *members)
{
    srpc_names *scope = member_scope(lowering, record, members);
    srpc_names_take(scope, union_->type->name);
    union_->discriminator = srpc_names_claim(scope, "discriminator", NULL, NULL);
    for (uint32_t i = 0; i < record->member_count; i++)
        name_member(lowering, record, scope, &members[i]);
}

/* The discriminator, and behind it room for the largest member. */
static void lay_out_union(srpc_c_type *type, const srpc_c_type *discriminator)
{
    const srpc_c_record *record = type->record;
    const srpc_union *idl = record->union_->idl;
    uint64_t largest = 0;
    for (uint32_t i = 0; i < record->member_count; i++) {
        if (bytes_of(&record->members[i]) > largest)
            largest = bytes_of(&record->members[i]);
        widen(type, &record->members[i]);
    }
    type->needs_init = !srpc_literal_is_zero(&idl->initial_discriminator) ||
                       (idl->initial != NULL &&
                        record->members[idl->initial - idl->cases].needs_init);
    uint64_t start = srpc_c_round_up(discriminator->bytes, type->alignment);
    if (type->alignment < discriminator->alignment)
        type->alignment = discriminator->alignment;
    type->bytes = srpc_c_round_up(start + largest, type->alignment);
}

void srpc_c_lower_union(srpc_c_lowering *lowering, const srpc_declaration *declaration)
{
    srpc_c_type *type = srpc_c_declared_record(lowering, declaration->type);
    const srpc_union *idl = declaration->type->union_;
    srpc_c_member *members = srpc_room(lowering->arena, idl->case_count, sizeof *members);
    srpc_c_record *record = lowering->records[declaration->type->number];
    srpc_c_union *union_ = lower_discriminator(lowering, record);
    record->union_ = union_;
    record->members = members;
    record->member_count = idl->case_count;
    for (uint32_t i = 0; i < idl->case_count; i++)
        lower_member(lowering, record, &idl->cases[i].member, &members[i]);
    name_parts(lowering, record, union_, members);
    lay_out_union(type, union_->type);
    finish(lowering, record, type);
}
