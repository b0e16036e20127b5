/*
 * allocate.c -- what the rest of the library, below the runtime, allocates with in these tests: it
 * fails as the runtime's own wrappers do. It is compiled with malloc as a name for faults_malloc.
 */
#include <stdlib.h>

#include "point.h"

void *faults_malloc(size_t bytes);
void *faults_calloc(size_t count, size_t bytes);

void *faults_malloc(size_t bytes)
{
    return srpc_point_fails(SRPC_FAULT_ALLOCATE) ? NULL : malloc(bytes);
}

void *faults_calloc(size_t count, size_t bytes)
{
    return srpc_point_fails(SRPC_FAULT_ALLOCATE) ? NULL : calloc(count, bytes);
}
