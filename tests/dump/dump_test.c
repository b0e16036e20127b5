#include <glob.h>
#include <json-c/json.h>
#include <unistd.h>

#include "compiling.h"
#include "dump.h"
#include "schema.h"

static compiled source;
static struct json_object *root;

static void teardown(void)
{
    json_object_put(root);
    release(&source);
}

TestSuite(dump, .timeout = 20, .fini = teardown);

/* What it printed is JSON, and as the schema says. */
static void read_back(const char *text)
{
    struct json_tokener *tokener = json_tokener_new();
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    root = json_tokener_parse_ex(tokener, text, (int)strlen(text));
    cr_assert_not_null(root, "%s\n%s", json_tokener_error_desc(json_tokener_get_error(tokener)),
                       text);
    json_tokener_free(tokener);
    struct json_object *schema = json_object_from_file(SCHEMA);
    cr_assert_not_null(schema, "%s", json_util_get_last_err());
    schema_problem problem;
    cr_expect(schema_accepts(schema, schema, root, "", &problem), "%s", problem.text);
    json_object_put(schema);
}

static void dump_with(const srpc_idl_options *options)
{
    source = compile_with(options, NULL);
    cr_assert_not_null(source.model, "%s", source.text);
    read_back(srpc_dump_model(source.model, source.arena));
}

static void dump(const char *text)
{
    srpc_idl_options options = { .path = "test.idl", .text = text };
    dump_with(&options);
}

/* ---- looking at it ---- */

static struct json_object *at(struct json_object *object, const char *pointer)
{
    struct json_object *found;
    cr_assert_eq(json_pointer_get(object, pointer, &found), 0, "no %s in %s", pointer,
                 json_object_to_json_string(object));
    return found;
}

static bool has(struct json_object *object, const char *pointer)
{
    return json_pointer_get(object, pointer, NULL) == 0;
}

/* The declaration with that scoped name. */
static struct json_object *declared(const char *scoped_name)
{
    static const char *const lists[] = { "/declarations", "/modules" };
    for (int list = 0; list < 2; list++) {
        struct json_object *all = at(root, lists[list]);
        for (size_t i = 0; i < json_object_array_length(all); i++) {
            struct json_object *one = json_object_array_get_idx(all, i);
            if (strcmp(json_object_get_string(at(one, "/scoped_name")), scoped_name) == 0)
                return one;
        }
    }
    cr_assert_fail("no %s", scoped_name);
    return NULL;
}

static struct json_object *type_of(struct json_object *object, const char *pointer)
{
    return json_object_array_get_idx(at(root, "/types"),
                                     (size_t)json_object_get_int(at(object, pointer)));
}

#define expect_is(object, pointer, expected)                                                     \
    cr_expect_str_eq(json_object_to_json_string_ext(at(object, pointer),                         \
                                                    JSON_C_TO_STRING_PLAIN |                     \
                                                        JSON_C_TO_STRING_NOSLASHESCAPE),         \
                     expected)

/* ---- tests ---- */

Test(dump, an_empty_file_has_a_model)
{
    dump("");
    expect_is(root, "", "{\"format\":1,\"files\":[{\"path\":\"test.idl\"}],"
              "\"top_declarations\":[],\"modules\":[],\"declarations\":[],\"types\":[]}");
}

Test(dump, every_declaration_says_what_and_where_it_is)
{
    dump("/// of the module\nmodule a { module b {\n"
         "  /// of the struct\n  @deprecated(\"use T\") @nested(TRUE) struct S { long x; };\n"
         "}; interface I { struct T { long x; }; }; };\n");
    expect_is(root, "/top_declarations", "[\"a\"]");
    expect_is(declared("a"), "/kind", "\"module\"");
    expect_is(declared("a"), "/doc", "\"of the module\"");
    expect_is(declared("a"), "/declarations", "[\"a.b\",\"a.I\"]");
    expect_is(declared("a.b"), "/scope", "\"a\"");
    expect_is(declared("a.b"), "/declarations", "[\"a.b.S\"]");
    struct json_object *structure = declared("a.b.S");
    expect_is(structure, "/name", "\"S\"");
    expect_is(structure, "/location", "{\"file\":0,\"line\":4,\"column\":45}");
    expect_is(structure, "/doc", "\"of the struct\"");
    expect_is(structure, "/deprecated", "\"use T\"");
    expect_is(structure, "/annotations",
              "[{\"name\":\"deprecated\",\"arguments\":"
              "[{\"name\":\"value\",\"text\":\"use T\",\"value\":\"use T\"}]},"
              "{\"name\":\"nested\",\"arguments\":"
              "[{\"name\":\"value\",\"text\":\"TRUE\",\"value\":true}]}]");
    expect_is(declared("a.I"), "/declarations", "[\"a.I.T\"]");
    expect_is(declared("a.I.T"), "/scope", "\"a.I\"");
    cr_expect(!has(declared("a"), "/scope"));
}

Test(dump, constants_are_exact)
{
    dump("const boolean TRUTH = TRUE;\n"
         "const char LETTER = '\\xe4';\n"
         "const octet BYTE = 255;\n"
         "const long SMALL = -2147483648;\n"
         "const long long LEAST = -9223372036854775808;\n"
         "const unsigned long long MOST = 18446744073709551615;\n"
         "typedef unsigned long long Big; const Big ONE = 1;\n"
         "const float TENTH = 0.1;\n"
         "const double THIRD = 1.0 / 3.0;\n"
         "const double WHOLE = 3.0;\n"
         "const string TEXT = \"say \\\"\\\\\\n\\\" \\u20ac\";\n"
         "module m { enum Color { RED, GREEN }; const Color BEST = GREEN; };\n");
    expect_is(declared("TRUTH"), "/value", "true");
    expect_is(declared("LETTER"), "/value", "228");
    expect_is(declared("BYTE"), "/value", "255");
    expect_is(declared("SMALL"), "/value", "-2147483648");
    expect_is(declared("LEAST"), "/value", "\"-9223372036854775808\"");
    expect_is(declared("MOST"), "/value", "\"18446744073709551615\"");
    expect_is(declared("ONE"), "/value", "\"1\"");
    expect_is(declared("ONE"), "/type", "\"Big\"");
    expect_is(declared("TEXT"), "/value", "\"say \\\"\\\\\\n\\\" €\"");
    expect_is(declared("m.BEST"), "/value", "\"m.GREEN\"");
    cr_expect_eq(json_object_get_double(at(declared("TENTH"), "/value")), (double)0.1f);
    cr_expect_eq(json_object_get_double(at(declared("THIRD"), "/value")), 1.0 / 3);
    expect_is(declared("WHOLE"), "/value", "3.0");
}

Test(dump, types_are_found_by_number)
{
    dump("module m { struct Point { long x; }; typedef sequence<Point, 4> Path;\n"
         "typedef long Grid[2][3]; @range(min=1, max=5) typedef short Mark;\n"
         "struct S { Path path; Grid grid; string<8> name; sequence<S> kids; Mark mark; }; };");
    struct json_object *path = type_of(declared("m.S"), "/members/0/type_number");
    expect_is(path, "/kind", "\"alias\"");
    expect_is(path, "/declaration", "\"m.Path\"");
    expect_is(path, "/target", "\"sequence<m.Point, 4>\"");
    struct json_object *sequence = type_of(path, "/target_number");
    expect_is(sequence, "/kind", "\"sequence\"");
    expect_is(sequence, "/bound", "4");
    expect_is(sequence, "/element", "\"m.Point\"");
    expect_is(sequence, "/depth", "3");
    expect_is(sequence, "/max_encoded_size", "\"25\"");
    expect_is(type_of(sequence, "/element_number"), "/declaration", "\"m.Point\"");
    struct json_object *grid = type_of(declared("m.Grid"), "/target_number");
    expect_is(grid, "/dimensions", "[2,3]");
    expect_is(grid, "/element", "\"int32\"");
    struct json_object *structure = type_of(declared("m.S"), "/type_number");
    expect_is(structure, "/recursive", "true");
    cr_expect(has(structure, "/unbounded_by"));
    cr_expect(!has(structure, "/max_encoded_size"));
    expect_is(declared("m.Mark"), "/range", "{\"min\":1,\"max\":5}");
    cr_expect_eq(json_object_array_length(at(root, "/types")), source.model->type_count);
    for (uint32_t i = 0; i < source.model->type_count; i++)
        cr_expect_eq(json_object_get_int(at(json_object_array_get_idx(at(root, "/types"), i),
                                            "/number")), (int)i);
}

Test(dump, structs_show_their_members)
{
    dump("@mutable struct Base { @key long id; };\n"
         "@mutable @topic(\"readings\") struct S : Base {\n"
         "  @id(7) @unit(\"m/s\") @range(min=-1.5, max=2.5) double speed; ///< how fast\n"
         "  @optional S next;\n  @default(5) int64 count;\n};\n"
         "@id(77) exception E { string why; };\n@final struct F { };\n");
    struct json_object *structure = declared("S");
    expect_is(structure, "/extensibility", "\"mutable\"");
    expect_is(structure, "/base", "\"Base\"");
    expect_is(structure, "/base_member_count", "1");
    expect_is(structure, "/topic", "true");
    expect_is(structure, "/topic_name", "\"readings\"");
    expect_is(structure, "/members/0/name", "\"id\"");
    expect_is(structure, "/members/0/key", "true");
    expect_is(structure, "/members/1/id", "7");
    expect_is(structure, "/members/1/unit", "\"m/s\"");
    expect_is(structure, "/members/1/doc", "\"how fast\"");
    expect_is(structure, "/members/1/type", "\"double\"");
    expect_is(structure, "/members/1/range", "{\"min\":-1.5,\"max\":2.5}");
    expect_is(structure, "/members/2/optional", "true");
    expect_is(structure, "/members/2/boxed", "true");
    expect_is(structure, "/members/2/id", "8");
    expect_is(structure, "/members/3/default", "\"5\"");
    expect_is(declared("E"), "/exception_id", "77");
    expect_is(declared("E"), "/extensibility", "\"appendable\"");
    expect_is(declared("F"), "/members", "[]");
    expect_is(declared("F"), "/extensibility", "\"final\"");
}

Test(dump, enums_and_bitmasks_show_their_values)
{
    dump("module m { enum Color { RED, @value(5) @default_literal GREEN, BLUE };\n"
         "@bit_bound(40) bitmask Flags { READ, @position(39) WRITE };\n"
         "const Flags BOTH = READ | WRITE; };\n");
    struct json_object *color = declared("m.Color");
    expect_is(color, "/enumerators/0/scoped_name", "\"m.RED\"");
    expect_is(color, "/enumerators/1/value", "5");
    expect_is(color, "/enumerators/1/default_literal", "true");
    expect_is(color, "/enumerators/2/value", "6");
    expect_is(color, "/initial", "\"GREEN\"");
    struct json_object *flags = declared("m.Flags");
    expect_is(flags, "/bit_bound", "40");
    expect_is(flags, "/bits/0/position", "0");
    expect_is(flags, "/bits/1/name", "\"WRITE\"");
    expect_is(flags, "/bits/1/position", "39");
    expect_is(declared("m.BOTH"), "/value", "\"549755813889\"");
}

Test(dump, interfaces_show_what_goes_over_the_wire)
{
    dump("exception Bad { };\ninterface A { readonly attribute long level; };\n"
         "interface B : A {\n"
         "  /// adds\n  @idempotent @deadline(500) long add(in long a, @optional inout string b,\n"
         "    @min(0) out short c) raises (Bad);\n"
         "  oneway void knock(in string<4> who);\n"
         "  @stream sequence<long> numbers();\n  attribute double ratio;\n};\n");
    struct json_object *interface = declared("B");
    char expected[40];
    snprintf(expected, sizeof expected, "\"%016llx\"",
             (unsigned long long)find(&source, "B")->interface->fingerprint);
    expect_is(interface, "/fingerprint", expected);
    expect_is(interface, "/bases", "[\"A\"]");
    expect_is(interface, "/operations", "[\"A.get_level\",\"B.add\",\"B.knock\",\"B.numbers\","
              "\"B.get_ratio\",\"B.set_ratio\"]");
    struct json_object *add = at(interface, "/own_operations/0");
    const srpc_operation *operation = find_operation(&source, "B", "add");
    expect_is(add, "/scoped_name", "\"B.add\"");
    expect_is(add, "/kind", "\"call\"");
    expect_is(add, "/doc", "\"adds\"");
    cr_expect_eq(json_object_get_int64(at(add, "/id")), operation->id);
    cr_expect_eq(json_object_get_int64(at(add, "/shape_hash")), operation->shape_hash);
    expect_is(add, "/idempotent", "true");
    expect_is(add, "/deadline_ms", "500");
    expect_is(add, "/result", "\"int32\"");
    expect_is(add, "/parameters/0/direction", "\"in\"");
    expect_is(add, "/parameters/1/direction", "\"inout\"");
    expect_is(add, "/parameters/1/optional", "true");
    expect_is(add, "/parameters/2/direction", "\"out\"");
    expect_is(add, "/parameters/2/range", "{\"min\":0}");
    expect_is(add, "/raises", "[\"Bad\"]");
    cr_expect(has(add, "/request_unbounded_by"));
    struct json_object *knock = at(interface, "/own_operations/1");
    expect_is(knock, "/oneway", "true");
    expect_is(knock, "/result", "\"void\"");
    expect_is(knock, "/max_request_size", "\"6\"");
    cr_expect(!has(knock, "/idempotent"));
    expect_is(interface, "/own_operations/2/stream", "true");
    expect_is(interface, "/own_operations/3/kind", "\"get\"");
    expect_is(interface, "/own_operations/4/kind", "\"set\"");
    expect_is(interface, "/own_operations/4/parameters/0/name", "\"value\"");
}

Test(dump, maps_show_both_of_their_types)
{
    dump("struct S { map<string<8>, sequence<long>, 3> ages; };");
    struct json_object *map = type_of(declared("S"), "/members/0/type_number");
    expect_is(map, "/kind", "\"map\"");
    expect_is(map, "/spelling", "\"map<string<8>, sequence<int32>, 3>\"");
    expect_is(map, "/bound", "3");
    expect_is(map, "/key", "\"string<8>\"");
    expect_is(map, "/value", "\"sequence<int32>\"");
    expect_is(type_of(map, "/value_number"), "/element", "\"int32\"");
    expect_is(map, "/unbounded_by", "\"sequence<int32>\"");
}

Test(dump, unions_show_what_their_labels_select)
{
    dump("module m { enum Kind { NONE, ONE, TWO };\n"
         "@final union U switch (@key Kind) {\n"
         "  case ONE: @unit(\"m\") double length; ///< how long\n"
         "  case TWO: @max(9) long count;\n};\n"
         "union V switch (@min(2) long long) {\n"
         "  case 2: case 4: string text;\n  default: octet rest;\n};\n"
         "union B switch (boolean) { case TRUE: long yes; case FALSE: @external B no; }; };\n");
    struct json_object *one = declared("m.U");
    expect_is(one, "/kind", "\"union\"");
    expect_is(one, "/extensibility", "\"final\"");
    expect_is(one, "/discriminator", "\"m.Kind\"");
    expect_is(one, "/discriminator_key", "true");
    expect_is(one, "/discriminator_notes", "{\"annotations\":[{\"name\":\"key\"}]}");
    expect_is(one, "/cases/0/labels", "[\"m.ONE\"]");
    expect_is(one, "/cases/0/name", "\"length\"");
    expect_is(one, "/cases/0/unit", "\"m\"");
    expect_is(one, "/cases/0/doc", "\"how long\"");
    expect_is(one, "/cases/1/range", "{\"max\":9}");
    expect_is(one, "/initial", "\"length\"");
    expect_is(one, "/initial_discriminator", "\"m.ONE\"");
    cr_expect(!has(one, "/covered"));
    struct json_object *other = declared("m.V");
    expect_is(other, "/range", "{\"min\":\"2\"}");
    expect_is(other, "/cases/0/labels", "[\"2\",\"4\"]");
    expect_is(other, "/cases/1/labels", "[]");
    expect_is(other, "/cases/1/is_default", "true");
    expect_is(other, "/initial", "\"rest\"");
    expect_is(declared("m.B"), "/covered", "true");
    expect_is(declared("m.B"), "/cases/1/labels", "[false]");
    expect_is(declared("m.B"), "/cases/1/boxed", "true");
    expect_is(type_of(other, "/type_number"), "/kind", "\"union\"");
}

/* ---- files ---- */

/* What the tests of the code generator compile has everything that the language has. */
Test(dump, the_schema_holds_for_every_sample)
{
    glob_t paths;
    cr_assert_eq(glob(SAMPLES "/idl/*.idl", 0, NULL, &paths), 0);
    cr_assert_eq(glob(SAMPLES "/golden/*.idl", GLOB_APPEND, NULL, &paths), 0);
    for (size_t i = 0; i < paths.gl_pathc; i++) {
        srpc_idl_options options = { .path = paths.gl_pathv[i] };
        teardown();
        dump_with(&options);
        cr_expect_gt(json_object_array_length(at(root, "/declarations")), 0u);
    }
    globfree(&paths);
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

Test(dump, files_know_what_they_include_and_nothing_of_the_machine)
{
    char folder[] = "/tmp/shmrpc_dump_XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    write_file(folder, "point.idl", "struct Point { long x; };\n");
    write_file(folder, "line.idl", "#include \"point.idl\"\nstruct Line { Point from; };\n");
    const char *folders[] = { folder };
    srpc_idl_options options = { .path = "test.idl", .include_dirs = folders,
                                 .include_dir_count = 1,
                                 .text = "#include <line.idl>\n#include \"point.idl\"\n"
                                         "struct Shape { Line line; };\n" };
    dump_with(&options);
    expect_is(root, "/files",
              "[{\"path\":\"test.idl\",\"includes\":["
              "{\"spelled\":\"line.idl\",\"system\":true,\"file\":1},"
              "{\"spelled\":\"point.idl\",\"file\":2}]},"
              "{\"path\":\"line.idl\",\"includes\":[{\"spelled\":\"point.idl\",\"file\":2}]},"
              "{\"path\":\"point.idl\"}]");
    expect_is(declared("Line"), "/location/file", "1");
    cr_expect_null(strstr(json_object_to_json_string(root), folder));
    char command[400];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_expect_eq(system(command), 0);
}

Test(dump, comments_may_hold_anything)
{
    dump("// \"quoted\" \\ back\ttab */ \xff\xfe \xe2\x82 \x01 \xe2\x82\xac\n"
         "struct S { long x; };");
    expect_is(declared("S"), "/doc", "\"\\\"quoted\\\" \\\\ back\\ttab */ ÿþ â\xc2\x82 "
              "\\u0001 \xe2\x82\xac\"");
}

Test(dump, without_memory_there_is_no_text)
{
    dump("/// doc\nmodule m { struct A { @unit(\"m\") sequence<string, 4> s; }; "
         "interface I { A f(in A a); }; };");
    const char *text = srpc_dump_model(source.model, source.arena);
    uint64_t allocations = 0;
    for (const char *got = NULL; got == NULL; allocations++) {
        srpc_idl_arena_fail_after(source.arena, allocations);
        got = srpc_dump_model(source.model, source.arena);
        if (got != NULL)
            cr_expect_str_eq(got, text);
    }
    cr_expect_gt(allocations, 20u);
}

Test(dump, the_same_input_gives_the_same_text)
{
    static const char text[] = "module m { struct A { sequence<string> s; long l[3]; }; "
                               "interface I { A f(in A a); }; };";
    dump(text);
    const char *first = srpc_dump_model(source.model, source.arena);
    compiled again = compile_clean(text);
    cr_expect_str_eq(srpc_dump_model(again.model, again.arena), first);
    release(&again);
}
