/* T_equal and T_validate. */
#include <string.h>

#include "c_print.h"
#include "memory.h"

/* ---- T_equal ---- */

/* Can equality be seen from the bytes alone? Not of floats: -0.0 equals 0.0. */
static bool is_plain(const srpc_c_type *element)
{
    return element->kind == SRPC_C_SCALAR && element->idl->kind != SRPC_TYPE_FLOAT
        && element->idl->kind != SRPC_TYPE_DOUBLE;
}

static void emit_equal_items(const srpc_c_printer *printer, const srpc_c_type *element,
                             const char *items, const char *other, const char *length,
                             const char *path, unsigned depth)
{
    bool is_constant = *length >= '0' && *length <= '9';
    if (is_plain(element)) {
        srpc_emit_if(printer->out,
                     srpc_text(printer->arena, "%s%smemcmp(%s, %s, %s * sizeof *%s) != 0",
                               is_constant ? "" : length, is_constant ? "" : " > 0 && ", items,
                               other, length, items),
                     "return false;");
        return;
    }
    srpc_c_open_loop(printer, depth, length, NULL);
    srpc_c_place item = srpc_c_item_place(printer, element, items, path, depth);
    srpc_c_emit_equal(printer, &item, srpc_text(printer->arena, "%s[i%u]", other, depth),
                      depth + 1);
    srpc_emit_body_close(printer->out);
}

static const char *differ_when(const srpc_c_printer *printer, const srpc_c_place *place,
                               const char *other)
{
    const srpc_c_type *type = place->type;
    const char *value = place->expression;
    switch (type->kind) {
    case SRPC_C_TEXT:
        return srpc_text(printer->arena, "!shmrpc_string_equal(%s, %s)", value, other);
    case SRPC_C_INLINE_TEXT:
        return srpc_text(printer->arena, "strncmp(%s, %s, %u) != 0", value, other,
                         type->bound + 1);
    case SRPC_C_BYTES:
        return srpc_text(printer->arena, "!shmrpc_bytes_equal(%s, %s)", value, other);
    case SRPC_C_SEQUENCE:
    case SRPC_C_INLINE_SEQUENCE:
    case SRPC_C_MAP:
    case SRPC_C_INLINE_MAP:
    case SRPC_C_STRUCT:
    case SRPC_C_UNION:
        return srpc_text(
            printer->arena, "!%s",
            srpc_c_value_call(printer, type->record, SRPC_C_EQUAL,
                              srpc_text(printer->arena, "%s, %s", srpc_c_address(printer, value),
                                        srpc_c_address(printer, other))));
    default:
        return srpc_text(printer->arena, "%s != %s", value, other);
    }
}

void srpc_c_emit_equal(const srpc_c_printer *printer, const srpc_c_place *place,
                       const char *other, unsigned depth)
{
    if (place->type->kind == SRPC_C_ARRAY)
        emit_equal_items(printer, place->type->element, place->expression, other,
                         srpc_text(printer->arena, "%u", place->type->bound), place->path, depth);
    else
        srpc_emit_if(printer->out, differ_when(printer, place, other), "return false;");
}

void srpc_c_emit_equal_member(const srpc_c_printer *printer, const srpc_c_member *member)
{
    srpc_c_place value = srpc_c_member_place(printer, member, "value");
    srpc_c_place other = srpc_c_member_place(printer, member, "other");
    const char *held = srpc_c_held_when(printer, &value);
    if (held == NULL) {
        srpc_c_emit_equal(printer, &value, other.expression, 0);
        return;
    }
    srpc_emit_if(printer->out,
                 srpc_text(printer->arena, value.is_boxed ? "(%s) != (%s)" : "%s != %s", held,
                           srpc_c_held_when(printer, &other)),
                 "return false;");
    srpc_emit_body_open(printer->out, "if (%s)", held);
    srpc_c_emit_equal(printer, &value, other.expression, 0);
    srpc_emit_body_close(printer->out);
}

static void print_equal(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    srpc_c_printer inner = srpc_c_open_value_function(printer, record, SRPC_C_EQUAL);
    srpc_c_emit_level_check(&inner, record, "false");
    if (srpc_c_has_items(record)) {
        srpc_emit_if(out, "value->length != other->length", "return false;");
        emit_equal_items(&inner, record->type->element, "value->items", "other->items",
                         "value->length", record->path, 0);
    } else if (record->union_ != NULL) {
        srpc_c_emit_union_equal(&inner, record);
    } else {
        if (record->member_count == 0) {
            srpc_emit(out, "(void)value;");
            srpc_emit(out, "(void)other;");
        }
        for (uint32_t i = 0; i < record->member_count; i++)
            srpc_c_emit_equal_member(&inner, &record->members[i]);
    }
    srpc_emit(out, "return true;");
    srpc_c_close_value_function(printer, record, SRPC_C_EQUAL);
}

/* ---- T_validate ---- */

static bool items_can_be_wrong(const srpc_c_printer *printer, const srpc_c_type *container)
{
    srpc_c_place places[2];
    uint32_t count = srpc_c_item_places(printer, container, "", "", 0, places);
    return srpc_c_can_be_wrong(printer, &places[0]) ||
           (count > 1 && srpc_c_can_be_wrong(printer, &places[1]));
}

/* Records are asked, whatever they hold: their T_validate knows. */
bool srpc_c_can_be_wrong(const srpc_c_printer *printer, const srpc_c_place *place)
{
    switch (place->type->kind) {
    case SRPC_C_SCALAR:
        return srpc_c_wrong_when(printer, place) != NULL;
    case SRPC_C_BYTES:
        return srpc_c_wrong_when(printer, place) != NULL ||
               items_can_be_wrong(printer, place->type);
    case SRPC_C_ARRAY:
        return items_can_be_wrong(printer, place->type);
    default:
        return true;
    }
}

static void emit_validate(const srpc_c_printer *printer, const srpc_c_place *place,
                          unsigned depth);

static void emit_validate_items(const srpc_c_printer *printer, const srpc_c_type *container,
                                const char *items, const char *length, const char *path,
                                unsigned depth)
{
    if (!items_can_be_wrong(printer, container))
        return;
    srpc_c_open_loop(printer, depth, length, NULL);
    srpc_c_place places[2];
    uint32_t count = srpc_c_item_places(printer, container, items, path, depth, places);
    for (uint32_t i = 0; i < count; i++)
        if (srpc_c_can_be_wrong(printer, &places[i]))
            emit_validate(printer, &places[i], depth + 1);
    srpc_emit_body_close(printer->out);
}

/* The condition under which a function has found, and recorded, a problem. */
static const char *refused_when(const srpc_c_printer *printer, const srpc_c_place *place)
{
    const srpc_c_type *type = place->type;
    if (type->kind == SRPC_C_PARAMETER_TEXT)
        return srpc_text(printer->arena,
                         "shmrpc_string_validate(shmrpc_string_of(%s), %u, \"%s\") != SHMRPC_OK",
                         place->expression, type->bound, place->path);
    if (type->kind == SRPC_C_TEXT)
        return srpc_text(printer->arena,
                         "shmrpc_string_validate(%s, %u, \"%s\") != SHMRPC_OK",
                         place->expression, type->bound, place->path);
    if (type->kind == SRPC_C_INLINE_TEXT)
        return srpc_text(printer->arena,
                         "shmrpc_characters_validate(%s, %u, \"%s\") != SHMRPC_OK",
                         place->expression, type->bound, place->path);
    return srpc_text(printer->arena, "%s != SHMRPC_OK",
                     srpc_c_value_call(printer, type->record, SRPC_C_VALIDATE,
                                       srpc_c_address(printer, place->expression)));
}

static void emit_validate(const srpc_c_printer *printer, const srpc_c_place *place, unsigned depth)
{
    const char *null = srpc_c_null_when(printer, place);
    const char *wrong = null != NULL ? NULL : srpc_c_wrong_when(printer, place);
    if (null != NULL)
        srpc_emit_if(printer->out, null, "return shmrpc_value_wrong(%s);",
                     srpc_c_complaint(printer, place));
    if (place->type->kind == SRPC_C_ARRAY)
        emit_validate_items(printer, place->type, place->expression,
                            srpc_text(printer->arena, "%u", place->type->bound),
                            srpc_text(printer->arena, "%s[]", place->path), depth);
    else if (wrong != NULL)
        srpc_emit_if(printer->out, wrong, "return shmrpc_value_wrong(%s);",
                     srpc_c_complaint(printer, place));
    else if (place->type->kind != SRPC_C_BYTES && srpc_c_can_be_wrong(printer, place))
        srpc_emit_if(printer->out, refused_when(printer, place),
                     "return SHMRPC_INVALID_ARGUMENT;");
    if (place->type->kind == SRPC_C_BYTES)
        emit_validate_items(printer, place->type,
                            srpc_text(printer->arena, "%s.items", place->expression),
                            srpc_text(printer->arena, "%s.length", place->expression),
                            srpc_text(printer->arena, "%s[]", place->path), depth);
}

bool srpc_c_emit_validate(const srpc_c_printer *printer, const srpc_c_place *place)
{
    if (!srpc_c_can_be_wrong(printer, place))
        return false;
    if (place->present != NULL)
        srpc_emit_body_open(printer->out, "if (%s)", place->present);
    emit_validate(printer, place, 0);
    if (place->present != NULL)
        srpc_emit_body_close(printer->out);
    return true;
}

void srpc_c_emit_validate_member(const srpc_c_printer *printer, const srpc_c_member *member)
{
    srpc_c_place place = srpc_c_member_place(printer, member, "value");
    srpc_c_emit_validate(printer, &place);
}

static void emit_validate_container(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const srpc_c_type *type = record->type;
    if (type->bound > 0)
        srpc_emit_if(printer->out, srpc_text(printer->arena, "value->length > %u", type->bound),
                     "return shmrpc_value_wrong(\"%s: more than %u %s\");", record->path,
                     type->bound, srpc_c_item_word(type));
    emit_validate_items(printer, type, "value->items", "value->length",
                        srpc_text(printer->arena, "%s[]", record->path), 0);
    if (srpc_c_is_map(type))
        srpc_c_emit_map_check_valid(printer, record);
}

static void print_validate(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    srpc_c_printer inner = srpc_c_open_value_function(printer, record, SRPC_C_VALIDATE);
    size_t before = out->length;
    srpc_c_emit_level_check(&inner, record, srpc_c_too_deep(printer, record));
    if (srpc_c_has_items(record))
        emit_validate_container(&inner, record);
    else if (record->union_ != NULL)
        srpc_c_emit_union_validate(&inner, record);
    else
        for (uint32_t i = 0; i < record->member_count; i++)
            srpc_c_emit_validate_member(&inner, &record->members[i]);
    if (out->length == before)
        srpc_emit(out, "(void)value;");
    srpc_emit(out, "return SHMRPC_OK;");
    srpc_c_close_value_function(printer, record, SRPC_C_VALIDATE);
}

void srpc_c_print_compare(const srpc_c_printer *printer, const srpc_c_record *record)
{
    if (srpc_c_is_map(record->type))
        srpc_c_print_map_equal(printer, record);
    else
        print_equal(printer, record);
    print_validate(printer, record);
}
