/* descriptor.h -- what a type, an operation and an interface look like, as plain constant tables.
 *
 * shmrpc-idlc prints them: each type T has a T_descriptor, each interface I an I_descriptor. The
 * compiler's library makes the same tables in memory from an .idl file. They need no function to be
 * read; <shmrpc/dynamic.h> encodes and decodes values by them.
 *
 *     const shmrpc_type_descriptor *point = &demo_Point_descriptor;
 *     for (uint32_t i = 0; i < point->structure.member_count; i++) {
 *         const shmrpc_member_descriptor *member = &point->structure.members[i];
 *         printf("%s at %zu: %s\n", member->name, member->offset, member->type->name);
 *     }
 *
 * Pointers lead to tables of the same kind of life: static ones, or one arena. Text is UTF-8 and
 * NUL-terminated. A table of 0 items is NULL. Aliases are gone: a type is what stands behind them.
 */
#ifndef SHMRPC_DESCRIPTOR_H
#define SHMRPC_DESCRIPTOR_H

#include <stddef.h>
#include <stdint.h>

#include <shmrpc/interface.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct shmrpc_type_descriptor shmrpc_type_descriptor;

/* What a type is in the IDL. */
typedef enum shmrpc_type_kind {
    SHMRPC_TYPE_BOOLEAN = 1,
    SHMRPC_TYPE_CHAR,       /* a byte, unsigned on the wire */
    SHMRPC_TYPE_OCTET,
    SHMRPC_TYPE_INT8,
    SHMRPC_TYPE_UINT8,
    SHMRPC_TYPE_INT16,
    SHMRPC_TYPE_UINT16,
    SHMRPC_TYPE_INT32,
    SHMRPC_TYPE_UINT32,
    SHMRPC_TYPE_INT64,
    SHMRPC_TYPE_UINT64,
    SHMRPC_TYPE_FLOAT,
    SHMRPC_TYPE_DOUBLE,
    SHMRPC_TYPE_ENUM,       /* int32_t in C */
    SHMRPC_TYPE_BITMASK,    /* uint8_t to uint64_t in C: see bytes */
    SHMRPC_TYPE_STRING,
    SHMRPC_TYPE_SEQUENCE,
    SHMRPC_TYPE_MAP,
    SHMRPC_TYPE_ARRAY,      /* one dimension; its element may be the next one */
    SHMRPC_TYPE_STRUCT,
    SHMRPC_TYPE_EXCEPTION,
    SHMRPC_TYPE_UNION
} shmrpc_type_kind;

/* What strings, sequences and maps are in C. */
typedef enum shmrpc_form {
    SHMRPC_FORM_VALUE,   /* all others: there is only one form */
    SHMRPC_FORM_INLINE,  /* char x[bound + 1]; { uint32_t length; T items[bound]; } */
    SHMRPC_FORM_POINTER, /* shmrpc_string, shmrpc_bytes; { T *items; uint32_t length; } */
    SHMRPC_FORM_TEXT     /* const char *: a string that is a parameter or a result */
} shmrpc_form;

enum {
    SHMRPC_TYPE_IS_RECURSIVE = 1u << 0, /* a value can contain another one of this type */
    SHMRPC_TYPE_HAS_POINTERS = 1u << 1, /* what it is decoded to needs an arena */
    SHMRPC_TYPE_NO_DEFAULT = 1u << 2    /* its first value has a NULL that must not be */
};

/* What the IDL says besides; each NULL where it says nothing. */
typedef struct shmrpc_notes {
    const char *doc;        /* the comment, without its markers */
    const char *unit;       /* @unit: "m/s" */
    const char *deprecated; /* @deprecated: what to use, perhaps "" */
} shmrpc_notes;

/* A value that the IDL gives: by the type that it is of. */
typedef union shmrpc_constant {
    int64_t signed_integer;    /* int8 to int64; of an enum its number */
    uint64_t unsigned_integer; /* uint8 to uint64, octet, char, bitmask; boolean as 0 or 1 */
    double real;               /* float and double */
    const char *text;          /* string */
} shmrpc_constant;

/* Inclusive limits of a number. */
typedef struct shmrpc_range {
    uint8_t has_min;
    uint8_t has_max;
    shmrpc_constant min;
    shmrpc_constant max;
} shmrpc_range;

/* ---- types ---- */

/* A named number: of an enum, or the position of a bit in a bitmask. */
typedef struct shmrpc_enumerator_descriptor {
    const char *name;
    int32_t value;
    shmrpc_notes notes;
} shmrpc_enumerator_descriptor;

typedef struct shmrpc_enum_descriptor {
    const shmrpc_enumerator_descriptor *enumerators; /* at least one, as written */
    uint32_t enumerator_count;
    const uint32_t *ascending;  /* their indices by ascending value; NULL: as written */
    const shmrpc_enumerator_descriptor *fallback; /* @default_literal: what an unknown number
                                                     becomes; NULL: it is refused */
    const shmrpc_enumerator_descriptor *initial;  /* of a value that nobody has set */
} shmrpc_enum_descriptor;

typedef struct shmrpc_bitmask_descriptor {
    const shmrpc_enumerator_descriptor *bits; /* as written */
    uint32_t bit_count;
    uint32_t bit_bound;         /* values are below 2^bit_bound */
} shmrpc_bitmask_descriptor;

/* What sequences, maps and arrays hold. */
typedef struct shmrpc_items_descriptor {
    const shmrpc_type_descriptor *element; /* of a map: the value */
    const shmrpc_type_descriptor *key;     /* of a map; otherwise NULL */
    size_t item_bytes;          /* from one item to the next; of a map: the struct of key and value,
                                   with the key first */
    size_t value_offset;        /* of the value in that; otherwise 0 */
    size_t items_offset;        /* of the items, or of the pointer to them; of an array 0 */
    size_t length_offset;       /* of the uint32_t that counts them; not of an array */
} shmrpc_items_descriptor;

enum {
    SHMRPC_MEMBER_IS_OPTIONAL = 1u << 0,  /* absent: see presence_offset */
    SHMRPC_MEMBER_IS_BOXED = 1u << 1,     /* held by pointer; NULL only where optional and absent */
    SHMRPC_MEMBER_IS_EXTERNAL = 1u << 2,  /* @external */
    SHMRPC_MEMBER_IS_KEY = 1u << 3,       /* @key */
    SHMRPC_MEMBER_HAS_DEFAULT = 1u << 4,  /* @default */
    SHMRPC_MEMBER_MUST_BE_UNDERSTOOD = 1u << 5, /* @must_understand */
    SHMRPC_MEMBER_IS_INDISPENSABLE = 1u << 6 /* a message that lacks it is refused */
};

/* A member of a struct, an exception or a union. */
typedef struct shmrpc_member_descriptor {
    const char *name;           /* in the IDL; in C it may have a trailing underscore */
    const shmrpc_type_descriptor *type;
    uint32_t flags;             /* SHMRPC_MEMBER_... */
    uint32_t id;                /* @id, or counted; on the wire of a mutable struct */
    size_t offset;
    size_t presence_offset;     /* of `bool has_x`, where it is optional and not boxed; else 0 */
    shmrpc_constant default_value; /* where it has one */
    shmrpc_notes notes;
} shmrpc_member_descriptor;

typedef enum shmrpc_extensibility {
    SHMRPC_FINAL,      /* an array of exactly its members */
    SHMRPC_APPENDABLE, /* an array that may be longer or shorter */
    SHMRPC_MUTABLE     /* a map by id */
} shmrpc_extensibility;

/* Also of an exception, which is appendable, and an array that begins with its id. */
typedef struct shmrpc_structure_descriptor {
    shmrpc_extensibility extensibility;
    const shmrpc_member_descriptor *members; /* those of a base first */
    uint32_t member_count;
    const uint32_t *ascending;  /* of a mutable one: their indices by id; NULL: as written */
    uint32_t exception_id;      /* of an exception; otherwise 0 */
} shmrpc_structure_descriptor;

/* A value of the discriminator, and the member that it selects. */
typedef struct shmrpc_label_descriptor {
    shmrpc_constant value;
    uint32_t member;            /* its index */
} shmrpc_label_descriptor;

/* On the wire always [discriminator, value]. */
typedef struct shmrpc_union_descriptor {
    shmrpc_extensibility extensibility; /* FINAL: what does not fit the discriminator is refused */
    const shmrpc_type_descriptor *discriminator;
    size_t discriminator_offset;
    shmrpc_notes discriminator_notes;
    const shmrpc_member_descriptor *members;
    uint32_t member_count;
    const shmrpc_label_descriptor *labels; /* by ascending value */
    uint32_t label_count;
    const shmrpc_member_descriptor *otherwise; /* that of "default:"; NULL: none */
    shmrpc_constant initial_discriminator;     /* of a value that nobody has set */
    const shmrpc_member_descriptor *initial;   /* what that selects; NULL: none */
} shmrpc_union_descriptor;

struct shmrpc_type_descriptor {
    shmrpc_type_kind kind;
    shmrpc_form form;
    uint32_t flags;             /* SHMRPC_TYPE_IS_..., SHMRPC_TYPE_HAS_..., SHMRPC_TYPE_NO_... */
    uint32_t alignment;         /* in C */
    size_t bytes;               /* sizeof in C */
    const char *name;           /* scoped: "demo.Point"; of what has no name, the IDL:
                                   "sequence<int32>" */
    const char *path;           /* for messages: the name, or of what has none where it stands:
                                   "demo.Item.tags"; NULL: nowhere in particular */
    uint32_t bound;             /* bytes of a string, items of the others, elements of an array;
                                   0: unbounded */
    const shmrpc_range *range;  /* of a number; NULL: all values */
    shmrpc_notes notes;
    union {
        shmrpc_enum_descriptor enumeration;
        shmrpc_bitmask_descriptor bitmask;
        shmrpc_items_descriptor items;         /* of SEQUENCE, MAP, ARRAY */
        shmrpc_structure_descriptor structure; /* of STRUCT, EXCEPTION */
        shmrpc_union_descriptor union_;
    };
};

/* ---- operations ---- */

typedef enum shmrpc_direction {
    SHMRPC_IN,
    SHMRPC_OUT,
    SHMRPC_INOUT
} shmrpc_direction;

typedef struct shmrpc_parameter_descriptor {
    const char *name;
    const shmrpc_type_descriptor *type;
    shmrpc_direction direction;
    uint8_t is_optional;        /* @optional: a `bool has_x` goes with it */
    shmrpc_notes notes;
} shmrpc_parameter_descriptor;

typedef enum shmrpc_operation_kind {
    SHMRPC_OPERATION_CALL,
    SHMRPC_OPERATION_GET,       /* get_x, of an attribute x */
    SHMRPC_OPERATION_SET        /* set_x */
} shmrpc_operation_kind;

typedef struct shmrpc_operation_descriptor {
    const char *name;           /* not scoped: "divide" */
    const shmrpc_operation *operation; /* scoped name, id, shape, flags, deadline */
    shmrpc_operation_kind kind;
    const shmrpc_type_descriptor *result; /* NULL: void */
    const shmrpc_parameter_descriptor *parameters;
    uint32_t parameter_count;
    const shmrpc_type_descriptor *const *raises; /* exceptions, as written */
    uint32_t raises_count;
    uint8_t needs_arena;        /* to be given results and exceptions */
    uint8_t is_stream;          /* @stream */
    shmrpc_notes notes;
} shmrpc_operation_descriptor;

/* An IDL file. */
typedef struct shmrpc_source {
    const char *name;           /* as it is included: "calculator.idl" */
    const char *const *pieces;  /* its text: one behind the other */
    uint32_t piece_count;
} shmrpc_source;

typedef struct shmrpc_interface_descriptor {
    const shmrpc_interface *interface; /* scoped name, fingerprint; its operations, in this order */
    const shmrpc_operation_descriptor *operations;
    uint32_t operation_count;
    const struct shmrpc_interface_descriptor *const *bases; /* as written */
    uint32_t base_count;
    const shmrpc_source *sources; /* the file that declares it, and those that it includes */
    uint32_t source_count;
    shmrpc_notes notes;
} shmrpc_interface_descriptor;

#ifdef __cplusplus
}
#endif

#endif
