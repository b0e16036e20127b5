#include <shmrpc/text.h>

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* The bytes of the character at `text`, which is not ASCII; 0 when it is malformed. */
static size_t character_bytes(const uint8_t *text, size_t length)
{
    uint8_t lead = text[0];
    if (lead < 0xc2) /* a continuation, or the overlong forms c0 and c1 */
        return 0;
    if (lead < 0xe0)
        return length >= 2 && is_continuation(text[1]) ? 2 : 0;
    if (lead < 0xf0) {
        if (length < 3 || !is_continuation(text[1]) || !is_continuation(text[2]))
            return 0;
        bool overlong = lead == 0xe0 && text[1] < 0xa0;
        bool surrogate = lead == 0xed && text[1] >= 0xa0;
        return overlong || surrogate ? 0 : 3;
    }
    if (lead > 0xf4 || length < 4 || !is_continuation(text[1]) || !is_continuation(text[2])
        || !is_continuation(text[3]))
        return 0;
    bool overlong = lead == 0xf0 && text[1] < 0x90;
    bool past_the_end = lead == 0xf4 && text[1] >= 0x90; /* U+10FFFF */
    return overlong || past_the_end ? 0 : 4;
}

/* The bytes from `at` on that are ASCII and not NUL. */
static size_t plain_bytes(const uint8_t *text, size_t at, size_t length)
{
    size_t from = at;
    for (; length - at >= 16; at += 16) {
        shmrpc_vector special = shmrpc_vector_special(shmrpc_vector_at(text + at));
        uint32_t bits = shmrpc_vector_high_bits(special);
        if (bits != 0)
            return at - from + (size_t)__builtin_ctz(bits);
    }
    while (at < length && text[at] != 0 && text[at] < 0x80)
        at++;
    return at - from;
}

const char *shmrpc_text_problem(const char *text, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)text;
    for (size_t at = 0; at < length;) {
        if (bytes[at] < 0x80) {
            at += plain_bytes(bytes, at, length);
            if (at == length)
                break;
        }
        if (bytes[at] == 0)
            return "a string has a NUL character inside";
        size_t step = character_bytes(bytes + at, length - at);
        if (step == 0)
            return "a string is not UTF-8";
        at += step;
    }
    return NULL;
}
