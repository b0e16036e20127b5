/* server.c -- keeps a total for each client, and forgets it when the client is gone.
 *
 *     accumulator_server [SERVICE]
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "accumulator.h"
#include "arguments.h"

struct account {
    uint64_t client; /* shmrpc_peer.id: of the connection, never used again */
    int64_t total;
    struct account *next;
};

/* Handlers run in the workers, on_disconnect in a thread of the library: hence the lock. */
struct bank {
    pthread_mutex_t lock;
    struct account *accounts;
};

/* The caller's account; a new one where it has none; NULL when memory ran out. Under the lock. */
static struct account *account_of(struct bank *bank, const shmrpc_call *call)
{
    uint64_t client = shmrpc_call_peer(call)->id;
    for (struct account *account = bank->accounts; account != NULL; account = account->next) {
        if (account->client == client)
            return account;
    }
    struct account *account = calloc(1, sizeof *account);
    if (account == NULL)
        return NULL;
    account->client = client;
    account->next = bank->accounts;
    bank->accounts = account;
    return account;
}

static shmrpc_status add(void *self, shmrpc_call *call, int64_t amount, int64_t *out_result)
{
    struct bank *bank = self;
    shmrpc_status status = SHMRPC_OK;
    pthread_mutex_lock(&bank->lock);
    struct account *account = account_of(bank, call);
    int64_t total = 0;
    if (account == NULL)
        status = shmrpc_call_fail(call, SHMRPC_RESOURCE_EXHAUSTED, "no memory for an account");
    else if (__builtin_add_overflow(account->total, amount, &total))
        status = shmrpc_call_fail(call, SHMRPC_OUT_OF_RANGE, "the total would not fit");
    else
        account->total = *out_result = total;
    pthread_mutex_unlock(&bank->lock);
    return status;
}

static shmrpc_status total(void *self, shmrpc_call *call, int64_t *out_result)
{
    return add(self, call, 0, out_result);
}

static shmrpc_status reset(void *self, shmrpc_call *call)
{
    struct bank *bank = self;
    pthread_mutex_lock(&bank->lock);
    struct account *account = account_of(bank, call);
    if (account != NULL)
        account->total = 0;
    pthread_mutex_unlock(&bank->lock);
    return SHMRPC_OK;
}

/* Called once for each client, after its last handler returned: also when it was killed. */
static void forget(void *context, const shmrpc_peer *peer)
{
    struct bank *bank = context;
    pthread_mutex_lock(&bank->lock);
    for (struct account **link = &bank->accounts; *link != NULL; link = &(*link)->next) {
        struct account *account = *link;
        if (account->client != peer->id)
            continue;
        printf("a client of process %d left with %" PRId64 "\n", (int)peer->pid, account->total);
        fflush(stdout);
        *link = account->next;
        free(account);
        break;
    }
    pthread_mutex_unlock(&bank->lock);
}

int main(int argc, char **argv)
{
    const char *service = service_argument(argc, argv, "accumulator");
    static const demo_Accumulator_handlers handlers = {
        .size = sizeof handlers, .add = add, .total = total, .reset = reset
    };
    struct bank bank = { .lock = PTHREAD_MUTEX_INITIALIZER };
    shmrpc_server_options options = {
        .size = sizeof options, .workers = 2, .on_disconnect = forget, .context = &bank
    };
    shmrpc_server *server = NULL;
    int exit_code = 0;
    if (shmrpc_server_create(service, &options, &server) != SHMRPC_OK
        || demo_Accumulator_serve(server, &handlers, &bank) != SHMRPC_OK
        || shmrpc_server_run(server) != SHMRPC_OK) {
        fprintf(stderr, "accumulator_server: %s\n", shmrpc_failure_last()->message);
        exit_code = 1;
    }
    shmrpc_server_destroy(server);
    return exit_code;
}
