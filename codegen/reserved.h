/* Words that C or C++ gives a meaning, so that an IDL name cannot be used as it is. */
#ifndef SRPC_CODEGEN_RESERVED_H
#define SRPC_CODEGEN_RESERVED_H

#include <stdbool.h>

/* A keyword of C11 or C++20, or a macro or variable of the C library that ordinary headers bring in,
 * or a type that all generated code uses: no member, parameter or file-level name may be spelled
 * like it. */
bool srpc_is_reserved(const char *name);

/* A type or function of the C library that ordinary headers declare, or that the compiler knows
 * by itself: no file-level name. */
bool srpc_is_library_name(const char *name);

/* A local variable or a parameter of generated functions: a file-level name would be shadowed by
 * it. */
bool srpc_is_generated_local(const char *name);

#endif
