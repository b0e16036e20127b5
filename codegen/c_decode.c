#include <inttypes.h>
#include <string.h>

#include "c_print.h"
#include "literal.h"
#include "memory.h"

static void emit_get(const srpc_c_printer *printer, const srpc_c_place *place, unsigned depth);

/* ---- one value ---- */

/* Enums and strings are looked at by the functions that read them. */
static void emit_check(const srpc_c_printer *printer, const srpc_c_place *place)
{
    srpc_c_kind kind = place->type->kind;
    if (kind != SRPC_C_SCALAR && kind != SRPC_C_BYTES)
        return;
    const char *wrong = srpc_c_wrong_when(printer, place);
    if (wrong == NULL)
        return;
    bool is_sum = strstr(wrong, " || ") != NULL;
    const char *grouped = is_sum ? srpc_text(printer->arena, "(%s)", wrong) : wrong;
    srpc_emit_if(printer->out, srpc_text(printer->arena, "next != NULL && %s", grouped),
                 "next = shmrpc_get_fail(reader, next, %s);", srpc_c_complaint(printer, place));
}

/* The items of an array, sequence or map, once their number is known. */
static void emit_get_items(const srpc_c_printer *printer, const srpc_c_type *container,
                           const char *items, const char *count, const char *path, unsigned depth)
{
    if (srpc_c_is_bulk(container)) {
        const srpc_c_type *element = container->element;
        const char *cast = element->idl->kind == SRPC_TYPE_CHAR ? "(uint8_t *)" : "";
        srpc_emit(printer->out, "next = shmrpc_get_%s_items(reader, next, %s%s, %s);",
                  element->scalar, cast, items, count);
        return;
    }
    srpc_c_open_loop(printer, depth, count, "next != NULL");
    srpc_c_place places[2];
    uint32_t place_count = srpc_c_item_places(printer, container, items, path, depth, places);
    for (uint32_t i = 0; i < place_count; i++)
        emit_get(printer, &places[i], depth + 1);
    srpc_emit_body_close(printer->out);
}

/* Octets that have been read as one bin. */
static void emit_octet_checks(const srpc_c_printer *printer, const srpc_c_type *element,
                              const char *items, const char *length, const char *path,
                              unsigned depth)
{
    srpc_c_place item = srpc_c_item_place(printer, element, items, path, depth);
    if (srpc_c_wrong_when(printer, &item) == NULL)
        return;
    srpc_c_open_loop(printer, depth, length, "next != NULL");
    emit_check(printer, &item);
    srpc_emit_body_close(printer->out);
}

static void emit_get_array(const srpc_c_printer *printer, const srpc_c_place *place, unsigned depth)
{
    const srpc_c_type *type = place->type;
    if (srpc_c_is_octet(type->element)) {
        srpc_emit(printer->out, "next = shmrpc_get_octets(reader, next, %s, %u);",
                  place->expression, type->bound);
        emit_octet_checks(printer, type->element, place->expression,
                          srpc_text(printer->arena, "%u", type->bound), place->path, depth);
        return;
    }
    srpc_emit(printer->out, "next = shmrpc_get_tuple(reader, next, %u);", type->bound);
    emit_get_items(printer, type, place->expression,
                   srpc_text(printer->arena, "%u", type->bound), place->path, depth);
}

static void emit_get_scalar(const srpc_c_printer *printer, const srpc_c_place *place)
{
    const char *cast = place->type->idl->kind == SRPC_TYPE_CHAR ? "(uint8_t *)" : "";
    srpc_emit(printer->out, "next = shmrpc_get_%s(reader, next, %s%s);", place->type->scalar, cast,
              srpc_c_address(printer, place->expression));
}

/* The bound of a parameter has to be compared with the length, which the parameter does not
 * keep. */
static void emit_get_parameter_text(const srpc_c_printer *printer, const srpc_c_place *place)
{
    srpc_emitter *out = printer->out;
    if (place->type->bound == 0) {
        srpc_emit(out, "next = shmrpc_get_text(reader, next, %s);",
                  srpc_c_address(printer, place->expression));
        return;
    }
    srpc_emit_open(out, "{");
    srpc_emit(out, "shmrpc_string text;");
    srpc_emit(out, "next = shmrpc_get_limited_string(reader, next, &text, %u);",
              place->type->bound);
    srpc_emit(out, "%s = text.text;", place->expression);
    srpc_emit_close(out, "}");
}

static void emit_get_text(const srpc_c_printer *printer, const srpc_c_place *place)
{
    const char *address = srpc_c_address(printer, place->expression);
    if (place->type->bound > 0)
        srpc_emit(printer->out, "next = shmrpc_get_limited_string(reader, next, %s, %u);", address,
                  place->type->bound);
    else
        srpc_emit(printer->out, "next = shmrpc_get_string(reader, next, %s);", address);
}

static void emit_get(const srpc_c_printer *printer, const srpc_c_place *place, unsigned depth)
{
    const srpc_c_type *type = place->type;
    const char *value = place->expression;
    switch (type->kind) {
    case SRPC_C_SCALAR:
        emit_get_scalar(printer, place);
        break;
    case SRPC_C_TEXT:
        emit_get_text(printer, place);
        break;
    case SRPC_C_INLINE_TEXT:
        srpc_emit(printer->out, "next = shmrpc_get_bounded_string(reader, next, %s, %u);", value,
                  type->bound);
        break;
    case SRPC_C_PARAMETER_TEXT:
        emit_get_parameter_text(printer, place);
        break;
    case SRPC_C_BYTES:
        srpc_emit(printer->out, "next = shmrpc_get_bytes(reader, next, &%s.items, &%s.length);",
                  value, value);
        emit_octet_checks(printer, type->element, srpc_text(printer->arena, "%s.items", value),
                          srpc_text(printer->arena, "%s.length", value), place->path, depth);
        break;
    case SRPC_C_ARRAY:
        emit_get_array(printer, place, depth);
        break;
    case SRPC_C_ENUM:
        srpc_emit(printer->out, "next = %s(%s, reader, next);",
                  srpc_c_function(printer, type->enumeration->name, "decode"),
                  srpc_c_address(printer, value));
        break;
    case SRPC_C_SEQUENCE:
    case SRPC_C_INLINE_SEQUENCE:
    case SRPC_C_MAP:
    case SRPC_C_INLINE_MAP:
    case SRPC_C_STRUCT:
    case SRPC_C_UNION:
        srpc_emit(printer->out, "next = %s(%s, reader, next);",
                  srpc_c_function(printer, type->record->name, "decode"),
                  srpc_c_address(printer, value));
        break;
    }
    emit_check(printer, place);
}

/* ---- optional ones ---- */

/* Memory for what `pointer` shall point to, and its value. */
static void emit_get_boxed(const srpc_c_printer *printer, const srpc_c_place *place)
{
    const char *pointer = srpc_c_address(printer, place->expression);
    srpc_emit(printer->out, "void *memory = NULL;");
    srpc_emit(printer->out, "next = shmrpc_get_items(reader, next, 1, sizeof *%s, &memory);",
              pointer);
    srpc_emit(printer->out, "%s = memory;", pointer);
    srpc_emit_body_open(printer->out, "if (next != NULL)");
    emit_get(printer, place, 0);
    srpc_emit_body_close(printer->out);
}

static bool is_required_box(const srpc_c_place *place)
{
    return place->is_boxed && place->present == NULL;
}

void srpc_c_emit_get_unless_absent(const srpc_c_printer *printer, const srpc_c_place *place)
{
    srpc_emitter *out = printer->out;
    srpc_emit_body_open(out, "if (absent)");
    if (place->is_indispensable)
        srpc_emit(out, "next = shmrpc_get_fail(reader, next, \"%s: missing\");", place->path);
    else if (place->is_boxed)
        srpc_emit(out, "%s = NULL;", srpc_c_address(printer, place->expression));
    else
        srpc_c_emit_clear(printer, place);
    srpc_emit_body_else(out);
    if (place->is_boxed)
        emit_get_boxed(printer, place);
    else
        emit_get(printer, place, 0);
    srpc_emit_body_close(out);
}

static void emit_get_optional(const srpc_c_printer *printer, const srpc_c_place *place)
{
    srpc_emit(printer->out, "next = shmrpc_get_nil_if(reader, next, &absent);");
    if (!place->is_boxed)
        srpc_emit(printer->out, "%s = !absent;", place->present);
    srpc_c_emit_get_unless_absent(printer, place);
}

void srpc_c_emit_decode(const srpc_c_printer *printer, const srpc_c_place *place)
{
    if (place->present != NULL) {
        emit_get_optional(printer, place);
    } else if (is_required_box(place)) {
        srpc_emit_open(printer->out, "{");
        emit_get_boxed(printer, place);
        srpc_emit_close(printer->out, "}");
    } else {
        emit_get(printer, place, 0);
    }
}

static bool has_optional(const srpc_c_place *places, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (places[i].present != NULL)
            return true;
    return false;
}

/* ---- T_decode of structs ---- */

static void open_decode(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emit_blank(printer->out);
    srpc_emit(printer->out,
              "const uint8_t *%s(%s *out_value, shmrpc_reader *reader, const uint8_t *next)",
              srpc_c_function(printer, record->name, "decode"), record->name);
    srpc_emit_open(printer->out, "{");
}

static void emit_enter(const srpc_c_printer *printer, const srpc_c_record *record)
{
    if (!record->type->idl->is_recursive)
        return;
    srpc_emit(printer->out, "next = shmrpc_reader_enter(reader, next);");
    srpc_emit_if(printer->out, "next == NULL", "return NULL;");
}

static void emit_leave(const srpc_c_printer *printer, const srpc_c_record *record)
{
    if (record->type->idl->is_recursive)
        srpc_emit(printer->out, "shmrpc_reader_leave(reader);");
}

static void print_final(const srpc_c_printer *printer, const srpc_c_record *record)
{
    uint32_t count = record->structure->member_count;
    srpc_c_place *places = srpc_c_member_places(printer, record, "out_value");
    open_decode(printer, record);
    if (has_optional(places, count))
        srpc_emit(printer->out, "bool absent;");
    if (count == 0)
        srpc_emit(printer->out, "(void)out_value;");
    emit_enter(printer, record);
    srpc_emit(printer->out, "next = shmrpc_get_tuple(reader, next, %u);", count);
    for (uint32_t i = 0; i < count; i++)
        srpc_c_emit_decode(printer, &places[i]);
    emit_leave(printer, record);
    srpc_emit(printer->out, "return next;");
    srpc_emit_close(printer->out, "}");
}

/* The members that a message of `count` elements has. With a constant count it becomes straight
 * code. */
static void print_members(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    uint32_t count = record->structure->member_count;
    srpc_c_place *places = srpc_c_member_places(printer, record, "out_value");
    srpc_emit_blank(out);
    srpc_emit(out, "SHMRPC_INLINE const uint8_t *decode_%s(%s *out_value, shmrpc_reader *reader, "
              "const uint8_t *next, uint32_t count)", record->name, record->name);
    srpc_emit_open(out, "{");
    if (has_optional(places, count))
        srpc_emit(out, "bool absent;");
    if (count == 0)
        srpc_emit(out, "(void)out_value;");
    for (uint32_t i = 0; i < count; i++) {
        srpc_emit_body_open(out, "if (count > %u)", i);
        if (is_required_box(&places[i])) /* the braces are there already */
            emit_get_boxed(printer, &places[i]);
        else
            srpc_c_emit_decode(printer, &places[i]);
        srpc_emit_body_close(out);
    }
    srpc_emit(out, "return count > %u ? shmrpc_get_skip(reader, next, count - %u) : next;", count,
              count);
    srpc_emit_close(out, "}");
}

/* The last of what has no default: where it is there, all are. */
static void emit_required_check(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_c_place *places = srpc_c_member_places(printer, record, "out_value");
    for (uint32_t i = record->structure->member_count; i-- > 0;) {
        if (!places[i].is_indispensable)
            continue;
        srpc_emit_if(printer->out, srpc_text(printer->arena, "count <= %u", i),
                     "return shmrpc_get_fail(reader, next, \"%s: missing\");", places[i].path);
        return;
    }
}

static void print_other_version(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    srpc_emit_blank(out);
    srpc_emit_comment(out, "Another version's: what it lacks keeps its default, what it adds is "
                           "skipped.");
    srpc_emit(out, "SHMRPC_COLD static const uint8_t *decode_other_%s(%s *out_value, "
              "shmrpc_reader *reader, const uint8_t *next, uint32_t count)",
              record->name, record->name);
    srpc_emit_open(out, "{");
    emit_required_check(printer, record);
    srpc_emit(out, "%s(out_value);", srpc_c_function(printer, record->name, "init"));
    srpc_emit(out, "return decode_%s(out_value, reader, next, count);", record->name);
    srpc_emit_close(out, "}");
}

/* An exception's array begins with its id. */
static void emit_exception_id(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    srpc_emit(out, "uint32_t id = 0;");
    srpc_emit(out, "next = shmrpc_get_uint32(reader, next, &id);");
    srpc_emit_if(out,
                 srpc_text(printer->arena, "next == NULL || count == 0 || id != 0x%08xu",
                           record->structure->exception_id),
                 "return shmrpc_get_fail(reader, next, \"not the exception %s\");", record->path);
    srpc_emit(out, "count--;");
}

static void print_appendable(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    uint32_t count = record->structure->member_count;
    bool is_recursive = record->type->idl->is_recursive;
    const char *returned = is_recursive ? "next =" : "return";
    print_members(printer, record);
    print_other_version(printer, record);
    open_decode(printer, record);
    emit_enter(printer, record);
    srpc_emit(out, "uint32_t count = 0;");
    srpc_emit(out, "next = shmrpc_get_array(reader, next, &count);");
    if (record->is_exception)
        emit_exception_id(printer, record);
    srpc_emit_if(out, srpc_text(printer->arena, "SHMRPC_UNLIKELY(count != %u)", count),
                 "%s decode_other_%s(out_value, reader, next, count);", returned, record->name);
    if (is_recursive)
        srpc_emit_if_not(out, srpc_text(printer->arena,
                                        "next = decode_%s(out_value, reader, next, %u);",
                                        record->name, count));
    else
        srpc_emit(out, "return decode_%s(out_value, reader, next, %u);", record->name, count);
    emit_leave(printer, record);
    if (is_recursive)
        srpc_emit(out, "return next;");
    srpc_emit_close(out, "}");
}

/* ---- mutable structs ---- */

/* Absent ones are not in the map, but a nil says the same. `given`: where to note that it is
 * there; NULL: nowhere. */
static void print_case(const srpc_c_printer *printer, const srpc_c_place *place,
                       const char *given)
{
    srpc_emit_open(printer->out, "case %" PRId64 ":", place->key < 0 ? -1 - place->key
                                                                     : place->key);
    srpc_c_emit_decode(printer, place);
    if (given != NULL)
        srpc_emit(printer->out, "%s = true;", given);
    srpc_emit(printer->out, "break;");
    printer->out->indent--;
}

/* "given[0]" for each place that is indispensable, NULL for the others. */
static const char **given_marks(const srpc_c_printer *printer, const srpc_c_place *places,
                                uint32_t count)
{
    const char **marks = srpc_room(printer->arena, count + 1u, sizeof *marks);
    uint32_t marked = 0;
    for (uint32_t i = 0; i < count; i++)
        marks[i] = places[i].is_indispensable ? srpc_text(printer->arena, "given[%u]", marked++)
                                              : NULL;
    if (marked > 0)
        srpc_emit(printer->out, "bool given[%u] = { false };", marked);
    return marks;
}

static void emit_given_checks(const srpc_c_printer *printer, const srpc_c_place *places,
                              const char *const *marks, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (marks[i] != NULL)
            srpc_emit_if(printer->out,
                         srpc_text(printer->arena, "next != NULL && !%s", marks[i]),
                         "next = shmrpc_get_fail(reader, next, \"%s: missing\");",
                         places[i].path);
}

static void print_mutable(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    uint32_t count = record->structure->member_count;
    srpc_c_place *places = srpc_c_member_places(printer, record, "out_value");
    open_decode(printer, record);
    emit_enter(printer, record);
    srpc_emit(out, "uint32_t pairs = 0;");
    if (has_optional(places, count))
        srpc_emit(out, "bool absent;");
    const char **marks = given_marks(printer, places, count);
    srpc_emit(out, "%s(out_value);", srpc_c_function(printer, record->name, "init"));
    srpc_emit(out, "next = shmrpc_get_map(reader, next, &pairs);");
    srpc_emit_body_open(out, "for (; pairs > 0 && next != NULL; pairs--)");
    srpc_emit(out, "int64_t key = 0;");
    srpc_emit(out, "next = shmrpc_get_int64(reader, next, &key);");
    srpc_emit(out, "switch (key < 0 ? -1 - key : key) {");
    for (uint32_t i = 0; i < count; i++)
        print_case(printer, &places[i], marks[i]);
    srpc_emit_open(out, "default:");
    srpc_emit(out, "next = shmrpc_get_unknown(reader, next, key);");
    srpc_emit(out, "break;");
    srpc_emit_close(out, "}");
    srpc_emit_body_close(out);
    emit_given_checks(printer, places, marks, count);
    emit_leave(printer, record);
    srpc_emit(out, "return next;");
    srpc_emit_close(out, "}");
}

/* ---- sequences and maps ---- */

static void emit_inline_octets(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    srpc_emit(out, "uint8_t *items = NULL;");
    srpc_emit(out, "next = shmrpc_get_bytes(reader, next, &items, &count);");
    srpc_emit(out, "next = shmrpc_get_bound(reader, next, count, %u);", record->type->bound);
    srpc_emit_if(out, "next == NULL", "return NULL;");
    srpc_emit_if(out, "count > 0", "memcpy(out_value->items, items, count);");
    srpc_emit(out, "out_value->length = count;");
    emit_octet_checks(printer, record->type->element, "items", "count",
                      srpc_text(printer->arena, "%s[]", record->path), 0);
    srpc_emit(out, "return next;");
}

/* Keys that became the default literal would be one key: their entries are left out instead. */
static bool leaves_out_entries(const srpc_c_type *type)
{
    return srpc_c_is_map(type) && type->key->kind == SRPC_C_ENUM &&
           type->key->enumeration->idl->default_literal != NULL;
}

static void emit_get_known_entries(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emitter *out = printer->out;
    const srpc_c_type *type = record->type;
    const char *key = type->key->enumeration->name;
    srpc_c_place places[2];
    srpc_c_item_places(printer, type, "out_value->items",
                       srpc_text(printer->arena, "%s[]", record->path), 0, places);
    places[1].expression = "out_value->items[kept].value";
    srpc_emit(out, "uint32_t kept = 0;");
    srpc_c_open_loop(printer, 0, "count", "next != NULL");
    srpc_emit(out, "int32_t number = 0;");
    srpc_emit(out, "next = shmrpc_get_int32(reader, next, &number);");
    srpc_emit_body_open(out, "if (%s(number))", srpc_c_function(printer, key, "is_known"));
    srpc_emit(out, "out_value->items[kept].key = (%s)number;", key);
    emit_get(printer, &places[1], 1);
    srpc_emit(out, "kept++;");
    srpc_emit_body_else(out);
    srpc_emit(out, "next = shmrpc_get_skip(reader, next, 1);");
    srpc_emit_body_close(out);
    srpc_emit_body_close(out);
    srpc_emit(out, "out_value->length = kept;");
}

static void emit_container(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const srpc_c_type *type = record->type;
    srpc_emitter *out = printer->out;
    bool is_inline = srpc_c_is_inline(type);
    if (!is_inline)
        srpc_emit(out, "void *memory = NULL;");
    srpc_emit(out, "next = shmrpc_get_%s(reader, next, &count);",
              srpc_c_is_map(type) ? "map" : "count");
    if (type->bound > 0)
        srpc_emit(out, "next = shmrpc_get_bound(reader, next, count, %u);", type->bound);
    if (!is_inline)
        srpc_emit(out, "next = shmrpc_get_items(reader, next, count, sizeof *out_value->items, "
                  "&memory);");
    srpc_emit_if(out, "next == NULL", "return NULL;");
    if (!is_inline)
        srpc_emit(out, "out_value->items = memory;");
    if (leaves_out_entries(type)) {
        emit_get_known_entries(printer, record);
    } else {
        srpc_emit(out, "out_value->length = count;");
        emit_get_items(printer, type, "out_value->items", "count",
                       srpc_text(printer->arena, "%s[]", record->path), 0);
    }
    if (srpc_c_is_map(type))
        srpc_c_emit_map_check_read(printer, record);
    else
        srpc_emit(out, "return next;");
}

static void print_container(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const srpc_c_type *type = record->type;
    open_decode(printer, record);
    srpc_emit(printer->out, "uint32_t count = 0;");
    if (type->kind == SRPC_C_INLINE_SEQUENCE && srpc_c_is_octet(type->element))
        emit_inline_octets(printer, record);
    else
        emit_container(printer, record);
    srpc_emit_close(printer->out, "}");
}

/* ---- unions ---- */

static void print_union(const srpc_c_printer *printer, const srpc_c_record *record)
{
    open_decode(printer, record);
    emit_enter(printer, record);
    srpc_c_emit_union_decode(printer, record);
    emit_leave(printer, record);
    srpc_emit(printer->out, "return next;");
    srpc_emit_close(printer->out, "}");
}

void srpc_c_print_decode(const srpc_c_printer *printer, const srpc_c_record *record)
{
    if (srpc_c_has_items(record))
        print_container(printer, record);
    else if (record->union_ != NULL)
        print_union(printer, record);
    else if (record->is_exception)
        print_appendable(printer, record);
    else if (record->structure->extensibility == SRPC_FINAL)
        print_final(printer, record);
    else if (record->structure->extensibility == SRPC_MUTABLE)
        print_mutable(printer, record);
    else
        print_appendable(printer, record);
}

/* ---- enums ---- */

void srpc_c_print_enum_decode(const srpc_c_printer *printer, const srpc_c_enum *enumeration)
{
    srpc_emitter *out = printer->out;
    const srpc_enumerator *fallback = enumeration->idl->default_literal;
    const char *name = enumeration->name;
    srpc_emit_blank(out);
    srpc_emit(out, "const uint8_t *%s(%s *out_value, shmrpc_reader *reader, const uint8_t *next)",
              srpc_c_function(printer, name, "decode"), name);
    srpc_emit_open(out, "{");
    srpc_emit(out, "int32_t number = 0;");
    srpc_emit(out, "next = shmrpc_get_int32(reader, next, &number);");
    srpc_emit_open(out, "if (next != NULL && !%s(number))",
                   srpc_c_function(printer, name, "is_known"));
    if (fallback != NULL)
        srpc_emit(out, "number = %s;",
                  enumeration->enumerators[fallback - enumeration->idl->enumerators]);
    else
        srpc_emit(out, "next = shmrpc_get_fail(reader, next, \"not a value of %s\");",
                  enumeration->declaration->scoped_name);
    out->indent--;
    srpc_emit(out, "*out_value = (%s)number;", name);
    srpc_emit(out, "return next;");
    srpc_emit_close(out, "}");
}
