#!/bin/bash
# SPDX-License-Identifier: MIT
# analyze.sh FILE...: gcc -fanalyzer and clang-tidy over our own code; exit 1 where either has something to say.
set -u
cd "$(dirname "$0")/.." || exit 1
# as make quotes them
flags=()
eval "flags=(-std=c11 -O1 $CPPFLAGS_ALL)"
bad=0

for tool in gcc clang-tidy; do
    command -v $tool >/dev/null || { echo "make analyze wants $tool; on Debian: apt install gcc clang-tidy" >&2 && exit 1; }
done
# gcc 12 loses sight of what is stored behind a parameter and calls it leaked: LeakSanitizer looks for leaks in the tests
analyze()
{
    local include=(-include tests/analyze.h)

    [ "$1" != lib/base/log.c ] || include=() # which defines what is told there
    gcc "${flags[@]}" "${include[@]}" -fanalyzer -Wno-analyzer-malloc-leak -c -o /dev/null "$1"
}
said=$(for file; do analyze "$file"; done 2>&1)
[ -z "$said" ] || { printf '%s\n' "$said" >&2 && bad=1; }
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 4 sh -c 'clang-tidy --quiet "$@" -- '"$(printf '%q ' "${flags[@]}")"' 2>/dev/null' sh || bad=1
exit $bad
