/* Whether two texts differ in nothing but their layout. It is found out with the lexer, and with the
 * compiler, and knows nothing of the formatter. */
#ifndef SRPC_TESTS_FORMAT_SAMENESS_H
#define SRPC_TESTS_FORMAT_SAMENESS_H

#include "source.h"

/* The first token, or comment, that is another one, or is no longer in a directive: what and where,
 * for people, in the arena. NULL: there is none. */
const char *srpc_other_token(const srpc_source *before, const srpc_source *after,
                             srpc_idl_arena *arena);

typedef enum srpc_sameness {
    SRPC_SAME_ALL = 0,
    SRPC_SAME_BUT_DOCS = 1,
    SRPC_SAME_ALONE = 2        /* what they include is not there; otherwise it is read from disk */
} srpc_sameness;

/* The same for the resolved model, without places in the file. Also when only one of them compiles.
 * flags is a sum of srpc_sameness. */
const char *srpc_other_model(const srpc_source *before, const srpc_source *after, unsigned flags,
                             srpc_idl_arena *arena);

#endif
