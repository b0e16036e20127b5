/* One entry of "declarations". */
#include "dump_parts.h"

static const char *extensibility_name(srpc_extensibility extensibility)
{
    static const char *const names[] = { "final", "appendable", "mutable" };
    return names[extensibility];
}

void srpc_dump_scoped_names(srpc_json *json, const char *name,
                            const srpc_declaration *const *declarations, uint32_t count)
{
    srpc_json_array(json, name);
    for (uint32_t i = 0; i < count; i++)
        srpc_json_string(json, NULL, declarations[i]->scoped_name);
    srpc_json_end(json, ']');
}

static void dump_head(srpc_json *json, const srpc_declaration *declaration)
{
    srpc_json_string(json, "kind", srpc_declaration_kind_name(declaration->kind));
    srpc_json_string(json, "name", declaration->name);
    srpc_json_string(json, "scoped_name", declaration->scoped_name);
    if (declaration->scope != NULL)
        srpc_json_string(json, "scope", declaration->scope->scoped_name);
    srpc_dump_location(json, declaration->location);
    srpc_dump_notes(json, &declaration->notes);
}

/* ---- constants, aliases, enums, bitmasks ---- */

static void dump_constant_fields(srpc_json *json, const srpc_constant *constant)
{
    srpc_dump_type_reference(json, "type", constant->type);
    srpc_dump_value(json, "value", &constant->value, constant->type);
}

static void dump_alias_fields(srpc_json *json, const srpc_type *type)
{
    srpc_dump_type_reference(json, "target", type->alias.target);
    srpc_dump_range(json, &type->alias.range, type);
}

static void dump_enumerator(srpc_json *json, const srpc_enumerator *enumerator)
{
    const srpc_enumeration *enumeration = enumerator->enumeration;
    srpc_json_object(json, NULL);
    srpc_json_string(json, "name", enumerator->name);
    srpc_json_signed(json, "value", enumerator->value);
    srpc_dump_flag(json, "default_literal", enumerator == enumeration->default_literal);
    srpc_json_string(json, "scoped_name", enumerator->scoped_name);
    srpc_dump_location(json, enumerator->location);
    srpc_dump_notes(json, &enumerator->notes);
    srpc_json_end(json, '}');
}

static void dump_enum_fields(srpc_json *json, const srpc_enumeration *enumeration)
{
    srpc_json_unsigned(json, "bit_bound", enumeration->bit_bound);
    srpc_json_string(json, "initial", enumeration->initial->name);
    srpc_json_array(json, "enumerators");
    for (uint32_t i = 0; i < enumeration->enumerator_count; i++)
        dump_enumerator(json, &enumeration->enumerators[i]);
    srpc_json_end(json, ']');
}

static void dump_bit(srpc_json *json, const srpc_bit *bit)
{
    srpc_json_object(json, NULL);
    srpc_json_string(json, "name", bit->name);
    srpc_json_unsigned(json, "position", bit->position);
    srpc_json_string(json, "scoped_name", bit->scoped_name);
    srpc_dump_location(json, bit->location);
    srpc_dump_notes(json, &bit->notes);
    srpc_json_end(json, '}');
}

static void dump_bitmask_fields(srpc_json *json, const srpc_bitmask *bitmask)
{
    srpc_json_unsigned(json, "bit_bound", bitmask->bit_bound);
    srpc_json_array(json, "bits");
    for (uint32_t i = 0; i < bitmask->bit_count; i++)
        dump_bit(json, &bitmask->bits[i]);
    srpc_json_end(json, ']');
}

/* ---- structs and unions ---- */

static void dump_member_fields(srpc_json *json, const srpc_member *member)
{
    srpc_json_string(json, "name", member->name);
    srpc_json_unsigned(json, "id", member->id);
    srpc_dump_type_reference(json, "type", member->type);
    srpc_dump_flag(json, "optional", member->is_optional);
    srpc_dump_flag(json, "external", member->is_external);
    srpc_dump_flag(json, "boxed", member->is_boxed);
    srpc_dump_flag(json, "key", member->is_key);
    srpc_dump_flag(json, "must_understand", member->must_be_understood);
    if (member->has_default)
        srpc_dump_value(json, "default", &member->default_value, member->type);
    srpc_dump_range(json, &member->range, member->type);
    srpc_dump_location(json, member->location);
    srpc_dump_notes(json, &member->notes);
}

static void dump_struct_fields(srpc_json *json, const srpc_type *type)
{
    const srpc_structure *structure = type->structure;
    srpc_json_string(json, "extensibility", extensibility_name(structure->extensibility));
    if (structure->base != NULL)
        srpc_json_string(json, "base", structure->base->declaration->scoped_name);
    if (structure->base_member_count != 0)
        srpc_json_unsigned(json, "base_member_count", structure->base_member_count);
    srpc_dump_flag(json, "topic", structure->is_topic);
    srpc_dump_text(json, "topic_name", structure->topic_name);
    if (type->kind == SRPC_TYPE_EXCEPTION)
        srpc_json_unsigned(json, "exception_id", structure->exception_id);
    srpc_json_array(json, "members");
    for (uint32_t i = 0; i < structure->member_count; i++) {
        srpc_json_object(json, NULL);
        dump_member_fields(json, &structure->members[i]);
        srpc_json_end(json, '}');
    }
    srpc_json_end(json, ']');
}

static void dump_case(srpc_json *json, const srpc_union *union_, const srpc_case *one)
{
    srpc_json_object(json, NULL);
    srpc_json_array(json, "labels");
    for (uint32_t i = 0; i < one->label_count; i++)
        srpc_dump_value(json, NULL, &one->labels[i], union_->discriminator);
    srpc_json_end(json, ']');
    srpc_dump_flag(json, "is_default", one->is_default);
    dump_member_fields(json, &one->member);
    srpc_json_end(json, '}');
}

static void dump_discriminator_notes(srpc_json *json, const srpc_notes *notes)
{
    if (notes->doc == NULL && notes->annotation_count == 0)
        return;
    srpc_json_object(json, "discriminator_notes");
    srpc_dump_notes(json, notes);
    srpc_json_end(json, '}');
}

static void dump_union_fields(srpc_json *json, const srpc_union *union_)
{
    srpc_json_string(json, "extensibility", extensibility_name(union_->extensibility));
    srpc_dump_type_reference(json, "discriminator", union_->discriminator);
    srpc_dump_flag(json, "discriminator_key", union_->is_discriminator_key);
    dump_discriminator_notes(json, &union_->discriminator_notes);
    srpc_dump_range(json, &union_->discriminator_range, union_->discriminator);
    srpc_dump_flag(json, "covered", union_->is_covered);
    srpc_dump_text(json, "initial", union_->initial == NULL ? NULL : union_->initial->member.name);
    srpc_dump_value(json, "initial_discriminator", &union_->initial_discriminator,
                    union_->discriminator);
    srpc_json_array(json, "cases");
    for (uint32_t i = 0; i < union_->case_count; i++)
        dump_case(json, union_, &union_->cases[i]);
    srpc_json_end(json, ']');
}

/* ---- all of them ---- */

static void dump_fields(srpc_json *json, const srpc_declaration *declaration)
{
    switch (declaration->kind) {
    case SRPC_DECLARATION_MODULE:
        srpc_dump_scoped_names(json, "declarations", declaration->module->declarations,
                               declaration->module->declaration_count);
        break;
    case SRPC_DECLARATION_CONST:
        dump_constant_fields(json, declaration->constant);
        break;
    case SRPC_DECLARATION_ALIAS:
        dump_alias_fields(json, declaration->type);
        break;
    case SRPC_DECLARATION_ENUM:
        dump_enum_fields(json, declaration->type->enumeration);
        break;
    case SRPC_DECLARATION_BITMASK:
        dump_bitmask_fields(json, declaration->type->bitmask);
        break;
    case SRPC_DECLARATION_STRUCT:
    case SRPC_DECLARATION_EXCEPTION:
        dump_struct_fields(json, declaration->type);
        break;
    case SRPC_DECLARATION_UNION:
        dump_union_fields(json, declaration->type->union_);
        break;
    case SRPC_DECLARATION_INTERFACE:
        srpc_dump_interface_fields(json, declaration->interface);
        break;
    }
}

static bool is_type(const srpc_declaration *declaration)
{
    return declaration->kind != SRPC_DECLARATION_MODULE &&
           declaration->kind != SRPC_DECLARATION_CONST &&
           declaration->kind != SRPC_DECLARATION_INTERFACE;
}

void srpc_dump_declaration(srpc_json *json, const srpc_declaration *declaration)
{
    srpc_json_object(json, NULL);
    dump_head(json, declaration);
    if (is_type(declaration))
        srpc_json_unsigned(json, "type_number", declaration->type->number);
    dump_fields(json, declaration);
    srpc_json_end(json, '}');
}
