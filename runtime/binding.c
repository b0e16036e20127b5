/* binding.c -- an interface of the client's, found in the server's table. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "system.h"

/* The server's tables lie in memory that it may write: each offset is checked before use. */
static const void *table_at(const srpc_connection *connection, uint32_t offset, uint64_t bytes)
{
    size_t size = connection->service_object.size;
    if (offset > size || bytes > size - offset || offset % 8 != 0)
        return NULL;
    return (const uint8_t *)connection->service + offset;
}

static bool has_name(const srpc_connection *connection, const srpc_service_interface *served,
                     const char *name)
{
    size_t length = strlen(name);
    size_t size = connection->service_object.size;
    if (served->name_length != length || served->name_offset > size
        || length > size - served->name_offset)
        return false;
    return memcmp((const char *)connection->service + served->name_offset, name, length) == 0;
}

static const srpc_service_interface *find_interface(const srpc_connection *connection,
                                                    const char *name)
{
    const srpc_service_region *service = connection->service;
    uint32_t count = service->interface_count;
    const srpc_service_interface *table = table_at(connection, service->interfaces_offset,
                                                   (uint64_t)count * sizeof *table);
    if (table == NULL)
        return NULL;
    for (uint32_t k = 0; k < count; k++) {
        if (has_name(connection, &table[k], name))
            return &table[k];
    }
    return NULL;
}

/* The operations of one served interface. */
typedef struct served_operations {
    const srpc_service_operation *table;
    uint32_t first;     /* index in the server's table of all */
    uint32_t count;
    bool is_of_heir;    /* of an interface that inherits from the one that is asked for */
} served_operations;

static served_operations operations_of(const srpc_connection *connection,
                                       const srpc_service_interface *served)
{
    served_operations found = { NULL, served->operation_first, served->operation_count, false };
    uint32_t all = connection->service->operation_count;
    found.table = table_at(connection, connection->service->operations_offset,
                           (uint64_t)all * sizeof *found.table);
    if (found.table == NULL || found.first > all || found.count > all - found.first
        || all >= SRPC_NO_OPERATION)
        found.count = 0;
    else
        found.table += found.first;
    return found;
}

static const srpc_service_operation *find_operation(const served_operations *served,
                                                    const shmrpc_operation *operation)
{
    uint32_t hash = served->is_of_heir ? srpc_name_hash(operation->name) : 0;
    for (uint32_t k = 0; k < served->count; k++) {
        const srpc_service_operation *each = &served->table[k];
        if (each->id == operation->id && (!served->is_of_heir || each->name_hash == hash))
            return each;
    }
    return NULL;
}

/* An interface that is not served by its name may be the base of one that is: that one then has
 * operations of the same names and ids. */
static const srpc_service_interface *find_heir(const srpc_connection *connection,
                                               const shmrpc_interface *interface)
{
    const srpc_service_region *service = connection->service;
    uint32_t count = service->interface_count;
    const srpc_service_interface *table = table_at(connection, service->interfaces_offset,
                                                   (uint64_t)count * sizeof *table);
    for (uint32_t k = 0; table != NULL && k < count; k++) {
        served_operations served = operations_of(connection, &table[k]);
        served.is_of_heir = true;
        for (uint32_t i = 0; i < interface->operation_count; i++) {
            if (find_operation(&served, &interface->operations[i]) != NULL)
                return &table[k];
        }
    }
    return NULL;
}

static void bind_operation(srpc_bound_operation *bound, const shmrpc_operation *operation,
                           const served_operations *served)
{
    const srpc_service_operation *found = find_operation(served, operation);
    bound->index = SRPC_NO_OPERATION;
    if (found != NULL && found->shape == operation->shape) {
        bound->index = (uint16_t)(served->first + (uint32_t)(found - served->table));
    } else if (found != NULL) {
        bound->is_other_shape = true;
        bound->served_shape = found->shape;
    }
}

static void bind_interface(srpc_connection *connection, srpc_binding *binding)
{
    const shmrpc_interface *interface = binding->interface;
    const srpc_service_interface *named = find_interface(connection, interface->name);
    const srpc_service_interface *found =
        named != NULL ? named : find_heir(connection, interface);
    served_operations served = { NULL, 0, 0, false };
    if (found != NULL) {
        served = operations_of(connection, found);
        served.is_of_heir = named == NULL;
        binding->is_served = true;
        binding->served_fingerprint = found->fingerprint;
    }
    for (uint32_t k = 0; k < interface->operation_count; k++)
        bind_operation(&binding->operations[k], &interface->operations[k], &served);
}

srpc_binding *srpc_binding_make(srpc_connection *connection, const shmrpc_interface *interface)
{
    pthread_mutex_lock(&connection->heap_mutex);
    srpc_binding *first = atomic_load_explicit(&connection->bindings, memory_order_acquire);
    srpc_binding *binding = first;
    while (binding != NULL && binding->interface != interface)
        binding = binding->next;
    if (binding == NULL) {
        binding = srpc_sys_calloc(1, sizeof *binding
                                + interface->operation_count * sizeof binding->operations[0]);
        if (binding != NULL) {
            binding->interface = interface;
            binding->next = first;
            bind_interface(connection, binding);
            /* SYNC(binding) */
            atomic_store_explicit(&connection->bindings, binding, memory_order_release);
        }
    }
    pthread_mutex_unlock(&connection->heap_mutex);
    return binding;
}

/* What is served instead, for the message. */
static void list_interfaces(const srpc_connection *connection, char *text, size_t bytes)
{
    const srpc_service_region *service = connection->service;
    uint32_t count = service->interface_count;
    const srpc_service_interface *table = table_at(connection, service->interfaces_offset,
                                                   (uint64_t)count * sizeof *table);
    size_t size = connection->service_object.size;
    text[0] = '\0';
    size_t used = 0;
    for (uint32_t k = 0; table != NULL && k < count && used + 1 < bytes; k++) {
        uint32_t offset = table[k].name_offset;
        uint32_t length = table[k].name_length;
        if (offset > size || length > size - offset || length >= bytes - used - 2)
            return;
        if (k != 0) {
            memcpy(text + used, ", ", 2);
            used += 2;
        }
        memcpy(text + used, (const char *)service + offset, length);
        used += length;
        text[used] = '\0';
    }
}

shmrpc_status srpc_binding_refuse(srpc_connection *connection, const srpc_binding *binding,
                                  uint32_t operation)
{
    const char *service = connection->client->service;
    if (binding == NULL)
        return shmrpc_failure_set(SHMRPC_RESOURCE_EXHAUSTED, SHMRPC_OUTCOME_NOT_STARTED,
                                  "no memory to look up an interface of '%s'", service);
    const shmrpc_interface *interface = binding->interface;
    const shmrpc_operation *called = &interface->operations[operation];
    const srpc_bound_operation *bound = &binding->operations[operation];
    if (!binding->is_served) {
        char served[200];
        list_interfaces(connection, served, sizeof served);
        return shmrpc_failure_set(SHMRPC_UNIMPLEMENTED, SHMRPC_OUTCOME_NOT_STARTED,
                                  "%s: '%s' does not serve %s; it serves %s", called->name, service,
                                  interface->name, served[0] != '\0' ? served : "no interface");
    }
    if (bound->is_other_shape)
        return shmrpc_failure_set(
            SHMRPC_FAILED_PRECONDITION, SHMRPC_OUTCOME_NOT_STARTED,
            "%s: client and server were built from IDL files that differ in this operation (shape "
            "%08" PRIx32 " here, %08" PRIx32 " in '%s'; interface %016" PRIx64 " and %016" PRIx64
            "); rebuild both from one file",
            called->name, called->shape, bound->served_shape, service, interface->fingerprint,
            binding->served_fingerprint);
    return shmrpc_failure_set(SHMRPC_UNIMPLEMENTED, SHMRPC_OUTCOME_NOT_STARTED,
                              "%s: the server of '%s' was built from an IDL file without this "
                              "operation (interface %016" PRIx64 ", here %016" PRIx64 ")",
                              called->name, service, binding->served_fingerprint,
                              interface->fingerprint);
}
