#include "affinity.h"

#include <sched.h>
#include <stddef.h>

static cpu_set_t allowed(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        CPU_ZERO(&set);
        CPU_SET(0, &set);
    }
    return set;
}

bool affinity_allows(int cpu)
{
    cpu_set_t set = allowed();
    return cpu >= 0 && cpu < CPU_SETSIZE && CPU_ISSET((size_t)cpu, &set);
}

int affinity_next(int cpu)
{
    for (int next = cpu + 1; next < CPU_SETSIZE; next++) {
        if (affinity_allows(next))
            return next;
    }
    return -1;
}

int affinity_count(void)
{
    cpu_set_t set = allowed();
    return CPU_COUNT(&set);
}

bool affinity_pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}
