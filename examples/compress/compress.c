/* compress.c -- real files through a zlib service in a process of its own.
 *
 *     compress [-o DIR] [-l LEVEL] [FILE]...
 *
 * Writes a .gz file for each FILE (by default 200 of /usr) into DIR (by default a temporary folder,
 * which is removed), checks each, and says how fast it was beside calling zlib directly.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "files.h"
#include "interruption.h"
#include "report.h"
#include "send.h"
#include "service.h"

static const char usage[] = "usage: compress [-o DIR] [-l 1..9] [FILE]...";

/* Into "DIR/007-name.gz": the number keeps files of one name apart. */
static bool compress_files(struct session *session, const struct files *files, const char *folder,
                           bool keep)
{
    bool good = true;
    for (size_t i = 0; good && i < files->count && interruption_signal() == 0; i++) {
        const char *plain = files->items[i].path;
        char gzip[4096];
        const char *slash = strrchr(plain, '/');
        snprintf(gzip, sizeof gzip, "%s/%03zu-%.200s.gz", folder, i, slash ? slash + 1 : plain);
        if (!send_file(session, plain, gzip))
            return false;
        good = check_file(gzip, plain);
        if (!keep || !good)
            unlink(gzip);
    }
    return good && interruption_signal() == 0;
}

static bool run(struct session *session, const struct files *files, const char *folder, bool keep)
{
    char service[64];
    snprintf(service, sizeof service, "compress.%d", (int)getpid());
    shmrpc_server *server = NULL;
    bool good = service_spawn(service, &server) == SHMRPC_OK
                && shmrpc_client_open(service, NULL, &session->client) == SHMRPC_OK;
    if (!good && interruption_signal() == 0)
        fprintf(stderr, "compress: %s\n", shmrpc_failure_last()->message);
    good = good && compress_files(session, files, folder, keep);
    if (good)
        report(session, files->count);
    shmrpc_client_close(session->client);
    shmrpc_server_destroy(server); /* stops the process */
    return good;
}

struct order {
    struct files files;
    const char *folder; /* NULL: a temporary one */
    int level;
};

static bool parse(int argc, char **argv, struct order *out_order)
{
    int option;
    while ((option = getopt(argc, argv, "o:l:")) != -1) {
        if (option == 'o')
            out_order->folder = optarg;
        else if (option == 'l')
            out_order->level = atoi(optarg);
        else
            return false;
    }
    bool good = optind < argc || files_choose(&out_order->files);
    for (int i = optind; good && i < argc; i++)
        good = files_add(&out_order->files, argv[i], 0);
    return good && out_order->level >= 1 && out_order->level <= 9;
}

static bool carry_out(const struct order *order)
{
    interruption_init();
    const char *parent = getenv("TMPDIR");
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s/compress.XXXXXX", parent != NULL ? parent : "/tmp");
    bool keep = order->folder != NULL;
    const char *folder = keep ? order->folder : mkdtemp(temporary);
    if (folder == NULL || (keep && mkdir(folder, 0777) != 0 && errno != EEXIST)) {
        fprintf(stderr, "compress: no folder to write to: %s\n", strerror(errno));
        return false;
    }
    struct session session;
    bool good = session_init(&session, order->level) && run(&session, &order->files, folder, keep);
    session_deinit(&session);
    if (!keep)
        rmdir(folder);
    return good;
}

int main(int argc, char **argv)
{
    struct order order = { .level = 6 };
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return puts(usage) < 0;
    bool understood = parse(argc, argv, &order);
    if (!understood)
        fprintf(stderr, "%s\n", usage);
    bool good = understood && carry_out(&order);
    files_deinit(&order.files);
    interruption_obey();
    return good ? 0 : understood ? 1 : 2;
}
