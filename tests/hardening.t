#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: what is built by default is hardened: PIE, full RELRO, no executable stack, stack protector, _FORTIFY_SOURCE.
. "$(dirname "$0")/tap.sh"

if ! command -v readelf >/dev/null; then
    echo '1..0 # SKIP readelf is not installed'
    exit 0
fi

# shows WORDS FILE OPTION: readelf says so
shows()
{
    readelf -W "$3" "$2" 2>/dev/null | grep -qE "$1"
}
not()
{
    ! "$@"
}
# a sanitizer does these jobs otherwise
sanitized=$(nm -D "$BUILD/bin/rec-probe" 2>/dev/null | grep -cE '__(asan|tsan|ubsan)_')

for tool in "$BUILD"/bin/rec-*; do
    name=$(basename "$tool")
    if [ "$sanitized" -gt 0 ]; then
        check "$name is sanitized instead of hardened # SKIP" true
        continue
    fi
    check "$name is position-independent" shows '^ *Type: *DYN' "$tool" -h
    check "$name: its tables are made read-only" shows 'GNU_RELRO' "$tool" -l
    check "$name: all of them, before it starts" shows 'BIND_NOW|FLAGS_1.*NOW' "$tool" -d
    check "$name has a stack" shows 'GNU_STACK' "$tool" -l
    check "$name: nothing is executable there" not shows 'GNU_STACK.* RWE ' "$tool" -l
    check "$name: no segment can be written and executed" not shows 'LOAD.* RWE ' "$tool" -l
    check "$name: its stack is guarded" shows '__stack_chk_fail' "$tool" --dyn-syms
    check "$name: what is copied is checked" shows '__[a-z]+_chk(@|$| )' "$tool" --dyn-syms
done
done_testing
