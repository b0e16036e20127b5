/* The syntax tree: what was written, before anything is looked up. Lists are linked by next. */
#ifndef SRPC_IDL_SYNTAX_H
#define SRPC_IDL_SYNTAX_H

#include "model.h"
#include "token.h"

#define SRPC_TYPE_DEPTH_LIMIT 32
#define SRPC_SCOPE_DEPTH_LIMIT 64
#define SRPC_EXPRESSION_DEPTH_LIMIT 256
#define SRPC_ANNOTATION_LIMIT 255

typedef struct srpc_syntax_name {
    struct srpc_syntax_name *next;
    const char *text;            /* without the underscore of an escaped identifier; NULL: none */
    srpc_span span;
    bool is_escaped;
} srpc_syntax_name;

/* A::B::C */
typedef struct srpc_syntax_path {
    struct srpc_syntax_path *next; /* in lists: raises, bases */
    srpc_syntax_name *names;
    bool is_absolute;            /* begins with :: */
    srpc_span span;
} srpc_syntax_path;

typedef enum srpc_expression_kind {
    SRPC_EXPRESSION_BROKEN,      /* already reported */
    SRPC_EXPRESSION_OUTSIDE,     /* a literal outside the profile; text is the message */
    SRPC_EXPRESSION_INTEGER,
    SRPC_EXPRESSION_FLOAT,
    SRPC_EXPRESSION_CHAR,
    SRPC_EXPRESSION_STRING,
    SRPC_EXPRESSION_BOOLEAN,
    SRPC_EXPRESSION_NAME,
    SRPC_EXPRESSION_UNARY,       /* operation left */
    SRPC_EXPRESSION_BINARY       /* left operation right */
} srpc_expression_kind;

typedef struct srpc_syntax_expression {
    struct srpc_syntax_expression *next; /* in lists: array dimensions */
    srpc_expression_kind kind;
    uint32_t depth;              /* 1, or 1 + that of the deepest operand; a + b + c is one level */
    srpc_span span;
    srpc_token_kind operation;
    srpc_span sign;              /* of the operation */
    struct srpc_syntax_expression *left;
    struct srpc_syntax_expression *right;
    srpc_syntax_path *path;      /* NAME */
    const char *text;            /* INTEGER, FLOAT: as written; STRING, CHAR: decoded */
    uint32_t length;             /* of text */
    bool boolean;
    bool is_truth;               /* NAME: true or False, which mean boolean where nothing else */
} srpc_syntax_expression;

typedef struct srpc_syntax_argument {
    struct srpc_syntax_argument *next;
    srpc_syntax_name name;       /* text NULL in the short form @id(7) */
    srpc_syntax_expression *value;
} srpc_syntax_argument;

typedef struct srpc_syntax_annotation {
    struct srpc_syntax_annotation *next;
    const char *name;            /* "id", "demo::mine": as written, without a :: in front */
    srpc_syntax_path *path;      /* the same */
    srpc_span span;              /* @ included */
    srpc_syntax_argument *arguments;
} srpc_syntax_annotation;

typedef enum srpc_syntax_type_kind {
    SRPC_SYNTAX_TYPE_BROKEN,     /* already reported */
    SRPC_SYNTAX_TYPE_BASIC,
    SRPC_SYNTAX_TYPE_STRING,
    SRPC_SYNTAX_TYPE_SEQUENCE,
    SRPC_SYNTAX_TYPE_MAP,
    SRPC_SYNTAX_TYPE_NAMED
} srpc_syntax_type_kind;

typedef struct srpc_syntax_type {
    srpc_syntax_type_kind kind;
    srpc_type_kind basic;
    srpc_span span;
    srpc_syntax_path *path;              /* NAMED */
    srpc_syntax_annotation *annotations; /* directly before it: sequence<@external T> */
    struct srpc_syntax_type *key;        /* MAP */
    struct srpc_syntax_type *element;    /* SEQUENCE; MAP: the value */
    srpc_syntax_expression *bound;       /* STRING, SEQUENCE, MAP; NULL: unbounded */
} srpc_syntax_type;

/* case 1: or default: */
typedef struct srpc_syntax_label {
    struct srpc_syntax_label *next;
    srpc_syntax_expression *value; /* NULL: default */
    srpc_span span;              /* of the value, or of the word default */
} srpc_syntax_label;

typedef enum srpc_syntax_kind {
    SRPC_SYNTAX_BROKEN,          /* has a name, is otherwise unusable and already reported */
    SRPC_SYNTAX_MODULE,
    SRPC_SYNTAX_CONST,
    SRPC_SYNTAX_TYPEDEF,
    SRPC_SYNTAX_ENUM,
    SRPC_SYNTAX_ENUMERATOR,
    SRPC_SYNTAX_BITMASK,
    SRPC_SYNTAX_BIT,
    SRPC_SYNTAX_STRUCT,
    SRPC_SYNTAX_EXCEPTION,
    SRPC_SYNTAX_MEMBER,
    SRPC_SYNTAX_UNION,
    SRPC_SYNTAX_DISCRIMINATOR,   /* without a name */
    SRPC_SYNTAX_INTERFACE,
    SRPC_SYNTAX_OPERATION,
    SRPC_SYNTAX_PARAMETER,
    SRPC_SYNTAX_ATTRIBUTE,
    SRPC_SYNTAX_ANNOTATION,      /* @annotation Name { ... }; its members are MEMBER */
    SRPC_SYNTAX_KEYLIST          /* #pragma keylist: without a name; bases is the type, raises the
                                    members */
} srpc_syntax_kind;

/* Any declaration; which fields are used follows from kind. */
typedef struct srpc_syntax_node {
    struct srpc_syntax_node *next;
    srpc_syntax_kind kind;
    srpc_syntax_name name;
    const char *doc;             /* NULL: none */
    srpc_syntax_annotation *annotations;
    struct srpc_syntax_node *children; /* definitions, members, enumerators, flags,
                                          parameters */
    srpc_syntax_type *type;      /* of CONST, TYPEDEF, MEMBER, DISCRIMINATOR, PARAMETER, ATTRIBUTE;
                                    result; NULL: any, of an annotation's MEMBER */
    srpc_syntax_expression *dimensions; /* TYPEDEF, MEMBER */
    srpc_syntax_expression *value; /* CONST, ENUMERATOR, and the default of an annotation's MEMBER;
                                      may be NULL but in the first */
    struct srpc_syntax_node *discriminator; /* UNION */
    srpc_syntax_label *labels;   /* MEMBER of a union: at least one */
    srpc_syntax_path *bases;     /* STRUCT: at most one; INTERFACE */
    srpc_syntax_path *raises;    /* OPERATION; ATTRIBUTE: getraises */
    srpc_syntax_path *set_raises; /* ATTRIBUTE */
    srpc_direction direction;    /* PARAMETER */
    srpc_span keyword;           /* "oneway"; length 0: not there */
    bool is_forward;             /* STRUCT, UNION, INTERFACE: without a body */
    bool is_outside;             /* INTERFACE: local or abstract, and reported */
    bool is_oneway;
    bool is_readonly;
} srpc_syntax_node;

typedef struct srpc_syntax_tree {
    srpc_syntax_node *definitions;       /* all that the files hold, from first to last */
    const char *head_doc;                /* NULL: none */
} srpc_syntax_tree;

#endif
