/* Which CPUs are threads of one core, from what the kernel writes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

TestSuite(host, .timeout = 10);

/* What host_shares_core says of two CPUs where the first one's siblings are `list`. */
static int ask(const char *list, int one_cpu, int other_cpu)
{
    char root[] = "/tmp/shmrpc-host-XXXXXX";
    char cpu[64];
    char topology[96];
    char path[160];
    cr_assert_not_null(mkdtemp(root));
    snprintf(cpu, sizeof cpu, "%s/cpu%d", root, one_cpu);
    snprintf(topology, sizeof topology, "%s/topology", cpu);
    snprintf(path, sizeof path, "%s/thread_siblings_list", topology);
    cr_assert_eq(mkdir(cpu, 0700), 0);
    cr_assert_eq(mkdir(topology, 0700), 0);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(list, file);
    fclose(file);
    int answer = host_shares_core(root, one_cpu, other_cpu);
    unlink(path);
    rmdir(topology);
    rmdir(cpu);
    rmdir(root);
    return answer;
}

Test(host, siblings_are_ranges_and_single_cpus)
{
    cr_assert_eq(ask("0-1\n", 0, 1), 1);
    cr_assert_eq(ask("0-1\n", 0, 2), 0);
    cr_assert_eq(ask("2,34\n", 2, 34), 1);
    cr_assert_eq(ask("2,34\n", 2, 3), 0);
    cr_assert_eq(ask("0-3,8-11\n", 9, 10), 1);
    cr_assert_eq(ask("0\n", 0, 1), 0);
}

Test(host, what_makes_no_sense_is_unknown)
{
    cr_assert_eq(ask("", 0, 1), -1);
    cr_assert_eq(ask("hidden\n", 0, 1), -1);
    cr_assert_eq(ask("4-5\n", 0, 1), -1, "a CPU that is no sibling of itself");
    cr_assert_eq(host_shares_core("/nonexistent", 0, 1), -1);
}

Test(host, one_cpu_is_one_core)
{
    host_facts facts;
    host_describe(0, 0, &facts);
    cr_assert_str_eq(facts.shared_core, "yes");
}
