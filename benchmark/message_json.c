/* The large message as JSON, byte for byte as Python's json.dumps writes it: the original's measure
 * of the message's size. */
#include "message.h"

#include <stdlib.h>
#include <string.h>

/* Like Python's repr: as few digits as give the number back, and at least one decimal. For numbers
 * that repr does not write with an exponent. */
static void write_double(FILE *file, double value)
{
    char text[64];
    int digits = 0;
    do
        snprintf(text, sizeof text, "%.*e", digits, value);
    while (strtod(text, NULL) != value && digits++ < 17);
    int exponent = atoi(strchr(text, 'e') + 1);
    int decimals = digits - exponent;
    fprintf(file, "%.*f", decimals > 1 ? decimals : 1, value);
}

/* The message's texts hold nothing that needs escaping. */
static void write_text(FILE *file, const char *key, shmrpc_string text)
{
    fprintf(file, "\"%s\": \"%.*s\"", key, (int)text.length, text.text);
}

static void write_texts(FILE *file, const char *key, const bench_Texts *texts)
{
    fprintf(file, "\"%s\": [", key);
    for (uint32_t i = 0; i < texts->length; i++)
        fprintf(file, "%s\"%.*s\"", i > 0 ? ", " : "", (int)texts->items[i].length,
                texts->items[i].text);
    fputs("]", file);
}

static void write_properties(FILE *file, const bench_Properties *properties)
{
    fputs("\"properties\": {", file);
    write_text(file, "color", properties->color);
    fputs(", ", file);
    write_text(file, "size", properties->size);
    fputs(", \"price\": ", file);
    write_double(file, properties->price);
    fprintf(file, ", \"in_stock\": %s}", properties->in_stock ? "true" : "false");
}

static void write_metadata(FILE *file, const bench_ItemMetadata *metadata)
{
    fputs("\"metadata\": {", file);
    write_text(file, "created", metadata->created);
    fputs(", ", file);
    write_text(file, "updated", metadata->updated);
    fprintf(file, ", \"version\": %d}", (int)metadata->version);
}

static void write_item(FILE *file, const bench_Item *item)
{
    fprintf(file, "{\"id\": %d, ", (int)item->id);
    write_text(file, "name", item->name);
    fputs(", ", file);
    write_text(file, "description", item->description);
    fputs(", ", file);
    write_properties(file, &item->properties);
    fputs(", ", file);
    write_texts(file, "tags", &item->tags);
    fputs(", ", file);
    write_metadata(file, &item->metadata);
    fputs("}", file);
}

void message_write_json(const bench_Document *document, FILE *file)
{
    fprintf(file, "{\"items_count\": %d, \"items\": [", (int)document->items_count);
    for (uint32_t i = 0; i < document->items.length; i++) {
        fputs(i > 0 ? ", " : "", file);
        write_item(file, &document->items.items[i]);
    }
    fprintf(file, "], \"summary\": {\"total_items\": %d, \"total_value\": ",
            (int)document->summary.total_items);
    write_double(file, document->summary.total_value);
    fputs(", ", file);
    write_texts(file, "categories", &document->summary.categories);
    fputs("}}", file);
}

size_t message_json_bytes(const bench_Document *document)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *file = open_memstream(&text, &bytes);
    if (file == NULL)
        return 0;
    message_write_json(document, file);
    fclose(file);
    free(text);
    return bytes;
}
