#!/bin/sh
# check_test.sh IDLC: --check-against by the command line.
set -eu
idlc=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
# expect STATUS COMMAND...: the standard output goes to "said", messages to "complained".
expect() {
    wanted=$1
    shift
    status=0
    "$@" >said 2>complained || status=$?
    [ "$status" = "$wanted" ] ||
        { cat said complained >&2; fail "status $status instead of $wanted: $*"; }
}
says() {
    grep -q -e "$1" said || { cat said >&2; fail "did not say: $1"; }
}
complains() {
    grep -q -e "$1" complained || { cat complained >&2; fail "did not complain: $1"; }
}
silent() {
    [ ! -s said ] && [ ! -s complained ] || { cat said complained >&2; fail "it said something"; }
}

mkdir old new
cat >old/shop.idl <<'END'
module shop {
    struct Item { long price; };
    enum Color { RED, @default_literal GREEN };
    interface Shop { Item find(in string name); };
};
END
cat >new/shop.idl <<'END'
module shop {
    struct Item { int64 price; };
    enum Color { CRIMSON, @default_literal GREEN };
    interface Shop { Item find(in string name); void close(); };
};
END

# -- what it says, and where
expect 3 "$idlc" --check-against=old/shop.idl new/shop.idl
cat >wanted <<'END'
new/shop.idl:2:25: wire+source: 'shop.Item.price' became int64 [member-type-changed]
    struct Item { int64 price; };
                        ^~~~~
old/shop.idl:2:24: note: it was int32
    struct Item { long price; };
                       ^~~~~
new/shop.idl:3:18: source: enumerator 'shop.CRIMSON' has the number of another one [enumerator-renamed]
    enum Color { CRIMSON, @default_literal GREEN };
                 ^~~~~~~
old/shop.idl:3:18: note: 0 was 'RED'
    enum Color { RED, @default_literal GREEN };
                 ^~~
2 breaks against old/shop.idl: 1 WIRE, 2 SOURCE
END
diff wanted said || fail "the list"
[ ! -s complained ] || fail "it complained"
expect 3 "$idlc" --check-against old/shop.idl --diagnostics=json new/shop.idl
says '^{"severity":"wire+source","id":"member-type-changed",.*"file":"new/shop.idl","line":2,.*"notes":\[{"severity":"note",.*"file":"old/shop.idl"'
says '^\]$'
! grep -q 'breaks against' said || fail "a summary in the JSON"
expect 0 "$idlc" --check-against=new/shop.idl new/shop.idl
silent
expect 0 "$idlc" --check-against=new/shop.idl --diagnostics=json new/shop.idl
says '^\[$'
[ "$(ls)" = "$(printf 'complained\nnew\nold\nsaid\nwanted')" ] || fail "it wrote something: $(ls)"

# -- levels, and what does not count
expect 3 "$idlc" --check-against=old/shop.idl --level=wire new/shop.idl
expect 3 "$idlc" --check-against=old/shop.idl --level=source new/shop.idl
expect 3 "$idlc" --check-against=old/shop.idl -Wno-member-type-changed new/shop.idl
says '^1 break against old/shop.idl: 0 WIRE, 1 SOURCE$'
! grep -q 'note: it was int32' said || fail "a note without its break"
expect 0 "$idlc" --check-against=old/shop.idl -Wno-member-type-changed --level=wire new/shop.idl
says 'enumerator-renamed'
expect 0 "$idlc" --check-against=old/shop.idl -Wno-member-type-changed -Wno-enumerator-renamed \
    new/shop.idl
silent

# -- errors in either file, each under its name
sed 's/long price/lung price/' old/shop.idl >old/wrong.idl
sed 's/int64 price/int46 price/' new/shop.idl >new/wrong.idl
expect 1 "$idlc" --check-against=old/wrong.idl new/wrong.idl
complains '^old/wrong.idl:2:19: error: .*\[unknown-type\]'
complains '^new/wrong.idl:2:19: error: .*\[unknown-type\]'
complains '^2 errors$'
[ ! -s said ] || fail "breaks in spite of errors"
expect 1 "$idlc" --check-against=old/wrong.idl new/shop.idl
complains '^1 error$'
expect 1 "$idlc" --check-against=old/absent.idl new/shop.idl
complains "old/absent.idl"
expect 1 "$idlc" --check-against=old/wrong.idl --diagnostics=json new/wrong.idl
complains '"file":"old/wrong.idl"'

# -- warnings of the new file alone, and -Werror for it alone
sed 's/long price/@pri_ce long price/' old/shop.idl >old/odd.idl
expect 0 "$idlc" --check-against=old/odd.idl -Werror old/shop.idl
silent
expect 0 "$idlc" --check-against=old/shop.idl old/odd.idl
complains 'old/odd.idl:2:19: warning: .*\[unknown-annotation\]'
expect 1 "$idlc" --check-against=old/shop.idl -Werror old/odd.idl

# -- included files: their own folders, and scoped names instead of files
mkdir old/include new/include
echo 'struct Point { long x; };' >old/include/point.idl
echo 'struct Point { double x; }; struct Moved { long a; };' >new/include/point.idl
echo 'struct Unused { long a; };' >old/include/unused.idl
cat >old/line.idl <<'END'
#include <point.idl>
#include <unused.idl>
struct Moved { long a; };
struct Line { Point from; };
END
cat >new/line.idl <<'END'
#include <point.idl>
struct Line { Point from; };
END
expect 3 "$idlc" -I new/include --old-include=old/include --check-against=old/line.idl new/line.idl
says '^in file included from new/line.idl:1:$'
says "^new/include/point.idl:1:23: wire+source: 'Point.x' became double \[member-type-changed\]$"
says '^old/include/point.idl:1:21: note: it was int32$'
says '^1 break against old/line.idl'
expect 1 "$idlc" -I new/include --check-against=old/line.idl new/line.idl
complains "cannot find 'unused.idl'"
sed -i '/unused/d; /Moved/d' old/line.idl
expect 0 "$idlc" -I new/include --check-against=old/line.idl new/line.idl
silent

# -- what only C tells depends on --inline-max
echo 'struct S { sequence<long, 100> list; };' >old/s.idl
expect 0 "$idlc" --inline-max=100 --check-against=old/s.idl old/s.idl

# -- options that say nothing
for option in --output=x --base-dir=. --sides=client --client --server --depfile=d --stamp=s; do
    expect 2 "$idlc" --check-against=old/shop.idl "$option" new/shop.idl
    complains "${option%%=*} means nothing with --check-against"
done
for option in --level=wire --old-include=old; do
    expect 2 "$idlc" "$option" new/shop.idl
    complains "${option%%=*} means nothing without --check-against"
done
expect 2 "$idlc" --check-against=old/shop.idl --level=both new/shop.idl
expect 2 "$idlc" --check-against=old/shop.idl --dump-model new/shop.idl
expect 2 "$idlc" --check-against=old/shop.idl --list-outputs new/shop.idl
expect 2 "$idlc" --check-against=old/shop.idl
! "$idlc" --check-against=old/shop.idl new/shop.idl >/dev/full 2>complained || fail "a full disk"
complains 'standard output'
