#include "ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

ledger *ledger_make(void)
{
    ledger *book =
        mmap(NULL, sizeof *book, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return book == MAP_FAILED ? NULL : book;
}

void ledger_drop(ledger *book)
{
    (void)munmap(book, sizeof *book);
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

static told told_by(shmrpc_status status, shmrpc_outcome outcome)
{
    if (status == SHMRPC_OK || outcome == SHMRPC_OUTCOME_DONE)
        return TOLD_ONCE;
    return outcome == SHMRPC_OUTCOME_NOT_STARTED ? TOLD_NEVER : TOLD_PERHAPS;
}

shmrpc_status ledger_bump(ledger *book, shmrpc_client *client)
{
    uint32_t number = atomic_fetch_add(&book->next, 1) % BOARD_CALLS;
    int64_t result = -1;
    shmrpc_status status = echo_number(client, ECHO_BUMP, NULL, number, &result);
    if (status == SHMRPC_OK && result != number)
        ledger_complain(book, "call %u got the reply of call %lld", number, (long long)result);
    atomic_store(&book->told[number], told_by(status, shmrpc_failure_last()->outcome));
    return status;
}

void ledger_audit(ledger *book, const board *on)
{
    static const char *const words[] = { "nothing", "that it ran", "that it never started",
                                         "that it may have run" };
    uint32_t count = atomic_load(&book->next);
    for (uint32_t number = 0; number < count && number < BOARD_CALLS; number++) {
        unsigned runs = atomic_load(&on->ran[number]);
        unsigned said = atomic_load(&book->told[number]);
        bool is_right = said == TOLD_ONCE    ? runs == 1
                        : said == TOLD_NEVER ? runs == 0
                                             : runs <= 1;
        if (!is_right)
            ledger_complain(book, "call %u ran %u times; its caller was told %s", number, runs,
                            words[said]);
    }
}
