/*
 * JSON, written piece by piece: commas, colons and escapes are done here.
 *
 *     srpc_json json = { .text.arena = arena };
 *     srpc_json_object(&json, NULL);
 *     srpc_json_string(&json, "kind", "struct");
 *     srpc_json_array(&json, "dimensions");
 *     srpc_json_unsigned(&json, NULL, 3);
 *     srpc_json_end(&json, ']');
 *     srpc_json_end(&json, '}');
 *     puts(srpc_text_string(&json.text));      {"kind":"struct","dimensions":[3]}
 *
 * The name of a value is NULL inside an array and at the outside.
 */
#ifndef SRPC_IDL_JSON_H
#define SRPC_IDL_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* Zero-initialise it with .text.arena set. */
typedef struct srpc_json {
    srpc_text text;
    bool has_item;       /* something stands in the open container */
    bool is_line_broken; /* the next item begins a line */
} srpc_json;

void srpc_json_object(srpc_json *json, const char *name);
void srpc_json_array(srpc_json *json, const char *name);

/* Closes the innermost one: '}' or ']'. */
void srpc_json_end(srpc_json *json, char bracket);

/* Bytes that are not UTF-8 become U+FFFD, each of them. NULL becomes null. */
void srpc_json_string(srpc_json *json, const char *name, const char *value);
void srpc_json_boolean(srpc_json *json, const char *name, bool value);
void srpc_json_signed(srpc_json *json, const char *name, int64_t value);
void srpc_json_unsigned(srpc_json *json, const char *name, uint64_t value);

/* As srpc_text_add_real() has it. */
void srpc_json_real(srpc_json *json, const char *name, double value);

/* The next item, or the end of the container, begins a line. */
void srpc_json_break(srpc_json *json);

/* The same text for people: two blanks for each level, and what fits into 100 columns in one line.
 * Ends with a newline. */
const char *srpc_json_indented(const srpc_json *json);

#endif
