/* layout.h -- what lies in shared memory: the service region, the doorbell page, the channel.
 *
 * Every shared word has one writer, but for the hint bits (fetch_or by clients, exchange by the
 * server) and the semaphores. Fixed widths, explicit padding, no pointers; the version goes up with
 * every change. docs/protocol.md tells the states; the labels SYNC(...) pair the atomics.
 */
#ifndef SRPC_LAYOUT_H
#define SRPC_LAYOUT_H

#include <assert.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>

#include "name.h"
#include "shared.h"
#include "sweep.h"

enum {
    SRPC_LAYOUT_VERSION = 1,
    SRPC_ENDIAN_TAG = 0x0102,
    SRPC_SLOTS = 64,
    SRPC_LINE_BODY = 48,         /* body bytes in the slot's line */
    SRPC_LINE_BODY_ROOM = 40,    /* the same when a reply room is named behind it */
    SRPC_ANNEX_BYTES = 512,
    SRPC_CHANNEL_BYTES = 65536,  /* of a new channel */
    SRPC_PAGE_BYTES = 4096,
    SRPC_RESERVE_SLACK = 16384,  /* encoding reserves more than it uses: rooms may be that much larger
                                    than max_message_bytes, messages may not */
    SRPC_CLIENTS_MAX = 4096,     /* hint bits: 64 words of 64 */
    SRPC_HINT_WORDS = SRPC_CLIENTS_MAX / 64
};

#define SRPC_MAGIC_SERVICE UINT32_C(0x53707253)  /* "SrpS" */
#define SRPC_MAGIC_DOORBELL UINT32_C(0x42707253) /* "SrpB" */
#define SRPC_MAGIC_CHANNEL UINT32_C(0x43707253)  /* "SrpC" */

/* The first 16 bytes of a service region and of a channel; of a doorbell page behind the bell.
 * Fixed once the object is linked. Against foreign files, not against halves. */
typedef struct srpc_layout_header {
    uint32_t magic;
    uint16_t version;        /* SRPC_LAYOUT_VERSION */
    uint16_t endian;         /* SRPC_ENDIAN_TAG, as the writer stores it */
    uint8_t word_bytes;      /* sizeof(void *) */
    uint8_t semaphore_bytes; /* sizeof(sem_t) */
    uint16_t flags;          /* SRPC_HEADER_... */
    uint32_t total_bytes;    /* of the file when it was linked */
} srpc_layout_header;
static_assert(sizeof(srpc_layout_header) == 16, "layout");

enum {
    SRPC_HEADER_MEMBARRIER = 1u << 0 /* the writer is registered for expedited membarriers */
};

/* -- the service region: the server writes, clients map it read-only --------------------------- */

enum {
    SRPC_SERVICE_SERVING = 1,  /* from the link on */
    SRPC_SERVICE_DRAINING = 2, /* finishing what was taken; new calls wait for a successor */
    SRPC_SERVICE_RETIRED = 3   /* no call will be taken any more; connect to a successor */
};

/* An operation as it is served; its index in the table travels in requests. */
typedef struct srpc_service_operation {
    uint32_t id;
    uint32_t shape;
    uint32_t flags;
    uint32_t name_hash;       /* srpc_name_hash of "demo.Calculator.add", of the interface that declares
                                 it: ids that @id gives may be the same in unrelated interfaces */
} srpc_service_operation;

/* FNV-1a. */
static inline uint32_t srpc_name_hash(const char *name)
{
    uint32_t hash = 2166136261u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

typedef struct srpc_service_interface {
    uint64_t fingerprint;
    uint32_t name_offset;     /* in the region; NUL-terminated */
    uint32_t name_length;
    uint32_t operation_first; /* index into the table of operations */
    uint32_t operation_count;
} srpc_service_interface;

/* A connected client, for tools. Written by the server; `pid` last. */
typedef struct srpc_service_client {
    uint32_t uid;
    srpc_shared32 pid;     /* 0: this entry is free, or the pid is not visible */
    int64_t since_ns;         /* CLOCK_MONOTONIC */
    srpc_id client;
} srpc_service_client;
static_assert(sizeof(srpc_service_client) == 32, "layout");

typedef struct srpc_service_region {
    srpc_layout_header header;
    srpc_id instance;
    uint64_t max_message_bytes;
    int64_t started_ns;              /* CLOCK_MONOTONIC */
    uint32_t server_pid;             /* in the server's pid namespace; for messages only */
    uint32_t server_uid;
    uint32_t interface_count;
    uint32_t operation_count;
    uint32_t interfaces_offset;      /* srpc_service_interface[interface_count] */
    uint32_t operations_offset;      /* srpc_service_operation[operation_count] */
    uint32_t roster_offset;          /* srpc_service_client[roster_count] */
    uint32_t roster_count;
    uint64_t time_namespace;         /* the server's; 0: not known. Deadlines are of one clock */
    uint8_t padding_1[40];
    /* line: state. SYNC(service-state): stored with release, loaded with acquire by clients. */
    srpc_shared32 state;
    uint8_t padding_2[60];
    /* line: the poller's sleep. 1 while it sleeps or is about to. A server that dies leaves it at
     * 1: clients then ring a bell that nobody hears, until a slice tells them of the death. */
    srpc_shared32 sleepers;
    uint8_t padding_3[60];
} srpc_service_region;
static_assert(offsetof(srpc_service_region, instance) == SRPC_SERVICE_INSTANCE_OFFSET, "sweep.h");
static_assert(offsetof(srpc_service_region, state) == 128, "layout");
static_assert(offsetof(srpc_service_region, sleepers) == 192, "layout");

/* -- the doorbell page: clients write, the server believes nothing that it has not checked ------ */

typedef struct srpc_doorbell_page {
    sem_t bell;                       /* the poller sleeps here; at offset 0 for sem_open */
    srpc_layout_header header;
    uint8_t padding_1[64 - sizeof(sem_t) - sizeof(srpc_layout_header)];
    sem_t door;                       /* the porter sleeps here */
    srpc_shared32 join;            /* a client set 1: look for new channels; the porter exchanges 0 */
    uint8_t padding_2[64 - sizeof(sem_t) - sizeof(uint32_t)];
    srpc_shared64 summary;         /* bit w: hint[w] has a bit. SYNC(hint) */
    uint8_t padding_3[56];
    srpc_shared64 hint[SRPC_HINT_WORDS]; /* bit of a channel's index: it has a request. SYNC(hint) */
} srpc_doorbell_page;
static_assert(offsetof(srpc_doorbell_page, door) == 64, "layout");
static_assert(offsetof(srpc_doorbell_page, summary) == 128, "layout");
static_assert(sizeof(srpc_doorbell_page) <= SRPC_PAGE_BYTES, "layout");

/* Says that there is something in the channel with this index. SYNC(hint): the word first, and then
 * the summary; who takes them does it the other way round. */
static inline void srpc_page_hint(srpc_doorbell_page *page, uint32_t index)
{
    uint32_t word = index / 64 % SRPC_HINT_WORDS;
    srpc_shared_fetch_or(&page->hint[word], UINT64_C(1) << (index % 64), memory_order_seq_cst);
    srpc_shared_fetch_or(&page->summary, UINT64_C(1) << word, memory_order_seq_cst);
}

/* -- the channel: one client's calls, in the client's own memory -------------------------------- */

enum {
    SRPC_FLAG_OUTSIDE = 1u << 0,     /* body: {u32 offset, u32 length} in the channel */
    SRPC_FLAG_ROOM = 1u << 1,        /* request: body[40]: {u32 offset, u32 length} for the reply */
    SRPC_FLAG_ONEWAY = 1u << 2,      /* request: nobody waits for the reply */
    SRPC_FLAG_FETCH = 1u << 3,       /* request: the reply that had no room; it has one now */
    SRPC_FLAG_NEED_ROOM = 1u << 4,   /* reply: body: u64 bytes that it takes */
    SRPC_FLAG_TEXT = 1u << 5,        /* reply: the body is the failure's message, not MessagePack */
    SRPC_FLAG_NOT_STARTED = 1u << 6, /* reply: the handler was not run */
    SRPC_FLAG_UNAVAILABLE = 1u << 7  /* reply: refused by an orderly stop; try the successor */
};

/* One call's line. SYNC(request-published): the client stores word = 2g+1 with release after the
 * body; the server loads it with acquire. SYNC(reply-published): the server stores word = 2g with
 * release after the body; the client loads it with acquire. A crash leaves the word as it was: the
 * body is then nobody's. */
typedef struct srpc_slot {
    srpc_shared32 word;    /* generation << 1 | request */
    uint16_t operation;       /* request: index in the service's table; reply: the status */
    uint8_t flags;            /* SRPC_FLAG_... */
    uint8_t length;           /* bytes of the body that lie in the line */
    int64_t deadline_ns;      /* request: CLOCK_MONOTONIC, 0 none */
    uint8_t body[SRPC_LINE_BODY];
} srpc_slot;
static_assert(sizeof(srpc_slot) == 64, "one cache line");
static_assert(offsetof(srpc_slot, body) == 16, "layout");

/* Where a body lies that does not fit the line, or where a reply may lie. */
typedef struct srpc_extent {
    uint32_t offset; /* from the start of the channel */
    uint32_t length;
} srpc_extent;

enum {
    SRPC_WATCHED_NO = 0,      /* not in the server's active set: set the hint, ring */
    SRPC_WATCHED_POLLED = 1,  /* the poller looks: do nothing */
    SRPC_WATCHED_ASLEEP = 2   /* in the active set, but the poller sleeps: ring */
};

enum {
    SRPC_ACCEPT_WAITING = 0,
    SRPC_ACCEPT_TAKEN = 1,    /* index is set */
    SRPC_ACCEPT_REFUSED = 2   /* refusal_status, refusal are set */
};

#define SRPC_CANCEL_NONE UINT32_MAX /* no generation: those have 31 bits */

enum { SRPC_TAKEN = 1, SRPC_STARTED = 2, SRPC_FINISHED = 3 };

typedef struct srpc_channel_region {
    /* line: fixed once linked; client */
    srpc_layout_header header;
    srpc_id client;
    uint64_t max_bytes;          /* what the file may grow to */
    uint32_t client_pid;         /* a claim; the kernel's name tag says more */
    uint8_t padding_1[20];

    /* line: server */
    srpc_shared32 watched;    /* SRPC_WATCHED_... SYNC(publish-sleep) */
    srpc_shared32 server_cpu; /* where the poller runs; ~0 not known */
    srpc_shared32 index;      /* of the hint bit; set before accept */
    srpc_shared32 accept;     /* SRPC_ACCEPT_... SYNC(accept): release by the porter, acquire by the client */
    uint32_t refusal_status;     /* set before accept */
    char refusal[44];            /* the same; NUL-terminated */

    /* 4 lines: server. 4g + SRPC_TAKEN, SRPC_STARTED, SRPC_FINISHED. SYNC(take-cancel) */
    srpc_shared32 progress[SRPC_SLOTS];

    /* line: client */
    srpc_shared32 client_cpu; /* ~0: not known */
    srpc_shared32 light;      /* 1: the client naps with a plain fence, so the server must fence */
    srpc_shared32 closing;    /* 1: no call will come any more */
    uint8_t padding_3[52];

    /* 4 lines: client. g: given up; SRPC_CANCEL_NONE: not. SYNC(take-cancel) */
    srpc_shared32 cancel[SRPC_SLOTS];

    /* line: client. 0, or 1 + number of the semaphore to post. SYNC(answer-nap) */
    srpc_shared8 naps[SRPC_SLOTS];

    uint8_t padding_4[4096 - 64 * 3 - 256 * 2 - 64];

    sem_t bell[SRPC_SLOTS];      /* whoever waits for slot i sleeps on number i */
    uint8_t padding_5[4096 - sizeof(sem_t) * SRPC_SLOTS];

    srpc_slot slot[SRPC_SLOTS];

    uint8_t annex[SRPC_SLOTS][SRPC_ANNEX_BYTES];
    /* the heap follows, up to the end of the file */
} srpc_channel_region;
static_assert(offsetof(srpc_channel_region, watched) == 64, "layout");
static_assert(offsetof(srpc_channel_region, progress) == 128, "layout");
static_assert(offsetof(srpc_channel_region, client_cpu) == 384, "layout");
static_assert(offsetof(srpc_channel_region, cancel) == 448, "layout");
static_assert(offsetof(srpc_channel_region, naps) == 704, "layout");
static_assert(offsetof(srpc_channel_region, bell) == 4096, "layout");
static_assert(offsetof(srpc_channel_region, slot) == 8192, "layout");
static_assert(offsetof(srpc_channel_region, annex) == 12288, "layout");
static_assert(sizeof(srpc_channel_region) == 45056, "the heap starts on a page");

enum { SRPC_HEAP_OFFSET = sizeof(srpc_channel_region) };

/* All of a slot's annex. */
static inline srpc_extent srpc_annex_extent(uint32_t slot)
{
    return (srpc_extent){
        .offset = (uint32_t)offsetof(srpc_channel_region, annex) + slot * SRPC_ANNEX_BYTES,
        .length = SRPC_ANNEX_BYTES,
    };
}

#endif
