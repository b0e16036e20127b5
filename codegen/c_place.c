#include <inttypes.h>
#include <string.h>

#include "c_print.h"
#include "literal.h"
#include "memory.h"

/* Readers skip keys that they do not know, unless they are negative. */
static int64_t key_of(const srpc_member *member)
{
    return member->must_be_understood ? -1 - (int64_t)member->id : (int64_t)member->id;
}

srpc_c_place srpc_c_member_place(const srpc_c_printer *printer, const srpc_c_member *member,
                                 const char *pointer)
{
    srpc_idl_arena *arena = printer->arena;
    srpc_c_place place = {
        .type = member->type,
        .expression = srpc_text(arena, "%s->%s", pointer, member->name),
        .path = member->path,
        .key = key_of(member->idl),
        .is_indispensable = srpc_member_is_indispensable(member->idl),
    };
    if (member->has_name != NULL)
        place.present = srpc_text(arena, "%s->%s", pointer, member->has_name);
    if (member->idl->is_boxed) {
        place.is_boxed = true;
        if (member->idl->is_optional)
            place.present = srpc_text(arena, "%s != NULL", place.expression);
        place.expression = srpc_text(arena, "(*%s)", place.expression);
    }
    return place;
}

srpc_c_place *srpc_c_member_places(const srpc_c_printer *printer, const srpc_c_record *record,
                                   const char *pointer)
{
    uint32_t count = record->member_count;
    srpc_c_place *places = srpc_room(printer->arena, count + 1u, sizeof *places);
    for (uint32_t i = 0; i < count; i++)
        places[i] = srpc_c_member_place(printer, &record->members[i], pointer);
    return places;
}

srpc_c_place srpc_c_item_place(const srpc_c_printer *printer, const srpc_c_type *element,
                               const char *items, const char *path, unsigned depth)
{
    srpc_c_place place = {
        .type = element,
        .expression = srpc_text(printer->arena, "%s[i%u]", items, depth),
        .path = path,
    };
    return place;
}

uint32_t srpc_c_item_places(const srpc_c_printer *printer, const srpc_c_type *container,
                            const char *items, const char *path, unsigned depth,
                            srpc_c_place out_places[2])
{
    if (!srpc_c_is_map(container)) {
        out_places[0] = srpc_c_item_place(printer, container->element, items, path, depth);
        return 1;
    }
    const srpc_c_type *const types[] = { container->key, container->element };
    const char *const names[] = { "key", "value" };
    for (uint32_t i = 0; i < 2; i++) {
        out_places[i] = srpc_c_item_place(printer, types[i], items,
                                          srpc_text(printer->arena, "%s.%s", path, names[i]),
                                          depth);
        out_places[i].expression =
            srpc_text(printer->arena, "%s.%s", out_places[i].expression, names[i]);
    }
    return 2;
}

const char *srpc_c_address(const srpc_c_printer *printer, const char *expression)
{
    size_t length = strlen(expression);
    if (strncmp(expression, "(*", 2) == 0 && expression[length - 1] == ')')
        return srpc_text(printer->arena, "%.*s", (int)length - 3, expression + 2);
    return srpc_text(printer->arena, "&%s", expression);
}

void srpc_c_open_loop(const srpc_c_printer *printer, unsigned depth, const char *limit,
                      const char *and)
{
    srpc_emit_body_open(printer->out, "for (uint32_t i%u = 0; i%u < %s%s%s; i%u++)", depth, depth,
                   limit, and != NULL ? " && " : "", and != NULL ? and : "", depth);
}

/* A limit that every value of the type keeps is left out: compilers complain about such. */
static bool is_lowest(const srpc_value *value, const srpc_c_type *type)
{
    if (value->kind == SRPC_VALUE_UNSIGNED || value->kind == SRPC_VALUE_CHAR)
        return value->unsigned_integer == 0;
    return value->kind == SRPC_VALUE_SIGNED
        && value->signed_integer == INT64_MIN >> (64 - 8 * type->bytes);
}

static bool is_highest(const srpc_value *value, const srpc_c_type *type)
{
    if (value->kind == SRPC_VALUE_UNSIGNED || value->kind == SRPC_VALUE_CHAR)
        return value->unsigned_integer == UINT64_MAX >> (64 - 8 * type->bytes);
    return value->kind == SRPC_VALUE_SIGNED
        && value->signed_integer == INT64_MAX >> (64 - 8 * type->bytes);
}

/* Plain char may be signed; on the wire, and in its range, it is not. */
static const char *comparable(const srpc_c_printer *printer, const srpc_c_type *type,
                              const char *expression)
{
    if (type->kind == SRPC_C_SCALAR && type->idl->kind == SRPC_TYPE_CHAR)
        return srpc_text(printer->arena, "(uint8_t)%s", expression);
    return expression;
}

/* '\\377' would be negative where plain char is signed. */
static const char *limit(const srpc_c_printer *printer, const srpc_c_type *type,
                         const srpc_value *value)
{
    if (value->kind == SRPC_VALUE_CHAR && value->unsigned_integer > INT8_MAX)
        return srpc_text(printer->arena, "%" PRIu64, value->unsigned_integer);
    return srpc_literal(printer->arena, type, value);
}

static const char *out_of_range(const srpc_c_printer *printer, const srpc_c_place *place)
{
    const srpc_c_type *type = place->type;
    const srpc_range *range = type->range;
    bool has_min = range->has_min && !is_lowest(&range->min, type);
    bool has_max = range->has_max && !is_highest(&range->max, type);
    bool is_real = type->idl->kind == SRPC_TYPE_FLOAT || type->idl->kind == SRPC_TYPE_DOUBLE;
    const char *value = comparable(printer, type, place->expression);
    const char *min = has_min ? limit(printer, type, &range->min) : "";
    const char *max = has_max ? limit(printer, type, &range->max) : "";
    if (is_real && has_min && has_max) /* NaN is outside as well */
        return srpc_text(printer->arena, "!(%s >= %s && %s <= %s)", value, min, value, max);
    if (is_real && (has_min || has_max))
        return srpc_text(printer->arena, "!(%s %s %s%s)", value, has_min ? ">=" : "<=", min, max);
    if (has_min && has_max)
        return srpc_text(printer->arena, "%s < %s || %s > %s", value, min, value, max);
    if (has_min || has_max)
        return srpc_text(printer->arena, "%s %s %s%s", value, has_min ? "<" : ">", min, max);
    return NULL;
}

const char *srpc_c_held_when(const srpc_c_printer *printer, const srpc_c_place *place)
{
    return place->is_boxed ? srpc_text(printer->arena, "%s != NULL",
                                       srpc_c_address(printer, place->expression))
                           : place->present;
}

const char *srpc_c_null_when(const srpc_c_printer *printer, const srpc_c_place *place)
{
    if (place->type->kind == SRPC_C_PARAMETER_TEXT)
        return srpc_text(printer->arena, "%s == NULL", place->expression);
    if (place->is_boxed && place->present == NULL)
        return srpc_text(printer->arena, "%s == NULL", srpc_c_address(printer, place->expression));
    return NULL;
}

const char *srpc_c_wrong_when(const srpc_c_printer *printer, const srpc_c_place *place)
{
    const srpc_c_type *type = place->type;
    if (place->is_boxed)
        return srpc_c_null_when(printer, place);
    if (type->kind == SRPC_C_ENUM)
        return srpc_text(printer->arena, "!%s((int32_t)%s)",
                         srpc_c_function(printer, type->enumeration->name, "is_known"),
                         place->expression);
    if (type->kind == SRPC_C_BYTES && type->bound > 0)
        return srpc_text(printer->arena, "%s.length > %u", place->expression, type->bound);
    if (type->kind == SRPC_C_PARAMETER_TEXT && type->bound > 0)
        return srpc_c_null_when(printer, place);
    if (type->bitmask != NULL)
        return srpc_c_stray_bits_when(printer, place);
    return type->range != NULL && type->kind == SRPC_C_SCALAR ? out_of_range(printer, place)
                                                              : NULL;
}

const char *srpc_c_complaint(const srpc_c_printer *printer, const srpc_c_place *place)
{
    const srpc_c_type *type = place->type;
    if (type->kind == SRPC_C_ENUM)
        return srpc_text(printer->arena, "\"%s: not a value of %s\"", place->path,
                         type->enumeration->declaration->scoped_name);
    if (type->bitmask != NULL)
        return srpc_text(printer->arena, "\"%s: bits that %s does not have\"", place->path,
                         type->bitmask->declaration->scoped_name);
    if (type->kind == SRPC_C_BYTES)
        return srpc_text(printer->arena, "\"%s: more than %u bytes\"", place->path, type->bound);
    if (type->kind == SRPC_C_PARAMETER_TEXT || place->is_boxed)
        return srpc_text(printer->arena, "\"%s: NULL\"", place->path);
    return srpc_text(printer->arena, "\"%s: out of range\"", place->path);
}

const char *srpc_c_declare(const srpc_c_printer *printer, const srpc_c_type *type,
                           const char *name)
{
    bool ends_in_star = type->kind == SRPC_C_PARAMETER_TEXT;
    if (*name == '*' && *type->suffix != '\0')
        return srpc_text(printer->arena, "%s (%s)%s", type->name, name, type->suffix);
    return srpc_text(printer->arena, "%s %s%s%s", type->name, ends_in_star ? "*" : "", name,
                     type->suffix);
}

const char *srpc_c_function(const srpc_c_printer *printer, const char *name, const char *what)
{
    return srpc_names_derive(printer->arena, name, what);
}

bool srpc_c_is_bulk(const srpc_c_type *container)
{
    const srpc_c_type *element = container->element;
    return !srpc_c_is_map(container) && element->kind == SRPC_C_SCALAR &&
           element->range == NULL && !srpc_c_may_have_stray_bits(element);
}
