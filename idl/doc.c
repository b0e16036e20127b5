/* From comments to documentation text. */
#include <stdint.h>
#include <string.h>

#include "parser.h"
#include "source.h"
#include "text.h"

typedef struct line {
    const char *text;
    size_t length;
} line;

static uint32_t first_line(const srpc_comment *comment)
{
    return srpc_source_line(comment->span.source, comment->span.offset);
}

static uint32_t last_line(srpc_span span)
{
    uint32_t end = span.offset + (span.length == 0 ? 0 : span.length - 1);
    return srpc_source_line(span.source, end);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static line trim_end(line text)
{
    while (text.length != 0 && is_blank(text.text[text.length - 1]))
        text.length--;
    return text;
}

static line skip(line text, size_t count)
{
    return (line){ text.text + count, text.length - count };
}

static line skip_markers(line text, const char *markers)
{
    if (text.length != 0 && strchr(markers, text.text[0]) != NULL)
        text = skip(text, 1);
    if (text.length != 0 && text.text[0] == '<')
        text = skip(text, 1);
    return text;
}

/* The decoration of a further line of a block comment: blanks and one star. */
static line skip_star(line text)
{
    size_t at = 0;
    while (at < text.length && is_blank(text.text[at]))
        at++;
    return at < text.length && text.text[at] == '*' ? skip(text, at + 1) : text;
}

/* Takes the comment apart into lines without markers. */
static uint32_t split(const srpc_comment *comment, line *lines, uint32_t room)
{
    line rest = { comment->span.source->text + comment->span.offset, comment->span.length };
    bool is_block = rest.text[1] == '*';
    rest = skip_markers(skip(rest, 2), is_block ? "*!" : "/!");
    if (is_block && rest.length >= 2 && memcmp(rest.text + rest.length - 2, "*/", 2) == 0)
        rest.length -= 2;
    else if (is_block && rest.length == 1)
        rest.length = 0;
    uint32_t count = 0;
    while (count < room) {
        const char *end = memchr(rest.text, '\n', rest.length);
        size_t length = end == NULL ? rest.length : (size_t)(end - rest.text);
        line one = trim_end((line){ rest.text, length });
        lines[count] = is_block && count != 0 ? skip_star(one) : one;
        count++;
        if (end == NULL)
            break;
        rest = skip(rest, length + 1);
    }
    return count;
}

static size_t indent_of(line text)
{
    size_t indent = 0;
    while (indent < text.length && is_blank(text.text[indent]))
        indent++;
    return indent;
}

/* Common indent off, empty lines at both ends away. The first line of a block comment stands
 * behind its marker and says nothing about the indent. */
static void add_lines(srpc_text *text, const line *lines, uint32_t count)
{
    size_t common = SIZE_MAX;
    for (uint32_t i = count > 1; i < count; i++) {
        size_t indent = indent_of(lines[i]);
        if (indent < lines[i].length && indent < common)
            common = indent;
    }
    uint32_t first = 0;
    while (first < count && indent_of(lines[first]) == lines[first].length)
        first++;
    while (count > first && indent_of(lines[count - 1]) == lines[count - 1].length)
        count--;
    for (uint32_t i = first; i < count; i++) {
        size_t indent = indent_of(lines[i]);
        size_t cut = i == 0 || indent < common ? indent : common;
        if (text->length != 0)
            srpc_text_add_char(text, '\n');
        srpc_text_add_latin(text, lines[i].text + cut, lines[i].length - cut);
    }
}

static void add_comment(srpc_text *text, const srpc_comment *comment)
{
    uint32_t room = last_line(comment->span) - first_line(comment) + 1;
    line *lines = srpc_idl_arena_array(text->arena, room, sizeof *lines);
    add_lines(text, lines, split(comment, lines, room));
}

/* The first comment of the unbroken run that ends directly above (or in the line of) the token. */
static const srpc_comment *first_above(const srpc_token *token)
{
    const srpc_comment *first = NULL;
    uint32_t expected = 0;
    uint32_t token_line = srpc_source_line(token->span.source, token->span.offset);
    for (const srpc_comment *each = token->comments; each != NULL; each = each->next) {
        bool is_candidate = !each->is_claimed && each->span.source == token->span.source &&
                            (each->starts_line || last_line(each->span) == token_line);
        if (!is_candidate)
            first = NULL;
        else if (first == NULL || first_line(each) > expected)
            first = each;
        expected = last_line(each->span) + 1;
    }
    return expected >= token_line ? first : NULL;
}

const char *srpc_doc_above(srpc_idl_arena *arena, const srpc_token *token)
{
    if (token->comments == NULL || token->span.source == NULL)
        return NULL;
    srpc_text text = { .arena = arena };
    for (const srpc_comment *each = first_above(token); each != NULL; each = each->next)
        add_comment(&text, each);
    return text.length == 0 ? NULL : text.bytes;
}

/* "///<", block comments alike: whatever follows, it is about what stands before. */
static bool points_back(const srpc_comment *comment)
{
    const char *text = comment->span.source->text + comment->span.offset + 2;
    bool has_marker = *text != '\0' && strchr("*/!", *text) != NULL;
    return text[has_marker ? 1 : 0] == '<';
}

/* No declaration begins with it: a comment before it is about what stands before. */
static bool ends_something(const srpc_token *token)
{
    return token->kind == SRPC_TOKEN_SEMICOLON || token->kind == SRPC_TOKEN_COMMA ||
           token->kind == SRPC_TOKEN_RIGHT_BRACE || token->kind == SRPC_TOKEN_RIGHT_PAREN ||
           token->kind == SRPC_TOKEN_END;
}

static bool is_behind(const srpc_comment *comment, const srpc_token *before,
                      const srpc_token *token)
{
    return comment != NULL && !comment->is_claimed && !comment->starts_line &&
           comment->span.source == before->span.source &&
           first_line(comment) == last_line(before->span) &&
           (token->starts_line || ends_something(token) || points_back(comment));
}

const char *srpc_doc_behind(srpc_idl_arena *arena, const srpc_token *before,
                            const srpc_token *token)
{
    srpc_text text = { .arena = arena };
    for (srpc_comment *each = token->comments; is_behind(each, before, token); each = each->next) {
        each->is_claimed = true;
        add_comment(&text, each);
    }
    return text.length == 0 ? NULL : text.bytes;
}

const char *srpc_doc_head(srpc_idl_arena *arena, const srpc_token *token)
{
    srpc_text text = { .arena = arena };
    uint32_t expected = 0;
    bool is_declaration = token->span.source != NULL && token->kind != SRPC_TOKEN_END;
    const srpc_comment *own = is_declaration ? first_above(token) : NULL;
    for (const srpc_comment *each = token->comments; each != own; each = each->next) {
        if (!each->span.source->file.is_main || !each->starts_line)
            continue;
        if (text.length != 0 && first_line(each) > expected)
            srpc_text_add_char(&text, '\n');
        add_comment(&text, each);
        expected = last_line(each->span) + 1;
    }
    return text.length == 0 ? NULL : text.bytes;
}
