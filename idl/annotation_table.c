#include "annotation_table.h"

#include <stddef.h>
#include <string.h>

#include "resolver.h"

enum {
    ANYWHERE = 0xFFFFFF,
    AT_MEMBER = SRPC_AT_MEMBER | SRPC_AT_CASE | SRPC_AT_DISCRIMINATOR,
    AT_PART = AT_MEMBER | SRPC_AT_ELEMENT | SRPC_AT_PARAMETER,
    AT_AGGREGATE = SRPC_AT_STRUCT | SRPC_AT_UNION | SRPC_AT_EXCEPTION,
    AT_TYPE = AT_AGGREGATE | SRPC_AT_ENUM | SRPC_AT_BITMASK | SRPC_AT_TYPEDEF,
    AT_EXTENSIBLE = SRPC_AT_STRUCT | SRPC_AT_UNION | SRPC_AT_ENUM | SRPC_AT_BITMASK,
    AT_VALUE = AT_MEMBER | SRPC_AT_TYPEDEF | SRPC_AT_PARAMETER | SRPC_AT_ATTRIBUTE,
    AT_CALL = SRPC_AT_OPERATION | SRPC_AT_ATTRIBUTE
};

#define NONE { { NULL, 0, false, NULL } }
#define FLAG { { "value", SRPC_PARAMETER_FLAG, false, NULL } }
#define VALUE { { "value", SRPC_PARAMETER_VALUE, true, NULL } }
#define STRING(name, is_required) { { name, SRPC_PARAMETER_STRING, is_required, NULL } }
#define WORD(is_required, words) { { "value", SRPC_PARAMETER_WORD, is_required, words } }
#define WORDS(name, words) { { name, SRPC_PARAMETER_WORDS, true, words } }

static const srpc_known_annotation known[] = {
    /* IDL 4.2: general purpose */
    { "id", AT_MEMBER | SRPC_AT_OPERATION | SRPC_AT_EXCEPTION, false, VALUE },
    { "autoid", AT_AGGREGATE | SRPC_AT_MODULE, false, WORD(false, "SEQUENTIAL HASH") },
    { "optional", SRPC_AT_MEMBER | SRPC_AT_CASE | SRPC_AT_PARAMETER, false, FLAG },
    { "position", SRPC_AT_BIT, false, VALUE },
    { "value", SRPC_AT_ENUMERATOR, false, VALUE },
    { "extensibility", AT_EXTENSIBLE, false, WORD(true, "FINAL APPENDABLE MUTABLE") },
    { "final", AT_EXTENSIBLE, false, NONE },
    { "appendable", AT_EXTENSIBLE | SRPC_AT_EXCEPTION, false, NONE },
    { "mutable", SRPC_AT_STRUCT | SRPC_AT_UNION, false, NONE },
    /* data modeling */
    { "key", SRPC_AT_MEMBER | SRPC_AT_DISCRIMINATOR, false, FLAG },
    { "must_understand", AT_MEMBER, false, FLAG },
    { "default_literal", SRPC_AT_ENUMERATOR, false, NONE },
    /* units and ranges */
    { "default", SRPC_AT_MEMBER | SRPC_AT_DISCRIMINATOR, false, VALUE },
    { "range", AT_VALUE, false,
      { { "min", SRPC_PARAMETER_VALUE, false, NULL },
        { "max", SRPC_PARAMETER_VALUE, false, NULL } } },
    { "min", AT_VALUE, false, VALUE },
    { "max", AT_VALUE, false, VALUE },
    { "unit", AT_VALUE | SRPC_AT_CONST | SRPC_AT_OPERATION, false, STRING("value", true) },
    /* data implementation */
    { "bit_bound", SRPC_AT_ENUM | SRPC_AT_BITMASK, false, VALUE },
    { "external", AT_PART | SRPC_AT_ATTRIBUTE, false, FLAG },
    { "nested", AT_TYPE, false, FLAG },
    /* code generation */
    { "verbatim", ANYWHERE, true,
      { { "language", SRPC_PARAMETER_STRING, false, NULL },
        { "placement", SRPC_PARAMETER_WORD, false,
          "BEGIN_FILE BEFORE_DECLARATION BEGIN_DECLARATION END_DECLARATION AFTER_DECLARATION "
          "END_FILE" },
        { "text", SRPC_PARAMETER_STRING, true, NULL } } },
    /* interfaces */
    { "service", SRPC_AT_INTERFACE, false, STRING("platform", false) },
    { "oneway", SRPC_AT_OPERATION, false, FLAG },
    { "ami", SRPC_AT_INTERFACE | AT_CALL | SRPC_AT_MODULE, false, FLAG },
    /* our own */
    { "deprecated", ANYWHERE, false, STRING("value", false) },
    { "idempotent", AT_CALL, false, FLAG },
    { "deadline", AT_CALL, false, VALUE },
    { "stream", SRPC_AT_OPERATION, false, FLAG },
    { "state", SRPC_AT_ATTRIBUTE, false, FLAG },
    /* DDS-XTypes */
    { "hashid", AT_MEMBER, false, STRING("value", false) },
    { "topic", SRPC_AT_STRUCT | SRPC_AT_UNION, false,
      { { "name", SRPC_PARAMETER_STRING, false, NULL },
        { "platform", SRPC_PARAMETER_STRING, false, NULL } } },
    { "default_nested", SRPC_AT_MODULE, false, FLAG },
    { "try_construct", AT_PART | AT_TYPE, false, WORD(false, "DISCARD USE_DEFAULT TRIM") },
    { "data_representation", AT_TYPE | SRPC_AT_MODULE, false,
      WORDS("allowed_kinds", "XCDR XCDR1 XCDR2 XML") },
    { "ignore_literal_names", SRPC_AT_ENUM, false, FLAG },
    { "non_serialized", AT_MEMBER | SRPC_AT_STRUCT, false, FLAG },
    /* DDS-RPC, OpenDDS, RTI Connext */
    { "DDSService", SRPC_AT_INTERFACE, false, NONE },
    { "DDSRequestTopic", SRPC_AT_INTERFACE, false, STRING("name", true) },
    { "DDSReplyTopic", SRPC_AT_INTERFACE, false, STRING("name", true) },
    { "OpenDDS::data_representation", AT_TYPE | SRPC_AT_MODULE, false,
      WORDS("allowed_kinds", "UNALIGNED_CDR XCDR1 XCDR2 XML") },
    { "allowed_data_representation", AT_TYPE | SRPC_AT_MODULE, false,
      WORDS("value", "AUTO XCDR XCDR1 XCDR2") },
    { "transfer_mode", AT_AGGREGATE, false, WORD(true, "INBAND SHMEM_REF") },
    { "language_binding", AT_AGGREGATE, false, WORD(true, "PLAIN FLAT_DATA") },
    { "use_vector", AT_MEMBER | SRPC_AT_TYPEDEF, false, FLAG },
    { "resolve_name", AT_MEMBER | SRPC_AT_TYPEDEF, false, FLAG },
    { "top_level", AT_AGGREGATE, false, FLAG },
};

enum { KNOWN_COUNT = sizeof known / sizeof known[0] };

const srpc_known_annotation *srpc_known_annotation_find(const char *name)
{
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if (strcmp(known[i].name, name) == 0)
            return &known[i];
    }
    return NULL;
}

const srpc_known_annotation *srpc_known_annotation_at(uint32_t index)
{
    return index < KNOWN_COUNT ? &known[index] : NULL;
}
