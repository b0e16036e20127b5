#include "patience.h"

#include "interruption.h"

enum { CONNECT_PARTS = 20, CALL_PARTS = 10, CALLERS_FEW = 16 };
#define PART_NS UINT64_C(500000000)

shmrpc_status patience_open(const char *service, shmrpc_client_options how, unsigned callers,
                            shmrpc_client **out_client)
{
    how.connect_timeout_ns = PART_NS;
    how.deadline_ns = callers > CALLERS_FEW ? CALL_PARTS * PART_NS : PART_NS;
    shmrpc_status status = SHMRPC_NOT_FOUND;
    for (int part = 0; part < CONNECT_PARTS && status == SHMRPC_NOT_FOUND; part++) {
        if (part > 0 && interruption_seen())
            break;
        status = shmrpc_client_open(service, &how, out_client);
    }
    return status;
}

bool patience_again(shmrpc_status status, unsigned *attempts)
{
    bool is_late = status == SHMRPC_DEADLINE_EXCEEDED || status == SHMRPC_UNAVAILABLE;
    return is_late && !interruption_seen() && ++*attempts < CALL_PARTS;
}
