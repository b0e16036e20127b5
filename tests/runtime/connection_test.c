/* Connecting when one side has no time, or no life, left for it. */
#include <semaphore.h>

#include "cancellation.h"
#include "child.h"
#include "client.h"
#include "stage.h"

TestSuite(connection, .timeout = 10);

/* A server in this process, and what its hooks wait for and say. */
typedef struct gate {
    sem_t arrived; /* on_connect was called: the session is made, the client is not told yet */
    sem_t open;    /* it may return */
    sem_t left;    /* on_disconnect was called */
} gate;

static void hold_connecting(void *context, const shmrpc_peer *peer)
{
    gate *own = context;
    (void)peer;
    sem_post(&own->arrived);
    sem_wait(&own->open);
}

static void note_leaving(void *context, const shmrpc_peer *peer)
{
    gate *own = context;
    (void)peer;
    sem_post(&own->left);
}

static shmrpc_server *serve(const place *here, gate *own)
{
    static const board_handlers handlers = { .size = sizeof handlers };
    shmrpc_server_options options = { .size = sizeof options, .context = own,
                                      .on_connect = hold_connecting,
                                      .on_disconnect = note_leaving };
    shmrpc_server *server = NULL;
    sem_init(&own->arrived, 0, 0);
    sem_init(&own->open, 0, 0);
    sem_init(&own->left, 0, 0);
    cr_assert_eq(shmrpc_server_create(here->service, &options, &server), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_add(server, &echo_skeleton, &handlers, NULL), SHMRPC_OK);
    cr_assert_eq(shmrpc_server_start(server), SHMRPC_OK, "%s", stage_why());
    return server;
}

typedef struct impatience {
    shmrpc_cancellation *cancellation;
    int orders;
} impatience;

static void *lose_patience(void *context)
{
    impatience *own = context;
    (void)child_await(own->orders);
    shmrpc_cancellation_cancel(own->cancellation);
    return NULL;
}

static int connect_in_vain(int reports, int orders, void *context)
{
    static shmrpc_client client;
    static srpc_connection connection;
    const place *here = context;
    impatience own = { .orders = orders };
    pthread_t thread;
    client = (shmrpc_client){ .slice_ns = SRPC_NS_PER_MS, .server_uid = SRPC_USER_NONE,
                              .max_message_bytes = 1 << 20 };
    (void)snprintf(client.service, sizeof client.service, "%s", here->service);
    connection.client = &client;
    (void)child_await(orders); /* the server serves */
    if (shmrpc_cancellation_create(&own.cancellation) != SHMRPC_OK
        || pthread_create(&thread, NULL, lose_patience, &own) != 0)
        return 1;
    srpc_patience patience = { .until_ns = INT64_MAX, .cancellation = own.cancellation };
    bool is_told = srpc_connection_open(&connection, &patience) == SHMRPC_UNAVAILABLE;
    child_report(reports, is_told ? 'u' : 'x');
    (void)pthread_join(thread, NULL);
    shmrpc_cancellation_destroy(own.cancellation);
    return child_await(orders) == 'e' ? 0 : 1; /* and lives on */
}

Test(connection, that_was_given_up_leaves_no_session_although_its_process_lives)
{
    gate own;
    place here = place_make("connection.patience");
    child client = child_start(connect_in_vain, &here);
    shmrpc_server *server = serve(&here, &own);
    child_order(&client, 'c');
    sem_wait(&own.arrived); /* the porter has it in hand */
    child_order(&client, 'g');
    cr_assert_eq(child_listen(&client), 'u');
    sem_post(&own.open);
    sem_wait(&own.left);
    child_order(&client, 'e');
    cr_assert_eq(child_wait(&client), 0);
    shmrpc_server_destroy(server);
    cr_assert_eq(place_count(&here), 0);
}

Test(connection, of_a_dead_client_to_an_older_instance_leaves_no_name)
{
    gate own;
    place here = place_make("connection.older");
    shmrpc_server *server = serve(&here, &own);
    place_leak(SRPC_KIND_CHANNEL, here.channel, SRPC_GROUP_NONE);
    while (place_exists(here.channel)) /* until the porter looks, or the watchdog */
        (void)usleep(1000);
    shmrpc_server_destroy(server);
    cr_assert_eq(place_count(&here), 0);
}
