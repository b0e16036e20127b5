#include "reserved.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Each table is sorted as strcmp does; tests/codegen checks that. */

static const char *const reserved[] = {
    "BUFSIZ", "CHAR_BIT", "CHAR_MAX", "CHAR_MIN", "CLOCKS_PER_SEC", "EDOM", "EILSEQ", "EOF",
    "ERANGE", "EXIT_FAILURE", "EXIT_SUCCESS", "FILENAME_MAX", "FOPEN_MAX", "HUGE_VAL", "I",
    "INFINITY", "INT16_MAX", "INT16_MIN", "INT32_MAX", "INT32_MIN", "INT64_MAX", "INT64_MIN",
    "INT8_MAX", "INT8_MIN", "INTMAX_MAX", "INTMAX_MIN", "INTPTR_MAX", "INTPTR_MIN", "INT_MAX",
    "INT_MIN", "LLONG_MAX", "LLONG_MIN", "LONG_MAX", "LONG_MIN", "L_tmpnam", "MB_CUR_MAX",
    "MB_LEN_MAX", "NAN", "NDEBUG", "NULL", "PTRDIFF_MAX", "PTRDIFF_MIN", "RAND_MAX", "SCHAR_MAX",
    "SCHAR_MIN", "SEEK_CUR", "SEEK_END", "SEEK_SET", "SHRT_MAX", "SHRT_MIN", "SIG_ATOMIC_MAX",
    "SIG_ATOMIC_MIN", "SIG_DFL", "SIG_ERR", "SIG_IGN", "SIZE_MAX", "SSIZE_MAX", "TMP_MAX",
    "UCHAR_MAX", "UINT16_MAX", "UINT32_MAX", "UINT64_MAX", "UINT8_MAX", "UINTMAX_MAX",
    "UINTPTR_MAX", "UINT_MAX", "ULLONG_MAX", "ULONG_MAX", "USHRT_MAX", "WCHAR_MAX", "WCHAR_MIN",
    "WINT_MAX", "WINT_MIN", "_Alignas", "_Alignof", "_Atomic", "_Bool", "_Complex", "_Generic",
    "_Imaginary", "_Noreturn", "_Static_assert", "_Thread_local", "alignas", "alignof", "and",
    "and_eq", "asm", "assert", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char",
    "char16_t", "char32_t", "char8_t", "class", "co_await", "co_return", "co_yield", "compl",
    "complex", "concept", "const", "const_cast", "consteval", "constexpr", "constinit", "continue",
    "daylight", "decltype", "default", "delete", "do", "double", "dynamic_cast", "else", "enum",
    "environ", "errno", "explicit", "export", "extern", "false", "float", "for", "friend", "goto",
    "i386", "if", "imaginary", "inline", "int", "isfinite", "isgreater", "isinf", "isless", "isnan",
    "isnormal", "isunordered", "linux", "long", "math_errhandling", "mutable", "namespace", "new",
    "noexcept", "noreturn", "not", "not_eq", "nullptr", "offsetof", "operator", "optarg", "opterr",
    "optind", "optopt", "or", "or_eq", "private", "protected", "public", "register",
    "reinterpret_cast", "requires", "restrict", "return", "s6_addr", "s_addr", "sa_handler",
    "sa_sigaction", "short", "si_addr", "si_pid", "si_uid", "si_value", "signbit", "signed",
    "signgam", "sizeof", "st_atime", "st_ctime", "st_mtime", "static", "static_assert",
    "static_cast", "stderr", "stdin", "stdout", "struct", "switch", "template", "this",
    "thread_local", "throw", "timezone", "true", "try", "typedef", "typeid", "typename", "tzname",
    "union", "unix", "unsigned", "using", "va_arg", "va_copy", "va_end", "va_start", "virtual",
    "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
};

static const char *const library_names[] = {
    "FILE", "abort", "abs", "atof", "atoi", "bsearch", "calloc", "clock", "close", "connect", "div",
    "exit", "free", "gid_t", "index", "int16_t", "int32_t", "int64_t", "int8_t", "intmax_t",
    "intptr_t", "labs", "main", "malloc", "max_align_t", "memchr", "memcmp", "memcpy", "memmove",
    "memset", "mode_t", "off_t", "open", "pid_t", "pipe", "ptrdiff_t", "qsort", "rand", "random",
    "read", "realloc", "remove", "rename", "select", "shmrpc", "signal", "sigset_t", "size_t",
    "socket", "ssize_t", "stat", "std", "strchr", "strcmp", "strcpy", "strlen", "strncmp",
    "strnlen", "strstr", "system", "time", "time_t", "uid_t", "uint", "uint16_t", "uint32_t",
    "uint64_t", "uint8_t", "uintmax_t", "uintptr_t", "ulong", "ushort", "wait", "write",
};

static const char *const generated_locals[] = {
    "absent", "arena", "call", "client", "context", "copied", "count", "depth", "first", "handlers",
    "i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7", "id", "items", "kept", "key", "known", "length",
    "map", "memory", "next", "number", "options", "other", "out_call", "out_pending", "out_raised",
    "out_result", "out_value", "packer", "pairs", "pending", "present", "raised", "reader",
    "result", "second", "self", "server", "status", "table", "text", "value", "wanted",
};

static int compare(const void *name, const void *entry)
{
    return strcmp(name, *(const char *const *)entry);
}

#define CONTAINS(table, name)                                                                      \
    (bsearch(name, table, sizeof table / sizeof *table, sizeof *table, compare) != NULL)

bool srpc_is_reserved(const char *name)
{
    return CONTAINS(reserved, name);
}

bool srpc_is_library_name(const char *name)
{
    return CONTAINS(library_names, name);
}

bool srpc_is_generated_local(const char *name)
{
    return CONTAINS(generated_locals, name);
}
