#include "cleaning.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "name.h"
#include "sweep.h"

typedef struct sweeping {
    const char *service_prefix;
    unsigned found;
    unsigned removed;
    bool is_removing;
} sweeping;

static bool visit(const char *text, void *context)
{
    sweeping *self = context;
    srpc_name name;
    if (!srpc_name_parse(text, &name)
        || strncmp(name.service, self->service_prefix, strlen(self->service_prefix)) != 0)
        return true;
    self->found++;
    if (self->is_removing)
        self->removed += srpc_sweep_name(text) == SRPC_SWEEP_REMOVED;
    return true;
}

/* What cannot be read has nothing of ours. */
static void visit_all(sweeping *self)
{
    (void)srpc_name_visit("shmrpc.", visit, self);
    (void)srpc_name_visit("sem.shmrpc.", visit, self);
}

unsigned cleaning_sweep(void)
{
    sweeping all = { .service_prefix = "benchmark_ipc.", .is_removing = true };
    visit_all(&all);
    return all.removed;
}

unsigned cleaning_count_own(void)
{
    char prefix[64];
    snprintf(prefix, sizeof prefix, "benchmark_ipc.%d.", (int)getpid());
    sweeping own = { .service_prefix = prefix };
    visit_all(&own);
    return own.found;
}
