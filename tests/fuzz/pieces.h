/*
 * Several files in one input of a fuzzer:
 *
 *     #include "a.idl"
 *     struct B { A a; };
 *     //>> a.idl
 *     struct A { long x; };
 *
 * What stands before the first marker is main.idl. Each piece is a copy of its very size, so that
 * the address sanitizer sees a step behind it.
 */
#ifndef SRPC_TESTS_FUZZ_PIECES_H
#define SRPC_TESTS_FUZZ_PIECES_H

#include <stddef.h>
#include <stdint.h>

#include "source.h"

enum { PIECE_MAX = 8 };

typedef struct pieces {
    srpc_memory_file files[PIECE_MAX];
    uint32_t count;
} pieces;

void pieces_init(pieces *self, const char *text, size_t length);
void pieces_deinit(pieces *self);

#endif
