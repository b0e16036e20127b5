#include "json.h"

#include <inttypes.h>
#include <string.h>

enum { COLUMNS = 100, INDENT = 2 };

/* ---- writing ---- */

static void add_escaped(srpc_text *text, const char *bytes, uint32_t length)
{
    unsigned char first = (unsigned char)bytes[0];
    if (length == 0)
        srpc_text_add_string(text, "\xEF\xBF\xBD");
    else if (first == '"' || first == '\\')
        srpc_text_printf(text, "\\%c", first);
    else if (first == '\n')
        srpc_text_add_string(text, "\\n");
    else if (first < 0x20 || first == 0x7F)
        srpc_text_printf(text, "\\u%04x", first);
    else
        srpc_text_add(text, bytes, length);
}

static void add_quoted(srpc_text *text, const char *string)
{
    size_t left = strlen(string);
    srpc_text_add_char(text, '"');
    while (left != 0) {
        uint32_t length = srpc_utf8_length(string, left);
        uint32_t taken = length == 0 ? 1 : length;
        add_escaped(text, string, length);
        string += taken;
        left -= taken;
    }
    srpc_text_add_char(text, '"');
}

static void break_line(srpc_json *json)
{
    if (json->is_line_broken)
        srpc_text_add_char(&json->text, '\n');
    json->is_line_broken = false;
}

/* What stands before a value. */
static srpc_text *begin(srpc_json *json, const char *name)
{
    if (json->has_item)
        srpc_text_add_char(&json->text, ',');
    break_line(json);
    if (name != NULL) {
        add_quoted(&json->text, name);
        srpc_text_add_char(&json->text, ':');
    }
    json->has_item = true;
    return &json->text;
}

void srpc_json_object(srpc_json *json, const char *name)
{
    srpc_text_add_char(begin(json, name), '{');
    json->has_item = false;
}

void srpc_json_array(srpc_json *json, const char *name)
{
    srpc_text_add_char(begin(json, name), '[');
    json->has_item = false;
}

void srpc_json_end(srpc_json *json, char bracket)
{
    break_line(json);
    srpc_text_add_char(&json->text, bracket);
    json->has_item = true;
}

void srpc_json_string(srpc_json *json, const char *name, const char *value)
{
    srpc_text *text = begin(json, name);
    if (value == NULL)
        srpc_text_add_string(text, "null");
    else
        add_quoted(text, value);
}

void srpc_json_boolean(srpc_json *json, const char *name, bool value)
{
    srpc_text_add_string(begin(json, name), value ? "true" : "false");
}

void srpc_json_signed(srpc_json *json, const char *name, int64_t value)
{
    srpc_text_printf(begin(json, name), "%" PRId64, value);
}

void srpc_json_unsigned(srpc_json *json, const char *name, uint64_t value)
{
    srpc_text_printf(begin(json, name), "%" PRIu64, value);
}

void srpc_json_real(srpc_json *json, const char *name, double value)
{
    srpc_text_add_real(begin(json, name), value);
}

void srpc_json_break(srpc_json *json)
{
    json->is_line_broken = true;
}

/* ---- indenting ---- */

typedef struct indenter {
    srpc_text *out;
    const char *at;      /* in compact JSON */
    uint32_t level;
    size_t line_start;   /* in out */
} indenter;

/* The end of the string that begins there. */
static const char *string_end(const char *at)
{
    for (at++; *at != '"'; at++)
        at += *at == '\\';
    return at + 1;
}

/* How far in one line, with blanks, the container that begins there goes; more than the room is all
 * the same. */
static size_t flat_length(const char *at, size_t room)
{
    size_t length = 0;
    uint32_t depth = 0;
    while (length <= room) {
        const char *next = *at == '"' ? string_end(at) : at + 1;
        length += (size_t)(next - at) + (*at == ',' || *at == ':');
        if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']')
            depth--;
        at = next;
        if (depth == 0)
            break;
    }
    return length;
}

static void add_newline(indenter *self)
{
    srpc_text_add_char(self->out, '\n');
    self->line_start = self->out->length;
    for (uint32_t i = 0; i < self->level * INDENT; i++)
        srpc_text_add_char(self->out, ' ');
}

/* A token as it is, and a blank where one belongs. */
static void copy_token(indenter *self)
{
    const char *next = *self->at == '"' ? string_end(self->at) : self->at + 1;
    srpc_text_add(self->out, self->at, (size_t)(next - self->at));
    if (*self->at == ':')
        srpc_text_add_char(self->out, ' ');
    self->at = next;
}

static void copy_flat(indenter *self)
{
    uint32_t depth = 0;
    do {
        char c = *self->at;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        copy_token(self);
        if (c == ',')
            srpc_text_add_char(self->out, ' ');
    } while (depth != 0);
}

static void open_or_flatten(indenter *self)
{
    size_t column = self->out->length - self->line_start;
    size_t room = column + 1 < COLUMNS ? COLUMNS - column - 1 : 0; /* a comma may follow */
    if (flat_length(self->at, room) <= room) {
        copy_flat(self);
        return;
    }
    copy_token(self);
    self->level++;
    add_newline(self);
}

static void step(indenter *self)
{
    switch (*self->at) {
    case '{':
    case '[':
        open_or_flatten(self);
        break;
    case '}':
    case ']':
        self->level--;
        add_newline(self);
        copy_token(self);
        break;
    case ',':
        copy_token(self);
        add_newline(self);
        break;
    default:
        copy_token(self);
        break;
    }
}

const char *srpc_json_indented(const srpc_json *json)
{
    srpc_text out = { .arena = json->text.arena };
    indenter self = { .out = &out, .at = srpc_text_string(&json->text) };
    while (*self.at != '\0')
        step(&self);
    srpc_text_add_char(&out, '\n');
    return srpc_text_string(&out);
}
