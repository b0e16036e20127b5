/* What stands between quotes. */
#ifndef SRPC_IDL_LITERAL_H
#define SRPC_IDL_LITERAL_H

#include "text.h"
#include "token.h"

/* Adds the decoded contents of a CHAR or STRING token to the text. False after an error. */
bool srpc_literal_decode(const srpc_token *token, srpc_diagnostics *diagnostics, srpc_text *text);

/* The same for documentation: a backslash that begins no escape sequence stands for itself. */
void srpc_literal_decode_prose(const srpc_token *token, srpc_text *text);

/* Strings are UTF-8. Reports it when they are not. */
bool srpc_literal_check_utf8(const srpc_text *text, srpc_span span,
                             srpc_diagnostics *diagnostics);

#endif
