/*
 * The model as C sees it: every type with its C spelling and layout, every anonymous sequence with
 * a name, every name free of collisions. Lowered once from srpc_model (c_lower.h), then only read
 * by the printers.
 */
#ifndef SRPC_CODEGEN_C_MODEL_H
#define SRPC_CODEGEN_C_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "model.h"
#include "names.h"

typedef struct srpc_c_type srpc_c_type;
typedef struct srpc_c_enum srpc_c_enum;
typedef struct srpc_c_bitmask srpc_c_bitmask;
typedef struct srpc_c_record srpc_c_record;

typedef enum srpc_c_kind {
    SRPC_C_SCALAR,          /* also a bitmask */
    SRPC_C_ENUM,
    SRPC_C_TEXT,            /* shmrpc_string */
    SRPC_C_INLINE_TEXT,     /* char x[bound + 1] */
    SRPC_C_PARAMETER_TEXT,  /* const char *: what a string is as a parameter or result */
    SRPC_C_BYTES,           /* shmrpc_bytes */
    SRPC_C_SEQUENCE,        /* a record { T *items; uint32_t length; } */
    SRPC_C_INLINE_SEQUENCE, /* a record { uint32_t length; T items[bound]; } */
    SRPC_C_MAP,             /* as the two above, but with entries of key and value as items */
    SRPC_C_INLINE_MAP,
    SRPC_C_ARRAY,           /* one dimension; its element may be the next one */
    SRPC_C_STRUCT,          /* a record of members; also an exception */
    SRPC_C_UNION            /* a record of a discriminator and the member that it selects */
} srpc_c_kind;

struct srpc_c_type {
    srpc_c_kind kind;
    const srpc_type *idl;        /* resolved; of an inner dimension: the whole array */
    const char *name;            /* what stands before a declared name: "int32_t", "demo_Point" */
    const char *suffix;          /* and behind it: "", "[65]", "[2][3]" */
    const char *scalar;          /* of scalars: the word in shmrpc_put_int32; otherwise NULL */
    const srpc_c_type *element;  /* of sequences and arrays; of maps: the value */
    const srpc_c_type *key;      /* of maps; otherwise NULL */
    const srpc_c_enum *enumeration;
    const srpc_c_bitmask *bitmask; /* of a scalar that holds flags; otherwise NULL */
    const srpc_range *range;     /* of a scalar, where its alias or member has one; NULL: none */
    const srpc_c_record *record; /* of structs, unions, maps, and sequences with a type of their
                                    own */
    uint32_t bound;              /* bytes of text, items; 0: unbounded */
    uint64_t bytes;              /* sizeof, with 8-byte pointers */
    uint32_t alignment;
    bool has_pointers;           /* what it decodes to needs an arena */
    bool needs_init;             /* zeroed memory is not its first value */
    bool is_refusable;           /* packing functions, which know no names, may refuse a value */
};

struct srpc_c_enum {
    const char *name;
    const srpc_declaration *declaration;
    const srpc_enumeration *idl;
    const char *const *enumerators; /* C names, in order */
};

struct srpc_c_bitmask {
    const char *name;
    const srpc_declaration *declaration;
    const srpc_bitmask *idl;
    const char *holder;          /* "uint8_t" */
    const char *const *flags;    /* C names, in order */
};

typedef struct srpc_c_member {
    const srpc_member *idl;
    const char *name;
    const char *has_name;        /* NULL: not optional, or boxed */
    const srpc_c_type *type;
    const char *path;            /* "demo.Point.label", for messages */
    const char *default_text;    /* the static array that holds the default of a shmrpc_string */
    bool needs_init;             /* zeroed memory is not its first value */
} srpc_c_member;

/* What a union has besides its members, one for each case. */
typedef struct srpc_c_union {
    const srpc_union *idl;
    const char *discriminator;   /* the name of the C member */
    const srpc_c_type *type;     /* and its type */
    const char *path;            /* "demo.Shape.discriminator", for messages */
} srpc_c_union;

/* A struct in the header with functions of its own: an IDL struct, exception, union, sequence or
 * map. */
struct srpc_c_record {
    const char *name;
    const char *path;
    const srpc_c_type *type;
    const srpc_declaration *declaration; /* NULL: an anonymous sequence or map */
    const srpc_structure *structure;     /* of structs and exceptions; otherwise NULL */
    const srpc_c_union *union_;          /* of unions; otherwise NULL */
    const char *entry;                   /* of maps: the struct of key and value */
    const srpc_c_member *members;        /* of structs and unions */
    uint32_t member_count;
    bool is_exception;
    bool is_main;                        /* it belongs to the file that is compiled */
};

/* ---- interfaces ---- */

typedef struct srpc_c_parameter {
    const srpc_parameter *idl;
    const srpc_c_type *type;
    const char *path;
    const char *name;            /* in prototypes: "note"; of pure results "out_note" */
    const char *has_name;        /* before it, where it is optional: "has_note"; otherwise NULL */
    const char *argument;        /* the same two in function bodies, apart from locals */
    const char *has_argument;
    const char *local;           /* a variable for the value itself */
    const char *has_local;
} srpc_c_parameter;

typedef struct srpc_c_raised_case {
    const char *enumerator;
    const char *member;
    const srpc_c_record *record;
} srpc_c_raised_case;

/* The struct that says which exception was raised. */
typedef struct srpc_c_raised {
    const char *name;
    const char *enumeration;
    const srpc_c_raised_case *cases;
    uint32_t case_count;
    bool has_pointers;
    uint64_t bytes;
} srpc_c_raised;

/* What an operation takes and gives: one for each declaration, shared by derived interfaces. */
typedef struct srpc_c_signature {
    const srpc_operation *idl;
    const char *path;            /* "demo.Calculator.divide" */
    const srpc_c_parameter *parameters;
    const srpc_c_type *result;   /* NULL: void */
    const srpc_c_raised *raised; /* NULL: raises nothing */
    bool needs_arena;
} srpc_c_signature;

typedef struct srpc_c_operation {
    const char *name;            /* of the stub: "demo_Calculator_divide" */
    const char *handler;         /* of the member of the handlers: "divide" */
    const srpc_c_signature *signature;
} srpc_c_operation;

typedef struct srpc_c_interface {
    const char *name;
    const srpc_declaration *declaration;
    const srpc_interface *idl;
    const srpc_c_operation *operations;
} srpc_c_interface;

/* ---- what the header declares, in order ---- */

typedef enum srpc_c_item_kind {
    SRPC_C_ITEM_CONSTANT,
    SRPC_C_ITEM_ENUM,
    SRPC_C_ITEM_BITMASK,
    SRPC_C_ITEM_TYPEDEF,
    SRPC_C_ITEM_ENTRY,      /* of a map: the struct of key and value */
    SRPC_C_ITEM_RECORD,
    SRPC_C_ITEM_RAISED,
    SRPC_C_ITEM_INTERFACE
} srpc_c_item_kind;

typedef struct srpc_c_item {
    srpc_c_item_kind kind;
    const char *name;
    const srpc_declaration *declaration; /* NULL for what the IDL does not name */
    const srpc_c_type *type;             /* CONSTANT, TYPEDEF, ENUM, BITMASK */
    union {
        const srpc_c_enum *enumeration;
        const srpc_c_bitmask *bitmask;
        const srpc_c_record *record;
        const srpc_c_signature *signature; /* of RAISED */
        const srpc_c_interface *interface;
    };
} srpc_c_item;

typedef struct srpc_c_unit {
    const srpc_model *model;
    srpc_idl_arena *arena;
    srpc_names *names;           /* what is taken at file level */
    srpc_c_item *items;
    uint32_t item_count;
    const srpc_c_interface *const *interfaces; /* of all files, bases first */
    uint32_t interface_count;
    bool has_interfaces;
} srpc_c_unit;

/* Is it an array in C, so that it cannot be assigned or passed by value? */
static inline bool srpc_c_is_array(const srpc_c_type *type)
{
    return type->kind == SRPC_C_ARRAY || type->kind == SRPC_C_INLINE_TEXT;
}

/* Is it a sequence or a map, which has items and not members? */
static inline bool srpc_c_has_items(const srpc_c_record *record)
{
    return record->type->element != NULL;
}

/* Is it passed by pointer because it is a struct in C? */
static inline bool srpc_c_is_aggregate(const srpc_c_type *type)
{
    return type->record != NULL || type->kind == SRPC_C_BYTES || type->kind == SRPC_C_TEXT;
}

/* Does its type have bits that its bitmask does not? */
static inline bool srpc_c_may_have_stray_bits(const srpc_c_type *type)
{
    return type->bitmask != NULL && type->bitmask->idl->bit_bound < 8 * type->bytes;
}

static inline bool srpc_c_is_map(const srpc_c_type *type)
{
    return type->key != NULL;
}

/* Does a sequence or map hold its items itself? */
static inline bool srpc_c_is_inline(const srpc_c_type *type)
{
    return type->kind == SRPC_C_INLINE_SEQUENCE || type->kind == SRPC_C_INLINE_MAP;
}

/* What a sequence or map has: for messages. */
static inline const char *srpc_c_item_word(const srpc_c_type *type)
{
    return srpc_c_is_map(type) ? "entries" : "items";
}

/* Is it an octet, so that a sequence or an array of it is a bin? */
static inline bool srpc_c_is_octet(const srpc_c_type *type)
{
    return type->kind == SRPC_C_SCALAR && type->idl->kind == SRPC_TYPE_OCTET;
}

#endif
