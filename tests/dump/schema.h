/* As much of JSON Schema as docs/model.schema.json uses. */
#ifndef SRPC_TESTS_DUMP_SCHEMA_H
#define SRPC_TESTS_DUMP_SCHEMA_H

#include <json-c/json.h>
#include <stdbool.h>

/* Where the value stands, and what is wrong with it; written when false is returned. */
typedef struct schema_problem {
    char text[512];
} schema_problem;

/* Does the value follow the schema? A word of the schema that is not known here is a problem. */
bool schema_accepts(struct json_object *root, struct json_object *schema,
                    struct json_object *value, const char *where, schema_problem *out_problem);

#endif
