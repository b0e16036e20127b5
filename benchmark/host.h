/* The machine that the figures are of. */
#ifndef BENCHMARK_HOST_H
#define BENCHMARK_HOST_H

#include <stdbool.h>

typedef struct host_facts {
    char cpu[128];     /* "AMD EPYC" */
    int cpus;          /* that this process may use */
    bool is_virtual;   /* the CPU says that a hypervisor runs it */
    char kernel[160];  /* "Linux 6.18.5" */
    char machine[80];  /* "x86_64" */
    char system[128];  /* "Debian GNU/Linux 12 (bookworm)" */
    char libc[64];     /* "glibc 2.36" */
    char compiler[64]; /* that built this program */
    char date[32];     /* UTC, "2025-11-21T00:46:12Z" */
    double load;       /* of the last minute, before the run */
} host_facts;

/* What cannot be found out is "unknown". */
void host_describe(host_facts *out_host);

#endif
