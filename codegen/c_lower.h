/* From the model to C: names, types and layout. */
#ifndef SRPC_CODEGEN_C_LOWER_H
#define SRPC_CODEGEN_C_LOWER_H

#include "c_model.h"
#include "diagnostics.h"
#include "names.h"
#include "table.h"

/* What lies inline at most, in bytes of C, unless an option says otherwise. */
#define SRPC_C_INLINE_MAX 4096u

/* Lowers everything that the main file declares, and what it uses of others. Warns [name-clash].
 * The unit lies in the arena, and is to be printed only when the diagnostics have no error. */
const srpc_c_unit *srpc_c_lower(const srpc_model *model, uint32_t inline_max,
                                srpc_diagnostics *diagnostics, srpc_idl_arena *arena);

/* ---- between the c_lower files ---- */

/* Maps whose entries hold by value a struct or union that is not in the header yet. */
typedef struct srpc_c_late_map {
    const srpc_c_record *map;
    struct srpc_c_late_map *next;
} srpc_c_late_map;

typedef struct srpc_c_late_maps {
    srpc_c_late_map *first;
    srpc_c_late_map *last;
} srpc_c_late_maps;

typedef struct srpc_c_lowering {
    srpc_c_unit *unit;
    const srpc_model *model;
    srpc_idl_arena *arena;
    srpc_diagnostics *diagnostics;
    srpc_names *names;
    srpc_c_type **declared;                /* by number of the IDL type; NULL: not yet */
    srpc_c_record **records;               /* the same, of structs, exceptions and unions */
    bool *is_printed;                      /* the same: their item has been added */
    srpc_c_late_maps *late_maps;           /* the same, of the struct that they wait for */
    srpc_table signatures;                 /* srpc_c_signature, by scoped name of its operation */
    const srpc_c_interface **interfaces;   /* those of the unit */
    uint32_t item_capacity;
    uint32_t inline_max;
} srpc_c_lowering;

/* A new item at the end of the unit. */
srpc_c_item *srpc_c_add_item(srpc_c_lowering *lowering, srpc_c_item_kind kind, const char *name,
                             const srpc_declaration *declaration);

/* A file-level name for what is declared at `location`; warns when it had to give way. */
const char *srpc_c_name(srpc_c_lowering *lowering, const char *wanted,
                        const char *const *suffixes, srpc_location location);

/* The warning [name-clash]. */
void srpc_c_warn_of_clash(srpc_c_lowering *lowering, const char *wanted, const char *name,
                          srpc_location location);

enum { SRPC_C_POINTER_BYTES = 8 };

/* What the functions of a type T are called behind "T_"; NULL at the end. */
extern const char *const srpc_c_record_suffixes[];

/* A type that is called `name` and otherwise empty. */
srpc_c_type *srpc_c_new_type(srpc_c_lowering *lowering, srpc_c_kind kind, const srpc_type *idl,
                             const char *name);

uint64_t srpc_c_round_up(uint64_t bytes, uint32_t alignment);

/* That of a struct, exception or union, which may not have been lowered yet. */
srpc_c_type *srpc_c_declared_record(srpc_c_lowering *lowering, const srpc_type *idl);

/* A struct or union is in the header: now the entries of maps that hold it by value can follow. */
void srpc_c_add_late_entries(srpc_c_lowering *lowering, const srpc_c_record *value);

/* count things of that size. More than a terabyte is an error, and comes back as 0: no compiler takes
 * what lies far above, and nobody has it. */
uint64_t srpc_c_size(srpc_c_lowering *lowering, uint64_t bytes, uint32_t count,
                     srpc_location location);

/* The type in C. An anonymous sequence or map becomes a struct called `owner`; its declaration
 * becomes an item if `is_main`. */
const srpc_c_type *srpc_c_lower_type(srpc_c_lowering *lowering, const srpc_type *type,
                                     const char *owner, const char *path, srpc_location location,
                                     bool is_main);

/* The type with a range of its own: of a number, or of all elements of an array. */
const srpc_c_type *srpc_c_with_range(srpc_c_lowering *lowering, const srpc_c_type *type,
                                     const srpc_range *range);

/* The same as a parameter or result: strings are pointers. */
const srpc_c_type *srpc_c_lower_parameter_type(srpc_c_lowering *lowering, const srpc_type *type,
                                               const char *owner, const char *path,
                                               srpc_location location, bool is_main);

/* The same of an alias's target, with `declaration` of the alias; names it `name`. */
void srpc_c_lower_alias(srpc_c_lowering *lowering, const srpc_declaration *declaration);
void srpc_c_lower_enum(srpc_c_lowering *lowering, const srpc_declaration *declaration);
void srpc_c_lower_bitmask(srpc_c_lowering *lowering, const srpc_declaration *declaration);
void srpc_c_lower_union(srpc_c_lowering *lowering, const srpc_declaration *declaration);
void srpc_c_lower_structure(srpc_c_lowering *lowering, const srpc_declaration *declaration);
void srpc_c_lower_interface(srpc_c_lowering *lowering, const srpc_declaration *declaration);

#endif
