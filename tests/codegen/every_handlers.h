/* Handlers of every.Every for tests: each answers with something that can be foretold. */
#ifndef TESTS_CODEGEN_EVERY_HANDLERS_H
#define TESTS_CODEGEN_EVERY_HANDLERS_H

#include "every.h"

extern const every_Every_handlers every_handlers;

/* How many `event`s arrived; what `set_kind` was given. */
typedef struct every_state {
    _Atomic uint32_t events;
    every_Sparse kind;
} every_state;

#endif
