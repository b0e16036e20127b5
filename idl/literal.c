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

static bool decode_escape(decoder *self)
{
    static const char letters[] = "ntvbrfa\\?'\"";
    static const char meanings[] = "\n\t\v\b\r\f\a\\?'\"";
    uint32_t start = self->at++;
    char c = self->at < self->end ? self->token->text[self->at] : '\0';
    const char *letter = c == '\0' ? NULL : strchr(letters, c);
    if (letter != NULL) {
        self->at++;
        srpc_text_add_char(self->out, meanings[letter - letters]);
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

bool srpc_literal_decode(const srpc_token *token, srpc_diagnostics *diagnostics, srpc_text *text)
{
    decoder self = { token, diagnostics, text, 1, token->length - 1 };
    bool is_good = true;
    while (self.at < self.end) {
        char c = token->text[self.at];
        if (c == '\\') {
            is_good = decode_escape(&self) && is_good;
        } else if (c == '\0') {
            self.at++;
            is_good = fail(&self, self.at - 1, "a NUL byte in a literal");
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
    const char *bytes = srpc_text_string(text);
    for (size_t at = 0; at < text->length;) {
        uint32_t length = srpc_utf8_length(bytes + at, text->length - at);
        if (length == 0) {
            srpc_diagnostics_error(diagnostics, span, "bad-literal", "string is not valid UTF-8");
            return false;
        }
        at += length;
    }
    return true;
}
