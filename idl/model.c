#include "model.h"

#include <stddef.h>
#include <string.h>

const char *srpc_type_kind_name(srpc_type_kind kind)
{
    switch (kind) {
    case SRPC_TYPE_VOID: return "void";
    case SRPC_TYPE_BOOLEAN: return "boolean";
    case SRPC_TYPE_CHAR: return "char";
    case SRPC_TYPE_OCTET: return "octet";
    case SRPC_TYPE_INT8: return "int8";
    case SRPC_TYPE_UINT8: return "uint8";
    case SRPC_TYPE_INT16: return "int16";
    case SRPC_TYPE_UINT16: return "uint16";
    case SRPC_TYPE_INT32: return "int32";
    case SRPC_TYPE_UINT32: return "uint32";
    case SRPC_TYPE_INT64: return "int64";
    case SRPC_TYPE_UINT64: return "uint64";
    case SRPC_TYPE_FLOAT: return "float";
    case SRPC_TYPE_DOUBLE: return "double";
    case SRPC_TYPE_STRING: return "string";
    case SRPC_TYPE_SEQUENCE: return "sequence";
    case SRPC_TYPE_MAP: return "map";
    case SRPC_TYPE_ARRAY: return "array";
    case SRPC_TYPE_ENUM: return "enum";
    case SRPC_TYPE_BITMASK: return "bitmask";
    case SRPC_TYPE_STRUCT: return "struct";
    case SRPC_TYPE_UNION: return "union";
    case SRPC_TYPE_EXCEPTION: return "exception";
    case SRPC_TYPE_ALIAS: return "alias";
    }
    return "unknown";
}

const char *srpc_declaration_kind_name(srpc_declaration_kind kind)
{
    switch (kind) {
    case SRPC_DECLARATION_MODULE: return "module";
    case SRPC_DECLARATION_CONST: return "const";
    case SRPC_DECLARATION_ALIAS: return "alias";
    case SRPC_DECLARATION_ENUM: return "enum";
    case SRPC_DECLARATION_BITMASK: return "bitmask";
    case SRPC_DECLARATION_STRUCT: return "struct";
    case SRPC_DECLARATION_UNION: return "union";
    case SRPC_DECLARATION_EXCEPTION: return "exception";
    case SRPC_DECLARATION_INTERFACE: return "interface";
    }
    return "unknown";
}

int srpc_value_compare(const srpc_value *left, const srpc_value *right)
{
    if (left->kind == SRPC_VALUE_FLOAT)
        return (left->real > right->real) - (left->real < right->real);
    if (left->kind == SRPC_VALUE_SIGNED)
        return (left->signed_integer > right->signed_integer) -
               (left->signed_integer < right->signed_integer);
    return (left->unsigned_integer > right->unsigned_integer) -
           (left->unsigned_integer < right->unsigned_integer);
}

static const srpc_declaration *find_in(const srpc_declaration *const *list, uint32_t count,
                                       const char *name, size_t length)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strlen(list[i]->name) == length && memcmp(list[i]->name, name, length) == 0)
            return list[i];
    }
    return NULL;
}

/* What is declared inside a module or interface. */
static const srpc_declaration *const *inside(const srpc_declaration *declaration,
                                             uint32_t *out_count)
{
    *out_count = 0;
    if (declaration->kind == SRPC_DECLARATION_MODULE) {
        *out_count = declaration->module->declaration_count;
        return declaration->module->declarations;
    }
    if (declaration->kind == SRPC_DECLARATION_INTERFACE) {
        *out_count = declaration->interface->declaration_count;
        return declaration->interface->declarations;
    }
    return NULL;
}

const srpc_declaration *srpc_model_find(const srpc_model *model, const char *scoped_name)
{
    const srpc_declaration *const *list = model->top_declarations;
    uint32_t count = model->top_declaration_count;
    for (;;) {
        size_t length = strcspn(scoped_name, ".");
        const srpc_declaration *found = find_in(list, count, scoped_name, length);
        if (found == NULL || scoped_name[length] == '\0')
            return found;
        list = inside(found, &count);
        scoped_name += length + 1;
    }
}
