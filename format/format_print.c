/* From rows to text. */
#include "format.h"
#include "format_comment.h"
#include "format_row.h"

typedef struct printer {
    const srpc_pieces *pieces;
    srpc_text text;
    size_t line_start;
} printer;

/* Of what comes next. */
static uint32_t column_of(const printer *self)
{
    uint32_t column = 0;
    for (size_t i = self->line_start; i < self->text.length; i++)
        column += ((unsigned char)self->text.bytes[i] & 0xC0) != 0x80;
    return column;
}

static void pad(printer *self, uint32_t columns)
{
    for (uint32_t i = 0; i < columns; i++)
        srpc_text_add_char(&self->text, ' ');
}

static void find_line_start(printer *self, size_t from)
{
    for (size_t i = self->text.length; i > from; i--) {
        if (self->text.bytes[i - 1] == '\n') {
            self->line_start = i;
            return;
        }
    }
}

/* Far to the right the lines of a block do not follow: they stay at the indent of the row. */
static void print_comment(printer *self, const srpc_row *row, uint32_t index)
{
    size_t from = self->text.length;
    uint32_t column = self->pieces->items[index].is_multiline ? column_of(self) : 0;
    if (column > SRPC_FORMAT_COLUMNS)
        column = row->column;
    srpc_format_comment(self->pieces, index, column, &self->text);
    find_line_start(self, from);
}

static void print_piece(printer *self, const srpc_row *row, uint32_t index)
{
    const srpc_piece *piece = &self->pieces->items[index];
    if (index != row->first && piece->has_space)
        srpc_text_add_char(&self->text, ' ');
    if (piece->kind == SRPC_PIECE_COMMENT)
        print_comment(self, row, index);
    else if (piece->kind == SRPC_PIECE_TOKEN)
        srpc_text_add(&self->text, srpc_piece_text(self->pieces, index), piece->length);
    else
        srpc_format_raw(self->pieces, index, &self->text);
}

static void print_comments(printer *self, const srpc_row *row)
{
    if (row->code_end == row->end)
        return;
    uint32_t column = column_of(self);
    bool is_aligned = column < row->comment_column;
    pad(self, is_aligned ? row->comment_column - column : row->first != row->code_end);
    for (uint32_t i = row->code_end; i < row->end; i++) {
        if (i != row->code_end)
            srpc_text_add_char(&self->text, ' ');
        print_comment(self, row, i);
    }
}

static void print_row(printer *self, const srpc_row *row)
{
    if (row->follows_blank)
        srpc_text_add_char(&self->text, '\n');
    self->line_start = self->text.length;
    if (row->code_end != row->first)
        pad(self, row->column);
    for (uint32_t i = row->first; i < row->code_end; i++)
        print_piece(self, row, i);
    print_comments(self, row);
    srpc_text_add_char(&self->text, '\n');
}

const char *srpc_format_print(const srpc_pieces *pieces, const srpc_rows *rows,
                              size_t *out_length)
{
    printer self = { .pieces = pieces, .text.arena = pieces->arena };
    for (uint32_t i = 0; i < rows->count; i++)
        print_row(&self, &rows->items[i]);
    *out_length = self.text.length;
    return srpc_text_string(&self.text);
}
