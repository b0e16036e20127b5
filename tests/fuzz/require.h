/* What must hold in a fuzzer: ends the program otherwise, and says what it was. */
#ifndef SRPC_TESTS_FUZZ_REQUIRE_H
#define SRPC_TESTS_FUZZ_REQUIRE_H

#include <stdio.h>
#include <stdlib.h>

#define require(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: ERROR: not so: %s\n", __FILE__, __LINE__, #condition);         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
