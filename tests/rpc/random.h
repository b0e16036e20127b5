/* random.h -- random numbers whose seed is printed, so that a failure can be had again:
 * SHMRPC_TEST_SEED=... runs with that one. */
#ifndef TESTS_RPC_RANDOM_H
#define TESTS_RPC_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct random_source {
    uint64_t state;
} random_source;

/* splitmix64 */
static inline uint64_t random_next(random_source *source)
{
    uint64_t z = source->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline uint32_t random_below(random_source *source, uint32_t limit)
{
    return (uint32_t)(random_next(source) % limit);
}

/* Of a random width, so that every form of an integer turns up. */
static inline uint64_t random_bits(random_source *source)
{
    uint64_t bits = random_next(source) >> random_below(source, 64);
    return random_below(source, 2) != 0 ? bits : 0 - bits;
}

static inline random_source random_start(const char *test)
{
    const char *given = getenv("SHMRPC_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
    fprintf(stderr, "%s: SHMRPC_TEST_SEED=%llu\n", test, (unsigned long long)seed);
    return (random_source){ seed };
}

#endif
