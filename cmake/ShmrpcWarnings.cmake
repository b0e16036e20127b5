# shmrpc_warnings(TARGET): the flags that every target of this project is built with.
# The warnings are those that generated code promises to be free of (docs/idl.md).
function(shmrpc_warnings target)
    target_compile_features(${target} PRIVATE c_std_11)
    set_target_properties(${target} PROPERTIES C_EXTENSIONS OFF)
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual
        -Wstrict-prototypes -Wmissing-prototypes -Wundef)
    if(SHMRPC_WERROR)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(SHMRPC_SANITIZE)
        target_compile_options(${target} PRIVATE
            -fsanitize=${SHMRPC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
        target_link_options(${target} PRIVATE -fsanitize=${SHMRPC_SANITIZE})
    endif()
endfunction()
