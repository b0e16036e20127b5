/* The header of an object: each field that is wrong is named. */
#include <criterion/criterion.h>
#include <string.h>

#include "layout_check.h"

TestSuite(layout_check, .timeout = 10);

static srpc_layout_header make_header(void)
{
    srpc_layout_header header;
    memset(&header, 0, sizeof header);
    srpc_layout_header_fill(&header, SRPC_MAGIC_CHANNEL, 0, SRPC_CHANNEL_BYTES);
    return header;
}

static shmrpc_status check(const srpc_layout_header *header)
{
    return srpc_layout_check(header, SRPC_MAGIC_CHANNEL, SRPC_CHANNEL_BYTES, "shmrpc.c.test");
}

static void expect_named(const srpc_layout_header *header, const char *word)
{
    cr_assert_eq(check(header), SHMRPC_FAILED_PRECONDITION);
    cr_assert(strstr(shmrpc_failure_last()->message, word) != NULL, "'%s' is not in: %s", word,
              shmrpc_failure_last()->message);
    cr_assert(strstr(shmrpc_failure_last()->message, "shmrpc.c.test") != NULL);
    cr_assert_eq(shmrpc_failure_last()->outcome, SHMRPC_OUTCOME_NOT_STARTED);
}

Test(layout_check, takes_what_this_library_writes)
{
    srpc_layout_header header = make_header();
    cr_assert_eq(check(&header), SHMRPC_OK);
    header.flags = SRPC_HEADER_MEMBARRIER;
    cr_assert_eq(check(&header), SHMRPC_OK);
    cr_assert_eq(srpc_layout_check(&header, SRPC_MAGIC_CHANNEL, SRPC_CHANNEL_BYTES * 2, "x"),
                 SHMRPC_OK, "a file may grow");
}

Test(layout_check, names_each_field_that_differs)
{
    srpc_layout_header header = make_header();
    header.magic = SRPC_MAGIC_SERVICE;
    expect_named(&header, "magic");
    header = make_header();
    header.magic = __builtin_bswap32(header.magic);
    expect_named(&header, "byte order");
    header = make_header();
    header.version++;
    expect_named(&header, "layout version");
    header = make_header();
    header.endian = 0x0201;
    expect_named(&header, "byte order");
    header = make_header();
    header.word_bytes = sizeof(void *) == 8 ? 4 : 8;
    expect_named(&header, "word size");
    header = make_header();
    header.semaphore_bytes = 16;
    expect_named(&header, "sem_t");
    header = make_header();
    header.total_bytes = SRPC_CHANNEL_BYTES + 1;
    expect_named(&header, "size in the header");
}

/* Any bit: refused, or one that says nothing about the layout. */
Test(layout_check, refuses_or_survives_each_flipped_bit)
{
    for (size_t bit = 0; bit < sizeof(srpc_layout_header) * 8; bit++) {
        srpc_layout_header header = make_header();
        uint8_t bytes[sizeof header];
        memcpy(bytes, &header, sizeof header);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        memcpy(&header, bytes, sizeof header);
        shmrpc_status status = check(&header);
        bool is_checked = bit / 8 < offsetof(srpc_layout_header, flags);
        cr_assert(status == SHMRPC_FAILED_PRECONDITION || (status == SHMRPC_OK && !is_checked),
                  "bit %zu", bit);
    }
}
