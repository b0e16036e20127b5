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

typedef struct outside_word {
    const char *word;
    const char *instead;
} outside_word;

static const outside_word outside_words[] = {
    { "any", "a struct, or sequence<octet> for a format of your own" },
    { "Object", "the name of a service, as a string" },
    { "TypeCode", "the name of a type, as a string" },
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
    { "typeid", "@id at the declaration" },
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
