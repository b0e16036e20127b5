/* client.c -- two clients of one accumulator, each with a total of its own.
 *
 *     accumulator_client [SERVICE]
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "accumulator.h"
#include "arguments.h"

static bool fail(const char *what)
{
    fprintf(stderr, "accumulator_client: %s: %s\n", what, shmrpc_failure_last()->message);
    return false;
}

static bool add(shmrpc_client *client, const char *who, int64_t amount)
{
    int64_t total = 0;
    if (demo_Accumulator_add(client, amount, &total) != SHMRPC_OK)
        return fail("add");
    printf("%s adds %" PRId64 ": %" PRId64 "\n", who, amount, total);
    return true;
}

static bool show(shmrpc_client *client, const char *who)
{
    int64_t total = 0;
    if (demo_Accumulator_total(client, &total) != SHMRPC_OK)
        return fail("total");
    printf("%s has %" PRId64 "\n", who, total);
    return true;
}

static bool take_turns(shmrpc_client *alice, shmrpc_client *bob)
{
    if (!add(alice, "alice", 40) || !add(bob, "bob", 100) || !add(alice, "alice", 2)
        || !add(bob, "bob", -1))
        return false;
    if (demo_Accumulator_reset(bob) != SHMRPC_OK)
        return fail("reset");
    return show(alice, "alice") && show(bob, "bob");
}

/* Whoever comes back is a new client. */
static bool come_back(const char *service)
{
    shmrpc_client *client = NULL;
    if (shmrpc_client_open(service, NULL, &client) != SHMRPC_OK)
        return fail("open");
    bool good = show(client, "alice, come back,");
    shmrpc_client_close(client);
    return good;
}

int main(int argc, char **argv)
{
    const char *service = service_argument(argc, argv, "accumulator");
    shmrpc_client_options patient = { .size = sizeof patient, .connect_timeout_ns = 5000000000 };
    shmrpc_client *alice = NULL;
    shmrpc_client *bob = NULL;
    bool good = false;
    if (shmrpc_client_open(service, &patient, &alice) != SHMRPC_OK
        || shmrpc_client_open(service, &patient, &bob) != SHMRPC_OK)
        fail("open");
    else
        good = take_turns(alice, bob);
    shmrpc_client_close(alice);
    shmrpc_client_close(bob);
    return good && come_back(service) ? 0 : 1;
}
