#include "samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void samples_init(samples *all, uint32_t capacity)
{
    *all = (samples){ .took_ns = calloc(capacity, sizeof *all->took_ns) };
    all->capacity = all->took_ns != NULL ? capacity : 0;
}

void samples_add(samples *all, int64_t took_ns)
{
    if (all->count < all->capacity)
        all->took_ns[all->count++] = took_ns;
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* The smallest that so many per cent are not above. */
static double percentile_ms(const samples *all, uint32_t percent)
{
    uint64_t rank = ((uint64_t)all->count * percent + 99) / 100;
    return (double)all->took_ns[rank != 0 ? rank - 1 : 0] / 1e6;
}

void samples_print(samples *all, const char *what, const char *target)
{
    if (all->count == 0)
        return;
    qsort(all->took_ns, all->count, sizeof *all->took_ns, compare);
    printf("| %-66s | %-10s | %8.2f | %8.2f | %8.2f | %6" PRIu32 " |\n", what,
           target != NULL ? target : "", percentile_ms(all, 50), percentile_ms(all, 99),
           percentile_ms(all, 100), all->count);
    (void)fflush(stdout);
}

void samples_deinit(samples *all)
{
    free(all->took_ns);
    *all = (samples){ .count = 0 };
}
