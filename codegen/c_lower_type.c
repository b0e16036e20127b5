#include "c_lower.h"

#include <string.h>

#include "literal.h"
#include "memory.h"

/* What each type has beside itself; see c_header.c, which prints them. */
static const char *const map_suffixes[] = { "init",   "fini",   "copy",   "equal",
                                            "validate", "encode", "decode",
                                            "MAX_ENCODED_SIZE", "find", "entry",
                                            "descriptor", NULL };
static const char *const enum_suffixes[] = { "is_known", "name", "decode", "descriptor",
                                             NULL };

/* ---- scalars and text ---- */

typedef struct scalar_row {
    const char *name;
    const char *word;
    uint32_t bytes;
} scalar_row;

static const scalar_row scalars[] = {
    [SRPC_TYPE_BOOLEAN] = { "bool", "boolean", 1 },   [SRPC_TYPE_CHAR] = { "char", "uint8", 1 },
    [SRPC_TYPE_OCTET] = { "uint8_t", "uint8", 1 },    [SRPC_TYPE_INT8] = { "int8_t", "int8", 1 },
    [SRPC_TYPE_UINT8] = { "uint8_t", "uint8", 1 },    [SRPC_TYPE_INT16] = { "int16_t", "int16", 2 },
    [SRPC_TYPE_UINT16] = { "uint16_t", "uint16", 2 }, [SRPC_TYPE_INT32] = { "int32_t", "int32", 4 },
    [SRPC_TYPE_UINT32] = { "uint32_t", "uint32", 4 }, [SRPC_TYPE_INT64] = { "int64_t", "int64", 8 },
    [SRPC_TYPE_UINT64] = { "uint64_t", "uint64", 8 }, [SRPC_TYPE_FLOAT] = { "float", "float", 4 },
    [SRPC_TYPE_DOUBLE] = { "double", "double", 8 },
};

srpc_c_type *srpc_c_new_type(srpc_c_lowering *lowering, srpc_c_kind kind, const srpc_type *idl,
                             const char *name)
{
    srpc_c_type *type = srpc_room(lowering->arena, 1, sizeof *type);
    type->kind = kind;
    type->idl = idl;
    type->name = name;
    type->suffix = "";
    return type;
}

static srpc_c_type *lower_scalar(srpc_c_lowering *lowering, const srpc_type *idl)
{
    const scalar_row *scalar = &scalars[idl->kind];
    srpc_c_type *type = srpc_c_new_type(lowering, SRPC_C_SCALAR, idl, scalar->name);
    type->scalar = scalar->word;
    type->bytes = scalar->bytes;
    type->alignment = scalar->bytes;
    return type;
}

static srpc_c_type *lower_text(srpc_c_lowering *lowering, const srpc_type *idl)
{
    uint32_t bound = idl->string.bound;
    bool is_inline = bound > 0 && (uint64_t)bound + 1 <= lowering->inline_max;
    srpc_c_type *type = is_inline ? srpc_c_new_type(lowering, SRPC_C_INLINE_TEXT, idl, "char")
                                  : srpc_c_new_type(lowering, SRPC_C_TEXT, idl, "shmrpc_string");
    type->bound = bound;
    type->bytes = is_inline ? (uint64_t)bound + 1 : 2 * SRPC_C_POINTER_BYTES;
    type->alignment = is_inline ? 1 : SRPC_C_POINTER_BYTES;
    type->has_pointers = !is_inline;
    type->is_refusable = true;
    if (is_inline)
        type->suffix = srpc_text(lowering->arena, "[%llu]", (unsigned long long)bound + 1);
    return type;
}

/* ---- sequences ---- */

uint64_t srpc_c_round_up(uint64_t bytes, uint32_t alignment)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

/* sizeof { uint32_t length; T items[bound]; } */
static uint64_t inline_bytes(const srpc_c_type *element, uint32_t bound)
{
    uint32_t alignment = element->alignment > 4 ? element->alignment : 4;
    uint64_t start = srpc_c_round_up(4, element->alignment);
    return srpc_c_round_up(start + element->bytes * bound, alignment);
}

static bool fits_inline(const srpc_c_lowering *lowering, const srpc_type *idl,
                        const srpc_c_type *element, uint32_t bound)
{
    return bound > 0 && !idl->is_recursive && element->bytes <= lowering->inline_max &&
           inline_bytes(element, bound) <= lowering->inline_max;
}

static srpc_c_type *lower_bytes(srpc_c_lowering *lowering, const srpc_type *idl,
                                const srpc_c_type *element)
{
    srpc_c_type *type = srpc_c_new_type(lowering, SRPC_C_BYTES, idl, "shmrpc_bytes");
    type->element = element;
    type->bound = idl->sequence.bound;
    type->bytes = 2 * SRPC_C_POINTER_BYTES;
    type->alignment = SRPC_C_POINTER_BYTES;
    type->has_pointers = true;
    return type;
}

/* A sequence or map, whose items are laid out like `item`. */
static srpc_c_type *new_container_type(srpc_c_lowering *lowering, srpc_c_kind kind,
                                       const srpc_type *idl, const char *name,
                                       const srpc_c_type *item, uint32_t bound)
{
    srpc_c_type *type = srpc_c_new_type(lowering, kind, idl, name);
    bool is_inline = srpc_c_is_inline(type);
    type->bound = bound;
    type->alignment = is_inline && item->alignment < 4 ? 4 : item->alignment;
    if (!is_inline)
        type->alignment = SRPC_C_POINTER_BYTES;
    type->bytes = is_inline ? inline_bytes(item, bound) : 2 * SRPC_C_POINTER_BYTES;
    type->has_pointers = !is_inline || item->has_pointers;
    type->is_refusable = idl->is_recursive || item->is_refusable;
    return type;
}

typedef struct type_place {
    const char *name; /* that an anonymous sequence or map gets here */
    const char *path;
    srpc_location location;
    bool is_main;
    const srpc_declaration *declaration; /* of the alias, when there is one */
} type_place;

static srpc_c_type *lower_at(srpc_c_lowering *lowering, const srpc_type *idl, type_place place);

/* Where an anonymous part of an anonymous type is: its name and path are made from those of the
 * whole. */
static type_place part_place(srpc_c_lowering *lowering, const type_place *whole, const char *name,
                             const char *path)
{
    type_place part = *whole;
    part.name = srpc_names_derive(lowering->arena, whole->name, name);
    part.path = srpc_text(lowering->arena, "%s%s", whole->path, path);
    part.declaration = NULL;
    return part;
}

/* The struct of a sequence or map. */
static srpc_c_record *new_container_record(srpc_c_lowering *lowering, srpc_c_type *type,
                                           const type_place *place)
{
    srpc_c_record *record = srpc_room(lowering->arena, 1, sizeof *record);
    record->name = type->name;
    record->path = place->path;
    record->type = type;
    record->declaration = place->declaration;
    record->is_main = place->is_main;
    type->record = record;
    return record;
}

static void add_container(srpc_c_lowering *lowering, const srpc_c_record *record)
{
    if (record->is_main)
        srpc_c_add_item(lowering, SRPC_C_ITEM_RECORD, record->name, record->declaration)->record =
            record;
}

static srpc_c_type *lower_sequence(srpc_c_lowering *lowering, const srpc_type *idl,
                                         type_place place)
{
    srpc_c_type *element = lower_at(lowering, idl->sequence.element,
                                    part_place(lowering, &place, "item", "[]"));
    uint32_t bound = idl->sequence.bound;
    bool is_inline = fits_inline(lowering, idl, element, bound);
    if (!is_inline && srpc_c_is_octet(element))
        return lower_bytes(lowering, idl, element);
    const char *name = srpc_c_name(lowering, place.name, srpc_c_record_suffixes, place.location);
    srpc_c_kind kind = is_inline ? SRPC_C_INLINE_SEQUENCE : SRPC_C_SEQUENCE;
    srpc_c_type *type = new_container_type(lowering, kind, idl, name, element, bound);
    type->element = element;
    add_container(lowering, new_container_record(lowering, type, &place));
    return type;
}

/* ---- maps ---- */

/* The struct { K key; V value; }. */
static srpc_c_type entry_layout(const srpc_c_type *key, const srpc_c_type *value)
{
    srpc_c_type entry = { .alignment = key->alignment > value->alignment ? key->alignment
                                                                         : value->alignment };
    entry.bytes = srpc_c_round_up(srpc_c_round_up(key->bytes, value->alignment) + value->bytes,
                                  entry.alignment);
    entry.has_pointers = key->has_pointers || value->has_pointers;
    entry.is_refusable = key->is_refusable || value->is_refusable;
    return entry;
}

/* The struct that a value of the type holds and that is not in the header yet; NULL: none. */
static const srpc_c_record *missing_part(const srpc_c_lowering *lowering, const srpc_c_type *type)
{
    while (type->kind == SRPC_C_ARRAY)
        type = type->element;
    bool is_missing = type->record != NULL && type->idl->declaration != NULL &&
                      type->record->is_main && !lowering->is_printed[type->idl->number];
    return is_missing ? type->record : NULL;
}

static void add_entry(srpc_c_lowering *lowering, const srpc_c_record *map)
{
    srpc_c_add_item(lowering, SRPC_C_ITEM_ENTRY, map->entry, NULL)->record = map;
}

static void keep_map(srpc_c_lowering *lowering, const srpc_c_record *map,
                     const srpc_c_record *value)
{
    srpc_c_late_maps *waiting = &lowering->late_maps[value->type->idl->number];
    srpc_c_late_map *late = srpc_room(lowering->arena, 1, sizeof *late);
    late->map = map;
    if (waiting->last == NULL)
        waiting->first = late;
    else
        waiting->last->next = late;
    waiting->last = late;
}

/* A struct or union is in the header: now entries that hold it by value can follow. */
void srpc_c_add_late_entries(srpc_c_lowering *lowering, const srpc_c_record *value)
{
    uint32_t number = value->type->idl->number;
    lowering->is_printed[number] = true;
    for (const srpc_c_late_map *late = lowering->late_maps[number].first; late != NULL;
         late = late->next)
        add_entry(lowering, late->map);
}

static void add_map(srpc_c_lowering *lowering, const srpc_c_record *map)
{
    const srpc_c_record *missing = missing_part(lowering, map->type->element);
    if (map->is_main && missing == NULL)
        add_entry(lowering, map);
    else if (map->is_main)
        keep_map(lowering, map, missing);
    add_container(lowering, map);
}

static srpc_c_type *lower_map(srpc_c_lowering *lowering, const srpc_type *idl, type_place place)
{
    srpc_c_type *key = lower_at(lowering, idl->map.key,
                                part_place(lowering, &place, "key", "[].key"));
    srpc_c_type *value = lower_at(lowering, idl->map.value,
                                  part_place(lowering, &place, "value", "[].value"));
    srpc_c_type entry = entry_layout(key, value);
    uint32_t bound = idl->map.bound;
    bool is_inline = fits_inline(lowering, idl, &entry, bound);
    const char *name = srpc_c_name(lowering, place.name, map_suffixes, place.location);
    srpc_c_kind kind = is_inline ? SRPC_C_INLINE_MAP : SRPC_C_MAP;
    srpc_c_type *type = new_container_type(lowering, kind, idl, name, &entry, bound);
    type->key = key;
    type->element = value;
    srpc_c_record *record = new_container_record(lowering, type, &place);
    record->entry = srpc_names_derive(lowering->arena, name, "entry");
    add_map(lowering, record);
    return type;
}

/* ---- arrays ---- */

static srpc_c_type *lower_array(srpc_c_lowering *lowering, const srpc_type *idl, type_place place)
{
    srpc_c_type *element = lower_at(lowering, idl->array.element,
                                    part_place(lowering, &place, "item", "[]"));
    for (uint32_t i = idl->array.dimension_count; i > 0; i--) {
        srpc_c_type *type = srpc_c_new_type(lowering, SRPC_C_ARRAY, idl, element->name);
        type->bound = idl->array.dimensions[i - 1];
        type->suffix = srpc_text(lowering->arena, "[%u]%s", type->bound, element->suffix);
        type->element = element;
        type->bytes = srpc_c_size(lowering, element->bytes, type->bound, place.location);
        type->alignment = element->alignment;
        type->has_pointers = element->has_pointers;
        type->needs_init = element->needs_init;
        type->is_refusable = idl->is_recursive || element->is_refusable;
        element = type;
    }
    return element;
}

const srpc_c_type *srpc_c_with_range(srpc_c_lowering *lowering, const srpc_c_type *type,
                                     const srpc_range *range)
{
    if ((!range->has_min && !range->has_max) ||
        (type->kind != SRPC_C_ARRAY && type->kind != SRPC_C_SCALAR))
        return type;
    srpc_c_type *limited = srpc_room(lowering->arena, 1, sizeof *limited);
    *limited = *type;
    if (type->kind == SRPC_C_ARRAY) {
        limited->element = srpc_c_with_range(lowering, type->element, range);
        limited->needs_init = limited->element->needs_init;
    } else {
        limited->range = range;
        limited->needs_init = srpc_literal_nearest_to_zero(range) != NULL;
    }
    return limited;
}

/* ---- declared types ---- */

static srpc_c_type *lower_at(srpc_c_lowering *lowering, const srpc_type *idl, type_place place)
{
    switch (idl->kind) {
    case SRPC_TYPE_STRING:
        return lower_text(lowering, idl);
    case SRPC_TYPE_SEQUENCE:
        return lower_sequence(lowering, idl, place);
    case SRPC_TYPE_MAP:
        return lower_map(lowering, idl, place);
    case SRPC_TYPE_ARRAY:
        return lower_array(lowering, idl, place);
    case SRPC_TYPE_STRUCT:
    case SRPC_TYPE_UNION:
    case SRPC_TYPE_EXCEPTION:
        return srpc_c_declared_record(lowering, idl);
    case SRPC_TYPE_ENUM:
    case SRPC_TYPE_BITMASK:
    case SRPC_TYPE_ALIAS:
        return lowering->declared[idl->number];
    default:
        return lower_scalar(lowering, idl);
    }
}

const srpc_c_type *srpc_c_lower_type(srpc_c_lowering *lowering, const srpc_type *type,
                                     const char *owner, const char *path, srpc_location location,
                                     bool is_main)
{
    type_place place = { owner, path, location, is_main, NULL };
    return lower_at(lowering, type, place);
}

const srpc_c_type *srpc_c_lower_parameter_type(srpc_c_lowering *lowering, const srpc_type *type,
                                               const char *owner, const char *path,
                                               srpc_location location, bool is_main)
{
    const srpc_type *resolved = srpc_type_resolved(type);
    if (resolved->kind != SRPC_TYPE_STRING)
        return srpc_c_lower_type(lowering, type, owner, path, location, is_main);
    srpc_c_type *text = srpc_c_new_type(lowering, SRPC_C_PARAMETER_TEXT, resolved, "const char");
    text->bound = resolved->string.bound;
    text->bytes = SRPC_C_POINTER_BYTES;
    text->alignment = SRPC_C_POINTER_BYTES;
    text->has_pointers = true;
    text->is_refusable = true;
    return text;
}

/* An alias of what has a name already is a typedef; an anonymous sequence or map takes the alias's
 * name. */
void srpc_c_lower_alias(srpc_c_lowering *lowering, const srpc_declaration *declaration)
{
    const srpc_type *idl = declaration->type;
    const srpc_type *target = idl->alias.target;
    type_place place = { declaration->scoped_name, declaration->scoped_name, declaration->location,
                    declaration->file->is_main, declaration };
    srpc_c_type *type = lower_at(lowering, target, place);
    if (type->record == NULL || type->record->declaration != declaration) {
        const char *name =
            srpc_c_name(lowering, declaration->scoped_name, NULL, declaration->location);
        if (declaration->file->is_main)
            srpc_c_add_item(lowering, SRPC_C_ITEM_TYPEDEF, name, declaration)->type = type;
        srpc_c_type *renamed = srpc_room(lowering->arena, 1, sizeof *renamed);
        *renamed = *srpc_c_with_range(lowering, type, &idl->alias.range);
        renamed->name = name;
        renamed->suffix = "";
        type = renamed;
    }
    lowering->declared[idl->number] = type;
}

void srpc_c_lower_enum(srpc_c_lowering *lowering, const srpc_declaration *declaration)
{
    const srpc_enumeration *idl = declaration->type->enumeration;
    srpc_c_enum *enumeration = srpc_room(lowering->arena, 1, sizeof *enumeration);
    enumeration->declaration = declaration;
    enumeration->idl = idl;
    enumeration->name =
        srpc_c_name(lowering, declaration->scoped_name, enum_suffixes, declaration->location);
    const char **names = srpc_room(lowering->arena, idl->enumerator_count, sizeof *names);
    for (uint32_t i = 0; i < idl->enumerator_count; i++) {
        const srpc_enumerator *enumerator = &idl->enumerators[i];
        const char *wanted = srpc_names_join(lowering->arena, enumeration->name, enumerator->name);
        names[i] = srpc_c_name(lowering, wanted, NULL, enumerator->location);
    }
    enumeration->enumerators = names;
    srpc_c_type *type =
        srpc_c_new_type(lowering, SRPC_C_ENUM, declaration->type, enumeration->name);
    type->enumeration = enumeration;
    type->scalar = "int32";
    type->bytes = 4;
    type->alignment = 4;
    type->needs_init = idl->initial->value != 0;
    lowering->declared[declaration->type->number] = type;
    if (!declaration->file->is_main)
        return;
    srpc_c_item *item =
        srpc_c_add_item(lowering, SRPC_C_ITEM_ENUM, enumeration->name, declaration);
    item->type = type;
    item->enumeration = enumeration;
}
