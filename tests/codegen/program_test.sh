#!/bin/sh
# program_test.sh IDLC: shmrpc-idlc by its command line.
set -eu
idlc=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
# expect STATUS COMMAND...: output goes to the file "said".
expect() {
    wanted=$1
    shift
    status=0
    "$@" >said 2>&1 || status=$?
    [ "$status" = "$wanted" ] || { cat said >&2; fail "status $status instead of $wanted: $*"; }
}
says() {
    grep -q -e "$1" said || { cat said >&2; fail "did not say: $1"; }
}

mkdir idl elsewhere
cat >idl/base.idl <<'END'
module base { struct Point { double x; double y; }; };
END
cat >idl/calc.idl <<'END'
#include "base.idl"
module demo { interface Calc { base::Point twice(in base::Point point); }; };
END

# -- help, version, usage
expect 0 "$idlc" --help
says 'Usage: shmrpc-idlc'
cp said help
expect 0 "$idlc" -h
diff help said || fail "-h is not --help"
expect 0 "$idlc" --version
says '^shmrpc-idlc [0-9]'
expect 2 "$idlc"
expect 2 "$idlc" --no-such-option idl/calc.idl
expect 2 "$idlc" --sides=both idl/calc.idl
expect 2 "$idlc" -Wall idl/calc.idl
expect 2 "$idlc" idl/calc.idl idl/base.idl

# -- outputs, and their list, known before
expect 0 "$idlc" --list-outputs -o out idl/calc.idl
printf 'out/calc.h\nout/calc_types.c\nout/calc_client.c\nout/calc_server.c\n' | cmp - said
[ ! -e out ] || fail "--list-outputs made something"
expect 0 "$idlc" --list-outputs -o out --client not/there.idl
printf 'out/there.h\nout/there_types.c\nout/there_client.c\n' | cmp - said
expect 0 "$idlc" -o out idl/calc.idl
[ ! -s said ] || fail "it said something"
expect 0 "$idlc" --list-outputs -o out idl/calc.idl
ls out/* | sort >there
sort said | cmp - there
cat >idl/mixed.idl <<'END'
#include "part.pidl"
#include "OTHER.IDL"
#include "words"
struct Whole { Part part; Other other; Words words; };
END
echo 'struct Part { long x; };' >idl/part.pidl
echo 'struct Other { long x; };' >idl/OTHER.IDL
echo 'struct Words { long x; };' >idl/words
for part in mixed.idl part.pidl OTHER.IDL words; do
    expect 0 "$idlc" -o mixed "idl/$part"
done
for header in $(sed -n 's/#include "\(.*\)"/\1/p' mixed/mixed.h); do
    [ -e "mixed/$header" ] || fail "mixed.h includes $header, which nobody made"
done
for part in one two; do
    mkdir "$part"
    echo "module $part { struct Point { long x; }; };" >"$part/types.idl"
    expect 0 "$idlc" -o "$part" "$part/types.idl"
done
[ "$(grep '#ifndef' one/types.h)" != "$(grep '#ifndef' two/types.h)" ] || fail "one guard for both"
cat >idl/huge.idl <<'END'
struct Large { octet bytes[2147483647]; };
struct TooLarge { Large all[2147483647]; };
END
expect 1 "$idlc" -o huge idl/huge.idl
says 'huge.idl:2:25: error: .*\[size-limit\]'
[ ! -e huge ] || fail "an error left something"
expect 0 "$idlc" --base-dir . --sides=server -o based idl/calc.idl
[ -e based/idl/calc.h ] && [ -e based/idl/calc_server.c ] || fail "--base-dir"
[ ! -e based/idl/calc_client.c ] || fail "--sides=server wrote a client"
expect 1 "$idlc" --base-dir based -o other idl/calc.idl
says 'not below'

# -- the model as JSON
expect 0 "$idlc" --dump-model idl/calc.idl
says '"format": 1'
cp said printed
expect 0 "$idlc" --dump-model=dumped/calc.json --depfile=dumped/d --stamp=dumped/stamp idl/calc.idl
[ ! -s said ] || fail "it said something"
cmp printed dumped/calc.json
cat >wanted <<END
dumped/stamp \\
  dumped/calc.json: \\
  $(pwd -P)/idl/calc.idl \\
  $(pwd -P)/idl/base.idl
END
diff wanted dumped/d || fail "depfile of a dump"
touch -d '2001-01-01' dumped/calc.json
expect 0 "$idlc" --dump-model=dumped/calc.json idl/calc.idl
[ -z "$(find dumped/calc.json -newermt '2001-01-02')" ] || fail "dumped without a change"
(cd elsewhere && "$idlc" --dump-model -I ../idl ../idl/calc.idl >../printed2)
sed 's|\.\./idl/calc.idl|idl/calc.idl|' printed2 | cmp - printed || fail "a dump depends on the folder"
expect 1 "$idlc" --dump-model=dumped/none.json idl/absent.idl
[ ! -e dumped/none.json ] || fail "a dump in spite of an error"
! "$idlc" --dump-model idl/calc.idl >/dev/full 2>said || fail "a full disk went unnoticed"
says 'standard output: No space left'

# -- what is no file is written to, and a link stays one
mkfifo pipe
cat pipe >got &
expect 0 "$idlc" --dump-model=pipe idl/calc.idl
wait
cmp printed got || fail "a pipe got something else"
[ -p pipe ] || fail "a pipe was replaced"
ln -s dumped/linked.json link.json
: >dumped/linked.json
expect 0 "$idlc" --dump-model=link.json idl/calc.idl
[ -L link.json ] || fail "a link was replaced"
cmp printed dumped/linked.json
"$idlc" --dump-model=/dev/stdout idl/calc.idl | cmp - printed || fail "/dev/stdout"
[ -L /dev/stdout ] || fail "/dev/stdout was replaced"

# -- options that say nothing together
for option in --output=x --base-dir=. --sides=client --client --server --inline-max=9; do
    expect 2 "$idlc" --dump-model "$option" idl/calc.idl
    says "${option%%=*} means nothing with --dump-model"
done
expect 2 "$idlc" --dump-model --depfile=d idl/calc.idl
says 'need a file'
expect 2 "$idlc" --dump-model --list-outputs idl/calc.idl
says 'one of --dump-model and --list-outputs at a time'
[ ! -e d ] || fail "wrong usage wrote something"

# -- names that are none
for option in --output= --base-dir= --depfile= --stamp= --dump-model= --check-against=; do
    expect 2 "$idlc" "$option" idl/calc.idl
    says "$option* got an empty name"
done
expect 2 "$idlc" --list-outputs ''
expect 2 "$idlc" --list-outputs idl/
says "'idl/' is no name of an IDL file"

# -- the same text from anywhere, without a trace of where
(cd elsewhere && "$idlc" -o ../out2 "$scratch/idl/calc.idl")
diff -r out out2 || fail "outputs depend on the folder"
! grep -r "$scratch" out || fail "an absolute path in an output"

# -- written only when changed
touch -d '2001-01-01' out/*
expect 0 "$idlc" -o out --stamp=out/stamp idl/calc.idl
[ -e out/stamp ] || fail "no stamp"
[ -z "$(find out -name 'calc*' -newermt '2001-01-02')" ] || fail "written without a change"
echo '// a comment' >>idl/calc.idl
expect 0 "$idlc" -o out idl/calc.idl
# The text rides along in one file; who includes the header is not compiled anew.
[ "$(find out -name 'calc*' -newermt '2001-01-02')" = out/calc_types.c ] ||
    fail "written for a comment, or the text is not that of the file"
sed -i 's/twice/thrice/' idl/calc.idl
expect 0 "$idlc" -o out idl/calc.idl
[ -n "$(find out/calc.h -newermt '2001-01-02')" ] || fail "not written after a change"
[ -z "$(find out -name '*~')" ] || fail "a temporary file was left"

# -- on an error nothing is touched
cp -r out before
cp idl/calc.idl good
sed -i 's/base::Point point/base::Piont point/' idl/calc.idl
expect 1 "$idlc" -o out --depfile=out/d --stamp=out/stamp2 idl/calc.idl
says 'calc.idl:2:.*error:'
says '^1 error$'
[ "$(tail -c 1 said | wc -l)" = 1 ] || fail "the last line of the messages does not end"
diff -r out before || fail "an error touched the outputs"
expect 1 "$idlc" -o new idl/calc.idl
[ ! -e new ] || fail "an error made a folder"
cp good idl/calc.idl
expect 1 "$idlc" -o out idl/absent.idl
mkdir -p blocked/calc_server.c
expect 1 "$idlc" -o blocked idl/calc.idl
[ "$(ls blocked)" = calc_server.c ] || fail "some outputs were written and others not: $(ls blocked)"

# -- warnings
cat >idl/clash.idl <<'END'
module a { struct b_c { long x; }; };
module a_b { struct c { long x; }; };
END
expect 0 "$idlc" -o clash idl/clash.idl
says 'idl/clash.idl:2:21: warning: .*\[name-clash\]'
grep -q '} a_b_c_;' clash/clash.h || fail "no name with an underscore"
expect 0 "$idlc" -Wno-name-clash -o clash idl/clash.idl
[ ! -s said ] || fail "-Wno-name-clash"
expect 1 "$idlc" -Werror=name-clash -o clash2 idl/clash.idl
expect 1 "$idlc" -Werror -o clash2 idl/clash.idl
[ ! -e clash2 ] || fail "-Werror wrote"
expect 1 "$idlc" -Werror --diagnostics=json -o clash2 idl/clash.idl
says '"name-clash"'

# -- the depfile: outputs, and what was read; blanks are escaped
mkdir 'a b'
cp idl/*.idl 'a b'
expect 0 "$idlc" -o 'out 3' --depfile=d --stamp=s 'a b/calc.idl'
cat >wanted <<END
s \\
  out\\ 3/calc.h \\
  out\\ 3/calc_types.c \\
  out\\ 3/calc_client.c \\
  out\\ 3/calc_server.c: \\
  $(pwd -P)/a\\ b/calc.idl \\
  $(pwd -P)/a\\ b/base.idl
END
diff wanted d || fail "depfile"
odd='x#$:%\y'
cp idl/base.idl "$odd.idl"
expect 0 "$idlc" --client --depfile=d -o . "$odd.idl"
escaped='x\#$$\:%\y'
sed -n '1s/ .*//p' d >first
printf '%s\n' "$escaped.h" | diff - first || fail "names in a depfile"
sed -n '$p' d | sed 's|.*/||' >last
printf '%s\n' "$escaped.idl" | diff - last || fail "sources in a depfile"

# -- make and ninja read it as it was meant
for odd in 'a b' 'a#b' 'a$b' 'a\ b' 'a\b' 'a:b' 'a[b'; do
    cp idl/base.idl "$odd.idl"
    expect 0 "$idlc" -o made --depfile=d --stamp="stamp $odd" "$odd.idl"
    touch -d '2001-01-01' "stamp $odd"
    if command -v make >/dev/null; then
        LC_ALL=C make --dry-run --debug=b -f d >said 2>&1 || true
        grep -qF "$odd.idl' is newer than target 'stamp $odd'" said ||
            { cat d said >&2; fail "make does not understand the depfile of $odd"; }
    fi
    if command -v ninja >/dev/null; then
        quoted=$(printf '%s' "$odd" | sed 's/[$: ]/$&/g')
        {
            printf 'rule idlc\n  command = :\n  depfile = d\n'
            printf 'build stamp$ %s made/%s.h made/%s_types.c ' "$quoted" "$quoted" "$quoted"
            printf 'made/%s_client.c made/%s_server.c: idlc\n' "$quoted" "$quoted"
        } >build.ninja
        ninja -n -d explain >said 2>&1 || true
        grep -qF "stamp $odd older than most recent input $(pwd -P)/$odd.idl" said ||
            { cat d said >&2; fail "ninja does not understand the depfile of $odd"; }
    fi
done

# -- a name of two lines is no line
expect 1 "$idlc" --list-outputs -o 'two
lines' idl/base.idl
says 'line break'
expect 1 "$idlc" --depfile=d2 -o 'two
lines' idl/base.idl
says 'line break'
[ ! -e d2 ] && [ ! -e 'two
lines' ] || fail "it was written in spite of it"
