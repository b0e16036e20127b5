/* Names and what they mean: scopes, symbols, lookup. */
#ifndef SRPC_IDL_SCOPE_H
#define SRPC_IDL_SCOPE_H

#include "list.h"
#include "model.h"
#include "syntax.h"
#include "table.h"
#include "text.h"

typedef enum srpc_symbol_kind {
    SRPC_SYMBOL_BROKEN,          /* its declaration was reported: uses of it are not */
    SRPC_SYMBOL_MODULE,
    SRPC_SYMBOL_CONST,
    SRPC_SYMBOL_TYPE,            /* alias, enum, bitmask, struct, union */
    SRPC_SYMBOL_EXCEPTION,
    SRPC_SYMBOL_ENUMERATOR,
    SRPC_SYMBOL_BIT,             /* a flag of a bitmask */
    SRPC_SYMBOL_INTERFACE,
    SRPC_SYMBOL_OPERATION,
    SRPC_SYMBOL_MEMBER,
    SRPC_SYMBOL_PARAMETER
} srpc_symbol_kind;

typedef struct srpc_scope srpc_scope;

typedef struct srpc_symbol {
    srpc_symbol_kind kind;
    const char *name;
    srpc_span span;
    bool is_complete;            /* false: forward declared, or its body is being read */
    bool is_open;                /* its body is being read */
    bool is_broken;              /* a mistake inside was reported */
    bool is_escaped;
    srpc_declaration *declaration; /* NULL: enumerator, flag, operation, member, broken */
    srpc_text *doc;              /* what is said wherever it is declared; NULL: nothing yet */
    srpc_text *main_doc;         /* the same of modules, in the main file */
    srpc_scope *scope;           /* MODULE, INTERFACE, bitmask: what is inside */
    srpc_type *type;             /* TYPE, EXCEPTION */
    srpc_structure *structure;   /* structs and exceptions */
    srpc_member *members;        /* those of structure, while they may still change */
    srpc_scope *members_scope;   /* their names */
    srpc_union *union_;          /* unions */
    srpc_case *cases;            /* those of union_, while they may still change */
    srpc_interface *interface;
    srpc_module *module;
    const srpc_operation *raised_by; /* EXCEPTION: the operation that was read last of those */
    uint32_t member_index;       /* MEMBER: in structure->members */
    const srpc_constant *constant;
    const srpc_enumerator *enumerator;
    const srpc_bit *bit;
    const char *attribute;       /* OPERATION: the attribute that it is, or that needs it; NULL: none */
    struct srpc_symbol *rival;   /* of a flag: one of another bitmask in the same scope */
} srpc_symbol;

/* How members get ids that say none. */
typedef enum srpc_autoid {
    SRPC_AUTOID_INHERITED,       /* as in the module around */
    SRPC_AUTOID_SEQUENTIAL,
    SRPC_AUTOID_HASH
} srpc_autoid;

struct srpc_scope {
    srpc_scope *parent;          /* NULL: of the file, or of members */
    srpc_scope **bases;          /* of the interfaces that this one inherits from */
    uint32_t base_count;
    bool lacks_base;             /* one was wrong, which was reported: names may be missing */
    srpc_declaration *declaration; /* the module, interface or bitmask; NULL: the file, or members */
    const char *owner;           /* the name that cannot be used again right inside; NULL: none */
    srpc_table symbols;          /* name -> srpc_symbol */
    srpc_table flags;            /* of the bitmasks in it: found where no symbol has the name */
    srpc_table annotations;      /* name -> srpc_annotation_type, of @annotation */
    srpc_table folded;           /* name in lower case -> srpc_symbol, the first of that spelling */
    srpc_table used;             /* name in lower case -> srpc_syntax_name: found around the scope,
                                    and used in it */
    srpc_list declarations;      /* srpc_declaration, in source order */
    srpc_autoid autoid;          /* of a module, where it is open */
    srpc_scope *next_visited;    /* during a walk over bases */
    bool is_visited;
};

/* What a name means. */
typedef struct srpc_found {
    srpc_symbol *symbol;         /* NULL: nothing */
    srpc_symbol *rival;          /* two bases, or two bitmasks, give it different meanings: this is
                                    the other one */
    srpc_scope *within;          /* where the name is missing or ambiguous, */
    const srpc_syntax_name *name; /* and which part of the path that is */
} srpc_found;

srpc_scope *srpc_scope_create(srpc_idl_arena *arena, srpc_scope *parent,
                              srpc_declaration *declaration);

/* In this scope alone, or NULL. */
srpc_symbol *srpc_scope_find(const srpc_scope *scope, const char *name);

/* In this scope and the interfaces it inherits from; what one of them declares hides what that one
 * inherits. Fills symbol and rival. */
srpc_found srpc_scope_find_inherited(srpc_scope *scope, const char *name);

/* Links the scope and all that it inherits from, each once, by next_visited, and counts them. No
 * name may be looked up until the walk is ended. */
uint32_t srpc_scope_begin_walk(srpc_scope *scope);
void srpc_scope_end_walk(srpc_scope *scope);

/* Adds a symbol. False, with an error and a note at the first, when the name is taken, also by what
 * is around the scope; a broken symbol gives way, and a new broken one never takes a name. A name
 * that differs from another or from a keyword by case alone is a warning, with is_strict an
 * error. */
bool srpc_scope_declare(srpc_scope *scope, srpc_symbol *symbol, srpc_diagnostics *diagnostics,
                        bool is_strict);

/* A name that was found around the scope was used in it: it should mean the same to its end. */
void srpc_scope_use(srpc_scope *scope, srpc_syntax_name *name);

/* Makes the name of a flag known in the scope around its bitmask. */
void srpc_scope_declare_flag(srpc_scope *scope, srpc_symbol *symbol);

/* The meaning of A::B::C, seen from a scope. */
srpc_found srpc_scope_lookup(srpc_scope *scope, const srpc_syntax_path *path);

/* "demo.Calculator.add" for a name in this scope. */
const char *srpc_scope_join(const srpc_scope *scope, const char *name);

/* "a struct", "a constant": for messages. */
const char *srpc_symbol_describe(const srpc_symbol *symbol);

#endif
