#!/bin/bash
# SPDX-License-Identifier: MIT
# coverage.sh [SCRIPT.t...]: lines and branches of lib/ and cmd/ that the tests run, by room; all of tests/*.t where none is named. What no
# test ran is listed in build/coverage.txt. Not counted: the branch of an assert, which is there for our own bugs alone.
set -eu
cd "$(dirname "$0")/.."
build=build/coverage
list=build/coverage.txt
make=${MAKE:-make}

command -v lcov >/dev/null || { echo 'make coverage wants lcov; on Debian: apt install lcov' >&2 && exit 1; }
mkdir -p build
# no optimisation: a line is a line
$make BUILD=$build HARDEN= HARDEN_LD= CFLAGS='-O0 --coverage -fprofile-update=atomic' LDFLAGS=--coverage all units replays $build/tests/faults/inject.so >$build.log 2>&1 ||
    { tail -n 20 $build.log >&2 && exit 1; }
find $build -name '*.gcda' -delete
# what a build without hardening and optimisation cannot keep is left out
shopt -s extglob
[ $# -gt 0 ] || set -- tests/!(hardening|soak).t
failed=0
COVERAGE=1 BUILD=$build prove -j2 "$@" || failed=1

# the unit tests, too: one has the sandbox built in, which is compiled out here
rm -f $build/obj/lib/base/sandbox.gc*
lcov --quiet --capture --directory $build/obj/lib --directory $build/obj/cmd --directory $build/obj/tests/unit --base-directory . --no-external --rc lcov_branch_coverage=1 \
    --rc 'lcov_excl_br_line=LCOV_EXCL_BR_LINE|\bassert\(' --output-file $build/all.info 2>$build.log || { tail -n 5 $build.log >&2 && exit 1; }
awk -v here="$PWD/" -v list="$list" '
    /^SF:/ { file = substr($0, 4); sub(here, "", file); mine = file ~ /^(lib|cmd)\//
        room = file; if (room ~ /^lib/) sub(/\/[^\/]*$/, "", room); else room = "cmd"
        if (mine) rooms[room] = 1; unseen = "" }
    mine && /^DA:/ { split(substr($0, 4), f, ","); lines[room]++
        if (f[2] > 0) seen[room]++; else unseen = unseen " " f[1] }
    mine && /^BRDA:/ { n = split(substr($0, 6), f, ","); branches[room]++; if (f[n] != "-" && f[n] > 0) taken[room]++ }
    mine && /^end_of_record/ { if (unseen != "") print file ":" unseen >list }
    function row(name, s, l, t, b) { printf "%-14s %6.1f %% of %5d lines  %6.1f %% of %5d branches\n", name, 100 * s / (l ? l : 1), l, 100 * t / (b ? b : 1), b }
    END { n = 0
        for (room in rooms) { at = ++n; while (at > 1 && names[at - 1] > room) { names[at] = names[at - 1]; at-- } names[at] = room }
        for (i = 1; i <= n; i++) { r = names[i]; row(r, seen[r], lines[r], taken[r], branches[r])
            s += seen[r]; l += lines[r]; t += taken[r]; b += branches[r] }
        row("all", s, l, t, b) }' $build/all.info
echo "lines that no test ran: $list"
exit $failed
