/* From the text of one file to tokens. */
#ifndef SRPC_IDL_LEXER_H
#define SRPC_IDL_LEXER_H

#include "source.h"
#include "token.h"

#define SRPC_IDENTIFIER_LIMIT 255

typedef struct srpc_lexer {
    const srpc_source *source;
    srpc_diagnostics *diagnostics;
    uint32_t offset;
    bool at_line_start;
    bool is_cut;               /* a comment without an end has swallowed the rest */
    bool is_quiet;             /* inside a group that #if skips: report nothing */
} srpc_lexer;

/* At the start of the source, behind a byte order mark. */
void srpc_lexer_init(srpc_lexer *lexer, const srpc_source *source, srpc_diagnostics *diagnostics);

/* The next token; comments are tokens here. Line ends, blanks and backslash-newline are skipped. */
srpc_token srpc_lexer_next(srpc_lexer *lexer);

/* Skips blanks and backslash-newline: true when the line or the file ends here. */
bool srpc_lexer_at_line_end(srpc_lexer *lexer);

/* The rest of the line as it stands, without comments at its end and blanks around it; the lexer
 * then stands at the line end. */
srpc_span srpc_lexer_rest_of_line(srpc_lexer *lexer);

#endif
