/* The words of IDL. */
#ifndef SRPC_IDL_TOKEN_H
#define SRPC_IDL_TOKEN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "diagnostics.h"

typedef enum srpc_token_kind {
    SRPC_TOKEN_END,            /* of the file; after it only ENDs */
    SRPC_TOKEN_INVALID,        /* already reported */
    SRPC_TOKEN_COMMENT,        /* only between lexer and preprocessor */
    SRPC_TOKEN_IDENTIFIER,     /* keywords too: the parser knows them */
    SRPC_TOKEN_INTEGER,
    SRPC_TOKEN_FLOAT,
    SRPC_TOKEN_FIXED,          /* 1.5d: outside the profile */
    SRPC_TOKEN_CHAR,           /* with its quotes */
    SRPC_TOKEN_STRING,         /* with its quotes */
    SRPC_TOKEN_WIDE,           /* L'x' or L"x": outside the profile */
    SRPC_TOKEN_HASH,
    SRPC_TOKEN_SEMICOLON,
    SRPC_TOKEN_LEFT_BRACE,
    SRPC_TOKEN_RIGHT_BRACE,
    SRPC_TOKEN_LEFT_PAREN,
    SRPC_TOKEN_RIGHT_PAREN,
    SRPC_TOKEN_LEFT_BRACKET,
    SRPC_TOKEN_RIGHT_BRACKET,
    SRPC_TOKEN_LESS,
    SRPC_TOKEN_GREATER,
    SRPC_TOKEN_SHIFT_LEFT,
    SRPC_TOKEN_SHIFT_RIGHT,
    SRPC_TOKEN_COMMA,
    SRPC_TOKEN_COLON,
    SRPC_TOKEN_SCOPE,          /* :: */
    SRPC_TOKEN_EQUALS,
    SRPC_TOKEN_PLUS,
    SRPC_TOKEN_MINUS,
    SRPC_TOKEN_STAR,
    SRPC_TOKEN_SLASH,
    SRPC_TOKEN_PERCENT,
    SRPC_TOKEN_AMPERSAND,
    SRPC_TOKEN_PIPE,
    SRPC_TOKEN_CARET,
    SRPC_TOKEN_TILDE,
    SRPC_TOKEN_AT,
    SRPC_TOKEN_DOT,
    SRPC_TOKEN_QUESTION,
    /* from here on only in #if */
    SRPC_TOKEN_NOT,
    SRPC_TOKEN_AND,
    SRPC_TOKEN_OR,
    SRPC_TOKEN_EQUAL,
    SRPC_TOKEN_UNEQUAL,
    SRPC_TOKEN_LESS_EQUAL,
    SRPC_TOKEN_GREATER_EQUAL
} srpc_token_kind;

typedef struct srpc_comment {
    struct srpc_comment *next;
    srpc_span span;            /* markers included */
    bool starts_line;
    bool is_claimed;           /* belongs to the declaration before it */
} srpc_comment;

typedef struct srpc_token {
    srpc_token_kind kind;
    bool starts_line;          /* nothing but blanks and comments before it in its line */
    bool follows_blank;
    srpc_span span;            /* where to report it: of a macro's text, where the macro is used */
    const char *text;          /* in the source, not NUL-terminated */
    uint32_t length;
    srpc_comment *comments;    /* those between the token before and this one, in order */
} srpc_token;

static inline bool srpc_token_is(const srpc_token *token, const char *word)
{
    return token->length == strlen(word) && memcmp(token->text, word, token->length) == 0;
}

#endif
