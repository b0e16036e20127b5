/*
 * farewell.h -- a process that ends by exit, or by returning from main, while it still serves takes
 * the names of its services away, so that nobody has to sweep them.
 */
#ifndef SRPC_FAREWELL_H
#define SRPC_FAREWELL_H

#include "service.h"

/* It has its names from now on. */
void srpc_farewell_add(srpc_service *service);

/* It is being closed; fine when it was not added. When it returns, exit leaves it alone. */
void srpc_farewell_remove(srpc_service *service);

#endif
