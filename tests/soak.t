#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: fifty people who come and go cost no more files and no more address space than those who are there at once. make soak is the long form.
. "$(dirname "$0")/tap.sh"

# a sanitizer reserves terabytes
space=1024
nm -D "$BUILD/bin/rec-mix" 2>/dev/null | grep -qE '__(asan|tsan)_' && space=0
run tests/soak/soak.py --bin "$BUILD/bin" --hours 0.025 --joins 40 --space-mb $space --keep "$tmp/soak"
sed 's/^/# /' "$tmp/out"
exits 0 'fifty people in ninety seconds, 64 open files, 1 GiB of address space'
check 'rec-compose is done' grep -q 'rec-compose: exit 0' "$tmp/out"
check 'rec-mix is done' grep -q 'rec-mix: exit 0' "$tmp/out"
done_testing
