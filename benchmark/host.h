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
    char shared_core[8]; /* "yes", "no": both CPUs of the run are threads of one core */
} host_facts;

/* What cannot be found out is "unknown". The run has its client on one CPU, its server on another
 * or the same. */
void host_describe(int client_cpu, int server_cpu, host_facts *out_host);

/* Whether two CPUs are hardware threads of one core: 1, 0, or -1 where the kernel does not say.
 * `directory` is usually /sys/devices/system/cpu. */
int host_shares_core(const char *directory, int one_cpu, int other_cpu);

#endif
