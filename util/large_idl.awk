# large_idl.awk -- prints an IDL file with n items of one kind; for util/measure_idlc.
#
#   awk -v name=structs -v n=10000 -v seed=1 [-v folder=DIR] -f util/large_idl.awk
#
# Included files go to the folder, where there is one.

function any(limit) { return int(rand() * limit) }
function scalar() { return word(any(8)) }
function word(i) {
    split("boolean char octet short long uint64 float double", words, " ")
    return words[i + 1]
}
# Values lie in values: at most 16 deep.
function earlier(i) { return "S" (i - 1 - any(i % 16)) }
function member(i, j,    kind) {
    kind = any(i % 16 == 0 ? 8 : 10)
    if (kind < 4) return scalar() " m" j
    if (kind == 4) return "string m" j
    if (kind == 5) return "sequence<" scalar() ", " 2 + any(9) "> m" j
    if (kind == 6) return "@optional string<" 2 + any(30) "> m" j
    if (kind == 7) return scalar() " m" j "[" 2 + any(5) "]"
    if (kind == 8) return "sequence<" earlier(i) "> m" j
    return earlier(i) " m" j
}
function structs(i, j, count) {
    for (i = 0; i < n; i++) {
        printf "/** Struct %d. */\nstruct S%d {\n", i, i
        count = 2 + any(7)
        for (j = 0; j < count; j++) printf "    %s;\n", member(i, j)
        print "};"
    }
}
function members(i) {
    print "struct S {"
    for (i = 0; i < n; i++) printf "    %s m%d;\n", scalar(), i
    print "};"
}
function unions(i) {
    print "enum E { A, B, C, D };"
    for (i = 0; i < n; i++)
        printf "union U%d switch (E) { case A: %s a; case B: case C: string b; default: %s c; };\n",
            i, scalar(), scalar()
}
function enumerators(i) {
    print "enum E {"
    for (i = 0; i < n; i++) printf "    E%d%s\n", i, i + 1 < n ? "," : ""
    print "};"
}
function interfaces(i, j) {
    print "struct Point { double x; double y; };\nexception Failure { string reason; };"
    for (i = 0; i < n; i++) {
        printf "interface I%d {\n", i
        for (j = 0; j < 20; j++)
            printf "    %s f%d(in Point p, in %s x, out string y) raises (Failure);\n", scalar(),
                j, scalar()
        print "};"
    }
}
function attributes(i) {
    print "interface I {"
    for (i = 0; i < n; i++) printf "    attribute %s a%d;\n", scalar(), i
    print "};"
}
function modules(i, j) {
    for (i = 0; i < n; i += 32) {
        for (j = i; j < i + 32 && j < n; j++) printf "module m%d { struct S { long x; };\n", j
        while (j-- > i) printf "};"
        print ""
    }
}
function reopened(i) {
    for (i = 0; i < n; i++)
        printf "/** Part %d. */\nmodule m { struct S%d { long x; }; };\n", i, i
}
function typedefs(i) {
    print "typedef sequence<long, 4> T0;"
    for (i = 1; i < n; i++) printf "typedef T%d T%d;\n", i - 1, i
    printf "struct S { T%d x; };\n", n - 1
}
function constants(i) {
    print "const uint64 C0 = 1;"
    for (i = 1; i < n; i++) printf "const uint64 C%d = (C%d + %d) %% 1000003;\n", i, i - 1, i
}
function inheritance(i) {
    print "struct S0 { long m0; };"
    for (i = 1; i < n; i++) printf "struct S%d : S%d { long m%d; };\n", i, i - 1, i
}
function bases(i) {
    print "interface I0 { void f0(); };"
    for (i = 1; i < n; i++) printf "interface I%d : I%d { void f%d(); };\n", i, i - 1, i
}
function includes(i, file) {
    for (i = 0; i < n; i++) {
        printf "#include \"part%d.idl\"\n", i
        if (folder != "") {
            file = folder "/part" i ".idl"
            printf "struct S%d { long x; };\n", i >file
            close(file)
        }
    }
    for (i = 0; i < n; i++) printf "struct T%d { S%d s; };\n", i, i
}
function forwards(i) {
    for (i = 0; i < n; i++) printf "/** Announcement %d. */\nstruct S;\n", i
    print "struct S { long x; };"
}
function keylists(i) {
    for (i = 0; i < n; i++) printf "struct S%d { long x; };\n#pragma keylist S%d x\n", i, i
}
function raises(i) {
    for (i = 0; i < n; i++) printf "exception F%d { long x; };\n", i
    print "interface I { void f() raises ("
    for (i = 0; i < n; i++) printf "    F%d%s\n", i, i + 1 < n ? "," : ");"
    print "};"
}
function parameters(i) {
    print "interface I { void f("
    for (i = 0; i < n; i++) printf "    in %s p%d%s\n", scalar(), i, i + 1 < n ? "," : ");"
    print "};"
}
function labels(i) {
    print "union U switch (long) {"
    for (i = 0; i < n; i++) printf "    case %d: %s m%d;\n", i * 7, scalar(), i
    print "};"
}
function literals(i) {
    print "const string S ="
    for (i = 0; i < n; i++) printf "    \"piece %d of it\"\n", i
    print ";"
}
function terms(i) {
    print "const uint64 C = 1"
    for (i = 0; i < n; i++) printf "    + %d\n", i
    print ";"
}
function conditions(i) {
    for (i = 0; i < n; i++)
        printf "#ifndef M%d\n#define M%d\n#elif 0\nnonsense\n#else\nnonsense\n#endif\n", i, i
}
function macros(i) {
    for (i = 0; i < n; i++) printf "#define M%d %d\nconst long C%d = M%d;\n", i, i, i, i
}
function text(i) {
    for (i = 0; i < n * 16; i++) print " * Sixty-one characters of text, which say nothing of use.   "
}
function comments() {
    print "struct S { /*"
    text()
    print " */ long x; };"
}
function doc() {
    print "/**"
    text()
    print " */\nstruct S { long x; };"
}
function warnings(i) {
    print "interface I {"
    for (i = 0; i < n; i++) printf "    void f%d(long x);\n", i
    print "};"
}
function mistakes(i) {
    for (i = 0; i < n; i++) printf "struct Structure%d { Structrue%d x; };\n", i, i
}
BEGIN {
    srand(seed)
    if (name == "structs") structs()
    else if (name == "members") members()
    else if (name == "unions") unions()
    else if (name == "enumerators") enumerators()
    else if (name == "interfaces") interfaces()
    else if (name == "attributes") attributes()
    else if (name == "modules") modules()
    else if (name == "reopened") reopened()
    else if (name == "forwards") forwards()
    else if (name == "keylists") keylists()
    else if (name == "raises") raises()
    else if (name == "parameters") parameters()
    else if (name == "labels") labels()
    else if (name == "literals") literals()
    else if (name == "terms") terms()
    else if (name == "conditions") conditions()
    else if (name == "typedefs") typedefs()
    else if (name == "constants") constants()
    else if (name == "inheritance") inheritance()
    else if (name == "bases") bases()
    else if (name == "includes") includes()
    else if (name == "macros") macros()
    else if (name == "comments") comments()
    else if (name == "doc") doc()
    else if (name == "warnings") warnings()
    else if (name == "mistakes") mistakes()
    else exit 2
}
