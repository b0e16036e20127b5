/* shmrpc-idlc: from an IDL file to C. */
#include "memory.h"
#include "mode.h"
#include "options.h"

static int run(const srpc_options *options)
{
    switch (options->mode) {
    case SRPC_MODE_GENERATE: return srpc_mode_generate(options);
    case SRPC_MODE_LIST_OUTPUTS: return srpc_mode_list_outputs(options);
    case SRPC_MODE_DUMP: return srpc_mode_dump(options);
    case SRPC_MODE_CHECK: return srpc_mode_check(options);
    case SRPC_MODE_FORMAT: return srpc_mode_format(options);
    }
    return SRPC_EXIT_FAILED;
}

int main(int argc, char **argv)
{
    srpc_idl_arena *arena = srpc_must(srpc_idl_arena_create());
    srpc_options options;
    srpc_options_parse(&options, argc, argv, arena);
    int status = run(&options);
    srpc_idl_arena_destroy(arena);
    return status;
}
