#include "handlers.h"

#include <math.h>
#include <time.h>

#include "message.h"

static shmrpc_status add(void *self, shmrpc_call *call, int64_t a, int64_t b, int64_t *out_result)
{
    (void)self;
    (void)call;
    *out_result = a + b;
    return SHMRPC_OK;
}

static double seconds_since_1970(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A verdict that depends on all that was read, so that none of the reading can be left out. */
static const char *judge(const bench_Document *document, const message_reading *reading)
{
    if (reading->mixed == 0)
        return "empty";
    if ((uint32_t)document->items_count != document->items.length
        || document->summary.total_items != document->items_count)
        return "the counts differ";
    if (fabs(reading->total_value - document->summary.total_value) > 0.005)
        return "the total is wrong";
    return HANDLERS_SUCCESS;
}

/* The reply points into the request, which lives until the reply is encoded. */
static shmrpc_status process(void *self, shmrpc_call *call, const bench_Document *document,
                             bench_Reply *out_result)
{
    (void)self;
    (void)call;
    message_reading reading = message_read(document);
    out_result->status = shmrpc_string_of(judge(document, &reading));
    out_result->input_size = reading.bytes;
    out_result->data = *document;
    out_result->metadata.timestamp = seconds_since_1970();
    out_result->metadata.items_count = (int32_t)document->items.length;
    return SHMRPC_OK;
}

const bench_Bench_handlers handlers = { .size = sizeof handlers, .add = add, .process = process };
