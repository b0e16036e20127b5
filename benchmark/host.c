#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "affinity.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* Finds the first line "key<separators>value" of a file; false leaves the value alone. */
static bool read_value(const char *path, const char *key, const char *separators, char *value,
                       size_t bytes)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    char line[1024];
    bool is_found = false;
    while (!is_found && fgets(line, sizeof line, file) != NULL) {
        size_t length = strlen(key);
        if (strncmp(line, key, length) != 0 || strchr(separators, line[length]) == NULL)
            continue;
        const char *start = line + length + strspn(line + length, separators);
        snprintf(value, bytes, "%.*s", (int)strcspn(start, "\"\n"), start);
        is_found = true;
    }
    fclose(file);
    return is_found;
}

static bool is_under_hypervisor(void)
{
#if defined(__x86_64__) || defined(__i386__)
    unsigned a;
    unsigned b;
    unsigned c;
    unsigned d;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & (1u << 31)) != 0;
#else
    return false;
#endif
}

/* Whether a list of the kernel such as "0-1,8" has the CPU. */
static bool list_has(const char *list, int cpu)
{
    char *end;
    for (const char *at = list; *at >= '0' && *at <= '9'; at = *end == ',' ? end + 1 : end) {
        long first = strtol(at, &end, 10);
        long last = *end == '-' ? strtol(end + 1, &end, 10) : first;
        if (first <= cpu && cpu <= last)
            return true;
    }
    return false;
}

int host_shares_core(const char *directory, int one_cpu, int other_cpu)
{
    char path[256];
    char list[256] = "";
    snprintf(path, sizeof path, "%s/cpu%d/topology/thread_siblings_list", directory, one_cpu);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return -1;
    bool is_read = fgets(list, sizeof list, file) != NULL;
    fclose(file);
    if (!is_read || !list_has(list, one_cpu)) /* nonsense, then */
        return -1;
    return list_has(list, other_cpu);
}

static const char *describe_core(int client_cpu, int server_cpu, bool is_virtual)
{
    int shares = host_shares_core("/sys/devices/system/cpu", client_cpu, server_cpu);
    if (client_cpu == server_cpu || shares > 0)
        return "yes";
    return shares == 0 && !is_virtual ? "no" : "unknown";
}

void host_describe(int client_cpu, int server_cpu, host_facts *out_host)
{
    *out_host = (host_facts){ .cpu = "unknown", .system = "unknown", .kernel = "unknown",
                        .machine = "unknown", .libc = "unknown" };
    (void)(read_value("/proc/cpuinfo", "model name", "\t :", out_host->cpu, sizeof out_host->cpu)
           || read_value("/proc/cpuinfo", "Model", "\t :", out_host->cpu, sizeof out_host->cpu));
    (void)read_value("/etc/os-release", "PRETTY_NAME", "=\"", out_host->system,
                     sizeof out_host->system);
    struct utsname names;
    if (uname(&names) == 0) {
        snprintf(out_host->kernel, sizeof out_host->kernel, "%s %s", names.sysname, names.release);
        snprintf(out_host->machine, sizeof out_host->machine, "%s", names.machine);
    }
    (void)confstr(_CS_GNU_LIBC_VERSION, out_host->libc, sizeof out_host->libc);
    snprintf(out_host->compiler, sizeof out_host->compiler, "%s", COMPILER);
    out_host->cpus = affinity_count();
    out_host->is_virtual = is_under_hypervisor();
    snprintf(out_host->shared_core, sizeof out_host->shared_core, "%s",
             describe_core(client_cpu, server_cpu, out_host->is_virtual));
    time_t now = time(NULL);
    struct tm utc;
    strftime(out_host->date, sizeof out_host->date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    if (getloadavg(&out_host->load, 1) != 1)
        out_host->load = 0;
}
