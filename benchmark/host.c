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

void host_describe(host_facts *out_host)
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
    time_t now = time(NULL);
    struct tm utc;
    strftime(out_host->date, sizeof out_host->date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    if (getloadavg(&out_host->load, 1) != 1)
        out_host->load = 0;
}
