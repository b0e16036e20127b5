/* handlers.h -- what the calculator does, whether it serves as a process or as threads. */
#ifndef CALCULATOR_HANDLERS_H
#define CALCULATOR_HANDLERS_H

#include "calculator.h"

extern const demo_Calculator_handlers calculator_handlers;

#endif
