/* The reserved words of the profile, and the words of IDL that are outside it. */
#ifndef SRPC_IDL_KEYWORD_H
#define SRPC_IDL_KEYWORD_H

#include <stdbool.h>
#include <stddef.h>

/* X(constant, spelling) */
#define SRPC_KEYWORDS(X)                                                                         \
    X(MODULE, "module") X(CONST, "const") X(TYPEDEF, "typedef") X(STRUCT, "struct")              \
    X(UNION, "union") X(SWITCH, "switch") X(CASE, "case") X(DEFAULT, "default")                  \
    X(ENUM, "enum") X(EXCEPTION, "exception") X(INTERFACE, "interface")                          \
    X(ATTRIBUTE, "attribute") X(READONLY, "readonly") X(GETRAISES, "getraises")                  \
    X(SETRAISES, "setraises") X(RAISES, "raises") X(IN, "in") X(OUT, "out")                      \
    X(INOUT, "inout") X(ONEWAY, "oneway") X(VOID, "void") X(BOOLEAN, "boolean")                  \
    X(CHAR, "char") X(OCTET, "octet") X(SHORT, "short") X(LONG, "long")                          \
    X(UNSIGNED, "unsigned") X(FLOAT, "float") X(DOUBLE, "double") X(INT8, "int8")                \
    X(UINT8, "uint8") X(INT16, "int16") X(UINT16, "uint16") X(INT32, "int32")                    \
    X(UINT32, "uint32") X(INT64, "int64") X(UINT64, "uint64") X(STRING, "string")                \
    X(SEQUENCE, "sequence") X(MAP, "map") X(BITMASK, "bitmask") X(TRUE, "TRUE")                  \
    X(FALSE, "FALSE")

typedef enum srpc_keyword {
    SRPC_KEYWORD_NONE,
#define X(constant, spelling) SRPC_KEYWORD_##constant,
    SRPC_KEYWORDS(X)
#undef X
    SRPC_KEYWORD_COUNT
} srpc_keyword;

/* The keyword with exactly this spelling, or SRPC_KEYWORD_NONE. */
srpc_keyword srpc_keyword_find(const char *text, size_t length);

/* That begins a type: long, sequence. */
bool srpc_keyword_is_type(srpc_keyword keyword);

/* The keyword that text differs from by case alone, as its spelling; NULL: none. */
const char *srpc_keyword_clash(const char *text);

/* All spellings, SRPC_KEYWORD_COUNT - 1 of them, for suggestions. */
const char *const *srpc_keyword_spellings(void);

/* What IDL calls a type of another language: "long" for "int". NULL: it is none that is known. */
const char *srpc_foreign_type(const char *text);

/* A word that the standard reserves, in the profile or not. */
bool srpc_keyword_is_reserved(const char *text, size_t length);

/* What to write instead of a word of IDL that is outside the profile: "a struct". NULL: the word is
 * an ordinary identifier. */
const char *srpc_outside_profile(const char *text, size_t length);

#endif
