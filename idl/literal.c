#include "literal.h"

#include <string.h>

typedef struct decoder {
    const srpc_token *token;
    srpc_diagnostics *diagnostics;
    srpc_text *out;
    uint32_t at;
    uint32_t end;      /* the closing quote */
} decoder;

static bool fail(const decoder *self, uint32_t from, const char *message)
{
    srpc_span span = self->token->span;
    /* A macro's text stands elsewhere: then the whole token is marked. */
    if (self->token->span.length == self->token->length) {
        span.offset += from;
        span.length = self->at > from ? self->at - from : 1;
    }
    srpc_diagnostics_error(self->diagnostics, span, "bad-literal", "%s", message);
    return false;
}

static int digit_value(char c, int base)
{
    int value = -1;
    if (c >= '0' && c <= '9')
        value = c - '0';
    else if (c >= 'a' && c <= 'f')
        value = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F')
        value = c - 'A' + 10;
    return value < base ? value : -1;
}

/* Up to most digits; *out_count gets how many there were. */
static uint32_t read_digits(decoder *self, int base, int most, int *out_count)
{
    uint32_t value = 0;
    int count = 0;
    while (count < most && self->at < self->end) {
        int digit = digit_value(self->token->text[self->at], base);
        if (digit < 0)
            break;
        value = value * (uint32_t)base + (uint32_t)digit;
        self->at++;
        count++;
    }
    *out_count = count;
    return value;
}

static void add_utf8(srpc_text *out, uint32_t point)
{
    if (point < 0x80) {
        srpc_text_add_char(out, (char)point);
    } else if (point < 0x800) {
        srpc_text_add_char(out, (char)(0xC0 | point >> 6));
        srpc_text_add_char(out, (char)(0x80 | (point & 0x3F)));
    } else {
        srpc_text_add_char(out, (char)(0xE0 | point >> 12));
        srpc_text_add_char(out, (char)(0x80 | (point >> 6 & 0x3F)));
        srpc_text_add_char(out, (char)(0x80 | (point & 0x3F)));
    }
}

static bool decode_number(decoder *self, uint32_t start, int base, int most, bool is_unicode)
{
    int count;
    uint32_t value = read_digits(self, base, most, &count);
    if (count == 0)
        return fail(self, start, "escape sequence without digits");
    if (value == 0 && self->token->kind == SRPC_TOKEN_STRING)
        return fail(self, start, "a string cannot hold a NUL character");
    if (is_unicode && value >= 0xD800 && value <= 0xDFFF)
        return fail(self, start, "surrogates are not characters");
    if (!is_unicode && value > 0xFF)
        return fail(self, start, "escape sequence is larger than a byte");
    if (is_unicode)
        add_utf8(self->out, value);
    else
        srpc_text_add_char(self->out, (char)value);
    return true;
}

/* What \n and its like mean; NUL: nothing. */
static char letter_meaning(char c)
{
    static const char letters[] = "ntvbrfa\\?'\"";
    static const char meanings[] = "\n\t\v\b\r\f\a\\?'\"";
    const char *letter = c == '\0' ? NULL : strchr(letters, c);
    return letter == NULL ? '\0' : meanings[letter - letters];
}

static bool decode_escape(decoder *self)
{
    uint32_t start = self->at++;
    char c = self->at < self->end ? self->token->text[self->at] : '\0';
    if (letter_meaning(c) != '\0') {
        self->at++;
        srpc_text_add_char(self->out, letter_meaning(c));
        return true;
    }
    if (digit_value(c, 8) >= 0)
        return decode_number(self, start, 8, 3, false);
    if (self->at < self->end)
        self->at++;
    if (c == 'x')
        return decode_number(self, start, 16, 2, false);
    if (c == 'u')
        return decode_number(self, start, 16, 4, true);
    return fail(self, start, "unknown escape sequence");
}

/* A file may be written in ISO 8859-1, which has characters from 0xA0 on; a char is one byte either
 * way. */
static bool is_latin(const srpc_token *token, srpc_diagnostics *diagnostics)
{
    if (token->kind != SRPC_TOKEN_STRING || srpc_is_utf8(token->text, token->length))
        return false;
    for (uint32_t i = 0; i < token->length; i++) {
        unsigned char byte = (unsigned char)token->text[i];
        if (byte >= 0x80 && byte < 0xA0)
            return false;
    }
    srpc_diagnostics_warning(diagnostics, token->span, "not-utf8",
                             "this is not UTF-8: it is taken as ISO 8859-1");
    return true;
}

void srpc_literal_decode_prose(const srpc_token *token, srpc_text *text)
{
    for (uint32_t at = 1; at < token->length - 1; at++) {
        bool is_escape = token->text[at] == '\\' && letter_meaning(token->text[at + 1]) != '\0';
        if (is_escape)
            srpc_text_add_char(text, letter_meaning(token->text[++at]));
        else if (token->text[at] != '\0')
            srpc_text_add_char(text, token->text[at]);
    }
}

bool srpc_literal_decode(const srpc_token *token, srpc_diagnostics *diagnostics, srpc_text *text)
{
    decoder self = { token, diagnostics, text, 1, token->length - 1 };
    bool is_good = true;
    bool has_latin = is_latin(token, diagnostics);
    while (self.at < self.end) {
        char c = token->text[self.at];
        if (c == '\\') {
            is_good = decode_escape(&self) && is_good;
        } else if (c == '\0') {
            self.at++;
            is_good = fail(&self, self.at - 1, "a NUL byte in a literal");
        } else if (has_latin) {
            srpc_text_add_latin(text, &token->text[self.at++], 1);
        } else {
            srpc_text_add_char(text, c);
            self.at++;
        }
    }
    return is_good;
}

bool srpc_literal_check_utf8(const srpc_text *text, srpc_span span,
                             srpc_diagnostics *diagnostics)
{
    if (srpc_is_utf8(srpc_text_string(text), text->length))
        return true;
    srpc_diagnostics_error(diagnostics, span, "bad-literal", "string is not valid UTF-8");
    return false;
}
