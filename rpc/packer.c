#include <shmrpc/packer.h>

void shmrpc_packer_init(shmrpc_packer *packer, uint8_t *buffer, size_t capacity)
{
    *packer = (shmrpc_packer){ .start = buffer, .end = buffer + capacity, .status = SHMRPC_OK };
}

uint8_t *shmrpc_pack_fail(shmrpc_packer *packer, shmrpc_status status, const char *problem)
{
    if (packer->status == SHMRPC_OK) {
        packer->status = status;
        packer->problem = problem;
    }
    return NULL;
}

uint8_t *shmrpc_pack_grow(shmrpc_packer *packer, uint8_t *next, size_t bytes)
{
    if (next == NULL)
        return NULL;
    if (packer->grow != NULL)
        next = packer->grow(packer, next, bytes);
    else
        next = NULL;
    if (next == NULL)
        return shmrpc_pack_fail(packer, SHMRPC_RESOURCE_EXHAUSTED, "the message does not fit");
    return next;
}

uint8_t *shmrpc_pack_characters(shmrpc_packer *packer, uint8_t *next, const char *text,
                                size_t length)
{
    next = shmrpc_pack_reserve(packer, next, SHMRPC_MAX_ENCODED_str_header + length);
    if (next == NULL)
        return NULL;
    next = shmrpc_put_str_header(next, (uint32_t)length);
    if (SHMRPC_UNLIKELY(!shmrpc_text_copy(next, text, length))) {
        const char *problem = shmrpc_text_problem(text, length);
        if (problem != NULL)
            return shmrpc_pack_fail(packer, SHMRPC_INVALID_ARGUMENT, problem);
    }
    return next + length;
}

uint8_t *shmrpc_pack_limited_text(shmrpc_packer *packer, uint8_t *next, const char *text,
                                  uint32_t bound)
{
    if (text == NULL)
        return shmrpc_pack_fail(packer, SHMRPC_INVALID_ARGUMENT, "a string is NULL");
    size_t length = strlen(text);
    if (length > bound)
        return shmrpc_pack_fail(packer, SHMRPC_INVALID_ARGUMENT,
                                "a string is longer than its bound");
    return shmrpc_pack_characters(packer, next, text, length);
}

uint8_t *shmrpc_pack_terminated(shmrpc_packer *packer, uint8_t *next, const char *text,
                                uint32_t bound)
{
    const char *nul = memchr(text, 0, (size_t)bound + 1);
    if (nul == NULL)
        return shmrpc_pack_fail(packer, SHMRPC_INVALID_ARGUMENT,
                                "a bounded string is not terminated");
    return shmrpc_pack_characters(packer, next, text, (size_t)(nul - text));
}

uint8_t *shmrpc_pack_bytes(shmrpc_packer *packer, uint8_t *next, const uint8_t *bytes,
                           uint32_t length)
{
    next = shmrpc_pack_reserve(packer, next, SHMRPC_MAX_ENCODED_bin_header + (size_t)length);
    if (next == NULL)
        return NULL;
    next = shmrpc_put_bin_header(next, length);
    if (length != 0)
        memcpy(next, bytes, length);
    return next + length;
}

/* Room is reserved for so many items at a time, so that little is reserved in vain. */
enum { ITEMS_RESERVED = 128 };

#define DEFINE_PACK_ITEMS(name, type)                                                              \
    uint8_t *shmrpc_pack_##name##_items(shmrpc_packer *packer, uint8_t *next, const type *items,   \
                                        size_t count)                                              \
    {                                                                                              \
        while (count != 0) {                                                                       \
            size_t step = count < ITEMS_RESERVED ? count : ITEMS_RESERVED;                         \
            next = shmrpc_pack_reserve(packer, next, step * SHMRPC_MAX_ENCODED_##name);            \
            if (next == NULL)                                                                      \
                return NULL;                                                                       \
            for (size_t i = 0; i < step; i++)                                                      \
                next = shmrpc_put_##name(next, items[i]);                                          \
            items += step;                                                                         \
            count -= step;                                                                         \
        }                                                                                          \
        return next;                                                                               \
    }
DEFINE_PACK_ITEMS(boolean, bool)
DEFINE_PACK_ITEMS(int8, int8_t)
DEFINE_PACK_ITEMS(int16, int16_t)
DEFINE_PACK_ITEMS(int32, int32_t)
DEFINE_PACK_ITEMS(int64, int64_t)
DEFINE_PACK_ITEMS(uint8, uint8_t)
DEFINE_PACK_ITEMS(uint16, uint16_t)
DEFINE_PACK_ITEMS(uint32, uint32_t)
DEFINE_PACK_ITEMS(uint64, uint64_t)
DEFINE_PACK_ITEMS(float, float)
DEFINE_PACK_ITEMS(double, double)
