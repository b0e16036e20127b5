#include "decoding.h"

#include <criterion/criterion.h>

TestSuite(reader, .timeout = 10);

static void assert_problem(const shmrpc_reader *reader, const char *problem, size_t offset)
{
    cr_assert_eq(reader->status, SHMRPC_INVALID_ARGUMENT);
    cr_assert_not_null(reader->problem);
    cr_assert_str_eq(reader->problem, problem);
    cr_assert_eq(reader->problem_offset, offset);
}

Test(reader, the_end_is_where_decoding_must_end)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\x92\x01\x02\x03", 4);
    int32_t values[2];
    const uint8_t *next = shmrpc_get_tuple(reader, reader->next, 2);
    next = shmrpc_get_int32_items(reader, next, values, 2);
    cr_assert_not_null(next);
    cr_assert_not(shmrpc_reader_finish(reader, next));
    assert_problem(reader, "the message goes on after its end", 3);
    decoding_close(&d);
}

Test(reader, the_first_problem_is_kept)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\x01\xc0\x01", 3);
    int32_t value;
    bool flag;
    const uint8_t *next = shmrpc_get_int32(reader, reader->next, &value);
    next = shmrpc_get_boolean(reader, next, &flag);
    next = shmrpc_get_tuple(reader, next, 7);
    cr_assert_null(next);
    shmrpc_get_fail(reader, reader->end, "later");
    cr_assert_not(shmrpc_reader_finish(reader, next));
    assert_problem(reader, "expected a boolean", 1);
    decoding_close(&d);
}

Test(reader, an_empty_message_ends_too_early_for_everything)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "", 0);
    double number;
    cr_assert_null(shmrpc_get_double(reader, reader->next, &number));
    assert_problem(reader, "the message ends too early", 0);
    decoding_close(&d);
    reader = decoding_open(&d, "", 0);
    cr_assert(shmrpc_reader_finish(reader, reader->next));
    decoding_close(&d);
}

Test(reader, booleans_and_numbers_are_not_mistaken_for_one_another)
{
    static const char wrong_for_boolean[] = "\x00\x01\xc0\xc4\xa0\x90\xcc";
    for (size_t i = 0; i < sizeof wrong_for_boolean - 1; i++) {
        decoding d;
        shmrpc_reader *reader = decoding_open(&d, wrong_for_boolean + i, 1);
        bool flag;
        cr_assert_null(shmrpc_get_boolean(reader, reader->next, &flag));
        decoding_close(&d);
    }
    static const char wrong_for_integer[] = "\x80\x90\xa0\xc0\xc1\xc2\xc3"
                                           "\xc4\xca\xcb\xd4\xd9\xdc\xdf";
    for (size_t i = 0; i < sizeof wrong_for_integer - 1; i++) {
        char bytes[10] = { wrong_for_integer[i] };
        for (size_t length = 1; length <= sizeof bytes; length += sizeof bytes - 1) {
            decoding d;
            shmrpc_reader *reader = decoding_open(&d, bytes, length);
            int64_t value;
            uint64_t natural;
            cr_assert_null(shmrpc_get_int64(reader, reader->next, &value));
            cr_assert_null(shmrpc_get_uint64(reader, reader->next, &natural));
            decoding_close(&d);
        }
    }
}

Test(reader, a_double_may_come_as_a_float_and_not_as_an_integer)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\xca\x3f\x00\x00\x00\x01", 6);
    double number = 0;
    float narrow = 0;
    const uint8_t *next = shmrpc_get_double(reader, reader->next, &number);
    cr_assert_eq(next, reader->next + 5);
    cr_assert(number == 0.5);
    cr_assert_not_null(shmrpc_get_float(reader, reader->next, &narrow));
    cr_assert(narrow == 0.5f);
    cr_assert_null(shmrpc_get_double(reader, next, &number));
    assert_problem(reader, "expected a double", 5);
    decoding_close(&d);
}

Test(reader, a_float_does_not_come_as_a_double)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\xcb\x3f\xe0\0\0\0\0\0\0", 9);
    float narrow;
    cr_assert_null(shmrpc_get_float(reader, reader->next, &narrow));
    assert_problem(reader, "expected a float", 0);
    decoding_close(&d);
}

Test(reader, nil_is_stepped_over_only_where_it_is)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\xc0\x07", 2);
    bool is_nil = false;
    const uint8_t *next = shmrpc_get_nil_if(reader, reader->next, &is_nil);
    cr_assert(is_nil);
    cr_assert_eq(next, reader->next + 1);
    cr_assert_eq(shmrpc_get_nil_if(reader, next, &is_nil), next);
    cr_assert_not(is_nil);
    cr_assert_null(shmrpc_get_nil_if(reader, reader->end, &is_nil));
    cr_assert_not(is_nil);
    decoding_close(&d);
}

Test(reader, a_tuple_has_exactly_its_members)
{
    for (uint32_t wanted = 0; wanted < 4; wanted++) {
        decoding d;
        shmrpc_reader *reader = decoding_open(&d, "\x92\x00\x00", 3);
        const uint8_t *next = shmrpc_get_tuple(reader, reader->next, wanted);
        cr_assert_eq(next != NULL, wanted == 2);
        decoding_close(&d);
    }
}

Test(reader, headers_longer_than_need_be_are_read)
{
    static const char *const arrays[] = { "\x91", "\xdc\0\1", "\xdd\0\0\0\1" };
    static const size_t sizes[] = { 1, 3, 5 };
    for (size_t i = 0; i < 3; i++) {
        decoding d;
        char bytes[8] = { 0 };
        memcpy(bytes, arrays[i], sizes[i]);
        shmrpc_reader *reader = decoding_open(&d, bytes, sizes[i] + 1);
        uint32_t count = 0;
        cr_assert_eq(shmrpc_get_tuple(reader, reader->next, 1), reader->next + sizes[i]);
        cr_assert_eq(shmrpc_get_count(reader, reader->next, &count), reader->next + sizes[i]);
        cr_assert_eq(count, 1);
        decoding_close(&d);
    }
}

/* -- strings -- */

/* Message: the strings one after another, headers of the shortest form. */
static size_t append_string(uint8_t *bytes, const char *text)
{
    shmrpc_packer packer;
    shmrpc_packer_init(&packer, bytes, strlen(text) + 40);
    return (size_t)(shmrpc_pack_text(&packer, bytes, text) - bytes);
}

Test(reader, strings_are_terminated_whatever_follows_them)
{
    for (size_t size = 0; size < 70; size++) {
        uint8_t bytes[1000];
        char text[71] = "";
        memset(text, 'a', size);
        size_t length = append_string(bytes, text);
        length += append_string(bytes + length, "");
        length += append_string(bytes + length, text);
        memcpy(bytes + length, "\x05\xc3\xcd\x01\x00\x92\x01\xa1z\xc4\x01\xff", 12);
        length += 12;
        length += append_string(bytes + length, text);
        decoding d;
        shmrpc_reader *reader = decoding_open(&d, bytes, length);
        shmrpc_string strings[4];
        const uint8_t *next = reader->next;
        for (int i = 0; i < 3; i++)
            next = shmrpc_get_string(reader, next, &strings[i]);
        int32_t small = 0, big = 0;
        bool flag = false;
        uint8_t *items = NULL;
        uint32_t item_count = 0;
        next = shmrpc_get_int32(reader, next, &small);
        next = shmrpc_get_boolean(reader, next, &flag);
        next = shmrpc_get_int32(reader, next, &big);
        next = shmrpc_get_skip(reader, next, 1);
        next = shmrpc_get_bytes(reader, next, &items, &item_count);
        next = shmrpc_get_string(reader, next, &strings[3]);
        cr_assert(shmrpc_reader_finish(reader, next), "%s", reader->problem);
        cr_assert_str_eq(strings[0].text, text);
        cr_assert_str_eq(strings[1].text, "");
        cr_assert_str_eq(strings[2].text, text);
        cr_assert_str_eq(strings[3].text, text);
        cr_assert_eq(strings[3].length, size);
        cr_assert(small == 5 && flag && big == 256 && item_count == 1 && items[0] == 0xff);
        decoding_close(&d);
    }
}

Test(reader, a_string_before_a_peeked_header_does_not_overwrite_it)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\xa1" "a\xa1" "b\xc0\xa1" "c\xd9\1d", 10);
    shmrpc_string a, b, c, e;
    bool is_nil = true;
    const uint8_t *next = shmrpc_get_string(reader, reader->next, &a);
    next = shmrpc_get_nil_if(reader, next, &is_nil);
    cr_assert_not(is_nil);
    next = shmrpc_get_string(reader, next, &b);
    next = shmrpc_get_nil_if(reader, next, &is_nil);
    cr_assert(is_nil);
    next = shmrpc_get_string(reader, next, &c);
    next = shmrpc_get_string(reader, next, &e);
    cr_assert(shmrpc_reader_finish(reader, next));
    cr_assert_str_eq(a.text, "a");
    cr_assert_str_eq(b.text, "b");
    cr_assert_str_eq(c.text, "c");
    cr_assert_str_eq(e.text, "d");
    decoding_close(&d);
}

Test(reader, what_is_not_text_is_refused_at_every_length)
{
    for (uint32_t length = 1; length < 70; length++)
        for (uint32_t at = 0; at < length; at++)
            for (size_t behind = 0; behind <= 40; behind += 40) {
                uint8_t bytes[200];
                memset(bytes, 'x', sizeof bytes);
                uint8_t *text = shmrpc_put_str_header(bytes, length);
                size_t size = (size_t)(text - bytes) + length + behind;
                for (int nul = 0; nul < 2; nul++) {
                    text[at] = nul ? 0 : 0xff;
                    decoding d;
                    shmrpc_reader *reader = decoding_open(&d, bytes, size);
                    shmrpc_string string;
                    char copy[70];
                    cr_assert_null(shmrpc_get_string(reader, reader->next, &string));
                    assert_problem(reader, nul ? "a string has a NUL character inside"
                                               : "a string is not UTF-8", 0);
                    cr_assert_null(shmrpc_get_bounded_string(reader, reader->next, copy, 69));
                    decoding_close(&d);
                }
            }
}

/* Into exactly bound + 1 bytes. */
static bool copies(uint32_t bound, uint32_t length, size_t behind)
{
    uint8_t bytes[300];
    memset(bytes, 'b', sizeof bytes);
    uint8_t *text = shmrpc_put_str_header(bytes, length);
    memset(text, 't', length);
    decoding d;
    shmrpc_reader *reader
        = decoding_open(&d, bytes, (size_t)(text - bytes) + length + behind);
    char *out = malloc(bound + 1);
    const uint8_t *next = shmrpc_get_bounded_string(reader, reader->next, out, bound);
    bool copied = next != NULL && strlen(out) == length && strspn(out, "t") == length
                  && next == reader->next + (text - bytes) + length;
    free(out);
    decoding_close(&d);
    return copied;
}

Test(reader, inline_members_take_what_fits_and_write_no_further)
{
    for (uint32_t bound = 0; bound < 80; bound++)
        for (uint32_t length = 0; length < 90; length++)
            for (size_t behind = 0; behind <= 40; behind += 20)
                cr_assert_eq(copies(bound, length, behind), length <= bound, "%u into %u", length,
                             bound);
}

Test(reader, bounds_are_kept)
{
    static const char too_long[] = "a sequence, map or string is longer than its bound";
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\xa3xyz\xc4\x03" "abc", 9);
    shmrpc_string string;
    const uint8_t *next = shmrpc_get_limited_string(reader, reader->next, &string, 3);
    cr_assert_eq(next, reader->next + 4);
    uint8_t out[3];
    uint32_t length = 0;
    cr_assert_eq(shmrpc_get_bounded_bytes(reader, next, out, &length, 3), reader->end);
    cr_assert_eq(length, 3);
    cr_assert_arr_eq(out, "abc", 3);
    cr_assert_eq(shmrpc_get_octets(reader, next, out, 3), reader->end);
    cr_assert_null(shmrpc_get_bounded_bytes(reader, next, out, &length, 2));
    assert_problem(reader, too_long, 4);
    cr_assert_null(shmrpc_get_octets(reader, next, out, 2));
    uint8_t more[4];
    cr_assert_null(shmrpc_get_octets(reader, next, more, 4));
    cr_assert_null(shmrpc_get_bound(reader, next, 2, 1));
    cr_assert_eq(shmrpc_get_bound(reader, next, 1, 1), next);
    decoding_close(&d);
    reader = decoding_open(&d, "\xa3xyz", 4);
    const char *text = NULL;
    cr_assert_eq(shmrpc_get_limited_text(reader, reader->next, &text, 3), reader->end);
    cr_assert_null(shmrpc_get_limited_string(reader, reader->next, &string, 2));
    assert_problem(reader, too_long, 0);
    decoding_close(&d);
}

Test(reader, bytes_stay_in_place_and_none_are_null)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\xc4\0\xc5\0\2\0\1", 7);
    uint8_t *items;
    uint32_t length;
    const uint8_t *next = shmrpc_get_bytes(reader, reader->next, &items, &length);
    cr_assert_null(items);
    cr_assert_eq(length, 0);
    next = shmrpc_get_bytes(reader, next, &items, &length);
    cr_assert_eq(items, d.bytes + 5);
    cr_assert_eq(length, 2);
    cr_assert(shmrpc_reader_finish(reader, next));
    decoding_close(&d);
}

/* -- skipping -- */

/* One value of each form, with the bytes that follow it. */
static const struct {
    const char *bytes;
    size_t length;
} forms[] = {
    { "\x00", 1 }, { "\x7f", 1 }, { "\xff", 1 }, { "\xe0", 1 }, { "\xc0", 1 }, { "\xc2", 1 },
    { "\xc3", 1 }, { "\x80", 1 }, { "\x82\1\2\3\4", 5 }, { "\x90", 1 }, { "\x92\1\2", 3 },
    { "\xa0", 1 }, { "\xa2" "ab", 3 }, { "\xbf" "0123456789012345678901234567890", 32 },
    { "\xc4\2ab", 4 }, { "\xc5\0\2ab", 5 }, { "\xc6\0\0\0\2ab", 7 },
    { "\xc7\2\1ab", 5 }, { "\xc8\0\2\1ab", 6 }, { "\xc9\0\0\0\2\1ab", 8 },
    { "\xca" "abcd", 5 }, { "\xcb" "abcdefgh", 9 },
    { "\xcc" "a", 2 }, { "\xcd" "ab", 3 }, { "\xce" "abcd", 5 }, { "\xcf" "abcdefgh", 9 },
    { "\xd0" "a", 2 }, { "\xd1" "ab", 3 }, { "\xd2" "abcd", 5 }, { "\xd3" "abcdefgh", 9 },
    { "\xd4\1a", 3 }, { "\xd5\1ab", 4 }, { "\xd6\1abcd", 6 }, { "\xd7\1abcdefgh", 10 },
    { "\xd8\1abcdefghijklmnop", 18 },
    { "\xd9\2ab", 4 }, { "\xda\0\2ab", 5 }, { "\xdb\0\0\0\2ab", 7 },
    { "\xdc\0\2\1\2", 5 }, { "\xdd\0\0\0\2\1\2", 7 },
    { "\xde\0\1\1\2", 5 }, { "\xdf\0\0\0\1\1\2", 7 },
};
enum { FORM_COUNT = sizeof forms / sizeof *forms };

Test(reader, every_form_is_skipped_whole_and_never_when_cut)
{
    for (size_t i = 0; i < FORM_COUNT; i++)
        for (size_t length = 0; length <= forms[i].length; length++) {
            decoding d;
            shmrpc_reader *reader = decoding_open(&d, forms[i].bytes, length);
            const uint8_t *next = shmrpc_get_skip(reader, reader->next, 1);
            if (length == forms[i].length)
                cr_assert_eq(next, reader->end, "form %zu", i);
            else
                cr_assert_null(next, "form %zu cut to %zu", i, length);
            decoding_close(&d);
        }
}

Test(reader, all_forms_in_a_row_are_skipped)
{
    uint8_t bytes[1000];
    size_t length = 0;
    for (size_t i = 0; i < FORM_COUNT; i++) {
        memcpy(bytes + length, forms[i].bytes, forms[i].length);
        length += forms[i].length;
    }
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, bytes, length);
    cr_assert_eq(shmrpc_get_skip(reader, reader->next, 0), reader->next);
    const uint8_t *next = shmrpc_get_skip(reader, reader->next, FORM_COUNT);
    cr_assert(shmrpc_reader_finish(reader, next));
    cr_assert_null(shmrpc_get_skip(reader, NULL, 1));
    decoding_close(&d);
}

Test(reader, the_reserved_byte_is_not_skipped)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\x91\xc1", 2);
    cr_assert_null(shmrpc_get_skip(reader, reader->next, 1));
    assert_problem(reader, "a byte that starts no value", 1);
    decoding_close(&d);
}

Test(reader, skipping_leaves_the_terminator_of_the_string_before)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\xa1" "a\x91\xa1" "b\xa1" "c", 7);
    shmrpc_string a, c;
    const uint8_t *next = shmrpc_get_string(reader, reader->next, &a);
    next = shmrpc_get_skip(reader, next, 1);
    next = shmrpc_get_string(reader, next, &c);
    cr_assert(shmrpc_reader_finish(reader, next));
    cr_assert_str_eq(a.text, "a");
    cr_assert_str_eq(c.text, "c");
    decoding_close(&d);
}

Test(reader, recursion_ends_at_32_levels)
{
    decoding d;
    shmrpc_reader *reader = decoding_open(&d, "\xc0", 1);
    const uint8_t *next = reader->next;
    for (int level = 0; level < SHMRPC_DEPTH_MAX; level++)
        next = shmrpc_reader_enter(reader, next);
    cr_assert_eq(next, reader->next);
    shmrpc_reader_leave(reader);
    next = shmrpc_reader_enter(reader, next);
    cr_assert_eq(next, reader->next, "a sibling is no deeper");
    cr_assert_null(shmrpc_reader_enter(reader, next));
    assert_problem(reader, "a value is nested too deeply", 0);
    decoding_close(&d);
}
