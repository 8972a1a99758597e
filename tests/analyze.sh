#!/bin/bash
# SPDX-License-Identifier: MIT
# analyze.sh FILE...: gcc -fanalyzer and clang-tidy over our own code; exit 1 where either has something to say. CPPFLAGS_ALL: as make quotes them.
set -u
cd "$(dirname "$0")/.." || exit 1

# analyze.sh --one FILE: one of them
if [ "$1" = --one ]; then
    file=$2
    eval "flags=(-std=c11 -O1 $CPPFLAGS_ALL)"
    # what is to be known beyond the file
    [ "$file" = lib/base/log.c ] || flags+=(-include tests/analyze.h)
    # gcc 12 loses sight of what is stored behind a parameter and calls it leaked: LeakSanitizer looks for leaks in the tests
    said=$({ gcc "${flags[@]}" -fanalyzer -Wno-analyzer-malloc-leak -c -o /dev/null "$file" 2>&1; clang-tidy --quiet "$file" -- "${flags[@]}" 2>/dev/null; })
    [ -z "$said" ] || { printf '%s\n' "$said" >&2 && exit 1; }
    exit 0
fi

for tool in gcc clang-tidy; do
    command -v $tool >/dev/null || { echo "make analyze wants $tool; on Debian: apt install gcc clang-tidy" >&2 && exit 1; }
done
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 tests/analyze.sh --one
