#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: what fuzzing once found, and what it starts from, is still taken without harm. The corpora are in testdata/fuzz, a folder a target.
. "$(dirname "$0")/tap.sh"
export TMPDIR=$tmp

for target in $(basename -s .c tests/fuzz/*.c); do
    mapfile -t files < <(find "testdata/fuzz/$target" -type f | sort)
    check "$target has a corpus" [ ${#files[@]} -gt 0 ]
    run timeout 120 "$BUILD/tests/fuzz/$target" "${files[@]}"
    exits 0 "$target: no file of its corpus does harm"
    check "$target: every one was tried" [ "$(grep -c '^ok ' "$tmp/out")" -eq ${#files[@]} ]
done
done_testing
