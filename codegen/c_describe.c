/* From C's view of the model to descriptors in memory: types. */
#include "c_describe.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "c_lower.h"
#include "memory.h"

/* ---- values and notes ---- */

static const char *plain_text(const srpc_c_describing *self, const char *text)
{
    return text == NULL ? NULL : srpc_c_describe_text(self->arena, text, strlen(text));
}

shmrpc_notes srpc_c_describe_notes(const srpc_c_describing *self, const srpc_notes *notes)
{
    bool has_doc = notes->doc != NULL && *notes->doc != '\0';
    return (shmrpc_notes){ .doc = has_doc ? plain_text(self, notes->doc) : NULL,
                           .unit = plain_text(self, notes->unit),
                           .deprecated = plain_text(self, notes->deprecated) };
}

static shmrpc_constant constant_of(const srpc_value *value)
{
    switch (value->kind) {
    case SRPC_VALUE_BOOLEAN:
        return (shmrpc_constant){ .unsigned_integer = value->boolean };
    case SRPC_VALUE_SIGNED:
        return (shmrpc_constant){ .signed_integer = value->signed_integer };
    case SRPC_VALUE_UNSIGNED:
    case SRPC_VALUE_CHAR:
        return (shmrpc_constant){ .unsigned_integer = value->unsigned_integer };
    case SRPC_VALUE_FLOAT:
        return (shmrpc_constant){ .real = value->real };
    case SRPC_VALUE_STRING:
        return (shmrpc_constant){ .text = value->string.bytes };
    case SRPC_VALUE_ENUMERATOR:
        return (shmrpc_constant){ .signed_integer = value->enumerator->value };
    case SRPC_VALUE_NONE:
        break;
    }
    return (shmrpc_constant){ .unsigned_integer = 0 };
}

static const shmrpc_range *describe_range(srpc_idl_arena *arena, const srpc_range *idl)
{
    if (idl == NULL)
        return NULL;
    shmrpc_range *range = srpc_room(arena, 1, sizeof *range);
    range->has_min = idl->has_min;
    range->has_max = idl->has_max;
    if (idl->has_min)
        range->min = constant_of(&idl->min);
    if (idl->has_max)
        range->max = constant_of(&idl->max);
    return range;
}

/* ---- ascending order ---- */

typedef struct ranked {
    int64_t rank;
    uint32_t index;
} ranked;

static int compare_ranks(const void *left, const void *right)
{
    const ranked *one = left;
    const ranked *other = right;
    return (one->rank > other->rank) - (one->rank < other->rank);
}

/* The indices by rank; NULL when that is the order they have. */
static const uint32_t *ascending(srpc_idl_arena *arena, ranked *items, uint32_t count)
{
    bool ascends = true;
    for (uint32_t i = 1; i < count; i++)
        ascends &= items[i - 1].rank < items[i].rank;
    if (ascends)
        return NULL;
    qsort(items, count, sizeof *items, compare_ranks);
    uint32_t *indices = srpc_room(arena, count, sizeof *indices);
    for (uint32_t i = 0; i < count; i++)
        indices[i] = items[i].index;
    return indices;
}

/* ---- which descriptors there are ---- */

static srpc_c_described *append(srpc_c_describing *self, const srpc_c_type *type,
                                const char *symbol)
{
    srpc_c_described *described = srpc_room(self->arena, 1, sizeof *described);
    described->type = type;
    described->symbol = symbol;
    *self->last = described;
    self->last = &described->next;
    return described;
}

/* "demo.Point"; of what only C gives a name, the IDL: "sequence<int32>". */
static const char *name_of(const srpc_c_type *type)
{
    if (type->record != NULL)
        return type->record->declaration != NULL ? type->record->declaration->scoped_name
                                                 : type->idl->spelling;
    return type->idl->declaration->scoped_name;
}

/* A type with a name in the header, whose descriptor is filled later: it may lead to itself. */
static const shmrpc_type_descriptor *declared(srpc_c_describing *self, const srpc_c_type *type,
                                              const char *name, bool is_main)
{
    const char *symbol = srpc_names_derive(self->arena, name, "descriptor");
    srpc_c_described *described = srpc_table_get(&self->described, symbol);
    if (described == NULL) {
        described = append(self, type, symbol);
        described->is_public = true;
        described->is_main = is_main;
        described->descriptor.name = name_of(type);
        srpc_table_put(&self->described, symbol, described);
    }
    return &described->descriptor;
}

/* ---- types without a name in C ---- */

static const shmrpc_type_kind kinds[] = {
    [SRPC_TYPE_BOOLEAN] = SHMRPC_TYPE_BOOLEAN, [SRPC_TYPE_CHAR] = SHMRPC_TYPE_CHAR,
    [SRPC_TYPE_OCTET] = SHMRPC_TYPE_OCTET,     [SRPC_TYPE_INT8] = SHMRPC_TYPE_INT8,
    [SRPC_TYPE_UINT8] = SHMRPC_TYPE_UINT8,     [SRPC_TYPE_INT16] = SHMRPC_TYPE_INT16,
    [SRPC_TYPE_UINT16] = SHMRPC_TYPE_UINT16,   [SRPC_TYPE_INT32] = SHMRPC_TYPE_INT32,
    [SRPC_TYPE_UINT32] = SHMRPC_TYPE_UINT32,   [SRPC_TYPE_INT64] = SHMRPC_TYPE_INT64,
    [SRPC_TYPE_UINT64] = SHMRPC_TYPE_UINT64,   [SRPC_TYPE_FLOAT] = SHMRPC_TYPE_FLOAT,
    [SRPC_TYPE_DOUBLE] = SHMRPC_TYPE_DOUBLE,
};

/* What all kinds have in common. */
static void fill_common(shmrpc_type_descriptor *out, const srpc_c_type *type)
{
    const srpc_type *idl = type->idl;
    out->alignment = type->alignment;
    out->bytes = type->bytes;
    out->bound = type->bound;
    if (idl->is_recursive)
        out->flags |= SHMRPC_TYPE_IS_RECURSIVE;
    if (type->has_pointers)
        out->flags |= SHMRPC_TYPE_HAS_POINTERS;
    if (idl->has_no_default)
        out->flags |= SHMRPC_TYPE_NO_DEFAULT;
}

/* "int32[2][3]": dimensions stand behind what the innermost one holds. */
static const char *array_name(srpc_idl_arena *arena, const srpc_c_type *type, const char *element)
{
    size_t base = type->element->kind == SRPC_C_ARRAY ? strcspn(element, "[") : strlen(element);
    return srpc_text(arena, "%.*s[%" PRIu32 "]%s", (int)base, element, type->bound,
                     element + base);
}

static void fill_form(srpc_c_describing *self, shmrpc_type_descriptor *out,
                      const srpc_c_type *type)
{
    fill_common(out, type);
    out->name = type->idl->spelling;
    switch (type->kind) {
    case SRPC_C_TEXT:
    case SRPC_C_INLINE_TEXT:
    case SRPC_C_PARAMETER_TEXT:
        out->kind = SHMRPC_TYPE_STRING;
        out->form = type->kind == SRPC_C_TEXT          ? SHMRPC_FORM_POINTER
                    : type->kind == SRPC_C_INLINE_TEXT ? SHMRPC_FORM_INLINE
                                                       : SHMRPC_FORM_TEXT;
        break;
    case SRPC_C_BYTES:
        out->kind = SHMRPC_TYPE_SEQUENCE;
        out->form = SHMRPC_FORM_POINTER;
        out->items.element = srpc_c_describe_type(self, type->element);
        out->items.item_bytes = 1;
        out->items.length_offset = SRPC_C_POINTER_BYTES;
        break;
    case SRPC_C_ARRAY:
        out->kind = SHMRPC_TYPE_ARRAY;
        out->items.element = srpc_c_describe_type(self, type->element);
        out->items.item_bytes = type->element->bytes;
        out->name = array_name(self->arena, type, out->items.element->name);
        break;
    default:
        out->kind = kinds[type->idl->kind];
        out->range = describe_range(self->arena, type->range);
        break;
    }
}

static const char *limit_text(srpc_idl_arena *arena, bool is_there, const srpc_value *value)
{
    shmrpc_constant constant = constant_of(value);
    return is_there ? srpc_text(arena, "%" PRIx64, constant.unsigned_integer) : "";
}

/* What tells such a type from others: two with the same key are one. */
static const char *key_of(srpc_c_describing *self, const shmrpc_type_descriptor *descriptor,
                          const srpc_c_type *type)
{
    const srpc_range *range = type->kind == SRPC_C_SCALAR ? type->range : NULL;
    const char *element = "";
    if (type->element != NULL)
        element = srpc_c_described_of(descriptor->items.element)->symbol;
    const char *limits = "";
    if (range != NULL)
        limits = srpc_text(self->arena, "%s-%s",
                           limit_text(self->arena, range->has_min, &range->min),
                           limit_text(self->arena, range->has_max, &range->max));
    return srpc_text(self->arena, "%d %d %" PRIu32 " %s %s", (int)descriptor->kind,
                     (int)descriptor->form, descriptor->bound, limits, element);
}

/* "type_int32", "type_string_8", "type_array_3": what it is, and a number where it needs one. */
static const char *symbol_of(srpc_c_describing *self, const shmrpc_type_descriptor *descriptor,
                             const srpc_c_type *type)
{
    static const char *const forms[] = { "", "characters", "string", "text" };
    const char *wanted;
    if (type->kind == SRPC_C_ARRAY)
        wanted = "type_array";
    else if (type->kind == SRPC_C_BYTES)
        wanted = "type_bytes";
    else if (descriptor->kind == SHMRPC_TYPE_STRING)
        wanted = srpc_text(self->arena, type->bound > 0 ? "type_%s_%" PRIu32 : "type_%s",
                           forms[descriptor->form], type->bound);
    else
        wanted = srpc_text(self->arena, "type_%s", descriptor->name);
    bool is_one_of_many = type->element != NULL || descriptor->range != NULL;
    if (is_one_of_many)
        wanted = srpc_text(self->arena, "%s_%" PRIu32, wanted, ++self->numbered);
    return srpc_names_claim_global(self->names, wanted, NULL, NULL);
}

static const shmrpc_type_descriptor *describe_nameless(srpc_c_describing *self,
                                                       const srpc_c_type *type)
{
    shmrpc_type_descriptor descriptor = { .form = SHMRPC_FORM_VALUE };
    fill_form(self, &descriptor, type);
    const char *key = key_of(self, &descriptor, type);
    srpc_c_described *described = srpc_table_get(&self->nameless, key);
    if (described == NULL) {
        described = append(self, type, symbol_of(self, &descriptor, type));
        described->descriptor = descriptor;
        srpc_table_put(&self->nameless, key, described);
    }
    described->is_main |= self->is_main;
    return &described->descriptor;
}

const shmrpc_type_descriptor *srpc_c_describe_type(srpc_c_describing *self,
                                                   const srpc_c_type *type)
{
    if (type->record != NULL)
        return declared(self, type->record->type, type->record->name, type->record->is_main);
    if (type->enumeration != NULL)
        return declared(self, type, type->enumeration->name,
                        type->enumeration->declaration->file->is_main);
    if (type->bitmask != NULL)
        return declared(self, type, type->bitmask->name,
                        type->bitmask->declaration->file->is_main);
    return describe_nameless(self, type);
}

/* ---- enums and bitmasks ---- */

static void fill_enum(srpc_c_describing *self, shmrpc_type_descriptor *out,
                      const srpc_enumeration *idl)
{
    uint32_t count = idl->enumerator_count;
    shmrpc_enumerator_descriptor *rows = srpc_room(self->arena, count, sizeof *rows);
    ranked *ranks = srpc_room(self->arena, count, sizeof *ranks);
    for (uint32_t i = 0; i < count; i++) {
        const srpc_enumerator *enumerator = &idl->enumerators[i];
        rows[i] = (shmrpc_enumerator_descriptor){
            .name = enumerator->name, .value = enumerator->value,
            .notes = srpc_c_describe_notes(self, &enumerator->notes) };
        ranks[i] = (ranked){ enumerator->value, i };
    }
    out->kind = SHMRPC_TYPE_ENUM;
    out->enumeration = (shmrpc_enum_descriptor){
        .enumerators = rows,
        .enumerator_count = count,
        .ascending = ascending(self->arena, ranks, count),
        .initial = &rows[idl->initial - idl->enumerators],
    };
    if (idl->default_literal != NULL)
        out->enumeration.fallback = &rows[idl->default_literal - idl->enumerators];
}

static void fill_bitmask(srpc_c_describing *self, shmrpc_type_descriptor *out,
                         const srpc_bitmask *idl)
{
    shmrpc_enumerator_descriptor *rows = srpc_room(self->arena, idl->bit_count, sizeof *rows);
    for (uint32_t i = 0; i < idl->bit_count; i++)
        rows[i] = (shmrpc_enumerator_descriptor){
            .name = idl->bits[i].name, .value = (int32_t)idl->bits[i].position,
            .notes = srpc_c_describe_notes(self, &idl->bits[i].notes) };
    out->kind = SHMRPC_TYPE_BITMASK;
    out->bitmask = (shmrpc_bitmask_descriptor){ .bits = rows, .bit_count = idl->bit_count,
                                                .bit_bound = idl->bit_bound };
}

/* ---- sequences and maps ---- */

static void fill_items(srpc_c_describing *self, shmrpc_type_descriptor *out,
                       const srpc_c_type *type)
{
    shmrpc_items_descriptor *items = &out->items;
    const srpc_c_type *element = type->element;
    uint32_t alignment = element->alignment;
    items->element = srpc_c_describe_type(self, element);
    items->item_bytes = element->bytes;
    if (srpc_c_is_map(type)) {
        const srpc_c_type *key = type->key;
        if (alignment < key->alignment)
            alignment = key->alignment;
        items->key = srpc_c_describe_type(self, key);
        items->value_offset = srpc_c_round_up(key->bytes, element->alignment);
        items->item_bytes = srpc_c_round_up(items->value_offset + element->bytes, alignment);
    }
    out->kind = srpc_c_is_map(type) ? SHMRPC_TYPE_MAP : SHMRPC_TYPE_SEQUENCE;
    out->form = srpc_c_is_inline(type) ? SHMRPC_FORM_INLINE : SHMRPC_FORM_POINTER;
    if (out->form == SHMRPC_FORM_INLINE)
        items->items_offset = srpc_c_round_up(sizeof(uint32_t), alignment);
    else
        items->length_offset = SRPC_C_POINTER_BYTES;
}

/* ---- structs and unions ---- */

static uint32_t member_flags(const srpc_member *idl)
{
    return (idl->is_optional ? SHMRPC_MEMBER_IS_OPTIONAL : 0u)
         | (idl->is_boxed ? SHMRPC_MEMBER_IS_BOXED : 0u)
         | (idl->is_external ? SHMRPC_MEMBER_IS_EXTERNAL : 0u)
         | (idl->is_key ? SHMRPC_MEMBER_IS_KEY : 0u)
         | (idl->has_default ? SHMRPC_MEMBER_HAS_DEFAULT : 0u)
         | (idl->must_be_understood ? SHMRPC_MEMBER_MUST_BE_UNDERSTOOD : 0u)
         | (srpc_member_is_indispensable(idl) ? SHMRPC_MEMBER_IS_INDISPENSABLE : 0u);
}

static shmrpc_member_descriptor describe_member(srpc_c_describing *self,
                                                const srpc_c_member *member)
{
    shmrpc_member_descriptor row = {
        .name = member->idl->name,
        .type = srpc_c_describe_type(self, member->type),
        .flags = member_flags(member->idl),
        .id = member->idl->id,
        .notes = srpc_c_describe_notes(self, &member->idl->notes),
    };
    if (member->idl->has_default)
        row.default_value = constant_of(&member->idl->default_value);
    return row;
}

static uint64_t bytes_of(const srpc_c_member *member)
{
    return member->idl->is_boxed ? SRPC_C_POINTER_BYTES : member->type->bytes;
}

static uint32_t alignment_of(const srpc_c_member *member)
{
    return member->idl->is_boxed ? SRPC_C_POINTER_BYTES : member->type->alignment;
}

static void fill_structure(srpc_c_describing *self, shmrpc_type_descriptor *out,
                           const srpc_c_record *record)
{
    static const shmrpc_extensibility ways[] = { [SRPC_FINAL] = SHMRPC_FINAL,
                                                 [SRPC_APPENDABLE] = SHMRPC_APPENDABLE,
                                                 [SRPC_MUTABLE] = SHMRPC_MUTABLE };
    uint32_t count = record->member_count;
    shmrpc_member_descriptor *rows = srpc_room(self->arena, count + 1u, sizeof *rows);
    ranked *ranks = srpc_room(self->arena, count + 1u, sizeof *ranks);
    uint64_t end = 0;
    for (uint32_t i = 0; i < count; i++) {
        const srpc_c_member *member = &record->members[i];
        rows[i] = describe_member(self, member);
        if (member->has_name != NULL)
            rows[i].presence_offset = end++;
        rows[i].offset = srpc_c_round_up(end, alignment_of(member));
        end = rows[i].offset + bytes_of(member);
        ranks[i] = (ranked){ rows[i].id, i };
    }
    out->kind = record->is_exception ? SHMRPC_TYPE_EXCEPTION : SHMRPC_TYPE_STRUCT;
    out->structure = (shmrpc_structure_descriptor){
        .extensibility = record->is_exception ? SHMRPC_APPENDABLE
                                              : ways[record->structure->extensibility],
        .members = count > 0 ? rows : NULL,
        .member_count = count,
        .exception_id = record->is_exception ? record->structure->exception_id : 0,
    };
    if (out->structure.extensibility == SHMRPC_MUTABLE)
        out->structure.ascending = ascending(self->arena, ranks, count);
}

static void collect_labels(const srpc_union *idl, shmrpc_label_descriptor *labels, ranked *ranks)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < idl->case_count; i++)
        for (uint32_t k = 0; k < idl->cases[i].label_count; k++, count++) {
            labels[count].value = constant_of(&idl->cases[i].labels[k]);
            labels[count].member = i;
            bool is_unsigned = idl->cases[i].labels[k].kind == SRPC_VALUE_UNSIGNED;
            uint64_t bits = labels[count].value.unsigned_integer;
            ranks[count] = (ranked){ (int64_t)(is_unsigned ? bits ^ UINT64_C(1) << 63 : bits),
                                     count };
        }
}

static void fill_labels(srpc_c_describing *self, shmrpc_union_descriptor *out,
                        const srpc_union *idl)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < idl->case_count; i++)
        count += idl->cases[i].label_count;
    shmrpc_label_descriptor *labels = srpc_room(self->arena, count + 1u, sizeof *labels);
    ranked *ranks = srpc_room(self->arena, count + 1u, sizeof *ranks);
    collect_labels(idl, labels, ranks);
    const uint32_t *order = ascending(self->arena, ranks, count);
    shmrpc_label_descriptor *sorted = srpc_room(self->arena, count + 1u, sizeof *sorted);
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = labels[order != NULL ? order[i] : i];
    out->labels = count > 0 ? sorted : NULL;
    out->label_count = count;
}

static void fill_union(srpc_c_describing *self, shmrpc_type_descriptor *out,
                       const srpc_c_record *record)
{
    const srpc_union *idl = record->union_->idl;
    uint32_t count = record->member_count;
    shmrpc_member_descriptor *rows = srpc_room(self->arena, count, sizeof *rows);
    uint32_t alignment = 1;
    for (uint32_t i = 0; i < count; i++)
        if (alignment_of(&record->members[i]) > alignment)
            alignment = alignment_of(&record->members[i]);
    for (uint32_t i = 0; i < count; i++) {
        rows[i] = describe_member(self, &record->members[i]);
        rows[i].offset = srpc_c_round_up(record->union_->type->bytes, alignment);
    }
    out->kind = SHMRPC_TYPE_UNION;
    out->union_ = (shmrpc_union_descriptor){
        .extensibility = idl->extensibility == SRPC_FINAL ? SHMRPC_FINAL : SHMRPC_APPENDABLE,
        .discriminator = srpc_c_describe_type(self, record->union_->type),
        .discriminator_notes = srpc_c_describe_notes(self, &idl->discriminator_notes),
        .members = rows,
        .member_count = count,
        .otherwise = idl->default_case != NULL ? &rows[idl->default_case - idl->cases] : NULL,
        .initial_discriminator = constant_of(&idl->initial_discriminator),
        .initial = idl->initial != NULL ? &rows[idl->initial - idl->cases] : NULL,
    };
    fill_labels(self, &out->union_, idl);
}

/* ---- what has a name ---- */

static void fill_record(srpc_c_describing *self, shmrpc_type_descriptor *out,
                        const srpc_c_record *record)
{
    if (record->declaration != NULL)
        out->notes = srpc_c_describe_notes(self, &record->declaration->notes);
    out->path = record->path;
    if (srpc_c_has_items(record))
        fill_items(self, out, record->type);
    else if (record->union_ != NULL)
        fill_union(self, out, record);
    else
        fill_structure(self, out, record);
}

void srpc_c_describe_fill(srpc_c_describing *self, srpc_c_described *described)
{
    shmrpc_type_descriptor *out = &described->descriptor;
    const srpc_c_type *type = described->type;
    if (!described->is_public)
        return;
    self->is_main = described->is_main;
    fill_common(out, type);
    if (type->record != NULL) {
        fill_record(self, out, type->record);
        return;
    }
    const srpc_declaration *declaration = type->enumeration != NULL
                                              ? type->enumeration->declaration
                                              : type->bitmask->declaration;
    out->path = out->name;
    out->notes = srpc_c_describe_notes(self, &declaration->notes);
    if (type->enumeration != NULL)
        fill_enum(self, out, type->enumeration->idl);
    else
        fill_bitmask(self, out, type->bitmask->idl);
}
