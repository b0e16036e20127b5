#include <inttypes.h>
#include <string.h>

#include "c_print.h"
#include "memory.h"
#include "sizes.h"

/* ---- one value ---- */

const char *srpc_c_packed(const srpc_c_printer *printer, const srpc_c_place *place)
{
    if (place->type->kind == SRPC_C_ENUM)
        return srpc_text(printer->arena, "(int32_t)%s", place->expression);
    if (place->type->idl->kind == SRPC_TYPE_CHAR)
        return srpc_text(printer->arena, "(uint8_t)%s", place->expression);
    return place->expression;
}

void srpc_c_emit_pack_check(const srpc_c_printer *printer, const srpc_c_place *place)
{
    const char *wrong = srpc_c_wrong_when(printer, place);
    if (wrong == NULL)
        return;
    const char *condition =
        place->present == NULL
            ? wrong
            : srpc_text(printer->arena, strstr(wrong, " || ") != NULL ? "%s && (%s)" : "%s && %s",
                        place->present, wrong);
    srpc_emit_if(printer->out, condition,
                 "return shmrpc_pack_fail(packer, SHMRPC_INVALID_ARGUMENT, %s);",
                 srpc_c_complaint(printer, place));
}

static void emit_bare(const srpc_c_printer *printer, const srpc_c_place *places, uint32_t count,
                      unsigned depth);

/* The items of an array, sequence or map. */
/* A range holds for each of them, though they go as one bin. */
static void emit_pack_octets(const srpc_c_printer *printer, const srpc_c_type *element,
                             const char *items, const char *length, const char *path,
                             unsigned depth)
{
    srpc_c_place item = srpc_c_item_place(printer, element, items, path, depth);
    if (srpc_c_wrong_when(printer, &item) != NULL) {
        srpc_c_open_loop(printer, depth, length, NULL);
        srpc_c_emit_pack_check(printer, &item);
        srpc_emit_body_close(printer->out);
    }
    srpc_emit(printer->out, "next = shmrpc_pack_bytes(packer, next, %s, %s);", items, length);
}

static void emit_pack_items(const srpc_c_printer *printer, const srpc_c_type *container,
                            const char *items, const char *length, const char *path,
                            unsigned depth)
{
    srpc_emitter *out = printer->out;
    const srpc_c_type *element = container->element;
    bool is_map = srpc_c_is_map(container);
    if (!is_map && srpc_c_is_octet(element)) {
        emit_pack_octets(printer, element, items, length, path, depth);
        return;
    }
    srpc_emit(out, "next = shmrpc_pack_%s(packer, next, %s);", is_map ? "map" : "array", length);
    if (srpc_c_is_bulk(container)) {
        const char *cast = element->idl->kind == SRPC_TYPE_CHAR ? "(const uint8_t *)" : "";
        srpc_emit(out, "next = shmrpc_pack_%s_items(packer, next, %s%s, %s);", element->scalar,
                  cast, items, length);
        return;
    }
    srpc_c_open_loop(printer, depth, length, "next != NULL");
    srpc_c_place places[2];
    uint32_t count = srpc_c_item_places(printer, container, items, path, depth, places);
    emit_bare(printer, places, count, depth + 1);
    srpc_emit_body_close(out);
}

/* Its check has been printed. */
static void emit_pack(const srpc_c_printer *printer, const srpc_c_place *place, unsigned depth)
{
    srpc_emitter *out = printer->out;
    const srpc_c_type *type = place->type;
    const char *value = srpc_c_packed(printer, place);
    switch (type->kind) {
    case SRPC_C_SCALAR:
    case SRPC_C_ENUM:
        srpc_emit(out, "next = shmrpc_pack_%s(packer, next, %s);", type->scalar, value);
        break;
    case SRPC_C_TEXT:
        if (type->bound > 0)
            srpc_emit(out, "next = shmrpc_pack_limited_string(packer, next, %s, %u);", value,
                      type->bound);
        else
            srpc_emit(out, "next = shmrpc_pack_string(packer, next, %s);", value);
        break;
    case SRPC_C_INLINE_TEXT:
        srpc_emit(out, "next = shmrpc_pack_bounded_string(packer, next, %s, %u);", value,
                  type->bound);
        break;
    case SRPC_C_PARAMETER_TEXT: /* may end anywhere: nothing may be read behind its NUL */
        if (type->bound > 0)
            srpc_emit(out,
                      "next = shmrpc_pack_limited_string(packer, next, shmrpc_string_of(%s), %u);",
                      value, type->bound);
        else
            srpc_emit(out, "next = shmrpc_pack_text(packer, next, %s);", value);
        break;
    case SRPC_C_BYTES:
        emit_pack_octets(printer, type->element, srpc_text(printer->arena, "%s.items", value),
                         srpc_text(printer->arena, "%s.length", value), place->path, depth);
        break;
    case SRPC_C_ARRAY:
        emit_pack_items(printer, type, value,
                        srpc_text(printer->arena, "%u", type->bound), place->path, depth);
        break;
    case SRPC_C_SEQUENCE:
    case SRPC_C_INLINE_SEQUENCE:
    case SRPC_C_MAP:
    case SRPC_C_INLINE_MAP:
    case SRPC_C_STRUCT:
    case SRPC_C_UNION:
        srpc_emit(out, "next = %s(%s, packer, next);",
                  srpc_c_function(printer, type->record->name, "encode"),
                  srpc_c_address(printer, value));
        break;
    }
}

/* ---- arrays: runs of members that are reserved at once ---- */

enum { EXCEPTION_ID_BYTES = 5, NIL_BYTES = 1 };

/* Neighbours whose largest form is known, with the header in front of them and room for the nil
 * that may stand for the member after them. */
typedef struct member_run {
    const srpc_c_place *places;
    uint32_t count;
    bool has_header;
    uint32_t header_count;         /* what the header says */
    const uint32_t *exception_id;  /* behind the header; NULL: none */
    const srpc_c_place *tail;      /* an optional member that packs itself; NULL: none */
} member_run;

static uint32_t run_units(const member_run *run)
{
    return (run->has_header ? 1u : 0u) + (run->exception_id != NULL ? 1u : 0u) + run->count
         + (run->tail != NULL ? 1u : 0u);
}

/* "1 + 5 + 9", which a reader can follow; of many terms only what they come to. */
typedef struct run_size {
    const char *terms;
    uint64_t total;
    uint32_t count;
} run_size;

enum { TERMS_SHOWN = 16 };

static void add_term(const srpc_c_printer *printer, run_size *size, uint32_t bytes)
{
    size->total += bytes;
    if (size->count++ < TERMS_SHOWN)
        size->terms = srpc_text(printer->arena, "%s%s%u", size->terms,
                                size->count > 1 ? " + " : "", bytes);
}

static const char *reserved_bytes(const srpc_c_printer *printer, const member_run *run)
{
    run_size size = { .terms = "" };
    if (run->has_header)
        add_term(printer, &size, srpc_size_header(run->header_count));
    if (run->exception_id != NULL)
        add_term(printer, &size, EXCEPTION_ID_BYTES);
    for (uint32_t i = 0; i < run->count; i++)
        add_term(printer, &size, srpc_size_put(run->places[i].type));
    if (run->tail != NULL)
        add_term(printer, &size, NIL_BYTES);
    return size.count <= TERMS_SHOWN ? size.terms
                                     : srpc_text(printer->arena, "%" PRIu64, size.total);
}

static void emit_reserve(const srpc_c_printer *printer, const member_run *run)
{
    srpc_emit(printer->out, "next = shmrpc_pack_reserve(packer, next, %s);",
              reserved_bytes(printer, run));
    srpc_emit_if(printer->out, "next == NULL", "return %s;",
                 printer->failed != NULL ? printer->failed : "NULL");
}

static void emit_put(const srpc_c_printer *printer, const srpc_c_place *place)
{
    srpc_emitter *out = printer->out;
    const char *put = srpc_text(printer->arena, "next = shmrpc_put_%s(next, %s);",
                                place->type->scalar, srpc_c_packed(printer, place));
    if (place->present == NULL) {
        srpc_emit(out, "%s", put);
        return;
    }
    srpc_emit_if(out, place->present, "%s", put);
    srpc_emit_if_not(out, "next = shmrpc_put_nil(next);");
}

static void emit_reserved_run(const srpc_c_printer *printer, const member_run *run)
{
    emit_reserve(printer, run);
    if (run->has_header)
        srpc_emit(printer->out, "next = shmrpc_put_array(next, %u);", run->header_count);
    if (run->exception_id != NULL)
        srpc_emit(printer->out, "next = shmrpc_put_uint32(next, 0x%08xu);", *run->exception_id);
    for (uint32_t i = 0; i < run->count; i++)
        emit_put(printer, &run->places[i]);
}

/* A value, or the nil for its absence, for which there may be room already. */
static void emit_pack_optional(const srpc_c_printer *printer, const srpc_c_place *place,
                               bool is_reserved, unsigned depth)
{
    if (place->present == NULL) {
        emit_pack(printer, place, depth);
        return;
    }
    srpc_emit_body_open(printer->out, "if (%s)", place->present);
    emit_pack(printer, place, depth);
    srpc_emit_body_else(printer->out);
    srpc_emit(printer->out, is_reserved ? "next = shmrpc_put_nil(next);"
                                        : "next = shmrpc_pack_nil(packer, next);");
    srpc_emit_body_close(printer->out);
}

/* Reserving pays from two on; a single one packs for itself. */
static void emit_run(const srpc_c_printer *printer, const member_run *run, unsigned depth)
{
    for (uint32_t i = 0; i < run->count; i++)
        srpc_c_emit_pack_check(printer, &run->places[i]);
    if (run_units(run) > 1)
        emit_reserved_run(printer, run);
    else if (run->has_header)
        srpc_emit(printer->out, "next = shmrpc_pack_array(packer, next, %u);",
                  run->header_count);
    else if (run->count == 1)
        emit_pack_optional(printer, run->places, false, depth);
}

/* The first run is given with its header, or with none. */
static void emit_runs(const srpc_c_printer *printer, member_run run, const srpc_c_place *places,
                      uint32_t count, unsigned depth)
{
    for (uint32_t i = 0; run.has_header || i < count; i++) {
        run.places = places + i;
        for (run.count = 0; i < count && srpc_size_put(places[i].type) > 0; i++)
            run.count++;
        run.tail = i < count && places[i].present != NULL ? &places[i] : NULL;
        bool is_reserved = run_units(&run) > 1;
        emit_run(printer, &run, depth);
        if (i < count) {
            srpc_c_emit_pack_check(printer, &places[i]);
            emit_pack_optional(printer, &places[i], is_reserved, depth);
        }
        run.has_header = false;
        run.exception_id = NULL;
    }
}

static void emit_tuple(const srpc_c_printer *printer, const srpc_c_place *places, uint32_t count,
                       const uint32_t *exception_id)
{
    member_run run = { .has_header = true, .header_count = count, .exception_id = exception_id };
    if (exception_id != NULL)
        run.header_count++;
    emit_runs(printer, run, places, count, 0);
}

/* One after the other, without a header. */
static void emit_bare(const srpc_c_printer *printer, const srpc_c_place *places, uint32_t count,
                      unsigned depth)
{
    emit_runs(printer, (member_run){ 0 }, places, count, depth);
}

/* ---- mutable structs ---- */

/* "2u + (value->has_a ? 1u : 0u)": how many pairs there are. */
static const char *pair_count(const srpc_c_printer *printer, const srpc_c_place *places,
                              uint32_t count)
{
    uint32_t always = 0;
    for (uint32_t i = 0; i < count; i++)
        always += places[i].present == NULL ? 1 : 0;
    const char *pairs = srpc_text(printer->arena, "%uu", always);
    for (uint32_t i = 0; i < count; i++)
        if (places[i].present != NULL)
            pairs = srpc_text(printer->arena, "%s + (%s ? 1u : 0u)", pairs, places[i].present);
    return pairs;
}

static void emit_pair(const srpc_c_printer *printer, const srpc_c_place *place)
{
    srpc_c_emit_pack_check(printer, place);
    if (place->present != NULL)
        srpc_emit_body_open(printer->out, "if (%s)", place->present);
    srpc_emit(printer->out, "next = shmrpc_pack_%s(packer, next, %" PRId64 ");",
              place->key < 0 ? "int64" : "uint32", place->key);
    emit_pack(printer, place, 0);
    if (place->present != NULL)
        srpc_emit_body_close(printer->out);
}

static void emit_pairs(const srpc_c_printer *printer, const srpc_c_place *places, uint32_t count)
{
    srpc_emit(printer->out, "next = shmrpc_pack_map(packer, next, %s);",
              pair_count(printer, places, count));
    for (uint32_t i = 0; i < count; i++)
        emit_pair(printer, &places[i]);
}

void srpc_c_emit_pack(const srpc_c_printer *printer, const srpc_c_place *place)
{
    emit_bare(printer, place, 1, 0);
}

void srpc_c_emit_encode(const srpc_c_printer *printer, const srpc_c_place *places, uint32_t count,
                        srpc_c_shape shape, const uint32_t *exception_id)
{
    if (shape == SRPC_C_PAIRS)
        emit_pairs(printer, places, count);
    else
        emit_tuple(printer, places, count, exception_id);
}

/* ---- T_encode ---- */

static void emit_structure(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const srpc_structure *structure = record->structure;
    srpc_c_place *places = srpc_c_member_places(printer, record, "value");
    bool is_mutable = structure->extensibility == SRPC_MUTABLE && !record->is_exception;
    srpc_c_emit_encode(printer, places, structure->member_count,
                       is_mutable ? SRPC_C_PAIRS : SRPC_C_TUPLE,
                       record->is_exception ? &structure->exception_id : NULL);
}

/* A struct or union: it counts as a level where it can contain itself. */
static void print_members_body(const srpc_c_printer *printer, const srpc_c_record *record)
{
    bool is_recursive = record->type->idl->is_recursive;
    if (record->member_count == 0)
        srpc_emit(printer->out, "(void)value;");
    if (is_recursive) { /* what follows may not go deeper once the cursor has failed */
        srpc_emit(printer->out, "next = shmrpc_packer_enter(packer, next);");
        srpc_emit_if(printer->out, "next == NULL", "return NULL;");
    }
    if (record->union_ != NULL)
        srpc_c_emit_union_encode(printer, record);
    else
        emit_structure(printer, record);
    if (is_recursive)
        srpc_emit(printer->out, "shmrpc_packer_leave(packer);");
    srpc_emit(printer->out, "return next;");
}

static void print_container_body(const srpc_c_printer *printer, const srpc_c_record *record)
{
    const srpc_c_type *type = record->type;
    if (type->bound > 0)
        srpc_emit_if(printer->out, srpc_text(printer->arena, "value->length > %u", type->bound),
                     "return shmrpc_pack_fail(packer, SHMRPC_INVALID_ARGUMENT, "
                     "\"%s: more than %u %s\");",
                     record->path, type->bound, srpc_c_item_word(type));
    emit_pack_items(printer, type, "value->items", "value->length",
                    srpc_text(printer->arena, "%s[]", record->path), 0);
    if (srpc_c_is_map(type))
        srpc_c_emit_map_check_packed(printer, record);
    else
        srpc_emit(printer->out, "return next;");
}

void srpc_c_print_encode(const srpc_c_printer *printer, const srpc_c_record *record)
{
    srpc_emit_blank(printer->out);
    srpc_emit(printer->out, "uint8_t *%s(const %s *value, shmrpc_packer *packer, uint8_t *next)",
              srpc_c_function(printer, record->name, "encode"), record->name);
    srpc_emit_open(printer->out, "{");
    if (srpc_c_has_items(record))
        print_container_body(printer, record);
    else
        print_members_body(printer, record);
    srpc_emit_close(printer->out, "}");
}
