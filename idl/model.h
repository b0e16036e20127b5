/*
 * The resolved model of one IDL file and of what it includes: all that a back end may see.
 *
 * It is immutable, lies in the arena that srpc_idl_compile() was given, and exists only when the
 * compilation had no error. Back ends walk it; they never see tokens or the syntax tree.
 *
 *     srpc_idl_arena *arena = srpc_idl_arena_create();
 *     srpc_diagnostics *diagnostics = srpc_diagnostics_create(arena, NULL);
 *     srpc_idl_options options = { .path = "calculator.idl" };
 *     const srpc_model *model = srpc_idl_compile(&options, diagnostics, arena);   (compile.h)
 *     fputs(srpc_diagnostics_text(diagnostics), stderr);      warnings, or why model is NULL
 *     for (uint32_t i = 0; i < model->declaration_count; i++)
 *         if (model->declarations[i]->file->is_main) ...
 *     srpc_idl_arena_destroy(arena);
 *
 * Names are IDL names, unescaped; how they look in C is the back end's business. Every pointer is
 * valid as long as the arena. "NULL" is said where a pointer may be NULL; counts of 0 go with
 * arrays that must not be looked at.
 */
#ifndef SRPC_IDL_MODEL_H
#define SRPC_IDL_MODEL_H

#include <stdbool.h>
#include <stdint.h>

typedef struct srpc_model srpc_model;
typedef struct srpc_file srpc_file;
typedef struct srpc_declaration srpc_declaration;
typedef struct srpc_type srpc_type;
typedef struct srpc_value srpc_value;
typedef struct srpc_module srpc_module;
typedef struct srpc_constant srpc_constant;
typedef struct srpc_enumeration srpc_enumeration;
typedef struct srpc_enumerator srpc_enumerator;
typedef struct srpc_bitmask srpc_bitmask;
typedef struct srpc_bit srpc_bit;
typedef struct srpc_structure srpc_structure;
typedef struct srpc_member srpc_member;
typedef struct srpc_union srpc_union;
typedef struct srpc_case srpc_case;
typedef struct srpc_interface srpc_interface;
typedef struct srpc_operation srpc_operation;
typedef struct srpc_parameter srpc_parameter;

/* ---- files ---- */

/* One #include. */
typedef struct srpc_include {
    const char *spelled;   /* "geometry.idl", as written between the quotes */
    bool is_system;        /* <...> */
    const srpc_file *file;
} srpc_include;

/* One source file. Each appears once, however often it was included. */
struct srpc_file {
    uint32_t number;       /* index in srpc_model.files: in the order of opening */
    const char *path;      /* as opened: the main file as given, others as directory/spelled */
    const char *spelled;   /* as in the #include that first brought it in ("geometry.h" comes from
                              "geometry.idl"); for the main file, path */
    const char *canonical; /* realpath: for dependency files; never for generated text */
    const char *text;      /* what stands in it: `length` bytes, which may be any */
    uint32_t length;
    bool is_main;
    bool is_direct;        /* the main file itself has an #include of it */
    bool is_system;        /* first included with <...> */
    const srpc_include *includes; /* its own, in order, each file once */
    uint32_t include_count;
};

typedef struct srpc_location {
    const srpc_file *file;
    uint32_t line;         /* from 1 */
    uint32_t column;       /* from 1, in bytes */
} srpc_location;

/* ---- values ---- */

typedef enum srpc_value_kind {
    SRPC_VALUE_NONE,
    SRPC_VALUE_BOOLEAN,
    SRPC_VALUE_SIGNED,     /* of int8 to int64 */
    SRPC_VALUE_UNSIGNED,   /* of uint8 to uint64, octet and bitmasks */
    SRPC_VALUE_CHAR,       /* unsigned_integer holds the byte, 0 to 255 */
    SRPC_VALUE_FLOAT,      /* of float (already rounded to it) and double; finite */
    SRPC_VALUE_STRING,
    SRPC_VALUE_ENUMERATOR
} srpc_value_kind;

/* A constant, evaluated, checked against the range of its type, and converted to it: the kind
 * follows from the resolved type (srpc_type_resolved) alone. */
struct srpc_value {
    srpc_value_kind kind;
    union {
        bool boolean;
        int64_t signed_integer;
        uint64_t unsigned_integer;
        double real;
        struct {
            const char *bytes; /* UTF-8, NUL-terminated, without NUL inside */
            uint32_t length;
        } string;
        const srpc_enumerator *enumerator;
    };
};

/* ---- annotations ---- */

typedef struct srpc_annotation_argument {
    const char *name;      /* "value" for the short form @id(7) */
    const char *text;      /* as written: "7", "FINAL", "TRUE", "2 * N"; strings decoded */
    srpc_value value;      /* of a string or boolean literal; otherwise kind NONE */
} srpc_annotation_argument;

/* As written, known and unknown ones alike; what the compiler understands is also resolved into
 * fields of what it stands at. */
typedef struct srpc_annotation {
    const char *name;      /* without @ */
    const srpc_annotation_argument *arguments;
    uint32_t argument_count;
} srpc_annotation;

/* What everything that has a name can carry. */
typedef struct srpc_notes {
    const char *doc;        /* the IDL comment(s), markers and common indent stripped, lines joined
                               with \n, no newline at the end; may hold any text, also
                               comment markers; NULL: none */
    const char *deprecated; /* @deprecated("use ..."): the text, maybe ""; NULL: not deprecated */
    const char *unit;       /* @unit("m/s"); NULL: none */
    const srpc_annotation *annotations;
    uint32_t annotation_count;
} srpc_notes;

/* @range, @min, @max: inclusive limits, values of the type they stand at. */
typedef struct srpc_range {
    bool has_min;
    bool has_max;
    srpc_value min;
    srpc_value max;
} srpc_range;

/* ---- types ---- */

typedef enum srpc_type_kind {
    SRPC_TYPE_VOID,        /* only as the result of an operation */
    SRPC_TYPE_BOOLEAN,
    SRPC_TYPE_CHAR,        /* 8 bits; on the wire an unsigned integer */
    SRPC_TYPE_OCTET,
    SRPC_TYPE_INT8,
    SRPC_TYPE_UINT8,
    SRPC_TYPE_INT16,       /* also short */
    SRPC_TYPE_UINT16,
    SRPC_TYPE_INT32,       /* also long */
    SRPC_TYPE_UINT32,
    SRPC_TYPE_INT64,       /* also long long */
    SRPC_TYPE_UINT64,
    SRPC_TYPE_FLOAT,
    SRPC_TYPE_DOUBLE,
    SRPC_TYPE_STRING,
    SRPC_TYPE_SEQUENCE,
    SRPC_TYPE_MAP,
    SRPC_TYPE_ARRAY,
    SRPC_TYPE_ENUM,
    SRPC_TYPE_BITMASK,
    SRPC_TYPE_STRUCT,
    SRPC_TYPE_UNION,
    SRPC_TYPE_EXCEPTION,   /* never the type of a member or parameter */
    SRPC_TYPE_ALIAS
} srpc_type_kind;

#define SRPC_UNBOUNDED UINT64_MAX

/* How large the MessagePack form of a value may become. */
typedef struct srpc_encoded_size {
    uint64_t max_bytes;        /* SRPC_UNBOUNDED: there is no bound */
    const char *unbounded_by;  /* then: what makes it so, e.g. "Person.name"; otherwise NULL. A type
                                  that is unbounded by itself (string) names itself: "string" */
} srpc_encoded_size;

/*
 * A type. Structurally equal anonymous types (sequence<long>, string<8>, long[3]) are one object
 * with one number; declared types are one object per declaration. So pointers compare.
 */
struct srpc_type {
    srpc_type_kind kind;
    uint32_t number;       /* index in srpc_model.types */
    uint32_t depth;        /* nesting: 1 for a scalar or string, 1 + the deepest part for others;
                              a recursive edge counts nothing; at most 32 */
    bool is_recursive;     /* it can contain itself. A recursive sequence must hold its items by
                              pointer even when its bound would allow them inline. */
    bool has_no_default;   /* T_init leaves a pointer in it NULL that must not be: an @external.
                              Never of an ALIAS: see what is behind it */
    srpc_encoded_size size;
    const char *spelling;  /* canonical IDL: "int32", "sequence<demo.Point, 4>", "demo.Point",
                              "int32[2][3]"; for messages, comments and hashes */
    const srpc_declaration *declaration; /* of ENUM, BITMASK, STRUCT, UNION, EXCEPTION and ALIAS;
                                            otherwise NULL */
    union {
        struct {
            uint32_t bound;              /* in bytes, without NUL; 0: unbounded */
        } string;
        struct {
            const srpc_type *element;
            uint32_t bound;              /* in elements; 0: unbounded */
        } sequence;
        struct {
            const srpc_type *key;
            const srpc_type *value;
            uint32_t bound;              /* in entries; 0: unbounded */
        } map;
        struct {
            const srpc_type *element;    /* never itself an anonymous array */
            const uint32_t *dimensions;  /* outermost first, each at least 1 */
            uint32_t dimension_count;
            uint32_t element_count;      /* product, at most INT32_MAX */
        } array;
        const srpc_enumeration *enumeration;
        const srpc_bitmask *bitmask;
        const srpc_structure *structure; /* of STRUCT and EXCEPTION */
        const srpc_union *union_;
        struct {
            const srpc_type *target;     /* may be an alias again */
            const srpc_type *resolved;   /* what is behind all of them */
            srpc_range range;            /* @range at the typedef, or else that of the target; a
                                            member's own replaces it */
        } alias;
    };
};

/* The type behind any aliases; type itself when it is none. */
static inline const srpc_type *srpc_type_resolved(const srpc_type *type)
{
    return type->kind == SRPC_TYPE_ALIAS ? type->alias.resolved : type;
}

/* ---- declarations ---- */

typedef enum srpc_declaration_kind {
    SRPC_DECLARATION_MODULE,
    SRPC_DECLARATION_CONST,
    SRPC_DECLARATION_ALIAS,     /* type->kind is SRPC_TYPE_ALIAS */
    SRPC_DECLARATION_ENUM,
    SRPC_DECLARATION_BITMASK,
    SRPC_DECLARATION_STRUCT,
    SRPC_DECLARATION_UNION,
    SRPC_DECLARATION_EXCEPTION,
    SRPC_DECLARATION_INTERFACE
} srpc_declaration_kind;

struct srpc_declaration {
    srpc_declaration_kind kind;
    const char *name;              /* "Calculator" */
    const char *scoped_name;       /* "demo.Calculator", joined by dots */
    const srpc_declaration *scope; /* the module or interface around it; NULL: the file */
    srpc_location location;        /* of the name */
    const srpc_file *file;         /* file->is_main: generate code for it; otherwise it comes from
                                      the generated header of that file */
    srpc_notes notes;
    union {
        const srpc_module *module;
        const srpc_constant *constant;
        const srpc_type *type;     /* ALIAS, ENUM, BITMASK, STRUCT, UNION, EXCEPTION */
        const srpc_interface *interface;
    };
};

/* A module, however often it is reopened. */
struct srpc_module {
    const srpc_declaration *const *declarations; /* in source order, nested modules included */
    uint32_t declaration_count;
    const char *main_doc; /* the part of its doc that stands in the main file; NULL: none */
};

struct srpc_constant {
    const srpc_type *type;         /* a scalar, string, enum, bitmask, or an alias of one */
    srpc_value value;
};

/* ---- enum ---- */

struct srpc_enumerator {
    const char *name;
    const char *scoped_name;       /* in the scope around the enum: "demo.RED" */
    srpc_location location;
    srpc_notes notes;
    int32_t value;                 /* counted from 0, or @value(n), or "= n"; unique in the enum */
    const srpc_enumeration *enumeration;
};

struct srpc_enumeration {
    const srpc_declaration *declaration;
    const srpc_enumerator *enumerators; /* at least one */
    uint32_t enumerator_count;
    const srpc_enumerator *default_literal; /* @default_literal: what an unknown value becomes when
                                               decoded; NULL: an unknown value is an error */
    uint32_t bit_bound;            /* @bit_bound(n): 1 to 32, and the values fit; 32 where there is
                                      none. Only other languages care: an enum is an int in C, and
                                      an integer on the wire */
    const srpc_enumerator *initial; /* what T_init sets: default_literal, or else the first */
};

/* ---- bitmask ---- */

struct srpc_bit {
    const char *name;
    const char *scoped_name;       /* inside the bitmask: "demo.Flags.READ" */
    srpc_location location;
    srpc_notes notes;
    uint32_t position;             /* counted from 0, or @position(n); below bit_bound, unique */
    const srpc_bitmask *bitmask;
};

struct srpc_bitmask {
    const srpc_declaration *declaration;
    const srpc_bit *bits;          /* at least one */
    uint32_t bit_count;
    uint32_t bit_bound;            /* @bit_bound(n): 1 to 64; 32 where there is none. On the wire an
                                      unsigned integer below 2^bit_bound; bits without a name are
                                      kept, since a newer version may name them */
};

/* ---- struct and exception ---- */

typedef enum srpc_extensibility {
    SRPC_FINAL,
    SRPC_APPENDABLE,               /* the default; also of exceptions */
    SRPC_MUTABLE
} srpc_extensibility;

struct srpc_member {
    const char *name;
    srpc_location location;
    srpc_notes notes;
    const srpc_type *type;
    uint32_t id;                   /* @id(n), @hashid or @autoid(HASH), or one more than the member
                                      before; first is 0. On the wire only where the struct is
                                      SRPC_MUTABLE */
    bool must_be_understood;       /* @must_understand: a reader that does not know it refuses the
                                      value. On the wire of a SRPC_MUTABLE struct its key is -1 - id;
                                      readers take both forms */
    bool is_optional;              /* @optional: absent is nil (or missing, in a @mutable struct) */
    bool is_external;              /* @external */
    bool is_boxed;                 /* optional or external, and its type is a struct or union that
                                      leads back to this one: it has to be held by pointer */
    bool is_key;                   /* @key */
    bool has_default;              /* @default(v); never together with is_optional */
    srpc_value default_value;      /* kind NONE unless has_default */
    srpc_range range;              /* @range, @min, @max, or else that of its alias */
};

/* What lacks it cannot be completed: it must not be NULL, or something in it must not. */
static inline bool srpc_member_is_indispensable(const srpc_member *member)
{
    return !member->is_optional && (member->is_boxed || srpc_type_resolved(member->type)->has_no_default);
}

struct srpc_structure {
    const srpc_declaration *declaration;
    srpc_extensibility extensibility;
    const srpc_structure *base;    /* struct inheritance; NULL: none */
    const srpc_member *members;    /* all of them, those of the base first: base needs no code */
    uint32_t member_count;         /* 0: an empty struct */
    uint32_t base_member_count;
    bool is_topic;                 /* @topic */
    const char *topic_name;        /* @topic("name"); NULL: none */
    uint32_t exception_id;         /* exceptions: xxHash32 of scoped_name or @id; never 0 */
};

/* ---- union ---- */

/* One member of a union and the values of the discriminator that select it. */
struct srpc_case {
    srpc_member member;            /* never optional, a key, or with a default */
    const srpc_value *labels;      /* of the kind of the discriminator; as written, unique in the
                                      union */
    uint32_t label_count;          /* 0: only "default:" */
    bool is_default;               /* it has the label "default:" */
};

struct srpc_union {
    const srpc_declaration *declaration;
    srpc_extensibility extensibility; /* on the wire always [discriminator, value]; FINAL: neither a
                                         value for a discriminator that selects no member, nor nil
                                         for one that does */
    const srpc_type *discriminator; /* boolean, char, octet, an integer, an enum or a bitmask, or an
                                       alias of one */
    srpc_notes discriminator_notes;
    srpc_range discriminator_range; /* @range at the discriminator, or else that of its alias */
    bool is_discriminator_key;     /* @key at the discriminator */
    const srpc_case *cases;        /* at least one, in source order */
    uint32_t case_count;
    const srpc_case *default_case; /* the one with "default:"; NULL: none */
    bool is_covered;               /* the labels name every value of the discriminator, in its
                                      range */
    srpc_value initial_discriminator; /* what T_init sets: @default(v) at the discriminator. Or else
                                         the first label of all; where there is a default case, what
                                         T_init sets in a value of that type, unless a label names
                                         that: then the next that none names */
    const srpc_case *initial;      /* what that selects; NULL: no member, which takes a @default */
};

/* ---- interface ---- */

typedef enum srpc_direction {
    SRPC_IN,
    SRPC_OUT,
    SRPC_INOUT
} srpc_direction;

struct srpc_parameter {
    const char *name;
    srpc_location location;
    srpc_notes notes;
    const srpc_type *type;
    srpc_direction direction;
    bool is_optional;              /* @optional */
    srpc_range range;
};

typedef enum srpc_operation_kind {
    SRPC_OPERATION_CALL,           /* written as an operation */
    SRPC_OPERATION_GET,            /* "get_x", of attribute x: result is its type, no parameters */
    SRPC_OPERATION_SET             /* "set_x": void, one in parameter "value" */
} srpc_operation_kind;

struct srpc_operation {
    srpc_operation_kind kind;
    const char *name;
    const char *scoped_name;       /* "demo.Calculator.add": of the interface that declares it, also
                                      when it is reached through a derived one */
    srpc_location location;
    srpc_notes notes;
    const srpc_interface *interface; /* that declares it */
    const srpc_type *result;       /* kind VOID: none; never NULL */
    srpc_range result_range;       /* @range and so on at an attribute, or else that of its alias; only
                                      of GET */
    const srpc_parameter *parameters;
    uint32_t parameter_count;
    const srpc_declaration *const *raises; /* of kind EXCEPTION */
    uint32_t raises_count;
    bool is_oneway;
    bool is_idempotent;
    bool is_stream;                /* @stream: the result is a sequence, sent item by item */
    uint32_t deadline_ms;          /* @deadline(ms), at least 1; 0: the client's default */
    uint32_t id;                   /* xxHash32 of scoped_name or @id; never 0; unique among all
                                      operations of the model */
    uint32_t shape_hash;           /* over what must not change, see hash.h; never 0 */
    srpc_encoded_size request_size; /* array of in and inout */
    srpc_encoded_size reply_size;  /* the larger of the reply and of any exception it raises */
};

struct srpc_interface {
    const srpc_declaration *declaration;
    const srpc_interface *const *bases; /* as written, each once; flattened is in operations */
    uint32_t base_count;
    const srpc_operation *own_operations; /* declared here, in source order */
    uint32_t own_operation_count;
    const srpc_operation *const *operations; /* flattened: those of each base in order, each once
                                                however often it is reached, then own */
    uint32_t operation_count;
    const srpc_declaration *const *declarations; /* types, constants, exceptions declared inside */
    uint32_t declaration_count;
    uint64_t fingerprint;          /* 64-bit xxHash of the canonical form, see hash.h */
};

/* ---- the whole ---- */

struct srpc_model {
    const srpc_file *main_file;
    const char *head_doc;          /* the comments with which the main file begins and that belong
                                      to no declaration, as in srpc_notes; NULL: none */
    const srpc_file *const *files; /* all that were read, main first: the dependencies */
    uint32_t file_count;

    /* Everything that is declared in any of the files, except modules, those inside interfaces
     * included, in an order in which C can declare it: a type stands after all that it holds by
     * value. (Only is_recursive types need a forward declaration.) Interfaces stand after their
     * bases and after the types they use. Otherwise source order. */
    const srpc_declaration *const *declarations;
    uint32_t declaration_count;

    /* What the files declare at their outermost level, in source order; modules hold the rest. */
    const srpc_declaration *const *top_declarations;
    uint32_t top_declaration_count;

    const srpc_type *const *types; /* by number; a type stands after those it holds by value */
    uint32_t type_count;
};

/* "int32", "sequence", "struct": a word for messages. Never NULL. */
const char *srpc_type_kind_name(srpc_type_kind kind);
const char *srpc_declaration_kind_name(srpc_declaration_kind kind);

/* a <=> b for two values of one numeric kind. */
int srpc_value_compare(const srpc_value *left, const srpc_value *right);

/* The declaration with that scoped name ("demo.Calculator"), modules included, or NULL. */
const srpc_declaration *srpc_model_find(const srpc_model *model, const char *scoped_name);

#endif
