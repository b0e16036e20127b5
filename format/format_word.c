#include "format_word.h"

#include <string.h>

typedef struct word {
    const char *text;
    unsigned is;
} word;

static const word words[] = {
    { "abstract", SRPC_WORD_PREFIX },
    { "attribute", SRPC_WORD_TYPED },
    { "bitmask", SRPC_WORD_DEFINITION | SRPC_WORD_LIST },
    { "bitset", SRPC_WORD_DEFINITION },
    { "case", SRPC_WORD_LABEL | SRPC_WORD_SPACED | SRPC_WORD_TYPED },
    { "component", SRPC_WORD_DEFINITION },
    { "connector", SRPC_WORD_DEFINITION },
    { "const", SRPC_WORD_DEFINITION | SRPC_WORD_TYPED },
    { "consumes", SRPC_WORD_TYPED },
    { "context", SRPC_WORD_CLAUSE | SRPC_WORD_SPACED },
    { "custom", SRPC_WORD_PREFIX },
    { "default", SRPC_WORD_LABEL },
    { "emits", SRPC_WORD_TYPED },
    { "enum", SRPC_WORD_DEFINITION | SRPC_WORD_LIST },
    { "eventtype", SRPC_WORD_DEFINITION },
    { "exception", SRPC_WORD_DEFINITION },
    { "getraises", SRPC_WORD_CLAUSE | SRPC_WORD_SPACED },
    { "home", SRPC_WORD_DEFINITION },
    { "import", SRPC_WORD_TYPED },
    { "in", SRPC_WORD_TYPED },
    { "inout", SRPC_WORD_TYPED },
    { "interface", SRPC_WORD_DEFINITION },
    { "local", SRPC_WORD_PREFIX },
    { "manages", SRPC_WORD_CLAUSE | SRPC_WORD_TYPED },
    { "module", SRPC_WORD_DEFINITION | SRPC_WORD_MODULE },
    { "multiple", SRPC_WORD_TYPED },
    { "native", SRPC_WORD_DEFINITION },
    { "oneway", SRPC_WORD_TYPED },
    { "out", SRPC_WORD_TYPED },
    { "porttype", SRPC_WORD_DEFINITION },
    { "primarykey", SRPC_WORD_CLAUSE | SRPC_WORD_TYPED },
    { "private", SRPC_WORD_PREFIX | SRPC_WORD_TYPED },
    { "provides", SRPC_WORD_TYPED },
    { "public", SRPC_WORD_PREFIX | SRPC_WORD_TYPED },
    { "publishes", SRPC_WORD_TYPED },
    { "raises", SRPC_WORD_CLAUSE | SRPC_WORD_SPACED },
    { "readonly", SRPC_WORD_TYPED },
    { "setraises", SRPC_WORD_CLAUSE | SRPC_WORD_SPACED },
    { "struct", SRPC_WORD_DEFINITION },
    { "supports", SRPC_WORD_CLAUSE | SRPC_WORD_TYPED },
    { "switch", SRPC_WORD_SPACED },
    { "truncatable", SRPC_WORD_TYPED },
    { "typedef", SRPC_WORD_DEFINITION | SRPC_WORD_PREFIX | SRPC_WORD_TYPED },
    { "typeid", SRPC_WORD_TYPED },
    { "typeprefix", SRPC_WORD_TYPED },
    { "union", SRPC_WORD_DEFINITION | SRPC_WORD_UNION },
    { "uses", SRPC_WORD_TYPED },
    { "valuetype", SRPC_WORD_DEFINITION },
};

unsigned srpc_format_word(const srpc_pieces *pieces, uint32_t index)
{
    const srpc_piece *piece = &pieces->items[index];
    if (!srpc_piece_is_token(piece, SRPC_TOKEN_IDENTIFIER))
        return 0;
    const char *text = srpc_piece_text(pieces, index);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].text[0] == text[0] && strlen(words[i].text) == piece->length &&
            memcmp(words[i].text, text, piece->length) == 0)
            return words[i].is;
    }
    return 0;
}
