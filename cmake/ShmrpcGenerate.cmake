# shmrpc_generate(): filled in by the compiler's commit.
