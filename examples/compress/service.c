/* service.c -- compresses what a call brings, into memory that lasts as long as the call. */
#include "service.h"

#include "gzip.h"

static shmrpc_status gzip(void *self, shmrpc_call *call, const shmrpc_bytes *plain, uint8_t level,
                          shmrpc_bytes *out_result)
{
    (void)self;
    if (level < 1 || level > 9)
        return shmrpc_call_fail(call, SHMRPC_INVALID_ARGUMENT, "level %d is not in 1 to 9", level);
    size_t room = gzip_bound(plain->length);
    uint8_t *out = shmrpc_call_alloc(call, room);
    if (out == NULL)
        return shmrpc_call_fail(call, SHMRPC_RESOURCE_EXHAUSTED, "no memory for %zu bytes", room);
    size_t bytes = gzip_member(plain->items, plain->length, level, out, room);
    if (bytes == 0)
        return shmrpc_call_fail(call, SHMRPC_INTERNAL, "zlib failed");
    out_result->items = out;
    out_result->length = (uint32_t)bytes;
    return SHMRPC_OK;
}

shmrpc_status service_spawn(const char *name, shmrpc_server **out_server)
{
    static const demo_Compressor_handlers handlers = { .size = sizeof handlers, .gzip = gzip };
    shmrpc_status status = shmrpc_server_create(name, NULL, out_server);
    if (status == SHMRPC_OK)
        status = demo_Compressor_serve(*out_server, &handlers, NULL);
    if (status == SHMRPC_OK)
        status = shmrpc_server_spawn(*out_server);
    return status;
}
