#include "random_bitmask.h"

#include <stdlib.h>
#include <string.h>

/* Of any of the bits, named or not. */
static uint64_t random_of(randomness *random, unsigned bit_bound)
{
    uint64_t bits = random_bits(random);
    return bit_bound == 64 ? bits : bits & ((UINT64_C(1) << bit_bound) - 1);
}

static void *room(size_t count, size_t bytes)
{
    void *memory = calloc(count + 1, bytes);
    if (memory == NULL)
        abort();
    return memory;
}

static void random_lists(randomness *random, bits_Everything *value)
{
    value->list.length = random_below(random, 20);
    value->list.items = room(value->list.length, sizeof *value->list.items);
    for (uint32_t i = 0; i < value->list.length; i++)
        value->list.items[i] = (bits_Permissions)random_of(random, 8);
    value->smalls.length = random_below(random, 20);
    value->smalls.items = room(value->smalls.length, sizeof *value->smalls.items);
    for (uint32_t i = 0; i < value->smalls.length; i++)
        value->smalls.items[i] = (bits_Small)random_of(random, 3);
    value->larges.length = random_below(random, 5);
    for (uint32_t i = 0; i < value->larges.length; i++)
        value->larges.items[i] = random_of(random, 40);
}

void random_bits_Everything(randomness *random, bits_Everything *value)
{
    bits_Everything_init(value);
    value->permissions = (bits_Permissions)random_of(random, 8);
    value->small = (bits_Small)random_of(random, 3);
    value->usual = (bits_Usual)random_of(random, 32);
    value->large = random_of(random, 40);
    value->largest = random_of(random, 64);
    value->outside = (Outside)random_of(random, 16);
    value->mode = (bits_Mode)random_of(random, 8);
    value->has_maybe = random_below(random, 2) != 0;
    if (value->has_maybe)
        value->maybe = (bits_Small)random_of(random, 3);
    random_lists(random, value);
    value->pair[1] = (bits_Usual)random_of(random, 32);
    value->table[1][0] = (bits_Small)random_of(random, 3);
}

void random_bits_Loose(randomness *random, bits_Loose *value)
{
    bits_Loose_init(value);
    value->small = (bits_Small)random_of(random, 3);
    value->has_largest = random_below(random, 2) != 0;
    if (value->has_largest)
        value->largest = random_of(random, 64);
}

void random_bits_Levels(randomness *random, bits_Levels *value)
{
    static const bits_Level levels[] = { bits_Level_LOWEST, bits_Level_MINUS, bits_Level_ZERO,
                                         bits_Level_UPPERMOST };
    bits_Levels_init(value);
    value->level = levels[random_below(random, 4)];
    value->tiny = random_below(random, 2) != 0 ? bits_Tiny_ONE : bits_Tiny_TWO;
    value->levels.length = random_below(random, 6);
    value->levels.items = room(value->levels.length, sizeof *value->levels.items);
    for (uint32_t i = 0; i < value->levels.length; i++)
        value->levels.items[i] = levels[random_below(random, 4)];
}
