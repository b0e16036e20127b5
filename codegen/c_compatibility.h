/* What only the C of two versions tells: names that gave way to others, types that lie elsewhere in
 * memory, functions with another number of parameters. */
#ifndef SRPC_CODEGEN_C_COMPATIBILITY_H
#define SRPC_CODEGEN_C_COMPATIBILITY_H

#include "breaks.h"
#include "c_model.h"

/* Adds to breaks what does not stand there yet: where a source break was reported at a place of the
 * new version, its C will of course differ. */
void srpc_c_compatibility_check(const srpc_c_unit *old_unit, const srpc_c_unit *new_unit,
                                srpc_diagnostics *breaks);

#endif
