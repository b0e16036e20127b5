/*
 * Which brackets pair, where statements, labels and enumerators begin, and what <, - and : mean.
 *
 * There is no grammar in here but that of the brackets, so that also what the profile leaves out,
 * and what does not compile, gets a layout. Each branch of a conditional is read from the state
 * before it: "#if ... interface A : B { #else interface A { #endif" opens one brace, not two.
 */
#include <string.h>

#include "format.h"
#include "format_word.h"

typedef enum scope_kind {
    SCOPE_MODULE,              /* the file itself, too */
    SCOPE_BODY,                /* any other one of statements */
    SCOPE_UNION,
    SCOPE_LIST,
    SCOPE_PAREN,
    SCOPE_SQUARE,
    SCOPE_ANGLE
} scope_kind;

typedef enum annotation_state {
    ANNOTATION_NONE,
    ANNOTATION_AT,             /* the name comes next */
    ANNOTATION_NAME,           /* "::" or "(" may come next */
    ANNOTATION_DONE
} annotation_state;

/* How far a statement has come, or what stands in a pair of brackets. */
typedef struct statement {
    scope_kind body;           /* what a brace would open */
    annotation_state annotation;
    bool is_prefix;            /* nothing but annotations so far */
    bool is_label;             /* behind case */
} statement;

/* Never changed once it is open: conditionals keep pointers. */
typedef struct scope {
    const struct scope *outer;
    statement outer_statement;
    scope_kind kind;
    bool is_argument;          /* the parentheses of an annotation */
    uint32_t opener;
    uint32_t depth;
    uint16_t level;            /* of the lines in it */
} scope;

/* All that a conditional saves and restores. */
typedef struct position {
    const scope *scope;
    statement statement;
    bool at_start;             /* a statement, a label or an enumerator begins next */
    bool is_empty;             /* no token so far */
    uint32_t previous;         /* the token before */
    uint16_t level;            /* of the line */
} position;

/* One #if ... #endif that is open. */
typedef struct condition {
    struct condition *outer;
    uint32_t directive;
    position before;
    position after;            /* the first branch that left something open or closed */
    bool has_after;
} condition;

typedef struct shaper {
    srpc_pieces *pieces;
    position at;
    condition *conditions;
    bool failed;
} shaper;

/* ---- reporting ---- */

static void fail(shaper *self, uint32_t index, const char *id, const char *message)
{
    const srpc_piece *piece = &self->pieces->items[index];
    srpc_span span = { self->pieces->source, piece->offset, piece->length };
    if (!self->failed)
        srpc_diagnostics_error(self->pieces->diagnostics, span, id, "%s", message);
    self->failed = true;
}

static void fail_unclosed(shaper *self)
{
    static const char *const messages[] = {
        [SCOPE_MODULE] = "'{' without its '}'", [SCOPE_BODY] = "'{' without its '}'",
        [SCOPE_UNION] = "'{' without its '}'",  [SCOPE_LIST] = "'{' without its '}'",
        [SCOPE_PAREN] = "'(' without its ')'",  [SCOPE_SQUARE] = "'[' without its ']'",
        [SCOPE_ANGLE] = "'<' without its '>'",
    };
    const scope *open = self->at.scope;
    fail(self, open->opener, "unbalanced", messages[open->kind]);
}

/* ---- scopes ---- */

static bool is_braces(const scope *open)
{
    return open->kind <= SCOPE_LIST;
}

static const scope *add_scope(shaper *self, scope_kind kind, uint32_t opener)
{
    const scope *outer = self->at.scope;
    scope *added = srpc_idl_arena_alloc(self->pieces->arena, sizeof *added);
    *added = (scope){ .outer = outer, .kind = kind, .opener = opener };
    if (outer != NULL) {
        added->depth = outer->depth + 1;
        added->level = (uint16_t)(self->at.level + (kind <= SCOPE_LIST));
        added->outer_statement = self->at.statement;
        added->is_argument = kind == SCOPE_PAREN &&
                             self->at.statement.annotation == ANNOTATION_NAME;
    }
    return added;
}

static void open_scope(shaper *self, scope_kind kind, uint32_t opener)
{
    if (self->at.scope->depth == SRPC_FORMAT_DEPTH_LIMIT) {
        fail(self, opener, "nesting-limit", "brackets are nested too deep");
        return;
    }
    /* Enumerators may stand in the parentheses of a switch. */
    if (kind < SCOPE_LIST && !is_braces(self->at.scope)) {
        fail(self, opener, "unbalanced", "'{' inside of parentheses or brackets");
        return;
    }
    self->at.scope = add_scope(self, kind, opener);
    self->at.statement = (statement){ .body = SCOPE_BODY };
    self->at.at_start = is_braces(self->at.scope);
}

static void close_scope(shaper *self, uint32_t closer)
{
    const scope *closed = self->at.scope;
    self->pieces->items[closed->opener].match = closer;
    self->at.scope = closed->outer;
    self->at.statement = closed->outer_statement;
    self->at.at_start = false;
    if (closed->is_argument)
        self->at.statement.annotation = ANNOTATION_DONE;
}

/* ---- conditionals ---- */

static void begin_condition(shaper *self, uint32_t directive)
{
    condition *added = srpc_idl_arena_alloc(self->pieces->arena, sizeof *added);
    *added = (condition){ .outer = self->conditions, .directive = directive, .before = self->at };
    self->conditions = added;
}

static void end_branch(shaper *self, uint32_t directive)
{
    condition *open = self->conditions;
    if (open == NULL) {
        fail(self, directive, "bad-directive", "there is no #if that this belongs to");
        return;
    }
    bool changed = self->at.scope != open->before.scope ||
                   self->at.at_start != open->before.at_start;
    if (changed && !open->has_after) {
        open->after = self->at;
        open->has_after = true;
    }
}

static void take_directive(shaper *self, uint32_t index)
{
    srpc_piece_role role = self->pieces->items[index].role;
    if (role == SRPC_ROLE_IF)
        begin_condition(self, index);
    if (role != SRPC_ROLE_ELSE && role != SRPC_ROLE_ENDIF)
        return;
    end_branch(self, index);
    if (self->failed)
        return;
    condition *open = self->conditions;
    if (role == SRPC_ROLE_ELSE) {
        self->at = open->before;
        return;
    }
    if (open->has_after)
        self->at = open->after;
    self->conditions = open->outer;
}

/* ---- where lines begin ---- */

static srpc_piece *piece_at(shaper *self, uint32_t index)
{
    return &self->pieces->items[index];
}

static bool is_previous(const shaper *self, srpc_token_kind token)
{
    return !self->at.is_empty &&
           srpc_piece_is_token(&self->pieces->items[self->at.previous], token);
}

static unsigned previous_word(const shaper *self)
{
    return self->at.is_empty ? 0 : srpc_format_word(self->pieces, self->at.previous);
}

/* Since the token before, comments counted in. */
static bool begins_source_line(const shaper *self, uint32_t index)
{
    for (uint32_t i = index; i > self->at.previous; i--) {
        if (self->pieces->items[i].line_breaks != 0)
            return true;
    }
    return false;
}

static void begin_line(shaper *self, uint32_t index)
{
    const scope *inside = self->at.scope;
    srpc_piece *piece = piece_at(self, index);
    bool is_label = inside->kind == SCOPE_UNION &&
                    (srpc_format_word(self->pieces, index) & SRPC_WORD_LABEL) != 0;
    bool is_member = inside->kind == SCOPE_UNION && !is_label;
    bool follows_label = is_member && !self->at.is_empty &&
                         self->pieces->items[self->at.previous].role == SRPC_ROLE_LABEL;
    self->at.level = (uint16_t)(inside->level + is_member);
    self->at.at_start = false;
    self->at.statement = (statement){ .body = SCOPE_BODY, .is_prefix = true,
                                      .is_label = is_label };
    piece->level = self->at.level;
    piece->start = inside->outer == NULL ? SRPC_START_LINE : SRPC_START_ITEM;
    piece->body = inside->opener;
    piece->follows_label = follows_label;
    if (follows_label && begins_source_line(self, index))
        piece->start = SRPC_START_LINE;
}

/* A semicolon is missing, or there is a macro that brings one. */
static bool begins_without_semicolon(const shaper *self, uint32_t index)
{
    const scope *inside = self->at.scope;
    bool is_definition = (srpc_format_word(self->pieces, index) & SRPC_WORD_DEFINITION) != 0 ||
                         srpc_piece_is_token(&self->pieces->items[index], SRPC_TOKEN_AT);
    if (!is_definition || inside->kind > SCOPE_UNION || self->at.statement.is_prefix)
        return false;
    if (is_previous(self, SRPC_TOKEN_RIGHT_BRACE))
        return true;
    bool may_end = is_previous(self, SRPC_TOKEN_IDENTIFIER) ||
                   is_previous(self, SRPC_TOKEN_RIGHT_PAREN);
    return may_end && srpc_format_word(self->pieces, index) != 0 &&
           (previous_word(self) & SRPC_WORD_PREFIX) == 0 && begins_source_line(self, index);
}

/* Behind the annotations at the start of a statement the author's line break stays. */
static void end_annotation(shaper *self, uint32_t index)
{
    statement *current = &self->at.statement;
    srpc_piece *piece = piece_at(self, index);
    bool goes_on = current->annotation == ANNOTATION_AT ||
                   (current->annotation == ANNOTATION_NAME &&
                    (piece->token == SRPC_TOKEN_SCOPE || piece->token == SRPC_TOKEN_LEFT_PAREN));
    if (current->annotation == ANNOTATION_NONE || goes_on)
        return;
    current->annotation = ANNOTATION_NONE;
    if (!current->is_prefix || piece->token == SRPC_TOKEN_RIGHT_BRACE)
        return;
    piece->follows_annotation = true;
    piece->level = self->at.level;
    if (begins_source_line(self, index))
        piece->start = SRPC_START_LINE;
}

static void begin(shaper *self, uint32_t index)
{
    bool is_extra = is_previous(self, SRPC_TOKEN_SEMICOLON) &&
                    piece_at(self, index)->token == SRPC_TOKEN_SEMICOLON;
    if (self->at.at_start && is_extra)
        self->at.at_start = false;
    else if (self->at.at_start || begins_without_semicolon(self, index))
        begin_line(self, index);
    end_annotation(self, index);
}

/* ---- brackets ---- */

static void open_brace(shaper *self, uint32_t index)
{
    scope_kind kind = self->at.statement.body;
    if (self->at.scope->kind == SCOPE_SQUARE || self->at.scope->kind == SCOPE_ANGLE) {
        fail_unclosed(self);
        return;
    }
    piece_at(self, index)->role = kind == SCOPE_LIST ? SRPC_ROLE_LIST : SRPC_ROLE_BODY;
    piece_at(self, index)->may_be_short = kind == SCOPE_BODY || kind == SCOPE_LIST;
    open_scope(self, kind, index);
}

static void close_brace(shaper *self, uint32_t index)
{
    const scope *inside = self->at.scope;
    srpc_piece *piece = piece_at(self, index);
    if (inside->outer == NULL) {
        fail(self, index, "unbalanced", "'}' without a '{'");
        return;
    }
    if (!is_braces(inside)) {
        fail_unclosed(self);
        return;
    }
    piece->role = inside->kind == SCOPE_LIST ? SRPC_ROLE_LIST : SRPC_ROLE_BODY;
    piece->level = (uint16_t)(inside->level - 1);
    piece->start = SRPC_START_ITEM;
    piece->body = inside->opener;
    close_scope(self, index);
    self->at.level = piece->level;
}

static void close_bracket(shaper *self, uint32_t index, scope_kind kind, const char *message)
{
    if (self->at.scope->kind == kind)
        close_scope(self, index);
    else if (is_braces(self->at.scope))
        fail(self, index, "unbalanced", message);
    else
        fail_unclosed(self);
}

static void take_shift(shaper *self, uint32_t index)
{
    const scope *inside = self->at.scope;
    bool closes_two = inside->kind == SCOPE_ANGLE && inside->outer->kind == SCOPE_ANGLE;
    piece_at(self, index)->role = closes_two ? SRPC_ROLE_ANGLES : SRPC_ROLE_OPERATOR;
    if (!closes_two)
        return;
    close_scope(self, index);
    close_scope(self, index);
}

static void take_bracket(shaper *self, uint32_t index)
{
    switch (piece_at(self, index)->token) {
    case SRPC_TOKEN_LEFT_PAREN: open_scope(self, SCOPE_PAREN, index); break;
    case SRPC_TOKEN_LEFT_BRACKET: open_scope(self, SCOPE_SQUARE, index); break;
    case SRPC_TOKEN_RIGHT_PAREN:
        close_bracket(self, index, SCOPE_PAREN, "')' without a '('");
        break;
    case SRPC_TOKEN_RIGHT_BRACKET:
        close_bracket(self, index, SCOPE_SQUARE, "']' without a '['");
        break;
    case SRPC_TOKEN_LESS:
        piece_at(self, index)->role = SRPC_ROLE_ANGLE;
        open_scope(self, SCOPE_ANGLE, index);
        break;
    case SRPC_TOKEN_GREATER:
        piece_at(self, index)->role = SRPC_ROLE_ANGLE;
        close_bracket(self, index, SCOPE_ANGLE, "'>' without a '<'");
        break;
    default: break;
    }
}

/* ---- other tokens ---- */

static scope_kind body_of(unsigned word)
{
    if ((word & SRPC_WORD_LIST) != 0)
        return SCOPE_LIST;
    if ((word & SRPC_WORD_UNION) != 0)
        return SCOPE_UNION;
    return (word & SRPC_WORD_MODULE) != 0 ? SCOPE_MODULE : SCOPE_BODY;
}

static void take_word(shaper *self, uint32_t index)
{
    statement *current = &self->at.statement;
    srpc_piece *piece = piece_at(self, index);
    if (current->annotation == ANNOTATION_AT) {
        /* "@annotation Name {" declares one, and is no annotation itself. */
        bool declares = piece->length == 10 &&
                        memcmp(srpc_piece_text(self->pieces, index), "annotation", 10) == 0;
        current->annotation = declares ? ANNOTATION_NONE : ANNOTATION_NAME;
        return;
    }
    unsigned word = srpc_format_word(self->pieces, index);
    if ((word & SRPC_WORD_LABEL) != 0 && current->is_prefix &&
        self->at.scope->kind == SCOPE_UNION)
        current->is_label = true;
    if ((word & SRPC_WORD_DEFINITION) != 0)
        current->body = body_of(word);
}

static void take_semicolon(shaper *self)
{
    if (!is_braces(self->at.scope)) {
        fail_unclosed(self);
        return;
    }
    self->at.at_start = self->at.scope->kind != SCOPE_LIST;
}

static void take_colon(shaper *self, uint32_t index)
{
    statement *current = &self->at.statement;
    bool is_label = current->is_label && self->at.scope->kind == SCOPE_UNION;
    piece_at(self, index)->role = is_label ? SRPC_ROLE_LABEL : SRPC_ROLE_BASE;
    self->at.at_start = is_label;
}

static bool is_operand(const shaper *self)
{
    if (self->at.is_empty || (previous_word(self) & SRPC_WORD_LABEL) != 0)
        return false;
    switch (self->pieces->items[self->at.previous].token) {
    case SRPC_TOKEN_IDENTIFIER:
    case SRPC_TOKEN_INTEGER:
    case SRPC_TOKEN_FLOAT:
    case SRPC_TOKEN_FIXED:
    case SRPC_TOKEN_CHAR:
    case SRPC_TOKEN_STRING:
    case SRPC_TOKEN_WIDE:
    case SRPC_TOKEN_RIGHT_PAREN: return true;
    default: return false;
    }
}

static void take_operator(shaper *self, uint32_t index)
{
    piece_at(self, index)->role = is_operand(self) ? SRPC_ROLE_OPERATOR : SRPC_ROLE_SIGN;
}

static void take_token(shaper *self, uint32_t index)
{
    srpc_piece *piece = piece_at(self, index);
    switch (piece->token) {
    case SRPC_TOKEN_LEFT_BRACE: open_brace(self, index); break;
    case SRPC_TOKEN_RIGHT_BRACE: close_brace(self, index); break;
    case SRPC_TOKEN_SEMICOLON: take_semicolon(self); break;
    case SRPC_TOKEN_COLON: take_colon(self, index); break;
    case SRPC_TOKEN_COMMA: self->at.at_start = self->at.scope->kind == SCOPE_LIST; break;
    case SRPC_TOKEN_SHIFT_RIGHT: take_shift(self, index); break;
    case SRPC_TOKEN_IDENTIFIER: take_word(self, index); break;
    case SRPC_TOKEN_AT: self->at.statement.annotation = ANNOTATION_AT; break;
    case SRPC_TOKEN_SCOPE:
        if (self->at.statement.annotation == ANNOTATION_NAME)
            self->at.statement.annotation = ANNOTATION_AT;
        break;
    case SRPC_TOKEN_EQUALS:
        piece->role = self->at.scope->is_argument ? SRPC_ROLE_ARGUMENT : SRPC_ROLE_NONE;
        break;
    case SRPC_TOKEN_PLUS: case SRPC_TOKEN_MINUS: case SRPC_TOKEN_STAR: case SRPC_TOKEN_SLASH:
    case SRPC_TOKEN_PERCENT: case SRPC_TOKEN_AMPERSAND: case SRPC_TOKEN_PIPE:
    case SRPC_TOKEN_CARET: case SRPC_TOKEN_TILDE: case SRPC_TOKEN_SHIFT_LEFT:
        take_operator(self, index);
        break;
    default: take_bracket(self, index); break;
    }
}

/* ---- where lines may be wrapped ---- */

static bool may_wrap(const shaper *self, uint32_t index)
{
    const srpc_piece *piece = &self->pieces->items[index];
    bool is_clause = (srpc_format_word(self->pieces, index) & SRPC_WORD_CLAUSE) != 0 &&
                     is_braces(self->at.scope);
    bool is_value = is_previous(self, SRPC_TOKEN_EQUALS) &&
                    self->pieces->items[self->at.previous].role == SRPC_ROLE_NONE;
    return is_previous(self, SRPC_TOKEN_COMMA) || is_clause || is_value ||
           piece->role == SRPC_ROLE_OPERATOR || piece->role == SRPC_ROLE_BASE;
}

/* Strings that stand below each other are lines of a text: they are broken where the author did. */
static void set_wrapping(const shaper *self, uint32_t index)
{
    srpc_piece *piece = &self->pieces->items[index];
    if (piece->start != SRPC_START_SAME)
        return;
    bool goes_on = piece->token == SRPC_TOKEN_STRING && is_previous(self, SRPC_TOKEN_STRING);
    if (goes_on && begins_source_line(self, index))
        piece->start = SRPC_START_MUST;
    else if (may_wrap(self, index))
        piece->start = SRPC_START_MAY;
}

/* ---- all of it ---- */

static void take(shaper *self, uint32_t index)
{
    if (self->pieces->items[index].kind == SRPC_PIECE_DIRECTIVE)
        take_directive(self, index);
    if (self->pieces->items[index].kind != SRPC_PIECE_TOKEN)
        return;
    if (piece_at(self, index)->token != SRPC_TOKEN_RIGHT_BRACE)
        begin(self, index);
    else
        end_annotation(self, index);
    take_token(self, index);
    set_wrapping(self, index);
    if (self->at.statement.annotation == ANNOTATION_NONE && !self->at.at_start)
        self->at.statement.is_prefix = false;
    self->at.previous = index;
    self->at.is_empty = false;
}

static void finish(shaper *self, uint32_t end)
{
    self->pieces->items[end].start = SRPC_START_LINE;
    if (self->conditions != NULL)
        fail(self, self->conditions->directive, "unterminated", "conditional without #endif");
    else if (self->at.scope->outer != NULL)
        fail_unclosed(self);
}

bool srpc_format_shape(srpc_pieces *pieces)
{
    shaper self = { .pieces = pieces };
    self.at.scope = add_scope(&self, SCOPE_MODULE, 0);
    self.at.at_start = true;
    self.at.is_empty = true;
    uint32_t end = pieces->count - 1;
    for (uint32_t i = 0; i < end && !self.failed; i++)
        take(&self, i);
    if (!self.failed)
        finish(&self, end);
    return !self.failed;
}
