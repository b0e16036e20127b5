#include "text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int reserve(srpc_text *text, size_t more)
{
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity)
        return 1;
    size_t capacity = text->capacity < 32 ? 64 : text->capacity * 2;
    if (capacity < needed)
        capacity = needed;
    char *bytes = srpc_idl_arena_alloc(text->arena, capacity);
    if (bytes == NULL)
        return 0;
    if (text->length != 0)
        memcpy(bytes, text->bytes, text->length);
    text->bytes = bytes;
    text->capacity = capacity;
    return 1;
}

void srpc_text_add(srpc_text *text, const char *bytes, size_t length)
{
    if (length == 0 || !reserve(text, length))
        return;
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void srpc_text_add_string(srpc_text *text, const char *string)
{
    srpc_text_add(text, string, strlen(string));
}

void srpc_text_add_char(srpc_text *text, char c)
{
    srpc_text_add(text, &c, 1);
}

void srpc_text_printf(srpc_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *string = srpc_idl_arena_vprintf(text->arena, format, arguments);
    va_end(arguments);
    if (string != NULL)
        srpc_text_add_string(text, string);
}

void srpc_text_add_real(srpc_text *text, double value)
{
    char digits[40];
    for (int count = 1; count <= 17; count++) {
        snprintf(digits, sizeof digits, "%.*g", count, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    srpc_text_add_string(text, digits);
    if (strpbrk(digits, ".e") == NULL)
        srpc_text_add_string(text, ".0");
}

const char *srpc_text_string(const srpc_text *text)
{
    return text->bytes == NULL ? "" : text->bytes;
}

uint32_t srpc_utf8_length(const char *text, size_t left)
{
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned char first = bytes[0];
    uint32_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3
                    : first < 0xF5 ? 4 : 0;
    if (length > left)
        return 0;
    for (uint32_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    }
    bool is_wrong = (first == 0xE0 && bytes[1] < 0xA0) || (first == 0xED && bytes[1] > 0x9F) ||
                    (first == 0xF0 && bytes[1] < 0x90) || (first == 0xF4 && bytes[1] > 0x8F);
    return is_wrong ? 0 : length;
}

bool srpc_is_utf8(const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t taken = srpc_utf8_length(bytes + at, length - at);
        if (taken == 0)
            return false;
        at += taken;
    }
    return true;
}

void srpc_text_add_latin(srpc_text *text, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t taken = srpc_utf8_length(bytes + at, length - at);
        unsigned char byte = (unsigned char)bytes[at];
        char both[2] = { (char)(0xC0 | byte >> 6), (char)(0x80 | (byte & 0x3F)) };
        srpc_text_add(text, taken == 0 ? both : bytes + at, taken == 0 ? 2 : taken);
        at += taken == 0 ? 1 : taken;
    }
}

void srpc_text_add_line(srpc_text *text, const char *line)
{
    if (line == NULL)
        return;
    if (text->bytes != NULL)
        srpc_text_add_char(text, '\n');
    srpc_text_add_string(text, line);
}

const char *srpc_text_join_lines(srpc_idl_arena *arena, const char *first, const char *second)
{
    if (first == NULL || second == NULL)
        return first == NULL ? second : first;
    return srpc_idl_arena_printf(arena, "%s\n%s", first, second);
}
