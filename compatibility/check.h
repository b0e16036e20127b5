/* The parts of the check: each compares two of a kind and reports what breaks. */
#ifndef SRPC_COMPATIBILITY_CHECK_H
#define SRPC_COMPATIBILITY_CHECK_H

#include "breaks.h"
#include "table.h"

typedef struct srpc_check {
    srpc_idl_arena *arena;
    const srpc_model *old_model;
    const srpc_model *new_model;
    srpc_diagnostics *breaks;
    srpc_table new_declarations; /* by scoped name, without modules */
    srpc_table matches;          /* pairs of types that differ in name -> are they the same? */
    bool is_silent;              /* only asked whether the wire breaks: report nothing */
    bool breaks_wire;            /* the answer to that */
} srpc_check;

/* ---- reporting (compatibility.c) ---- */

/* One break, and where and what it was. */
void srpc_check_report(srpc_check *check, srpc_break_id id, unsigned levels, srpc_location place,
                       const char *format, ...) __attribute__((format(printf, 5, 6)));
void srpc_check_was(srpc_check *check, srpc_location old_place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Compares two declared types of one kind, which may differ in name. */
void srpc_check_declared(srpc_check *check, const srpc_type *old_type, const srpc_type *new_type);

/* ---- types (check_type.c) ---- */

typedef enum srpc_difference {
    SRPC_TYPES_SAME,          /* on the wire; differently named types may be */
    SRPC_TYPES_OTHER_BOUND,
    SRPC_TYPES_OTHER
} srpc_difference;

/* What declared types hold is compared only where their names differ: all others are compared, and
 * reported, where they are declared. */
srpc_difference srpc_check_types(srpc_check *check, const srpc_type *old_type,
                                 const srpc_type *new_type);

/* For messages: the spelling, of an alias with what it stands for. */
const char *srpc_check_spelling(srpc_check *check, const srpc_type *type);

/* The break that goes with a difference: bound-changed, or other. */
srpc_break_id srpc_check_difference_id(srpc_difference difference, srpc_break_id other);

/* Do declared types of one kind break the wire, whatever they are called? */
bool srpc_check_breaks_wire(srpc_check *check, const srpc_type *old_type,
                            const srpc_type *new_type);

/* The innermost type that makes the shape of an operation differ, or NULL. (check_shape.c) */
const srpc_type *srpc_check_culprit(srpc_check *check, const srpc_type *old_type,
                                    const srpc_type *new_type);

/* ---- values (check_value.c) ---- */

const char *srpc_check_value_text(srpc_check *check, const srpc_value *value);
bool srpc_check_values_equal(const srpc_value *old_value, const srpc_value *new_value);

/* Of two values that are of the same type; `what` is for the messages, "'demo.Point.x'". */
void srpc_check_ranges(srpc_check *check, const char *what, const srpc_type *type,
                       const srpc_range *old_range, srpc_location old_place,
                       const srpc_range *new_range, srpc_location new_place);

/* ---- members (check_member.c) ---- */

/* One member and the one that took its place on the wire, of the same name or renamed. `owner` is
 * the scoped name of the new version's struct, exception or union. `by_id`: it is @mutable. */
void srpc_check_members(srpc_check *check, const char *owner, const srpc_member *old_member,
                        const srpc_member *new_member, bool by_id);

/* ---- one for each kind ---- */

void srpc_check_constant(srpc_check *check, const srpc_declaration *old_declaration,
                         const srpc_declaration *new_declaration);
void srpc_check_alias(srpc_check *check, const srpc_declaration *old_declaration,
                      const srpc_declaration *new_declaration);
void srpc_check_enum(srpc_check *check, const srpc_enumeration *old_enum,
                     const srpc_enumeration *new_enum);
void srpc_check_bitmask(srpc_check *check, const srpc_bitmask *old_bitmask,
                        const srpc_bitmask *new_bitmask);
void srpc_check_structure(srpc_check *check, const srpc_structure *old_structure,
                          const srpc_structure *new_structure);
void srpc_check_union(srpc_check *check, const srpc_union *old_union, const srpc_union *new_union);
void srpc_check_interface(srpc_check *check, const srpc_interface *old_interface,
                          const srpc_interface *new_interface);
void srpc_check_operation(srpc_check *check, const srpc_operation *old_operation,
                          const srpc_operation *new_operation);

/* "final", "appendable", "mutable". */
const char *srpc_check_extensibility_name(srpc_extensibility extensibility);

/* ---- what has to be compared (reach.c) ---- */

/* Marks by number the types, and by scoped name the interfaces, that the declarations of the main
 * file use. */
typedef struct srpc_reach {
    bool *types;
    srpc_table interfaces;
} srpc_reach;

void srpc_reach_compute(srpc_reach *reach, const srpc_model *model, srpc_idl_arena *arena);

#endif
