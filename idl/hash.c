#include "hash.h"

#include <inttypes.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "md5.h"
#include "text.h"

/* What is known of each type, by number. */
typedef struct type_hashes {
    const srpc_layout *layout;
    srpc_idl_arena *arena;
    uint64_t *shapes;
    uint64_t *forms;
} type_hashes;

uint32_t srpc_hash_name(const char *scoped_name)
{
    uint32_t hash = XXH32(scoped_name, strlen(scoped_name), 0);
    return hash == 0 ? 1 : hash;
}

uint32_t srpc_hash_member(const char *name)
{
    uint8_t digest[SRPC_MD5_BYTES];
    srpc_md5(name, strlen(name), digest);
    uint32_t first = (uint32_t)digest[0] | (uint32_t)digest[1] << 8 | (uint32_t)digest[2] << 16 |
                     (uint32_t)digest[3] << 24;
    return first & 0x0FFFFFFFu;
}

static uint64_t hash_text(const srpc_text *text)
{
    uint64_t hash = XXH64(srpc_text_string(text), text->length, 0);
    return hash == 0 ? 1 : hash;
}

/* ---- types ---- */

/* What a type refers to is hashed before it, except where a cycle closes: there a struct or
 * union counts by its name. */
static void add_type(const type_hashes *self, srpc_text *text, const uint64_t *hashes,
                     const srpc_type *type, const srpc_type *user)
{
    type = srpc_type_resolved(type);
    if (user != NULL && srpc_layout_is_cycle(self->layout, user, type) &&
        (type->kind == SRPC_TYPE_STRUCT || type->kind == SRPC_TYPE_UNION))
        srpc_text_printf(text, "^%s", type->spelling);
    else
        srpc_text_printf(text, "%016" PRIx64, hashes[type->number]);
}

static void add_value(srpc_text *text, const srpc_value *value)
{
    switch (value->kind) {
    case SRPC_VALUE_NONE: break;
    case SRPC_VALUE_BOOLEAN: srpc_text_add_string(text, value->boolean ? "TRUE" : "FALSE"); break;
    case SRPC_VALUE_SIGNED: srpc_text_printf(text, "%" PRId64, value->signed_integer); break;
    case SRPC_VALUE_UNSIGNED:
    case SRPC_VALUE_CHAR: srpc_text_printf(text, "%" PRIu64, value->unsigned_integer); break;
    case SRPC_VALUE_FLOAT: srpc_text_printf(text, "%a", value->real); break;
    case SRPC_VALUE_STRING:
        srpc_text_printf(text, "%u:%s", value->string.length, value->string.bytes);
        break;
    case SRPC_VALUE_ENUMERATOR: srpc_text_add_string(text, value->enumerator->name); break;
    }
}

static void add_range(srpc_text *text, const srpc_range *range)
{
    if (!range->has_min && !range->has_max)
        return;
    srpc_text_add_char(text, '[');
    if (range->has_min)
        add_value(text, &range->min);
    srpc_text_add_string(text, "..");
    if (range->has_max)
        add_value(text, &range->max);
    srpc_text_add_char(text, ']');
}

static const char *kind_word(srpc_extensibility extensibility)
{
    static const char *const words[] = { "final", "appendable", "mutable" };
    return words[extensibility];
}

static void add_struct_shape(const type_hashes *self, srpc_text *text, const srpc_type *type)
{
    const srpc_structure *structure = type->structure;
    srpc_text_add_string(text, kind_word(structure->extensibility));
    if (structure->extensibility != SRPC_FINAL) {
        srpc_text_printf(text, " %s", type->spelling);
        return;
    }
    for (uint32_t i = 0; i < structure->member_count; i++) {
        srpc_text_add_string(text, structure->members[i].is_optional ? " ?" : " ");
        add_type(self, text, self->shapes, structure->members[i].type, type);
    }
}

static void add_struct_form(const type_hashes *self, srpc_text *text, const srpc_type *type)
{
    const srpc_structure *structure = type->structure;
    srpc_text_printf(text, "%s %s %s %u", srpc_type_kind_name(type->kind),
                     kind_word(structure->extensibility), type->spelling,
                     structure->exception_id);
    for (uint32_t i = 0; i < structure->member_count; i++) {
        const srpc_member *member = &structure->members[i];
        srpc_text_printf(text, ";%s @%u %s%s%s ", member->name, member->id,
                         member->is_optional ? "?" : "", member->is_key ? "!" : "",
                         member->must_be_understood ? "&" : "");
        add_type(self, text, self->forms, member->type, type);
        add_range(text, &member->range);
        if (member->has_default) {
            srpc_text_add_char(text, '=');
            add_value(text, &member->default_value);
        }
    }
}

/* What selects a member, as it is on the wire; the order in which labels stand means nothing. */
static uint64_t hash_selection(const type_hashes *self, const srpc_type *type,
                               const srpc_member *member, const srpc_value *label)
{
    srpc_text text = { .arena = self->arena };
    if (label == NULL)
        srpc_text_add_string(&text, "default");
    else if (label->kind == SRPC_VALUE_ENUMERATOR)
        srpc_text_printf(&text, "%d", label->enumerator->value);
    else
        add_value(&text, label);
    srpc_text_add_char(&text, ' ');
    add_type(self, &text, self->shapes, member->type, type);
    return hash_text(&text);
}

static void add_union_shape(const type_hashes *self, srpc_text *text, const srpc_type *type)
{
    const srpc_union *union_ = type->union_;
    srpc_text_printf(text, "union %s ", kind_word(union_->extensibility));
    if (union_->extensibility != SRPC_FINAL) {
        srpc_text_add_string(text, type->spelling);
        return;
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < union_->case_count; i++) {
        const srpc_case *item = &union_->cases[i];
        for (uint32_t k = 0; k < item->label_count; k++)
            sum += hash_selection(self, type, &item->member, &item->labels[k]);
        if (item->is_default)
            sum += hash_selection(self, type, &item->member, NULL);
    }
    add_type(self, text, self->shapes, union_->discriminator, type);
    srpc_text_printf(text, " %016" PRIx64, sum);
}

static void add_union_form(const type_hashes *self, srpc_text *text, const srpc_type *type)
{
    const srpc_union *union_ = type->union_;
    srpc_text_printf(text, "union %s %s %s", kind_word(union_->extensibility), type->spelling,
                     union_->is_discriminator_key ? "!" : "");
    add_type(self, text, self->forms, union_->discriminator, type);
    add_range(text, &union_->discriminator_range);
    srpc_text_add_char(text, '=');
    add_value(text, &union_->initial_discriminator);
    for (uint32_t i = 0; i < union_->case_count; i++) {
        const srpc_case *item = &union_->cases[i];
        srpc_text_printf(text, ";%s @%u", item->member.name, item->member.id);
        for (uint32_t k = 0; k < item->label_count; k++) {
            srpc_text_add_char(text, ' ');
            add_value(text, &item->labels[k]);
        }
        srpc_text_add_string(text, item->is_default ? " default: " : ": ");
        add_type(self, text, self->forms, item->member.type, type);
        add_range(text, &item->member.range);
    }
}

static void add_enum_form(srpc_text *text, const srpc_enumeration *enumeration)
{
    srpc_text_printf(text, "enum %s", enumeration->declaration->scoped_name);
    for (uint32_t i = 0; i < enumeration->enumerator_count; i++)
        srpc_text_printf(text, ";%s=%d", enumeration->enumerators[i].name,
                         enumeration->enumerators[i].value);
    if (enumeration->default_literal != NULL)
        srpc_text_printf(text, ";default %s", enumeration->default_literal->name);
}

static void add_bitmask_form(srpc_text *text, const srpc_bitmask *bitmask)
{
    srpc_text_printf(text, "bitmask %u %s", bitmask->bit_bound, bitmask->declaration->scoped_name);
    for (uint32_t i = 0; i < bitmask->bit_count; i++)
        srpc_text_printf(text, ";%s=%u", bitmask->bits[i].name, bitmask->bits[i].position);
}

/* Sequences, maps and arrays are the same in shapes and in forms, but for what they hold. */
static void add_container(const type_hashes *self, srpc_text *text, const uint64_t *hashes,
                          const srpc_type *type)
{
    if (type->kind == SRPC_TYPE_SEQUENCE) {
        srpc_text_printf(text, "sequence %u ", type->sequence.bound);
        add_type(self, text, hashes, type->sequence.element, type);
        return;
    }
    if (type->kind == SRPC_TYPE_MAP) {
        srpc_text_printf(text, "map %u ", type->map.bound);
        add_type(self, text, hashes, type->map.key, type);
        srpc_text_add_char(text, ' ');
        add_type(self, text, hashes, type->map.value, type);
        return;
    }
    srpc_text_add_string(text, "array");
    for (uint32_t i = 0; i < type->array.dimension_count; i++)
        srpc_text_printf(text, " %u", type->array.dimensions[i]);
    srpc_text_add_char(text, ' ');
    add_type(self, text, hashes, type->array.element, type);
}

static uint64_t hash_type(const type_hashes *self, const srpc_type *type, bool is_shape)
{
    srpc_text text = { .arena = self->arena };
    switch (type->kind) {
    case SRPC_TYPE_SEQUENCE:
    case SRPC_TYPE_MAP:
    case SRPC_TYPE_ARRAY:
        add_container(self, &text, is_shape ? self->shapes : self->forms, type);
        break;
    case SRPC_TYPE_STRUCT:
    case SRPC_TYPE_EXCEPTION:
        if (is_shape)
            add_struct_shape(self, &text, type);
        else
            add_struct_form(self, &text, type);
        break;
    case SRPC_TYPE_UNION:
        if (is_shape)
            add_union_shape(self, &text, type);
        else
            add_union_form(self, &text, type);
        break;
    case SRPC_TYPE_ENUM:
        if (is_shape)
            srpc_text_printf(&text, "enum %s", type->spelling);
        else
            add_enum_form(&text, type->enumeration);
        break;
    case SRPC_TYPE_BITMASK:
        if (is_shape)
            srpc_text_printf(&text, "bitmask %u %s", type->bitmask->bit_bound, type->spelling);
        else
            add_bitmask_form(&text, type->bitmask);
        break;
    default:
        srpc_text_add_string(&text, type->spelling);
        break;
    }
    return hash_text(&text);
}

static void hash_types(type_hashes *self)
{
    uint32_t count = self->layout->type_count;
    self->shapes = srpc_idl_arena_array(self->arena, count, sizeof *self->shapes);
    self->forms = srpc_idl_arena_array(self->arena, count, sizeof *self->forms);
    for (uint32_t i = 0; i < count; i++) {
        const srpc_type *type = self->layout->types[i];
        if (type->kind == SRPC_TYPE_ALIAS)
            continue;
        self->shapes[i] = hash_type(self, type, true);
        self->forms[i] = hash_type(self, type, false);
    }
}

/* ---- operations ---- */

static const char *direction_word(srpc_direction direction)
{
    static const char *const words[] = { "in", "out", "inout" };
    return words[direction];
}

static uint32_t hash_shape(const type_hashes *self, const srpc_operation *operation)
{
    srpc_text text = { .arena = self->arena };
    if (operation->is_oneway)
        srpc_text_add_string(&text, "oneway ");
    if (operation->is_stream)
        srpc_text_add_string(&text, "stream ");
    add_type(self, &text, self->shapes, operation->result, NULL);
    srpc_text_add_char(&text, '(');
    for (uint32_t i = 0; i < operation->parameter_count; i++) {
        const srpc_parameter *parameter = &operation->parameters[i];
        srpc_text_printf(&text, "%s%s ", direction_word(parameter->direction),
                         parameter->is_optional ? "?" : "");
        add_type(self, &text, self->shapes, parameter->type, NULL);
        srpc_text_add_char(&text, ',');
    }
    srpc_text_add_char(&text, ')');
    uint32_t hash = (uint32_t)hash_text(&text);
    return hash == 0 ? 1 : hash;
}

static void add_operation_form(const type_hashes *self, srpc_text *text,
                               const srpc_operation *operation)
{
    srpc_text_printf(text, ";%s @%u%s%s%s ", operation->scoped_name, operation->id,
                     operation->is_oneway ? " oneway" : "",
                     operation->is_idempotent ? " idempotent" : "",
                     operation->is_stream ? " stream" : "");
    add_type(self, text, self->forms, operation->result, NULL);
    add_range(text, &operation->result_range);
    for (uint32_t i = 0; i < operation->parameter_count; i++) {
        const srpc_parameter *parameter = &operation->parameters[i];
        srpc_text_printf(text, ",%s%s %s ", direction_word(parameter->direction),
                         parameter->is_optional ? "?" : "", parameter->name);
        add_type(self, text, self->forms, parameter->type, NULL);
        add_range(text, &parameter->range);
    }
    for (uint32_t i = 0; i < operation->raises_count; i++) {
        srpc_text_add_string(text, " raises ");
        add_type(self, text, self->forms, operation->raises[i]->type, NULL);
    }
}

static uint64_t hash_interface(const type_hashes *self, const srpc_interface *interface)
{
    srpc_text text = { .arena = self->arena };
    srpc_text_printf(&text, "interface %s", interface->declaration->scoped_name);
    for (uint32_t i = 0; i < interface->operation_count; i++)
        add_operation_form(self, &text, interface->operations[i]);
    return hash_text(&text);
}

void srpc_hash_model(srpc_resolver *resolver, const srpc_layout *layout)
{
    type_hashes self = { .layout = layout, .arena = resolver->arena };
    hash_types(&self);
    for (uint32_t i = 0; i < resolver->operations.count; i++) {
        srpc_operation *operation = resolver->operations.items[i];
        operation->shape_hash = hash_shape(&self, operation);
    }
    for (uint32_t i = 0; i < resolver->interfaces.count; i++) {
        const srpc_symbol *symbol = resolver->interfaces.items[i];
        symbol->interface->fingerprint = hash_interface(&self, symbol->interface);
    }
}
