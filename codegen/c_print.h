/* Between the printers of the C back end. Each prints one kind of construct. */
#ifndef SRPC_CODEGEN_C_PRINT_H
#define SRPC_CODEGEN_C_PRINT_H

#include "c_descriptor.h"
#include "c_model.h"
#include "emitter.h"
#include "names.h"

typedef struct srpc_c_printer {
    srpc_emitter *out;
    srpc_idl_arena *arena;
    const srpc_c_unit *unit;
    const char *stem;     /* "calculator" */
    const char *header;   /* how the .c files include it: "calculator.h" */
    const char *source;   /* what it was made from: "calculator.idl" */
    const char *guard;    /* what tells the header from others: "geometry/shapes.h" */
    const char *level;    /* in a function that counts levels: "depth + 1"; otherwise NULL */
    const char *failed;   /* in one that encodes: what it returns for a failed cursor; NULL: NULL */
} srpc_c_printer;

/* A value that statements are printed for. */
typedef struct srpc_c_place {
    const srpc_c_type *type;
    const char *expression;   /* an lvalue: "value->x" */
    const char *present;      /* the condition that it is there; NULL: it always is */
    bool is_boxed;            /* the expression follows a pointer, NULL when it is absent; where
                                 `present` is NULL it has to be there */
    bool is_indispensable;    /* T_init sets nothing that could stand for it */
    const char *path;         /* "demo.Point.x" */
    int64_t key;              /* its key in a mutable struct */
} srpc_c_place;

/* ---- c_place.c ---- */

/* A member of a record that `pointer` points to. */
srpc_c_place srpc_c_member_place(const srpc_c_printer *printer, const srpc_c_member *member,
                                 const char *pointer);

/* All members of a struct. */
srpc_c_place *srpc_c_member_places(const srpc_c_printer *printer, const srpc_c_record *record,
                                   const char *pointer);

/* An element of an array or sequence: `items` is the expression for all, "i0" and so on by
 * depth. */
srpc_c_place srpc_c_item_place(const srpc_c_printer *printer, const srpc_c_type *element,
                               const char *items, const char *path, unsigned depth);

/* The same of an array, sequence or map: the element, or the key and the value of an entry. How
 * many. */
uint32_t srpc_c_item_places(const srpc_c_printer *printer, const srpc_c_type *container,
                            const char *items, const char *path, unsigned depth,
                            srpc_c_place out_places[2]);

/* "&value->x"; "value->left" for "(*value->left)"; an array by its name. */
const char *srpc_c_address(const srpc_c_printer *printer, const char *expression);

/* "for (uint32_t i0 = 0; i0 < limit && and; i0++) {"; `and` may be NULL. */
void srpc_c_open_loop(const srpc_c_printer *printer, unsigned depth, const char *limit,
                      const char *and);

/* The condition under which there is a value in memory; NULL: there always is. */
const char *srpc_c_held_when(const srpc_c_printer *printer, const srpc_c_place *place);

/* The condition under which a pointer is NULL that must not be; NULL: there is no such pointer. */
const char *srpc_c_null_when(const srpc_c_printer *printer, const srpc_c_place *place);

/* The condition under which the value is outside its range, not one of its enum, or longer than its
 * bound (where no function of marshal.h looks at that); NULL: it cannot be. */
const char *srpc_c_wrong_when(const srpc_c_printer *printer, const srpc_c_place *place);

/* What to say then, as a C literal with the path. */
const char *srpc_c_complaint(const srpc_c_printer *printer, const srpc_c_place *place);

/* Of these, the condition under which a bitmask has bits at or above its bound; NULL: it has no
 * room for such, or it is none. */
const char *srpc_c_stray_bits_when(const srpc_c_printer *printer, const srpc_c_place *place);

/* "int32_t x", "char x[65]", "demo_Node *x": declares `name`, which may be "*x". */
const char *srpc_c_declare(const srpc_c_printer *printer, const srpc_c_type *type,
                           const char *name);

/* "demo_Point" and "init": demo_Point_init. */
const char *srpc_c_function(const srpc_c_printer *printer, const char *name, const char *what);

/* Can the items of an array, sequence or map be packed and read by one call? */
bool srpc_c_is_bulk(const srpc_c_type *container);

/* ---- c_encode.c, c_decode.c: statements that move the cursor `next` ---- */

typedef enum srpc_c_shape { SRPC_C_TUPLE, SRPC_C_PAIRS } srpc_c_shape;

/* Packs the places as one array, or as one map by their ids, after an exception's id where that is
 * not NULL. The statements return NULL when something is wrong. */
void srpc_c_emit_encode(const srpc_c_printer *printer, const srpc_c_place *places, uint32_t count,
                        srpc_c_shape shape, const uint32_t *exception_id);

/* Reads one place. Where it is absent, it becomes what zeroed memory or T_init holds. */
void srpc_c_emit_decode(const srpc_c_printer *printer, const srpc_c_place *place);

/* T_encode, T_decode of a record; T_decode of an enum. */
void srpc_c_print_encode(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_print_decode(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_print_enum_decode(const srpc_c_printer *printer, const srpc_c_enum *enumeration);

/* The value as the functions that pack it take it. */
const char *srpc_c_packed(const srpc_c_printer *printer, const srpc_c_place *place);

/* Looks at one place, and packs it. */
void srpc_c_emit_pack_check(const srpc_c_printer *printer, const srpc_c_place *place);
void srpc_c_emit_pack(const srpc_c_printer *printer, const srpc_c_place *place);

/* Reads one place, or clears it when the variable `absent` says so. */
void srpc_c_emit_get_unless_absent(const srpc_c_printer *printer, const srpc_c_place *place);

/* ---- c_values.c, c_compare.c: T_init, T_fini, T_copy; T_equal, T_validate ---- */

void srpc_c_print_values(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_print_compare(const srpc_c_printer *printer, const srpc_c_record *record);

/* What of them concerns one member. */
void srpc_c_emit_init_member(const srpc_c_printer *printer, const srpc_c_member *member);
void srpc_c_emit_fini_member(const srpc_c_printer *printer, const srpc_c_member *member);
void srpc_c_emit_copy_member(const srpc_c_printer *printer, const srpc_c_member *member);
void srpc_c_emit_equal_member(const srpc_c_printer *printer, const srpc_c_member *member);
void srpc_c_emit_validate_member(const srpc_c_printer *printer, const srpc_c_member *member);

/* Does it have memory of its own? */
bool srpc_c_member_owns(const srpc_c_member *member);

/* ---- c_nesting.c: T_copy, T_equal, T_validate of what can contain itself ---- */

typedef enum srpc_c_value_function {
    SRPC_C_COPY,
    SRPC_C_EQUAL,
    SRPC_C_VALIDATE
} srpc_c_value_function;

/* Can a value of it contain another one of its type, and do its functions count levels? */
bool srpc_c_is_nesting(const srpc_c_record *record);

/* Of the static functions that count levels: they call each other. */
void srpc_c_print_nesting_prototypes(const srpc_c_printer *printer);

/* The head of such a function, up to its "{"; what is printed inside goes through the printer that
 * is returned. Closing adds the public function where the one before counts levels. */
srpc_c_printer srpc_c_open_value_function(const srpc_c_printer *printer,
                                          const srpc_c_record *record, srpc_c_value_function what);
void srpc_c_close_value_function(const srpc_c_printer *printer, const srpc_c_record *record,
                                 srpc_c_value_function what);

/* Inside: returns `refusal` when there are too many levels; too_deep is one, INVALID_ARGUMENT. */
void srpc_c_emit_level_check(const srpc_c_printer *printer, const srpc_c_record *record,
                             const char *refusal);
const char *srpc_c_too_deep(const srpc_c_printer *printer, const srpc_c_record *record);

/* Inside: the call of the same function of a record that lies in the value. */
const char *srpc_c_value_call(const srpc_c_printer *printer, const srpc_c_record *record,
                              srpc_c_value_function what, const char *arguments);

/* Statements that return INVALID_ARGUMENT, recorded with its path, when a place is wrong. False,
 * and none, where it cannot be. */
bool srpc_c_emit_validate(const srpc_c_printer *printer, const srpc_c_place *place);

/* Can a place be wrong? */
bool srpc_c_can_be_wrong(const srpc_c_printer *printer, const srpc_c_place *place);

/* Statements that return false when a place and another value of its type differ; loops inside
 * begin at that depth. */
void srpc_c_emit_equal(const srpc_c_printer *printer, const srpc_c_place *place,
                       const char *other, unsigned depth);

/* ---- c_map.c: what maps have and sequences do not ---- */

bool srpc_c_has_maps(const srpc_c_unit *unit);

/* The table that describes the entries: before anything else of the type. */
void srpc_c_print_map_shape(const srpc_c_printer *printer, const srpc_c_record *record);

/* Of T_validate, T_encode and T_decode: two entries with the same key are refused. The last two
 * return. */
void srpc_c_emit_map_check_valid(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_emit_map_check_packed(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_emit_map_check_read(const srpc_c_printer *printer, const srpc_c_record *record);

void srpc_c_print_map_equal(const srpc_c_printer *printer, const srpc_c_record *record);

/* T_find: in the header, and its definition. */
void srpc_c_print_find_prototype(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_print_find(const srpc_c_printer *printer, const srpc_c_record *record);

/* ---- c_union.c: a switch over the discriminator, for each function of the type ---- */

/* The discriminator and the members, in the header. */
void srpc_c_print_union_members(const srpc_c_printer *printer, const srpc_c_record *record);

void srpc_c_emit_union_init(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_emit_union_fini(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_emit_union_copy(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_emit_union_equal(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_emit_union_validate(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_emit_union_encode(const srpc_c_printer *printer, const srpc_c_record *record);
void srpc_c_emit_union_decode(const srpc_c_printer *printer, const srpc_c_record *record);

/* ---- c_values.c again ---- */

/* Statements that give a place its first value: T_init's. */
void srpc_c_emit_clear(const srpc_c_printer *printer, const srpc_c_place *place);

/* ---- c_prototype.c: what the signature of an operation looks like ---- */

typedef enum srpc_c_prototype {
    SRPC_C_CALL,    /* stub: all of them */
    SRPC_C_BEGIN,   /* what goes in */
    SRPC_C_END,     /* what comes out */
    SRPC_C_HANDLER  /* all, without the arena */
} srpc_c_prototype;

/* The parameters ("int64_t a, int64_t b, int64_t *out_result") as declared in the header or, with
 * `in_body`, in a definition; each preceded by ", " . */
const char *srpc_c_parameters(const srpc_c_printer *printer, const srpc_c_signature *signature,
                              srpc_c_prototype prototype, bool in_body);

/* The same as arguments of a call from within a stub: ", a, b, out_result". */
const char *srpc_c_arguments(const srpc_c_printer *printer, const srpc_c_signature *signature,
                             srpc_c_prototype prototype);

/* What a reply is encoded from: the result and what comes out, ", double result, int32_t
 * revision". */
const char *srpc_c_reply_parameters(const srpc_c_printer *printer,
                                    const srpc_c_signature *signature);

/* ---- c_call.c: what stubs and skeletons have in common ---- */

/* Too large for the stack? */
bool srpc_c_is_large(const srpc_c_type *type);

/* A static function that encodes a request or a reply: `function(packer, values...)`. */
void srpc_c_print_message_encode(const srpc_c_printer *printer,
                                 const srpc_c_signature *signature, const char *function,
                                 bool is_reply);

/* Declares a variable, initialised if it is simple; the second one gives others their first
 * value. */
void srpc_c_emit_variable(const srpc_c_printer *printer, const srpc_c_type *type,
                          const char *name);
void srpc_c_emit_variable_init(const srpc_c_printer *printer, const srpc_c_type *type,
                               const char *expression);

/* ---- c_descriptor.c: the tables of <shmrpc/descriptor.h> ---- */

/* In the header, of a type or interface with that name. */
void srpc_c_print_type_descriptor_declaration(const srpc_c_printer *printer, const char *name);
void srpc_c_print_interface_descriptor_declaration(const srpc_c_printer *printer,
                                                   const char *name);

/* What the main file declares. */
void srpc_c_print_type_descriptors(const srpc_c_printer *printer,
                                   const srpc_c_descriptors *descriptors);
void srpc_c_print_interface_descriptors(const srpc_c_printer *printer,
                                        const srpc_c_descriptors *descriptors);

/* ---- files ---- */

/* "calculator" and "_types.c": calculator_types.c */
const char *srpc_c_file_name(const srpc_c_printer *printer, const char *ending);

void srpc_c_print_header(const srpc_c_printer *printer);
void srpc_c_print_types(const srpc_c_printer *printer);
void srpc_c_print_client(const srpc_c_printer *printer);
void srpc_c_print_server(const srpc_c_printer *printer);

/* Of the header: bitmasks (c_bitmask.c). */
void srpc_c_print_bitmask(const srpc_c_printer *printer, const srpc_c_bitmask *bitmask);

/* Of the header: one line of a struct or union, with a remark in its comment (NULL: none). */
void srpc_c_print_member(const srpc_c_printer *printer, const srpc_c_member *member,
                         const char *remark);

/* Of the header: the interfaces' sections (c_header_interface.c). */
void srpc_c_print_raised(const srpc_c_printer *printer, const srpc_c_signature *signature);
void srpc_c_print_interface(const srpc_c_printer *printer, const srpc_c_interface *interface);

/* The comment with which every file begins. */
void srpc_c_print_banner(const srpc_c_printer *printer, const char *file, const char *more);

/* The headers of a .c file: first those of the runtime (NULL-terminated), which must not see the
 * names of the IDL, then that of the unit. */
void srpc_c_print_includes(const srpc_c_printer *printer, const char *const *runtime);

/* Doc, unit, default and so on as one text; NULL: nothing to say. */
const char *srpc_c_doc(const srpc_c_printer *printer, const srpc_notes *notes, const char *more);

#endif
