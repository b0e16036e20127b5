/* Values as C writes them. */
#ifndef SRPC_CODEGEN_LITERAL_H
#define SRPC_CODEGEN_LITERAL_H

#include "c_model.h"

/* "5", "INT64_C(5)", "1.5f", "true", "'a'", "demo_Color_RED", "\"text\"": an expression of the
 * type. */
const char *srpc_literal(srpc_idl_arena *arena, const srpc_c_type *type, const srpc_value *value);

/* What initializes an array of char: a string literal, or a list where that would be longer than
 * compilers have to take. */
const char *srpc_literal_text(srpc_idl_arena *arena, const char *text);

/* The same as a pointer to constant characters. */
const char *srpc_literal_constant_text(srpc_idl_arena *arena, const char *text);

/* A string literal, with its quotes. */
const char *srpc_literal_string(srpc_idl_arena *arena, const char *text);

/* Is it zero, false, "" or the enumerator 0: what zeroed memory holds? */
bool srpc_literal_is_zero(const srpc_value *value);

/* What T_init sets where a range excludes zero: what is nearest to it. Otherwise, or without a range,
 * NULL. */
const srpc_value *srpc_literal_nearest_to_zero(const srpc_range *range);

#endif
