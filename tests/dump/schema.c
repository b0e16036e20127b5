#include "schema.h"

#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct checking {
    struct json_object *root;
    struct json_object *schema;
    struct json_object *value;
    const char *where;
    schema_problem *problem;
} checking;

__attribute__((format(printf, 2, 3)))
static bool fail(const checking *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = snprintf(self->problem->text, sizeof self->problem->text, "%s: ", self->where);
    if (length > 0 && (size_t)length < sizeof self->problem->text)
        vsnprintf(self->problem->text + length, sizeof self->problem->text - (size_t)length,
                  format, arguments);
    va_end(arguments);
    return false;
}

static bool has_type(struct json_object *value, const char *name)
{
    static const char *const names[] = {
        [json_type_null] = "null",     [json_type_boolean] = "boolean",
        [json_type_double] = "number", [json_type_int] = "integer",
        [json_type_object] = "object", [json_type_array] = "array",
        [json_type_string] = "string",
    };
    return strcmp(names[json_object_get_type(value)], name) == 0;
}

static bool check_type(const checking *self, struct json_object *types)
{
    if (json_object_is_type(types, json_type_string))
        return has_type(self->value, json_object_get_string(types)) ||
               fail(self, "not of type %s", json_object_get_string(types));
    for (size_t i = 0; i < json_object_array_length(types); i++) {
        if (has_type(self->value, json_object_get_string(json_object_array_get_idx(types, i))))
            return true;
    }
    return fail(self, "of no type that is allowed");
}

static bool check_enum(const checking *self, struct json_object *allowed)
{
    for (size_t i = 0; i < json_object_array_length(allowed); i++) {
        if (json_object_equal(self->value, json_object_array_get_idx(allowed, i)))
            return true;
    }
    return fail(self, "%s is not allowed", json_object_to_json_string(self->value));
}

static bool check_pattern(const checking *self, const char *pattern)
{
    regex_t regex;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return fail(self, "bad pattern %s", pattern);
    int status = regexec(&regex, json_object_get_string(self->value), 0, NULL, 0);
    regfree(&regex);
    return status == 0 || fail(self, "does not match %s", pattern);
}

static bool check_required(const checking *self, struct json_object *names)
{
    for (size_t i = 0; i < json_object_array_length(names); i++) {
        const char *name = json_object_get_string(json_object_array_get_idx(names, i));
        if (!json_object_object_get_ex(self->value, name, NULL))
            return fail(self, "no %s", name);
    }
    return true;
}

static bool check_properties(const checking *self, struct json_object *properties)
{
    json_object_object_foreach(self->value, name, value)
    {
        struct json_object *schema;
        char where[256];
        snprintf(where, sizeof where, "%s/%s", self->where, name);
        if (!json_object_object_get_ex(properties, name, &schema))
            return fail(self, "%s is not in the schema", name);
        if (!schema_accepts(self->root, schema, value, where, self->problem))
            return false;
    }
    return true;
}

static bool check_items(const checking *self, struct json_object *schema)
{
    for (size_t i = 0; i < json_object_array_length(self->value); i++) {
        char where[256];
        snprintf(where, sizeof where, "%s/%zu", self->where, i);
        if (!schema_accepts(self->root, schema, json_object_array_get_idx(self->value, i), where,
                            self->problem))
            return false;
    }
    return true;
}

static bool check_reference(const checking *self, const char *reference)
{
    static const char prefix[] = "#/$defs/";
    struct json_object *definitions;
    struct json_object *schema;
    if (strncmp(reference, prefix, sizeof prefix - 1) != 0 ||
        !json_object_object_get_ex(self->root, "$defs", &definitions) ||
        !json_object_object_get_ex(definitions, reference + sizeof prefix - 1, &schema))
        return fail(self, "the schema refers to %s", reference);
    return schema_accepts(self->root, schema, self->value, self->where, self->problem);
}

static bool check_word(const checking *self, const char *word, struct json_object *argument)
{
    if (strcmp(word, "type") == 0)
        return check_type(self, argument);
    if (strcmp(word, "enum") == 0)
        return check_enum(self, argument);
    if (strcmp(word, "const") == 0)
        return json_object_equal(self->value, argument) || fail(self, "another constant");
    if (strcmp(word, "pattern") == 0)
        return check_pattern(self, json_object_get_string(argument));
    if (strcmp(word, "minimum") == 0)
        return json_object_get_int64(self->value) >= json_object_get_int64(argument) ||
               fail(self, "too small");
    if (strcmp(word, "required") == 0)
        return check_required(self, argument);
    if (strcmp(word, "properties") == 0)
        return check_properties(self, argument);
    if (strcmp(word, "items") == 0)
        return check_items(self, argument);
    if (strcmp(word, "$ref") == 0)
        return check_reference(self, json_object_get_string(argument));
    /* That nothing else is allowed, check_properties takes for granted. */
    bool is_known = strcmp(word, "additionalProperties") == 0 || strcmp(word, "$defs") == 0 ||
                    strcmp(word, "$schema") == 0 || strcmp(word, "title") == 0;
    return is_known || fail(self, "the schema uses %s", word);
}

bool schema_accepts(struct json_object *root, struct json_object *schema,
                    struct json_object *value, const char *where, schema_problem *out_problem)
{
    checking self = { root, schema, value, where, out_problem };
    json_object_object_foreach(schema, word, argument)
    {
        if (!check_word(&self, word, argument))
            return false;
    }
    return true;
}
