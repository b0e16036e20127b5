/* Values of the types of every.idl, at random but valid. */
#ifndef TESTS_CODEGEN_RANDOM_VALUE_H
#define TESTS_CODEGEN_RANDOM_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "every.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct randomness {
    uint64_t state;
    unsigned depth; /* of recursive values */
} randomness;

uint64_t random_bits(randomness *random);

/* 0 to limit - 1. */
uint32_t random_below(randomness *random, uint32_t limit);

/* A value on the heap, which T_fini frees. */
void random_geo_Point(randomness *random, geo_Point *value);
void random_geo_OutOfReach(randomness *random, geo_OutOfReach *value);
void random_every_Scalars(randomness *random, every_Scalars *value);
void random_every_Limits(randomness *random, every_Limits *value);
void random_every_Optionals(randomness *random, every_Optionals *value);
void random_every_Sequences(randomness *random, every_Sequences *value);
void random_every_Arrays(randomness *random, every_Arrays *value);
void random_every_Empty(randomness *random, every_Empty *value);
void random_every_EmptyFinal(randomness *random, every_EmptyFinal *value);
void random_every_Derived(randomness *random, every_Derived *value);
void random_every_Mutable(randomness *random, every_Mutable *value);
void random_every_Node(randomness *random, every_Node *value);
void random_every_Member(randomness *random, every_Member *value);
void random_every_Words(randomness *random, every_Words *value);
void random_every_Page(randomness *random, every_Page *value);
void random_every_Nothing(randomness *random, every_Nothing *value);
void random_every_Failed(randomness *random, every_Failed *value);

#ifdef __cplusplus
}
#endif

#endif
