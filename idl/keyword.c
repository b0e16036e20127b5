#include "keyword.h"

#include <string.h>
#include <strings.h>

static const char *const spellings[] = {
#define X(constant, spelling) spelling,
    SRPC_KEYWORDS(X)
#undef X
};

srpc_keyword srpc_keyword_find(const char *text, size_t length)
{
    for (int i = 0; i < SRPC_KEYWORD_COUNT - 1; i++) {
        if (spellings[i][0] == text[0] && strlen(spellings[i]) == length &&
            memcmp(spellings[i], text, length) == 0)
            return (srpc_keyword)(i + 1);
    }
    return SRPC_KEYWORD_NONE;
}

bool srpc_keyword_is_type(srpc_keyword keyword)
{
    switch (keyword) {
    case SRPC_KEYWORD_BOOLEAN:
    case SRPC_KEYWORD_CHAR:
    case SRPC_KEYWORD_OCTET:
    case SRPC_KEYWORD_SHORT:
    case SRPC_KEYWORD_LONG:
    case SRPC_KEYWORD_UNSIGNED:
    case SRPC_KEYWORD_FLOAT:
    case SRPC_KEYWORD_DOUBLE:
    case SRPC_KEYWORD_INT8:
    case SRPC_KEYWORD_UINT8:
    case SRPC_KEYWORD_INT16:
    case SRPC_KEYWORD_UINT16:
    case SRPC_KEYWORD_INT32:
    case SRPC_KEYWORD_UINT32:
    case SRPC_KEYWORD_INT64:
    case SRPC_KEYWORD_UINT64:
    case SRPC_KEYWORD_STRING:
    case SRPC_KEYWORD_SEQUENCE:
    case SRPC_KEYWORD_MAP:
        return true;
    default:
        return false;
    }
}

const char *srpc_keyword_clash(const char *text)
{
    for (int i = 0; i < SRPC_KEYWORD_COUNT - 1; i++) {
        if (strcasecmp(spellings[i], text) == 0 && strcmp(spellings[i], text) != 0)
            return spellings[i];
    }
    return NULL;
}

const char *const *srpc_keyword_spellings(void)
{
    return spellings;
}

typedef struct foreign_type {
    const char *word;
    const char *meant;
} foreign_type;

static const foreign_type foreign_types[] = {
    { "int", "long" },        { "uint", "unsigned long" },   { "integer", "long" },
    { "signed", "long" },     { "ushort", "unsigned short" }, { "ulong", "unsigned long" },
    { "byte", "octet" },      { "ubyte", "octet" },          { "uchar", "octet" },
    { "bool", "boolean" },    { "real", "double" },          { "float32", "float" },
    { "float64", "double" },  { "str", "string" },           { "text", "string" },
    { "int8_t", "int8" },     { "int16_t", "int16" },        { "int32_t", "int32" },
    { "int64_t", "int64" },   { "uint8_t", "uint8" },        { "uint16_t", "uint16" },
    { "uint32_t", "uint32" }, { "uint64_t", "uint64" },      { "size_t", "uint64" },
    { "sint32", "int32" },    { "sint64", "int64" },         { "bytes", "sequence<octet>" },
    { "vector", "sequence" }, { "list", "sequence" },        { "array", "sequence" },
    { "repeated", "sequence" }, { "set", "sequence" },       { "dict", "map" },
    { "unordered_map", "map" },
};

const char *srpc_foreign_type(const char *text)
{
    for (size_t i = 0; i < sizeof foreign_types / sizeof foreign_types[0]; i++) {
        if (strcasecmp(foreign_types[i].word, text) == 0)
            return foreign_types[i].meant;
    }
    return NULL;
}

typedef struct outside_word {
    const char *word;
    const char *instead;
} outside_word;

static const outside_word outside_words[] = {
    { "any", "a struct, or sequence<octet> for a format of your own" },
    { "Object", "a string with the name of a service" },
    { "TypeCode", "a string with the name of a type" },
    { "ValueBase", "a struct" },
    { "valuetype", "a struct" },
    { "custom", "a struct" },
    { "truncatable", "an @appendable struct" },
    { "eventtype", "a struct" },
    { "abstract", "a plain interface" },
    { "local", "a plain interface" },
    { "native", "a struct, or sequence<octet>" },
    { "bitset", "integers or booleans" },
    { "fixed", "int64 with a @unit" },
    { "wchar", "char, or string for any character" },
    { "wstring", "string (it is UTF-8)" },
    { "import", "#include" },
    { "typeid", "@id" },
    { "typeprefix", "a module" },
    { "context", "an in parameter" },
    { "component", "an interface" },
    { "connector", "an interface" },
    { "home", "an interface" },
    { "porttype", "an interface" },
    { "port", "an interface" },
    { "mirrorport", "an interface" },
    { "provides", "an interface" },
    { "uses", "an interface" },
    { "emits", "a oneway operation" },
    { "publishes", "a oneway operation" },
    { "consumes", "a oneway operation" },
    { "alias", "typedef" },
};

const char *srpc_outside_profile(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof outside_words / sizeof outside_words[0]; i++) {
        if (strlen(outside_words[i].word) == length &&
            memcmp(outside_words[i].word, text, length) == 0)
            return outside_words[i].instead;
    }
    return NULL;
}

/* Words of the standard that mean nothing by themselves, or in a construct outside the profile. */
static const char *const other_words[] = {
    "bitfield", "factory", "finder", "manages", "multiple", "primarykey", "private", "public",
    "supports", "typename",
};

bool srpc_keyword_is_reserved(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof other_words / sizeof other_words[0]; i++) {
        if (strlen(other_words[i]) == length && memcmp(other_words[i], text, length) == 0)
            return true;
    }
    bool is_typecode = length == 8 && memcmp(text, "TypeCode", 8) == 0;
    return srpc_keyword_find(text, length) != SRPC_KEYWORD_NONE ||
           (!is_typecode && srpc_outside_profile(text, length) != NULL);
}
