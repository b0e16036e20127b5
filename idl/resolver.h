/* From the syntax tree to declarations and types: names, constants, annotations. */
#ifndef SRPC_IDL_RESOLVER_H
#define SRPC_IDL_RESOLVER_H

#include "preprocessor.h"
#include "scope.h"
#include "type_table.h"

#define SRPC_MEMBER_LIMIT 65535u

/* How many interfaces one may inherit from, directly or not. */
#define SRPC_FAMILY_LIMIT 1024

/* How many members and operations all types and interfaces of a compilation together may inherit:
 * each is a copy, in the model and in what is generated. */
#define SRPC_INHERITED_LIMIT (1u << 20)

typedef struct srpc_resolver {
    srpc_idl_arena *arena;
    srpc_diagnostics *diagnostics;
    bool is_strict;
    bool is_incomplete;          /* a file or a macro is missing, which may have held any name */
    srpc_scope *root;
    srpc_scope *inner;           /* of members or parameters, in which names are being looked up as
                                    seen from the scope around; NULL: none */
    srpc_type_table types;
    srpc_list declarations;      /* srpc_declaration, all but modules, as they were completed */
    srpc_list structures;        /* srpc_symbol of structs and exceptions */
    srpc_list unions;            /* srpc_symbol */
    srpc_list interfaces;        /* srpc_symbol */
    srpc_list forwards;          /* srpc_symbol, forward declared */
    srpc_list operations;        /* srpc_operation */
    srpc_list modules;           /* srpc_symbol */
    srpc_list keylists;          /* srpc_keylist_use */
    const srpc_syntax_tree *tree;
    const char *head_doc;        /* of the tree */
    srpc_table reported;         /* names that were reported as unknown: once is enough */
    uint64_t inherited;          /* members and operations so far, against the limit */
    uint32_t suggestion_count;
} srpc_resolver;

/* Resolves everything. What it found is only usable if there was no error. */
void srpc_resolve(srpc_resolver *resolver, const srpc_syntax_tree *tree);

/* ---- resolver.c ---- */

/* A declaration and its symbol. The symbol is usable, whether or not the name was free. The caller
 * adds the declaration to resolver->declarations when it is complete. */
srpc_symbol *srpc_resolver_declare(srpc_resolver *resolver, srpc_scope *scope,
                                   srpc_symbol_kind kind, srpc_declaration_kind declaration_kind,
                                   const srpc_syntax_node *node);
/* A member or parameter; its symbol, whether or not the name was free. */
srpc_symbol *srpc_resolver_declare_member(srpc_resolver *resolver, srpc_scope *members,
                                          const srpc_syntax_name *name, srpc_symbol_kind kind);
/* Where a definition stands, whatever was declared before it. */
void srpc_resolver_place(srpc_symbol *symbol, const srpc_syntax_node *node);
/* The symbol of a path, or NULL after an error. The word says what was wanted: "type". */
srpc_symbol *srpc_resolver_lookup(srpc_resolver *resolver, srpc_scope *scope,
                                  const srpc_syntax_path *path, const char *wanted);
/* Something may be said wherever it is announced, opened or defined: adds to that, and returns all of
 * it. NULL: nothing. */
const char *srpc_resolver_add_doc(srpc_resolver *resolver, srpc_text **text, const char *doc);
/* One definition of a file, module or interface. */
void srpc_resolver_definition(srpc_resolver *resolver, srpc_scope *scope,
                              const srpc_syntax_node *node);
/* A list of declarations as the model has it: without interfaces that were never defined. */
const srpc_declaration *const *srpc_declaration_array(srpc_idl_arena *arena,
                                                      const srpc_list *list, uint32_t *out_count);
/* Counts members or operations that are inherited at a place. False, with an error the first time,
 * when all together are too many. */
bool srpc_resolver_inherit(srpc_resolver *resolver, srpc_span span, uint64_t count);
/* "A::B", as it was written. */
const char *srpc_path_spelling(srpc_idl_arena *arena, const srpc_syntax_path *path);

static inline bool srpc_resolver_is_poison(const srpc_resolver *resolver, const srpc_type *type)
{
    return type == resolver->types.poison;
}

/* ---- unknown.c ---- */
/* Reports a path that found nothing, with what it may have been meant to be. */
void srpc_report_unknown(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_path *path,
                         const srpc_found *found, const char *wanted);

/* ---- resolve_type.c ---- */

typedef enum srpc_type_use {
    SRPC_USE_BY_VALUE,           /* the type has to be complete */
    SRPC_USE_BY_POINTER,         /* a struct or union may be incomplete: it is @optional or
                                    @external, and will be held by pointer */
    SRPC_USE_IN_UNION,           /* by value, and of these @external would help */
    SRPC_USE_IN_ARRAY            /* by value, and neither would help */
} srpc_type_use;

/* Never NULL: the poison type after an error. */
const srpc_type *srpc_resolve_type(srpc_resolver *resolver, srpc_scope *scope,
                                   const srpc_syntax_type *syntax, srpc_type_use use);
/* The same with the dimensions of a declarator. */
const srpc_type *srpc_resolve_declarator(srpc_resolver *resolver, srpc_scope *scope,
                                         const srpc_syntax_node *node, srpc_type_use use);
void srpc_resolve_typedef(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_node *node);

/* ---- resolve_enum.c ---- */
void srpc_resolve_enum(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_node *node);

/* ---- resolve_bitmask.c ---- */
void srpc_resolve_bitmask(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_node *node);

/* ---- resolve_union.c ---- */
void srpc_resolve_union(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_node *node);

/* ---- resolve_annotation.c ---- */
void srpc_resolve_annotation(srpc_resolver *resolver, srpc_scope *scope,
                             const srpc_syntax_node *node);

/* ---- resolve_struct.c ---- */
void srpc_resolve_struct(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_node *node);
void srpc_resolve_exception(srpc_resolver *resolver, srpc_scope *scope,
                            const srpc_syntax_node *node);

/* ---- resolve_keylist.c ---- */
/* #pragma keylist: kept, because the struct may still follow, and resolved at the end. */
void srpc_resolve_keylist(srpc_resolver *resolver, srpc_scope *scope,
                          const srpc_syntax_node *node);
void srpc_resolve_keylists(srpc_resolver *resolver);

/* ---- resolve_interface.c ---- */
void srpc_resolve_interface(srpc_resolver *resolver, srpc_scope *scope,
                            const srpc_syntax_node *node);

/* ---- resolve_inheritance.c ---- */

/* Operations of the bases of an interface: each once, base by base. */
typedef struct srpc_inherited {
    const srpc_operation *const *operations;
    uint32_t count;
} srpc_inherited;

/* Resolves the bases of an interface, for lookup in its scope as well. Reports operations and
 * attributes of one name that come from different interfaces. */
srpc_inherited srpc_resolve_inheritance(srpc_resolver *resolver, srpc_scope *scope,
                                        const srpc_syntax_node *node, srpc_symbol *symbol);
/* Reports what an interface declares under the name of an inherited operation or attribute. To be
 * called when its body has been read. */
void srpc_check_own_names(srpc_resolver *resolver, srpc_scope *scope);

/* ---- constant.c ---- */

/* Evaluates an expression and converts it to a type. False after an error. */
bool srpc_evaluate(srpc_resolver *resolver, srpc_scope *scope,
                   const srpc_syntax_expression *expression, const srpc_type *type,
                   srpc_value *out_value);
/* A whole number within limits, for bounds, sizes and ids; what names it in messages. */
bool srpc_evaluate_count(srpc_resolver *resolver, srpc_scope *scope,
                         const srpc_syntax_expression *expression, const char *what, uint32_t least,
                         uint32_t most, const char *id, uint32_t *out_count);

/* ---- annotation.c ---- */

typedef enum srpc_placement {
    SRPC_AT_MODULE = 1,
    SRPC_AT_CONST = 2,
    SRPC_AT_TYPEDEF = 4,
    SRPC_AT_ENUM = 8,
    SRPC_AT_ENUMERATOR = 16,
    SRPC_AT_STRUCT = 32,
    SRPC_AT_EXCEPTION = 64,
    SRPC_AT_MEMBER = 128,
    SRPC_AT_INTERFACE = 256,
    SRPC_AT_OPERATION = 512,
    SRPC_AT_ATTRIBUTE = 1024,
    SRPC_AT_PARAMETER = 2048,
    SRPC_AT_BITMASK = 4096,
    SRPC_AT_BIT = 8192,
    SRPC_AT_UNION = 1 << 14,
    SRPC_AT_CASE = 1 << 15,
    SRPC_AT_DISCRIMINATOR = 1 << 16,
    SRPC_AT_ELEMENT = 1 << 17    /* a type where it is used: sequence<@external T> */
} srpc_placement;

/* Doc, unit, deprecation, and the annotations as written; warns of unknown and misplaced ones, and
 * reports wrong arguments. */
srpc_notes srpc_resolve_notes(srpc_resolver *resolver, srpc_scope *scope,
                              const srpc_syntax_node *node, srpc_placement placement);
/* The annotation of that name, or NULL. */
const srpc_syntax_annotation *srpc_annotation_find(const srpc_syntax_node *node, const char *name);
/* Its argument "value", also unnamed, or that of another name; NULL: not there. */
const srpc_syntax_expression *srpc_annotation_argument_find(
    const srpc_syntax_annotation *annotation, const char *name);
/* True for @name and @name(TRUE), false for @name(FALSE) and when it is not there. */
bool srpc_annotation_flag(const srpc_syntax_node *node, const char *name);
/* The string of @unit("m") and its like; fallback where it has none; NULL: it is not there. */
const char *srpc_annotation_text(srpc_resolver *resolver, srpc_scope *scope,
                                 const srpc_syntax_node *node, const char *name,
                                 const char *fallback);
/* @id(n) and its like; false when it is not there or wrong (then reported). */
bool srpc_annotation_count(srpc_resolver *resolver, srpc_scope *scope,
                           const srpc_syntax_node *node, const char *name, uint32_t least,
                           uint32_t most, uint32_t *out_count);
/* @final, @appendable, @mutable, @extensibility(X); fallback where there is none. */
srpc_extensibility srpc_resolve_extensibility(srpc_resolver *resolver,
                                              const srpc_syntax_node *node,
                                              srpc_extensibility fallback);
/* ---- annotation_id.c ---- */

#define SRPC_MEMBER_ID_MAX (UINT32_MAX - 1)

/* @autoid at a module, for what is declared in it. */
void srpc_resolve_module_autoid(srpc_scope *scope, const srpc_syntax_node *node);
/* @autoid at a struct or union, or at a module around it; never INHERITED. */
srpc_autoid srpc_resolve_autoid(const srpc_scope *scope, const srpc_syntax_node *node);
/* The id of a member; next is one more than that of the member before. */
uint32_t srpc_resolve_member_id(srpc_resolver *resolver, srpc_scope *scope,
                                const srpc_syntax_node *node, srpc_autoid autoid, uint64_t next);

/* ---- annotation_range.c ---- */

/* @range, @min, @max for values of a type, or of the elements of an array; inherits the range
 * of an alias where there is none. */
srpc_range srpc_resolve_range(srpc_resolver *resolver, srpc_scope *scope,
                              const srpc_syntax_node *node, const srpc_type *type);

/* ---- resolve_member.c ---- */

/* What members of structs and of unions have in common. is_optional is filled in already. */
void srpc_resolve_member(srpc_resolver *resolver, srpc_scope *scope, const srpc_syntax_node *node,
                         srpc_placement placement, srpc_autoid autoid, uint64_t next_id,
                         srpc_member *member);
/* No two of them have one id. */
void srpc_check_member_ids(srpc_resolver *resolver, const srpc_member *const *members,
                           uint32_t count);

#endif
