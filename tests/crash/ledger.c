#include "ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

/* A process of its own, after fork too. */
static _Atomic uint64_t own_instance; /* pid << 32 | number */
static _Atomic int own_sessions;

static size_t bytes_of(uint32_t capacity)
{
    return sizeof(ledger) + capacity * sizeof(ledger_entry);
}

ledger *ledger_make(uint32_t capacity)
{
    ledger *book = mmap(NULL, bytes_of(capacity), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (book == MAP_FAILED)
        return NULL;
    book->capacity = capacity;
    board_init(&book->on);
    return book;
}

void ledger_drop(ledger *book)
{
    (void)munmap(book, bytes_of(book->capacity));
}

void ledger_complain(ledger *book, const char *format, ...)
{
    if (atomic_exchange(&book->is_wrong, 1) != 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(book->what, sizeof book->what, format, arguments);
    va_end(arguments);
}

/* ---- the server's side ---- */

/* Which server this process is. */
static uint32_t find_instance(ledger *book)
{
    uint64_t known = atomic_load(&own_instance);
    if (known >> 32 == (uint32_t)getpid())
        return (uint32_t)known;
    uint32_t number = atomic_fetch_add(&book->instances, 1) + 1;
    if (number >= LEDGER_INSTANCES) {
        ledger_complain(book, "more than %d servers", LEDGER_INSTANCES);
        return 0;
    }
    atomic_store(&book->instance[number].pid, (int)getpid());
    /* Of two workers one wins; the other's number stays unused. */
    if (atomic_compare_exchange_strong(&own_instance, &known, (uint64_t)getpid() << 32 | number))
        return number;
    return (uint32_t)known;
}

static shmrpc_status run_bump(board *self, shmrpc_call *call, int64_t number, int64_t *out)
{
    ledger *book = (ledger *)self;
    uint32_t instance = find_instance(book);
    (void)call;
    *out = (int64_t)((uint64_t)instance << 32 | (uint64_t)number);
    if ((uint64_t)number < book->capacity) {
        atomic_store(&book->entry[number].instance, instance);
        atomic_fetch_add(&book->entry[number].runs, 1);
    }
    uint32_t dawdle_us = atomic_load(&book->dawdle_us);
    if (dawdle_us != 0 && number % 4 == 0)
        (void)usleep(dawdle_us);
    return SHMRPC_OK;
}

/* The thread that runs handlers: it can be taken by its number. */
static shmrpc_status run_who(board *self, shmrpc_call *call, int64_t field, int64_t *out)
{
    (void)self;
    (void)call;
    (void)field;
    *out = gettid();
    return SHMRPC_OK;
}

const board_handlers ledger_handlers = {
    .size = sizeof ledger_handlers,
    .hold = board_hold,
    .linger = board_linger,
    .remaining = board_remaining,
    .who = run_who,
    .count = board_count,
    .bump = run_bump,
};

void ledger_connected(void *context, const shmrpc_peer *peer)
{
    ledger *book = context;
    (void)peer;
    (void)find_instance(book);
    atomic_store(&book->sessions, atomic_fetch_add(&own_sessions, 1) + 1);
    atomic_store(&book->server_pid, (int)getpid());
}

void ledger_disconnected(void *context, const shmrpc_peer *peer)
{
    ledger *book = context;
    (void)peer;
    atomic_store(&book->sessions, atomic_fetch_sub(&own_sessions, 1) - 1);
}

void ledger_bury(ledger *book, pid_t server)
{
    uint32_t death = atomic_fetch_add(&book->deaths, 1) + 1;
    uint32_t count = atomic_load(&book->instances);
    for (uint32_t k = count < LEDGER_INSTANCES ? count : LEDGER_INSTANCES - 1; k > 0; k--) {
        ledger_instance *instance = &book->instance[k];
        if (atomic_load(&instance->pid) == server && atomic_load(&instance->died) == 0)
            atomic_store(&instance->died, death);
    }
}

/* ---- the client's side ---- */

static told told_by(shmrpc_status status, shmrpc_outcome outcome)
{
    if (status == SHMRPC_OK)
        return TOLD_OK;
    if (outcome == SHMRPC_OUTCOME_DONE)
        return TOLD_DONE;
    return outcome == SHMRPC_OUTCOME_NOT_STARTED ? TOLD_NEVER : TOLD_PERHAPS;
}

/* A reply says whose it is and who gave it: that one has run the call, and lived when it began. */
static void look_at_reply(ledger *book, const ledger_call *call, uint64_t reply)
{
    uint32_t number = call->number;
    uint32_t instance = (uint32_t)(reply >> 32);
    if ((uint32_t)reply != number) {
        ledger_complain(book, "call %u got the reply of call %u", number, (uint32_t)reply);
        return;
    }
    uint32_t ran_by = atomic_load(&book->entry[number].instance);
    if (instance == 0 || instance >= LEDGER_INSTANCES || instance != ran_by) {
        ledger_complain(book, "call %u was run by instance %u and answered by %u", number, ran_by,
                        instance);
        return;
    }
    uint32_t died = atomic_load(&book->instance[instance].died);
    if (died != 0 && died <= call->deaths)
        ledger_complain(book, "call %u was answered by instance %u, which was dead when it began",
                        number, instance);
}

bool ledger_open(ledger *book, uint32_t operation, ledger_call *out_call)
{
    uint32_t number = atomic_fetch_add(&book->next, 1);
    if (number >= book->capacity) {
        ledger_complain(book, "more than %u calls", book->capacity);
        return false;
    }
    atomic_store(&book->entry[number].is_idempotent, operation == ECHO_BUMP_AGAIN);
    *out_call = (ledger_call){ .number = number, .deaths = atomic_load(&book->deaths) };
    return true;
}

void ledger_close(ledger *book, const ledger_call *call, shmrpc_status status, int64_t result)
{
    if (status == SHMRPC_OK)
        look_at_reply(book, call, (uint64_t)result);
    atomic_store(&book->entry[call->number].told,
                 told_by(status, shmrpc_failure_last()->outcome));
}

static shmrpc_status call_numbered(ledger *book, shmrpc_client *client, uint32_t operation)
{
    ledger_call call;
    int64_t result = -1;
    if (!ledger_open(book, operation, &call))
        return SHMRPC_RESOURCE_EXHAUSTED;
    shmrpc_status status = echo_number(client, operation, NULL, call.number, &result);
    ledger_close(book, &call, status, result);
    return status;
}

shmrpc_status ledger_bump(ledger *book, shmrpc_client *client)
{
    return call_numbered(book, client, ECHO_BUMP);
}

shmrpc_status ledger_bump_again(ledger *book, shmrpc_client *client)
{
    return call_numbered(book, client, ECHO_BUMP_AGAIN);
}

/* ---- the audit ---- */

static bool agrees_with_runs(const ledger_entry *entry)
{
    unsigned runs = atomic_load(&entry->runs);
    if (atomic_load(&entry->is_idempotent) != 0)
        return atomic_load(&entry->told) == TOLD_NOTHING ||
            (atomic_load(&entry->told) == TOLD_OK && runs >= 1);
    switch ((told)atomic_load(&entry->told)) {
    case TOLD_OK:
    case TOLD_DONE:
        return runs == 1;
    case TOLD_NEVER:
        return runs == 0;
    case TOLD_PERHAPS:
    case TOLD_NOTHING:
        break;
    }
    return runs <= 1;
}

/* Then what was seen of it may be what that one was doing. */
static bool was_run_by_another(const ledger *book, const ledger_entry *entry)
{
    uint32_t instance = atomic_load(&entry->instance);
    int struck = atomic_load(&book->struck);
    return struck != 0 && instance != 0 && instance < LEDGER_INSTANCES &&
        atomic_load(&book->instance[instance].pid) != struck;
}

/* Not only honest, but the most that could be said. */
static bool agrees_with_channel(const ledger *book, const ledger_entry *entry)
{
    told said = (told)atomic_load(&entry->told);
    if (said == TOLD_OK && was_run_by_another(book, entry))
        return true;
    if (atomic_load(&entry->is_idempotent) != 0 || said == TOLD_NOTHING)
        return true;
    switch ((seen)atomic_load(&entry->seen)) {
    case SEEN_WAITING:
        return said == TOLD_OK || said == TOLD_NEVER;
    case SEEN_STARTED:
        return said == TOLD_PERHAPS;
    case SEEN_FINISHED:
        return said == TOLD_DONE;
    case SEEN_ANSWERED:
        return said == TOLD_OK;
    case SEEN_NOTHING:
        break;
    }
    return atomic_load(&book->is_witnessed) == 0 || (said != TOLD_PERHAPS && said != TOLD_DONE);
}

void ledger_audit(ledger *book)
{
    static const char *const words[] = { "nothing", "OK", "that it ran, with the reply lost",
                                         "that it never started", "that it may have run" };
    static const char *const sights[] = { "nothing", "no start", "a start", "an end", "a reply" };
    uint32_t count = atomic_load(&book->next);
    for (; book->audited < count && book->audited < book->capacity; book->audited++) {
        uint32_t number = book->audited;
        const ledger_entry *entry = &book->entry[number];
        if (agrees_with_runs(entry) && agrees_with_channel(book, entry))
            continue;
        ledger_complain(book, "call %u ran %u times, its channel showed %s; its caller was told %s",
                        number, atomic_load(&entry->runs), sights[atomic_load(&entry->seen)],
                        words[atomic_load(&entry->told)]);
    }
}
