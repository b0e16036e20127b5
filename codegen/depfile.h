/* What make and ninja want to know: which files the outputs were made from. */
#ifndef SRPC_CODEGEN_DEPFILE_H
#define SRPC_CODEGEN_DEPFILE_H

#include <stdint.h>

#include "emitter.h"

/* "targets: sources", one per line with a backslash. Blanks, #, : and $ in names are escaped, and
 * backslashes before them; a line break cannot be. */
void srpc_depfile_print(srpc_emitter *emitter, const char *const *targets, uint32_t target_count,
                        const char *const *sources, uint32_t source_count);

#endif
