#include "scene.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>

/* What an outcome allows; NOTHING: the caller has not been told, or was killed before. */
typedef enum told { TOLD_NOTHING, TOLD_RAN, TOLD_NEVER, TOLD_PERHAPS } told;

scene *scene_make(void)
{
    scene *on = mmap(NULL, sizeof *on, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return on == MAP_FAILED ? NULL : on;
}

void scene_drop(scene *on)
{
    (void)munmap(on, sizeof *on);
}

void scene_touch(const scene *on)
{
    for (size_t at = 0; at < sizeof *on; at += 4096)
        (void)*((const volatile char *)on + at);
}

void scene_complain(scene *on, const char *format, ...)
{
    uint32_t number = atomic_fetch_add(&on->failures, 1);
    if (number >= SCENE_COMPLAINTS)
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(on->complaints[number], SCENE_COMPLAINT_BYTES, format, arguments);
    va_end(arguments);
}

/* An id is lane, number and whether it is idempotent, in that order from the top. */
static scene_lane *lane_of(scene *on, int64_t id)
{
    return &on->lanes[((uint64_t)id >> 48) % SCENE_LANES];
}

static size_t place_of(int64_t id)
{
    return ((uint64_t)id >> 1) % SCENE_DEPTH;
}

/* What ran lately, against what its caller was told. */
static void audit_place(scene *on, unsigned lane, size_t place, int64_t id)
{
    scene_lane *its = &on->lanes[lane];
    bool has_run = (int64_t)atomic_load(&its->ran[place]) == id;
    told what = (told)atomic_load(&its->told[place]);
    if (what == TOLD_NEVER && has_run)
        scene_complain(on, "call %" PRIx64 " ran; its caller was told that it never would", id);
    if (what == TOLD_RAN && !has_run)
        scene_complain(on, "call %" PRIx64 " did not run; its caller was told that it had", id);
}

static int64_t make_id(unsigned lane, uint64_t number, bool is_idempotent)
{
    return (int64_t)((uint64_t)lane << 48 | number << 1 | (is_idempotent ? 1 : 0));
}

int64_t scene_next_id(scene *on, unsigned lane, bool is_idempotent)
{
    scene_lane *its = &on->lanes[lane];
    uint64_t number = atomic_fetch_add(&its->next, 1) + 1;
    size_t place = number % SCENE_DEPTH;
    if (number > SCENE_DEPTH) {
        uint64_t before = atomic_load(&its->ran[place]);
        audit_place(on, lane, place,
                    make_id(lane, number - SCENE_DEPTH, (before & 1) != 0));
    }
    atomic_store(&its->told[place], TOLD_NOTHING);
    return make_id(lane, number, is_idempotent);
}

static told told_by(shmrpc_status status, shmrpc_outcome outcome)
{
    if (status == SHMRPC_OK || outcome == SHMRPC_OUTCOME_DONE)
        return TOLD_RAN;
    return outcome == SHMRPC_OUTCOME_NOT_STARTED ? TOLD_NEVER : TOLD_PERHAPS;
}

void scene_tell(scene *on, int64_t id, shmrpc_status status, shmrpc_outcome outcome)
{
    scene_lane *lane = lane_of(on, id);
    size_t place = place_of(id);
    atomic_store(&lane->told[place], (uint8_t)told_by(status, outcome));
    audit_place(on, (unsigned)(lane - on->lanes), place, id);
}

void scene_audit(scene *on)
{
    for (unsigned lane = 0; lane < SCENE_LANES; lane++) {
        scene_lane *its = &on->lanes[lane];
        uint64_t last = atomic_load(&its->next);
        uint64_t first = last > SCENE_DEPTH ? last - SCENE_DEPTH + 1 : 1;
        for (uint64_t number = first; number <= last; number++) {
            size_t place = number % SCENE_DEPTH;
            bool is_idempotent = (atomic_load(&its->ran[place]) & 1) != 0;
            audit_place(on, lane, place, make_id(lane, number, is_idempotent));
        }
    }
}

shmrpc_status scene_bump(board *self, shmrpc_call *call, int64_t id, int64_t *out_id)
{
    (void)call;
    scene *on = (scene *)self;
    int64_t before = (int64_t)atomic_exchange(&lane_of(on, id)->ran[place_of(id)], (uint64_t)id);
    if (before == id && (id & 1) == 0)
        scene_complain(on, "call %" PRIx64 " ran twice", id);
    if (before == id && (id & 1) != 0)
        atomic_fetch_add(&on->repeats, 1);
    *out_id = id;
    return SHMRPC_OK;
}

uint64_t scene_random(uint64_t *state)
{
    uint64_t mixed = *state += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}
