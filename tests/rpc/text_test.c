#include <shmrpc/text.h>

#include "random.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(text, .timeout = 10);

/* In a block of its own size, so that ASan sees a byte read too many. */
static const char *problem_of(const char *text, size_t length)
{
    char *exact = malloc(length != 0 ? length : 1);
    memcpy(exact, text, length);
    const char *problem = shmrpc_text_problem(exact, length);
    free(exact);
    return problem;
}

static bool is_valid(const char *text, size_t length)
{
    return problem_of(text, length) == NULL;
}

Test(text, nothing_is_text)
{
    cr_assert_null(shmrpc_text_problem(NULL, 0));
}

/* One character, by the definition: the Unicode standard's table 3-7. */
static size_t encode_character(uint32_t point, char *out)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = length; i-- > 1; point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3f));
    out[0] = (char)(leads[length] | point);
    return length;
}

Test(text, every_character_is_text_but_nul_and_surrogates)
{
    for (uint32_t point = 0; point < 0x120000; point++) {
        char bytes[4];
        size_t length = encode_character(point, bytes);
        bool expected = point != 0 && (point < 0xd800 || point > 0xdfff) && point <= 0x10ffff;
        cr_assert_eq(shmrpc_text_problem(bytes, length) == NULL, expected, "U+%04X", point);
    }
}

/* Every string of one to three bytes must be what the round trip through code points says. */
static bool is_text_by_decoding(const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint8_t lead = bytes[at];
        size_t size = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (size == 0 || size > length - at)
            return false;
        static const uint8_t masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x0f };
        uint32_t point = lead & masks[size];
        for (size_t i = 1; i < size; i++)
            point = point << 6 | (bytes[at + i] & 0x3fu);
        char again[4];
        if (encode_character(point, again) != size || memcmp(again, bytes + at, size) != 0
            || point == 0 || (point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff)
            return false;
        at += size;
    }
    return true;
}

Test(text, all_strings_of_up_to_three_bytes_are_judged_by_their_code_points)
{
    for (uint32_t number = 0; number < 1u << 24; number += number < 1u << 17 ? 1 : 7) {
        uint8_t bytes[3] = { (uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16) };
        for (size_t length = 1; length <= 3; length++) {
            bool valid = shmrpc_text_problem((const char *)bytes, length) == NULL;
            if (valid != is_text_by_decoding(bytes, length))
                cr_assert(false, "%zu of %02x %02x %02x", length, bytes[0], bytes[1], bytes[2]);
        }
    }
}

typedef struct malformed {
    const char *what;
    const char *bytes;
} malformed;

static const malformed malformed_texts[] = {
    { "a continuation alone", "\x80" },
    { "the last continuation alone", "\xbf" },
    { "overlong /", "\xc0\xaf" },
    { "overlong U+007F", "\xc1\xbf" },
    { "overlong U+07FF", "\xe0\x9f\xbf" },
    { "overlong U+FFFF", "\xf0\x8f\xbf\xbf" },
    { "overlong NUL", "\xc0\x80" },
    { "the first surrogate", "\xed\xa0\x80" },
    { "the last surrogate", "\xed\xbf\xbf" },
    { "a surrogate pair", "\xed\xa0\xbd\xed\xb8\x80" },
    { "U+110000", "\xf4\x90\x80\x80" },
    { "a lead of f5", "\xf5\x80\x80\x80" },
    { "five bytes", "\xf8\x88\x80\x80\x80" },
    { "six bytes", "\xfc\x84\x80\x80\x80\x80" },
    { "fe", "\xfe" },
    { "ff", "\xff" },
    { "two bytes cut", "\xc3" },
    { "three bytes cut to one", "\xe2" },
    { "three bytes cut to two", "\xe2\x82" },
    { "four bytes cut to one", "\xf0" },
    { "four bytes cut to two", "\xf0\x9f" },
    { "four bytes cut to three", "\xf0\x9f\x98" },
    { "a lead after a lead", "\xc3\xc3\xa9" },
    { "ASCII in the middle", "\xe2\x82" "a" },
};

Test(text, malformed_text_is_found_wherever_it_lies)
{
    for (size_t i = 0; i < sizeof malformed_texts / sizeof *malformed_texts; i++) {
        const malformed *wrong = &malformed_texts[i];
        size_t size = strlen(wrong->bytes);
        for (size_t before = 0; before < 40; before++) {
            char text[100];
            memset(text, 'x', sizeof text);
            memcpy(text + before, wrong->bytes, size);
            cr_assert_not(is_valid(text, before + size), "%s at %zu, last", wrong->what, before);
            cr_assert_not(is_valid(text, before + size + 20), "%s at %zu", wrong->what, before);
        }
    }
}

Test(text, a_nul_is_found_wherever_it_lies)
{
    for (size_t length = 1; length < 70; length++)
        for (size_t at = 0; at < length; at++) {
            char text[70];
            memset(text, 'x', sizeof text);
            text[at] = '\0';
            const char *problem = problem_of(text, length);
            cr_assert_not_null(problem, "at %zu of %zu", at, length);
            cr_assert_str_eq(problem, "a string has a NUL character inside");
        }
}

Test(text, random_bytes_are_judged_by_their_code_points)
{
    random_source random = random_start("text");
    for (int round = 0; round < 200000; round++) {
        char text[80];
        size_t length = 0;
        while (length < 60 && random_below(&random, 30) != 0)
            length += encode_character(1 + (uint32_t)(random_bits(&random) % 0xd7ff),
                                       text + length);
        if (length != 0 && random_below(&random, 2) != 0)
            text[random_below(&random, (uint32_t)length)] = (char)random_next(&random);
        cr_assert_eq(is_valid(text, length), is_text_by_decoding((uint8_t *)text, length));
    }
}

/* What is plain needs no second look, so nothing else may pass for it. */
Test(text, only_ascii_is_copied_as_plain)
{
    for (size_t length = 0; length < 70; length++)
        for (size_t at = 0; at < length; at++)
            for (int byte = 0; byte < 256; byte++) {
                char text[70];
                uint8_t copy[70];
                memset(text, 'x', length);
                text[at] = (char)byte;
                bool plain = shmrpc_text_copy(copy, text, length);
                cr_assert_eq(plain, byte > 0 && byte < 0x80, "%02x at %zu of %zu", (unsigned)byte,
                             at, length);
                cr_assert_eq(memcmp(copy, text, length), 0);
            }
}
