// Random values that msgpack-c has written, read and written again by a C++17 program: what the headers
// declare is what the C files define, with the same layout.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#include <shmrpc/marshal.h>

#include "random_wire.h"

namespace {

constexpr int ROUNDS = 40;
constexpr std::size_t ROOM = 4 << 20;

int failures;

void expect(bool condition, const char *type, const char *what)
{
    if (condition)
        return;
    std::printf("%s: %s\n", type, what);
    failures++;
}

template <typename T> struct functions {
    const uint8_t *(*decode)(T *, shmrpc_reader *, const uint8_t *);
    uint8_t *(*encode)(const T *, shmrpc_packer *, uint8_t *);
    shmrpc_status (*copy)(T *, const T *);
    bool (*equal)(const T *, const T *);
    shmrpc_status (*validate)(const T *);
    void (*fini)(T *);
};

template <typename T> void go_round(randomness *random, const char *scoped_name, const functions<T> &of)
{
    msgpack_sbuffer packed;
    msgpack_sbuffer_init(&packed);
    random_wire(random, scoped_name, &packed);
    std::vector<uint8_t> bytes(packed.data, packed.data + packed.size);
    bytes.push_back(0); // readers write a terminator
    static std::vector<uint8_t> room(ROOM + 1);

    shmrpc_arena arena;
    shmrpc_reader reader;
    T value{};
    T kept{};
    shmrpc_arena_init(&arena);
    shmrpc_reader_init(&reader, bytes.data(), packed.size, 64 << 20, &arena);
    bool is_read = shmrpc_reader_finish(&reader, of.decode(&value, &reader, reader.next));
    expect(is_read, scoped_name, "is not read");
    if (is_read) {
        shmrpc_packer packer;
        shmrpc_packer_init(&packer, room.data(), ROOM);
        const uint8_t *end = of.encode(&value, &packer, packer.start);
        expect(end != nullptr && std::size_t(end - room.data()) == packed.size &&
                   std::memcmp(room.data(), packed.data, packed.size) == 0,
               scoped_name, "is written differently");
        expect(of.validate(&value) == SHMRPC_OK, scoped_name, "is not valid");
        expect(of.copy(&kept, &value) == SHMRPC_OK && of.equal(&kept, &value), scoped_name,
               "is not equal to its copy");
        of.fini(&kept);
    }
    shmrpc_arena_deinit(&arena);
    msgpack_sbuffer_destroy(&packed);
}

} // namespace

int main()
{
    const char *given = std::getenv("SHMRPC_TEST_SEED");
    randomness random{};
    random.state = given != nullptr ? std::strtoull(given, nullptr, 0) : uint64_t(std::time(nullptr));
    std::printf("SHMRPC_TEST_SEED=%llu\n", static_cast<unsigned long long>(random.state));
    for (int round = 0; round < ROUNDS; round++) {
#define GO_ROUND(T, scoped_name)                                                                   \
    go_round<T>(&random, scoped_name,                                                              \
                { T##_decode, T##_encode, T##_copy, T##_equal, T##_validate, T##_fini });
        RANDOM_WIRE_TYPES(GO_ROUND)
#undef GO_ROUND
    }
    return failures == 0 ? 0 : 1;
}
