#!/bin/sh
# SPDX-License-Identifier: MIT
# check-all.sh: what takes too long for every commit: the whole suite with the sanitizers, the composer with that for threads, some tools
# under valgrind, a minute of fuzzing for each target, and both meetings whole, as the
# defaults give them.
set -eu
cd "$(dirname "$0")/.."
make=${MAKE:-make}
build=${BUILD:-build}

$make SANITIZE=address,undefined check
$make SANITIZE=thread all
BUILD=build/san-thread prove tests/compose-oddities.t tests/compose-forms.t
# every kill, failing call, lack of memory, mutant, and power cuts where root can mount
FAULTS=all prove -j2 tests/faults.t tests/faults-disk.t tests/faults-memory.t tests/mutants.t tests/hostile.t
tests/valgrind.sh
$make fuzz T=60
for name in S1-two S2-mutes; do
    "$build/bin/rec-compose" --session testdata/$name/session.json -o "$build/tests/$name.mp4"
    tests/tools/check_compose.py "$build/tests/$name.mp4" testdata/$name
done
