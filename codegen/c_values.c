/* T_init, T_fini, T_copy: values that a program builds by itself, on the heap. */
#include <string.h>

#include "c_print.h"
#include "literal.h"
#include "memory.h"

bool srpc_c_member_owns(const srpc_c_member *member)
{
    return member->idl->is_boxed || member->type->has_pointers;
}

static bool items_own(const srpc_c_type *container)
{
    return container->element->has_pointers ||
           (srpc_c_is_map(container) && container->key->has_pointers);
}

/* ---- T_init ---- */

static void emit_init(const srpc_c_printer *printer, const srpc_c_place *place, unsigned depth)
{
    const srpc_c_type *type = place->type;
    if (type->kind == SRPC_C_ENUM) {
        const srpc_enumeration *idl = type->enumeration->idl;
        srpc_emit(printer->out, "%s = %s;", place->expression,
                  type->enumeration->enumerators[idl->initial - idl->enumerators]);
    } else if (type->kind == SRPC_C_SCALAR) {
        srpc_emit(printer->out, "%s = %s;", place->expression,
                  srpc_literal(printer->arena, type, srpc_literal_nearest_to_zero(type->range)));
    } else if (type->kind == SRPC_C_ARRAY) {
        srpc_c_open_loop(printer, depth, srpc_text(printer->arena, "%u", type->bound), NULL);
        srpc_c_place item =
            srpc_c_item_place(printer, type->element, place->expression, place->path, depth);
        emit_init(printer, &item, depth + 1);
        srpc_emit_body_close(printer->out);
    } else {
        srpc_emit(printer->out, "%s(%s);", srpc_c_function(printer, type->record->name, "init"),
                  srpc_c_address(printer, place->expression));
    }
}

static void emit_default(const srpc_c_printer *printer, const srpc_c_member *member,
                         const char *expression)
{
    const srpc_value *value = &member->idl->default_value;
    const char *literal = srpc_literal(printer->arena, member->type, value);
    if (member->default_text != NULL) {
        srpc_emit(printer->out, "%s.text = %s;", expression, member->default_text);
        srpc_emit(printer->out, "%s.length = %u;", expression, value->string.length);
    } else if (member->type->kind == SRPC_C_INLINE_TEXT) {
        srpc_emit(printer->out, "memcpy(%s, %s, %u);", expression, literal,
                  value->string.length + 1);
    } else {
        srpc_emit(printer->out, "%s = %s;", expression, literal);
    }
}

void srpc_c_emit_init_member(const srpc_c_printer *printer, const srpc_c_member *member)
{
    srpc_c_place place = srpc_c_member_place(printer, member, "value");
    if (!member->needs_init)
        return;
    if (member->idl->has_default)
        emit_default(printer, member, place.expression);
    else
        emit_init(printer, &place, 0);
}

static void print_init(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emit_blank(printer->out);
    srpc_emit(printer->out, "void %s(%s *value)", srpc_c_function(printer, record->name, "init"),
              record->name);
    srpc_emit_open(printer->out, "{");
    srpc_emit(printer->out, "memset(value, 0, sizeof *value);");
    if (record->union_ != NULL)
        srpc_c_emit_union_init(printer, record);
    else
        for (uint32_t i = 0; i < record->member_count; i++)
            srpc_c_emit_init_member(printer, &record->members[i]);
    srpc_emit_close(printer->out, "}");
}

/* Absent: what T_init would have set. */
void srpc_c_emit_clear(const srpc_c_printer *printer, const srpc_c_place *place)
{
    const srpc_c_type *type = place->type;
    const char *value = place->expression;
    switch (type->kind) {
    case SRPC_C_SCALAR:
        if (place->present == NULL && srpc_literal_nearest_to_zero(type->range) != NULL)
            emit_init(printer, place, 0);
        else
            srpc_emit(printer->out, "%s = %s;", value,
                      type->idl->kind == SRPC_TYPE_BOOLEAN ? "false" : "0");
        break;
    case SRPC_C_INLINE_TEXT:
        srpc_emit(printer->out, "%s[0] = '\\0';", value);
        break;
    case SRPC_C_PARAMETER_TEXT:
        srpc_emit(printer->out, "%s = \"\";", value);
        break;
    case SRPC_C_TEXT:
        srpc_emit(printer->out, "%s = (shmrpc_string){ NULL, 0 };", value);
        break;
    case SRPC_C_BYTES:
        srpc_emit(printer->out, "%s = (shmrpc_bytes){ NULL, 0 };", value);
        break;
    case SRPC_C_ARRAY:
        srpc_emit(printer->out, "memset(%s, 0, sizeof %s);", value, value);
        if (type->needs_init)
            emit_init(printer, place, 0);
        break;
    default:
        emit_init(printer, place, 0);
        break;
    }
}

/* ---- T_fini ---- */

static void emit_fini(const srpc_c_printer *printer, const srpc_c_place *place, unsigned depth);

/* The items of an array, sequence or map. */
static void emit_fini_items(const srpc_c_printer *printer, const srpc_c_type *container,
                            const char *items, const char *length, const char *path,
                            unsigned depth)
{
    srpc_c_open_loop(printer, depth, length, NULL);
    srpc_c_place places[2];
    uint32_t count = srpc_c_item_places(printer, container, items, path, depth, places);
    for (uint32_t i = 0; i < count; i++)
        if (places[i].type->has_pointers)
            emit_fini(printer, &places[i], depth + 1);
    srpc_emit_body_close(printer->out);
}

static void emit_fini(const srpc_c_printer *printer, const srpc_c_place *place, unsigned depth)
{
    const srpc_c_type *type = place->type;
    const char *address = srpc_c_address(printer, place->expression);
    if (type->kind == SRPC_C_TEXT)
        srpc_emit(printer->out, "shmrpc_string_free(%s);", address);
    else if (type->kind == SRPC_C_BYTES)
        srpc_emit(printer->out, "shmrpc_bytes_free(%s);", address);
    else if (type->kind == SRPC_C_ARRAY)
        emit_fini_items(printer, type, place->expression,
                        srpc_text(printer->arena, "%u", type->bound), place->path, depth);
    else
        srpc_emit(printer->out, "%s(%s);", srpc_c_function(printer, type->record->name, "fini"),
                  address);
}

void srpc_c_emit_fini_member(const srpc_c_printer *printer, const srpc_c_member *member)
{
    srpc_c_place place = srpc_c_member_place(printer, member, "value");
    const char *pointer = srpc_c_address(printer, place.expression);
    if (place.is_boxed) {
        srpc_emit_body_open(printer->out, "if (%s != NULL)", pointer);
        if (member->type->has_pointers)
            emit_fini(printer, &place, 0);
        srpc_emit(printer->out, "free(%s);", pointer);
        srpc_emit(printer->out, "%s = NULL;", pointer);
        srpc_emit_body_close(printer->out);
    } else if (member->default_text != NULL) {
        srpc_emit_if(printer->out,
                     srpc_text(printer->arena, "%s.text == %s", place.expression,
                               member->default_text),
                     "%s.text = NULL;", place.expression);
        emit_fini(printer, &place, 0);
    } else if (member->type->has_pointers) {
        emit_fini(printer, &place, 0);
    }
}

static void emit_fini_container(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const srpc_c_type *type = record->type;
    if (items_own(type))
        emit_fini_items(printer, type, "value->items", "value->length", record->path, 0);
    if (!srpc_c_is_inline(type)) {
        srpc_emit(printer->out, "free(value->items);");
        srpc_emit(printer->out, "value->items = NULL;");
    }
    srpc_emit(printer->out, "value->length = 0;");
}

static void print_fini(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emit_blank(printer->out);
    srpc_emit(printer->out, "void %s(%s *value)", srpc_c_function(printer, record->name, "fini"),
              record->name);
    srpc_emit_open(printer->out, "{");
    if (srpc_c_has_items(record))
        emit_fini_container(printer, record);
    else if (!record->type->has_pointers)
        srpc_emit(printer->out, "(void)value;");
    else if (record->union_ != NULL)
        srpc_c_emit_union_fini(printer, record);
    else
        for (uint32_t i = 0; i < record->member_count; i++)
            srpc_c_emit_fini_member(printer, &record->members[i]);
    srpc_emit_close(printer->out, "}");
}

/* ---- T_copy: "copied" stays true as long as there is memory ---- */

static void emit_copy(const srpc_c_printer *printer, const srpc_c_place *to,
                      const srpc_c_place *from, unsigned depth);

static void emit_copy_items(const srpc_c_printer *printer, const srpc_c_type *container,
                            const char *to, const char *from, const char *length, unsigned depth)
{
    if (!items_own(container)) {
        srpc_emit_if(printer->out, srpc_text(printer->arena, "copied && %s > 0", length),
                     "memcpy(%s, %s, %s * sizeof *%s);", to, from, length, to);
        return;
    }
    srpc_c_open_loop(printer, depth, length, "copied");
    srpc_c_place places_to[2];
    srpc_c_place places_from[2];
    uint32_t count = srpc_c_item_places(printer, container, to, "", depth, places_to);
    srpc_c_item_places(printer, container, from, "", depth, places_from);
    for (uint32_t i = 0; i < count; i++)
        emit_copy(printer, &places_to[i], &places_from[i], depth + 1);
    srpc_emit_body_close(printer->out);
}

static void emit_copy(const srpc_c_printer *printer, const srpc_c_place *to,
                      const srpc_c_place *from, unsigned depth)
{
    const srpc_c_type *type = to->type;
    const char *out_address = srpc_c_address(printer, to->expression);
    const char *address = srpc_c_address(printer, from->expression);
    if (srpc_c_is_array(type) && !type->has_pointers)
        srpc_emit(printer->out, "memcpy(%s, %s, sizeof %s);", to->expression, from->expression,
                  to->expression);
    else if (!type->has_pointers)
        srpc_emit(printer->out, "%s = %s;", to->expression, from->expression);
    else if (type->kind == SRPC_C_ARRAY)
        emit_copy_items(printer, type, to->expression, from->expression,
                        srpc_text(printer->arena, "%u", type->bound), depth);
    else if (type->kind == SRPC_C_TEXT)
        srpc_emit(printer->out, "copied = copied && shmrpc_string_copy(%s, %s);", out_address,
                  address);
    else if (type->kind == SRPC_C_BYTES)
        srpc_emit(printer->out, "copied = copied && shmrpc_bytes_copy(%s, %s);", out_address,
                  address);
    else
        srpc_emit(printer->out, "copied = copied && (status = %s) == SHMRPC_OK;",
                  srpc_c_value_call(printer, type->record, SRPC_C_COPY,
                                    srpc_text(printer->arena, "%s, %s", out_address, address)));
}

static void emit_copy_boxed(const srpc_c_printer *printer, const srpc_c_place *to,
                            const srpc_c_place *from)
{
    const char *pointer = srpc_c_address(printer, to->expression);
    srpc_emit_body_open(printer->out, "if (copied && %s)", srpc_c_held_when(printer, from));
    srpc_emit(printer->out, "%s = calloc(1, sizeof *%s);", pointer, pointer);
    srpc_emit(printer->out, "copied = %s != NULL;", pointer);
    srpc_emit_body_open(printer->out, "if (copied)");
    emit_copy(printer, to, from, 0);
    srpc_emit_body_close(printer->out);
    srpc_emit_body_close(printer->out);
}

void srpc_c_emit_copy_member(const srpc_c_printer *printer, const srpc_c_member *member)
{
    srpc_c_place to = srpc_c_member_place(printer, member, "out_value");
    srpc_c_place from = srpc_c_member_place(printer, member, "value");
    if (to.is_boxed) {
        emit_copy_boxed(printer, &to, &from);
    } else if (to.present != NULL) {
        srpc_emit(printer->out, "%s = %s;", to.present, from.present);
        srpc_emit_body_open(printer->out, "if (%s)", from.present);
        emit_copy(printer, &to, &from, 0);
        srpc_emit_body_close(printer->out);
    } else {
        emit_copy(printer, &to, &from, 0);
    }
}

static void emit_copy_container(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const srpc_c_type *type = record->type;
    srpc_emitter *out = printer->out;
    if (!srpc_c_is_inline(type)) {
        srpc_emit_body_open(out, "if (value->length > 0)");
        srpc_emit(out, "out_value->items = calloc(value->length, sizeof *out_value->items);");
        srpc_emit(out, "copied = out_value->items != NULL;");
        srpc_emit_body_close(out);
        srpc_emit(out, "out_value->length = copied ? value->length : 0;");
    } else {
        srpc_emit(out, "out_value->length = value->length;");
    }
    emit_copy_items(printer, type, "out_value->items", "value->items", "value->length",
                    0);
}

static bool asks_record(const srpc_c_type *type)
{
    while (type->kind == SRPC_C_ARRAY)
        type = type->element;
    return type->record != NULL && type->has_pointers;
}

/* Does its T_copy call others, which may refuse for reasons of their own? */
static bool asks_records(const srpc_c_record *record)
{
    if (srpc_c_has_items(record))
        return asks_record(record->type->element);
    for (uint32_t i = 0; i < record->member_count; i++)
        if (asks_record(record->members[i].type))
            return true;
    return false;
}

/* Starts from zeroed memory, so that what was copied can be given back at any point. */
static void print_deep_copy(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    bool asks = asks_records(record);
    srpc_emit(out, "bool copied = true;");
    if (asks)
        srpc_emit(out, "shmrpc_status status = SHMRPC_OK;");
    srpc_emit(out, "memset(out_value, 0, sizeof *out_value);");
    srpc_c_emit_level_check(printer, record, srpc_c_too_deep(printer, record));
    if (srpc_c_has_items(record))
        emit_copy_container(printer, record);
    else if (record->union_ != NULL)
        srpc_c_emit_union_copy(printer, record);
    else
        for (uint32_t i = 0; i < record->member_count; i++)
            srpc_c_emit_copy_member(printer, &record->members[i]);
    srpc_emit_if(out, "copied", "return SHMRPC_OK;");
    srpc_emit(out, "%s(out_value);", srpc_c_function(printer, record->name, "fini"));
    srpc_emit(out, asks ? "return status != SHMRPC_OK ? status : shmrpc_value_no_memory();"
                        : "return shmrpc_value_no_memory();");
}

static void print_copy(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_c_printer inner = srpc_c_open_value_function(printer, record, SRPC_C_COPY);
    if (record->type->has_pointers) {
        print_deep_copy(&inner, record);
    } else {
        srpc_emit(printer->out, "*out_value = *value;");
        srpc_emit(printer->out, "return SHMRPC_OK;");
    }
    srpc_c_close_value_function(printer, record, SRPC_C_COPY);
}

void srpc_c_print_values(const srpc_c_printer *printer, const srpc_c_record *record)
{
    for (uint32_t i = 0; i < record->member_count; i++) {
        const srpc_c_member *member = &record->members[i];
        if (member->default_text == NULL)
            continue;
        srpc_emit_blank(printer->out);
        srpc_emit(printer->out, "static const char %s[] = %s;", member->default_text,
                  srpc_literal_text(printer->arena, member->idl->default_value.string.bytes));
    }
    print_init(printer, record);
    print_fini(printer, record);
    print_copy(printer, record);
}
