#!/bin/sh
# program_test.sh IDLC: shmrpc-idlc --format by its command line.
set -eu
idlc=$1
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
cd "$scratch"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
# expect STATUS COMMAND...: output goes to the files "said" and "wrong".
expect() {
    wanted=$1
    shift
    status=0
    "$@" >said 2>wrong || status=$?
    [ "$status" = "$wanted" ] || { cat said wrong >&2; fail "status $status instead of $wanted: $*"; }
}
complains() {
    grep -q -e "$1" wrong || { cat wrong >&2; fail "did not complain: $1"; }
}
quiet() {
    [ ! -s "$1" ] || { cat "$1" >&2; fail "something in $1"; }
}

printf 'struct   A{Unknown x;};\n' >ugly.idl
printf 'struct A { Unknown x; };\n' >fine.idl
printf 'struct A { Unknown x;\n' >broken.idl

# -- one file, printed; whether it compiles does not matter
expect 0 "$idlc" --format ugly.idl
cmp said fine.idl
quiet wrong
expect 0 "$idlc" --format - <ugly.idl
cmp said fine.idl
expect 0 "$idlc" --format fine.idl
cmp said fine.idl
expect 1 "$idlc" --format broken.idl
quiet said
complains 'broken.idl:1:10: error:.*\[unbalanced\]'
expect 1 "$idlc" --format - <broken.idl
complains '^<stdin>:1:10: error:'
expect 1 "$idlc" --format --diagnostics=json broken.idl
complains '"unbalanced"'
expect 1 "$idlc" --format absent.idl
complains "cannot read 'absent.idl'"
head -c 17000000 /dev/zero | tr '\0' ' ' >large.idl
expect 1 "$idlc" --format large.idl
complains 'larger than 16 MiB'
expect 1 "$idlc" --format - <large.idl
complains 'larger than 16 MiB'
head -c 1000000 large.idl >blank.idl
expect 0 "$idlc" --format - <blank.idl
quiet said

# -- whether they would change
cp ugly.idl also_ugly.idl
expect 0 "$idlc" --format --check fine.idl
quiet said
expect 1 "$idlc" --format --check fine.idl ugly.idl broken.idl also_ugly.idl
printf 'ugly.idl\nalso_ugly.idl\n' | cmp - said
complains 'broken.idl:1:10: error:'
expect 1 "$idlc" --check --format - <ugly.idl
[ "$(cat said)" = - ] || fail "the standard input has no name"
printf 'struct A { long x; };\r\n' >crlf.idl
expect 1 "$idlc" --format --check crlf.idl

# -- rewriting: what changes, and nothing else
mkdir store
cp ugly.idl store/linked.idl
ln -s store/linked.idl link.idl
chmod 640 ugly.idl
touch -d '2001-01-01' fine.idl
expect 1 "$idlc" --format -i ugly.idl fine.idl broken.idl link.idl
quiet said
cmp ugly.idl fine.idl
cmp store/linked.idl fine.idl
[ -L link.idl ] || fail "the link is gone"
[ "$(stat -c %a ugly.idl)" = 640 ] || fail "other permissions: $(stat -c %a ugly.idl)"
[ -z "$(find fine.idl -newermt '2001-01-02')" ] || fail "written without a change"
[ "$(cat broken.idl)" = 'struct A { Unknown x;' ] || fail "a broken file was touched"
[ -z "$(find . -name '*~')" ] || fail "a temporary file was left"
expect 0 "$idlc" --format --in-place ugly.idl
if [ "$(id -u)" != 0 ]; then
    mkdir closed
    cp also_ugly.idl closed/ugly.idl
    chmod 555 closed
    expect 1 "$idlc" --format -i closed/ugly.idl
    complains 'closed/ugly.idl: Permission denied'
fi

# -- a full disk is noticed
if [ -e /dev/full ]; then
    status=0
    "$idlc" --format fine.idl >/dev/full 2>wrong || status=$?
    [ "$status" = 1 ] || fail "status $status when nothing can be written"
fi

# -- usage
expect 2 "$idlc" --format
expect 2 "$idlc" --format fine.idl ugly.idl
complains 'several files need --in-place or --check'
expect 2 "$idlc" fine.idl ugly.idl
complains 'one IDL file at a time'
expect 2 "$idlc" -i fine.idl
complains 'in-place means nothing without --format'
expect 2 "$idlc" --check fine.idl
complains 'check means nothing without --format'
expect 2 "$idlc" --format --check -i fine.idl
expect 2 "$idlc" --format -i -
expect 2 "$idlc" --format --strict fine.idl
complains 'strict means nothing with --format'
expect 2 "$idlc" --format -o out fine.idl
expect 2 "$idlc" --format --dump-model fine.idl
