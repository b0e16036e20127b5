/* What shmrpc-idlc can be asked for: one function for each mode of the program. */
#ifndef SRPC_CODEGEN_MODE_H
#define SRPC_CODEGEN_MODE_H

#include "compile.h"
#include "options.h"
#include "output.h"

/* What the program ends with. Wrong usage, 2, is said while the options are read. */
enum {
    SRPC_EXIT_OK = 0,
    SRPC_EXIT_FAILED = 1,  /* an error in the IDL, or a file */
    SRPC_EXIT_FINDING = 3  /* a check found something */
};

/* C from the IDL file. (mode_generate.c) */
int srpc_mode_generate(const srpc_options *options);

/* The names of what srpc_mode_generate would write. */
int srpc_mode_list_outputs(const srpc_options *options);

/* The model as JSON. (mode_dump.c) */
int srpc_mode_dump(const srpc_options *options);

/* What the file breaks that its older version promised. (mode_check.c) */
int srpc_mode_check(const srpc_options *options);
/* Each of the files in its one layout. (mode_format.c) */
int srpc_mode_format(const srpc_options *options);

/* ---- between the modes (mode.c) ---- */

/* Compiles the file with what the options say about reading. NULL: there are errors. */
const srpc_model *srpc_mode_compile(const srpc_options *options, srpc_diagnostics *diagnostics);

/* The same of the older version. */
const srpc_model *srpc_mode_compile_old(const srpc_options *options,
                                        srpc_diagnostics *diagnostics);

/* Prints the diagnostics on the standard error, in the form that was asked for. */
void srpc_mode_report(const srpc_options *options, const srpc_diagnostics *diagnostics);

/* Can every name stand in a line of its own? If not, says which cannot. */
bool srpc_mode_are_lines(const char *const *names, uint32_t count);

/* Writes the outputs, the depfile and the stamp. What it returns the program ends with. */
int srpc_mode_write(const srpc_options *options, const srpc_model *model,
                    const srpc_output *outputs, uint32_t count);

/* The same after something was printed on the standard output. */
int srpc_mode_flush(void);

#endif
