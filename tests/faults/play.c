#include "play.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <shmrpc/server.h>

#include "guest.h"
#include "name.h"
#include "place.h"
#include "sweep.h"

/* Who waits for whom. */
enum {
    CUE_GUEST,
    CUE_RESTART,
    CUE_RESTARTED,
    CUE_VICTIM,
    CUE_SETTLED,
    CUE_SERVING,
    CUE_END,
    CUE_PATIENT,
    CUE_HELD
};

enum { WORKERS = 2 };

/* ---- names ---- */

static bool complain_of_name(const char *text, void *context)
{
    const scene *on = context;
    if (strstr(text, on->service) != NULL)
        scene_complain(on, "/dev/shm/%s is left", text);
    return true;
}

static void look_for_names(const scene *on)
{
    scene copy = *on;
    (void)srpc_name_visit("", complain_of_name, &copy);
}

/* ---- servers ---- */

static void on_connect(void *context, const shmrpc_peer *peer)
{
    board *on = context;
    (void)peer;
    (void)sem_post(&on->connected);
}

static void on_disconnect(void *context, const shmrpc_peer *peer)
{
    board *on = context;
    (void)peer;
    (void)sem_post(&on->disconnected);
}

static shmrpc_server *make_server(const scene *on)
{
    shmrpc_server_options options = {
        .size = sizeof options,
        .slice_ms = GUEST_SLICE_MS,
        .workers = WORKERS,
        .wait = SHMRPC_WAIT_BLOCK,
        .max_message_bytes = GUEST_MESSAGE_BYTES,
        .on_connect = on_connect,
        .on_disconnect = on_disconnect,
        .context = on->on,
    };
    shmrpc_server *server = NULL;
    if (SCENE_TWICE(on, shmrpc_server_create(on->service, &options, &server)))
        (void)SCENE_TWICE(on, shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, on->on));
    return server;
}

/* Each connection that began has ended. */
static void await_departures(const scene *on)
{
    int departed = 0;
    (void)sem_getvalue(&on->on->connected, &departed);
    while (departed-- > 0) {
        board_await(&on->on->connected);
        board_await(&on->on->disconnected);
    }
}

/* ---- those who call a server that has faults ---- */

static void be_guest(const scene *on)
{
    scene_await(on, CUE_GUEST);
    shmrpc_client *client = guest_open(on);
    if (client == NULL)
        return;
    guest_call_all(on, client);
    shmrpc_client_close(client);
}

/* Keeps its handle while the server is killed and another takes its place. */
static void be_faithful_guest(const scene *on)
{
    scene_await(on, CUE_GUEST);
    shmrpc_client *client = guest_open(on);
    if (client == NULL)
        return;
    guest_call_all(on, client);
    scene_cue(on, CUE_RESTART);
    scene_await(on, CUE_RESTARTED);
    guest_add(on, client);
    shmrpc_client_close(client);
}

static bool is_served(const scene *on)
{
    shmrpc_client *client = NULL;
    shmrpc_status status = shmrpc_client_open(on->service, NULL, &client);
    shmrpc_client_close(client);
    return status != SHMRPC_NOT_FOUND;
}

/* Is in a call when the server is asked to stop, and gets its answer all the same. */
static void be_patient(const scene *on)
{
    scene_await(on, CUE_PATIENT);
    int64_t result = 0;
    shmrpc_pending *pending = NULL;
    shmrpc_client *client = guest_open(on);
    while (sem_trywait(&on->on->entered) == 0)
        ; /* others' */
    if (client == NULL || !SCENE_TWICE(on, echo_number_begin(client, ECHO_HOLD, NULL, 7, &pending)))
        return;
    board_await(&on->on->entered);
    scene_cue(on, CUE_HELD);
    while (is_served(on))
        (void)usleep(1000);
    board_open_gate(on->on, 1);
    (void)scene_insists(on, "a call that is in its handler when the server stops",
                        echo_number_end(pending, &result));
    shmrpc_client_close(client);
}

static void stop_with_patience(const scene *on, shmrpc_server *server, pid_t patient)
{
    scene_cue(on, CUE_PATIENT);
    scene_await(on, CUE_HELD);
    shmrpc_server_destroy(server);
    scene_join(on, patient, "a patient guest");
}

/* Is killed when it has connected. */
static void be_victim(const scene *on)
{
    scene_await(on, CUE_VICTIM);
    shmrpc_client *client = guest_open(on);
    if (client != NULL)
        guest_add(on, client);
    scene_cue(on, CUE_SETTLED);
    for (;;)
        (void)pause();
}

static void kill_victim(const scene *on, pid_t victim)
{
    scene_cue(on, CUE_VICTIM);
    scene_await(on, CUE_SETTLED);
    (void)kill(victim, SIGKILL);
    (void)waitpid(victim, NULL, 0);
}

/* A server of threads: who fails to start it holds nothing, and starts it then. */
static void serve_by_threads(const scene *on)
{
    pid_t guest = scene_fork(on, be_guest);
    pid_t victim = scene_fork(on, be_victim);
    pid_t patient = scene_fork(on, be_patient);
    scene_holdings before = scene_take_stock();
    points_take_role(CRASH_SERVER);
    shmrpc_server *server = make_server(on);
    bool is_serving = scene_accepts(on, "shmrpc_server_start", shmrpc_server_start(server));
    if (!is_serving) {
        scene_compare_stock(on, "after a start that failed", before);
        look_for_names(on);
        is_serving = scene_insists(on, "shmrpc_server_start", shmrpc_server_start(server));
    }
    if (is_serving) {
        scene_cue(on, CUE_GUEST);
        scene_join(on, guest, "a guest");
        kill_victim(on, victim);
        await_departures(on);
        stop_with_patience(on, server, patient);
    }
    points_take_role(CRASH_NOBODY);
    scene_compare_stock(on, "at the end", before);
    look_for_names(on);
}

static void spawn_as(const scene *on)
{
    pid_t guest = scene_fork(on, be_faithful_guest);
    pid_t patient = scene_fork(on, be_patient);
    scene_holdings before = scene_take_stock();
    points_take_role(CRASH_PROGRAM);
    shmrpc_server *server = make_server(on);
    bool is_serving = scene_accepts(on, "shmrpc_server_spawn", shmrpc_server_spawn(server));
    if (!is_serving) {
        scene_compare_stock(on, "after a spawn that failed", before);
        look_for_names(on);
        is_serving = scene_insists(on, "shmrpc_server_spawn", shmrpc_server_spawn(server));
    }
    if (is_serving) {
        scene_cue(on, CUE_GUEST);
        scene_await(on, CUE_RESTART);
        (void)kill(shmrpc_server_pid(server), SIGKILL);
        scene_cue(on, CUE_RESTARTED);
        scene_join(on, guest, "a guest");
        stop_with_patience(on, server, patient);
    }
    points_take_role(CRASH_NOBODY);
    scene_compare_stock(on, "at the end", before);
    look_for_names(on);
}

/* ---- a client that has faults ---- */

/* Serves until it is told to end by the death of the program. */
static void be_server(const scene *on)
{
    shmrpc_server *server = make_server(on);
    (void)scene_insists(on, "a server's start", shmrpc_server_start(server));
    scene_cue(on, CUE_SERVING);
    scene_await(on, CUE_END);
    shmrpc_server_destroy(server);
}

static void call(const scene *on)
{
    pid_t server = scene_fork(on, be_server);
    scene_await(on, CUE_SERVING);
    scene_holdings before = scene_take_stock();
    points_take_role(CRASH_CLIENT);
    shmrpc_client *client = guest_open(on);
    if (client != NULL)
        guest_call_all(on, client);
    shmrpc_client_close(client);
    points_take_role(CRASH_NOBODY);
    scene_compare_stock(on, "at the end", before);
    await_departures(on);
    scene_cue(on, CUE_END);
    scene_join(on, server, "the server");
    look_for_names(on);
}

/* Forked early: a fork beside a client's thread may take a lock of a sanitizer's along. */
static void be_second_server(const scene *on)
{
    scene_await(on, CUE_RESTART);
    be_server(on);
}

/* The server is another when the client calls again. */
static void call_again(const scene *on)
{
    pid_t first = scene_fork(on, be_server);
    pid_t second = scene_fork(on, be_second_server);
    scene_await(on, CUE_SERVING);
    scene_holdings before = scene_take_stock();
    shmrpc_client *client = guest_open(on);
    if (client != NULL)
        guest_add(on, client);
    (void)kill(first, SIGKILL);
    (void)waitpid(first, NULL, 0);
    scene_cue(on, CUE_RESTART);
    scene_await(on, CUE_SERVING);
    points_take_role(CRASH_CLIENT);
    if (client != NULL)
        guest_call_all(on, client);
    shmrpc_client_close(client);
    points_take_role(CRASH_NOBODY);
    scene_compare_stock(on, "at the end", before);
    scene_cue(on, CUE_END);
    scene_join(on, second, "the server");
    look_for_names(on);
}

/* ---- cleaning ---- */

static bool sweep_one(const char *text, void *context)
{
    const scene *on = context;
    if (strstr(text, on->service) == NULL)
        return true;
    switch (srpc_sweep_name(text)) {
    case SRPC_SWEEP_BUSY:
    case SRPC_SWEEP_REFUSED:
    case SRPC_SWEEP_FAILED:
        (void)scene_accepts(on, "srpc_sweep_name", shmrpc_failure_last()->status);
        break;
    case SRPC_SWEEP_REMOVED:
    case SRPC_SWEEP_KEPT:
        break;
    }
    return true;
}

static void leave_names(const scene *on, gid_t group)
{
    srpc_id instance;
    srpc_id client;
    char text[SRPC_NAME_BYTES];
    (void)srpc_id_make(&instance);
    (void)srpc_id_make(&client);
    (void)srpc_name_service(on->service, text);
    place_leak(SRPC_KIND_SERVICE, text, group);
    (void)srpc_name_doorbell(on->service, &instance, text);
    place_leak(SRPC_KIND_DOORBELL, text, group);
    (void)srpc_name_channel(on->service, &instance, &client, text);
    place_leak(SRPC_KIND_CHANNEL, text, group);
}

/* What a fault has left is swept the second time. */
static void sweep_all(const scene *on)
{
    scene copy = *on;
    scene_holdings before = scene_take_stock();
    points_take_role(CRASH_CLEANER);
    (void)SCENE_TWICE(on, srpc_name_visit("", sweep_one, &copy));
    (void)SCENE_TWICE(on, srpc_name_visit("", sweep_one, &copy));
    points_take_role(CRASH_NOBODY);
    scene_compare_stock(on, "at the end", before);
    look_for_names(on);
}

static void clean_private(const scene *on)
{
    leave_names(on, SRPC_GROUP_NONE);
    sweep_all(on);
}

static void clean_shared(const scene *on)
{
    leave_names(on, getegid());
    sweep_all(on);
}

const play plays[] = {
    { "threads", CRASH_SERVER, serve_by_threads },
    { "client", CRASH_CLIENT, call },
    { "reconnection", CRASH_CLIENT, call_again },
    { "program", CRASH_PROGRAM, spawn_as },
    { "supervisor", CRASH_SUPERVISOR, spawn_as },
    { "process", CRASH_SERVER, spawn_as },
    { "cleaning", CRASH_CLEANER, clean_private },
    { "cleaning_shared", CRASH_CLEANER, clean_shared },
};
const unsigned play_count = sizeof plays / sizeof plays[0];
