/*
 * Changes whole tokens and blocks of a text, so that more than the lexer gets to see what is new;
 * every other time the text is left to libFuzzer's own changes of bytes.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t length, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t room, unsigned seed);

enum { TOKEN_MAX = 2048 };

/* With the blanks behind it. */
typedef struct token {
    size_t begin;
    size_t length;
} token;

typedef struct text {
    const char *bytes;
    size_t length;
    token tokens[TOKEN_MAX];
    size_t count;
    uint32_t random;
} text;

static uint32_t below(text *self, size_t limit)
{
    self->random ^= self->random << 13;
    self->random ^= self->random >> 17;
    self->random ^= self->random << 5;
    return self->random % (uint32_t)limit;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static void split(text *self)
{
    size_t at = 0;
    while (at < self->length && self->count < TOKEN_MAX) {
        size_t begin = at++;
        if (is_word(self->bytes[begin]))
            while (at < self->length && is_word(self->bytes[at]))
                at++;
        while (at < self->length && isspace((unsigned char)self->bytes[at]))
            at++;
        self->tokens[self->count++] = (token){ begin, at - begin };
    }
}

/* Some tokens in a row; a block with its braces where one begins there. */
static token pick(text *self)
{
    size_t first = below(self, self->count);
    size_t last = first;
    int depth = 0;
    size_t least = below(self, 4) == 0 ? 1 + below(self, 12) : 1;
    for (; last < self->count; last++) {
        char c = self->bytes[self->tokens[last].begin];
        depth += (c == '{' || c == '(' || c == '<') - (c == '}' || c == ')' || c == '>');
        if (depth <= 0 && last + 1 - first >= least)
            break;
    }
    if (last == self->count)
        last--;
    size_t begin = self->tokens[first].begin;
    return (token){ begin, self->tokens[last].begin + self->tokens[last].length - begin };
}

/* A statement: up to the ';' that ends it. */
static token pick_statement(text *self)
{
    token from = self->tokens[below(self, self->count)];
    size_t end = from.begin;
    int depth = 0;
    while (end < self->length && !(self->bytes[end] == ';' && depth <= 0)) {
        depth += (self->bytes[end] == '{') - (self->bytes[end] == '}');
        end++;
    }
    return (token){ from.begin, (end < self->length ? end + 1 : end) - from.begin };
}

/* What stands at `out` goes, and a copy of what stands at `in` comes in its place. */
static size_t replace(const text *self, uint8_t *into, size_t room, token out, token in)
{
    size_t length = self->length - out.length + in.length;
    if (length > room)
        return 0;
    memcpy(into, self->bytes, out.begin);
    memcpy(into + out.begin, self->bytes + in.begin, in.length);
    memcpy(into + out.begin + in.length, self->bytes + out.begin + out.length,
           self->length - out.begin - out.length);
    return length;
}

static size_t change(text *self, uint8_t *into, size_t room)
{
    token nothing = { self->tokens[below(self, self->count)].begin, 0 };
    switch (below(self, 6)) {
    case 0: return replace(self, into, room, pick(self), nothing);
    case 1: return replace(self, into, room, nothing, pick(self));
    case 2: return replace(self, into, room, nothing, pick_statement(self));
    case 3: return replace(self, into, room, pick_statement(self), pick_statement(self));
    case 4: return replace(self, into, room, pick_statement(self), nothing);
    default: return replace(self, into, room, pick(self), pick(self));
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t length, size_t room, unsigned seed)
{
    static text self;
    self = (text){ .random = seed | 1 };
    if (length < 2 || below(&self, 2) == 0)
        return LLVMFuzzerMutate(bytes, length, room);
    char *copy = malloc(length);
    memcpy(copy, bytes, length);
    self.bytes = copy;
    self.length = length;
    split(&self);
    size_t changed = change(&self, bytes, room);
    free(copy);
    return changed != 0 ? changed : LLVMFuzzerMutate(bytes, length, room);
}
