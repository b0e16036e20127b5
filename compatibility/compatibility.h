/*
 * What a new version of an IDL file breaks, seen from an old one.
 *
 * WIRE: a program built from the old version and one built from the new version do not understand
 * each other: a call is refused, a value cannot be decoded, or it is taken for another one.
 * SOURCE: a program written for the old version does not compile with what is generated from the
 * new one, or does something else though nobody changed it.
 *
 * Declarations are matched by their scoped names, whatever file they are in. What is compared is
 * all that the main file of the old version declares, and the types and interfaces of included
 * files that it uses. docs/compatibility.md lists every id, and what is no break.
 */
#ifndef SRPC_COMPATIBILITY_COMPATIBILITY_H
#define SRPC_COMPATIBILITY_COMPATIBILITY_H

#include "arena.h"
#include "breaks.h"
#include "diagnostics.h"
#include "model.h"

/* Adds a finding to breaks for each break, at its place in the new version, with a note where the
 * old version has it; srpc_diagnostics_sort() brings them into the order of the source. Both models
 * and breaks are from the arena. False: no memory. */
bool srpc_compatibility_check(const srpc_model *old_model, const srpc_model *new_model,
                              srpc_diagnostics *breaks, srpc_idl_arena *arena);

#endif
