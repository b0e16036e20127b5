/* Words of IDL that say something about layout. All words of the language are known, also those
 * outside the profile: a file is laid out whether it can be compiled or not. */
#ifndef SRPC_FORMAT_WORD_H
#define SRPC_FORMAT_WORD_H

#include "format_piece.h"

typedef enum srpc_word {
    SRPC_WORD_MODULE = 1,
    SRPC_WORD_UNION = 2,
    SRPC_WORD_LIST = 4,        /* enum, bitmask: enumerators in its braces */
    SRPC_WORD_DEFINITION = 8,  /* begins a statement, wherever it stands at the start of a line */
    SRPC_WORD_PREFIX = 16,     /* may stand before one of those */
    SRPC_WORD_LABEL = 32,      /* case, default */
    SRPC_WORD_CLAUSE = 64,     /* raises, supports: a part of a statement that may be wrapped */
    SRPC_WORD_SPACED = 128,    /* has a blank before its parenthesis */
    SRPC_WORD_TYPED = 256      /* a name with :: in front of it may follow */
} srpc_word;

/* The sum of what the piece is; 0 for everything that is no such word. */
unsigned srpc_format_word(const srpc_pieces *pieces, uint32_t index);

#endif
