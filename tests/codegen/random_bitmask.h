/* Values of the types of bitmask.idl, at random but valid; T_fini frees them. */
#ifndef TESTS_CODEGEN_RANDOM_BITMASK_H
#define TESTS_CODEGEN_RANDOM_BITMASK_H

#include "bitmask.h"
#include "random_value.h"

void random_bits_Everything(randomness *random, bits_Everything *value);
void random_bits_Loose(randomness *random, bits_Loose *value);
void random_bits_Levels(randomness *random, bits_Levels *value);

#endif
