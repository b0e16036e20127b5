/* handlers.c -- one function for each operation of calculator.idl. */
#include "handlers.h"

static shmrpc_status does_not_fit(shmrpc_call *call)
{
    return shmrpc_call_fail(call, SHMRPC_OUT_OF_RANGE, "the result does not fit into 64 bits");
}

static shmrpc_status add(void *self, shmrpc_call *call, int64_t a, int64_t b, int64_t *out_result)
{
    (void)self;
    return __builtin_add_overflow(a, b, out_result) ? does_not_fit(call) : SHMRPC_OK;
}

static shmrpc_status subtract(void *self, shmrpc_call *call, int64_t a, int64_t b,
                              int64_t *out_result)
{
    (void)self;
    return __builtin_sub_overflow(a, b, out_result) ? does_not_fit(call) : SHMRPC_OK;
}

static shmrpc_status multiply(void *self, shmrpc_call *call, int64_t a, int64_t b,
                              int64_t *out_result)
{
    (void)self;
    return __builtin_mul_overflow(a, b, out_result) ? does_not_fit(call) : SHMRPC_OK;
}

static shmrpc_status divide(void *self, shmrpc_call *call, double dividend, double divisor,
                            double *out_result, demo_Calculator_divide_raised *out_raised)
{
    (void)self;
    (void)call;
    if (divisor == 0) {
        out_raised->exception = demo_Calculator_divide_raised_DivideByZero;
        out_raised->DivideByZero.dividend = dividend;
        return SHMRPC_RAISED;
    }
    *out_result = dividend / divisor;
    return SHMRPC_OK;
}

const demo_Calculator_handlers calculator_handlers = {
    .size = sizeof calculator_handlers,
    .add = add,
    .subtract = subtract,
    .multiply = multiply,
    .divide = divide,
};
