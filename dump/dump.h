/*
 * The resolved model as JSON, for programs that are not written in C: documentation, other
 * languages, reviews. docs/model.md tells what stands in it, docs/model.schema.json the same for
 * machines.
 */
#ifndef SRPC_DUMP_DUMP_H
#define SRPC_DUMP_DUMP_H

#include "arena.h"
#include "model.h"

/* Changes when a reader of the JSON would have to change; new fields alone do not count. */
#define SRPC_DUMP_FORMAT 1

/* The JSON text in UTF-8, indented, with a newline at its end. The same model gives the same text.
 * Lies in the arena. NULL: no memory. */
const char *srpc_dump_model(const srpc_model *model, srpc_idl_arena *arena);

#endif
