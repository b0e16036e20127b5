#include <shmrpc/reader.h>

void shmrpc_reader_init(shmrpc_reader *reader, uint8_t *bytes, size_t length, size_t decoded_max,
                        shmrpc_arena *arena)
{
    *reader = (shmrpc_reader){
        .start = bytes,
        .next = bytes,
        .end = bytes + length,
        .unterminated = (char *)bytes + length, /* so that there is always a place to write to */
        .arena = arena,
        .element_budget = length,
        .decoded_budget = decoded_max,
        .status = SHMRPC_OK,
    };
}

static const uint8_t *fail_as(shmrpc_reader *reader, const uint8_t *next, shmrpc_status status,
                              const char *problem)
{
    if (next != NULL && reader->status == SHMRPC_OK) {
        reader->status = status;
        reader->problem = problem;
        reader->problem_offset = (size_t)(next - reader->start);
    }
    return NULL;
}

static const uint8_t *fail_early_end(shmrpc_reader *reader, const uint8_t *next)
{
    return fail_as(reader, next, SHMRPC_INVALID_ARGUMENT, "the message ends too early");
}

const uint8_t *shmrpc_get_fail(shmrpc_reader *reader, const uint8_t *next, const char *problem)
{
    return fail_as(reader, next, SHMRPC_INVALID_ARGUMENT, problem);
}

const uint8_t *shmrpc_get_exhausted(shmrpc_reader *reader, const uint8_t *next,
                                    const char *problem)
{
    return fail_as(reader, next, SHMRPC_RESOURCE_EXHAUSTED, problem);
}

bool shmrpc_reader_finish(shmrpc_reader *reader, const uint8_t *next)
{
    *reader->unterminated = '\0';
    if (next != NULL && next != reader->end)
        shmrpc_get_fail(reader, next, "the message goes on after its end");
    return next != NULL && reader->status == SHMRPC_OK;
}

/* -- headers ------------------------------------------------------------------------------ */

/* An unsigned big-endian number of 1, 2, 4 or 8 bytes. */
static uint64_t load_width(const uint8_t *bytes, size_t width)
{
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++)
        value = value << 8 | bytes[i];
    return value;
}

const uint8_t *shmrpc_get_integer(shmrpc_reader *reader, const uint8_t *next, uint64_t *out_bits,
                                  bool *out_negative)
{
    static const char expected[] = "expected an integer";
    if (!shmrpc_reader_has(reader, next, 1))
        return shmrpc_get_mismatch(reader, next, expected);
    uint8_t form = *next;
    if (form < 0x80 || form >= 0xe0) {
        *out_bits = (uint64_t)(int8_t)form;
        *out_negative = form >= 0xe0;
        return next + 1;
    }
    if (form < 0xcc || form > 0xd3)
        return shmrpc_get_mismatch(reader, next, expected);
    size_t width = (size_t)1 << ((form - 0xcc) & 3);
    if (!shmrpc_reader_has(reader, next, 1 + width))
        return fail_early_end(reader, next);
    uint64_t bits = load_width(next + 1, width);
    uint64_t sign = (uint64_t)1 << (8 * width - 1);
    *out_negative = form >= 0xd0 && (bits & sign) != 0;
    *out_bits = *out_negative ? bits | (0 - sign) : bits;
    return next + 1 + width;
}

const uint8_t *shmrpc_get_any_double(shmrpc_reader *reader, const uint8_t *next, double *out)
{
    if (!shmrpc_reader_has(reader, next, 1) || (*next != 0xca && *next != 0xcb))
        return shmrpc_get_mismatch(reader, next, "expected a double");
    size_t width = *next == 0xca ? 4 : 8;
    if (!shmrpc_reader_has(reader, next, 1 + width))
        return fail_early_end(reader, next);
    if (*next == 0xcb)
        return shmrpc_get_double(reader, next, out);
    float narrow = 0;
    next = shmrpc_get_float(reader, next, &narrow);
    *out = (double)narrow;
    return next;
}

/* The length that follows the header byte at `next`, in `width` bytes. */
static const uint8_t *get_length(shmrpc_reader *reader, const uint8_t *next, size_t width,
                                 uint32_t *out_length)
{
    if (!shmrpc_reader_has(reader, next, 1 + width))
        return fail_early_end(reader, next);
    *out_length = (uint32_t)load_width(next + 1, width);
    return next + 1 + width;
}

/* An array (fixed 0x90, wide 0xdc) or a map (0x80, 0xde). */
static const uint8_t *get_container(shmrpc_reader *reader, const uint8_t *next, uint8_t fixed,
                                    uint8_t wide, const char *expected, uint32_t *out_count)
{
    *out_count = 0;
    if (!shmrpc_reader_has(reader, next, 1))
        return shmrpc_get_mismatch(reader, next, expected);
    if ((*next & 0xf0) == fixed) {
        *out_count = *next & 0x0fu;
        return next + 1;
    }
    if (*next != wide && *next != wide + 1)
        return shmrpc_get_mismatch(reader, next, expected);
    return get_length(reader, next, *next == wide ? 2 : 4, out_count);
}

const uint8_t *shmrpc_get_array_header(shmrpc_reader *reader, const uint8_t *next,
                                       uint32_t *out_count)
{
    return get_container(reader, next, 0x90, 0xdc, "expected an array", out_count);
}

const uint8_t *shmrpc_get_map_header(shmrpc_reader *reader, const uint8_t *next,
                                     uint32_t *out_count)
{
    return get_container(reader, next, 0x80, 0xde, "expected a map", out_count);
}

/* `length` bytes follow the header that ended at `next`? */
static const uint8_t *check_body(shmrpc_reader *reader, const uint8_t *next, uint32_t *length)
{
    if (shmrpc_reader_has(reader, next, *length))
        return next;
    *length = 0;
    return fail_early_end(reader, next);
}

const uint8_t *shmrpc_get_str_header(shmrpc_reader *reader, const uint8_t *next,
                                     uint32_t *out_length)
{
    static const char expected[] = "expected a string";
    *out_length = 0;
    if (!shmrpc_reader_has(reader, next, 1))
        return shmrpc_get_mismatch(reader, next, expected);
    if ((*next & 0xe0) == 0xa0) {
        *out_length = *next & 0x1fu;
        next++;
    } else if (*next >= 0xd9 && *next <= 0xdb) {
        next = get_length(reader, next, (size_t)1 << (*next - 0xd9), out_length);
    } else {
        return shmrpc_get_mismatch(reader, next, expected);
    }
    return check_body(reader, next, out_length);
}

const uint8_t *shmrpc_get_bin_header(shmrpc_reader *reader, const uint8_t *next,
                                     uint32_t *out_length)
{
    static const char expected[] = "expected bytes";
    *out_length = 0;
    if (!shmrpc_reader_has(reader, next, 1) || *next < 0xc4 || *next > 0xc6)
        return shmrpc_get_mismatch(reader, next, expected);
    next = get_length(reader, next, (size_t)1 << (*next - 0xc4), out_length);
    return check_body(reader, next, out_length);
}

/* -- strings and bytes -------------------------------------------------------------------- */

/* The reader's bytes are its own and writable; it hands them out as const where it can. */
static char *writable(const uint8_t *bytes)
{
    return (char *)(uintptr_t)bytes;
}

/* Records at `next` what is wrong with the text. */
static bool check_text(shmrpc_reader *reader, const uint8_t *next, const char *text, size_t length)
{
    if (length >= 16 && shmrpc_text_is_plain_long(text, length))
        return true;
    const char *problem = shmrpc_text_problem(text, length);
    if (problem != NULL)
        shmrpc_get_fail(reader, next, problem);
    return problem == NULL;
}

const uint8_t *shmrpc_get_characters(shmrpc_reader *reader, const uint8_t *next,
                                     shmrpc_string *out)
{
    uint32_t length;
    const uint8_t *text = shmrpc_get_str_header(reader, next, &length);
    if (text == NULL)
        return NULL;
    if (!check_text(reader, next, (const char *)text, length))
        return NULL;
    *reader->unterminated = '\0';
    reader->unterminated = writable(text + length);
    out->text = (const char *)text;
    out->length = length;
    return text + length;
}

const uint8_t *shmrpc_get_copied_string(shmrpc_reader *reader, const uint8_t *next, char *out,
                                         uint32_t bound)
{
    uint32_t length;
    const uint8_t *text = shmrpc_get_str_header(reader, next, &length);
    if (text == NULL || shmrpc_get_bound(reader, next, length, bound) == NULL)
        return NULL;
    if (!check_text(reader, next, (const char *)text, length))
        return NULL;
    memcpy(out, text, length);
    out[length] = '\0';
    return text + length;
}

const uint8_t *shmrpc_get_bytes(shmrpc_reader *reader, const uint8_t *next, uint8_t **out_items,
                                uint32_t *out_length)
{
    next = shmrpc_get_bin_header(reader, next, out_length);
    if (next == NULL)
        return NULL;
    *out_items = *out_length != 0 ? (uint8_t *)writable(next) : NULL;
    return next + *out_length;
}

const uint8_t *shmrpc_get_bounded_bytes(shmrpc_reader *reader, const uint8_t *next, uint8_t *out,
                                        uint32_t *out_length, uint32_t bound)
{
    const uint8_t *bytes = shmrpc_get_bin_header(reader, next, out_length);
    if (bytes == NULL)
        return NULL;
    if (shmrpc_get_bound(reader, next, *out_length, bound) == NULL) {
        *out_length = 0;
        return NULL;
    }
    memcpy(out, bytes, *out_length);
    return bytes + *out_length;
}

const uint8_t *shmrpc_get_octets(shmrpc_reader *reader, const uint8_t *next, uint8_t *out,
                                 uint32_t length)
{
    uint32_t found;
    const uint8_t *bytes = shmrpc_get_bin_header(reader, next, &found);
    if (bytes == NULL)
        return NULL;
    if (found != length)
        return shmrpc_get_fail(reader, next, "an array of octets has the wrong length");
    memcpy(out, bytes, length);
    return bytes + length;
}

/* -- items -------------------------------------------------------------------------------- */

const uint8_t *shmrpc_get_items(shmrpc_reader *reader, const uint8_t *next, uint32_t count,
                                size_t item_bytes, void **out_items)
{
    static const char too_much[] = "the decoded message takes more memory than is allowed";
    *out_items = NULL;
    if (next == NULL || count == 0)
        return next;
    size_t bytes;
    if (__builtin_mul_overflow(count, item_bytes, &bytes) || bytes > reader->decoded_budget)
        return shmrpc_get_exhausted(reader, next, too_much);
    if (reader->arena != NULL)
        *out_items = shmrpc_arena_alloc(reader->arena, bytes);
    if (*out_items == NULL)
        return shmrpc_get_exhausted(reader, next, "no memory for what is decoded");
    reader->decoded_budget -= bytes;
    return next;
}

#define DEFINE_GET_ITEMS(name, type)                                                               \
    const uint8_t *shmrpc_get_##name##_items(shmrpc_reader *reader, const uint8_t *next,           \
                                             type *out, size_t count)                              \
    {                                                                                              \
        for (size_t i = 0; i < count && next != NULL; i++)                                         \
            next = shmrpc_get_##name(reader, next, &out[i]);                                       \
        return next;                                                                               \
    }
DEFINE_GET_ITEMS(boolean, bool)
DEFINE_GET_ITEMS(int8, int8_t)
DEFINE_GET_ITEMS(int16, int16_t)
DEFINE_GET_ITEMS(int32, int32_t)
DEFINE_GET_ITEMS(int64, int64_t)
DEFINE_GET_ITEMS(uint8, uint8_t)
DEFINE_GET_ITEMS(uint16, uint16_t)
DEFINE_GET_ITEMS(uint32, uint32_t)
DEFINE_GET_ITEMS(uint64, uint64_t)
DEFINE_GET_ITEMS(float, float)
DEFINE_GET_ITEMS(double, double)

/* -- skipping ----------------------------------------------------------------------------- */

/* What a value's first bytes announce. */
typedef struct announcement {
    size_t header;     /* bytes of the header */
    uint64_t body;     /* bytes that follow it */
    uint64_t elements; /* values that follow it */
    bool is_container;
    bool is_reserved;  /* 0xc1, which starts no value */
} announcement;

/* For the forms 0xc0 to 0xdf: how many bytes of length follow, and how many of body besides. */
typedef struct form {
    uint8_t length_width;
    uint8_t body;
    uint8_t elements_each; /* 0: the length counts bytes; 1: elements; 2: pairs */
    bool is_reserved;
} form;

static const form forms[32] = {
    [0x01] = { .is_reserved = true },                          /* never used */
    [0x04] = { 1, 0, 0, 0 }, [0x05] = { 2, 0, 0, 0 }, [0x06] = { 4, 0, 0, 0 }, /* bin */
    [0x07] = { 1, 1, 0, 0 }, [0x08] = { 2, 1, 0, 0 }, [0x09] = { 4, 1, 0, 0 }, /* ext */
    [0x0a] = { 0, 4, 0, 0 }, [0x0b] = { 0, 8, 0, 0 },          /* float, double */
    [0x0c] = { 0, 1, 0, 0 }, [0x0d] = { 0, 2, 0, 0 },          /* unsigned */
    [0x0e] = { 0, 4, 0, 0 }, [0x0f] = { 0, 8, 0, 0 },
    [0x10] = { 0, 1, 0, 0 }, [0x11] = { 0, 2, 0, 0 },          /* signed */
    [0x12] = { 0, 4, 0, 0 }, [0x13] = { 0, 8, 0, 0 },
    [0x14] = { 0, 2, 0, 0 }, [0x15] = { 0, 3, 0, 0 },          /* fixext: a type, 1 to 16 bytes */
    [0x16] = { 0, 5, 0, 0 }, [0x17] = { 0, 9, 0, 0 }, [0x18] = { 0, 17, 0, 0 },
    [0x19] = { 1, 0, 0, 0 }, [0x1a] = { 2, 0, 0, 0 }, [0x1b] = { 4, 0, 0, 0 }, /* str */
    [0x1c] = { 2, 0, 1, 0 }, [0x1d] = { 4, 0, 1, 0 },          /* array */
    [0x1e] = { 2, 0, 2, 0 }, [0x1f] = { 4, 0, 2, 0 },          /* map */
};

/* Of a header from 0xc0 to 0xdf, which is `left` bytes from the end. */
static announcement announce_form(const uint8_t *next, size_t left)
{
    const form *shape = &forms[*next - 0xc0];
    announcement value = { .header = 1u + shape->length_width, .is_reserved = shape->is_reserved };
    if (left < value.header)
        return value;
    uint64_t length = load_width(next + 1, shape->length_width);
    value.is_container = shape->elements_each != 0;
    value.elements = length * shape->elements_each;
    value.body = shape->body + (value.is_container ? 0 : length);
    return value;
}

/* Of the value at `next`; false when it goes on past the end. */
static bool announce(const shmrpc_reader *reader, const uint8_t *next, announcement *out)
{
    size_t left = (size_t)(reader->end - next);
    *out = (announcement){ .header = 1 };
    if (left == 0)
        return false;
    uint8_t header = *next;
    if (header >= 0xc0 && header < 0xe0) {
        *out = announce_form(next, left);
    } else if (header >= 0xa0 && header < 0xc0) {
        out->body = header & 0x1fu;
    } else if (header >= 0x80 && header < 0xa0) {
        out->is_container = true;
        out->elements = (header & 0x0fu) * (header < 0x90 ? 2u : 1u);
    }
    return left >= out->header && left - out->header >= out->body;
}

const uint8_t *shmrpc_get_mismatch(shmrpc_reader *reader, const uint8_t *next, const char *expected)
{
    announcement value;
    if (next != NULL && !announce(reader, next, &value))
        return fail_early_end(reader, next);
    return shmrpc_get_fail(reader, next, expected);
}

/* Steps over a header, and over what is not a container whole. */
static const uint8_t *skip_one(shmrpc_reader *reader, const uint8_t *next, size_t level,
                               announcement *out)
{
    if (!announce(reader, next, out))
        return fail_early_end(reader, next);
    if (out->is_reserved)
        return shmrpc_get_fail(reader, next, "a byte that starts no value");
    if (out->is_container && level == SHMRPC_DEPTH_MAX)
        return shmrpc_get_fail(reader, next, "a value is nested too deeply");
    return shmrpc_get_claim(reader, next + out->header + out->body, out->elements);
}

const uint8_t *shmrpc_get_skip(shmrpc_reader *reader, const uint8_t *next, uint32_t count)
{
    uint64_t left[SHMRPC_DEPTH_MAX + 1]; /* values to go, on each level */
    size_t level = 0;
    left[0] = count;
    while (next != NULL && left[0] + level != 0) {
        if (left[level] == 0) {
            level--;
            continue;
        }
        left[level]--;
        announcement value;
        next = skip_one(reader, next, level, &value);
        if (next != NULL && value.is_container)
            left[++level] = value.elements;
    }
    return next;
}

const uint8_t *shmrpc_get_unknown(shmrpc_reader *reader, const uint8_t *next, int64_t key)
{
    if (next != NULL && key < 0)
        return shmrpc_get_fail(reader, next, "a member that must be understood is not known");
    return shmrpc_get_skip(reader, next, 1);
}
