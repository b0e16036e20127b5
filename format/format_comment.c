#include "format_comment.h"

#include <string.h>

#include "format.h"

enum { TAB = 4, FURTHEST = 3 };

typedef struct line {
    const char *text;
    uint32_t length;
} line;

/* The next line of the rest; false when there is none. */
static bool next_line(line *rest, line *out_line)
{
    if (rest->text == NULL)
        return false;
    const char *end = memchr(rest->text, '\n', rest->length);
    *out_line = *rest;
    if (end == NULL) {
        rest->text = NULL;
        return true;
    }
    out_line->length = (uint32_t)(end - rest->text);
    rest->text = end + 1;
    rest->length -= out_line->length + 1;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* A backslash that does not join two lines, because of blanks behind it, or of the end of the file,
 * must not become one that does. */
static void add_trimmed(srpc_text *text, line one, bool is_last)
{
    uint32_t length = one.length;
    while (length > 0 && is_blank(one.text[length - 1]))
        length--;
    bool is_end = one.length == length || (one.length == length + 1 && one.text[length] == '\r');
    srpc_text_add(text, one.text, length);
    if (length > 0 && one.text[length - 1] == '\\' && (is_last || !is_end))
        srpc_text_add_char(text, ' ');
}

void srpc_format_raw(const srpc_pieces *pieces, uint32_t index, srpc_text *text)
{
    line rest = { srpc_piece_text(pieces, index), pieces->items[index].length };
    line one;
    for (uint32_t i = 0; next_line(&rest, &one); i++) {
        if (i != 0)
            srpc_text_add_char(text, '\n');
        add_trimmed(text, one, rest.text == NULL);
    }
}

/* ---- blocks ---- */

/* What the further lines of a block have before their text. */
typedef struct margin {
    uint32_t least;            /* columns; of lines that are not blank */
    uint32_t lines;            /* of those */
    uint32_t stars;            /* how many of them begin with one; the end of the comment does too */
    bool ends_alone;           /* the end has a line of its own */
} margin;

/* The columns before its text; *out_at gets where that begins. */
static uint32_t indent_of(line one, uint32_t *out_at)
{
    uint32_t column = 0;
    uint32_t at = 0;
    for (; at < one.length && is_blank(one.text[at]); at++)
        column += one.text[at] == '\t' ? TAB - column % TAB : 1;
    *out_at = at;
    return column;
}

static margin measure(line rest)
{
    margin result = { 0 };
    line one;
    while (next_line(&rest, &one)) {
        uint32_t at;
        uint32_t indent = indent_of(one, &at);
        if (at == one.length)
            continue;
        result.least = result.lines != 0 && result.least < indent ? result.least : indent;
        result.stars += one.text[at] == '*';
        result.lines++;
        result.ends_alone = one.length - at == 2 && memcmp(one.text + at, "*/", 2) == 0;
    }
    return result;
}

static void add_blanks(srpc_text *text, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        srpc_text_add_char(text, ' ');
}

static bool has_stars(const margin *of)
{
    return of->stars == of->lines;
}

/* Lines with stars between such without: what the margin is the author alone knows. */
static bool is_mixed(const margin *of)
{
    return !has_stars(of) && of->stars != of->ends_alone;
}

/* The text of a comment may stand a little to the right of where it begins, and keeps that. */
static uint32_t offset_of(const margin *old, uint32_t column)
{
    if (has_stars(old))
        return 1;
    uint32_t offset = old->least > column ? old->least - column : 0;
    return offset < FURTHEST ? offset : FURTHEST;
}

static void add_block(srpc_text *text, line rest, const margin *old, uint32_t column)
{
    line one;
    while (next_line(&rest, &one)) {
        uint32_t at;
        uint32_t indent = indent_of(one, &at);
        srpc_text_add_char(text, '\n');
        if (at == one.length)
            continue;
        add_blanks(text, column + (has_stars(old) ? 0 : indent - old->least));
        add_trimmed(text, (line){ one.text + at, one.length - at }, false);
    }
}

void srpc_format_comment(const srpc_pieces *pieces, uint32_t index, uint32_t column,
                         srpc_text *text)
{
    const srpc_piece *piece = &pieces->items[index];
    line rest = { srpc_piece_text(pieces, index), piece->length };
    line first = rest;
    next_line(&rest, &first);
    margin old = measure(rest);
    if (srpc_piece_is_line_comment(pieces, index) || !piece->is_multiline || is_mixed(&old)) {
        srpc_format_raw(pieces, index, text);
        return;
    }
    add_trimmed(text, first, false);
    add_block(text, rest, &old, column + offset_of(&old, piece->column));
}
