/* Nodes: one of those that share a name serves, all call, and the roles move when one ends. */
#include <grp.h>
#include <pwd.h>

#include <shmrpc/node.h>

#include "child.h"
#include "load.h"

TestSuite(node, .timeout = 10);

static shmrpc_status serve_echo(shmrpc_server *server, void *context)
{
    return shmrpc_server_add(server, &echo_skeleton, &board_all_handlers, context);
}

static shmrpc_node_options node_options(stage *on)
{
    return (shmrpc_node_options){
        .size = sizeof(shmrpc_node_options),
        .serve = serve_echo,
        .context = on->board,
        .is_spawned = on->kind->is_process,
        .server = &on->server_options,
        .client = &on->client_options,
    };
}

static shmrpc_node *open_node(stage *on)
{
    shmrpc_node *node = NULL;
    shmrpc_node_options options = node_options(on);
    cr_assert_eq(shmrpc_node_open(on->place.service, &options, &node), SHMRPC_OK, "%s: %s",
                 on->kind->name, stage_why());
    cr_assert_not_null(shmrpc_node_client(node));
    return node;
}

static void expect_sum(shmrpc_node *node)
{
    int64_t sum = 0;
    cr_assert_eq(echo_add(shmrpc_node_client(node), 20, 22, &sum), SHMRPC_OK, "%s", stage_why());
    cr_assert_eq(sum, 42);
}

/* Each way to serve and to wait, with nothing opened yet. */
#define NODE_TEST(name)                                                                            \
    static void node_##name(stage *on);                                                            \
    Test(node, name)                                                                               \
    {                                                                                              \
        for (size_t k = 0; k < sizeof stage_kinds / sizeof stage_kinds[0]; k++) {                  \
            if (stage_kinds[k].wait == SHMRPC_WAIT_SPIN) /* nodes are many clients */              \
                continue;                                                                          \
            stage on;                                                                              \
            stage_prepare(&on, &stage_kinds[k], "node." #name);                                    \
            node_##name(&on);                                                                      \
            stage_close(&on);                                                                      \
        }                                                                                          \
    }                                                                                              \
    static void node_##name(stage *on)

NODE_TEST(serves_where_nobody_does_and_calls_where_one_does)
{
    shmrpc_node *first = open_node(on);
    cr_assert_eq(shmrpc_node_role(first), SHMRPC_ROLE_SERVER);
    shmrpc_node *second = open_node(on);
    cr_assert_eq(shmrpc_node_role(second), SHMRPC_ROLE_CLIENT);
    expect_sum(first);
    expect_sum(second);
    shmrpc_node_close(second);
    expect_sum(first);
    shmrpc_node_close(first);
    cr_assert_eq(atomic_load(&on->board->servings), 1);
}

NODE_TEST(takes_over_and_keeps_its_handle)
{
    enum { NODES = 3 };
    shmrpc_node *nodes[NODES];
    for (int k = 0; k < NODES; k++)
        nodes[k] = open_node(on);
    for (int k = 0; k < NODES; k++) {
        int serving = 0;
        while (nodes[serving] == NULL || shmrpc_node_role(nodes[serving]) != SHMRPC_ROLE_SERVER)
            serving = (serving + 1) % NODES;
        for (int i = 0; i < NODES; i++) {
            if (nodes[i] != NULL)
                expect_sum(nodes[i]);
        }
        shmrpc_node_close(nodes[serving]);
        nodes[serving] = NULL;
    }
    cr_assert_eq(atomic_load(&on->board->servings), NODES);
}

NODE_TEST(steps_down_and_stays_a_client)
{
    shmrpc_node *first = open_node(on);
    shmrpc_node *second = open_node(on);
    shmrpc_server_stop(shmrpc_node_server(first));
    cr_assert_eq(shmrpc_node_role(first), SHMRPC_ROLE_CLIENT);
    expect_sum(first);
    cr_assert_eq(shmrpc_node_role(second), SHMRPC_ROLE_SERVER);
    cr_assert_eq(stage_begin(on, shmrpc_node_server(first)), SHMRPC_OK, "%s", stage_why());
    cr_assert_eq(shmrpc_node_role(first), SHMRPC_ROLE_CLIENT, "a candidate again");
    shmrpc_node_close(second);
    expect_sum(first);
    cr_assert_eq(shmrpc_node_role(first), SHMRPC_ROLE_SERVER);
    shmrpc_node_close(first);
}

static int be_a_node(int reports, int orders, void *context)
{
    stage *on = context;
    shmrpc_node *node = NULL;
    shmrpc_node_options options = node_options(on);
    if (shmrpc_node_open(on->place.service, &options, &node) != SHMRPC_OK)
        return 90 + (int)shmrpc_failure_last()->status;
    child_report(reports, shmrpc_node_role(node) == SHMRPC_ROLE_SERVER ? 's' : 'c');
    (void)child_await(orders);
    shmrpc_node_close(node);
    return 0;
}

/* The process of whoever serves is killed; those who are left do not notice but by their roles. */
NODE_TEST(survives_the_death_of_any_other)
{
    enum { ROUNDS = 4 };
    child others[ROUNDS];
    for (int k = 0; k < ROUNDS; k++) {
        others[k] = child_start(be_a_node, on);
        cr_assert_eq(child_listen(&others[k]), k == 0 ? 's' : 'c');
    }
    shmrpc_node *node = open_node(on);
    cr_assert_eq(shmrpc_node_role(node), SHMRPC_ROLE_CLIENT);
    on->client = shmrpc_node_client(node);
    load running;
    load_begin(&running, on);
    for (int k = 0; k < ROUNDS; k++) {
        load_await_progress(on);
        cr_assert_eq(child_kill(&others[k]), 128 + SIGKILL);
        load_await_progress(on);
    }
    load_end(&running);
    STAGE_AWAIT(shmrpc_node_role(node) == SHMRPC_ROLE_SERVER); /* nobody else is left */
    expect_sum(node);
    shmrpc_node_close(node);
    on->client = NULL;
}

NODE_TEST(of_many_that_open_at_once_one_serves)
{
    enum { MANY = 12 };
    child nodes[MANY];
    int servers = 0;
    for (int k = 0; k < MANY; k++)
        nodes[k] = child_start(be_a_node, on);
    for (int k = 0; k < MANY; k++) {
        char role = child_listen(&nodes[k]);
        cr_assert(role == 's' || role == 'c');
        servers += role == 's';
    }
    cr_assert_eq(servers, 1);
    for (int k = 0; k < MANY; k++) {
        child_order(&nodes[k], 'x');
        cr_assert_eq(child_wait(&nodes[k]), 0);
    }
}

/* -- the other roles, and mistakes --------------------------------------------------------------- */

NODE_TEST(with_a_fixed_role_keeps_to_it)
{
    shmrpc_node *node = NULL;
    shmrpc_node_options options = node_options(on);
    options.role = SHMRPC_ROLE_CLIENT;
    cr_assert_eq(shmrpc_node_open(on->place.service, &options, &node), SHMRPC_NOT_FOUND);
    options.role = SHMRPC_ROLE_SERVER;
    cr_assert_eq(shmrpc_node_open(on->place.service, &options, &node), SHMRPC_OK, "%s", stage_why());
    cr_assert_eq(shmrpc_node_role(node), SHMRPC_ROLE_SERVER);
    shmrpc_node *second = NULL;
    cr_assert_eq(shmrpc_node_open(on->place.service, &options, &second), SHMRPC_ALREADY_EXISTS);
    options.role = SHMRPC_ROLE_CLIENT;
    options.serve = NULL;
    cr_assert_eq(shmrpc_node_open(on->place.service, &options, &second), SHMRPC_OK, "%s", stage_why());
    cr_assert_null(shmrpc_node_server(second));
    cr_assert_eq(shmrpc_node_role(second), SHMRPC_ROLE_CLIENT);
    expect_sum(second);
    shmrpc_node_close(second);
    shmrpc_node_close(node);
}

static shmrpc_status serve_nothing(shmrpc_server *server, void *context)
{
    (void)server;
    (void)context;
    return shmrpc_failure_set(SHMRPC_DATA_LOSS, SHMRPC_OUTCOME_NONE, "of its own");
}

Test(node, options_that_cannot_be_are_refused)
{
    stage on;
    shmrpc_node *node = NULL;
    stage_prepare(&on, stage_kind_of(false, SHMRPC_WAIT_ADAPTIVE), "node.options");
    const shmrpc_node_options good = node_options(&on);
    cr_assert_eq(shmrpc_node_open(on.place.service, NULL, &node), SHMRPC_INVALID_ARGUMENT);
    shmrpc_node_options bad[] = { good, good, good, good, good };
    bad[0].size = sizeof bad[0] + 8;
    bad[1].serve = NULL;
    bad[2].role = (shmrpc_role)3;
    shmrpc_server_options server = { .size = 0 };
    bad[3].server = &server;
    shmrpc_client_options client = { .size = sizeof client, .slice_ms = 1001 };
    bad[4].client = &client;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++)
        cr_assert_eq(shmrpc_node_open(on.place.service, &bad[k], &node), SHMRPC_INVALID_ARGUMENT,
                     "%zu: %s", k, stage_why());
    cr_assert_eq(shmrpc_node_open("bad/name", &good, &node), SHMRPC_INVALID_ARGUMENT);
    shmrpc_node_options failing = good;
    failing.serve = serve_nothing;
    cr_assert_eq(shmrpc_node_open(on.place.service, &failing, &node), SHMRPC_DATA_LOSS);
    cr_assert_str_eq(stage_why(), "of its own");
    cr_assert_null(node);
    shmrpc_node_close(NULL);
    stage_close(&on);
}

/* -- other users, and fork ------------------------------------------------------------------------- */

typedef struct settler {
    stage *on;
    const struct passwd *user;
} settler;

static int be_a_node_of(int reports, int orders, void *context)
{
    const settler *own = context;
    if (setgroups(0, NULL) != 0 || setgid(own->user->pw_gid) != 0 || setuid(own->user->pw_uid) != 0)
        return 80;
    return be_a_node(reports, orders, own->on);
}

/* Another user of the same main group. */
static bool find_fellow(const struct passwd *user, struct passwd *out_fellow)
{
    bool found = false;
    setpwent();
    for (const struct passwd *entry; !found && (entry = getpwent()) != NULL;) {
        found = entry->pw_gid == user->pw_gid && entry->pw_uid != user->pw_uid && entry->pw_uid != 0;
        *out_fellow = *entry;
    }
    endpwent();
    return found;
}

Test(node, behind_another_user_is_a_client_that_does_not_stand_by)
{
    const struct passwd *nobody = getpwnam("nobody");
    struct passwd user;
    struct passwd fellow;
    if (geteuid() != 0 || nobody == NULL)
        cr_skip_test("needs root, and the user nobody");
    user = *nobody;
    if (!find_fellow(&user, &fellow))
        cr_skip_test("needs another user of the group of nobody");
    stage on;
    stage_prepare(&on, stage_kind_of(false, SHMRPC_WAIT_ADAPTIVE), "node.foreign");
    on.server_options.group = getgrgid(user.pw_gid)->gr_name;
    on.client_options.server_uid = &user.pw_uid;
    settler first = { &on, &user };
    settler second = { &on, &fellow };
    child serving = child_start(be_a_node_of, &first);
    cr_assert_eq(child_listen(&serving), 's');
    child calling = child_start(be_a_node_of, &second);
    cr_assert_eq(child_listen(&calling), 'c');
    child_order(&calling, 'x');
    cr_assert_eq(child_wait(&calling), 0);
    on.client_options.server_uid = NULL; /* not trusted: what kept it from standing by is not all */
    child refused = child_start(be_a_node_of, &second);
    cr_assert_eq(child_wait(&refused), 90 + SHMRPC_PERMISSION_DENIED);
    child_order(&serving, 'x');
    cr_assert_eq(child_wait(&serving), 0);
    stage_close(&on);
}

static int use_after_fork(int reports, int orders, void *context)
{
    (void)reports;
    (void)orders;
    shmrpc_node *node = context;
    int64_t sum = 0;
    if (echo_add(shmrpc_node_client(node), 1, 2, &sum) != SHMRPC_FAILED_PRECONDITION)
        return 1;
    if (shmrpc_node_role(node) != SHMRPC_ROLE_CLIENT)
        return 2;
    shmrpc_node_close(node);
    return 0;
}

NODE_TEST(of_the_parent_is_out_of_reach_after_fork)
{
    shmrpc_node *node = open_node(on);
    expect_sum(node);
    child forked = child_start(use_after_fork, node);
    cr_assert_eq(child_wait(&forked), 0);
    expect_sum(node);
    cr_assert_eq(shmrpc_node_role(node), SHMRPC_ROLE_SERVER);
    shmrpc_node_close(node);
}
